# SPDX-License-Identifier: MIT
"""What a mesh of a given edge length can resolve of a surface.

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
        Shortest wavelength; twice the sample distance where the surface does not know it.
    cutoff_known : bool
        Whether the surface knows its short cut-off.
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
        source = "" if self.cutoff_known else " (twice the sample distance)"
        text = (
            f"{self.edges_per_short_cutoff:.1f} edges of {self.edge_length:.3g} um per short "
            f"cut-off {self.short_cutoff:.3g} um{source}; rms height {self.rms_height:.3g} um "
            f"resolved to {_percent(self.resolved_rms_height, self.rms_height)}, rms slope "
            f"{self.rms_slope:.3g} to {_percent(self.resolved_rms_slope, self.rms_slope)}"
        )
        if not self.sufficient:
            text += (
                f"; too coarse: take edges of at most {self.short_cutoff / ENOUGH_EDGES:.3g} um, "
                "or a longer short cut-off"
            )
        return text


def _percent(resolved: float, wanted: float) -> str:
    return f"{100.0 * resolved / wanted:.1f} %" if wanted > 0.0 else "100.0 %"


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
    known = topography.short_cutoff
    cutoff = 2.0 * max(topography.spacing) if known is None else known
    return ResolutionReport(
        edge_length=edge,
        short_cutoff=cutoff,
        cutoff_known=known is not None,
        edges_per_short_cutoff=cutoff / edge,
        rms_height=topography.rms_height,
        resolved_rms_height=height,
        rms_slope=topography.rms_slope,
        resolved_rms_slope=slope,
        flat=bool(np.ptp(topography.heights) == 0.0),
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
