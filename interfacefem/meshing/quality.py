# SPDX-License-Identifier: MIT
"""Judges a mesh: cell shapes, inverted cells, and whether the edges can follow the roughness.

Works on any :class:`StackMesh`, built or read, with numpy only. It changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from interfacefem.errors import MeshError
from interfacefem.meshing.faces import FloatArray, IntArray
from interfacefem.meshing.numbers import DEGENERATE
from interfacefem.meshing.stack_mesh import StackMesh
from interfacefem.surfaces.resolution import ENOUGH_EDGES


@dataclass(frozen=True)
class MeshQuality:
    """Figures of a mesh.

    Attributes
    ----------
    nodes, dofs : int
        Nodes and displacement degrees of freedom.
    cells : dict
        Layer name -> number of cells.
    min_corner_ratio : float
        Smallest ratio of a corner Jacobian to its cell's largest one [-]; 1 for a parallelogram.
    max_aspect_ratio : float
        Largest ratio of longest to shortest edge of a cell [-].
    min_angle, max_angle : float
        Extreme corner angles [degree].
    inverted : ndarray of int64
        Cells with a corner that is inverted or flat.
    max_edge, min_edge : dict
        ``"lower|upper side"`` -> longest and shortest edge of that face along x [um].
    edges_per_wavelength : dict
        ``"lower|upper side"`` -> edges per shortest wavelength of the interface [-]; the longest
        edge counts. Only rough interfaces whose wavelength is known are listed.
    """

    nodes: int
    dofs: int
    cells: dict[str, int]
    min_corner_ratio: float
    max_aspect_ratio: float
    min_angle: float
    max_angle: float
    inverted: IntArray
    max_edge: dict[str, float] = field(default_factory=dict)
    min_edge: dict[str, float] = field(default_factory=dict)
    edges_per_wavelength: dict[str, float] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should look at, in words; empty when all is well."""
        notes = []
        if len(self.inverted):
            notes.append(f"{len(self.inverted)} inverted or flat cells")
        for face, number in self.edges_per_wavelength.items():
            if number < ENOUGH_EDGES * (1 - 1e-9):
                notes.append(
                    f"face {face}: {number:.2g} edges per shortest wavelength; at least "
                    f"{ENOUGH_EDGES:g} are wanted, so make the mesh edge shorter"
                )
        if self.min_angle < 20.0:
            notes.append(f"smallest angle {self.min_angle:.2g} degrees: slopes or layers are steep")
        return tuple(notes)

    def message(self) -> str:
        """Return the figures as text for people."""
        cells = ", ".join(f"{name} {number}" for name, number in self.cells.items())
        lines = [
            f"{sum(self.cells.values())} cells ({cells}), {self.nodes} nodes, {self.dofs} "
            "degrees of freedom",
            f"smallest angle {self.min_angle:.1f} degrees, largest {self.max_angle:.1f}, corner "
            f"Jacobian ratio {self.min_corner_ratio:.3f}, aspect ratio up to "
            f"{self.max_aspect_ratio:.1f}",
        ]
        for face, longest in self.max_edge.items():
            text = f"face {face}: edges up to {longest:.3g} um"
            if face in self.edges_per_wavelength:
                text += f", {self.edges_per_wavelength[face]:.1f} per shortest wavelength"
            lines.append(text)
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join(lines)


def _corner_edges(points: FloatArray, cells: IntArray) -> FloatArray:
    """Return the edges that leave each corner, shape (M, corners, dimension, dimension).

    In the plane the one ahead and the one behind; in 3D the two of the corner's horizontal
    face and the one that joins lower and upper face, in right-handed order.
    """
    corner = points[cells]
    if cells.shape[1] == 4:
        return np.stack([np.roll(corner, -s, axis=1) - corner for s in (1, -1)], axis=2)
    number = np.arange(4)
    ahead, behind, over = (number + 1) % 4, (number - 1) % 4, number + 4
    others = np.concatenate(
        [np.stack([ahead, behind, over]), np.stack([behind + 4, ahead + 4, number])], axis=1
    )
    return np.stack([corner[:, other] - corner for other in others], axis=2)


def corner_jacobians(points: FloatArray, cells: IntArray) -> FloatArray:
    """Return the Jacobian at each corner, positive if it is not inverted.

    Twice the area of the corner's triangle [um^2], shape (M, 4); of hexahedra six times the volume
    of its tetrahedron [um^3], shape (M, 8).
    """
    result: FloatArray = np.linalg.det(_corner_edges(points, cells))
    return result


def quality(mesh: StackMesh) -> MeshQuality:
    """Return the figures of a mesh; nothing is raised for a bad one."""
    jacobian = corner_jacobians(mesh.points, mesh.cells)
    edges = _corner_edges(mesh.points, mesh.cells)
    lengths = np.linalg.norm(edges, axis=3).reshape(len(edges), -1)
    angles = _angles(edges, jacobian)
    longest = jacobian.max(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(longest > 0.0, jacobian.min(axis=1) / longest, -1.0)
        aspect = np.where(
            lengths.min(axis=1) > 0.0, lengths.max(axis=1) / lengths.min(axis=1), np.inf
        )
    max_edge: dict[str, float] = {}
    min_edge: dict[str, float] = {}
    per_wave: dict[str, float] = {}
    origin: dict[str, Any] = dict(mesh.origin)
    waves = origin.get("short_wavelengths", {})
    for name, faces in mesh.interfaces.items():
        known = [
            waves[f"{name} {side}"] for side in ("lower", "upper") if f"{name} {side}" in waves
        ]
        for side, nodes in (("lower", faces.lower), ("upper", faces.upper)):
            along = np.ptp(mesh.points[nodes, :-1], axis=1)
            face = f"{name} {side}"
            max_edge[face], min_edge[face] = float(along.max()), float(along.min())
            if known:
                per_wave[face] = min(known) / max_edge[face]
    counts = np.bincount(mesh.cell_layer, minlength=len(mesh.layer_names))
    return MeshQuality(
        nodes=len(mesh.points),
        dofs=mesh.dofs,
        cells={name: int(n) for name, n in zip(mesh.layer_names, counts, strict=True)},
        min_corner_ratio=float(ratio.min()),
        max_aspect_ratio=float(aspect.max()),
        min_angle=float(angles.min()),
        max_angle=float(angles.max()),
        inverted=inverted_cells(mesh.points, mesh.cells),
        max_edge=max_edge,
        min_edge=min_edge,
        edges_per_wavelength=per_wave,
    )


def _angles(edges: FloatArray, jacobian: FloatArray) -> FloatArray:
    """Return the angles between the edges of each corner [degree]; signed in the plane."""
    if edges.shape[2] == 2:
        cosine = (edges[..., 0, :] * edges[..., 1, :]).sum(axis=2)
        return np.asarray(np.degrees(np.arctan2(jacobian, cosine)))
    unit = edges / np.maximum(np.linalg.norm(edges, axis=3, keepdims=True), 1e-300)
    cosine = np.stack([(unit[..., i, :] * unit[..., i - 1, :]).sum(axis=2) for i in range(3)])
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def inverted_cells(points: FloatArray, cells: IntArray) -> IntArray:
    """Return the cells with a corner that is inverted or flat."""
    jacobian = corner_jacobians(points, cells)
    scale = np.abs(jacobian).mean(axis=1, keepdims=True)
    return np.flatnonzero((jacobian <= DEGENERATE * scale).any(axis=1))


def require_usable(mesh: StackMesh) -> None:
    """Refuse a mesh with inverted or flat cells.

    Raises
    ------
    MeshError
        Names the first places and the layers.
    """
    bad = inverted_cells(mesh.points, mesh.cells)
    if not len(bad):
        return
    places = ", ".join(
        f"({', '.join(f'{x:.4g}' for x in mesh.points[mesh.cells[cell]].mean(axis=0))}) um in "
        f"layer '{mesh.layer_names[mesh.cell_layer[cell]]}'"
        for cell in bad[:3]
    )
    more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
    raise MeshError(
        f"{len(bad)} cells are inverted or flat, at {places}{more}; move the nodes there, or "
        "give a "
        "shorter mesh edge, a thicker layer or a smaller roughness"
    )
