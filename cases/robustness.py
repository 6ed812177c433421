# SPDX-License-Identifier: MIT
"""Whether the demo completes for other seeds and slopes, with every setting as it is.

python cases/robustness.py [--case FILE] [--seeds N ...] [--slopes S ...] [-o FOLDER] [--quick]
    [--workers N]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from study import DEMO, SOLVER, Row, arguments, follow, last_at, reached, variant

import interfacefem as ifem
from interfacefem.cli.shell import guarded

#: seed of the first face; the other three faces follow. The demo itself has 1.
SEEDS = (11, 21, 31, 41, 51, 61, 71, 81, 91, 101)
#: rms slopes of all faces [-]; those of the demo are 0.10 to 0.16
SLOPES = (0.05, 0.1, 0.2, 0.3)


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    parser = arguments("The demo case with other seeds and other rms slopes, nothing else changed.")
    parser.add_argument("--case", type=Path, default=DEMO, metavar="FILE", help="another case")
    parser.add_argument("--seeds", type=int, nargs="*", default=SEEDS, metavar="N")
    parser.add_argument("--slopes", type=float, nargs="*", default=SLOPES, metavar="S")
    chosen = parser.parse_args(words)
    folder = chosen.output or Path("runs/robustness_quick" if chosen.quick else "runs/robustness")
    demo = ifem.Case.load(chosen.case)
    peak, end = demo.protocol.pressures[-2:]
    quantities = {f"contact {name}": f"contact_fraction[{name}]" for name in demo.stack.interfaces}
    quantities["ASR [ohm cm^2]"] = "asr"
    moments = {
        place: {f"{name} at {pressure:.0f} MPa": column for name, column in quantities.items()}
        for place, pressure in (("peak", peak), ("end", end))
    }
    make = partial(variant, demo, small=chosen.quick)
    cases = {f"seed {seed}": make(f"seed_{seed}", seed=seed - 1) for seed in chosen.seeds}
    cases |= {
        f"slope {slope:g}": make(f"slope_{slope:g}", rms_slope=slope) for slope in chosen.slopes
    }

    def describe(name: str, results: ifem.Results | None) -> Row:
        row = {"run": name}
        if results is not None:
            row |= reached(results, last_at(results, peak), moments["peak"])
            row |= reached(results, last_at(results, end), moments["end"])
        return row

    columns = ["run", *SOLVER[:-1], *moments["peak"], *moments["end"], SOLVER[-1]]
    path = folder / "robustness.csv"
    return follow(cases, path, describe, columns, workers=chosen.workers)


if __name__ == "__main__":
    sys.exit(guarded(main))
