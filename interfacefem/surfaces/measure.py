# SPDX-License-Identifier: MIT
"""Measures of heights: roughness, slopes, power spectrum, bearing curve, form.

All take plain arrays on an even grid that includes both ends of the line or area. Means are
trapezoidal, so a cosine series sampled finely enough is measured without error. How far a mesh
resolves a surface is in ``resolution``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.fft import dctn

from interfacefem.errors import SurfaceError
from interfacefem.fields import ShownData
from interfacefem.surfaces.shapes import FloatArray

Form = Literal["mean", "plane", "quadratic"]


def weights(shape: tuple[int, ...]) -> FloatArray:
    """Trapezoidal weights of an even grid, with sum 1.

    Parameters
    ----------
    shape : tuple of int
        Samples per direction.

    Returns
    -------
    array of that shape
    """
    result = np.ones(())
    for n in shape:
        line = np.full(n, 1.0 / (n - 1))
        line[[0, -1]] *= 0.5
        result = np.multiply.outer(result, line)
    return np.asarray(result)


def mean_height(heights: FloatArray) -> float:
    """Mean of the heights over the line or area [um]."""
    return float((weights(heights.shape) * heights).sum())


def rms_height(heights: FloatArray) -> float:
    """Root mean square height about the mean [um]."""
    w = weights(heights.shape)
    centred = heights - (w * heights).sum()
    return float(np.sqrt((w * centred**2).sum()))


def rms_slope(heights: FloatArray, size: tuple[float, ...]) -> float:
    """Root mean square slope of the straight pieces between samples [-].

    For an area this is the root mean square length of the gradient.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]
    size : tuple of float [um]
    """
    total = 0.0
    for direction, length in enumerate(size):
        step = length / (heights.shape[direction] - 1)
        slopes = np.diff(heights, axis=direction) / step
        across = tuple(n for d, n in enumerate(heights.shape) if d != direction)
        w = weights(across)
        total += float((np.mean(slopes**2, axis=direction) * w).sum())
    return float(np.sqrt(total))


def cosine_amplitudes(heights: FloatArray) -> FloatArray:
    """Amplitudes of the cosine series through all samples, of the same shape [um]."""
    amplitudes = np.asarray(dctn(heights, type=1))
    for direction, n in enumerate(heights.shape):
        amplitudes /= n - 1
        ends = np.zeros(n, dtype=bool)
        ends[[0, -1]] = True
        np.moveaxis(amplitudes, direction, 0)[ends] *= 0.5
    return amplitudes


@dataclass(frozen=True, repr=False)
class PowerSpectrum(ShownData):
    r"""Power spectral density over the wave vector's length, positive side only.

    Normalised so that its integral is the mean square height:
    :math:`\int_0^\infty C\,dq = h_{rms}^2` for a line and
    :math:`2\pi \int_0^\infty C\,q\,dq = h_{rms}^2` for an area.

    Attributes
    ----------
    wavevector : (k,) array [rad/um]
    density : (k,) array [um^3] for a line, [um^4] for an area
    measure : (k,) array [rad/um] or [rad^2/um^2]
        Width of each line of the spectrum, or area of each ring.
    dimension : int
        1 for a line, 2 for an area.
    """

    wavevector: FloatArray
    density: FloatArray
    measure: FloatArray
    dimension: int

    def integral(self) -> float:
        """Integral of the density, the mean square height [um^2]."""
        return float((self.density * self.measure).sum())

    def hurst(self, shortest: float, longest: float) -> float:
        """Hurst exponent from a straight line through the logarithms.

        Parameters
        ----------
        shortest, longest : float
            Range of wavelengths used [um].

        Returns
        -------
        float

        Raises
        ------
        SurfaceError
            If fewer than three lines of the spectrum lie in the range.
        """
        wavelength = 2.0 * np.pi / self.wavevector
        used = (wavelength >= shortest) & (wavelength <= longest) & (self.density > 0.0)
        if np.count_nonzero(used) < 3:
            raise SurfaceError(
                f"power spectrum: only {np.count_nonzero(used)} lines between {shortest:g} and "
                f"{longest:g} um; widen the range of wavelengths"
            )
        slope = np.polyfit(np.log(self.wavevector[used]), np.log(self.density[used]), 1)[0]
        return float(-(slope + self.dimension) / 2.0)


def power_spectrum(heights: FloatArray, size: tuple[float, ...]) -> PowerSpectrum:
    """Power spectral density of the heights continued by reflection at the walls.

    The reflection leaves no jump at the ends, so no window is needed and the integral is exactly
    the mean square height. A tilt should be levelled first; its reflection decays as ``q**-4``.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]
    size : tuple of float [um]

    Returns
    -------
    PowerSpectrum
        For an area averaged over rings of the width of the coarser wave vector step.

    References
    ----------
    Jacobs, Junge, Pastewka (2017), Surf. Topogr.: Metrol. Prop. 5, 013001,
    doi:10.1088/2051-672X/aa51f8.
    """
    energies = cosine_amplitudes(heights) ** 2
    for direction, n in enumerate(heights.shape):
        # the mean and, on the grid, the fastest wave have mean square 1, all others 1/2
        np.moveaxis(energies, direction, 0)[1 : n - 1] *= 0.5
    steps = [np.pi / length for length in size]
    if heights.ndim == 1:
        q = np.asarray(steps[0] * np.arange(1, heights.size), dtype=np.float64)
        measure = np.full(q.size, steps[0])
        return PowerSpectrum(q, energies[1:] / steps[0], measure, 1)
    qx, qy = (step * np.arange(n) for step, n in zip(steps, heights.shape, strict=True))
    lengths = np.hypot(qx[:, None], qy[None, :])
    width = max(steps)
    ring = np.floor(lengths / width + 0.5).astype(np.int64)
    energies[0, 0] = 0.0
    count = int(ring.max()) + 1
    power = np.bincount(ring.ravel(), weights=energies.ravel(), minlength=count)
    inner = width * np.maximum(np.arange(count) - 0.5, 0.0)
    outer = width * (np.arange(count) + 0.5)
    measure = np.pi * (outer**2 - inner**2)
    # ring 0 holds waves longer than the first ring only when the sides differ
    first = 0 if power[0] > 0.0 else 1
    middle = np.sqrt(0.5 * (inner**2 + outer**2))
    chosen = slice(first, None)
    return PowerSpectrum(middle[chosen], (power / measure)[chosen], measure[chosen], 2)


@dataclass(frozen=True, repr=False)
class BearingCurve(ShownData):
    """Abbott-Firestone curve: the share of the nominal area that lies higher than a height.

    Attributes
    ----------
    heights : (n,) array [um]
        Falling.
    fraction : (n,) array [-]
        Rising from 0 to 1.
    """

    heights: FloatArray
    fraction: FloatArray

    def fraction_above(self, height: float) -> float:
        """Share of the area higher than ``height`` [um]."""
        return float(np.interp(-height, -self.heights, self.fraction, left=0.0, right=1.0))

    def height_at(self, fraction: float) -> float:
        """Height [um] above which ``fraction`` of the area lies."""
        return float(np.interp(fraction, self.fraction, self.heights))


def bearing_curve(heights: FloatArray) -> BearingCurve:
    """Abbott-Firestone curve of the samples, weighted by the area each stands for.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]

    Returns
    -------
    BearingCurve

    References
    ----------
    Abbott, Firestone (1933), Mechanical Engineering 55, 569-572; ISO 21920-2:2021.
    """
    order = np.argsort(-heights, axis=None, kind="stable")
    w = weights(heights.shape).ravel()[order]
    # half of a sample's own share counts as higher than itself
    fraction = np.cumsum(w) - 0.5 * w
    fraction[[0, -1]] = 0.0, 1.0
    return BearingCurve(heights.ravel()[order].astype(np.float64), fraction)


def form(heights: FloatArray, kind: Form = "plane") -> FloatArray:
    """Least-squares mean, plane or quadratic of the heights [um], of the same shape.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]
    kind : {"mean", "plane", "quadratic"}

    Raises
    ------
    SurfaceError
        If the kind is unknown.
    """
    degrees = {"mean": 0, "plane": 1, "quadratic": 2}
    if kind not in degrees:
        raise SurfaceError(f"levelling: {kind!r} is unknown; write one of {', '.join(degrees)}")
    # coordinates from -1 to 1 keep the fit well conditioned for any size
    axes = np.meshgrid(*(np.linspace(-1.0, 1.0, n) for n in heights.shape), indexing="ij")
    terms = [np.ones(heights.shape)]
    if degrees[kind] >= 1:
        terms += axes
    if degrees[kind] == 2:
        terms += [axes[i] * axes[j] for i in range(len(axes)) for j in range(i, len(axes))]
    matrix = np.stack([t.ravel() for t in terms], axis=1)
    root = np.sqrt(weights(heights.shape).ravel())
    coefficients = np.linalg.lstsq(matrix * root[:, None], heights.ravel() * root, rcond=None)[0]
    return np.asarray((matrix @ coefficients).reshape(heights.shape))
