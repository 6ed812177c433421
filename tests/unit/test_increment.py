# SPDX-License-Identifier: MIT
"""How the iterations of an attempt are judged, and the balance of its forces."""

from __future__ import annotations

from interfacefem.fem.increment import PATIENCE, Course


def noted(*norms: float) -> Course:
    course = Course()
    for norm in norms:
        course.note(norm)
    return course


def test_the_geometry_is_linearised_near_the_solution() -> None:
    assert not noted(0.5).geometric(0.1)
    assert noted(0.5, 0.09).geometric(0.1)
    assert not noted(0.5, 0.09, 0.3).geometric(0.1)


def test_and_from_where_iterations_bring_little() -> None:
    slow = [0.9 * 0.95**k for k in range(PATIENCE + 1)]
    assert not noted(*slow[: PATIENCE - 1]).geometric(0.1)
    assert noted(*slow).geometric(0.1)
    assert noted(*slow, 0.2, 2.0).geometric(0.1)  # and to the end of the attempt


def test_a_residual_that_rises_or_falls_fast_is_not_slow() -> None:
    assert not noted(0.9, 0.85, 1.2, 1.1, 1.5, 1.4, 0.5, 0.45).geometric(0.1)
