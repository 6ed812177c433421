# SPDX-License-Identifier: MIT
"""Paths of force and platen travel: press and release of stacks that know no time.

While a press rises, the platen is driven through a stiff spring up to the target: in nearly perfect
plasticity a force closes gaps too far, and for good, where stress lags behind the flow. Travel is
limited by the closing of gaps, by the change of pressure, by the way to the target, and by the
error that the turn of the flow makes (:func:`interfacefem.fem.bulk.flow.lag`), which is aimed at
the tolerance of the case. Only the last part is taken by force, and releases.
"""

from __future__ import annotations

from math import inf, log, nan, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from interfacefem.drive.gaps import apart, may_close, mean_gap
from interfacefem.drive.numbers import (
    AFTER_FIRST,
    APPROACH,
    CAP_GROWTH,
    CUT,
    DRAG,
    DRAGGED,
    FARTHEST,
    FIRST,
    HARD,
    LARGEST_LAG,
    LARGEST_POWER,
    LAST_BY_FORCE,
    LAST_ERROR,
    LAST_RELEASE,
    LEAST_ERROR,
    LEAST_POWER,
    LEAST_SHARE,
    LEAST_WAY,
    MOST_BY_FORCE,
    ORDINARY,
    REJECTED_LAG,
    SAFETY,
    SAME,
    STEEPEST,
    TRAVEL_GROWTH,
    TRAVEL_SHRINKAGE,
    UNSTABLE,
    USUAL_POWER,
)
from interfacefem.fem.increment import Load

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.drive.advance import Memory
    from interfacefem.drive.assembly import Rig
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]


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
    motion : (dofs,) array
        Change of the displacement in the last increments [um].
    """

    force: float
    platen: float
    gap: float
    motion: Array


class Passed(NamedTuple):
    """A driven increment that passed the target.

    Attributes
    ----------
    travel : float
        Of the platen [um].
    rise : float
        Of the force [MPa um].
    error : float
        By its size [tolerance]; not a number where that is not known.
    motion : (dofs,) array
        Change of the displacement [um].
    """

    travel: float
    rise: float
    error: float
    motion: Array


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
        self._driven = False  # a force could not be reached, so the platen is driven
        self._again = False  # the increment is repeated because of its error
        self._failed = 0  # attempts of the increment that found no solution
        self._drag = 0.0  # on faces in the next attempt [MPa/um]
        self._reach = DRAGGED  # travel of a platen against it [limit]
        self._passed: list[Passed] = []
        self.note()

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
            return Load(force=goal * rig.area, floor=rig.floor, drag=self._drag)
        left = target - pressure
        if self._by_force(left):
            going = self._go_on(self._way(left))
            return Load(force=target * rig.area, floor=rig.floor, drag=self._drag, **going)
        travel = self._travel(left)
        if self._drag > 0.0:
            travel = min(self._reach * rig.travel_limit, self._way(left) or np.inf)
        platen = self.problem.platen - travel - self.problem.force / rig.spring
        driven: dict[str, Any] = {"stiffness": rig.spring, "target": platen, "floor": rig.floor}
        return Load(**driven, drag=self._drag, **self._go_on(travel))

    def _by_force(self, left: float) -> bool:
        """Return whether what is left to the target [MPa] is taken by force."""
        memory, rig = self.memory, self.rig
        # faces that repel each other before the platen has moved, or faces that buckle
        if self._power() >= STEEPEST or (self._passed and self._drag > 0.0):
            return True
        if left > memory.pressure_cap or self._driven:
            return False
        if left <= LAST_BY_FORCE * self.target:
            return True
        known, flaw, slope = memory.known, memory.flaw, memory.stiffness
        if self._passed:
            travel, rise, flaw, _ = self._passed[-1]
            known, slope = rise / rig.area, rise / travel
        if not (known > 0.0 and slope > 0.0 and flaw >= 0.0 and left <= MOST_BY_FORCE * known):
            return False
        # under force an error of the pressure becomes one of closing, for good
        error = flaw * (left / known) ** 2 * self.target * rig.area / slope
        return error <= LAST_ERROR * rig.height

    def _way(self, left: float) -> float:
        """Return the travel that a change of pressure is expected to take [um]."""
        if self._passed:
            return left * self.rig.area / self._passed[-1].rise * self._passed[-1].travel
        return left * self.rig.area / self.memory.stiffness if self.memory.stiffness > 0.0 else 0.0

    def _travel(self, left: float) -> float:
        """Return the travel of a driven platen [um]."""
        memory, rig = self.memory, self.rig
        if not self._pressed and (away := apart(self.problem)) > rig.travel_limit:
            return away
        most = memory.travel / self.share
        last = memory.advance  # zero in the first increment, of which nothing tells the error
        rest = may_close(self.before.gap, rig.height) / self.share
        most = min(most, AFTER_FIRST * last, rest) if last > 0.0 else FIRST * most
        # stress that lags behind catches up in the next increment, however small
        lagging = memory.flaw * rig.limits.path_tolerance * self.pressure
        left -= min(lagging, LARGEST_LAG * left) if lagging > 0.0 else 0.0
        wanted = min(memory.pressure_cap, APPROACH * left) * rig.area
        slope, bend = memory.stiffness, memory.stiffening
        if self._passed:
            far, rise = self._passed[-1].travel, self._passed[-1].rise
        else:
            far, rise = memory.ahead_travel, memory.ahead_rise
        if far > 0.0:  # the force at some travel ahead is known
            if slope > 0.0 and slope < rise / far and len(self._passed) < 2:
                bend = 2.0 * (rise / far - slope) / far
            else:
                found = min(most, far * (wanted / rise) ** min(self._power(), LARGEST_POWER))
                return float(max(found, LEAST_WAY * wanted / rig.spring))
        if slope > 0.0:
            most = min(most, 2.0 * wanted / (slope + sqrt(slope**2 + 2.0 * bend * wanted)))
        return most

    def _power(self) -> float:
        """Return the power of the force that travel follows up to where the target was passed."""
        if len(self._passed) < 2:
            return USUAL_POWER if self._passed else 1.0
        first, last = self._passed[-2:]
        if not (0.0 < last.rise < first.rise and 0.0 < last.travel < first.travel):
            return STEEPEST
        return max(log(last.travel / first.travel) / log(last.rise / first.rise), LEAST_POWER)

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: it passes the target, or its error is too large."""
        lag, tolerance = self._lag(attempt), self.rig.limits.path_tolerance
        if load.drag > 0.0:  # nothing tells the error of an increment past an instability
            lag = nan
        self.memory.error = lag / tolerance
        if self._passes(load, attempt):
            return f"the pressure would pass {self.target:g} MPa"
        if lag > REJECTED_LAG * tolerance and not self._again:
            return f"the pressure lags by {lag:.2g}, above {REJECTED_LAG * tolerance:.2g}"
        return ""

    def _passes(self, load: Load, attempt: Attempt) -> bool:
        return load.stiffness > 0.0 and attempt.force > self.target * self.rig.area

    def _lag(self, attempt: Attempt) -> float:
        """Return by how much, relative, the force of an attempt lags behind what flow needs."""
        problem, memory = self.problem, self.memory
        now = attempt.displacement - problem.displacement
        way = -float(now[problem.equilibrium.platen_dof])
        if not (attempt.force > problem.force and way > 0.0):
            return 0.0
        if not memory.advance > 0.0:
            return nan
        if way < ORDINARY * memory.ordinary:
            return memory.flaw * self.rig.limits.path_tolerance
        last = way / memory.advance * problem.motion  # at the same speed
        ending = now + way / (way + memory.advance) * (now - last)
        return problem.bulk.lag(now, ending) / (attempt.force * way)

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Make the next increment smaller."""
        if attempt.failure:
            self._failed += 1
            self._drag = self._against(load)
            if self._drag == 0.0:
                self.shrink(load)
            return
        now = attempt.displacement - self.problem.displacement
        way = -float(now[self.problem.equilibrium.platen_dof])
        if self._passes(load, attempt):
            rise = attempt.force - self.problem.force
            self._passed.append(Passed(way, rise, self.memory.error, now))
            return
        # what remains of an error when it is repeated is not one of the size
        self._again, self._driven = True, load.stiffness == 0.0
        self.memory.travel = min(max(self._allowed(), CUT) * way * self.share, self.memory.travel)

    def _against(self, load: Load) -> float:
        """Return the drag on faces in the next attempt after a failure [MPa/um], zero for none.

        What fails although it is small fails by an instability of faces, not by its size.
        """
        if load.drag > 0.0:
            self._reach *= self.rig.limits.cut
            return 0.0
        small = self._failed > 1
        if load.stiffness > 0.0:
            small = self._gone(load) <= UNSTABLE * self.rig.travel_limit
        return DRAG * max(self.pressure, self.target) / self.rig.height if small else 0.0

    def _gone(self, load: Load) -> float:
        """Return the travel of a driven platen [um]."""
        return self.problem.platen - load.target - self.problem.force / load.stiffness

    def shrink(self, load: Load) -> None:
        """Make increments smaller than one that failed."""
        memory, cut = self.memory, self.rig.limits.cut
        if load.stiffness > 0.0:
            memory.travel = cut * self._gone(load) * self.share
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
        if load.drag > 0.0:  # what buckled does not go on
            self.memory.advance, self.problem.motion = 0.0, np.zeros_like(self.problem.motion)
            self.memory.travel = max(self.memory.travel, DRAGGED * self.rig.travel_limit)

    def tried(self, load: Load) -> str:
        """Return what a load was to reach, in words."""
        if load.stiffness > 0.0:
            far = f"{self._gone(load):.3g} um at {self.pressure:.4g} MPa"
            return f"platen driven by {far}{' against a drag' if load.drag > 0.0 else ''}"
        return f"{self.pressure:.4g} to {load.force / self.rig.area:.4g} MPa"

    @property
    def _pressed(self) -> bool:
        return self.problem.force > 0.0 and self.pressure > SAME * self.rig.largest

    @property
    def share(self) -> float:
        """Part of the platen's motion that closes gaps; none does where all are closed."""
        return max(self.memory.closing, LEAST_SHARE)

    def _gap(self) -> float:
        return mean_gap(self.rig.flowing, self.problem.displacement)

    def note(self) -> None:
        """Note the accepted state that an attempt begins with."""
        problem = self.problem
        self.before = Before(problem.force, problem.platen, self._gap(), problem.motion)

    def learn(self, load: Load, iterations: int) -> None:
        """Learn from the increment that was just accepted."""
        memory, rig = self.memory, self.rig
        before = self.before
        force, platen = self.problem.force - before.force, before.platen - self.problem.platen
        gap = self._gap()
        if force > 0.0 and platen > 0.0:
            memory.closing = min(1.0, max(0.0, (before.gap - gap) / platen))
        usual = not 0.0 < platen < ORDINARY * memory.ordinary
        if load.stiffness > 0.0 and usual:
            closing = max(platen, 0.0) * self.share
            allowed = self._allowed() * closing
            if iterations > HARD:
                allowed = min(allowed, TRAVEL_SHRINKAGE * closing)
            growth = TRAVEL_GROWTH if may_close(gap, rig.height) < inf else AFTER_FIRST
            memory.travel = min(allowed, max(memory.travel, growth * closing), rig.travel_limit)
        elif load.stiffness == 0.0:
            memory.pressure_cap = min(CAP_GROWTH * memory.pressure_cap, rig.pressure_limit)
        self._driven = self._again = False
        self._failed, self._drag, self._reach = 0, 0.0, DRAGGED
        if self._passed:
            memory.ahead_travel, memory.ahead_rise, *_ = self._passed[-1]
        memory.ahead_travel -= platen
        memory.ahead_rise -= force
        if min(memory.ahead_travel, memory.ahead_rise) <= 0.0:
            memory.ahead_travel = memory.ahead_rise = 0.0
        self._passed = []
        if not usual:
            # the last ones before a stop are as stiff as what has yet to flow: they say little
            memory.ordinary *= 0.5
            memory.advance += platen
            self.problem.motion = self.before.motion + self.problem.motion
            return
        memory.advance = max(platen, 0.0)
        last, memory.ordinary = memory.ordinary, platen
        if force * platen > 0.0:
            found, rate = force / platen, 0.0
            if last > 0.0 and platen > 0.0:
                rate = 2.0 * (found - memory.stiffness) / (last + platen)
            memory.stiffening = max(0.0, rate)
            memory.stiffness = found + 0.5 * memory.stiffening * platen
            memory.known, memory.flaw = abs(force) / rig.area, memory.error

    def _allowed(self) -> float:
        """Return by which factor the travel may change for the error to meet the tolerance."""
        error = self.memory.error
        return SAFETY / sqrt(max(error, LEAST_ERROR)) if error >= 0.0 else inf

    def _go_on(self, travel: float) -> dict[str, Any]:
        # asperities that flow go on flowing much as they did
        advance = self.memory.advance
        ratio = travel / advance if advance > 0.0 else 0.0
        if self._passed:
            start = travel / self._passed[-1].travel * self._passed[-1].motion
        elif ratio > 0.0:
            start = min(ratio, FARTHEST) * self.problem.motion
        else:
            return {}
        return {"start": start, "flowing": True, "ratio": ratio}
