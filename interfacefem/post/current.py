# SPDX-License-Identifier: MIT
"""Where the current crowds on an interface: focusing, critical and dead area, hotspots.

Lines and areas alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from interfacefem.post.causes import Found, risk
from interfacefem.post.increment import Increment
from interfacefem.post.maps import connected_parts
from interfacefem.post.strengths import critical_current, electrode
from interfacefem.results import InterfaceField
from interfacefem.results.documents import number as text_of

FloatArray = npt.NDArray[np.float64]

#: of the mean current density; area that carries less is called dead (a convention)
DEAD_BELOW = 0.01
#: of the mean current density; what carries more belongs to a hotspot (a convention)
HOTSPOT_ABOVE = 2.0


@dataclass(frozen=True)
class Hotspot:
    """A connected part of an interface that carries much more than the mean.

    Attributes
    ----------
    interface : str
        ``"lower|upper"``.
    place : tuple of float
        Where the current density is largest [um].
    area : float
        Of the part [um^2]; its length [um] in two dimensions.
    factor : float
        Largest current density over the mean of the interface [-].
    current_density : float
        The largest [mA/cm^2].
    share : float
        Part of the interface's current that flows through it [-].
    """

    interface: str
    place: tuple[float, ...]
    area: float
    factor: float
    current_density: float
    share: float


def focusing_factor(field: InterfaceField, *, percentile: float | None = None) -> float:
    """Return how much more than the mean flows at the worst place [-].

    Parameters
    ----------
    field : InterfaceField
        Current density, e.g. ``results.current(step).interface(name)``.
    percentile : float, optional
        Take this area-weighted percentile [%] in place of the largest value; 99 depends less on
        the mesh.

    Returns
    -------
    float
        NaN where no current flows.
    """
    size = np.abs(field.values)
    worst = float(size.max()) if percentile is None else _magnitude(field).percentile(percentile)
    mean = abs(field.mean())
    return worst / mean if mean > 0 else float("nan")


def fraction_above(field: InterfaceField, critical: float) -> float:
    """Return the part of the area with more than a critical current density [-].

    Parameters
    ----------
    field : InterfaceField
        Current density.
    critical : float
        In the unit of the field [mA/cm^2].
    """
    return field.fraction(np.abs(field.values) > critical)


def dead_fraction(field: InterfaceField, *, below: float = DEAD_BELOW) -> float:
    """Return the part of the area that carries less than ``below`` times the mean [-]."""
    return field.fraction(np.abs(field.values) < below * abs(field.mean()))


def cumulative_distribution(field: InterfaceField) -> tuple[FloatArray, FloatArray]:
    """Return values of a current density, rising, and the area fraction above each of them.

    Parameters
    ----------
    field : InterfaceField
        Current density, or any other field; its magnitude counts.

    Returns
    -------
    values : (k,) array
        All that occur, from zero on, each once.
    above : (k,) array
        Part of the area with a larger value [-]; it ends with zero.
    """
    size = np.abs(np.asarray(field.values, dtype=np.float64))
    values, place = np.unique(np.append(size, 0.0), return_inverse=True)
    area = np.bincount(place, np.append(field.weights, 0.0))
    above = 1.0 - np.cumsum(area) / field.area
    above[-1] = 0.0  # not what rounding leaves
    return values, above


def hotspots(
    field: InterfaceField, *, above: float = HOTSPOT_ABOVE, count: int | None = None
) -> list[Hotspot]:
    """Return the connected parts of an interface that carry more than ``above`` times the mean.

    Parameters
    ----------
    field : InterfaceField
        Current density.
    above : float
        Times the mean [-].
    count : int, optional
        Only so many; all by default.

    Returns
    -------
    list of Hotspot
        The largest current density first.

    Raises
    ------
    ResultsError
        If the interface is an area and its field came without faces.
    """
    mean = abs(field.mean())
    if not mean > 0:
        return []
    size = np.abs(field.values)
    label = connected_parts(field, size > above * mean)
    total = float(size @ field.weights)
    found = []
    for number in range(int(label.max(initial=-1)) + 1):
        part = np.flatnonzero(label == number)
        peak = part[int(np.argmax(size[part]))]
        found.append(
            Hotspot(
                interface=field.interface,
                place=tuple(float(value) for value in field.points[peak]),
                area=float(np.sum(field.weights[part])),
                factor=float(size[peak]) / mean,
                current_density=float(size[peak]),
                share=float(size[part] @ field.weights[part]) / total,
            )
        )
    return sorted(found, key=lambda spot: (-spot.current_density, spot.place))[:count]


def _magnitude(field: InterfaceField) -> InterfaceField:
    return replace(field, values=np.abs(field.values))


HOTSPOT = "hotspot"
#: hotspot rows of one interface
HOTSPOT_ROWS = 3


@risk(
    HOTSPOT,
    unit="mA/cm^2",
    needs=("current", "materials"),
    means="more current flows through a spot than lithium bears before it pierces the electrolyte",
)
def hotspot(at: Increment) -> Iterator[Found]:
    """Return the largest hotspots of every interface at a metal, or its largest current."""
    current = at.current
    for name in current.interfaces:
        if electrode(at.materials, name) is None:
            continue  # no metal to strip or to plate
        limit = critical_current(at.results, name, at.materials, at.critical)
        if limit is None:
            at.note(
                f"hotspots of interface '{name}' are not judged: no critical current density is "
                "known; give it in the case (current.critical) or with the material"
            )
            continue
        density = current.interface(name)
        steady = focusing_factor(density, percentile=99.0)
        size = "um wide" if density.points.shape[1] == 2 else "um^2 large"
        spots = hotspots(density, above=HOTSPOT_ABOVE, count=HOTSPOT_ROWS)
        if not spots:
            peak = int(np.argmax(np.abs(density.values)))
            yield Found(
                subject=f"interface '{name}'",
                place=density.points[peak, :-1],
                value=float(np.abs(density.values[peak])),
                threshold=limit,
                comment=f"{text_of(focusing_factor(density), 3)} times the mean: "
                "no spot stands out",
            )
        for spot in spots:
            yield Found(
                subject=f"interface '{name}'",
                place=spot.place[:-1],
                value=spot.current_density,
                threshold=limit,
                comment=(
                    f"{text_of(spot.factor, 3)} times the mean (99 % of the area: "
                    f"{text_of(steady, 3)}), {text_of(spot.area, 3)} {size}, {spot.share:.0%} of "
                    "the current"
                ),
            )
