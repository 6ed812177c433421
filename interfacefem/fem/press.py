# SPDX-License-Identifier: MIT
"""From a case and its mesh to the mechanical problem of a press, and back to snapshots.

Lives here: which bodies, supports, platen and interfaces a stack needs, which face is the slave,
how stiff the augmentation is, and how accepted states become plain arrays. The loop over steps
is in :mod:`interfacefem.simulation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import MeshError
from interfacefem.fem.bulk import Bulk
from interfacefem.fem.condensation import Supports
from interfacefem.fem.crease import Crease
from interfacefem.fem.interface import ContactInterface, ContactSettings
from interfacefem.fem.mechanics import MechanicalProblem, Passes
from interfacefem.fem.stepping import Stepper, SteppingOptions
from interfacefem.fem.time_stepping import TimeStepper
from interfacefem.meshing.grading import softness
from interfacefem.results.snapshot import InterfaceSnapshot, LayerSnapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.case import Case
    from interfacefem.meshing.stack_mesh import StackMesh

    Array = npt.NDArray[np.float64]

#: augmentation stiffnesses in units of the slave's Young's modulus over its edge
SOFT, STIFF = 0.05, 30.0
#: gap tolerance of an interface that is flat, in edges
FLAT_GAP_TOLERANCE = 1e-4
#: stiffness of the spring that drives the platen, in units of the stack's
SPRING_RATIO = 10.0


@dataclass(frozen=True)
class Press:
    """A stack in a press.

    Attributes
    ----------
    problem : MechanicalProblem
    stepper : Stepper
    mesh : StackMesh
    """

    problem: MechanicalProblem
    stepper: Stepper
    mesh: StackMesh

    def interface_snapshots(self) -> tuple[InterfaceSnapshot, ...]:
        """Return the accepted state of all interfaces, bottom to top."""
        displacement = self.problem.displacement
        found = []
        for interface in self.problem.interfaces:
            gap = interface.gaps(displacement)
            found.append(
                InterfaceSnapshot(
                    name=interface.name,
                    points_reference=interface.slave_points.copy(),
                    points=interface.slave_points + displacement[interface.slave_dofs],
                    weights=interface.pairing.weights.copy(),
                    contact_pressure=interface.pressure.copy(),
                    gap=np.where(np.isfinite(gap), gap, np.nan),
                    shear_traction=interface.shear.copy(),
                    slip=interface.total_slip.copy(),
                    in_contact=interface.pressure > 0.0,
                )
            )
        return tuple(found)

    def layer_snapshots(self) -> tuple[LayerSnapshot, ...]:
        """Return the accepted state of all layers, bottom to top."""
        fields = self.problem.bulk.cell_fields()
        displacement = self.problem.displacement[self.problem.bulk.node_dofs]
        found = []
        for index, name in enumerate(self.mesh.layer_names):
            cells = self.mesh.cell_layer == index
            nodes = np.unique(self.mesh.cells[cells])
            found.append(
                LayerSnapshot(
                    name=name,
                    displacement=displacement[nodes],
                    **{key: values[cells] for key, values in fields.items()},
                )
            )
        return tuple(found)

    def max_penetration(self) -> float:
        """Largest overlap at a slave node, weighted over its neighbourhood [um]."""
        worst = 0.0
        for interface in self.problem.interfaces:
            worst = max(
                worst, float(np.max(-interface.gaps(self.problem.displacement), initial=0.0))
            )
        return worst

    def pressure_in_open_gap(self) -> float:
        """Largest pressure at a node that stands open by more than the gap tolerance [MPa]."""
        worst = 0.0
        for interface in self.problem.interfaces:
            is_open = interface.gaps(self.problem.displacement) > interface.settings.gap_tolerance
            worst = max(worst, float(np.max(interface.pressure[is_open], initial=0.0)))
        return worst


def build_press(case: Case, mesh: StackMesh) -> Press:
    """Set up the mechanical problem of a case on its mesh.

    Parameters
    ----------
    case : Case
    mesh : StackMesh

    Returns
    -------
    Press

    Raises
    ------
    MeshError
        For a mesh in space.
    """
    if mesh.dimension != 2:
        raise MeshError(
            f"the mesh of '{case.name}' has {mesh.dimension} dimensions; a press is run on "
            "sections so far, so take cuts of the topographies with .profile()"
        )
    stack = case.stack
    materials = [stack.layer(name).material for name in mesh.layer_names]
    bulk = Bulk(
        mesh.points,
        mesh.cells,
        mesh.cell_layer,
        [material.law for material in materials],
        temperature=case.temperature,
    )
    dofs = bulk.node_dofs
    side_nodes = np.unique(np.concatenate([mesh.boundaries[s].ravel() for s in ("left", "right")]))
    bottom, top = (np.unique(mesh.boundaries[side]) for side in ("bottom", "top"))
    fixed = np.unique(np.concatenate([dofs[bottom, 1], dofs[side_nodes, 0]]))
    supports = Supports(bulk.size, fixed, [dofs[top, 1]])
    largest = max(step.target_pressure or 0.0 for step in case.protocol)
    interfaces = [_interface(case, mesh, bulk, name, largest) for name in mesh.interfaces]
    numerics = case.numerics
    passes = Passes(tolerance=numerics.tolerance, max_iterations=numerics.max_iterations)
    creases = [
        Crease(dofs[face, 0], mesh.points[face, 0], largest)
        for interface in interfaces
        for face in (interface.slave_nodes, interface.master_nodes)
    ]
    problem = MechanicalProblem(bulk, supports, interfaces, passes, creases)
    compliance = 0.0
    for layer, material in zip(mesh.layer_names, materials, strict=True):
        compliance += stack.layer(layer).thickness / material.law.youngs_modulus
    # Only where a face yields under the press does closing decide the size of increments.
    soft = [min(softness(layer.material)[0] for layer in stack.pair(i.name)) for i in interfaces]
    flowing = [i for i, y in zip(interfaces, soft, strict=True) if y < largest] or interfaces
    kind = TimeStepper if bulk.rate_dependent.any() else Stepper
    stepper = kind(
        problem,
        mesh.width,
        _roughness(mesh, [interface.name for interface in flowing]),
        largest,
        flowing,
        SPRING_RATIO * mesh.width / compliance,
        SteppingOptions(max_rejections=numerics.max_rejections),
    )
    return Press(problem, stepper, mesh)


def _roughness(mesh: StackMesh, names: Sequence[str]) -> float:
    """Return the smallest rms gap before the press [um]; a thin one if all faces are flat."""
    heights = [float(np.std(mesh.gap(name)[1])) for name in names]
    return min((h for h in heights if h > 1e-9 * mesh.width), default=1e-2 * mesh.width)


def _interface(
    case: Case, mesh: StackMesh, bulk: Bulk, name: str, largest: float
) -> ContactInterface:
    lower, upper = (layer.material for layer in case.stack.pair(name))
    law = case.stack.interface(name)
    faces = mesh.interfaces[name]
    # The softer body is the slave: its mesh is finer and it takes the shape of the other one.
    upward = softness(lower) < softness(upper)
    slave, master = faces.nodes("lower"), faces.nodes("upper")
    if not upward:
        slave, master = master, slave
    points = mesh.points
    edge = float(np.diff(points[slave, 0]).mean())
    yield_stress, modulus = softness(lower if upward else upper)
    rms = max(float(np.std(points[nodes, 1])) for nodes in (slave, master))
    tolerance = (
        case.numerics.gap_tolerance * rms if rms > 1e-9 * edge else FLAT_GAP_TOLERANCE * edge
    )
    stiffness = modulus / edge
    if yield_stress < largest:
        # asperities flow: a soft augmentation, above all against slip, saves changes of status
        penalty = max(stiffness, min(6.0 * yield_stress / tolerance, STIFF * stiffness))
        shear_penalty = SOFT * stiffness
    else:
        penalty, shear_penalty = STIFF * stiffness, stiffness
    settings = ContactSettings(
        friction=law.friction,
        shear_cap=case.stack.shear_limit(name),
        penalty=penalty,
        shear_penalty=shear_penalty,
        gap_tolerance=tolerance,
    )
    options: dict[str, Any] = {"left_wall": True, "right_wall": True}
    return ContactInterface(
        name, slave, master, bulk.node_dofs, points, upward=upward, settings=settings, **options
    )
