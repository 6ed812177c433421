# SPDX-License-Identifier: MIT
"""``compare``: two or more stored runs side by side; no solver is needed."""

from __future__ import annotations

import argparse
import contextlib
from typing import Any

from interfacefem.cli.codes import DONE
from interfacefem.cli.words import read_path, say
from interfacefem.post.comparison import compare
from interfacefem.results import Results


def add_verbs(verbs: Any) -> None:
    """Add the verb of this module."""
    verb = verbs.add_parser("compare", help="numbers of two or more runs side by side")
    verb.add_argument("runs", type=read_path, nargs="+", metavar="RUN", help="folder of a run")
    verb.add_argument("-o", "--output", type=read_path, help="a .png, .pdf or .svg file to draw")
    verb.add_argument("--csv", type=read_path, help="file for the table")
    verb.add_argument("--no-figure", action="store_true", help="numbers only")
    verb.set_defaults(act=_compare)


def _compare(chosen: argparse.Namespace) -> int:
    with contextlib.ExitStack() as stack:
        runs = [stack.enter_context(Results.open(path)) for path in chosen.runs]
        found = compare(runs)
        say(found.to_text())
        if chosen.csv is not None:
            say(f"\n{found.to_csv(chosen.csv)}")
        if not chosen.no_figure:
            from interfacefem import plots

            target = chosen.output or runs[-1].folder / "figures" / "comparison.png"
            say(f"\n{plots.save(plots.comparison(found), target)}")
            if all("die" in run.case for run in runs):
                beside = target.with_name(f"{target.stem}_pellets{target.suffix}")
                say(plots.save(plots.pellets(runs), beside))
    return DONE
