# SPDX-License-Identifier: MIT
"""Sizes of cells and faces: areas and volumes, and the area each node of a face stands for.

numpy only, and arrays only, in the plane and in space; meshes live in ``stack_mesh``.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: corners of a quadrilateral in its own coordinates, in order round it
CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
#: points of Gauss's rule of two points, each of weight one
GAUSS = (-1.0 / np.sqrt(3.0), 1.0 / np.sqrt(3.0))


def cell_measures(points: FloatArray, cells: IntArray, *, axisymmetric: bool = False) -> FloatArray:
    """Return the areas of quadrilaterals [um^2] or the volumes of hexahedra or rings [um^3].

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
        Length per unit depth [um] or area, also of rings [um^2]; zero for nodes that are not of
        the face.
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
