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
#: fewest values of which it is said that they are coordinates, and how equal their steps are then
FEWEST, EVEN = 4, 1e-6


def forms_grid(table: FloatArray) -> bool:
    """Return whether the first two of three columns are the places of a full grid.

    Parameters
    ----------
    table : (n, 3) array
    """
    if len(table) < FEWEST or not np.isfinite(table[:, :2]).all():
        return False
    x, column, y, row = _places(table)
    full = x.size >= 2 and y.size >= 2 and x.size * y.size == len(table)
    return full and np.unique(column * y.size + row).size == len(table)


def refuse_coordinates(heights: FloatArray, place: str) -> None:
    """Refuse a map of which a row or columns are places of the samples, not heights.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array
    place : str

    Raises
    ------
    SurfaceError
        If the first column or row is even as coordinates are while the others are not, or two of
        three columns are the places of a grid.
    """
    if heights.ndim != 2 or len(heights) < FEWEST:
        return
    if heights.shape[1] == 3 and forms_grid(heights):
        raise SurfaceError(
            f"{place}: the first two of three columns are the places of a grid; give the heights "
            "as an array (nx, ny), with x= and y="
        )
    for table, name in ((heights, "column"), (heights.T, "row")):
        if len(table) < FEWEST or not _even(table[1:, 0]):
            continue
        corner = not np.isfinite(table[0, 0])
        if corner or _even(table[:, 0]):
            if all(_even(column[corner:], constant=True) for column in table.T):
                continue  # a ruled surface, as a plane is
            raise SurfaceError(
                f"{place}: the first {name} of heights of shape {heights.shape} is evenly spaced, "
                f"{table[1, 0]:g}, {table[2, 0]:g}, ... {table[-1, 0]:g}, as coordinates are; take "
                "it out of the heights, or give x= and y= if it is one of them"
            )


def _even(values: FloatArray, *, constant: bool = False) -> bool:
    """Whether values rise or fall by equal steps, or may be all the same."""
    steps = np.diff(values)
    if not np.isfinite(steps).all() or not steps.size:
        return False
    mean = float(steps.mean())
    return (constant or mean != 0.0) and bool(np.all(np.abs(steps - mean) <= EVEN * abs(mean)))


def repeats(table: FloatArray) -> bool:
    """Return whether the first two of three columns repeat their values as places of a grid do.

    Rows may be missing or stand there twice.

    Parameters
    ----------
    table : (n, 3) array
    """
    if len(table) < FEWEST or not np.isfinite(table[:, :2]).all():
        return False
    x, _, y, _ = _places(table)
    return bool(x.size >= 2 and y.size >= 2 and x.size * y.size <= 2 * len(table))


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
