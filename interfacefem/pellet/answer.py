# SPDX-License-Identifier: MIT
"""What uneven pressing does to a pellet, in one sentence, and which input it hangs on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from interfacefem.errors import CaseError, ConvergenceError
from interfacefem.fields import ShownData
from interfacefem.pellet.found import PelletState
from interfacefem.pellet.inputs import PUNCHES
from interfacefem.pellet.numbers import OTHER_LINER
from interfacefem.pellet.pellet import Pellet
from interfacefem.quantities import spoken
from interfacefem.results.documents import number, table
from interfacefem.units import Dimensional

#: inputs of which one decides how uneven the pressure is; wedge and bow are what is asked about
AROUND = ("seat", "punch", "liner")


@dataclass(frozen=True, repr=False)
class Variant:
    """The same pellet with one input changed.

    Attributes
    ----------
    what : str
        The input, ``"seat"``, ``"punch"``, ``"liner"``, ``"wedge"`` or ``"bow"``.
    words : str
        What was put in its place.
    states : tuple of PelletState
        What was found at the largest force and after release; empty if the law does not reach it.
    why : str
        Why nothing was found.
    """

    what: str
    words: str
    states: tuple[PelletState, ...]
    why: str = ""


@dataclass(frozen=True, repr=False)
class PelletAnswer(ShownData):
    """A pellet under a force, after release, and with each input of its surroundings changed.

    Attributes
    ----------
    pellet : Pellet
    states : tuple of PelletState
        Under the largest force, and after release.
    variants : tuple of Variant
    members : tuple of PelletState
        At the largest force, with each realisation of the law alone.
    """

    pellet: Pellet
    states: tuple[PelletState, ...]
    variants: tuple[Variant, ...]
    members: tuple[PelletState, ...]

    @property
    def decides(self) -> Variant | None:
        """Seat, punch or liner whose change moves the variation of the pressure most."""
        found = [one for one in self.variants if one.what in AROUND]
        return max(found, key=self._moved, default=None)

    @property
    def sentence(self) -> str:
        """What happens, with the numbers, and what it hangs on most."""
        state = self.states[0]
        words = (
            f"{self.pellet.die / 1e3:g} mm die at {number(state.mean_pressure, 3)} MPa "
            f"({number(state.force / 1e9, 3)} kN), {_given(self.pellet)}: the pressure "
            f"{_varies(state)}; the largest current density is {number(state.hotspot, 3)} times "
            f"its mean, and the resistance is {_costs(state)}."
        )
        if self.members:
            ohms = [one.area_resistance for one in self.members]
            words += (
                f" With each of the {len(ohms)} realisations of the law alone it is "
                f"{number(min(ohms), 3)} to {number(max(ohms), 3)} ohm cm2."
            )
        for low in self.states[1:]:
            words += (
                f" Released to {number(low.mean_pressure, 3)} MPa the pressure {_varies(low)}; the "
                f"largest current density is {number(low.hotspot, 3)} times its mean, and the "
                f"resistance {_costs(low)}."
            )
        one = self.decides
        if one is None or self.states[-1].variation < 1e-3 > self._moved(one):
            return words + " No other seat, punch or liner makes it uneven."
        words += f" It hangs most on the {one.what}: {one.words}, "
        if not one.states:
            return words + f"and the law does not reach it ({one.why})."
        when = " after release" if len(self.states) > 1 else ""
        return words + f"the pressure would vary{when} by {_share(one.states[-1].variation)}."

    def to_text(self) -> str:
        """Return the sentence, the numbers, and a line for each changed input."""
        each = [("as given", "", self.states)]
        each += [(one.what, one.words, one.states) for one in self.variants]
        rows: list[list[str | float]] = []
        for what, words, states in each:
            found = [value for state in states for value in _numbers(state)]
            rows.append([what, words, *(found or [math.nan] * (3 * len(self.states)))])
        heads = ["variation [-]", "largest current [-]", "resistance [ohm cm^2]"]
        if len(self.states) > 1:
            heads += [f"released: {heads[0]}", heads[1], heads[2]]
        parts = [self.sentence, self.states[0].to_text()]
        if len(self.states) > 1:
            parts.append("after release\n" + self.states[1].to_text())
        parts.append(table(["changed", "to", *heads], rows))
        parts += [f"{one.what}, {one.words}: {one.why}" for one in self.variants if one.why]
        return "\n\n".join(parts)

    def _moved(self, one: Variant) -> float:
        if not one.states:
            return math.inf
        return abs(one.states[-1].variation - self.states[-1].variation)


def answer(pellet: Pellet, force: Dimensional, *, then: Dimensional | None = None) -> PelletAnswer:
    """Say what uneven pressing does to a pellet, and which input it hangs on.

    The pellet is pressed again with each input of its surroundings changed: seat, punch, liner, and
    without wedge and bow.

    Parameters
    ----------
    pellet : Pellet
    force : str, pint.Quantity or float
        Largest force [uN].
    then : str, pint.Quantity or float, optional
        Force after release [uN].

    Returns
    -------
    PelletAnswer

    Raises
    ------
    CaseError
        If the law does not reach the pressures of the pellet as it is given.
    ConvergenceError
        If no equilibrium is found for it.
    """
    states = pellet.press(force, then=then)
    members = tuple(_with(pellet, law=law).press(force)[0] for law in pellet.law.members)
    return PelletAnswer(pellet, states, tuple(_variants(pellet, force, then)), members)


def _variants(pellet: Pellet, force: Dimensional, then: Dimensional | None) -> Iterable[Variant]:
    guided = pellet.seat == "guided"
    rigid = pellet.punch == "rigid"
    seats = [("free", "free")] if pellet.seat != "free" else []
    seats += [] if guided else [("guided", "guided")]
    changes: list[tuple[str, str, Any]] = [("seat", words, value) for words, value in seats]
    changes.append(("punch", "steel", "steel") if rigid else ("punch", "rigid", "rigid"))
    if pellet.liner:
        changes += [("liner", "none", 0.0), ("liner", "twice as soft", 2.0 * pellet.liner)]
    else:
        changes.append(("liner", f"{OTHER_LINER:g} um/MPa", OTHER_LINER))
    changes += [(name, "none", 0.0) for name in ("wedge", "bow") if getattr(pellet, name)]
    for what, words, value in changes:
        try:
            yield Variant(what, words, _with(pellet, **{what: value}).press(force, then=then))
        except CaseError as error:
            yield Variant(what, words, (), error.mistakes[0].problem)
        except ConvergenceError:
            yield Variant(what, words, (), "no equilibrium was found")


def _with(pellet: Pellet, **changes: Any) -> Pellet:
    """Return a pellet with some inputs changed."""
    names = ("law", "punch", "seat", "wedge", "bow", "liner", "layers")
    return Pellet(pellet.die, **{name: getattr(pellet, name) for name in names} | changes)


def _given(pellet: Pellet) -> str:
    """Return the inputs in words."""
    punch = next((name for name, value in PUNCHES.items() if value == pellet.punch), None)
    if punch is None:
        given = pellet.punch
        punch = given if isinstance(given, str) else f"{given[0] / 1e3:g} GPa"
    seat = pellet.seat if isinstance(pellet.seat, str) else f"{pellet.seat / 1e12:.3g} N m"
    parts = [f"{punch} punches", f"{seat} seat"]
    for name in ("wedge", "bow"):
        value = getattr(pellet, name)
        if value:
            parts.append(f"{name} of {spoken(float(value), 'length')}")
    parts.append(f"liner of {pellet.liner:g} um/MPa" if pellet.liner else "no liner")
    return ", ".join(parts)


def _varies(state: PelletState) -> str:
    """Return how uneven the pressure is, in words."""
    words = (
        f"varies by {_share(state.variation)} of its mean (coefficient of variation) and reaches "
        f"{number(state.largest_pressure, 3)} times the mean"
    )
    if state.touching < 1.0 - 1e-9:
        words += f", {_share(1.0 - state.touching)} of the area is not pressed"
    return words


def _costs(state: PelletState) -> str:
    """Return the resistance in words."""
    loss = 100.0 * state.loss
    less = "more" if loss >= 0.0 else "less"
    return (
        f"{number(state.area_resistance, 3)} ohm cm2, {abs(loss):.2g} % {less} than evenly pressed"
    )


def _share(value: float) -> str:
    return f"{number(100.0 * value, 2 if value < 1.0 else 3)} %"


def _numbers(state: PelletState) -> list[str | float]:
    return [state.variation, state.hotspot, state.area_resistance]
