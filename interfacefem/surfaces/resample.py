# SPDX-License-Identifier: MIT
"""Filters in the cosine domain, and the check of their cut-offs.

A filter acts on the profile reflected at its walls, where no end effect exists. Interpolation
without a filter is in ``shapes``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.surfaces.measure import cosine_amplitudes
from interfacefem.surfaces.shapes import FloatArray
from interfacefem.units import Dimensional, to_internal

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
    squared = np.zeros(amplitudes.shape)
    for direction, length in enumerate(size):
        form = [1] * amplitudes.ndim
        form[direction] = -1
        modes = np.arange(amplitudes.shape[direction])
        squared = squared + ((modes / (2.0 * length)) ** 2).reshape(form)
    with np.errstate(divide="ignore"):
        wavelength = 1.0 / np.sqrt(squared)
    passed = amplitudes * transmission(wavelength, cutoff, filter)
    return np.asarray(passed[tuple(slice(0, n) for n in points)])
