# SPDX-License-Identifier: MIT
"""Surfaces from arrays of heights that a user has. Files are in ``files``, checks in ``clean``."""

from __future__ import annotations

from typing import Any

from interfacefem.errors import SurfaceError
from interfacefem.surfaces import clean
from interfacefem.surfaces.quantities import Size, check_far, lengths, record
from interfacefem.surfaces.recipe import maker
from interfacefem.surfaces.shapes import Interpolation, Sampled
from interfacefem.surfaces.topography import Topography
from interfacefem.units import unit_size


@maker("heights")
def from_heights(
    heights: Any,
    size: Size | None = None,
    *,
    x: Any = None,
    y: Any = None,
    unit: str = "um",
    fill_holes: bool = False,
    regrid: bool = False,
    mirrored: bool = False,
    interpolation: Interpolation = "cubic",
    place: str = "from_heights",
) -> Topography:
    """Topography from an array of heights on an even grid that includes both ends.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [unit]
        NaN or masked where there is a hole.
    size : str, float or sequence of one or two [um], optional
    x, y : array [um], optional
        Sample coordinates, rising; they take the place of ``size`` and start anywhere.
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
    place : str
        Name in messages.

    Raises
    ------
    SurfaceError, UnitError
        If there are holes, the shape or size does not fit, or coordinates do not rise evenly.
    """
    factor = unit_size(unit, "length", place=f"{place} unit")
    array = clean.as_heights(heights, place)
    check_far(array, place)
    array = array * factor
    axes = [clean.as_axis(c, n, place) for n, c in (("x", x), ("y", y)) if c is not None]
    extent = None if size is None else lengths(size, place)
    array, extent = clean.on_even_grid(array, axes, extent, regrid=regrid, place=place)
    array = clean.without_holes(array, fill=fill_holes, place=place)
    if interpolation not in ("cubic", "linear"):
        raise SurfaceError(f"{place}: interpolation {interpolation!r} is unknown; cubic or linear")
    shape = Sampled(array, extent, interpolation, symmetric=mirrored)
    recipe = record("heights", extent, tuple(array.shape)) | {"interpolation": interpolation}
    if mirrored:
        recipe["mirrored"] = True
    return Topography(array, extent, mirrored, recipe, shape)
