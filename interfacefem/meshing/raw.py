# SPDX-License-Identifier: MIT
"""What a mesh file holds before anything is checked: nodes, cells and groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from interfacefem.meshing.faces import FloatArray, IntArray


@dataclass
class RawMesh:
    """What a file holds, before anything is checked.

    Attributes
    ----------
    points : ndarray, shape (N, 3)
        Nodes, in the file's order and unit.
    quads, lines, hexahedra : ndarray of int64, shape (M, 4), (K, 2) and (L, 8)
        Cells, zero-based.
    others : dict
        Name of any cell type that is no quadrilateral, line or point -> how many there are.
    quad_groups, line_groups, hexahedron_groups, node_groups : dict
        Group name, or number where the file has no name -> indices of cells or nodes.
    titles : dict
        Number of a group that has a name -> its names.
    comment : dict
        Our own comment section, if there is one.
    """

    points: FloatArray
    quads: IntArray
    lines: IntArray
    hexahedra: IntArray = field(default_factory=lambda: np.zeros((0, 8), dtype=np.int64))
    others: dict[str, int] = field(default_factory=dict)
    quad_groups: dict[str | int, IntArray] = field(default_factory=dict)
    line_groups: dict[str | int, IntArray] = field(default_factory=dict)
    hexahedron_groups: dict[str | int, IntArray] = field(default_factory=dict)
    node_groups: dict[str | int, IntArray] = field(default_factory=dict)
    titles: dict[int, list[str]] = field(default_factory=dict)
    comment: dict[str, Any] = field(default_factory=dict)

    @property
    def dimension(self) -> int:
        """3 where there are hexahedra, else 2."""
        return 3 if len(self.hexahedra) else 2

    @property
    def cells(self) -> IntArray:
        """What layers are made of."""
        return self.hexahedra if self.dimension == 3 else self.quads

    @property
    def cell_groups(self) -> dict[str | int, IntArray]:
        """Groups of :attr:`cells`."""
        return self.hexahedron_groups if self.dimension == 3 else self.quad_groups
