# SPDX-License-Identifier: MIT
"""The pressed stack: a field in its deformed layers, with every interface seen close up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.plots.choose import highest_step, pressure_at
from interfacefem.plots.raster import FloatArray, Window, cells_as_pixels
from interfacefem.results import LayerState, Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: fields of one number a cell that can be drawn
FIELDS = ("von_mises_stress", "plastic_strain", "mean_stress", "max_principal_stress")
#: part of the area whose values the colours of a layer span [%]; the rest has the end colours
SHOWN = (0.2, 99.8)
#: what is smaller is no plastic strain but round-off [-]
NOTHING = 1e-9
#: width of a close-up over its height
ZOOM_ASPECT = 2.6
#: part of the width that a close-up shows, or more where the roughness is high
ZOOM_WIDTH = 0.4


@dataclass(frozen=True, eq=False)
class _Painted:
    """One layer with the colours of its cells."""

    state: LayerState
    points: FloatArray
    cells: npt.NDArray[np.int64]
    low: float
    high: float
    colours: npt.NDArray[np.uint8]


@theme.themed
def stack(results: Results, step: str | None = None, field: str = "von_mises_stress") -> Figure:
    """Draw a field in the deformed stack, each layer with its own scale, and each interface large.

    Lithium carries a hundredth of the stress of the ceramics, so one scale for all would show one
    layer only. White between two layers is an open gap, to scale.

    Parameters
    ----------
    results : Results
        The run.
    step : str, optional
        At the end of this step; the one with the highest pressure by default.
    field : str
        One of :data:`FIELDS`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If the step or field is unknown, or no layer fields are stored there.
    """
    if field not in FIELDS:
        raise ResultsError(f"no field {field!r} to draw; there is: {', '.join(FIELDS)}")
    step = highest_step(results) if step is None else step
    states = [results.layer(name).at(step) for name in results.layers]
    painted = [_paint(state, field) for state in states if state.present]
    fig = theme.figure(11.5, 7.6)
    fig.suptitle(
        f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    upper, lower = fig.subfigures(2, 1, height_ratios=[1.0, 0.13], squeeze=False)[:, 0]
    names = [name for name in results.interfaces if results.interface(name).at(step).present]
    grid = upper.add_gridspec(max(len(names), 1), 2, width_ratios=[1.0, 1.35])
    whole = upper.add_subplot(grid[:, 0])
    everything = np.vstack([layer.points for layer in painted])
    frame = _frame(everything)
    _draw(whole, painted, frame, 1100)
    whole.set(title="whole stack", xlabel="x [um]", ylabel="y [um]")
    for layer in painted:
        _name(whole, layer, frame)
    for row, name in enumerate(reversed(names)):
        close = upper.add_subplot(grid[row, 1])
        state = results.interface(name).at(step)
        window = _zoom(state.points, state.contact_pressure.values, frame)
        _draw(close, painted, window, 560)
        _edges(close, results, name, painted)
        _contact(close, state.points, np.asarray(state.in_contact.values, dtype=bool))
        mark = chr(ord("A") + row)
        top, bottom = reversed(name.split("|"))
        close.set_title(f"{mark}  {top} on {bottom}: {state.in_contact.mean():.0%} in contact")
        close.set(xlabel="x [um]", ylabel="y [um]", xlim=window[:2], ylim=window[2:])
        theme.box(whole, window, mark)
    _bars(lower, painted, field)
    return fig


def _paint(state: LayerState, field: str) -> _Painted:
    values = np.asarray(state.field(field).values, dtype=np.float64)
    points, cells = state.points, state.cells
    low, high = _range(values, _areas(points[cells]), field)
    part = np.clip((values - low) / (high - low), 0.0, 1.0) if high > low else 0.0 * values
    colours = np.asarray(theme.colour_map(field)(part)[:, :3] * 255.0, dtype=np.uint8)
    if not high > low:
        colours[:] = 225
    return _Painted(state, points, cells, low, high, colours)


def _areas(corners: FloatArray) -> FloatArray:
    diagonals = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    cross = diagonals[0][:, 0] * diagonals[1][:, 1] - diagonals[0][:, 1] * diagonals[1][:, 0]
    areas: FloatArray = 0.5 * np.abs(cross)
    return areas


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


def _frame(points: FloatArray) -> Window:
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    pad = 0.015 * max(right - left, top - bottom)
    return float(left - pad), float(right + pad), float(bottom - pad), float(top + pad)


def _zoom(points: FloatArray, pressure: FloatArray, frame: Window) -> Window:
    """Return a window around the highest pressure, high enough for the roughness to be seen."""
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


def _draw(axes: Axes, painted: list[_Painted], window: Window, height: int) -> None:
    shift, points, cells = 0, [], []
    for layer in painted:
        points.append(layer.points)
        cells.append(layer.cells + shift)
        shift += len(layer.points)
    image = cells_as_pixels(
        np.vstack(points),
        np.vstack(cells),
        np.vstack([layer.colours for layer in painted]),
        window,
        height,
    )
    axes.imshow(image, extent=window, aspect="equal", interpolation="antialiased", zorder=1)
    axes.grid(visible=False)


def _edges(axes: Axes, results: Results, name: str, painted: list[_Painted]) -> None:
    """Draw both faces of an interface as lines."""
    faces = results.mesh.interfaces[name]
    by_name = {layer.state.name: layer for layer in painted}
    for layer_name, edges in zip(name.split("|"), (faces.lower, faces.upper), strict=True):
        nodes = results.mesh.layer_nodes[layer_name]
        ends = by_name[layer_name].points[np.searchsorted(nodes, edges)]
        line = np.vstack([ends[:, 0], ends[-1:, 1]])
        axes.plot(line[:, 0], line[:, 1], color="black", linewidth=1.0, zorder=3)


def _contact(axes: Axes, points: FloatArray, touching: npt.NDArray[np.bool_]) -> None:
    """Mark where the interface carries pressure."""
    order = np.argsort(points[:, 0], kind="stable")
    line = np.where(touching[order, None], points[order], np.nan)
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


def _name(axes: Axes, layer: _Painted, frame: Window) -> None:
    x = frame[1] - 0.04 * (frame[1] - frame[0])
    y = 0.5 * float(layer.points[:, 1].min() + layer.points[:, 1].max())
    theme.outlined(axes, x, y, layer.state.name, va="center", ha="right")


def _bars(fig: Any, painted: list[_Painted], field: str) -> None:
    """Draw one colour bar a layer, top layer first, as they lie."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

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
        )
        axes.set_title(f"{name}, largest {values.max():.3g}", fontsize=9.5, fontweight="normal")
