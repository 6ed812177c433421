"""Plastic bodies against closed forms: confined column, Prandtl's punch, Hill's cylinder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import meshes
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits, Load, MechanicalProblem
from interfacefem.materials.models import J2Plastic, LinearHardening, SaturatingHardening
from interfacefem.reference import plasticity

Record = Callable[[str, float, float, str], None]


@pytest.mark.parametrize("hardening", [0.0, 50.0])
def test_confined_column_pressed_and_released(hardening: float, record: Record) -> None:
    # origin: closed form in Kirchhoff stress and logarithmic strain (Hencky elasticity), derived in
    # interfacefem.reference.plasticity; lithium as in methods, pressed to 10 % and released to zero
    law = J2Plastic(5000.0, 0.36, 0.8, LinearHardening(hardening))
    body = meshes.block(np.array([0.0, 1.0, 3.0, 4.0]), np.array([0.0, 0.3, 1.0]), 0.0, 2.0)
    bulk = Bulk(body.points, body.cells, np.zeros(len(body.cells), int), [law])
    d = bulk.node_dofs
    fixed = np.concatenate([d[body.bottom, 1], d[body.left, 0], d[body.right, 0]])
    problem = MechanicalProblem(
        bulk, Supports(bulk.size, fixed, [d[body.top, 1]]), limits=meshes.EXACT
    )
    column = plasticity.ConfinedColumn(law.bulk_modulus, law.shear_modulus, 0.8, hardening)
    path = [-1e-4, -2e-3, -0.03, -0.1]
    path.append(column.strain_at(path, 0.0))
    states = column.along(path)
    assert states[0].plastic_strain == 0.0  # the path starts elastic
    assert states[-1].plastic_strain > states[-2].plastic_strain  # and yields again on release
    worst = dict.fromkeys(("strain", "lateral stress", "plastic strain"), 0.0)
    for strain, state in zip(path, states, strict=True):
        attempt = problem.attempt(Load(force=-4.0 * state.traction, floor=4.0))
        assert not attempt.failure
        problem.accept(attempt)
        fields = bulk.cell_fields()
        lateral = fields["stress"][:, [0, 2]] * np.exp(strain) / state.lateral - 1.0
        measured = np.log(1.0 + problem.platen / 2.0)
        errors = (
            abs(measured / strain - 1.0),
            np.abs(lateral).max(),
            np.abs(fields["plastic_strain"] - state.plastic_strain).max()
            / states[-1].plastic_strain,
        )
        worst = {key: max(worst[key], float(e)) for key, e in zip(worst, errors, strict=True)}
    for name, value in worst.items():
        record(
            f"confined column, H = {hardening:g} MPa: {name}",
            value,
            1e-6,
            "closed form, log strain",
        )


def cylinder(cells: int) -> tuple[float, float]:
    """Relative errors of pressure for a given front and of the front for a given pressure."""
    # nearly incompressible, because Hill's form is exact for an incompressible solid; yield strain
    # 5e-5 keeps strains small
    law = J2Plastic(2e4, 0.49, 1.0)
    exact = plasticity.ThickCylinder(1.0, 2.0, 1.0)
    body = meshes.quarter_ring(1.0, 2.0, cells, cells)
    bulk = Bulk(body.points, body.cells, np.zeros(len(body.cells), int), [law])
    d = bulk.node_dofs
    fixed = np.concatenate([d[body.left, 1], d[body.right, 0]])
    problem = MechanicalProblem(
        bulk, Supports(bulk.size, fixed, []), limits=AugmentationLimits(tolerance=1e-8)
    )
    pressures, fronts = [], []
    for front in (1.05, 1.2, 1.4, 1.6, 1.8):
        load = exact.pressure(front) * meshes.face_pressure(bulk, body.points, body.bottom, -1.0)
        attempt = problem.attempt(Load(nodal=load))
        assert not attempt.failure
        problem.accept(attempt)
        # the hoop stress at the outside of an elastic shell tells where its front is; cell centres
        stress = bulk.cell_fields()["stress"].reshape(cells, cells, 4)[-1]
        total = (stress[:, 0] + stress[:, 1]).mean()  # 2 k c^2/b^2, the same at every radius
        measured = exact.outer * np.sqrt(total / (2.0 * exact.shear_yield))
        fronts.append(abs(measured / front - 1.0))
        pressures.append(abs(exact.pressure(measured) / exact.pressure(front) - 1.0))
        yielded = bulk.cell_fields()["plastic_strain"].reshape(cells, cells).max(axis=1) > 0.0
        # the plastic zone itself ends where it should, to one edge
        assert abs(1.0 + yielded.sum() / cells - front) <= 1.0 / cells
    return max(pressures), max(fronts)


def test_thick_cylinder_of_hill(record: Record) -> None:
    pressure, front = cylinder(20)
    record("Hill's thick cylinder: pressure at a front", pressure, 0.01, "Hill (1950), V.2")
    record("Hill's thick cylinder: elastoplastic radius", front, 0.01, "Hill (1950), V.2")


def punch(
    first: float, columns: tuple[int, int], rows: int, increments: int = 14
) -> tuple[float, float]:
    """Load over Y of a smooth punch of half-width 1 after each of the last two increments.

    Half of a body 6 wide and 4 deep; edges grow away from the corner of the punch.
    """
    law = J2Plastic(1e5, 0.3, 1.0)
    left = 1.0 - meshes.graded(1.0, first, columns[0])[::-1]
    right = 1.0 + meshes.graded(5.0, first, columns[1])
    eta = 1.0 - meshes.graded(4.0, first, rows)[::-1] / 4.0
    body = meshes.block(np.concatenate([left, right[1:]]), eta, 0.0, 4.0)
    bulk = Bulk(body.points, body.cells, np.zeros(len(body.cells), int), [law])
    d = bulk.node_dofs
    under = body.top[body.points[body.top, 0] <= 1.0 + 1e-12]
    fixed = np.concatenate([d[body.bottom].ravel(), d[body.left, 0], d[body.right, 0]])
    problem = MechanicalProblem(bulk, Supports(bulk.size, np.unique(fixed), [d[under, 1]]))
    loads = []
    # a spring much stiffer than the body drives the punch to 120 yield strains of its half-width
    for depth in 1.2e-3 * np.linspace(0.0, 1.0, increments + 1)[1:] ** 1.5:
        attempt = problem.attempt(
            Load(stiffness=1e7, target=-depth - problem.force / 1e7, floor=1e-3)
        )
        assert not attempt.failure, attempt.failure
        problem.accept(attempt)
        loads.append(attempt.force)
    return loads[-2], loads[-1]


@pytest.mark.slow
def test_prandtl_punch_converges_to_the_limit_load(record: Record) -> None:
    # With locking the load rises without a plateau and does not approach the limit under
    # refinement; full integration gave 3.36 at an edge of a quarter (methods A2), with no plateau.
    limit = plasticity.prandtl_pressure(1.0)
    meshes_used = (
        (1 / 8, (5, 10), 10),
        (1 / 16, (8, 16), 16),
        (1 / 32, (12, 22), 22),
        (1 / 64, (18, 30), 30),
    )
    loads = np.array([punch(*mesh) for mesh in meshes_used])
    errors = loads[:, 1] / limit - 1.0
    assert np.all(errors > 0.0)  # an upper bound, as a displacement method gives without locking
    rate = float(np.log2(errors[0] / errors[-1]) / 3.0)
    rise = loads[-1, 1] / loads[-1, 0] - 1.0
    record(
        "Prandtl's punch, finest mesh: limit load",
        errors[-1],
        0.02,
        "Prandtl (1920), (2 + pi) Y / sqrt 3",
    )
    record(
        "Prandtl's punch: rise of the load in the last increment",
        rise,
        1e-3,
        "plateau of perfect plasticity",
    )
    record(
        "Prandtl's punch: 1 - rate of convergence over three halvings",
        1.0 - rate,
        0.25,
        "first order at the corner",
    )


@pytest.mark.parametrize("cells", [8, 16, 32])
def test_saturating_hardening_bounds_the_load_of_a_column(cells: int) -> None:
    # in uniaxial strain tau_axial - tau_lateral is the flow stress, which saturates at 2 MPa
    law = J2Plastic(5000.0, 0.36, 0.8, SaturatingHardening(2.0, 200.0))
    body = meshes.block(np.linspace(0.0, 1.0, 3), np.linspace(0.0, 1.0, 3), 0.0, 1.0)
    bulk = Bulk(body.points, body.cells, np.zeros(len(body.cells), int), [law])
    d = bulk.node_dofs
    fixed = np.concatenate([d[body.bottom, 1], d[body.left, 0], d[body.right, 0]])
    problem = MechanicalProblem(
        bulk, Supports(bulk.size, fixed, [d[body.top, 1]]), limits=meshes.EXACT
    )
    for force in np.linspace(0.0, 900.0, cells + 1)[1:]:
        attempt = problem.attempt(Load(force=force))
        assert not attempt.failure
        problem.accept(attempt)
    fields = bulk.cell_fields()
    jacobian = 1.0 + problem.platen
    np.testing.assert_allclose(
        fields["von_mises_stress"] * jacobian, law.flow_stress(bulk.alpha[0]), rtol=1e-9
    )
    np.testing.assert_allclose(fields["von_mises_stress"] * jacobian, 2.0, rtol=1e-6)
