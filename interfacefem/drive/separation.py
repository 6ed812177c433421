# SPDX-License-Identifier: MIT
"""Taking a pressed stack apart: increments of mean opening or of mean slip.

How such an increment is solved is in :mod:`interfacefem.fem.control`; what the steps mean is said
where they are described, :class:`interfacefem.describe.later_steps.PullOff` and
:class:`interfacefem.describe.later_steps.Shear`.

A pull-off first lowers the force to where it just holds the layers together. Where that fails,
because bonds break on the way, the opening takes over earlier.

Time. Opening and slip grow at the rate of the step, so that the duration of an increment is known
before it is solved. Where a material flows in time, increments are limited by the local error of
:mod:`interfacefem.drive.timed` as well, and the force is let go by raising the platen at that rate;
the force then follows, also what flow takes from it meanwhile.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.describe.later_steps import Shear
from interfacefem.drive.numbers import (
    EASY,
    FIRST_BARE,
    FIRST_OPENING,
    HARD,
    LARGEST_BARE,
    LARGEST_IN_TIME,
    LARGEST_OPENING,
    LEAST_FORCE,
    OPENING_GROWTH,
    OPENING_SHRINKAGE,
    PARTED,
    RELEASE_CUT,
    RISE_STIFFNESS,
    SEAT,
    SEAT_OF_BONDS,
    SEATED,
    SMALLEST_RELEASE,
)
from interfacefem.drive.timed import judge_duration
from interfacefem.fem.control import Control, mean_opening
from interfacefem.fem.increment import Load
from interfacefem.meshing.faces import nodal_areas

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.describe.later_steps import PullOff
    from interfacefem.drive.advance import Memory
    from interfacefem.drive.assembly import Rig
    from interfacefem.drive.press import Press
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]


class Separation:
    """Follow a step that takes the stack apart.

    Parameters
    ----------
    press : Press
        Gripped or cut by it, if it is not yet.
    step : PullOff or Shear

    Raises
    ------
    ValueError
        Without a rate, where a material flows in time.
    """

    def __init__(self, press: Press, step: PullOff | Shear) -> None:
        if press.rig.timed and step.rate is None:
            raise ValueError(f"step '{step.name}': flow in time needs a rate")
        if press.ejected and not press.gripped:
            press.grip()
        press.problem.seat = None  # the platen takes its place
        names = [interface.name for interface in press.problem.interfaces]
        self._moving = names
        if isinstance(step, Shear):
            name = step.interface or names[0]
            if press.split == 0:
                press.cut(names.index(name) + 1)
            self._moving = [name]
        self.problem: MechanicalProblem = press.problem
        self.rig: Rig = press.rig
        self.memory: Memory = press.memory
        self._step = step
        self._shares = [self._share(i) for i in self.problem.interfaces]
        ends, onsets, strengths = [], [], [0.0]
        for interface in self.problem.interfaces:
            bonds = interface.bonds
            if interface.name in self._moving and bonds is not None and bonds.share.any():
                mode = int(isinstance(step, Shear))
                ends.append(bonds.law.ends[mode])
                onsets.append(bonds.law.onset)
                strengths.append(bonds.law.strength)
        travel, memory = self.rig.travel_limit, self.memory
        first = FIRST_OPENING * min(onsets) if onsets else FIRST_BARE * travel
        part = LARGEST_IN_TIME if self.rig.timed else LARGEST_OPENING
        self._largest = part * min(ends) if ends else LARGEST_BARE * travel
        #: force at which the opening takes over
        self._seat = max(SEAT * press.largest, SEAT_OF_BONDS * max(strengths)) * self.rig.area
        if memory.stride == 0.0:
            memory.stride = first
            if self.rig.timed:
                memory.duration = math.inf  # how fast it flows now is not known yet
        #: part of the force that is let go in the next increment; zero once the opening took over
        self._part = 0.0
        # a continued step may have opened already
        if not isinstance(step, Shear) and memory.stride == first:
            self._part = 1.0
        self._before = (0.0, 0.0)

    @property
    def done(self) -> bool:
        """Whether the step is at its end."""
        if isinstance(self._step, Shear):
            return self.memory.slid >= self._step.slip * PARTED
        most = self._step.opening
        if most is not None and self._opening >= most * PARTED:
            return True
        return any(_apart(interface) for interface in self.problem.interfaces)

    @property
    def letting_go(self) -> bool:
        """Whether the force is still lowered to where it just holds the layers together."""
        return self._part >= SMALLEST_RELEASE and self.problem.force > SEATED * self._seat

    def load(self) -> Load:
        """Return the load of the next increment."""
        self._before = self.problem.force, self.problem.platen
        if self.letting_go:
            goal = max(self._seat, self.problem.force * (1.0 - self._part))
            return self._rise(goal) or Load(force=goal, floor=self.rig.floor)
        self._part = 0.0
        return self._part_faces()

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: its local error, or a platen that came off."""
        if not self.rig.timed:
            return ""
        reason = judge_duration(self.problem, self.rig, self.memory, load.duration)
        if not reason and load.stiffness > 0.0 and attempt.force < LEAST_FORCE * self._seat:
            reason = "the platen came off"
        return reason

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Let less go, or open by less."""
        if load.control is not None:
            self.memory.stride *= self.rig.limits.cut
        elif not (self.rig.timed and self.memory.duration < load.duration):
            self._part *= RELEASE_CUT
            if self._part < SMALLEST_RELEASE:
                self.memory.trouble = 0.0  # the opening takes over, and begins anew

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Move the clock, and learn."""
        memory = self.memory
        if self.rig.timed:
            memory.last = load.duration
        if load.control is None:
            force, rise = self._before[0], self.problem.platen - self._before[1]
            if rise > 0.0 and self.problem.force < force:
                memory.stiffness = (force - self.problem.force) / rise
            if self._step.rate is not None:
                memory.time += load.duration or max(rise, 0.0) / self._step.rate
            return
        memory.time += load.duration
        if load.control.slip:
            memory.slid += load.control.target
        factor = OPENING_GROWTH if attempt.iterations[0] <= EASY else 1.0
        factor = OPENING_SHRINKAGE if attempt.iterations[0] > HARD else factor
        memory.stride = min(factor * memory.stride, self._largest)

    def tried(self, load: Load) -> str:
        """Return what was tried, in words."""
        control = load.control
        if control is None:
            return f"let go to {max(load.force, 0.0) / self.rig.area:.4g} MPa"
        what = "slip by" if control.slip else "mean opening of"
        return f"{what} {control.target:.4g} um"

    def _part_faces(self) -> Load:
        """Return the load of an increment of opening or slip."""
        step, memory, supports = self._step, self.memory, self.problem.supports
        stride, rate = memory.stride, step.rate
        if self.rig.timed and rate is not None:
            stride = min(stride, rate * memory.duration)
        if isinstance(step, Shear):
            way = min(stride, step.slip - memory.slid)
            target, unknown = way, supports.platens[1]
        else:
            now = self._opening
            target = now + stride if step.opening is None else min(now + stride, step.opening)
            way, unknown = target - now, supports.platens[0]
        control = Control(
            self._shares, target, unknown, self.rig.spring, slip=isinstance(step, Shear)
        )
        duration = 0.0 if rate is None else way / rate
        return Load(
            force=self.problem.force, floor=self.rig.floor, control=control, duration=duration
        )

    def _rise(self, goal: float) -> Load | None:
        """Load that raises the platen at the rate of the step, to about a force.

        None where no material flows in time: the force alone then says how far it rises.
        """
        problem, rate, rig = self.problem, self._step.rate, self.rig
        if not rig.timed or rate is None:
            return None
        stack = self.memory.stiffness or rig.stack
        rise = min((problem.force - goal) / stack, rate * self.memory.duration)
        rigid = RISE_STIFFNESS * rig.spring
        target = problem.platen + rise - problem.force / rigid
        return Load(stiffness=rigid, target=target, floor=rig.floor, duration=rise / rate)

    @property
    def _opening(self) -> float:
        problem = self.problem
        parts = zip(problem.interfaces, self._shares, strict=True)
        return sum(mean_opening(i, share, problem.displacement) for i, share in parts)

    def _share(self, interface: ContactInterface) -> Array:
        """Part of each slave node in the mean: by area, of those that ever were bonded."""
        faces, points = interface.slave_faces, interface.slave_points
        areas = nodal_areas(points, faces, axisymmetric=interface.axisymmetric)
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
