# SPDX-License-Identifier: MIT
"""Rows and tables of risks: place, cause, value, threshold, verdict and where they are from.

A row is a reading of the stored fields against a stated threshold, not a prediction of failure.
What is read is said in :mod:`interfacefem.post.causes`, what a verdict means in
:mod:`interfacefem.results.risk_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem.errors import MaterialError, ResultsError
from interfacefem.fields import html_table, screen
from interfacefem.materials import Material, Value
from interfacefem.post.causes import CAUSES, Cause, Found
from interfacefem.post.increment import Increment
from interfacefem.results import risk_rows as stored
from interfacefem.results.documents import number, table
from interfacefem.results.export import imported
from interfacefem.results.fields import write_csv
from interfacefem.results.risk_rows import Verdict

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class RiskRow:
    """One place at risk.

    Attributes
    ----------
    rank : int
        1 is the worst: by the verdict, then by the end of the ranges that matters for it.
    subject : str
        The layer or interface, e.g. ``interface 'a|b'``.
    place : str
        Subject and position, e.g. ``interface 'a|b' x = 12.3 um``.
    cause : str
        Name of the cause.
    value, value_low, value_high : float
        What was found and its range, in ``unit``.
    threshold, threshold_low, threshold_high : float
        What it is held against and its range, in ``unit``.
    unit : str
        Of value and threshold.
    source : str
        Where the threshold is from.
    step : str
        Step in which it was found.
    increment : int
        Number in the step; -1 where an earlier version did not store it.
    pressure : float
        Nominal pressure there [MPa]; NaN where an earlier version did not store it.
    ratio : float
        Value over threshold as given [-].
    comment : str
        What helps to judge it.
    """

    rank: int
    subject: str
    place: str
    cause: str
    value: float
    value_low: float
    value_high: float
    threshold: float
    threshold_low: float
    threshold_high: float
    unit: str
    source: str
    step: str
    increment: int
    pressure: float
    ratio: float
    comment: str

    @property
    def ratios(self) -> tuple[float, float, float]:
        """Value over threshold: the least inside the ranges, as given, and the most [-]."""
        return stored.ratios(asdict(self))

    @property
    def verdict(self) -> Verdict:
        """``certain``, ``possible``, ``undecided`` or ``below``."""
        return stored.verdict(asdict(self))

    @property
    def told(self) -> str:
        """Cause, verdict and numbers in a few words, as pictures say them."""
        return stored.told(asdict(self))


#: columns of a risk table as it is shown
_HEAD = ("what", "cause", "verdict", "value", "threshold", "unit", "step")


@dataclass(frozen=True)
class RiskTable:
    """Rows by rank, and what could not be judged.

    Attributes
    ----------
    rows : tuple of RiskRow
        The worst first.
    notes : tuple of str
        What was left out, and why.
    assumptions : tuple of str
        What several rows rest on.
    """

    rows: tuple[RiskRow, ...]
    notes: tuple[str, ...] = field(default=())
    assumptions: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[RiskRow]:
        return iter(self.rows)

    def _cells(self) -> list[list[str | float]]:
        return [
            [row.subject, row.cause, row.verdict, row.value, row.threshold, row.unit, row.step]
            for row in self.rows
        ]

    def __repr__(self) -> str:
        head = f"<RiskTable: {len(self.rows)} rows, the worst first>"
        rows = [] if not self.rows else [table(_HEAD, self._cells())]
        return screen([head, *rows])

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._cells())

    def worst(self, cause: str) -> RiskRow | None:
        """Return the worst row of a cause, None if it has none."""
        return next((row for row in self.rows if row.cause == cause), None)

    def to_records(self) -> list[dict[str, object]]:
        """Return the rows as plain dictionaries, as the results keep them."""
        return [asdict(row) for row in self.rows]

    def to_dataframe(self) -> pd.DataFrame:
        """Return the rows as a ``pandas.DataFrame``; the unit of each has a column.

        Raises
        ------
        EnvironmentProblem
            If pandas is missing.
        """
        rows = [{**asdict(row), "verdict": row.verdict} for row in self.rows]
        return imported("pandas").DataFrame(rows)

    @classmethod
    def from_records(
        cls,
        records: Iterable[Mapping[str, object]],
        notes: Iterable[str] = (),
        assumptions: Iterable[str] = (),
    ) -> RiskTable:
        """Return the table of stored rows, of an earlier version too."""
        names = [item.name for item in fields(RiskRow)]
        rows = []
        for record in records:
            whole: dict[str, Any] = {"increment": -1, "pressure": float("nan")}
            whole |= {"value_low": record["value"], "value_high": record["value"]}
            whole |= record
            rows.append(RiskRow(**{name: whole[name] for name in names}))
        return cls(tuple(rows), tuple(notes), tuple(assumptions))

    def to_text(self, limit: int | None = None) -> str:
        """Return an aligned table, its sources, assumptions and notes.

        Parameters
        ----------
        limit : int, optional
            Only so many rows; how many there are more is said.
        """
        lines = ["  nothing to rank"]
        shown = self.rows[:limit]
        if shown:
            lines = [stored.rows_text(self.to_records(), limit), "  Thresholds"]
            lines += [f"    {item}" for item in _sources(shown)]
        if self.assumptions:
            lines += ["  Assumed", *(f"    {text}" for text in self.assumptions)]
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    def to_csv(self, path: str | Path) -> Path:
        """Write all rows with their verdicts; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        names = [item.name for item in fields(RiskRow)]
        rows = [[row.verdict, *asdict(row).values()] for row in self.rows]
        return write_csv(path, ["verdict", *names], rows)


def rows_of(cause: Cause, at: Increment) -> list[RiskRow]:
    """Return what a cause finds at an increment as rows without their rank.

    Raises
    ------
    ResultsError
        If the function of the cause returns something that is no row, as one of the package does
        where a field is damaged; whatever else it raises passes.
    """
    try:
        return [_row(cause, at, found) for found in cause.at(at)]
    except ResultsError as error:
        where = str(at.results.path)
        if where in str(error) or cause.name not in CAUSES or not CAUSES.is_own(cause.name):
            raise
        raise ResultsError(
            f"{where}: risk '{cause.name}' at the end of step '{at.step}' cannot be judged: {error}"
        ) from error


def ranked(
    tables: Iterable[Iterable[RiskRow]],
    notes: Iterable[str] = (),
    assumptions: Iterable[str] = (),
) -> RiskTable:
    """Return the worst of several steps, ranked; notes that come twice are kept once."""
    records = [[asdict(row) for row in rows] for rows in tables]
    return RiskTable.from_records(
        stored.merge(records), dict.fromkeys(notes), dict.fromkeys(assumptions)
    )


def known_limit(material: Material, name: str, subject: str, at: Increment) -> Value | None:
    """Return a property of a material; None, with a note, if it is not known."""
    try:
        return material.value(name)
    except MaterialError:
        at.note(
            f"{subject}: the {name.replace('_', ' ')} of {material.name} is not known; not judged"
        )
        return None


def position(point: Any) -> str:
    """Return coordinates as ``x = 1.5 um, y = 2 um``."""
    axes = zip("xyz", point, strict=False)
    return ", ".join(f"{axis} = {number(float(value))} um" for axis, value in axes)


def _row(cause: Cause, at: Increment, found: Found) -> RiskRow:
    limit = found.threshold
    where = found.place if isinstance(found.place, str) else position(found.place)
    parts = [found.comment, "threshold is an estimate" if limit.estimate else ""]
    return RiskRow(
        rank=0,
        subject=found.subject,
        place=f"{found.subject} {where}".rstrip(),
        cause=cause.name,
        value=float(found.value),
        value_low=float(found.value if found.value_low is None else found.value_low),
        value_high=float(found.value if found.value_high is None else found.value_high),
        threshold=float(limit.value),
        threshold_low=float(limit.low),
        threshold_high=float(limit.high),
        unit=cause.unit,
        source=limit.source,
        step=at.step,
        increment=at.number,
        pressure=at.pressure,
        ratio=max(float(found.value), 0.0) / float(limit.value),
        comment="; ".join(part for part in parts if part),
    )


def _sources(rows: Iterable[RiskRow]) -> list[str]:
    """Return each source once, with the rows it belongs to."""
    by_source: dict[str, dict[str, None]] = {}
    for row in rows:
        by_source.setdefault(row.source, {})[f"{row.cause}, {row.subject}"] = None
    return [f"{source}: {'; '.join(whose)}" for source, whose in by_source.items()]
