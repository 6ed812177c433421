# SPDX-License-Identifier: MIT
"""At which pressure to press: what the realisations of a sweep say, and the sentence that says it.

The cell works at its stack pressure, so the resistance that counts is the one after release,
against the pressure that was pressed before. How this is found in a table is in
:mod:`interfacefem.sweep.ask`. Only pressures that were computed are named. From the lowest
one at which enough realisations meet the target, up to the highest one at which no cause of risk is
over its threshold in more than the rest of them, is where to press. Where that ends with the data,
this is said.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from interfacefem.fields import ShownData, html_table
from interfacefem.names import printable
from interfacefem.results.documents import Cell, number, table
from interfacefem.sweep.aims import Best, best_of, in_words, side_by_side
from interfacefem.sweep.bands import Band, Influence
from interfacefem.sweep.plan import REALISATION
from interfacefem.units import from_internal

#: fall of the resistance between the last two pressures that may go on above them [-]
_STILL = 0.05


@dataclass(frozen=True, kw_only=True, repr=False)
class Pressed(ShownData):
    """What a sweep says about one pressure.

    Attributes
    ----------
    pressure : float
        Highest pressure [MPa].
    runs : tuple of int
        Of the sweep, one a realisation.
    released, loaded : Band
        Resistance at the operating pressure, and under the load itself [ohm cm^2].
    exceeding : dict
        Cause of risk to how many runs are over its threshold.
    over : int
        Runs that are over the threshold of any cause.
    failed : int
        Runs that did not get there.
    contacts : float
        Median number of contacts after release, of the interface that has least; not a number where
        more than half of each face carries the current.
    cycling : dict of str to Band
        What long cycling asks for, at the operating pressure:
        :func:`interfacefem.sweep.aims.cycling_measures`.
    """

    pressure: float
    runs: tuple[int, ...]
    released: Band
    loaded: Band | None
    exceeding: dict[str, int]
    over: int
    failed: int
    contacts: float
    cycling: Mapping[str, Band]

    def missing(self, target: float) -> int:
        """Return how many runs are above a resistance."""
        return int(np.sum(self.released.values > target))


@dataclass(frozen=True, kw_only=True, repr=False)
class Recommendation(ShownData):
    """The pressure window of a sweep.

    Attributes
    ----------
    name : str
        Of the sweep.
    target : float
        Largest resistance that is wanted [ohm cm^2].
    operating : float
        Stack pressure at which the cell works [MPa].
    points : tuple of Pressed
        By rising pressure.
    curves : dict
        The runs that differ in their pressure only, by the first of them: pressures and resistances
        after release, for thin lines.
    influences : tuple of Influence
        What the resistance hangs on, the strongest first.
    die : float or None
        Diameter of the die [um].
    confidence : float
        Part of the realisations that must meet the target [-].
    """

    name: str
    target: float
    operating: float
    points: tuple[Pressed, ...]
    curves: dict[int, tuple[tuple[float, ...], tuple[float, ...]]]
    influences: tuple[Influence, ...]
    die: float | None
    confidence: float

    @property
    def meeting(self) -> tuple[int, ...]:
        """Points at which enough realisations meet the target."""
        return tuple(
            k
            for k, point in enumerate(self.points)
            if 1.0 - point.released.exceeding(self.target) >= self.confidence
        )

    @property
    def safe(self) -> tuple[int, ...]:
        """Points at which no cause is over its threshold in too many runs."""
        return tuple(k for k in range(len(self.points)) if not self.causes(k))

    def causes(self, k: int) -> dict[str, int]:
        """Return the causes that are over their thresholds in too many runs at a point."""
        point = self.points[k]
        allowed = (1.0 - self.confidence) * len(point.runs)
        return {cause: n for cause, n in point.exceeding.items() if n > allowed + 1e-9}

    @property
    def interval(self) -> tuple[int, int] | None:
        """First and last point of the longest row of points that meet and are safe."""
        good = [k for k in self.meeting if k in self.safe]
        rows: list[list[int]] = []
        for k in good:
            if rows and rows[-1][-1] == k - 1:
                rows[-1].append(k)
            else:
                rows.append([k])
        best = max(rows, key=len, default=[])
        return (best[0], best[-1]) if best else None

    @property
    def aims(self) -> list[Best]:
        """The lowest pressures that serve each aim as well as any, of those without risk if any."""
        return best_of(self.points, self.safe)

    def aims_in_words(self) -> list[str]:
        """Return a line an aim."""
        return in_words(self.aims, risky=not self.safe)

    def aims_table(self) -> tuple[list[str], list[list[Cell]]]:
        """Return head and rows of what each pressure gives for both aims, and costs."""
        return side_by_side(self.points, self.operating)

    def sentence(self) -> str:
        """Return the recommendation."""
        found = self.interval
        if found is None:
            return " ".join([*self._none(), *self._unknown()])
        first, last = (self.points[k] for k in found)
        places = f"{_mpa(first)} to {_mpa(last)} MPa"
        if found[0] == found[1]:
            places = f"{_mpa(first)} MPa"
        text = f"Press at {places}{self._tonnes(first, last)}: at {number(self.operating)} MPa "
        text += f"stack pressure the cell then has {first.released.text()}"
        if found[0] != found[1]:
            text += f" pressed at {_mpa(first)} MPa, and {last.released.text()} at {_mpa(last)} MPa"
        lower, upper = self._below(found[0]), self._above(found[1])
        return " ".join([f"{text}; {lower}, {upper}.", *self._unknown()])

    def _below(self, k: int) -> str:
        if k == 0:
            return f"at most {_mpa(self.points[0])} MPa is needed, less was not explored"
        point = self.points[k - 1]
        causes = self.causes(k - 1)
        if k - 1 in self.meeting and causes:
            return f"below, at {_mpa(point)} MPa, {_exceed(causes, len(point.runs))}"
        missing, count = point.missing(self.target), len(point.runs)
        where = f"below, at {_mpa(point)} MPa, it misses your target of {number(self.target)} ohm"
        return f"{where} cm2 in {missing} of {count} realisations"

    def _above(self, k: int) -> str:
        if k + 1 == len(self.points):
            return f"the upper end is at least {_mpa(self.points[k])} MPa, not explored further"
        point, count = self.points[k + 1], len(self.points[k + 1].runs)
        causes = self.causes(k + 1)
        if causes:
            return f"above, at {_mpa(point)} MPa, {_exceed(causes, count)}"
        missing = point.missing(self.target)
        return f"above, at {_mpa(point)} MPa, it misses your target in {missing} of {count}"

    def _none(self) -> list[str]:
        """Return why no pressure can be recommended."""
        ends = f"{_mpa(self.points[0])} to {_mpa(self.points[-1])} MPa"
        best = min(self.points, key=lambda point: point.released.median)
        meets = len(best.runs) - best.missing(self.target)
        target = f"{number(self.target)} ohm cm2"
        if self.meeting:
            k = self.meeting[0]
            return [
                f"No pressure from {ends} meets {target} without risk: at {_mpa(self.points[k])} "
                f"MPa, {_exceed(self.causes(k), len(self.points[k].runs))}."
            ]
        said = [
            f"No pressure from {ends} meets {target} at {number(self.operating)} MPa stack "
            f"pressure: the best, {_mpa(best)} MPa, gives {best.released.text()} and meets it in "
            f"{meets} of {len(best.runs)} realisations."
        ]
        loaded = best.loaded
        if loaded is not None and loaded.median <= self.target:
            said.append(
                f"Under the load of {_mpa(best)} MPa itself it would be {number(loaded.median, 3)} "
                f"ohm cm2: a higher stack pressure pays, {self._harder(best)}."
            )
        return said

    def _harder(self, best: Pressed) -> str:
        """Return whether pressing harder than at the best point pays."""
        if best is self.points[-1] and len(self.points) > 1:
            before = self.points[-2].released.median
            if best.released.median < (1.0 - _STILL) * before:
                return f"and so may pressing harder: above {_mpa(best)} MPa was not explored"
        return "pressing harder does not"

    def _unknown(self) -> list[str]:
        """Return what the resistance hangs on most."""
        if not self.influences:
            return []
        first = self.influences[0]
        name = first.name
        if name == REALISATION and len(self.influences) == 1:
            return ["Only the topography was varied; material values may matter more."]
        if name == REALISATION:
            name = "the topography: the scatter between realisations"
        return [f"The widest unknown is {name} ({first.share:.0%} of the scatter)."]

    def _tonnes(self, first: Pressed, last: Pressed) -> str:
        if self.die is None:
            return ""
        area = 0.25 * math.pi * self.die**2
        low, high = (from_internal(p.pressure * area, "force", "t") for p in (first, last))
        said = number(low, 3) if first is last else f"{number(low, 3)} to {number(high, 3)}"
        return f" ({said} t on your die of {number(self.die / 1e3)} mm)"

    def _table(self) -> tuple[list[str], list[list[Cell]]]:
        causes = list(dict.fromkeys(c for point in self.points for c in point.exceeding))
        shown = [c for c in causes if any(point.exceeding.get(c) for point in self.points)]
        head = ["pressed [MPa]", "realisations", "median [ohm cm^2]", "10 %", "90 %"]
        head += ["under load", "above target", "contacts", "failed"]
        head += [f"over: {cause}" for cause in shown]
        rows: list[list[Cell]] = [
            [
                point.pressure, len(point.runs), point.released.median,
                point.released.p10 if point.released.is_band else math.nan,
                point.released.p90 if point.released.is_band else math.nan,
                math.nan if point.loaded is None else point.loaded.median,
                f"{point.missing(self.target)} of {len(point.runs)}", point.contacts,
                point.failed, *(point.exceeding.get(cause, 0) for cause in shown),
            ]
            for point in self.points
        ]  # fmt: skip
        return head, rows

    def _repr_html_(self) -> str:
        said = [html.escape(line) for line in (self.sentence(), *self.remarks())]
        rest = "".join(f"<p>{line}</p>" for line in said[1:])
        aims = "".join(f"<p>{html.escape(line)}</p>" for line in self.aims_in_words())
        return (
            f"<p>{said[0]}</p>{html_table(*self._table())}{rest}"
            f"{html_table(*self.aims_table())}{aims}"
        )

    def to_text(self) -> str:
        """Return the sentence and the table behind it."""
        lines = [self.sentence(), "", table(*self._table())]
        lines += [f"  {line}" for line in self.remarks()]
        lines += ["", table(*self.aims_table())]
        lines += [f"  {line}" for line in self.aims_in_words()]
        return printable("\n".join(lines))

    def remarks(self) -> list[str]:
        """Return what to know before relying on the table."""
        said = []
        short = [point for point in self.points if not point.released.is_band]
        if short:
            most = max(point.released.needed for point in short)
            said.append(f"no band where fewer realisations are there than needed, up to {most}")
        few = min((p.contacts for p in self.points if not math.isnan(p.contacts)), default=math.nan)
        if few < 5:
            said.append(
                f"half of the realisations have {number(few, 2)} or fewer contacts that carry the "
                "current; a wider section scatters less"
            )
        if any(point.failed for point in self.points):
            said.append("runs that failed are in no number here; the table of the sweep says why")
        said += [
            f"{one.name}: rank correlation {one.correlation:+.2f}, {one.share:.0%} of the scatter"
            for one in self.influences
            if not math.isnan(one.correlation)
        ]
        return said


def _mpa(point: Pressed) -> str:
    return number(point.pressure)


def _exceed(causes: dict[str, int], count: int) -> str:
    said = [f"{n} of {count} exceed '{cause}'" for cause, n in causes.items()]
    return " and ".join(said)
