# SPDX-License-Identifier: MIT
"""Rows of a comparison of runs: their risks, and how they were taken apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interfacefem.post.risk_rows import RiskRow
from interfacefem.post.risk_table import risk_table
from interfacefem.results import Results
from interfacefem.results.over_run import Separation, separation, separation_steps

#: when a risk is compared
WORST = "worst of all steps"

#: subject, quantity, unit, moment, step and value of each run
Row = tuple[str, str, str, str, tuple[str, ...], tuple[float, ...]]


def compared_risks(runs: Sequence[Results]) -> list[Row]:
    """Return the risks of runs by subject and cause; NaN where a run has none.

    Several rows of one subject and cause, as hotspots have, count with the first.
    """
    found: list[dict[tuple[str, str, str], RiskRow]] = [
        {(row.subject, row.cause, row.unit): row for row in reversed(risk_table(run).rows)}
        for run in runs
    ]
    keys = dict.fromkeys(key for rows in found for key in reversed(rows))
    compared: list[Row] = []
    for key in keys:
        subject, cause, unit = key
        steps = tuple(rows[key].step if key in rows else "" for rows in found)
        values = tuple(rows[key].value if key in rows else np.nan for rows in found)
        compared.append((subject, cause, unit, WORST, steps, values))
    return compared


#: what is compared: quantity, unit, attribute of a separation
_QUANTITIES = (
    ("strength", "MPa", "strength"),
    ("work of separation", "J/m^2", "work"),
    ("work of separation, bonds", "J/m^2", "cohesive"),
    ("work of separation, plastic", "J/m^2", "plastic"),
    ("work of separation, friction", "J/m^2", "friction"),
)


def compared_separations(runs: Sequence[Results]) -> list[Row]:
    """Return strength and work of pull-off and of shear; NaN where a run has none."""
    rows: list[Row] = []
    for kind, moment in (("pull_off", "pull-off"), ("shear", "shear")):
        found = [_last(run, kind) for run in runs]
        if not any(found):
            continue
        steps = tuple("" if one is None else one.step for one in found)
        for quantity, unit, name in _QUANTITIES:
            values = tuple(np.nan if one is None else float(getattr(one, name)) for one in found)
            rows.append(("stack", quantity, unit, moment, steps, values))
    return rows


def _last(run: Results, kind: str) -> Separation | None:
    known = (separation(run, step) for step in separation_steps(run))
    return next((one for one in known if one.kind == kind), None)
