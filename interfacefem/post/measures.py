# SPDX-License-Identifier: MIT
"""Shape of a common surface and density of a layer, in a slice, a pellet and in 3D.

Numbers of one state; tables of runs are in :mod:`interfacefem.post.comparison`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from interfacefem.post.cells import cells
from interfacefem.results import InterfaceState, LayerState

FloatArray = npt.NDArray[np.float64]


def area_ratio(state: InterfaceState, *, axisymmetric: bool = False) -> float:
    """Return the area of the common surface over its projection [-].

    Parameters
    ----------
    state : InterfaceState
    axisymmetric : bool
        Whether x is a radius.
    """
    across, slope = _facets(state, axisymmetric)
    # the excess alone, so that a flat surface has exactly 1
    return 1.0 + float(across @ (np.sqrt(1.0 + slope**2) - 1.0) / across.sum())


def rms_slope(state: InterfaceState, *, axisymmetric: bool = False) -> float:
    """Return the rms slope of the common surface, over its projection [-].

    Parameters
    ----------
    state : InterfaceState
    axisymmetric : bool
        Whether x is a radius.
    """
    across, slope = _facets(state, axisymmetric)
    return float(np.sqrt(across @ slope**2 / across.sum()))


def _facets(state: InterfaceState, axisymmetric: bool) -> tuple[FloatArray, FloatArray]:
    """Return projected area and slope of the edges of a line, or of triangles of an area."""
    points, faces = state.points, state.faces
    if faces is None:
        step = np.diff(points, axis=0)
        step = step[step[:, 0] != 0.0]
        across = np.abs(step[:, 0])
        slope = step[:, 1] / step[:, 0]
        if axisymmetric:
            radius = 0.5 * (points[1:, 0] + points[:-1, 0])
            across = across * 2.0 * np.pi * radius[np.diff(points[:, 0]) != 0.0]
        return across, slope
    corners = points[np.vstack([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])]
    normal = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    across = np.abs(normal[:, 2])
    used = across > 0.0
    return across[used], np.hypot(normal[used, 0], normal[used, 1]) / across[used]


def density_gradient(state: LayerState, *, axisymmetric: bool = False) -> float:
    """Return the slope of a straight line through relative density over height [1/mm].

    Parameters
    ----------
    state : LayerState
        Of a powder.
    axisymmetric : bool
        Whether x is a radius, so that cells count by the volume they sweep.
    """
    centre, size = cells(state, axisymmetric=axisymmetric)
    density = state.field("relative_density").values
    height = centre[:, -1] - centre[:, -1] @ size / size.sum()
    return 1e3 * float((density * height) @ size / (height**2 @ size))


def mean_density(state: LayerState, *, axisymmetric: bool = False) -> float:
    """Return the mean relative density, weighted by the size of the cells [-]."""
    _, size = cells(state, axisymmetric=axisymmetric)
    return float(state.field("relative_density").values @ size / size.sum())
