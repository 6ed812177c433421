# SPDX-License-Identifier: MIT
"""The summary of a run together with its risk table, as text."""

from __future__ import annotations

from interfacefem.post.risk import risk_table
from interfacefem.results import Results


def summary(results: Results, *, rows: int = 10) -> str:
    """Return ``results.summary()`` with the risk table worked out from the fields.

    Parameters
    ----------
    results : Results
        Any run, finished or not.
    rows : int
        Of the risk table.
    """
    text = results.summary(risk=False)
    if not len(results):
        return text
    return f"{text}\n\nRisk, worst of all steps\n{risk_table(results).to_text(rows)}"
