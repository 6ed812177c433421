# SPDX-License-Identifier: MIT
"""The only door to gmsh: one context manager, and a trial of files that could end the program.

A file that was written by interfacefem and is still the same is told by its checksum. Any other is
read by another process first; what kills that process is an error here.

gmsh is one global program. A session starts it without reading arguments, configuration files or
signal handlers, opens a model of its own name, keeps it silent, and closes what it opened, also
after an error. Sessions of several threads wait for each other. If the caller has gmsh running
already, that stays running and its model stays current.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interfacefem import signals
from interfacefem.errors import EnvironmentProblem, MeshError

#: how long reading may take [s], and for each megabyte of the file
PATIENCE, FOR_A_MEGABYTE = 60.0, 3.0
#: exit code of the other process where gmsh says what is wrong
REFUSED = 3
_PROGRAM = """
import sys
from pathlib import Path
from interfacefem.errors import MeshError
from interfacefem.meshing.msh_file import read_with_gmsh
try:
    read_with_gmsh(Path(sys.argv[1]))
except MeshError:
    sys.exit({refused})
"""


def require_survivable(path: Path) -> None:
    """Read a file in another process.

    Raises
    ------
    MeshError
        If that process does not come to its end. What gmsh refuses in words passes: who reads the
        file is told the same.
    """
    if not sys.executable:
        return
    patience = PATIENCE + FOR_A_MEGABYTE * path.stat().st_size / 1e6
    try:
        outcome = subprocess.run(
            [sys.executable, "-c", _PROGRAM.format(refused=REFUSED), str(path)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MeshError(
            f"'{path}' is damaged: gmsh does not come to its end with it; export the mesh again"
        ) from None
    if outcome.returncode not in (0, REFUSED):
        raise MeshError(f"'{path}' is damaged: gmsh breaks down over it; export the mesh again")


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
