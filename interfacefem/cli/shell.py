# SPDX-License-Identifier: MIT
"""The program and its shell: words and paths, what it returns, several processes.

MPI is asked only in a program that mpiexec has started; what is computed together is the business
of :mod:`interfacefem.fem.ranks`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from interfacefem import numbers
from interfacefem.environment import is_launched
from interfacefem.errors import ConvergenceError, InterfaceFEMError
from interfacefem.names import printable
from interfacefem.quantities import path_problem


def say(text: object = "", *, to: TextIO | None = None) -> None:
    """Print a text in which names from a file may stand.

    Parameters
    ----------
    text : object
    to : text file, optional
        Standard output by default.
    """
    stream = sys.stdout if to is None else to
    # Letters that the terminal does not know must not end the program.
    shown = printable(text).encode(stream.encoding or "utf-8", "backslashreplace")
    print(shown.decode(stream.encoding or "utf-8"), file=stream, flush=to is not None)


def read_path(text: str) -> Path:
    """Read a path of the command line; the error is that of a wrong option."""
    problem = path_problem(text)
    if problem:
        raise argparse.ArgumentTypeError(f"the path {problem}")
    return Path(text).expanduser()


DONE = 0
MISTAKE = 1  #: of the program
BAD_INPUT = 2
NOT_CONVERGED = 3  #: what was reached is kept
INTERRUPTED = 130  #: Ctrl-C; what was reached is kept; after SIGTERM a run ends with 143


def guarded(act: Callable[[], int]) -> int:
    """Do something and return its exit code; errors of the package become one message.

    Parameters
    ----------
    act : callable
        Returns an exit code.

    Returns
    -------
    int
        What ``act`` returned, or the code of the error it raised. Errors that are none of the
        package's are mistakes of the program and pass; of several processes they end all.
    """
    silence()
    try:
        numbers.check()
        return int(act())
    except ConvergenceError as error:
        return end_after_error(NOT_CONVERGED, f"interfacefem: {error}")
    except InterfaceFEMError as error:
        return end_after_error(BAD_INPUT, f"interfacefem: {error}")
    except KeyboardInterrupt:
        return end_after_error(INTERRUPTED, "interfacefem: stopped by Ctrl-C")
    except BrokenPipeError:
        # Whoever read the output has gone, for example head; that is no mistake.
        sys.stderr.close()
        return DONE
    except Exception:
        if ranks() is None:
            raise
        return end_after_error(MISTAKE, traceback.format_exc())


def ranks() -> Any:
    """Return the processes of this program, None if it has one only."""
    if not is_launched():
        return None
    found = importlib.import_module("interfacefem.fem.ranks").current()
    return found if found.size > 1 else None


def is_first() -> bool:
    """Return whether this process writes and speaks."""
    found = ranks()
    return found is None or bool(found.first)


def silence() -> None:
    """Let standard output of all processes but the first go nowhere."""
    if not is_first():
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")


def on_first(act: Callable[[], Any]) -> Any:
    """Do something in the first process only; an error there is raised in all of them."""
    found = ranks()
    return act() if found is None else found.on_first(act)


def end_after_error(code: int, text: str) -> int:
    """Say what went wrong, once, and see to it that no process waits for one that has ended.

    Returns
    -------
    int
        The code, where all processes have come to an end.
    """
    found = ranks()
    if found is None or found.first:
        say(text, to=sys.stderr)
    if found is not None and not found.all_end():
        if not found.first:
            say(text, to=sys.stderr)
        found.abort(code)
    return code
