# SPDX-License-Identifier: MIT
"""The shortest wave of a surface, and what a mesh of a given edge length can resolve of it.

The mesh joins its nodes by straight pieces, so heights and slopes of that polyline (for an area,
of the bilinear sheet) are compared with the surface's own. The mesh itself is not needed here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interfacefem.errors import SurfaceError
from interfacefem.surfaces import measure
from interfacefem.surfaces.shapes import FloatArray
from interfacefem.surfaces.topography import Topography
from interfacefem.units import Dimensional, to_internal

#: edges per shortest wavelength from which on contact results are trusted
ENOUGH_EDGES = 8.0


@dataclass(frozen=True)
class ResolutionReport:
    """What straight edges resolve of a surface.

    Attributes
    ----------
    edge_length : float [um]
        Longest edge after the size is divided into whole edges.
    short_cutoff : float [um]
        Shortest wavelength as of :func:`shortest_wavelength`; infinite for a flat surface.
    cutoff_known : bool
        Whether the surface states it: a short cut-off, or the wavelength of a sinusoid.
    edges_per_short_cutoff : float [-]
    rms_height, resolved_rms_height : float [um]
    rms_slope, resolved_rms_slope : float [-]
    """

    edge_length: float
    short_cutoff: float
    cutoff_known: bool
    edges_per_short_cutoff: float
    rms_height: float
    resolved_rms_height: float
    rms_slope: float
    resolved_rms_slope: float
    flat: bool = False

    @property
    def sufficient(self) -> bool:
        """Whether there are at least eight edges per shortest wavelength."""
        return self.flat or self.edges_per_short_cutoff >= ENOUGH_EDGES * (1.0 - 1e-9)

    def message(self) -> str:
        """Return one line for people, with what to do if the mesh is too coarse."""
        if self.flat:
            return "flat: nothing to resolve"
        source = "" if self.cutoff_known else " (estimated from its heights)"
        text = (
            f"{self.edges_per_short_cutoff:.1f} edges of {self.edge_length:.3g} um per shortest "
            f"wavelength {self.short_cutoff:.3g} um{source}; rms height {self.rms_height:.3g} um "
            f"resolved to {_percent(self.resolved_rms_height, self.rms_height)}, rms slope "
            f"{self.rms_slope:.3g} to {_percent(self.resolved_rms_slope, self.rms_slope)}"
        )
        if not self.sufficient:
            text += (
                f"; too coarse: take edges of at most {self.short_cutoff / ENOUGH_EDGES:.3g} um, "
                "or a surface with longer waves"
            )
        return text


def _percent(resolved: float, wanted: float) -> str:
    return f"{100.0 * resolved / wanted:.1f} %" if wanted > 0.0 else "100.0 %"


def stated_wavelength(topography: Topography) -> float | None:
    """Return the shortest wavelength that the recipe of a surface states.

    Parameters
    ----------
    topography : Topography

    Returns
    -------
    float or None
        Short cut-off or wavelength of a sinusoid, of both the longer [um]; None where neither is
        known.
    """
    stated = topography.recipe.get("wavelength", ())
    each = stated if isinstance(stated, (list, tuple)) else [stated]
    waves = [to_internal(one, "length", place="wavelength") for one in each]
    known = [topography.short_cutoff, min(waves, default=None)]
    return max((wave for wave in known if wave is not None), default=None)


def shortest_wavelength(topography: Topography) -> float | None:
    """Return the shortest wavelength that a mesh must follow.

    Parameters
    ----------
    topography : Topography

    Returns
    -------
    float or None
        What the surface states; where it states nothing, the wavelength above which 95 % of the
        slope variance lies, but not below eight samples, where measured heights are mostly noise
        [um]. None for a flat surface.
    """
    heights = np.asarray(topography.heights, dtype=np.float64)
    if np.ptp(heights) == 0.0:
        return None
    stated = stated_wavelength(topography)
    if stated is not None:
        return stated
    # each direction of an area for itself, over all its lines
    return min(
        _estimated(np.moveaxis(heights, axis, 0).reshape(heights.shape[axis], -1), length)
        for axis, length in enumerate(topography.size)
    )


def _estimated(lines: FloatArray, length: float) -> float:
    """Return the wavelength above which 95 % of the slope variance of lines (n, k) lies."""
    # The even extension has no jump at the walls, so the spectrum is that of the heights alone.
    even = np.concatenate([lines, lines[-2:0:-1]])
    power = (np.abs(np.fft.rfft(even, axis=0)) ** 2).sum(axis=1)
    share = np.cumsum(np.arange(len(lines)) ** 2 * power)
    if share[-1] <= 1e-18 * power.sum():
        return 2.0 * length  # the lines are level; what is left is round-off
    last = int(np.searchsorted(share, 0.95 * share[-1]))
    return max(2.0 * length / max(last, 1), 8.0 * length / (len(lines) - 1))


def resolution_report(topography: Topography, edge_length: Dimensional) -> ResolutionReport:
    """Report what edges of a length resolve of a surface.

    Parameters
    ----------
    topography : Topography
    edge_length : str or float [um]

    Returns
    -------
    ResolutionReport

    Raises
    ------
    SurfaceError, UnitError
        If the edge length is not positive.
    """
    wanted = to_internal(edge_length, "length", place="edge_length")
    if wanted <= 0.0:
        raise SurfaceError(f"edge_length: {wanted:g} um must be positive")
    counts = [max(int(np.ceil(length / wanted - 1e-9)), 1) for length in topography.size]
    pairs = list(zip(topography.size, counts, strict=True))
    heights = topography.formula.grid(*(np.linspace(0.0, length, n + 1) for length, n in pairs))
    height, slope = _polyline_measures(heights, topography.size)
    edge = max(length / n for length, n in pairs)
    shortest = shortest_wavelength(topography)
    wave = np.inf if shortest is None else shortest
    return ResolutionReport(
        edge_length=edge,
        short_cutoff=wave,
        cutoff_known=stated_wavelength(topography) is not None,
        edges_per_short_cutoff=wave / edge,
        rms_height=topography.rms_height,
        resolved_rms_height=height,
        rms_slope=topography.rms_slope,
        resolved_rms_slope=slope,
        flat=shortest is None,
    )


def _polyline_measures(heights: FloatArray, size: tuple[float, ...]) -> tuple[float, float]:
    """Rms height [um] and slope [-] of the (bi)linear interpolant, integrated exactly."""
    centred = np.asarray(heights - measure.mean_height(heights))
    slopes = sum(_mean_square(centred, size, direction) for direction in range(len(size)))
    return float(np.sqrt(_mean_square(centred, size, None))), float(np.sqrt(slopes))


def _mean_square(heights: FloatArray, size: tuple[float, ...], derivative: int | None) -> float:
    """Mean square of the interpolant, or of its slope in one direction."""
    parts = [heights]
    for direction, length in enumerate(size):
        step = length / (heights.shape[direction] - 1)
        rises = [np.diff(part, axis=direction) for part in parts]
        if direction == derivative:
            parts = [rise / step for rise in rises]
            continue
        lower = (slice(None),) * direction + (slice(None, -1),)
        # the mean square of a straight piece is middle^2 + rise^2/12
        middles = [part[lower] + 0.5 * rise for part, rise in zip(parts, rises, strict=True)]
        parts = middles + [rise / np.sqrt(12.0) for rise in rises]
    return float(sum((part**2).sum() for part in parts) / parts[0].size)
