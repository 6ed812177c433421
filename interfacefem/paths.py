# SPDX-License-Identifier: MIT
"""Paths as users write them: ``~`` is expanded, and an empty path is refused.

Every public function and every option that takes a path reads it here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from interfacefem.errors import InterfaceFEMError, ResultsError
from interfacefem.names import shown

#: what a caller may give for a path
AnyPath = str | os.PathLike[str]


def user_path(
    path: AnyPath, what: str = "path", error: Callable[[str], InterfaceFEMError] = ResultsError
) -> Path:
    """Return a path with ``~`` and ``~user`` expanded.

    Parameters
    ----------
    path : str or PathLike
        As the user wrote it.
    what : str
        What it is, for the message.
    error : callable
        Makes the error from its text.

    Raises
    ------
    InterfaceFEMError
        That of ``error``, if the path is empty, no path, or of an unknown user.
    """
    problem = path_problem(path)
    if problem:
        raise error(f"{what}: {problem}")
    return Path(path).expanduser()


def is_file(path: Path) -> bool:
    """Return whether there is a file; False also where that cannot be known."""
    try:
        return path.is_file()
    except OSError:
        return False


def path_problem(path: object) -> str:
    """Return what is wrong with a path, with its remedy; empty if nothing is."""
    try:
        text = os.fspath(path)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if not isinstance(text, str):
        return f"{shown(path)} is no path; write it in quotes"
    # Path("") is the present folder, which nobody means by nothing.
    if not text.strip():
        return "is empty; name a file or a folder, or '.' for the present folder"
    if "\0" in text:
        return f"{shown(text)} has a zero byte; correct the path"
    try:
        Path(text).expanduser()
    except RuntimeError:
        user = Path(text).parts[0]
        return f"the home folder of '{user}' is not known; write the path in full"
    return ""
