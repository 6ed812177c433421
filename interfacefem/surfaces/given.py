# SPDX-License-Identifier: MIT
"""Surfaces from arrays of heights that a user has, checked.

Used for arrays and files alike; ``place`` names the file or call in every message.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.interpolate import RegularGridInterpolator, griddata

from interfacefem.errors import SurfaceError, UnitError
from interfacefem.grammar import unit_name
from interfacefem.surfaces.grids import JITTER, refuse_coordinates
from interfacefem.surfaces.quantities import Size, check_far, lengths, record, require_room
from interfacefem.surfaces.recipe import maker
from interfacefem.surfaces.shapes import FloatArray, Interpolation, Sampled
from interfacefem.surfaces.topography import Topography
from interfacefem.units import unit_size

#: what programs write where there is no height, besides numbers of a size that no height has
NO_DATA = tuple(sign * number for number in (999.0, 9999.0, 99999.0, 999999.0) for sign in (-1, 1))
NO_DATA += tuple(
    sign * float(2**bits - one) for bits in (15, 16, 31) for one in (0, 1) for sign in (-1, 1)
)
NO_DATA_SIZE = 1e30
NoData = float | Literal["find", "none"]
#: how far such a number lies outside of the other heights, in ranges of those
NO_DATA_FAR = 3.0
#: largest share of heights that an unusual number for no data is taken to have
NO_DATA_SHARE = 0.25
#: fewest different heights among which it is looked for
NO_DATA_AMONG = 8


def as_numbers(values: Any, name: str, place: str) -> FloatArray:
    """Return values as floats; what is text, true or false, complex or a date is no number.

    Raises
    ------
    SurfaceError
        If one is none.
    """
    try:
        array = np.asarray(values)
        require_room(array.size, f"{name} of shape {array.shape}", place, "give fewer of them")
        if array.dtype.kind == "O" and not any(isinstance(v, str | bool) for v in array.flat):
            array = array.astype(np.float64)
        if array.dtype.kind not in "iuf":
            raise TypeError
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        verb = "is" if name in ("x", "y", "size") else "are"
        raise SurfaceError(
            f"{place}: {name} {verb} not all numbers; give an array of floats"
        ) from None


def without_unit(values: Any, unit: str, place: str) -> Any:
    """Return the numbers of a quantity of pint in a unit; anything else as it is.

    Raises
    ------
    UnitError
        If it is a quantity of another kind.
    """
    import pint

    if not isinstance(values, pint.Quantity):
        return values
    try:
        return values.to(unit_name(unit)).magnitude
    except pint.PintError:
        raise UnitError(f"{place}: {values.units} is no unit of a length; convert it") from None


def as_heights(heights: Any, place: str) -> FloatArray:
    """Return heights as floats, masked values as NaN.

    Raises
    ------
    SurfaceError
        If they are not numbers, or not a line or an area of at least 2 samples.
    """
    numbers = as_numbers(heights, "heights", place)
    array = np.where(np.ma.getmaskarray(heights), np.nan, numbers)
    if array.ndim not in (1, 2) or min(array.shape) < 2:
        raise SurfaceError(
            f"{place}: heights have shape {array.shape}; give (n,) for a line or (nx, ny) for an "
            "area, with at least 2 samples per direction"
        )
    return array


def as_axis(coordinates: Any, name: str, place: str) -> FloatArray:
    """Return one direction's coordinates [um], finite and rising.

    Raises
    ------
    SurfaceError
        If one is not finite, repeated, or smaller than the one before.
    """
    axis = as_numbers(coordinates, name, place)
    if axis.ndim != 1 or axis.size < 2:
        raise SurfaceError(f"{place}: {name} has shape {axis.shape}; give (n,) with n >= 2")
    if not np.isfinite(axis).all():
        where = int(np.argmin(np.isfinite(axis)))
        raise SurfaceError(f"{place}: {name}[{where}] is {axis[where]}; remove or correct the row")
    steps = np.diff(axis)
    if (steps == 0.0).any():
        where = int(np.argmax(steps == 0.0)) + 1
        raise SurfaceError(
            f"{place}: {name}[{where}] = {axis[where]:g} um repeats the value before; remove "
            "duplicate rows"
        )
    if (steps < 0.0).any():
        where = int(np.argmax(steps < 0.0)) + 1
        raise SurfaceError(
            f"{place}: {name}[{where}] = {axis[where]:g} um is below {axis[where - 1]:g} um before "
            "it; sort the rows by rising coordinate"
        )
    return axis


def on_even_grid(
    heights: FloatArray,
    axes: list[FloatArray],
    size: tuple[float, ...] | None,
    *,
    regrid: bool,
    place: str,
) -> tuple[FloatArray, tuple[float, ...]]:
    """Return heights on an even grid and its size [um].

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]
    axes : list of arrays [um]
        Coordinates per direction, or empty.
    size : tuple of float [um] or None
    regrid : bool
        Interpolate uneven coordinates instead of refusing them.
    place : str

    Raises
    ------
    SurfaceError
        If there is no size, size and shape disagree, or spacing is uneven: a sample is further
        than a tenth of a pixel from its place in the grid.
    """
    if size is not None and len(size) == 1 and heights.ndim == 2 and len({*heights.shape}) == 1:
        size = size * 2  # both sides of a square map
    if not axes:
        if size is None:
            raise SurfaceError(
                f"{place}: the size is not known; give size= or the sample coordinates x="
            )
        if len(size) != heights.ndim:
            raise SurfaceError(
                f"{place}: heights of shape {heights.shape} need {heights.ndim} length(s), but "
                f"size has {len(size)}"
            )
        return heights, size
    if tuple(axis.size for axis in axes) != heights.shape:
        given = " x ".join(str(axis.size) for axis in axes)
        raise SurfaceError(
            f"{place}: {given} coordinates do not fit heights of shape {heights.shape}; give one "
            "coordinate per sample"
        )
    extent = tuple(float(axis[-1] - axis[0]) for axis in axes)
    if size is not None and not (
        len(size) == len(extent) and np.allclose(size, extent, rtol=1e-6, atol=0.0)
    ):
        raise SurfaceError(
            f"{place}: size {size} um differs from what the coordinates span, {extent} um; leave "
            "size out or correct one of them"
        )
    uneven = False
    for name, axis in zip("xy", axes, strict=False):
        steps = np.diff(axis)
        worst = int(np.argmax(abs(steps - steps.mean())))
        even_axis = np.linspace(axis[0], axis[-1], axis.size)
        if np.abs(axis - even_axis).max() > JITTER * steps.mean():
            uneven = True
            if not regrid:
                raise SurfaceError(
                    f"{place}: spacing of {name} is uneven, {steps[worst]:g} um at {name} = "
                    f"{axis[worst]:g} um against {steps.mean():g} um on average; give regrid=True "
                    "to interpolate to an even grid"
                )
    if uneven:
        even = [np.linspace(axis[0], axis[-1], axis.size) for axis in axes]
        linear = RegularGridInterpolator(tuple(axes), heights, method="linear")
        heights = np.asarray(linear(tuple(np.meshgrid(*even, indexing="ij"))))
    return heights, extent


def _far(heights: FloatArray, candidates: Any, others: FloatArray) -> Any:
    """Return which of the candidates lie far outside of all other heights."""
    if not others.size:
        return np.zeros(heights.shape, dtype=bool)
    low, high = float(others.min()), float(others.max())
    outside = np.maximum(low - heights, heights - high)
    return candidates & (outside > NO_DATA_FAR * (high - low))


def _no_heights(heights: FloatArray) -> Any:
    """Return which numbers stand for no data: usual ones, or one that is there several times."""
    finite = np.isfinite(heights)
    usual = finite & (np.isin(heights, NO_DATA) | (np.abs(heights) >= NO_DATA_SIZE))
    marked = _far(heights, usual, heights[finite & ~usual])
    while (left := heights[finite & ~marked]).size:
        found = marked
        for value in (left.min(), left.max()):
            same = finite & ~marked & (heights == value)
            rest = heights[finite & ~marked & ~same]
            several = 1 < np.count_nonzero(same) <= NO_DATA_SHARE * heights.size
            # of a few heights, as those of a grating, any can stand apart from the others
            if several and np.unique(rest).size >= NO_DATA_AMONG:
                found = found | _far(heights, same, rest)
        if (found == marked).all():
            break
        marked = found
    return marked


def with_marked_holes(
    heights: FloatArray, no_data: NoData, *, fill: bool, place: str
) -> FloatArray:
    """Return heights with NaN for numbers that stand for "no data".

    Such a number lies far outside of all other heights, and is a usual one (-9999, -32768, 1e38)
    or there several times.

    Parameters
    ----------
    heights : array, in the unit of the file
    no_data : float, "find" or "none"
        That number, if it is known.
    fill : bool
        Holes will be closed.
    place : str

    Raises
    ------
    SurfaceError
        If there are such numbers and ``fill`` is false.
    """
    if isinstance(no_data, str) and no_data == "none":
        return heights
    number = isinstance(no_data, int | float | np.number) and not isinstance(no_data, bool)
    if not number and no_data != "find":
        raise SurfaceError(
            f'{place}: no_data {no_data!r} is unknown; write a number, "find" or "none"'
        )
    if number:
        return np.where(np.isclose(heights, no_data, rtol=1e-6, atol=0.0), np.nan, heights)
    marked = _no_heights(heights)
    if not marked.any():
        return heights
    others = heights[np.isfinite(heights) & ~marked]
    low, high = (float(others.min()), float(others.max())) if others.size else (np.nan, np.nan)
    first = tuple(int(i) for i in np.argwhere(marked)[0])
    if not fill:
        raise SurfaceError(
            f"{place}: {np.count_nonzero(marked)} of {heights.size} heights are "
            f"{heights[first]:g}, the first at sample {first[0] if len(first) == 1 else first}, "
            f"the others lie in {low:g} to {high:g}: it stands for no data; give fill_holes=True "
            'to interpolate over them, or no_data="none" if it is a height'
        )
    return np.where(marked, np.nan, heights)


def without_holes(heights: FloatArray, *, fill: bool, place: str) -> FloatArray:
    """Return heights with holes closed, or refuse them.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]
    fill : bool
    place : str

    Raises
    ------
    SurfaceError
        If there are holes and ``fill`` is false, or fewer than 3 samples are left.
    """
    holes = ~np.isfinite(heights)
    count = int(np.count_nonzero(holes))
    if count == 0:
        return heights
    first = tuple(int(i) for i in np.argwhere(holes)[0])
    shown = first[0] if len(first) == 1 else first
    if not fill:
        raise SurfaceError(
            f"{place}: {count} of {heights.size} heights are holes (NaN, infinite or masked), the "
            f"first at sample {shown}; give fill_holes=True to interpolate over them"
        )
    if heights.size - count < 3:
        raise SurfaceError(
            f"{place}: only {heights.size - count} heights are not holes; measure again"
        )
    known = np.argwhere(~holes)
    values = heights[~holes]
    filled = heights.copy()
    if heights.ndim == 1:
        filled[holes] = np.interp(np.flatnonzero(holes), known[:, 0], values)
        return filled
    wanted = np.argwhere(holes)
    nearest = griddata(known, values, wanted, method="nearest")
    # a triangulation needs points that do not lie on one line
    spread = np.linalg.matrix_rank(known - known[0]) == 2
    linear = griddata(known, values, wanted, method="linear") if spread else nearest
    filled[holes] = np.where(np.isnan(linear), nearest, linear)
    return filled


@maker("heights")
def from_heights(
    heights: npt.ArrayLike,
    size: Size | None = None,
    *,
    x: npt.ArrayLike | None = None,
    y: npt.ArrayLike | None = None,
    unit: str = "um",
    fill_holes: bool = False,
    regrid: bool = False,
    mirrored: bool = False,
    interpolation: Interpolation = "cubic",
    no_data: NoData = "find",
    pixel: Size | None = None,
    place: str = "from_heights",
) -> Topography:
    """Topography from an array of heights on an even grid that includes both ends.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [unit]
        NaN or masked where there is a hole.
    size : str, float or sequence of one or two [um], optional
        One length is that of a line, or of both sides of an area of as many samples along x as y.
    x, y : array [um], optional
        Sample coordinates, rising; they take the place of ``size`` and start anywhere. They are
        even if each is within a tenth of a spacing of its place.
    unit : str
        Unit of the heights.
    fill_holes : bool
        Close holes by linear interpolation, at the rim by the nearest height.
    regrid : bool
        Bring uneven coordinates to an even grid by linear interpolation.
    mirrored : bool
        State that slopes vanish at the walls (then the cubic line is made so).
    interpolation : {"cubic", "linear"}
        What happens between the samples.
    no_data : float, "find" or "none"
        Number that stands for no data, in the unit of the heights. If not given, such numbers are
        found and named, as -9999 among heights of some um; ``fill_holes`` closes them too.
        ``"none"``: all are heights.
    pixel : str, float or sequence of one or two [um], optional
        Distance of the samples, in the place of ``size``.
    place : str
        Name in messages.

    Raises
    ------
    SurfaceError, UnitError
        If there are holes, the shape or size does not fit, or coordinates do not rise evenly.
    """
    factor = unit_size(unit, "length", place=f"{place} unit")
    array = as_heights(without_unit(heights, unit, place), place)
    if x is None and y is None:
        refuse_coordinates(array, place)
    array = with_marked_holes(array, no_data, fill=fill_holes, place=place)
    check_far(array, place)
    array = array * factor
    given = [(n, without_unit(c, "um", f"{place} {n}")) for n, c in (("x", x), ("y", y))]
    axes = [as_axis(c, n, place) for n, c in given if c is not None]
    if pixel is not None and (size is not None or axes):
        raise SurfaceError(f"{place}: pixel stands beside size or x; give one of them")
    extent = None if size is None else lengths(size, place)
    if pixel is not None:
        pixels = np.resize(lengths(pixel, f"{place} pixel"), array.ndim)
        extent = tuple(float(p) * (n - 1) for p, n in zip(pixels, array.shape, strict=True))
    array, extent = on_even_grid(array, axes, extent, regrid=regrid, place=place)
    array = without_holes(array, fill=fill_holes, place=place)
    if interpolation not in ("cubic", "linear"):
        raise SurfaceError(f"{place}: interpolation {interpolation!r} is unknown; cubic or linear")
    shape = Sampled(array, extent, interpolation, symmetric=mirrored)
    recipe = record("heights", extent, tuple(array.shape)) | {"interpolation": interpolation}
    if mirrored:
        recipe["mirrored"] = True
    if no_data != "find":
        recipe["no_data"] = no_data
    return Topography(array, extent, mirrored, recipe, shape)
