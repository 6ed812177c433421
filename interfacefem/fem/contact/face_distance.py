# SPDX-License-Identifier: MIT
"""How far two faces of quadrilaterals lie apart along z, compiled.

The counterpart in space of :func:`interfacefem.meshing.gaps.polyline_gap` for faces that have
deformed and are no grids any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.compiled import njit
from interfacefem.fem.contact.face_search import pairs
from interfacefem.fem.contact.mortar3d import clip, shapes

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@njit
def _height(points: Array, face: Any, quad: Array, x: float, y: float, values: Array) -> float:
    shapes(quad, x, y, values)
    height = 0.0
    for i in range(4):
        height += values[i] * points[face[i], 2]
    return height


@njit
def smallest_distance(lower: Array, lower_faces: Any, upper: Array, upper_faces: Any) -> float:
    """Return the smallest vertical distance of two faces [um], negative if they overlap.

    Parameters
    ----------
    lower, upper : (n, 3) and (m, 3) array
        Node positions [um].
    lower_faces, upper_faces : (k, 4) and (l, 4) int array
        Quadrilaterals, convex and counter-clockwise seen from above.

    Returns
    -------
    float
        Of the corners of all common parts of two quadrilaterals, infinite if there are none. A
        bilinear height can be smaller inside a part only by its twist there.
    """
    found = pairs(lower, lower_faces, upper, upper_faces)
    polygon = np.empty((16, 2))
    work = np.empty((16, 2))
    one = np.empty((4, 2))
    other = np.empty((4, 2))
    values = np.empty(4)
    least = np.inf
    for p in range(found.shape[0]):
        below, above = lower_faces[found[p, 0]], upper_faces[found[p, 1]]
        for i in range(4):
            for k in range(2):
                one[i, k] = lower[below[i], k]
                other[i, k] = upper[above[i], k]
        for i in range(clip(one, other, polygon, work)):
            x, y = polygon[i, 0], polygon[i, 1]
            distance = _height(upper, above, other, x, y, values)
            distance -= _height(lower, below, one, x, y, values)
            least = min(least, distance)
    return least
