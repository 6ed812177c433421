# SPDX-License-Identifier: MIT
"""``run`` and ``resume``: press a case or continue, show it meanwhile, keep what is reached."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from interfacefem.case import Case
from interfacefem.cli.codes import DONE, INTERRUPTED
from interfacefem.cli.processes import on_first
from interfacefem.cli.words import read_path, say
from interfacefem.drive import progress
from interfacefem.drive.begin import require_place
from interfacefem.errors import ConvergenceError, ResultsError
from interfacefem.results import Results, layout
from interfacefem.results.lock import require_free


def add_verbs(verbs: Any) -> None:
    """Add the verb of this module."""
    run = verbs.add_parser("run", help="press a case from start to end")
    run.add_argument("case", type=read_path, help="a .py or .toml file")
    run.add_argument(
        "-o", "--output", type=read_path, help="folder of the run; runs/NAME by default"
    )
    run.add_argument("--overwrite", action="store_true", help="replace a run that is there")
    run.set_defaults(act=_run)
    resume = verbs.add_parser(
        "resume",
        help="continue a run that was interrupted, stopped or killed",
        description="Continue a run from its last accepted increment; its history becomes that "
        "of the uninterrupted run. A run that did not converge is tried again as it was.",
    )
    resume.add_argument("run", type=read_path, help="folder of a run")
    resume.add_argument(
        "--force", action="store_true", help="believe that a process elsewhere has ended"
    )
    resume.add_argument(
        "--numerics",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another setting from now on, e.g. max_rejections=20; may be repeated",
    )
    resume.set_defaults(act=_resume)


def perform(case: Case, folder: Path, *, overwrite: bool) -> tuple[int, Results]:
    """Run a case, show it, and return the exit code with the results.

    Raises
    ------
    InterfaceFEMError
        Whatever keeps it from its end.
    """
    case.require()

    def look() -> None:
        # The run looks again when it has the lock; here before the solver is loaded.
        require_free(folder)
        require_place(folder, overwrite=overwrite, mesh_file=case.mesh_file)

    on_first(look)
    # By name: a verb that only reads must work where the solver is not installed.
    simulation = importlib.import_module("interfacefem.drive.run")
    shown = progress.listeners(folder, [step.target_pressure for step in case.protocol])
    return _tell(
        folder, lambda: simulation.run_case(case, folder, overwrite=overwrite, listeners=shown)
    )


def carry_on(
    folder: Path,
    *,
    case: Case | None = None,
    force: bool = False,
    settings: Mapping[str, str] | None = None,
) -> tuple[int, Results]:
    """Continue a run, show it, and return the exit code with the results.

    Parameters
    ----------
    folder : Path
    case : Case, optional
        The case that was run, to make sure that it is the same.
    force : bool
        Believe that a process elsewhere has ended.
    settings : mapping of str to str, optional
        Numerics from now on, as text, in place of those that it was run with.

    Raises
    ------
    InterfaceFEMError
        Whatever keeps it from its end, or from being continued.
    """
    with Results.open(folder) as results:
        status = results.status
    if status == "complete":
        say(f"{folder}: the run is complete; nothing is left to do")
    if status.startswith("stopped"):
        say(f"{folder}: had stopped; what failed is tried again, with the same settings")
    simulation = importlib.import_module("interfacefem.drive.run")
    numerics = None
    if settings:
        continuation = importlib.import_module("interfacefem.drive.continuation")
        numerics = continuation.changed_numerics(folder, settings)
    return _tell(
        folder, lambda: simulation.resume(folder, case=case, force=force, numerics=numerics)
    )


def _tell(folder: Path, run: Callable[[], Results]) -> tuple[int, Results]:
    """Run, and say where the results are and how to go on."""
    try:
        results = run()
    except ConvergenceError:
        say(f"what was reached is kept; see it with: interfacefem report {folder}")
        raise
    except SystemExit:
        if (folder / layout.FILE_NAME).exists():
            say(f"ended by SIGTERM; continue what is stored with: interfacefem resume {folder}")
        raise
    say(f"results in {folder}; see them with: interfacefem report {folder}")
    if results.status.startswith("interrupted"):
        say(f"continue with: interfacefem resume {folder}")
        return INTERRUPTED, results
    return DONE, results


def _run(chosen: argparse.Namespace) -> int:
    case = Case.load(chosen.case)
    folder = case.folder if chosen.output is None else chosen.output
    return perform(case, folder, overwrite=chosen.overwrite)[0]


def _resume(chosen: argparse.Namespace) -> int:
    settings = {}
    for text in chosen.numerics:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals):
            raise ResultsError(f"--numerics {text}: write NAME=VALUE, e.g. max_rejections=20")
        settings[name.strip()] = value.strip()
    return carry_on(chosen.run, force=chosen.force, settings=settings)[0]


#: what several processes do together
SHARED = (_run, _resume)
