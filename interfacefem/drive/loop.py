# SPDX-License-Identifier: MIT
"""A run between its beginning and its end: the loop over steps, and what is written when.

Everything that solves is in :mod:`interfacefem.fem`, everything that stores in
:mod:`interfacefem.results`; this module only joins them. Started by mpiexec, all ranks follow the
protocol together, and the first alone stores, solves for the current and tells listeners.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING, Any

from interfacefem.describe.start import START
from interfacefem.describe.steps import Hold
from interfacefem.drive.advance import Policy, advance
from interfacefem.drive.cycling import Cycling
from interfacefem.drive.gaps import max_penetration, pressure_in_open_gap
from interfacefem.drive.numbers import SAME
from interfacefem.drive.paths import Setting, path_of
from interfacefem.drive.press import Press
from interfacefem.drive.snapshots import Look
from interfacefem.drive.squeezing import depth_of
from interfacefem.drive.tempering import Tempering
from interfacefem.errors import ConvergenceError
from interfacefem.fem import increment as clock
from interfacefem.fem.current.conduction import Conduction
from interfacefem.fem.increment import Attempt, StepFailure
from interfacefem.fem.ranks import on_first
from interfacefem.post.risk_table import risk_table
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.checkpoint import FILE_NAME, Checkpoint, state_name, write_checkpoint
from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot

if TYPE_CHECKING:
    from pathlib import Path as Folder

    from interfacefem.describe.case import Description
    from interfacefem.describe.steps import Step
    from interfacefem.drive.advance import Beginning, Path
    from interfacefem.drive.continuation import Continuation
    from interfacefem.drive.snapshots import Listener
    from interfacefem.meshing import StackMesh

REMEDY = (
    "a finer mesh (mesh.edge), a smaller rms slope, or more patience "
    "(numerics.max_rejections, numerics.max_iterations)"
)


class Run:
    """One run while it goes on.

    Parameters
    ----------
    case : Description
    mesh : StackMesh
    folder : pathlib.Path
        Where it is stored.
    listeners : sequence
        As of :func:`interfacefem.drive.run.run_case`.
    beginning : Beginning, optional
        Of the run that this one goes on from.

    Attributes
    ----------
    stages : dict of str to float
        Time spent by what [s]; :meth:`spent` divides that of the press further.
    """

    writer: ResultsWriter
    look: Look

    def __init__(
        self,
        case: Description,
        mesh: StackMesh,
        folder: Folder,
        listeners: Sequence[Listener],
        beginning: Beginning | None = None,
    ) -> None:
        self.case, self.mesh, self.folder = case, mesh, folder
        self.listeners = listeners
        self.stages = {"set-up": 0.0, "press": 0.0, "current": 0.0, "output": 0.0}
        begun = time.perf_counter()
        self.beginning = beginning
        self.press: Press = Press(case, mesh, beginning)
        cycles = any(step.kind == "cycle" for step in case.protocol)
        wanted = case.current is not None or cycles
        self.current = Conduction(case, mesh, self.press) if wanted else None
        self.path: Path | None = None
        self.stages["set-up"] = time.perf_counter() - begun
        self._spent_before = dict(clock.spent)
        self.step = ""
        self.step_index = 0
        self.began_at = 0.0
        self.increment = 0
        self.system = self.press.problem.system
        self.solves = 0
        self.mark = time.perf_counter()

    def spent(self) -> dict[str, float]:
        """Return :attr:`stages` with the press divided by what it was spent on [s]."""
        parts = {
            purpose: seconds - self._spent_before.get(purpose, 0.0)
            for purpose, seconds in clock.spent.items()
        }
        press = self.stages["press"] - sum(parts.values())
        return self.stages | parts | {"press": max(0.0, press)}

    @on_first
    def tell(self, event: str, *details: Any) -> None:
        """Tell the listeners."""
        self.tell_here(event, *details)

    def tell_here(self, event: str, *details: Any) -> None:
        """Tell the listeners of this rank, whatever the others do."""
        for listener in self.listeners:
            method = getattr(listener, event, None)
            if method is not None:
                method(*details)

    def follow(self, writer: ResultsWriter, found: Continuation | None) -> None:
        """Go through the protocol, or through what is left of it."""
        self.writer = writer
        point = found.checkpoint if found is not None else None
        self.look = Look(self.press)
        self._begin(point)
        if found is not None and found.lacks_current and point is not None and point.step == START:
            self.step = START  # the run ended between this row and its current
            self._solve_current(point.increment)
        first = 0 if point is None else point.step_index
        for index, step in enumerate(self.case.protocol):
            if index < first:
                continue
            self.step, self.step_index, self.increment = step.name, index, 0
            self._enter(self.case.protocol.stage_index(index))
            resumed = point is not None and index == first
            memory = self.press.memory
            self.began_at = point.began_at if point is not None and resumed else memory.time
            if not resumed:
                memory.trouble = memory.squeeze_to = 0.0
            self.tell("on_step", step.name, step.target_pressure)
            lacks_current = False
            if found is not None and point is not None and resumed:
                self.increment = point.increment + 1
                lacks_current = found.lacks_current
            self.mark = time.perf_counter()
            try:
                self._go(step, resumed=resumed, lacks_current=lacks_current)
            except StepFailure as failure:
                raise ConvergenceError(
                    step.name, self.press.pressure, failure.reasons, REMEDY
                ) from None
            if step.kind in ("press", "hold", "isostatic"):
                self.press.bond()
            if not self.press.ejected and not self.press.split:
                self._store_state(state_name(index))
            if found is None or step.name not in found.risk:
                self._store_risk()

    def _go(self, step: Step, *, resumed: bool, lacks_current: bool) -> None:
        """Follow a step; one that is at its end already, because it is continued, returns at once.

        Pressures and times of output on the way are ends of their own.
        """
        self.path = None
        if step.kind == "eject":
            if lacks_current:
                self._solve_current(self.increment - 1)
            self._eject()
            return
        policy = Policy(self.case.numerics.max_rejections)
        self.press.bag(on=step.kind == "isostatic")
        if (wanted := getattr(step, "temperature", None)) is not None:
            lacks_current = self._temper(wanted, policy, lacks_current=lacks_current)
        for target, until in self._ends(step):
            given = Setting(
                press=self.press,
                stack=self.case.stack,
                target=target,
                rate=self.case.protocol.schedule[self.step_index].rate,
                until=until,
                resumed=resumed,
                conduct=None if self.current is None else self.current.through_nodes,
                charges=self.case.output.at.charges,
            )
            self.path = path_of(step, given)
            if lacks_current:  # the run ended between the last increment and its current
                self._solve_current(self.increment - 1)
                self.mark, lacks_current = time.perf_counter(), False
            exact = self.path.exact() if isinstance(self.path, Cycling) else nullcontext()
            with exact:
                advance(self.path, self.press.memory, policy, self.accepted, self.rejected)

    def _temper(self, wanted: float, policy: Policy, *, lacks_current: bool) -> bool:
        """Heat or cool to the temperature of a step; return whether a current is still missing."""
        press = self.press
        if not press.problem.force > 0.0:
            press.problem.bulk.warmth.settle(wanted)
            return lacks_current
        depth = depth_of(press)
        self.path = Tempering(press.problem, press.rig, press.memory, wanted, depth)
        if lacks_current and not self.path.done:
            self._solve_current(self.increment - 1)
            self.mark, lacks_current = time.perf_counter(), False
        if not self.path.done:
            advance(self.path, press.memory, policy, self.accepted, self.rejected)
            self.began_at = press.memory.time  # a hold is as long as it says after that
        return lacks_current

    def _ends(self, step: Step) -> list[tuple[float, float]]:
        """Return pressure [MPa] and time [s] at the ends of the parts of a step."""
        press, at = self.press, self.case.output.at
        end = self.began_at + getattr(step, "duration", 0.0) if isinstance(step, Hold) else 0.0
        if isinstance(step, Hold):
            times = [self.began_at + t for t in at.times if self.began_at + t < end]
            return [(press.pressure, t) for t in [*sorted(times), end]]
        target = step.target_pressure
        if target is None:
            return [(press.pressure, end)]
        low, high = sorted((press.pressure, target))
        # one that is reached already is there for a run that was continued from it
        low, high = low * (1.0 - SAME), high * (1.0 + SAME)
        inside = sorted(p for p in at.pressures if low <= p <= high and not isclose(p, target))
        return [(p, end) for p in [*(inside if target > press.pressure else inside[::-1]), target]]

    def _enter(self, stage: int) -> None:
        if stage == self.press.stage:
            return
        begun = time.perf_counter()
        try:
            self.press.enter(stage)
        except StepFailure as failure:
            raise ConvergenceError(self.step, 0.0, failure.reasons, REMEDY) from None
        self.system = self.press.problem.system
        self.solves = self.system.solves
        self.stages["press"] += time.perf_counter() - begun

    def _eject(self) -> None:
        attempts = self.press.eject()
        if attempts:
            iterations = [count for attempt in attempts for count in attempt.iterations]
            self.accepted(replace(attempts[-1], iterations=iterations), 0)

    def _begin(self, point: Checkpoint | None) -> None:
        info: dict[str, Any] = {
            "name": self.case.name,
            "path": str(self.folder),
            "dofs": self.mesh.dofs,
            "interfaces": tuple(self.mesh.interfaces),
        }
        if point is None:
            self.step, self.increment = self.case.protocol.names[0], -1
            self._store_state(FILE_NAME)
        else:
            info["resumed"] = {
                "step": point.step,
                "step_index": point.step_index,
                "increment": point.increment,
                "nominal_pressure": point.nominal_pressure,
            }
        self.tell("on_start", info)
        if point is None and self.beginning is not None:
            self.step, self.step_index, self.increment = START, -1, 0
            self._store_state(state_name(None))
            self.press.problem.evaluate()
            self.accepted(Attempt(self.press.problem.displacement, iterations=[], failure=""), 0)
            self._store_risk()

    def rejected(self, reason: str) -> None:
        """Tell why an attempt was thrown away."""
        self.tell("on_reject", reason)

    def accepted(self, attempt: Attempt, rejections: int) -> None:
        """Store what an accepted increment reached, and the state to go on from."""
        press, problem = self.press, self.press.problem
        if problem.system is not self.system:  # another problem, another count
            self.solves, self.system = 0, problem.system
        now = time.perf_counter()
        elapsed, self.mark = now - self.mark, now
        self.stages["press"] += elapsed
        layers = self._at_end or self.case.output.layer_fields == "increments"
        cycling = self.path if isinstance(self.path, Cycling) else None
        work = problem.work
        die = press.die_forces()
        wall: dict[str, Any] = {} if die is None else die.record(press.area)
        snapshot = IncrementSnapshot(
            step=self.step,
            step_index=self.step_index,
            increment=self.increment,
            nominal_pressure=press.pressure,
            closure=press.closure,
            stage=press.stage,
            cycle=math.nan if cycling is None else cycling.number,
            charge=math.nan if cycling is None else press.memory.taken,
            interfaces=press.interface_snapshots(),
            layers=press.layer_snapshots() if layers else None,
            newton_iterations=sum(attempt.iterations),
            linear_solves=problem.system.solves - self.solves,
            rejected=rejections,
            force_balance_error=attempt.balance,
            max_penetration=max_penetration(problem),
            pressure_in_open_gap=pressure_in_open_gap(problem),
            min_jacobian=problem.bulk.min_jacobian(),
            applied_work=work.applied,
            elastic_energy=work.elastic,
            plastic_work=work.plastic,
            friction_work=work.friction,
            cohesive_work=work.cohesive,
            drag_work=work.drag,
            shear_stress=press.shear_stress,
            **wall,
            increment_error=press.memory.error,
            wall_time=elapsed,
            time=press.memory.time,
            temperature=press.temperature,
        )
        self.solves = problem.system.solves
        self._store(snapshot)
        self.stages["output"] += time.perf_counter() - now
        self.tell("on_increment", snapshot)
        self._solve_current(self.increment)
        self.increment += 1
        self.mark = time.perf_counter()

    @property
    def _at_end(self) -> bool:
        at_moment = isinstance(self.path, Cycling) and self.path.at_moment
        return self.path is None or self.path.done or at_moment

    @on_first
    def _store(self, snapshot: IncrementSnapshot) -> None:
        # In this order: the results may be one increment ahead of the state, never behind it.
        self.writer.append(self.look.extend(snapshot))
        self._store_state(FILE_NAME)

    @on_first
    def _store_state(self, name: str) -> None:
        beginning = self.press.beginning
        checkpoint = Checkpoint(
            run=self.writer.run,
            rows=len(self.writer),
            step=self.step,
            step_index=self.step_index,
            increment=self.increment,
            nominal_pressure=self.press.pressure,
            began_at=self.began_at,
            arrays=self.press.stored(),
            present=beginning.present,
            largest=beginning.largest,
            stage_largest=beginning.stage_largest,
        )
        write_checkpoint(self.folder, checkpoint, name)

    def _solve_current(self, increment: int) -> None:
        if self.current is None or not self.press.complete:
            return
        load, cycles = self.case.current, isinstance(self.path, Cycling)
        if not cycles and (load is None or not load.applies_to(self.step)):
            return
        snapshot = self._conduct(self.current, increment)
        if self._at_end:
            self.tell("on_current", snapshot)

    @on_first
    def _conduct(self, current: Conduction, increment: int) -> CurrentSnapshot:
        begun = time.perf_counter()
        load = self.case.current
        density = load.mean_current_density if load is not None else 0.0
        if isinstance(self.path, Cycling):
            density = self.path.density
        snapshot = current.solve(self.step, increment, density=density, with_layers=self._at_end)
        solved = time.perf_counter()
        self.stages["current"] += solved - begun
        self.writer.append_current(snapshot)
        self.stages["output"] += time.perf_counter() - solved
        return snapshot

    @on_first
    def _store_risk(self) -> None:
        begun = time.perf_counter()
        with Results.open(self.folder) as results:
            table = risk_table(results, self.step)
        self.writer.append_risk(self.step, table.to_records())
        self.stages["output"] += time.perf_counter() - begun
