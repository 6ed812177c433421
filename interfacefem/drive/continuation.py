# SPDX-License-Identifier: MIT
"""Whether a stored run can be continued, and all that is needed to do so.

Finds the case, the mesh and the checkpoint of a run, and refuses what would give another history
than the uninterrupted run: a changed case, changed material values, a changed mesh, a checkpoint
of another run. Nothing is solved or written here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from interfacefem.describe.case import Description
from interfacefem.describe.files import numerics_table
from interfacefem.describe.settings import Numerics
from interfacefem.describe.start import START
from interfacefem.describe.tables import read_numerics_table
from interfacefem.errors import MeshError, ResultsError
from interfacefem.meshing import StackMesh, own
from interfacefem.meshing.faces import InterfaceFaces
from interfacefem.meshing.punches import add_punches
from interfacefem.results import Results
from interfacefem.results.added import require_known
from interfacefem.results.checkpoint import (
    Checkpoint,
    read_checkpoint,
    require_unchanged,
    state_name,
)
from interfacefem.results.lock import RunLock, process_of, process_stamp
from interfacefem.results.provenance import Session, past_sessions
from interfacefem.results.sections import materials_text

#: written when a run begins, read when it is continued
CASE_NAME, MESH_NAME = "case.toml", "mesh.msh"
#: parts of a case that say where something stands, not what is computed
PLACES = ("output.path", "mesh.file", "start.run")


@dataclass(frozen=True, eq=False, kw_only=True)
class Continuation:
    """A run that can be continued.

    Attributes
    ----------
    case : Description
    mesh : StackMesh
        Array by array that of the run.
    checkpoint : Checkpoint or None
        None where the run ended before it had stored anything.
    sessions : list of dict
        Those before this one.
    risk : frozenset of str
        Steps whose risk table is stored.
    lacks_current : bool
        Whether the last increment has no current stored.
    start : Checkpoint or None
        State of another run that the run began with.
    """

    case: Description
    mesh: StackMesh
    checkpoint: Checkpoint | None
    sessions: list[Session]
    risk: frozenset[str]
    lacks_current: bool
    start: Checkpoint | None = None


def find_continuation(
    folder: Path, *, case: Description | None = None, numerics: Numerics | None = None
) -> Continuation | None:
    """Return how a run can be continued, None if it is complete.

    That no other process writes it is for the caller to know.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    case : Description, optional
        Must be the one that was run.
    numerics : Numerics, optional
        In place of those of the case from now on.

    Raises
    ------
    ResultsError
        If there is no run, or it cannot be continued.
    CaseError
        If the stored case cannot be read.
    """
    with Results.open(folder) as results:
        complete = results.status == "complete"
        if complete and case is None:
            return None
        stored = Description.from_dict(
            results.case, folder=folder, source=f"{folder}: the stored case"
        )
        if case is not None:
            _require_same(stored, case, "the case")
        if complete:
            return None
        require_known(results)
        checkpoint = _checkpoint(results)
        if checkpoint is not None:
            _require_fit(results, checkpoint, stored)
            require_unchanged(folder)
        if (folder / CASE_NAME).is_file():
            _require_same(stored, Description.load(folder / CASE_NAME), str(folder / CASE_NAME))
        used = {layer.name: layer.material for layer in stored.stack.layers}
        if results.materials and materials_text(results.materials) != materials_text(used):
            raise ResultsError(
                f"{folder}: a material of the library has other values than in this run; continue "
                "with the interfacefem that began it or run the case again"
            )
        rows = 0 if checkpoint is None else checkpoint.rows
        start = None
        if stored.start is not None:
            start = read_checkpoint(folder, state_name(None))
            if start is None:
                raise ResultsError(
                    f"{folder}: {state_name(None)}, which the run began with, is missing; put it "
                    "back or run the case again"
                )
            require_unchanged(folder, state_name(None))
            stored = stored.replace(protocol=stored.protocol.after(start.nominal_pressure))
        sessions = past_sessions(results, rows)
        return Continuation(
            case=stored.replace(numerics=numerics or numerics_of(stored, sessions)),
            mesh=mesh_of(results, stored),
            checkpoint=checkpoint,
            sessions=sessions,
            start=start,
            risk=frozenset(step for step in results.steps if results.risk_rows(step)),
            lacks_current=rows > 0 and not results.has_current_at(rows - 1),
        )


def changed_numerics(folder: Path, settings: Mapping[str, str]) -> Numerics:
    """Return the numerics of a run with some of them changed.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    settings : mapping of str to str
        New values by name, as text.

    Raises
    ------
    CaseError
        With every mistake in the settings.
    ResultsError
        If there is no run.
    """
    with Results.open(folder) as results:
        stored = Description.from_dict(
            results.case, folder=folder, source=f"{folder}: the stored case"
        )
        table = numerics_table(numerics_of(stored, past_sessions(results, len(results))))
    given = {name: _plain(text) for name, text in settings.items()}
    return read_numerics_table(table | given)


def _plain(text: str) -> float | int | str:
    """Return the number that a text says, the text if it says none."""
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


def numerics_of(case: Description, sessions: Sequence[Session]) -> Numerics:
    """Return the numerics that a run was last continued with, those of its case if never changed.

    Parameters
    ----------
    case : Description
    sessions : sequence of dict
        Of the run.
    """
    changed = [session["numerics"] for session in sessions if "numerics" in session]
    return read_numerics_table(changed[-1]) if changed else case.numerics


def require_ended(results: Results, lock: RunLock, *, force: bool = False) -> None:
    """Refuse a run that another process still writes.

    Parameters
    ----------
    results : Results
    lock : RunLock
        The caller's lock of the folder.
    force : bool
        Believe that a process on another machine has ended.

    Raises
    ------
    ResultsError
    """
    if results.status != "running":
        return
    # Whoever had the lock that the caller has now has ended. One process has it once only.
    if (lock.by_system and results.locked_by_system) or results.writer == process_stamp():
        return
    host, number, here = process_of(results.writer)
    if here:
        raise ResultsError(
            f"{results.folder}: process {number} on '{host}' is still writing this run; wait for "
            "it or stop it"
        )
    if not force:
        raise ResultsError(
            f"{results.folder}: was being written by process {number} on '{host}', which cannot "
            "be seen from here; if it has ended, continue with --force (force=True)"
        )


def require_replaceable(folder: Path, lock: RunLock) -> None:
    """Refuse to replace a run that another process of this machine still writes.

    Raises
    ------
    ResultsError
    """
    try:
        results = Results.open(folder)
    except ResultsError:
        return  # there is none, or none that could go on
    with results:
        require_ended(results, lock, force=True)


def _checkpoint(results: Results) -> Checkpoint | None:
    found = read_checkpoint(results.folder)
    again = "it cannot be continued; run the case again"
    if found is None:
        if len(results) == 0 and results.run:
            return None
        raise ResultsError(f"{results.folder}: this run has no checkpoint.h5; {again}")
    if found.run != results.run and len(results) == 0:
        return None  # of the run that this one has replaced
    if found.run != results.run:
        raise ResultsError(f"{results.folder}: checkpoint.h5 is that of another run; {again}")
    if found.rows > len(results):
        raise ResultsError(
            f"{results.folder}: the results end after {len(results)} increments, checkpoint.h5 "
            f"is that of increment {found.rows}; put back the results or run the case again"
        )
    return found


def _require_fit(results: Results, found: Checkpoint, case: Description) -> None:
    """Refuse a checkpoint of a place that the protocol or the history does not have."""
    history = results.history
    names = (*case.protocol.names, *(() if case.start is None else (START,)))
    last = found.rows - 1
    stages = max(1, len(case.protocol.stages))
    layers = len(case.stack.layers)
    apart = any(step.kind in ("pull_off", "shear") for step in case.protocol)

    def flag(name: str, below: int, least: int = 0) -> bool:
        values = np.asarray(found.arrays.get(name, 0))
        return values.shape == () and float(values) in range(least, below)

    fits = found.rows >= 0 and found.step in names
    fits = fits and found.step_index == (-1 if found.step == START else names.index(found.step))
    fits = fits and set(results.steps) <= set(names)
    if last < 0:
        fits = fits and found.increment == -1
    else:
        reached = (str(history["step"][last]), int(history["increment"][last]))
        fits = fits and reached == (found.step, found.increment)
    fits = (
        fits
        and flag("stage", stages, -1 if case.start is not None else 0)
        and flag("split", layers if apart else 1)
    )
    fits = fits and flag("ejected", 2 if case.die is not None else 1)
    fits = fits and flag("gripped", 2 if found.arrays.get("ejected", False) else 1)
    fits = fits and bool(np.isfinite([found.nominal_pressure, found.began_at]).all())
    if not fits:
        raise ResultsError(
            f"{results.folder}: checkpoint.h5 does not fit the history or the protocol of this "
            "run; put back the one that belongs to it, or run the case again"
        )


def _require_same(stored: Description, other: Description, what: str) -> None:
    one, two = (dict(flat(case.to_dict(listed=False))) for case in (stored, other))
    keys = [key for key in {**one, **two} if key not in PLACES]
    changed = [key for key in keys if one.get(key) != two.get(key)]
    if changed:
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        raise ResultsError(
            f"{what} is not the one that was run: {', '.join(changed[:5])}{more} differs; put "
            "back what was run, or run the changed case in a folder of its own"
        )


def flat(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield ``("layer[1].thickness", value)`` of nested tables."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from flat(item, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            yield from flat(item, f"{place}[{index}]")
    else:
        yield place, list(value) if isinstance(value, tuple) else value


def mesh_of(results: Results, case: Description) -> StackMesh:
    """Return the mesh of a run; that of its file where it is the same, for it knows its origin."""
    path = results.folder / MESH_NAME
    remedy = "put back the mesh that was run, or run the case again"
    if case.own_mesh and (case.mesh_file is None or case.mesh_file.is_file()):
        given = own.mesh_of(case)
        key = add_punches(given, case.stack, case.protocol, case.mesh_size).key
        if key != results.mesh.key:
            name = "the mesh of the case" if case.mesh_file is None else case.mesh_file
            raise ResultsError(f"{name} has changed since the run began; {remedy}")
    if path.is_file():
        try:
            mesh = StackMesh.load(path)
        except MeshError as error:
            raise ResultsError(f"{error}; {remedy}") from error
        if not _same_mesh(mesh, results):
            raise ResultsError(f"{path} is not the mesh of this run; {remedy}")
        return mesh
    found = results.mesh
    lost = [side for side in ("bottom", "top", "left", "right") if side not in found.boundaries]
    if lost:
        raise ResultsError(f"{results.path}: mesh/boundaries lacks {', '.join(lost)}; {remedy}")
    return StackMesh(
        points=found.points,
        cells=found.cells,
        cell_layer=found.cell_layer,
        layer_names=found.layer_names,
        interfaces={
            name: InterfaceFaces(faces.lower, faces.upper)
            for name, faces in found.interfaces.items()
        },
        boundaries=found.boundaries,
        key=found.key,
    )


def _same_mesh(mesh: StackMesh, results: Results) -> bool:
    found = results.mesh
    return (
        (mesh.key, mesh.layer_names, list(mesh.interfaces))
        == (found.key, found.layer_names, list(found.interfaces))
        and np.array_equal(mesh.points, found.points)
        and np.array_equal(mesh.cells, found.cells)
        and np.array_equal(mesh.cell_layer, found.cell_layer)
    )
