# SPDX-License-Identifier: MIT
r"""Cycling: lithium leaves and returns at its interface where the current passes.

An increment passes a charge. The current is solved on the accepted configuration, and node *j* of a
lithium interface loses the volume :math:`\Delta V_j = V_m I_j \Delta t / F`, :math:`I_j` being the
current from the metal into the electrolyte. Its face recedes by
:math:`\Delta h_j = \Delta V_j / D_j`, with the weight :math:`D_j` of the same mortar operator that
carried current and pressure, and the gap of the node becomes :math:`g_j + h_j`. Equilibrium is
solved under the fixture. Lithium comes back only where there is contact: an open gap is not plated,
it closes by being squeezed. Where a metal has returned more than was taken, h is negative and the
node stands proud. The recession is summed up by increments, not found anew from the volume: that
would move faces at every change of the weights, without a charge, by which contacts were lost.

Why an offset of the gap: it is exact for a face that recedes by little against its layer, keeps the
charge to rounding on faces that do not match, needs no new mesh, and leaves a flat stack free of
stress. What it leaves out: the metal keeps its mesh, so a layer from which much was taken is as
thick and as compliant as before (relative error of its thickness h / t; the largest h is in the
history); a recession that was there stays what it is while the face is stretched; voids inside the
metal do not open, gaps are not narrowed by metal that leaves elsewhere; metal that was deformed
plastically and leaves takes no plastic strain with it. Without a diffusivity nothing levels a face
but flow, and a contact of one node recedes by itself, so that where contact is lost the recession
is as rough as the mesh is fine; with one it levels out along the face
(:mod:`interfacefem.fem.contact.bonds`). Not modelled at all: vacancies and voids in the depth
of the metal, growth of interphases, dendrites.

A cathode swells as it takes the lithium up. It is an outermost layer whose strain is prescribed and
even, along the press, so all that the others feel of it is that the plates of the fixture come
closer by its change of thickness: it has no effect where the force is kept, and the closure of the
history is that of the other layers.

The removal is explicit in time, of first order: the charge of an increment is limited so that faces
recede unevenly by a fraction of their roughness.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.kinetics import volume_per_charge
from interfacefem.drive.numbers import (
    CHARGE_GROWTH,
    ENDED,
    GAP_STIFFNESS,
    HALF_CYCLE,
    PRESSURE_ERROR,
    SMALLEST_CHARGE,
)
from interfacefem.drive.timed import judge_duration
from interfacefem.fem.contact.bonds import receded
from interfacefem.fem.increment import Load, StepFailure

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.describe.later_steps import Cycle
    from interfacefem.describe.stack import Stack
    from interfacefem.drive.advance import Memory
    from interfacefem.drive.assembly import Rig
    from interfacefem.drive.press import Press
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]
    #: from the mean current density [uA/um^2] to that at the slave nodes of each interface
    Conduct = Callable[[float], Mapping[str, Array]]


class Cycling:
    """Follow a step that cycles.

    Parameters
    ----------
    press : Press
    stack : Stack
    step : Cycle
    conduct : callable
        Solves for a mean current density on the accepted configuration; raises StepFailure where no
        current can pass.
    resumed : bool
        Whether the stack is in the fixture already.
    moments : sequence of float
        Charges taken at which an increment ends, on the way there and back [uA s/um^2].
    """

    def __init__(
        self,
        press: Press,
        stack: Stack,
        step: Cycle,
        conduct: Conduct,
        *,
        resumed: bool = False,
        moments: Sequence[float] = (),
    ) -> None:
        self.problem: MechanicalProblem = press.problem
        self.rig: Rig = press.rig
        self.memory: Memory = press.memory
        self.step = step
        self._conduct = conduct
        self._moments = [charge for charge in moments if charge < step.capacity * ENDED]
        #: whether the last increment ended at one of them
        self.at_moment = False
        #: sign of a current, positive upwards, that dissolves metal; volume of a charge [um^3/uC]
        self._metals: dict[str, tuple[float, float]] = {}
        for name in stack.interface_names:
            side = stack.electrode(name)
            if side is not None:
                volume = stack.pair(name)[side == "upper"].material.molar_volume or 0.0
                self._metals[name] = (1.0 if side == "lower" else -1.0, volume_per_charge(volume))
        compliance = sum(y.thickness / y.material.law.youngs_modulus for y in stack.layers)
        self._rigid = GAP_STIFFNESS * self.rig.area / compliance
        swelling = 0.0 if step.cathode is None else stack.layer(step.cathode).thickness
        #: change of thickness per charge taken from the electrode that begins [um^3/uC]
        self._swelling = swelling * step.cathode_strain / step.capacity
        if step.begin == "plate":
            self._swelling = -self._swelling
        first = next(iter(self._metals.values()))[0]
        self._first = first if step.begin == "strip" else -first
        self._rates: Mapping[str, Array] | None = None
        self._before: dict[str, tuple[Array, Array]] = {}
        if not resumed:
            self._enter()

    def _enter(self) -> None:
        """Put the stack as it stands into the fixture."""
        memory, problem = self.memory, self.problem
        memory.passed = memory.taken = 0.0
        memory.charge = self.step.capacity / self.step.increments
        memory.anchor = problem.platen
        if not isinstance(self.step.fixture, str):
            memory.anchor -= problem.force / (self.step.fixture * self.rig.area)

    @property
    def done(self) -> bool:
        """Whether all cycles are done."""
        whole = 2.0 * self.step.count * self.step.capacity
        return self.memory.passed >= whole * ENDED

    @property
    def number(self) -> float:
        """Cycles done in the step, counted in parts of them [-]."""
        return self.memory.passed / (2.0 * self.step.capacity)

    @property
    def density(self) -> float:
        """Mean current density of the increment before, positive upwards [uA/um^2]."""
        return self._density(max(self._half(self.memory.passed, -HALF_CYCLE), 0))

    def _density(self, half: int) -> float:
        return self._first * self.step.current * (1.0 if half % 2 == 0 else -1.0)

    def _half(self, passed: float, shift: float = HALF_CYCLE) -> int:
        """Return the number of the half cycle after a charge; with a negative shift, before it."""
        return int(np.floor(passed / self.step.capacity + shift))

    @contextlib.contextmanager
    def exact(self) -> Iterator[None]:
        """Let gaps of flat faces hold so well that a stiff fixture does not feel what they are off.

        Their tolerance is one in edges; that of rough faces is far below what a fixture feels.
        """
        interfaces = self.problem.interfaces
        before = [interface.settings for interface in interfaces]
        fixture = self.step.fixture
        if fixture != "force":
            springs = 0.0 if fixture == "gap" else 1.0 / float(fixture)
            compliance = springs + GAP_STIFFNESS * self.rig.area / self._rigid
            pressure = self.problem.force / self.rig.area
            smallest = PRESSURE_ERROR * pressure * compliance
            for interface, settings in zip(interfaces, before, strict=True):
                faces = interface.slave_points, interface.master_points
                if all(np.ptp(points[:, -1]) <= settings.gap_tolerance for points in faces):
                    tolerance = min(settings.gap_tolerance, smallest)
                    interface.settings = replace(settings, gap_tolerance=tolerance)
        try:
            yield
        finally:
            for interface, settings in zip(interfaces, before, strict=True):
                interface.settings = settings

    # -- one increment ---------------------------------------------------------------------------

    def load(self) -> Load:
        """Take the lithium of a charge away and return what the fixture does then."""
        if self._rates is None:
            self._rates = self._volumes(self._density(self._half(self.memory.passed)))
        charge = self._charge(self._rates)
        duration = charge / self.step.current
        start = np.zeros_like(self.problem.displacement)
        self._before = {}
        for interface in self.problem.interfaces:
            if interface.name not in self._rates:
                continue
            self._before[interface.name] = interface.pressure, interface.removed_volume
            recession, taken = receded(
                interface,
                self.problem.displacement,
                self._rates[interface.name] * duration,
                self.step.diffusivity * duration,
            )
            moved, interface.removed = recession - interface.removed, recession
            interface.removed_volume = interface.removed_volume + taken
            carrying = interface.pairing.weights * interface.pressure
            if carrying.sum() > 0.0:
                # what lies above comes down with it; the solution starts from there
                above = self.problem.above[interface.name]
                start[above] -= carrying @ moved / carrying.sum()
        return self._fixture(charge, Load(floor=self.rig.floor, duration=duration, start=start))

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: no pressure is left, or its local error."""
        if attempt.force <= 0.0:
            return "the fixture does not press any more"
        if self.rig.timed:
            return judge_duration(self.problem, self.rig, self.memory, load.duration)
        return ""

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Pass less charge in the next increment."""
        self.memory.charge = self.rig.limits.cut * load.duration * self.step.current
        if self.memory.charge < SMALLEST_CHARGE * self.step.capacity:
            raise StepFailure([reason])

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Count the charge, and the work that goes to the circuit."""
        memory, step = self.memory, self.step
        for interface in self.problem.interfaces:
            if interface.name in self._before:
                # what the pressure does on the metal that leaves goes to the circuit, not to the
                # bodies
                pressure, volume = self._before[interface.name]
                mean = 0.5 * (pressure + interface.pressure)
                self.problem.work.applied -= float(mean @ (interface.removed_volume - volume))
        charge = load.duration * step.current
        half, goal = self._half(memory.passed), self._goal()
        whole = charge >= (goal - memory.passed) * ENDED
        self.at_moment = whole and goal < (half + 1) * step.capacity
        memory.passed = goal if whole else memory.passed + charge
        inside = memory.passed - 2.0 * step.capacity * (half // 2)
        memory.taken = inside if half % 2 == 0 else 2.0 * step.capacity - inside
        memory.time += load.duration
        memory.charge = min(
            CHARGE_GROWTH * max(charge, memory.charge), step.capacity / step.increments
        )
        if self.rig.timed:
            memory.last = load.duration
            memory.charge = min(memory.charge, memory.duration * step.current)
        self._rates = None

    def tried(self, load: Load) -> str:
        """Return what was tried, in words."""
        part = load.duration * self.step.current / self.step.capacity
        return f"{part:.3g} of the capacity after {self.number:.4g} cycles"

    def _volumes(self, density: float) -> dict[str, Array]:
        """Return the volume that each node of the lithium interfaces loses in time [um^3/s]."""
        found = self._conduct(density)
        rates = {}
        for interface in self.problem.interfaces:
            if interface.name in self._metals:
                sign, volume = self._metals[interface.name]
                current = found[interface.name] * interface.pairing.weights
                rates[interface.name] = sign * volume * current
        return rates

    def _goal(self) -> float:
        """Return the charge passed at the next moment, or at the end of the half cycle."""
        passed, capacity = self.memory.passed, self.step.capacity
        half = self._half(passed)
        inside = [m if half % 2 == 0 else capacity - m for m in self._moments]
        beyond = passed + HALF_CYCLE * capacity
        ahead = [half * capacity + m for m in inside if half * capacity + m > beyond]
        return min([*ahead, (half + 1) * capacity])

    def _charge(self, rates: Mapping[str, Array]) -> float:
        """Return the charge of the next increment: equal parts of what is left, even enough."""
        left = self._goal() - self.memory.passed
        charge = min(self.memory.charge, left)
        for interface in self.problem.interfaces:
            if interface.name in rates:
                speed, weights = _speed(interface, rates[interface.name])
                if weights.sum() > 0.0:
                    mean = weights @ speed / weights.sum()
                    spread = float(np.sqrt(weights @ (speed - mean) ** 2 / weights.sum()))
                    if spread > 0.0:
                        most = self.rig.travel_limit / spread * self.step.current
                        charge = min(charge, most)
        return left / max(1, int(np.ceil(left / charge * (1.0 - HALF_CYCLE))))

    def _fixture(self, charge: float, given: Load) -> Load:
        """Return what the fixture does while a charge passes."""
        problem, memory, fixture = self.problem, self.memory, self.step.fixture
        taken = memory.taken + (charge if self._half(memory.passed) % 2 == 0 else -charge)
        if fixture == "force":
            return replace(given, force=problem.force)
        if fixture == "gap":
            stiffness = self._rigid
            far = memory.anchor - problem.force / stiffness
        else:
            stiffness, far = float(fixture) * self.rig.area, memory.anchor
        far -= self._swelling * taken
        return replace(given, stiffness=stiffness, target=far)


def _speed(interface: ContactInterface, rate: Array) -> tuple[Array, Array]:
    """Return how fast the face recedes at the nodes in contact [um/s], and their weights."""
    weights = np.where(interface.pressure > 0.0, interface.pairing.weights, 0.0)
    speed = np.divide(rate, weights, out=np.zeros_like(rate), where=weights > 0.0)
    return speed, weights
