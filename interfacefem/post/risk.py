# SPDX-License-Identifier: MIT
"""The risk table of a run: over-pressing, delamination and hotspots, worst first.

Each kind has a table of its own: :func:`interfacefem.post.overpressing`,
:func:`interfacefem.post.delamination_risk`.
"""

from __future__ import annotations

from collections.abc import Mapping

from interfacefem.materials import Material
from interfacefem.post.delamination_risk import delamination_rows
from interfacefem.post.hotspot_risk import hotspot_rows
from interfacefem.post.overpressing import overpressing_rows
from interfacefem.post.risk_rows import RiskTable, ranked
from interfacefem.post.short_circuit import FLAW_DEPTH, SLIT_WIDTH
from interfacefem.results import Results
from interfacefem.units import Dimensional


def risk_table(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
    critical_current_density: str | float | None = None,
    depth: Dimensional = FLAW_DEPTH,
    width: Dimensional = SLIT_WIDTH,
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
    depth, width : str, pint.Quantity or float
        Of the flaws that are looked for [um]; see :func:`~interfacefem.post.overpressing`.

    Raises
    ------
    ResultsError
        If there is no such step.
    """
    known = results.materials if materials is None else materials
    notes: list[str] = []
    tables = [
        overpressing_rows(results, name, known, notes, depth=depth, width=width)
        + delamination_rows(results, name, known, notes)
        + hotspot_rows(results, name, known, critical_current_density, notes)
        for name in (results.steps if step is None else (step,))
    ]
    return ranked(tables, notes)
