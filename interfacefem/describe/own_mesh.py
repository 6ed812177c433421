# SPDX-License-Identifier: MIT
"""What a case says about a mesh of its own: an object, or a file with its unit and its groups.

The file is read, and compared with the stack, in :mod:`interfacefem.meshing.own`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from interfacefem.describe.settings import MeshSize
from interfacefem.describe.tables import Table, read_path
from interfacefem.errors import Mistake
from interfacefem.names import shown
from interfacefem.quantities import is_file, one_mistake, written
from interfacefem.units import unit_size

#: group of a file, by name or number -> the name it has here
Groups = Mapping[str | int, str]
#: what ``read_mesh`` takes if nothing is said
UNIT = "um"


@runtime_checkable
class OwnMesh(Protocol):
    """A mesh as an object: a :class:`interfacefem.meshing.StackMesh`.

    Attributes
    ----------
    key : str
        Hash of what it was made from.
    """

    @property
    def key(self) -> str:
        """Hash of what it was made from."""

    def save(self, path: str | Path) -> Path:
        """Write a gmsh file."""


@dataclass(frozen=True)
class MeshTable:
    """The ``[mesh]`` table of a case file.

    Attributes
    ----------
    size : MeshSize
    file : Path or None
    unit : str
        Of the coordinates in the file.
    groups : mapping
        The file's group names or numbers -> the names used here.
    """

    size: MeshSize
    file: Path | None
    unit: str
    groups: Groups


def checked_unit(unit: object, given: bool) -> str:
    """Return the unit of a mesh file.

    Raises
    ------
    CaseError
        If there is no file it could be of, or it is no text.
    UnitError
        If it is no length.
    """
    if not isinstance(unit, str):
        raise one_mistake("mesh.unit", f"{shown(unit)} is not text", 'write for example "mm"')
    unit_size(unit, "length", place="mesh.unit")
    if unit != UNIT and not given:
        raise one_mistake("mesh.unit", "there is no mesh file", "name the file, or leave it out")
    return unit


def checked_groups(groups: object, given: bool) -> dict[str | int, str]:
    """Return the names of the groups of a mesh file.

    Raises
    ------
    CaseError
        If there is no file they could be of, or they are not names.
    """
    place = "mesh.groups"
    if groups is None:
        return {}
    pairs = list(groups.items()) if isinstance(groups, Mapping) else None
    if pairs is None or not all(
        isinstance(key, str | int) and isinstance(name, str) for key, name in pairs
    ):
        remedy = 'write for example {"LITHIUM": "layer_anode", 7: "face_separator|anode_lower"}'
        raise one_mistake(place, f"{shown(groups)} does not map names to names", remedy)
    if pairs and not given:
        raise one_mistake(place, "there is no mesh file", "name the file, or leave it out")
    return {str(key): name for key, name in pairs}  # as in a file: numbers are text there


def read_mesh_table(table: Table, folder: Path) -> MeshTable:
    """Read the fineness of the mesh, and the file that brings one."""
    automatic = table.data.get("edge") == "auto" and bool(table.take("edge"))
    given = table.numbers(MeshSize.scalars, skip=("edge",) if automatic else ())
    named = "file" in table.data
    file = read_path(table, "file", folder)
    unit = table.take("unit", UNIT)
    groups = table.take("groups")
    unit = table.build(lambda: checked_unit(unit, named), UNIT)
    groups = table.build(lambda: checked_groups(groups, named), {})
    table.finish()
    return MeshTable(MeshSize(**given), file, unit, groups)


def mesh_table(
    size: MeshSize, file: Mapping[str, str], unit: str, groups: Groups
) -> dict[str, Any]:
    """Return the ``[mesh]`` table of a case file.

    Parameters
    ----------
    size : MeshSize
    file : mapping
        Key and path of the file; empty if there is none.
    unit : str
    groups : mapping
    """
    data: dict[str, Any] = {
        "edge": "auto" if size.edge is None else written(size.edge, "length"),
        "growth": size.growth,
        "face_ratio": size.face_ratio,
        **file,
    }
    if unit != UNIT:
        data["unit"] = unit
    if groups:
        data["groups"] = dict(groups)
    return data


def file_mistakes(path: Path) -> list[Mistake]:
    """Return whether a mesh file is missing."""
    if is_file(path):
        return []
    problem = "is a folder" if path.is_dir() else "does not exist"
    return [Mistake("mesh.file", f"{path} {problem}", "correct the path, or leave it out")]
