# SPDX-License-Identifier: MIT
"""Sizes and points as users write them, checked, and lengths as text for recipes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem import environment
from interfacefem.environment import GIGABYTE, SHARE
from interfacefem.errors import SurfaceError
from interfacefem.names import shown
from interfacefem.quantities import as_whole, computable, spoken
from interfacefem.units import Dimensional, to_internal

#: largest size and height of a surface [um]
FARTHEST = 1e9

Size = Dimensional | Sequence[Dimensional]

#: memory that a sample, or a wave, takes while a surface is made [byte]; 88 were measured
BYTES = 100.0


def lengths(size: Size, place: str) -> tuple[float, ...]:
    """Return one or two lengths [um] from what a user wrote.

    Raises
    ------
    SurfaceError, UnitError
        If there are not one or two, or one is not positive.
    """
    given: Any = size
    several = isinstance(given, Sequence) and not isinstance(given, str)
    several = several or (isinstance(given, np.ndarray) and given.ndim == 1)
    values: Sequence[Dimensional] = tuple(given) if several else (given,)
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
        If there are not as many as directions, fewer than 2, or more than fit in memory.
    """
    given = tuple(points) if isinstance(points, (tuple, list)) else (points,) * dimension
    count = tuple(n for n in map(as_whole, given) if n is not None)
    if not len(count) == len(given) == dimension or min(count) < 2:
        raise SurfaceError(
            f"{place}: points {shown(points)} must be {dimension} whole number(s) of at least 2, "
            "both ends included"
        )
    require_room(math.prod(count), f"points {shown(points)}", place)
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


def samples(extent: tuple[float, ...], short: float, each: float, place: str) -> tuple[int, ...]:
    """Return so many samples for each wavelength ``short``, in each direction, both ends included.

    Raises
    ------
    SurfaceError
        If they do not fit in memory.
    """
    wanted = [each * length / short for length in extent]
    require_room(math.prod(wanted), f"short_cutoff {short:g} um over {extent} um", place)
    return tuple(math.ceil(n) + 1 for n in wanted)


_MOST = 1e300


def require_room(
    count: float,
    what: str,
    place: str,
    remedy: str = "take fewer points, or a longer short_cutoff",
) -> None:
    """Refuse so many samples or waves that they do not fit in the memory of this machine.

    Raises
    ------
    SurfaceError
    """
    # A whole number may have more digits than a float can hold.
    needed, there = BYTES * float(min(count, _MOST)), environment.machine_memory()
    if not needed <= SHARE * there or math.isinf(needed):
        raise SurfaceError(
            f"{place}: {what} need about {needed / GIGABYTE:.3g} GB of memory, more than "
            f"{SHARE:.0%} of the {there / GIGABYTE:.1f} GB of this machine; {remedy}"
        )
