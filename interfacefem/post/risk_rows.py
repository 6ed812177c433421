# SPDX-License-Identifier: MIT
"""Rows and tables of risks: place, cause, value, threshold and where the threshold is from.

A row is a reading of the stored fields against a stated threshold, not a prediction of failure; the
text says how sure the threshold is. What the rows are is in :mod:`interfacefem.post.overpressing`,
``delamination_risk`` and ``hotspot_risk``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from interfacefem.errors import MaterialError
from interfacefem.materials import Material, Value
from interfacefem.results.fields import write_csv
from interfacefem.results.risk_rows import merge
from interfacefem.results.text import number, table

Cause = Literal[
    "over-pressing: tension",
    "over-pressing: contact pressure",
    "over-pressing: fracture probability",
    "over-pressing: flaw",
    "over-pressing: flaw with metal in it",
    "over-pressing: metal driven in",
    "delamination",
    "delamination: residual traction",
    "delamination: closing traction",
    "delamination: energy release",
    "hotspot",
]


@dataclass(frozen=True, kw_only=True)
class RiskRow:
    """One place at risk.

    Attributes
    ----------
    rank : int
        1 is the largest ratio.
    subject : str
        The layer or interface, e.g. ``interface 'a|b'``.
    place : str
        Subject and position, e.g. ``interface 'a|b' x = 12.3 um``.
    cause : str
        What may go wrong.
    value : float
        What was found, in ``unit``.
    threshold, threshold_low, threshold_high : float
        What it is held against and its range, in ``unit``.
    unit : str
        Of value and threshold.
    source : str
        Where the threshold is from.
    step : str
        Step at whose end it was found.
    ratio : float
        Value over threshold, which the ranking follows [-].
    comment : str
        What helps to judge it.
    """

    rank: int
    subject: str
    place: str
    cause: Cause
    value: float
    threshold: float
    threshold_low: float
    threshold_high: float
    unit: str
    source: str
    step: str
    ratio: float
    comment: str


@dataclass(frozen=True)
class RiskTable:
    """Rows by rank, and what could not be judged.

    Attributes
    ----------
    rows : tuple of RiskRow
        The largest ratio first.
    notes : tuple of str
        What was left out for want of a value.
    """

    rows: tuple[RiskRow, ...]
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RiskRow]:
        return iter(self.rows)

    def to_records(self) -> list[dict[str, Any]]:
        """Return the rows as plain dictionaries, as the results keep them."""
        return [asdict(row) for row in self.rows]

    @classmethod
    def from_records(
        cls, records: Iterable[Mapping[str, Any]], notes: Iterable[str] = ()
    ) -> RiskTable:
        """Return the table of stored rows."""
        names = [item.name for item in fields(RiskRow)]
        rows = tuple(RiskRow(**{name: record[name] for name in names}) for record in records)
        return cls(rows, tuple(notes))

    def to_text(self, limit: int | None = None) -> str:
        """Return an aligned table, its sources and its notes.

        Parameters
        ----------
        limit : int, optional
            Only so many rows.
        """
        shown = self.rows[:limit]
        if not shown:
            return "\n".join(["  nothing to rank", *(f"  note: {note}" for note in self.notes)])
        text = table(
            ["rank", "place", "step", "cause", "value", "threshold", "ratio", "comment"],
            [
                [
                    str(row.rank),
                    row.place,
                    row.step,
                    row.cause,
                    f"{number(row.value)} {row.unit}",
                    _band(row),
                    row.ratio,
                    row.comment,
                ]
                for row in shown
            ],
        )
        sources = dict.fromkeys(f"{row.cause}, {row.subject}: {row.source}" for row in shown)
        lines = [text, "  Thresholds", *(f"    {item}" for item in sources)]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def to_csv(self, path: str | Path) -> Path:
        """Write all rows; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        rows = [list(record.values()) for record in self.to_records()]
        return write_csv(path, [item.name for item in fields(RiskRow)], rows)


def ranked(tables: Iterable[Iterable[RiskRow]], notes: Iterable[str] = ()) -> RiskTable:
    """Return the worst of several steps, ranked; notes that come twice are kept once."""
    records = [[asdict(row) for row in rows] for rows in tables]
    return RiskTable.from_records(merge(records), dict.fromkeys(notes))


def risk_row(
    subject: str, where: str, cause: Cause, value: float, limit: Value, step: str, comment: str
) -> RiskRow:
    """Return a row without its rank."""
    sure = "; threshold is an estimate" if limit.estimate else ""
    return RiskRow(
        rank=0,
        subject=subject,
        place=f"{subject} {where}".rstrip(),
        cause=cause,
        value=value,
        threshold=limit.value,
        threshold_low=limit.low,
        threshold_high=limit.high,
        unit=limit.unit or "-",
        source=limit.source,
        step=step,
        ratio=max(value, 0.0) / limit.value,
        comment=comment + sure,
    )


def known_limit(material: Material, name: str, subject: str, notes: list[str]) -> Value | None:
    """Return a property of a material; None, with a note, if it is not known."""
    try:
        return material.value(name)
    except MaterialError:
        notes.append(
            f"{subject}: the {name.replace('_', ' ')} of {material.name} is not known; not judged"
        )
        return None


def reach(value: float, limit: Value) -> str:
    """Return where a value lies in the range of its threshold, in words."""
    if value < limit.low:
        return "below the range of the threshold"
    if value <= limit.high:
        return "within the range of the threshold"
    return "above the range of the threshold"


def position(point: Any) -> str:
    """Return coordinates as ``x = 1.5 um, y = 2 um``."""
    axes = zip("xyz", point, strict=False)
    return ", ".join(f"{axis} = {number(float(value))} um" for axis, value in axes)


def _band(row: RiskRow) -> str:
    if row.threshold_low == row.threshold_high or math.isnan(row.threshold_low):
        return f"{number(row.threshold)} {row.unit}"
    low, high = number(row.threshold_low), number(row.threshold_high)
    return f"{number(row.threshold)} ({low} to {high}) {row.unit}"
