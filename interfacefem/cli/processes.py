# SPDX-License-Identifier: MIT
"""Several processes started by mpiexec: the first one speaks, and all end together.

MPI is asked only in a program that mpiexec has started; what is computed together is the business
of :mod:`interfacefem.fem.ranks`.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interfacefem.cli.words import say
from interfacefem.environment import is_launched


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
