# SPDX-License-Identifier: MIT
"""Changes of a topography: each returns a new one whose recipe names the change.

A filter acts on the profile reflected at its walls, where no end effect exists. Interpolation
without a filter is in ``shapes``.

The methods of ``Topography`` call these. Parts of a surface are in ``cut``. The filters' formulas
are in ``resample``, the fits in ``measure``.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.surfaces import measure
from interfacefem.surfaces.measure import cosine_amplitudes
from interfacefem.surfaces.quantities import points_tuple
from interfacefem.surfaces.shapes import CosineSeries, FloatArray, Interpolation, Sampled, Shape
from interfacefem.units import Dimensional, to_internal

if TYPE_CHECKING:
    from interfacefem.surfaces.topography import Topography

Filter = Literal["none", "gaussian", "cosine"]


def cutoff_length(
    cutoff: Dimensional | None, size: tuple[float, ...], points: tuple[int, ...]
) -> float:
    """Wavelength of a filter [um]; twice the coarsest new spacing if none is given.

    Raises
    ------
    SurfaceError
        If the new points cannot carry the wavelength.
    """
    finest = 2.0 * max(length / (n - 1) for length, n in zip(size, points, strict=True))
    if cutoff is None:
        return finest
    wavelength = to_internal(cutoff, "length", place="resampled cutoff")
    if wavelength < finest * (1.0 - 1e-12):
        raise SurfaceError(
            f"resampled: points {points} carry no wavelength below {finest:g} um, but cutoff is "
            f"{wavelength:g} um; raise points or cutoff"
        )
    return wavelength


def transmission(wavelength: FloatArray, cutoff: float, filter: Filter) -> FloatArray:
    r"""Share of each wave that a filter passes.

    Parameters
    ----------
    wavelength : array [um]
    cutoff : float [um]
    filter : {"gaussian", "cosine"}
        Gaussian: :math:`\exp(-\pi (\alpha \lambda_c / \lambda)^2)` with
        :math:`\alpha = \sqrt{\ln 2 / \pi}`, one half at the cut-off. Cosine: all or nothing.

    Raises
    ------
    SurfaceError
        If the filter is unknown.

    References
    ----------
    ISO 16610-21:2011, Filtration: linear profile filters, Gaussian filters.
    """
    ratio = cutoff / wavelength
    if filter == "gaussian":
        return np.asarray(np.exp2(-(ratio**2)))
    if filter == "cosine":
        return np.asarray(ratio <= 1.0 + 1e-9, dtype=np.float64)
    raise SurfaceError(f"resampled: filter {filter!r} is unknown; write none, gaussian or cosine")


def _wavelengths(shape: tuple[int, ...], size: tuple[float, ...]) -> FloatArray:
    """Return the wavelength of each cosine amplitude [um]; that of the mean is infinite."""
    modes = [np.arange(n) / (2.0 * length) for n, length in zip(shape, size, strict=True)]
    squared = sum(part**2 for part in np.meshgrid(*modes, indexing="ij"))
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / np.sqrt(squared))


def filtered_amplitudes(
    heights: FloatArray,
    size: tuple[float, ...],
    filter: Filter,
    cutoff: float,
    points: tuple[int, ...],
) -> FloatArray:
    """Cosine amplitudes after a filter, as many as the new points carry [um].

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]
    size : tuple of float [um]
    filter : {"gaussian", "cosine"}
    cutoff : float [um]
    points : tuple of int
        New samples per direction.
    """
    amplitudes = cosine_amplitudes(heights)
    wavelength = _wavelengths(amplitudes.shape, size)
    passed = amplitudes * transmission(wavelength, cutoff, filter)
    return np.asarray(passed[tuple(slice(0, n) for n in points)])


def changed(
    old: Topography,
    step: dict[str, Any],
    shape: Shape,
    heights: FloatArray,
    *,
    size: tuple[float, ...] | None = None,
    mirrored: bool | None = None,
) -> Topography:
    """Return a surface with other heights; its recipe ends with the step that made it so."""
    recipe: dict[str, Any] = copy.deepcopy(old.recipe)
    recipe["then"] = [*recipe.get("then", []), step]
    symmetric = old.mirrored if mirrored is None else mirrored
    return replace(
        old,
        heights=heights,
        size=size or old.size,
        mirrored=symmetric,
        recipe=recipe,
        shape=shape,
    )


def scaled(
    surface: Topography,
    *,
    rms_height: Dimensional | None = None,
    rms_slope: float | None = None,
    factor: float | None = None,
) -> Topography:
    """Return the surface with heights multiplied about height 0.

    Parameters
    ----------
    surface : Topography
    rms_height : str or float [um], optional
    rms_slope : float [-], optional
    factor : float [-], optional
        Exactly one of the three; ``-1`` turns the surface over.

    Raises
    ------
    SurfaceError
        If not exactly one is given, or the surface is flat.
    """
    wanted = {"rms_height": rms_height, "rms_slope": rms_slope, "factor": factor}
    given = {name: value for name, value in wanted.items() if value is not None}
    if len(given) != 1:
        raise SurfaceError(
            f"scaled: {len(given)} targets given; give one of rms_height, rms_slope, factor"
        )
    name, value = next(iter(given.items()))
    kind = "length" if name == "rms_height" else "dimensionless"
    target = ratio = to_internal(value, kind, place=f"scaled {name}")
    if name != "factor":
        present = surface.rms_height if name == "rms_height" else surface.rms_slope
        if present == 0.0:
            raise SurfaceError(f"scaled: a flat surface has no {name} to scale; add roughness")
        if target < 0.0:
            raise SurfaceError(f"scaled: {name} {target:g} is negative; use factor=-1 to turn")
        ratio = target / present
    step = {"do": "scaled", name: f"{target!r} um" if kind == "length" else target}
    return changed(surface, step, surface.formula.scaled(ratio), surface.heights * ratio)


def levelled(surface: Topography, form: measure.Form = "plane") -> Topography:
    """Return the surface less its least-squares mean, plane or quadratic: it is detrended.

    With ``plane`` and ``quadratic`` this is the F-operation of ISO 25178-2.

    Less its mean, a cosine series stays one; less a plane or more, the surface is interpolated
    and the walls are no longer symmetry planes.

    Parameters
    ----------
    surface : Topography
    form : {"mean", "plane", "quadratic"}

    Raises
    ------
    SurfaceError
        If the form is unknown.
    """
    heights = surface.heights - measure.form(surface.heights, form)
    step = {"do": "levelled", "form": form}
    mirrored = surface.mirrored and form == "mean"
    shape: Shape = Sampled(heights, surface.size, joined(surface), symmetric=mirrored)
    if isinstance(surface.shape, CosineSeries) and form == "mean":
        amplitudes = surface.shape.amplitudes.copy()
        amplitudes[(0,) * surface.dimension] = 0.0
        shape = CosineSeries(amplitudes, surface.size)
    return changed(surface, step, shape, heights, mirrored=mirrored)


def joined(surface: Topography) -> Interpolation:
    """Return how the samples of a surface are joined."""
    return surface.shape.interpolation if isinstance(surface.shape, Sampled) else "cubic"


def resampled(
    surface: Topography,
    points: int | tuple[int, ...],
    *,
    filter: Filter = "none",
    cutoff: Dimensional | None = None,
) -> Topography:
    """Return the surface on another number of points, filtered as stated.

    Parameters
    ----------
    surface : Topography
    points : int or tuple of int
        Samples per direction, both ends included.
    filter : {"none", "gaussian", "cosine"}
        ``none`` evaluates the surface at the new points. ``gaussian`` is the filter of
        ISO 16610-21, ``cosine`` a sharp cut; both act on the surface reflected at the walls, so
        their result is mirror-symmetric and known exactly between its points.
    cutoff : str or float [um], optional
        Wavelength of the filter; twice the new spacing if not given.

    Raises
    ------
    SurfaceError
        If the filter is unknown or the new points cannot carry the cut-off.
    """
    count = points_tuple(points, surface.dimension, "resampled")
    step: dict[str, Any] = {"do": "resampled", "points": list(count), "filter": filter}
    pairs = zip(surface.size, count, strict=True)
    axes = tuple(np.linspace(0.0, length, n) for length, n in pairs)
    if filter == "none":
        if cutoff is not None:
            raise SurfaceError(
                "resampled: cutoff needs a filter; write filter='gaussian' or filter='cosine'"
            )
        return changed(surface, step, surface.formula, surface.formula.grid(*axes))
    wavelength = cutoff_length(cutoff, surface.size, count)
    series = CosineSeries(
        filtered_amplitudes(surface.heights, surface.size, filter, wavelength, count),
        surface.size,
    )
    step["cutoff"] = f"{wavelength!r} um"
    return changed(surface, step, series, series.grid(*axes), mirrored=True)


def symmetrised(surface: Topography, cutoff: Dimensional | None = None) -> Topography:
    """Return a mirror-symmetric surface through the same samples.

    Between the samples heights become the cosine series through all of them, whose slopes vanish
    at the walls; with a cut-off, only its waves down to that wavelength.

    Parameters
    ----------
    surface : Topography
    cutoff : str or float [um], optional
    """
    if cutoff is not None:
        return resampled(surface, surface.points, filter="cosine", cutoff=cutoff)
    series = CosineSeries(measure.cosine_amplitudes(surface.heights), surface.size)
    return changed(surface, {"do": "symmetrised"}, series, surface.heights, mirrored=True)


def filtered(
    surface: Topography, *, short: Dimensional | None = None, long: Dimensional | None = None
) -> Topography:
    r"""Return the surface after the Gaussian filters of roughness, on the same points.

    They act on the surface reflected at the walls, so the result is mirror-symmetric. Form is taken
    off with :func:`levelled` (F-operation).

    Parameters
    ----------
    surface : Topography
    short : str or float [um], optional
        Cut-off of the S-filter, which takes out shorter waves.
    long : str or float [um], optional
        Cut-off of the L-filter, which takes out longer waves. A wave at a cut-off keeps half of its
        height.

    Raises
    ------
    SurfaceError
        If none is given, or the cut-offs are not positive and in order.

    References
    ----------
    ISO 25178-2:2021, Areal terms; ISO 16610-21:2011, Gaussian filters.
    """
    given = {
        name: to_internal(value, "length", place=f"filtered {name}")
        for name, value in (("short", short), ("long", long))
        if value is not None
    }
    least, most = given.get("short", 0.0), given.get("long", np.inf)
    if not given or min(given.values()) <= 0.0 or least >= most:
        raise SurfaceError(
            f"filtered: short {short!r}, long {long!r}; give one cut-off or two, positive, the "
            "short one below the long one"
        )
    amplitudes = cosine_amplitudes(surface.heights)
    wavelength = _wavelengths(amplitudes.shape, surface.size)
    if short is not None:
        amplitudes = amplitudes * transmission(wavelength, least, "gaussian")
    if long is not None:
        amplitudes = amplitudes * (1.0 - transmission(wavelength, most, "gaussian"))
    series = CosineSeries(amplitudes, surface.size)
    step = {"do": "filtered"} | {name: f"{value!r} um" for name, value in given.items()}
    return changed(surface, step, series, series.grid(*surface.axes), mirrored=True)
