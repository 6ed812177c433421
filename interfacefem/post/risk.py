# SPDX-License-Identifier: MIT
"""The risk table: ranked places with cause, value, threshold and where the threshold is from.

Three kinds of cause so far: over-pressing of the brittle layers, delamination on release, current
hotspots. A row is a reading of the stored fields against a stated threshold, not a prediction of
failure; the text says how sure the threshold is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np

from interfacefem.errors import MaterialError
from interfacefem.materials import Material, Value
from interfacefem.post.current import HOTSPOT_ABOVE, focusing_factor, hotspots
from interfacefem.post.delamination import delamination, highest_load
from interfacefem.results import Results
from interfacefem.results.fields import write_csv
from interfacefem.results.layout import CURRENT_DENSITY_FACTOR
from interfacefem.results.risk_rows import merge
from interfacefem.results.text import number, table
from interfacefem.units import to_internal

Cause = Literal[
    "over-pressing: tension", "over-pressing: contact pressure", "delamination", "hotspot"
]

#: opened part of an interface that counts as delamination [-]; a convention, no measurement
OPENED_THRESHOLD = 0.05
OPENED_SOURCE = f"convention of interfacefem: {OPENED_THRESHOLD:.0%} of the area, not measured"
#: hotspot rows of one interface
HOTSPOT_ROWS = 3


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


def risk_table(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
    critical_current_density: str | float | None = None,
) -> RiskTable:
    """Rank the places of a run that may fail.

    Parameters
    ----------
    results : Results
        The run.
    step : str, optional
        Judge the end of this step; None takes the worst of all steps, each row saying which.
    materials : mapping of str to Material, optional
        By layer; those the run was made with by default.
    critical_current_density : str or float, optional
        E.g. ``"1 mA/cm^2"``, a float is in uA/um^2; by default that of the case, else the
        smaller one of the two layers' materials.

    Raises
    ------
    ResultsError
        If there is no such step.
    """
    known = results.materials if materials is None else materials
    notes: list[str] = []
    tables = []
    for name in results.steps if step is None else (step,):
        rows = _over_pressing(results, name, known, notes)
        rows += _delaminations(results, name)
        rows += _hotspots(results, name, known, critical_current_density, notes)
        tables.append([asdict(row) for row in rows])
    return RiskTable.from_records(merge(tables), dict.fromkeys(notes))


def _row(
    subject: str, where: str, cause: Cause, value: float, limit: Value, step: str, comment: str
) -> RiskRow:
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


def _over_pressing(
    results: Results, step: str, materials: Mapping[str, Material], notes: list[str]
) -> list[RiskRow]:
    rows = []
    if not materials:
        notes.append("over-pressing is not judged: the run was written without its materials")
    for layer, material in materials.items():
        if not material.brittle:
            continue
        subject = f"layer '{layer}'"
        strength = _limit(material, "tensile_strength", subject, notes)
        there = results.has_layers(step) and results.layer(layer).at(step).present
        if strength is not None and there:
            state = results.layer(layer).at(step)
            stress = state.max_principal_stress.values
            worst = int(np.argmax(stress))
            value = float(stress[worst])
            centre = state.points[state.cells[worst]].mean(axis=0)
            comment = "no tension" if value <= 0 else _reach(value, strength)
            where = _position(centre)
            rows.append(
                _row(subject, where, "over-pressing: tension", value, strength, step, comment)
            )
        hardness = _limit(material, "hardness", subject, notes)
        faces = [
            name
            for name in results.interfaces
            if layer in name.split("|") and results.interface(name).at(step).present
        ]
        if hardness is not None and faces:
            fields = [results.interface(name).at(step).contact_pressure for name in faces]
            worst_field = max(fields, key=lambda item: item.max())
            peak = int(np.argmax(worst_field.values))
            value = float(worst_field.values[peak])
            where = f"at '{worst_field.interface}' {_position(worst_field.points[peak, :-1])}"
            rows.append(
                _row(
                    subject,
                    where,
                    "over-pressing: contact pressure",
                    value,
                    hardness,
                    step,
                    _reach(value, hardness),
                )
            )
    return rows


def _delaminations(results: Results, step: str) -> list[RiskRow]:
    rows = []
    limit = Value(
        OPENED_THRESHOLD, "", OPENED_THRESHOLD, OPENED_THRESHOLD, 298.15, OPENED_SOURCE, "L"
    )
    for name in results.interfaces:
        if not results.interface(name).at(step).present:
            continue
        if highest_load(results, step, name) == (step, results.increments(step)[-1]):
            continue  # nothing can have opened since
        found = delamination(results, name, step)
        peak = int(np.argmax(found.opened.values))
        where = _position(found.opened.points[peak, :-1]) if found.opened_fraction else ""
        comment = (
            f"lost {found.lost_fraction:.0%} of the contact at "
            f"{number(found.loaded_pressure)} MPa; spring-back gap "
            f"{number(found.mean_gap, 3)} um mean, {number(found.max_gap, 3)} um max"
        )
        value = found.opened_fraction
        rows.append(_row(f"interface '{name}'", where, "delamination", value, limit, step, comment))
    return rows


def _hotspots(
    results: Results,
    step: str,
    materials: Mapping[str, Material],
    critical: str | float | None,
    notes: list[str],
) -> list[RiskRow]:
    if not results.has_current(step):
        return []
    current = results.current(step)
    rows = []
    for name in current.interfaces:
        limit = _critical(results, name, materials, critical)
        if limit is None:
            notes.append(
                f"hotspots of interface '{name}' are not judged: no critical current density is "
                "known; give it in the case (current.critical)"
            )
            continue
        density = current.interface(name)
        steady = focusing_factor(density, percentile=99.0)
        size = "um wide" if density.points.shape[1] == 2 else "um^2 large"
        for spot in hotspots(density, above=HOTSPOT_ABOVE, count=HOTSPOT_ROWS):
            comment = (
                f"{number(spot.factor, 3)} times the mean (99 % of the area: {number(steady, 3)}), "
                f"{number(spot.area, 3)} {size}, {spot.share:.0%} of the current"
            )
            where = _position(spot.place[:-1])
            value = spot.current_density
            rows.append(_row(f"interface '{name}'", where, "hotspot", value, limit, step, comment))
    return rows


def _critical(
    results: Results, interface: str, materials: Mapping[str, Material], given: str | float | None
) -> Value | None:
    source = "given by the user"
    if given is None:
        given = results.case.get("current", {}).get("critical")
        source = "critical current density of the case"
    if given is not None:
        value = to_internal(given, "current_density", place="critical") * CURRENT_DENSITY_FACTOR
        return Value(value, "mA/cm^2", value, value, 298.15, source, "M")
    found = []
    for layer in interface.split("|"):
        if layer in materials:
            record = dict(materials[layer].records).get("critical_current_density")
            if record is not None:
                found.append(record)
    if not found:
        return None
    least = min(found, key=lambda record: record.value)
    scaled = [item * CURRENT_DENSITY_FACTOR for item in (least.value, least.low, least.high)]
    value, low, high = scaled
    return Value(
        value,
        "mA/cm^2",
        low,
        high,
        least.temperature,
        least.source,
        least.confidence,
        least.estimate,
    )


def _limit(material: Material, name: str, subject: str, notes: list[str]) -> Value | None:
    try:
        return material.value(name)
    except MaterialError:
        notes.append(
            f"{subject}: the {name.replace('_', ' ')} of {material.name} is not known; not judged"
        )
        return None


def _reach(value: float, limit: Value) -> str:
    if value < limit.low:
        return "below the range of the threshold"
    if value <= limit.high:
        return "within the range of the threshold"
    return "above the range of the threshold"


def _position(point: Any) -> str:
    axes = zip("xyz", point, strict=False)
    return ", ".join(f"{axis} = {number(float(value))} um" for axis, value in axes)


def _band(row: RiskRow) -> str:
    if row.threshold_low == row.threshold_high or math.isnan(row.threshold_low):
        return f"{number(row.threshold)} {row.unit}"
    low, high = number(row.threshold_low), number(row.threshold_high)
    return f"{number(row.threshold)} ({low} to {high}) {row.unit}"
