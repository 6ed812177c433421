# SPDX-License-Identifier: MIT
"""One table of numbers for two or more runs: contact, interlocking, density, resistance.

Every row says what it is about, at which moment, in which unit and for each run in which step.
What a run does not have (an interface of another name, no current, no powder) is not a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.post.delamination import highest_load
from interfacefem.post.pressure import gap_volume
from interfacefem.results import InterfaceState, LayerState, Results
from interfacefem.results.fields import write_csv
from interfacefem.results.states import CurrentState
from interfacefem.results.text import Cell, table

FloatArray = npt.NDArray[np.float64]

#: moments of a run that are compared
LOADED, END = "highest load", "end"


@dataclass(frozen=True)
class ComparedRow:
    """One quantity of all runs.

    Attributes
    ----------
    subject : str
        Interface, layer or ``stack``.
    quantity, unit : str
    moment : str
        :data:`LOADED` or :data:`END`.
    steps : tuple of str
        Step of each run with its nominal pressure; empty where it has nothing to compare.
    values : tuple of float
        Of each run, NaN where it has none.
    """

    subject: str
    quantity: str
    unit: str
    moment: str
    steps: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def label(self) -> str:
        """Quantity and unit, as on an axis."""
        return f"{self.quantity} [{self.unit}]"


@dataclass(frozen=True)
class Comparison:
    """Numbers of runs side by side.

    Attributes
    ----------
    names : tuple of str
        Of the runs, in the order they were given.
    rows : tuple of ComparedRow
    """

    names: tuple[str, ...]
    rows: tuple[ComparedRow, ...]

    def to_text(self) -> str:
        """Return an aligned table."""
        rows: list[list[Cell]] = [
            [row.subject, row.label, row.moment, _common(row.steps), *row.values]
            for row in self.rows
        ]
        return table(["what", "quantity", "moment", "step", *self.names], rows)

    def to_csv(self, path: str | Path) -> Path:
        """Write all rows, value and step of each run; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        head = ["what", "quantity", "unit", "moment"]
        head += [part for name in self.names for part in (name, f"step of {name}")]
        rows = [
            [
                row.subject,
                row.quantity,
                row.unit,
                row.moment,
                *(part for pair in zip(row.values, row.steps, strict=True) for part in pair),
            ]
            for row in self.rows
        ]
        return write_csv(path, head, rows)


def compare(runs: Sequence[Results]) -> Comparison:
    """Compare runs at their highest load and at their end.

    Parameters
    ----------
    runs : sequence of Results
        Any runs; layers and interfaces are matched by name.

    Returns
    -------
    Comparison

    Raises
    ------
    ResultsError
        If there are fewer than two, or one has no increment yet.
    """
    if len(runs) < 2:
        raise ResultsError("one run cannot be compared; give two or more")
    for run in runs:
        if not len(run):
            raise ResultsError(f"{run.path}: no increment is stored yet; wait for the first one")
    rows: list[ComparedRow] = []
    for name in _union(run.interfaces for run in runs):
        rows += _interface_rows(runs, name)
    for name in _union(run.layers for run in runs):
        rows += _density_rows(runs, name)
    rows += _resistance_rows(runs)
    kept = [row for row in rows if np.isfinite(row.values).any()]
    return Comparison(_names(runs), tuple(kept))


def area_ratio(state: InterfaceState) -> float:
    """Return the length of the common surface over its projected length [-]."""
    step = _steps(state.points)
    return float(np.hypot(step[:, 0], step[:, 1]).sum() / np.abs(step[:, 0]).sum())


def rms_slope(state: InterfaceState) -> float:
    """Return the rms slope of the common surface, over its projected length [-]."""
    step = _steps(state.points)
    width = np.abs(step[:, 0])
    used = width > 0.0
    slope = step[used, 1] / width[used]
    return float(np.sqrt((slope**2) @ width[used] / width[used].sum()))


def _steps(points: FloatArray) -> FloatArray:
    if points.shape[1] != 2:
        raise ResultsError("the common surface is measured in sections only so far")
    step: FloatArray = np.diff(points, axis=0)
    return step


def density_gradient(state: LayerState) -> float:
    """Return the slope of a straight line through relative density over height [1/mm]."""
    centre, area = _cells(state)
    density = state.field("relative_density").values
    height = centre[:, -1] - centre[:, -1] @ area / area.sum()
    return 1e3 * float((density * height) @ area / (height**2 @ area))


def mean_density(state: LayerState) -> float:
    """Return the mean relative density, weighted by area [-]."""
    _, area = _cells(state)
    return float(state.field("relative_density").values @ area / area.sum())


def _cells(state: LayerState) -> tuple[FloatArray, FloatArray]:
    corners = state.points[state.cells]
    one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
    area = 0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    return corners.mean(axis=1), area


_INTERFACE: tuple[tuple[str, str, str, Callable[[InterfaceState], float]], ...] = (
    ("contact fraction", "-", LOADED, lambda s: s.in_contact.mean()),
    ("gap volume per area", "um", LOADED, gap_volume),
    ("mean pressure", "MPa", LOADED, lambda s: s.contact_pressure.mean()),
    ("contact fraction", "-", END, lambda s: s.in_contact.mean()),
    ("gap volume per area", "um", END, gap_volume),
    ("mean pressure", "MPa", END, lambda s: s.contact_pressure.mean()),
    ("largest pressure", "MPa", END, lambda s: s.contact_pressure.max()),
    ("rms shear traction", "MPa", END, lambda s: _rms(s)),
    ("length over projected length", "-", END, area_ratio),
    ("rms slope", "-", END, rms_slope),
)


def _rms(state: InterfaceState) -> float:
    shear = state.shear_traction
    return float(np.sqrt(np.asarray(shear.values) ** 2 @ shear.weights / shear.area))


def _interface_rows(runs: Sequence[Results], name: str) -> list[ComparedRow]:
    found = []
    for quantity, unit, moment, measure in _INTERFACE:
        steps, values = [], []
        for run in runs:
            state = _interface(run, name, moment)
            steps.append("" if state is None else f"{state.step}, {state.nominal_pressure:.4g} MPa")
            values.append(np.nan if state is None else measure(state))
        subject = f"interface '{name}'"
        found.append(ComparedRow(subject, quantity, unit, moment, tuple(steps), tuple(values)))
    return found


def _interface(run: Results, name: str, moment: str) -> InterfaceState | None:
    if name not in run.interfaces:
        return None
    if not np.isfinite(run.history.of("mean_pressure", name)).any():
        return None
    when = highest_load(run, None, name) if moment == LOADED else (run.steps[-1], -1)
    state = run.interface(name).at(*when)
    return state if state.present else None


def _density_rows(runs: Sequence[Results], name: str) -> list[ComparedRow]:
    parts: tuple[tuple[str, str, Callable[[LayerState], float]], ...] = (
        ("relative density, mean", "-", mean_density),
        ("relative density, smallest", "-", lambda s: s.field("relative_density").min()),
        ("relative density, largest", "-", lambda s: s.field("relative_density").max()),
        ("density gradient upwards", "1/mm", density_gradient),
    )
    found = []
    for moment in (LOADED, END):
        states = [_layer(run, name, moment) for run in runs]
        steps = tuple(
            "" if s is None else f"{s.step}, {s.nominal_pressure:.4g} MPa" for s in states
        )
        for quantity, unit, measure in parts:
            values = tuple(np.nan if state is None else measure(state) for state in states)
            found.append(ComparedRow(f"layer '{name}'", quantity, unit, moment, steps, values))
    return found


def _layer(run: Results, name: str, moment: str) -> LayerState | None:
    if name not in run.layers:
        return None
    stored = [step for step in run.steps if run.has_layers(step)]
    states = [run.layer(name).at(step) for step in stored]
    states = [s for s in states if s.present and "relative_density" in s.fields]
    if not states:
        return None
    return states[-1] if moment == END else max(states, key=lambda s: s.nominal_pressure)


_RESISTANCE: tuple[tuple[str, Callable[[CurrentState], float]], ...] = (
    ("resistance", lambda s: s.asr_total),
    ("resistance of layers", lambda s: sum(s.asr_layers.values())),
    ("resistance of constriction", lambda s: s.asr_constriction),
    ("resistance of interfaces", lambda s: sum(s.asr_interfaces.values())),
)


def _resistance_rows(runs: Sequence[Results]) -> list[ComparedRow]:
    found = []
    for moment in (LOADED, END):
        states: list[CurrentState | None] = []
        for run in runs:
            currents = [run.current(step) for step in run.steps if run.has_current(step)]
            best = max(currents, key=lambda c: c.nominal_pressure, default=None)
            states.append(currents[-1] if currents and moment == END else best)
        steps = tuple(
            "" if s is None else f"{s.step}, {s.nominal_pressure:.4g} MPa" for s in states
        )
        for quantity, measure in _RESISTANCE:
            values = tuple(np.nan if state is None else measure(state) for state in states)
            found.append(ComparedRow("stack", quantity, "ohm cm^2", moment, steps, values))
    return found


def _names(runs: Sequence[Results]) -> tuple[str, ...]:
    """Return the names of the cases, of the folders where cases have the same name."""
    names = [run.name for run in runs]
    if len(set(names)) < len(names):
        names = [run.folder.name for run in runs]
    if len(set(names)) < len(names):
        names = [str(run.folder) for run in runs]
    return tuple(names)


def _union(parts: Iterable[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(name for names in parts for name in names))


def _common(steps: Sequence[str]) -> str:
    """Return the step once if it is the same in all runs."""
    known = list(dict.fromkeys(step for step in steps if step))
    return " / ".join(known)
