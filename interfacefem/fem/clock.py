# SPDX-License-Identifier: MIT
"""Where the time of a press goes: linear systems, assembly, contact.

Functions are marked with what they are for; the time of a marked one inside another is its own.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

#: time spent by what since the process began [s]
spent: dict[str, float] = {}
_inner: list[float] = []  # of what runs inside of each marked function that is running


def timed[**P, R](purpose: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function whose time counts for a purpose.

    Parameters
    ----------
    purpose : str
        Key of :data:`spent`.
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **named: P.kwargs) -> R:
            _inner.append(0.0)
            begun = time.perf_counter()
            try:
                return function(*args, **named)
            finally:
                taken = time.perf_counter() - begun
                spent[purpose] = spent.get(purpose, 0.0) + taken - _inner.pop()
                if _inner:
                    _inner[-1] += taken

        return call

    return mark
