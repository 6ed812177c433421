# SPDX-License-Identifier: MIT
"""Centres and sizes of the cells of a layer as deformed, and what a run stands for in area."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.spatial import cKDTree

from interfacefem.post.faces import is_axisymmetric
from interfacefem.results import LayerState, Results
from interfacefem.units import to_internal

FloatArray = npt.NDArray[np.float64]

#: corners of the tetrahedra that a hexahedron is made of
_TETRAHEDRA = np.array(
    [[0, 1, 2, 6], [0, 2, 3, 6], [0, 3, 7, 6], [0, 7, 4, 6], [0, 4, 5, 6], [0, 5, 1, 6]]
)
#: diameter of the die where a case names none [um]; usual in laboratories
USUAL_DIE = 1e4


def cells(state: LayerState, *, axisymmetric: bool) -> tuple[FloatArray, FloatArray]:
    """Return centres of the cells and their volumes [um^3], areas in a plane section [um^2].

    Parameters
    ----------
    state : LayerState
    axisymmetric : bool
        Whether x is a radius and the section is turned about x = 0.
    """
    corners = state.points[state.cells]
    centre = corners.mean(axis=1)
    if corners.shape[1] == 8:
        edges = corners[:, _TETRAHEDRA[:, 1:]] - corners[:, _TETRAHEDRA[:, :1]]
        return centre, np.abs(np.linalg.det(edges)).sum(axis=1) / 6.0
    one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    area = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    return centre, 2.0 * math.pi * area * centre[:, 0] if axisymmetric else area


def mean_around(
    centres: FloatArray, sizes: FloatArray, values: FloatArray, radius: float
) -> FloatArray:
    """Return the mean over a ball around each cell, of the cells whose centres are in it.

    Parameters
    ----------
    centres : (n, d) array
        [um].
    sizes : (n,) array
        Volumes or areas.
    values : (n,) or (n, k) array
        Of the cells.
    radius : float
        Of the ball [um]; where it holds no other centre the cell's own value is left.

    Returns
    -------
    array
        Of the shape of the values.
    """
    one, two = cKDTree(centres).query_pairs(radius, output_type="ndarray").T
    itself = np.arange(len(sizes))
    rows, columns = (np.concatenate(parts) for parts in ((itself, one, two), (itself, two, one)))
    near = sp.csr_array((sizes[columns], (rows, columns)), shape=(len(sizes), len(sizes)))
    total = np.asarray(near.sum(axis=1))
    flat = values.reshape(len(values), -1)
    return np.asarray((near @ flat) / total[:, None]).reshape(values.shape)


def mean_thickness(state: LayerState) -> float:
    """Return the volume of a layer over its width, or over the area that it covers [um]."""
    _, sizes = cells(state, axisymmetric=False)
    return float(sizes.sum()) / float(np.prod(np.ptp(state.points[:, :-1], axis=0)))


def computed_area(results: Results) -> float:
    """Return the pressed area that was computed [um^2]; of a plane section its width [um]."""
    sides = np.ptp(results.mesh.points[:, :-1], axis=0)
    return math.pi * float(sides[0]) ** 2 if is_axisymmetric(results) else float(np.prod(sides))


def pressed_area(results: Results) -> tuple[float, str]:
    """Return the area of the die [um^2], and in words where it is from."""
    case: dict[str, Any] = results.case
    if "die" in case:
        return _disc(to_internal(case["die"]["diameter"], "length")), "the die of the case"
    steps = [*case.get("step", []), *(s for g in case.get("stage", []) for s in g.get("step", []))]
    named = [step["die"] for step in steps if "die" in step]
    if named:
        return _disc(to_internal(named[-1], "length")), "the die of the press"
    return _disc(USUAL_DIE), "a die of 10 mm, for the case names none"


def _disc(diameter: float) -> float:
    return 0.25 * math.pi * diameter**2
