# SPDX-License-Identifier: MIT
"""Before the press: the mesh, and the roughness of the faces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from interfacefem.errors import SurfaceError
from interfacefem.plots import theme, undeformed_space
from interfacefem.stack import Stack
from interfacefem.surfaces.topography import Topography

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: width of a close-up in edges of its interface
ZOOM_EDGES = 45
ZOOM_ASPECT = 2.4
#: part of the highest power below which a spectrum is not shown
SPECTRUM_DEPTH = 1e-6


class AnyMesh(Protocol):
    """What is needed of a mesh; a StackMesh and the mesh of a run both have it."""

    @property
    def points(self) -> npt.NDArray[np.float64]:
        """Node positions (n, d) [um]."""

    @property
    def cells(self) -> npt.NDArray[np.int64]:
        """Nodes of each cell (m, 4), in space (m, 8)."""

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
def mesh(mesh: AnyMesh) -> Figure:
    """Draw a mesh: the whole, and a close-up of each interface around its highest roughness.

    In space the whole from aside, and close-ups of the front wall.

    Parameters
    ----------
    mesh : StackMesh
        Or ``results.mesh``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    if mesh.points.shape[1] == 3:
        return undeformed_space.draw(mesh)
    names = list(mesh.interfaces)[::-1]
    fig = theme.figure(11.5, max(6.0, 3.0 * len(names)))
    fig.suptitle(
        f"Mesh: {len(mesh.cells)} cells, {2 * len(mesh.points)} degrees of freedom",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    grid = fig.add_gridspec(max(len(names), 1), 2, width_ratios=[1.0, 1.35])
    whole = fig.add_subplot(grid[:, 0])
    _cells(whole, mesh, np.arange(len(mesh.cells)), 0.12)
    whole.autoscale_view()
    whole.set(title="whole stack", xlabel="x [um]", ylabel="y [um]", aspect="equal")
    right = float(mesh.points[:, 0].max())
    for index, name in enumerate(mesh.layer_names):
        height = mesh.points[mesh.cells[mesh.cell_layer == index], 1]
        middle = 0.5 * float(height.min() + height.max())
        theme.outlined(whole, 0.96 * right, middle, name, va="center", ha="right")
    for row, name in enumerate(names):
        axes = fig.add_subplot(grid[row, 1])
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
def surfaces(faces: Stack | Topography | Mapping[str, Topography]) -> Figure:
    """Draw lines of roughness and their power spectra.

    Parameters
    ----------
    faces : Stack, Topography or mapping of str to Topography
        A stack shows all its rough faces.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    SurfaceError
        If there is no rough face, or one is an area; take a cut of it with ``.profile()``.
    """
    named = _named(faces)
    areas = [name for name, face in named.items() if len(face.points) != 1]
    if areas or not named:
        problem = f"{areas[0]} is an area" if areas else "there is no rough face"
        remedy = "draw a cut of it, .profile(at=...)" if areas else "give a topography"
        raise SurfaceError(f"plots.surfaces: {problem}; {remedy}")
    fig = theme.figure(11.5, 1.2 + 1.45 * max(len(named), 2))
    left, right = fig.subfigures(1, 2, width_ratios=[1.5, 1.0], squeeze=False)[0]
    panels = left.subplots(len(named), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    spectrum = right.subplots()
    for axes, colour, (name, face) in zip(panels, theme.COLOURS * 9, named.items(), strict=False):
        axes.fill_between(face.x, face.heights, color=colour, alpha=0.2, linewidth=0)
        axes.plot(face.x, face.heights, color=colour)
        axes.set_title(
            f"{name}: rms height {face.rms_height:.3g} um, rms slope {face.rms_slope:.3g}",
            fontsize=9.5,
            fontweight="normal",
        )
        axes.margins(x=0)
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
    left.supylabel("height [um]", fontsize=10)
    panels[-1].set_xlabel("x [um]")
    spectrum.set(xscale="log", yscale="log", title="power spectrum")
    spectrum.set(xlabel="wave vector [rad/um]", ylabel="power [um³]")
    highest = max(line.get_ydata().max() for line in spectrum.get_lines())
    spectrum.set_ylim(highest * SPECTRUM_DEPTH, 3.0 * highest)
    spectrum.legend(loc="lower left")
    return fig


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
