# SPDX-License-Identifier: MIT
"""The loop that advances any path: attempt, reject or accept, until the path is at its end.

A path says what the next increment does and learns from what became of it: force, travel of the
platen, time, charge, mean opening or slip, fading forces. Paths live in modules of their own; how
an increment is solved is in :mod:`interfacefem.fem.mechanics`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from interfacefem.describe.settings import Numerics
from interfacefem.drive.numbers import FORGIVEN
from interfacefem.fem.increment import StepFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    from interfacefem.drive.memory import Memory
    from interfacefem.fem.increment import Attempt, Load
    from interfacefem.fem.mechanics import MechanicalProblem


class Path(Protocol):
    """What a step does to the stack, increment by increment."""

    @property
    def problem(self) -> MechanicalProblem:
        """What is advanced."""

    @property
    def done(self) -> bool:
        """Whether the path is at its end."""

    def load(self) -> Load:
        """Return the load of the next increment.

        May change what faces carry; that is put back when the attempt is rejected.
        """

    def judge(self, load: Load, attempt: Attempt) -> str:
        """Return why a converged attempt is not good enough, empty if it is."""

    def rejected(self, load: Load, attempt: Attempt, reason: str) -> None:
        """Take note of a rejection: the next load is another one.

        Raises
        ------
        StepFailure
            If there is no other one.
        """

    def accepted(self, load: Load, attempt: Attempt) -> None:
        """Take note of an increment that was accepted."""

    def tried(self, load: Load) -> str:
        """Return what a load was to reach, in words."""


@dataclass(frozen=True)
class Policy:
    """When rejections end a path.

    Attributes
    ----------
    max_rejections : int
        Rejections after which the path is given up.
    forgiven : float
        Rejections that an accepted increment makes up for.
    """

    max_rejections: float = Numerics().max_rejections
    forgiven: float = FORGIVEN


def advance(
    path: Path,
    memory: Memory,
    policy: Policy,
    on_accept: Callable[[Attempt, int], None] = lambda attempt, rejections: None,
    on_reject: Callable[[str], None] = lambda reason: None,
) -> None:
    """Follow a path from where it stands to its end.

    Parameters
    ----------
    path : Path
    memory : Memory
    policy : Policy
    on_accept : callable
        Called with each attempt after it is accepted and the rejections before it.
    on_reject : callable
        Called with the reason of each rejection.

    Raises
    ------
    StepFailure
        When increments were rejected too often, or the path knows no other way; with what was
        tried since the last accepted increment.
    """
    reasons: list[str] = []
    while not path.done:
        problem = path.problem
        saved = problem.carried()
        load = path.load()
        attempt = problem.attempt(load)
        reason = attempt.failure or path.judge(load, attempt)
        if not reason:
            problem.accept(attempt)
            path.accepted(load, attempt)
            memory.trouble = max(0.0, memory.trouble - policy.forgiven)
            on_accept(attempt, len(reasons))
            reasons = []
            continue
        problem.put_back(saved)
        tried = path.tried(load)
        reasons.append(f"{tried}: {reason}" if tried else reason)
        on_reject(reasons[-1])
        memory.trouble += 1.0
        if memory.trouble >= policy.max_rejections:
            raise StepFailure(reasons)
        try:
            path.rejected(load, attempt, reason)
        except StepFailure:
            raise StepFailure(reasons) from None
