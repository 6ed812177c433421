# SPDX-License-Identifier: MIT
"""Builds the mesh of a stack of areas: structured hexahedra, graded to rough interfaces.

gmsh meshes the box of every layer (a transfinite rectangle, extruded by the graded rows); the
topographies then shift its nodes along z, fading through the thickness, so columns stay vertical.
Neighbouring layers share no node and need not match. Sizes come from ``grading``, judgement from
``quality``; :func:`interfacefem.meshing.build_mesh` is the door.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import MeshError
from interfacefem.meshing import grading
from interfacefem.meshing.faces import FloatArray, IntArray, InterfaceFaces, face_gap
from interfacefem.meshing.numbers import THINNEST
from interfacefem.meshing.quality import require_usable
from interfacefem.meshing.session import session
from interfacefem.meshing.stack_mesh import StackMesh, digest, round_coordinates

if TYPE_CHECKING:
    from interfacefem.describe.protocol import Protocol
    from interfacefem.describe.settings import MeshSize
    from interfacefem.describe.stack import Stack
    from interfacefem.surfaces import Topography

#: raised when the same description gives another mesh than before
RECIPE = 1
_HEXAHEDRON = 5  # gmsh's element type


@dataclass(frozen=True)
class Plan:
    """Grid lines and faces of one layer [um]; `bottom` and `top` (nx, ny) are absolute heights."""

    name: str
    x: FloatArray
    y: FloatArray
    bottom: FloatArray
    top: FloatArray
    rows: FloatArray

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of grid lines along x, y and z."""
        return self.x.size, self.y.size, self.rows.size


def build(stack: Stack, size: MeshSize, protocol: Protocol | None = None) -> StackMesh:
    """Mesh a stack of areas with structured hexahedra, graded to its interfaces.

    Parameters
    ----------
    stack : Stack
        Layers from bottom to top; of two lengths in the plane.
    size : MeshSize
        As in :func:`interfacefem.meshing.build_mesh`; the edge holds along x and y.
    protocol : Protocol or None
        How the stack is pressed, which says which faces are finer.

    Returns
    -------
    StackMesh
        Its layers just touch.

    Raises
    ------
    MeshError
        If roughness is larger than a layer, the edge too coarse for the shortest wavelength, or a
        cell would be inverted; the place is named.
    """
    layers = stack.layers
    extent = (float(stack.size[0]), float(stack.size[1]))
    grids = grading.layer_grids(stack, size, protocol)
    plans = _plan(layers, extent, grids)
    origin = {
        "made_by": "build_mesh",
        "recipe": RECIPE,
        "edge": None if size.edge is None else float(size.edge),
        "growth": float(size.growth),
        "columns": {plan.name: [plan.x.size - 1, plan.y.size - 1] for plan in plans},
        "rows": {plan.name: plan.rows.size - 1 for plan in plans},
        "edge_lengths": {plan.name: extent[0] / (plan.x.size - 1) for plan in plans},
        "short_wavelengths": grading.short_wavelengths(layers),
    }
    mesh = assemble(plans, _key(plans, origin), origin)
    require_usable(mesh)
    return mesh


def _key(plans: Sequence[Plan], origin: dict[str, Any]) -> str:
    """Return the hash of sizes and faces, to 1e-9 um: below, processors differ."""
    parts = [part for plan in plans for part in (plan.x, plan.y, plan.bottom, plan.top)]
    inputs = {name: value for name, value in origin.items() if name != "edge_lengths"}
    return digest(inputs, *(np.rint(part * 1e9).astype(np.int64) for part in parts))


def heights(topography: Topography | None, x: FloatArray, y: FloatArray) -> FloatArray:
    """Return heights above the mean plane at the grid points [um], shape (nx, ny)."""
    if topography is None:
        return np.zeros((x.size, y.size))
    return np.asarray(topography.at(x[:, None], y[None, :]), dtype=float)


def _plan(
    layers: Sequence[Any], extent: tuple[float, float], grids: Sequence[grading.LayerGrid]
) -> list[Plan]:
    """Lay the layers on each other, just touching, the first with its bottom at zero."""
    plans: list[Plan] = []
    for layer, grid in zip(layers, grids, strict=True):
        x, y = (
            np.linspace(0.0, length, count + 1)
            for length, count in zip(extent, grid.columns, strict=True)
        )
        bottom = heights(layer.bottom, x, y)
        thickness = float(layer.thickness)
        top = thickness + heights(layer.top, x, y)
        left = top - bottom
        i, j = np.unravel_index(int(np.argmin(left)), left.shape)
        if left[i, j] < THINNEST * thickness:
            raise MeshError(
                f"the faces of layer '{layer.name}' cross at x = {x[i]:.4g} um, y = {y[j]:.4g} um, "
                f"where {left[i, j]:.3g} um of {thickness:g} um thickness are left; make the layer "
                "thicker or its roughness smaller"
            )
        shift = bottom.min()
        if plans:
            below = plans[-1]
            lower = _nodes(below.x, below.y, below.top)
            shift = face_gap(lower, _nodes(x, y, bottom))[1].min()
        plans.append(Plan(layer.name, x, y, bottom - shift, top - shift, grid.rows))
    return plans


def _nodes(x: FloatArray, y: FloatArray, height: FloatArray) -> FloatArray:
    """Return the nodes (n, 3) of a face given on grid lines."""
    return np.column_stack([*(a.ravel() for a in np.meshgrid(x, y, indexing="ij")), height.ravel()])


def assemble(plans: Sequence[Plan], key: str, origin: dict[str, Any]) -> StackMesh:
    """Let gmsh mesh every layer and put the parts together under their names."""
    points: list[FloatArray] = []
    cells: list[IntArray] = []
    grids: list[IntArray] = []
    first = 0
    for plan in plans:
        with session("layer") as gmsh:
            layer_cells = _mesh_box(gmsh, plan)
        cells.append(layer_cells + first)
        fade = plan.rows[None, None, :]
        z = plan.bottom[..., None] * (1.0 - fade) + plan.top[..., None] * fade
        place = np.broadcast_arrays(plan.x[:, None, None], plan.y[None, :, None], z)
        points.append(np.stack(place, axis=-1).reshape(-1, 3))
        grids.append(np.arange(first, first + z.size).reshape(plan.shape))
        first += z.size
    names = tuple(plan.name for plan in plans)
    pairs = [f"{lower}|{upper}" for lower, upper in itertools.pairwise(names)]
    return StackMesh(
        points=round_coordinates(np.concatenate(points)),
        cells=np.concatenate(cells),
        cell_layer=np.repeat(np.arange(len(plans)), [len(part) for part in cells]),
        layer_names=names,
        interfaces={
            pair: InterfaceFaces(quads(lower[..., -1]), quads(upper[..., 0]))
            for pair, (lower, upper) in zip(pairs, itertools.pairwise(grids), strict=True)
        },
        boundaries={
            "bottom": quads(grids[0][..., 0]),
            "top": quads(grids[-1][..., -1]),
            "left": np.concatenate([quads(grid[0]) for grid in grids]),
            "right": np.concatenate([quads(grid[-1]) for grid in grids]),
            "front": np.concatenate([quads(grid[:, 0]) for grid in grids]),
            "back": np.concatenate([quads(grid[:, -1]) for grid in grids]),
        },
        key=key,
        origin=origin,
    )


def quads(grid: IntArray) -> IntArray:
    """Return the quadrilaterals of a grid of nodes (m, n), shape ((m - 1)(n - 1), 4)."""
    corners = (grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:])
    return np.column_stack([corner.ravel() for corner in corners])


def _mesh_box(gmsh: Any, plan: Plan) -> IntArray:
    """Mesh a layer as a box of unit height; return its cells, nodes numbered along z, y, x."""
    geo = gmsh.model.geo
    corners = [
        geo.addPoint(x, y, 0.0)
        for x, y in (
            (0.0, 0.0),
            (plan.x[-1], 0.0),
            (plan.x[-1], plan.y[-1]),
            (0.0, plan.y[-1]),
        )
    ]
    lines = [geo.addLine(corners[i], corners[(i + 1) % 4]) for i in range(4)]
    for line, count in zip(lines, (plan.x.size, plan.y.size) * 2, strict=True):
        geo.mesh.setTransfiniteCurve(line, count)
    surface = geo.addPlaneSurface([geo.addCurveLoop(lines)])
    geo.mesh.setTransfiniteSurface(surface, "Left", corners)
    geo.mesh.setRecombine(2, surface)
    heights = plan.rows[1:].tolist()
    geo.extrude(
        [(2, surface)], 0.0, 0.0, 1.0, numElements=[1] * len(heights), heights=heights,
        recombine=True,
    )  # fmt: skip
    geo.synchronize()
    gmsh.model.mesh.generate(3)
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    order = np.argsort(tags)
    tags = np.asarray(tags, dtype=np.int64)[order]
    found = np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)[order]
    hexes = np.asarray(gmsh.model.mesh.getElementsByType(_HEXAHEDRON)[1], dtype=np.int64)
    cells = np.searchsorted(tags, hexes.reshape(-1, 8))
    nx, ny, nz = plan.shape
    if len(found) != nx * ny * nz or len(cells) != (nx - 1) * (ny - 1) * (nz - 1):
        raise MeshError(
            f"gmsh made {len(found)} nodes and {len(cells)} hexahedra in layer '{plan.name}' "
            f"instead of a grid of {nx} by {ny} by {nz} nodes; check its thickness"
        )
    index = [
        np.rint(np.interp(found[:, axis], line, np.arange(line.size))).astype(np.int64)
        for axis, line in enumerate((plan.x, plan.y, plan.rows))
    ]
    cells = np.ravel_multi_index(index, plan.shape)[cells]
    # Each cell begins at its lowest corner and cells follow it, whatever order gmsh chose.
    start = cells.min(axis=1)
    step_x, step_y = ny * nz, nz
    corner = np.array([0, step_x, step_x + step_y, step_y])
    ordered = start[:, None] + np.concatenate([corner, corner + 1])
    if not np.array_equal(np.sort(ordered, axis=1), np.sort(cells, axis=1)):
        raise MeshError(f"gmsh left the grid of layer '{plan.name}'; check its thickness")
    result: IntArray = ordered[np.argsort(start)]
    return result
