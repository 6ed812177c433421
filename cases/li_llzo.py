# SPDX-License-Identifier: MIT
"""Lithium pressed on LLZO at 10, 41 and 400 MPa: the model's band beside published resistances.

python cases/li_llzo.py [-o FOLDER] [--quick] [--workers N]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from study import SOLVER, Row, arguments, complete, follow, short

import interfacefem as ifem
from interfacefem import materials, plots, post, surfaces
from interfacefem.cli.shell import guarded
from interfacefem.plots import theme

PRESSURES = (1.0, 3.0, 10.0, 41.0, 120.0, 400.0)
#: yield stress of lithium [MPa]: bulk, and as strong as pillars of 10 um and of 2 to 3 um
YIELDS = (0.8, 15.0, 50.0)
#: charge transfer of a clean and of a less clean interface [ohm cm^2]
TRANSFERS = (0.1, 5.0)
#: interface resistance [ohm cm^2] against pressure [MPa]: Krauskopf et al. (2019),
#: 10.1021/acsami.9b02537, as quoted by others; 400 MPa were isostatic, the value is below 0.1
MEASURED = {10.0: 300.0, 41.0: 50.0, 400.0: 0.1}
INTERFACE = "electrolyte|lithium"


def pressed(strength: float, transfer: float, *, small: bool) -> ifem.Case:
    """Return lithium of a yield stress [MPa] on rough LLZO; a small case has longer waves."""
    shortest = "10 um" if small else "5 um"
    face = surfaces.self_affine(
        "20 um", rms_height="300 nm", hurst=0.8, long_cutoff="20 um", short_cutoff=shortest, seed=5
    )
    lithium = materials.get(
        "Li", yield_stress=f"{strength} MPa", saturation_stress=f"{1.5 * strength} MPa"
    )
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "LLZO", "10 um", top=face),
        ifem.Interface(resistance=f"{transfer} ohm*cm^2"),
        ifem.Layer("lithium", lithium, "20 um"),
    )
    protocol = ifem.Protocol(*(ifem.Press(to=f"{p:g} MPa", name=f"{p:g} MPa") for p in PRESSURES))
    return ifem.Case(name_of(strength, transfer), stack, protocol)


def name_of(strength: float, transfer: float) -> str:
    """Return the name of a run."""
    return f"llzo_yield_{strength:g}_transfer_{transfer:g}"


def interface_resistance(results: ifem.Results, pressure: float) -> float:
    """Return constriction and charge transfer at a pressure [ohm cm^2]."""
    state = results.current(f"{pressure:g} MPa")
    return state.asr_constriction + sum(state.asr_interfaces.values())


def draw(folder: Path, path: Path) -> None:
    """Draw resistance and contact against pressure for all variants, beside what was measured."""
    runs = complete(folder)
    with theme.theme():
        fig = theme.figure(11.0, 4.8)
        fig.suptitle("Lithium on LLZO: interface resistance and contact", x=0.01, ha="left")
        left, right = fig.subplots(1, 2)
        for transfer, style in zip(TRANSFERS, ("-", "--"), strict=True):
            for strength, colour in zip(YIELDS, theme.COLOURS, strict=False):
                with runs[name_of(strength, transfer)]() as run:
                    values = [interface_resistance(run, p) for p in PRESSURES]
                    contact = [
                        post.contact_fraction(run.interface(INTERFACE).at(f"{p:g} MPa"))
                        for p in PRESSURES
                    ]
                left.plot(PRESSURES, values, style, color=colour)
                if style == "-":
                    text = f"lithium yields at {strength:g} MPa"
                    right.plot(PRESSURES, contact, color=colour, marker="o", label=text)
        left.plot(*zip(*MEASURED.items(), strict=True), "ks")
        for text, at in (("measured (quoted second-hand)", 10.0), ("measured: below", 400.0)):
            left.annotate(
                text, (at, MEASURED[at]), xytext=(4, 7), textcoords="offset points", fontsize=8.5,
                ha="right" if at > 100.0 else "left",
            )  # fmt: skip
        left.set(
            yscale="log", ylabel="interface resistance [ohm cm²]",
            title=f"solid: {TRANSFERS[0]:g}, dashed: {TRANSFERS[1]:g} ohm cm² where it touches",
        )  # fmt: skip
        right.plot([10.0], [0.2], "ks", label="another model, at 300 ohm cm²")
        right.set(ylabel="contact fraction [-]", ylim=(0.0, 1.04))
        for axes in (left, right):
            axes.set(xscale="log", xlabel="pressure [MPa]")
            theme.plain_log_ticks(axes)
        right.legend(loc="best")
        theme.plain_log_ticks(left, "y")
        fig.savefig(path, dpi=theme.DPI)


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    chosen = arguments("Lithium pressed on LLZO, weak and strong, clean and less so.").parse_args(
        words
    )
    folder = chosen.output or Path("runs/li_llzo_quick" if chosen.quick else "runs/li_llzo")
    cases = {
        name_of(*pair): pressed(*pair, small=chosen.quick) for pair in product(YIELDS, TRANSFERS)
    }

    def describe(name: str, results: ifem.Results | None) -> Row:
        row = {"run": name}
        if results is None or not len(results):
            return row
        for pressure in PRESSURES:
            step = f"{pressure:g} MPa"
            if step in results.steps and results.has_current(step):
                state = results.interface(INTERFACE).at(step)
                row[f"contact at {step}"] = short(post.contact_fraction(state))
                row[f"R at {step} [ohm cm^2]"] = short(interface_resistance(results, pressure))
        return row

    measured = [f"contact at {p:g} MPa" for p in PRESSURES]
    measured += [f"R at {p:g} MPa [ohm cm^2]" for p in PRESSURES]
    columns = ["run", *SOLVER[:-1], *measured, SOLVER[-1]]
    path = folder / "li_llzo.csv"
    code = follow(cases, path, describe, columns, workers=chosen.workers, upright=True)
    if code == 0:
        draw(folder, folder / "li_llzo.png")
        with complete(folder)[name_of(YIELDS[0], TRANSFERS[1])]() as results:
            window = post.pressure_window(results)
            print(f"\n{window.to_text()}")
            plots.save(plots.pressure_window(window), folder / "window.png")
        print(folder / "li_llzo.png", folder / "window.png")
    return code


if __name__ == "__main__":
    sys.exit(guarded(main))
