# SPDX-License-Identifier: MIT
"""What a picture shows, so that it says something that others do not, and in which colours.

Of one sign: light to dark from zero, if zero is near. Of both signs: two colours, as far to both
sides, white in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.results import Results

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

FloatArray = npt.NDArray[np.float64]

#: part of the area or volume whose values the colours span [%]; the rest has the end colours
SHOWN = (0.2, 99.8)
#: an end of the other sign that is smaller than this part of the largest value is of no account
OTHER_SIGN = 0.05
#: colours begin at zero if the smallest value is below this part of the largest
NEAR_ZERO = 0.3
#: of a field without a unit, what is smaller is round-off [-]
NOTHING = 1e-9
#: a spread below this part of the values is round-off as well
EVEN = 1e-9


@dataclass(frozen=True)
class Scale:
    """Values between which colours run.

    Attributes
    ----------
    low, high : float
        In the unit of the field; equal if there is nothing to show.
    colours : str
        Name of a colour map of matplotlib.
    """

    low: float
    high: float
    colours: str

    @property
    def even(self) -> bool:
        """Whether the field is the same everywhere, to round-off."""
        return not self.high > self.low

    def map(self) -> Colormap:
        """Return the colour map, without a black end that hides lines."""
        import matplotlib as mpl
        from matplotlib.colors import ListedColormap

        whole = mpl.colormaps[self.colours]
        if self.colours.startswith("magma"):
            return ListedColormap(whole(np.linspace(0.0, 0.88, 256)))
        return whole

    def paint(self, values: FloatArray) -> npt.NDArray[np.uint8]:
        """Return the colours of values (n, 3); grey where nothing is to show or known."""
        colours = np.full((len(values), 3), 225, dtype=np.uint8)
        known = np.isfinite(values)
        if not self.even and known.any():
            part = np.clip((values[known] - self.low) / (self.high - self.low), 0.0, 1.0)
            colours[known] = np.asarray(self.map()(part)[:, :3] * 255.0, dtype=np.uint8)
        return colours


def scale_of(values: FloatArray, weights: FloatArray, *, unit: str) -> Scale:
    """Return the scale that shows a field.

    Parameters
    ----------
    values : (n,) array
        In ``unit``; what is not a number is left out.
    weights : (n,) array
        Area or volume of each value.
    unit : str
        Of the values.
    """
    known = np.isfinite(values) & (weights > 0.0)
    values, weights = values[known], weights[known]
    if not len(values):
        return Scale(0.0, 0.0, "viridis")
    smallest, largest = float(values.min()), float(values.max())
    size = max(abs(smallest), abs(largest))
    if size <= (NOTHING if unit == "-" else 0.0) or largest - smallest <= EVEN * size:
        return Scale(largest, largest, "viridis")
    # where most is zero, as a plastic strain, only the rest says how far the values reach
    counted = np.abs(values) > 0.01 * size
    low, high = (_percentile(values[counted], weights[counted], percent) for percent in SHOWN)
    if not counted.all():
        low, high = min(low, 0.0), max(high, 0.0)
    reach = max(abs(low), abs(high))
    if low < -OTHER_SIGN * reach and high > OTHER_SIGN * reach:
        return Scale(-reach, reach, "RdBu_r")
    if high > -low:
        low = 0.0 if low < NEAR_ZERO * high else low
        return Scale(low, high, "magma_r" if unit == "-" else "viridis")
    high = 0.0 if high > NEAR_ZERO * low else high
    return Scale(low, high, "viridis_r")


def _percentile(values: FloatArray, weights: FloatArray, percent: float) -> float:
    """Return the value that a part of the area does not exceed."""
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    return float(np.interp(percent / 100.0, share, values[order]))


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
    """Return the ends of the steps at which an interface is there, those alike together.

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
    there = [step for step in results.steps if _interfaces_at(results, step)]
    for step in there or results.steps:
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
    """Return the step that ends at the highest nominal pressure; the first of equals.

    Of a stack that is put together in stages only steps with the most interfaces count: what was
    pressed before is not what one asks about.
    """
    require_increments(results)

    return max(
        results.steps, key=lambda step: (_interfaces_at(results, step), pressure_at(results, step))
    )


def _interfaces_at(results: Results, step: str) -> int:
    """Return how many interfaces have both layers in the die at the end of a step."""
    return sum(results.interface(name).at(step).present for name in results.interfaces)


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
