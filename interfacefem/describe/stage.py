# SPDX-License-Identifier: MIT
"""Stages of a protocol: which layers are in the die while which steps are followed.

A layer that is added later takes no part before. Between two stages the die is opened, the layers
spring back, and what is added is laid on what the earlier pressing left. How that is computed
lives in ``fem.stages``; the steps themselves live in ``protocol``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.describe.interface import Interface
from interfacefem.describe.stack import Layer, Stack
from interfacefem.errors import Mistake
from interfacefem.fields import Shown
from interfacefem.quantities import did_you_mean, fill, one_mistake

if TYPE_CHECKING:
    from interfacefem.describe.steps import Step

_NO_INTERFACE = Interface()


@dataclass(frozen=True, init=False, repr=False)
class Stage(Shown):
    """Steps that are followed with certain layers in the die.

    Parameters
    ----------
    adds : sequence of str
        Names of the layers that are put in before the first step, above or below those that are
        there; empty where only the steps go on.
    steps : sequence of Press, Hold, Release or Eject
        What is done with them. The first one is a press where anything is added or removed.
    punch : Layer, optional
        A punch whose face is not flat; it presses on the uppermost layer in this stage and is
        taken away after it. Without one, the uppermost face moves as one with a flat punch.
    punch_interface : Interface, optional
        How the punch touches; without friction if not given.

    Raises
    ------
    CaseError
        If a part is of the wrong kind.
    """

    adds: tuple[str, ...]
    steps: tuple[Step, ...]
    punch: Layer | None
    punch_interface: Interface

    def __init__(
        self,
        adds: Sequence[str] = (),
        steps: Iterable[Step] = (),
        *,
        punch: Layer | None = None,
        punch_interface: Interface = _NO_INTERFACE,
    ) -> None:
        names = (adds,) if isinstance(adds, str) else tuple(adds)
        for part, kind, key in (
            (punch, Layer, "punch"),
            (punch_interface, Interface, "punch_interface"),
        ):
            if part is not None and not isinstance(part, kind):
                raise one_mistake(
                    f"stage.{key}",
                    f"{type(part).__name__} is not {_article(kind)}",
                    f"give {_article(kind)}",
                )
        if punch_interface.adhesion == "library":
            problem = "has no band in the library: nobody pulled a punch off"
            raise one_mistake("stage.punch_interface.adhesion", problem, "give an Adhesion")
        if not all(isinstance(name, str) for name in names):
            raise one_mistake("stage.adds", f"{adds!r} are no names", 'write adds=["separator"]')
        if not isinstance(steps, Iterable):
            raise one_mistake("stage.steps", f"{steps!r} is no list of steps", "write it in [ ]")
        fill(self, adds=names, steps=tuple(steps), punch=punch, punch_interface=punch_interface)


def _article(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with numbers on those used again: press, press 2."""
    taken: list[str] = []
    for wanted in names:
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted} {number}", number + 1
        taken.append(name)
    return taken


def openings(stages: Sequence[object], *, begun: bool = False) -> list[bool]:
    """Return whether the die is opened before each stage: something is added or taken away.

    Parameters
    ----------
    stages : sequence of Stage
        None stands for one that could not be read.
    begun : bool
        Whether something has been pressed before the first stage.
    """
    punches = [getattr(stage, "punch", None) is not None for stage in stages]
    return [
        (begun or number > 0)
        and (
            bool(getattr(stage, "adds", ()))
            or punches[number]
            or (number > 0 and punches[number - 1])
        )
        for number, stage in enumerate(stages)
    ]


def opened_together(opens: Sequence[bool], number: int) -> range:
    """Return the stages from the last opening of the die before a stage to the next one.

    Parameters
    ----------
    opens : sequence of bool
        As :func:`openings` returns them.
    number : int
        Of the stage; -1 before the first.
    """
    opened = [index for index, one in enumerate(opens) if one]
    first = max((index for index in opened if index <= number), default=0)
    end = next((index for index in opened if index > number), len(opens))
    return range(first, end)


@dataclass(frozen=True)
class Arrangement:
    """What is in the die during one stage.

    Attributes
    ----------
    layers : tuple of str
        Bottom to top; a punch comes last.
    punch : str or None
        Name of the punch with a face of its own.
    """

    layers: tuple[str, ...]
    punch: str | None

    @property
    def interfaces(self) -> tuple[str, ...]:
        """Names ``"lower|upper"``, bottom to top."""
        return tuple(f"{a}|{b}" for a, b in zip(self.layers, self.layers[1:], strict=False))


def arrangements(
    names: Sequence[str], stages: Sequence[Stage], before: Sequence[str] = ()
) -> tuple[Arrangement, ...]:
    """Return what is in the die in each stage.

    Parameters
    ----------
    names : sequence of str
        All layers of the stack, bottom to top.
    stages : sequence of Stage
        Without mistakes; if there are none, all layers are there from the beginning.
    before : sequence of str
        What is in the die before the first stage.
    """
    if not stages:
        return (Arrangement(tuple(before or names), None),)
    there = set(before)
    found = []
    for stage in stages:
        there |= set(stage.adds)
        layers = [name for name in names if name in there]
        punch = None if stage.punch is None else stage.punch.name
        found.append(Arrangement(tuple(layers if punch is None else [*layers, punch]), punch))
    return tuple(found)


def bodies(stack: Stack, stages: Sequence[Stage]) -> dict[str, Layer]:
    """Return the layers of a stack and the punches with a face of their own, by name."""
    found = {layer.name: layer for layer in stack.layers}
    return found | {stage.punch.name: stage.punch for stage in stages if stage.punch is not None}


def joints(stack: Stack, stages: Sequence[Stage]) -> dict[str, Interface]:
    """Return the interfaces of a stack and those of its punches, by ``"lower|upper"``."""
    found = dict(stack.interfaces)
    for stage, there in zip(stages, arrangements(stack.names, stages), strict=False):
        if there.punch is not None:
            found[there.interfaces[-1]] = stage.punch_interface
    return found


def stage_mistakes(
    names: Sequence[str],
    size: Sequence[float] | None,
    stages: Sequence[Stage | None],
    left_out: Sequence[str],
) -> list[Mistake]:
    """Return what is wrong between the stages and the layers of a stack.

    Parameters
    ----------
    names : sequence of str
        Layers, bottom to top.
    size : sequence of float or None
        Extent of the stack [um], if it is known.
    stages : sequence of Stage
        None stands for one that could not be read; what it would have added is not known then.
    left_out : sequence of str
        Layers that are stated never to be added.
    """
    found: list[Mistake] = []
    there: dict[str, int] = {}
    punches: list[str] = []
    readable = all(stage is not None for stage in stages)
    for number, stage in enumerate(stages):
        if stage is None:
            continue
        place = f"stage[{number}].adds"
        for name in stage.adds:
            if name not in names:
                found.append(Mistake(place, f"no layer {name!r}", did_you_mean(name, names)))
            elif name in there:
                found.append(
                    Mistake(place, f"{name!r} is there since stage[{there[name]}]", "add it once")
                )
            else:
                there[name] = number
        positions = sorted(names.index(name) for name in there)
        if readable and positions and len(positions) <= positions[-1] - positions[0]:
            gap = [names[i] for i in range(positions[0], positions[-1]) if i not in positions]
            found.append(
                Mistake(
                    place,
                    f"between the layers that are there, {', '.join(map(repr, gap))} is missing",
                    "add layers from the lowest to the uppermost without leaving one out",
                )
            )
            for name in gap:
                there[name] = number  # named once is enough
        if number == 0 and not stage.adds:
            found.append(Mistake(place, "is empty", "name the layers that are pressed first"))
        if stage.punch is not None:
            found += _punch_mistakes(stage.punch, number, [*names, *punches], size)
            punches.append(stage.punch.name)
    for name in left_out:
        if name not in names:
            found.append(Mistake("left_out", f"no layer {name!r}", did_you_mean(name, names)))
        elif name in there:
            problem = f"{name!r} is added in stage[{there[name]}]"
            found.append(Mistake("left_out", problem, "drop one of the two"))
    missing = [name for name in names if name not in there and name not in left_out]
    if stages and readable and missing:
        found.append(
            Mistake(
                "stage",
                f"{', '.join(map(repr, missing))} is never added",
                "add it in a stage, or state it in left_out",
            )
        )
    return found


def _punch_mistakes(
    punch: Layer, number: int, taken: Sequence[str], size: Sequence[float] | None
) -> list[Mistake]:
    place = f"stage[{number}].punch"
    found = []
    if punch.name in taken:
        problem = f"{punch.name!r} is the name of another layer"
        found.append(Mistake(f"{place}.name", problem, "give each punch a name of its own"))
    if punch.top is not None:
        problem = "the upper face of a punch is held by the press"
        found.append(Mistake(f"{place}.top", problem, "leave it out"))
    face = punch.bottom
    if (
        face is not None
        and size is not None
        and (len(face.size) != len(size) or not np.allclose(face.size, size, rtol=1e-9, atol=0.0))
    ):
        own, wanted = (" x ".join(f"{length:g}" for length in part) for part in (face.size, size))
        problem = f"the surface is {own} um, but the stack {wanted} um"
        found.append(Mistake(f"{place}.bottom", problem, "give both one size"))
    return found
