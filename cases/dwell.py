# SPDX-License-Identifier: MIT
"""The demo with lithium that creeps: what a dwell of 1 s or 600 s at 1, 5 and 187 MPa brings.

python cases/dwell.py [--pressures P ...] [-o FOLDER] [--quick] [--workers N]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from study import PLATES, SOLVER, Row, arguments, complete, follow, short, variant

import interfacefem as ifem
from interfacefem.cli.shell import guarded
from interfacefem.plots import theme

#: nominal pressures [MPa], those of the press and of a stack in use
PRESSURES = (1.0, 5.0, 187.0)
#: how long the press takes, and how long the pressure has been held when contact is read [s]
RAMP, SHORT, LONG = 10.0, 1.0, 600.0
SOFT = "interlayer|anode"


def dwelling(demo: ifem.Case, name: str, pressure: float, law: str, *, small: bool) -> ifem.Case:
    """Return the demo pressed to one pressure and held there.

    Parameters
    ----------
    demo : Case
    name : str
    pressure : float
        [MPa].
    law : str
        Of lithium: ``"anand"`` or ``"j2"``.
    small : bool
        As in `study.variant`.
    """
    data = variant(demo, name, small=small).to_dict()
    data["layer"][-1] |= {"material": {"base": "Li", "law": law}, "flow_size": "bulk"}
    data["step"] = [
        {"name": "press", "kind": "press", "to": f"{pressure:g} MPa", "duration": f"{RAMP:g} s"},
        {"name": "short", "kind": "hold", "duration": f"{SHORT:g} s"},
        {"name": "long", "kind": "hold", "duration": f"{LONG - SHORT:g} s"},
    ]
    return ifem.Case.from_dict(data, source=name)


def draw(folder: Path, pressures: Sequence[float], path: Path) -> None:
    """Draw contact of the lithium and resistance over the time held, one colour a pressure."""
    runs = complete(folder)
    with theme.theme():
        fig = theme.figure(10.5, 4.4)
        fig.suptitle(
            "What a dwell brings: contact of lithium, resistance of the cell", x=0.01, ha="left"
        )
        panels = fig.subplots(1, 2)
        for pressure, colour in zip(pressures, theme.COLOURS, strict=False):
            for law, style in (("anand", "-"), ("j2", ":")):
                name = f"{law} {pressure:g} MPa"
                if name not in runs:
                    continue
                with runs[name]() as results:
                    history = results.history
                held = history["time"] - RAMP
                chosen = held > 1e-9
                text = f"{pressure:g} MPa" if law == "anand" else None
                for axes, column in zip(panels, (f"contact_fraction[{SOFT}]", "asr"), strict=True):
                    values = history[column][chosen]
                    if law == "j2":  # nothing moves: one value for all times
                        axes.axhline(values[-1], color=colour, linestyle=style, linewidth=1.2)
                    else:
                        axes.plot(held[chosen], values, style, color=colour, label=text)
        for axes, label in zip(
            panels,
            (f"contact fraction of {SOFT} [-]", "area-specific resistance [ohm cm$^2$]"),
            strict=True,
        ):
            axes.set_xscale("log")
            axes.set_xlabel("time held [s]")
            axes.set_ylabel(label)
        panels[1].set_yscale("log")
        theme.plain_log_ticks(panels[1], "y")
        theme.plain_log_ticks(panels[0])
        theme.plain_log_ticks(panels[1])
        panels[0].set_ylim(0.0, 1.05)
        panels[0].legend(title="solid: creeping lithium\ndotted: rate-independent", loc="best")
        fig.savefig(path, dpi=theme.DPI)


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    parser = arguments("The demo pressed to some pressures and held, with and without creep.")
    parser.add_argument("--pressures", type=float, nargs="+", default=PRESSURES, metavar="P")
    chosen = parser.parse_args(words)
    folder = chosen.output or Path("runs/dwell_quick" if chosen.quick else "runs/dwell")
    demo = ifem.Case.load(PLATES)
    cases = {
        f"{law} {pressure:g} MPa": dwelling(
            demo, f"{law}_{pressure:g}_MPa", pressure, law, small=chosen.quick
        )
        for pressure in chosen.pressures
        for law in ("anand", "j2")
    }

    def describe(name: str, results: ifem.Results | None) -> Row:
        row = {"run": name}
        if results is None or not len(results):
            return row
        history = results.history
        for step, held in (("press", "0 s"), ("short", f"{SHORT:g} s"), ("long", f"{LONG:g} s")):
            at = np.flatnonzero(history["step"] == step)
            if len(at):
                row[f"contact {SOFT} after {held}"] = short(
                    float(history[f"contact_fraction[{SOFT}]"][at[-1]])
                )
                row[f"ASR after {held} [ohm cm^2]"] = short(float(history["asr"][at[-1]]))
        return row

    held = ("0 s", f"{SHORT:g} s", f"{LONG:g} s")
    measured = [f"contact {SOFT} after {t}" for t in held] + [
        f"ASR after {t} [ohm cm^2]" for t in held
    ]
    columns = ["run", *SOLVER[:-1], *measured, SOLVER[-1]]
    path = folder / "dwell.csv"
    code = follow(cases, path, describe, columns, workers=chosen.workers, upright=True)
    if complete(folder):
        draw(folder, chosen.pressures, folder / "dwell.png")
        print(folder / "dwell.png")
    return code


if __name__ == "__main__":
    sys.exit(guarded(main))
