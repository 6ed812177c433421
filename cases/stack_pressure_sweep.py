# SPDX-License-Identifier: MIT
"""The demo cycled three times under stack pressures of 1 to 25 MPa: contact, resistance, hotspots.

python cases/stack_pressure_sweep.py [--pressures P ...] [--capacity C] [-o FOLDER]
    [--quick] [--workers N]
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from study import PLATES, SOLVER, Row, arguments, complete, follow, short, variant

import interfacefem as ifem
from interfacefem.cli.shell import guarded
from interfacefem.plots import theme

#: stack pressures [MPa]
PRESSURES = (1.0, 2.5, 5.0, 10.0, 25.0)
CYCLES = 3
CURRENT = "0.5 mA/cm^2"
#: self-diffusivity of lithium, of which 1e-15 to 1e-14 m^2/s are reported
DIFFUSIVITY = "5e-15 m^2/s"
LITHIUM, CERAMIC = "interlayer|anode", "separator|interlayer"
#: what was published about lithium under a stack pressure: from, to [MPa], and the finding
PUBLISHED = (
    (0.4, 2.0, "Li|LLZO: 0.4 MPa needed at 0.1 mA/cm², 2 MPa at 0.4 mA/cm² (Wang 2019)"),
    (3.0, 7.0, "Li|Li6PS5Cl: voids from 0.2 mA/cm² at 3 MPa, from 1 at 7 MPa (Kasemchainan 2019)"),
    (4.7, 5.3, "Li|Li6PS5Cl: more than 1000 h at 5 MPa (Doux 2020)"),
    (23.5, 26.5, "Li|Li6PS5Cl: short after 48 h at 25 MPa (Doux 2020)"),
)  # fmt: skip


def cycled(demo: ifem.Case, pressure: float, capacity: float, *, small: bool) -> ifem.Case:
    """Return the demo pressed, released to a pressure [MPa] and cycled with a charge [mAh/cm^2]."""
    data = variant(demo, f"{pressure:g}_MPa", small=small).to_dict()
    creeping = {"base": "Li", "law": "anand"}
    data["layer"][-1] |= {"material": creeping, "flow_size": "bulk"}
    data["step"] = [
        {"name": "press", "kind": "press", "to": "187 MPa", "duration": "60 s"},
        {"name": "release", "kind": "release", "to": f"{pressure:g} MPa", "duration": "10 s"},
        {
            "name": "cycling",
            "kind": "cycle",
            "current": CURRENT,
            "capacity": f"{capacity:g} mA*h/cm^2",
            "count": CYCLES,
            "diffusivity": DIFFUSIVITY,
        },
    ]
    return ifem.Case.from_dict(data, source=data["name"])


def ends(results: ifem.Results) -> list[int]:
    """Return the rows of the history at the end of the release and of each half cycle done."""
    history = results.history
    found = [int(np.flatnonzero(history["step"] == "release")[-1])]
    number = np.where(history["step"] == "cycling", history["cycle"], math.nan)
    for half in range(1, 2 * CYCLES + 1):
        found += np.flatnonzero(np.isclose(number, 0.5 * half, rtol=0.0, atol=1e-9)).tolist()
    return found


def measured(results: ifem.Results, column: str, name: str, row: int) -> float:
    """Return a column of an interface, or of the whole stack without one, at a row."""
    values = results.history[column] if not name else results.history.of(column, name)
    return float(values[row])


def draw(folder: Path, pressures: Sequence[float], path: Path) -> None:
    """Draw contact, resistance and hotspots against pressure, beside what was published."""
    panels = (
        ("contact_fraction", LITHIUM, "contact fraction of the lithium [-]"),
        ("asr", "", "area-specific resistance [ohm cm$^2$]"),
        ("focusing_factor", LITHIUM, "hotspot factor at the lithium [-]"),
    )
    moments = {
        "released": 0, "1st stripped": 1, "1st plated": 2, "3rd stripped": 5, "3rd plated": 6
    }  # fmt: skip
    runs = complete(folder)
    found: dict[float, tuple[ifem.Results, list[int]]] = {}
    for pressure in pressures:
        name = f"{pressure:g} MPa"
        if name in runs:
            results = runs[name]()
            found[pressure] = results, ends(results)
    with theme.theme():
        fig = theme.figure(13.0, 6.4)
        fig.suptitle(
            "Three cycles under a stack pressure: what creep and the current leave of the contact",
            x=0.01,
            ha="left",
        )
        grid = fig.add_gridspec(2, 3, height_ratios=(3.0, 1.1))
        for index, (column, name, label) in enumerate(panels):
            axes = fig.add_subplot(grid[0, index])
            for shown, (text, place) in enumerate(moments.items()):
                colour = theme.COLOURS[shown]
                reached = {p: (r, rows) for p, (r, rows) in found.items() if len(rows) > place}
                values = [measured(r, column, name, rows[place]) for r, rows in reached.values()]
                style = "--" if text.endswith("plated") else "-"
                size = 9.0 - 1.4 * shown  # what lies on top of each other is seen
                axes.plot(
                    list(reached), values, style, marker="o", ms=size, color=colour, label=text
                )
            axes.set(xscale="log", xlabel="stack pressure [MPa]", ylabel=label, xlim=(0.35, 40.0))
            theme.plain_log_ticks(axes)
            axes.set_ylim(0.0, 1.04 if column == "contact_fraction" else 1.1 * axes.get_ylim()[1])
            if index == 0:
                axes.legend(loc="lower right")
        # on the axis of the panel above; what was found stands beside it
        facts = fig.add_subplot(grid[1, 0], sharex=fig.axes[0])
        for row, (low, high, text) in enumerate(reversed(PUBLISHED)):
            facts.plot(
                [low, high], [row, row], color=theme.MUTED, linewidth=4, solid_capstyle="butt"
            )
            place = facts.get_yaxis_transform()
            note = facts.text(1.06, row, text, transform=place, va="center", fontsize=9)
            note.set_in_layout(False)
        facts.set(ylim=(-0.7, len(PUBLISHED) - 0.3), yticks=[])
        facts.set_xlabel("published, stack pressure [MPa]")
        fig.savefig(path, dpi=theme.DPI)
    for results, _ in found.values():
        results.close()


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    parser = arguments("The demo under stack pressures from 1 to 25 MPa, cycled three times.")
    parser.add_argument("--pressures", type=float, nargs="+", default=PRESSURES, metavar="P")
    parser.add_argument("--capacity", type=float, default=0.02, metavar="C", help="[mAh/cm^2]")
    chosen = parser.parse_args(words)
    name = "stack_pressure_sweep"
    folder = chosen.output or Path(f"runs/{name}_quick" if chosen.quick else f"runs/{name}")
    demo = ifem.Case.load(PLATES)
    cases = {
        f"{pressure:g} MPa": cycled(demo, pressure, chosen.capacity, small=chosen.quick)
        for pressure in chosen.pressures
    }
    columns = {
        "contact of lithium": ("contact_fraction", LITHIUM),
        "contact of ceramics": ("contact_fraction", CERAMIC),
        "ASR [ohm cm^2]": ("asr", ""),
        "hotspot factor": ("focusing_factor", LITHIUM),
    }
    moments = {"released": 0, "1st stripped": 1, "3rd stripped": 5, "3rd plated": 6}

    def describe(name: str, results: ifem.Results | None) -> Row:
        row = {"run": name}
        if results is None or not len(results):
            return row
        rows = ends(results)
        for text, place in moments.items():
            if place < len(rows):
                for label, (column, interface) in columns.items():
                    value = measured(results, column, interface, rows[place])
                    row[f"{label}, {text}"] = short(value)
        row["largest recession [um]"] = short(
            float(np.nanmax(results.history.of("max_removed", LITHIUM)))
        )
        return row

    heads = [f"{label}, {text}" for label in columns for text in moments]
    wanted = ["run", *SOLVER[:-1], *heads, "largest recession [um]", SOLVER[-1]]
    path = folder / f"{name}.csv"
    code = follow(cases, path, describe, wanted, workers=chosen.workers, upright=True)
    if complete(folder):
        draw(folder, chosen.pressures, folder / f"{name}.png")
        print(folder / f"{name}.png")
    return code


if __name__ == "__main__":
    sys.exit(guarded(main))
