# SPDX-License-Identifier: MIT
"""Areas of an interface: regular maps of fields, and clusters of contact and voids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.results import InterfaceField, InterfaceState
from interfacefem.results.edges import contact_shares

IntArray = npt.NDArray[np.int64]


def connected_parts(
    field: InterfaceField, mask: npt.ArrayLike, *, diagonal: bool = False
) -> IntArray:
    """Return the number of the connected part that each point of a mask belongs to.

    Points are neighbours next to each other along x, in 3D along the edges of the faces.

    Parameters
    ----------
    field : InterfaceField
        Any field of the interface.
    mask : (n,) array of bool
        Points that belong to a part.
    diagonal : bool
        Whether the corners of a face that lie across are neighbours as well.

    Returns
    -------
    (n,) int array
        Number of each point's part, from 0 in the order of their first points; -1 elsewhere.

    Raises
    ------
    ResultsError
        If the interface is an area and its field came without faces.
    """
    chosen = np.asarray(mask, dtype=bool)
    links = _neighbours(field, diagonal)
    links = links[chosen[links].all(axis=1)]
    size = len(chosen)
    graph = sp.coo_matrix((np.ones(len(links)), links.T), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    found = np.full(size, -1, dtype=np.int64)
    _, first, number = np.unique(label[chosen], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    found[chosen] = rank[number]
    return found


def require_faces(field: InterfaceField) -> IntArray:
    """Return the faces of a field of an area.

    Raises
    ------
    ResultsError
        If it has none.
    """
    if field.faces is None:
        kind = "a line" if field.points.shape[1] == 2 else "an area whose field has no faces"
        raise ResultsError(
            f"interface '{field.interface}' is {kind}; give a whole field of an area, as "
            "results.interface(...).at(...) returns it"
        )
    return field.faces


def _neighbours(field: InterfaceField, diagonal: bool) -> IntArray:
    """Return pairs of points that are next to each other, (k, 2)."""
    if field.points.shape[1] == 2:
        order = np.argsort(field.x, kind="stable")
        return np.column_stack([order[:-1], order[1:]])
    faces = require_faces(field)
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0)] + ([(0, 2), (1, 3)] if diagonal else [])
    return np.vstack([faces[:, pair] for pair in pairs])


FloatArray = npt.NDArray[np.float64]
Kind = Literal["contact", "void"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Clusters(ShownData):
    """Connected parts of the contact area, or of the open area.

    Attributes
    ----------
    interface : str
        ``"lower|upper"``.
    kind : str
        ``contact`` or ``void``.
    area : float
        Of the whole interface [um^2], in two dimensions its length [um].
    areas : (k,) array
        Of the clusters, the largest first [um^2], [um] in two dimensions; so ``areas[i]`` is the
        size that i + 1 clusters reach.
    volumes : (k,) array
        Open volume of each void [um^3], [um^2] in two dimensions; zero for contact.
    spanning : tuple of bool
        Whether one cluster reaches from wall to wall along x, and in 3D along y.
    labels : (n,) int array
        Place of each point's cluster in ``areas``; -1 for points of none.
    """

    interface: str
    kind: Kind
    area: float
    areas: FloatArray
    volumes: FloatArray
    spanning: tuple[bool, ...]
    labels: IntArray = field(repr=False)

    def __len__(self) -> int:
        return len(self.areas)

    @property
    def area_fraction(self) -> float:
        """Part of the interface that belongs to a cluster [-]."""
        return float(self.areas.sum()) / self.area if self.area > 0 else float("nan")

    @property
    def largest_share(self) -> float:
        """Part of the clusters' area that is in the largest one [-]; NaN without any."""
        return float(self.areas[0] / self.areas.sum()) if len(self) else float("nan")

    @property
    def mean_area(self) -> float:
        """Mean area of a cluster [um^2], [um] in two dimensions; NaN without any."""
        return float(self.areas.mean()) if len(self) else float("nan")

    def number_of_at_least(self, area: float) -> int:
        """Return how many clusters are at least so large."""
        return int(np.count_nonzero(self.areas >= area))


def clusters(state: InterfaceState, kind: Kind = "contact", *, diagonal: bool = False) -> Clusters:
    """Find the clusters of contact or the voids of an interface.

    A point stands for its area, at the edges of contact for its share of it
    (:func:`contact_shares`); what is left there belongs to no void. Points are joined along x, in
    3D along the edges of the faces; contacts that meet at a corner only are two, and so are voids.

    Parameters
    ----------
    state : InterfaceState
        ``results.interface(name).at(step)``.
    kind : {"contact", "void"}
        Points in contact, or those that are not.
    diagonal : bool
        Whether points across a face are neighbours as well.

    Raises
    ------
    ValueError
        If there is no such kind.
    """
    if kind not in ("contact", "void"):
        raise ValueError(f"clusters of {kind!r}: give 'contact' or 'void'")
    field = state.in_contact
    touching = np.asarray(field.values, dtype=bool)
    weights = field.weights
    if kind == "contact":
        weights = weights * np.asarray(contact_shares(state).values)
    mask = (touching if kind == "contact" else ~touching) & (weights > 0.0)
    label = connected_parts(field, mask, diagonal=diagonal)
    chosen = label >= 0
    count = int(label.max(initial=-1)) + 1
    areas = np.bincount(label[chosen], weights[chosen], count)
    order = np.argsort(-areas, kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    label[chosen] = rank[label[chosen]]
    volumes = np.zeros(count)
    if kind == "void":
        gap = np.clip(state.gap.values, 0.0, None)
        volumes = np.bincount(label[chosen], (gap * weights)[chosen], count)
    return Clusters(
        interface=state.name,
        kind=kind,
        area=field.area,
        areas=areas[order],
        volumes=volumes,
        spanning=_spanning(state.points_reference, label),
        labels=label,
    )


def _spanning(points: FloatArray, label: IntArray) -> tuple[bool, ...]:
    found = []
    for axis in range(points.shape[1] - 1):
        place = points[:, axis]
        near = 1e-6 * float(np.ptp(place))
        first, last = (
            set(label[wall & (label >= 0)].tolist())
            for wall in (place <= place.min() + near, place >= place.max() - near)
        )
        found.append(bool(first & last))
    return tuple(found)


#: samples of a face along each side: for each pixel it covers, and at least and at most
PER_PIXEL, FEWEST, MOST = 4, 8, 48


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class AreaMap(ShownData):
    """A field of an interface on a regular grid of pixels.

    Attributes
    ----------
    name, unit, interface, step : str
        What, its unit, where and when.
    increment : int
        Number in the step.
    x, y : (nx + 1,) and (ny + 1,) array
        Edges of the pixels [um].
    values : (nx, ny) array
        Area-weighted mean over each pixel; NaN where there is no area.
    weights : (nx, ny) array
        Area of the interface in each pixel [um^2].
    """

    name: str
    unit: str
    interface: str
    step: str
    increment: int
    x: FloatArray
    y: FloatArray
    values: FloatArray
    weights: FloatArray

    def integral(self) -> float:
        """Return the values times the weights, summed [unit um^2]; that of the field."""
        return float(np.nansum(self.values * self.weights))


def area_map(
    field: InterfaceField,
    shape: tuple[int, int],
    *,
    extent: tuple[float, float, float, float] | None = None,
) -> AreaMap:
    """Return a regular map of a field of an area.

    The field is taken as bilinear over each face, and every point's area is shared among the
    pixels in proportion to its shape function, so the sum over all pixels of value times area is
    the field's own integral. Pixels smaller than the faces show the interpolation, no detail.

    Parameters
    ----------
    field : InterfaceField
        E.g. ``results.interface(name).at(step).contact_pressure``. Points whose value is not a
        number are left out.
    shape : tuple of int
        Pixels along x and along y.
    extent : tuple of float, optional
        x from and to, y from and to [um]; the points' own by default. What lies outside goes to
        the pixels at the rim.

    Raises
    ------
    ResultsError
        If the interface is a line, or its field came without faces.
    """
    faces = require_faces(field)
    if min(shape) < 1:
        raise ResultsError(f"a map of {shape} pixels has none; give at least one along x and y")
    values = np.asarray(field.values, dtype=np.float64)
    if values.ndim != 1:
        raise ResultsError(f"{field.name} has {values.shape[1]} components; map one of them")
    plane = field.points[:, :2]
    low, high = plane.min(axis=0), plane.max(axis=0)
    if extent is not None:
        low, high = np.array([extent[0], extent[2]]), np.array([extent[1], extent[3]])
    pixel = (high - low) / shape
    corner = plane[faces]
    reach = np.ptp(corner, axis=1).max(axis=0)
    number = int(np.clip(PER_PIXEL * np.ceil((reach / pixel).max()), FEWEST, MOST))
    functions = _functions(number)
    place = np.einsum("sa,kai->ksi", functions, corner)
    index = np.clip(((place - low) / pixel).astype(np.int64), 0, np.array(shape) - 1)
    flat = np.ravel_multi_index((index[..., 0], index[..., 1]), shape).ravel()
    known = np.isfinite(values)
    share = _shares(np.where(known, field.weights, 0.0), faces, corner)
    spread = functions / functions.sum(axis=0)
    size = shape[0] * shape[1]
    area = np.bincount(flat, (share @ spread.T).ravel(), size)
    total = np.bincount(
        flat, ((share * np.where(known, values, 0.0)[faces]) @ spread.T).ravel(), size
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(area > 0.0, total / area, np.nan)
    return AreaMap(
        name=field.name,
        unit=field.unit,
        interface=field.interface,
        step=field.step,
        increment=field.increment,
        x=np.linspace(low[0], high[0], shape[0] + 1),
        y=np.linspace(low[1], high[1], shape[1] + 1),
        values=mean.reshape(shape),
        weights=area.reshape(shape),
    )


def _functions(number: int) -> FloatArray:
    """Return the bilinear functions at even samples of a face, (samples, 4)."""
    even = (np.arange(number) + 0.5) / number
    s, t = (a.ravel() for a in np.meshgrid(even, even, indexing="ij"))
    return np.column_stack([(1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t])


def _shares(weights: FloatArray, faces: npt.NDArray[np.int64], corner: FloatArray) -> FloatArray:
    """Return the part of each point's area on each of its faces, (k, 4)."""
    one, two = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
    size = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    around = np.bincount(faces.ravel(), np.repeat(size, 4), len(weights))
    shares: FloatArray = weights[faces] * size[:, None] / around[faces]
    return shares
