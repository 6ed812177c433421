# SPDX-License-Identifier: MIT
"""Sizes and shapes of cells and surfaces, pressure and gap, weighted by area.

Numbers of one state; tables of runs are in :mod:`interfacefem.post.comparison`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.spatial import cKDTree

from interfacefem.post.faces import is_axisymmetric
from interfacefem.results import InterfaceField, InterfaceState, LayerState, Results
from interfacefem.results.edges import contact_shares
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


#: percentiles that are reported unless others are asked for [%]
PERCENTILES = (5.0, 50.0, 95.0, 99.0)

Over = Literal["all", "contact"]


@dataclass(frozen=True)
class PressureStatistics:
    """How the contact pressure is spread.

    Attributes
    ----------
    over : str
        ``all`` of the interface, or the part in ``contact``.
    area_fraction : float
        Part of the interface it is taken over [-].
    mean, maximum : float
        [MPa].
    coefficient_of_variation : float
        Standard deviation over mean [-].
    percentiles : mapping of float to float
        Pressure that a part of the area does not exceed [% -> MPa].
    """

    over: Over
    area_fraction: float
    mean: float
    maximum: float
    coefficient_of_variation: float
    percentiles: Mapping[float, float]


def pressure_statistics(
    state: InterfaceState, *, over: Over = "all", percentiles: tuple[float, ...] = PERCENTILES
) -> PressureStatistics:
    """Return mean, maximum, spread and percentiles of the contact pressure.

    Parameters
    ----------
    state : InterfaceState
        ``results.interface(name).at(step)``.
    over : {"all", "contact"}
        The whole interface, or only where there is contact.
    percentiles : tuple of float
        Which ones [%].
    """
    part, touching = state.contact_pressure, 1.0
    if over == "contact":
        shares = contact_shares(state)
        there, touching = np.asarray(shares.values) > 0.0, shares.mean()
        # the force of a point at an edge is borne by its share of the area
        part = part.where(there)
        share = np.asarray(shares.values)[there]
        part = replace(part, weights=part.weights * share, values=part.values / share)
    return PressureStatistics(
        over=over,
        area_fraction=touching,
        mean=part.mean(),
        maximum=part.max(),
        coefficient_of_variation=part.coefficient_of_variation(),
        percentiles={q: part.percentile(q) for q in percentiles},
    )


def gap_volume(gap: InterfaceField | InterfaceState) -> float:
    """Return the open volume per area [um]; overlap does not count against it.

    After a release it is the residual gap.
    """
    field = gap.gap if isinstance(gap, InterfaceState) else gap
    # a point without area has nothing opposite, and no gap
    opening = np.where(field.weights > 0.0, np.clip(field.values, 0.0, None), 0.0)
    return float(opening @ field.weights) / field.area
