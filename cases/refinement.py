# SPDX-License-Identifier: MIT
"""Whether contact and resistance of the demo settle when the mesh is refined.

python cases/refinement.py [--edges L ...] [-o FOLDER] [--quick] [--workers N]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from study import PLATES, SOLVER, Row, arguments, follow, last_at, reached, short, variant

import interfacefem as ifem
from interfacefem.cli.shell import guarded

#: edge lengths along the interfaces [um]: 8, 10 and 15 to the shortest wave; the demo has 0.3
EDGES = (0.375, 0.3, 0.2)
#: nominal pressures on the way up [MPa], read between increments
LOADING = (2.0, 10.0, 50.0)


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    parser = arguments("The demo case on finer and finer meshes, nothing else changed.")
    parser.add_argument("--edges", type=float, nargs="+", default=EDGES, metavar="L", help="[um]")
    chosen = parser.parse_args(words)
    folder = chosen.output or Path("runs/refinement_quick" if chosen.quick else "runs/refinement")
    demo = ifem.Case.load(PLATES)
    peak, end = max(demo.protocol.pressures), demo.protocol.pressures[-1]
    quantities = {f"contact {name}": f"contact_fraction[{name}]" for name in demo.stack.interfaces}
    quantities["ASR [ohm cm^2]"] = "asr"
    cases = {
        f"{edge:g} um": variant(
            demo, f"edge_{edge:g}um", edge=2 * edge if chosen.quick else edge, small=chosen.quick
        )
        for edge in chosen.edges
    }

    def describe(name: str, results: ifem.Results | None) -> Row:
        row = {"edge": name}
        if results is None or not len(results):
            return row
        history = results.history
        rising = history["step"] == results.steps[0]
        logarithm = np.log(history["nominal_pressure"][rising])
        for pressure in LOADING:
            for quantity, column in quantities.items():
                value = np.interp(np.log(pressure), logarithm, history[column][rising])
                if logarithm[0] <= np.log(pressure) <= logarithm[-1]:
                    row[f"{quantity} at {pressure:.0f} MPa"] = short(float(value))
        for pressure in (peak, end):
            names = {f"{name} at {pressure:.0f} MPa": key for name, key in quantities.items()}
            row |= reached(results, last_at(results, pressure), names)
        return row

    measured = [f"{name} at {p:.0f} MPa" for name in quantities for p in (*LOADING, peak, end)]
    columns = ["edge", *SOLVER[:-1], *measured, SOLVER[-1]]
    path = folder / "refinement.csv"
    return follow(cases, path, describe, columns, workers=chosen.workers, upright=True)


if __name__ == "__main__":
    sys.exit(guarded(main))
