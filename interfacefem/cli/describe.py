# SPDX-License-Identifier: MIT
"""``check`` and ``mesh``: what a case is, what is wrong with it, what its mesh resolves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from interfacefem.case import Case
from interfacefem.cli.codes import DONE
from interfacefem.cli.words import read_path, say
from interfacefem.contact.base import Friction
from interfacefem.describe.cycle import Cycle
from interfacefem.environment import GIGABYTE
from interfacefem.errors import EnvironmentProblem, MeshError
from interfacefem.fem.effort import Size, is_direct, memory, require_memory
from interfacefem.meshing import StackMesh, build_mesh, quality, read_mesh
from interfacefem.results.layout import CHARGE_FACTOR
from interfacefem.surfaces import ResolutionReport, resolution_report


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module."""
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


def mesh_of(case: Case) -> StackMesh:
    """Return the mesh a run of the case would use."""
    if case.mesh_file is not None:
        return read_mesh(case.mesh_file, case.stack)
    return build_mesh(case.stack, case.mesh)


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
    return text


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
