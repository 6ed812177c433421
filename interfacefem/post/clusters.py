# SPDX-License-Identifier: MIT
"""Clusters of contact and voids of an interface: number, sizes, and what spans it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from interfacefem.post.connected import connected_parts
from interfacefem.results import InterfaceState
from interfacefem.shown import ShownData

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
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

    A point stands for its whole area. Points are joined along x, in 3D along the edges of the
    faces; contacts that meet at a corner only are two, and so are voids.

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
        area=float(weights.sum()),
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
