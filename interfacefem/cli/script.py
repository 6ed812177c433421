# SPDX-License-Identifier: MIT
"""A case script as a program: ``ifem.main(case)`` under ``if __name__ == "__main__":``.

The same lines, messages and exit codes as ``interfacefem run``; then the summary and the pictures,
or what the script wants instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import NoReturn

from interfacefem import logs
from interfacefem.case import Case
from interfacefem.cli.cases import carry_on, perform
from interfacefem.cli.shell import DONE, guarded, is_first, read_path, say
from interfacefem.names import printable
from interfacefem.results import Results


def main(
    case: Case, then: Callable[[Results], object] | None = None, *, overwrite: bool = True
) -> NoReturn:
    """Run a case as the command line would, show what came out, and leave the program.

    The script takes two options: ``-o FOLDER`` for another folder, and ``--resume`` to continue
    the run that is there. Exit codes: 0 done; 2 bad input; 3 not converged; 130 stopped with
    Ctrl-C; 143 ended by SIGTERM. After 3, 130 and 143 what was reached is kept. Errors of the
    package are told in words, without a traceback.

    Parameters
    ----------
    case : Case
        What to run.
    then : callable, optional
        Called with the results of a complete run; prints the summary and saves the pictures if
        not given.
    overwrite : bool
        Replace a run that is in the folder.

    Raises
    ------
    SystemExit
        Always, with the exit code.
    """
    parser = argparse.ArgumentParser(description=f"Run the case '{case.name}'.")
    default = printable(case.folder).replace("%", "%%")  # argparse fills in after a percent sign
    parser.add_argument("-o", "--output", type=read_path, help=f"folder; {default} by default")
    parser.add_argument("--resume", action="store_true", help="continue the run that is there")
    chosen = parser.parse_args()
    folder = case.folder if chosen.output is None else chosen.output

    def act() -> int:
        if chosen.resume:
            code, results = carry_on(folder, case=case)
        else:
            code, results = perform(case, folder, overwrite=overwrite)
        if code == DONE and is_first():
            (then or _show)(results)
        return code

    with logs.warnings_shown():
        sys.exit(guarded(act))


def _show(results: Results) -> None:
    from interfacefem import plots

    say(results.summary())
    plots.report(results)
