# SPDX-License-Identifier: MIT
"""One contact interface in space: faces of quadrilaterals in place of polylines.

Everything but the faces is in :mod:`interfacefem.fem.contact.interface`, the integration in
:mod:`interfacefem.fem.contact.mortar3d`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.fem.contact import mortar3d, mortar3d_tangent
from interfacefem.fem.contact.interface import ContactInterface

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.contact import laws
    from interfacefem.fem.contact import mortar
    from interfacefem.fem.contact.mortar_tangent import GeometryTangent
    from interfacefem.fem.contact.settings import ContactSettings

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class ContactInterface3D(ContactInterface):
    """State of one interface between two faces of quadrilaterals.

    Parameters
    ----------
    name : str
    slave, master : (k, 4) and (l, 4) int array
        Quadrilaterals of nodes, counter-clockwise seen from above.
    node_dofs : (nodes, 3) int array
        Degrees of freedom of all nodes.
    points : (nodes, 3) array
        Reference positions [um].
    upward : bool
        Whether the master lies above the slave.
    settings : ContactSettings
    x_walls, y_walls : (w,) int array
        Nodes that slide on walls across x and across y.
    """

    def __init__(
        self,
        name: str,
        slave: IntArray,
        master: IntArray,
        node_dofs: IntArray,
        points: Array,
        *,
        upward: bool,
        settings: ContactSettings,
        x_walls: IntArray,
        y_walls: IntArray,
    ) -> None:
        slaves, masters = np.unique(slave), np.unique(master)
        super().__init__(name, slaves, masters, node_dofs, points, upward=upward, settings=settings)
        self.slave_faces = np.searchsorted(slaves, slave)
        self.master_faces = np.searchsorted(masters, master)
        self.free = np.column_stack([~np.isin(slaves, wall) for wall in (x_walls, y_walls)])
        self.on_wall = ~self.free.all(axis=1)
        self.shear = np.zeros((len(slaves), 2))

    def _pair(self, slave: Array, master: Array) -> mortar.Pairing | None:
        return mortar3d.pair(
            slave,
            self.slave_faces,
            master,
            self.master_faces,
            upward=self.upward,
            walls=~self.free,
        )

    def linearise(
        self, displacement: Array, accepted: Array, tractions: laws.Tractions
    ) -> GeometryTangent | None:
        """Return how the moving geometry changes, in the present pairing."""
        return mortar3d_tangent.linearise(self, displacement, accepted, tractions)
