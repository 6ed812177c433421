# SPDX-License-Identifier: MIT
"""Paths of force and platen travel: press, release and hold of stacks that know no time.

While gaps close, the platen is driven through a stiff spring and the closing per increment is
limited to a fraction of their rms height; where the stack is stiff, the force is prescribed and the
change of pressure limited. Whichever limit binds decides the control, so the change-over needs no
threshold on the contact area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from interfacefem.drive.numbers import (
    CAP_GROWTH,
    EASY,
    ENDED,
    FARTHEST,
    HARD,
    LAST_RELEASE,
    LAST_STEP,
    LEAST_SHARE,
    LEAST_STEP,
    SAME,
    SOFT_UNTIL,
    TRAVEL_GROWTH,
    TRAVEL_SHRINKAGE,
)
from interfacefem.fem.increment import Load, StepFailure

if TYPE_CHECKING:
    from interfacefem.drive.advance import Memory
    from interfacefem.drive.assembly import Rig
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem


class Before(NamedTuple):
    """Accepted state before an attempt.

    Attributes
    ----------
    force : float
        On the platen [MPa um].
    platen : float
        Its displacement [um].
    gap : float
        Mean gap of the interfaces that flow [um].
    """

    force: float
    platen: float
    gap: float


class Pressing:
    """Press or release to a nominal pressure.

    Parameters
    ----------
    problem : MechanicalProblem
        Its first platen is pressed.
    rig : Rig
    memory : Memory
    target : float
        Nominal pressure at the end [MPa].
    rate : float, optional
        Size of the change of pressure in time [MPa/s]; it only moves the clock here.
    """

    def __init__(
        self,
        problem: MechanicalProblem,
        rig: Rig,
        memory: Memory,
        target: float,
        rate: float | None = None,
    ) -> None:
        self.problem, self.rig, self.memory = problem, rig, memory
        self.target, self.rate = target, rate
        self._by_force = False  # the next increment is one under force
        self._driven = False  # a force could not be reached, so the platen is driven
        self.before = Before(0.0, 0.0, 0.0)

    @property
    def pressure(self) -> float:
        """Accepted nominal pressure [MPa]."""
        return self.problem.force / self.rig.area

    @property
    def done(self) -> bool:
        """Whether the target is reached."""
        return abs(self.pressure - self.target) <= SAME * self.rig.largest

    def load(self) -> Load:
        """Return the load of the next increment."""
        self.note()
        rig, limits, memory = self.rig, self.rig.limits, self.memory
        pressure, target = self.pressure, self.target
        if target < pressure:
            lowest = max(limits.release * pressure, pressure - memory.pressure_cap)
            goal = target if target > LAST_RELEASE * lowest else lowest
            return Load(force=goal * rig.area, floor=rig.floor)
        step = max((limits.growth - 1.0) * pressure, LEAST_STEP * rig.largest)
        step = min(step, memory.pressure_cap)
        travel = memory.travel / self.share
        soft = self._driven or memory.stiffness * travel < step * rig.area
        soft = soft and pressure < SOFT_UNTIL * target
        if soft and not self._by_force:
            platen = self.problem.platen - travel - self.problem.force / rig.spring
            return Load(stiffness=rig.spring, target=platen, floor=rig.floor, **self._go_on(travel))
        goal = pressure + step
        if goal > target - LAST_STEP * step:
            goal = target
        return Load(force=goal * rig.area, floor=rig.floor)

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: the last gaps have closed on the way."""
        if load.stiffness > 0.0 and attempt.force > self.target * self.rig.area:
            return f"the pressure would pass {self.target:g} MPa"
        return ""

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Make the next increment smaller, or one under force where the stack became stiff."""
        if not attempt.failure:
            self._by_force = True
            return
        self.shrink(load)

    def shrink(self, load: Load) -> None:
        """Make increments smaller than one that failed."""
        memory, cut = self.memory, self.rig.limits.cut
        if load.stiffness > 0.0:
            memory.travel *= cut
            return
        change = load.force - self.problem.force
        memory.pressure_cap = cut * abs(change) / self.rig.area
        if change > 0.0 and memory.stiffness > 0.0:
            # gaps close at about the same load: drive the platen, by less than the force would
            travel = self.share * cut * change / memory.stiffness
            memory.travel, self._driven = min(memory.travel, travel), True

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Move the clock, and learn."""
        if self.rate is not None:
            change = abs(self.problem.force - self.before.force)
            self.memory.time += change / self.rig.area / self.rate
        self.learn(load, attempt.iterations[0])
        self._by_force = False

    def tried(self, load: Load) -> str:
        """Return what a load was to reach, in words."""
        if load.stiffness > 0.0:
            far = self.problem.platen - load.target - self.problem.force / load.stiffness
            return f"platen driven by {far:.3g} um at {self.pressure:.4g} MPa"
        return f"{self.pressure:.4g} to {load.force / self.rig.area:.4g} MPa"

    @property
    def share(self) -> float:
        """Part of the platen's motion that closes gaps; none does where all are closed."""
        return max(self.memory.closing, LEAST_SHARE)

    def note(self) -> None:
        """Note the accepted state that an attempt begins with."""
        self.before = Before(self.problem.force, self.problem.platen, self.mean_gap())

    def mean_gap(self) -> float:
        """Return the mean gap, summed over the interfaces that flow [um]."""
        total = 0.0
        for interface in self.rig.flowing:
            gap = interface.gaps(self.problem.displacement)
            seen = interface.pairing.covered
            weights = interface.pairing.weights[seen]
            total += float(weights @ gap[seen].clip(min=0.0) / weights.sum())
        return total

    def learn(self, load: Load, iterations: int) -> None:
        """Learn from the increment that was just accepted."""
        memory, rig = self.memory, self.rig
        before = self.before
        force, platen = self.problem.force - before.force, before.platen - self.problem.platen
        if load.stiffness > 0.0:
            factor = TRAVEL_GROWTH if iterations <= EASY else 1.0
            factor = TRAVEL_SHRINKAGE if iterations > HARD else factor
            memory.travel = min(factor * memory.travel, rig.travel_limit)
        else:
            memory.pressure_cap = min(CAP_GROWTH * memory.pressure_cap, rig.pressure_limit)
        self._driven = False
        memory.advance = max(platen, 0.0)
        if force * platen > 0.0:
            memory.stiffness = force / platen
        if force > 0.0 and platen > 0.0:
            memory.closing = min(1.0, max(0.0, (before.gap - self.mean_gap()) / platen))

    def _go_on(self, travel: float) -> dict[str, Any]:
        # asperities that flow go on flowing much as they did
        if not self.memory.advance > 0.0:
            return {}
        share = min(travel / self.memory.advance, FARTHEST)
        return {"start": share * self.problem.motion, "flowing": True}


class Hold:
    """Solve once more at the present force; a stack that knows no time does not move.

    Parameters
    ----------
    problem : MechanicalProblem
    rig : Rig
    memory : Memory
    until : float
        Time at the end of the hold [s].
    """

    def __init__(self, problem: MechanicalProblem, rig: Rig, memory: Memory, until: float) -> None:
        self.problem, self.rig, self.memory, self._until = problem, rig, memory, until

    @property
    def done(self) -> bool:
        """Whether the time is reached."""
        return self.memory.time >= self._until * ENDED

    def load(self) -> Load:
        """Return the present force."""
        return Load(force=self.problem.force, floor=self.rig.floor)

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Every converged attempt is good."""
        return ""

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Give up: there is no smaller increment."""
        raise StepFailure([reason])

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Set the clock to the end."""
        self.memory.time = self._until

    def tried(self, load: Load) -> str:
        """Return what was tried."""
        return f"held at {load.force / self.rig.area:.4g} MPa"
