# SPDX-License-Identifier: MIT
"""Quasi-static contact of elastoplastic layers: one load increment from attempt to acceptance.

An increment is solved in passes. Each pass solves the nonlinear problem with the multipliers it
starts from, on a contact geometry that follows the deformation; after it the multipliers are
carried on. The increment is good when the gaps hold. State changes only in
:meth:`MechanicalProblem.accept`; a failed attempt leaves nothing behind. Choosing the size of
increments does not live here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem import newton, work
from interfacefem.fem.clock import timed
from interfacefem.fem.contact.linear_contact import linear_contact, update_active_set
from interfacefem.fem.control import Border
from interfacefem.fem.increment import Attempt, AugmentationLimits, Load, balance
from interfacefem.fem.linear import systems
from interfacefem.fem.linear.condensation import Supports, transformation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.contact.laws import Tractions
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.bulk.fold_barrier import FoldBarrier
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.contact.rigid_surface import RigidSurface

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["Attempt", "AugmentationLimits", "Load", "MechanicalProblem"]


class MechanicalProblem:
    """Bodies, supports, platens and interfaces, with the accepted state.

    Parameters
    ----------
    bulk : Bulk
    supports : Supports
        Its first platen, if any, carries the load.
    interfaces : sequence of ContactInterface
    limits : AugmentationLimits
    fold_barriers : sequence of FoldBarrier
        Faces that must not fold over.
    system : LinearSystem
        Solves for the directions, of :func:`interfacefem.fem.linear.systems.choose`; directly if
        not given.
    rigid_surfaces : sequence of RigidSurface
        Rigid faces that hold back single nodes.
    """

    def __init__(
        self,
        bulk: Bulk,
        supports: Supports,
        interfaces: Sequence[ContactInterface] = (),
        limits: AugmentationLimits | None = None,
        fold_barriers: Sequence[FoldBarrier] = (),
        system: systems.LinearSystem | None = None,
        rigid_surfaces: Sequence[RigidSurface] = (),
    ) -> None:
        self.bulk = bulk
        self.supports = supports
        self.interfaces = list(interfaces)
        self.limits = limits or AugmentationLimits()
        self.fold_barriers = list(fold_barriers)
        self.rigid_surfaces = list(rigid_surfaces)
        self.displacement = np.zeros(bulk.size)
        self.motion = np.zeros(bulk.size)  #: change of it in the last accepted increment
        self.force = 0.0
        self.side = 0.0  #: accepted force on a platen whose motion was prescribed, not the first
        self.work = work.Work()
        self.inner: Array | None = None  #: forces of the bodies, of the last accepted attempt
        self.system = system or systems.direct(bulk, supports)
        self._load = Load()
        self._trial: list[Tractions] = []
        self._iterate = self.displacement
        self._nodal = np.zeros(bulk.size)  # accepted dead forces
        self._current_force = self._current_side = 0.0
        self._norm = 1.0  # of the last residual
        self._off = 0.0  # of a prescribed motion, at the last residual [um]
        self._ahead: tuple[Array, Array] | None = None  # trial with its tangent, and its forces
        self._look_ahead = False
        self._plain = False  # next direction from the safest tangent
        self._predict = False
        self._deviator_ratio = bulk.deviator_ratio.copy()
        self._platen = platen = supports.platens[0] if supports.platens else -1
        self._platen_dof = int(np.flatnonzero(supports.unknown == platen)[0]) if platen >= 0 else -1
        self._refresh(self.displacement)

    # -- what Newton's method sees -------------------------------------------------------------

    def residual(self, displacement: Array) -> Array | None:
        """Condensed residual at a trial displacement; None when it is not admissible.

        The faces are paired in this configuration and the tangent at the points is evaluated.
        """
        internal = self._looked_ahead(displacement)
        if internal is None:
            internal = self._internal(displacement, tangent=True)
            if internal is None or not self._pair(displacement):
                return None
        self.system.set_transform(transformation(self.supports, self.interfaces))
        self._iterate = displacement
        condensed: Array = self.system.transform.T @ internal
        unknown = self.supports.unknown
        self._trial = []
        for interface in self.interfaces:
            tractions = interface.tractions(displacement, self.displacement)
            interface.add_condensed_forces(condensed, unknown, tractions)
            self._trial.append(tractions)
        control = self._load.control
        if self._platen >= 0 and (control is None or control.unknown != self._platen):
            condensed[self._platen] += self._platen_force(displacement)
        if control is not None:
            reaction = -float(condensed[control.unknown])
            if control.unknown == self._platen:
                self._current_force = reaction
            else:
                self._current_side = reaction
            self._off = control.error(self.interfaces, displacement, self.displacement)
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
        if internal is None or not self._pair(displacement):
            return None
        if first:
            self._ahead = displacement, internal.copy()
        trial = [i.tractions(displacement, self.displacement) for i in self.interfaces]
        for k, interface in enumerate(self.interfaces):
            interface.add_forces(internal, trial[k])
        value = float(internal @ change)
        if self._platen >= 0:
            value += self._platen_force(displacement) * float(change[self._platen_dof])
        return value if length is None else value - self.mixed_work(change, length, trial)

    def mixed_work(
        self, change: Array, length: float = 0.0, trial: list[Tractions] | None = None
    ) -> float:
        """Work along the full step that a line search leaves out, at its start or at a trial."""
        forces = np.zeros_like(change)
        for interface, tractions in zip(self.interfaces, trial or self._trial, strict=True):
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
            duration=self._load.duration,
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
            surface.add_forces(internal, displacement, self.displacement)
        return internal if self._load.nodal is None else internal - self._load.nodal

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
                self.displacement,
                geometric=near and not self._plain,
                symmetric=self._plain,
                adrift=self._load.control is None,
            )
            for interface, tractions in zip(self.interfaces, self._trial, strict=True)
        ]
        size, here = len(residual), [max(self._platen, 0)]
        extra = sp.csr_matrix(([self._load.stiffness], (here, here)), shape=(size, size))
        right = -residual
        for contact in contacts:
            extra = extra + contact.matrix
            right[contact.unknowns] -= contact.correction
        for barrier in self.fold_barriers:
            extra = extra + barrier.tangent(self._iterate, self.system.transform)
        for surface in self.rigid_surfaces:
            extra = extra + surface.tangent(
                self._iterate, self.displacement, self.system.transform, symmetric=self._plain
            )
        extra = extra.tocsr()
        control, border = self._load.control, None
        if control is not None:
            right[control.unknown] = 0.0  # the force there is what it must be
            there = ([control.stiffness], ([control.unknown], [control.unknown]))
            extra = (extra + sp.csr_matrix(there, shape=(size, size))).tocsr()
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
        load = self._load
        scale = max(load.floor, abs(self._current_force), abs(self._current_side))
        if load.nodal is not None:
            scale = max(scale, float(np.linalg.norm(load.nodal)))
        return scale

    # -- increments ------------------------------------------------------------------------------

    def attempt(self, load: Load) -> Attempt:
        """Try one increment; the accepted state is not touched.

        Parameters
        ----------
        load : Load

        Returns
        -------
        Attempt
            With ``failure`` in words when it did not converge; the multipliers are then restored.
        """
        saved = self.carried()
        self._load = load
        self._ahead, self._predict, self._norm = None, not load.flowing, 1.0
        self.bulk.deviator_ratio[:] = self._deviator_ratio
        self.bulk.start(self.displacement)
        self.system.begin()
        ratio = 1.0
        if load.stiffness == 0.0 and self.force > 0.0 and load.control is None:
            # pressures roughly follow the load, so the multipliers start near their new values
            ratio = min(max(load.force / self.force, 0.1), 3.0)
        for interface in self.interfaces:
            interface.begin(ratio)
        for surface in self.rigid_surfaces:
            surface.scale(ratio)
        u = self.displacement if load.start is None else self.displacement + load.start
        iterations: list[int] = []
        failure = "the gaps do not close to tolerance"
        for index in range(self.limits.max_augmentations):
            options = newton.NewtonOptions(
                tolerance=self.limits.tolerance,
                min_iterations=1 if index > 0 else 0,
                max_iterations=self.limits.max_iterations,
                line_search=self.limits.line_search,
                by_residual=load.by_residual or load.control is not None,
            )
            result = newton.solve(self, u, options)
            iterations.append(result.iterations)
            if result.failure and not options.by_residual and self.softens:
                # work has no minimum where bonds soften
                self.bulk.reset_dual()
                result = newton.solve(self, u, replace(options, by_residual=True))
                iterations[-1] += result.iterations
            u = result.displacement
            if result.failure:
                failure = result.failure
                break
            worst = 0.0
            for interface, traction in zip(self.interfaces, self._trial, strict=True):
                worst = max(worst, interface.augment(u, self.displacement, traction))
            for surface in self.rigid_surfaces:
                worst = max(worst, surface.augment(u, self.displacement))
            if worst <= 1.0:
                return Attempt(
                    u,
                    list(self._trial),
                    self._current_force,
                    iterations,
                    balance=self._balance(),
                    side=self._current_side,
                )
        self.put_back(saved)
        return Attempt(u, iterations=iterations, failure=failure)

    def carried(self) -> list[tuple[Any, ...]]:
        """Return the multipliers, and the pairings they belong to, for :meth:`put_back`."""
        found = ((i.pressure, i.shear, i.pairing) for i in self.interfaces)
        return [*found, *(surface.state for surface in self.rigid_surfaces)]

    def put_back(self, saved: Sequence[tuple[Any, ...]]) -> None:
        """Put multipliers back to what they were before an attempt."""
        count = len(self.interfaces)
        for interface, state in zip(self.interfaces, saved[:count], strict=True):
            interface.pressure, interface.shear, interface.pairing = state
        for surface, (normal, shear) in zip(self.rigid_surfaces, saved[count:], strict=True):
            surface.state = normal, shear

    def accept(self, attempt: Attempt) -> None:
        """Commit a converged attempt: plastic state, slip, work."""
        self.inner = self.bulk.residual(attempt.displacement, duration=self._load.duration)
        self._deviator_ratio = self.bulk.deviator_ratio.copy()
        energies = self.bulk.accept()
        change = attempt.displacement - self.displacement
        work.account(self, self._load, attempt, change, energies)
        if self._load.control is not None and self._load.control.unknown != self._platen:
            self.side = attempt.side
        self._nodal = np.zeros_like(change) if self._load.nodal is None else self._load.nodal
        self.displacement, self.motion = attempt.displacement.copy(), change
        self.force = attempt.force
        self._pair(self.displacement)  # the line search may have looked further on

    @property
    def platen(self) -> float:
        """Displacement of the loaded platen, positive upwards [um]."""
        return float(self.displacement[self._platen_dof])

    def _balance(self) -> float:
        force = self._current_force
        return balance(self.interfaces, self._trial, [force] * len(self._trial)) if force else 0.0

    @property
    def softens(self) -> bool:
        """Whether bonds hold that may soften."""
        return any(i.bonds is not None and i.bonds.hold for i in self.interfaces)

    # -- parts -----------------------------------------------------------------------------------

    def _platen_force(self, displacement: Array) -> float:
        load = self._load
        if load.stiffness > 0.0:
            self._current_force = load.stiffness * (
                float(displacement[self._platen_dof]) - load.target
            )
        else:
            self._current_force = load.force
        return self._current_force

    @timed("contact")
    def _pair(self, displacement: Array) -> bool:
        return all([i.update_geometry(displacement) for i in self.interfaces])

    def _refresh(self, displacement: Array) -> bool:
        if not self._pair(displacement):
            return False
        self.system.set_transform(transformation(self.supports, self.interfaces))
        return True
