"""Bodies of revolution: independent assembly, closed forms of Hencky, Lamé and Hill."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.linalg import logm

import meshes
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits, Load, MechanicalProblem
from interfacefem.materials.models import Elastic, J2Plastic, LinearHardening
from interfacefem.reference import voids

Record = Callable[[str, float, float, str], None]

LITHIUM = J2Plastic(5000.0, 0.36, 0.8, LinearHardening(20.0))
CERAMIC = Elastic(1e5, 0.2)
SOFT = Elastic(5000.0, 0.36)


def distorted(laws: tuple[Elastic, ...]) -> tuple[Bulk, np.ndarray, np.ndarray, np.ndarray]:
    """4 x 3 distorted cells between the radii 1 and 5, with the laws spread over them."""
    rng = np.random.default_rng(1)
    body = meshes.block(np.linspace(1.0, 5.0, 5), np.linspace(0.0, 1.0, 4), 0.0, 3.0)
    points = body.points + 0.15 * rng.uniform(-1.0, 1.0, body.points.shape)
    law = rng.integers(0, len(laws), len(body.cells))
    return Bulk(points, body.cells, law, laws, axisymmetric=True), points, body.cells, law


def random_field(bulk: Bulk, seed: int, size: float) -> np.ndarray:
    return size * np.random.default_rng(seed).uniform(-1.0, 1.0, bulk.size)


def isochoric_piola(f: np.ndarray, law: Elastic) -> np.ndarray:
    """First Piola stress of the deviator of Hencky's elasticity, by matrix functions."""
    strain = 0.5 * logm(f @ f.T).real
    tau = 2.0 * law.shear_modulus * (strain - np.trace(strain) / 3.0 * np.eye(3))
    return tau @ np.linalg.inv(f).T


def independent_forces(
    points: np.ndarray, cells: np.ndarray, laws: list[Elastic], u: np.ndarray
) -> np.ndarray:
    """Internal forces (nodes, 2) by a plain loop over 2x2 points; one pressure a cell."""
    corner = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    forces = np.zeros_like(points)
    for nodes, law in zip(cells, laws, strict=True):
        volumes, pushes = np.zeros(2), np.zeros((4, 2))
        for place in corner / np.sqrt(3.0):
            shape = 0.25 * (1.0 + place[0] * corner[:, 0]) * (1.0 + place[1] * corner[:, 1])
            slope = 0.25 * corner * (1.0 + place[::-1] * corner[:, ::-1])
            for moved in (0, 1):
                positions = points[nodes] + moved * u[nodes]
                jacobian = positions.T @ slope
                gradient = slope @ np.linalg.inv(jacobian)
                radius = shape @ positions[:, 0]
                volume = np.linalg.det(jacobian) * 2.0 * np.pi * radius
                volumes[moved] += volume
                if moved:  # the divergence of a motion of the nodes, over the deformed cell
                    pushes += volume * gradient
                    pushes[:, 0] += volume * shape / radius
                    continue
                f = np.eye(3)
                f[:2, :2] += u[nodes].T @ gradient
                f[2, 2] += shape @ u[nodes, 0] / radius
                stress = isochoric_piola(f, law)
                forces[nodes] += volume * gradient @ stress[:2, :2].T
                forces[nodes, 0] += volume * shape * stress[2, 2] / radius
        ratio = volumes[1] / volumes[0]
        forces[nodes] += law.bulk_modulus * np.log(ratio) / ratio * pushes
    return forces


def test_residual_equals_an_independent_assembly(record: Record) -> None:
    bulk, points, cells, law = distorted((CERAMIC, SOFT))
    u = random_field(bulk, 2, 0.1)
    expected = independent_forces(
        points, cells, [(CERAMIC, SOFT)[k] for k in law], u[bulk.node_dofs]
    )
    measured = bulk.residual(u)[bulk.node_dofs]
    error = np.abs(measured - expected).max() / np.abs(expected).max()
    record(
        "axisymmetric, internal forces: against a plain loop", error, 1e-11, "independent assembly"
    )


def test_residual_is_the_derivative_of_the_energy(record: Record) -> None:
    bulk, *_ = distorted((CERAMIC, SOFT))
    u, du = random_field(bulk, 3, 0.1), random_field(bulk, 4, 1.0)

    def energy(field: np.ndarray) -> float:
        assert bulk.residual(field) is not None
        return bulk.accept().elastic

    h = 1e-4  # Richardson: error of fourth order
    coarse = (energy(u + h * du) - energy(u - h * du)) / (2.0 * h)
    fine = (energy(u + 0.5 * h * du) - energy(u - 0.5 * h * du)) / h
    exact = bulk.residual(u) @ du
    error = abs((4.0 * fine - coarse) / 3.0 / exact - 1.0)
    record("axisymmetric, internal forces: derivative of the energy", error, 1e-8, "differences")


@pytest.mark.parametrize("laws", [(CERAMIC, SOFT), (LITHIUM, CERAMIC)], ids=["elastic", "plastic"])
def test_tangent_is_the_derivative_of_the_residual(
    laws: tuple[Elastic, ...], record: Record
) -> None:
    bulk, *_ = distorted(laws)
    plastic = LITHIUM in laws
    u = random_field(bulk, 5, 0.1)
    if plastic:  # from a state that has flowed, on to one that flows at most points
        bulk.residual(u)
        bulk.accept()
        u = u + random_field(bulk, 6, 0.02)
    du = random_field(bulk, 7, 1.0)
    bulk.residual(u, tangent=True, primal_dual=False)
    indptr, indices, values = bulk.jacobian().getValuesCSR()
    tangent = sp.csr_matrix((values, indices, indptr))
    assert abs(tangent - tangent.T).max() <= 1e-9 * abs(tangent).max()
    h = 1e-7 if plastic else 1e-6
    numeric = (bulk.residual(u + h * du) - bulk.residual(u - h * du)) / (2.0 * h)
    error = np.abs(tangent @ du - numeric).max() / np.abs(numeric).max()
    name = "plastic" if plastic else "elastic"
    record(f"axisymmetric, assembled tangent, {name}, random field", error, 1e-6, "differences")


def test_motion_along_the_axis_gives_no_force() -> None:
    bulk, *_ = distorted((LITHIUM, CERAMIC))
    u = np.zeros(bulk.size)
    u[bulk.node_dofs[:, 1]] = 3.0
    assert np.abs(bulk.residual(u)).max() < 1e-8


def compressed(cells: int, distortion: float) -> tuple[float, float]:
    """Relative errors of the force and, largest, of the axial stress of a column without walls."""
    body = meshes.block(
        np.linspace(0.0, 3.0, cells + 1), np.linspace(0.0, 1.0, cells + 1), 0.0, 3.0
    )
    points = body.points.copy()
    inner = np.all((points > 1e-9) & (points < 3.0 - 1e-9), axis=1)
    push = np.random.default_rng(0).uniform(-1.0, 1.0, points.shape)
    points[inner] += distortion * 3.0 / cells * push[inner]
    bulk = Bulk(points, body.cells, np.zeros(len(body.cells), int), [SOFT], axisymmetric=True)
    d = bulk.node_dofs
    fixed = np.concatenate([d[body.bottom, 1], d[body.left, 0]])
    problem = MechanicalProblem(
        bulk,
        Supports(bulk.size, fixed, [d[body.top, 1]]),
        limits=AugmentationLimits(tolerance=1e-11),
    )
    attempt = problem.attempt(Load(stiffness=1e9, target=-0.15, floor=1.0))
    assert not attempt.failure
    problem.accept(attempt)
    stretch = 1.0 + problem.platen / 3.0
    # Hencky's column: tau = E ln(stretch), and the volume is stretch^(1 - 2 nu)
    force = -SOFT.youngs_modulus * np.log(stretch) / stretch * np.pi * 9.0
    cauchy = SOFT.youngs_modulus * np.log(stretch) * stretch ** (2.0 * SOFT.poissons_ratio - 1.0)
    axial = bulk.cell_fields()["stress"][:, 1]
    return abs(attempt.force / force - 1.0), float(np.abs(axial / cauchy - 1.0).max())


def test_column_is_uniform_on_rectangles(record: Record) -> None:
    force, stress = compressed(4, 0.0)
    record("compressed cylinder, 5 %: force", force, 1e-10, "E ln(stretch), logarithmic strain")
    record("compressed cylinder, 5 %: stress in each cell", stress, 1e-10, "uniform")


def test_column_is_uniform_on_distorted_cells(record: Record) -> None:
    force, stress = compressed(4, 0.15)
    name = "compressed cylinder, cells distorted by 15 %"
    record(f"{name}: force", force, 1e-8, "E ln(stretch)")
    record(f"{name}: stress in each cell", stress, 1e-8, "uniform")


def shell_problem(
    law: Elastic, cells: int, tolerance: float = 1e-8
) -> tuple[MechanicalProblem, meshes.Block]:
    body = meshes.quarter_ring(1.0, 2.0, cells, cells)
    bulk = Bulk(body.points, body.cells, np.zeros(len(body.cells), int), [law], axisymmetric=True)
    d = bulk.node_dofs
    # columns run from the x axis (the equator) to the axis of revolution
    fixed = np.concatenate([d[body.left, 1], d[body.right, 0]])
    limits = AugmentationLimits(tolerance=tolerance)
    return MechanicalProblem(bulk, Supports(bulk.size, fixed, []), limits=limits), body


@pytest.mark.parametrize("poisson", [0.3, 0.4999])
def test_shell_of_lame(poisson: float, record: Record) -> None:
    # the pole, where cells of a ring have a corner on the axis, is the worst node by far
    law = Elastic(1e4, poisson)
    exact = voids.shell_displacement(1.0, 1.0, 2.0, 1.0, 1e4, poisson)
    errors = []
    for cells in (8, 16):
        problem, body = shell_problem(law, cells, tolerance=1e-7)
        load = meshes.ring_pressure(problem.bulk, body.points, body.bottom, -1.0)
        attempt = problem.attempt(Load(nodal=load))
        assert not attempt.failure, attempt.failure
        place = body.points[body.bottom]
        u = attempt.displacement[problem.bulk.node_dofs[body.bottom]]
        radial = np.sum(u * place, axis=1) / exact - 1.0
        # by area; finite strain moves the result by 2e-4
        errors.append((abs(float(place[:, 0] @ radial / place[:, 0].sum())), abs(radial[-1])))
    name = f"Lamé's sphere, nu = {poisson:g}, 16 cells: displacement of the inside"
    origin = "Timoshenko and Goodier (1970), 136"
    record(f"{name}, mean", errors[1][0], 3e-3, origin)
    record(f"{name}, at the pole", errors[1][1], 0.03, origin)
    assert errors[1][0] < 0.4 * errors[0][0]  # second order in the mean, up to finite strain
    assert errors[1][1] < 0.5 * errors[0][1]  # first order at the pole


def test_shell_of_lame_in_a_fluid(record: Record) -> None:
    # a thick sphere with a void, pressed from outside as in an isostatic press
    law, pressure = Elastic(1e4, 0.3), 1.0
    problem, body = shell_problem(law, 16, tolerance=1e-7)
    load = meshes.ring_pressure(problem.bulk, body.points, body.top[::-1], -pressure)
    attempt = problem.attempt(Load(nodal=load))
    assert not attempt.failure, attempt.failure
    place = body.points[body.bottom]
    u = attempt.displacement[problem.bulk.node_dofs[body.bottom]]
    # the inside moves by -(3/2) (1 - nu) p a b^3 / (E (b^3 - a^3))
    exact = -1.5 * 0.7 * pressure / 1e4 * 8.0 / 7.0
    radial = np.sum(u * place, axis=1) / exact - 1.0
    error = abs(float(place[:, 0] @ radial / place[:, 0].sum()))
    origin = "Timoshenko and Goodier (1970), 136"
    record("Lamé's sphere in a fluid, 16 cells: displacement of the inside", error, 1e-2, origin)


def test_cylinder_of_lame(record: Record) -> None:
    law = Elastic(1e4, 0.3)
    errors = []
    for cells in (8, 16):
        body = meshes.block(np.linspace(1.0, 2.0, cells + 1), np.array([0.0, 1.0]), 0.0, 0.5)
        bulk = Bulk(
            body.points, body.cells, np.zeros(len(body.cells), int), [law], axisymmetric=True
        )
        d = bulk.node_dofs
        fixed = np.concatenate([d[body.bottom, 1], d[body.top, 1]])
        problem = MechanicalProblem(
            bulk, Supports(bulk.size, fixed, []), limits=AugmentationLimits(tolerance=1e-8)
        )
        load = meshes.ring_pressure(bulk, body.points, body.left[::-1], 0.01)
        attempt = problem.attempt(Load(nodal=load))
        assert not attempt.failure
        exact = voids.ring_displacement(0.01, 1.0, 2.0, 1.0, 1e4, 0.3)
        errors.append(abs(attempt.displacement[d[body.left[0], 0]] / exact - 1.0))
    record(
        "Lamé's cylinder, 16 cells: displacement of the inside",
        errors[1],
        1e-3,
        "Timoshenko and Goodier (1970), 28",
    )
    assert errors[1] < 0.3 * errors[0]


@pytest.mark.parametrize("poisson", [0.3, 0.4999])
def test_limit_pressure_of_a_thick_cylinder(poisson: float, record: Record) -> None:
    law = J2Plastic(2e5, poisson, 1.0)
    errors = []
    for cells in (8, 16):
        body = meshes.block(np.linspace(1.0, 2.0, cells + 1), np.linspace(0.0, 1.0, 3), 0.0, 0.3)
        bulk = Bulk(
            body.points, body.cells, np.zeros(len(body.cells), int), [law], axisymmetric=True
        )
        d = bulk.node_dofs
        fixed = np.concatenate([d[body.bottom, 1], d[body.top, 1]])
        inside = np.flatnonzero(body.points[:, 0] == 1.0)
        limits = AugmentationLimits(tolerance=1e-7)
        supports = Supports(bulk.size, fixed, [d[inside, 0]])
        problem = MechanicalProblem(bulk, supports, limits=limits)
        reached = []
        for outwards in (2e-5, 2e-4, 1e-3):
            attempt = problem.attempt(Load(stiffness=1e9, target=outwards, floor=1.0))
            assert not attempt.failure, attempt.failure
            problem.accept(attempt)
            reached.append(-attempt.force / (2.0 * np.pi * 0.3 * (1.0 + problem.platen)))
        assert reached[2] < 1.003 * reached[1]  # a plateau: the mesh does not lock
        a = 1.0 + problem.platen
        b = np.sqrt(3.0 + a**2)  # plastic flow keeps the volume
        errors.append(abs(reached[2] / (2.0 / np.sqrt(3.0) * np.log(b / a)) - 1.0))
    record(
        f"thick cylinder, nu = {poisson:g}, 16 cells: limit pressure",
        errors[1],
        5e-3,
        "2 Y / sqrt 3 ln(b / a)",
    )
    assert errors[1] < 0.5 * errors[0]


def test_shell_of_hill(record: Record) -> None:
    # yield strain 5e-5 keeps strains small; Hill's shell is exact for any Poisson's ratio
    law = J2Plastic(2e4, 0.3, 1.0)
    cells = 20
    problem, body = shell_problem(law, cells)
    worst = 0.0
    for front in (1.05, 1.2, 1.4, 1.6, 1.8):
        pressure = voids.plastic_shell_pressure(front, 1.0, 2.0, 1.0)
        load = meshes.ring_pressure(problem.bulk, body.points, body.bottom, -pressure)
        attempt = problem.attempt(Load(nodal=load))
        assert not attempt.failure, attempt.failure
        problem.accept(attempt)
        # outside the front sigma_hoop is (2 Y / 3) (c/b)^3 (1 + b^3 / 2 r^3)
        hoop = problem.bulk.cell_fields()["stress"].reshape(cells, cells, 4)[-1, :, 2]
        radius = 2.0 - 0.5 / cells
        at_centre = 2.0 / 3.0 / 8.0 * (1.0 + 0.5 * 8.0 / radius**3)
        measured = (hoop.mean() / at_centre) ** (1.0 / 3.0)
        reached = voids.plastic_shell_pressure(measured, 1.0, 2.0, 1.0)
        worst = max(worst, abs(reached / pressure - 1.0))
    record("Hill's sphere: pressure at a front", worst, 0.01, "Hill (1950), V.2")
