# SPDX-License-Identifier: MIT
"""What the program says and takes: lines that a terminal shows and does not obey, and paths."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TextIO

from interfacefem.names import printable
from interfacefem.paths import path_problem


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
