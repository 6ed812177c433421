# SPDX-License-Identifier: MIT
"""The work of the platen over increments of any size."""

import itertools

import numpy as np
import pytest

from interfacefem.fem.increment import Work


def force(closing: float) -> float:
    """Return a smooth convex force [MPa um] over the closing [um]."""
    return 100.0 * closing**2


def pressed(work: Work, stops: list[float]) -> Work:
    """Add the work of a platen that goes from each stop to the next."""
    for start, end in itertools.pairwise(stops):
        work.press(force(start), force(end), end - start, smooth=True)
    return work


def test_work_of_a_parabola_is_exact_but_for_the_first_increment() -> None:
    """The first increment knows one slope only, so it is a trapezoid; the rest has no error."""
    work = pressed(Work(), [0.0, 0.1, 0.25, 0.6, 1.0])
    assert work.applied == pytest.approx(100.0 / 3.0 + 100.0 * 0.1**3 / 6.0, rel=1e-12)


@pytest.mark.parametrize("smooth", [True, False])
def test_a_hold_says_nothing_of_the_slope_of_a_release(smooth: bool) -> None:
    """A hold moves the platen by next to nothing under the same force, then a release begins.

    Without laws that know a rate it counts as smooth, and its way is round-off.
    """
    held = pressed(Work(), [0.0, 0.5, 1.0])
    before = held.applied
    held.press(force(1.0), force(1.0), -2e-6, smooth=smooth)
    release = pressed(held, [1.0, 0.8, 0.5, 0.2])
    exact = 100.0 * (0.2**3 - 1.0) / 3.0
    first = -0.5 * (force(1.0) + force(0.8)) * 0.2 + (force(1.0) * 1.0 - force(0.8) * 0.8) / 3.0
    assert release.applied - before == pytest.approx(exact + first, rel=1e-4)


def test_a_stop_between_two_increments_changes_little() -> None:
    """One stop more on the way, whatever its place, is within the error of the parabola."""
    whole = pressed(Work(), list(np.linspace(0.0, 1.0, 9))).applied
    for place in (0.51, 0.55, 0.62):
        stops = sorted([*np.linspace(0.0, 1.0, 9), place])
        assert pressed(Work(), stops).applied == pytest.approx(whole, rel=1e-3)
