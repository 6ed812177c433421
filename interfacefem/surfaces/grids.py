# SPDX-License-Identifier: MIT
"""Rows of x, y and height sorted into a full grid.

Coordinates of a file are rounded and stages are not exact: values within a tenth of a pixel are
one coordinate of the grid.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.surfaces.shapes import FloatArray

#: how far a sample may lie from its place in the grid, as a share of a pixel
JITTER = 0.1


def forms_grid(table: FloatArray) -> bool:
    """Return whether the first two of three columns are the places of a full grid.

    Parameters
    ----------
    table : (n, 3) array
    """
    if len(table) < 4 or not np.isfinite(table[:, :2]).all():
        return False
    x, column, y, row = _places(table)
    full = x.size >= 2 and y.size >= 2 and x.size * y.size == len(table)
    return full and np.unique(column * y.size + row).size == len(table)


def on_grid(file: Path, table: FloatArray) -> dict[str, Any]:
    """Sort x, y, height rows into a full grid; rows that are not there are holes.

    Parameters
    ----------
    file : Path
        For messages.
    table : (n, 3) array

    Returns
    -------
    dict
        ``x`` (nx,), ``y`` (ny,) and ``heights`` (nx, ny).

    Raises
    ------
    SurfaceError
        If a coordinate is not a number, a point stands there twice, or points are scattered.
    """
    if not np.isfinite(table[:, :2]).all():
        raise SurfaceError(f"{file}: a coordinate is not a number; remove the row")
    x, column, y, row = _places(table)
    place = column * y.size + row
    values, first, counts = np.unique(place, return_index=True, return_counts=True)
    if (counts > 1).any():
        twice = table[first[int(np.argmax(counts > 1))]]
        raise SurfaceError(
            f"{file}: the point x = {twice[0]:g}, y = {twice[1]:g} stands there "
            f"{counts.max()} times; remove duplicate rows"
        )
    if values.size < 0.5 * x.size * y.size:
        raise SurfaceError(
            f"{file}: {values.size} points do not lie on a grid of {x.size} x {y.size} "
            "coordinates; bring scattered points to a grid first"
        )
    heights = np.full(x.size * y.size, np.nan)
    heights[place] = table[:, 2]
    return {"x": x, "y": y, "heights": heights.reshape(x.size, y.size)}


def _places(table: FloatArray) -> tuple[FloatArray, Any, FloatArray, Any]:
    """Return the coordinates of the grid and the indices of each row: x, column, y, row.

    Values are one coordinate if they are equal to a millionth of the range. Where that gives no
    grid, but rounded values do, those are taken.
    """
    found = [_levels(table[:, k], rounded=False) for k in (0, 1)]
    for rounded in (False, True):
        (x, column), (y, row) = (_levels(table[:, k], rounded=rounded) for k in (0, 1))
        taken = np.unique(column * y.size + row).size
        if taken == len(table) and 2 * taken >= x.size * y.size:
            return x, column, y, row
    return *found[0], *found[1]


def _levels(values: FloatArray, *, rounded: bool) -> tuple[FloatArray, Any]:
    """Return distinct coordinates and the index of each value."""
    exact = _split(values, 1e-6 * max(float(np.ptp(values)), 1e-300))
    if not rounded or exact[0].size < 2:
        return exact
    axis, number = _split(values, 0.5 * float(np.diff(exact[0]).max()))
    if axis.size < 2:
        return exact
    pixel = float(np.polyfit(number, values, 1)[0])
    within = np.ptp(values - pixel * number) <= 2.0 * JITTER * pixel
    return (axis, number) if within else exact


def _split(values: FloatArray, apart: float) -> tuple[FloatArray, Any]:
    """Group values that lie closer than ``apart``: the mean of each group, the group of each."""
    order = np.argsort(values, kind="stable")
    new = np.diff(values[order], prepend=-np.inf) > apart
    number = np.empty(values.size, dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    sums = np.bincount(number, weights=values)
    means = sums / np.bincount(number)
    # an exact coordinate stays what it is
    first = values[order][new]
    return np.where(np.abs(means - first) <= 1e-12 * np.abs(first), first, means), number
