# SPDX-License-Identifier: MIT
"""Run a case or continue a run: how a run begins and how it ends.

What happens in between is in :mod:`interfacefem.drive.loop`; whether a run can be continued is
found out in :mod:`interfacefem.drive.continuation`, whether one can begin in
:mod:`interfacefem.drive.begin`.

From the first look at the folder to the last write the run holds the lock of the folder. Nothing
that is in the folder changes before all that can be refused was refused.
"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interfacefem import signals
from interfacefem.compiled import heard
from interfacefem.describe.files import numerics_table
from interfacefem.drive import begin as place
from interfacefem.drive import continuation, progress
from interfacefem.drive.advance import Beginning
from interfacefem.drive.begin import find_start
from interfacefem.drive.loop import Run
from interfacefem.environment import one_thread
from interfacefem.errors import ConvergenceError, InterfaceFEMError, ResultsError
from interfacefem.fem import backend, ranks
from interfacefem.fem.effort import Size, peak_memory, require_memory
from interfacefem.meshing.own import mesh_of
from interfacefem.meshing.punches import add_punches
from interfacefem.meshing.stack_mesh import array_key
from interfacefem.quantities import AnyPath, user_path
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.added import origins
from interfacefem.results.checkpoint import remove_checkpoint
from interfacefem.results.lock import RunLock
from interfacefem.results.provenance import (
    Session,
    begin_session,
    end_session,
    surfaces,
    total_wall_time,
)

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.describe.settings import Numerics
    from interfacefem.drive.continuation import Continuation
    from interfacefem.drive.snapshots import Listener
    from interfacefem.meshing import StackMesh

METHODS = (
    "logarithmic_strain",
    "finite_strain_plasticity",
    "primal_dual_newton",
    "dual_mortar",
    "augmented_lagrangian",
    "dolfinx",
    "gmsh",
)


def _with_one_core[**P](function: Callable[P, Results]) -> Callable[P, Results]:
    """Run on one thread, and give memory back afterwards, where pictures will want some."""

    @functools.wraps(function)
    def call(*args: P.args, **named: P.kwargs) -> Results:
        with one_thread():
            results = function(*args, **named)
        ranks.current().give_memory_back()
        return results

    return call


@_with_one_core
def run_case(
    case: Description,
    path: AnyPath | None = None,
    *,
    overwrite: bool = False,
    listeners: Sequence[Listener] = (),
) -> Results:
    """Press a case from start to end.

    Parameters
    ----------
    case : Description
        What to run.
    path : str or Path, optional
        Folder of the run; the case's own if not given.
    overwrite : bool
        Replace a run that is already there.
    listeners : sequence of Listener
        Objects with any of the methods of :class:`interfacefem.drive.snapshots.Listener`.

    Returns
    -------
    Results
        Also after Ctrl-C, with status ``interrupted``. Before the first increment is tried, Ctrl-C
        raises KeyboardInterrupt as usual, and nothing in the folder has changed.

    Raises
    ------
    CaseError
        If the case has mistakes.
    ConvergenceError
        If the protocol cannot be followed to its end; what was reached is kept.
    ResultsError
        If a run is there already, another process writes to the folder, or the results cannot be
        written; what was stored is kept.
    SystemExit
        With code 143 after SIGTERM, when the run was closed as after Ctrl-C.
    """
    case.require()
    folder = case.folder if path is None else user_path(path, "folder of the run")
    started = time.perf_counter()

    def check(lock: RunLock) -> None:
        place.require_apart(folder, None if case.start is None else case.start.run)
        place.require_place(folder, overwrite=overwrite, mesh_file=case.mesh_file)
        continuation.require_replaceable(folder, lock)

    with (
        signals.orderly_end() as ending,
        _locked(folder, check) as lock,
        heard(lambda: _compiles(listeners)),
    ):
        started_from = None if case.start is None else find_start(case, case.start)
        if started_from is None:
            mesh = mesh_of(case)
            ending.arm()  # again, as gmsh may have taken it away
            mesh = add_punches(mesh, case.stack, case.protocol, case.mesh_size)
        else:
            case, mesh = started_from.case, started_from.mesh
        ranks.current().require_same(lambda: array_key(mesh), "meshes")
        _require_memory(case, mesh)
        stages = {"mesh": time.perf_counter() - started}
        session = _session(0)
        provenance = {
            "versions": session["versions"],
            "platform": session["platform"],
            "ranks": session["ranks"],
            "mesh_key": mesh.key,
            "degrees_of_freedom": int(mesh.dofs),
            "surfaces": surfaces(case),
            "methods": list(METHODS),
            "stored": origins(),
            "sessions": [session],
        }
        beginning = None
        if started_from is not None:
            provenance["start"] = started_from.source
            beginning = started_from.beginning
        with ranks.current().together():
            run = Run(case, mesh, folder, listeners, beginning)
            if started_from is not None:
                run.press.restore(started_from.state.arrays, branch=True)

        def begin() -> ResultsWriter:
            writer = ResultsWriter.create(
                folder,
                # as in case.toml: heights that no recipe makes stand in files of the run
                case=case.to_dict(folder),
                materials={layer.name: layer.material for layer in case.stack.layers},
                mesh=mesh,
                provenance=provenance,
                overwrite=overwrite,
                locked_by_system=lock is not None and lock.by_system,
            )
            case.save(folder / continuation.CASE_NAME)
            mesh.save(folder / continuation.MESH_NAME)
            return writer

        ranks.current().all_good(True)
        writer = ranks.current().on_first(begin)
        return _drive(run, writer, [session], stages, started, ending)


@_with_one_core
def resume(
    path: AnyPath,
    *,
    case: Description | None = None,
    force: bool = False,
    numerics: Numerics | None = None,
    listeners: Sequence[Listener] | None = None,
) -> Results:
    """Continue a run that was interrupted, stopped or killed, from its last accepted increment.

    The history becomes that of the uninterrupted run. A run that stopped because it did not
    converge tries the same increment again: give it other numerics, which are noted in the
    results. A run that is complete stays as it is.

    Parameters
    ----------
    path : str or Path
        Folder of the run.
    case : Description, optional
        The case that was run, to make sure that it is the same; the stored one is used.
    numerics : Numerics, optional
        From now on in place of those of the case; the last ones are kept if not given.
    force : bool
        Continue a run whose process on another machine cannot be seen from here.
    listeners : sequence, optional
        As of :func:`run_case`; lines on the terminal and in ``run.log`` if not given.

    Returns
    -------
    Results
        Also after Ctrl-C, with status ``interrupted``.

    Raises
    ------
    ResultsError
        If there is no run, another process still writes it, its checkpoint is missing or of
        another version, or its case, materials or mesh have changed; if the run is damaged or
        leads to files that are not its own.
    ConvergenceError
        If the protocol cannot be followed to its end; what was reached is kept.
    SystemExit
        With code 143 after SIGTERM, when the run was closed as after Ctrl-C.
    """
    folder = user_path(path, "folder of the run")
    started = time.perf_counter()
    with Results.open(folder) as results:
        complete = results.status == "complete"
    if complete:  # nothing is written, so also where nothing can be
        continuation.find_continuation(folder, case=case)
        return Results.open(folder)

    def check(lock: RunLock) -> None:
        with Results.open(folder) as results:
            continuation.require_ended(results, lock, force=force)

    with (
        signals.orderly_end() as ending,
        _locked(folder, check, force=force) as lock,
        heard(lambda: _compiles(listeners or ())),
    ):
        found = continuation.find_continuation(folder, case=case, numerics=numerics)
        if found is None:
            return Results.open(folder)
        if listeners is None:
            targets = [step.target_pressure for step in found.case.protocol]
            listeners = progress.listeners(folder, targets)
        _require_memory(found.case, found.mesh)
        point = found.checkpoint
        with ranks.current().together():
            start = found.start
            beginning = None if start is None else Beginning.of(start)
            run = Run(found.case, found.mesh, folder, listeners, beginning)
            if point is None and start is not None:
                run.press.restore(start.arrays, branch=True)
        if point is not None:
            run.press.restore(point.arrays)
        rows = 0 if point is None else point.rows
        session = _session(rows)
        if numerics is not None:
            session["numerics"] = numerics_table(numerics)
        sessions = [*found.sessions, session]

        def begin() -> ResultsWriter:
            writer = ResultsWriter.reopen(
                folder,
                rows,
                provenance={"sessions": sessions},
                locked_by_system=lock is not None and lock.by_system,
            )
            parts = ((continuation.CASE_NAME, run.case), (continuation.MESH_NAME, run.mesh))
            for name, part in parts:
                if not (folder / name).is_file():
                    part.save(folder / name)
            return writer

        # Only now, when nothing can be refused any more on any rank, what is stored changes.
        ranks.current().all_good(True)
        writer = ranks.current().on_first(begin)
        return _drive(run, writer, sessions, {}, started, ending, found)


def _compiles(listeners: Sequence[Listener]) -> None:
    """Tell listeners that functions have to be compiled."""
    for listener in listeners if ranks.current().first else ():
        method = getattr(listener, "on_compile", None)
        if method is not None:
            method()


@contextlib.contextmanager
def _locked(
    folder: Path, check: Callable[[RunLock], None], *, force: bool = False
) -> Iterator[RunLock | None]:
    """Hold the lock of a folder that has passed a check; on other ranks than the first, None."""

    def take() -> RunLock:
        lock = RunLock.take(folder, force=force)
        try:
            check(lock)
        except BaseException:
            lock.release()
            raise
        return lock

    lock: RunLock | None = ranks.current().on_first(take)
    try:
        yield lock
    finally:
        if lock is not None:
            lock.release()


def _require_memory(case: Description, mesh: StackMesh) -> None:
    size, together = Size.of(mesh), ranks.current()
    together.on_first(lambda: require_memory(size, case.linear_solver, together.size))


def _session(rows: int) -> Session:
    return begin_session(backend.load(), rows) | {"ranks": ranks.current().size}


def _drive(
    run: Run,
    writer: ResultsWriter,
    sessions: list[Session],
    stages: Mapping[str, float],
    started: float,
    ending: signals.Termination,
    found: Continuation | None = None,
) -> Results:
    """Follow the protocol and close the run, however it ends."""

    def finish(status: str, message: str, memory: float | None = None) -> None:
        spent = dict(stages) | run.spent()
        spent["total"] = time.perf_counter() - started
        done = [*sessions[:-1], end_session(sessions[-1], status, spent, memory)]
        times = {"wall_time": total_wall_time(done), "sessions": done}
        writer.finish(status, message, provenance=times)
        if status == "complete":
            remove_checkpoint(run.folder)

    status, message, failure = "complete", "", None
    ending.arm()  # again: libraries that were loaded since have handlers of their own
    try:
        with ranks.current().together():
            run.follow(writer, found)
    except KeyboardInterrupt:
        ending.asked = ranks.current().total(float(ending.asked)) > 0.0
        by = "ended by SIGTERM" if ending.asked else "stopped by the user"
        status, message = "interrupted", f"{by}; what was accepted is kept"
    except ConvergenceError as error:
        status, message, failure = "stopped", str(error), error
    except BaseException as error:
        # The first error matters more than a disk that is full when it is noted down, and on other
        # ranks than the first it may be theirs alone.
        why = str(error) if isinstance(error, InterfaceFEMError) else ""
        why = why or f"{type(error).__name__}: {error}"
        if ranks.current().first:
            with contextlib.suppress(ResultsError):
                finish("stopped", why)
            run.tell_here("on_end", "stopped", why)
        raise
    memory = ranks.current().total(peak_memory())
    ranks.current().on_first(lambda: finish(status, message, memory))
    run.tell("on_end", status, message)
    if failure is not None:
        raise failure
    return Results.open(run.folder)
