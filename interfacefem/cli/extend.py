# SPDX-License-Identifier: MIT
"""``--with FILE.py``: files that register pictures, risks or what is stored."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from interfacefem import extensions
from interfacefem.cli.words import read_path


def add_with(verb: argparse.ArgumentParser, what: str = "pictures or risks") -> None:
    """Add the option to a verb, of which it loads ``what``."""
    verb.add_argument(
        "--with",
        dest="files",
        action="append",
        default=[],
        type=read_path,
        metavar="FILE.py",
        help=f"load a file that registers {what}; may be given several times",
    )


def load(files: Sequence[Path]) -> None:
    """Load files in the order they were given.

    Raises
    ------
    ExtensionError
        If one is missing or stops with an error.
    """
    for file in files:
        extensions.load_file(file)
