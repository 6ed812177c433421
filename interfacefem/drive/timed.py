# SPDX-License-Identifier: MIT
r"""Paths in time, for stacks with a material whose flow depends on rate; and every hold.

A press or release follows the given rate of pressure exactly: the force of an increment and its
duration belong together, so the platen is controlled by force. Only the increment that finds the
first contact is driven by the spring; it is repeated until its duration fits the pressure it
reached. The limits of :mod:`interfacefem.drive.pressing` on closing and change of pressure hold
too.

Error control. Backward Euler takes the plastic rate of the end of an increment for all of it. Its
local error in the equivalent plastic strain :math:`\alpha` of a point is
:math:`\tfrac12 |\Delta\alpha - \dot\alpha_n \Delta t|`, with the mean rate of the increment before,
to second order in :math:`\Delta t`. The estimate is the root mean square of that over the points
whose law depends on rate (meshes are graded, so that most of them lie at the interfaces), relative
to the root mean square of :math:`\alpha`. Increments aim at the tolerance, and an increment that
ends above twice the tolerance is rejected and repeated with a shorter one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.drive.numbers import (
    DURATION_GROWTH,
    DURATION_LEAST,
    ENDED,
    FRESH,
    HARD_TOUCH,
    LAST_PART,
    LAST_STEP,
    LEAST_ERROR,
    LIGHT_TOUCH,
    REJECTED,
    SAFETY,
    SMALL_STRAIN,
    TOUCH_DURATION,
    TOUCH_RATIO,
)
from interfacefem.drive.pressing import Pressing
from interfacefem.fem.increment import Load, StepFailure

if TYPE_CHECKING:
    from interfacefem.drive.advance import Memory
    from interfacefem.drive.assembly import Rig
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem


def local_error(problem: MechanicalProblem, duration: float) -> float:
    """Return the estimate of the local error of a converged attempt that is not yet accepted.

    Parameters
    ----------
    problem : MechanicalProblem
    duration : float
        Of the attempt [s].
    """
    bulk = problem.bulk
    seen = bulk.rate_dependent
    growth = (bulk.trial_state - bulk.state)[seen, 0]
    error = 0.5 * (growth - bulk.plastic_rate[seen] * duration)
    size = float(np.sqrt(np.mean(bulk.trial_state[seen, 0] ** 2)))
    return float(np.sqrt(np.mean(error**2))) / max(size, SMALL_STRAIN)


def judge_duration(problem: MechanicalProblem, rig: Rig, memory: Memory, duration: float) -> str:
    """Set the next duration from the local error; return why it is too large, empty if it is not.

    Parameters
    ----------
    problem : MechanicalProblem
        After a converged attempt that is not yet accepted.
    rig : Rig
    memory : Memory
    duration : float
        Of the attempt [s].
    """
    error, tolerance = local_error(problem, duration), rig.limits.time_tolerance
    memory.error = error / tolerance
    factor = SAFETY * np.sqrt(tolerance / max(error, LEAST_ERROR * tolerance))
    memory.duration = duration * min(max(factor, DURATION_LEAST), DURATION_GROWTH)
    if error <= REJECTED * tolerance:
        return ""
    return f"local error {error:.2g} in {duration:.3g} s is above {REJECTED * tolerance:.2g}"


class TimedPressing(Pressing):
    """Press or release to a nominal pressure at a rate; parameters as :class:`Pressing`."""

    rate: float

    @property
    def _touching(self) -> bool:
        return not self.problem.force > 0.0

    def load(self) -> Load:
        """Return the load of the next increment."""
        self.note()
        return self._touch() if self._touching else self._ramp()

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: its local error, or the kind of the first touch."""
        if load.stiffness > 0.0:
            return self._touched(attempt, load)
        return judge_duration(self.problem, self.rig, self.memory, load.duration)

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Make the next increment shorter."""
        memory, cut = self.memory, self.rig.limits.cut
        if not attempt.failure:
            return  # the judgement has set the next duration
        if self._touching:
            memory.reach = cut * min(memory.reach, self.rig.travel_limit)
            return
        self.shrink(load)
        memory.duration = cut * load.duration

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Move the clock, and learn."""
        # the clock is that of the pressure, also where the first touch was given another time
        change = abs(self.problem.force - self.before.force)
        self.memory.time += change / self.rig.area / self.rate
        self.memory.last = load.duration
        if load.stiffness == 0.0:
            self.learn(load, attempt.iterations[0])

    def _ramp(self) -> Load:
        """Return the load of the next increment under force."""
        rig, memory, limits = self.rig, self.memory, self.rig.limits
        pressure, target = self.pressure, self.target
        step = memory.duration * self.rate
        if target < pressure:
            lowest = max(limits.release * pressure, pressure - memory.pressure_cap)
            goal = max(lowest, pressure - step)
            goal = target if target > goal - LAST_STEP * (pressure - goal) else goal
        else:
            step = min(step, (limits.growth - 1.0) * pressure, memory.pressure_cap)
            if memory.stiffness > 0.0:
                travel = rig.travel_limit / self.share
                step = min(step, memory.stiffness * travel / rig.area)
            goal = pressure + step
            goal = target if goal > target - LAST_STEP * step else goal
        duration = abs(goal - pressure) / self.rate
        return Load(force=goal * rig.area, floor=rig.floor, duration=duration)

    def _touch(self) -> Load:
        """Return a load that moves the platen until it is touched; its duration is a guess."""
        rig, memory = self.rig, self.memory
        if not np.isfinite(memory.duration):
            memory.duration = TOUCH_DURATION * rig.largest / self.rate
        travel = min(memory.reach, rig.travel_limit)
        platen = self.problem.platen - travel - self.problem.force / rig.spring
        return Load(stiffness=rig.spring, target=platen, floor=rig.floor, duration=memory.duration)

    def _touched(self, attempt: Attempt, load: Load) -> str:
        """Return why the first touch is not yet good: too hard, or of another duration."""
        pressure, memory = attempt.force / self.rig.area, self.memory
        wanted = pressure / self.rate
        if pressure > HARD_TOUCH * self.target:
            part = self.rig.limits.cut
            if pressure > self.target:  # flat faces touch all at once, in proportion to the travel
                part *= HARD_TOUCH * self.target / pressure
            memory.reach = part * min(memory.reach, self.rig.travel_limit)
            return f"first touch at {pressure:.3g} MPa"
        if pressure > LIGHT_TOUCH * self.target and not (
            1.0 / TOUCH_RATIO <= wanted / load.duration <= TOUCH_RATIO
        ):
            memory.duration = wanted
            return f"first touch after {wanted:.3g} s, not {load.duration:.3g} s"
        return ""


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


class TimedHold(Hold):
    """Keep the pressure until a time, in increments."""

    def __init__(self, problem: MechanicalProblem, rig: Rig, memory: Memory, until: float) -> None:
        super().__init__(problem, rig, memory, until)
        if memory.holding != until:
            memory.holding = until
            fresh = FRESH * memory.last if memory.last else np.inf
            memory.duration = min(memory.duration, fresh)

    def load(self) -> Load:
        """Return the present force for a while."""
        left = self._until - self.memory.time
        duration = min(self.memory.duration, left)
        if duration > LAST_PART * left:  # no splinter at the end
            duration = left if duration == left else 0.5 * left
        return Load(force=self.problem.force, floor=self.rig.floor, duration=duration)

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: its local error."""
        return judge_duration(self.problem, self.rig, self.memory, load.duration)

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Make the next increment shorter."""
        if attempt.failure:
            self.memory.duration = self.rig.limits.cut * load.duration

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Move the clock."""
        self.memory.time += load.duration
        self.memory.last = load.duration

    def tried(self, load: Load) -> str:
        """Return what was tried."""
        return f"held at {load.force / self.rig.area:.4g} MPa for {load.duration:.3g} s"
