# SPDX-License-Identifier: MIT
"""Before the press: the mesh, and the roughness of the faces.

:func:`interfacefem.plots.mesh` is the door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Unpack

import numpy as np
import numpy.typing as npt

from interfacefem.describe.stack import Stack
from interfacefem.errors import SurfaceError
from interfacefem.plots import layout, theme
from interfacefem.plots.cut import VIEW, project
from interfacefem.plots.painted import FloatArray, import_pyvista, photograph
from interfacefem.surfaces.topography import Topography

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from interfacefem.plots.page import Options

IntArray = npt.NDArray[np.int64]

#: sides of a hexahedron
_SIDES = ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (0, 1, 2, 3), (4, 5, 6, 7))
#: width of a close-up in edges of its interface, and over its height
ZOOM_EDGES_3D, ZOOM_ASPECT = 30, 2.4
#: height over width of a stack in 3D that is seen from aside
ASIDE_HEIGHT = 0.7


@dataclass(frozen=True, eq=False)
class _Wall:
    """Quadrilaterals of the front wall, in x and z."""

    points: FloatArray
    cells: IntArray
    layer: IntArray


def draw(mesh: AnyMesh) -> Figure:
    """Draw a mesh of hexahedra; see :func:`interfacefem.plots.mesh`."""
    names = list(mesh.interfaces)[::-1]
    heights = _heights(mesh)
    fig = theme.figure(11.5, _high(heights, names))
    layout.head(fig, f"Mesh: {len(mesh.cells)} cells, {mesh.points.size} degrees of freedom")
    whole, closes = layout.one_and_many(fig, len(names), (1.0, 1.25), heights)
    _whole(whole, mesh)
    wall = _front(mesh)
    for row, name in enumerate(names):
        lower, upper = name.split("|")
        axes = closes[row]
        _close(axes, mesh, wall, name)
        axes.set_title(f"front wall, {upper} on {lower}, as meshed")
    return fig


def _heights(mesh: AnyMesh) -> tuple[float, float]:
    """Return the heights of a mesh and of its close-ups, where these are below it [inch]."""
    width, *_, height = np.ptp(mesh.points, axis=0)
    seen = height / width if mesh.points.shape[1] == 2 else ASIDE_HEIGHT
    return layout.below_each_other(float(seen), 1.0 / ZOOM_ASPECT)


def _high(heights: tuple[float, float], names: list[str]) -> float:
    """Return the height of the figure of a mesh [inch]."""
    if layout.is_wide():
        return max(6.0, 3.0 * len(names))
    return 0.4 + heights[0] + heights[1] * len(names)


def _whole(axes: Axes, mesh: AnyMesh) -> None:
    pyvista = import_pyvista()
    body = pyvista.UnstructuredGrid({pyvista.CellType.HEXAHEDRON: mesh.cells}, mesh.points)
    body.cell_data["colour"] = _colours(mesh.cell_layer)
    surface = body.extract_surface(algorithm="dataset_surface")
    flat = project(np.asarray(surface.points))
    (left, bottom), (right, top) = flat.min(axis=0), flat.max(axis=0)
    pad = 0.02 * max(right - left, top - bottom)
    window = (float(left - pad), float(right + pad), float(bottom - pad), float(top + pad))
    image = photograph(surface, window, 1100, view=VIEW, shaded=True, edges=True)
    axes.imshow(image, extent=window, aspect="equal", interpolation="antialiased")
    axes.set_axis_off()
    size = np.ptp(mesh.points, axis=0)
    axes.set_title(f"{size[0]:.3g} x {size[1]:.3g} um, {size[2]:.3g} um high")
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)
    for index, name in enumerate(mesh.layer_names):
        height = mesh.points[mesh.cells[mesh.cell_layer == index], 2]
        middle = 0.5 * float(height.min() + height.max())
        x, up = project(np.array([[high[0] - 0.04 * (high[0] - low[0]), low[1], middle]]))[0]
        theme.outlined(axes, x, up, name, va="center", ha="right")


def _front(mesh: AnyMesh) -> _Wall:
    """Return the sides of cells on the wall of the smallest y."""
    y = mesh.points[:, 1]
    on_wall = y <= y.min() + 1e-9 * float(np.ptp(y))
    sides = mesh.cells[:, np.array(_SIDES)]
    cell, side = np.nonzero(on_wall[sides].all(axis=2))
    return _Wall(mesh.points[:, [0, 2]], sides[cell, side], mesh.cell_layer[cell])


def _close(axes: Axes, mesh: AnyMesh, wall: _Wall, name: str) -> None:
    from matplotlib.collections import PolyCollection

    face = mesh.interfaces[name].lower
    nodes = np.unique(face)
    nodes = nodes[mesh.points[nodes, 1] <= mesh.points[:, 1].min() + 1e-9]
    line = wall.points[nodes]
    width = float(np.ptp(line[:, 0]))
    reach = min(ZOOM_EDGES_3D * width / max(len(nodes) - 1, 1), width)
    peak = line[int(np.argmax(line[:, 1]))]
    left = min(max(float(peak[0]) - 0.5 * reach, 0.0), width - reach)
    half = 0.5 * reach / ZOOM_ASPECT
    axes.add_collection(
        PolyCollection(
            list(wall.points[wall.cells]),
            facecolors=_colours(wall.layer) / 255.0,
            edgecolors="#2B2B2B",
            linewidths=0.5,
        )
    )
    axes.grid(visible=False)
    axes.set(xlabel="x [um]", ylabel="z [um]", aspect="equal")
    axes.set(xlim=(left, left + reach), ylim=(float(peak[1]) - half, float(peak[1]) + half))


def _colours(layer: IntArray) -> npt.NDArray[np.uint8]:
    """Return the pale colour of each cell's layer, (m, 3)."""
    from matplotlib.colors import to_rgb

    table = np.array([to_rgb(colour) for colour in theme.LAYER_COLOURS])
    return np.asarray(255.0 * table[layer % len(table)], dtype=np.uint8)


#: width of a close-up in edges of its interface
ZOOM_EDGES = 45
#: part of the highest power below which a spectrum is not shown
SPECTRUM_DEPTH = 1e-6


class AnyMesh(Protocol):
    """What is needed of a mesh; a StackMesh and the mesh of a run both have it."""

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """Node positions (n, d) [um]."""

    @property
    def cells(self) -> npt.NDArray[np.int64]:
        """Nodes of each cell (m, 4), in 3D (m, 8)."""

    @property
    def cell_layer(self) -> npt.NDArray[np.int64]:
        """Index of each cell's layer (m,)."""

    @property
    def layer_names(self) -> tuple[str, ...]:
        """Layers from bottom to top."""

    @property
    def interfaces(self) -> Mapping[str, Any]:
        """Faces of each interface."""


@theme.themed
def mesh(mesh: AnyMesh, **options: Unpack[Options]) -> Figure:
    """Draw a mesh: the whole, and a close-up of each interface around its highest roughness.

    In 3D the whole from aside, and close-ups of the front wall.

    Parameters
    ----------
    mesh : StackMesh
        Or ``results.mesh``.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    if mesh.points.shape[1] == 3:
        return draw(mesh)
    names = list(mesh.interfaces)[::-1]
    heights = _heights(mesh)
    fig = theme.figure(11.5, _high(heights, names))
    layout.head(fig, f"Mesh: {len(mesh.cells)} cells, {2 * len(mesh.points)} degrees of freedom")
    whole, closes = layout.one_and_many(fig, len(names), (1.0, 1.35), heights)
    _cells(whole, mesh, np.arange(len(mesh.cells)), 0.12)
    whole.autoscale_view()
    whole.set(title="whole stack", xlabel="x [um]", ylabel="y [um]", aspect="equal")
    right = float(mesh.points[:, 0].max())
    for index, name in enumerate(mesh.layer_names):
        height = mesh.points[mesh.cells[mesh.cell_layer == index], 1]
        middle = 0.5 * float(height.min() + height.max())
        theme.outlined(whole, 0.96 * right, middle, name, va="center", ha="right")
    for row, name in enumerate(names):
        axes = closes[row]
        window = _window(mesh, name)
        x, y = mesh.points[mesh.cells, 0], mesh.points[mesh.cells, 1]
        seen = (x.max(1) >= window[0]) & (x.min(1) <= window[1])
        seen &= (y.max(1) >= window[2]) & (y.min(1) <= window[3])
        _cells(axes, mesh, np.flatnonzero(seen), 0.5)
        mark = chr(ord("A") + row)
        lower, upper = name.split("|")
        axes.set_title(f"{mark}  {upper} on {lower}, just touching")
        axes.set(xlabel="x [um]", ylabel="y [um]", aspect="equal")
        axes.set(xlim=window[:2], ylim=window[2:])
        theme.box(whole, window, mark)
    return fig


@theme.themed
def surfaces(
    faces: Stack | Topography | Mapping[str, Topography], **options: Unpack[Options]
) -> Figure:
    """Draw the heights of rough faces, lines as curves and areas as maps, and their power spectra.

    Parameters
    ----------
    faces : Stack, Topography or mapping of str to Topography
        A stack shows all its rough faces.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SurfaceError
        If there is no rough face, or there are lines and areas.
    """
    named = _named(faces)
    kinds = {face.dimension for face in named.values()}
    if len(kinds) != 1:
        problem = "there are lines and areas" if kinds else "there is no rough face"
        remedy = "draw them apart" if kinds else "give a topography"
        raise SurfaceError(f"plots.surfaces: {problem}; {remedy}")
    areas = kinds == {2}
    high = (3.3 if areas else 1.45) * max(len(named), 1 if areas else 2)
    if layout.across(2, 3.4) == 2:
        fig = theme.figure(11.5, 1.2 + high)
        left, right = fig.subfigures(1, 2, width_ratios=[1.5, 1.0], squeeze=False).ravel()
    else:
        fig = theme.figure(11.5, 4.6 + high)
        left, right = fig.subfigures(2, 1, height_ratios=[0.6 + high, 4.0], squeeze=False).ravel()
    (_maps if areas else _lines)(left, named)
    spectrum = right.subplots()
    for colour, (name, face) in zip(theme.COLOURS * 9, named.items(), strict=False):
        found = face.power_spectrum()
        positive = (found.wavevector > 0) & (found.density > 1e-12 * found.density.max())
        spectrum.plot(
            found.wavevector[positive],
            found.density[positive],
            color=colour,
            linewidth=0.4,
            marker="o",
            markersize=4.0,
            label=name,
        )
    spectrum.set(xscale="log", yscale="log", title="power spectrum")
    spectrum.set(xlabel="wave vector [rad/um]", ylabel=f"power [um{'⁴' if areas else '³'}]")
    highest = max(line.get_ydata().max() for line in spectrum.get_lines())
    spectrum.set_ylim(highest * SPECTRUM_DEPTH, 3.0 * highest)
    for which in ("x", "y"):
        theme.plain_log_ticks(spectrum, which)
    spectrum.legend(loc="lower left")
    return fig


def _lines(part: SubFigure, named: Mapping[str, Topography]) -> None:
    panels = part.subplots(len(named), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    for axes, colour, (name, face) in zip(panels, theme.COLOURS * 9, named.items(), strict=False):
        axes.fill_between(face.x, face.heights, color=colour, alpha=0.2, linewidth=0)
        axes.plot(face.x, face.heights, color=colour)
        axes.set_title(_told(name, face), fontsize=layout.points(9.5), fontweight="normal")
        axes.margins(x=0)
    part.supylabel("height [um]", fontsize=layout.points(10.0))
    panels[-1].set_xlabel("x [um]")


def _maps(part: SubFigure, named: Mapping[str, Topography]) -> None:
    """Draw heights above the mean plane, all on one scale."""
    panels = part.subplots(len(named), 1, squeeze=False)[:, 0]
    heights = {name: face.heights - face.mean_height for name, face in named.items()}
    highest = max(float(np.abs(values).max()) for values in heights.values())
    for axes, (name, face) in zip(panels, named.items(), strict=True):
        image = axes.imshow(
            heights[name].T,
            origin="lower",
            extent=(0.0, face.size[0], 0.0, face.size[1]),
            cmap="RdBu_r",
            vmin=-highest,
            vmax=highest,
            interpolation="nearest",
        )
        axes.grid(visible=False)
        axes.set_title(_told(name, face), fontsize=layout.points(9.5), fontweight="normal")
        axes.set(xlabel="x [um]", ylabel="y [um]")
    part.colorbar(image, ax=panels, label="height above the mean [um]")


def _told(name: str, face: Topography) -> str:
    return f"{name}: rms height {face.rms_height:.3g} um, rms slope {face.rms_slope:.3g}"


def _named(faces: Stack | Topography | Mapping[str, Topography]) -> dict[str, Topography]:
    if isinstance(faces, Topography):
        return {"surface": faces}
    if not isinstance(faces, Stack):
        return dict(faces)
    return {
        f"{side} of {layer.name}": face
        for layer in reversed(faces.layers)
        for side, face in (("top", layer.top), ("bottom", layer.bottom))
        if face is not None
    }


def _cells(axes: Axes, mesh: AnyMesh, chosen: npt.NDArray[np.int64], line: float) -> None:
    from matplotlib.collections import PolyCollection

    colours = [
        theme.LAYER_COLOURS[layer % len(theme.LAYER_COLOURS)] for layer in mesh.cell_layer[chosen]
    ]
    axes.add_collection(
        PolyCollection(
            list(mesh.points[mesh.cells[chosen]]),
            facecolors=colours,
            edgecolors="#2B2B2B",
            linewidths=line,
        )
    )
    axes.grid(visible=False)


def _window(mesh: AnyMesh, name: str) -> tuple[float, float, float, float]:
    """Return a window where the two faces touch."""
    faces = mesh.interfaces[name]
    lower = mesh.points[np.append(faces.lower[:, 0], faces.lower[-1, 1])]
    upper = mesh.points[np.append(faces.upper[:, 0], faces.upper[-1, 1])]
    gap = np.interp(lower[:, 0], upper[:, 0], upper[:, 1]) - lower[:, 1]
    touch = lower[int(np.argmin(gap))]
    start, width = float(lower[0, 0]), float(np.ptp(lower[:, 0]))
    reach = min(ZOOM_EDGES * width / len(faces.lower), width)
    left = min(max(float(touch[0]) - 0.5 * reach, start), start + width - reach)
    half = 0.5 * reach / ZOOM_ASPECT
    return left, left + reach, float(touch[1]) - half, float(touch[1]) + half
