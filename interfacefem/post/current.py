# SPDX-License-Identifier: MIT
"""Where the current crowds on an interface: focusing, critical and dead area, hotspots."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from interfacefem.results import InterfaceField

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
    width : float
        Area of the part: its length per unit depth in two dimensions [um].
    factor : float
        Largest current density over the mean of the interface [-].
    current_density : float
        The largest [mA/cm^2].
    share : float
        Part of the interface's current that flows through it [-].
    """

    interface: str
    place: tuple[float, ...]
    width: float
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


def hotspots(
    field: InterfaceField, *, above: float = HOTSPOT_ABOVE, count: int | None = None
) -> list[Hotspot]:
    """Return the connected parts of a line that carry more than ``above`` times the mean.

    Parameters
    ----------
    field : InterfaceField
        Current density along a line.
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
    ValueError
        If the interface is an area: parts are joined along x.
    """
    if field.points.shape[1] != 2:
        raise ValueError("hotspots joins points along x; an area needs its neighbours")
    mean = abs(field.mean())
    if not mean > 0:
        return []
    order = np.argsort(field.x, kind="stable")
    size, weights = np.abs(field.values[order]), field.weights[order]
    points = field.points[order]
    hot = np.concatenate([[False], size > above * mean, [False]])
    starts, ends = np.flatnonzero(~hot[:-1] & hot[1:]), np.flatnonzero(hot[:-1] & ~hot[1:])
    total = float(size @ weights)
    found = []
    for start, end in zip(starts, ends, strict=True):
        peak = start + int(np.argmax(size[start:end]))
        part = slice(start, end)
        found.append(
            Hotspot(
                interface=field.interface,
                place=tuple(float(value) for value in points[peak]),
                width=float(np.sum(weights[part])),
                factor=float(size[peak]) / mean,
                current_density=float(size[peak]),
                share=float(size[part] @ weights[part]) / total,
            )
        )
    return sorted(found, key=lambda spot: -spot.current_density)[:count]


def _magnitude(field: InterfaceField) -> InterfaceField:
    return replace(field, values=np.abs(field.values))
