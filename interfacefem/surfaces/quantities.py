# SPDX-License-Identifier: MIT
"""Sizes and points as users write them, checked, and lengths as text for recipes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.units import Dimensional, to_internal

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
    if min(result) <= 0.0:
        raise SurfaceError(f"{place}: size {result} um must be positive")
    return result


def text(value: float) -> str:
    """Return a length [um] as text that is read back without loss."""
    return f"{float(value)!r} um"


def record(kind: str, size: tuple[float, ...], points: tuple[int, ...]) -> dict[str, Any]:
    """Return the keys that every recipe starts with."""
    return {"kind": kind, "size": [text(length) for length in size], "points": list(points)}


def points_tuple(points: int | tuple[int, ...], dimension: int, place: str) -> tuple[int, ...]:
    """Return the samples per direction as a tuple.

    Raises
    ------
    SurfaceError
        If there are not as many as directions, or fewer than 2.
    """
    count = tuple(points) if isinstance(points, (tuple, list)) else (points,) * dimension
    whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in count)
    if len(count) != dimension or not whole or min(count) < 2:
        raise SurfaceError(
            f"{place}: points {points!r} must be {dimension} whole number(s) of at least 2, "
            "both ends included"
        )
    return tuple(int(n) for n in count)
