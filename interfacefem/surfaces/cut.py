# SPDX-License-Identifier: MIT
"""Parts of a topography: a cut-out, several side by side, a line out of an area.

The methods of ``Topography`` call these; changes of the whole surface are in ``change``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.quantities import as_whole
from interfacefem.surfaces.change import changed, joined
from interfacefem.surfaces.shapes import CosineSeries, Sampled, Shape
from interfacefem.units import Dimensional, to_internal

if TYPE_CHECKING:
    from interfacefem.surfaces.topography import Topography

#: where a part begins and ends [um]; None is the whole side
Span = tuple[Dimensional, Dimensional] | list[Dimensional] | None


def crop(
    surface: Topography,
    *,
    x: Span = None,
    y: Span = None,
) -> Topography:
    """Return the part of a surface between two places, from sample to sample.

    Parameters
    ----------
    surface : Topography
    x, y : pair of str or float [um], optional
        Where it begins and ends; the samples nearest to them do. The whole side if not given.

    Raises
    ------
    SurfaceError
        If a place is outside, a part has fewer than 2 samples, or y is given for a line.
    """
    given = (x, y)[: surface.dimension]
    if surface.dimension == 1 and y is not None:
        raise SurfaceError("crop: a line has no y; give x only")
    step: dict[str, Any] = {"do": "crop"}
    cuts = []
    for name, part, length, spacing, count in zip(
        "xy", given, surface.size, surface.spacing, surface.points, strict=False
    ):
        if part is None:
            cuts.append(slice(0, count))
            continue
        if isinstance(part, str) or len(part) != 2:
            raise SurfaceError(f"crop: {name} {part!r} is no pair; give where it begins and ends")
        ends = [to_internal(one, "length", place=f"crop {name}") for one in part]
        first, last = (round(end / spacing) for end in ends)
        if not 0 <= first < last < count:
            raise SurfaceError(
                f"crop: {name} from {ends[0]:g} to {ends[1]:g} um; give rising places between 0 "
                f"and {length:g} um, at least {spacing:g} um apart"
            )
        cuts.append(slice(first, last + 1))
        step[name] = [f"{end!r} um" for end in ends]
    heights = surface.heights[tuple(cuts)]
    if heights.shape == surface.heights.shape:
        return surface
    pairs = zip(heights.shape, surface.spacing, strict=True)
    size = tuple((count - 1) * spacing for count, spacing in pairs)
    shape = Sampled(heights, size, joined(surface), symmetric=False)
    return changed(surface, step, shape, heights, size=size, mirrored=False)


def patches(surface: Topography, count: int | tuple[int, ...]) -> list[Topography]:
    """Return a surface in parts of one size, side by side; neighbours share their end samples.

    Parameters
    ----------
    surface : Topography
    count : int or tuple of int
        Parts per direction. What is left over at the far ends is left out.

    Returns
    -------
    list of Topography
        Row by row: the last direction runs fastest.

    Raises
    ------
    SurfaceError
        If a part would have fewer than 2 samples.
    """
    given = count if isinstance(count, tuple) else (count,) * surface.dimension
    numbers = [as_whole(number) or 0 for number in given]
    if len(numbers) != surface.dimension or not all(
        0 < number < points for number, points in zip(numbers, surface.points, strict=False)
    ):
        raise SurfaceError(
            f"patches: {count!r} of {surface.points} samples; give {surface.dimension} whole "
            "number(s) of at least 1 that leave 2 samples a part"
        )
    steps = [(n - 1) // number for n, number in zip(surface.points, numbers, strict=True)]
    found = []
    for place in np.ndindex(*numbers):
        ends = {
            name: (index * step * spacing, (index + 1) * step * spacing)
            for name, index, step, spacing in zip("xy", place, steps, surface.spacing, strict=False)
        }
        found.append(crop(surface, **ends))
    return found


def profile(surface: Topography, *, axis: str = "x", at: Dimensional) -> Topography:
    """Cut a line from an area, its heights unchanged.

    Parameters
    ----------
    surface : Topography
    axis : {"x", "y"}
        Direction of the line.
    at : str or float [um]
        Where it lies in the other direction.

    Raises
    ------
    SurfaceError
        For a line, an unknown axis, or a place outside the walls.
    """
    if surface.dimension == 1:
        raise SurfaceError("profile: this surface is a line already; cut areas only")
    if axis not in ("x", "y"):
        raise SurfaceError(f"profile: axis {axis!r} is unknown; write 'x' or 'y'")
    along = "xy".index(axis)
    place = to_internal(at, "length", place="profile at")
    other = np.full(surface.points[along], place)
    pair = (surface.x, other) if along == 0 else (other, surface.y)
    heights = surface.at(*pair)
    size = (surface.size[along],)
    shape: Shape = Sampled(heights, size, joined(surface), symmetric=surface.mirrored)
    if isinstance(surface.shape, CosineSeries):
        shape = surface.shape.cut(along, place)
    step = {"do": "profile", "axis": axis, "at": f"{place!r} um"}
    return changed(surface, step, shape, heights, size=size)
