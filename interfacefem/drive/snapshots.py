# SPDX-License-Identifier: MIT
"""Accepted states of a press as plain arrays for the results.

What is not in the die yet is written as well, so that every increment of a run has the same parts:
an interface that is not there carries no pressure and has no gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.meshing.measures import cell_measures, nodal_areas
from interfacefem.results.snapshot import InterfaceSnapshot, LayerSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from interfacefem.describe.stack import Layer
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


def interface_snapshots(
    problem: MechanicalProblem, interfaces: Iterable[ContactInterface]
) -> tuple[InterfaceSnapshot, ...]:
    """Return the accepted state of interfaces, of which the problem has all or a part."""
    return tuple(
        _present(interface, problem.displacement)
        if interface in problem.interfaces
        else _absent(interface, problem.displacement)
        for interface in interfaces
    )


def _present(interface: ContactInterface, displacement: Array) -> InterfaceSnapshot:
    gap = interface.gaps(displacement)
    bonds, bond = interface.bonds, interface.bond_tractions(displacement)
    shear = interface.shear
    adhesion: dict[str, Any] = {}
    if bonds is not None and bond is not None:
        shear = shear - bond.shear.reshape(shear.shape)
        adhesion = {
            "damage": bonds.damage.copy(),
            "bonded": bonds.share.copy(),
            "adhesion": bond.normal,
            "mode_mix": bonds.mode.copy(),
            "separation_energy": bonds.dissipated.copy(),
        }
    return InterfaceSnapshot(
        name=interface.name,
        points_reference=interface.slave_points.copy(),
        points=interface.slave_points + displacement[interface.slave_dofs],
        weights=interface.pairing.weights.copy(),
        contact_pressure=interface.pressure.copy(),
        gap=np.where(np.isfinite(gap), gap, np.nan),
        shear_traction=shear.copy(),
        slip=interface.total_slip.copy(),
        in_contact=interface.pressure > 0.0,
        removed=interface.removed.copy() if interface.removed.any() else None,
        **adhesion,
    )


def _absent(interface: ContactInterface, displacement: Array) -> InterfaceSnapshot:
    points = interface.slave_points
    zero = np.zeros(len(points))
    return InterfaceSnapshot(
        name=interface.name,
        points_reference=points.copy(),
        points=points + displacement[interface.slave_dofs],
        weights=nodal_areas(points, interface.slave_faces, axisymmetric=interface.axisymmetric),
        contact_pressure=zero,
        gap=np.full(len(points), np.nan),
        shear_traction=np.zeros_like(interface.shear),
        slip=zero,
        in_contact=zero > 0.0,
        present=False,
    )


def max_penetration(problem: MechanicalProblem) -> float:
    """Largest overlap at a slave node, weighted over its neighbourhood [um]."""
    worst = 0.0
    for interface in problem.interfaces:
        worst = max(worst, float(np.max(-interface.gaps(problem.displacement), initial=0.0)))
    return worst


def pressure_in_open_gap(problem: MechanicalProblem) -> float:
    """Largest pressure at a node that stands open by more than the gap tolerance [MPa]."""
    worst = 0.0
    for interface in problem.interfaces:
        is_open = interface.gaps(problem.displacement) > interface.settings.gap_tolerance
        worst = max(worst, float(np.max(interface.pressure[is_open], initial=0.0)))
    return worst


def layer_snapshots(
    problem: MechanicalProblem,
    mesh: StackMesh,
    layers: Mapping[str, Layer],
    present: Iterable[str],
) -> tuple[LayerSnapshot, ...]:
    """Return the accepted state of all layers of a mesh, with the density of powders."""
    fields: dict[str, Any] = dict(problem.bulk.cell_fields())
    displacement = problem.displacement[problem.bulk.node_dofs]
    axisymmetric = problem.bulk.kinematics.axisymmetric
    before, after = (
        cell_measures(points, mesh.cells, axisymmetric=axisymmetric)
        for points in (mesh.points, mesh.points + displacement)
    )
    there = set(present)
    found = []
    for name in mesh.layer_names:
        cells = mesh.layer_cells(name)
        loose = getattr(layers[name].material.law, "relative_density", None)
        found.append(
            LayerSnapshot(
                name=name,
                displacement=displacement[mesh.layer_nodes(name)],
                # mass is kept: cells become denser as they become smaller
                relative_density=None if loose is None else loose * (before / after)[cells],
                present=name in there,
                **{key: values[cells] for key, values in fields.items()},
            )
        )
    return tuple(found)
