# SPDX-License-Identifier: MIT
"""Other programs' mesh files, through meshio, as raw cells and groups. Nothing is checked here.

Only geometry and node numbers; groups are looked up by name, files are read elsewhere.

How groups stand in a file:

- Abaqus ``.inp``: element sets (``*ELSET``) of quadrilaterals for layers; for faces element sets of
line elements, or node sets (``*NSET``). ``*SURFACE`` blocks are not read by meshio. - VTU, VTK,
XDMF: these formats have no names. One integer array on the cells (lines and quadrilaterals in one
grid) whose numbers are mapped by ``groups``; or one array per group, named like the group and 1
inside; or the joined array that meshio writes for named cell sets. Integer arrays on the points
serve as node sets in the same ways. - MED (Salome): its families' names.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import EnvironmentProblem, MeshError
from interfacefem.meshing.faces import FloatArray, IntArray
from interfacefem.meshing.numbers import MOST_GROUPS
from interfacefem.meshing.raw import RawMesh
from interfacefem.quantities import is_file


def at(raw: RawMesh, nodes: IntArray) -> str:
    """Return the place of some nodes in words."""
    place = raw.points[nodes, : raw.dimension].mean(axis=0)
    return f"at ({', '.join(f'{x:.5g}' for x in place)}) um"


@dataclass(frozen=True)
class Outline:
    """Nodes and outer edges of one layer.

    Attributes
    ----------
    name : str
        Layer name.
    nodes : ndarray of int64, shape (n,)
        The file's numbers of the layer's nodes, increasing; positions in it are local numbers.
    edges : ndarray of int64, shape (e, 2)
        Outer edges in local numbers, with the layer to their left.
    """

    name: str
    nodes: IntArray
    edges: IntArray

    def local(self, nodes: IntArray) -> IntArray:
        """Return local numbers of the file's nodes."""
        return np.searchsorted(self.nodes, nodes)

    def classify(
        self,
        points: FloatArray,
        width: float,
        used: Mapping[str, IntArray],
        title: str,
    ) -> dict[str, IntArray]:
        """Return the edges of walls, and of the bottom and top that are no interface face.

        Raises
        ------
        MeshError
            If an outer edge is none of them.
        """
        free = np.ones(len(self.edges), dtype=bool)
        for members in used.values():
            free[members] = False
        x = points[self.edges, 0]
        along = x[:, 1] - x[:, 0]
        result: dict[str, IntArray] = {}
        for side, wall in (("left", 0.0), ("right", width)):
            result[side] = np.flatnonzero(free & (x == wall).all(axis=1))
            free[result[side]] = False
        for side, sign in (("bottom", 1.0), ("top", -1.0)):
            if side not in used:
                result[side] = np.flatnonzero(free & (sign * along > 0.0))
                free[result[side]] = False
        if free.any():
            lost = self.edges[np.flatnonzero(free)[0]]
            px, py = points[lost].mean(axis=0)
            raise MeshError(
                f"{title}: {int(free.sum())} outer edges of layer '{self.name}' are neither face "
                "nor "
                f"wall, the first at ({px:.5g}, {py:.5g}) um; complete the face groups, make the "
                "walls "
                "vertical, or merge double nodes inside the layer"
            )
        return result

    def upwards(self, points: FloatArray, members: IntArray) -> IntArray:
        """Return wall edges ordered and oriented by increasing y, in local numbers."""
        edges = self.edges[members]
        y = points[edges, 1]
        edges = np.where((y[:, 1] < y[:, 0])[:, None], edges[:, ::-1], edges)
        return np.asarray(edges[np.argsort(points[edges, 1].mean(axis=1))], dtype=np.int64)


def outline(raw: RawMesh, cell_layer: IntArray, index: int, name: str, title: str) -> Outline:
    """Find the outer edges of a layer: those of one cell only.

    Raises
    ------
    MeshError
        If the layer has no cells, or an edge belongs to more than two of them.
    """
    quads = raw.quads[cell_layer == index]
    if not len(quads):
        raise MeshError(f"{title}: layer '{name}' has no cells; check its group")
    nodes = np.unique(quads)
    edges = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    _, first, count = np.unique(
        np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True
    )
    if (count > 2).any():
        place = at(raw, edges[first[np.argmax(count)]])
        raise MeshError(
            f"{title}: an edge {place} belongs to {count.max()} cells of layer '{name}'; remove "
            "double cells"
        )
    return Outline(name, nodes, np.searchsorted(nodes, edges[np.sort(first[count == 1])]))


def face_edges(
    raw: RawMesh, part: Outline, side: str, choices: Sequence[str], title: str
) -> IntArray:
    """Return which outer edges of a layer form a face, from a group of lines or of nodes.

    Parameters
    ----------
    choices : sequence of str
        The name of this face's own group, and that of a group for both faces.

    Raises
    ------
    MeshError
        If the group holds edges that are not outside this layer, or none that are.
    """
    own = part.nodes[part.edges]
    name = next(n for n in choices if n in raw.line_groups or n in raw.node_groups)
    inside: npt.NDArray[np.bool_]
    if name in raw.line_groups:
        total = len(raw.points)
        lines = np.sort(raw.lines[raw.line_groups[name]], axis=1)
        wanted = np.unique(lines[:, 0] * total + lines[:, 1])
        keys = np.sort(own, axis=1)
        inside = np.isin(keys[:, 0] * total + keys[:, 1], wanted)
        strangers = len(wanted) - int(inside.sum())
        if strangers and name == choices[0]:
            raise MeshError(
                f"{title}: {strangers} of {len(wanted)} edges of group '{name}' are not on the "
                "outside "
                f"of layer '{part.name}'; put the edges of its {side} face into it"
            )
    else:
        inside = np.isin(own, raw.node_groups[name]).all(axis=1)
    if not inside.any():
        raise MeshError(
            f"{title}: no edge of group '{name}' is on the outside of layer '{part.name}'; put the "
            f"edges of its {side} face into it"
        )
    return np.flatnonzero(inside)


def sort_chain(
    part: Outline,
    points: FloatArray,
    members: IntArray,
    width: float,
    side: str,
    title: str,
) -> IntArray:
    """Return edges as one chain from the left to the right wall, in local numbers.

    Raises
    ------
    MeshError
        If they have a hole, an overhang, or do not reach the walls.
    """
    edges = part.edges[members]
    # The layer is to the left of its edges: its bottom runs to the right, its top to the left.
    if side == "top":
        edges = edges[:, ::-1]
    where = f"{title}: the {side} face of layer '{part.name}'"
    x = points[edges, 0]
    if not len(edges):
        raise MeshError(f"{where} has no edges; complete its group")
    steep = np.flatnonzero(x[:, 1] <= x[:, 0])
    if len(steep):
        px, py = points[edges[steep[0]]].mean(axis=0)
        raise MeshError(
            f"{where} is vertical or overhangs at ({px:.5g}, {py:.5g}) um; a face must have one "
            "height "
            "at every x"
        )
    edges = edges[np.argsort(x[:, 0], kind="stable")]
    broken = np.flatnonzero(edges[1:, 0] != edges[:-1, 1])
    if len(broken):
        px, py = points[edges[broken[0], 1]]
        raise MeshError(
            f"{where} has a hole or a double edge at ({px:.5g}, {py:.5g}) um; its edges must be "
            "one chain"
        )
    ends = points[[edges[0, 0], edges[-1, 1]], 0]
    if ends[0] != 0.0 or ends[1] != width:
        raise MeshError(
            f"{where} goes from x = {ends[0]:.6g} to {ends[1]:.6g} um, the walls are at "
            f"0 and "
            f"{width:.6g} um; complete its group"
        )
    return np.asarray(edges, dtype=np.int64)


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
    found: dict[str, list[IntArray]] = {"quad": [], "line": [], "hexahedron": []}
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
    if found["hexahedron"]:
        raw.hexahedra = np.concatenate(found["hexahedron"])
    tables = {
        "quad": raw.quad_groups,
        "line": raw.line_groups,
        "hexahedron": raw.hexahedron_groups,
    }

    def put(name: str | int, blocks: Sequence[Any]) -> None:
        for kind, groups in tables.items():
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
