# SPDX-License-Identifier: MIT
"""Faces of a mesh: which there are, their areas, the gap between them.

numpy only, and arrays only, in the plane and in 3D; meshes live in ``stack_mesh``.

numpy only, and arrays only; meshes live in ``stack_mesh``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MeshError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
FaceSide = Literal["lower", "upper"]


@dataclass(frozen=True, eq=False)
class InterfaceFaces:
    """The two faces of an interface; they share no node and need not match.

    Attributes
    ----------
    lower : ndarray of int64, shape (k, 2) or (k, 4)
        Edges of the lower layer's top face, ordered by increasing x, each from left to right; in
        three dimensions its quadrilaterals, counter-clockwise seen from above.
    upper : ndarray of int64, shape (l, 2) or (l, 4)
        Edges or quadrilaterals of the upper layer's bottom face, in the same order.
    """

    lower: IntArray
    upper: IntArray

    def __post_init__(self) -> None:
        for side in ("lower", "upper"):
            edges = np.ascontiguousarray(getattr(self, side), dtype=np.int64)
            if edges.ndim != 2 or edges.shape[1] not in (2, 4):
                raise MeshError(
                    f"face '{side}' has edges of shape {edges.shape}; give node pairs of shape "
                    "(k, 2), or quadrilaterals of shape (k, 4)"
                )
            object.__setattr__(self, side, edges)

    def edges(self, side: FaceSide) -> IntArray:
        """Return the edges or quadrilaterals of one side, shape (k, 2) or (k, 4)."""
        return self.lower if side == "lower" else self.upper

    def nodes(self, side: FaceSide) -> IntArray:
        """Return the nodes of one side: from left to right, or increasing in three dimensions."""
        edges = self.edges(side)
        if edges.shape[1] == 4:
            return np.unique(edges)
        return np.append(edges[:, 0], edges[-1, 1])


#: corners of a quadrilateral in its own coordinates, in order round it
CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
#: points of Gauss's rule of two points, each of weight one
GAUSS = (-1.0 / np.sqrt(3.0), 1.0 / np.sqrt(3.0))


def cell_measures(points: FloatArray, cells: IntArray, *, axisymmetric: bool = False) -> FloatArray:
    """Return areas of quadrilaterals [um^2], volumes of hexahedra or axisymmetric cells [um^3].

    Parameters
    ----------
    points : ndarray, shape (n, 2) or (n, 3)
    cells : ndarray of int64, shape (m, 4) or (m, 8)
        As in :class:`interfacefem.meshing.StackMesh`.
    axisymmetric : bool
        Whether x of quadrilaterals is a radius.

    Returns
    -------
    ndarray, shape (m,)
        Exact for the bilinear and trilinear map; negative for an inverted cell.
    """
    corners = points[cells]
    if axisymmetric:
        after = np.roll(corners, -1, axis=1)
        cross = corners[..., 0] * after[..., 1] - corners[..., 1] * after[..., 0]
        # 2 pi times the first moment of a polygon
        volume = np.pi / 3.0 * ((corners[..., 0] + after[..., 0]) * cross).sum(axis=1)
        return np.asarray(volume)
    if cells.shape[1] == 4:
        one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
        area: FloatArray = 0.5 * (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
        return area
    signs = np.vstack([np.c_[CORNERS, -np.ones(4)], np.c_[CORNERS, np.ones(4)]])
    volume = np.zeros(len(cells))
    for place in itertools.product(GAUSS, repeat=3):
        # the determinant is quadratic in each coordinate, so two points a direction are exact
        factors = 1.0 + signs * np.array(place)
        slopes = [
            0.125 * signs[:, axis] * np.delete(factors, axis, axis=1).prod(axis=1)
            for axis in range(3)
        ]
        volume += np.linalg.det(np.einsum("ka,mad->mkd", np.array(slopes), corners))
    return volume


def nodal_areas(points: FloatArray, faces: IntArray, *, axisymmetric: bool = False) -> FloatArray:
    """Return the nominal area each node of a face stands for, as seen along the press direction.

    Parameters
    ----------
    points : ndarray, shape (n, 2) or (n, 3)
    faces : ndarray of int64, shape (k, 2) or (k, 4)
        Edges from left to right, or quadrilaterals counter-clockwise seen from above.
    axisymmetric : bool
        Whether x in the plane is a radius.

    Returns
    -------
    ndarray, shape (n,)
        Length per unit depth [um] or area, also of bodies of revolution [um^2]; zero for nodes that
        are not of the face.
    """
    areas = np.zeros(len(points))
    corners = points[faces][..., :-1]
    if faces.shape[1] == 2:
        start, stop = corners[:, 0, 0], corners[:, 1, 0]
        for end, (near, far) in enumerate(((start, stop), (stop, start))):
            share = np.pi / 3.0 * (2.0 * near + far) if axisymmetric else 0.5
            np.add.at(areas, faces[:, end], share * (stop - start))
        return areas
    for place in itertools.product(GAUSS, repeat=2):
        factors = 1.0 + CORNERS * np.array(place)
        along = 0.25 * CORNERS * factors[:, ::-1]
        jacobian = np.linalg.det(np.einsum("ak,mad->mkd", along, corners))
        shape = 0.25 * factors.prod(axis=1)
        for corner in range(4):
            np.add.at(areas, faces[:, corner], shape[corner] * jacobian)
    return areas


def polyline_gap(lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return x and the vertical distance of two polylines at the nodes of both.

    Parameters
    ----------
    lower, upper : ndarray, shape (n, 2) and (m, 2)
        Vertices [um] by increasing x. Where both are defined they are compared.
    """
    x = np.union1d(lower[:, 0], upper[:, 0])
    left = max(lower[0, 0], upper[0, 0])
    right = min(lower[-1, 0], upper[-1, 0])
    x = x[(x >= left) & (x <= right)]
    return x, np.interp(x, upper[:, 0], upper[:, 1]) - np.interp(x, lower[:, 0], lower[:, 1])


def face_gap(lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return positions and the vertical distance of two bilinear faces over grids of x and y.

    On every rectangle between the grid lines of both faces the distance is bilinear, so its
    extremes are among the values returned.

    Parameters
    ----------
    lower, upper : ndarray, shape (n, 3) and (m, 3)
        Nodes of each face [um], of a full grid, in any order; both over the same rectangle.

    Returns
    -------
    positions : ndarray, shape (k, 2)
    gap : ndarray, shape (k,)

    Raises
    ------
    MeshError
        If the nodes of a face are no full grid.
    """
    grids = [grid_of(face) for face in (lower, upper)]
    x, y = (np.union1d(grids[0][axis], grids[1][axis]) for axis in (0, 1))
    heights = []
    for along_x, along_y, height in grids:
        left = np.array([np.interp(x, along_x, unit) for unit in np.eye(len(along_x))])
        right = np.array([np.interp(y, along_y, unit) for unit in np.eye(len(along_y))])
        heights.append(left.T @ height @ right)
    positions = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    return positions, (heights[1] - heights[0]).ravel()


def grid_of(face: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return x, y and the heights (nx, ny) of a face whose nodes are a full grid.

    Raises
    ------
    MeshError
        If they are not.
    """
    step = 1e-9 * float(np.ptp(face[:, :2], axis=0).max())
    lines = []
    for values in (face[:, 0], face[:, 1]):
        ordered = np.sort(values)
        lines.append(ordered[np.append(True, np.diff(ordered) > step)])
    x, y = lines
    if len(x) * len(y) != len(face):
        raise MeshError(
            f"{len(face)} nodes of a face are no grid of {len(x)} by {len(y)} lines; give faces "
            "whose nodes lie on lines along x and y"
        )
    order = np.lexsort(
        (np.searchsorted(y, face[:, 1] - step), np.searchsorted(x, face[:, 0] - step))
    )
    return x, y, face[order, 2].reshape(len(x), len(y))
