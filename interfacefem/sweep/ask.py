# SPDX-License-Identifier: MIT
"""From the table of a sweep to what is known of each pressure: the rows that count at each.

Rows belong together by the highest pressure since the die was last opened, whether one run has it
or many; of a run with other presses before the varied one those are left out. What is made of
it is in :mod:`interfacefem.sweep.recommendation`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.quantities import one_mistake
from interfacefem.results.documents import number
from interfacefem.results.risk_rows import too_wide
from interfacefem.sweep.aims import cycling_measures
from interfacefem.sweep.bands import band, influences
from interfacefem.sweep.inputs import varied_step
from interfacefem.sweep.plan import REALISATION
from interfacefem.sweep.recommendation import Pressed, Recommendation
from interfacefem.sweep.table import SweepTable
from interfacefem.sweep.table import number as cell
from interfacefem.sweep.worker import Row
from interfacefem.units import Dimensional, to_internal

#: part of the realisations that must meet the target, and that may not exceed a threshold
CONFIDENCE = 0.9
#: resistance of the cell
ASR = "asr [ohm cm^2]"
#: part of a face that carries the current above which the number of spots does not matter [-]
MOSTLY = 0.5
#: pressures closer than this are the same [-]
_SAME = 1e-6
_OHM_CM2 = 1e-2  #: V um^2/uA -> ohm cm^2


def recommend(
    found: SweepTable,
    *,
    target: Dimensional,
    at: Dimensional,
    die: Dimensional | None = None,
    confidence: float = CONFIDENCE,
    case: str | None = None,
) -> Recommendation:
    """Return at which pressure to press.

    Parameters
    ----------
    found : SweepTable
        Of a sweep over the pressure of a press.
    target : str, pint.Quantity or float
        Largest resistance that is wanted, e.g. ``"100 ohm*cm^2"``.
    at : str, pint.Quantity or float
        Stack pressure at which the cell works [MPa]; a step of the case ends there.
    die : str, pint.Quantity or float, optional
        Diameter of the die, to say the force as well [um].
    confidence : float
        Part of the realisations that must meet the target [-].
    case : str, optional
        Which one, of a sweep of several cases.

    Raises
    ------
    ResultsError
        If there are several cases and none is chosen, if no step after a press ends at the
        operating pressure, or no resistance was computed.
    UnitError, CaseError
        If a value has no unit or is out of range.
    """
    limit = to_internal(target, "area_resistance", place="target") * _OHM_CM2
    operating = float(to_internal(at, "pressure", place="at"))
    diameter = None if die is None else float(to_internal(die, "length", place="die"))
    for place, value in (("target", limit), ("at", operating), ("die", diameter or 1.0)):
        if not value > 0.0:
            raise one_mistake(place, f"{value:g} is not positive", "write a positive value")
    if not 0.0 < confidence < 1.0:
        raise one_mistake("confidence", f"{confidence:g} is out of range", "write for example 0.9")
    found = of_one_case(found, case)
    sound = [row for row in _from_press(found) if not row.get("failure")]
    after = _released(sound, operating)
    if not after:
        there = sorted({cell(row.get("nominal_pressure [MPa]")) for row in sound})
        said = ", ".join(number(one) for one in there) or "none"
        raise ResultsError(
            f"{found.plan.name}: no step after a press ends at {operating:g} MPa with a "
            f"resistance; steps end at {said} MPa"
        )
    peaks = _pressures(_peak(row) for row in after)
    points = tuple(_point(found, sound, after, peak) for peak in peaks)
    curves: dict[int, tuple[tuple[float, ...], tuple[float, ...]]] = {}
    alike: dict[tuple[object, ...], list[Row]] = {}
    for row in sorted(after, key=_run_of):
        given = found.plan.runs[_run_of(row)].inputs
        key = (given.get(name) for name in found.plan.columns if name != found.plan.pressure)
        alike.setdefault(tuple(key), []).append(row)
    for group in alike.values():
        rows = sorted(group, key=_peak)
        values = tuple(cell(row[ASR]) for row in rows)
        curves[_run_of(group[0])] = tuple(map(_peak, rows)), values
    inputs = [c for c in found.plan.columns if c not in (REALISATION, found.plan.pressure)]
    last = [row for row in after if math.isclose(_peak(row), peaks[-1], rel_tol=_SAME)]
    hangs = influences(
        [cell(row[ASR]) for row in last],
        {name: [cell(row.get(name)) for row in last] for name in inputs},
        realisations=found.plan.realisations,
    )
    return Recommendation(
        name=found.plan.name, target=float(limit), operating=operating, points=points,
        curves=curves, influences=tuple(hangs), die=diameter, confidence=confidence,
    )  # fmt: skip


def of_one_case(found: SweepTable, case: str | None) -> SweepTable:
    """Return the table of the case that is asked about.

    Raises
    ------
    ResultsError
        If there are several cases and none is chosen, or there is no such case.
    """
    if case is not None:
        return found.of_case(case)
    if len(found.plan.cases) > 1:
        raise ResultsError(
            f"{found.plan.name}: has several cases, {', '.join(found.plan.cases)}; say which one"
        )
    return found.of_case(next(iter(found.plan.cases)))


def die_of(found: SweepTable) -> str | None:
    """Return the diameter of the die of the case of a sweep, None if it names none."""
    case = found.plan.case
    steps = [*case.get("step", []), *(s for stage in case.get("stage", []) for s in stage["step"])]
    given = [step["die"] for step in steps if "die" in step]
    die = case.get("die", {})
    return str(given[0]) if given else die.get("diameter")


def _from_press(found: SweepTable) -> list[Row]:
    """Return the rows of each run from its varied press on: what was done before is the same."""
    kept: list[Row] = []
    name = varied_step(found.plan.pressure)
    for _, group in itertools.groupby(found.rows, key=_run_of):
        rows = list(group)
        steps = [row.get("step") for row in rows]
        kept += rows[steps.index(name) if name in steps else 0 :]
    return kept


def _peak(row: Row) -> float:
    return cell(row.get("highest pressure [MPa]"))


def _run_of(row: Row) -> int:
    return int(cell(row["run"]))


def _released(rows: Sequence[Row], operating: float) -> list[Row]:
    """Return the rows at the operating pressure after more: the last one of each run and peak."""
    found: dict[tuple[int, float], Row] = {}
    for row in rows:
        pressure = cell(row.get("nominal_pressure [MPa]"))
        if not math.isclose(pressure, operating, rel_tol=_SAME) or math.isnan(cell(row.get(ASR))):
            continue
        if _peak(row) > operating * (1.0 + _SAME):
            found[_run_of(row), float(f"{_peak(row):.6g}")] = row
    return list(found.values())


def _pressures(values: Iterable[float]) -> list[float]:
    return sorted({float(f"{value:.6g}") for value in values})


def _point(found: SweepTable, sound: Sequence[Row], after: Sequence[Row], peak: float) -> Pressed:
    """Return what is known of one pressure."""

    def here(row: Row) -> bool:
        return math.isclose(_peak(row), peak, rel_tol=1e-5)

    rows = [row for row in after if here(row)]
    runs = tuple(sorted(_run_of(row) for row in rows))
    moments = [row for row in sound if here(row) and _run_of(row) in runs]
    loaded = [
        cell(row.get(ASR))
        for row in moments
        if math.isclose(cell(row.get("nominal_pressure [MPa]")), peak, rel_tol=1e-5)
    ]
    loaded = [value for value in loaded if not math.isnan(value)]
    causes = dict.fromkeys(
        name.removeprefix("risk[").partition("]")[0]
        for row in moments
        for name in row
        if name.startswith("risk[")
    )
    over = {cause: {_run_of(row) for row in moments if _over(row, cause)} for cause in causes}
    known = [count for row in rows if not math.isnan(count := _spots(row))]
    return Pressed(
        pressure=peak,
        runs=runs,
        released=band((cell(row[ASR]) for row in rows), "ohm cm2"),
        loaded=band(loaded, "ohm cm2") if loaded else None,
        exceeding={cause: len(which) for cause, which in over.items()},
        over=len(set().union(*over.values())),
        failed=_failed(found, peak, runs),
        contacts=float(np.median(known)) if known else math.nan,
        cycling=cycling_measures(rows),
    )


def _spots(row: Row) -> float:
    """Return the number of spots that carry the current, of the interface that has least.

    Not a number where more than half of each face carries it, in contact or by bonds: then it is
    not a matter of spots.
    """
    counts = []
    for name in row:
        kind, _, pair = name.partition("[")
        if kind != "contacts":
            continue
        apart = cell(row.get(f"open_fraction[{pair}"))
        carrying = cell(row.get(f"contact_fraction[{pair}")) if math.isnan(apart) else 1.0 - apart
        if not carrying > MOSTLY:
            counts.append(cell(row[name]))
    return min(counts, default=math.nan)


def _failed(found: SweepTable, peak: float, runs: Sequence[int]) -> int:
    """Return how many runs were to reach a pressure and did not."""
    count = 0
    for row in found.failures:
        if _run_of(row) in runs:
            continue
        wanted = found.plan.runs[_run_of(row)]
        aims = [cell(wanted.inputs.get(found.plan.pressure)), *map(cell, wanted.levels)]
        known = [aim for aim in aims if not math.isnan(aim)]
        unit_is_pressure = found.plan.pressure.endswith("[MPa]")
        near = any(math.isclose(aim, peak, rel_tol=1e-5) for aim in known)
        count += near if known and unit_is_pressure else 1
    return count


def _over(row: Row, cause: str) -> bool:
    """Whether a row is over a threshold as given; of one too wide to decide, for certain."""
    least, given, most = (
        cell(row.get(f"risk[{cause}] {end} [-]")) for end in ("least", "given", "most")
    )
    if math.isnan(given):
        return False
    return (least if too_wide(least, most) else given) > 1.0
