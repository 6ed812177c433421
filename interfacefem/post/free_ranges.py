# SPDX-License-Identifier: MIT
"""Ranges of pressure in which no cause is over its threshold; between points ratios are linear.

Linear over the logarithm of the pressure, as pressures of a press are spaced. Nothing outside of
the points is free or not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Range = tuple[float, float]


def free_ranges(pressure: FloatArray, ratios: Iterable[FloatArray]) -> tuple[Range, ...]:
    """Return where all ratios are at most one.

    Parameters
    ----------
    pressure : (n,) array
        Rising, two or more [MPa].
    ratios : iterable of (n,) arrays
        Value over threshold of each cause [-]; NaN where it was not judged, which between a point
        with and one without a value counts as the value.

    Returns
    -------
    tuple of (float, float)
        From low to high [MPa], those that touch joined.
    """
    curves = [np.asarray(curve, dtype=np.float64) for curve in ratios]
    place = np.log(pressure)
    found: list[list[float]] = []
    for k in range(len(place) - 1):
        low, high = 0.0, 1.0  # parts of the stretch from point k to the next
        for curve in curves:
            start, end = _known(float(curve[k]), float(curve[k + 1]))
            if start > 1.0 and end > 1.0:
                high = -1.0
                break
            if start > 1.0:
                low = max(low, _part(start, end))
            elif end > 1.0:
                high = min(high, _part(start, end))
        if low > high or (low == high and 0.0 < low < 1.0):
            continue
        begin, stop = (_at(pressure, place, k, part) for part in (low, high))
        if found and found[-1][1] == begin:
            found[-1][1] = stop
        else:
            found.append([begin, stop])
    return tuple((low, high) for low, high in found)


def widest(ranges: Sequence[Range], above: float = 0.0) -> Range | None:
    """Return the range that spans the largest factor, of the parts above a pressure; None if none.

    Of equal ones the lowest.
    """
    parts = [(max(low, above), high) for low, high in ranges if high >= above]
    return max(parts, key=lambda part: math.log(part[1] / part[0]), default=None)


def _known(start: float, end: float) -> tuple[float, float]:
    """Return the two ends, of which one stands for the other where that is not known."""
    if math.isnan(start):
        start = end
    if math.isnan(end):
        end = start
    return (0.0, 0.0) if math.isnan(start) else (start, end)


def _part(start: float, end: float) -> float:
    """Return where a line from start to end crosses one, as part of the stretch."""
    if math.isinf(start) or math.isinf(end):
        return 1.0 if math.isinf(start) else 0.0
    return (1.0 - start) / (end - start)


def _at(pressure: FloatArray, place: FloatArray, k: int, part: float) -> float:
    """Return the pressure at a part of a stretch; its ends are those of the points to the bit."""
    if part in (0.0, 1.0):
        return float(pressure[k + int(part)])
    return math.exp(float(place[k] + part * (place[k + 1] - place[k])))
