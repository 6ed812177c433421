# SPDX-License-Identifier: MIT
"""Sizes and points as users write them, checked, and lengths as text for recipes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import SurfaceError
from interfacefem.quantities import as_whole, computable, spoken
from interfacefem.units import Dimensional, shown, to_internal

#: heights of a surface that a machine is asked to hold: 0.8 GB for each copy
MOST_HEIGHTS = 100_000_000

#: largest size and height of a surface [um]
FARTHEST = 1e9

Size = Dimensional | Sequence[Dimensional]


def lengths(size: Size, place: str) -> tuple[float, ...]:
    """Return one or two lengths [um] from what a user wrote.

    Raises
    ------
    SurfaceError, UnitError
        If there are not one or two, or one is not positive.
    """
    several = isinstance(size, Sequence) and not isinstance(size, str)
    several = several or (isinstance(size, np.ndarray) and size.ndim == 1)
    values: Sequence[Dimensional] = tuple(size) if several else (size,)
    if len(values) not in (1, 2):
        raise SurfaceError(f"{place}: size has {len(values)} lengths; give 1 (line) or 2 (area)")
    result = tuple(
        to_internal(value, "length", place=f"{place} size[{i}]") for i, value in enumerate(values)
    )
    if min(result) <= 0.0 or not all(map(computable, result)):
        wide = " x ".join(spoken(length, "length", length) for length in result)
        what = "positive" if min(result) <= 0.0 else "a length that can be computed with"
        raise SurfaceError(f"{place}: size {wide} must be {what}")
    return result


def check_far(values: npt.ArrayLike, place: str) -> None:
    """Refuse sizes and heights of more than a kilometre [um]; what is not finite is passed over.

    Raises
    ------
    SurfaceError
        With the largest one.
    """
    sizes = np.abs(np.asarray(values, dtype=np.float64))
    farthest = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
    if farthest > FARTHEST:
        raise SurfaceError(
            f"{place}: {farthest:g} um is more than {FARTHEST:g} um, the largest size or height "
            "of a surface; correct the number or its unit"
        )


def text(value: float) -> str:
    """Return a length [um] as text that is read back without loss."""
    return f"{float(value)!r} um"


def record(kind: str, size: tuple[float, ...], points: tuple[int, ...]) -> dict[str, Any]:
    """Return the keys that every recipe starts with."""
    return {"kind": kind, "size": [text(length) for length in size], "points": list(points)}


def points_tuple(points: object, dimension: int, place: str) -> tuple[int, ...]:
    """Return the samples per direction as a tuple.

    Raises
    ------
    SurfaceError
        If there are not as many as directions, fewer than 2, or more than a machine holds.
    """
    given = tuple(points) if isinstance(points, (tuple, list)) else (points,) * dimension
    count = tuple(n for n in map(as_whole, given) if n is not None)
    if not len(count) == len(given) == dimension or min(count) < 2:
        raise SurfaceError(
            f"{place}: points {shown(points)} must be {dimension} whole number(s) of at least 2, "
            "both ends included"
        )
    if math.prod(count) > MOST_HEIGHTS:
        raise SurfaceError(
            f"{place}: points {shown(points)} are too many heights for a machine; give "
            f"{MOST_HEIGHTS} or less in all"
        )
    return count


def seed_number(seed: object, place: str) -> int:
    """Return the seed of a random surface.

    Raises
    ------
    SurfaceError
        If it is not a whole number of at least 0.
    """
    number = as_whole(seed)
    if number is None or number < 0 or number.bit_length() > 128:
        raise SurfaceError(
            f"{place}: seed {shown(seed)} must be a whole number of at least 0, of 128 bits at most"
        )
    return number
