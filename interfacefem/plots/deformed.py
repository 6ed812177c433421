# SPDX-License-Identifier: MIT
"""The pressed stack: a still picture of a field and its interfaces, and a scene to turn.

pyvista draws, trame brings it into the notebook; both are imported when asked for.
"""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from interfacefem import logs
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
    import_pyvista,
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


logger = logs.get(__name__)
#: part of the light that comes from everywhere, so that colours can be read
AMBIENT = 0.45


def scene(
    results: Results, step: str | None = None, field: str = FIELD, *, cut: bool = True
) -> object:
    """Return the deformed stack to be turned in Jupyter, each layer on its own scale.

    Parameters
    ----------
    results : Results
        The run, plane or in 3D.
    step : str, optional
        At the end of this step; the one with the highest pressure by default.
    field : str
        As in :func:`interfacefem.plots.stack`.
    cut : bool
        Whether the front half of a stack in 3D is taken away.

    Returns
    -------
    widget or matplotlib.figure.Figure
        What a notebook cell shows. Outside of Jupyter, or without trame, it is the still picture of
        :func:`interfacefem.plots.stack`; a line in the log says why.

    Raises
    ------
    ResultsError
        If the step or field is unknown, or no layer fields are stored there.
    """
    shown, why = None, "this is no notebook"
    if importlib.util.find_spec("trame") is None:
        why = "trame is missing; install it with: pip install 'pyvista[jupyter]'"
    elif _in_jupyter():
        shown, why = _show(build(results, step, field, cut=cut))
    if shown is None:
        logger.info("a still picture in place of the scene: %s", why)
        return stack(results, step, field)
    return shown


def _show(plotter: Any) -> tuple[Any, str]:
    """Return what a notebook shows, None and why where it can only be a still."""
    from PIL import Image

    with warnings.catch_warnings(record=True) as caught, _nothing_fetched():
        warnings.simplefilter("always")
        shown = plotter.show(jupyter_backend="trame", return_viewer=True)
    if isinstance(shown, Image.Image):
        plotter.close()
        return None, " ".join(str(item.message) for item in caught) or "trame does not answer"
    return shown, ""


#: part of trame that fetches a renderer from the network as soon as it is there
_FETCHES = "trame.widgets.vtklocal"


@contextmanager
def _nothing_fetched() -> Iterator[None]:
    """Keep pyvista from a renderer that the scene does not use, as if it were not installed."""
    modules: dict[str, Any] = sys.modules
    if _FETCHES in modules:
        yield  # somebody uses it
        return
    modules[_FETCHES] = None
    try:
        yield
    finally:
        del modules[_FETCHES]


def build(
    results: Results, step: str | None = None, field: str = FIELD, *, cut: bool = True
) -> Any:
    """Return the scene as a plotter of pyvista that nothing has shown yet.

    Parameters
    ----------
    results, step, field, cut
        As in :func:`scene`.
    """
    step = highest_step(results) if step is None else step
    painted = paint_all([results.layer(name).at(step) for name in results.layers], field)
    pyvista = import_pyvista()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a display that is not needed
        plotter = pyvista.Plotter(notebook=True, off_screen=True)
    for number, layer in enumerate(painted):
        grid = _grid(pyvista, layer, field)
        if cut and results.mesh.dimension == 3:
            middle = tuple(grid.center)
            grid = grid.clip(normal=(0.0, -1.0, 0.0), origin=middle)
        if layer.scale.even:
            plotter.add_mesh(grid, color="#E1E1E1", ambient=AMBIENT, diffuse=1.0 - AMBIENT)
            continue
        ticks = _round_ticks(layer.scale.low, layer.scale.high)
        plotter.add_mesh(
            grid,
            ambient=AMBIENT,
            diffuse=1.0 - AMBIENT,
            scalars=field,
            cmap=layer.scale.map(),
            clim=(ticks[0], ticks[-1]),
            scalar_bar_args={
                "title": f"{layer.state.name}\n{layer.label}\n",
                "vertical": True,
                "position_x": 0.82,
                "position_y": 0.04 + 0.94 * number / len(painted),
                "height": 0.88 / len(painted),
                "width": 0.06,
                "n_labels": len(ticks),
                "fmt": "%.4g",
                "title_font_size": 14,
                "label_font_size": 12,
            },
        )
    plotter.add_text(
        f"{results.name}, end of '{step}' at {pressure_at(results, step):.3g} MPa",
        position="lower_left",  # the menu is above
        font_size=10,
    )
    if results.mesh.dimension == 2:
        plotter.view_xy()
    else:
        plotter.camera_position = [(-0.55, -1.0, 0.42), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)]
        plotter.reset_camera()
    return plotter


def _round_ticks(low: float, high: float) -> FloatArray:
    """Return a few round numbers, from one that is not above a range to one that is not below."""
    from matplotlib.ticker import MaxNLocator

    return np.asarray(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))


def _grid(pyvista: Any, layer: Painted, field: str) -> Any:
    missing = 3 - layer.points.shape[1]
    points = np.column_stack([layer.points, np.zeros((len(layer.points), missing))])
    kind = pyvista.CellType.QUAD if missing else pyvista.CellType.HEXAHEDRON
    grid = pyvista.UnstructuredGrid({kind: layer.cells}, points)
    grid.cell_data[field] = layer.values
    return grid


def _in_jupyter() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and getattr(shell.get_ipython(), "kernel", None) is not None
