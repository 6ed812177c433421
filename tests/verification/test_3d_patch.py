"""Uniform pressure through flat and inclined non-matching interfaces in 3D.

The exact solutions are homogeneous deformations, so every number is a difference from a closed
form of finite deformation.
"""

from __future__ import annotations

from collections.abc import Callable

import meshes_3d
import numpy as np
import pytest

from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.mechanics import AugmentationLimits, Load
from interfacefem.materials.models import Elastic, J2Plastic, LinearHardening

pytestmark = pytest.mark.verification

LITHIUM = J2Plastic(5000.0, 0.36, 0.8, LinearHardening(1.0))
CERAMIC = Elastic(1e5, 0.2)
CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
EXACT = AugmentationLimits(tolerance=1e-10, max_augmentations=30)
Record = Callable[[str, float, float, str], None]


def flat_pair(
    slave_above: bool, laws: tuple[object, object] = (CERAMIC, LITHIUM)
) -> meshes_3d.Pair:
    """Lower box with 5 x 4 and upper box with 7 x 6 columns, between side walls."""
    eta = np.linspace(0.0, 1.0, 4)
    lower = meshes_3d.box(np.linspace(0.0, 10.0, 6), np.linspace(0.0, 8.0, 5), eta, 0.0, 5.0)
    upper = meshes_3d.box(
        np.linspace(0.0, 10.0, 8), np.linspace(0.0, 8.0, 7), eta, 5.0, 9.0, len(lower.points)
    )
    settings = ContactSettings(shear_penalty=0.1, penalty=1500.0, gap_tolerance=1e-9)
    return meshes_3d.pair(lower, upper, laws, settings, upper_is_slave=slave_above, limits=EXACT)


@pytest.mark.parametrize("slave_above", [True, False])
def test_flat_interface_carries_uniform_pressure(slave_above: bool, record: Record) -> None:
    # origin of the exact value: equilibrium, p = F / A; the area is fixed by the walls
    model = flat_pair(slave_above)
    worst = 0.0
    for pressure in (1.0, 20.0, 60.0, 187.0, 60.0, 5.0, 60.0, 187.0):
        attempt = model.step(Load(force=80.0 * pressure))
        # a geometry that is followed but not linearised took more than 25 iterations at 187 MPa
        assert sum(attempt.iterations) <= 10
        worst = max(worst, float(np.abs(model.interface.pressure / pressure - 1.0).max()))
    assert model.bulk.alpha.max() > 1e-3  # the lithium has yielded: the test is not an elastic one
    side = "above" if slave_above else "below"
    record(f"space: patch test, flat, plastic, slave {side}: pressure", worst, 1e-8, "equilibrium")


def hydrostatic(law: Elastic, contraction: float) -> float:
    """Nominal stress [MPa] that contracts a body by a factor in all directions."""
    return -3.0 * law.bulk_modulus * np.log(1.0 - contraction) / (1.0 - contraction)


def side_forces(bulk: Bulk, points: np.ndarray, faces: np.ndarray, axis: int) -> np.ndarray:
    """Dead nodal forces of a unit traction along an axis on plane quadrilaterals."""
    forces = np.zeros(bulk.size)
    corner = points[faces]
    # consistent load of bilinear faces by the 2x2 rule, exact for plane quadrilaterals
    for xi in (-1.0, 1.0):
        for eta in (-1.0, 1.0):
            a, b = xi / np.sqrt(3.0), eta / np.sqrt(3.0)
            shape = 0.25 * np.array(
                [(1 - a) * (1 - b), (1 + a) * (1 - b), (1 + a) * (1 + b), (1 - a) * (1 + b)]
            )
            by_a = 0.25 * CORNERS[:, 0] * (1.0 + b * CORNERS[:, 1])
            by_b = 0.25 * CORNERS[:, 1] * (1.0 + a * CORNERS[:, 0])
            area = np.linalg.norm(
                np.cross(
                    np.einsum("i,kid->kd", by_a, corner), np.einsum("i,kid->kd", by_b, corner)
                ),
                axis=1,
            )
            for i in range(4):
                np.add.at(forces, bulk.node_dofs[faces[:, i], axis], shape[i] * area)
    return forces


def test_inclined_interface_is_exact(record: Record) -> None:
    # origin: F = (1 - c) I is in equilibrium with a uniform nominal pressure on all sides
    law = Elastic(5000.0, 0.36)

    def face(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 5.0 + 0.25 * (x - 5.0) - 0.15 * (y - 4.0)

    eta = np.linspace(0.0, 1.0, 4)
    lower = meshes_3d.box(np.linspace(0.0, 10.0, 6), np.linspace(0.0, 8.0, 5), eta, 0.0, face)
    upper = meshes_3d.box(
        np.linspace(0.0, 10.0, 8), np.linspace(0.0, 8.0, 7), eta, face, 10.0, len(lower.points)
    )
    model = meshes_3d.pair(
        lower,
        upper,
        (law, law),
        ContactSettings(shear_penalty=0.1, penalty=3.0 * law.youngs_modulus, gap_tolerance=1e-10),
        walls=False,
        # two edges of each body stay in their planes, so that nothing moves as a whole
        fixed=lambda d: np.concatenate(
            [
                d[[lower.grid[0, 0, 0], lower.grid[0, -1, 0]], 0],
                d[[upper.grid[0, 0, -1], upper.grid[0, -1, -1]], 0],
                d[[lower.grid[0, 0, 0], upper.grid[0, 0, -1]], 1],
            ]
        ),
        limits=EXACT,
    )
    sides = np.zeros(model.bulk.size)
    for body in (lower, upper):
        for axis in (0, 1):
            for end, sign in ((0, 1.0), (-1, -1.0)):
                faces = meshes_3d.quads(np.take(body.grid, end, axis=axis))
                sides += sign * side_forces(model.bulk, model.points, faces, axis)
    worst = 0.0
    for contraction in (0.001, 0.01, 0.03, 0.005):
        nominal = hydrostatic(law, contraction)
        model.step(Load(force=80.0 * nominal, nodal=nominal * sides))
        true = nominal / (1.0 - contraction) ** 2  # per current area
        worst = max(worst, float(np.abs(model.interface.pressure / true - 1.0).max()))
        u = model.problem.displacement[model.bulk.node_dofs]
        np.testing.assert_allclose(u, -contraction * model.points, atol=1e-7)
    record(
        "space: patch test, inclined interface: pressure", worst, 1e-8, "homogeneous contraction"
    )


def test_work_of_the_platen_is_stored_or_lost_in_flow(record: Record) -> None:
    # conservation of energy; the work is summed by the trapezoidal rule over 40 increments
    lithium = J2Plastic(5000.0, 0.36, 0.8, LinearHardening(30.0))
    model = flat_pair(True, (CERAMIC, lithium))
    rising = np.linspace(0.0, 20.0, 21)[1:]
    for pressure in (*rising, *(21.0 - rising)):
        model.step(Load(force=80.0 * pressure))
    work = model.problem.work
    assert work.plastic > 5.0 * work.elastic
    error = abs((work.elastic + work.plastic) / work.applied - 1.0)
    record("space: energy balance of a plastic cycle, 40 increments", error, 3e-3, "conservation")
