# SPDX-License-Identifier: MIT
"""Layers with the colours of a field: cells as pixels by pyvista, and the bars that tell the scale.

Axes, labels and colour bars are drawn around it by matplotlib, in ``deformed``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import EnvironmentProblem, ResultsError
from interfacefem.plots import layout, theme
from interfacefem.plots.choose import Scale, scale_of
from interfacefem.plots.values import on_cells, require_field, shown
from interfacefem.results import InterfaceState, LayerState
from interfacefem.results.edges import contact_fraction, held_shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

FloatArray = npt.NDArray[np.float64]
Window = tuple[float, float, float, float]
#: part of the light that comes from everywhere; with that of the lamps one, so that no colour is
#: washed out
AMBIENT = 0.45


def import_pyvista() -> Any:
    """Return pyvista, quiet about the display it does not need.

    Raises
    ------
    EnvironmentProblem
        If it is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pyvista
            import vtk
    except ImportError as error:
        raise EnvironmentProblem(
            "pictures of the stack need pyvista; install it with: "
            f"pip install 'interfacefem[plots]' ({error})"
        ) from error
    vtk.vtkLogger.SetStderrVerbosity(vtk.vtkLogger.VERBOSITY_OFF)
    return pyvista


def cells_as_pixels(
    points: FloatArray,
    cells: npt.NDArray[np.int64],
    colours: npt.NDArray[np.uint8],
    window: Window,
    height: int,
) -> npt.NDArray[np.uint8]:
    """Draw quadrilaterals in flat colours.

    Parameters
    ----------
    points : array, shape (n, 2)
        Node positions [um].
    cells : array, shape (m, 4)
        Nodes of each cell.
    colours : array of uint8, shape (m, 3)
        Colour of each cell.
    window : tuple of float
        Left, right, bottom and top of what is seen [um].
    height : int
        Pixels from bottom to top.

    Returns
    -------
    array of uint8, shape (height, width, 4)
        Transparent where there is no cell.
    """
    pyvista = import_pyvista()
    left, right, bottom, top = window
    # Draw only what may be seen; a cell reaches over the edge if any of its nodes is inside.
    x, y = points[cells, 0], points[cells, 1]
    seen = (x.max(1) >= left) & (x.min(1) <= right) & (y.max(1) >= bottom) & (y.min(1) <= top)
    width = max(round(height * (right - left) / (top - bottom)), 1)
    if not seen.any():
        return np.zeros((height, width, 4), dtype=np.uint8)
    place = np.column_stack([points, np.zeros(len(points))])
    face = np.column_stack([np.full(int(seen.sum()), 4), cells[seen]]).ravel()
    surface = pyvista.PolyData(place, faces=face)
    surface.cell_data["colour"] = colours[seen]
    return photograph(surface, window, height)


def photograph(
    surface: Any,
    window: Window,
    height: int,
    *,
    view: tuple[float, float, float] = (0.0, 0.0, 1.0),
    shaded: bool = False,
    edges: bool = False,
) -> npt.NDArray[np.uint8]:
    """Draw a surface with flat colours in parallel projection.

    Parameters
    ----------
    surface : pyvista.PolyData
        With a colour of each cell.
    window : tuple of float
        Left, right, bottom and top of what is seen, along the picture's own axes through the origin
        [um].
    height : int
        Pixels from bottom to top.
    view : tuple of float
        Direction from the surface to the eye; if it is not z, z points up.
    shaded : bool
        Whether light shows the form.
    edges : bool
        Whether the edges of the cells are drawn.

    Returns
    -------
    array of uint8, shape (height, width, 4)
        Transparent where there is nothing.
    """
    pyvista = import_pyvista()
    left, right, bottom, top = window
    width = max(round(height * (right - left) / (top - bottom)), 1)
    eye = np.array(view) / np.linalg.norm(view)
    flat = abs(float(eye[2])) > 1.0 - 1e-12
    upward = np.array((0.0, 1.0, 0.0) if flat else (0.0, 0.0, 1.0))
    across = np.cross(upward, eye)
    across /= np.linalg.norm(across)
    up = np.cross(eye, across)
    centre = 0.5 * (left + right) * across + 0.5 * (bottom + top) * up
    reach = 10.0 * max(top - bottom, float(np.ptp(surface.points, axis=0).max()))
    centre = centre + float(np.mean(surface.points @ eye)) * eye
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plotter = pyvista.Plotter(off_screen=True, window_size=(width, height))
        try:
            plotter.add_mesh(
                surface,
                scalars="colour",
                rgb=True,
                lighting=shaded,
                ambient=AMBIENT if shaded else 0.0,
                diffuse=1.0 - AMBIENT if shaded else 1.0,
                show_edges=edges,
                edge_color="#2B2B2B",
            )
            plotter.enable_anti_aliasing("ssaa")
            plotter.enable_parallel_projection()
            plotter.camera.focal_point = tuple(centre)
            plotter.camera.position = tuple(centre + reach * eye)
            plotter.camera.up = tuple(up)
            plotter.camera.parallel_scale = 0.5 * (top - bottom)
            plotter.camera.clipping_range = (0.1 * reach, 2.0 * reach)
            image = plotter.screenshot(None, return_img=True, transparent_background=True)
        finally:
            plotter.close()
    return np.asarray(image, dtype=np.uint8)


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
    values : (m,) array
        Of the field at the cells; not a number where the layer has none.
    label : str
        Of the field with its unit; empty where the layer has none.
    scale : Scale
        Values between which the colours run.
    colours : (m, 3) array of uint8
    """

    state: LayerState
    points: FloatArray
    cells: npt.NDArray[np.int64]
    values: FloatArray
    label: str
    scale: Scale
    colours: npt.NDArray[np.uint8]


def paint(state: LayerState, field: str, scale: Scale | None = None) -> Painted:
    """Return a layer with the colours of a field.

    Parameters
    ----------
    state : LayerState
    field : str
        See :func:`interfacefem.plots.values.shown`; grey if the layer has none.
    scale : Scale, optional
        Instead of that of the layer's own values.
    """
    points, cells = state.points, state.cells
    try:
        found = shown(state, field)
    except ResultsError:  # of another layer
        values, label, unit = np.full(len(cells), np.nan), "", "-"
    else:
        values, label, unit = on_cells(found, cells), found.label, found.unit
    if scale is None:
        scale = scale_of(values, cell_sizes(points, cells), unit=unit)
    return Painted(state, points, cells, values, label, scale, scale.paint(values))


def paint_all(
    states: Sequence[LayerState], field: str, scales: Sequence[Scale] | None = None
) -> list[Painted]:
    """Return the layers that are in the die with the colours of a field.

    Parameters
    ----------
    states : sequence of LayerState
        Bottom to top.
    field : str
        Of one of the layers at least.
    scales : sequence of Scale, optional
        One for each of the states; by default each layer's own.

    Raises
    ------
    ResultsError
        If no layer has such a field; the message lists what there is.
    """
    present = [number for number, state in enumerate(states) if state.present]
    require_field([states[number] for number in present], field)
    return [
        paint(states[number], field, None if scales is None else scales[number])
        for number in present
    ]


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


def colour_bars(fig: SubFigure, painted: Sequence[Painted]) -> None:
    """Draw one colour bar a layer, top layer first, as they lie."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    label = next(layer.label for layer in painted if layer.label)
    shape = (1, len(painted)) if layout.is_wide() else (len(painted), 1)
    fig.supxlabel(f"{label}, a scale for each layer", fontsize=layout.points(10.0))
    for axes, layer in zip(
        fig.subplots(*shape, squeeze=False).ravel(), reversed(painted), strict=True
    ):
        name = layer.state.name
        if layer.scale.even:
            axes.set_axis_off()
            axes.text(0.5, 0.5, f"{name}: {even_words(layer)} (grey)", ha="center", va="center")
            continue
        low, high = layer.scale.low, layer.scale.high
        smallest, largest = float(np.nanmin(layer.values)), float(np.nanmax(layer.values))
        extend = {
            (False, False): "neither",
            (True, False): "min",
            (False, True): "max",
            (True, True): "both",
        }[smallest < low, largest > high]
        fig.colorbar(
            ScalarMappable(Normalize(low, high), layer.scale.map()),
            cax=axes,
            orientation="horizontal",
            extend=extend,
            ticks=MaxNLocator(4),
            format=lambda value, _: f"{value:.4g}",  # no power of ten apart, which takes room
        )
        said = f"{name}, largest {largest:.3g}"
        if low < 0.0:
            said = f"{name}, {smallest:.3g} to {largest:.3g}"
        axes.set_title(said, fontsize=layout.points(9.5), fontweight="normal")


def even_words(layer: Painted) -> str:
    """Return the one value of a layer, in words."""
    if not layer.label:
        return "has no such field"
    return "none" if layer.scale.high == 0.0 else f"{layer.scale.high:.3g} everywhere"


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


def mark_contact(axes: Axes, line: FloatArray, held: FloatArray | None = None) -> None:
    """Mark where an interface carries pressure, and where bonds hold it; NaN parts the pieces."""
    for pieces, colour, label in (
        (line, theme.CONTACT, "in contact"),
        (held, theme.COLOURS[3], "held by bonds"),
    ):
        if pieces is None or (pieces is held and np.isnan(held).all()):
            continue  # the legend names the bonds only where there are any
        axes.plot(
            pieces[:, 0],
            pieces[:, 1],
            color=colour,
            linewidth=3.0,
            solid_capstyle="round",
            marker="o",
            markersize=2.5,
            zorder=4,
            label=label,
        )
    axes.legend(loc="upper right", frameon=True, framealpha=0.85, edgecolor="none", borderpad=0.25)


def shares(state: InterfaceState) -> str:
    """Return how much of an interface is in contact, and how much bonds hold besides, in words."""
    said = f"{contact_fraction(state):.0%} in contact"
    held = held_shares(state).mean()
    if held > 0.0:
        said += f", {held:.0%} held by bonds"
    return said
