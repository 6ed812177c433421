# SPDX-License-Identifier: MIT
"""The mesh of a stack in 3D: seen from aside, and its front wall with each interface close up.

:func:`interfacefem.plots.mesh` is the door.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.plots import theme
from interfacefem.plots.cut import VIEW, project
from interfacefem.plots.raster import FloatArray, import_pyvista, photograph

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.undeformed import AnyMesh

IntArray = npt.NDArray[np.int64]

#: sides of a hexahedron
_SIDES = ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (0, 1, 2, 3), (4, 5, 6, 7))
#: width of a close-up in edges of its interface, and over its height
ZOOM_EDGES, ZOOM_ASPECT = 30, 2.4


@dataclass(frozen=True, eq=False)
class _Wall:
    """Quadrilaterals of the front wall, in x and z."""

    points: FloatArray
    cells: IntArray
    layer: IntArray


def draw(mesh: AnyMesh) -> Figure:
    """Draw a mesh of hexahedra; see :func:`interfacefem.plots.mesh`."""
    names = list(mesh.interfaces)[::-1]
    fig = theme.figure(11.5, max(6.0, 3.0 * len(names)))
    fig.suptitle(
        f"Mesh: {len(mesh.cells)} cells, {mesh.points.size} degrees of freedom",
        fontsize=12,
        fontweight="bold",
        x=0.01,
        ha="left",
    )
    grid = fig.add_gridspec(max(len(names), 1), 2, width_ratios=[1.0, 1.25])
    _whole(fig.add_subplot(grid[:, 0]), mesh)
    wall = _front(mesh)
    for row, name in enumerate(names):
        lower, upper = name.split("|")
        axes = fig.add_subplot(grid[row, 1])
        _close(axes, mesh, wall, name)
        axes.set_title(f"front wall, {upper} on {lower}, as meshed")
    return fig


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
    reach = min(ZOOM_EDGES * width / max(len(nodes) - 1, 1), width)
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
