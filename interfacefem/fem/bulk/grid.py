# SPDX-License-Identifier: MIT
"""A DOLFINx domain of quadrilaterals or hexahedra from plain arrays, in the caller's numbering.

DOLFINx renumbers nodes and cells; this is where the maps back are made. No form, law or state
lives here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import basix.ufl
from dolfinx import mesh
from mpi4py import MPI

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class Grid:
    """Bilinear quadrilaterals or trilinear hexahedra with the caller's numbering.

    Parameters
    ----------
    points : (n, 2) or (n, 3) array
        Node positions [um].
    cells : (m, 4) or (m, 8) int array
        Counter-clockwise quadrilaterals; hexahedra as two such faces, the lower one first.

    Attributes
    ----------
    domain : dolfinx.mesh.Mesh
    cell_index : (m,) int array
        Caller's cell of each cell of the domain.
    """

    def __init__(self, points: Array, cells: IntArray) -> None:
        self.dimension = points.shape[1]
        shape = "quadrilateral" if self.dimension == 2 else "hexahedron"
        element: Any = basix.ufl.element("Lagrange", shape, 1, shape=(self.dimension,))
        tensor_order = [0, 1, 3, 2, 4, 5, 7, 6][: cells.shape[1]]
        ordered = np.ascontiguousarray(cells[:, tensor_order], dtype=np.int64)
        start = np.ascontiguousarray(points, dtype=np.float64)
        self.domain = mesh.create_mesh(MPI.COMM_SELF, ordered, element, start)
        self.cell_index = np.asarray(self.domain.topology.original_cell_index)
        self.size = len(points)
        self._node = np.asarray(self.domain.geometry.input_global_indices)

    def node_to_dof(self, space: Any) -> IntArray:
        """Return the (block) degree of freedom of each node of the caller.

        Parameters
        ----------
        space : dolfinx.fem.FunctionSpace
            Bilinear, on the domain.

        Returns
        -------
        (n,) int array
        """
        local = np.empty(self.size, np.int64)
        local[self.domain.geometry.dofmaps[0].ravel()] = space.dofmap.list.ravel()
        result = np.empty(self.size, np.int64)
        result[self._node] = local
        return result

    def move(self, points: Array) -> None:
        """Place the nodes; what is assembled afterwards lives on the new positions.

        Parameters
        ----------
        points : (n, 2) or (n, 3) array
            [um].
        """
        self.domain.geometry.x[:, : self.dimension] = points[self._node]
