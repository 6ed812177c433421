"""Constant stress through non-matching interfaces: flat, inclined and curved.

The exact solutions are homogeneous deformations, so every number here is a difference from a
closed form of finite deformation, not from a fine mesh.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import meshes
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.mechanics import Load
from interfacefem.materials.models import Elastic, J2Plastic, LinearHardening

LITHIUM = J2Plastic(5000.0, 0.36, 0.8, LinearHardening(1.0))
CERAMIC = Elastic(1e5, 0.2)
Record = Callable[[str, float, float, str], None]


def flat_pair(slave_above: bool, laws: tuple[object, object] = (CERAMIC, LITHIUM)) -> meshes.Pair:
    """Lower block with 7 and upper block with 11 columns, between side walls."""
    eta = np.linspace(0.0, 1.0, 4)
    lower = meshes.block(np.linspace(0.0, 10.0, 8), eta, 0.0, 5.0)
    upper = meshes.block(np.linspace(0.0, 10.0, 12), eta, 5.0, 9.0, len(lower.points))
    settings = ContactSettings(shear_penalty=0.1, penalty=1500.0, gap_tolerance=1e-9)
    return meshes.pair(
        lower, upper, laws, settings, upper_is_slave=slave_above, limits=meshes.EXACT
    )


@pytest.mark.parametrize("slave_above", [True, False])
def test_flat_interface_carries_uniform_pressure(slave_above: bool, record: Record) -> None:
    # origin of the exact value: equilibrium, p = F / L; the width is fixed by the walls
    model = flat_pair(slave_above)
    worst = 0.0
    for pressure in (1.0, 20.0, 60.0, 187.0, 60.0, 5.0, 60.0, 187.0):
        model.step(Load(force=10.0 * pressure))
        worst = max(worst, float(np.abs(model.interface.pressure / pressure - 1.0).max()))
    assert model.bulk.alpha.max() > 1e-3  # the lithium has yielded: the test is not an elastic one
    side = "above" if slave_above else "below"
    record(
        f"patch test, flat, elastic on plastic, slave {side}: pressure", worst, 1e-8, "equilibrium"
    )


def hydrostatic(law: Elastic, contraction: float) -> float:
    """Nominal stress [MPa] that contracts a body by a factor in the plane, none along depth."""
    strain = np.log(1.0 - contraction)
    bulk, shear = law.bulk_modulus, law.shear_modulus
    return -(bulk * 2.0 * strain + 2.0 * shear * strain / 3.0) / (1.0 - contraction)


def squeezed_pair(
    law: Elastic,
    face: Callable[[np.ndarray], np.ndarray],
    columns: tuple[int, int],
    rows: int,
    tolerance: float,
) -> tuple[meshes.Pair, np.ndarray]:
    """Two bodies of one law, free at the sides, under the same pressure all around.

    The state is isotropic in the plane for an interface of any shape. Returns the pair and the
    dead load of unit nominal pressure on the sides.
    """
    eta = np.linspace(0.0, 1.0, rows + 1)
    lower = meshes.block(np.linspace(0.0, 10.0, columns[0] + 1), eta, 0.0, face)
    upper = meshes.block(np.linspace(0.0, 10.0, columns[1] + 1), eta, face, 10.0, len(lower.points))
    settings = ContactSettings(
        shear_penalty=0.1, penalty=3.0 * law.youngs_modulus, gap_tolerance=tolerance
    )
    model = meshes.pair(
        lower,
        upper,
        (law, law),
        settings,
        left_wall=False,
        right_wall=False,
        # the line x = 0 stays where it is; held at one node of each body, so nothing is forced
        fixed=lambda d: np.array([d[lower.bottom[0], 0], d[upper.top[0], 0]]),
        limits=meshes.EXACT,
    )
    load = np.zeros(model.bulk.size)
    for body in (lower, upper):
        load += meshes.face_load(model.bulk, model.points, body.left, (1.0, 0.0))
        load += meshes.face_load(model.bulk, model.points, body.right, (-1.0, 0.0))
    return model, load


def inclined(x: np.ndarray) -> np.ndarray:
    return 5.0 + 0.25 * (x - 5.0)


def test_inclined_interface_is_exact(record: Record) -> None:
    # origin: F = (1 - c) I in the plane is in equilibrium with a uniform nominal pressure
    law = Elastic(5000.0, 0.36)
    model, sides = squeezed_pair(law, inclined, (7, 11), 3, 1e-10)
    worst = 0.0
    for contraction in (0.001, 0.01, 0.03, 0.005):
        nominal = hydrostatic(law, contraction)
        model.step(Load(force=10.0 * nominal, nodal=nominal * sides))
        true = nominal / (1.0 - contraction)
        worst = max(worst, float(np.abs(model.interface.pressure / true - 1.0).max()))
        u = model.problem.displacement[model.bulk.node_dofs]
        np.testing.assert_allclose(u, -contraction * model.points, atol=1e-8)
    record(
        "patch test, inclined interface (slope 0.25): pressure",
        worst,
        1e-8,
        "homogeneous contraction",
    )


def wavy(x: np.ndarray) -> np.ndarray:
    return 5.0 + 0.5 * np.cos(0.2 * np.pi * x)


def curved_error(law: Elastic, refinement: int) -> tuple[float, float]:
    """Relative L2 and largest error of pressure on a curved interface, 8 on 11 edges refined."""
    model, sides = squeezed_pair(law, wavy, (8 * refinement, 11 * refinement), 4 * refinement, 1e-7)
    for contraction in (0.01, 0.02, 0.04):
        nominal = hydrostatic(law, contraction)
        model.step(Load(force=10.0 * nominal, nodal=nominal * sides))
    error = model.interface.pressure * (1.0 - contraction) / nominal - 1.0
    weights = model.weights
    return float(np.sqrt(weights @ error**2 / weights.sum())), float(np.abs(error).max())


def test_curved_interface_converges(record: Record) -> None:
    # The faces are different polylines of one curve, so a first-order error of the pressure is
    # natural: their mismatch in height is of second order, its effect on strain of first.
    law = Elastic(5000.0, 0.36)
    errors = np.array([curved_error(law, n)[0] for n in (1, 2, 4)])
    rate = float(np.log2(errors[1] / errors[2]))
    assert errors[0] < 0.04
    record(
        "curved interface (32 on 44 edges): L2 error of pressure",
        errors[2],
        0.01,
        "homogeneous contraction",
    )
    record("curved interface: 1 - rate of convergence", 1.0 - rate, 0.05, "first order expected")
