# SPDX-License-Identifier: MIT
"""The points of a pressure window: increments of one run on its way up, or several runs.

From one run, at the increments on the way to its highest load that have fields inside the layers;
or from several runs pressed to different pressures, with the resistance each has at its end.
Nothing is extrapolated: a bound that the data do not reach is said to lie outside of them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.materials import Material
from interfacefem.post.causes import CAUSES
from interfacefem.post.delamination import highest_load
from interfacefem.post.exposures import SLIT_WIDTH
from interfacefem.post.risk_rows import RiskRow, ranked
from interfacefem.post.risk_table import Judge, risk_table
from interfacefem.post.window import GOOD, Band, PressureWindow, bounds, free_ranges
from interfacefem.results import Results
from interfacefem.results.edges import contact_fraction
from interfacefem.units import Dimensional

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Point:
    pressure: float
    asr: float
    contact: float
    rows: tuple[RiskRow, ...]


def pressure_window(
    runs: Results | Sequence[Results],
    *,
    materials: Mapping[str, Material] | None = None,
    depth: Dimensional | None = None,
    width: Dimensional = SLIT_WIDTH,
    critical_current_density: Dimensional | None = None,
    causes: Collection[str] | None = None,
) -> PressureWindow:
    """Return the pressure window of a run, or of several pressed to different pressures.

    Parameters
    ----------
    runs : Results or sequence of Results
        One run with fields inside the layers at several increments of its way up (in the case
        ``output.layer_fields = "increments"``, or a press in steps); or several runs, of which each
        gives its highest pressure, the worst of all its steps and the resistance at its end.
    materials, depth, width, critical_current_density, causes
        As for :func:`~interfacefem.post.risk_table`.

    Raises
    ------
    ResultsError
        If there are fewer than two points, or a cause is unknown.
    """
    for name in causes or ():
        CAUSES.find(name)
    several = [runs] if isinstance(runs, Results) else list(runs)
    if not several:
        raise ResultsError("no run is given; give one or more")
    elsewhere: tuple[RiskRow, ...] = ()
    if len(several) == 1:
        run = several[0]
        judge = Judge(
            run, causes=causes, materials=materials, depth=depth, width=width,
            critical=critical_current_density,
        )  # fmt: skip
        moments = _way_up(run)
        origin = f"{run.name}: on the way to the highest load, under load"
        missing = (
            f"{run.path}: fields inside the layers are stored at fewer than two pressures on the "
            'way to the highest load; run it with output.layer_fields = "increments", or give '
            "runs pressed to different pressures"
        )
        if len(moments) < 2:
            raise ResultsError(missing)
        points = [_on_the_way(run, judge, *moment) for moment in moments]
        others = [
            name for name in run.steps if (name, run.increments(name)[-1]) not in set(moments)
        ]
        tables = [ranked([judge.at_end(name)]).rows for name in others]
        elsewhere = tuple(row for rows_there in tables for row in rows_there)
    else:
        points = [
            _at_the_end(
                run,
                risk_table(
                    run, materials=materials, depth=depth, width=width, causes=causes,
                    critical_current_density=critical_current_density,
                ).rows,
            )
            for run in several
        ]  # fmt: skip
        origin = f"{len(several)} runs: the worst of all steps, resistance at the end"
        missing = "the runs were pressed to the same pressure; give different ones"
        points = sorted(
            {point.pressure: point for point in points}.values(), key=lambda p: p.pressure
        )
        if len(points) < 2:
            raise ResultsError(missing)
    pressure = np.array([point.pressure for point in points])
    cost = np.array([point.asr for point in points])
    name, unit = "resistance", "ohm cm^2"
    if not np.isfinite(cost).all():
        with np.errstate(divide="ignore"):
            cost = 1.0 / np.array([point.contact for point in points])
        name, unit = "inverse contact fraction", "-"
    rows = tuple(point.rows for point in points)
    curves = _curves(rows)
    low, middle, high = (
        free_ranges(pressure, [curve[:, end] for curve in curves]) for end in (2, 1, 0)
    )
    return PressureWindow(
        origin=origin,
        pressure=pressure,
        cost=cost,
        cost_name=name,
        cost_unit=unit,
        rows=rows,
        elsewhere=elsewhere,
        lower=_lower(pressure, cost),
        free=(low, middle, high),
    )


def window_of(run: Results) -> PressureWindow | None:
    """Return the pressure window of one run, None where it has too few points or no materials."""
    return pressure_window(run) if has_window(run) else None


def has_window(run: Results) -> bool:
    """Return whether one run has enough points for a window, and materials."""
    return bool(run.materials) and len(_way_up(run)) > 1


def _way_up(run: Results) -> list[tuple[str, int]]:
    """Return the increments of one run at ever higher pressures that have layer fields."""
    last = highest_load(run)
    found: list[tuple[str, int]] = []
    history, highest = run.history, 0.0
    for row in range(len(history)):
        step, increment = str(history["step"][row]), int(history["increment"][row])
        pressure = float(history["nominal_pressure"][row])
        if pressure > highest and increment in run.layer_increments(step):
            found.append((step, increment))
            highest = pressure
        if (step, increment) == last:
            break
    return found


def _on_the_way(run: Results, judge: Judge, step: str, increment: int) -> _Point:
    history = run.history
    row = np.flatnonzero((history["step"] == step) & (history["increment"] == increment))[0]
    return _Point(
        float(history["nominal_pressure"][row]),
        float(history["asr"][row]),
        _contact(run, step, increment),
        ranked([judge.at(step, increment)]).rows,
    )


def _at_the_end(run: Results, rows: tuple[RiskRow, ...]) -> _Point:
    """Return the point of a run that was pressed once."""
    step, increment = highest_load(run)
    row = np.flatnonzero((run.history["step"] == step) & (run.history["increment"] == increment))
    known = run.history["asr"][np.isfinite(run.history["asr"])]
    end = run.steps[-1]
    return _Point(
        float(run.history["nominal_pressure"][row[0]]),
        float(known[-1]) if len(known) else math.nan,
        _contact(run, end, run.increments(end)[-1]),
        rows,
    )


def _contact(run: Results, step: str, increment: int) -> float:
    states = [run.interface(name).at(step, increment) for name in run.interfaces]
    return min((contact_fraction(s) for s in states if s.present), default=math.nan)


def _curves(rows: Sequence[Sequence[RiskRow]]) -> list[FloatArray]:
    """Return for each cause and subject what bounds the window at each point, (n, 3)."""
    found: dict[tuple[str, str], FloatArray] = {}
    for k, each in enumerate(rows):
        for row in each:
            key = (row.cause, row.subject)
            curve = found.setdefault(key, np.full((len(rows), 3), math.nan))
            curve[k] = np.fmax(curve[k], bounds(row.ratios))
    return list(found.values())


def _lower(pressure: FloatArray, cost: FloatArray) -> Band:
    """Return where the cost falls below its least and so much more, for good: loosest first."""
    found = []
    for more in reversed(GOOD):
        limit = (1.0 + more) * float(cost.min())
        above = np.flatnonzero(cost > limit)
        if not len(above):
            found.append(float(pressure[0]))
            continue
        k = int(above[-1])
        found.append(
            float(pressure[k]) if k + 1 == len(cost) else _crossing(pressure, cost, k, limit)
        )
    low, middle, high = found
    return low, middle, high


def _crossing(pressure: FloatArray, values: FloatArray, k: int, limit: float) -> float:
    """Return where values cross a limit between points k and k + 1, linear over log pressure."""
    part = (limit - values[k]) / (values[k + 1] - values[k])
    low, high = math.log(pressure[k]), math.log(pressure[k + 1])
    return math.exp(low + float(np.clip(part, 0.0, 1.0)) * (high - low))
