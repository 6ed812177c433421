# SPDX-License-Identifier: MIT
"""Quasi-static contact of elastoplastic layers: one increment from attempt to acceptance.

An increment is solved in augmentations (Uzawa). Each solves the nonlinear problem with the
multipliers it starts from, on a contact geometry that follows the deformation
(:mod:`interfacefem.fem.equilibrium`); then the multipliers are updated. The increment is good when
the gaps hold. State changes only in :meth:`MechanicalProblem.accept`; a failed attempt leaves
nothing behind. Choosing the size of increments does not live here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.contact.laws import Tractions
from interfacefem.errors import MeshError
from interfacefem.fem import increment, newton
from interfacefem.fem.equilibrium import Equilibrium
from interfacefem.fem.increment import (
    Attempt,
    AugmentationLimits,
    Load,
    Seat,
    StepFailure,
    balance,
)
from interfacefem.fem.linear import systems
from interfacefem.fem.numbers import PRESSURE_FALL, PRESSURE_RISE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.bulk.fold_barrier import FoldBarrier
    from interfacefem.fem.contact.die import RigidSurface
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.linear.condensation import Supports

    Array = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]
    Arrays = dict[str, Array]

__all__ = ["Attempt", "AugmentationLimits", "Load", "MechanicalProblem"]


class MechanicalProblem:
    """Bodies, supports, platens and faces, with the accepted state.

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

    Attributes
    ----------
    displacement : (dofs,) array
        Accepted [um].
    motion : (dofs,) array
        Change of it in the last accepted increment [um].
    force, side : float
        Accepted force on the platen, and on a platen whose motion was prescribed [MPa um].
    dead_forces : (dofs,) array
        Accepted [MPa um].
    work : Work
    inner : (dofs,) array or None
        Forces of the bodies, of the last accepted attempt.
    seat : Seat or None
        Dead forces that hold layers together until the platen presses harder.
    above : dict of str to (dofs,) bool array
        By interface, the vertical degrees of freedom of all layers above it; of those that dead
        forces may load.
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
        self.system = system or systems.direct(bulk, supports)
        self.equilibrium = Equilibrium(
            bulk,
            supports,
            self.interfaces,
            self.fold_barriers,
            self.rigid_surfaces,
            self.system,
            self.limits,
        )
        self.displacement = np.zeros(bulk.size)
        self.motion = np.zeros(bulk.size)
        self.force = self.side = 0.0
        self.dead_forces = np.zeros(bulk.size)
        self.work = increment.Work()
        self.inner: Array | None = None
        self.seat: Seat | None = None
        self.above: dict[str, Mask] = {}
        self._deviator_ratio = bulk.deviator_ratio.copy()
        self.equilibrium.refresh(self.displacement)

    @property
    def platen(self) -> float:
        """Displacement of the loaded platen, positive upwards [um]."""
        return float(self.displacement[self.equilibrium.platen_dof])

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
        if self.seat is not None and load.nodal is None and self.force < self.seat.force:
            load = replace(load, nodal=self.seat.nodal)
        saved, problem = self.carried(), self.equilibrium
        problem.begin(load, self.displacement)
        problem.warm(None)
        if load.temperature is not None or load.depth is not None:
            self.bulk.note_stress(self.displacement)
        self.bulk.deviator_ratio[:] = self._deviator_ratio
        self.bulk.start(self.displacement, load.ratio)
        guess = None if load.depth is None else load.depth(self.displacement + self.motion)
        problem.warm(load.temperature, guess)
        self.system.begin()
        ratio = 1.0
        if load.stiffness == 0.0 and self.force > 0.0 and load.control is None:
            # pressures roughly follow the load, so the multipliers start near their new values
            ratio = min(max(load.force / self.force, PRESSURE_FALL), PRESSURE_RISE)
        for interface in self.interfaces:
            interface.begin(ratio)
        for surface in self.rigid_surfaces:
            surface.scale(ratio)
        u = self.displacement if load.start is None else self.displacement + load.start
        iterations: list[int] = []
        failure = "the gaps do not close to tolerance"
        for _ in range(self.limits.max_augmentations):
            result = self._solve(u, iterations)
            u = result.displacement
            if result.failure:
                failure = result.failure
                break
            worst = problem.follow(u)
            for interface, traction in zip(self.interfaces, problem.trial, strict=True):
                worst = max(worst, interface.augment(u, self.displacement, traction))
            for surface in self.rigid_surfaces:
                worst = max(worst, surface.augment(u, self.displacement))
            if worst <= 1.0:
                return Attempt(
                    u,
                    list(problem.trial),
                    problem.force,
                    iterations,
                    balance=self._balance(),
                    side=problem.side,
                )
        self.put_back(saved)
        problem.warm(None)
        return Attempt(u, iterations=iterations, failure=failure)

    def _solve(self, start: Array, iterations: list[int]) -> newton.NewtonResult:
        """Solve with the present multipliers; iterations are appended.

        A solution takes no more than what is left of the iterations of an increment, and than half
        of them: one that needs more is not going to converge. Where bonds soften and the work of
        the direction finds no solution, because it has no minimum, the norm of the residual is
        tried with as many again.
        """
        load, total = self.equilibrium.load, self.limits.max_iterations
        most = (total + 1) // 2
        options = newton.NewtonOptions(
            tolerance=self.limits.tolerance,
            min_iterations=1 if iterations else 0,
            max_iterations=max(min(most, total - sum(iterations)), 1),
            line_search=self.limits.line_search,
            by_residual=load.by_residual or load.control is not None,
        )
        result = newton.solve(self.equilibrium, start, options)
        iterations.append(result.iterations)
        if result.failure and not options.by_residual and self.equilibrium.softens:
            self.bulk.reset_dual()
            again = replace(options, by_residual=True, max_iterations=most)
            result = newton.solve(self.equilibrium, start, again)
            iterations[-1] += result.iterations
        return result

    def carried(self) -> list[tuple[Any, ...]]:
        """Return what faces carry and the pairings it belongs to, for :meth:`put_back`."""
        found = (interface.carried for interface in self.interfaces)
        return [*found, *(surface.carried for surface in self.rigid_surfaces)]

    def put_back(self, saved: Sequence[tuple[Any, ...]]) -> None:
        """Put what faces carry back to what it was before an attempt."""
        count = len(self.interfaces)
        for interface, state in zip(self.interfaces, saved[:count], strict=True):
            interface.carried = state
        for surface, state in zip(self.rigid_surfaces, saved[count:], strict=True):
            surface.carried = state

    def accept(self, attempt: Attempt) -> None:
        """Commit a converged attempt: plastic state, slip, work."""
        load, problem = self.equilibrium.load, self.equilibrium
        self.inner = self.bulk.residual(attempt.displacement, duration=load.duration)
        self._deviator_ratio = self.bulk.deviator_ratio.copy()
        energies = self.bulk.accept(load.duration)
        change = attempt.displacement - self.displacement
        increment.account(self, load, attempt, change, energies)
        if load.control is not None and load.control.unknown != problem.platen_unknown:
            self.side = attempt.side
        self.dead_forces = np.zeros_like(change) if load.nodal is None else load.nodal
        self.displacement, self.motion = attempt.displacement.copy(), change
        self.force = attempt.force
        problem.pair(self.displacement)  # the line search may have looked further on

    # -- other beginnings ------------------------------------------------------------------------

    def take_over(self, other: MechanicalProblem, dead_forces: Array | None = None) -> None:
        """Start from the equilibrium of another problem of the same bodies.

        Parameters
        ----------
        other : MechanicalProblem
        dead_forces : (dofs,) array, optional
            That hold it there; those of the other problem if not given [MPa um].

        Raises
        ------
        MeshError
            If a face has folded over.
        """
        nodal = other.dead_forces if dead_forces is None else dead_forces
        self.begin_from(other.displacement, other.work, nodal)

    def begin_from(
        self, displacement: Array, done: increment.Work | None, dead_forces: Array
    ) -> None:
        """Start from an equilibrium without platen.

        Parameters
        ----------
        displacement : (dofs,) array
            [um].
        done : Work or None
            What was done so far.
        dead_forces : (dofs,) array
            Of that equilibrium [MPa um].

        Raises
        ------
        MeshError
            If a face has folded over.
        """
        self.displacement = displacement.copy()
        self.work = done or self.work
        self.dead_forces = dead_forces.copy()
        if not self.equilibrium.refresh(self.displacement):
            raise MeshError("a face has folded over before the stage begins; use a finer mesh")

    def unbalanced(self) -> Array:
        """Return what bodies and interfaces do not balance at the accepted state [MPa um].

        Raises
        ------
        StepFailure
            If a cell is inverted.
        """
        inner = self.bulk.residual(self.displacement)
        if inner is None:
            raise StepFailure(["a cell is inverted when the die is opened"])
        return self.balance_of(inner)

    def balance_of(self, inner: Array) -> Array:
        """Return forces of the bodies with those of all faces added [MPa um]."""
        total = inner.copy()
        for barrier in self.fold_barriers:
            barrier.add_forces(total, self.displacement)
        for interface in self.interfaces:
            interface.add_forces(total, _carried(interface, self.displacement))
        for surface in self.rigid_surfaces:
            surface.add_carried(total)
        return total

    def _balance(self) -> float:
        """Return the largest difference between what interfaces bear and what they should."""
        problem = self.equilibrium
        if problem.platen_unknown < 0 or not self.interfaces or problem.force == 0.0:
            return 0.0
        expected = [problem.force] * len(self.interfaces)
        if self.above:
            outer = np.zeros(self.bulk.size)
            if problem.load.nodal is not None:
                outer -= problem.load.nodal
            for surface in self.rigid_surfaces:
                surface.add_carried(outer)
            above = [float(outer[self.above[i.name]].sum()) for i in self.interfaces]
            expected = [problem.force + force for force in above]
        # a pull may end without any force
        scale = None if problem.load.control is None else problem.scale()
        return balance(self.interfaces, problem.trial, expected, scale)

    # -- what is saved ---------------------------------------------------------------------------

    def stored(self) -> Arrays:
        """Return the accepted state as arrays, in the order of the mesh.

        Of bodies, interfaces and rigid surfaces too; names are paths such as
        ``interfaces/a|b/pressure``.
        """
        dofs = self.bulk.node_dofs
        arrays: Arrays = {
            "nodes/displacement": self.displacement[dofs],
            "nodes/motion": self.motion[dofs],
            "nodes/dead_forces": self.dead_forces[dofs],
            "force": np.array(self.force),
            "side": np.array(self.side),
            **self.bulk.warmth.stored(),
        }
        parts = {f"interfaces/{i.name}": i.stored() for i in self.interfaces}
        parts |= {f"rigid_surfaces/{s.name}": s.stored() for s in self.rigid_surfaces}
        parts |= {"points": self.bulk.stored(), "work": self.work.stored()}
        for place, part in parts.items():
            arrays |= {f"{place}/{name}": values for name, values in part.items()}
        return arrays

    def evaluate(self) -> None:
        """Evaluate stresses and inner forces of the accepted state, of which only that is known."""
        self.inner = self.bulk.residual(self.displacement, duration=0.0)
        self.bulk.deviator_ratio[:] = self._deviator_ratio  # what the next increment begins with

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the arrays of :meth:`stored`, of the right names and shapes."""

        def part(place: str) -> Arrays:
            start = f"{place}/"
            return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}

        def nodal(name: str) -> Array:
            values = np.empty(self.bulk.size)
            values[self.bulk.node_dofs] = arrays[f"nodes/{name}"]
            return values

        self.displacement, self.motion = nodal("displacement"), nodal("motion")
        self.dead_forces = nodal("dead_forces")
        self.force, self.side = float(arrays["force"]), float(arrays["side"])
        self.bulk.warmth.restore(arrays)
        self.equilibrium.warm(None)
        self.bulk.restore(part("points"))
        for interface in self.interfaces:
            interface.restore(part(f"interfaces/{interface.name}"))
        for surface in self.rigid_surfaces:
            surface.restore(part(f"rigid_surfaces/{surface.name}"))
        self.work = increment.Work.restored(part("work"))
        # what follows from the state: the pairing of the faces and what an increment starts from
        self._deviator_ratio = self.bulk.deviator_ratio.copy()
        self.equilibrium.refresh(self.displacement)


def _carried(interface: ContactInterface, displacement: Array) -> Tractions:
    """Return the multipliers of an interface, and what its bonds bear, as tractions."""
    zero = np.zeros_like(interface.pressure)
    none = zero > 0.0
    found = Tractions(
        interface.pressure, interface.shear, zero, zero, zero, zero, active=none, sticking=none
    )
    bond = interface.bond_tractions(displacement)
    return found if bond is None else found.with_bond(bond)
