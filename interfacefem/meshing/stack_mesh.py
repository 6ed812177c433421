# SPDX-License-Identifier: MIT
"""The mesh of a stack as plain arrays, with names for everything that is asked for by name.

Lives here: :class:`StackMesh` and questions about it that need numpy only, in the plane and in
space. Not here: the two faces of an interface (``faces``), making meshes (``layered``,
``hexahedra``), files (``msh_file``, ``read``), judging (``quality``). No gmsh or DOLFINx object is
ever part of a mesh.

numpy only. Faces of interfaces have names in the mesh; those of layers in general are found here,
because in a staged press any two layers can come to lie on each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from interfacefem.errors import MeshError
from interfacefem.fields import ShownData
from interfacefem.meshing.faces import (
    FloatArray,
    IntArray,
    InterfaceFaces,
    face_gap,
    nodal_areas,
    polyline_gap,
)

#: names of the outer boundaries in two dimensions, and the two more of three
BOUNDARIES = ("bottom", "top", "left", "right")
DEPTH_BOUNDARIES = ("front", "back")


@dataclass(frozen=True, eq=False, repr=False)
class StackMesh(ShownData):
    """Mesh of a stack of layers that share no nodes: quadrilaterals, or hexahedra in 3D.

    Attributes
    ----------
    points : ndarray of float64, shape (N, 2) or (N, 3)
        Node coordinates [um]; x, and in 3D y, run along the interfaces from 0, the last
        coordinate is the press direction.
    cells : ndarray of int64, shape (M, 4) or (M, 8)
        Nodes of each quadrilateral, counter-clockwise; of each hexahedron, the lower face
        counter-clockwise seen from above, then the upper one.
    cell_layer : ndarray of int64, shape (M,)
        Index into `layer_names` of each cell.
    layer_names : tuple of str
        Layers from bottom to top.
    interfaces : dict
        ``"lower|upper"`` -> :class:`InterfaceFaces`, bottom to top. The faces just touch: the
        smallest vertical distance of the two polylines is zero.
    boundaries : dict
        ``"bottom"``, ``"top"``, ``"left"``, ``"right"`` -> edges, shape (e, 2); in 3D also
        ``"front"`` (y = 0) and ``"back"``, all as quadrilaterals, shape (e, 4). Walls hold all
        layers from bottom to top.
    key : str
        Hash of what the mesh was made from.
    origin : dict
        How it was made (JSON-able).
    """

    points: FloatArray
    cells: IntArray
    cell_layer: IntArray
    layer_names: tuple[str, ...]
    interfaces: Mapping[str, InterfaceFaces]
    boundaries: Mapping[str, IntArray]
    key: str = ""
    origin: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "points", np.ascontiguousarray(self.points, dtype=np.float64))
        put(self, "cells", np.ascontiguousarray(self.cells, dtype=np.int64))
        put(self, "cell_layer", np.ascontiguousarray(self.cell_layer, dtype=np.int64))
        put(self, "layer_names", tuple(self.layer_names))
        put(
            self,
            "boundaries",
            {
                name: np.ascontiguousarray(edges, dtype=np.int64)
                for name, edges in self.boundaries.items()
            },
        )
        if self.points.ndim != 2 or self.points.shape[1] not in (2, 3):
            raise MeshError(
                f"points have shape {self.points.shape}; a plane mesh needs (N, 2), one in 3D "
                "(N, 3)"
            )
        if self.cells.ndim != 2 or self.cells.shape[1] != 2**self.dimension:
            raise MeshError(
                f"cells have shape {self.cells.shape}; quadrilaterals need (M, 4), hexahedra (M, 8)"
            )
        if self.cell_layer.shape != (len(self.cells),):
            raise MeshError(
                f"cell_layer has shape {self.cell_layer.shape}; one entry per cell is needed, "
                f"({len(self.cells)},)"
            )
        if not np.isfinite(self.points).all():
            raise MeshError(
                f"node {int(np.argmin(np.isfinite(self.points).all(axis=1)))} has a coordinate "
                "that is not finite"
            )
        if not self.key:
            put(self, "key", array_key(self))

    # Identity --------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        """Return whether all arrays, names, key and origin are the same."""
        if not isinstance(other, StackMesh):
            return NotImplemented
        return (
            (self.key, self.layer_names, dict(self.origin))
            == (other.key, other.layer_names, dict(other.origin))
            and list(self.interfaces) == list(other.interfaces)
            and sorted(self.boundaries) == sorted(other.boundaries)
            and np.array_equal(self.points, other.points)
            and np.array_equal(self.cells, other.cells)
            and np.array_equal(self.cell_layer, other.cell_layer)
            and all(
                np.array_equal(faces.edges(side), other.interfaces[name].edges(side))
                for name, faces in self.interfaces.items()
                for side in ("lower", "upper")
            )
            and all(
                np.array_equal(edges, other.boundaries[name])
                for name, edges in self.boundaries.items()
            )
        )

    def __hash__(self) -> int:
        """Return a hash of the key."""
        return hash(self.key)

    # Size ------------------------------------------------------------------------------------

    @property
    def dofs(self) -> int:
        """Number of displacement degrees of freedom."""
        return int(self.points.size)

    @property
    def dimension(self) -> int:
        """Number of coordinates: 2 in plane strain, 3 in 3D."""
        return int(self.points.shape[1])

    @property
    def width(self) -> float:
        """Distance of the side walls [um]."""
        return float(np.ptp(self.points[:, 0]))

    @property
    def area(self) -> float:
        """Nominal area [um^2]; per unit depth, and so the width [um], in plane strain."""
        return float(np.prod(np.ptp(self.points[:, :-1], axis=0)))

    @property
    def height(self) -> float:
        """Distance of bottom and top [um]."""
        return float(np.ptp(self.points[:, -1]))

    # Parts by name ---------------------------------------------------------------------------

    def layer_index(self, name: str) -> int:
        """Return the position of a layer, bottom to top.

        Raises
        ------
        MeshError
            If there is no such layer.
        """
        if name not in self.layer_names:
            raise MeshError(f"the mesh has no layer '{name}'; it has {', '.join(self.layer_names)}")
        return self.layer_names.index(name)

    def layer_cells(self, name: str) -> IntArray:
        """Return the indices of a layer's cells, shape (m,)."""
        return np.flatnonzero(self.cell_layer == self.layer_index(name))

    def layer_nodes(self, name: str) -> IntArray:
        """Return the nodes of a layer, increasing, shape (n,)."""
        return np.unique(self.cells[self.layer_cells(name)])

    def node_layer(self) -> IntArray:
        """Return the layer index of every node, shape (N,)."""
        layer = np.full(len(self.points), -1, dtype=np.int64)
        layer[self.cells] = self.cell_layer[:, None]
        return layer

    def faces(self, interface: str) -> InterfaceFaces:
        """Return the faces of an interface given as ``"lower|upper"``.

        Raises
        ------
        MeshError
            If there is no such interface.
        """
        if interface not in self.interfaces:
            raise MeshError(
                f"the mesh has no interface '{interface}'; it has "
                f"{', '.join(self.interfaces) or 'none'}"
            )
        return self.interfaces[interface]

    def boundary_nodes(self, side: str) -> IntArray:
        """Return the nodes of an outer boundary, increasing, shape (n,).

        Raises
        ------
        MeshError
            If there is no such boundary.
        """
        if side not in self.boundaries:
            raise MeshError(
                f"the mesh has no boundary '{side}'; it has {', '.join(self.boundaries)}"
            )
        return np.unique(self.boundaries[side])

    def wall_nodes(self) -> list[IntArray]:
        """Return the nodes of the side walls across x, and in 3D those across y."""
        pairs = [BOUNDARIES[2:], DEPTH_BOUNDARIES][: self.dimension - 1]
        return [
            np.unique(np.concatenate([self.boundaries[side].ravel() for side in sides]))
            for sides in pairs
        ]

    def gap(self, interface: str) -> tuple[FloatArray, FloatArray]:
        """Return the vertical distance of the two faces of an interface.

        Returns
        -------
        x : ndarray, shape (n,) or (n, 2)
            Positions of the nodes of both faces [um], increasing; in 3D the points of the grid
            made of both faces' grid lines.
        gap : ndarray, shape (n,)
            Upper minus lower face height [um]; it is linear, or bilinear, in between.

        Raises
        ------
        MeshError
            If a face in 3D is no grid of lines along x and y.
        """
        faces = self.faces(interface)
        lower = self.points[faces.nodes("lower")]
        upper = self.points[faces.nodes("upper")]
        return polyline_gap(lower, upper) if self.dimension == 2 else face_gap(lower, upper)

    # Files -----------------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write a gmsh file with named physical groups; see ``msh_file.write_msh``."""
        from interfacefem.meshing.msh_file import write_msh

        return write_msh(self, path)

    @classmethod
    def load(cls, path: str | Path) -> StackMesh:
        """Read a file written by :meth:`save`; see ``msh_file.load_msh``."""
        from interfacefem.meshing.msh_file import load_msh

        parts = load_msh(path)
        return cls(
            points=parts.points,
            cells=parts.cells,
            cell_layer=parts.cell_layer,
            layer_names=parts.layer_names,
            interfaces=parts.interfaces,
            boundaries=parts.boundaries,
            key=parts.key,
            origin=parts.origin,
        )


def digest(*parts: object) -> str:
    """Return the sha256 of arrays, texts and JSON-able values, in order."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            total.update(f"{part.dtype.str}{part.shape}".encode())
            total.update(np.ascontiguousarray(part).tobytes())
        else:
            total.update(json.dumps(part, sort_keys=True).encode())
    return total.hexdigest()


def array_key(mesh: StackMesh) -> str:
    """Return a key made of the arrays themselves, for a mesh that has no recipe."""
    parts: list[object] = [mesh.points, mesh.cells, mesh.cell_layer, list(mesh.layer_names)]
    for name, faces in mesh.interfaces.items():
        parts += [name, faces.lower, faces.upper]
    return digest(*parts)


def round_coordinates(points: FloatArray) -> FloatArray:
    """Round to 15 significant digits of the largest coordinate, so that text files keep every bit.

    The step is 1e-13 um for a stack below 100 um: far below an atom, and exact decimals survive
    the 16 digits that gmsh writes.
    """
    largest = float(np.abs(points).max(initial=0.0))
    if largest == 0.0:
        return points
    decimals = 14 - int(np.floor(np.log10(largest)))
    rounded: FloatArray = np.round(points, decimals) + 0.0  # + 0.0 turns -0.0 into 0.0
    return rounded


@dataclass(frozen=True, eq=False)
class LayerFaces:
    """Faces of a layer between the side walls.

    Attributes
    ----------
    bottom, top : ndarray of int64, shape (k, 2) or (k, 4)
        Edges from left to right, or quadrilaterals counter-clockwise seen from above.
    """

    bottom: IntArray
    top: IntArray

    def face(self, side: Literal["bottom", "top"]) -> IntArray:
        """Return one face by name."""
        return self.bottom if side == "bottom" else self.top

    def nodes(self, side: Literal["bottom", "top"]) -> IntArray:
        """Return the nodes of a face: from left to right, or increasing in 3D."""
        face = self.face(side)
        return np.append(face[:, 0], face[-1, 1]) if face.shape[1] == 2 else np.unique(face)


def layer_faces(mesh: StackMesh, name: str) -> LayerFaces:
    """Return the faces of a layer.

    Raises
    ------
    MeshError
        If the layer does not reach from wall to wall.
    """
    cells = mesh.cells[mesh.layer_cells(name)]
    faces = _strip(mesh, cells) if mesh.dimension == 2 else _slab(mesh, cells)
    if faces is None:
        raise MeshError(f"layer '{name}' does not reach from wall to wall; mesh it as one layer")
    return faces


def _outer(faces: IntArray) -> IntArray:
    """Return those faces that only one cell has."""
    ends = np.sort(faces, axis=1)
    _, first, count = np.unique(ends, axis=0, return_index=True, return_counts=True)
    outer: IntArray = faces[np.sort(first[count == 1])]
    return outer


def _strip(mesh: StackMesh, cells: IntArray) -> LayerFaces | None:
    outer = _outer(np.vstack([cells[:, [i, (i + 1) % 4]] for i in range(4)]))
    x = mesh.points[:, 0]
    step = 1e-9 * mesh.width
    walls = (x.min() + step, x.max() - step)
    on_wall = (x[outer] <= walls[0]).all(axis=1) | (x[outer] >= walls[1]).all(axis=1)
    # cells are counter-clockwise: lower faces run to the right, upper ones to the left
    follows = dict(outer[~on_wall].tolist())
    found = []
    for start in (n for n in follows if n not in set(follows.values())):
        chain = [start]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        found.append(np.array(chain, dtype=np.int64))
    found.sort(key=lambda nodes: bool(x[nodes[0]] > x[nodes[-1]]))
    if len(found) != 2 or x[found[0][0]] > x[found[0][-1]] or x[found[1][0]] < x[found[1][-1]]:
        return None
    bottom, top = found[0], found[1][::-1]
    return LayerFaces(*(np.column_stack([nodes[:-1], nodes[1:]]) for nodes in (bottom, top)))


def _slab(mesh: StackMesh, cells: IntArray) -> LayerFaces | None:
    # of two cells one over the other, the upper face of one is the lower face of the other
    both = _outer(np.vstack([cells[:, :4], cells[:, 4:]]))
    lower = {tuple(face) for face in cells[:, :4].tolist()}
    is_lower = np.array([tuple(face) in lower for face in both.tolist()])
    faces = LayerFaces(both[is_lower], both[~is_lower])
    for side in (faces.bottom, faces.top):
        if abs(nodal_areas(mesh.points, side).sum() / mesh.area - 1.0) > 1e-6:
            return None
    return faces
