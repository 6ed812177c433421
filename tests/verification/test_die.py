"""Pellets in a die whose wall rubs: Janssen's decay, balance of forces, uniform without."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import driving
import numpy as np
import pytest
from pellets import HARD, HEIGHT, POWDER, RADIUS, follow, layer, pellet, press_of

from interfacefem.drive.press import Press
from interfacefem.materials import Elastic, J2Plastic, LinearHardening
from interfacefem.meshing.faces import nodal_areas

Record = Callable[[str, float, float, str], None]

AREA = np.pi * RADIUS**2


def balance(press: Press) -> float:
    forces = press.die_forces()
    assert forces is not None
    return abs(forces.punch - forces.bottom - forces.wall_friction)


def axial_means(press: Press) -> np.ndarray:
    """Mean axial stress of each row of cells of a single layer, bottom to top."""
    corners = press.mesh.points[press.mesh.cells]
    low = np.round(corners[..., 1].min(axis=1), 9)
    rings = corners[..., 0].max(axis=1) ** 2 - corners[..., 0].min(axis=1) ** 2
    stress = press.problem.bulk.cell_fields()["stress"][:, 1]
    heights, row = np.unique(low, return_inverse=True)
    return np.bincount(row, stress * rings) / np.bincount(row, rings) * np.ones(len(heights))


def test_smooth_wall_leaves_the_powder_uniform(record: Record) -> None:
    press = press_of(pellet(layer("powder", POWDER), friction=0.0))
    follow(press, 150.0)
    stress = press.problem.bulk.cell_fields()["stress"]
    spread = np.ptp(stress[:, 1]) / abs(stress[:, 1].mean())
    record("die without friction: spread of the axial stress", spread, 1e-6, "uniform")
    error = abs(150.0 / -stress[:, 1].mean() - 1.0)
    record("die without friction: force over area against stress", error, 1e-6, "uniform")
    ratio = float((stress[:, 0] / stress[:, 1]).mean())
    record("die without friction: ratio of stresses", abs(ratio / 0.5 - 1.0), 0.01, "calibration")


@pytest.fixture(scope="module")
def rubbed() -> Press:
    press = press_of(pellet(layer("powder", POWDER), friction=0.25, edge=0.625))
    follow(press, 268.0, watch=lambda: balanced(press, 268.0))
    return press


def balanced(press: Press, largest: float) -> None:
    assert balance(press) < 1e-8 * largest * AREA
    assert all(np.all(surface.normal >= 0.0) for surface in press.problem.rigid_surfaces)


def test_janssen_decay_along_the_wall(rubbed: Press, record: Record) -> None:
    friction = 0.25
    forces = rubbed.die_forces()
    assert forces is not None
    record("die with friction: punch - bottom - wall", balance(rubbed) / forces.punch, 1e-8,
           "balance of forces")  # fmt: skip
    wall = rubbed.problem.rigid_surfaces[0]
    assert np.all(np.abs(wall.shear) <= friction * wall.normal * (1.0 + 1e-12))
    # all slides but the node on the fixed punch
    sliding = np.abs(wall.shear) > friction * wall.normal * (1.0 - 1e-9)
    assert sliding.sum() >= len(sliding) - 1
    # Janssen's ratio of wall pressure to mean axial stress, from the forces on the wall: between
    # the punches the mean stress falls exponentially, so that its mean is the logarithmic one
    height = HEIGHT - rubbed.closure
    top, bottom = forces.punch / AREA, forces.bottom / AREA
    pressure = forces.wall / (2.0 * np.pi * RADIUS * height)
    mean = (top - bottom) / np.log(top / bottom)
    ratio = 2.0 * friction * (pressure / mean) / RADIUS
    record("Janssen, transmitted to the bottom",
           abs(bottom / top / np.exp(-ratio * height) - 1.0), 0.02, "Janssen")  # fmt: skip
    rows = -axial_means(rubbed)
    z = (np.arange(len(rows)) + 0.5) / len(rows) * height
    janssen = top * np.exp(-ratio * (height - z))
    record(
        "Janssen, mean axial stress along the height",
        float(np.abs(rows / janssen - 1.0)[1:-1].mean()),
        0.02,
        "Janssen (1895)",
    )
    assert 0.6 < bottom / top < 0.85


def test_release_reverses_the_friction_and_ejection_frees_the_body(
    rubbed: Press, record: Record
) -> None:
    follow(rubbed, 5.0, watch=lambda: balanced(rubbed, 268.0))
    forces = rubbed.die_forces()
    assert forces is not None
    assert forces.wall_friction < 0.0  # the wall holds back what springs up
    assert forces.wall > 0.0  # residual pressure of the wall
    # a punch that does not pull has lifted off where the wall holds the rim down
    assert rubbed.problem.rigid_surfaces[1].normal.min() == 0.0
    dofs = rubbed.problem.bulk.node_dofs
    edge = rubbed.mesh.boundary_nodes("right")
    held = rubbed.problem.displacement[dofs[edge, 0]].copy()
    rubbed.eject()
    assert rubbed.ejected
    assert rubbed.die_forces() is None
    spring = rubbed.problem.displacement[dofs[edge, 0]] - held
    assert np.all(spring > 0.0)  # wider than the die
    # No node needs a force, not even the one that holds it; the axis bears its hoop stress. What
    # the powder has loosened in the last increment makes it softer only now.
    left = rubbed.problem.unbalanced()
    off_axis = rubbed.mesh.points[:, 0] > 1e-9
    free = np.append(dofs[:, 1], dofs[off_axis, 0])
    record("ejected: force left on any node over that of the press",
           np.abs(left[free]).max() / (268.0 * AREA), 2e-6, "balance")  # fmt: skip
    # nothing acts on it any more, so that every section has no mean axial stress; what is left is
    # residual stress, since it was not pressed evenly
    inside = np.abs(rubbed.problem.bulk.cell_fields()["stress"]).max()
    assert inside > 1.0
    mean = np.abs(axial_means(rubbed)).max() / inside
    record("ejected: mean axial stress in any section over the largest", mean, 0.1, "no load")


@pytest.mark.slow
def test_transmitted_pressure_converges_with_the_mesh(record: Record) -> None:
    found = []
    for edge in (2.5, 1.25, 0.625):
        press = press_of(pellet(layer("powder", POWDER), friction=0.25, edge=edge))
        follow(press, 120.0)
        forces = press.die_forces()
        assert forces is not None
        found.append(forces.bottom / forces.punch)
    first, second = (abs(b - a) for a, b in itertools.pairwise(found))
    record("die, halved mesh: change of the transmitted part over the one before",
           second / first, 0.7, "convergence")  # fmt: skip
    record("die, finest mesh: last change of the transmitted part", second, 0.015, "convergence")


@pytest.mark.parametrize("friction", [0.0, 0.25])
def test_unmoved_punch_changes_nothing(friction: float) -> None:
    press = press_of(pellet(layer("powder", POWDER), friction=friction, edge=2.5))
    follow(press, 60.0)
    before = press.closure, press.problem.bulk.state.copy()
    driving.hold(press, press.memory.time + 1.0)
    # gaps are closed to 1e-7 of the radius
    assert press.closure == pytest.approx(before[0], rel=5e-7)
    np.testing.assert_allclose(press.problem.bulk.state, before[1], rtol=0.0, atol=5e-8)


@pytest.mark.parametrize("thick", [2.5, 3.0])
def test_powders_in_a_smooth_die_pass_the_patch_test(thick: float, record: Record) -> None:
    press = press_of(
        pellet(
            layer("lower", POWDER, thick),
            layer("upper", HARD, 2.0),
            friction=0.0,
            tolerance=1e-9,
        )
    )
    attempts = follow(press, 300.0)
    # uneven meshes meet, and rings are uneven weights
    interface = press.problem.interfaces[0]
    assert len(interface.slave_nodes) != len(interface.master_nodes)
    error = np.abs(interface.pressure / 300.0 - 1.0).max()
    record(f"patch test of rings, {thick:g} um: contact pressure", error, 1e-6, "uniform")
    axial = press.problem.bulk.cell_fields()["stress"][:, 1]
    record(f"patch test of rings, {thick:g} um: axial stress", np.abs(axial / -300.0 - 1.0).max(),
           1e-6, "uniform")  # fmt: skip
    assert attempts[-1].balance < 1e-8


def test_solids_in_a_smooth_die_pass_the_patch_test(record: Record) -> None:
    soft, hard = Elastic("5 GPa", 0.36), Elastic("30 GPa", 0.2)
    # the gap of the wall that is tolerated costs stress, so it is a small one
    press = press_of(
        pellet(
            layer("lower", soft, 2.5),
            layer("upper", hard, 2.0),
            friction=0.0,
            tolerance=1e-11,
            gap_tolerance=1e-8,
        )
    )
    follow(press, 100.0)
    interface = press.problem.interfaces[0]
    assert interface.slave_points[0, 0] == 0.0
    error = np.abs(interface.pressure / 100.0 - 1.0).max()
    record("elastic rings in a die: contact pressure, on the axis too", error, 1e-8, "uniform")
    bottom = press.mesh.boundary_nodes("bottom")
    force = press.problem.inner[press.problem.bulk.node_dofs[bottom, 1]]
    moved = press.mesh.points + press.problem.displacement[press.problem.bulk.node_dofs]
    order = np.argsort(moved[bottom, 0])
    edges = np.column_stack([bottom[order][:-1], bottom[order][1:]])
    share = nodal_areas(moved, edges, axisymmetric=True)[bottom]
    error = np.abs(force / share / 100.0 - 1.0).max()
    record("elastic rings in a die: nodal forces on the bottom", error, 1e-8, "uniform")


def test_metal_in_a_die_follows_the_oedometer(record: Record) -> None:
    """Formula 22: beyond yield the stresses differ by the yield stress of a perfect plastic."""
    law = J2Plastic("5 GPa", 0.36, "1 MPa", LinearHardening("0 MPa"))
    press = press_of(pellet(layer("lithium", law, 4.0), friction=0.0))
    follow(press, 50.0)
    stress = press.problem.bulk.cell_fields()["stress"]
    # Kirchhoff stress yields, so that the volume of a compressed ring counts: K ln J = mean stress
    volume = np.exp(stress[:, :3].mean() / law.bulk_modulus)
    error = np.abs(stress[:, 0] - stress[:, 1] - 1.0 / volume).max()
    # the wall gives way by the gap tolerance of 1e-7 radii, a strain that costs E times as much
    record("die, J2: radial minus axial stress over the yield stress", error, 5e-4, "oedometer")
    wall = press.problem.rigid_surfaces[0].normal.sum()
    height = 4.0 - press.closure
    record("die, J2: force of the wall",
           abs(wall / (2.0 * np.pi * RADIUS * height * (50.0 - 1.0 / volume)) - 1.0),
           1e-5, "oedometer")  # fmt: skip
