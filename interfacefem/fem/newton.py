# SPDX-License-Identifier: MIT
"""Newton's method with a line search on the work of the direction.

The bulk modulus of lithium is ten thousand times its yield stress, and faces are held apart as
stiffly. A step that is right to first order is then wrong by stresses of no meaning at second
order, which cut line searches to a tenth and spoil the next tangent. Here a pressure follows a
Newton step as its linearisation says, and not as the law makes of the displacement; the law has its
say in the residual, so the solution is the same. What is followed is the mean stress of the cells
(:mod:`interfacefem.fem.bulk.bodies`) and the pressure of the nodes in contact
(:mod:`interfacefem.fem.contact.interface`).

Knows a system only through three calls: residual, direction and update. The line search follows
``phi'(a) = dy . r(u + a dy)`` because the problem of an increment is close to the minimisation of
an energy whose value is not available with friction; it brackets the root of ``phi'`` and accepts a
loose one. Load steps and augmentation do not live here.

References
----------
Magisano, Leonetti and Garcea (2017), Comput. Methods Appl. Mech. Eng. 313, 986-1005 (Newton's
method with the stresses at the integration points as unknowns).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from interfacefem.describe.settings import USUAL
from interfacefem.fem.numbers import (
    BRACKET_EDGE,
    CREEPING,
    CREEPING_STEPS,
    DECREASE,
    INADMISSIBLE_CUT,
    LAST_LENGTH,
    LINE_SEARCH,
    MAX_CUTS,
    MAX_RESTARTS,
    NEAR,
    SECOND_LENGTH,
    SEEN_SHARE,
    SHORT,
    STUCK,
    STUCK_STEPS,
    THIRD_LENGTH,
    UPHILL_FALL,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


class MixedField:
    """Pressures that follow Newton steps in proportion.

    Attributes
    ----------
    values : (n,) array or None
        At the present iterate [MPa]; None where no steps are followed.
    """

    def __init__(self) -> None:
        self.values: Array | None = None
        self._change: Array | float = 0.0

    def start(self, values: Array) -> None:
        """Start an increment from the accepted pressures."""
        self.values, self._change = values.copy(), 0.0

    def stop(self) -> None:
        """Follow no steps in this increment."""
        self.values = None

    def aim(self, values: Array) -> None:
        """Note the linearised pressures after a full step."""
        if self.values is not None:
            self._change = values - self.values

    def take(self, length: float) -> None:
        """Follow a part of the step."""
        if self.values is not None:
            self.values = self.values + length * self._change
            self._change = 0.0

    def excess(self, pressure: Array, length: float) -> Array:
        """Return what a line search leaves out of pressures by the law at a trial [MPa].

        Parameters
        ----------
        pressure : (n,) array
            By the law, at a part ``length`` of the step.
        length : float
        """
        if self.values is None:
            return np.zeros_like(pressure)
        return (1.0 - SEEN_SHARE) * (pressure - self.values - length * self._change)


#: step lengths tried where the residual decides
LENGTHS = (1.0, SECOND_LENGTH, THIRD_LENGTH, LAST_LENGTH)


class System(Protocol):
    """What Newton's method needs of a problem."""

    def residual(self, displacement: Array) -> Array | None:
        """Condensed residual and its tangent, or None where the trial is not admissible."""

    def slope(
        self, displacement: Array, change: Array, length: float | None = None
    ) -> float | None:
        """Work of all forces along ``change`` at a trial, or None where it is not admissible.

        With a ``length``, that of the step to the trial, without :meth:`mixed_work` there.
        """

    def direction(self, residual: Array) -> Array:
        """Solve for the condensed Newton direction at the last residual with tangent."""

    def expand(self, direction: Array) -> Array:
        """Displacement change of a condensed direction."""

    def advance(self, change: Array) -> None:
        """Take note of the full Newton step before the line search."""

    def mixed_work(self, change: Array) -> float:
        """Work along the full step, at its start, that a line search leaves out."""

    def take(self, length: float) -> None:
        """Take note of the part of the step that is taken."""

    def restart(self) -> None:
        """Fall back to the safest tangent after a direction of ascent."""

    def scale(self) -> float:
        """Force against which the residual is measured."""


@dataclass(frozen=True)
class NewtonOptions:
    """Limits of one solution.

    Attributes
    ----------
    tolerance : float
        Norm of the residual relative to the system's scale.
    max_iterations : int
    min_iterations : int
    line_search : float
        Accepted ratio of ``|phi'(a)|`` to ``|phi'(0)|``.
    max_cuts : int
        Evaluations of one line search.
    by_residual : bool
        Whether the line search lowers the norm of the residual instead of following the work of
        the direction, which tells nothing where motion is prescribed, and little where faces part
        and slide.
    max_restarts : int
        Directions of ascent, or without a usable length, after which the solution is given up; also
        full steps that are taken in spite of the line search.
    """

    tolerance: float = USUAL.tolerance
    max_iterations: int = USUAL.max_iterations
    min_iterations: int = 0
    line_search: float = LINE_SEARCH
    max_cuts: int = MAX_CUTS
    max_restarts: int = MAX_RESTARTS
    by_residual: bool = False


@dataclass(frozen=True)
class NewtonResult:
    """Outcome of one solution.

    Attributes
    ----------
    displacement : (dofs,) array
    iterations : int
    residual : float
        Final relative norm.
    failure : str
        Empty on success, else the reason in words.
    """

    displacement: Array
    iterations: int
    residual: float
    failure: str = ""


def solve(system: System, start: Array, options: NewtonOptions) -> NewtonResult:
    """Solve one nonlinear problem from ``start``.

    Parameters
    ----------
    system : System
    start : (dofs,) array
        First iterate [um].
    options : NewtonOptions

    Returns
    -------
    NewtonResult
    """
    u = start.copy()
    norm = np.inf
    restarted = leaps = stuck = creeping = 0
    for iteration in range(options.max_iterations + 1):
        residual = system.residual(u)
        if residual is None:
            return NewtonResult(u, iteration, norm, "a cell is inverted")
        norm = float(np.linalg.norm(residual)) / system.scale()
        if norm <= options.tolerance and iteration >= options.min_iterations:
            return NewtonResult(u, iteration, norm)
        if iteration == options.max_iterations:
            break
        y = system.direction(residual)
        if not np.all(np.isfinite(y)):
            return NewtonResult(u, iteration, norm, "the linear system is singular")
        if options.by_residual:
            change = system.expand(y)
            system.advance(change)
            part = _shorten(system, u, change, norm)
            if part == 0.0 and restarted == options.max_restarts:
                return NewtonResult(u, iteration, norm, "no step is admissible")
            if part == 0.0:
                restarted += 1
                system.restart()
                continue
            system.take(part)
            u = u + part * change
            continue
        slope = float(y @ residual)
        change = system.expand(y)
        if slope >= 0.0 and norm <= options.tolerance:
            return NewtonResult(u, iteration, norm)  # nothing left but round-off
        if slope >= 0.0:
            # friction and nearly singular flow can turn the direction uphill; near the solution
            # a full step that lowers the residual is good all the same
            system.advance(change)
            full = system.residual(u + change)
            if full is not None and np.linalg.norm(full) < UPHILL_FALL * np.linalg.norm(residual):
                system.take(1.0)
                u = u + change
                continue
            if restarted == options.max_restarts:
                return NewtonResult(u, iteration, norm, "the direction does not descend")
            restarted += 1
            system.restart()
            continue
        system.advance(change)
        seen = slope - system.mixed_work(change)
        follow = seen < 0.0
        length = _line_search(system, u, change, seen if follow else slope, options, follow=follow)
        if (length or 0.0) < SHORT and norm < NEAR and leaps < options.max_restarts:
            leaps += 1
            length = 1.0
        if length is None and norm <= options.tolerance:
            return NewtonResult(u, iteration, norm)
        if length is None:
            if restarted == options.max_restarts:
                return NewtonResult(u, iteration, norm, "the line search found no descent")
            restarted += 1
            system.restart()
            continue
        system.take(length)
        u = u + length * change
        stuck = stuck + 1 if length < STUCK else 0
        creeping = creeping + 1 if length < CREEPING and norm > NEAR else 0
        if stuck == STUCK_STEPS or creeping == CREEPING_STEPS:
            return NewtonResult(u, iteration, norm, "the line search makes no way")
    return NewtonResult(
        u, options.max_iterations, norm, f"no convergence in {options.max_iterations} iterations"
    )


def _shorten(system: System, u: Array, change: Array, norm: float) -> float:
    """Return a step length that lowers the norm of the residual, or the best of those tried.

    Zero where none is admissible.
    """
    best, lowest = 0.0, np.inf
    for length in LENGTHS:
        residual = system.residual(u + length * change)
        if residual is None or not np.all(np.isfinite(residual)):
            continue
        found = float(np.linalg.norm(residual)) / system.scale()
        if found < (1.0 - DECREASE * length) * norm:
            return length
        if found < lowest:
            best, lowest = length, found
    return best


def _line_search(
    system: System,
    u: Array,
    change: Array,
    slope: float,
    options: NewtonOptions,
    *,
    follow: bool,
) -> float | None:
    """Return a step length with ``|phi'|`` small enough, or None."""
    low, low_slope = 0.0, slope
    high, high_slope = np.inf, np.nan
    length = 1.0
    for _ in range(options.max_cuts):
        value = system.slope(u + length * change, change, length if follow else None)
        if value is None or not np.isfinite(value):
            high, high_slope = length, np.nan
            length = 0.5 * (low + high) if low > 0.0 else INADMISSIBLE_CUT * length
            continue
        if abs(value) <= options.line_search * abs(slope) or (value <= 0.0 and length >= 1.0):
            return length
        if value < 0.0:
            low, low_slope = length, value
            if np.isfinite(high_slope):
                high_slope *= 0.5  # Illinois: keeps both ends moving
        else:
            high, high_slope = length, value
            low_slope *= 0.5
        if np.isfinite(high_slope):
            length = low - low_slope * (high - low) / (high_slope - low_slope)
            edge = BRACKET_EDGE * (high - low)
            length = min(max(length, low + edge), high - edge)
        else:
            length = 0.5 * (low + high)
    return low if low > 0.0 else None
