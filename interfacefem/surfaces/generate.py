# SPDX-License-Identifier: MIT
"""Surfaces that are made: self-affine, sinusoidal, flat and caps.

Every surface keeps its recipe, so it can be made again. Surfaces from arrays are in ``given``,
from files in ``files``, packed particles in ``particles``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.quantities import computable, spoken
from interfacefem.surfaces.quantities import (
    Size,
    check_far,
    lengths,
    points_tuple,
    record,
    samples,
    seed_number,
    text,
)
from interfacefem.surfaces.recipe import maker
from interfacefem.surfaces.shapes import Cap, CosineSeries, FloatArray, Wave
from interfacefem.surfaces.topography import Topography
from interfacefem.units import Dimensional, to_internal


def grid_axes(size: tuple[float, ...], points: tuple[int, ...]) -> tuple[FloatArray, ...]:
    """Return the sample coordinates per direction, both ends included [um]."""
    return tuple(np.linspace(0.0, length, n) for length, n in zip(size, points, strict=True))


def positive(value: Dimensional, place: str) -> float:
    """Return a length [um] that must be above 0."""
    number = to_internal(value, "length", place=place)
    if number <= 0.0 or not computable(number):
        what = "positive" if number <= 0.0 else "a length that can be computed with"
        raise SurfaceError(f"{place}: {spoken(number, 'length', number)} must be {what}")
    return number


@maker("self_affine")
def self_affine(
    size: Size,
    points: int | tuple[int, ...] | None = None,
    *,
    hurst: float,
    short_cutoff: Dimensional,
    seed: int,
    rms_height: Dimensional | None = None,
    rms_slope: float | None = None,
    long_cutoff: Dimensional | None = None,
    rolloff: Literal["flat", "cut"] = "flat",
) -> Topography:
    r"""Self-affine roughness as a random cosine series, mirror-symmetric at the walls.

    Between the cut-offs the amplitudes follow the power spectrum of a line,
    :math:`C_{1D} \propto q^{-1-2H}`, or of an isotropic area, :math:`C_{2D} \propto q^{-2-2H}`,
    times a normal random number each. The mean is 0; rms height or slope is exactly as asked.

    Parameters
    ----------
    size : str, float or sequence of one or two [um]
    points : int or tuple of int, optional
        Samples per direction, both ends included; they do not change the surface. Sixteen per
        short cut-off if not given.
    hurst : float [-]
        Above 0, at most 1.
    short_cutoff : str or float [um]
        Shortest wavelength.
    seed : int
        Same seed, same surface. A smaller short cut-off only adds shorter waves to it.
    rms_height : str or float [um]
    rms_slope : float [-]
        Exactly one of the two. For an area the slope is the length of the gradient.
    long_cutoff : str or float [um], optional
        Longest wavelength of the self-affine range; the shortest side if not given.
    rolloff : {"flat", "cut"}
        Beyond the long cut-off a constant spectrum, or nothing.

    Returns
    -------
    Topography

    Raises
    ------
    SurfaceError, UnitError
        If a value is out of range, or the points cannot carry the short cut-off.

    Notes
    -----
    Mirror symmetry has a price: all cosines are in phase at a wall, so over many seeds the mean
    square height there is twice the average (four times in the corner of an area). It falls to
    the average within about a quarter of the longest wavelength.

    References
    ----------
    Jacobs, Junge, Pastewka (2017), Surf. Topogr.: Metrol. Prop. 5, 013001,
    doi:10.1088/2051-672X/aa51f8. Persson, Albohr, Tartaglino, Volokitin, Tosatti (2005),
    J. Phys.: Condens. Matter 17, R1, doi:10.1088/0953-8984/17/1/R01.
    """
    place = "self_affine"
    extent = lengths(size, place)
    short = positive(short_cutoff, f"{place} short_cutoff")
    long = min(extent) if long_cutoff is None else positive(long_cutoff, f"{place} long_cutoff")
    exponent = to_internal(hurst, "dimensionless", place=f"{place} hurst")
    if not 0.0 < exponent <= 1.0:
        raise SurfaceError(f"{place}: hurst {exponent:g} must be above 0 and at most 1")
    if (rms_height is None) == (rms_slope is None):
        raise SurfaceError(f"{place}: give exactly one of rms_height and rms_slope")
    number = seed_number(seed, place)
    if rolloff not in ("flat", "cut"):
        raise SurfaceError(f"{place}: rolloff {rolloff!r} is unknown; write 'flat' or 'cut'")
    if not short < long <= 2.0 * max(extent):
        raise SurfaceError(
            f"{place}: short_cutoff {short:g} um, long_cutoff {long:g} um and size {extent} um "
            "must be in the order short < long <= twice the size"
        )
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
    amplitudes = _random_amplitudes(extent, exponent, long, short, number, rolloff)
    series = CosineSeries(amplitudes, extent)
    name, wanted = ("rms_height", rms_height) if rms_slope is None else ("rms_slope", rms_slope)
    kind = "length" if name == "rms_height" else "dimensionless"
    target = to_internal(wanted, kind, place=f"{place} {name}")
    check_far(target, f"{place} {name}")
    if target <= 0.0:
        raise SurfaceError(f"{place}: {name} {target:g} must be positive; use flat() for none")
    present = series.rms_height() if name == "rms_height" else series.rms_slope()
    if present == 0.0:
        raise SurfaceError(
            f"{place}: no wave of size {extent} um lies between the cut-offs {short:g} and "
            f"{long:g} um; widen them"
        )
    series = series.scaled(target / present)
    recipe = record(place, extent, count) | {
        "hurst": exponent,
        name: text(target) if kind == "length" else target,
        "long_cutoff": text(long),
        "short_cutoff": text(short),
        "rolloff": rolloff,
        "seed": number,
    }
    return Topography(series.grid(*grid_axes(extent, count)), extent, True, recipe, series)


def _random_amplitudes(
    size: tuple[float, ...], hurst: float, long: float, short: float, seed: int, rolloff: str
) -> FloatArray:
    """Random amplitudes with the spectrum's shape, not yet normalised."""
    # a hair wider, so that a wave exactly at a cut-off does not depend on rounding
    shortest = short * (1.0 - 1e-9)
    counts = tuple(int(2.0 * length / shortest) + 1 for length in size)
    modes = np.meshgrid(*(np.arange(n) for n in counts), indexing="ij")
    inverse = np.sqrt(
        np.sum([(m / (2.0 * length)) ** 2 for m, length in zip(modes, size, strict=True)], axis=0)
    )
    used = (inverse > 0.0) & (inverse * shortest <= 1.0)
    # numbers are dealt out from long to short waves: a shorter cut-off only adds waves
    order = np.argsort(np.round(inverse[used] * max(size), 9), kind="stable")
    numbers = np.empty(order.size)
    numbers[order] = np.random.default_rng(seed).standard_normal(order.size)
    q = inverse[used] * long
    density = np.maximum(q, 1.0) ** (-len(size) - 2.0 * hurst)
    if rolloff == "cut":
        density[q < 1.0 - 1e-9] = 0.0
    # a cosine in each of k directions stands for 2^k plane waves, with mean square 2^-k
    directions = np.sum([m[used] > 0 for m in modes], axis=0)
    amplitudes = np.zeros(counts)
    amplitudes[used] = numbers * np.sqrt(density) * 2.0**directions
    return amplitudes


@maker("sinusoid")
def sinusoid(
    size: Size,
    points: int | tuple[int, ...] = 257,
    *,
    amplitude: Dimensional,
    wavelength: Size,
    phase: Dimensional = 0.0,
) -> Topography:
    """Cosine wave ``amplitude * cos(2 pi x / wavelength + phase)``.

    Parameters
    ----------
    size : str, float or sequence of one or two [um]
    points : int or tuple of int
    amplitude : str or float [um]
        Half of the height from valley to crest.
    wavelength : str, float or sequence of two [um]
        For an area two lengths give the product of two waves, one length a wave along x.
    phase : str or float [rad]
        Along x; 0 puts a crest on the wall.

    Returns
    -------
    Topography
        Mirrored if every side is a whole number of half waves and the phase is 0.

    Raises
    ------
    SurfaceError, UnitError
        If a length is not positive, or there are fewer than 4 points per wave.
    """
    place = "sinusoid"
    extent = lengths(size, place)
    count = points_tuple(points, len(extent), place)
    height = to_internal(amplitude, "length", place=f"{place} amplitude")
    check_far(height, f"{place} amplitude")
    waves = lengths(wavelength, f"{place} wavelength")
    if len(waves) > len(extent):
        raise SurfaceError(f"{place}: {len(waves)} wavelengths for a line; give one")
    angle = to_internal(phase, "angle", place=f"{place} phase")
    padded = waves + (np.inf,) * (len(extent) - len(waves))
    for length, n, wave in zip(extent, count, padded, strict=True):
        if wave * (n - 1) / length < 4.0 - 1e-9:
            raise SurfaceError(
                f"{place}: {n} points over {length:g} um give fewer than 4 per wavelength "
                f"{wave:g} um; give at least {int(np.ceil(4 * length / wave)) + 1}"
            )
    halves = [2.0 * length / wave for length, wave in zip(extent, padded, strict=True)]
    whole = all(abs(h - round(h)) < 1e-9 for h in halves)
    shape = Wave(height, padded, (angle,) + (0.0,) * (len(extent) - 1))
    recipe = record(place, extent, count) | {
        "amplitude": text(height),
        "wavelength": [text(wave) for wave in waves],
        "phase": angle,
    }
    heights = shape.grid(*grid_axes(extent, count))
    return Topography(heights, extent, whole and angle == 0.0, recipe, shape)


@maker("flat")
def flat(size: Size, points: int | tuple[int, ...] = 2) -> Topography:
    """Return a flat line or area at height 0.

    Parameters
    ----------
    size : str, float or sequence of one or two [um]
    points : int or tuple of int
    """
    extent = lengths(size, "flat")
    count = points_tuple(points, len(extent), "flat")
    shape = CosineSeries(np.zeros((1,) * len(extent)), extent)
    return Topography(np.zeros(count), extent, True, record("flat", extent, count), shape)


@maker("cylinder_cap")
def cylinder_cap(
    size: Size,
    points: int | tuple[int, ...] = 257,
    *,
    radius: Dimensional,
    centre: Dimensional | None = None,
) -> Topography:
    """Circular cap along x, its apex at height 0; an area is a cylinder along y.

    Parameters
    ----------
    size : str, float or sequence of one or two [um]
    points : int or tuple of int
    radius : str or float [um]
    centre : str or float [um], optional
        Place of the apex along x; the middle if not given, ``"0 um"`` for a half model.

    Raises
    ------
    SurfaceError, UnitError
        If the line reaches beyond the circle.
    """
    extent = lengths(size, "cylinder_cap")
    middle = 0.5 * extent[0]
    if centre is not None:
        middle = to_internal(centre, "length", place="cylinder_cap centre")
    around = (middle,) + (np.nan,) * (len(extent) - 1)
    return _cap("cylinder_cap", extent, points, radius, around, {"centre": text(middle)})


@maker("spherical_cap")
def spherical_cap(
    size: Size,
    points: int | tuple[int, ...] = 129,
    *,
    radius: Dimensional,
    centre: Sequence[Dimensional] | None = None,
) -> Topography:
    """Spherical cap over an area, its apex at height 0.

    Parameters
    ----------
    size : sequence of two [um]
    points : int or tuple of int
    radius : str or float [um]
    centre : sequence of two [um], optional
        Place of the apex; the middle if not given.

    Raises
    ------
    SurfaceError, UnitError
        If the area reaches beyond the sphere, or the size is a line's.
    """
    extent = lengths(size, "spherical_cap")
    if len(extent) != 2:
        raise SurfaceError("spherical_cap: size has 1 length; give 2, or use cylinder_cap")
    middle: tuple[float, ...] = (0.5 * extent[0], 0.5 * extent[1])
    if centre is not None:
        if isinstance(centre, str) or len(centre) != 2:
            raise SurfaceError(f"spherical_cap: centre {centre!r} must be two lengths")
        middle = tuple(to_internal(c, "length", place="spherical_cap centre") for c in centre)
    return _cap(
        "spherical_cap", extent, points, radius, middle, {"centre": [text(c) for c in middle]}
    )


def _cap(
    place: str,
    extent: tuple[float, ...],
    points: int | tuple[int, ...],
    radius: Dimensional,
    centre: tuple[float, ...],
    more: dict[str, Any],
) -> Topography:
    count = points_tuple(points, len(extent), place)
    curvature = positive(radius, f"{place} radius")
    pairs = [(c, length) for c, length in zip(centre, extent, strict=True) if not np.isnan(c)]
    reach = float(np.hypot.reduce([max(abs(c), abs(length - c)) for c, length in pairs]))
    if reach >= curvature:
        raise SurfaceError(
            f"{place}: the surface reaches {reach:g} um from the apex, beyond radius "
            f"{curvature:g} um; take a smaller size or a larger radius"
        )
    shape = Cap(curvature, centre)
    recipe = record(place, extent, count) | {"radius": text(curvature)} | more
    return Topography(shape.grid(*grid_axes(extent, count)), extent, False, recipe, shape)
