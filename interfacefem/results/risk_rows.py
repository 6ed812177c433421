# SPDX-License-Identifier: MIT
"""Risk rows as they are stored: verdict, order, the worst of several steps, and their text.

Plain records, so that a run can be read without working anything out; how a value is found is the
business of :mod:`interfacefem.post.causes`. Everything that speaks of a risk (summary, risk table,
pressure window, pictures) takes its verdict and its words from here.

A value and its threshold are ranges. With the low end of the value over the high end of the
threshold the threshold is exceeded for *certain*, whatever is true inside both ranges. With the
high end of the value over the low end of the threshold it is *possible*, and *undecided* where the
two ranges together are too wide for that to say anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from interfacefem.results.documents import Cell, number, table

Record = dict[str, Any]
# a type statement: jedi cannot complete a class with a property that is a bare Literal
type Verdict = Literal["certain", "possible", "undecided", "below"]

#: what each verdict means, the worst first
VERDICTS: dict[Verdict, str] = {
    "certain": "over the threshold, whatever is true inside the ranges",
    "possible": "over the low end of the threshold's range",
    "undecided": "the range is too wide to decide anything",
    "below": "not over the low end of the threshold's range",
}
#: largest over smallest value / threshold inside the ranges above which they decide nothing [-].
#: The loads of a cell, from a stack pressure of 5 to 10 MPa to a press of 200 to 400 MPa, differ
#: by about that much: of a threshold known no better, all loads that one can choose lie in the
#: range. A convention.
UNDECIDED_ABOVE = 30.0
#: what a row says that does not say it
_UNSAID: dict[str, Any] = {
    **dict.fromkeys(("place", "step", "comment"), ""),
    **dict.fromkeys(("value", "threshold", "threshold_low", "threshold_high"), math.nan),
    "rank": "",
    "unit": "-",
}
_ORDER = {name: place for place, name in enumerate(VERDICTS)}


def ratios(row: Mapping[str, Any]) -> tuple[float, float, float]:
    """Return value over threshold: the least inside the ranges, as given, and the most [-].

    Infinite where a threshold may be zero; a value below zero counts as zero. A row without a
    threshold has its ratio only.
    """
    if "threshold" not in row:
        alone = max(float(row["ratio"]), 0.0)
        return alone, alone, alone
    value = float(row["value"])
    low, high = float(row.get("value_low", value)), float(row.get("value_high", value))
    return (
        _over(low, float(row["threshold_high"])),
        _over(value, float(row["threshold"])),
        _over(high, float(row["threshold_low"])),
    )


def too_wide(least: float, most: float) -> bool:
    """Return whether values over thresholds between these ends decide nothing once 1 is inside."""
    return most > UNDECIDED_ABOVE * least


def verdict(row: Mapping[str, Any]) -> Verdict:
    """Return what can be said about a row."""
    least, _, most = ratios(row)
    if least > 1.0:
        return "certain"
    if not most > 1.0:
        return "below"
    return "undecided" if too_wide(least, most) else "possible"


def severity(row: Mapping[str, Any]) -> tuple[float, ...]:
    """Return a key that sorts the worst row first.

    By the verdict, then by the end of the range that matters for it: what is over a threshold, or
    may be, by the least that it may be, and what is below by the most.
    """
    found = verdict(row)
    least, middle, most = ratios(row)
    return (_ORDER[found], -(most if found == "below" else least), -middle)


def merge(tables: Iterable[Iterable[Record]]) -> list[Record]:
    """Return the worst of several steps, ranked anew.

    For each subject and cause the step with the worst row is kept, with all its rows.
    """
    worst: dict[tuple[str, str], list[Record]] = {}
    for rows in tables:
        groups: dict[tuple[str, str], list[Record]] = {}
        for row in rows:
            groups.setdefault((str(row["subject"]), str(row["cause"])), []).append(row)
        for key, group in groups.items():
            if key not in worst or _worst(group) < _worst(worst[key]):
                worst[key] = group
    found = sorted((row for group in worst.values() for row in group), key=severity)
    return [row | {"rank": rank} for rank, row in enumerate(found, start=1)]


def told(row: Mapping[str, Any]) -> str:
    """Return a row in a few words, e.g. ``hotspot: possible, 0.6 against 0.4 to 0.9 mA/cm^2``."""
    return f"{row['cause']}: {verdict(row)}, {value_text(row)} against {band_text(row)}"


def value_text(row: Mapping[str, Any]) -> str:
    """Return the value with its range, and its unit unless the threshold says it."""
    value = float(row["value"])
    low, high = float(row.get("value_low", value)), float(row.get("value_high", value))
    if low == high or math.isnan(value):
        return number(value)
    return f"{number(value)} ({number(low, 3)} to {number(high, 3)})"


def band_text(row: Mapping[str, Any]) -> str:
    """Return the range of the threshold with its unit, one number where it has no range."""
    low, high = float(row["threshold_low"]), float(row["threshold_high"])
    unit = "" if row["unit"] == "-" else f" {row['unit']}"
    if low == high or math.isnan(low):
        return f"{number(float(row['threshold']))}{unit}"
    return f"{number(low)} to {number(high)}{unit}"


def ratio_text(least: float, middle: float, most: float) -> str:
    """Return value over threshold as given, with its range in brackets."""
    if least == middle == most:
        return _short(middle)
    return f"{_short(middle)} ({_short(least)} to {_short(most)})"


def rows_text(rows: Sequence[Mapping[str, Any]], limit: int | None = None) -> str:
    """Return rows as an aligned table, and what the verdicts in it mean.

    Parameters
    ----------
    rows : sequence of mapping
        By rank.
    limit : int, optional
        Only so many; how many there are more is said.
    """
    shown = rows[:limit]
    head = ["rank", "place", "step", "cause", "verdict", "value", "threshold", "value/threshold"]
    cells: list[list[Cell]] = [
        [
            str(whole["rank"]),
            str(whole["place"]),
            str(whole["step"]),
            str(whole["cause"]),
            verdict(row),
            value_text(whole),
            band_text(whole),
            ratio_text(*ratios(row)),
            str(whole["comment"]),
        ]
        for row, whole in ((row, _UNSAID | dict(row)) for row in shown)
    ]
    lines = [table([*head, "comment"], cells)]
    if len(rows) > len(shown):
        left = [verdict(row) for row in rows[len(shown) :]]
        counts = ", ".join(f"{left.count(name)} {name}" for name in VERDICTS if name in left)
        lines.append(f"  and {len(left)} more: {counts}")
    lines += [f"  {name}: {text}" for name, text in _meanings(shown)]
    return "\n".join(lines)


def _meanings(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the verdicts that occur, with what they mean."""
    there = {verdict(row) for row in rows}
    return [(name, text) for name, text in VERDICTS.items() if name in there]


def _short(ratio: float) -> str:
    return "<0.001" if 0.0 < ratio < 1e-3 else number(ratio, 3)


def _over(value: float, threshold: float) -> float:
    if not value > 0.0:
        return 0.0
    return value / threshold if threshold > 0.0 else math.inf


def _worst(rows: Sequence[Mapping[str, Any]]) -> tuple[float, ...]:
    return min(severity(row) for row in rows)
