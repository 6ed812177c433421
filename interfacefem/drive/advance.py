# SPDX-License-Identifier: MIT
"""The loop that advances any path, and what a press carries on from one increment to the next.

A path says what the next increment does and learns from what became of it: force, travel of the
platen, time, charge, mean opening or slip, fading forces. Paths live in modules of their own; how
an increment is solved is in :mod:`interfacefem.fem.mechanics`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Protocol

import numpy as np

from interfacefem.describe.settings import Numerics
from interfacefem.drive.numbers import FORGIVEN
from interfacefem.drive.settling import settle
from interfacefem.fem.increment import StepFailure

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from interfacefem.fem.increment import Attempt, Load
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.results.checkpoint import Checkpoint


@dataclass(frozen=True)
class Beginning:
    """What a press begins with, where that is not empty.

    Attributes
    ----------
    present : tuple of str
        Layers in the die, bottom to top; a punch comes last.
    largest, stage_largest : float
        Largest nominal pressure of its protocol, and of the stage it is in [MPa].
    """

    present: tuple[str, ...]
    largest: float
    stage_largest: float

    @classmethod
    def of(cls, state: Checkpoint) -> Beginning:
        """Return what a stored state says of it."""
        return cls(state.present, state.largest, state.stage_largest)


@dataclass
class Memory:
    """Numbers that decide the size of the next increment.

    Attributes
    ----------
    time : float
        Since the start [s].
    trouble : float
        Rejections that accepted increments have not made up for.
    travel : float
        Largest travel of a driven platen [um].
    pressure_cap : float
        Largest change of pressure under a prescribed force [MPa].
    stiffness : float
        Of the stack at the end of the last increment, force over travel [MPa]; zero if nothing is
        known.
    stiffening : float
        Rise of the stiffness with the travel [MPa/um].
    closing : float
        Part of the platen's travel that closed gaps in the last increment.
    advance : float
        Travel of the platen in the last increment, zero if it was released [um].
    ordinary : float
        Travel of the platen in the increment that taught the stiffness [um].
    known : float
        Change of pressure in that increment [MPa].
    flaw : float
        Error of that increment by its size [tolerance].
    error : float
        That of the last increment [tolerance]; not a number where none is estimated.
    ahead_travel, ahead_rise : float
        Travel and rise of the force up to a state that passed a target; zero if none is known
        [um, MPa um].
    stride : float
        Next increment of a step that takes the stack apart [um]; zero before the first.
    slid : float
        Mean slip of such a step so far [um].
    duration : float
        Aimed at by the error control; infinite where nothing is known [s].
    last : float
        Duration of the last accepted increment [s].
    reach : float
        Travel of the platen towards the first touch [um].
    holding : float
        End of the hold that has begun [s].
    passed : float
        Charge that has passed since a cycling step began, there and back [uA s/um^2].
    taken : float
        Charge taken from the electrode that began and not yet returned [uA s/um^2].
    charge : float
        Largest charge of the next increment [uA s/um^2].
    anchor : float
        Far end of the fixture's springs, or the plate of a fixed gap [um].
    squeeze_to : float
        Pressure that a bag goes to [MPa]; zero before it has begun.
    squeeze : float
        Part of the way there, from 0 to 1; more counts what is done after.
    squeeze_top, squeeze_x, squeeze_y : float
        Pressures on top and sides when it began [MPa].
    warming : float
        Largest change of temperature in one increment after one was rejected [K].
    """

    time: float = 0.0
    trouble: float = 0.0
    travel: float = math.inf
    pressure_cap: float = math.inf
    stiffness: float = 0.0
    stiffening: float = 0.0
    closing: float = 1.0
    advance: float = 0.0
    ordinary: float = 0.0
    known: float = 0.0
    flaw: float = 0.0
    error: float = math.nan
    ahead_travel: float = 0.0
    ahead_rise: float = 0.0
    stride: float = 0.0
    slid: float = 0.0
    duration: float = math.inf
    last: float = 0.0
    reach: float = math.inf
    holding: float = 0.0
    passed: float = 0.0
    taken: float = 0.0
    charge: float = 0.0
    anchor: float = 0.0
    squeeze_to: float = 0.0
    squeeze: float = 0.0
    squeeze_top: float = 0.0
    squeeze_x: float = 0.0
    squeeze_y: float = 0.0
    warming: float = math.inf

    def stored(self) -> dict[str, npt.NDArray[np.float64]]:
        """Return the numbers as arrays."""
        return {part.name: np.array(getattr(self, part.name), float) for part in fields(self)}

    @classmethod
    def restored(cls, arrays: Mapping[str, npt.NDArray[np.float64]]) -> Memory:
        """Return what :meth:`stored` has kept."""
        return cls(**{name: float(values) for name, values in arrays.items()})


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
        memory.error = math.nan
        load = path.load()
        before = problem.stored() if load.drag > 0.0 else None
        attempt = problem.attempt(load) if before is None else settle(problem, load)
        reason = attempt.failure or path.judge(load, attempt)
        if not reason:
            problem.accept(attempt)
            path.accepted(load, attempt)
            memory.trouble = max(0.0, memory.trouble - policy.forgiven)
            on_accept(attempt, len(reasons))
            reasons = []
            continue
        problem.put_back(saved)
        if before is not None:
            problem.restore(before)
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
