# SPDX-License-Identifier: MIT
"""The nonlinear problem of one increment, as Newton's method sees it.

Residual, slope along a direction and Newton direction of bodies, platens and faces under a load,
seen from an accepted state. The faces are paired in the present configuration. Augmentation, the
acceptance of an increment and its size do not live here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from interfacefem.fem.contact.linear_contact import linear_contact, update_active_set
from interfacefem.fem.control import Border
from interfacefem.fem.increment import Load, timed
from interfacefem.fem.linear.condensation import Supports, transformation
from interfacefem.fem.linear.terms import Terms
from interfacefem.fem.numbers import (
    DEPTH_RESPONSE,
    FLATTEST_RESPONSE,
    LEAST_DEPTH,
    SAME_DEPTH,
    STEEPEST_RESPONSE,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.contact.laws import Tractions
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.bulk.fold_barrier import FoldBarrier
    from interfacefem.fem.contact.die import RigidSurface
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.increment import AugmentationLimits
    from interfacefem.fem.linear import systems

    Array = npt.NDArray[np.float64]


class Equilibrium:
    """Bodies, supports, platens and faces under a load.

    Parameters
    ----------
    bulk : Bulk
    supports : Supports
        Its first platen, if any, carries the load.
    interfaces : sequence of ContactInterface
    fold_barriers : sequence of FoldBarrier
        Faces that must not fold over.
    rigid_surfaces : sequence of RigidSurface
        Rigid faces that hold back single nodes.
    system : LinearSystem
        Solves for the directions.
    limits : AugmentationLimits

    Attributes
    ----------
    load : Load
        Of the present increment.
    accepted : (dofs,) array
        Displacement that the increment began with [um].
    trial : list of Tractions
        Of each interface, at the last residual.
    force, side : float
        Downward force on the platen, and force on a platen whose motion is prescribed and that is
        not the first, at the last residual [MPa um].
    platen_unknown, platen_dof : int
        Unknown and a degree of freedom of the first platen; -1 without one.
    """

    def __init__(
        self,
        bulk: Bulk,
        supports: Supports,
        interfaces: Sequence[ContactInterface],
        fold_barriers: Sequence[FoldBarrier],
        rigid_surfaces: Sequence[RigidSurface],
        system: systems.LinearSystem,
        limits: AugmentationLimits,
    ) -> None:
        self.bulk = bulk
        self.supports = supports
        self.interfaces = interfaces
        self.fold_barriers = fold_barriers
        self.rigid_surfaces = rigid_surfaces
        self.system = system
        self.limits = limits
        self.load = Load()
        self.accepted = np.zeros(bulk.size)
        self.trial: list[Tractions] = []
        self.force = self.side = 0.0
        self._iterate = self.accepted
        self._norm = 1.0  # of the last residual
        self._off = 0.0  # of a prescribed motion, at the last residual [um]
        self._ahead: tuple[Array, Array] | None = None  # trial with its tangent, and its forces
        self._look_ahead = False
        self._plain = False  # next direction from the safest tangent
        self._followed: tuple[float, float] | None = None  # last depth, and how far it was off
        self._predict = False
        self.platen_unknown = platen = supports.platens[0] if supports.platens else -1
        self.platen_dof = int(np.flatnonzero(supports.unknown == platen)[0]) if platen >= 0 else -1

    def begin(self, load: Load, accepted: Array) -> None:
        """Begin an increment.

        Parameters
        ----------
        load : Load
        accepted : (dofs,) array
            [um].
        """
        self.load, self.accepted = load, accepted
        self._ahead, self._predict, self._norm = None, not load.flowing, 1.0
        self._followed = None

    def warm(self, temperature: float | None, depth: float | None = None) -> None:
        """Evaluate bodies and faces at a temperature [K] and a strain out of the plane.

        Those that are accepted if None.
        """
        self.bulk.warmth.attempt(temperature, depth)
        for interface in self.interfaces:
            interface.warm(self.bulk.warmth.tried)

    def follow(self, displacement: Array) -> float:
        """Let the strain out of the plane follow a solution, by secants.

        Returns
        -------
        float
            How far it is off [tolerance]; what is good enough is left as it is.
        """
        load, warmth = self.load, self.bulk.warmth
        if load.depth is None:
            return 0.0
        depth, wanted = warmth.depth_tried, load.depth(displacement)
        off = wanted - depth
        slope = -1.0 - DEPTH_RESPONSE
        if self._followed is not None and self._followed[0] != depth:
            found = (off - self._followed[1]) / (depth - self._followed[0])
            slope = min(max(found, STEEPEST_RESPONSE), FLATTEST_RESPONSE)
        tolerance = SAME_DEPTH * max(abs(wanted), LEAST_DEPTH)
        if abs(off) > tolerance:
            self._followed = depth, off
            self.warm(load.temperature, depth - off / slope)
        return abs(off) / tolerance

    @timed("contact")
    def pair(self, displacement: Array) -> bool:
        """Pair the faces in a configuration; False when one of them has folded over."""
        return all([i.update_geometry(displacement) for i in self.interfaces])

    def refresh(self, displacement: Array) -> bool:
        """Pair the faces and transform unknowns by that; False when a face has folded over."""
        if not self.pair(displacement):
            return False
        self.system.set_transform(transformation(self.supports, self.interfaces))
        return True

    def residual(self, displacement: Array) -> Array | None:
        """Condensed residual at a trial displacement; None when it is not admissible.

        The faces are paired in this configuration and the tangent at the points is evaluated.
        """
        internal = self._looked_ahead(displacement)
        if internal is None:
            internal = self._internal(displacement, tangent=True)
            if internal is None or not self.pair(displacement):
                return None
        self.system.set_transform(transformation(self.supports, self.interfaces))
        self._iterate = displacement
        condensed: Array = self.system.transform.T @ internal
        unknown = self.supports.unknown
        self.trial = []
        for interface in self.interfaces:
            tractions = interface.tractions(displacement, self.accepted)
            interface.add_condensed_forces(condensed, unknown, tractions)
            self.trial.append(tractions)
        control = self.load.control
        if self.platen_unknown >= 0 and (control is None or control.unknown != self.platen_unknown):
            condensed[self.platen_unknown] += self._platen_force(displacement)
        if control is not None:
            reaction = -float(condensed[control.unknown])
            if control.unknown == self.platen_unknown:
                self.force = reaction
            else:
                self.side = reaction
            self._off = control.error(self.interfaces, displacement, self.accepted)
            condensed[control.unknown] = control.stiffness * self._off
        self._norm = float(np.linalg.norm(condensed)) / self.scale()
        return condensed

    def slope(
        self, displacement: Array, change: Array, length: float | None = None
    ) -> float | None:
        """Work of all forces along ``change`` at a trial; with a ``length`` what is seen of it."""
        # the first trial after an advance is mostly taken: its tangent is evaluated at once
        first, self._look_ahead, self._ahead = self._look_ahead, False, None
        internal = self._internal(displacement, tangent=first)
        if internal is None or not self.pair(displacement):
            return None
        if first:
            self._ahead = displacement, internal.copy()
        trial = [i.tractions(displacement, self.accepted) for i in self.interfaces]
        for k, interface in enumerate(self.interfaces):
            interface.add_forces(internal, trial[k])
        value = float(internal @ change)
        if self.platen_unknown >= 0:
            value += self._platen_force(displacement) * float(change[self.platen_dof])
        return value if length is None else value - self.mixed_work(change, length, trial)

    def mixed_work(
        self, change: Array, length: float = 0.0, trial: list[Tractions] | None = None
    ) -> float:
        """Work along the full step that a line search leaves out, at its start or at a trial."""
        forces = np.zeros_like(change)
        for interface, tractions in zip(self.interfaces, trial or self.trial, strict=True):
            interface.add_forces(forces, interface.mixed_excess(tractions, length))
        return float(forces @ change) + self.bulk.mixed_work(length)

    def _looked_ahead(self, displacement: Array) -> Array | None:
        """Return the forces of the last trial, if it had its tangent and is the one asked for."""
        ahead, self._ahead = self._ahead, None
        if ahead is None or self._predict or not np.array_equal(ahead[0], displacement):
            return None
        return ahead[1]

    def _internal(self, displacement: Array, *, tangent: bool = False) -> Array | None:
        # far from the solution the primal-dual tangent is robust, near it the consistent one
        # converges faster
        primal_dual = self._plain or self._norm > self.limits.consistent_below
        internal = self.bulk.residual(
            displacement,
            duration=self.load.duration,
            tangent=tangent,
            primal_dual=primal_dual,
            predict=self._predict and tangent,
        )
        self._predict = False
        if internal is None:
            return None
        if not all([barrier.add_forces(internal, displacement) for barrier in self.fold_barriers]):
            return None
        for surface in self.rigid_surfaces:
            surface.add_forces(internal, displacement, self.accepted)
        if self.load.nodal is None and self.load.damping is None:
            return internal
        return internal - self.load.outer(displacement - self.accepted)

    def direction(self, residual: Array) -> Array:
        """Newton direction at the last residual, with the contacts settled after the step."""
        # bonds that soften want the safer tangent at first
        near = self._norm < self.limits.geometric_below or not self.softens
        contacts = [
            linear_contact(
                interface,
                tractions,
                self.supports,
                self.system.transform,
                self._iterate,
                self.accepted,
                geometric=near and not self._plain,
                symmetric=self._plain,
                adrift=self.load.control is None,
            )
            for interface, tractions in zip(self.interfaces, self.trial, strict=True)
        ]
        transform, terms, right = self.system.transform, Terms(len(residual)), -residual
        platen = max(self.platen_unknown, 0)
        terms.add_entry(platen, platen, self.load.stiffness)
        for contact in contacts:
            terms.add(contact.matrix)
            right[contact.unknowns] -= contact.correction
        for barrier in self.fold_barriers:
            terms.add(barrier.tangent(self._iterate, transform))
        for surface in self.rigid_surfaces:
            tangent = surface.tangent(
                self._iterate, self.accepted, transform, symmetric=self._plain
            )
            terms.add(tangent)
        if self.load.damping is not None:
            terms.add((transform.T @ sp.diags(self.load.damping) @ transform).tocsr())
        control, border = self.load.control, None
        if control is not None:
            right[control.unknown] = 0.0  # the force there is what it must be
            terms.add_entry(control.unknown, control.unknown, control.stiffness)
        extra = terms.matrix()
        y = self.system.solve(self.bulk.jacobian(), extra, right)
        if control is not None:
            border = Border(control.unknown, control.row(contacts), self._off)
        self._plain = False
        if contacts and np.all(np.isfinite(y)):
            y = update_active_set(self.system, y, contacts, extra, right, border)
            for interface, contact in zip(self.interfaces, contacts, strict=True):
                interface.mixed_pressure.aim(contact.pressures(y, interface.pairing.weights))
        return y

    def expand(self, direction: Array) -> Array:
        """Displacement change of a condensed direction."""
        change: Array = self.system.transform @ direction
        return change

    def advance(self, change: Array) -> None:
        """Advance what follows the full step: dual field of the plastic tangent, mean stress."""
        self.bulk.advance(change)
        self._look_ahead = True

    def take(self, length: float) -> None:
        """Let the pressures follow the part of the step that is taken."""
        self.bulk.mean_stress.take(length)
        for interface in self.interfaces:
            interface.mixed_pressure.take(length)

    def restart(self) -> None:
        """Take the next direction from a stiffened secant tangent without geometric terms.

        That tangent is symmetric and outweighs the initial stress, so its direction descends.
        """
        self.bulk.reset_dual()
        self._plain = self._predict = True
        self._ahead = None

    def scale(self) -> float:
        """Force against which the residual is measured [MPa um]."""
        load = self.load
        scale = max(load.floor, abs(self.force), abs(self.side))
        if load.nodal is not None:
            scale = max(scale, float(np.linalg.norm(load.nodal)))
        return scale

    def _platen_force(self, displacement: Array) -> float:
        load = self.load
        if load.stiffness > 0.0:
            self.force = load.stiffness * (float(displacement[self.platen_dof]) - load.target)
        else:
            self.force = load.force
        return self.force

    @property
    def softens(self) -> bool:
        """Whether bonds hold that may soften."""
        return any(i.bonds is not None and i.bonds.hold for i in self.interfaces)
