# SPDX-License-Identifier: MIT
"""One contact interface during the solution: geometry, multipliers, tractions.

Holds the pairing of the current pass and the carried multipliers; the law at a node is
:mod:`interfacefem.contact.laws`, the integration :mod:`interfacefem.fem.mortar`. Which body is
the slave is decided by the caller. The global system does not live here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact import laws
from interfacefem.fem import mortar

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ContactSettings:
    """Law and numerical stiffness of one interface.

    Attributes
    ----------
    friction : float
        Coulomb coefficient.
    shear_cap : float
        Largest shear traction [MPa]; infinite for none.
    penalty : float
        Augmentation stiffness [MPa/um].
    shear_penalty : float
        Tangential augmentation stiffness [MPa/um].
    gap_tolerance : float
        Largest gap or penetration of a node in contact when an increment is accepted [um].
    """

    friction: float = 0.0
    shear_cap: float = np.inf
    penalty: float = 1.0
    shear_penalty: float = 0.1
    gap_tolerance: float = 1e-3


class ContactInterface:
    """State of one interface between two polylines.

    Parameters
    ----------
    name : str
    slave, master : (n,) and (m,) int array
        Nodes along increasing x.
    node_dofs : (nodes, 2) int array
        Degrees of freedom of all nodes.
    points : (nodes, 2) array
        Reference positions [um].
    upward : bool
        Whether the master lies above the slave.
    settings : ContactSettings
    left_wall, right_wall : bool
        Whether the slave's end nodes slide on side walls.
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
        left_wall: bool = False,
        right_wall: bool = False,
    ) -> None:
        self.name = name
        self.settings = settings
        self.slave_nodes, self.master_nodes = slave, master
        self.slave_dofs, self.master_dofs = node_dofs[slave], node_dofs[master]
        self.slave_points, self.master_points = points[slave], points[master]
        self.upward = upward
        self.walls = (left_wall, right_wall)
        count = len(slave)
        self.on_wall = np.zeros(count, dtype=bool)
        self.on_wall[0], self.on_wall[-1] = left_wall, right_wall
        self.pressure = np.zeros(count)  #: carried normal multiplier [MPa]
        self.shear = np.zeros(count)  #: carried tangential multiplier [MPa]
        self.total_slip = np.zeros(count)  #: accumulated slip path [um]
        self.pairing: mortar.Pairing
        self._penalty = np.full(count, settings.penalty)
        self._shear_penalty = np.full(count, settings.shear_penalty)

    def update_geometry(self, displacement: Array) -> bool:
        """Pair the faces anew in the given configuration; False when a face has folded over."""
        pairing = mortar.pair(
            self.slave_points + displacement[self.slave_dofs],
            self.master_points + displacement[self.master_dofs],
            upward=self.upward,
            left_wall=self.walls[0],
            right_wall=self.walls[1],
        )
        if pairing is None:
            return False
        self.pairing = pairing
        return True

    def gaps(self, displacement: Array) -> Array:
        """Weighted gap of each slave node [um], infinite where nothing lies opposite."""
        pairing = self.pairing
        slave = self.slave_points + displacement[self.slave_dofs]
        master = self.master_points + displacement[self.master_dofs]
        gap: Array = np.einsum("ij,ij->i", pairing.normals, pairing.projection @ master - slave)
        return np.where(pairing.covered, gap, np.inf)

    def slips(self, displacement: Array, accepted: Array) -> Array:
        """Tangential slip of each slave node since the accepted configuration [um]."""
        change = displacement - accepted
        relative = change[self.slave_dofs] - self.pairing.projection @ change[self.master_dofs]
        tangent = np.column_stack([self.pairing.normals[:, 1], -self.pairing.normals[:, 0]])
        slip: Array = np.einsum("ij,ij->i", tangent, relative)
        return np.where(self.pairing.covered & ~self.on_wall, slip, 0.0)

    def tractions(self, displacement: Array, accepted: Array) -> laws.Tractions:
        """Evaluate the interface law at a trial displacement."""
        settings = self.settings
        return laws.evaluate(
            self.gaps(displacement),
            self.slips(displacement, accepted),
            self.pressure,
            self.shear,
            penalty=self._penalty,
            shear_penalty=self._shear_penalty,
            friction=settings.friction,
            shear_cap=settings.shear_cap,
        )

    def add_forces(self, forces: Array, tractions: laws.Tractions) -> None:
        """Add the contact forces on slave and master to a vector of internal forces, in place."""
        normal = self.pairing.normals
        tangent = np.column_stack([normal[:, 1], -normal[:, 0]])
        load = tractions.normal[:, None] * normal - tractions.tangential[:, None] * tangent
        load *= self.pairing.weights[:, None]
        forces[self.slave_dofs] += load
        forces[self.master_dofs] -= self.pairing.projection.T @ load

    def violation(self, displacement: Array, accepted: Array, tractions: laws.Tractions) -> float:
        """Largest error of the constraints relative to the gap tolerance.

        A node in contact must neither penetrate nor stand open, an open one must not penetrate,
        and a sticking one must not slip.
        """
        gap = self.gaps(displacement)
        error = np.where(tractions.active, np.abs(gap), np.maximum(-gap, 0.0))
        error[~self.pairing.covered] = 0.0
        worst = float(error.max(initial=0.0))
        if tractions.sticking.any():
            slip = np.abs(self.slips(displacement, accepted))
            worst = max(worst, float(slip[tractions.sticking].max()))
        return worst / self.settings.gap_tolerance

    def nearest(self, displacement: Array) -> int:
        """Slave node with the smallest gap."""
        return int(np.argmin(self.gaps(displacement)))
