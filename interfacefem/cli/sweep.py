# SPDX-License-Identifier: MIT
"""``sweep`` and ``window``: many runs of one case, and at which pressure to press."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from interfacefem.case import Case
from interfacefem.cli.shell import DONE, NOT_CONVERGED, read_path, say
from interfacefem.errors import ResultsError
from interfacefem.quantities import is_file, one_mistake
from interfacefem.sweep.ask import CONFIDENCE, die_of, of_one_case, recommend
from interfacefem.sweep.plan import PLAN
from interfacefem.sweep.planning import Values
from interfacefem.sweep.sweep import Sweep
from interfacefem.sweep.table import SweepTable

SWEEP_HELP = """
values: a list, "25 MPa, 60 MPa, 150 MPa"; range, the range of the library; or a range of your own,
"0.4 MPa to 1.2 MPa". Lists are crossed; of ranges the ends and the middle, or --sample lhs:24.

example:
  interfacefem sweep cases/li_li3ocl_li3incl6.py --seeds 12 \\
      --over "step.secondary press.to=25 MPa, 60 MPa, 100 MPa, 187 MPa, 300 MPa"
"""


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module."""
    sweep = verbs.add_parser(
        "sweep", help="many runs of a case: values, realisations, ranges", epilog=SWEEP_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    sweep.add_argument(
        "case", type=read_path, nargs="+", help="a .py or .toml file; several are run side by side"
    )
    sweep.add_argument(
        "--over", action="append", default=[], metavar="PATH=VALUES",
        help="an input by its path, e.g. layer.anode.material.yield_stress=range; may be repeated",
    )  # fmt: skip
    sweep.add_argument(
        "--seeds", type=int, default=0, metavar="N", help="new realisations of faces"
    )
    sweep.add_argument("--sample", metavar="lhs:N", help="N points in all ranges together")
    sweep.add_argument(
        "--name", help="of the folder sweeps/NAME; that of the case by default, several need one"
    )
    sweep.add_argument("-o", "--output", type=read_path, help="another folder")
    sweep.add_argument("--workers", type=int, metavar="N", help="processes; one a core by default")
    sweep.add_argument("--cluster", metavar="ADDRESS", help="scheduler of a Dask cluster instead")
    sweep.add_argument("--separate", action="store_true", help="a run for each pressure")
    sweep.add_argument("--retry", action="store_true", help="repeat runs that failed")
    sweep.set_defaults(act=_sweep)
    window = verbs.add_parser("window", help="at which pressure to press, from a sweep")
    window.add_argument("sweep", type=read_path, help="folder of a sweep")
    add_question(window)
    window.add_argument(
        "-o", "--output", type=read_path, help="picture; SWEEP/window.png by default"
    )
    window.add_argument("--no-figure", action="store_true", help="words and numbers only")
    window.set_defaults(act=_window)


def add_question(verb: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add the options that ask for a pressure."""
    verb.add_argument("--target", required=required, help='largest resistance: "100 ohm*cm^2"')
    verb.add_argument(
        "--at", dest="stack_pressure", required=required, metavar="PRESSURE",
        help='stack pressure at which the cell works: "5 MPa"',
    )  # fmt: skip
    verb.add_argument("--case", metavar="NAME", help="which one, of a sweep of several cases")
    verb.add_argument("--die", help='its diameter, to say the force: "10 mm"; as the case says')
    verb.add_argument(
        "--confidence", type=float, default=CONFIDENCE, metavar="PART",
        help="part of the realisations that must meet the target; 0.9 by default",
    )  # fmt: skip


#: one number with a decimal comma, or two; a comma without a blank, where others have one
_UNCLEAR = re.compile(r"[+-]?[0-9]+,[0-9]+(?:[eE][+-]?[0-9]+)?(?: ?[^0-9,. ][^,]*)?")
_INSIDE = re.compile(r"[0-9],[0-9]")


def is_sweep(folder: Path) -> bool:
    """Return whether a folder is that of a sweep."""
    return is_file(folder / PLAN)


def write_page(chosen: argparse.Namespace, folder: Path) -> Path:
    """Write the page of a run or a sweep; return its path.

    Raises
    ------
    InterfaceFEMError
        If there is none, or the page cannot be written.
    """
    from interfacefem.results import Results
    from interfacefem.sweep import page

    target = folder / page.NAME if chosen.output is None else chosen.output
    if target.suffix != ".html":
        target = target / page.NAME
    if (chosen.target is None) != (chosen.stack_pressure is None):
        raise one_mistake("--target", "says one half of a question", "give --target and --at")
    if not is_sweep(folder):
        if chosen.target is not None:
            raise one_mistake("--target", "is for a sweep, this is a run", "leave it out")
        with Results.open(folder) as results:
            return page.of_run(results).write(target)
    table = SweepTable.open(folder)
    answer = None
    if chosen.target is not None and chosen.stack_pressure is not None:
        answer = _recommend(table, chosen)
    return page.of_sweep(table, answer).write(target)


def _sweep(chosen: argparse.Namespace) -> int:
    over: dict[str, Values] = {}
    for text in chosen.over:
        path, equals, values = text.partition("=")
        if not (path.strip() and equals and values.strip()):
            raise one_mistake("--over", f"{text!r} has no values", "write PATH=VALUES")
        over[path.strip()] = _values(values.strip())
    cases = {case.name: case for case in map(Case.load, chosen.case)}
    if len(cases) < len(chosen.case):
        raise one_mistake("case", "two files have a case of the same name", "rename one")
    sweep = Sweep(
        cases if len(cases) > 1 else next(iter(cases.values())), over,
        seeds=chosen.seeds, sample=chosen.sample, name=chosen.name,
        folder=chosen.output, separate=chosen.separate, base=chosen.case[0].parent,
        files=chosen.files, script=[path for path in chosen.case if path.suffix == ".py"],
    )  # fmt: skip
    table = sweep.run(workers=chosen.workers, cluster=chosen.cluster, retry=chosen.retry, tell=say)
    say(f"table in {sweep.folder / 'table.csv'}")
    for kind in dict.fromkeys(str(row["failure"]) for row in table.failures):
        count = sum(row["failure"] == kind for row in table.failures)
        say(f"  {count} failed ({kind}); the table says why")
    if sweep.plan.pressure:
        first = next(iter(cases.values()))
        at = f'--at "{first.protocol.pressures[-1]:.4g} MPa"'
        at += f" --case {first.name}" if len(cases) > 1 else ""
        say(f'next: interfacefem window {sweep.folder} --target "100 ohm*cm^2" {at}')
    return NOT_CONVERGED if table.failures else DONE


def _values(text: str) -> Values:
    if text == "range" or " to " in text or ".." in text:
        return text
    if _UNCLEAR.fullmatch(text) or (", " in text and _INSIDE.search(text)):
        raise one_mistake(
            "--over", f"{text!r} can be numbers with decimal commas",
            'write decimals with a point, "0.3", and a blank behind a comma between values, "0, 3"',
        )  # fmt: skip
    return [part.strip() for part in text.split(",")]


def _recommend(table: SweepTable, chosen: argparse.Namespace) -> Any:
    table = of_one_case(table, chosen.case)
    die = chosen.die if chosen.die is not None else die_of(table)
    return recommend(
        table, target=chosen.target, at=chosen.stack_pressure, die=die,
        confidence=chosen.confidence,
    )  # fmt: skip


def _window(chosen: argparse.Namespace) -> int:
    table = SweepTable.open(chosen.sweep)
    if not table.plan.pressure:
        raise ResultsError(
            f"{chosen.sweep}: no pressure was varied; sweep --over 'step.NAME.to=...' first"
        )
    found = _recommend(table, chosen)
    say(found.to_text())
    if not chosen.no_figure:
        from interfacefem import plots
        from interfacefem.sweep.figures import sweep_window

        target = chosen.output or chosen.sweep / "window.png"
        say(f"\n{plots.save(sweep_window(found), target)}")
    return DONE
