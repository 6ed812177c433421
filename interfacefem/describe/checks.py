# SPDX-License-Identifier: MIT
"""What can be wrong with a case whose stack and protocol are each fine, and what it will cost.

Functions return mistakes and raise nothing. What a layer, a stack or a protocol checks by itself
lives with them.
"""

from __future__ import annotations

import itertools
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from interfacefem.contact import verify as interface_verify
from interfacefem.contact.kinetics import volume_per_charge
from interfacefem.describe.later_steps import Cycle, PullOff, Shear
from interfacefem.describe.own_mesh import OwnMesh, file_mistakes
from interfacefem.describe.settings import MeshSize
from interfacefem.errors import MaterialError, Mistake
from interfacefem.materials import verify
from interfacefem.names import name_problem, shown
from interfacefem.quantities import did_you_mean, spoken
from interfacefem.surfaces.resolution import ENOUGH_EDGES, stated_wavelength

if TYPE_CHECKING:
    from interfacefem.describe.protocol import Protocol
    from interfacefem.describe.settings import CurrentLoad, Die, Output
    from interfacefem.describe.stack import Layer, Stack
    from interfacefem.describe.stage import Stage
    from interfacefem.materials.base import Law

#: largest Poisson's ratio that converges, by Young's modulus up to which [MPa]. Measured on two
#: wavy layers of 8 um in plane strain, elastic and plastic, pressed to 5 and released to 0.2 MPa:
#: 0.4999 converges with 1 MPa to 25 GPa and fails with 50 GPa, 0.499 fails with 100 GPa, 0.49
#: converges with 200 GPa and 1 TPa.
_POISSON = ((25e3, 0.4999), (50e3, 0.499), (math.inf, 0.49))
#: pressures that differ by less are the same in a run [largest pressure]
SAME_PRESSURE = 1e-9
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
#: names of devices, which Windows takes for files wherever they stand
_OF_WINDOWS = {"CON", "PRN", "AUX", "NUL", *(f"{d}{k}" for d in ("COM", "LPT") for k in range(10))}


@dataclass(frozen=True)
class CaseReport:
    """What a check of a case found.

    Iterating over it gives the mistakes, and its length is their number.

    Attributes
    ----------
    mistakes : tuple of Mistake
        What must be corrected before a run.
    notes : tuple of str
        What is worth knowing but does not stop a run.
    degrees_of_freedom : int or None
        Displacement unknowns of the mesh that will be built or that the case brings; None where
        there can be none.
    """

    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]
    degrees_of_freedom: int | None

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self.mistakes)

    def __len__(self) -> int:
        return len(self.mistakes)

    @property
    def ok(self) -> bool:
        """Whether there is no mistake."""
        return not self.mistakes


def name_mistakes(name: object) -> list[Mistake]:
    """Return what is wrong with the name of a case; it also names the folder of the run."""
    if isinstance(name, str) and _NAME.fullmatch(name):
        problem, _, remedy = name_problem(name).rpartition("; ")
        if name.endswith(".") or name.partition(".")[0].upper() in _OF_WINDOWS:
            problem = f"{shown(name)} can be no folder on Windows, where runs are read too"
            remedy = "write another name"
        return [Mistake("name", problem, remedy)] if problem else []
    return [
        Mistake(
            "name",
            f"{shown(name)} is not a usable name",
            "begin with a letter or digit and use letters, digits, '_', '-' and '.' only",
        )
    ]


def case_mistakes(
    layers: Sequence[Layer],
    step_names: Sequence[str],
    mesh: MeshSize | OwnMesh,
    current: CurrentLoad | None,
    output: Output,
    mesh_file: Path | None,
) -> list[Mistake]:
    """Return the mistakes that show only when the parts of a case are seen together."""
    found = [] if mesh_file is None else file_mistakes(mesh_file)
    if mesh_file is None and isinstance(mesh, MeshSize):
        found = _coarse_edges(layers, mesh)
    found += incompressible({f"layer[{index}]": layer for index, layer in enumerate(layers)})
    if current is not None:
        found += _missing_conductivity(layers) + _unknown_steps(current, step_names)
    return found + _unwritable(output)


def incompressible(bodies: Mapping[str, Layer]) -> list[Mistake]:
    """Return the layers and punches, by place, that are too nearly incompressible to be solved."""
    found = []
    for place, layer in bodies.items():
        law = layer.material.law
        most = next(bound for stiffest, bound in _POISSON if law.youngs_modulus <= stiffest)
        if law.poissons_ratio > most:
            modulus = spoken(law.youngs_modulus, "pressure", law.youngs_modulus)
            problem = (
                f"{law.poissons_ratio:.9g} is too close to 0.5: with a Young's modulus of "
                f"{modulus} round-off in the volume exceeds the load"
            )
            remedy = f"write {most:g} or less"
            found.append(Mistake(f"{place}.material.poissons_ratio", problem, remedy))
    return found


def law_mistakes(stack: Stack, stages: Sequence[Stage], temperature: float) -> list[Mistake]:
    """Return what is wrong with laws of materials and interfaces that are not of the package."""
    punches = {f"stage[{n}]": stage for n, stage in enumerate(stages) if stage.punch is not None}
    bodies = {f"layer[{index}]": layer for index, layer in enumerate(stack.layers)}
    bodies |= {f"{place}.punch": stage.punch for place, stage in punches.items() if stage.punch}
    joints = {f"interface '{name}'": joint for name, joint in stack.interfaces.items()}
    joints |= {
        f"{place}.punch_interface": stage.punch_interface for place, stage in punches.items()
    }
    seen: list[Law] = []
    found: list[Mistake] = []
    for place, layer in bodies.items():
        if layer.material.law not in seen:
            seen.append(layer.material.law)
            found += verify.law_mistakes(layer.material.law, f"{place}.material", temperature)
    for place, joint in joints.items():
        for key, law in joint.laws.items():
            found += interface_verify.law_mistakes(law, f"{place}.{key}", temperature)
    return found


def time_mistakes(layers: Sequence[Layer], protocol: Protocol) -> list[Mistake]:
    """Return the steps that do not say how fast they go although a material flows in time."""
    flowing = [layer for layer in layers if flows_in_time(layer)]
    if not flowing:
        return []
    layer = flowing[0]
    found = []
    for index, (step, pace) in enumerate(zip(protocol, protocol.schedule, strict=True)):
        apart = isinstance(step, PullOff | Shear)
        rate = step.rate if isinstance(step, PullOff | Shear) else pace.rate
        if rate is not None or not (apart or step.kind in ("press", "release", "isostatic")):
            continue
        problem = (
            f"'{step.name}' does not say how fast it goes, but {layer.material.name} of layer "
            f"'{layer.name}' flows in time"
        )
        remedy = 'write rate = "10 nm/s"' if apart else 'write rate = "1 MPa/s"'
        remedy += "" if step.kind == "pull_off" else ' or duration = "60 s"'
        found.append(Mistake(f"step[{index}]", problem, remedy))
    return found


def unchanged_mistakes(protocol: Protocol) -> list[Mistake]:
    """Return the steps whose change of pressure is round-off of the largest one."""
    found = []
    largest = max(protocol.pressures)
    known = protocol.initial is not None
    steps = zip(protocol, protocol.starts, protocol.pressures, strict=True)
    for index, (step, start, target) in enumerate(steps):
        small = abs(target - start) <= SAME_PRESSURE * largest
        if known and small and step.kind in ("press", "release"):
            said, most = (spoken(one, "pressure", one) for one in (target, largest))
            problem = (
                f"'{step.name}' to {said} changes the pressure by no more than "
                f"{SAME_PRESSURE:g} of the largest one, {most}, which is round-off"
            )
            remedy = "leave it out, or write another pressure"
            found.append(Mistake(f"step[{index}]", problem, remedy))
        # where thickness is held in a cycle, the pressure follows
        known = not (isinstance(step, Cycle) and step.fixture != "force")
    return found


def cycle_mistakes(stack: Stack, protocol: Protocol) -> list[Mistake]:
    """Return what keeps steps from cycling: no electrode, too little of it, or no current."""
    steps = [(n, step) for n, step in enumerate(protocol) if isinstance(step, Cycle)]
    if not steps:
        return []
    electrodes = [
        stack.pair(name)[side == "upper"]
        for name in stack.interface_names
        if (side := stack.electrode(name)) is not None
    ]
    if not electrodes:
        problem = "there is no lithium electrode whose metal could come and go"
        return [Mistake(f"step[{steps[0][0]}]", problem, 'use the material "Li" for a layer')]
    found = _missing_conductivity(stack.layers)
    outer = [y.name for y in (stack.layers[0], stack.layers[-1]) if y not in electrodes]
    for index, step in steps:
        if step.cathode is not None and step.cathode not in outer:
            problem = f"{step.cathode!r} is not an outermost layer opposite a lithium electrode"
            advice = did_you_mean(step.cathode, outer)
            found.append(Mistake(f"step[{index}].cathode", problem, advice))
        for layer in electrodes:
            height = step.capacity * volume_per_charge(layer.material.molar_volume or 0.0)
            if height >= layer.thickness:
                found.append(
                    Mistake(
                        f"step[{index}].capacity",
                        f"takes {height:.3g} um of lithium, all of layer '{layer.name}'",
                        "take less, or a thicker layer",
                    )
                )
    return found


def die_mistakes(stack: Stack | None, protocol: Protocol, die: Die | None) -> list[Mistake]:
    """Return what does not fit the die, or needs one that is not there."""
    if die is None:
        return [
            Mistake(
                f"step[{index}]",
                f"'{step.name}' takes a pellet out of a die, but there is none",
                'give the case a die, e.g. die = Die("10 mm", wall_friction=0.2), or drop the step',
            )
            for index, step in enumerate(protocol)
            if step.kind == "eject"
        ]
    found = [
        Mistake(
            f"step[{index}]",
            f"'{step.name}' presses from the side, but there is the wall of a die",
            "leave out the die, or press with Press",
        )
        for index, step in enumerate(protocol)
        if step.kind == "isostatic"
    ]
    radius = spoken(die.radius, "length", die.diameter)
    if stack is not None and len(stack.size) != 1:
        problem = "is an area, but a pellet in a die is a section from its axis to the wall"
        found.append(Mistake("stack.width", problem, "take cuts of topographies with .profile()"))
    elif stack is not None and abs(stack.width - die.radius) > 1e-9 * die.radius:
        found.append(
            Mistake(
                "stack.width",
                f"is {spoken(stack.width, 'length', die.diameter)}, but the section of a pellet "
                f"runs from its axis to the wall of the die, {radius}",
                f'write width = "{radius}" or correct the diameter of the die',
            )
        )
    for index, step in enumerate(protocol):
        other = getattr(step, "die", None)
        if other is not None and abs(other - die.diameter) > 1e-9 * die.diameter:
            given, own = (spoken(one, "length", other) for one in (other, die.diameter))
            problem = f"is {given}, but the die of the case {own}"
            found.append(Mistake(f"step[{index}].die", problem, "give both one diameter"))
    return found


def separation_mistakes(
    layers: Sequence[Layer], protocol: Protocol, die: Die | None
) -> list[Mistake]:
    """Return what is wrong with the steps that take the stack apart."""
    found = []
    names = [f"{a.name}|{b.name}" for a, b in itertools.pairwise(layers)]
    for index, step in enumerate(protocol):
        place = f"step[{index}]"
        if not isinstance(step, PullOff | Shear):
            continue
        if die is not None and isinstance(step, Shear):
            problem = f"'{step.name}' slides to one side, but a pellet is the same all around"
            found.append(Mistake(place, problem, "leave it out, or take a slice without a die"))
        elif die is not None and (index == 0 or protocol.steps[index - 1].kind != "eject"):
            problem = f"'{step.name}' cannot pull at a pellet that is still in the die"
            found.append(Mistake(place, problem, "write Eject() as the step before it"))
        if not names:
            found.append(Mistake(place, "there is no interface", "give the stack two layers"))
        elif isinstance(step, Shear) and not step.interface and len(names) > 1:
            problem = "does not say which interface, and there are several"
            found.append(Mistake(f"{place}.interface", problem, f'write for example "{names[0]}"'))
        elif isinstance(step, Shear) and step.interface and step.interface not in names:
            problem = f"no interface {step.interface!r}"
            advice = did_you_mean(step.interface, names)
            found.append(Mistake(f"{place}.interface", problem, advice))
    return found


def flows_in_time(layer: Layer) -> bool:
    """Return whether the response of a layer depends on time."""
    return bool(layer.material.law.rate_dependent)


def _coarse_edges(layers: Sequence[Layer], mesh: MeshSize) -> list[Mistake]:
    found: list[Mistake] = []
    if mesh.edge is None:
        return found
    waves: list[tuple[float, str]] = []
    for index, layer in enumerate(layers):
        for side, face in (("bottom", layer.bottom), ("top", layer.top)):
            wave = None if face is None else stated_wavelength(face)
            if wave is not None:
                waves.append((wave, f"layer[{index}].{side}"))
    if not waves:
        return found
    wave, face_place = min(waves)
    edges = wave / mesh.edge
    edge, shortest, enough = (
        spoken(length, "length", mesh.edge) for length in (mesh.edge, wave, wave / ENOUGH_EDGES)
    )
    if edges < ENOUGH_EDGES * (1.0 - 1e-9):
        found.append(
            Mistake(
                "mesh.edge",
                f"{edge} is too coarse: {edges:.3g} edges along the shortest wavelength "
                f"{shortest} of {face_place}, {ENOUGH_EDGES:g} are needed",
                f'write edge = "{enough}" or less, or leave it out',
            )
        )
    return found


def _missing_conductivity(layers: Sequence[Layer]) -> list[Mistake]:
    found = []
    for index, layer in enumerate(layers):
        name = layer.material.conductivity_name
        try:
            layer.material.value(name)
        except MaterialError:
            found.append(
                Mistake(
                    f"layer[{index}].material.{name}",
                    f"is not known for {layer.material.name}, so no current can be computed",
                    f'give it, e.g. {name} = "1 mS/cm", or switch off the current',
                )
            )
    return found


def _unknown_steps(current: CurrentLoad, names: Sequence[str]) -> list[Mistake]:
    wanted = () if current.steps == "all" else current.steps
    return [
        Mistake("current.steps", f"no step {step!r}", did_you_mean(step, names))
        for step in wanted
        if step not in names
    ]


def _unwritable(output: Output) -> list[Mistake]:
    if output.path is None:
        return []
    path = output.path
    try:
        if path.exists() and not path.is_dir():
            return [Mistake("output.path", f"{path} is a file", "give a folder")]
        nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    except OSError as error:
        problem = f"{path} cannot be written ({error.strerror})"
        return [Mistake("output.path", problem, "give another folder")]
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    return [
        Mistake("output.path", f"cannot write in {nearest}", "give a folder that can be written")
    ]
