# SPDX-License-Identifier: MIT
"""One contact interface during the solution: geometry, multipliers, tractions.

Holds the pairing of the current pass and the carried multipliers; the law at a node is
:mod:`interfacefem.contact.laws`, the integration :mod:`interfacefem.fem.contact.mortar`, in 3D
:mod:`interfacefem.fem.contact.mortar3d`. Which body is the slave is decided by the caller. The
global system does not live here.

The last component is the press direction. Of the slots of a slave node, the last takes its normal
motion relative to the master, the others its tangential motion, unless a wall holds them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.contact import laws
from interfacefem.fem.contact import mortar, mortar_tangent
from interfacefem.fem.contact.bonds import BondEnergy, Bonds
from interfacefem.fem.contact.films import FilmState
from interfacefem.fem.contact.numbers import BOND_TOLERANCE, SLOW, STIFFENING, TIE
from interfacefem.fem.newton import MixedField

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from interfacefem.contact.adhesion import BondTractions
    from interfacefem.fem.contact.mortar_tangent import GeometryTangent
    from interfacefem.fem.contact.setup import ContactSettings

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


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
    axisymmetric : bool
        Whether the first coordinate is a radius, so that areas are those of whole bodies of
        revolution.

    Attributes
    ----------
    free : (n, tangents) bool array
        Tangential slots that no wall holds.
    slave_faces : (k, 2) or (k, 4) int array
        Edges or quadrilaterals of the slave face, as places in ``slave_nodes``.
    bonds : Bonds or None
        Where the faces adhere.
    film : FilmState or None
        Of a film that must be broken before a current passes.
    master_faces : (k, 2) or (k, 4) int array
        Of the master face, as places in ``master_nodes``.
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
        axisymmetric: bool = False,
    ) -> None:
        self.name = name
        self.axisymmetric = axisymmetric
        self.settings = settings
        self.slave_nodes, self.master_nodes = slave, master
        self.slave_dofs, self.master_dofs = node_dofs[slave], node_dofs[master]
        self.slave_points, self.master_points = points[slave], points[master]
        self._level = np.zeros(points.shape[1])  # heights are small from here, their round-off too
        self._level[-1] = self.slave_points[:, -1].mean()
        self.slave_faces, self.master_faces = _edges(len(slave)), _edges(len(master))
        self.upward = upward
        self.walls = (left_wall, right_wall)
        count = len(slave)
        self.on_wall = np.zeros(count, dtype=bool)
        self.on_wall[0], self.on_wall[-1] = left_wall, right_wall
        self.free = ~self.on_wall[:, None]
        self.pressure = np.zeros(count)  #: carried normal multiplier [MPa]
        self.shear = np.zeros(count)  #: carried tangential multiplier [MPa], (n, 2) in 3D
        self.total_slip = np.zeros(count)  #: accumulated slip path [um]
        self.removed_volume = np.zeros(count)  #: lithium a current took, brought if negative [um^3]
        self.removed = np.zeros(count)  #: how far the face has receded by that [um]
        self.pairing: mortar.Pairing
        self.mixed_pressure = MixedField()  # pressure while an increment is solved
        self._penalty = np.full(count, settings.penalty)
        self._shear_penalty = np.full(count, settings.shear_penalty)
        self._slid = np.full(count, np.inf)  # by sticking nodes in the last pass [um]
        law, tangents = settings.cohesion, node_dofs.shape[1] - 1
        self.bonds = None if law is None else Bonds(law, count, tangents)
        film = settings.film
        self.film = None if film is None else FilmState(film, count, settings.temperature)

    def warm(self, temperature: float) -> None:
        """Go on with laws at a temperature [K]."""
        if temperature != self.settings.temperature:
            self.settings = replace(self.settings, temperature=temperature)
            if self.settings.friction_at is not None:
                friction = self.settings.friction_at(temperature)
                self.settings = replace(self.settings, friction=friction)

    def leave_right_wall(self) -> None:
        """Let the slave's last node move freely from now on."""
        self.walls = (self.walls[0], False)
        self.on_wall[-1], self.free[-1] = False, True

    @property
    def edge(self) -> float:
        """Median length of the edges of the slave face before deformation [um]."""
        corners = self.slave_points[self.slave_faces]
        edges = corners - np.roll(corners, 1, axis=1)
        return float(np.median(np.linalg.norm(edges, axis=-1)))

    def update_geometry(self, displacement: Array) -> bool:
        """Pair the faces anew in the given configuration; False when a face has folded over."""
        pairing = self._pair(
            self.slave_points + displacement[self.slave_dofs],
            self.master_points + displacement[self.master_dofs],
        )
        if pairing is None:
            return False
        self.pairing = pairing
        return True

    def _pair(self, slave: Array, master: Array) -> mortar.Pairing | None:
        return mortar.pair(
            slave,
            master,
            upward=self.upward,
            left_wall=self.walls[0],
            right_wall=self.walls[1],
            axisymmetric=self.axisymmetric,
        )

    def linearise(
        self, displacement: Array, accepted: Array, tractions: laws.Tractions
    ) -> GeometryTangent | None:
        """Return how the moving geometry changes, in the present pairing; None if not available."""
        return mortar_tangent.linearise(
            self, displacement, accepted, tractions.normal, tractions.tangential
        )

    def mixed_tractions(self, tractions: laws.Tractions) -> laws.Tractions:
        """Return tractions with the pressure that follows the steps in place of the law's."""
        pressure = self.mixed_pressure.values
        if pressure is None:
            return tractions
        share = np.divide(
            pressure, tractions.normal, out=np.zeros_like(pressure), where=tractions.normal > 0.0
        )
        shear = np.minimum(share, 1.0)[:, None] * self._path(tractions.tangential)
        return replace(
            tractions, normal=pressure, tangential=shear.reshape(tractions.tangential.shape)
        )

    def mixed_excess(self, tractions: laws.Tractions, length: float) -> laws.Tractions:
        """Return what a line search leaves out of the tractions at a part of the step."""
        return replace(
            tractions,
            normal=self.mixed_pressure.excess(tractions.normal, length),
            tangential=np.zeros_like(tractions.tangential),
        )

    def gaps(self, displacement: Array) -> Array:
        """Weighted gap of each slave node [um], with what a current took away from a face.

        Infinite where nothing lies opposite.
        """
        pairing = self.pairing
        slave = (self.slave_points - self._level) + displacement[self.slave_dofs]
        master = (self.master_points - self._level) + displacement[self.master_dofs]
        gap: Array = np.einsum("ij,ij->i", pairing.normals, pairing.projection @ master - slave)
        return np.where(pairing.covered, gap + self.removed, np.inf)

    def slips(self, displacement: Array, accepted: Array) -> Array:
        """Tangential slip of each slave node since the accepted configuration [um]."""
        change = displacement - accepted
        relative = change[self.slave_dofs] - self.pairing.projection @ change[self.master_dofs]
        slip = np.einsum("nkd,nd->nk", self.pairing.tangents, relative)
        slip = np.where(self.pairing.covered[:, None] & self.free, slip, 0.0)
        return slip.reshape(self.shear.shape)

    def tractions(self, displacement: Array, accepted: Array) -> laws.Tractions:
        """Evaluate the interface law at a trial displacement."""
        settings, bonds = self.settings, self.bonds
        gap, slip = self.gaps(displacement), self.slips(displacement, accepted)
        found = laws.evaluate(
            gap,
            slip,
            self.pressure,
            self.shear,
            penalty=self._penalty,
            shear_penalty=self._shear_penalty,
            friction=settings.friction,
            share=1.0 if bonds is None else bonds.friction_share,
            normal_law=settings.normal_law,
            path=self.total_slip,
            temperature=settings.temperature,
            slack=TIE * settings.gap_tolerance,
        )
        if bonds is None:
            return found
        return found.with_bond(bonds.tractions(self._opening(found), self._path(slip)))

    def _opening(self, found: laws.Tractions) -> Array:
        # It begins where the pressure ends, so that the law has one kink instead of two; the last
        # pass of an increment has no pressure left to end.
        opening = np.maximum(-found.trial / self._penalty, 0.0)
        return np.where(self.pairing.covered, opening, 0.0)

    def _path(self, slip: Array) -> Array:
        path: Array = slip.reshape(self.free.shape)
        return path

    def bond_tractions(self, displacement: Array) -> BondTractions | None:
        """Return what bonds bear in the accepted configuration; None where faces do not adhere."""
        return self.tractions(displacement, displacement).bond

    def loads(self, tractions: laws.Tractions) -> Array:
        """Contact forces of the slave nodes as they stand in equilibrium, shape (n, dimension)."""
        shear = tractions.tangential.reshape(self.free.shape)
        load: Array = tractions.normal[:, None] * self.pairing.normals
        load = load - np.einsum("nk,nkd->nd", shear, self.pairing.tangents)
        load *= self.pairing.weights[:, None]
        return load

    def add_forces(self, forces: Array, tractions: laws.Tractions) -> None:
        """Add the contact forces on slave and master to a vector of internal forces, in place."""
        load = self.loads(tractions)
        forces[self.slave_dofs] += load
        forces[self.master_dofs] -= self.pairing.projection.T @ load

    def add_condensed_forces(
        self, forces: Array, unknown: IntArray, tractions: laws.Tractions
    ) -> None:
        """Add the contact forces to a condensed residual, in place.

        Parameters
        ----------
        forces : (unknowns,) array
        unknown : (dofs,) int array
            Unknown of each degree of freedom, :attr:`Supports.unknown`.
        tractions : Tractions
        """
        slots = unknown[self.slave_dofs]
        weights = self.pairing.weights
        np.add.at(forces, slots[:, -1], weights * tractions.normal)
        load = -weights[:, None] * tractions.tangential.reshape(self.free.shape)
        np.add.at(forces, slots[:, :-1][self.free], load[self.free])

    def resultant(self, tractions: laws.Tractions) -> float:
        """Force across the interface in the press direction, positive in compression."""
        total = float(np.sum(self.loads(tractions)[:, -1]))
        return total if self.upward else -total

    def accept_slip(self, slip: Array, tractions: laws.Tractions) -> tuple[float, BondEnergy]:
        """Add an increment's slip to its path and commit bonds; return friction's work and theirs.

        Parameters
        ----------
        slip : (n,) or (n, 2) array
            Of the increment [um].
        tractions : Tractions
            At its end.
        """
        path = self._path(slip)
        self.total_slip = self.total_slip + np.linalg.norm(path, axis=1)
        pressure, friction = tractions.carried
        weights = self.pairing.weights
        power = np.einsum("nk,nk->n", self._path(friction), path)
        energy = BondEnergy(0.0, 0.0)
        if self.bonds is not None and tractions.bond is not None:
            energy = self.bonds.accept(path, pressure, tractions.bond, weights)
        return -float(weights @ power), energy

    def break_film(self, displacement: Array, tractions: laws.Tractions) -> None:
        """Remember what an increment that ends with these tractions has broken of a film."""
        if self.film is not None:
            self.film.accept(self, displacement, tractions.carried[0])

    def form_bonds(self) -> None:
        """Make bonds in the accepted state by the rule of :mod:`interfacefem.fem.contact.bonds`."""
        if self.bonds is not None:
            self.shear = self.bonds.form(self.pressure, self.shear)

    @property
    def carried(self) -> tuple[Any, ...]:
        """What an attempt may change, to put it back."""
        return self.pressure, self.shear, self.pairing, self.removed_volume, self.removed

    @carried.setter
    def carried(self, saved: tuple[Any, ...]) -> None:
        self.pressure, self.shear, self.pairing, self.removed_volume, self.removed = saved

    def stored(self) -> dict[str, Array]:
        """Return the accepted state as arrays over the slave nodes, bonds and film among them."""
        bonds = {} if self.bonds is None else self.bonds.stored()
        film = {} if self.film is None else {"film": self.film.highest.copy()}
        return {
            "pressure": self.pressure.copy(),
            "shear": self.shear.copy(),
            "total_slip": self.total_slip.copy(),
            "removed_volume": self.removed_volume.copy(),
            "removed": self.removed.copy(),
            **{f"bonds/{name}": values for name, values in bonds.items()},
            **film,
        }

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the arrays of :meth:`stored`."""
        self.pressure, self.shear = arrays["pressure"].copy(), arrays["shear"].copy()
        self.total_slip = arrays["total_slip"].copy()
        self.removed_volume = arrays["removed_volume"].copy()
        self.removed = arrays["removed"].copy()
        if self.bonds is not None:
            self.bonds.restore({n.removeprefix("bonds/"): values for n, values in arrays.items()})
        if self.film is not None:
            self.film.highest = arrays["film"].copy()

    def begin(self, ratio: float) -> None:
        """Begin an increment with the pressures of the last one, times a ratio."""
        self.pressure = ratio * self.pressure
        if self.bonds is None or not self.bonds.hold:
            self.mixed_pressure.start(self.pressure)
        else:
            self.mixed_pressure.stop()
        self._shear_penalty[:] = self.settings.shear_penalty
        self._slid[:] = np.inf

    def augment(self, displacement: Array, accepted: Array, tractions: laws.Tractions) -> float:
        """Carry the multipliers on after a pass.

        A node that sticks and hardly slips less than after the pass before is held more stiffly
        from now on: what is soft for asperities that flow is too soft for those that do not yet.

        Returns
        -------
        float
            Largest error of the constraints relative to the gap tolerance. A node in contact must
            neither penetrate nor stand open, an open one must not penetrate, and a sticking one
            must not slip. A bonded one that opens must have no multiplier left.
        """
        tolerance = self.settings.gap_tolerance
        gap = self.gaps(displacement)
        error = np.where(tractions.active, np.abs(gap), np.maximum(-gap, 0.0))
        if self.settings.normal_law is not None:
            error[:] = 0.0  # its gaps are what they are
        error[~self.pairing.covered] = 0.0
        worst = float(error.max(initial=0.0))
        slip = np.linalg.norm(self._path(self.slips(displacement, accepted)), axis=1)
        slip[~tractions.sticking] = 0.0
        worst = max(worst, float(slip.max(initial=0.0)))
        self._shear_penalty[(slip > tolerance) & (slip > SLOW * self._slid)] *= STIFFENING
        self._slid = np.where(tractions.sticking, slip, np.inf)
        if self.bonds is not None:
            opens = (self.bonds.share > 0.0) & ~tractions.active & (self.pressure > 0.0)
            late = float(np.max((self.pressure / self._penalty)[opens], initial=0.0))
            if late > BOND_TOLERANCE * self.bonds.law.onset:
                worst = max(worst, 2.0 * tolerance)
        self.pressure, self.shear = tractions.carried
        return worst / tolerance

    def nearest(self, displacement: Array) -> int:
        """Slave node with the smallest gap."""
        return int(np.argmin(self.gaps(displacement)))


def _edges(count: int) -> IntArray:
    """Return the edges of a polyline, as places of its nodes."""
    number = np.arange(count)
    return np.column_stack([number[:-1], number[1:]])
