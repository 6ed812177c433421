# SPDX-License-Identifier: MIT
"""The summary of a run as text: steps, interfaces, current, the program's own checks, risk."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.fields import html_table
from interfacefem.materials.size import strength_note
from interfacefem.names import printable
from interfacefem.results import schema
from interfacefem.results.documents import Cell, number, table
from interfacefem.results.edges import contact_fraction, contact_shares
from interfacefem.results.over_run import separation, separation_steps
from interfacefem.results.risk_rows import rows_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interfacefem.results.fields import History
    from interfacefem.results.results import Results

#: what the program demands of itself at every accepted increment
FORCE_BALANCE_LIMIT = 1e-6
#: rms height of a flat face, which has nothing but round-off [um]
FLAT = 1e-6
#: of the rms height
PENETRATION_LIMIT = 1e-3
GIGABYTE = 1e9
#: rows of the risk table that the summary shows
RISK_ROWS = 8


def summary(results: Results, *, risk: bool = True) -> str:
    """Return the readable summary of a run.

    Parameters
    ----------
    results : Results
        Any run, finished or not.
    risk : bool
        Whether the stored risk rows are shown.
    """
    history = results.history
    seconds = float(np.nansum(history["wall_time"])) if len(history) else 0.0
    solves = int(np.sum(history["linear_solves"]))
    head = [
        f"{results.name}: {results.status}",
        f"  {results.folder}, begun {results.created}",
        f"  {len(history)} increments in {len(results.steps)} steps, {solves} linear solves, "
        f"{int(np.sum(history['rejected']))} rejected attempts, {number(seconds)} s",
    ]
    if dragged := _dragged(history):
        head.append(dragged)
    if times := _times(results.provenance.get("wall_time", {})):
        head.append(times)
    sessions = results.provenance.get("sessions", [])
    if len(sessions) > 1:
        points = ", ".join(str(item["after_increments"]) for item in sessions[1:])
        head.append(f"  {len(sessions)} sessions, continued after {points} increments")
    if memory := max((item.get("memory", 0.0) for item in sessions), default=0.0):
        head.append(f"  at most {memory / GIGABYTE:.2f} GB of memory, all processes together")
    if not len(history):
        return printable("\n".join([*head, "  no increment is stored yet"]))
    notes = {layer: strength_note(material) for layer, material in results.materials.items()}
    head += [f"  {layer}: {note}" for layer, note in notes.items() if note]
    blocks = ["\n".join(head), _steps(results), _interfaces(results)]
    if films := _films(results):
        blocks.append(films)
    if any(results.has_current(step) for step in results.steps):
        blocks.append(_current(results))
    if steps := separation_steps(results):
        blocks.append(_separation(results, steps))
    blocks.append(_checks(results))
    rows = results.risk_rows() if risk else []
    if rows:
        blocks.append(f"Risk, worst of all steps\n{rows_text(rows, RISK_ROWS)}")
    return printable("\n\n".join(blocks))


def html_summary(results: Results) -> str:
    """Return a run as a table for a notebook: a row a step, as it ended."""
    history, names = results.history, results.interfaces
    head = ["step", "pressure [MPa]", *(f"contact of {name} [-]" for name in names)]
    columns = [schema.column("contact_fraction", name) for name in names]
    if "asr" in history:
        head, columns = [*head, "resistance [ohm cm²]"], [*columns, "asr"]
    rows: list[list[Cell]] = []
    for step in results.steps:
        last = history.where(history["step"] == step)
        ends = [float(last[name][-1]) for name in ("nominal_pressure", *columns)]
        rows.append([step, *("-" if math.isnan(value) else value for value in ends)])
    return html_table(head, rows, repr(results).strip("<>"))


def _dragged(history: History) -> str:
    """Return how many increments went on against a drag, and what that took."""
    if "drag_work" not in history or not len(history):
        return ""
    work = history["drag_work"]
    count = int(np.sum(np.diff(work, prepend=0.0) > 0.0))
    if not count:
        return ""
    most = float(np.max(history["applied_work"]))
    increments = "1 increment" if count == 1 else f"{count} increments"
    return (
        f"  {increments} found no equilibrium nearby and went on against a drag on the faces, "
        f"which took {100.0 * float(work[-1]) / most:.2g} % of the work of the press"
    )


def _times(spent: Mapping[str, float]) -> str:
    """Return what a run spent its time on, the largest part first; empty if that is not known."""
    total = float(spent.get("total", 0.0))
    parts = {name: seconds for name, seconds in spent.items() if name != "total"}
    if total <= 0.0 or len(parts) < 2:
        return ""
    names = {"press": "rest of the press", "no parts known": "killed or shared sessions"}
    order = sorted(parts, key=lambda name: -parts[name])
    shares = (f"{names.get(name, name)} {parts[name] / total:.0%}" for name in order)
    return f"  of {number(total)} s in all: {', '.join(shares)}"


def _steps(results: Results) -> str:
    history = results.history
    rows: list[list[Cell]] = []
    for step in results.steps:
        part = history.where(history["step"] == step)
        rows.append(
            [
                step,
                float(part["nominal_pressure"][-1]),
                float(part["closure"][-1]),
                len(part),
                int(np.sum(part["newton_iterations"])),
                int(np.sum(part["linear_solves"])),
                int(np.sum(part["rejected"])),
                float(part["increment_error"][-1]) if "increment_error" in part else math.nan,
                float(np.nansum(part["wall_time"])),
            ]
        )
    head = ["step", "pressure [MPa]", "closure [um]", "increments", "iterations", "solves"]
    return "Steps, at their end\n" + table(
        [*head, "rejected", "error / tolerance [-]", "time [s]"], rows
    )


def _interfaces(results: Results) -> str:
    rows: list[list[Cell]] = []
    for name in results.interfaces:
        for step in results.steps:
            state = results.interface(name).at(step)
            if not state.present:
                continue
            pressure, gap = state.contact_pressure, state.gap
            open_gap = np.where(gap.weights > 0.0, np.clip(gap.values, 0.0, None), 0.0)
            rows.append(
                [
                    name,
                    step,
                    contact_fraction(state),
                    pressure.mean(),
                    pressure.max(),
                    pressure.coefficient_of_variation(),
                    float(open_gap @ gap.weights) / gap.area,
                    float(open_gap.max()),
                ]
            )
    head = ["interface", "step", "contact fraction [-]"]
    head += ["mean pressure [MPa]", "max [MPa]", "variation [-]"]
    return (
        "Interfaces, at the end of each step (gap volume per area, after a release it is the "
        "residual gap)\n" + table([*head, "gap volume [um]", "max gap [um]"], rows)
    )


def _films(results: Results) -> str:
    """Return what is broken of films, empty where there are none."""
    rows: list[list[Cell]] = []
    for name in results.interfaces:
        for step in results.steps:
            state = results.interface(name).at(step)
            if not state.present or "film_broken" not in state.fields:
                continue
            broken = state.field("film_broken")
            touching = broken.weights * np.asarray(contact_shares(state).values)
            area, there = float(touching.sum()), float(touching @ broken.values)
            rows.append([name, step, broken.mean(), there / area if area else math.nan])
    head = ["interface", "step", "film broken [-]", "of the contact [-]"]
    text = "Films, at the end of each step (share of the area; what is broken stays so)\n"
    return text + table(head, rows) if rows else ""


def _current(results: Results) -> str:
    names = tuple(results.current().interfaces)
    focus = [f"focusing {name} [-]" for name in names]
    rows: list[list[Cell]] = []
    for step in results.steps:
        if not results.has_current(step):
            continue
        state = results.current(step)
        part = results.history.where(
            (results.history["step"] == step) & (results.history["increment"] == state.increment)
        )
        rows.append(
            [
                step,
                state.nominal_pressure,
                state.asr_total,
                state.asr_uncertainty,
                sum(state.asr_layers.values()),
                state.asr_constriction,
                sum(state.asr_interfaces.values()),
                *(float(part.of("focusing_factor", name)[0]) for name in names),
            ]
        )
    head = ["step", "pressure [MPa]", "ASR [ohm cm^2]", "+/-", "layers", "constriction"]
    head += ["interfaces"]
    return (
        "Area-specific resistance (+/-: by ends of contacts and by gaps below their tolerance, "
        "nothing else of the mesh) and current focusing (largest over mean)\n"
    ) + table([*head, *focus], rows)


def _separation(results: Results, steps: list[str]) -> str:
    rows: list[list[Cell]] = []
    for step in steps:
        found = separation(results, step)
        opened = ", ".join(f"{name} {number(part)}" for name, part in found.opened.items())
        parts = [found.work, found.cohesive, found.plastic, found.friction, found.balance]
        rows.append([step, found.strength, *parts, opened])
    head = ["step", "strength [MPa]", "work [J/m^2]", "cohesive", "plastic", "friction"]
    return (
        "Separation (work over the nominal area; opened: part of it with broken bonds)\n"
        + table([*head, "not found again [-]", "opened [-]"], rows)
    )


def worst_penetration(results: Results) -> float:
    """Return the largest overlap in any increment over the rms height of its interface [-].

    Not a number if all interfaces are flat, or in a run of before this was stored.
    """
    worst = math.nan
    for name in results.interfaces:
        height, place = results.interface(name).rms_height, schema.column("max_penetration", name)
        if height > FLAT and place in results.history:
            worst = float(np.fmax(worst, _worst(results.history[place]) / height))
    return worst


def _checks(results: Results) -> str:
    history = results.history
    force = _worst(np.abs(history["force_balance_error"]))
    overlap = _worst(history["max_penetration"])
    relative = worst_penetration(results)
    rows: list[list[Cell]] = [
        [
            "force balance [-]",
            force,
            f"< {FORCE_BALANCE_LIMIT:g}",
            _verdict(force, FORCE_BALANCE_LIMIT),
        ]
    ]
    if math.isfinite(relative):
        verdict = _verdict(relative, PENETRATION_LIMIT)
        rows.append(["penetration / rms height [-]", relative, f"< {PENETRATION_LIMIT:g}", verdict])
    else:
        rows.append(["penetration [um]", overlap, "", ""])
    open_pressure = _worst(history["pressure_in_open_gap"])
    jacobian = history["min_jacobian"]
    lowest = float(np.nanmin(jacobian)) if np.isfinite(jacobian).any() else math.nan
    rows.append(["pressure in open gap [MPa]", open_pressure, "", ""])
    positive = "-" if math.isnan(lowest) else "ok" if lowest > 0 else "NOT MET"
    rows.append(["smallest jacobian [-]", lowest, "> 0", positive])
    # The end counts: the first increments compare two nearly zero energies.
    rows.append(["energy balance, last [-]", float(history["energy_balance_error"][-1]), "", ""])
    if np.isfinite(history["current_balance_error"]).any():
        rows.append(
            ["current balance [-]", _worst(np.abs(history["current_balance_error"])), "", ""]
        )
    return "Checks, worst of all increments\n" + table(["check", "value", "bar", ""], rows)


def _worst(values: np.ndarray) -> float:
    return float(np.nanmax(values)) if np.isfinite(values).any() else math.nan


def _verdict(value: float, limit: float) -> str:
    if math.isnan(value):
        return "-"
    return "ok" if value < limit else "NOT MET"
