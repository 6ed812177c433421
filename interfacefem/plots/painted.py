# SPDX-License-Identifier: MIT
"""Layers with the colours of a field, each layer on its own scale, and the bars that tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.plots import theme
from interfacefem.plots.raster import FloatArray, Window
from interfacefem.results import LayerState

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

#: part of the area or volume whose values the colours of a layer span [%]; the rest has the end
#: colours
SHOWN = (0.2, 99.8)
#: what is smaller is no plastic strain but round-off [-]
NOTHING = 1e-9
#: width of a close-up over its height
ZOOM_ASPECT = 2.6
#: part of the width that a close-up shows, or more where the roughness is high
ZOOM_WIDTH = 0.4


@dataclass(frozen=True, eq=False)
class Painted:
    """One layer with the colours of its cells.

    Attributes
    ----------
    state : LayerState
    points : (n, d) array
        Deformed positions [um].
    cells : (m, k) int array
    low, high : float
        Values between which the colours run; equal if there is nothing to show.
    colours : (m, 3) array of uint8
    """

    state: LayerState
    points: FloatArray
    cells: npt.NDArray[np.int64]
    low: float
    high: float
    colours: npt.NDArray[np.uint8]


def paint(state: LayerState, field: str) -> Painted:
    """Return a layer with the colours of a field of its cells."""
    values = np.asarray(state.field(field).values, dtype=np.float64)
    points, cells = state.points, state.cells
    low, high = _range(values, cell_sizes(points, cells), field)
    part = np.clip((values - low) / (high - low), 0.0, 1.0) if high > low else 0.0 * values
    colours = np.asarray(theme.colour_map(field)(part)[:, :3] * 255.0, dtype=np.uint8)
    if not high > low:
        colours[:] = 225
    return Painted(state, points, cells, low, high, colours)


def cell_sizes(points: FloatArray, cells: npt.NDArray[np.int64]) -> FloatArray:
    """Return areas of quadrilaterals, or volumes of hexahedra by their middle lines.

    Good enough to weigh colours: exact for parallelepipeds.
    """
    corner = points[cells]
    if points.shape[1] == 2:
        one, two = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
        return np.asarray(0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]))
    lines = [
        corner[:, ahead].mean(axis=1) - corner[:, behind].mean(axis=1)
        for ahead, behind in (
            ([1, 2, 5, 6], [0, 3, 4, 7]),
            ([2, 3, 6, 7], [0, 1, 4, 5]),
            ([4, 5, 6, 7], [0, 1, 2, 3]),
        )
    ]
    return np.asarray(np.abs(np.linalg.det(np.stack(lines, axis=1))))


def _range(values: FloatArray, areas: FloatArray, field: str) -> tuple[float, float]:
    """Return the values between which the colours run; equal if there is nothing to show."""
    if field == "plastic_strain":
        # Only what has yielded counts: it may be less than the last part of the area.
        yielded = values > max(0.01 * float(values.max()), NOTHING)
        if not yielded.any():
            return 0.0, 0.0
        return 0.0, _percentile(values[yielded], areas[yielded], SHOWN[1])
    low, high = (_percentile(values, areas, percent) for percent in SHOWN)
    if field == "von_mises_stress":
        low = 0.0 if low < 0.3 * high else low
    return low, high


def _percentile(values: FloatArray, areas: FloatArray, percent: float) -> float:
    """Return the value that a part of the area does not exceed."""
    order = np.argsort(values)
    share = np.cumsum(areas[order]) / areas.sum()
    return float(np.interp(percent / 100.0, share, values[order]))


def colour_bars(fig: SubFigure, painted: list[Painted], field: str) -> None:
    """Draw one colour bar a layer, top layer first, as they lie."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    fig.supxlabel(f"{theme.axis_label(field)}, a scale for each layer", fontsize=10)
    for axes, layer in zip(
        np.atleast_1d(fig.subplots(1, len(painted))), reversed(painted), strict=True
    ):
        name = layer.state.name
        if not layer.high > layer.low:
            axes.set_axis_off()
            text = "none" if field == "plastic_strain" else f"{layer.high:.3g} everywhere"
            axes.text(0.5, 0.5, f"{name}: {text} (grey)", ha="center", va="center")
            continue
        values = np.asarray(layer.state.field(field).values)
        scale = Normalize(layer.low, layer.high)
        extend = {
            (False, False): "neither",
            (True, False): "min",
            (False, True): "max",
            (True, True): "both",
        }[bool(values.min() < layer.low), bool(values.max() > layer.high)]
        fig.colorbar(
            ScalarMappable(scale, theme.colour_map(field)),
            cax=axes,
            orientation="horizontal",
            extend=extend,
            ticks=MaxNLocator(4),
        )
        axes.set_title(f"{name}, largest {values.max():.3g}", fontsize=9.5, fontweight="normal")


def zoom(points: FloatArray, pressure: FloatArray, frame: Window) -> Window:
    """Return a window around the highest pressure, high enough for the roughness to be seen.

    Parameters
    ----------
    points : (n, 2) array
        Of an interface: along it, and in the press direction [um].
    pressure : (n,) array
        [MPa].
    frame : tuple of float
        Of the whole picture [um].
    """
    start, width = float(points[:, 0].min()), float(np.ptp(points[:, 0]))
    rough = float(np.ptp(points[:, 1]))
    height = max(3.0 * rough, ZOOM_WIDTH * width / ZOOM_ASPECT)
    height = min(height, (frame[3] - frame[2]) / 2.0, width / ZOOM_ASPECT)
    reach = height * ZOOM_ASPECT
    peak = float(points[int(np.argmax(pressure)), 0])
    left = min(max(peak - 0.5 * reach, start), start + width - reach)
    near = (points[:, 0] >= left) & (points[:, 0] <= left + reach)
    middle = 0.5 * float(points[near, 1].min() + points[near, 1].max())
    return left, left + reach, middle - 0.5 * height, middle + 0.5 * height


def mark_contact(axes: Axes, line: FloatArray) -> None:
    """Mark where an interface carries pressure; pieces of the line are parted by NaN."""
    axes.plot(
        line[:, 0],
        line[:, 1],
        color=theme.CONTACT,
        linewidth=3.0,
        solid_capstyle="round",
        marker="o",
        markersize=2.5,
        zorder=4,
        label="in contact",
    )
    axes.legend(loc="upper right", frameon=True, framealpha=0.85, edgecolor="none", borderpad=0.25)
