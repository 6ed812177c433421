# SPDX-License-Identifier: MIT
"""The package logger. Silent until somebody asks; nothing is configured at import.

Modules write ``logger = logs.get(__name__)``. The command line and case scripts show warnings;
other scripts and notebooks call :func:`set_log_level`. Progress bars and run logs are not here.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from typing import TextIO

ROOT = "interfacefem"

logging.getLogger(ROOT).addHandler(logging.NullHandler())


class _FirstRankOnly(logging.Filter):
    """Pass records on the first MPI rank only; MPI is asked only if it is already loaded."""

    def filter(self, record: logging.LogRecord) -> bool:
        mpi = sys.modules.get("mpi4py.MPI")
        return mpi is None or mpi.COMM_WORLD.rank == 0


class _ShownHandler(logging.StreamHandler[TextIO]):
    """The one handler that is added here, so that a second call replaces it."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    @property
    def stream(self) -> TextIO:
        """Standard error as it is now: notebooks and tests put another in its place."""
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:
        pass


def get(name: str = ROOT) -> logging.Logger:
    """Return the logger of a module.

    Parameters
    ----------
    name : str
        The module's ``__name__``.

    Returns
    -------
    logging.Logger
    """
    return logging.getLogger(name)


@contextlib.contextmanager
def warnings_shown() -> Iterator[None]:
    """Show warnings on standard error meanwhile, unless somebody has said what is shown."""
    logger = logging.getLogger(ROOT)
    if any(isinstance(handler, _ShownHandler) for handler in logger.handlers):
        yield
        return
    shown = _shown(all_ranks=False)
    shown.setLevel("WARNING")
    logger.addHandler(shown)
    try:
        yield
    finally:
        logger.removeHandler(shown)


def set_log_level(level: int | str = "INFO", *, all_ranks: bool = False) -> None:
    """Show the package's messages on standard error.

    Parameters
    ----------
    level : int or str
        A level of :mod:`logging`: ``"INFO"`` is one line per increment, ``"DEBUG"`` one per
        Newton iteration.
    all_ranks : bool
        Show messages of every MPI rank instead of the first only.

    Raises
    ------
    ValueError
        If the level is unknown.
    """
    logger = logging.getLogger(ROOT)
    logger.setLevel(level.upper() if isinstance(level, str) else level)
    for handler in [h for h in logger.handlers if isinstance(h, _ShownHandler)]:
        logger.removeHandler(handler)
    logger.addHandler(_shown(all_ranks=all_ranks))


def _shown(*, all_ranks: bool) -> _ShownHandler:
    shown = _ShownHandler()
    shown.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    if not all_ranks:
        shown.addFilter(_FirstRankOnly())
    return shown
