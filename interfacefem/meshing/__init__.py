# SPDX-License-Identifier: MIT
"""Meshes of stacks: made by gmsh or brought by the user, as plain arrays with names.

Importing this package costs numpy only; gmsh and meshio are imported when a mesh is made or read.
"""

from __future__ import annotations

from interfacefem.meshing.faces import InterfaceFaces
from interfacefem.meshing.layered import build_mesh
from interfacefem.meshing.quality import MeshQuality, quality
from interfacefem.meshing.read import read_mesh
from interfacefem.meshing.stack_mesh import StackMesh

__all__ = ["InterfaceFaces", "MeshQuality", "StackMesh", "build_mesh", "quality", "read_mesh"]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
