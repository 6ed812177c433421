# SPDX-License-Identifier: MIT
"""What a press carries on: what it began with, and what increments have taught."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

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
        Of the stack in the last increment, force over travel [MPa]; zero if nothing is known.
    closing : float
        Part of the platen's travel that closed gaps in the last increment.
    advance : float
        Travel of the platen in the last increment, zero if it was released [um].
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
    """

    time: float = 0.0
    trouble: float = 0.0
    travel: float = math.inf
    pressure_cap: float = math.inf
    stiffness: float = 0.0
    closing: float = 1.0
    advance: float = 0.0
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

    def stored(self) -> dict[str, npt.NDArray[np.float64]]:
        """Return the numbers as arrays."""
        return {part.name: np.array(getattr(self, part.name), float) for part in fields(self)}

    @classmethod
    def restored(cls, arrays: Mapping[str, npt.NDArray[np.float64]]) -> Memory:
        """Return what :meth:`stored` has kept."""
        return cls(**{name: float(values) for name, values in arrays.items()})
