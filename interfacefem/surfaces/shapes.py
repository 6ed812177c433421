# SPDX-License-Identifier: MIT
"""The curve or sheet behind a topography: what is evaluated between the samples.

A shape knows heights and slopes at any place, exactly where a formula exists (cosine series, wave,
cap) and by cubic or linear interpolation where only samples exist. Sizes, recipes and checks are
in ``topography``; how series are drawn is in ``generate``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline, RectBivariateSpline

FloatArray = npt.NDArray[np.float64]
Interpolation = Literal["cubic", "linear"]
#: most numbers of a matrix of waves at points that is held at once
BLOCK = 50_000_000


class Shape(Protocol):
    """Heights [um] and slopes [-] at points; coordinates are one array per direction [um]."""

    def height(self, *coordinates: FloatArray) -> FloatArray:
        """Heights at points."""

    def gradient(self, *coordinates: FloatArray) -> tuple[FloatArray, ...]:
        """Slopes at points, one array per direction."""

    def grid(self, *axes: FloatArray) -> FloatArray:
        """Heights on the grid that the axes span."""

    def scaled(self, factor: float) -> Shape:
        """Return the same shape with heights multiplied."""


@dataclass(frozen=True)
class CosineSeries:
    r"""Cosine series: symmetric about every wall, so walls are exact symmetry planes.

    .. math:: h(x) = \sum_m a_m \cos(m \pi x / L), \qquad
              h(x, y) = \sum_{mn} a_{mn} \cos(m \pi x / L_x) \cos(n \pi y / L_y)

    Attributes
    ----------
    amplitudes : (modes,) or (modes_x, modes_y) array [um]
    size : tuple of float [um]
    """

    amplitudes: FloatArray
    size: tuple[float, ...]

    def _wave_numbers(self, direction: int) -> FloatArray:
        modes = np.arange(self.amplitudes.shape[direction])
        return np.asarray(np.pi * modes / self.size[direction], dtype=np.float64)

    def _waves(self, x: FloatArray, direction: int, derivative: bool = False) -> FloatArray:
        q = self._wave_numbers(direction)
        phase = np.multiply.outer(np.asarray(x, dtype=np.float64), q)
        return np.asarray(-q * np.sin(phase) if derivative else np.cos(phase))

    def height(self, *coordinates: FloatArray) -> FloatArray:
        """Heights at points [um]."""
        if len(self.size) == 1:
            x = np.asarray(coordinates[0], dtype=np.float64)
            rows = max(BLOCK // self.amplitudes.size, 1)
            if x.ndim == 1 and x.size > rows:  # a few at a time, so that they fit in memory
                parts = [x[i : i + rows] for i in range(0, x.size, rows)]
                return np.concatenate([self._waves(part, 0) @ self.amplitudes for part in parts])
            return np.asarray(self._waves(x, 0) @ self.amplitudes)
        along_x, along_y = (self._waves(c, d) for d, c in enumerate(coordinates))
        return np.asarray(((along_x @ self.amplitudes) * along_y).sum(axis=-1))

    def gradient(self, *coordinates: FloatArray) -> tuple[FloatArray, ...]:
        """Slopes at points [-]."""
        if len(self.size) == 1:
            return (np.asarray(self._waves(coordinates[0], 0, True) @ self.amplitudes),)
        x, y = coordinates
        by_x = (self._waves(x, 0, True) @ self.amplitudes) * self._waves(y, 1)
        by_y = (self._waves(x, 0) @ self.amplitudes) * self._waves(y, 1, True)
        return np.asarray(by_x.sum(axis=-1)), np.asarray(by_y.sum(axis=-1))

    def grid(self, *axes: FloatArray) -> FloatArray:
        """Heights on a grid [um]; the sum separates, so large grids stay cheap."""
        if len(self.size) == 1:
            return self.height(*axes)
        return np.asarray(self._waves(axes[0], 0) @ self.amplitudes @ self._waves(axes[1], 1).T)

    def scaled(self, factor: float) -> CosineSeries:
        """Return the series with amplitudes multiplied."""
        return replace(self, amplitudes=self.amplitudes * factor)

    def mode_energies(self) -> FloatArray:
        """Share of each mode in the mean square height [um^2]; the mean itself counts 0."""
        energies = self.amplitudes**2
        for direction in range(energies.ndim):
            energies[(slice(None),) * direction + (slice(1, None),)] *= 0.5
        energies[(0,) * energies.ndim] = 0.0
        return energies

    def rms_height(self) -> float:
        """Root mean square height over the whole size [um], about the mean."""
        return float(np.sqrt(self.mode_energies().sum()))

    def rms_slope(self) -> float:
        """Root mean square slope (areas: of the gradient's length) over the whole size [-]."""
        squared = np.zeros(self.amplitudes.shape)
        for direction in range(self.amplitudes.ndim):
            shape = [1] * self.amplitudes.ndim
            shape[direction] = -1
            squared = squared + self._wave_numbers(direction).reshape(shape) ** 2
        return float(np.sqrt((self.mode_energies() * squared).sum()))

    def cut(self, direction: int, position: float) -> CosineSeries:
        """Series of the line along ``direction`` at ``position`` [um] of the other direction."""
        other = 1 - direction
        wave = self._waves(np.array(position), other)
        line = self.amplitudes @ wave if other == 1 else wave @ self.amplitudes
        return CosineSeries(np.asarray(line), (self.size[direction],))


@dataclass(frozen=True)
class Wave:
    """Product of cosines, one per direction that has a wavelength.

    Attributes
    ----------
    amplitude : float [um]
    wavelengths : tuple of float [um]
        ``inf`` in a direction without a wave.
    phases : tuple of float [rad]
    """

    amplitude: float
    wavelengths: tuple[float, ...]
    phases: tuple[float, ...]

    def _factors(self, coordinates: tuple[FloatArray, ...]) -> list[tuple[FloatArray, FloatArray]]:
        factors = []
        for x, wavelength, phase in zip(coordinates, self.wavelengths, self.phases, strict=True):
            q = 2.0 * np.pi / wavelength
            angle = q * np.asarray(x, dtype=np.float64) + phase
            factors.append((np.cos(angle), -q * np.sin(angle)))
        return factors

    def height(self, *coordinates: FloatArray) -> FloatArray:
        """Heights at points [um]."""
        result = np.asarray(self.amplitude, dtype=np.float64)
        for value, _ in self._factors(coordinates):
            result = result * value
        return np.asarray(result)

    def gradient(self, *coordinates: FloatArray) -> tuple[FloatArray, ...]:
        """Slopes at points [-]."""
        factors = self._factors(coordinates)
        slopes = []
        for direction in range(len(factors)):
            slope = np.asarray(self.amplitude, dtype=np.float64)
            for other, (value, derivative) in enumerate(factors):
                slope = slope * (derivative if other == direction else value)
            slopes.append(np.asarray(slope))
        return tuple(slopes)

    def grid(self, *axes: FloatArray) -> FloatArray:
        """Heights on a grid [um]."""
        return self.height(*np.meshgrid(*axes, indexing="ij"))

    def scaled(self, factor: float) -> Wave:
        """Return the wave with its amplitude multiplied."""
        return replace(self, amplitude=self.amplitude * factor)


@dataclass(frozen=True)
class Cap:
    """Circular or spherical cap with its apex at height 0, falling to both sides.

    Attributes
    ----------
    radius : float [um]
    centre : tuple of float [um]
        ``nan`` in a direction along which a cylinder does not curve.
    factor : float
        Multiplies the heights.
    """

    radius: float
    centre: tuple[float, ...]
    factor: float = 1.0

    def _offsets(self, coordinates: tuple[FloatArray, ...]) -> list[FloatArray]:
        pairs = zip(coordinates, self.centre, strict=True)
        return [np.asarray(x) * 0.0 if np.isnan(c) else np.asarray(x) - c for x, c in pairs]

    def _drop(self, offsets: list[FloatArray]) -> FloatArray:
        return np.sqrt(self.radius**2 - np.sum([o**2 for o in offsets], axis=0))

    def height(self, *coordinates: FloatArray) -> FloatArray:
        """Heights at points [um]."""
        offsets = self._offsets(coordinates)
        squared = np.sum([o**2 for o in offsets], axis=0)
        # -r^2/(R + sqrt(R^2 - r^2)) is sqrt(R^2 - r^2) - R without the cancellation at the apex
        return np.asarray(-self.factor * squared / (self.radius + self._drop(offsets)))

    def gradient(self, *coordinates: FloatArray) -> tuple[FloatArray, ...]:
        """Slopes at points [-]."""
        offsets = self._offsets(coordinates)
        drop = self._drop(offsets)
        return tuple(np.asarray(-self.factor * o / drop) for o in offsets)

    def grid(self, *axes: FloatArray) -> FloatArray:
        """Heights on a grid [um]."""
        return self.height(*np.meshgrid(*axes, indexing="ij"))

    def scaled(self, factor: float) -> Cap:
        """Return the cap with heights multiplied."""
        return replace(self, factor=self.factor * factor)


class Sampled:
    """Interpolation through samples on an even grid, cubic or linear.

    Parameters
    ----------
    heights : (n,) or (nx, ny) array [um]
    size : tuple of float [um]
    interpolation : {"cubic", "linear"}
        Cubic needs four samples per direction; fewer are joined by straight lines.
    symmetric : bool
        Let a cubic line end with zero slope at both walls.
    """

    def __init__(
        self,
        heights: FloatArray,
        size: tuple[float, ...],
        interpolation: Interpolation = "cubic",
        *,
        symmetric: bool = False,
    ) -> None:
        self.heights, self.size = heights, size
        self.interpolation, self.symmetric = interpolation, symmetric
        axes = [np.linspace(0.0, length, n) for length, n in zip(size, heights.shape, strict=True)]
        degree = 3 if interpolation == "cubic" and min(heights.shape) >= 4 else 1
        self._line: Any = None
        self._sheet: Any = None
        if len(size) == 2:
            self._sheet = RectBivariateSpline(*axes, heights, kx=degree, ky=degree, s=0.0)
        elif degree == 3:
            ends = "clamped" if symmetric else "not-a-knot"
            self._line = CubicSpline(axes[0], heights, bc_type=ends)
        self._axes = axes

    def height(self, *coordinates: FloatArray) -> FloatArray:
        """Heights at points [um]."""
        if self._sheet is not None:
            return np.asarray(self._sheet.ev(*coordinates))
        if self._line is not None:
            return np.asarray(self._line(coordinates[0]))
        return np.asarray(np.interp(coordinates[0], self._axes[0], self.heights))

    def gradient(self, *coordinates: FloatArray) -> tuple[FloatArray, ...]:
        """Slopes at points [-]."""
        if self._sheet is not None:
            by_x = self._sheet.ev(*coordinates, dx=1)
            return np.asarray(by_x), np.asarray(self._sheet.ev(*coordinates, dy=1))
        if self._line is not None:
            return (np.asarray(self._line(coordinates[0], 1)),)
        slopes = np.diff(self.heights) / np.diff(self._axes[0])
        place = np.searchsorted(self._axes[0], coordinates[0], side="right") - 1
        return (np.asarray(slopes[np.clip(place, 0, slopes.size - 1)]),)

    def grid(self, *axes: FloatArray) -> FloatArray:
        """Heights on a grid [um]."""
        if self._sheet is not None:
            return np.asarray(self._sheet(*axes))
        return self.height(*axes)

    def scaled(self, factor: float) -> Sampled:
        """Return the interpolation of the multiplied samples."""
        return Sampled(
            self.heights * factor, self.size, self.interpolation, symmetric=self.symmetric
        )
