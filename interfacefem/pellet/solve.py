# SPDX-License-Identifier: MIT
r"""Equilibria of a pellet: which places touch, under which pressure.

Force and moment are in equilibrium: :math:`\int p\,dA = F` and :math:`\int p\,x_1 dA = -K \theta`
for a seat with the stiffness K. Places that touch are found by a primal-dual active set inside
Newton's method; the equations are those of :mod:`interfacefem.pellet.pellet`.

References
----------
Huber and Wohlmuth (2005), Comput. Methods Appl. Mech. Eng. 194,
3147-3166 (primal-dual active set for contact).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ConvergenceError
from interfacefem.pellet.disc import Disc
from interfacefem.pellet.law import InterfaceLaw
from interfacefem.pellet.numbers import HALVINGS, ITERATIONS, TOLERANCE

Array = npt.NDArray[np.float64]


@dataclass
class Equilibrium:
    """One pellet on its way through forces.

    Attributes
    ----------
    face : Disc
    law : InterfaceLaw
    soft : (n, n) array
        How the surroundings give way under pressure on the patches [um/MPa].
    shape : (n,) array
        Gap between the unloaded faces [um].
    seat : float or None
        Moment that turns the free punch by one radian [uN um]; None if it cannot turn.
    require : callable
        Refuses a largest pressure [MPa] that the law does not reach.
    pressure, peak : (n,) array
        Present and largest so far [MPa].
    approach, tilt, force : float
        Of the middles of the seats [um]; gap from the axis to the edge by the tilt [um]; [uN].
    """

    face: Disc
    law: InterfaceLaw
    soft: Array
    shape: Array
    seat: float | None
    require: Callable[[float], None]
    pressure: Array = field(init=False)
    peak: Array = field(init=False)
    approach: float = 0.0
    tilt: float = 0.0
    force: float = 0.0

    def __post_init__(self) -> None:
        self.pressure, self.peak = np.zeros(len(self.face.x)), np.zeros(len(self.face.x))

    def follow(self, forces: list[float]) -> None:
        """Bring the pellet through rising or falling forces [uN].

        Raises
        ------
        ConvergenceError
            If no equilibrium is found.
        CaseError
            If a place is pressed harder than the law knows.
        """
        for target in forces:
            self._reach(target, HALVINGS)

    def _reach(self, target: float, halvings: int) -> None:
        if self._solve(target):
            return
        if halvings == 0:
            load = self.force / self.face.area
            reason = f"no equilibrium was found on the way to {target / self.face.area:.4g} MPa"
            raise ConvergenceError("pellet", load, [reason], "a liner or elastic punches")
        start = self.force
        self._reach(0.5 * (start + target), halvings - 1)
        self._reach(target, halvings - 1)

    def _solve(self, force: float) -> bool:
        face, size = self.face, len(self.face.x)
        turns = self.seat is not None
        mean = force / self.face.area
        p, approach, tilt = self.pressure.copy(), self.approach, self.tilt
        if self.force == 0.0:
            # even pressure, and faces that meet in the middle of their shape
            p[:] = mean
            approach = float(np.mean(self.soft @ p + self.shape))
        x = face.x / face.radius
        unknowns = size + 1 + turns
        for _ in range(ITERATIONS):
            closing, slope = self.law.closings(p, self.peak)
            closed = approach + tilt * x - self.shape - self.soft @ p - closing
            # touches: pressed, or would overlap
            active = (p > 0.0) | (closed > 0.0)
            matrix = np.zeros((unknowns, unknowns))
            right = np.zeros(unknowns)
            rows = np.flatnonzero(active)
            matrix[rows, :size] = self.soft[rows]
            matrix[rows, rows] += np.maximum(slope[rows], 1e-12)
            matrix[rows, size] = -1.0
            right[:size] = np.where(active, closed, -p)
            idle = np.flatnonzero(~active)
            matrix[idle, idle] = 1.0
            matrix[size, :size] = face.areas / face.area
            right[size] = mean - p @ face.areas / face.area
            if turns:
                matrix[rows, size + 1] = -x[rows]
                matrix[size + 1, :size] = face.areas * x / face.area
                turning = (self.seat or 0.0) / (face.area * face.radius**2)
                matrix[size + 1, size + 1] = turning
                right[size + 1] = -(p * x) @ face.areas / face.area - turning * tilt
            try:
                change = np.linalg.solve(matrix, right)
            except np.linalg.LinAlgError:
                return False
            before, p = p, np.maximum(p + change[:size], 0.0)
            approach += float(change[size])
            tilt += float(change[size + 1]) if turns else 0.0
            if np.abs(p - before).max() <= TOLERANCE * mean:
                break
        else:
            return False
        self.require(float(p.max()))
        self.pressure, self.approach, self.tilt, self.force = p, approach, tilt, force
        self.peak = np.maximum(self.peak, p)
        return True
