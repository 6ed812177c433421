# SPDX-License-Identifier: MIT
"""What the press does: named steps one after the other. No increments and no solver.

Pressures are nominal: force over the area of the die, positive in compression.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from interfacefem.errors import CaseError, Mistake
from interfacefem.quantities import Scalar, did_you_mean, fill, one_mistake, written
from interfacefem.units import Dimensional


def _checked_name(name: str) -> str:
    if not isinstance(name, str) or not name.strip() or "/" in name:
        raise one_mistake("step.name", f"{name!r} is not a usable name", "write a word without '/'")
    return name


#: how fast a step goes: at most one of them
_PACE = {"rate": Scalar("pressure_rate", above=0.0), "duration": Scalar("time", above=0.0)}


def _pace(place: str, rate: Dimensional | None, duration: Dimensional | None) -> dict[str, Any]:
    if rate is not None and duration is not None:
        raise one_mistake(place, "has a rate and a duration", "keep one of them")
    return {
        key: None if value is None else _PACE[key].read(value, f"{place}.{key}")
        for key, value in (("rate", rate), ("duration", duration))
    }


@dataclass(frozen=True, init=False)
class Press:
    """Raise the nominal pressure.

    Parameters
    ----------
    to : str, pint.Quantity or float, optional
        Nominal pressure at the end of the step [MPa].
    force : str, pint.Quantity or float, optional
        What the press shows instead, e.g. ``"1.5 t"`` (tonne-force) [uN]; needs ``die``.
    die : str, pint.Quantity or float, optional
        Diameter of the round die [um].
    rate : str, pint.Quantity or float, optional
        Nominal pressure in time, e.g. ``"1 MPa/s"`` [MPa/s].
    duration : str, pint.Quantity or float, optional
        Or how long the step takes, at constant rate [s]. One of the two is needed where a material
        flows in time; without influence on others.
    name : str
        Name of the step.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is not positive, if neither ``to`` nor ``force`` and ``die`` are given, or both
        ``rate`` and ``duration``.
    """

    kind: ClassVar[str] = "press"
    scalars: ClassVar[dict[str, Scalar]] = {
        "to": Scalar("pressure", above=0.0),
        "force": Scalar("force", above=0.0),
        "die": Scalar("length", above=0.0),
        **_PACE,
    }
    optional: ClassVar[tuple[str, ...]] = tuple(scalars)

    to: float | None
    force: float | None
    die: float | None
    rate: float | None
    duration: float | None
    name: str

    def __init__(
        self,
        to: Dimensional | None = None,
        *,
        force: Dimensional | None = None,
        die: Dimensional | None = None,
        rate: Dimensional | None = None,
        duration: Dimensional | None = None,
        name: str = "press",
    ) -> None:
        _checked_name(name)
        place = f"step '{name}'"
        if (to is None) == (force is None) or (force is None) != (die is None):
            raise one_mistake(
                place,
                "needs either a pressure or a force with a die",
                'write to = "187 MPa", or force = "1.5 t" and die = "10 mm"',
            )
        numbers = {
            key: None if value is None else self.scalars[key].read(value, f"{place}.{key}")
            for key, value in (("to", to), ("force", force), ("die", die))
        }
        fill(self, name=name, **numbers, **_pace(place, rate, duration))

    @property
    def target_pressure(self) -> float:
        """Nominal pressure at the end of the step [MPa]."""
        if self.force is not None and self.die is not None:
            return self.force / (0.25 * math.pi * self.die**2)
        return self.to or 0.0


@dataclass(frozen=True, init=False)
class Hold:
    """Keep the pressure.

    Parameters
    ----------
    duration : str, pint.Quantity or float
        How long [s]. Rate-independent materials do not change meanwhile.
    name : str
        Name of the step.

    Raises
    ------
    UnitError
        If the duration has no unit or one of another kind.
    CaseError
        If it is not positive.
    """

    kind: ClassVar[str] = "hold"
    scalars: ClassVar[dict[str, Scalar]] = {"duration": _PACE["duration"]}
    optional: ClassVar[tuple[str, ...]] = ()

    duration: float
    name: str

    def __init__(self, duration: Dimensional, *, name: str = "hold") -> None:
        _checked_name(name)
        seconds = self.scalars["duration"].read(duration, f"step '{name}'.duration")
        fill(self, duration=seconds, name=name)

    @property
    def target_pressure(self) -> None:
        """None: the pressure stays as it is."""
        return None


@dataclass(frozen=True, init=False)
class Release:
    """Lower the nominal pressure.

    Parameters
    ----------
    to : str, pint.Quantity or float
        Nominal pressure at the end of the step [MPa].
    rate, duration : str, pint.Quantity or float, optional
        As in :class:`Press` [MPa/s, s].
    name : str
        Name of the step.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is not positive, or both ``rate`` and ``duration`` are given.
    """

    kind: ClassVar[str] = "release"
    scalars: ClassVar[dict[str, Scalar]] = {
        "to": Scalar(
            "pressure",
            above=0.0,
            remedy='something must hold the stack together: write for example "0.05 MPa"',
        ),
        **_PACE,
    }
    optional: ClassVar[tuple[str, ...]] = tuple(_PACE)

    to: float
    rate: float | None
    duration: float | None
    name: str

    def __init__(
        self,
        to: Dimensional,
        *,
        rate: Dimensional | None = None,
        duration: Dimensional | None = None,
        name: str = "release",
    ) -> None:
        _checked_name(name)
        place = f"step '{name}'"
        pressure = self.scalars["to"].read(to, f"{place}.to")
        fill(self, to=pressure, name=name, **_pace(place, rate, duration))

    @property
    def target_pressure(self) -> float:
        """Nominal pressure at the end of the step [MPa]."""
        return self.to


Step = Press | Hold | Release


@dataclass(frozen=True)
class Pace:
    """How fast a step goes.

    Attributes
    ----------
    rate : float or None
        Size of the change of pressure in time [MPa/s]; None in a hold, or where nothing is said.
    end : float
        Time at the end of the step [s]; a step of which nothing is said takes none.
    """

    rate: float | None
    end: float


@dataclass(frozen=True, init=False)
class Protocol:
    """The steps of the press, in order.

    Parameters
    ----------
    *steps : Press, Hold or Release
        Any number. A name used again gets a number: ``press``, ``press 2``.

    Attributes
    ----------
    steps : tuple of Press, Hold or Release
        With unique names.

    Raises
    ------
    CaseError
        With every mistake of the protocol.
    """

    steps: tuple[Step, ...]

    def __init__(self, *steps: Step) -> None:
        mistakes = protocol_mistakes(steps)
        if mistakes:
            raise CaseError(mistakes, "protocol")
        names = unique_names([step.name for step in steps])
        renamed = (replace(step, name=name) for step, name in zip(steps, names, strict=True))
        fill(self, steps=tuple(renamed))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the steps."""
        return tuple(step.name for step in self.steps)

    @property
    def pressures(self) -> tuple[float, ...]:
        """Nominal pressure at the end of each step [MPa]; a hold keeps the one before."""
        found: list[float] = []
        for step in self.steps:
            target = step.target_pressure
            found.append(found[-1] if target is None else target)
        return tuple(found)

    @property
    def schedule(self) -> tuple[Pace, ...]:
        """How fast each step goes, and when it ends."""
        found: list[Pace] = []
        pressure = end = 0.0
        for step, target in zip(self.steps, self.pressures, strict=True):
            change = abs(target - pressure)
            rate = None if isinstance(step, Hold) else step.rate
            duration = step.duration
            if duration is None:
                duration = 0.0 if rate is None else change / rate
            elif not isinstance(step, Hold):
                rate = change / duration
            pressure, end = target, end + duration
            found.append(Pace(rate, end))
        return tuple(found)

    def index(self, name: str) -> int:
        """Return the position of a step.

        Raises
        ------
        CaseError
            If there is none of that name.
        """
        if name in self.names:
            return self.names.index(name)
        raise one_mistake("step", f"no step {name!r}", did_you_mean(name, self.names))

    def to_list(self) -> list[dict[str, Any]]:
        """Return the ``[[step]]`` tables of a case file."""
        return [_step_to_dict(step) for step in self.steps]


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with numbers on those used again: press, press 2."""
    taken: list[str] = []
    for wanted in names:
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted} {number}", number + 1
        taken.append(name)
    return taken


def protocol_mistakes(steps: Sequence[object]) -> list[Mistake]:
    """Return what is wrong with an order of steps.

    Parameters
    ----------
    steps : sequence
        Steps; None stands for one that could not be read, and is passed over.
    """
    if not steps:
        return [Mistake("step", "the protocol has no step", 'begin with Press(to="187 MPa")')]
    mistakes = []
    pressure: float | None = 0.0
    for index, step in enumerate(steps):
        place = f"step[{index}]"
        if step is None:
            pressure = None
        elif not isinstance(step, (Press, Hold, Release)):
            mistakes.append(
                Mistake(
                    place,
                    f"{type(step).__name__} is not a step",
                    "give Press, Hold or Release",
                )
            )
            pressure = None
        elif pressure is not None and (wrong := _order_mistake(step, place, pressure)):
            mistakes.append(wrong)
            pressure = step.target_pressure or pressure
        else:
            target = step.target_pressure
            pressure = pressure if target is None else target
    return mistakes


def _order_mistake(step: Step, place: str, pressure: float) -> Mistake | None:
    target = step.target_pressure
    if target is None:
        if pressure > 0.0:
            return None
        return Mistake(place, f"hold '{step.name}' comes before any pressure", "press first")
    if isinstance(step, Press) and target <= pressure:
        return Mistake(
            place,
            f"press '{step.name}' to {target:.4g} MPa, but the pressure is {pressure:.4g} MPa",
            "press to more, or write a release",
        )
    if isinstance(step, Release) and target >= pressure:
        return Mistake(
            place,
            f"release '{step.name}' to {target:.4g} MPa, but the pressure is {pressure:.4g} MPa",
            "release to less, or write a press",
        )
    return None


def _step_to_dict(step: Step) -> dict[str, Any]:
    table: dict[str, Any] = {"name": step.name, "kind": step.kind}
    if isinstance(step, Hold):
        table["duration"] = written(step.duration, "time")
    elif isinstance(step, Press) and step.force is not None and step.die is not None:
        table["force"] = written(step.force, "force")
        table["die"] = written(step.die, "length")
    else:
        table["to"] = written(step.target_pressure, "pressure")
    if not isinstance(step, Hold):
        if step.rate is not None:
            table["rate"] = written(step.rate, "pressure_rate")
        if step.duration is not None:
            table["duration"] = written(step.duration, "time")
    return table
