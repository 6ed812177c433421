# SPDX-License-Identifier: MIT
"""Builds the mesh of a stack with gmsh: structured quadrilaterals, graded to rough interfaces.

Every layer is one transfinite surface whose boundary is given node by node: its faces follow the
topographies at uniform x, its walls carry the graded rows. gmsh blends the faces into the
interior, so columns are vertical and roughness fades away through the thickness. Neighbouring
layers share no node. Sizes come from ``grading``, judgement from ``quality``.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.describe.settings import MeshSize
from interfacefem.errors import MeshError
from interfacefem.meshing import grading, hexahedra
from interfacefem.meshing.faces import FloatArray, IntArray, InterfaceFaces, polyline_gap
from interfacefem.meshing.numbers import THINNEST
from interfacefem.meshing.quality import require_usable
from interfacefem.meshing.session import session
from interfacefem.meshing.stack_mesh import StackMesh, digest, round_coordinates

if TYPE_CHECKING:
    from interfacefem.describe.protocol import Protocol
    from interfacefem.describe.stack import Stack
    from interfacefem.surfaces import Topography

#: raised when the same description gives another mesh than before
RECIPE = 1


@dataclass(frozen=True)
class Plan:
    """Boundary of one layer, node by node [um]; `bottom` and `top` are absolute heights."""

    name: str
    x: FloatArray
    bottom: FloatArray
    top: FloatArray
    rows: FloatArray


def build_mesh(
    stack: Stack, size: MeshSize | None = None, protocol: Protocol | None = None
) -> StackMesh:
    """Mesh a stack with structured quadrilaterals, or hexahedra, graded to its interfaces.

    The same stack, size and protocol give identical arrays. The layers lie just touching: the
    smallest vertical distance at every interface is zero, and the thickness of a layer is that
    between its mean planes.

    Parameters
    ----------
    stack : Stack
        Layers from bottom to top with their topographies; of areas, the mesh is one of hexahedra.
    size : MeshSize, optional
        ``edge`` [um] along the coarser face of each interface, None for ten edges per shortest
        wavelength; ``growth`` of the rows away from the interfaces.
    protocol : Protocol, optional
        How the stack is pressed. It says which layers are the softer ones, whose faces are finer:
        powder that has been pressed is harder than lithium. None takes the layers as they are
        before they are pressed.

    Returns
    -------
    StackMesh
        The mesh; ``origin`` keeps columns, rows, edge lengths and short wavelengths.

    Raises
    ------
    MeshError
        If roughness is larger than a layer, the edge too coarse for the shortest wavelength, or a
        cell would be inverted; the place is named.
    """
    size = MeshSize() if size is None else size
    layers = stack.layers
    width = float(stack.width)
    if len(stack.size) == 2:
        return hexahedra.build(stack, size, protocol)
    grids = grading.layer_grids(stack, size, protocol)
    plans = _plan(layers, width, grids)
    origin = {
        "made_by": "build_mesh",
        "recipe": RECIPE,
        "edge": None if size.edge is None else float(size.edge),
        "growth": float(size.growth),
        "columns": {plan.name: plan.x.size - 1 for plan in plans},
        "rows": {plan.name: plan.rows.size - 1 for plan in plans},
        "edge_lengths": {plan.name: width / (plan.x.size - 1) for plan in plans},
        "short_wavelengths": grading.short_wavelengths(layers),
    }
    mesh = assemble(plans, _key(plans, origin), origin)
    require_usable(mesh)
    return mesh


def _key(plans: Sequence[Plan], origin: dict[str, Any]) -> str:
    """Return the hash of sizes and outlines, to 1e-9 um: below, processors differ."""
    parts = [part for plan in plans for part in (plan.x, plan.bottom, plan.top)]
    inputs = {name: value for name, value in origin.items() if name != "edge_lengths"}
    return digest(inputs, *(np.rint(part * 1e9).astype(np.int64) for part in parts))


def heights(topography: Topography | None, x: FloatArray) -> FloatArray:
    """Return heights above the mean plane at x [um]."""
    return np.zeros_like(x) if topography is None else np.asarray(topography.at(x), dtype=float)


def _plan(layers: Sequence[Any], width: float, grids: Sequence[grading.LayerGrid]) -> list[Plan]:
    """Lay the layers on each other, just touching, the first with its bottom at zero."""
    plans: list[Plan] = []
    for layer, grid in zip(layers, grids, strict=True):
        x = np.linspace(0.0, width, grid.columns[0] + 1)
        bottom = heights(layer.bottom, x)
        thickness = float(layer.thickness)
        top = thickness + heights(layer.top, x)
        thin = int(np.argmin(top - bottom))
        if top[thin] - bottom[thin] < THINNEST * thickness:
            raise MeshError(
                f"the faces of layer '{layer.name}' cross at x = {x[thin]:.4g} um, where "
                f"{top[thin] - bottom[thin]:.3g} um of {thickness:g} um thickness are left; "
                "make the layer thicker or its roughness smaller"
            )
        if plans:
            below = plans[-1]
            lower = np.column_stack([below.x, below.top])
            _, gap = polyline_gap(lower, np.column_stack([x, bottom]))
            bottom, top = bottom - gap.min(), top - gap.min()
        else:
            bottom, top = bottom - bottom.min(), top - bottom.min()
        plans.append(Plan(layer.name, x, bottom, top, grid.rows))
    return plans


def assemble(plans: Sequence[Plan], key: str, origin: dict[str, Any]) -> StackMesh:
    """Let gmsh mesh every layer and put the parts together under their names."""
    points: list[FloatArray] = []
    cells: list[IntArray] = []
    grids: list[IntArray] = []
    first = 0
    with session("stack") as gmsh:
        surfaces = [_add_layer(gmsh, plan) for plan in plans]
        gmsh.model.geo.synchronize()
        for surface, corners, curves in surfaces:
            for curve in curves:
                gmsh.model.mesh.setTransfiniteCurve(curve, 2)
            gmsh.model.mesh.setTransfiniteSurface(surface, "Left", corners)
            gmsh.model.mesh.setRecombine(2, surface)
        gmsh.model.mesh.generate(2)
        for (surface, _, _), plan in zip(surfaces, plans, strict=True):
            layer_points, layer_cells = _take_layer(gmsh, surface, plan)
            points.append(layer_points)
            cells.append(layer_cells + first)
            grid = np.arange(first, first + len(layer_points)).reshape(plan.x.size, plan.rows.size)
            grids.append(grid)
            first += len(layer_points)
    names = tuple(plan.name for plan in plans)
    pairs = [f"{lower}|{upper}" for lower, upper in itertools.pairwise(names)]
    return StackMesh(
        points=round_coordinates(np.concatenate(points)),
        cells=np.concatenate(cells),
        cell_layer=np.repeat(np.arange(len(plans)), [len(part) for part in cells]),
        layer_names=names,
        interfaces={
            pair: InterfaceFaces(chain(lower[:, -1]), chain(upper[:, 0]))
            for pair, (lower, upper) in zip(pairs, itertools.pairwise(grids), strict=True)
        },
        boundaries={
            "bottom": chain(grids[0][:, 0]),
            "top": chain(grids[-1][:, -1]),
            "left": np.concatenate([chain(grid[0]) for grid in grids]),
            "right": np.concatenate([chain(grid[-1]) for grid in grids]),
        },
        key=key,
        origin=origin,
    )


def chain(nodes: IntArray) -> IntArray:
    """Return the edges along a row of nodes, shape (n - 1, 2)."""
    return np.column_stack([nodes[:-1], nodes[1:]])


def _add_layer(gmsh: Any, plan: Plan) -> tuple[int, list[int], list[int]]:
    """Add a layer's outline, one straight edge per mesh edge; return surface, corners, curves."""
    geo = gmsh.model.geo
    width = float(plan.x[-1])
    sides = {
        "bottom": np.column_stack([plan.x, plan.bottom]),
        "top": np.column_stack([plan.x, plan.top]),
        "left": np.column_stack(
            [np.zeros_like(plan.rows), plan.bottom[0] + plan.rows * (plan.top[0] - plan.bottom[0])]
        ),
        "right": np.column_stack(
            [
                np.full_like(plan.rows, width),
                plan.bottom[-1] + plan.rows * (plan.top[-1] - plan.bottom[-1]),
            ]
        ),
    }
    corners = [
        geo.addPoint(*sides[side][end], 0.0)
        for side, end in (("bottom", 0), ("bottom", -1), ("top", -1), ("top", 0))
    ]
    ends = {"bottom": (0, 1), "top": (3, 2), "left": (0, 3), "right": (1, 2)}
    lines: dict[str, list[int]] = {}
    for side, line in sides.items():
        start, stop = (corners[end] for end in ends[side])
        tags = [start, *(geo.addPoint(x, y, 0.0) for x, y in line[1:-1]), stop]
        lines[side] = [geo.addLine(a, b) for a, b in itertools.pairwise(tags)]
    back = [-line for side in ("top", "left") for line in reversed(lines[side])]
    loop = geo.addCurveLoop([*lines["bottom"], *lines["right"], *back])
    return geo.addPlaneSurface([loop]), corners, [line for side in lines.values() for line in side]


def _take_layer(gmsh: Any, surface: int, plan: Plan) -> tuple[FloatArray, IntArray]:
    """Return a layer's points and cells in an order of our own: column by column, upwards."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes(2, surface, includeBoundary=True)
    tags, index = np.unique(np.asarray(tags, dtype=np.int64), return_index=True)
    found = np.asarray(coordinates, dtype=np.float64).reshape(-1, 3)[index, :2]
    quads = np.asarray(gmsh.model.mesh.getElementsByType(3, surface)[1], dtype=np.int64).reshape(
        -1, 4
    )
    shape = (plan.x.size, plan.rows.size)
    if len(found) != shape[0] * shape[1] or len(quads) != (shape[0] - 1) * (shape[1] - 1):
        raise MeshError(
            f"gmsh made {len(found)} nodes and {len(quads)} quadrilaterals in layer '{plan.name}' "
            f"instead of a grid of {shape[0]} by {shape[1]} nodes; check its thickness and "
            "roughness"
        )
    column = np.rint(found[:, 0] / plan.x[-1] * (plan.x.size - 1)).astype(np.int64)
    order = np.lexsort((found[:, 1], column))
    points = np.column_stack([plan.x[column[order]], found[order, 1]])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    cells = rank[np.searchsorted(tags, quads)]
    # Each cell begins at its lower left node, and cells follow their first node.
    first = np.argmin(cells, axis=1)
    cells = np.take_along_axis(cells, (first[:, None] + np.arange(4)) % 4, axis=1)
    return points, cells[np.argsort(cells[:, 0])]
