# SPDX-License-Identifier: MIT
r"""What changes a face for good: bonds and their damage, and metal that a current takes from it.

A node loses the volume :math:`\Delta V_j` and recedes by :math:`\Delta V_j / D_j`, with the weight
:math:`D_j` of the mortar operator. Where the metal's atoms are mobile, what differs from node to
node levels out: along the face the recession h obeys

.. math:: \dot h = \dot V / D + \mathcal D \, \nabla_\Gamma^2 h

with linear elements on the deformed face, lumped by the weights, and implicit in time. The metal as
a whole is conserved to rounding. :math:`\mathcal D` is the self-diffusivity of the metal; motion
along the face stands for what in truth also goes through the depth of the metal, so it is a
reduction to the face, not a model of voids.

Quadrature of bonding. Bonds form when a press or a hold ends, before any release: at every slave
node that is in contact then and whose contact pressure has reached the threshold at any time. Until
then faces rub without adhesion. Where the shear traction of friction is less than the strength of
the bond in shear, the bond takes it over without a jump, and friction comes back with damage; where
it is more, friction goes on and the bond begins beside it without load. A later press makes new
bonds and enlarges the bonded share of undamaged ones. A damaged bond heals when a press or a hold
ends and the contact pressure there has reached the healing pressure of the law: it is then as if
new, and the energy that its damage took stays spent. Where friction bears more than a new bond
would, it does not heal.

Current. Where faces are pressed together all of a node conducts; where they are not, the part of
its area that is bonded and not broken (:attr:`Bonds.intact`).

The law of a bond is :mod:`interfacefem.contact.adhesion`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

from interfacefem.fem.contact.numbers import BROKEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from interfacefem.contact.adhesion import BondTractions, Cohesion
    from interfacefem.fem.contact.interface import ContactInterface

    Array = npt.NDArray[np.float64]


def receded(
    interface: ContactInterface, displacement: Array, volume: Array, reach: float
) -> tuple[Array, Array]:
    """Return where a face is after metal has left it.

    Parameters
    ----------
    interface : ContactInterface
        Its pairing belongs to ``displacement``.
    displacement : (dofs,) array
        Accepted displacement [um].
    volume : (n,) array
        Taken at each slave node, brought where negative [um^3].
    reach : float
        Diffusivity times the time it took [um^2]; zero where nothing levels out.

    Returns
    -------
    recession : (n,) array
        Of each slave node, in all [um].
    taken : (n,) array
        Volume that is gone from each node, after what flowed along the face [um^3]; its sum is that
        of ``volume``.
    """
    weights = interface.pairing.weights
    there = weights > 0.0
    if reach == 0.0 or not there.any():
        moved = np.divide(volume, weights, out=np.zeros_like(volume), where=there)
        return interface.removed + moved, volume
    nodes = np.flatnonzero(there)
    stiffness = _laplacian(interface, displacement, there)[nodes][:, nodes]
    matrix = sp.diags(weights[nodes]) + reach * stiffness
    before = interface.removed[nodes]
    recession = interface.removed.copy()
    recession[nodes] = spsolve(matrix.tocsc(), weights[nodes] * before + volume[nodes])
    taken = volume.copy()
    # as what flows in and out, not as a difference: sums of it are zero to rounding
    taken[nodes] -= reach * (stiffness @ recession[nodes])
    return recession, taken


def _laplacian(
    interface: ContactInterface, displacement: Array, there: npt.NDArray[np.bool_]
) -> sp.csr_matrix:
    """Return the stiffness of linear elements on the deformed face, of nodes that are there."""
    points = interface.slave_points + displacement[interface.slave_dofs]
    faces = interface.slave_faces[there[interface.slave_faces].all(axis=1)]
    count = len(points)
    pairs: list[tuple[Any, Any, Array]] = []
    if faces.shape[1] == 2:
        first, second = faces.T
        conductance = 1.0 / np.linalg.norm(points[second] - points[first], axis=1)
        if interface.axisymmetric:
            conductance *= np.pi * (points[first, 0] + points[second, 0])
        pairs.append((first, second, conductance))
    else:
        # the mean of both ways to cut a quadrilateral into triangles, by their cotangents
        for corners in ((0, 1, 2), (0, 2, 3), (0, 1, 3), (1, 2, 3)):
            triangle = faces[:, corners]
            for k in range(3):
                first, second, apex = (triangle[:, (k + i) % 3] for i in range(3))
                one, two = points[first] - points[apex], points[second] - points[apex]
                area = np.linalg.norm(np.cross(one, two), axis=1)
                cotangent = np.einsum("ij,ij->i", one, two) / area
                pairs.append((first, second, 0.25 * cotangent))
    first, second, conductance = (np.concatenate(part) for part in zip(*pairs, strict=True))
    rows = np.concatenate([first, second, first, second])
    columns = np.concatenate([second, first, first, second])
    values = np.concatenate([-conductance, -conductance, conductance, conductance])
    return sp.csr_matrix((values, (rows, columns)), shape=(count, count))


@dataclass(frozen=True)
class BondEnergy:
    """Change of energy of the bonds in an increment, and what they store after it [MPa um^2].

    Attributes
    ----------
    dissipated, stored : float
    """

    dissipated: float
    stored: float


class Bonds:
    """State of the bonds of one interface.

    Parameters
    ----------
    law : Cohesion
    count : int
        Slave nodes.
    tangents : int
        Components of slip.

    Attributes
    ----------
    share : (n,) array
        Bonded share of the area of each node; zero where there never was a bond.
    damage, mode : (n,) array
        Damage, and the mode mix at which it grew last.
    slip : (n, tangents) array
        Since the bond was formed [um].
    beside : (n,) array
        One where friction goes on beside the bond, zero where the bond has taken it over.
    highest : (n,) array
        Largest contact pressure so far [MPa].
    dissipated : (n,) array
        Energy spent per area [MPa um].
    """

    def __init__(self, law: Cohesion, count: int, tangents: int) -> None:
        self.law = law
        self.share = np.zeros(count)
        self.damage = np.zeros(count)
        self.mode = np.zeros(count)
        self.slip = np.zeros((count, tangents))
        self.beside = np.zeros(count)
        self.highest = np.zeros(count)
        self.dissipated = np.zeros(count)

    def stored(self) -> dict[str, Array]:
        """Return the accepted state as arrays over the nodes."""
        return {
            "share": self.share.copy(),
            "damage": self.damage.copy(),
            "mode": self.mode.copy(),
            "slip": self.slip.copy(),
            "beside": self.beside.copy(),
            "highest": self.highest.copy(),
            "dissipated": self.dissipated.copy(),
        }

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the arrays of :meth:`stored`."""
        self.share, self.damage = arrays["share"].copy(), arrays["damage"].copy()
        self.mode, self.slip = arrays["mode"].copy(), arrays["slip"].copy()
        self.beside, self.highest = arrays["beside"].copy(), arrays["highest"].copy()
        self.dissipated = arrays["dissipated"].copy()

    @property
    def hold(self) -> bool:
        """Whether any bond is not broken."""
        return bool(((self.share > 0.0) & (self.damage < BROKEN)).any())

    @property
    def intact(self) -> Array:
        """Share of the area of each node that is bonded and not broken."""
        whole = np.where(self.damage < BROKEN, self.law.intact(self.damage, self.mode), 0.0)
        left: Array = self.share * whole
        return left

    @property
    def friction_share(self) -> Array:
        """Part of the friction that acts: the damage where a bond has taken it over, else all."""
        over = (self.share > 0.0) & (self.beside == 0.0)
        rubbing: Array = np.where(over, self.damage, 1.0)
        return rubbing

    def tractions(self, opening: Array, slip: Array) -> BondTractions:
        """Evaluate the law.

        Parameters
        ----------
        opening : (n,) array
            [um].
        slip : (n, tangents) array
            Of this increment [um].
        """
        return self.law.evaluate(opening, self.slip + slip, self.damage, self.share)

    def form(self, pressure: Array, shear: Array) -> Array:
        """Make and heal bonds where the rule says so; return the friction that is left.

        Parameters
        ----------
        pressure : (n,) array
            Contact pressure [MPa].
        shear : (n,) or (n, 2) array
            Friction on the slave [MPa].

        Returns
        -------
        (n,) or (n, 2) array
            [MPa].
        """
        law = self.law
        shear = self._heal(pressure, shear)
        share = np.where(pressure > 0.0, law.share(self.highest), 0.0)
        friction = shear.reshape(self.slip.shape)
        fresh = (share > 0.0) & (self.share == 0.0)
        weak = np.linalg.norm(friction, axis=1) < share * law.shear_strength
        grown = (self.share > 0.0) & (self.damage == 0.0) & (share > self.share)
        # the traction stays what it is
        self.slip[grown] *= (self.share[grown] / share[grown])[:, None]
        taken = fresh & weak
        self.slip[taken] = -friction[taken] / (share[taken] * law.stiffness)[:, None]
        self.beside = np.where(fresh & ~weak, 1.0, self.beside)
        self.share = np.where(fresh | grown, share, self.share)
        left: Array = np.where(taken[:, None], 0.0, friction).reshape(shear.shape)
        return left

    def _heal(self, pressure: Array, shear: Array) -> Array:
        """Make damaged bonds whole where faces are pressed hard enough; return friction left."""
        law = self.law
        friction = shear.reshape(self.slip.shape)
        share = np.maximum(law.share(self.highest), self.share)
        # what friction and the rest of the bond bear together is what the new bond takes over
        left = self.share * (1.0 - self.damage) * law.stiffness
        borne = friction - left[:, None] * self.slip
        damaged = (self.share > 0.0) & (self.damage > 0.0)
        pressed = (pressure > 0.0) & (pressure >= law.healing)
        able = np.linalg.norm(borne, axis=1) < share * law.shear_strength
        healed = damaged & pressed & able
        stiffness = np.where(healed, share, 1.0) * law.stiffness
        self.slip = np.where(healed[:, None], -borne / stiffness[:, None], self.slip)
        self.share = np.where(healed, share, self.share)
        for state in (self.damage, self.mode, self.beside):
            state[healed] = 0.0
        rubbing: Array = np.where(healed[:, None], 0.0, friction).reshape(shear.shape)
        return rubbing

    def accept(
        self, slip: Array, pressure: Array, bond: BondTractions, weights: Array
    ) -> BondEnergy:
        """Commit an increment.

        Parameters
        ----------
        slip : (n, tangents) array
            Of this increment [um].
        pressure : (n,) array
            Contact pressure at its end [MPa].
        bond : BondTractions
            At its end.
        weights : (n,) array
            Areas of the nodes [um^2].
        """
        law = self.law
        grown = (bond.damage > self.damage) & (self.share > 0.0)
        spent = law.dissipated(bond.damage, bond.mode) - law.dissipated(self.damage, bond.mode)
        spent = np.where(grown, self.share * spent, 0.0)
        self.mode = np.where(grown, bond.mode, self.mode)
        self.damage = np.where(grown, bond.damage, self.damage)
        self.dissipated = self.dissipated + spent
        self.slip = np.where(self.share[:, None] > 0.0, self.slip + slip, 0.0)
        self.highest = np.maximum(self.highest, pressure)
        # half of traction squared over stiffness
        square = bond.normal**2 + np.einsum("ij,ij->i", bond.shear, bond.shear)
        stored = np.divide(0.5 * square, bond.secant, out=np.zeros_like(square), where=square > 0.0)
        return BondEnergy(float(weights @ spent), float(weights @ stored))
