# SPDX-License-Identifier: MIT
"""Which runs of a sweep have their first steps in common, so that one of them does these for all.

A run is led by another one where they differ in what is varied of later steps only. Whether both
really go the same way until then is found out when the run begins
(:func:`interfacefem.drive.sharing.share`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from interfacefem.sweep.inputs import Input, Tables, varied_step
from interfacefem.sweep.plan import Plan, Planned


class Leader(NamedTuple):
    """The run that another one begins with.

    Attributes
    ----------
    key : str
        Of that run.
    step : str
        The last step they have in common.
    """

    key: str
    step: str


def leaders(plan: Plan) -> dict[str, Leader]:
    """Return by the key of each run that is led what it begins with; a leader has none itself.

    Parameters
    ----------
    plan : Plan
        With the tables of its runs.
    """
    varied = set(filter(None, (varied_step(one.path) for one in plan.inputs)))
    found: dict[str, Leader] = {}
    groups: dict[str, list[Planned]] = {}
    last: dict[str, str] = {}
    for run in plan.runs:
        names = [str(step["name"]) for step in _steps(run.data)]
        first = min((names.index(name) for name in varied if name in names), default=0)
        if first == 0 or run.levels:
            continue
        groups.setdefault(_common(run.data, varied), []).append(run)
        last[run.key] = names[first - 1]
    for runs in groups.values():
        # Contact is set up by the largest pressure, which a low one does not change.
        first_run, *others = sorted(runs, key=lambda run: _height(run, plan.inputs))
        found |= {run.key: Leader(first_run.key, last[run.key]) for run in others}
    return found


def _steps(data: Tables) -> list[Tables]:
    return [*data.get("step", []), *(s for stage in data.get("stage", []) for s in stage["step"])]


def _common(data: Tables, varied: set[str]) -> str:
    """Return the tables of a case without its name and its varied steps."""

    def kept(steps: Sequence[Tables]) -> list[Any]:
        return [s["name"] if s["name"] in varied else s for s in steps]

    parts: Tables = {key: value for key, value in data.items() if key not in ("name", "step")}
    parts["step"] = kept(data.get("step", []))
    parts["stage"] = [stage | {"step": kept(stage["step"])} for stage in data.get("stage", [])]
    return json.dumps(parts, sort_keys=True, default=str)


def _height(run: Planned, inputs: Sequence[Input]) -> list[float]:
    values = [run.inputs.get(one.column) for one in inputs if varied_step(one.path)]
    return [float(value) if isinstance(value, int | float) else 0.0 for value in values]
