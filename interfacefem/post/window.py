# SPDX-License-Identifier: MIT
"""The pressure window: resistance and risks against pressure, and what is recommended.

Linear over the logarithm of the pressure, as pressures of a press are spaced. Nothing outside of
the points is free or not.

How its points are found is in :mod:`interfacefem.post.window_points`. At each pressure stand the
rows that the risk table would have there. Of one run the ends of all other steps (a release, a
hold, cycles) belong to its highest load: what is over its threshold there says that this run was
pressed too hard, or not well, and not how hard is right. Then nothing is recommended. A threshold
whose range is too wide to decide anything bounds nothing before it is exceeded for certain, and is
named.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData, html_table
from interfacefem.post.causes import CAUSES
from interfacefem.post.risk_rows import RiskRow
from interfacefem.results.documents import Cell, number, table
from interfacefem.results.fields import write_csv
from interfacefem.results.risk_rows import ratio_text, severity, too_wide

FloatArray = npt.NDArray[np.float64]
Range = tuple[float, float]


def free_ranges(pressure: FloatArray, ratios: Iterable[FloatArray]) -> tuple[Range, ...]:
    """Return where all ratios are at most one.

    Parameters
    ----------
    pressure : (n,) array
        Rising, two or more [MPa].
    ratios : iterable of (n,) arrays
        Value over threshold of each cause [-]; NaN where it was not judged, which between a point
        with and one without a value counts as the value.

    Returns
    -------
    tuple of (float, float)
        From low to high [MPa], those that touch joined.
    """
    curves = [np.asarray(curve, dtype=np.float64) for curve in ratios]
    place = np.log(pressure)
    found: list[list[float]] = []
    for k in range(len(place) - 1):
        low, high = 0.0, 1.0  # parts of the stretch from point k to the next
        for curve in curves:
            start, end = _known(float(curve[k]), float(curve[k + 1]))
            if start > 1.0 and end > 1.0:
                high = -1.0
                break
            if start > 1.0:
                low = max(low, _part(start, end))
            elif end > 1.0:
                high = min(high, _part(start, end))
        if low > high or (low == high and 0.0 < low < 1.0):
            continue
        begin, stop = (_at(pressure, place, k, part) for part in (low, high))
        if found and found[-1][1] == begin:
            found[-1][1] = stop
        else:
            found.append([begin, stop])
    return tuple((low, high) for low, high in found)


def widest(ranges: Sequence[Range], above: float = 0.0) -> Range | None:
    """Return the range that spans the largest factor, of the parts above a pressure; None if none.

    Of equal ones the lowest.
    """
    parts = [(max(low, above), high) for low, high in ranges if high >= above]
    return max(parts, key=lambda part: math.log(part[1] / part[0]), default=None)


def _known(start: float, end: float) -> tuple[float, float]:
    """Return the two ends, of which one stands for the other where that is not known."""
    if math.isnan(start):
        start = end
    if math.isnan(end):
        end = start
    return (0.0, 0.0) if math.isnan(start) else (start, end)


def _part(start: float, end: float) -> float:
    """Return where a line from start to end crosses one, as part of the stretch."""
    if math.isinf(start) or math.isinf(end):
        return 1.0 if math.isinf(start) else 0.0
    return (1.0 - start) / (end - start)


def _at(pressure: FloatArray, place: FloatArray, k: int, part: float) -> float:
    """Return the pressure at a part of a stretch; its ends are those of the points to the bit."""
    if part in (0.0, 1.0):
        return float(pressure[k + int(part)])
    return math.exp(float(place[k] + part * (place[k + 1] - place[k])))


Band = tuple[float, float, float]

#: how much more than the least resistance is still good: low, middle, high [-]; a convention
GOOD = (0.1, 0.25, 0.5)
#: pressures that the text shows; the csv file has all
MOST_ROWS = 12


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class PressureWindow(ShownData):
    """Benefit and risk against pressure, and the range that is recommended.

    Attributes
    ----------
    origin : str
        What the points are.
    pressure : (n,) array
        Rising [MPa].
    cost : (n,) array
        What pressing lowers, in ``cost_unit``.
    cost_name, cost_unit : str
        Area-specific resistance; where no current was solved the inverse of the smallest contact
        fraction of all interfaces.
    rows : tuple of tuple of RiskRow
        At each pressure the rows of the risk table, ranked.
    elsewhere : tuple of RiskRow
        Of one run, all rows of the ends of the steps that are no point, step by step.
    lower : tuple of float
        Pressure from which on the cost is good: earliest, middle, latest [MPa].
    free : tuple of three tuples of ranges
        Where no cause is over its threshold, for thresholds at the low end, as given, and at the
        high end of their ranges [MPa].
    """

    origin: str
    pressure: FloatArray
    cost: FloatArray
    cost_name: str
    cost_unit: str
    rows: tuple[tuple[RiskRow, ...], ...]
    elsewhere: tuple[RiskRow, ...]
    lower: Band
    free: tuple[tuple[Range, ...], tuple[Range, ...], tuple[Range, ...]]

    @property
    def causes(self) -> tuple[str, ...]:
        """Names of the causes that were judged at some pressure."""
        return _causes(self.rows)

    @property
    def damage(self) -> dict[str, FloatArray]:
        """By cause the worst value over its threshold at each pressure, (n, 3) [-].

        The least inside the ranges, as given, and the most; NaN where it was not judged.
        """
        return {cause: _ratios(self.rows, cause) for cause in self.causes}

    def row(self, cause: str, pressure: float) -> RiskRow | None:
        """Return the worst row of a cause at one of the pressures, None if it has none.

        Raises
        ------
        ResultsError
            If the pressure is not one of the points.
        """
        near = np.flatnonzero(np.isclose(self.pressure, pressure, rtol=1e-9, atol=0.0))
        if not len(near):
            known = ", ".join(number(float(value)) for value in self.pressure)
            raise ResultsError(f"{pressure:g} MPa is no point of the window; there is: {known}")
        return next((row for row in self.rows[int(near[0])] if row.cause == cause), None)

    def worst(self, cause: str) -> RiskRow:
        """Return the worst row of a cause at any of the pressures.

        Raises
        ------
        ResultsError
            If it was judged at none.
        """
        found = [row for rows in self.rows for row in rows if row.cause == cause]
        if not found:
            raise ResultsError(f"'{cause}' was judged at no pressure; there is: {self.causes}")
        return min(found, key=lambda row: severity(asdict(row)))

    @property
    def upper(self) -> Band:
        """Pressure up to which the widest free range reaches, for low, given and high thresholds.

        Infinite above, zero below the data [MPa].
        """
        low, middle, high = (self._end(widest(ranges)) for ranges in self.free)
        return low, middle, high

    @property
    def against(self) -> tuple[RiskRow, ...]:
        """Rows of other steps that are over their thresholds and that no range accounts for.

        What is over its threshold at the highest pressure as well bounds the range there; but no
        range may hold the pressure of a step at which something is over its threshold.
        """
        at_last = {(row.cause, row.subject) for row in self.rows[-1] if over(row)}
        room = self._room
        return tuple(
            row
            for row in self.elsewhere
            if over(row)
            and (
                (row.cause, row.subject) not in at_last
                or (room is not None and room[0] <= row.pressure <= room[1])
            )
        )

    @property
    def recommended(self) -> Range | None:
        """From where to where nothing is over its threshold and the cost is good [MPa].

        Thresholds as given; None where there is no such pressure, or another step speaks against
        this run.
        """
        return None if self.against else self._room

    @property
    def _room(self) -> Range | None:
        return widest(self.free[1], self.lower[1])

    def verdict(self) -> str:
        """Return the recommendation in words, with its uncertainty."""
        lines = [
            f"{self.cost_name} within {GOOD[1]:.0%} of its least from {number(self.lower[1], 3)} "
            f"MPa on ({number(self.lower[0], 3)} to {number(self.lower[2], 3)} for {GOOD[2]:.0%} "
            f"to {GOOD[0]:.0%})",
            f"no cause over its threshold: {self._free_text()}",
        ]
        first = {row.cause: row for rows in self.rows for row in rows if over(row)}
        if first:
            lines.append(f"over it at some pressure: {', '.join(first)}")
        room = self.recommended
        if self.against:
            steps: dict[str, dict[str, None]] = {}
            for row in self.against:
                steps.setdefault(row.step, {})[row.cause] = None
            said = "; ".join(f"{', '.join(whose)} (step '{step}')" for step, whose in steps.items())
            lines.append(
                f"nothing is recommended: pressed to {number(float(self.pressure[-1]), 3)} MPa, "
                f"this run is over other thresholds, {said}; runs pressed to other pressures would "
                "say where it is not"
            )
        elif room is None:
            lines.append(
                f"no pressure satisfies both: where the {self.cost_name} is good something is over "
                "its threshold; smoother faces, a softer layer or less current would help"
            )
        else:
            lines.append(f"recommended: {number(room[0], 3)} to {number(room[1], 3)} MPa")
            lines += self._reserves(room)
        return "\n".join(f"  {line}" for line in lines)

    def _table(self) -> tuple[list[str], list[list[Cell]], list[str]]:
        """Return columns and rows of the causes that may matter, and these causes."""
        damage = self.damage
        shown = [cause for cause in self.causes if np.nanmax(damage[cause][:, 2]) > 1.0]
        head = ["pressure [MPa]", f"{self.cost_name} [{self.cost_unit}]"]
        head += [f"{cause}, value/threshold" for cause in shown]
        rows: list[list[Cell]] = [
            [
                float(self.pressure[k]),
                float(self.cost[k]),
                *(_cell(damage[cause][k]) for cause in shown),
            ]
            for k in _spread(self.pressure)
        ]
        return head, rows, shown

    def _repr_html_(self) -> str:
        head, rows, _ = self._table()
        said = "".join(f"<p>{html.escape(line)}</p>" for line in self.verdict().splitlines())
        return f"{html_table(head, rows, self.origin)}{said}"

    def to_text(self) -> str:
        """Return an aligned table of the causes that may matter, and the verdict."""
        head, rows, shown = self._table()
        lines = [f"  {self.origin}", table(head, rows)]
        rest = [cause for cause in self.causes if cause not in shown]
        if rest:
            lines.append(f"  below at all pressures: {', '.join(rest)}")
        return "\n".join([*lines, self.verdict()])

    def to_csv(self, path: str | Path) -> Path:
        """Write all points; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        head = ["pressure [MPa]", f"{self.cost_name} [{self.cost_unit}]"]
        ends = ("high", "as given", "low")
        damage = self.damage
        head += [f"{cause}, threshold {end} [-]" for cause in damage for end in ends]
        whole = np.column_stack([self.pressure, self.cost, *damage.values()])
        return write_csv(path, head, [[float(item) for item in row] for row in whole])

    def _end(self, found: Range | None) -> float:
        if found is None:
            return 0.0
        return math.inf if found[1] == self.pressure[-1] else found[1]

    def _free_text(self) -> str:
        """Return the widest free range, and how it moves inside the ranges of the thresholds."""
        low, middle, high = (self._range(widest(ranges)) for ranges in self.free)
        return (
            middle
            if low == middle == high
            else f"{middle} (thresholds at their low ends: {low}; at their high ends: {high})"
        )

    def _range(self, found: Range | None) -> str:
        if found is None:
            return "at no pressure"
        first, last = float(self.pressure[0]), float(self.pressure[-1])
        if found == (first, last):
            return f"at all pressures, {number(first, 3)} to {number(last, 3)} MPa"
        if found[0] == first:
            return f"up to {number(found[1], 3)} MPa"
        if found[1] == last:
            return f"from {number(found[0], 3)} MPa on"
        return f"from {number(found[0], 3)} to {number(found[1], 3)} MPa"

    def _reserves(self, room: Range) -> list[str]:
        """Return the causes that are possible or undecided in a range, in words."""
        inside = (self.pressure >= room[0]) & (self.pressure <= room[1])
        rows = [row for k in np.flatnonzero(inside) for row in self.rows[int(k)]]
        rows += self.elsewhere
        lines = []
        for word in ("possible", "undecided"):
            whose = dict.fromkeys(row.cause for row in rows if row.verdict == word)
            if whose:
                lines.append(f"{word} there: {', '.join(whose)}")
        return lines


def over(row: RiskRow) -> bool:
    """Return whether a row is over its threshold as given; of one too wide, for certain."""
    return bool(bounds(row.ratios)[1] > 1.0)


def bounds(ratios: Band) -> Band:
    """Return the ratios of a row that bound a window; three times the least of a range too wide."""
    least, _, most = ratios
    return (least, least, least) if too_wide(least, most) else ratios


def _causes(rows: Sequence[Sequence[RiskRow]]) -> tuple[str, ...]:
    """Return the causes that occur, in the order in which they are registered."""
    there = {row.cause for each in rows for row in each}
    return tuple(name for name in CAUSES if name in there)


def _ratios(rows: Sequence[Sequence[RiskRow]], cause: str) -> FloatArray:
    """Return value over threshold of the worst row of a cause at each point, (n, 3)."""
    found = np.full((len(rows), 3), math.nan)
    for k, each in enumerate(rows):
        worst = next((row for row in each if row.cause == cause), None)
        if worst is not None:
            found[k] = worst.ratios
    return found


def _cell(band: FloatArray) -> str:
    return "-" if math.isnan(band[1]) else ratio_text(*(float(value) for value in band))


def _spread(pressure: FloatArray) -> list[int]:
    """Return some of the points, evenly over log pressure, the first and the last among them."""
    if len(pressure) <= MOST_ROWS:
        return list(range(len(pressure)))
    even = np.geomspace(float(pressure[0]), float(pressure[-1]), MOST_ROWS)
    return sorted({int(np.argmin(np.abs(np.log(pressure / value)))) for value in even})
