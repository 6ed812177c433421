# SPDX-License-Identifier: MIT
"""Taking a pressed stack apart: increments of mean opening or of mean slip.

How such an increment is solved is in :mod:`interfacefem.fem.control`; what the steps mean is said
where they are described, :class:`interfacefem.separate.PullOff` and
:class:`interfacefem.separate.Shear`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.fem.control import Control, mean_opening
from interfacefem.fem.mechanics import Load
from interfacefem.fem.shear_box import cut
from interfacefem.fem.stages import SEAT
from interfacefem.fem.stepping import EASY, HARD, StepFailure
from interfacefem.meshing.measures import nodal_areas
from interfacefem.separate import PullOff, Shear

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.interface import ContactInterface
    from interfacefem.fem.press import Press

    Array = npt.NDArray[np.float64]

#: first increment over the motion at which damage begins, and the largest over that of breaking
FIRST, LARGEST = 0.5, 0.04
#: without bonds: first increment and the largest over what a press closes in one
FIRST_BARE, LARGEST_BARE = 0.01, 0.5
GROWTH = 1.5
#: pressure that just holds the layers together, over the strength of their bonds
SEAT_OF_BONDS = 0.05
#: smallest part of the force let go in one attempt before the opening is prescribed instead
SMALLEST_PART = 2.0**-4


class Separator:
    """Follows a step that takes the stack apart.

    Parameters
    ----------
    press : Press
    step : PullOff or Shear
    """

    def __init__(self, press: Press, step: PullOff | Shear) -> None:
        self._press, self._step = press, step
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
        self._largest = LARGEST * min(ends) if ends else LARGEST_BARE * travel
        #: force at which the opening takes over
        self._seat = max(SEAT * press._largest, SEAT_OF_BONDS * max(strengths)) * press.area
        if press.stepper._stride == 0.0:
            press.stepper._stride = self._first

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
        stepper, problem = self._press.stepper, self._press.problem
        # a continued step may have opened already
        if isinstance(self._step, PullOff) and stepper._stride == self._first:
            self._let_go(on_accept, on_reject)
        reasons: list[str] = []
        while not self.done:
            load = self._load()
            attempt = problem.attempt(load)
            if attempt.failure:
                stepper._stride *= stepper.options.cut
                reasons.append(attempt.failure)
                on_reject(attempt.failure)
                if len(reasons) >= stepper.options.max_rejections:
                    raise StepFailure(reasons)
                continue
            problem.accept(attempt)
            if load.control is not None and load.control.slip:
                stepper._slid += load.control.target
            factor = GROWTH if attempt.iterations[0] <= EASY else 1.0
            factor = 0.7 if attempt.iterations[0] > HARD else factor
            stepper._stride = min(factor * stepper._stride, self._largest)
            on_accept(attempt, len(reasons))
            reasons = []

    def _load(self) -> Load:
        """Load of the next increment."""
        press, step = self._press, self._step
        stepper, supports = press.stepper, press.problem.supports
        stride = stepper._stride
        if isinstance(step, Shear):
            left = step.slip - stepper._slid
            target, unknown = min(stride, left), supports.platens[1]
        else:
            now = self._opening
            target = now + stride if step.opening is None else min(now + stride, step.opening)
            unknown = supports.platens[0]
        control = Control(
            self._shares, target, unknown, stepper._spring, slip=isinstance(step, Shear)
        )
        return Load(force=press.problem.force, floor=stepper._floor, control=control)

    def _let_go(
        self, on_accept: Callable[[Attempt, int], None], on_reject: Callable[[str], None]
    ) -> None:
        """Lower the force to where it just holds the layers together.

        Where that fails, because bonds break on the way, the opening takes over earlier.
        """
        press, problem = self._press, self._press.problem
        part, rejections = 1.0, 0
        while problem.force > 1.001 * self._seat and part >= SMALLEST_PART:
            goal = max(self._seat, problem.force * (1.0 - part))
            attempt = problem.attempt(Load(force=goal, floor=press.stepper._floor))
            if attempt.failure:
                on_reject(attempt.failure)
                part, rejections = 0.5 * part, rejections + 1
                continue
            problem.accept(attempt)
            on_accept(attempt, rejections)
            rejections = 0

    @property
    def _opening(self) -> float:
        problem = self._press.problem
        parts = zip(problem.interfaces, self._shares, strict=True)
        return sum(mean_opening(i, share, problem.displacement) for i, share in parts)

    def _share(self, interface: ContactInterface) -> Array:
        """Part of each slave node in the mean: by area, of those that ever were bonded."""
        faces = interface.slave_faces
        areas = nodal_areas(interface.slave_points, faces, ring=interface.ring)
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
