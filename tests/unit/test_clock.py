# SPDX-License-Identifier: MIT
"""Times of marked functions, each its own."""

from __future__ import annotations

import time

import pytest

from interfacefem.fem import increment


@increment.timed("test of the inner")
def inner(*, fail: bool = False) -> None:
    time.sleep(0.05)
    if fail:
        raise ValueError


@increment.timed("test of the outer")
def outer(*, fail: bool = False) -> None:
    time.sleep(0.02)
    inner(fail=fail)
    inner()


def taken(purpose: str) -> float:
    return increment.spent.get(purpose, 0.0)


def test_the_time_of_an_inner_function_is_not_that_of_the_outer() -> None:
    before = taken("test of the inner"), taken("test of the outer")
    begun = time.perf_counter()
    outer()
    whole = time.perf_counter() - begun
    inside, outside = (
        taken("test of the inner") - before[0],
        taken("test of the outer") - before[1],
    )
    assert inside >= 0.1
    assert outside >= 0.02
    assert inside + outside == pytest.approx(whole, abs=5e-3)


def test_a_failure_leaves_the_clock_in_order() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        outer(fail=True)
    assert not increment._inner
