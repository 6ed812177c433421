# SPDX-License-Identifier: MIT
"""The pressure window: resistance falls with pressure, damage rises, and what is left in between.

From one run, at the increments on the way to its highest load that have fields inside the layers;
or from several runs pressed to different pressures, with the resistance each has at its end.
Nothing is extrapolated: a bound that the data do not reach is said to lie outside of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MaterialError, ResultsError
from interfacefem.materials import Material
from interfacefem.post.delamination import highest_load
from interfacefem.post.flaws import positive
from interfacefem.post.short_circuit import FLAW_DEPTH, SLIT_WIDTH, exposures
from interfacefem.results import Results
from interfacefem.results.fields import write_csv
from interfacefem.results.text import Cell, number, table
from interfacefem.units import Dimensional

FloatArray = npt.NDArray[np.float64]
Band = tuple[float, float, float]

#: how much more than the least resistance is still good: low, middle, high [-]; a convention
GOOD = (0.1, 0.25, 0.5)
FLAW, FILLED, HARD = "flaw", "flaw with metal in it", "contact pressure"
CAUSES = (FLAW, FILLED, HARD)


@dataclass(frozen=True, eq=False, kw_only=True)
class PressureWindow:
    """Benefit and damage against pressure, and the range that is recommended.

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
    damage : mapping of str to (n, 3) array
        By cause, the largest value over its threshold, for thresholds at the high end, as given and
        at the low end of their ranges [-].
    lower, upper : tuple of float
        Pressure from which on the cost is good, and up to which no damage exceeds its threshold:
        earliest, middle, latest [MPa]. Infinite above, zero below the data.
    """

    origin: str
    pressure: FloatArray
    cost: FloatArray
    cost_name: str
    cost_unit: str
    damage: Mapping[str, FloatArray]
    lower: Band
    upper: Band

    @property
    def recommended(self) -> tuple[float, float] | None:
        """From where to where the middle values leave room [MPa]; None where they leave none."""
        low, high = self.lower[1], min(self.upper[1], float(self.pressure[-1]))
        return (low, high) if low <= high else None

    def verdict(self) -> str:
        """Return the recommendation in words, with its uncertainty."""
        first, last = float(self.pressure[0]), float(self.pressure[-1])
        ends = [_end(pressure, first, last) for pressure in self.upper]
        over = "the same" if len(set(ends)) == 1 else f"{ends[0]} to {ends[2]}"
        lines = [
            f"{self.cost_name} within {GOOD[1]:.0%} of its least from {number(self.lower[1], 3)} "
            f"MPa on ({number(self.lower[0], 3)} to {number(self.lower[2], 3)} for {GOOD[2]:.0%} "
            f"to {GOOD[0]:.0%})",
            f"damage below all thresholds up to {ends[1]} ({over} over their ranges)",
        ]
        room = self.recommended
        if room is None:
            lines.append(
                "no pressure satisfies both: what is needed for a good resistance exceeds a "
                "threshold of damage; smoother faces or a softer layer would help, not force"
            )
        else:
            lines.append(f"recommended: {number(room[0], 3)} to {number(room[1], 3)} MPa")
        return "\n".join(f"  {line}" for line in lines)

    def to_text(self) -> str:
        """Return an aligned table and the verdict."""
        causes = tuple(self.damage)
        head = ["pressure [MPa]", f"{self.cost_name} [{self.cost_unit}]"]
        head += [f"{cause} / threshold (range)" for cause in causes]
        rows: list[list[Cell]] = [
            [
                float(self.pressure[k]),
                float(self.cost[k]),
                *(_ratio(self.damage[cause][k]) for cause in causes),
            ]
            for k in range(len(self.pressure))
        ]
        return f"  {self.origin}\n{table(head, rows)}\n{self.verdict()}"

    def to_csv(self, path: str | Path) -> Path:
        """Write all points; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        head = ["pressure [MPa]", f"{self.cost_name} [{self.cost_unit}]"]
        ends = ("high", "as given", "low")
        head += [f"{cause}, threshold {end} [-]" for cause in self.damage for end in ends]
        whole = np.column_stack([self.pressure, self.cost, *self.damage.values()])
        return write_csv(path, head, [[float(item) for item in row] for row in whole])


@dataclass(frozen=True)
class _Point:
    pressure: float
    asr: float
    contact: float
    damage: dict[str, Band]


def pressure_window(
    runs: Results | Sequence[Results],
    *,
    materials: Mapping[str, Material] | None = None,
    depth: Dimensional = FLAW_DEPTH,
    causes: Sequence[str] = CAUSES,
) -> PressureWindow:
    """Return the pressure window of a run, or of several pressed to different pressures.

    Parameters
    ----------
    runs : Results or sequence of Results
        One run with fields inside the layers at several increments of its way up (in the case
        ``output.layer_fields = "increments"``, or a press in steps); or several runs, of which each
        gives its highest pressure, the worst damage of all its steps and the resistance at its end.
    materials : mapping of str to Material, optional
        By layer; those of each run by default.
    depth : str, pint.Quantity or float
        Of the flaws [um].
    causes : sequence of str
        Of ``"flaw"``, ``"flaw with metal in it"`` and ``"contact pressure"``.

    Raises
    ------
    ResultsError
        If there are fewer than two points, or a cause is unknown.
    """
    deep = positive(depth, "length", "depth")
    unknown = [cause for cause in causes if cause not in CAUSES]
    if unknown or not causes:
        raise ResultsError(f"damage by {unknown or 'nothing'} is unknown; give {', '.join(CAUSES)}")
    several = [runs] if isinstance(runs, Results) else list(runs)
    if not several:
        raise ResultsError("no run is given; give one or more")
    if len(several) == 1:
        run = several[0]
        found = _on_the_way(run, run.materials if materials is None else materials, deep)
        origin = f"{run.name}: on the way to the highest load, under load"
        missing = (
            f"{run.path}: fields inside the layers are stored at fewer than two pressures on the "
            'way to the highest load; run it with output.layer_fields = "increments", or give '
            "runs pressed to different pressures"
        )
    else:
        found = [
            _at_the_end(run, run.materials if materials is None else materials, deep)
            for run in several
        ]
        origin = f"{len(several)} runs: worst damage of all steps, resistance at the end"
        missing = "the runs were pressed to the same pressure; give different ones"
    points = sorted({point.pressure: point for point in found}.values(), key=lambda p: p.pressure)
    if len(points) < 2:
        raise ResultsError(missing)
    pressure = np.array([point.pressure for point in points])
    cost = np.array([point.asr for point in points])
    name, unit = "resistance", "ohm cm^2"
    if not np.isfinite(cost).all():
        with np.errstate(divide="ignore"):
            cost = 1.0 / np.array([point.contact for point in points])
        name, unit = "inverse contact fraction", "-"
    damage = {
        cause: np.array([point.damage[cause] for point in points])
        for cause in causes
        if all(cause in point.damage for point in points)
    }
    return PressureWindow(
        origin=origin,
        pressure=pressure,
        cost=cost,
        cost_name=name,
        cost_unit=unit,
        damage=damage,
        lower=_lower(pressure, cost),
        upper=_upper(pressure, damage),
    )


def window_of(run: Results) -> PressureWindow | None:
    """Return the pressure window of one run, None where it has too few points or no materials."""
    if not run.materials:
        return None
    try:
        return pressure_window(run)
    except ResultsError:
        return None


def _on_the_way(run: Results, materials: Mapping[str, Material], depth: float) -> list[_Point]:
    """Return the points of one run at ever higher pressures."""
    last = highest_load(run)
    found: list[_Point] = []
    history = run.history
    for row in range(len(history)):
        step, increment = str(history["step"][row]), int(history["increment"][row])
        pressure = float(history["nominal_pressure"][row])
        higher = not found or pressure > found[-1].pressure
        if higher and increment in run.layer_increments(step):
            asr = float(history["asr"][row])
            contact = _contact(run, step, increment)
            found.append(
                _Point(pressure, asr, contact, _damage(run, step, increment, materials, depth))
            )
        if (step, increment) == last:
            break
    return found


def _at_the_end(run: Results, materials: Mapping[str, Material], depth: float) -> _Point:
    """Return the point of a run that was pressed once."""
    step, increment = highest_load(run)
    row = np.flatnonzero((run.history["step"] == step) & (run.history["increment"] == increment))
    worst: dict[str, Band] = {}
    for name in run.steps:
        for number_ in run.layer_increments(name)[-1:]:
            for cause, band in _damage(run, name, number_, materials, depth).items():
                if cause not in worst or band[1] > worst[cause][1]:
                    worst[cause] = band
    known = run.history["asr"][np.isfinite(run.history["asr"])]
    end = run.steps[-1]
    return _Point(
        float(run.history["nominal_pressure"][row[0]]),
        float(known[-1]) if len(known) else math.nan,
        _contact(run, end, run.increments(end)[-1]),
        worst,
    )


def _contact(run: Results, step: str, increment: int) -> float:
    states = [run.interface(name).at(step, increment) for name in run.interfaces]
    return min((s.in_contact.mean() for s in states if s.present), default=math.nan)


def _damage(
    run: Results, step: str, increment: int, materials: Mapping[str, Material], depth: float
) -> dict[str, Band]:
    """Return by cause the largest value over the high, middle and low threshold."""
    found: dict[str, list[Band]] = {cause: [] for cause in CAUSES}
    for each in exposures(run, step, materials, depth, SLIT_WIDTH, increment=increment):
        if each.toughness is not None:
            limits = (each.toughness.high, each.toughness.value, each.toughness.low)
            found[FLAW].append(_over(each.dry.max(), limits))
            if each.metal is not None:
                found[FILLED].append(_over(each.metal.filled.max(), limits))
    for name in run.interfaces:
        state = run.interface(name).at(step, increment)
        for layer in name.split("|"):
            if layer in materials and materials[layer].brittle and state.present:
                try:
                    known = materials[layer].value("hardness")
                except MaterialError:
                    continue
                limits = (known.high, known.value, known.low)
                found[HARD].append(_over(state.contact_pressure.max(), limits))
    return {cause: max(bands, key=lambda b: b[1]) for cause, bands in found.items() if bands}


def _over(value: float, limits: Band) -> Band:
    high, middle, low = (max(value, 0.0) / limit for limit in limits)
    return high, middle, low


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


def _upper(pressure: FloatArray, damage: Mapping[str, FloatArray]) -> Band:
    """Return where the first damage exceeds its threshold: low thresholds first."""
    found = []
    for end in (2, 1, 0):
        places = [math.inf]
        for ratios in damage.values():
            above = np.flatnonzero(ratios[:, end] > 1.0)
            if len(above):
                k = int(above[0])
                places.append(_crossing(pressure, ratios[:, end], k - 1, 1.0) if k else 0.0)
        found.append(min(places))
    low, middle, high = found
    return low, middle, high


def _crossing(pressure: FloatArray, values: FloatArray, k: int, limit: float) -> float:
    """Return where values cross a limit between points k and k + 1, linear over log pressure."""
    part = (limit - values[k]) / (values[k + 1] - values[k])
    low, high = math.log(pressure[k]), math.log(pressure[k + 1])
    return math.exp(low + float(np.clip(part, 0.0, 1.0)) * (high - low))


def _ratio(band: FloatArray) -> str:
    return f"{number(band[1], 3)} ({number(band[0], 3)} to {number(band[2], 3)})"


def _end(pressure: float, first: float, last: float) -> str:
    if math.isinf(pressure):
        return f"more than {number(last, 3)} MPa"
    return f"less than {number(first, 3)} MPa" if pressure == 0.0 else f"{number(pressure, 3)} MPa"
