# SPDX-License-Identifier: MIT
"""The only door to gmsh: one context manager that leaves nothing behind.

gmsh is one global program. A session starts it without reading arguments, configuration files or
signal handlers, opens a model of its own name, keeps it silent, and closes what it opened, also
after an error. Sessions of several threads wait for each other. If the caller has gmsh running
already, that stays running and its model stays current.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from interfacefem import signals
from interfacefem.errors import EnvironmentProblem

_lock = threading.RLock()
_numbers = itertools.count(1)


def import_gmsh() -> Any:
    """Return the gmsh module.

    Raises
    ------
    EnvironmentProblem
        If gmsh or one of the system libraries it opens is missing.
    """
    try:
        import gmsh
    except (ImportError, OSError) as error:
        raise EnvironmentProblem(
            f"gmsh cannot be loaded ({error}); install it with: pip install "
            "'interfacefem[mesh]'. On "
            "a bare Debian or Ubuntu it also needs: apt install libgl1 libglu1-mesa libxrender1 "
            "libxcursor1 libxft2 libxinerama1"
        ) from None
    return gmsh


@contextmanager
def session(name: str = "interfacefem") -> Iterator[Any]:
    """Open a silent gmsh model of a unique name and yield the gmsh module.

    Parameters
    ----------
    name : str
        Start of the model's name; a number makes it unique.

    Yields
    ------
    module
        gmsh, with a new empty model as the current one.

    Raises
    ------
    EnvironmentProblem
        If gmsh cannot be loaded.
    """
    gmsh = import_gmsh()
    with _lock:
        foreign = bool(gmsh.isInitialized())
        if not foreign:
            gmsh.initialize([], readConfigFiles=False, interruptible=False)
            signals.ignore_broken_pipes()
        try:
            previous = gmsh.model.getCurrent() if foreign else None
            terminal = gmsh.option.getNumber("General.Terminal")
            gmsh.option.setNumber("General.Terminal", 0)
            gmsh.model.add(f"{name}-{next(_numbers)}")
            try:
                yield gmsh
            finally:
                gmsh.model.remove()
                gmsh.option.setNumber("General.Terminal", terminal)
                if previous is not None:
                    gmsh.model.setCurrent(previous)
        finally:
            if not foreign:
                gmsh.finalize()
