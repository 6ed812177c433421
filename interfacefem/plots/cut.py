# SPDX-License-Identifier: MIT
"""Sections: of pellets from a die, and cuts through a deformed stack in 3D.

pyvista draws cells in flat colours, off-screen; :func:`interfacefem.plots.stack` is the door, the
colours come from :mod:`interfacefem.plots.painted`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import layout, theme
from interfacefem.plots.choose import highest_step, pressure_at
from interfacefem.plots.painted import (
    ZOOM_ASPECT,
    FloatArray,
    Painted,
    Window,
    import_pyvista,
    mark_contact,
    photograph,
    zoom,
)
from interfacefem.post.measures import mean_density
from interfacefem.results import LayerState, Results
from interfacefem.results.edges import contact_fraction

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from interfacefem.plots.page import Options

#: width of what is shown, in heights of the pellet; further inside a flat pellet is even
RIM = 4.0
#: least width of a rim [inch]
NARROWEST = 3.4
#: places of the components of stress in a body of revolution
RADIAL, AXIAL = 0, 1


@dataclass(frozen=True)
class _Row:
    """One quantity of all runs, on one scale."""

    title: str
    values: Callable[[LayerState], FloatArray]
    at_end: bool
    colours: str
    centred: bool = False


def _density(state: LayerState) -> FloatArray:
    if "relative_density" not in state.fields:
        return np.zeros(len(state.cells))
    density = state.field("relative_density").values
    deviation: FloatArray = density - mean_density(state, axisymmetric=True)
    return deviation


ROWS = (
    _Row("relative density at the end, less the mean of the layer [-]", _density, True, "RdBu_r",
         centred=True),
    _Row("axial stress at the highest load [MPa]", lambda s: s.stress.values[:, AXIAL], False,
         "viridis"),
    _Row("radial stress at the highest load [MPa]", lambda s: s.stress.values[:, RADIAL], False,
         "viridis"),
    _Row("largest principal stress at the end [MPa]", lambda s: s.max_principal_stress.values,
         True, "PuOr_r", centred=True),
)  # fmt: skip


@theme.themed
def pellets(runs: Sequence[Results], **options: Unpack[Options]) -> Figure:
    """Draw the rims of pellets, up to the wall of the die on the right.

    Parameters
    ----------
    runs : sequence of Results
        Of cases with a die, one column each; every row has one scale.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If a run has no die or no fields of its layers.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.ticker import MaxNLocator

    for run in runs:
        if "die" not in run.case:
            raise ResultsError(f"{run.path}: was not pressed in a die; draw it with plots.stack")
    steps = [(highest_step(run), run.steps[-1]) for run in runs]
    beside = layout.across(len(runs), NARROWEST) == len(runs)
    shape = (1, len(runs)) if beside else (len(runs), 1)
    fig = theme.figure(6.2 * shape[1] + 0.8, 2.2 * len(ROWS) * shape[0])
    layout.head(fig, "Rims of pellets")
    parts = fig.subfigures(len(ROWS), 1, squeeze=False)[:, 0]
    for row, part in zip(ROWS, parts, strict=True):
        part.suptitle(row.title, x=0.01, ha="left", fontsize=layout.points(10.0))
        line = part.subplots(*shape, squeeze=False).ravel()
        states = [
            [run.layer(name).at(pair[row.at_end]) for name in run.layers]
            for run, pair in zip(runs, steps, strict=True)
        ]
        there = [[state for state in column if state.present] for column in states]
        values = [[row.values(state) for state in column] for column in there]
        low, high = _limits([v for column in values for v in column], centred=row.centred)
        for axes, column, found, run, pair in zip(line, there, values, runs, steps, strict=True):
            _draw(axes, column, found, (low, high), row.colours)
            _faces(axes, run, column)
            step = pair[row.at_end]
            theme.titled(axes, [f"{run.name}, '{step}', {pressure_at(run, step):.3g} MPa"])
        scale = ScalarMappable(Normalize(low, high), row.colours)
        part.colorbar(scale, ax=list(line), aspect=12, pad=0.01, ticks=MaxNLocator(4))
    for axes in line:
        axes.set_xlabel("radius [mm]")
    return fig


def _faces(axes: Axes, run: Results, states: Sequence[LayerState]) -> None:
    """Draw both faces of every interface."""
    points = {state.name: state.points for state in states}
    for name, faces in run.mesh.interfaces.items():
        for layer, edges in zip(name.split("|"), (faces.lower, faces.upper), strict=True):
            if layer in points:
                nodes = np.searchsorted(run.mesh.layer_nodes[layer], edges)
                line = 1e-3 * points[layer][np.append(nodes[:, 0], nodes[-1, 1])]
                axes.plot(line[:, 0], line[:, 1], color="black", linewidth=0.8)


def _limits(values: Sequence[FloatArray], *, centred: bool) -> tuple[float, float]:
    """Return the ends of a scale; a few cells at the corners have the end colours."""
    every = np.concatenate(list(values))
    low, high = np.percentile(every, [0.5, 99.5])
    if centred:
        high = max(abs(low), abs(high)) or 1.0
        low = -high
    return float(low), float(high) if high > low else float(low) + 1.0


def _draw(
    axes: Axes,
    states: Sequence[LayerState],
    values: Sequence[FloatArray],
    limits: tuple[float, float],
    colours: str,
) -> None:
    from matplotlib.collections import PolyCollection

    for state, value in zip(states, values, strict=True):
        corners = 1e-3 * state.points[state.cells]
        image = PolyCollection(list(corners), array=value, cmap=colours, edgecolor="face",
                               linewidth=0.1, clim=limits)  # fmt: skip
        axes.add_collection(image)
        low, top = 1e-3 * state.points[:, 1].min(), 1e-3 * state.points[:, 1].max()
        high = top - 0.1 * (top - low)
        theme.outlined(
            axes, 0.01, high, state.name, va="top", transform=axes.get_yaxis_transform(),
            fontsize=layout.points(8.0),
        )  # fmt: skip
    everything = 1e-3 * np.vstack([state.points for state in states])
    radius, height = everything.max(axis=0)
    axes.set_xlim(max(radius - RIM * height, 0.0), 1.01 * radius)
    axes.set_ylim(-0.02 * height, 1.03 * height)
    axes.set_aspect("equal")
    axes.set_ylabel("height [mm]")
    axes.grid(visible=False)


IntArray = npt.NDArray[np.int64]

#: direction to the eye: from the front, a little from the left and from above
VIEW = (-0.55, -1.0, 0.42)
#: a plane that meets nodes exactly cuts cells in no clear way; shift it by this part of the depth
ASIDE = 1.7e-4


def draw_cut(
    part: SubFigure,
    results: Results,
    step: str,
    painted: Sequence[Painted],
    names: Sequence[str],
    at: float | None,
) -> None:
    """Draw a cut on the left, and close-ups of it at each interface on the right.

    Parameters
    ----------
    part : SubFigure
        Where.
    results : Results
    step : str
    painted : sequence of Painted
        Layers, bottom to top.
    names : sequence of str
        Interfaces that are there, bottom to top.
    at : float or None
        y of the cut [um]; None for the middle.

    Raises
    ------
    ResultsError
        If the plane does not meet the stack.
    """
    y = _place(painted, at)
    whole, closes = layout.one_and_many(
        part, len(names), (1.1, 1.25), layout.below_each_other(0.7, 1.0 / ZOOM_ASPECT)
    )
    image, seen = behind(painted, y, 1100)
    whole.imshow(image, extent=seen, aspect="equal", interpolation="antialiased")
    whole.set_axis_off()
    whole.set_title(f"behind the cut at y = {y:.3g} um")
    _labels(whole, painted, y)
    cut = section(painted, y)
    left, right, low, high = cut.bounds[:4]
    frame = (left, right, low, high)
    by_name = {layer.state.name: layer for layer in painted}
    for row, name in enumerate(reversed(names)):
        close = closes[row]
        state = results.interface(name).at(step)
        faces = state.faces
        if faces is None:
            raise ResultsError(f"interface '{name}' is a line and cannot be cut")
        pieces, quads = outline(state.points, faces, y)
        pressure = state.contact_pressure.values[faces[quads]].mean(axis=1)
        window = zoom(pieces.mean(axis=1), pressure, frame)
        picture = photograph(cut, window, 560)
        close.imshow(picture, extent=window, aspect="equal", interpolation="antialiased", zorder=1)
        close.grid(visible=False)
        mesh = results.mesh.interfaces[name]
        for layer, face in zip(name.split("|"), (mesh.lower, mesh.upper), strict=True):
            local = np.searchsorted(results.mesh.layer_nodes[layer], face)
            _line(close, outline(by_name[layer].points, local, y)[0])
        touching = np.asarray(state.in_contact.values, dtype=float)[faces[quads]].mean(axis=1) > 0.5
        mark_contact(close, _joined(pieces[touching]))
        top, bottom = reversed(name.split("|"))
        close.set_title(f"{top} on {bottom}: {contact_fraction(state):.0%} of the area in contact")
        close.set(xlabel="x [um]", ylabel="z [um]", xlim=window[:2], ylim=window[2:])


def _place(painted: Sequence[Painted], at: float | None) -> float:
    y = np.concatenate([layer.points[:, 1] for layer in painted])
    low, high = float(y.min()), float(y.max())
    place = 0.5 * (low + high) if at is None else at
    if not low < place < high:
        raise ResultsError(
            f"a cut at y = {place:g} um misses the stack, which lies between {low:g} and {high:g} "
            "um; choose a place in between"
        )
    return place + ASIDE * (high - low) * (1.0 if place < 0.5 * (low + high) + 1e-9 else -1.0)


def middle_of(painted: Sequence[Painted]) -> float:
    """Return the y of a cut through the middle [um], beside planes of nodes."""
    return _place(painted, None)


def _labels(axes: Axes, painted: Sequence[Painted], y: float) -> None:
    """Write the layers' names on the cut, and the size of the stack below it."""
    points = np.vstack([layer.points for layer in painted])
    low, high = points.min(axis=0), points.max(axis=0)
    for layer in painted:
        middle = 0.5 * float(layer.points[:, 2].min() + layer.points[:, 2].max())
        place = np.array([[high[0] - 0.04 * (high[0] - low[0]), y, middle]])
        x, up = project(place)[0]
        theme.outlined(axes, x, up, layer.state.name, va="center", ha="right")
    size = high - low
    axes.text(
        0.5,
        -0.02,
        f"{size[0]:.3g} x {size[1]:.3g} um, {size[2]:.3g} um high; x to the right, y to the back",
        transform=axes.transAxes,
        ha="center",
        va="top",
        fontsize=layout.points(9.0),
    )


def _line(axes: Axes, pieces: FloatArray) -> None:
    line = _joined(pieces)
    axes.plot(line[:, 0], line[:, 1], color="black", linewidth=1.0, zorder=3)


def _joined(pieces: FloatArray) -> FloatArray:
    """Return pieces (k, 2, 2) as one line with gaps in between, (3 k, 2)."""
    gap = np.full((len(pieces), 1, 2), np.nan)
    return np.concatenate([pieces, gap], axis=1).reshape(-1, 2)


def hexahedra(layer: Painted) -> Any:
    """Return the cells of a layer with their colours, as a grid of pyvista."""
    pyvista = import_pyvista()
    grid = pyvista.UnstructuredGrid({pyvista.CellType.HEXAHEDRON: layer.cells}, layer.points)
    grid.cell_data["colour"] = layer.colours
    return grid


def section(painted: Sequence[Painted], y: float) -> Any:
    """Return the polygons in which a plane of constant y cuts the cells.

    Returns
    -------
    pyvista.PolyData
        With the colours of the cells; points are (x, z, 0).
    """
    surfaces = []
    for layer in painted:
        cut = hexahedra(layer).slice(normal="y", origin=(0.0, y, 0.0))
        cut.points = np.column_stack([cut.points[:, [0, 2]], np.zeros(cut.n_points)])
        surfaces.append(cut)
    return import_pyvista().merge(surfaces, merge_points=False)


def outline(points: FloatArray, faces: IntArray, y: float) -> tuple[FloatArray, IntArray]:
    """Return the line in which a plane of constant y cuts a face.

    Parameters
    ----------
    points : (n, 3) array
        [um].
    faces : (k, 4) int array
        Quadrilaterals.
    y : float
        [um].

    Returns
    -------
    pieces : (m, 2, 2) array
        Ends (x, z) of the piece in each quadrilateral that is cut, from left to right [um].
    quads : (m,) int array
        Those quadrilaterals.
    """
    corner = points[faces]
    ahead = np.roll(corner, -1, axis=1)
    before, after = corner[..., 1] - y, ahead[..., 1] - y
    crossed = (before < 0.0) != (after < 0.0)
    quads = np.flatnonzero(crossed.sum(axis=1) == 2)
    edges = np.argsort(~crossed[quads], axis=1, kind="stable")[:, :2]
    rows = quads[:, None]
    part = before[rows, edges] / (before[rows, edges] - after[rows, edges])
    ends = corner[rows, edges] + part[..., None] * (ahead[rows, edges] - corner[rows, edges])
    ends = np.take_along_axis(ends, np.argsort(ends[..., :1], axis=1), axis=1)[..., [0, 2]]
    order = np.argsort(ends[:, 0, 0])
    return ends[order], quads[order]


def behind(painted: Sequence[Painted], y: float, height: int) -> tuple[Any, Window]:
    """Draw what lies behind a plane of constant y, from the front and a little from above.

    Returns
    -------
    image : array of uint8, shape (height, width, 4)
    window : tuple of float
        Left, right, bottom and top in the coordinates of :func:`project` [um].
    """
    parts = [
        hexahedra(layer)
        .clip(normal=(0.0, -1.0, 0.0), origin=(0.0, y, 0.0))
        .extract_surface(algorithm="dataset_surface")
        for layer in painted
    ]
    surface = import_pyvista().merge(parts, merge_points=False)
    flat = project(np.asarray(surface.points))
    (left, bottom), (right, top) = flat.min(axis=0), flat.max(axis=0)
    pad = 0.02 * max(right - left, top - bottom)
    window = (float(left - pad), float(right + pad), float(bottom - pad), float(top + pad))
    return photograph(surface, window, height, view=VIEW, shaded=True), window


def project(points: FloatArray) -> FloatArray:
    """Return where points are seen in the picture of :func:`behind`, (n, 2) [um]."""
    view = np.array(VIEW) / np.linalg.norm(VIEW)
    right = np.cross((0.0, 0.0, 1.0), view)
    right /= np.linalg.norm(right)
    flat: FloatArray = points @ np.column_stack([right, np.cross(view, right)])
    return flat
