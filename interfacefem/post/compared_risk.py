# SPDX-License-Identifier: MIT
"""Risks of runs side by side, the worst of each place and cause; rows of the comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interfacefem.post.risk_rows import RiskRow
from interfacefem.post.risk_table import risk_table
from interfacefem.results import Results

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
