# SPDX-License-Identifier: MIT
"""Find out whether gmsh survives a file: a damaged one can end the whole program, not only fail.

A file that was written by interfacefem and is still the same is told by its checksum. Any other is
read by another process first; what kills that process is an error here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from interfacefem.errors import MeshError

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
