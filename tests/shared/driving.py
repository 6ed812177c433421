"""Short ways to follow single paths of a press, for tests of all folders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from interfacefem.drive import pressing, timed
from interfacefem.drive.advance import Memory, Policy, advance
from interfacefem.drive.assembly import Limits, Rig

OnAccept = Callable[[Any, int], None]
OnReject = Callable[[str], None]


def ignore(*details: object) -> None:
    """Take no note."""


def go_to(
    press: Any,
    target: float,
    on_accept: OnAccept = ignore,
    on_reject: OnReject = ignore,
    *,
    rate: float | None = None,
) -> None:
    """Press or release to a nominal pressure [MPa], in time at a rate [MPa/s]."""
    parts = press.problem, press.rig, press.memory, target
    path: Any = pressing.Pressing(*parts, rate)
    if press.rig.timed:
        assert rate is not None
        path = timed.TimedPressing(*parts, rate)
    advance(path, press.memory, Policy(), on_accept, on_reject)


def hold(press: Any, until: float, on_accept: OnAccept = ignore) -> None:
    """Hold the pressure until a time [s]."""
    kind = timed.TimedHold if press.rig.timed else timed.Hold
    path = kind(press.problem, press.rig, press.memory, until)
    advance(path, press.memory, Policy(), on_accept)


class Bench:
    """A mechanical problem of a test's own under a platen, with what a press has for its paths."""

    def __init__(
        self, problem: Any, area: float, height: float, largest: float, spring: float, **limits: Any
    ) -> None:
        timed_ = bool(problem.bulk.rate_dependent.any())
        self.problem = problem
        self.rig = Rig(area, height, largest, spring, problem.interfaces, timed_, Limits(**limits))
        self.memory = Memory(travel=self.rig.travel_limit, pressure_cap=self.rig.pressure_limit)

    @property
    def pressure(self) -> float:
        """Nominal pressure [MPa]."""
        return float(self.problem.force) / self.rig.area
