# SPDX-License-Identifier: MIT
"""Which path follows which step of a protocol: the place that a new kind of step is added to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interfacefem.describe.later_steps import Cycle, PullOff, Shear
from interfacefem.describe.steps import Hold, Isostatic, Press, Release
from interfacefem.drive import pressing, timed
from interfacefem.drive.cycling import Cycling
from interfacefem.drive.separation import Separation
from interfacefem.drive.squeezing import Squeezing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from interfacefem.describe.stack import Stack
    from interfacefem.describe.steps import Step
    from interfacefem.drive.advance import Path
    from interfacefem.drive.press import Press as PressedStack

    Conduct = Callable[[float], Mapping[str, npt.NDArray[np.float64]]]


@dataclass(frozen=True)
class Setting:
    """What a path needs to know beside its step.

    Attributes
    ----------
    press : Press
    stack : Stack
    target : float
        Nominal pressure to go to [MPa].
    rate : float or None
        Size of the change of pressure in time [MPa/s].
    until : float
        Time at the end of a hold [s].
    resumed : bool
        Whether the step has begun already.
    conduct : callable or None
        Solves for a mean current density.
    charges : tuple of float
        At which an increment of a cycle ends [uA s/um^2].
    """

    press: PressedStack
    stack: Stack
    target: float
    rate: float | None
    until: float
    resumed: bool
    conduct: Conduct | None
    charges: tuple[float, ...] = ()


def _pressing(step: Press | Release, given: Setting) -> Path:
    press = given.press
    parts = press.problem, press.rig, press.memory, given.target
    if not press.rig.timed:
        return pressing.Pressing(*parts, given.rate)
    if given.rate is None or not given.rate > 0.0:
        raise ValueError(f"rate {given.rate!r}: flow in time needs a positive rate of pressure")
    return timed.TimedPressing(*parts, given.rate)


def _hold(step: Hold, given: Setting) -> Path:
    kind = timed.TimedHold if given.press.rig.timed else timed.Hold
    return kind(given.press.problem, given.press.rig, given.press.memory, given.until)


def _squeezing(step: Isostatic, given: Setting) -> Path:
    return Squeezing(given.press, given.target, given.rate, step.duration)


def _cycling(step: Cycle, given: Setting) -> Path:
    if given.conduct is None:
        raise ValueError(f"step '{step.name}': cycling needs a current")
    parts = given.press, given.stack, step, given.conduct
    return Cycling(*parts, resumed=given.resumed, moments=given.charges)


def _separation(step: PullOff | Shear, given: Setting) -> Path:
    return Separation(given.press, step)


#: step -> what makes its path
PATHS: Mapping[type, Callable[..., Path]] = {
    Press: _pressing,
    Release: _pressing,
    Hold: _hold,
    Isostatic: _squeezing,
    Cycle: _cycling,
    PullOff: _separation,
    Shear: _separation,
}


def path_of(step: Step, given: Setting) -> Path:
    """Return the path of a step that is followed in increments.

    Parameters
    ----------
    step : Step
    given : Setting

    Raises
    ------
    ValueError
        If the step lacks what its path needs.
    """
    return PATHS[type(step)](step, given)
