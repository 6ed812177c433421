# SPDX-License-Identifier: MIT
"""The mesh of a case: made from its stack, read from its file, or the one that it brings.

What checks, shows and runs a case takes its mesh here, so all see the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from interfacefem.errors import MeshError
from interfacefem.meshing import fit
from interfacefem.meshing.layered import build_mesh
from interfacefem.meshing.read import read_mesh
from interfacefem.meshing.stack_mesh import StackMesh

if TYPE_CHECKING:
    from pathlib import Path

    from interfacefem.describe.case import Description


def mesh_of(case: Description) -> StackMesh:
    """Return the mesh of the stack of a case, without its punches.

    Parameters
    ----------
    case : Description

    Raises
    ------
    MeshError
        If it cannot be made or read, or contradicts the stack.
    EnvironmentProblem
        If gmsh, or meshio for other files, is missing.
    """
    if not case.own_mesh:
        return build_mesh(case.stack, case.mesh_size, case.protocol)
    if case.mesh_file is None:
        if not isinstance(case.mesh, StackMesh):
            raise MeshError(f"mesh: {type(case.mesh).__name__} is no StackMesh; give one")
        fit.require_sound(case.mesh, "mesh")
        return fit.require_fit(case.mesh, case.stack, "mesh")
    path = case.mesh_file
    try:
        stamp = path.stat()
    except OSError as error:
        raise MeshError(f"cannot read the mesh '{path}' ({error.strerror}); check it") from None
    groups = tuple(case.mesh_groups.items())
    mesh = _read(path, (stamp.st_mtime_ns, stamp.st_size), case.stack.names, groups, case.mesh_unit)
    return fit.require_fit(mesh, case.stack, f"mesh '{path.name}'")


@lru_cache(maxsize=2)  # a case is checked, shown and run with the same file
def _read(
    path: Path,
    stamp: tuple[int, int],
    names: Sequence[str],
    groups: Sequence[tuple[str | int, str]],
    unit: str,
) -> StackMesh:
    return read_mesh(path, names, dict(groups), unit=unit)
