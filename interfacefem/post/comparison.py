# SPDX-License-Identifier: MIT
"""One table of numbers for two or more runs: contact, density, die, resistance, risks.

Every row says what it is about, at which moment, in which unit and for each run in which step.
What a run does not have (an interface of another name, no current, no powder) is not a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import html_table, screen
from interfacefem.post.compared import compared_risks, compared_separations
from interfacefem.post.delamination import highest_load
from interfacefem.post.faces import is_axisymmetric
from interfacefem.post.measures import (
    area_ratio,
    density_gradient,
    gap_volume,
    mean_density,
    rms_slope,
)
from interfacefem.post.varied import Varied, varied
from interfacefem.results import InterfaceState, LayerState, Results
from interfacefem.results.documents import Cell, table
from interfacefem.results.edges import contact_fraction
from interfacefem.results.fields import write_csv
from interfacefem.results.over_run import separation_steps
from interfacefem.results.states import CurrentState

FloatArray = npt.NDArray[np.float64]

#: moments of a run that are compared; the second only where a pellet is ejected, or a stack pulled
#: off, after it
LOADED, RELEASED, END = "highest load", "last under pressure", "end"


@dataclass(frozen=True)
class ComparedRow:
    """One quantity of all runs.

    Attributes
    ----------
    subject : str
        Interface, layer or ``stack``.
    quantity, unit : str
    moment : str
        :data:`LOADED`, :data:`RELEASED`, :data:`END`, or the worst of all steps for a risk.
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
    varied : Varied or None
        The input that the runs differ in, if it is a number.
    """

    names: tuple[str, ...]
    rows: tuple[ComparedRow, ...]
    varied: Varied | None = None

    def __repr__(self) -> str:
        head = f"<Comparison of {', '.join(self.names)}: {len(self.rows)} rows>"
        return screen([head, self.to_text()])

    def _repr_html_(self) -> str:
        rows = [[row.subject, row.label, row.moment, *row.values] for row in self.rows]
        return html_table(["what", "quantity", "moment", *self.names], rows)

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
    """Compare runs at their highest load and at their end, and their risks.

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
        rows += _density_rows(runs, name) + _tension_rows(runs, name)
    rows += _die_rows(runs) + _resistance_rows(runs)
    rows += [ComparedRow(*row) for row in compared_separations(runs)]
    rows += [ComparedRow(*row) for row in compared_risks(runs)]
    kept = [row for row in rows if np.isfinite(row.values).any()]
    return Comparison(_names(runs), tuple(kept), varied([run.case for run in runs]))


_INTERFACE: tuple[tuple[str, str, str, Callable[[InterfaceState], float]], ...] = (
    ("contact fraction", "-", LOADED, contact_fraction),
    ("gap volume per area", "um", LOADED, gap_volume),
    ("mean pressure", "MPa", LOADED, lambda s: s.contact_pressure.mean()),
    ("contact fraction", "-", RELEASED, contact_fraction),
    ("gap volume per area", "um", RELEASED, gap_volume),
    ("largest pressure", "MPa", RELEASED, lambda s: s.contact_pressure.max()),
    ("rms shear traction", "MPa", RELEASED, lambda s: _rms(s)),
    ("contact fraction", "-", END, contact_fraction),
    ("gap volume per area", "um", END, gap_volume),
    ("mean pressure", "MPa", END, lambda s: s.contact_pressure.mean()),
    ("largest pressure", "MPa", END, lambda s: s.contact_pressure.max()),
    ("rms shear traction", "MPa", END, lambda s: _rms(s)),
)
#: of the common surface at the end; whether x is a radius makes a difference
_SURFACE = (("area over projected area", area_ratio), ("rms slope", rms_slope))


def _rms(state: InterfaceState) -> float:
    shear = state.shear_traction
    square = (np.asarray(shear.values).reshape(len(shear), -1) ** 2).sum(axis=1)
    return float(np.sqrt(square @ shear.weights / shear.area))


def _interface_rows(runs: Sequence[Results], name: str) -> list[ComparedRow]:
    found = []
    subject = f"interface '{name}'"
    for quantity, unit, moment, measure in _INTERFACE:
        steps, values = [], []
        for run in runs:
            state = _interface(run, name, moment)
            steps.append("" if state is None else f"{state.step}, {state.nominal_pressure:.4g} MPa")
            values.append(np.nan if state is None else measure(state))
        found.append(ComparedRow(subject, quantity, unit, moment, tuple(steps), tuple(values)))
    states = [_interface(run, name, END) for run in runs]
    steps = ["" if s is None else f"{s.step}, {s.nominal_pressure:.4g} MPa" for s in states]
    for quantity, shape in _SURFACE:
        values = [
            np.nan if state is None else shape(state, axisymmetric=is_axisymmetric(run))
            for run, state in zip(runs, states, strict=True)
        ]
        found.append(ComparedRow(subject, quantity, "-", END, tuple(steps), tuple(values)))
    return found


def _interface(run: Results, name: str, moment: str) -> InterfaceState | None:
    if name not in run.interfaces:
        return None
    if not np.isfinite(run.history.of("mean_pressure", name)).any():
        return None
    if moment == RELEASED and _released(run) is None:
        return None
    when = highest_load(run, None, name) if moment == LOADED else (_step_at(run, moment), -1)
    state = run.interface(name).at(*when)
    return state if state.present else None


def _density_rows(runs: Sequence[Results], name: str) -> list[ComparedRow]:
    axisymmetric = [is_axisymmetric(run) for run in runs]
    parts: tuple[tuple[str, str, Callable[[LayerState, bool], float]], ...] = (
        ("relative density, mean", "-", lambda s, turned: mean_density(s, axisymmetric=turned)),
        ("relative density, smallest", "-", lambda s, _: s.field("relative_density").min()),
        ("relative density, largest", "-", lambda s, _: s.field("relative_density").max()),
        (
            "density gradient upwards",
            "1/mm",
            lambda s, turned: density_gradient(s, axisymmetric=turned),
        ),
    )
    return [
        _layer_row(runs, name, "relative_density", quantity, unit, moment, measure, axisymmetric)
        for moment in (LOADED, END)
        for quantity, unit, measure in parts
    ]


def _tension_rows(runs: Sequence[Results], name: str) -> list[ComparedRow]:
    field = "max_principal_stress"
    return [
        _layer_row(
            runs, name, field, "largest tension", "MPa", moment,
            lambda s, _: max(s.field(field).max(), 0.0), [False] * len(runs),
        )
        for moment in (RELEASED, END)
    ]  # fmt: skip


def _layer_row(
    runs: Sequence[Results],
    name: str,
    field: str,
    quantity: str,
    unit: str,
    moment: str,
    measure: Callable[[LayerState, bool], float],
    axisymmetric: Sequence[bool],
) -> ComparedRow:
    states = [_layer(run, name, moment, field) for run in runs]
    steps = ["" if s is None else f"{s.step}, {s.nominal_pressure:.4g} MPa" for s in states]
    values = [
        np.nan if state is None else measure(state, turned)
        for state, turned in zip(states, axisymmetric, strict=True)
    ]
    return ComparedRow(f"layer '{name}'", quantity, unit, moment, tuple(steps), tuple(values))


def _layer(run: Results, name: str, moment: str, field: str) -> LayerState | None:
    if name not in run.layers or (moment == RELEASED and _released(run) is None):
        return None
    last = _step_at(run, moment)
    stored = [step for step in run.steps[: run.steps.index(last) + 1] if run.has_layers(step)]
    states = [run.layer(name).at(step) for step in stored]
    states = [s for s in states if s.present and field in s.fields]
    if not states:
        return None
    return max(states, key=lambda s: s.nominal_pressure) if moment == LOADED else states[-1]


def _released(run: Results) -> str | None:
    """Return the step before a pellet is ejected or a stack pulled off; None where it is not."""
    if run.history["nominal_pressure"][-1] > 0.0:
        return None
    whole = ~np.isin(run.history["step"], separation_steps(run))
    under = run.history["step"][whole & (run.history["nominal_pressure"] > 0.0)]
    return str(under[-1]) if len(under) else None


def _step_at(run: Results, moment: str) -> str:
    return (_released(run) if moment == RELEASED else None) or run.steps[-1]


def _die_rows(runs: Sequence[Results]) -> list[ComparedRow]:
    def row(
        quantity: str, unit: str, moment: str, measure: Callable[[Results, int], float]
    ) -> ComparedRow:
        steps, values = [], []
        for run in runs:
            known = np.flatnonzero(np.isfinite(run.history["bottom_pressure"]))
            pressure = run.history["nominal_pressure"]
            if len(known) == 0:
                steps.append("")
                values.append(np.nan)
                continue
            at = known[np.argmax(pressure[known])] if moment == LOADED else known[-1]
            steps.append(f"{run.history['step'][at]}, {pressure[at]:.4g} MPa")
            values.append(measure(run, int(at)))
        return ComparedRow("die", quantity, unit, moment, tuple(steps), tuple(values))

    def transmitted(run: Results, at: int) -> float:
        return float(run.history["bottom_pressure"][at] / run.history["nominal_pressure"][at])

    def wall(run: Results, at: int) -> float:
        return 1e-6 * float(run.history["wall_force"][at])

    def push(run: Results, at: int) -> float:
        case: dict[str, Any] = run.case
        die = case.get("die", {"wall_friction": np.nan})
        return float(die["wall_friction"]) * wall(run, at)

    return [
        row("bottom over punch pressure", "-", LOADED, transmitted),
        row("force of the wall", "N", RELEASED, wall),
        row("friction if it is pushed out", "N", RELEASED, push),
    ]


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
