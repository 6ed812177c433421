# SPDX-License-Identifier: MIT
"""``run``: press a case, show it while it goes on, keep what is reached."""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path
from typing import Any

from interfacefem import progress
from interfacefem.case import Case
from interfacefem.cli.codes import DONE, INTERRUPTED
from interfacefem.errors import ConvergenceError, ResultsError


def add_verbs(verbs: Any) -> None:
    """Add the verb of this module."""
    run = verbs.add_parser("run", help="press a case from start to end")
    run.add_argument("case", type=Path, help="a .py or .toml file")
    run.add_argument("-o", "--output", type=Path, help="folder of the run; runs/NAME by default")
    run.add_argument("--overwrite", action="store_true", help="replace a run that is there")
    run.set_defaults(act=_run)


def require_place(folder: Path, *, overwrite: bool) -> None:
    """Refuse a folder that could not take the results, before anything is computed.

    Parameters
    ----------
    folder : Path
        Folder of the run; it need not be there yet.
    overwrite : bool
        Whether a run in it may be replaced.

    Raises
    ------
    ResultsError
        If it holds a run, is a file, or cannot be written.
    """
    if (folder / "results.h5").exists() and not overwrite:
        raise ResultsError(
            f"{folder}: there is a run in this folder already; give another folder with -o, or "
            "replace it with --overwrite"
        )
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not nearest.is_dir():
        raise ResultsError(f"{folder}: {nearest} is a file; give a folder with -o")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ResultsError(f"{folder}: cannot write in {nearest}; give another folder with -o")


def _run(chosen: argparse.Namespace) -> int:
    case = Case.load(chosen.case)
    case.require()
    folder = case.folder if chosen.output is None else chosen.output
    require_place(folder, overwrite=chosen.overwrite)
    # By name: a verb that only reads must work where the solver is not installed.
    simulation = importlib.import_module("interfacefem.simulation")
    try:
        results = simulation.run_case(
            case,
            folder,
            overwrite=chosen.overwrite,
            listeners=progress.listeners(folder, [step.target_pressure for step in case.protocol]),
        )
    except ConvergenceError:
        print(f"what was reached is kept; see it with: interfacefem report {folder}")
        raise
    print(f"results in {folder}; see them with: interfacefem report {folder}")
    return INTERRUPTED if results.status.startswith("interrupted") else DONE
