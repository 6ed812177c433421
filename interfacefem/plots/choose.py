# SPDX-License-Identifier: MIT
"""Which steps and interfaces a picture shows, so that each says something the others do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.results import Results

#: more steps than this do not fit on a page; the first, the highest load and the last ones stay
MOST_STEPS = 4
#: smallest difference that can be seen, in the height of a panel
VISIBLE = 5e-3


@dataclass(frozen=True)
class Moment:
    """The end of one step, or of several that look the same.

    Attributes
    ----------
    step : str
        The step whose fields are shown.
    names : tuple of str
        All steps that end like this.
    pressure : float
        Nominal pressure [MPa].
    """

    step: str
    names: tuple[str, ...]
    pressure: float

    @property
    def title(self) -> str:
        """Names and pressure, e.g. ``press, hold: 187 MPa``."""
        return f"{', '.join(self.names)}: {self.pressure:.3g} MPa"


def moments(results: Results, steps: Iterable[str] | None = None) -> list[Moment]:
    """Return the ends of the steps, those alike together.

    Parameters
    ----------
    results : Results
        The run.
    steps : iterable of str, optional
        Only these, each by itself; by default at most :data:`MOST_STEPS` of all.

    Raises
    ------
    ResultsError
        If nothing is stored yet or a step is unknown.
    """
    require_increments(results)
    if steps is not None:
        return [Moment(step, (step,), pressure_at(results, step)) for step in steps]
    found: list[Moment] = []
    for step in results.steps:
        pressure = pressure_at(results, step)
        if found and _alike(results, found[-1].step, step):
            last = found.pop()
            # the later of two that look alike: a current is more likely there
            found.append(Moment(step, (*last.names, step), pressure))
        else:
            found.append(Moment(step, (step,), pressure))
    if len(found) > MOST_STEPS:
        highest = max(range(len(found)), key=lambda index: found[index].pressure)
        kept = {0, highest, len(found) - 1}
        for index in reversed(range(len(found))):
            if len(kept) < MOST_STEPS:
                kept.add(index)
        found = [found[index] for index in sorted(kept)]
    return found


def moments_with_current(results: Results, steps: Iterable[str] | None = None) -> list[Moment]:
    """Return the moments of which a current is stored, as :func:`moments` chooses them.

    Raises
    ------
    ResultsError
        If there is none.
    """
    shown = [moment for moment in moments(results, steps) if results.has_current(moment.step)]
    if not shown:
        raise ResultsError(
            f"{results.path}: no current is stored, so there is nothing to draw; give the case a "
            "current, e.g. CurrentLoad(mean_current_density='0.5 mA/cm^2')"
        )
    return shown


def pressure_at(results: Results, step: str) -> float:
    """Return the nominal pressure at the end of a step [MPa]."""
    results.increments(step)
    part = results.history.where(results.history["step"] == step)
    return float(part["nominal_pressure"][-1])


def highest_step(results: Results) -> str:
    """Return the step that ends at the highest nominal pressure; the first of equals."""
    require_increments(results)
    return max(results.steps, key=lambda step: pressure_at(results, step))


def require_increments(results: Results) -> None:
    """Refuse a run that has nothing to show yet.

    Raises
    ------
    ResultsError
        If no increment is stored.
    """
    if not len(results):
        raise ResultsError(
            f"{results.path}: no increment is stored yet, so there is nothing to draw; "
            "wait for the first one, or see run.log"
        )


def _alike(results: Results, first: str, second: str) -> bool:
    """Return whether pressure and gap of all interfaces are the same to the eye."""
    for name in results.interfaces:
        one, two = results.interface(name).at(first), results.interface(name).at(second)
        if one.present != two.present:
            return False
        if not one.present:
            continue
        for field in ("contact_pressure", "gap"):
            a, b = one.field(field).values, two.field(field).values
            if len(a) != len(b):
                return False
            scale = float(max(np.abs(a).max(initial=0.0), np.abs(b).max(initial=0.0)))
            if field == "gap":  # that of closed faces is round-off
                scale = max(scale, results.interface(name).rms_height)
            if float(np.abs(a - b).max(initial=0.0)) > VISIBLE * scale:
                return False
    return True
