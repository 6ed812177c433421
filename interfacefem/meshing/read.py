# SPDX-License-Identifier: MIT
"""Takes a user's own mesh: finds layers and faces by name, checks everything.

What must be in the file: one group of quadrilaterals per layer, ``layer_<name>``, and per interface
the groups ``face_<lower>|<upper>_lower`` and ``..._upper``, or one ``face_<lower>|<upper>`` for
both. A face is a group of line elements, or of nodes. Walls, bottom and top are found by geometry.
Of hexahedra the layers are enough (``solid``). ``foreign`` says how each file format carries
groups, ``fit`` compares the mesh with the stack.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.describe.stack import Stack
from interfacefem.errors import MeshError
from interfacefem.meshing import fit
from interfacefem.meshing.faces import FloatArray, IntArray, InterfaceFaces, polyline_gap
from interfacefem.meshing.foreign import Outline, at, face_edges, outline, read_foreign, sort_chain
from interfacefem.meshing.msh_file import read_msh, saved_layers
from interfacefem.meshing.numbers import LARGEST_OVERLAP, WALL_TOLERANCE
from interfacefem.meshing.quality import corner_jacobians, require_usable
from interfacefem.meshing.raw import RawMesh
from interfacefem.meshing.solid import solid_mesh
from interfacefem.meshing.stack_mesh import StackMesh, round_coordinates
from interfacefem.quantities import user_path
from interfacefem.units import to_internal


def read_mesh(
    path: str | Path,
    stack: Stack | Sequence[str],
    groups: Mapping[str | int, str] | None = None,
    *,
    unit: str = "um",
) -> StackMesh:
    """Read and check a user's mesh.

    Layers that share nodes across an interface are separated there. Clockwise cells are turned.
    Layers are moved along y until the faces of each interface just touch, and the whole mesh so
    that it begins at x = 0, y = 0; ``origin`` records what was done.

    Parameters
    ----------
    path : str or Path
        gmsh ``.msh`` (any format), or what meshio reads: VTU, XDMF, Abaqus ``.inp`` and others.
        A file that :meth:`StackMesh.save` wrote is taken as it is.
    stack : Stack or sequence of str
        The stack, or the layer names from bottom to top. Width, thickness and faces that a stack
        states must be those of the mesh.
    groups : mapping, optional
        The file's group names or numbers -> the names used here, e.g. ``{3: "layer_anode"}``. For
        an integer array `a` of a VTU or XDMF file, ``"a:3"`` is the cells where it is 3.
    unit : str
        Unit of the file's coordinates; they are converted to um.

    Returns
    -------
    StackMesh
        The mesh [um].

    Raises
    ------
    MeshError
        If the file cannot be read; cells are neither four-node quadrilaterals nor eight-node
        hexahedra; groups are missing (all are named); a cell is inverted; walls are not vertical;
        faces do not go from wall to wall, in 3D on lines along x and y, or overlap by more than
        half a layer; the mesh contradicts the stack. The place is named.
    UnitError
        If `unit` is not a length.
    """
    path = user_path(path, "mesh", MeshError)
    size = to_internal(f"1 {unit}", "length", place="unit of the mesh")
    names = tuple(stack.names if isinstance(stack, Stack) else stack)
    title = f"mesh '{path.name}'"
    gmsh = path.suffix.lower() == ".msh"
    if gmsh and not groups and size == 1.0 and saved_layers(path) == names:
        mesh = StackMesh.load(path)
        fit.require_sound(mesh, title)
    else:
        mesh = _from_file(path, names, groups or {}, size, title)
    return fit.require_fit(mesh, stack, title) if isinstance(stack, Stack) else mesh


def _from_file(
    path: Path, names: tuple[str, ...], groups: Mapping[str | int, str], size: float, title: str
) -> StackMesh:
    """Read a mesh whose unit is of a size [um]."""
    raw = read_msh(path) if path.suffix.lower() == ".msh" else read_foreign(path)
    raw.points = raw.points * size
    _check_kind(raw, title)
    _rename(raw, groups, title)
    _require_groups(raw, names, title)
    cell_layer = _cell_layers(raw, names, title)
    origin: dict[str, Any] = {"made_by": "read_mesh", "file": path.name}
    if raw.dimension == 3:
        return solid_mesh(raw, cell_layer, names, origin, title)
    turned = _turn(raw)
    _require_good_cells(raw, cell_layer, names, title)
    parts = [outline(raw, cell_layer, index, name, title) for index, name in enumerate(names)]
    walls = _walls(raw.points[:, :2], parts, title)
    points = [_own_points(raw, part, walls) for part in parts]
    sides = [_sides(raw, parts, index, points[index], walls, title) for index in range(len(parts))]
    moved = {"x": -walls[0], **_touch(parts, points, sides, title)}
    origin |= {
        "moved": moved,
        "separated_nodes": sum(len(part.nodes) for part in parts) - len(np.unique(raw.quads)),
        "turned_cells": turned,
    }
    cells = [part.local(raw.quads[cell_layer == index]) for index, part in enumerate(parts)]
    mesh = _assemble(names, points, cells, sides, origin)
    require_usable(mesh)
    return mesh


def _check_kind(raw: RawMesh, title: str) -> None:
    if raw.others:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(raw.others.items()))
        raise MeshError(
            f"{title} has {kinds}; only four-node quadrilaterals and two-node lines are used, or "
            "eight-node hexahedra. In gmsh recombine triangles (Mesh > Define > Recombine, or "
            "Mesh.RecombineAll = 1 with Mesh.SubdivisionAlgorithm = 1 for quadrilaterals only); "
            "for hexahedra extrude such a surface with Recombine, or make volumes transfinite. Set "
            "Mesh.ElementOrder = 1"
        )
    if not len(raw.cells):
        raise MeshError(
            f"{title} has no quadrilaterals and no hexahedra; save the cells of the layers, in "
            "gmsh by physical surfaces, or volumes in 3D"
        )
    height = np.ptp(raw.points[np.unique(raw.quads), 2]) if raw.dimension == 2 else 0.0
    if height > WALL_TOLERANCE * np.ptp(raw.points[:, :2]):
        raise MeshError(
            f"{title} is not plane: z varies by {height:.3g} um; put the section into the x-y plane"
        )
    if not np.isfinite(raw.points).all():
        raise MeshError(f"{title} has coordinates that are not finite; export it again")


def _rename(raw: RawMesh, groups: Mapping[str | int, str], title: str) -> None:
    """Add the user's groups under our names; several may go into one."""
    tables = (raw.hexahedron_groups, raw.quad_groups, raw.line_groups, raw.node_groups)
    for theirs, ours in groups.items():
        known: list[str | int] = [theirs]
        if not any(theirs in table for table in tables) and str(theirs).isdecimal():
            known = [int(theirs), *raw.titles.get(int(theirs), [])]  # numbers are text in TOML
        found = [(table, name) for name in known for table in tables if name in table]
        for table, name in found:
            table[ours] = np.union1d(table.get(ours, table[name]), table[name])
        if not found:
            raise MeshError(
                f"{title} has no group {theirs!r} to use as '{ours}'; it has {_present(raw)}"
            )


def _present(raw: RawMesh) -> str:
    kinds = [("layers", raw.cell_groups), ("lines", raw.line_groups), ("nodes", raw.node_groups)]
    if raw.dimension == 3:
        kinds[1] = ("faces", raw.quad_groups)
    parts = [f"{kind}: {', '.join(str(name) for name in table)}" for kind, table in kinds if table]
    return "; ".join(parts) or "no groups at all"


def _face_groups(pair: str, side: str) -> tuple[str, str]:
    return f"face_{pair}_{side}", f"face_{pair}"


def _require_groups(raw: RawMesh, names: Sequence[str], title: str) -> None:
    """Name all missing groups at once. Names that differ in case only are accepted."""
    wanted = [[f"layer_{name}"] for name in names]
    for lower, upper in itertools.pairwise(names if raw.dimension == 2 else ()):
        wanted += [list(_face_groups(f"{lower}|{upper}", side)) for side in ("lower", "upper")]
    missing = []
    for number, choices in enumerate(wanted):
        tables = (raw.cell_groups,) if number < len(names) else (raw.line_groups, raw.node_groups)
        for table in tables:
            for name in choices:
                same = [key for key in table if str(key).lower() == name.lower()]
                if name not in table and len(same) == 1:
                    table[name] = table[same[0]]
        if not any(name in table for table in tables for name in choices):
            missing.append(choices[0])
    if missing:
        raise MeshError(
            f"{title} lacks the groups {', '.join(missing)}; it has {_present(raw)}. Name them in "
            "the meshing program, or map what is there with groups={'their name': 'our name'}"
        )


def _turn(raw: RawMesh) -> int:
    """Make clockwise cells counter-clockwise; return how many there were."""
    clockwise = corner_jacobians(raw.points[:, :2], raw.quads).sum(axis=1) < 0.0
    raw.quads[clockwise] = raw.quads[clockwise][:, ::-1]
    return int(clockwise.sum())


def _cell_layers(raw: RawMesh, names: Sequence[str], title: str) -> IntArray:
    layer = np.full(len(raw.cells), -1, dtype=np.int64)
    for index, name in enumerate(names):
        cells = raw.cell_groups[f"layer_{name}"]
        twice = cells[layer[cells] >= 0]
        if len(twice):
            raise MeshError(
                f"{title}: the cell {at(raw, raw.cells[twice[0]])} is in the groups "
                f"layer_{names[layer[twice[0]]]} and layer_{name}; give each cell one layer"
            )
        layer[cells] = index
    if (layer < 0).any():
        lost = np.flatnonzero(layer < 0)
        raise MeshError(
            f"{title}: {len(lost)} cells are in no layer, the first {at(raw, raw.cells[lost[0]])}; "
            f"put them into one of {', '.join(f'layer_{name}' for name in names)}, or take them out"
        )
    return layer


def _require_good_cells(
    raw: RawMesh, cell_layer: IntArray, names: Sequence[str], title: str
) -> None:
    probe = StackMesh(raw.points[:, :2], raw.quads, cell_layer, tuple(names), {}, {}, key="probe")
    try:
        require_usable(probe)
    except MeshError as error:
        raise MeshError(f"{title}: {error}") from None


def _walls(points: FloatArray, parts: Sequence[Outline], title: str) -> tuple[float, float]:
    """Return x of the left and right walls, which all layers must share."""
    ends = [(points[part.nodes, 0].min(), points[part.nodes, 0].max()) for part in parts]
    left, right = min(end[0] for end in ends), max(end[1] for end in ends)
    slack = WALL_TOLERANCE * (right - left)
    for part, (low, high) in zip(parts, ends, strict=True):
        if low > left + slack or high < right - slack:
            raise MeshError(
                f"{title}: layer '{part.name}' goes from x = {low:.6g} to {high:.6g} um, the "
                "stack from "
                f"{left:.6g} to {right:.6g} um; all layers need the same straight, vertical walls"
            )
    return float(left), float(right)


def _own_points(raw: RawMesh, part: Outline, walls: tuple[float, float]) -> FloatArray:
    """Return a layer's points for itself, with x from 0 and nodes at the walls exactly on them."""
    points = raw.points[part.nodes, :2].copy()
    slack = WALL_TOLERANCE * (walls[1] - walls[0])
    for wall in walls:
        points[np.abs(points[:, 0] - wall) <= slack, 0] = wall
    points[:, 0] -= walls[0]
    return points


def _sides(
    raw: RawMesh,
    parts: Sequence[Outline],
    index: int,
    points: FloatArray,
    walls: tuple[float, float],
    title: str,
) -> dict[str, IntArray]:
    """Return the edges of a layer's four sides in local numbers, ordered."""
    part = parts[index]
    faces: dict[str, IntArray] = {}
    if index + 1 < len(parts):
        choices = _face_groups(f"{part.name}|{parts[index + 1].name}", "lower")
        faces["top"] = face_edges(raw, part, "top", choices, title)
    if index > 0:
        choices = _face_groups(f"{parts[index - 1].name}|{part.name}", "upper")
        faces["bottom"] = face_edges(raw, part, "bottom", choices, title)
    width = walls[1] - walls[0]
    members = faces | part.classify(points, width, faces, title)
    result = {wall: part.upwards(points, members[wall]) for wall in ("left", "right")}
    for side in ("bottom", "top"):
        result[side] = sort_chain(part, points, members[side], width, side, title)
    return result


def _touch(
    parts: Sequence[Outline],
    points: Sequence[FloatArray],
    sides: Sequence[Mapping[str, IntArray]],
    title: str,
) -> dict[str, float]:
    """Move the layers along y, the first to y = 0, the others to just touching the one below.

    Returns
    -------
    dict
        ``"lower|upper"`` -> how far the upper layer came closer to the lower one [um]; negative
        where they had overlapped.
    """
    moved: dict[str, float] = {}
    lift = -float(points[0][:, 1].min())
    points[0][:, 1] += lift
    for index, (lower, upper) in enumerate(itertools.pairwise(parts)):
        pair = f"{lower.name}|{upper.name}"
        below = points[index][_nodes(sides[index]["top"])]
        above = points[index + 1][_nodes(sides[index + 1]["bottom"])]
        distance = float(polyline_gap(below, above)[1].min())
        gap = distance + lift
        thinner = min(float(np.ptp(part[:, 1])) for part in points[index : index + 2])
        if gap < -LARGEST_OVERLAP * thinner:
            raise MeshError(
                f"{title}: the faces of interface '{pair}' overlap by {-gap:.4g} um, more than "
                f"half of the thinner layer ({thinner:.4g} um); check the order of the layers, "
                f"or move '{upper.name}' up"
            )
        moved[pair] = gap
        lift = -distance
        points[index + 1][:, 1] += lift
    return moved


def _assemble(
    names: Sequence[str],
    points: Sequence[FloatArray],
    cells: Sequence[IntArray],
    sides: Sequence[Mapping[str, IntArray]],
    origin: Mapping[str, Any],
) -> StackMesh:
    """Put the layers' nodes one after the other and name the parts."""
    first = np.concatenate([[0], np.cumsum([len(part) for part in points])])
    shifted = [{side: e + first[i] for side, e in own.items()} for i, own in enumerate(sides)]
    return StackMesh(
        points=round_coordinates(np.concatenate(points)),
        cells=np.concatenate([part + first[index] for index, part in enumerate(cells)]),
        cell_layer=np.repeat(np.arange(len(cells)), [len(part) for part in cells]),
        layer_names=tuple(names),
        interfaces={
            f"{lower}|{upper}": InterfaceFaces(shifted[index]["top"], shifted[index + 1]["bottom"])
            for index, (lower, upper) in enumerate(itertools.pairwise(names))
        },
        boundaries={
            "bottom": shifted[0]["bottom"],
            "top": shifted[-1]["top"],
            "left": np.concatenate([own["left"] for own in shifted]),
            "right": np.concatenate([own["right"] for own in shifted]),
        },
        origin=origin,
    )


def _nodes(edges: IntArray) -> IntArray:
    return np.append(edges[:, 0], edges[-1, 1])
