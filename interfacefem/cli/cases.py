# SPDX-License-Identifier: MIT
"""What is done with a case: check and mesh it, run it, and go on with a run."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from interfacefem.case import Case
from interfacefem.cli.shell import DONE, INTERRUPTED, on_first, read_path, say
from interfacefem.contact.base import Friction
from interfacefem.describe.later_steps import Cycle
from interfacefem.drive import progress
from interfacefem.drive.begin import require_place
from interfacefem.drive.forecast import forecast
from interfacefem.environment import GIGABYTE
from interfacefem.errors import ConvergenceError, EnvironmentProblem, MeshError, ResultsError
from interfacefem.fem.effort import Size, is_direct, memory, require_memory
from interfacefem.meshing import StackMesh, fit, quality
from interfacefem.meshing.own import mesh_of
from interfacefem.results import Results, layout
from interfacefem.results.layout import CHARGE_FACTOR
from interfacefem.results.lock import require_free
from interfacefem.surfaces import ResolutionReport, resolution_report


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module."""
    _add_runs(verbs)
    check = verbs.add_parser(
        "check", help="find all mistakes of a case, and say what it will compute"
    )
    check.add_argument("case", type=read_path, help="a .py or .toml file")
    check.set_defaults(act=_check)
    mesh = verbs.add_parser("mesh", help="build the mesh of a case and judge it")
    mesh.add_argument("case", type=read_path, help="a .py or .toml file")
    mesh.add_argument("-o", "--output", type=read_path, help="the .msh file; NAME.msh by default")
    mesh.add_argument("--picture", type=read_path, help="draw it too: a .png, .pdf or .svg file")
    mesh.set_defaults(act=_mesh)


def _check(chosen: argparse.Namespace) -> int:
    case = Case.load(chosen.case)
    case.require()
    report = case.check()
    say(f"{case.name}: no mistakes")
    wide = " x ".join(f"{length:g}" for length in case.stack.size)
    say(f"  stack, {wide} um wide, top to bottom")
    for index, layer in reversed(list(enumerate(case.stack.layers))):
        say(f"    {layer.name}: {layer.material.name}, {layer.thickness:g} um")
        if index:
            name = case.stack.interface_names[index - 1]
            say(f"      {_joint(case, name)}")
    say("  protocol")
    for step, pressure in zip(case.protocol, case.protocol.pressures, strict=True):
        verb = "hold at" if step.kind == "hold" else f"{step.kind} to"
        if isinstance(step, Cycle):
            charge = step.capacity * CHARGE_FACTOR
            verb = f"{step.count} cycles of {charge:.4g} mAh/cm^2 from"
        say(f"    {step.name}: {verb} {pressure:.4g} MPa")
    if case.current is not None:
        density = case.current.mean_current_density * 1e5
        say(f"  current: {density:g} mA/cm^2 on the mean")
    try:
        mesh = mesh_of(case)
    except EnvironmentProblem as problem:
        say(f"  mesh: about {report.degrees_of_freedom} degrees of freedom ({problem})")
    else:
        say("  mesh")
        for line in quality(mesh).message().splitlines():
            say(f"    {line}")
        for line in _resolution(case, mesh):
            say(f"    {line}")
        say(f"  {_effort(case, mesh)}")
    say(f"  results go to {case.folder}")
    for note in report.notes:
        say(f"  note: {note}")
    return DONE


def _effort(case: Case, mesh: StackMesh) -> str:
    """Return how linear systems are solved and what memory that takes."""
    solver = case.linear_solver
    how = "direct" if is_direct(mesh.dofs, mesh.dimension, solver) else "iterative"
    size = Size.of(mesh)
    text = f"solver: {how}, about {require_memory(size, solver) / GIGABYTE:.1f} GB of memory"
    if mesh.dimension == 3:
        text += f", {memory(size, solver, 2) / GIGABYTE:.1f} GB in two processes"
    return f"{text}; {forecast(case, mesh.dofs)}"


def _joint(case: Case, name: str) -> str:
    joint = case.stack.interface(name)
    if isinstance(joint.friction, Friction):
        friction = f"friction {joint.friction}"
    else:
        friction = f"friction {joint.friction:g}" if joint.friction else "frictionless"
    if joint.conductance is not None:
        return f"{friction}, {joint.conductance} where there is contact"
    resistance = joint.resistance / 100.0
    return f"{friction}, {resistance:g} ohm cm^2 where there is contact"


def _resolution(case: Case, mesh: StackMesh) -> list[str]:
    """Return what the edges of each rough face resolve of it."""
    if case.own_mesh:
        return [
            f"{face.side} of {face.layer.name}: rms height {face.rms_height:.3g} um, rms slope "
            f"{face.rms_slope:.3g} in the mesh"
            for face in fit.faces_of(mesh, case.stack)
            if not face.flat
        ]
    lines = []
    longest = quality(mesh).max_edge
    for name in case.stack.interface_names:
        lower, upper = case.stack.pair(name)
        for side, layer, face in (("lower", lower, lower.top), ("upper", upper, upper.bottom)):
            if face is not None:
                where = "top" if side == "lower" else "bottom"
                found = resolution_report(face, longest[f"{name} {side}"])
                lines.append(f"{where} of {layer.name}: {_share(found)}")
    return lines


def _share(found: ResolutionReport) -> str:
    """Return how much of a face the mesh shows; edges per wavelength are told by its quality."""
    if found.flat:
        return "flat"
    height = found.resolved_rms_height / found.rms_height
    slope = found.resolved_rms_slope / found.rms_slope
    return (
        f"rms height {found.rms_height:.3g} um resolved to {height:.1%}, "
        f"rms slope {found.rms_slope:.3g} to {slope:.1%}"
    )


def _mesh(chosen: argparse.Namespace) -> int:
    case = Case.load(chosen.case)
    case.require()
    target = chosen.output or Path(f"{case.name}.msh")
    if case.mesh_file is not None and target.absolute().resolve() == case.mesh_file.resolve():
        raise MeshError(
            f"'{target}' is the mesh that the case reads and would be replaced; give another file "
            "with -o"
        )
    mesh = mesh_of(case)
    path = mesh.save(target)
    say(quality(mesh).message())
    say(f"mesh in {path}")
    if chosen.picture is not None:
        from interfacefem import plots

        say(f"picture in {plots.save(plots.mesh(mesh), chosen.picture)}")
    return DONE


def _add_runs(verbs: Any) -> None:
    """Add the verb of this module."""
    run = verbs.add_parser("run", help="press a case from start to end")
    run.add_argument("case", type=read_path, help="a .py or .toml file")
    run.add_argument(
        "-o", "--output", type=read_path, help="folder of the run; runs/NAME by default"
    )
    run.add_argument("--overwrite", action="store_true", help="replace a run that is there")
    run.set_defaults(act=_run)
    resume = verbs.add_parser(
        "resume",
        help="continue a run that was interrupted, stopped or killed",
        description="Continue a run from its last accepted increment; its history becomes that "
        "of the uninterrupted run. A run that did not converge is tried again as it was.",
    )
    resume.add_argument("run", type=read_path, help="folder of a run")
    resume.add_argument(
        "--force", action="store_true", help="believe that a process elsewhere has ended"
    )
    resume.add_argument(
        "--numerics",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another setting from now on, e.g. max_rejections=20; may be repeated",
    )
    resume.set_defaults(act=_resume)


def perform(case: Case, folder: Path, *, overwrite: bool) -> tuple[int, Results]:
    """Run a case, show it, and return the exit code with the results.

    Raises
    ------
    InterfaceFEMError
        Whatever keeps it from its end.
    """
    case.require()

    def look() -> None:
        # The run looks again when it has the lock; here before the solver is loaded.
        require_free(folder)
        require_place(folder, overwrite=overwrite, mesh_file=case.mesh_file)

    on_first(look)
    # By name: a verb that only reads must work where the solver is not installed.
    simulation = importlib.import_module("interfacefem.drive.run")
    shown = progress.listeners(folder, [step.target_pressure for step in case.protocol])
    return _tell(
        folder, lambda: simulation.run_case(case, folder, overwrite=overwrite, listeners=shown)
    )


def carry_on(
    folder: Path,
    *,
    case: Case | None = None,
    force: bool = False,
    settings: Mapping[str, str] | None = None,
) -> tuple[int, Results]:
    """Continue a run, show it, and return the exit code with the results.

    Parameters
    ----------
    folder : Path
    case : Case, optional
        The case that was run, to make sure that it is the same.
    force : bool
        Believe that a process elsewhere has ended.
    settings : mapping of str to str, optional
        Numerics from now on, as text, in place of those that it was run with.

    Raises
    ------
    InterfaceFEMError
        Whatever keeps it from its end, or from being continued.
    """
    with Results.open(folder) as results:
        status = results.status
    if status == "complete":
        say(f"{folder}: the run is complete; nothing is left to do")
    if status.startswith("stopped"):
        say(f"{folder}: had stopped; what failed is tried again, with the same settings")
    simulation = importlib.import_module("interfacefem.drive.run")
    numerics = None
    if settings:
        continuation = importlib.import_module("interfacefem.drive.continuation")
        numerics = continuation.changed_numerics(folder, settings)
    return _tell(
        folder, lambda: simulation.resume(folder, case=case, force=force, numerics=numerics)
    )


def _tell(folder: Path, run: Callable[[], Results]) -> tuple[int, Results]:
    """Run, and say where the results are and how to go on."""
    try:
        results = run()
    except ConvergenceError:
        say(f"what was reached is kept; see it with: interfacefem report {folder}")
        raise
    except SystemExit:
        if (folder / layout.FILE_NAME).exists():
            say(f"ended by SIGTERM; continue what is stored with: interfacefem resume {folder}")
        raise
    say(f"results in {folder}; see them with: interfacefem report {folder}")
    if results.status.startswith("interrupted"):
        say(f"continue with: interfacefem resume {folder}")
        return INTERRUPTED, results
    return DONE, results


def _run(chosen: argparse.Namespace) -> int:
    case = Case.load(chosen.case)
    folder = case.folder if chosen.output is None else chosen.output
    return perform(case, folder, overwrite=chosen.overwrite)[0]


def _resume(chosen: argparse.Namespace) -> int:
    settings = {}
    for text in chosen.numerics:
        name, equals, value = text.partition("=")
        if not (name.strip() and equals):
            raise ResultsError(f"--numerics {text}: write NAME=VALUE, e.g. max_rejections=20")
        settings[name.strip()] = value.strip()
    return carry_on(chosen.run, force=chosen.force, settings=settings)[0]


#: what several processes do together
SHARED = (_run, _resume)
