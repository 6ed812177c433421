# SPDX-License-Identifier: MIT
"""The path to the temperature of a step: under the force that is there.

The temperature is the same everywhere. Where a material flows in time, the change takes the time of
a usual press, and increments are as small as the flow needs; else it takes none, in equal parts.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from interfacefem.drive.numbers import (
    COLDEST_CUT,
    CUT,
    LARGEST_WARMING,
    SAME_PART,
    SAME_TEMPERATURE,
    WARMING_GROWTH,
    WARMING_RATE,
)
from interfacefem.drive.timed import judge_duration
from interfacefem.fem.increment import Load, StepFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from interfacefem.drive.advance import Memory
    from interfacefem.drive.assembly import Rig
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]


class Tempering:
    """Heat or cool what is pressed.

    Parameters
    ----------
    problem : MechanicalProblem
    rig : Rig
    memory : Memory
    target : float
        Temperature at the end [K].
    depth : callable, optional
        As of a :class:`interfacefem.fem.increment.Load`.
    """

    def __init__(
        self,
        problem: MechanicalProblem,
        rig: Rig,
        memory: Memory,
        target: float,
        depth: Callable[[Array], float] | None = None,
    ) -> None:
        self._depth = depth
        self.problem, self.rig, self.memory, self.target = problem, rig, memory, float(target)

    @property
    def done(self) -> bool:
        """Whether the temperature is reached."""
        return self._left == 0.0

    @property
    def _left(self) -> float:
        left = self.target - self.problem.bulk.warmth.temperature
        return left if abs(left) > SAME_TEMPERATURE else 0.0

    def load(self) -> Load:
        """Return the force that is there, with the next temperature."""
        timed = self.rig.timed
        most = min(LARGEST_WARMING, self.memory.warming)
        if timed:
            most = min(most, WARMING_RATE * self.memory.duration)
        parts = max(1, ceil(abs(self._left) / most - SAME_PART))
        next_one = self.target if parts == 1 else self.target - self._left * (1.0 - 1.0 / parts)
        dead = self.problem.dead_forces  # of a bag, or that hold layers together
        return Load(
            force=self.problem.force,
            nodal=dead if dead.any() else None,
            floor=self.rig.floor,
            duration=self._change(next_one) / WARMING_RATE if timed else 0.0,
            temperature=next_one,
            depth=self._depth,
        )

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: its local error where a material flows in time."""
        if not self.rig.timed:
            return ""
        return judge_duration(self.problem, self.rig, self.memory, load.duration)

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Make the next increment smaller.

        Raises
        ------
        StepFailure
            If even a small one does not converge.
        """
        if not attempt.failure:
            return  # the judgement has set the next duration
        self.memory.warming = CUT * self._change(load.temperature)
        if self.memory.warming < COLDEST_CUT:
            raise StepFailure([reason])

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Go on with a larger one, and let a press know nothing of flow that heat has driven."""
        memory = self.memory
        memory.warming = WARMING_GROWTH * memory.warming
        memory.time += load.duration
        memory.last = load.duration or memory.last
        memory.advance = memory.ahead_travel = memory.ahead_rise = 0.0

    def tried(self, load: Load) -> str:
        """Return what a load was to reach, in words."""
        return f"{self._change(load.temperature):.3g} K on the way to {self.target:g} K"

    def _change(self, temperature: float | None) -> float:
        now = self.problem.bulk.warmth.temperature
        return abs((now if temperature is None else temperature) - now)
