# SPDX-License-Identifier: MIT
"""The lower and the upper face of a layer, found from its cells.

numpy only. Faces of interfaces have names in the mesh; those of layers in general are found here,
because in a staged press any two layers can come to lie on each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MeshError
from interfacefem.meshing.faces import IntArray
from interfacefem.meshing.measures import nodal_areas
from interfacefem.meshing.stack_mesh import StackMesh

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LayerFaces:
    """Faces of a layer between the side walls.

    Attributes
    ----------
    bottom, top : ndarray of int64, shape (k, 2) or (k, 4)
        Edges from left to right, or quadrilaterals counter-clockwise seen from above.
    """

    bottom: IntArray
    top: IntArray

    def face(self, side: Literal["bottom", "top"]) -> IntArray:
        """Return one face by name."""
        return self.bottom if side == "bottom" else self.top

    def nodes(self, side: Literal["bottom", "top"]) -> IntArray:
        """Return the nodes of a face: from left to right, or increasing in space."""
        face = self.face(side)
        return np.append(face[:, 0], face[-1, 1]) if face.shape[1] == 2 else np.unique(face)


def layer_faces(mesh: StackMesh, name: str) -> LayerFaces:
    """Return the faces of a layer.

    Raises
    ------
    MeshError
        If the layer does not reach from wall to wall.
    """
    cells = mesh.cells[mesh.layer_cells(name)]
    faces = _strip(mesh, cells) if mesh.dimension == 2 else _slab(mesh, cells)
    if faces is None:
        raise MeshError(f"layer '{name}' does not reach from wall to wall; mesh it as one layer")
    return faces


def _outer(faces: IntArray) -> IntArray:
    """Return those faces that only one cell has."""
    ends = np.sort(faces, axis=1)
    _, first, count = np.unique(ends, axis=0, return_index=True, return_counts=True)
    outer: IntArray = faces[np.sort(first[count == 1])]
    return outer


def _strip(mesh: StackMesh, cells: IntArray) -> LayerFaces | None:
    outer = _outer(np.vstack([cells[:, [i, (i + 1) % 4]] for i in range(4)]))
    x = mesh.points[:, 0]
    step = 1e-9 * mesh.width
    walls = (x.min() + step, x.max() - step)
    on_wall = (x[outer] <= walls[0]).all(axis=1) | (x[outer] >= walls[1]).all(axis=1)
    # cells are counter-clockwise: lower faces run to the right, upper ones to the left
    follows = dict(outer[~on_wall].tolist())
    found = []
    for start in (n for n in follows if n not in set(follows.values())):
        chain = [start]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        found.append(np.array(chain, dtype=np.int64))
    found.sort(key=lambda nodes: bool(x[nodes[0]] > x[nodes[-1]]))
    if len(found) != 2 or x[found[0][0]] > x[found[0][-1]] or x[found[1][0]] < x[found[1][-1]]:
        return None
    bottom, top = found[0], found[1][::-1]
    return LayerFaces(*(np.column_stack([nodes[:-1], nodes[1:]]) for nodes in (bottom, top)))


def _slab(mesh: StackMesh, cells: IntArray) -> LayerFaces | None:
    # of two cells one over the other, the upper face of one is the lower face of the other
    both = _outer(np.vstack([cells[:, :4], cells[:, 4:]]))
    lower = {tuple(face) for face in cells[:, :4].tolist()}
    is_lower = np.array([tuple(face) in lower for face in both.tolist()])
    faces = LayerFaces(both[is_lower], both[~is_lower])
    for side in (faces.bottom, faces.top):
        if abs(nodal_areas(mesh.points, side).sum() / mesh.area - 1.0) > 1e-6:
            return None
    return faces
