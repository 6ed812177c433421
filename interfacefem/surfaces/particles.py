# SPDX-License-Identifier: MIT
"""Surfaces of packed particles: dropped one by one, felt by a ball, cut flat, smoothed.

Spectral and closed-form surfaces are in ``generate``.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from scipy.ndimage import grey_erosion

from interfacefem.errors import SurfaceError
from interfacefem.surfaces.change import filtered_amplitudes
from interfacefem.surfaces.generate import grid_axes, positive
from interfacefem.surfaces.quantities import (
    BYTES,
    Size,
    lengths,
    points_tuple,
    record,
    require_room,
    samples,
    seed_number,
    text,
)
from interfacefem.surfaces.recipe import maker
from interfacefem.surfaces.shapes import CosineSeries, FloatArray
from interfacefem.surfaces.topography import Topography
from interfacefem.units import Dimensional, to_internal

Packing = Literal["dense", "loose"]

#: of so many random places, per square of the median diameter, a particle takes the lowest
TRIES: dict[str, float] = {"dense": 2.0, "loose": 0.1}
#: thickness of the packing in mean diameters: its surface no longer knows the floor
LAYERS = 5.0
#: so many median diameters are packed beyond every wall
MARGIN = 2.0
#: lognormal sizes are drawn again beyond so many standard deviations
TAILS = 2.0
#: more particles than this are refused
MOST = 20000
#: fraction of a radius to which a rolling particle finds its rest
REST = 0.02


@maker("packed_particles")
def packed_particles(
    size: Size,
    points: int | tuple[int, ...] | None = None,
    *,
    diameter: Dimensional,
    seed: int,
    spread: float = 0.0,
    packing: Packing = "dense",
    flattened: float = 0.0,
    short_cutoff: Dimensional | None = None,
    probe: Dimensional | None = None,
) -> Topography:
    """Top of a packing of round particles, as of a powder layer before or after its punch.

    Spheres (discs for a line) fall one by one and roll to rest until the packing is five mean
    diameters thick. A ball then feels the surface: what it cannot reach counts as filled. The
    punch replaces what stands above its plane by the plane. At last the heights, reflected at the
    walls, pass a Gaussian filter, so that the surface is a cosine series with mean 0 and the walls
    are symmetry planes.

    Parameters
    ----------
    size : str, float or sequence of one or two [um]
    points : int or tuple of int, optional
        Samples per direction, both ends included; they do not change the surface. Sixteen per
        short cut-off if not given.
    diameter : str or float [um]
        Median of the particles by number.
    seed : int
        Same seed, same packing; punch, ball and filter do not change it.
    spread : float [-]
        Standard deviation of the logarithm of the diameter, 0 for equal particles, at most 0.7.
        Sizes beyond two standard deviations are left out.
    packing : {"dense", "loose"}
        A particle falls on the lowest of many random places, as in a powder that is tapped and
        levelled, or of a few, which leaves a looser and rougher packing.
    flattened : float [-]
        Share of the area that the punch leaves in its plane before the filter, below 1.
    short_cutoff : str or float [um], optional
        Wavelength of the filter; half a median diameter if not given. Longer is gentler.
    probe : str or float [um], optional
        Diameter of the ball that feels the surface, such as a particle of the next layer; a median
        diameter if not given. 0 is the view from above, with steep pits.

    Returns
    -------
    Topography

    Raises
    ------
    SurfaceError, UnitError
        If a value is out of range, the points cannot carry the cut-off, or the particles are too
        many.

    Notes
    -----
    Particles keep their shape: a punch that presses them flat also pushes material into the
    valleys, which is left to the solver. Rolling is a search in random directions to a fiftieth of
    the radius, not a motion in time. A wall cuts particles in two, and beyond it is the mirror
    image. Slopes are steep, an rms of 0.4 to 1; scale the surface where a solver cannot follow.

    References
    ----------
    Visscher and Bolsterli (1972), Nature 239, 504 (packing by dropping and rolling).
    ISO 16610-41:2015, Filtration: morphological profile filters, disk and horizontal segment.
    ISO 16610-21:2011, Filtration: linear profile filters, Gaussian filters.
    """
    place = "packed_particles"
    extent = lengths(size, place)
    median = positive(diameter, f"{place} diameter")
    short = 0.5 * median
    if short_cutoff is not None:
        short = positive(short_cutoff, f"{place} short_cutoff")
    ball = median if probe is None else to_internal(probe, "length", place=f"{place} probe")
    deviation = to_internal(spread, "dimensionless", place=f"{place} spread")
    share = to_internal(flattened, "dimensionless", place=f"{place} flattened")
    _check(extent, median, short, deviation, share, ball, packing)
    number = seed_number(seed, place)
    waves = samples(extent, short, 2.0, place)
    if points is None:
        points = samples(extent, short, 16.0, place)
    count = points_tuple(points, len(extent), place)
    for length, n, fewest in zip(extent, count, waves, strict=True):
        if length / (n - 1) > short / 2.0:
            raise SurfaceError(
                f"{place}: {n} points over {length:g} um give {short * (n - 1) / length:.3g} per "
                f"short_cutoff {short:g} um; give at least {fewest}"
            )
    centres, radii = _packed(extent, median, deviation, packing, number)
    fine = samples(extent, min(short, median), 12.0, place)
    reach = [ball * (n - 1) / length + 1.0 for length, n in zip(extent, fine, strict=True)]
    # scipy lists the neighbours in the ball for each distance from a wall, in 8 bytes each
    listed = math.prod(reach) * math.prod(min(pair) for pair in zip(reach, fine, strict=True))
    require_room(8.0 / BYTES * listed, f"probe {ball:g} um", place, "take a smaller probe")
    heights = _felt(_from_above(extent, fine, centres, radii + 0.5 * ball), extent, 0.5 * ball)
    if share > 0.0:
        heights = np.minimum(heights, np.quantile(heights, 1.0 - share))  # the punch
    # Waves shorter than a sixth of the cut-off pass by less than 1e-10.
    kept = tuple(int(np.ceil(12.0 * length / short)) + 1 for length in extent)
    amplitudes = filtered_amplitudes(heights, extent, "gaussian", short, kept)
    amplitudes[(0,) * amplitudes.ndim] = 0.0
    series = CosineSeries(amplitudes, extent)
    recipe = record(place, extent, count) | {
        "diameter": text(median),
        "spread": deviation,
        "packing": packing,
        "flattened": share,
        "short_cutoff": text(short),
        "probe": text(ball),
        "seed": number,
    }
    return Topography(series.grid(*grid_axes(extent, count)), extent, True, recipe, series)


def _check(
    extent: tuple[float, ...],
    median: float,
    short: float,
    deviation: float,
    share: float,
    ball: float,
    packing: str,
) -> None:
    place = "packed_particles"
    if packing not in get_args(Packing):
        raise SurfaceError(f"{place}: packing {packing!r} is unknown; write 'dense' or 'loose'")
    if not 0.0 <= deviation <= 0.7:
        raise SurfaceError(f"{place}: spread {deviation:g} must be from 0 to 0.7")
    if not 0.0 <= share < 1.0:
        raise SurfaceError(f"{place}: flattened {share:g} must be from 0 to below 1")
    if ball < 0.0:
        raise SurfaceError(f"{place}: probe {ball:g} um must be 0 or more")
    if not short < 2.0 * min(extent):
        raise SurfaceError(
            f"{place}: short_cutoff {short:g} um must be less than twice the size {extent} um"
        )
    many = _number(extent, median, deviation)
    if not many <= MOST:
        raise SurfaceError(
            f"{place}: {many:.4g} particles of {median:g} um over {extent} um are more than "
            f"{MOST}; take a smaller size or larger particles"
        )


def _number(extent: tuple[float, ...], median: float, deviation: float) -> float:
    """Particles whose volume fills a solid layer of 0.6 times the thickness aimed at."""
    dimension = len(extent) + 1
    unit = np.pi / 4.0 if dimension == 2 else np.pi / 6.0
    mean = unit * median**dimension * np.exp(0.5 * (dimension * deviation) ** 2)
    area = float(np.prod([length + 2.0 * MARGIN * median for length in extent]))
    volume = 0.6 * area * LAYERS * median
    return math.ceil(volume / mean) if volume <= MOST * MOST * mean else math.inf


def _packed(
    extent: tuple[float, ...], median: float, deviation: float, packing: str, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Centres (n, d), the last coordinate the height, and radii (n,) of a packing on a floor."""
    random = np.random.default_rng(seed)
    number = int(_number(extent, median, deviation))
    size = np.array(extent) + 2.0 * MARGIN * median
    radii = np.empty(number)
    for i in range(number):
        draw = random.standard_normal()
        while abs(draw) > TAILS:
            draw = random.standard_normal()
        radii[i] = 0.5 * median * np.exp(deviation * draw)
    centres = np.empty((number, len(extent) + 1))
    largest = float(radii.max())
    # The top so far on a coarse grid, to find low places without asking every particle.
    spacing = 0.25 * median
    tops = np.zeros(tuple(int(np.ceil(length / spacing)) + 1 for length in size))
    coarse = tuple(spacing * np.arange(n, dtype=np.float64) for n in tops.shape)
    tries = int(np.ceil(TRIES[packing] * np.prod(size / median)))
    for i, radius in enumerate(radii):
        spots = random.uniform(0.0, 1.0, (tries, len(extent))) * size
        lowest = np.argmin(tops[tuple(np.rint(spots.T / spacing).astype(int))])
        spot = spots[lowest]
        near = np.abs(centres[:i, :-1] - spot).max(axis=1) < radius + 3.0 * largest
        others, reach = centres[:i][near], radii[:i][near] + radius
        height = float(_rest(spot[None, :], radius, others, reach)[0])
        spot, height = _roll(spot, height, radius, 2.0 * largest, size, others, reach, random)
        centres[i, :-1], centres[i, -1] = spot, height
        _raise(tops, coarse, centres[i], radius)
    centres[:, :-1] -= MARGIN * median
    return centres, radii


def _rest(spots: FloatArray, radius: float, others: FloatArray, reach: FloatArray) -> FloatArray:
    """Heights at which a particle that falls at spots (m, d) first touches another or the floor."""
    squared = reach**2 - ((others[None, :, :-1] - spots[:, None, :]) ** 2).sum(axis=2)
    touching = np.where(squared > 0.0, others[:, -1] + np.sqrt(np.maximum(squared, 0.0)), radius)
    return np.asarray(touching.max(axis=1, initial=radius))


def _roll(
    start: FloatArray,
    height: float,
    radius: float,
    furthest: float,
    size: FloatArray,
    others: FloatArray,
    reach: FloatArray,
    random: np.random.Generator,
) -> tuple[FloatArray, float]:
    """Move downhill, to the lowest of six random directions, with ever shorter steps."""
    spot, step = start, 0.5 * radius
    while step > REST * radius and height > radius:
        directions = random.standard_normal((6, len(start)))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        trials = np.clip(spot + step * directions, 0.0, size)
        trials = np.clip(trials, start - furthest, start + furthest)
        heights = _rest(trials, radius, others, reach)
        if heights.min() < height:
            spot, height = trials[np.argmin(heights)], float(heights.min())
        else:
            step *= 0.5
    return spot, height


def _felt(centre_heights: FloatArray, extent: tuple[float, ...], radius: float) -> FloatArray:
    """Surface under a ball whose centre rests at these heights: closing by a ball."""
    if radius == 0.0:
        return centre_heights
    squared = np.zeros(())
    for direction, (length, n) in enumerate(zip(extent, centre_heights.shape, strict=True)):
        spacing = length / (n - 1)
        half = int(radius / spacing)
        form = [1] * len(extent)
        form[direction] = -1
        squared = squared + ((spacing * np.arange(-half, half + 1)) ** 2).reshape(form)
    inside = squared <= radius**2
    drop = np.sqrt(np.where(inside, radius**2 - squared, 0.0))
    return np.asarray(grey_erosion(centre_heights, footprint=inside, structure=drop, mode="mirror"))


def _from_above(
    extent: tuple[float, ...], count: tuple[int, ...], centres: FloatArray, radii: FloatArray
) -> FloatArray:
    """Highest particle at each point of a grid; the floor where there is none."""
    axes = grid_axes(extent, count)
    heights = np.zeros(count)
    for centre, radius in zip(centres, radii, strict=True):
        _raise(heights, axes, centre, radius)
    return heights


def _raise(
    heights: FloatArray, axes: tuple[FloatArray, ...], centre: FloatArray, radius: float
) -> None:
    """Raise heights on a grid to the top of one particle, in place."""
    windows, offsets = [], []
    for axis, c in zip(axes, centre[:-1], strict=True):
        first, last = np.searchsorted(axis, (c - radius, c + radius))
        windows.append(slice(int(first), int(last)))
        offsets.append((axis[first:last] - c) ** 2)
    squared = offsets[0] if len(offsets) == 1 else offsets[0][:, None] + offsets[1][None, :]
    part = heights[tuple(windows)]
    inside = squared < radius**2
    top = centre[-1] + np.sqrt(np.where(inside, radius**2 - squared, 0.0))
    part[...] = np.where(inside, np.maximum(part, top), part)
