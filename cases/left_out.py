# SPDX-License-Identifier: MIT
"""What each part of the main case does to its answer: the same cell with each left out once.

python cases/left_out.py [-o FOLDER] [--quick] [--workers N]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import lgps
from study import DEMO, PLATES, SOLVER, Row, arguments, follow, last_at, reached, variant

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.cli.shell import guarded


def bulk(case: ifem.Case) -> ifem.Case:
    """Return the cell with lithium as strong as in bulk."""
    data: dict[str, Any] = case.to_dict()
    data["layer"][-1]["flow_size"] = "bulk"
    return ifem.Case.from_dict(data)


def without_bonds(case: ifem.Case) -> ifem.Case:
    """Return the cell whose faces come apart without resistance."""
    data: dict[str, Any] = case.to_dict()
    for joint in data["interface"]:
        joint.pop("adhesion")
    return ifem.Case.from_dict(data)


def at_once(case: ifem.Case) -> ifem.Case:
    """Return the cell with all layers laid together and pressed once, with the secondary press."""
    last = case.protocol.stages[-1]
    return case.replace(protocol=ifem.Protocol(*last.steps))


def ground_punch(case: ifem.Case) -> ifem.Case:
    """Return the cell whose powders are pressed by the face of a ground punch, one by one."""
    steel = lgps.punch().material
    first, second, last = case.protocol.stages
    ground = surfaces.self_affine(
        case.stack.width,
        hurst=0.8,
        rms_height="100 nm",
        long_cutoff="30 um",
        short_cutoff="10 um",
        seed=9,
    )
    stages = [
        ifem.Stage(one.adds, one.steps, punch=ifem.Layer(name, steel, "6 um", bottom=ground))
        for one, name in ((first, "punch"), (second, "second_punch"))
    ]
    return case.replace(protocol=ifem.Protocol(*stages, last))


def as_made(case: ifem.Case) -> ifem.Case:
    """Return the cell itself."""
    return case


#: name of the row -> what is changed
CHANGES: Mapping[str, Callable[[ifem.Case], ifem.Case]] = {
    "as made": as_made,
    "lithium as in bulk": bulk,
    "no bonds": without_bonds,
    "all pressed at once": at_once,
    "a ground punch": ground_punch,
}


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    chosen = arguments("The main case with each of its parts left out once.").parse_args(words)
    folder = chosen.output or Path("runs/left_out_quick" if chosen.quick else "runs/left_out")
    demo, plates = ifem.Case.load(DEMO), ifem.Case.load(PLATES)
    peak, end = demo.protocol.pressures[-2:]
    quantities = {f"contact {name}": f"contact_fraction[{name}]" for name in demo.stack.interfaces}
    quantities |= {"ASR [ohm cm^2]": "asr", "constriction [ohm cm^2]": "asr_constriction"}
    moments = {
        place: {f"{name} at {pressure:.0f} MPa": column for name, column in quantities.items()}
        for place, pressure in (("peak", peak), ("end", end))
    }
    make = partial(variant, small=chosen.quick)
    cases = {row: change(make(demo, row.replace(" ", "_"))) for row, change in CHANGES.items()}
    cases["dense plates"] = make(plates, "dense_plates")

    def describe(name: str, results: ifem.Results | None) -> Row:
        row = {"left out": name}
        if results is not None:
            for place, pressure in (("peak", peak), ("end", end)):
                row |= reached(results, last_at(results, pressure), moments[place])
        return row

    columns = ["left out", *moments["peak"], *moments["end"], *SOLVER]
    path = folder / "left_out.csv"
    return follow(cases, path, describe, columns, workers=chosen.workers, upright=True)


if __name__ == "__main__":
    sys.exit(guarded(main))
