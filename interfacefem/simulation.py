# SPDX-License-Identifier: MIT
"""Run a case or continue a run: the loop over steps, what is written when, and how a run ends.

Everything that solves is in :mod:`interfacefem.fem`, everything that stores in
:mod:`interfacefem.results`; this module only joins them. Whether a run can be continued is found
out in :mod:`interfacefem.continuation`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem import continuation, progress
from interfacefem.errors import ConvergenceError, ResultsError
from interfacefem.fem import backend
from interfacefem.fem.checkpoint import restore_state, take_state
from interfacefem.fem.conduction import Conduction
from interfacefem.fem.press import Press, build_press
from interfacefem.fem.stepping import StepFailure
from interfacefem.meshing import StackMesh, build_mesh, read_mesh
from interfacefem.meshing.punches import add_punches
from interfacefem.post.risk import risk_table
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.checkpoint import Checkpoint, remove_checkpoint, write_checkpoint
from interfacefem.results.provenance import (
    Session,
    begin_session,
    end_session,
    surfaces,
    total_wall_time,
)
from interfacefem.results.snapshot import IncrementSnapshot

if TYPE_CHECKING:
    from interfacefem.case import Case
    from interfacefem.continuation import Continuation
    from interfacefem.fem.mechanics import Attempt

METHODS = (
    "logarithmic_strain",
    "finite_strain_plasticity",
    "primal_dual_newton",
    "dual_mortar",
    "augmented_lagrangian",
    "dolfinx",
    "gmsh",
)
REMEDY = (
    "a finer mesh (mesh.edge), a smaller rms slope, or more patience "
    "(numerics.max_rejections, numerics.max_iterations)"
)


def run_case(
    case: Case,
    path: str | Path | None = None,
    *,
    overwrite: bool = False,
    listeners: Sequence[Any] = (),
) -> Results:
    """Press a case from start to end.

    Parameters
    ----------
    case : Case
        What to run.
    path : str or Path, optional
        Folder of the run; the case's own if not given.
    overwrite : bool
        Replace a run that is already there.
    listeners : sequence
        Objects with any of ``on_start(info)``, ``on_step(name, target)``,
        ``on_increment(snapshot)``, ``on_reject(text)``, ``on_current(snapshot)`` and
        ``on_end(status, message)``.

    Returns
    -------
    Results
        Also after Ctrl-C, with status ``interrupted``.

    Raises
    ------
    CaseError
        If the case has mistakes.
    ConvergenceError
        If the protocol cannot be followed to its end; what was reached is kept.
    ResultsError
        If a run is there already, or the results cannot be written; what was stored is kept.
    """
    case.require()
    folder = Path(path) if path is not None else case.folder
    started = time.perf_counter()
    mesh = (
        build_mesh(case.stack, case.mesh)
        if case.mesh_file is None
        else read_mesh(case.mesh_file, case.stack)
    )
    mesh = add_punches(mesh, case.stack, case.protocol.stages, case.mesh)
    stages = {"mesh": time.perf_counter() - started}
    session = begin_session(backend.load(), 0)
    provenance = {
        "versions": session["versions"],
        "platform": session["platform"],
        "ranks": 1,
        "mesh_key": mesh.key,
        "degrees_of_freedom": int(mesh.dofs),
        "surfaces": surfaces(case),
        "methods": list(METHODS),
        "sessions": [session],
    }
    writer = ResultsWriter.create(
        folder, case=case, mesh=mesh, provenance=provenance, overwrite=overwrite
    )
    case.save(folder / continuation.CASE_NAME)
    mesh.save(folder / continuation.MESH_NAME)
    return _drive(lambda: _Run(case, mesh, listeners), writer, [session], stages)


def resume(
    path: str | Path,
    *,
    case: Case | None = None,
    force: bool = False,
    listeners: Sequence[Any] | None = None,
) -> Results:
    """Continue a run that was interrupted, stopped or killed, from its last accepted increment.

    The history becomes that of the uninterrupted run. A run that stopped because it did not
    converge tries the same increment again with the same settings: that helps only after the
    program or the machine has changed. A run that is complete stays as it is.

    Parameters
    ----------
    path : str or Path
        Folder of the run.
    case : Case, optional
        The case that was run, to make sure that it is the same; the stored one is used.
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
        another version, or its case, materials or mesh have changed.
    ConvergenceError
        If the protocol cannot be followed to its end; what was reached is kept.
    """
    folder = Path(path)
    found = continuation.find_continuation(folder, case=case, force=force)
    if found is None:
        return Results.open(folder)
    if listeners is None:
        targets = [step.target_pressure for step in found.case.protocol]
        listeners = progress.listeners(folder, targets)
    run = _Run(found.case, found.mesh, listeners)
    point = found.checkpoint
    if point is not None:
        restore_state(run.press, point.arrays)
    rows = 0 if point is None else point.rows
    sessions = [*found.sessions, begin_session(backend.load(), rows)]
    # Only now, when nothing can be refused any more, what is stored changes.
    writer = ResultsWriter.reopen(folder, rows, provenance={"sessions": sessions})
    for name, part in ((continuation.CASE_NAME, run.case), (continuation.MESH_NAME, run.mesh)):
        if not (folder / name).is_file():
            part.save(folder / name)
    return _drive(lambda: run, writer, sessions, {}, found)


def _drive(
    make: Callable[[], _Run],
    writer: ResultsWriter,
    sessions: list[Session],
    stages: Mapping[str, float],
    found: Continuation | None = None,
) -> Results:
    """Follow the protocol and close the run, however it ends."""
    started = time.perf_counter()
    run: _Run | None = None

    def finish(status: str, message: str) -> None:
        spent = dict(stages) | (run.stages if run is not None else {})
        spent["total"] = sum(stages.values()) + time.perf_counter() - started
        done = [*sessions[:-1], end_session(sessions[-1], status, spent)]
        times = {"wall_time": total_wall_time(done), "sessions": done}
        writer.finish(status, message, provenance=times)

    status, message, failure = "complete", "", None
    try:
        run = make()
        run.follow(writer, found)
    except KeyboardInterrupt:
        status, message = "interrupted", "stopped by the user; what was accepted is kept"
    except ConvergenceError as error:
        status, message, failure = "stopped", str(error), error
    except BaseException as error:
        # The first error matters more than a disk that is full when it is noted down.
        with contextlib.suppress(ResultsError):
            finish("stopped", f"{type(error).__name__}: {error}")
        raise
    finish(status, message)
    if status == "complete":
        remove_checkpoint(writer.folder)
    if run is not None:
        run.tell("on_end", status, message)
    if failure is not None:
        raise failure
    return Results.open(writer.folder)


class _Run:
    """One run while it goes on."""

    writer: ResultsWriter

    def __init__(self, case: Case, mesh: StackMesh, listeners: Sequence[Any]) -> None:
        self.case = case
        self.mesh = mesh
        self.listeners = listeners
        self.stages = {"set-up": 0.0, "press": 0.0, "current": 0.0, "output": 0.0}
        clock = time.perf_counter()
        self.press: Press = build_press(case, mesh)
        self.current = Conduction(case, mesh, self.press) if case.current is not None else None
        self.stages["set-up"] = time.perf_counter() - clock
        self.step = ""
        self.step_index = 0
        self.target = self.began_at = self.until = 0.0
        self.increment = 0
        self.solves = 0
        self.mark = time.perf_counter()

    def tell(self, event: str, *details: Any) -> None:
        for listener in self.listeners:
            method = getattr(listener, event, None)
            if method is not None:
                method(*details)

    def follow(self, writer: ResultsWriter, found: Continuation | None) -> None:
        """Go through the protocol, or through what is left of it."""
        self.writer = writer
        point = found.checkpoint if found is not None else None
        self._begin(point)
        first = 0 if point is None else point.step_index
        for index, step in enumerate(self.case.protocol):
            if index < first:
                continue
            self.step, self.step_index, self.increment = step.name, index, 0
            self._enter(self.case.protocol.stage_index(index))
            stepper = self.press.stepper
            self.target = stepper.pressure if step.target_pressure is None else step.target_pressure
            resumed = point is not None and index == first
            self.began_at = point.began_at if point is not None and resumed else stepper.time
            if step.target_pressure is None:
                self.until = self.began_at + step.duration
            self.tell("on_step", step.name, step.target_pressure)
            if found is not None and point is not None and resumed:
                self.increment = point.increment + 1
                if found.lacks_current:
                    self._solve_current(self.increment - 1)
            self.mark = time.perf_counter()
            try:
                # A step that is at its end already, because it is continued, returns at once.
                if step.kind == "eject":
                    self._eject()
                elif step.target_pressure is None:
                    stepper.hold(self.accepted, self.rejected, until=self.until)
                else:
                    rate = self.case.protocol.schedule[index].rate
                    stepper.go_to(step.target_pressure, self.accepted, self.rejected, rate=rate)
            except StepFailure as failure:
                raise ConvergenceError(
                    step.name, stepper.pressure, failure.reasons, REMEDY
                ) from None
            if found is None or step.name not in found.risk:
                self._store_risk()

    def _enter(self, stage: int) -> None:
        if stage == self.press.stage:
            return
        clock = time.perf_counter()
        try:
            self.press.enter(stage)
        except StepFailure as failure:
            raise ConvergenceError(self.step, 0.0, failure.reasons, REMEDY) from None
        self.solves = self.press.problem.system.solves
        self.stages["press"] += time.perf_counter() - clock

    def _eject(self) -> None:
        attempts = self.press.eject()
        if attempts:
            self.solves = 0  # of the problem without the die
            iterations = [count for attempt in attempts for count in attempt.iterations]
            self.accepted(replace(attempts[-1], iterations=iterations), 0)

    def _begin(self, point: Checkpoint | None) -> None:
        info: dict[str, Any] = {
            "name": self.case.name,
            "path": str(self.writer.folder),
            "dofs": self.mesh.dofs,
            "interfaces": tuple(self.mesh.interfaces),
        }
        if point is None:
            self.step, self.increment = self.case.protocol.names[0], -1
            self._store_state()
        else:
            info["resumed"] = {
                "step": point.step,
                "step_index": point.step_index,
                "increment": point.increment,
                "nominal_pressure": point.nominal_pressure,
            }
        self.tell("on_start", info)

    def rejected(self, reason: str) -> None:
        self.tell("on_reject", reason)

    def accepted(self, attempt: Attempt, rejections: int) -> None:
        """Store what an accepted increment reached, and the state to go on from."""
        press, problem = self.press, self.press.problem
        now = time.perf_counter()
        elapsed, self.mark = now - self.mark, now
        self.stages["press"] += elapsed
        layers = self._at_target or self.case.output.layer_fields == "increments"
        work = problem.work
        die = press.die_forces()
        snapshot = IncrementSnapshot(
            step=self.step,
            step_index=self.step_index,
            increment=self.increment,
            nominal_pressure=press.stepper.pressure,
            closure=press.closure,
            stage=press.stage,
            interfaces=press.interface_snapshots(),
            layers=press.layer_snapshots() if layers else None,
            newton_iterations=sum(attempt.iterations),
            linear_solves=problem.system.solves - self.solves,
            rejected=rejections,
            force_balance_error=attempt.balance,
            max_penetration=press.max_penetration(),
            pressure_in_open_gap=press.pressure_in_open_gap(),
            min_jacobian=problem.bulk.min_jacobian(),
            applied_work=work.applied,
            elastic_energy=work.elastic,
            plastic_work=work.plastic,
            friction_work=work.friction,
            **({} if die is None else die.record(press.area)),
            wall_time=elapsed,
            time=press.stepper.time,
        )
        self.solves = problem.system.solves
        # In this order: the results may be one increment ahead of the state, never behind it.
        self.writer.append(snapshot)
        self._store_state()
        self.stages["output"] += time.perf_counter() - now
        self.tell("on_increment", snapshot)
        self._solve_current(self.increment)
        self.increment += 1
        self.mark = time.perf_counter()

    @property
    def _at_target(self) -> bool:
        stepper = self.press.stepper
        there = abs(stepper.pressure - self.target) <= 1e-9 * max(self.target, 1e-30)
        return there and stepper.time >= self.until * (1.0 - 1e-12)

    def _store_state(self) -> None:
        checkpoint = Checkpoint(
            run=self.writer.run,
            rows=len(self.writer),
            step=self.step,
            step_index=self.step_index,
            increment=self.increment,
            nominal_pressure=self.press.stepper.pressure,
            began_at=self.began_at,
            arrays=take_state(self.press),
        )
        write_checkpoint(self.writer.folder, checkpoint)

    def _solve_current(self, increment: int) -> None:
        if self.current is None or self.case.current is None:
            return
        if not (self.case.current.applies_to(self.step) and self.press.complete):
            return
        with_layers = self._at_target
        clock = time.perf_counter()
        snapshot = self.current.solve(self.step, increment, with_layers=with_layers)
        solved = time.perf_counter()
        self.stages["current"] += solved - clock
        self.writer.append_current(snapshot)
        self.stages["output"] += time.perf_counter() - solved
        if with_layers:
            self.tell("on_current", snapshot)

    def _store_risk(self) -> None:
        clock = time.perf_counter()
        with Results.open(self.writer.folder) as results:
            table = risk_table(results, self.step)
        self.writer.append_risk(self.step, table.to_records())
        self.stages["output"] += time.perf_counter() - clock
