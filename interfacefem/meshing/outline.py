# SPDX-License-Identifier: MIT
"""The outside of one layer of a user's mesh: which of its edges are face, wall, bottom or top.

Only geometry and node numbers; groups are looked up by name, files are read elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MeshError
from interfacefem.meshing.faces import FloatArray, IntArray
from interfacefem.meshing.msh_file import RawMesh


def at(raw: RawMesh, nodes: IntArray) -> str:
    """Return the place of some nodes in words."""
    x, y = raw.points[nodes, :2].mean(axis=0)
    return f"at ({x:.5g}, {y:.5g}) um"


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
