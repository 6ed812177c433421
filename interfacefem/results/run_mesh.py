# SPDX-License-Identifier: MIT
"""The undeformed mesh of a run as it is read: parts by name, faces of interfaces, roughness.

Numpy only. Made by :class:`interfacefem.results.results.Results`; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results.fields import FloatArray
from interfacefem.shown import ShownData

IntArray = npt.NDArray[np.int64]

#: integrals of products of the bilinear functions of a rectangle, over its area
_MASS = np.array([[4, 2, 1, 2], [2, 4, 2, 1], [1, 2, 4, 2], [2, 1, 2, 4]]) / 36.0


@dataclass(frozen=True, eq=False)
class FaceEdges:
    """The two faces of an interface in the mesh: node pairs, in space quadrilaterals."""

    lower: IntArray
    upper: IntArray


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class RunMesh(ShownData):
    """The undeformed mesh of a run, as arrays.

    Attributes
    ----------
    points : (N, d) array
        Positions [um].
    cells : (M, k) array
        Node indices.
    cell_layer : (M,) array
        Index of each cell's layer.
    layer_names : tuple of str
        Bottom to top.
    layer_nodes : mapping of str to array
        Mesh index of each node of a layer, ascending.
    interfaces : mapping of str to FaceEdges
        By ``"lower|upper"``.
    boundaries : mapping of str to array
        Node pairs by side, in space quadrilaterals.
    key : str
        Hash of what the mesh was made from.
    """

    points: FloatArray
    cells: IntArray
    cell_layer: IntArray
    layer_names: tuple[str, ...]
    layer_nodes: Mapping[str, IntArray]
    interfaces: Mapping[str, FaceEdges]
    boundaries: Mapping[str, IntArray]
    key: str

    @property
    def dimension(self) -> int:
        """Number of coordinates: 2 in plane strain, 3 in space."""
        return int(self.points.shape[1])

    def layer_cells(self, name: str) -> IntArray:
        """Return the mesh index of each cell of a layer, ascending."""
        return np.flatnonzero(self.cell_layer == self.layer_names.index(name))

    def layer_connectivity(self, name: str) -> IntArray:
        """Return the cells of a layer in its own node numbers, (cells, k)."""
        return np.searchsorted(self.layer_nodes[name], self.cells[self.layer_cells(name)])

    def point_faces(self, interface: str, points_reference: FloatArray) -> IntArray:
        """Return the face that an interface's points are nodes of, in the points' own numbers.

        Parameters
        ----------
        interface : str
            ``"lower|upper"``.
        points_reference : (n, d) array
            The points in the undeformed mesh, by increasing node [um].

        Returns
        -------
        (k, 4) int array
            Quadrilaterals, counter-clockwise seen from above.

        Raises
        ------
        ResultsError
            If they are the nodes of neither face.
        """
        faces = self.interfaces[interface]
        found: list[tuple[float, IntArray]] = []
        for face in (faces.lower, faces.upper):
            nodes = np.unique(face)
            if len(nodes) == len(points_reference):
                # a stage may have laid the layer elsewhere, so the nearer face of the two is it
                away = float(np.abs(self.points[nodes] - points_reference).max())
                found.append((away, np.searchsorted(nodes, face)))
        if not found:
            raise ResultsError(
                f"interface '{interface}': its {len(points_reference)} points are the nodes of "
                "neither of its faces; the run was written by a program that is not interfacefem, "
                "or is damaged"
            )
        return min(found, key=lambda item: item[0])[1]

    def face_rms_height(self, interface: str) -> float:
        """Return the rms height of the gap's roughness as meshed [um].

        Both faces count: the root of the sum of their mean square heights, each about its own
        mean and weighted by projected length or area.
        """
        faces = self.interfaces[interface]
        return float(np.hypot(self._rms(faces.lower), self._rms(faces.upper)))

    def _rms(self, faces: IntArray) -> float:
        corner = self.points[faces]
        height = corner[..., -1]
        if self.dimension == 2:
            size = np.abs(corner[:, 1, 0] - corner[:, 0, 0])
            mass = np.array([[2, 1], [1, 2]]) / 6.0
        else:
            one, two = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
            size = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
            mass = _MASS
        total = float(size.sum())
        if not total > 0:
            return 0.0
        height = height - float(size @ height.mean(axis=1)) / total
        square = float(size @ np.einsum("ki,ij,kj->k", height, mass, height)) / total
        return float(np.sqrt(max(square, 0.0)))
