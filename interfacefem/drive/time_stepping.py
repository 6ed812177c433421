# SPDX-License-Identifier: MIT
r"""Placing of increments in time, for stacks with a material whose flow depends on rate.

A press or release follows the given rate of pressure exactly: the force of an increment and its
duration belong together, so the platen is force-controlled. Only the increment that finds the first
contact is driven by the spring; it is repeated until its duration fits the pressure it reached. The
limits of :mod:`interfacefem.drive.stepping` on closing and change of pressure hold too.

Error control. Backward Euler takes the plastic rate of the end of an increment for all of it. Its
local error in the equivalent plastic strain :math:`\alpha` of a point is
:math:`\tfrac12 |\Delta\alpha - \dot\alpha_n \Delta t|`, with the mean rate of the increment before,
to second order in :math:`\Delta t`. The estimate is the root mean square of that over the points
whose law depends on rate (meshes are graded, so that most of them lie at the interfaces), relative
to the root mean square of :math:`\alpha`. Increments aim at the tolerance, and an increment that
ends above twice the tolerance is rejected and repeated with a shorter one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.drive.stepping import Stepper
from interfacefem.fem.increment import StepFailure
from interfacefem.fem.mechanics import Attempt, Load, MechanicalProblem

if TYPE_CHECKING:
    from collections.abc import Callable

#: plastic strain below which the local error is measured absolutely
SMALL_STRAIN = 1e-3
#: largest growth of the duration from one increment to the next, and its safety factor
GROWTH, SAFETY = 2.5, 0.9
#: duration of the first increment of a hold after a press, relative to the last one before
FRESH = 0.1
#: ratio of the duration of the first touch to the one its pressure stands for that is accepted
TOUCH_RATIO = 2.0


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


class TimeStepper(Stepper):
    """Chooses the increments of a press in pressure and time; parameters as :class:`Stepper`."""

    _duration = np.inf  # aimed at by the error control; nothing is known before the first increment
    _last = 0.0  # duration of the last accepted increment
    _reach = np.inf  # travel of the platen towards the first touch
    _holding = 0.0  # end of the hold that has begun, which may be continued in another process

    def go_to(
        self,
        target: float,
        on_accept: Callable[[Attempt, int], None],
        on_reject: Callable[[str], None] = lambda reason: None,
        *,
        rate: float | None = None,
    ) -> None:
        """Press or release to a nominal pressure at a rate.

        Parameters
        ----------
        target : float
            Nominal pressure [MPa].
        on_accept, on_reject : callable
            As in :meth:`Stepper.go_to`.
        rate : float
            Size of the change of pressure in time [MPa/s].

        Raises
        ------
        StepFailure
            When increments were rejected too often in a row.
        ValueError
            Without a rate.
        """
        if rate is None or not rate > 0.0:
            raise ValueError(f"rate {rate!r}: flow in time needs a positive rate of pressure")
        reasons: list[str] = []
        while abs(self.pressure - target) > 1e-9 * self._largest:
            touching = not self.problem.force > 0.0
            load = self._touch(rate) if touching else self._ramp(target, rate)
            saved = self.problem.carried()
            attempt = self.problem.attempt(load)
            reason = attempt.failure
            if reason and touching:
                self._reach = self.options.cut * min(self._reach, self._travel_limit)
            elif reason:
                self._shrink(load)
                self._duration = self.options.cut * load.duration
            elif touching:
                reason = self._touched(attempt, load, rate, target)
            else:
                reason = self._judge(load)
            # the clock is that of the pressure, also where the first touch was given another time
            elapsed = abs(attempt.force / self.area - self.pressure) / rate
            if self._taken(attempt, load, elapsed, reason, saved, reasons, on_accept, on_reject):
                reasons = []

    def hold(
        self,
        on_accept: Callable[[Attempt, int], None],
        on_reject: Callable[[str], None] = lambda reason: None,
        *,
        until: float | None = None,
    ) -> None:
        """Keep the pressure until a time [s]; nothing happens if it is reached already.

        Raises
        ------
        StepFailure
            When increments were rejected too often in a row.
        ValueError
            Without a time.
        """
        if until is None:
            raise ValueError("until: flow in time needs the end of the hold")
        reasons: list[str] = []
        if self._holding != until:
            self._holding = until
            self._duration = min(self._duration, FRESH * self._last if self._last else np.inf)
        while self.time < until * (1.0 - 1e-12):
            left = until - self.time
            duration = min(self._duration, left)
            if duration > 0.7 * left:  # no splinter at the end
                duration = left if duration == left else 0.5 * left
            load = Load(force=self.problem.force, floor=self._floor, duration=duration)
            saved = self.problem.carried()
            attempt = self.problem.attempt(load)
            reason = attempt.failure
            if reason:
                self._duration = self.options.cut * duration
            else:
                reason = self._judge(load)
            if self._taken(attempt, load, duration, reason, saved, reasons, on_accept, on_reject):
                reasons = []

    def _taken(
        self,
        attempt: Attempt,
        load: Load,
        elapsed: float,
        reason: str,
        saved: list[tuple[Any, ...]],
        reasons: list[str],
        on_accept: Callable[[Attempt, int], None],
        on_reject: Callable[[str], None],
    ) -> bool:
        """Accept an attempt without a reason against it, or put everything back."""
        problem = self.problem
        if reason:
            problem.put_back(saved)
            reasons.append(reason)
            on_reject(reason)
            if len(reasons) >= self.options.max_rejections:
                raise StepFailure(reasons)
            return False
        gap_before = self._mean_gap()
        before = (problem.force, problem.platen)
        alpha = problem.bulk.alpha.copy()
        problem.accept(attempt)
        problem.bulk.plastic_rate[:] = (problem.bulk.alpha - alpha) / load.duration
        self.time += elapsed
        self._last = load.duration
        if load.force != before[0]:
            self._learn(before, gap_before, load, attempt.iterations[0])
        on_accept(attempt, len(reasons))
        return True

    def _judge(self, load: Load) -> str:
        """Set the next duration from the local error; return why the attempt is not good enough."""
        error = local_error(self.problem, load.duration)
        tolerance = self.options.time_tolerance
        factor = SAFETY * np.sqrt(tolerance / max(error, 1e-12 * tolerance))
        self._duration = load.duration * min(max(factor, 0.2), GROWTH)
        if error <= 2.0 * tolerance:
            return ""
        return f"local error {error:.2g} in {load.duration:.3g} s is above {2.0 * tolerance:.2g}"

    def _ramp(self, target: float, rate: float) -> Load:
        """Load of the next increment under force control."""
        pressure = self.pressure
        step = self._duration * rate
        if target < pressure:
            lowest = max(self.options.release * pressure, pressure - self._pressure_cap)
            goal = max(lowest, pressure - step)
            goal = target if target > goal - 0.25 * (pressure - goal) else goal
        else:
            step = min(step, (self.options.growth - 1.0) * pressure, self._pressure_cap)
            if self._stiffness > 0.0:
                travel = self._travel_limit / max(self._closing, 0.02)
                step = min(step, self._stiffness * travel / self.area)
            goal = pressure + step
            goal = target if goal > target - 0.25 * step else goal
        duration = abs(goal - pressure) / rate
        return Load(force=goal * self.area, floor=self._floor, duration=duration)

    def _touch(self, rate: float) -> Load:
        """Load that moves the platen until it is touched; the duration is a guess at first."""
        problem = self.problem
        if not np.isfinite(self._duration):
            self._duration = 1e-3 * self._largest / rate
        travel = min(self._reach, self._travel_limit)
        platen = problem.platen - travel - problem.force / self._spring
        return Load(
            stiffness=self._spring, target=platen, floor=self._floor, duration=self._duration
        )

    def _touched(self, attempt: Attempt, load: Load, rate: float, target: float) -> str:
        """Return why the first touch is not yet good: too hard, or of another duration."""
        pressure = attempt.force / self.area
        wanted = pressure / rate
        if pressure > 0.1 * target:
            self._reach = self.options.cut * min(self._reach, self._travel_limit)
            return f"first touch at {pressure:.3g} MPa"
        if pressure > 1e-6 * target and not (
            1.0 / TOUCH_RATIO <= wanted / load.duration <= TOUCH_RATIO
        ):
            self._duration = wanted
            return f"first touch after {wanted:.3g} s, not {load.duration:.3g} s"
        return ""
