# SPDX-License-Identifier: MIT
"""What the press does: named steps one after the other, in stages if layers are added in between.

Pressures are nominal: force over the area of the die, positive in compression. No increments and no
solver.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from interfacefem.describe.later_steps import Cycle, PullOff, Shear
from interfacefem.describe.stage import Stage, openings, unique_names
from interfacefem.describe.steps import (
    Eject,
    Hold,
    Isostatic,
    Press,
    Release,
    Step,
    step_to_dict,
)
from interfacefem.errors import CaseError, Mistake
from interfacefem.fields import call, html_table
from interfacefem.quantities import did_you_mean, fill, one_mistake, spoken

#: more steps than this, or stages, are taken for a slip
MOST_STEPS = 1000

__all__ = [
    "MOST_STEPS",
    "Cycle",
    "Eject",
    "Hold",
    "Isostatic",
    "Pace",
    "Press",
    "Protocol",
    "PullOff",
    "Release",
    "Shear",
    "Stage",
    "protocol_mistakes",
]


@dataclass(frozen=True)
class Pace:
    """How fast a step goes.

    Attributes
    ----------
    rate : float or None
        Size of the change of pressure in time [MPa/s]; None where nothing is said of it: in holds
        and cycles, and in steps that take the stack apart at a speed of their own.
    end : float
        Time at the end of the step [s]; a step of which nothing is said takes none. What shows only
        in the run is not in it, such as how long it takes to let go before a pull.
    """

    rate: float | None
    end: float


@dataclass(frozen=True, init=False, repr=False)
class Protocol:
    """The steps of the press, in order.

    Parameters
    ----------
    *items : Press, Hold, Release or Eject, or Stage
        Any number. A name used again gets a number: ``press``, ``press 2``. Steps alone are done
        with all layers of the stack.
    left_out : sequence of str
        Layers of the stack that no stage adds.

    Attributes
    ----------
    steps : tuple of Press, Hold, Release or Eject
        Those of all stages, with unique names.
    stages : tuple of Stage
        Empty where all layers are there from the beginning.
    initial : float or None
        Nominal pressure before the first step [MPa]; None before it is known, see :meth:`after`.

    Raises
    ------
    CaseError
        With every mistake of the protocol, but for what depends on the initial pressure.
    """

    steps: tuple[Step, ...]
    stages: tuple[Stage, ...]
    left_out: tuple[str, ...]
    initial: float | None

    def __repr__(self) -> str:
        parts = [repr(part) for part in self.stages or self.steps]
        left = [f"left_out={self.left_out!r}"] if self.left_out else []
        return call("Protocol", [*parts, *left])

    def _repr_html_(self) -> str:
        head = ["step", "as it is written", "pressure at its end [MPa]"]
        rows = [(n, repr(s), p) for n, s, p in zip(self.names, self, self.pressures, strict=True)]
        return html_table(head, rows, f"{len(self.stages)} stages" if self.stages else "")

    def __init__(self, *items: Step | Stage, left_out: Sequence[str] = ()) -> None:
        mistakes = protocol_mistakes(items, None)
        if mistakes:
            raise CaseError(mistakes, "protocol")
        given: list[Any] = [step for item in items for step in getattr(item, "steps", (item,))]
        names = unique_names([step.name for step in given])
        steps = [replace(step, name=name) for step, name in zip(given, names, strict=True)]
        rest = iter(steps)
        stages = [
            replace(item, steps=tuple(itertools.islice(rest, len(item.steps))))
            for item in items
            if isinstance(item, Stage)
        ]
        fill(
            self,
            steps=tuple(steps),
            stages=tuple(stages),
            left_out=tuple(left_out),
            initial=None,
        )

    def after(self, pressure: float | None) -> Protocol:
        """Return the protocol as it goes on from a pressure.

        Parameters
        ----------
        pressure : float or None
            Nominal pressure before the first step [MPa]; None if it is not known yet.

        Raises
        ------
        CaseError
            If the steps do not fit it, e.g. a release to more than it.
        """
        mistakes = protocol_mistakes(self.stages or self.steps, pressure)
        if mistakes:
            raise CaseError(mistakes, "protocol")
        return replace_initial(self, pressure)

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
            before = found[-1] if found else self.initial or 0.0
            found.append(before if target is None else target)
        return tuple(found)

    @property
    def starts(self) -> tuple[float, ...]:
        """Nominal pressure at the beginning of each step [MPa]; none where the die is opened."""
        before = (self.initial or 0.0, *self.pressures[:-1])
        opened = self._opened()
        return tuple(0.0 if index in opened else one for index, one in enumerate(before))

    @property
    def schedule(self) -> tuple[Pace, ...]:
        """How fast each step goes, and when it ends."""
        found: list[Pace] = []
        end = 0.0
        for step, start, target in zip(self.steps, self.starts, self.pressures, strict=True):
            change = abs(target - start)
            paced = not isinstance(step, PullOff | Shear)
            rate = getattr(step, "rate", None) if paced else None
            duration = getattr(step, "duration", None)
            if duration is None:
                duration = 0.0 if rate is None else change / rate
            elif paced and not isinstance(step, Hold | Cycle):
                rate = change / duration
            end += duration
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

    def stage_index(self, step: int) -> int:
        """Return the number of the stage that a step, counted over all stages, belongs to."""
        ends = itertools.accumulate(len(stage.steps) for stage in self.stages)
        return sum(step >= end for end in ends)

    def to_list(self) -> list[dict[str, object]]:
        """Return the ``[[step]]`` tables of a case file, of all stages."""
        return [step_to_dict(step) for step in self.steps]

    def _opened(self) -> set[int]:
        """Return the steps before which the die is opened."""
        starts = itertools.accumulate((len(stage.steps) for stage in self.stages), initial=0)
        opened = openings(self.stages, begun=bool(self.initial))
        return {start for start, opens in zip(starts, opened, strict=False) if opens}


def replace_initial(protocol: Protocol, pressure: float | None) -> Protocol:
    """Return a copy of a protocol with another initial pressure [MPa]."""
    made = object.__new__(Protocol)
    fill(
        made,
        steps=protocol.steps,
        stages=protocol.stages,
        left_out=protocol.left_out,
        initial=pressure,
    )
    return made


def protocol_mistakes(items: Sequence[object], initial: float | None = 0.0) -> list[Mistake]:
    """Return what is wrong with an order of steps or of stages.

    Parameters
    ----------
    items : sequence
        Steps or stages; None stands for one that could not be read, and is passed over.
    initial : float or None
        Nominal pressure before the first step [MPa]; None if it is not known.
    """
    if not items:
        return [Mistake("step", "the protocol has no step", 'begin with Press(to="187 MPa")')]
    before = 0.0 if initial == 0.0 else math.inf  # what was pressed before may have been more
    count = sum(max(1, len(getattr(item, "steps", ()))) for item in items)
    if count > MOST_STEPS:
        return [Mistake("step", f"there are {count} steps", f"write at most {MOST_STEPS}")]
    if not any(isinstance(item, Stage) for item in items):
        return _order_mistakes(items, "", initial, before)[0] + _after_ejection([("", items)])
    mistakes: list[Mistake] = []
    pressure = initial
    highest = initial or 0.0
    opened = openings(items, begun=initial != 0.0)
    for index, (stage, opens) in enumerate(zip(items, opened, strict=True)):
        place = f"stage[{index}]"
        if stage is None:
            pressure = None
        elif not isinstance(stage, Stage):
            mistakes.append(
                Mistake(
                    f"step[{index}]",
                    "stands outside of a stage",
                    "put it in the steps of a Stage, or write no Stage at all",
                )
            )
            pressure = None
        elif not stage.steps:
            mistakes.append(Mistake(f"{place}.step", "is empty", 'begin with Press(to="187 MPa")'))
        else:
            if opens:
                if index > 0 and pressure is not None and pressure >= highest:
                    mistakes.append(
                        Mistake(
                            f"stage[{index - 1}].step",
                            f"the die is opened under {pressure:.4g} MPa",
                            'end the stage with a release, e.g. Release(to="1 MPa")',
                        )
                    )
                pressure = 0.0
                mistakes += _warm_opening(stage, place) if index > 0 or initial else []
                mistakes += _bagged_opening(items[:index], place)
            wrong, pressure = _order_mistakes(stage.steps, f"{place}.", pressure, before)
            mistakes += wrong
            highest = max(getattr(step, "target_pressure", None) or 0.0 for step in stage.steps)
    parts = [(f"stage[{n}].", getattr(item, "steps", ())) for n, item in enumerate(items)]
    return mistakes + _after_ejection(parts)


def _warm_opening(stage: Stage, place: str) -> list[Mistake]:
    """Return a change of temperature while the die is open, when nothing holds the layers."""
    first = stage.steps[0]
    if getattr(first, "temperature", None) is None:
        return []
    problem = f"'{first.name}' changes the temperature while the die is open"
    remedy = "give it to a step under load, in the stage before or the next one of this stage"
    return [Mistake(f"{place}.step[0].temperature", problem, remedy)]


def _bagged_opening(before: Sequence[object], place: str) -> list[Mistake]:
    """Return a die that is opened after a bag, in which layers have become narrower."""
    steps = [step for stage in before for step in getattr(stage, "steps", ())]
    found = next((step for step in steps if isinstance(step, Isostatic)), None)
    if found is None:
        return []
    problem = f"lays layers on those that '{found.name}' has made narrower"
    return [Mistake(place, problem, "press from all sides in the last stage")]


def _after_ejection(parts: Sequence[tuple[str, Sequence[object]]]) -> list[Mistake]:
    """Return the first step after the pellet has left the die or the stack was taken apart."""
    last: Eject | PullOff | Shear | None = None
    for prefix, steps in parts:
        for index, step in enumerate(steps):
            if last is not None and not (isinstance(last, Eject) and isinstance(step, PullOff)):
                why = "the pellet is out of the die"
                advice = "let only PullOff follow it"
                if not isinstance(last, Eject):
                    why = "the stack has been taken apart"
                    advice = f"let {type(last).__name__} be the last step"
                problem = f"comes after '{last.name}', when {why}"
                return [Mistake(f"{prefix}step[{index}]", problem, advice)]
            last = step if isinstance(step, Eject | PullOff | Shear) else None
    return []


def _order_mistakes(
    steps: Sequence[object], prefix: str, pressure: float | None, highest: float
) -> tuple[list[Mistake], float | None]:
    """Return what is wrong with an order of steps that begins at a pressure, and the last one."""
    mistakes = []
    for index, step in enumerate(steps):
        place = f"{prefix}step[{index}]"
        if step is None:
            pressure = None
        elif not isinstance(step, Step):
            mistakes.append(
                Mistake(
                    place,
                    f"{type(step).__name__} is not a step",
                    "give Press, Hold, Release, Isostatic, Cycle, PullOff, Shear or Eject",
                )
            )
            pressure = None
        elif isinstance(step, PullOff) and index > 0 and isinstance(steps[index - 1], Eject):
            pressure = step.target_pressure  # the platens grip a pellet that is out of its die
        elif pressure is not None and (wrong := _order_mistake(step, place, pressure, highest)):
            mistakes.append(wrong)
            pressure = step.target_pressure or pressure
        else:
            target = step.target_pressure
            pressure = pressure if target is None else target
        if isinstance(step, Cycle) and step.fixture != "force":
            pressure = None  # it follows the thickness
        highest = max(highest, pressure or 0.0)
    return mistakes, pressure


def _order_mistake(step: Step, place: str, pressure: float, highest: float) -> Mistake | None:
    target = step.target_pressure
    if isinstance(step, PullOff | Shear | Isostatic):
        if pressure > 0.0:
            return None
        return Mistake(place, f"'{step.name}' comes before any pressure", "press first")
    if isinstance(step, Eject):
        if 0.0 < pressure < highest:
            return None
        under = f"'{step.name}' comes under {pressure:.4g} MPa"
        if pressure == 0.0:
            return Mistake(place, f"'{step.name}' comes before any pressure", "press first")
        return Mistake(place, under, 'release before, e.g. Release(to="1 MPa")')
    if target is None:
        if pressure > 0.0:
            return None
        return Mistake(place, f"{step.kind} '{step.name}' comes before any pressure", "press first")
    like = getattr(step, "to", None)
    said, now = (spoken(one, "pressure", like, 4) for one in (target, pressure))
    if isinstance(step, Press) and target <= pressure:
        return Mistake(
            place,
            f"press '{step.name}' to {said}, but the pressure is {now}",
            "press to more, or write a release",
        )
    if isinstance(step, Release) and target >= pressure:
        return Mistake(
            place,
            f"release '{step.name}' to {said}, but the pressure is {now}",
            "release to less, or write a press",
        )
    return None
