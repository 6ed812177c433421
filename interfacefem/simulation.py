# SPDX-License-Identifier: MIT
"""Run a case: the loop over steps, what is written after each increment, and how a run ends.

Everything that solves is in :mod:`interfacefem.fem`, everything that stores in
:mod:`interfacefem.results`; this module only joins them.
"""

from __future__ import annotations

import importlib.metadata
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem.contact.conductance import ConductanceLaw
from interfacefem.errors import ConvergenceError, ResultsError
from interfacefem.fem import backend
from interfacefem.fem.electric import CurrentProblem, ElectricContact
from interfacefem.fem.press import Press, build_press
from interfacefem.fem.stepping import StepFailure
from interfacefem.meshing import StackMesh, build_mesh, read_mesh
from interfacefem.post.risk import risk_table
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot

if TYPE_CHECKING:
    from interfacefem.case import Case
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
    """
    case.require()
    folder = Path(path) if path is not None else case.folder
    started = time.perf_counter()
    mesh = (
        build_mesh(case.stack, case.mesh)
        if case.mesh_file is None
        else read_mesh(case.mesh_file, case.stack)
    )
    meshed = time.perf_counter()
    writer = ResultsWriter.create(
        folder, case=case, mesh=mesh, provenance=_provenance(case, mesh), overwrite=overwrite
    )
    case.save(folder / "case.toml")
    mesh.save(folder / "mesh.msh")
    status, message, failure = "complete", "", None
    run: _Run | None = None
    try:
        run = _Run(case, mesh, writer, listeners)
        run.tell(
            "on_start",
            {
                "name": case.name,
                "path": str(folder),
                "dofs": mesh.dofs,
                "interfaces": tuple(mesh.interfaces),
            },
        )
        run.follow()
    except KeyboardInterrupt:
        status, message = "interrupted", "stopped by the user; what was accepted is kept"
    except ConvergenceError as error:
        status, message, failure = "stopped", str(error), error
    except BaseException as error:
        writer.finish("stopped", f"{type(error).__name__}: {error}")
        raise
    stages = {"mesh": meshed - started, "total": time.perf_counter() - started}
    stages |= run.stages if run is not None else {}
    writer.finish(status, message, provenance={"wall_time": stages})
    if run is not None:
        run.tell("on_end", status, message)
    if failure is not None:
        raise failure
    return Results.open(folder)


class _Run:
    """One run while it goes on."""

    def __init__(
        self, case: Case, mesh: StackMesh, writer: ResultsWriter, listeners: Sequence[Any]
    ) -> None:
        self.case = case
        self.writer = writer
        self.listeners = listeners
        self.stages = {"set-up": 0.0, "press": 0.0, "current": 0.0, "output": 0.0}
        clock = time.perf_counter()
        self.press: Press = build_press(case, mesh)
        self.current = _Current(case, mesh, self.press) if case.current is not None else None
        self.stages["set-up"] = time.perf_counter() - clock
        self.step = ""
        self.step_index = 0
        self.target = 0.0
        self.increment = 0
        self.solves = 0
        self.mark = time.perf_counter()

    def tell(self, event: str, *details: Any) -> None:
        for listener in self.listeners:
            method = getattr(listener, event, None)
            if method is not None:
                method(*details)

    def follow(self) -> None:
        """Go through the protocol."""
        stepper = self.press.stepper
        for index, step in enumerate(self.case.protocol):
            self.step, self.step_index, self.increment = step.name, index, 0
            self.target = stepper.pressure if step.target_pressure is None else step.target_pressure
            self.tell("on_step", step.name, step.target_pressure)
            self.mark = time.perf_counter()
            try:
                if step.target_pressure is None:
                    stepper.hold(self.accepted, self.rejected)
                else:
                    stepper.go_to(step.target_pressure, self.accepted, self.rejected)
            except StepFailure as failure:
                raise ConvergenceError(
                    step.name, stepper.pressure, failure.reasons, REMEDY
                ) from None
            self._store_risk()

    def rejected(self, reason: str) -> None:
        self.tell("on_reject", reason)

    def accepted(self, attempt: Attempt, rejections: int) -> None:
        """Store what an accepted increment reached."""
        press, problem = self.press, self.press.problem
        now = time.perf_counter()
        elapsed, self.mark = now - self.mark, now
        self.stages["press"] += elapsed
        last = abs(press.stepper.pressure - self.target) <= 1e-9 * max(self.target, 1e-30)
        layers = last or self.case.output.layer_fields == "increments"
        work = problem.work
        snapshot = IncrementSnapshot(
            step=self.step,
            step_index=self.step_index,
            increment=self.increment,
            nominal_pressure=press.stepper.pressure,
            closure=-problem.platen,
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
            wall_time=elapsed,
        )
        self.solves = problem.system.solves
        self.writer.append(snapshot)
        self.stages["output"] += time.perf_counter() - now
        self.tell("on_increment", snapshot)
        self._solve_current(with_layers=last)
        self.increment += 1
        self.mark = time.perf_counter()

    def _solve_current(self, *, with_layers: bool) -> None:
        if self.current is None or self.case.current is None:
            return
        if not self.case.current.applies_to(self.step):
            return
        clock = time.perf_counter()
        snapshot = self.current.solve(self.step, self.increment, with_layers=with_layers)
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


class _Current:
    """Conduction on the accepted configurations of a press."""

    def __init__(self, case: Case, mesh: StackMesh, press: Press) -> None:
        self.case, self.press, self.mesh = case, press, mesh
        self.problem = CurrentProblem(
            mesh.points,
            mesh.cells,
            mesh.cell_layer,
            [case.stack.layer(name).material.conductivity for name in mesh.layer_names],
            mesh.boundary_nodes("bottom"),
            mesh.boundary_nodes("top"),
            layer_names=mesh.layer_names,
        )
        self.laws = {
            name: ConductanceLaw(
                resistance=interface.resistance,
                pressure_exponent=interface.resistance_pressure_exponent,
                reference_pressure=interface.reference_pressure,
            )
            for name, interface in case.stack.interfaces.items()
        }

    def solve(self, step: str, increment: int, *, with_layers: bool) -> CurrentSnapshot:
        """Conduct the case's current through the present configuration."""
        load = self.case.current
        if load is None:
            raise ResultsError(
                f"step '{step}': the case asks for no current; give Case(current=...)"
            )
        mechanics = self.press.problem
        contacts = [
            ElectricContact(
                name=interface.name,
                slave_nodes=interface.slave_nodes,
                master_nodes=interface.master_nodes,
                pairing=interface.pairing,
                in_contact=interface.pressure > 0.0,
                area_resistance=self.laws[interface.name].area_resistance(
                    interface.pressure, interface.pressure > 0.0
                ),
            )
            for interface in mechanics.interfaces
        ]
        solution = self.problem.solve(
            mechanics.displacement[mechanics.bulk.node_dofs],
            contacts,
            mean_current_density=load.mean_current_density,
            width=self.mesh.width,
        )
        snapshot = solution.snapshot(step, increment=increment)
        if with_layers:
            return snapshot
        # fields inside the layers only where those of the press are stored as well
        return CurrentSnapshot(**{**vars(snapshot), "layers": ()})


def _provenance(case: Case, mesh: StackMesh) -> Mapping[str, Any]:
    versions = {"python": platform.python_version(), "dolfinx": backend.load()}
    for name in ("interfacefem", "gmsh", "numpy", "scipy", "numba"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "unknown"
    surfaces = {}
    for layer in case.stack.layers:
        for side in ("bottom", "top"):
            topography = getattr(layer, side)
            if topography is not None:
                surfaces[f"{layer.name}.{side}"] = {
                    "checksum": topography.checksum,
                    "seed": topography.recipe.get("seed"),
                }
    return {
        "versions": versions,
        "platform": platform.platform(),
        "ranks": 1,
        "mesh_key": mesh.key,
        "degrees_of_freedom": int(mesh.dofs),
        "surfaces": surfaces,
        "methods": list(METHODS),
    }
