# SPDX-License-Identifier: MIT
"""The steps of a press: press, hold, release, eject; each with what it checks by itself.

Pressures are nominal: force over the area of the die, positive in compression. What is wrong with
their order is told by ``protocol``.

A step that states a temperature begins with the change to it: at the force it begins with, in
increments, before anything else of the step happens. It takes no time, but where a material flows
in time it takes 0.1 K/s. Where nothing presses yet, the layers are free of stress at it. Later
steps keep it until one states another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from interfacefem.describe.later_steps import Cycle, PullOff, Shear
from interfacefem.describe.settings import TEMPERATURE
from interfacefem.fields import Shown
from interfacefem.quantities import Scalar, checked_name, fill, one_mistake, written
from interfacefem.units import Dimensional

#: forces [uN] and diameters [um] of presses that are taken without a unit
PLAIN_FORCE = 1e5, 1e13, "N"
PLAIN_DIE = 500.0, 3e5, "mm"

#: how fast a step goes: at most one of them
_PACE = {"rate": Scalar("pressure_rate", above=0.0), "duration": Scalar("time", above=0.0)}


def _pace(place: str, rate: Dimensional | None, duration: Dimensional | None) -> dict[str, Any]:
    if rate is not None and duration is not None:
        raise one_mistake(place, "has a rate and a duration", "keep one of them")
    return {
        key: None if value is None else _PACE[key].read(value, f"{place}.{key}")
        for key, value in (("rate", rate), ("duration", duration))
    }


def _warm(place: str, temperature: Dimensional | None) -> dict[str, float | None]:
    """Return the temperature of a step, if it states one, by name [K]."""
    if temperature is None:
        return {"temperature": None}
    return {"temperature": TEMPERATURE.read(temperature, f"{place}.temperature")}


def _fill_to(
    step: Release | Isostatic,
    to: Dimensional,
    rate: Dimensional | None,
    duration: Dimensional | None,
    temperature: Dimensional | None,
    name: str,
) -> None:
    """Read what a step to a pressure is given."""
    checked_name(name)
    place = f"step '{name}'"
    pressure = step.scalars["to"].read(to, f"{place}.to")
    paced = _pace(place, rate, duration) | _warm(place, temperature)
    fill(step, to=pressure, name=name, **paced)


@dataclass(frozen=True, init=False, repr=False)
class Press(Shown):
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
    temperature : str, pint.Quantity or float, optional
        To which the step first heats or cools, under the force it begins with [K]; that of the step
        before if not given.
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

    POSITIONAL: ClassVar[tuple[str, ...]] = ("to",)

    kind: ClassVar[str] = "press"
    scalars: ClassVar[dict[str, Scalar]] = {
        "to": Scalar("pressure", above=0.0),
        "force": Scalar("force", above=0.0, plain=PLAIN_FORCE),
        "die": Scalar("length", above=0.0, plain=PLAIN_DIE),
        **_PACE,
        "temperature": TEMPERATURE,
    }
    optional: ClassVar[tuple[str, ...]] = tuple(scalars)

    to: float | None
    force: float | None
    die: float | None
    rate: float | None
    duration: float | None
    temperature: float | None
    name: str

    def __init__(
        self,
        to: Dimensional | None = None,
        *,
        force: Dimensional | None = None,
        die: Dimensional | None = None,
        rate: Dimensional | None = None,
        duration: Dimensional | None = None,
        temperature: Dimensional | None = None,
        name: str = "press",
    ) -> None:
        checked_name(name)
        place = f"step '{name}'"
        if to is not None and force is not None:
            raise one_mistake(
                place, "has both a pressure and a force", "leave out `to`, or `force` and `die`"
            )
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
        fill(
            self,
            name=name,
            **numbers,
            **_pace(place, rate, duration),
            **_warm(place, temperature),
        )

    @property
    def target_pressure(self) -> float:
        """Nominal pressure at the end of the step [MPa]."""
        if self.force is not None and self.die is not None:
            return self.force / (0.25 * math.pi * self.die**2)
        return self.to or 0.0


@dataclass(frozen=True, init=False, repr=False)
class Hold(Shown):
    """Keep the pressure.

    Parameters
    ----------
    duration : str, pint.Quantity or float
        How long [s]. Rate-independent materials do not change meanwhile.
    temperature : str, pint.Quantity or float, optional
        As in :class:`Press` [K]; a hold at a lower one is cooling under load.
    name : str
        Name of the step.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is not positive.
    """

    POSITIONAL: ClassVar[tuple[str, ...]] = ("duration",)

    kind: ClassVar[str] = "hold"
    scalars: ClassVar[dict[str, Scalar]] = {
        "duration": _PACE["duration"],
        "temperature": TEMPERATURE,
    }
    optional: ClassVar[tuple[str, ...]] = ("temperature",)

    duration: float
    temperature: float | None
    name: str

    def __init__(
        self,
        duration: Dimensional,
        *,
        temperature: Dimensional | None = None,
        name: str = "hold",
    ) -> None:
        checked_name(name)
        place = f"step '{name}'"
        seconds = self.scalars["duration"].read(duration, f"{place}.duration")
        fill(self, duration=seconds, name=name, **_warm(place, temperature))

    @property
    def target_pressure(self) -> None:
        """None: the pressure stays as it is."""
        return None


@dataclass(frozen=True, init=False, repr=False)
class Release(Shown):
    """Lower the nominal pressure.

    Parameters
    ----------
    to : str, pint.Quantity or float
        Nominal pressure at the end of the step [MPa].
    rate, duration : str, pint.Quantity or float, optional
        As in :class:`Press` [MPa/s, s].
    temperature : str, pint.Quantity or float, optional
        As in :class:`Press` [K].
    name : str
        Name of the step.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is not positive, or both ``rate`` and ``duration`` are given.
    """

    POSITIONAL: ClassVar[tuple[str, ...]] = ("to",)

    kind: ClassVar[str] = "release"
    scalars: ClassVar[dict[str, Scalar]] = {
        "to": Scalar(
            "pressure",
            above=0.0,
            remedy='something must hold the stack together: write for example "0.05 MPa"',
        ),
        **_PACE,
        "temperature": TEMPERATURE,
    }
    optional: ClassVar[tuple[str, ...]] = (*_PACE, "temperature")

    to: float
    rate: float | None
    duration: float | None
    temperature: float | None
    name: str

    def __init__(
        self,
        to: Dimensional,
        *,
        rate: Dimensional | None = None,
        duration: Dimensional | None = None,
        temperature: Dimensional | None = None,
        name: str = "release",
    ) -> None:
        _fill_to(self, to, rate, duration, temperature, name)

    @property
    def target_pressure(self) -> float:
        """Nominal pressure at the end of the step [MPa]."""
        return self.to


@dataclass(frozen=True, init=False, repr=False)
class Isostatic(Shown):
    """Bring a pressure from all sides, as on a pouch or a bag in a fluid: cold, or with warm fluid.

    It acts on the sizes that the stack has by then. The side walls stay straight and give way to
    it; a section shrinks as much out of its plane as along it. Steps of other kinds hold the walls
    where they are.

    Parameters
    ----------
    to : str, pint.Quantity or float
        Pressure of the fluid at the end of the step, more or less than before [MPa].
    rate, duration : str, pint.Quantity or float, optional
        As in :class:`Press` [MPa/s, s]; with the pressure there is and a duration, it holds.
    temperature : str, pint.Quantity or float, optional
        As in :class:`Press` [K].
    name : str
        Name of the step.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is not positive, or both ``rate`` and ``duration`` are given.
    """

    POSITIONAL: ClassVar[tuple[str, ...]] = ("to",)

    kind: ClassVar[str] = "isostatic"
    scalars: ClassVar[dict[str, Scalar]] = Release.scalars
    optional: ClassVar[tuple[str, ...]] = Release.optional

    to: float
    rate: float | None
    duration: float | None
    temperature: float | None
    name: str

    def __init__(
        self,
        to: Dimensional,
        *,
        rate: Dimensional | None = None,
        duration: Dimensional | None = None,
        temperature: Dimensional | None = None,
        name: str = "isostatic",
    ) -> None:
        _fill_to(self, to, rate, duration, temperature, name)

    @property
    def target_pressure(self) -> float:
        """Pressure at the end of the step [MPa]."""
        return self.to


@dataclass(frozen=True, init=False, repr=False)
class Eject(Shown):
    """Take the pellet out of the die: what punches and wall do to it fades in equal parts.

    How it slides along the wall on its way out is not followed.

    Parameters
    ----------
    name : str
        Name of the step; the last one of a protocol, or the last but a :class:`PullOff`.
    """

    kind: ClassVar[str] = "eject"
    scalars: ClassVar[dict[str, Scalar]] = {}
    optional: ClassVar[tuple[str, ...]] = ()

    name: str

    def __init__(self, *, name: str = "ejection") -> None:
        checked_name(name)
        fill(self, name=name)

    @property
    def target_pressure(self) -> float:
        """Nominal pressure at the end of the step: none [MPa]."""
        return 0.0


Step = Press | Hold | Release | Isostatic | Eject | Cycle | PullOff | Shear


def step_to_dict(step: Step) -> dict[str, Any]:
    """Return the ``[[step]]`` table of a case file."""
    table: dict[str, Any] = {"name": step.name, "kind": step.kind}
    if isinstance(step, Eject):
        return table
    if isinstance(step, Cycle | PullOff | Shear):
        return table | step.to_dict()
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
    if step.temperature is not None:
        table["temperature"] = written(step.temperature, "temperature")
    return table
