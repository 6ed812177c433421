# SPDX-License-Identifier: MIT
"""Placing of load increments: fine where asperities flow, coarse after.

While gaps close, the platen is driven through a stiff spring and the closing per increment is
limited to a fraction of their rms height; where the stack is stiff, the force is prescribed and
the change of pressure limited. Whichever limit binds decides the control, so the change-over
needs no threshold on the contact area. What happens inside an increment does not live here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interfacefem.fem.increment import StepFailure
from interfacefem.fem.mechanics import Attempt, Load, MechanicalProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from interfacefem.fem.contact.interface import ContactInterface

#: Newton iterations up to which increments grow, and above which they shrink
EASY, HARD = 13, 17
#: farthest extrapolation of a motion, in increments of the last size
FARTHEST = 1.5


@dataclass(frozen=True)
class SteppingOptions:
    """Limits of increments.

    Attributes
    ----------
    closing : float
        Largest closing of gaps in one increment, relative to their rms height.
    growth : float
        Largest ratio of pressures over a rising force-controlled increment.
    release : float
        Smallest ratio of pressures over a falling increment.
    fraction : float
        Largest change of pressure, as a fraction of the largest pressure of the protocol.
    cut : float
        Factor on the size of an increment that was rejected.
    max_rejections : int
        Rejections after which the step is given up; two accepted increments make up for one.
    time_tolerance : float
        Local error of the plastic strain aimed at where it depends on time, relative; see
        :mod:`interfacefem.drive.time_stepping`.
    """

    closing: float = 0.17
    growth: float = 2.0
    release: float = 0.45
    fraction: float = 0.34
    cut: float = 0.4
    max_rejections: int = 8
    time_tolerance: float = 0.03


class Stepper:
    """Chooses the increments of a press.

    Parameters
    ----------
    problem : MechanicalProblem
        Its first platen is pressed.
    area : float
        Nominal area of the press [um^2], per unit depth [um] in the plane.
    roughness : float
        Rms height of the gap to close [um].
    largest_pressure : float
        Largest nominal pressure of the protocol [MPa].
    flowing : sequence of ContactInterface
        Interfaces whose closing is limited because a face flows plastically.
    spring : float
        Stiffness of the driving spring, well above the stack's [MPa].
    options : SteppingOptions

    Attributes
    ----------
    time : float
        Since the start [s].
    """

    def __init__(
        self,
        problem: MechanicalProblem,
        area: float,
        roughness: float,
        largest_pressure: float,
        flowing: Sequence[ContactInterface],
        spring: float,
        options: SteppingOptions | None = None,
    ) -> None:
        self.problem = problem
        self.area = area
        self.time = 0.0
        self.options = options or SteppingOptions()
        self._largest = largest_pressure
        self._flowing = flowing
        self._spring = spring
        self._travel_limit = self.options.closing * roughness
        self._travel = self._travel_limit
        self._pressure_cap = self.options.fraction * largest_pressure
        self._stiffness = 0.0
        self._trouble = 0.0  # rejections that accepted increments have not made up for
        self._driven = False  # whether a force could not be reached, so that the platen is driven
        self._closing = 1.0
        self._advance = 0.0  # of the platen in the last increment, zero if it was released [um]
        self._stride = 0.0  # next increment of a step that takes the stack apart [um]
        self._slid = 0.0  # mean slip of such a step so far [um]

    @property
    def pressure(self) -> float:
        """Accepted nominal pressure [MPa]."""
        return self.problem.force / self.area

    def go_to(
        self,
        target: float,
        on_accept: Callable[[Attempt, int], None],
        on_reject: Callable[[str], None] = lambda reason: None,
        *,
        rate: float | None = None,
    ) -> None:
        """Press or release to a nominal pressure.

        Parameters
        ----------
        target : float
            Nominal pressure [MPa].
        on_accept : callable
            Called with each attempt after it is accepted and the rejections before it.
        on_reject : callable
            Called with the reason of each rejection.
        rate : float, optional
            Size of the change of pressure in time [MPa/s]; it only moves the clock here.

        Raises
        ------
        StepFailure
            When increments were rejected too often.
        """
        reasons: list[str] = []
        by_force = False
        while abs(self.pressure - target) > 1e-9 * self._largest:
            load = self._next(target, by_force=by_force)
            gap_before = self._mean_gap()
            before = (self.problem.force, self.problem.platen)
            saved = self.problem.carried()
            attempt = self.problem.attempt(load)
            reason = attempt.failure
            if not reason and load.stiffness > 0.0 and attempt.force > target * self.area:
                # the last gaps close in this increment, and the stack becomes stiff
                self.problem.put_back(saved)
                reason, by_force = f"the pressure would pass {target:g} MPa", True
            elif reason:
                self._shrink(load)
            if reason:
                reasons.append(reason)
                on_reject(reason)
                self._trouble += 1.0
                if self._trouble >= self.options.max_rejections:
                    raise StepFailure(reasons)
                continue
            self.problem.accept(attempt)
            self._trouble = max(0.0, self._trouble - 0.5)
            if rate is not None:
                self.time += abs(self.problem.force - before[0]) / self.area / rate
            self._learn(before, gap_before, load, attempt.iterations[0])
            on_accept(attempt, len(reasons))
            reasons, by_force = [], False

    def hold(
        self,
        on_accept: Callable[[Attempt, int], None],
        on_reject: Callable[[str], None] = lambda reason: None,
        *,
        until: float | None = None,
    ) -> None:
        """Solve once more at the present force; a rate-independent stack does not move.

        Parameters
        ----------
        on_accept, on_reject : callable
            As in :meth:`go_to`.
        until : float, optional
            Time at the end of the hold [s]; nothing happens if it is reached already.

        Raises
        ------
        StepFailure
            When that fails.
        """
        if until is not None and self.time >= until * (1.0 - 1e-12):
            return
        attempt = self.problem.attempt(Load(force=self.problem.force, floor=self._floor))
        if attempt.failure:
            on_reject(attempt.failure)
            raise StepFailure([attempt.failure])
        self.problem.accept(attempt)
        self.time = self.time if until is None else until
        on_accept(attempt, 0)

    @property
    def _share(self) -> float:
        # of the platen's motion that closes gaps; none does where all are closed
        return max(self._closing, 0.02)

    @property
    def _floor(self) -> float:
        # at first touch there is no force yet to measure a residual against
        return 5e-4 * self._largest * self.area

    def _next(self, target: float, *, by_force: bool = False) -> Load:
        options = self.options
        pressure = self.pressure
        if target < pressure:
            lowest = max(options.release * pressure, pressure - self._pressure_cap)
            goal = target if target > 0.7 * lowest else lowest
            return Load(force=goal * self.area, floor=self._floor)
        step = max((options.growth - 1.0) * pressure, 2e-3 * self._largest)
        step = min(step, self._pressure_cap)
        travel = self._travel / self._share
        soft = self._driven or self._stiffness * travel < step * self.area
        soft = soft and pressure < 0.5 * target
        if soft and not by_force:
            platen = self.problem.platen - travel - self.problem.force / self._spring
            return Load(
                stiffness=self._spring, target=platen, floor=self._floor, **self._go_on(travel)
            )
        goal = pressure + step
        if goal > target - 0.25 * step:
            goal = target
        return Load(force=goal * self.area, floor=self._floor)

    def _go_on(self, travel: float) -> dict[str, Any]:
        # asperities that flow go on flowing much as they did
        if not self._advance > 0.0:
            return {}
        share = min(travel / self._advance, FARTHEST)
        return {"start": share * self.problem.motion, "flowing": True}

    def _shrink(self, load: Load) -> None:
        if load.stiffness > 0.0:
            self._travel *= self.options.cut
        else:
            change = load.force - self.problem.force
            self._pressure_cap = self.options.cut * abs(change) / self.area
            if change > 0.0 and self._stiffness > 0.0:
                # gaps close at about the same load: drive the platen, by less than the force would
                travel = self._share * self.options.cut * change / self._stiffness
                self._travel, self._driven = min(self._travel, travel), True

    def _learn(
        self, before: tuple[float, float], gap_before: float, load: Load, iterations: int
    ) -> None:
        force, platen = self.problem.force - before[0], before[1] - self.problem.platen
        if load.stiffness > 0.0:
            factor = 1.25 if iterations <= EASY else 1.0 if iterations <= HARD else 0.8
            self._travel = min(factor * self._travel, self._travel_limit)
        else:
            largest = self.options.fraction * self._largest
            self._pressure_cap = min(2.0 * self._pressure_cap, largest)
        self._driven = False
        self._advance = max(platen, 0.0)
        if force * platen > 0.0:
            self._stiffness = force / platen
        if force > 0.0 and platen > 0.0:
            self._closing = min(1.0, max(0.0, (gap_before - self._mean_gap()) / platen))

    def _mean_gap(self) -> float:
        total = 0.0
        for interface in self._flowing:
            gap = interface.gaps(self.problem.displacement)
            seen = interface.pairing.covered
            weights = interface.pairing.weights[seen]
            total += float(weights @ gap[seen].clip(min=0.0) / weights.sum())
        return total
