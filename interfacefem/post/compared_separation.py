# SPDX-License-Identifier: MIT
"""Rows of a comparison of runs that end by taking the stack apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interfacefem.results import Results
from interfacefem.results.separation import Separation, separation, separation_steps

Row = tuple[str, str, str, str, tuple[str, ...], tuple[float, ...]]

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
