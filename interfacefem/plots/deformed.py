# SPDX-License-Identifier: MIT
"""The pressed stack: a still picture of a field and its interfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from interfacefem.plots import layout, theme
from interfacefem.plots.choose import highest_step, pressure_at
from interfacefem.plots.cut import draw_cut
from interfacefem.plots.painted import (
    ZOOM_ASPECT,
    FloatArray,
    Painted,
    Window,
    cells_as_pixels,
    colour_bars,
    mark_contact,
    paint_all,
    shares,
    zoom,
)
from interfacefem.results import Results

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from interfacefem.plots.page import Options

#: field that is drawn unless another is asked for
FIELD = "von_mises_stress"
#: height over width of a stack in 3D that is seen from aside
ASIDE_HEIGHT = 0.7


@theme.themed
def stack(
    results: Results,
    step: str | None = None,
    field: str = FIELD,
    *,
    at: float | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Draw a field in the deformed stack, each layer with its own scale, and each interface large.

    Lithium carries a hundredth of the stress of the ceramics, so one scale for all would show one
    layer only. White between two layers is an open gap, to scale. A stack in 3D is cut along a
    plane of constant y: what lies behind it, and the cut itself face on.

    Parameters
    ----------
    results : Results
        The run.
    step : str, optional
        At the end of this step; the one with the highest pressure by default.
    field : str
        Any stored field of the layers: a scalar, a component of a vector or tensor
        (``displacement.y``, ``stress.xx``), a vector by its magnitude. Of cells or of nodes.
    at : float, optional
        Where a stack in 3D is cut, y [um]; its middle by default.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If the step or field is unknown, or no layer fields are stored there; the message lists the
        fields that there are.
    """
    step = highest_step(results) if step is None else step
    painted = paint_all([results.layer(name).at(step) for name in results.layers], field)
    names = [name for name in results.interfaces if results.interface(name).at(step).present]
    heights = _heights(painted)
    high, bars = 6.6, 1.0
    if not layout.is_wide():
        high, bars = heights[0] + heights[1] * len(names), 0.3 + 0.7 * len(painted)
    fig = theme.figure(11.5, high + bars)
    layout.head(fig, f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa")
    upper, lower = fig.subfigures(2, 1, height_ratios=[high, bars], squeeze=False)[:, 0]
    if results.mesh.dimension == 3:
        draw_cut(upper, results, step, painted, names, at)
    else:
        _draw_plane(upper, results, step, painted, names)
    colour_bars(lower, painted)
    return fig


def _heights(painted: Sequence[Painted]) -> tuple[float, float]:
    """Return the heights of a stack and of its close-ups, where these are below it [inch]."""
    width, *_, height = np.ptp(np.vstack([layer.points for layer in painted]), axis=0)
    seen = height / width if painted[0].points.shape[1] == 2 else ASIDE_HEIGHT
    return layout.below_each_other(float(seen), 1.0 / ZOOM_ASPECT)


def _draw_plane(
    part: SubFigure, results: Results, step: str, painted: list[Painted], names: list[str]
) -> None:
    whole, closes = layout.one_and_many(part, len(names), (1.0, 1.35), _heights(painted))
    frame = frame_of(np.vstack([layer.points for layer in painted]))
    draw_cells(whole, painted, frame, 1100)
    whole.set(title="whole stack", xlabel="x [um]", ylabel="y [um]")
    for layer in painted:
        _name(whole, layer, frame)
    for row, name in enumerate(reversed(names)):
        close = closes[row]
        state = results.interface(name).at(step)
        window = zoom(state.points, state.contact_pressure.values, frame)
        draw_cells(close, painted, window, 560)
        _edges(close, results, name, painted)
        order = np.argsort(state.points[:, 0], kind="stable")
        touching = np.asarray(state.in_contact.values, dtype=bool)[order]
        lines = [
            np.where(part[:, None], state.points[order], np.nan)
            for part in (touching, state.held_by_bonds[order])
        ]
        mark_contact(close, *lines)
        mark = chr(ord("A") + row)
        top, bottom = reversed(name.split("|"))
        close.set_title(f"{mark}  {top} on {bottom}: {shares(state)}")
        close.set(xlabel="x [um]", ylabel="y [um]", xlim=window[:2], ylim=window[2:])
        theme.box(whole, window, mark)


def frame_of(points: FloatArray) -> Window:
    """Return a window around points of a plane, with a little room."""
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    pad = 0.015 * max(right - left, top - bottom)
    return float(left - pad), float(right + pad), float(bottom - pad), float(top + pad)


def draw_cells(axes: Axes, painted: Sequence[Painted], window: Window, height: int) -> None:
    """Draw the cells of layers in a window, so many pixels high."""
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


def _edges(axes: Axes, results: Results, name: str, painted: list[Painted]) -> None:
    """Draw both faces of an interface as lines."""
    faces = results.mesh.interfaces[name]
    by_name = {layer.state.name: layer for layer in painted}
    for layer_name, edges in zip(name.split("|"), (faces.lower, faces.upper), strict=True):
        nodes = results.mesh.layer_nodes[layer_name]
        ends = by_name[layer_name].points[np.searchsorted(nodes, edges)]
        line = np.vstack([ends[:, 0], ends[-1:, 1]])
        axes.plot(line[:, 0], line[:, 1], color="black", linewidth=1.0, zorder=3)


def _name(axes: Axes, layer: Painted, frame: Window) -> None:
    x = frame[1] - 0.04 * (frame[1] - frame[0])
    y = 0.5 * float(layer.points[:, 1].min() + layer.points[:, 1].max())
    theme.outlined(axes, x, y, layer.state.name, va="center", ha="right")
