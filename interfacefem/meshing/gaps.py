# SPDX-License-Identifier: MIT
"""Vertical distance of two faces: polylines in the plane, bilinear grids in space.

numpy only, and arrays only; meshes live in ``stack_mesh``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MeshError

FloatArray = npt.NDArray[np.float64]


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
