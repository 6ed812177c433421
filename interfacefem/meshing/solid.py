# SPDX-License-Identifier: MIT
"""A user's own mesh in 3D: hexahedra of a file as the layers of a stack.

Faces, walls, bottom and top are found by geometry: each layer reaches from wall to wall, and what
of its outside lies on no wall is its lower or upper face. Of every hexahedron that pair of faces
is taken as lower and upper which lies most across the press direction. ``read`` is the door.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from interfacefem.errors import MeshError
from interfacefem.meshing.faces import FloatArray, IntArray, InterfaceFaces, face_gap, grid_of
from interfacefem.meshing.numbers import LARGEST_OVERLAP, WALL_TOLERANCE
from interfacefem.meshing.quality import require_usable
from interfacefem.meshing.raw import RawMesh
from interfacefem.meshing.stack_mesh import LayerFaces, StackMesh, layer_faces, round_coordinates

#: corners of a hexahedron: the lower face, then the upper one
_CORNERS = np.array(
    [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]
)
_MIRRORED = np.array([0, 3, 2, 1, 4, 7, 6, 5])
#: its six faces, by corner
_SIDES = np.array(
    [[0, 1, 2, 3], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
)
#: walls: axis and end
_WALLS = {"left": (0, 0), "right": (0, 1), "front": (1, 0), "back": (1, 1)}


def solid_mesh(
    raw: RawMesh, cell_layer: IntArray, names: Sequence[str], origin: Mapping[str, Any], title: str
) -> StackMesh:
    """Return the mesh of a stack from hexahedra.

    Parameters
    ----------
    raw : RawMesh
        Points in um.
    cell_layer : ndarray of int64, shape (M,)
        Layer of each hexahedron.
    names : sequence of str
        Layers from bottom to top.
    origin : mapping
        What is known of the file; what was done to the mesh is added.
    title : str
        What to call the mesh in messages.

    Raises
    ------
    MeshError
        If a cell is inverted, a layer does not reach from wall to wall, a face is no grid of lines
        along x and y, or faces overlap by more than half a layer.
    """
    cells = upright(raw.points, raw.hexahedra)
    walls = _walls(raw.points, cells, cell_layer, names, title)
    points, parts = [], []
    first = 0
    for index in range(len(names)):
        own = cells[cell_layer == index]
        nodes, local = np.unique(own, return_inverse=True)
        points.append(_on_walls(raw.points[nodes], walls))
        parts.append(local.reshape(own.shape) + first)
        first += len(nodes)
    separated = first - len(np.unique(cells))
    joined = np.concatenate(parts)
    layers = np.repeat(np.arange(len(names)), [len(part) for part in parts])
    probe = StackMesh(np.concatenate(points), joined, layers, tuple(names), {}, {}, key="probe")
    try:
        require_usable(probe)
        faces = [_faces(probe, name) for name in names]
        sides = [
            _walls_of(probe, part, name, title) for part, name in zip(parts, names, strict=True)
        ]
        moved = _touch(probe, faces, names, title)
    except MeshError as error:
        text = str(error)
        raise MeshError(text if text.startswith(title) else f"{title}: {text}") from None
    return StackMesh(
        points=round_coordinates(probe.points),
        cells=joined,
        cell_layer=layers,
        layer_names=tuple(names),
        interfaces={
            f"{names[index]}|{names[index + 1]}": InterfaceFaces(lower.top, upper.bottom)
            for index, (lower, upper) in enumerate(itertools.pairwise(faces))
        },
        boundaries={
            "bottom": faces[0].bottom,
            "top": faces[-1].top,
            **{wall: np.concatenate([own[wall] for own in sides]) for wall in _WALLS},
        },
        origin={
            **origin,
            "moved": {"x": -float(walls[0, 0]), "y": -float(walls[0, 1]), **moved},
            "separated_nodes": separated,
            "turned_cells": int((cells != raw.hexahedra).any(axis=1).sum()),
        },
    )


def upright(points: FloatArray, cells: IntArray) -> IntArray:
    """Return hexahedra whose first four nodes are the lower face, counter-clockwise from above.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
    cells : ndarray of int64, shape (m, 8)
        In the order of gmsh and VTK, of either handedness.
    """
    corners = points[cells]
    leaning = []
    for axis in range(3):
        far = _CORNERS[:, axis] == 1
        along = corners[:, far].mean(axis=1) - corners[:, ~far].mean(axis=1)
        length = np.maximum(np.linalg.norm(along, axis=1), 1e-300)
        leaning.append(along[:, 2] / length)
    leans = np.array(leaning)
    chosen = np.abs(leans).argmax(axis=0)
    falls = leans[chosen, np.arange(len(cells))] < 0.0
    result = cells.copy()
    for axis, down in itertools.product(range(3), (False, True)):
        # the new axes are the old ones in cyclic order, two of them turned round if it falls
        order = [(axis + 1) % 3, (axis + 2) % 3, axis]
        old = np.empty_like(_CORNERS)
        old[:, order] = np.abs(_CORNERS - [0, 1, 1]) if down else _CORNERS
        places = [int(np.flatnonzero((_CORNERS == corner).all(axis=1))[0]) for corner in old]
        mine = (chosen == axis) & (falls == down)
        result[mine] = cells[mine][:, places]
    base, edges = points[result[:, 0]], points[result[:, [1, 3, 4]]]
    mirrored = np.linalg.det(edges - base[:, None]) < 0.0
    result[mirrored] = result[mirrored][:, _MIRRORED]
    return np.asarray(result, dtype=np.int64)


def _walls(
    points: FloatArray, cells: IntArray, cell_layer: IntArray, names: Sequence[str], title: str
) -> FloatArray:
    """Return x and y of the walls, shape (2, 2), which all layers must share."""
    ends = []
    for index, name in enumerate(names):
        own = points[np.unique(cells[cell_layer == index]), :2]
        if not len(own):
            raise MeshError(f"{title}: layer '{name}' has no cells; check its group")
        ends.append((own.min(axis=0), own.max(axis=0)))
    walls = np.array([np.min([e[0] for e in ends], axis=0), np.max([e[1] for e in ends], axis=0)])
    slack = WALL_TOLERANCE * (walls[1] - walls[0])
    for name, (least, most) in zip(names, ends, strict=True):
        for axis, word in enumerate("xy"):
            low, high = walls[:, axis]
            if max(least[axis] - low, high - most[axis]) > slack[axis]:
                raise MeshError(
                    f"{title}: layer '{name}' goes from {word} = {least[axis]:.6g} to "
                    f"{most[axis]:.6g} um, the stack from {low:.6g} to {high:.6g} um; all layers "
                    "need the same straight, vertical walls"
                )
    return walls


def _on_walls(points: FloatArray, walls: FloatArray) -> FloatArray:
    """Return points with x and y from 0, and nodes of walls and of grid lines exactly on them."""
    moved = points.copy()
    slack = WALL_TOLERANCE * (walls[1] - walls[0])
    for axis, end in itertools.product((0, 1), (0, 1)):
        near = np.abs(points[:, axis] - walls[end, axis]) <= slack[axis]
        moved[near, axis] = walls[end, axis]
    moved[:, :2] -= walls[0]
    for axis in (0, 1):
        moved[:, axis] = _on_lines(moved[:, axis], slack[axis])
    return moved


def _on_lines(values: FloatArray, slack: float) -> FloatArray:
    """Return coordinates of which those that differ by no more than digits of a file are equal."""
    order = np.argsort(values, kind="stable")
    line = np.cumsum(np.diff(values[order], prepend=values[order[0]]) > slack)
    firsts = values[order][np.searchsorted(line, np.arange(line[-1] + 1))]
    result = np.empty_like(values)
    result[order] = firsts[line]
    far = np.abs(result - values) > slack  # many close values in a row are no line
    return np.where(far, values, result)


def _faces(mesh: StackMesh, name: str) -> LayerFaces:
    try:
        return layer_faces(mesh, name)
    except MeshError:
        raise MeshError(
            f"layer '{name}' is not made of columns of hexahedra from wall to wall; extrude a "
            "surface of quadrilaterals along z, or make the volume transfinite"
        ) from None


def _walls_of(mesh: StackMesh, cells: IntArray, name: str, title: str) -> dict[str, IntArray]:
    """Return the quadrilaterals of a layer on each wall; upright sides inside are refused."""
    # lower and upper faces are found by layer_faces; here the four others of each cell
    sides = cells[:, _SIDES[2:]].reshape(-1, 4)
    keys = np.sort(sides, axis=1)
    _, first, count = np.unique(keys, axis=0, return_index=True, return_counts=True)
    if (count > 2).any():
        place = mesh.points[sides[first[int(np.argmax(count))]]].mean(axis=0)
        raise MeshError(
            f"{title}: a face at ({place[0]:.5g}, {place[1]:.5g}, {place[2]:.5g}) um belongs to "
            f"{count.max()} cells of layer '{name}'; remove double cells"
        )
    outer = sides[np.sort(first[count == 1])]
    free = np.ones(len(outer), dtype=bool)
    found = {}
    for wall, (axis, end) in _WALLS.items():
        place = mesh.points[:, axis].max() * end
        inside = (mesh.points[outer, axis] == place).all(axis=1)
        found[wall] = outer[inside]
        free &= ~inside
    if free.any():
        x, y, z = mesh.points[outer[free][0]].mean(axis=0)
        raise MeshError(
            f"{title}: {int(free.sum())} outer faces of layer '{name}' are upright but on no wall, "
            f"the first at ({x:.5g}, {y:.5g}, {z:.5g}) um; make the walls vertical, or merge "
            "double nodes inside the layer"
        )
    return found


def _touch(
    mesh: StackMesh, faces: Sequence[LayerFaces], names: Sequence[str], title: str
) -> dict[str, float]:
    """Move the layers along z until they just touch; return by how much each came closer [um]."""
    points = mesh.points
    moved: dict[str, float] = {}
    own = [mesh.layer_nodes(name) for name in names]
    heights = [float(np.ptp(points[nodes, 2])) for nodes in own]
    lift = -float(points[own[0], 2].min())
    points[own[0], 2] += lift
    for index, (lower, upper) in enumerate(itertools.pairwise(names)):
        below = points[faces[index].nodes("top")]
        above = points[faces[index + 1].nodes("bottom")]
        for name, side, face in ((lower, "top", below), (upper, "bottom", above)):
            try:
                grid_of(face)
            except MeshError as error:
                raise MeshError(f"{title}: the {side} face of layer '{name}': {error}") from None
        distance = float(face_gap(below, above)[1].min())
        gap = distance + lift
        thinner = min(heights[index : index + 2])
        if gap < -LARGEST_OVERLAP * thinner:
            raise MeshError(
                f"{title}: the faces of interface '{lower}|{upper}' overlap by {-gap:.4g} um, more "
                f"than half of the thinner layer ({thinner:.4g} um); check the order of the "
                f"layers, or move '{upper}' up"
            )
        moved[f"{lower}|{upper}"] = gap
        lift = -distance
        points[own[index + 1], 2] += lift
    return moved
