# SPDX-License-Identifier: MIT
"""Begin a run with what another one did, where both do the same up to the end of a step.

Runs that differ in a later press only need their earlier presses once. The new run is whole: its
history, its fields and its risks begin with the first step. That both go the same way until then is
found out here: the same program, mesh, materials and tables, and the same largest pressures, by
which contact and increments are set up.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem import caches
from interfacefem.describe.case import Description
from interfacefem.describe.stage import opened_together, openings
from interfacefem.drive.begin import SAME
from interfacefem.drive.continuation import CASE_NAME, MESH_NAME, flat, mesh_of
from interfacefem.meshing.own import mesh_of as build
from interfacefem.meshing.punches import add_punches
from interfacefem.results import Results
from interfacefem.results.checkpoint import (
    Checkpoint,
    read_checkpoint,
    require_unchanged,
    state_name,
)
from interfacefem.results.copying import copy_beginning
from interfacefem.results.sections import materials_text

#: parts of a case beside those of :data:`SAME` that steps before the last common one depend on
_ALSO = ("numerics", "current", "output")


def share(case: Description, folder: Path, other: Path, step: str) -> bool:
    """Begin a run with the steps of another one, up to the end of a step that both have.

    Parameters
    ----------
    case : Description
        What is to be run.
    folder : Path
        Where; no run is there. :func:`interfacefem.drive.run.resume` goes on from there.
    other : Path
        Folder of the other run, which nobody writes.
    step : str
        The last step that both have in common.

    Returns
    -------
    bool
        False where the two runs do not go the same way until then; nothing is written.

    Raises
    ------
    ResultsError
        If the other run is damaged, or the folder cannot be written.
    """
    with Results.open(other) as results:
        found = Description.from_dict(results.case, folder=other, source=f"{other}: its case")
        state = _state(results, found, step)
        if state is None or not _same_way(results, found, case, state):
            return False
        mesh = mesh_of(results, found)
        own = add_punches(build(case), case.stack, case.protocol, case.mesh_size)
        if own.key != mesh.key:
            return False
        spent = float(np.nansum(results.history["wall_time"][: state.rows]))
        session = dict(results.provenance["sessions"][0]) | {
            "status": "shared",
            "wall_time": {"press": spent},
        }
        provenance: dict[str, Any] = {
            "sessions": [session],
            "shared": {"run": other.name, "id": results.run, "step": step},
        }
    folder.mkdir(parents=True, exist_ok=True)
    case.save(folder / CASE_NAME)
    mesh.save(folder / MESH_NAME)
    copy_beginning(other, folder, state, case=case.to_dict(folder), provenance=provenance)
    return True


def _state(results: Results, case: Description, step: str) -> Checkpoint | None:
    """Return the state at the last increment of a step, None if there is none."""
    names = case.protocol.names
    if step not in names:
        return None
    name = state_name(names.index(step))
    state = read_checkpoint(results.folder, name)
    if state is None or state.run != results.run or state.rows > len(results):
        return None
    require_unchanged(results.folder, name)
    # the state is stored when the step is over, and counts one increment more
    return replace(state, increment=int(results.history["increment"][state.rows - 1]))


def _same_way(results: Results, other: Description, case: Description, state: Checkpoint) -> bool:
    """Return whether two runs do the same until a state of the first."""
    if case.start is not None or other.start is not None:
        return False
    last = state.step_index
    one, two = (_until(each, last) for each in (other, case))
    used = {layer.name: layer.material for layer in case.stack.layers}
    sessions = results.provenance.get("sessions", [])
    programs = {session.get("sources") for session in sessions}
    return (
        one == two
        and materials_text(results.materials) == materials_text(used)
        and programs == {caches.sources_key()}
        and not any("numerics" in session for session in sessions)  # other ones, from there on
        and state.largest == max(case.protocol.pressures)
        and state.stage_largest == _largest(case, last)
    )


def _until(case: Description, last: int) -> dict[str, Any]:
    """Return all that a run depends on until the end of a step."""
    data: dict[str, Any] = case.to_dict(listed=False)
    parts = {key: data[key] for key in (*SAME, *_ALSO) if key in data}
    parts.get("output", {}).pop("path", None)
    count = case.protocol.stage_index(last) + 1
    stages = [
        {k: v for k, v in stage.items() if k != "step"} for stage in data.get("stage", [])[:count]
    ]
    return dict(flat(parts | {"stage": stages, "step": case.protocol.to_list()[: last + 1]}))


def _largest(case: Description, step: int) -> float:
    """Return the largest pressure between two openings of the die, of those around a step."""
    protocol = case.protocol
    around = opened_together(openings(protocol.stages), protocol.stage_index(step))
    steps = [s for n in around for s in protocol.stages[n].steps] or protocol.steps
    return max(one.target_pressure or 0.0 for one in steps)
