# SPDX-License-Identifier: MIT
"""Rows of the risk table about coming apart: opened area, what acts, and what a bond must bear."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from interfacefem.materials import Material, Value
from interfacefem.post.bonds import bond_limits
from interfacefem.post.delamination import (
    Delamination,
    delamination,
    highest_load,
    residual_traction,
)
from interfacefem.post.pull_off_demand import pull_off_demand
from interfacefem.post.risk_rows import RiskRow, RiskTable, position, ranked, reach, risk_row
from interfacefem.results import Results
from interfacefem.results.text import number

#: opened part of an interface that counts as delamination [-]; a convention, no measurement
OPENED_THRESHOLD = 0.05
OPENED_SOURCE = f"convention of interfacefem: {OPENED_THRESHOLD:.0%} of the area, not measured"


def delamination_risk(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
) -> RiskTable:
    """Rank where the interfaces of a run have come apart or may do so.

    For each interface: the area that has opened since the highest load; tension and shear that act;
    and the traction and the energy that a bond would have to bear to hold what has opened
    (:mod:`interfacefem.post.pull_off_demand`), against ranges of strength and toughness. A bond
    lets go where both are exceeded (Leguillon (2002), Eur. J. Mech. A 21, 61).

    Parameters
    ----------
    results : Results
        The run; no adhesion is needed.
    step : str, optional
        Judge the end of this step; None takes the worst of all steps, each row saying which.
    materials : mapping of str to Material, optional
        By layer; those the run was made with by default.

    Raises
    ------
    ResultsError
        If there is no such step.
    """
    known = results.materials if materials is None else materials
    notes: list[str] = []
    names = results.steps if step is None else (step,)
    return ranked([delamination_rows(results, name, known, notes) for name in names], notes)


def delamination_rows(
    results: Results, step: str, materials: Mapping[str, Material], notes: list[str]
) -> list[RiskRow]:
    """Return the rows of one step; what cannot be judged is appended to the notes."""
    rows = []
    last = results.increments(step)[-1]
    for name in results.interfaces:
        state = results.interface(name).at(step)
        if not state.present:
            continue
        limits = bond_limits(results, name, materials)
        if limits is None:
            notes.append(f"interface '{name}': nothing is known about a bond; not judged")
        else:
            acting = residual_traction(state)
            if acting.value > 0.0:
                comment = (
                    f"tension {number(acting.tension, 3)} MPa, shear {number(acting.shear, 3)} MPa;"
                    f" pressure still there: {number(acting.mean_pressure, 3)} MPa mean, "
                    f"{reach(acting.value, limits[0])}"
                )
                rows.append(
                    risk_row(
                        f"interface '{name}'", position(acting.place[:-1]),
                        "delamination: residual traction", acting.value, limits[0], step, comment,
                    )
                )  # fmt: skip
        if highest_load(results, step, name) == (step, last):
            continue  # nothing can have opened since
        found = delamination(results, name, step)
        rows.append(_opened(found))
        if limits is not None:
            rows += _held(results, found, limits, materials)
    return rows


def _opened(found: Delamination) -> RiskRow:
    limit = Value(
        OPENED_THRESHOLD, "", OPENED_THRESHOLD, OPENED_THRESHOLD, 298.15, OPENED_SOURCE, "L"
    )
    peak = int(np.argmax(found.opened.values))
    where = position(found.opened.points[peak, :-1]) if found.opened_fraction else ""
    comment = (
        f"lost {found.lost_fraction:.0%} of the contact at "
        f"{number(found.loaded_pressure)} MPa; spring-back gap "
        f"{number(found.mean_gap, 3)} um mean, {number(found.max_gap, 3)} um max"
    )
    return risk_row(
        f"interface '{found.interface}'", where, "delamination", found.opened_fraction, limit,
        found.step, comment,
    )  # fmt: skip


def _held(
    results: Results,
    found: Delamination,
    limits: tuple[Value, Value],
    materials: Mapping[str, Material],
) -> list[RiskRow]:
    """Return what a bond would have to bear to hold what has opened."""
    if any(layer not in materials for layer in found.interface.split("|")):
        return []
    demand = pull_off_demand(results, found, materials)
    if demand is None:
        return []
    said = "mean over the opened area, "
    said += "at most until the softer layer flows" if demand.flows else "elastic"
    subject, where = f"interface '{found.interface}'", position(demand.place[:-1])
    strength, toughness = limits
    return [
        risk_row(
            subject, where, "delamination: closing traction", demand.traction, strength, found.step,
            f"{said}; {reach(demand.traction, strength)}",
        ),
        risk_row(
            subject, where, "delamination: energy release", demand.energy, toughness, found.step,
            f"{said}; {reach(demand.energy, toughness)}",
        ),
    ]  # fmt: skip
