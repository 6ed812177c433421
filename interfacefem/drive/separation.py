# SPDX-License-Identifier: MIT
"""Taking a pressed stack apart: increments of mean opening or of mean slip.

How such an increment is solved is in :mod:`interfacefem.fem.control`; what the steps mean is said
where they are described, :class:`interfacefem.describe.separate.PullOff` and
:class:`interfacefem.describe.separate.Shear`.

Time. Opening and slip grow at the rate of the step, so that the duration of an increment is known
before it is solved. Where a material flows in time, increments are limited by the local error of
:mod:`interfacefem.drive.time_stepping` as well, and the force is let go by raising the platen at
that rate; the force then follows, also what flow takes from it meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.describe.separate import PullOff, Shear
from interfacefem.drive.grip import grip
from interfacefem.drive.shear_box import cut
from interfacefem.drive.stages import SEAT
from interfacefem.drive.stepper_setup import SPRING_RATIO
from interfacefem.drive.stepping import EASY, HARD
from interfacefem.drive.time_stepping import TimeStepper
from interfacefem.fem.control import Control, mean_opening
from interfacefem.fem.increment import StepFailure
from interfacefem.fem.mechanics import Load
from interfacefem.meshing.measures import nodal_areas

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from interfacefem.drive.press import Press
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.increment import Attempt

    Array = npt.NDArray[np.float64]

#: first increment over the motion at which damage begins, and the largest over that of breaking
FIRST, LARGEST = 0.5, 0.04
#: the same where a material flows: its rate at the end of an increment counts for all of it
LARGEST_IN_TIME = 0.02
#: without bonds: first increment and the largest over what a press closes in one
FIRST_BARE, LARGEST_BARE = 0.01, 0.5
GROWTH = 1.5
#: pressure that just holds the layers together, over the strength of their bonds
SEAT_OF_BONDS = 0.05
#: smallest part of the force let go in one attempt before the opening is prescribed instead
SMALLEST_PART = 2.0**-4
#: stiffness of what raises a platen at a rate, over that of the driving spring
RIGID = 3e5
#: smallest force that a rising platen may leave, over that at which the opening takes over
LEAST = 0.2


class Separator:
    """Follows a step that takes the stack apart.

    Parameters
    ----------
    press : Press
    step : PullOff or Shear

    Raises
    ------
    ValueError
        Without a rate, where a material flows in time.
    """

    def __init__(self, press: Press, step: PullOff | Shear) -> None:
        self._press, self._step = press, step
        #: whether a material flows in time
        self._flows = isinstance(press.stepper, TimeStepper)
        if self._flows and step.rate is None:
            raise ValueError(f"step '{step.name}': flow in time needs a rate")
        if press.ejected and not press.gripped:
            grip(press)
        press.problem.seat = None  # the platen takes its place
        names = [interface.name for interface in press.problem.interfaces]
        if isinstance(step, Shear):
            name = step.interface or names[0]
            if press.split == 0:
                cut(press, names.index(name) + 1)
            self._moving = [name]
        else:
            self._moving = names
        self._shares = [self._share(i) for i in press.problem.interfaces]
        ends, onsets, strengths = [], [], [0.0]
        for interface in press.problem.interfaces:
            bonds = interface.bonds
            if interface.name in self._moving and bonds is not None and bonds.share.any():
                mode = int(isinstance(step, Shear))
                ends.append(bonds.law.ends[mode])
                onsets.append(bonds.law.onset)
                strengths.append(bonds.law.strength)
        travel = press.stepper._travel_limit
        self._first = FIRST * min(onsets) if onsets else FIRST_BARE * travel
        part = LARGEST_IN_TIME if self._flows else LARGEST
        self._largest = part * min(ends) if ends else LARGEST_BARE * travel
        #: force at which the opening takes over
        self._seat = max(SEAT * press._largest, SEAT_OF_BONDS * max(strengths)) * press.area
        if press.stepper._stride == 0.0:
            press.stepper._stride = self._first
            if isinstance(press.stepper, TimeStepper):
                press.stepper._duration = np.inf  # how fast it flows now is not known yet

    @property
    def done(self) -> bool:
        """Whether the step is at its end."""
        if isinstance(self._step, Shear):
            return self._press.stepper._slid >= self._step.slip * (1.0 - 1e-9)
        most = self._step.opening
        if most is not None and self._opening >= most * (1.0 - 1e-9):
            return True
        return any(_apart(interface) for interface in self._press.problem.interfaces)

    def follow(
        self, on_accept: Callable[[Attempt, int], None], on_reject: Callable[[str], None]
    ) -> None:
        """Go on to the end of the step.

        Raises
        ------
        StepFailure
            When increments were rejected too often in a row.
        """
        stepper = self._press.stepper
        # a continued step may have opened already
        if isinstance(self._step, PullOff) and stepper._stride == self._first:
            self._let_go(on_accept, on_reject)
        reasons: list[str] = []
        while not self.done:
            load = self._load()
            attempt, failure = self._try(load)
            if failure:
                stepper._stride *= stepper.options.cut
                reasons.append(failure)
                on_reject(failure)
                if len(reasons) >= stepper.options.max_rejections:
                    raise StepFailure(reasons)
                continue
            stepper.time += load.duration
            if load.control is not None and load.control.slip:
                stepper._slid += load.control.target
            factor = GROWTH if attempt.iterations[0] <= EASY else 1.0
            factor = 0.7 if attempt.iterations[0] > HARD else factor
            stepper._stride = min(factor * stepper._stride, self._largest)
            on_accept(attempt, len(reasons))
            reasons = []

    def _try(self, load: Load) -> tuple[Attempt, str]:
        """Try an increment; accept it, or return why it is not good."""
        stepper, problem = self._press.stepper, self._press.problem
        saved = problem.carried()
        attempt = problem.attempt(load)
        if attempt.failure:
            return attempt, attempt.failure
        if isinstance(stepper, TimeStepper):
            reason = stepper._judge(load)
            if not reason and load.stiffness > 0.0 and attempt.force < LEAST * self._seat:
                reason = "the platen came off"
            if reason:
                problem.put_back(saved)
                return attempt, reason
        alpha = problem.bulk.alpha.copy()
        problem.accept(attempt)
        if isinstance(stepper, TimeStepper):
            problem.bulk.plastic_rate[:] = (problem.bulk.alpha - alpha) / load.duration
            stepper._last = load.duration
        return attempt, ""

    def _load(self) -> Load:
        """Load of the next increment."""
        press, step = self._press, self._step
        stepper, supports = press.stepper, press.problem.supports
        stride, rate = stepper._stride, step.rate
        if isinstance(stepper, TimeStepper) and rate is not None:
            stride = min(stride, rate * stepper._duration)
        if isinstance(step, Shear):
            way = min(stride, step.slip - stepper._slid)
            target, unknown = way, supports.platens[1]
        else:
            now = self._opening
            target = now + stride if step.opening is None else min(now + stride, step.opening)
            way, unknown = target - now, supports.platens[0]
        control = Control(
            self._shares, target, unknown, stepper._spring, slip=isinstance(step, Shear)
        )
        duration = 0.0 if rate is None else way / rate
        force, floor = press.problem.force, stepper._floor
        return Load(force=force, floor=floor, control=control, duration=duration)

    def _let_go(
        self, on_accept: Callable[[Attempt, int], None], on_reject: Callable[[str], None]
    ) -> None:
        """Lower the force to where it just holds the layers together.

        Where that fails, because bonds break on the way, the opening takes over earlier.
        """
        press, problem = self._press, self._press.problem
        stepper = press.stepper
        part = 1.0
        reasons: list[str] = []
        while problem.force > 1.001 * self._seat and part >= SMALLEST_PART:
            goal = max(self._seat, problem.force * (1.0 - part))
            force, platen = problem.force, problem.platen
            load = self._rise(goal) or Load(force=goal, floor=stepper._floor)
            attempt, failure = self._try(load)
            if failure:
                on_reject(failure)
                reasons.append(failure)
                if len(reasons) >= stepper.options.max_rejections:
                    raise StepFailure(reasons)
                if not (isinstance(stepper, TimeStepper) and stepper._duration < load.duration):
                    part *= 0.5
                continue
            rise = problem.platen - platen
            if rise > 0.0 and problem.force < force:
                stepper._stiffness = (force - problem.force) / rise
            if self._step.rate is not None:
                stepper.time += load.duration or max(rise, 0.0) / self._step.rate
            on_accept(attempt, len(reasons))
            reasons = []

    def _rise(self, goal: float) -> Load | None:
        """Load that raises the platen at the rate of the step, to about a force.

        None where no material flows in time: the force alone then says how far it rises.
        """
        stepper, problem, rate = self._press.stepper, self._press.problem, self._step.rate
        if not isinstance(stepper, TimeStepper) or rate is None:
            return None
        stack = stepper._stiffness or stepper._spring / SPRING_RATIO
        rise = min((problem.force - goal) / stack, rate * stepper._duration)
        rigid = RIGID * stepper._spring
        target = problem.platen + rise - problem.force / rigid
        return Load(stiffness=rigid, target=target, floor=stepper._floor, duration=rise / rate)

    @property
    def _opening(self) -> float:
        problem = self._press.problem
        parts = zip(problem.interfaces, self._shares, strict=True)
        return sum(mean_opening(i, share, problem.displacement) for i, share in parts)

    def _share(self, interface: ContactInterface) -> Array:
        """Part of each slave node in the mean: by area, of those that ever were bonded."""
        faces = interface.slave_faces
        areas = nodal_areas(interface.slave_points, faces, axisymmetric=interface.axisymmetric)
        bonds = interface.bonds
        if bonds is not None and bonds.share.any():
            areas = areas * bonds.share
        if not isinstance(self._step, Shear):
            return areas / areas.sum()
        if interface.name not in self._moving:
            return np.zeros_like(areas)
        areas = areas * interface.free[:, 0]
        # positive where the upper face moves along x
        sign = np.sign(interface.pairing.tangents[:, 0, 0]) * (-1.0 if interface.upward else 1.0)
        return sign * areas / areas.sum()


def _apart(interface: ContactInterface) -> bool:
    """Whether the faces of an interface neither touch nor hold on to each other."""
    bonds = interface.bonds
    return not (interface.pressure > 0.0).any() and (bonds is None or not bonds.hold)
