# SPDX-License-Identifier: MIT
"""What a pressure gives and costs for two aims: a low resistance at first, and many cycles.

A low resistance before the first cycle asks for contact. Long cycling asks for more: even pressure,
faces that stay together, current that does not crowd. The pressures that serve the two best need
not be the same, so they stand side by side, and beside them how many realisations pay with a risk.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from interfacefem.fields import ShownData
from interfacefem.results.documents import Cell, number
from interfacefem.sweep.bands import Band, band
from interfacefem.sweep.table import number as cell
from interfacefem.sweep.worker import Row

if TYPE_CHECKING:
    from interfacefem.sweep.recommendation import Pressed

#: the two aims
AT_FIRST, CYCLING = "low resistance at first", "long cycling"
#: what is as good as the best, over it [-]
AS_GOOD = 0.05


@dataclass(frozen=True)
class Measure:
    """A number of an interface that long cycling asks to be small.

    Attributes
    ----------
    name, unit : str
    column : str
        Of the rows of a sweep, of each interface.
    wanted, shown : str
        What a small one is, and how its value is said.
    same : float
        Difference that does not matter, in its unit.
    factor : float
        From the unit of the column to that.
    """

    name: str
    unit: str
    column: str
    wanted: str
    shown: str
    same: float
    factor: float = 1.0


MEASURES = (
    Measure("variation of pressure", "-", "pressure_variation", "even pressure",
            "a variation of {}", 0.01),
    Measure("apart", "%", "open_fraction", "faces that stay together", "{} % apart", 0.5, 100.0),
    Measure("largest current at metal", "-", "current_over_mean", "even current at metal",
            "{} times the mean on the worst hundredth of the face", 0.01),
)  # fmt: skip


RESISTANCE = Measure("resistance", "ohm cm2", "asr", "the lowest resistance", "{} ohm cm2", 0.0)


@dataclass(frozen=True, repr=False)
class Best(ShownData):
    """The lowest pressure that serves an aim as well as any.

    Attributes
    ----------
    aim, measure : str
    pressure : float
        [MPa].
    value : float
        Median of the measure there.
    said : str
        What is best there, and its value.
    """

    aim: str
    measure: str
    pressure: float
    value: float
    said: str


def cycling_measures(rows: Iterable[Row]) -> dict[str, Band]:
    """Return what long cycling asks for, over the realisations: the worst interface of each.

    Parameters
    ----------
    rows : iterable of dict
        One a realisation, at the operating pressure.

    Returns
    -------
    dict of str to Band
        By the name of the measure; without those that no realisation has.
    """
    rows, found = list(rows), {}
    for measure in MEASURES:
        values = []
        for row in rows:
            known = [cell(row[name]) for name in row if name.startswith(f"{measure.column}[")]
            worst = max((value for value in known if not math.isnan(value)), default=math.nan)
            values.append(measure.factor * worst)
        if not all(map(math.isnan, values)):
            found[measure.name] = band(values, measure.unit)
    return found


def best_of(points: Sequence[Pressed], among: Sequence[int]) -> list[Best]:
    """Return, for each measure, the lowest pressure that is as good as the best.

    Parameters
    ----------
    points : sequence of Pressed
        By rising pressure.
    among : sequence of int
        Points that may be chosen; all where there are none.
    """
    chosen = [points[k] for k in among] or list(points)
    found = []
    at_first = {point.pressure: point.released for point in chosen}
    choices: list[tuple[str, Measure, Mapping[float, Band]]] = [(AT_FIRST, RESISTANCE, at_first)]
    for measure in MEASURES:
        by_pressure = {
            point.pressure: point.cycling[measure.name]
            for point in chosen
            if measure.name in point.cycling
        }
        choices.append((CYCLING, measure, by_pressure))
    for aim, measure, bands in choices:
        if not bands:
            continue
        least = min(one.median for one in bands.values())
        limit = (1.0 + AS_GOOD) * least + measure.same
        pressure = min(p for p, one in bands.items() if one.median <= limit)
        value = bands[pressure].median
        said = f"{measure.wanted} ({measure.shown.format(number(value, 3))})"
        found.append(Best(aim, measure.name, pressure, value, said))
    return found


def in_words(found: Sequence[Best], *, risky: bool) -> list[str]:
    """Return a line an aim.

    Parameters
    ----------
    found : sequence of Best
    risky : bool
        Whether no pressure is without risk.
    """
    lines = []
    for aim in dict.fromkeys(one.aim for one in found):
        parts = [f"{number(one.pressure)} MPa for {one.said}" for one in found if one.aim == aim]
        lines.append(f"{aim}: {', '.join(parts)}")
    among = "all, since none is without risk" if risky else "those without risk"
    lines.append(f"each is the lowest pressure, of {among}, within {AS_GOOD:.0%} of the best")
    return lines


def side_by_side(points: Sequence[Pressed], operating: float) -> tuple[list[str], list[list[Cell]]]:
    """Return head and rows of the table of both aims and what they cost, a row a pressure."""
    known = [m for m in MEASURES if any(m.name in point.cycling for point in points)]
    head = ["pressed [MPa]", f"at first: at {number(operating)} MPa [ohm cm^2]", "change [%]"]
    head += [f"cycling: {m.name} [{m.unit}]" for m in known]
    head += ["cost: over a threshold"]
    rows: list[list[Cell]] = []
    before = math.nan
    for point in points:
        now = point.released.median
        rows.append(
            [
                point.pressure, now, round(100.0 * (now / before - 1.0), 1) + 0.0,
                *(point.cycling[m.name].median if m.name in point.cycling else math.nan
                  for m in known),
                f"{point.over} of {len(point.runs)}",
            ]
        )  # fmt: skip
        before = now
    return head, rows
