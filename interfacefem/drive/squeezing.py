# SPDX-License-Identifier: MIT
r"""The path of a pressure from all sides: platen and side walls are pushed by one fluid.

The forces are the pressure times the areas that it acts on: those of the accepted state, put right
at the end until they agree with where they have led to. The pressures on top and sides, which
differ where walls have held the stack before, go to that of the fluid in proportion.

A section in plane strain shrinks as much out of its plane as along it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.drive.numbers import (
    CAP_GROWTH,
    CUT,
    MOST_SETTLING,
    SETTLED,
    SPLINTER,
)
from interfacefem.drive.timed import judge_duration
from interfacefem.fem.increment import Load

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from interfacefem.drive.press import Press
    from interfacefem.fem.increment import Attempt
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]


def depth_of(press: Press) -> Callable[[Array], float] | None:
    """Return the strain out of the plane by displacement: that along the section.

    None in 3D, and where walls are held.
    """
    mesh, supports = press.mesh, press.problem.supports
    if not press.bagged or mesh.dimension == 3:
        return None
    tied = int(np.flatnonzero(supports.unknown == supports.platens[1])[0])
    return lambda displacement: float(np.log1p(displacement[tied] / mesh.width))


class Squeezing:
    """Bring a pressure from all sides.

    Parameters
    ----------
    press : Press
        With its bag on.
    target : float
        Pressure at the end [MPa].
    rate : float or None
        Size of the change of pressure in time [MPa/s].
    duration : float or None
        How long it takes where the pressure stays [s].
    """

    def __init__(
        self, press: Press, target: float, rate: float | None, duration: float | None
    ) -> None:
        self._press, self.rig, self.memory = press, press.rig, press.memory
        self.target = target
        mesh = press.mesh
        self._nodes = np.concatenate([mesh.layer_nodes(name) for name in press.present])
        self._section = mesh.dimension == 2
        memory = self.memory
        if memory.squeeze_to != target:
            memory.squeeze_to, memory.squeeze = target, 0.0
            now = self._pressures()
            memory.squeeze_top, memory.squeeze_x, memory.squeeze_y = now
        change = abs(target - memory.squeeze_top)
        self._time = duration or 0.0
        if rate is not None and rate > 0.0:
            self._time = change / rate

    @property
    def problem(self) -> MechanicalProblem:
        """What is advanced."""
        return self._press.problem

    @property
    def done(self) -> bool:
        """Whether the pressure is reached, on the areas that belong to it."""
        settling = self.memory.squeeze - 1.0
        if settling < 0.0:
            return False
        off = np.abs(self._pressures()[: 2 if self._section else 3] / self.target - 1.0).max()
        return bool(off <= SETTLED) or settling >= MOST_SETTLING

    def _sizes(self, displacement: Array) -> Array:
        """Return the widths along x and y, and the height, in a configuration [um].

        The width of a section along y is that of a depth of one before the press.
        """
        dofs = self.problem.bulk.node_dofs[self._nodes]
        sizes = np.ptp(self._press.mesh.points[self._nodes] + displacement[dofs], axis=0)
        across = np.exp(self.problem.bulk.warmth.depth) if self._section else sizes[1]
        return np.array([sizes[0], across, sizes[-1]])

    def _areas(self) -> Array:
        """Return the accepted areas of top and sides; in a section per depth before [um]."""
        x, y, z = self._sizes(self.problem.displacement)
        return np.array([x * y, z * y, z * x])

    def _pressures(self) -> Array:
        """Return the pressures on top and sides that the accepted forces make there [MPa]."""
        problem = self.problem
        walls = [
            -float(problem.dead_forces[problem.supports.unknown == wall].sum())
            for wall in problem.supports.platens[1:]
        ]
        forces = np.array([problem.force, *walls, *([0.0] if self._section else [])])
        pressures: Array = forces / self._areas()
        return pressures

    def load(self) -> Load:
        """Return the forces of the next increment."""
        self._part, duration = self._next()
        problem, memory, walls = self.problem, self.memory, self.problem.supports.platens[1:]
        begun = np.array([memory.squeeze_top, memory.squeeze_x, memory.squeeze_y])
        goal = begun + min(self._part, 1.0) * (self.target - begun)
        forces = goal * self._areas()
        nodal = np.zeros_like(problem.dead_forces)
        for force, wall in zip(forces[1:], walls, strict=False):
            nodal[np.flatnonzero(problem.supports.unknown == wall)[0]] = -force
        return Load(
            force=forces[0],
            nodal=nodal,
            floor=self.rig.floor,
            duration=duration,
            depth=depth_of(self._press),
        )

    def _next(self) -> tuple[float, float]:
        """Return how far the next increment goes, and its duration [s]."""
        memory, rig = self.memory, self.rig
        done = memory.squeeze
        if done >= 1.0:
            return done + 1.0, 0.0
        begun = np.array([memory.squeeze_top, memory.squeeze_x])
        change = np.abs(self.target - begun)
        now = float(self._pressures()[0])
        limit = (rig.limits.growth - 1.0) if self.target > now else (1.0 - rig.limits.release)
        most = min(memory.pressure_cap, limit * now)
        step = 1.0 - done
        if change.max() > 0.0:
            step = min(step, most / float(change.max()))
        if self._time > 0.0 and rig.timed:
            step = min(step, memory.duration / self._time)
        step = 1.0 - done if step > SPLINTER * (1.0 - done) else step
        return done + step, step * self._time

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why the attempt is not good: its local error where a material flows in time."""
        if not (self.rig.timed and load.duration > 0.0):
            return ""
        return judge_duration(self.problem, self.rig, self.memory, load.duration)

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Make the next increment smaller."""
        if attempt.failure:
            change = abs(self.target - self.memory.squeeze_top)
            gone = (min(self._part, 1.0) - self.memory.squeeze) * change
            self.memory.pressure_cap = CUT * min(gone or np.inf, self.memory.pressure_cap)
            self.memory.duration = CUT * load.duration if load.duration else self.memory.duration

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Move the clock, and go on."""
        memory = self.memory
        memory.squeeze = self._part
        memory.time += load.duration
        memory.last = load.duration or memory.last
        memory.pressure_cap = min(CAP_GROWTH * memory.pressure_cap, self.rig.pressure_limit)
        memory.advance = memory.ahead_travel = memory.ahead_rise = 0.0

    def tried(self, load: Load) -> str:
        """Return what a load was to reach, in words."""
        return f"{load.force / self._areas()[0]:.4g} MPa from all sides"
