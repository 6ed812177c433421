# SPDX-License-Identifier: MIT
"""Other programs' mesh files, through meshio, as raw cells and groups. Nothing is checked here.

How groups stand in a file:

- Abaqus ``.inp``: element sets (``*ELSET``) of quadrilaterals for layers; for faces element sets of
  line elements, or node sets (``*NSET``). ``*SURFACE`` blocks are not read by meshio.
- VTU, VTK, XDMF: these formats have no names. One integer array on the cells (lines and
  quadrilaterals in one grid) whose numbers are mapped by ``groups``; or one array per group, named
  like the group and 1 inside; or the joined array that meshio writes for named cell sets. Integer
  arrays on the points serve as node sets in the same ways.
- MED (Salome): its families' names.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.errors import EnvironmentProblem, MeshError
from interfacefem.meshing.faces import IntArray
from interfacefem.meshing.msh_file import RawMesh
from interfacefem.meshing.numbers import MOST_GROUPS
from interfacefem.paths import is_file

#: names of arrays whose plain numbers are taken as group numbers, best first
_USUAL = (
    "gmsh:physical",
    "medit:ref",
    "cell_tags",
    "group",
    "groups",
    "physical",
    "region",
    "material",
)


def read_foreign(path: Path) -> RawMesh:
    """Read a mesh file with meshio.

    Raises
    ------
    MeshError
        If the file is missing, its kind is unknown or it is damaged.
    EnvironmentProblem
        If meshio is missing.
    """
    try:
        import meshio
    except ImportError:
        raise EnvironmentProblem(
            f"reading '{path.name}' needs meshio; install it with: pip install 'interfacefem[mesh]'"
        ) from None
    if not is_file(path):
        raise MeshError(f"cannot read the mesh '{path}': there is no such file; check the path")
    talk = io.StringIO()
    try:
        # meshio prints its complaints and leaves with SystemExit.
        with contextlib.redirect_stdout(talk), contextlib.redirect_stderr(talk):
            mesh = meshio.read(path)
    except (Exception, SystemExit) as error:
        said = " ".join((talk.getvalue().strip() or str(error)).split())
        raise MeshError(
            f"meshio cannot read '{path}': {said[:300]}; export the mesh as gmsh .msh, VTU, XDMF "
            "or "
            "Abaqus .inp"
        ) from None
    if np.ndim(mesh.points) != 2 or not mesh.cells:
        raise MeshError(f"'{path}' holds no nodes or no cells; export the mesh again")
    return _raw(mesh)


def _raw(mesh: Any) -> RawMesh:
    points = np.asarray(mesh.points, dtype=np.float64)
    if points.shape[1] == 2:
        points = np.column_stack([points, np.zeros(len(points))])
    raw = RawMesh(points, np.zeros((0, 4), dtype=np.int64), np.zeros((0, 2), dtype=np.int64))
    # Blocks of one kind are joined; `start` is where each block begins among its kind.
    start: list[int] = []
    kinds = [block.type for block in mesh.cells]
    found: dict[str, list[IntArray]] = {"quad": [], "line": []}
    for block in mesh.cells:
        data = np.asarray(block.data, dtype=np.int64)
        if block.type in found:
            start.append(sum(len(part) for part in found[block.type]))
            found[block.type].append(data)
        else:
            start.append(0)
            if block.type != "vertex":
                raw.others[block.type] = raw.others.get(block.type, 0) + len(data)
    if found["quad"]:
        raw.quads = np.concatenate(found["quad"])
    if found["line"]:
        raw.lines = np.concatenate(found["line"])

    def put(name: str | int, blocks: Sequence[Any]) -> None:
        for kind, groups in (("quad", raw.quad_groups), ("line", raw.line_groups)):
            parts = [
                np.asarray(members, dtype=np.int64) + first
                for members, first, own in zip(blocks, start, kinds, strict=True)
                if own == kind and members is not None and len(members)
            ]
            if parts:
                groups[name] = np.unique(np.concatenate([groups.get(name, parts[0]), *parts]))

    for name, blocks in mesh.cell_sets.items():
        put(name, blocks)
    for name, members in mesh.point_sets.items():
        raw.node_groups[name] = np.unique(np.asarray(members, dtype=np.int64))
    titles: dict[int, list[str]] = {
        int(entry[0]): [name]
        for name, entry in mesh.field_data.items()
        if len(np.atleast_1d(entry)) == 2
    }
    titles |= {int(tag): list(names) for tag, names in getattr(mesh, "cell_tags", {}).items()}
    usual = _usual_array(mesh.cell_data)
    for array, values in mesh.cell_data.items():
        blocks = [np.asarray(block) for block in values]
        for name, number in _named_values(array, blocks):
            inside = [np.flatnonzero(_equals(block, number)) for block in blocks]
            put(name, inside)
            if array == usual and isinstance(number, int):
                put(number, inside)
                for title in titles.get(number, ()):
                    put(title, inside)
    for array, values in mesh.point_data.items():
        for name, number in _named_values(array, [np.asarray(values)]):
            raw.node_groups[name] = np.flatnonzero(_equals(np.asarray(values), number))
    return raw


def _equals(values: Any, number: int | None) -> Any:
    return values > 0 if number is None else values == number


def _usual_array(data: Mapping[str, Any]) -> str | None:
    """Return the array whose numbers may be given without its name."""
    whole = [name for name, blocks in data.items() if _numbers([np.asarray(b) for b in blocks])]
    for name in _USUAL:
        if name in whole:
            return name
    return whole[0] if len(whole) == 1 else None


def _numbers(blocks: Sequence[Any]) -> list[int]:
    """Return the different numbers of an integer array; none if it is no grouping."""
    if not blocks or any(block.ndim != 1 or block.dtype.kind not in "iub" for block in blocks):
        return []
    numbers = np.unique(np.concatenate([block.astype(np.int64) for block in blocks]))
    return [int(number) for number in numbers] if len(numbers) <= MOST_GROUPS else []


def _named_values(array: str, blocks: Sequence[Any]) -> list[tuple[str, int | None]]:
    """Return group names and the number that marks each (None: any positive number).

    Every number is available as ``array:number``. An array of zeros and ones is a group of its own
    name. meshio joins the names of cell sets with ``-`` and marks them 0, 1, ... with -1 for none.
    """
    numbers = _numbers(blocks)
    result: list[tuple[str, int | None]] = [(f"{array}:{number}", number) for number in numbers]
    if numbers and set(numbers) <= {0, 1}:
        result.append((array, None))
    names = array.split("-")
    joined = [number for number in numbers if number >= 0]
    if joined and numbers[0] >= -1 and (len(names) > 1 or -1 in numbers):
        if joined == list(range(len(names))):
            result += [(name, number) for number, name in enumerate(names)]
        elif joined == [0]:
            result.append((array, 0))
    return result
