"""Newton's method with its line search, on problems of one unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from interfacefem.fem.newton import NewtonOptions, solve

Array = npt.NDArray[np.float64]


@dataclass
class OneUnknown:
    """Force of one unknown and its tangent."""

    force: Callable[[float], float]
    tangent: Callable[[float], float]
    evaluations: int = 0
    restarts: int = 0
    at: float = 0.0

    def residual(self, displacement: Array) -> Array:
        self.at = float(displacement[0])
        self.evaluations += 1
        return np.array([self.force(self.at)])

    def slope(self, displacement: Array, change: Array, length: float | None = None) -> float:
        return self.force(float(displacement[0])) * float(change[0])

    def direction(self, residual: Array) -> Array:
        return -residual / self.tangent(self.at)

    def expand(self, direction: Array) -> Array:
        return direction

    def advance(self, change: Array) -> None:
        pass

    def mixed_work(self, change: Array) -> float:
        return 0.0

    def take(self, length: float) -> None:
        pass

    def restart(self) -> None:
        self.restarts += 1

    def scale(self) -> float:
        return 1.0


def test_a_curved_force_is_balanced_at_second_order() -> None:
    system = OneUnknown(lambda u: np.exp(u) - 2.0, np.exp)
    result = solve(system, np.array([3.0]), NewtonOptions(tolerance=1e-12))
    assert not result.failure
    assert result.displacement[0] == pytest.approx(np.log(2.0), abs=1e-12)
    assert result.iterations <= 8


def test_a_tangent_that_is_too_soft_is_shortened() -> None:
    system = OneUnknown(lambda u: u - 1.0, lambda u: 0.05)
    result = solve(system, np.array([0.0]), NewtonOptions(tolerance=1e-10, max_iterations=60))
    assert not result.failure
    assert result.displacement[0] == pytest.approx(1.0, abs=1e-10)


def test_a_jump_of_the_force_is_given_up_before_round_off_decides() -> None:
    # the work has a minimum at the jump, but there is no equilibrium
    system = OneUnknown(lambda u: -1.0 if u < 1.0 else 2.0, lambda u: 1.0)
    result = solve(system, np.array([0.5]), NewtonOptions(max_iterations=100, max_cuts=40))
    assert result.failure == "the line search makes no way"
    assert result.displacement[0] == pytest.approx(1.0, abs=1e-3)
    assert 3 <= result.iterations <= 12


@pytest.mark.parametrize("by_residual", [False, True])
def test_where_no_step_is_admissible_it_stops_soon(by_residual: bool) -> None:
    system = OneUnknown(lambda u: u - 1.0, lambda u: 1.0)
    residual = system.residual

    def only_at_the_start(displacement: Array) -> Array | None:
        found = residual(displacement)
        return found if displacement[0] == 0.0 else None

    system.residual = only_at_the_start  # type: ignore[assignment, method-assign]
    system.slope = lambda *_: None  # type: ignore[assignment, method-assign, return-value]
    options = NewtonOptions(by_residual=by_residual)
    result = solve(system, np.array([0.0]), options)
    assert result.failure == (
        "no step is admissible" if by_residual else "the line search found no descent"
    )
    assert system.restarts == result.iterations == options.max_restarts == 3
    assert system.evaluations <= 20
