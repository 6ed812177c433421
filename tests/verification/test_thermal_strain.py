# SPDX-License-Identifier: MIT
"""Thermal strain: free where nothing holds it, the stress of closed forms where something does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
import meshes
from interfacefem import materials
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.materials.models import Elastic, J2Plastic, Powder

Record = Callable[[str, float, float, str], None]

ALPHA, HOT, COLD = 5e-5, 423.15, 298.15
ELASTIC = Elastic(20e3, 0.3)
#: yields at a fortieth of the stress of a body that is held while it cools
PLASTIC = J2Plastic(20e3, 0.3, 5.0)


def body(law: object, kind: str) -> tuple[Bulk, np.ndarray]:
    """A distorted block of a law at 150 degC, free of thermal strain."""
    rng = np.random.default_rng(3)
    if kind == "3d":
        line = np.linspace(0.0, 2.0, 3)
        points = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
        n = np.arange(27).reshape(3, 3, 3)
        corners = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
        corners += [(i, j, 1) for i, j, _ in corners]
        cells = np.stack(
            [n[i : i + 2, j : j + 2, k : k + 2].ravel() for i, j, k in corners], axis=-1
        )
        points = points + 0.1 * rng.uniform(-1.0, 1.0, points.shape)
    else:
        block = meshes.block(np.linspace(0.0, 3.0, 4), np.linspace(0.0, 1.0, 3), 0.0, 2.0)
        points, cells = block.points.copy(), block.cells
        inner = (points[:, 1] > 0.0) & (points[:, 1] < 2.0)
        points[inner, 1] += 0.2 * rng.uniform(-1.0, 1.0, inner.sum())
    bulk = Bulk(
        points, cells, np.zeros(len(cells), np.int64), [law],
        axisymmetric=kind == "round", temperature=HOT, expansions=[ALPHA],
    )  # fmt: skip
    return bulk, points


@pytest.mark.parametrize("kind", ["round", "3d"])
@pytest.mark.parametrize("law", [ELASTIC, PLASTIC, materials.get("Li6PS5Cl", law="powder").law])
def test_a_free_body_shrinks_without_stress(law: Elastic | J2Plastic | Powder, kind: str) -> None:
    bulk, points = body(law, kind)
    bulk.warmth.attempt(COLD)
    u = np.zeros(bulk.size)
    u[bulk.node_dofs] = points * np.expm1(ALPHA * (COLD - HOT))
    forces = bulk.residual(u)
    held = bulk.residual(np.zeros(bulk.size))
    assert forces is not None
    assert held is not None
    assert np.abs(forces).max() < 1e-11 * np.abs(held).max()
    bulk.residual(u)
    energies = bulk.accept()
    assert energies.plastic == 0.0
    assert np.all(bulk.alpha == 0.0)
    # nothing has flowed: what is stored as plastic strain is that, to the bit
    assert np.all(bulk.cp_inverse == bulk.kinematics.unit)


@pytest.mark.parametrize("kind", ["plane", "round", "3d"])
def test_the_tangent_of_cold_bodies_is_that_of_their_forces(kind: str) -> None:
    bulk, _ = body(PLASTIC, kind)
    rng = np.random.default_rng(4)
    u, du = 5e-3 * rng.uniform(-1, 1, bulk.size), rng.uniform(-1, 1, bulk.size)
    bulk.warmth.attempt(COLD)
    bulk.residual(u)
    bulk.accept()
    u = u + 2e-3 * rng.uniform(-1, 1, bulk.size)
    bulk.residual(u, tangent=True, primal_dual=False)
    vector = bulk.jacobian().createVecRight()
    vector.array[:] = du
    exact = (bulk.matrix * vector).array
    h = 1e-7
    forward, back = bulk.residual(u + h * du), bulk.residual(u - h * du)
    assert forward is not None
    assert back is not None
    difference = (forward - back) / (2.0 * h)
    assert np.abs(difference - exact).max() < 2e-6 * np.abs(exact).max()


def test_the_energy_of_a_body_that_is_held_while_it_cools_is_the_work_of_heat() -> None:
    bulk, _ = body(ELASTIC, "round")
    held = np.zeros(bulk.size)
    bulk.note_stress(held)
    bulk.warmth.attempt(COLD)
    bulk.residual(held)
    energies = bulk.accept()
    volume = np.pi * 3.0**2 * 2.0
    strain = 3.0 * ALPHA * (HOT - COLD)
    expected = 0.5 * ELASTIC.bulk_modulus * strain**2 * volume
    assert energies.elastic == pytest.approx(expected, rel=1e-10)
    assert energies.heat == pytest.approx(energies.elastic, rel=1e-12)


def cooled(*layers: tuple[str, materials.Material], **changes: object) -> ifem.Case:
    """Flat layers pressed to 50 MPa at 60 degC and cooled under it."""
    stack = ifem.Stack(*(ifem.Layer(name, made, "4 um") for name, made in layers), width="4 um")
    protocol = ifem.Protocol(
        ifem.Press("50 MPa", temperature="60 degC"), ifem.Hold("1 s", temperature="25 degC")
    )
    return ifem.Case("cooled", stack, protocol, mesh=ifem.MeshSize("4 um"), current=None)


def test_a_flat_stack_cooled_under_load_has_the_stress_of_its_closed_form(
    tmp_path: Path, record: Record
) -> None:
    given = {"lower": (20e3, 0.3, 2e-5), "upper": (5e3, 0.35, 6e-5)}
    made = [
        (name, materials.Material(name, Elastic(e, nu), thermal_expansion=a))
        for name, (e, nu, a) in given.items()
    ]
    run = cooled(*made).run(tmp_path / "run", listeners=())
    assert run.history["temperature"][0] == pytest.approx(333.15)
    for name, (e, nu, a) in given.items():
        stress = run.layer(name).at("hold").stress
        thermal, axial = a * -35.0, 0.0
        for _ in range(50):  # Kirchhoff stress in logarithmic strain, as the laws have it
            normal = -50.0 * np.exp(axial)
            lateral = (nu * normal - e * thermal) / (1.0 - nu)
            axial = (normal - 2.0 * nu * lateral) / e + thermal
        expected = lateral / np.exp(axial)
        found = np.asarray(stress)
        error = np.abs(found[:, [0, 2]] / expected - 1.0).max()
        record(f"cooled under load, {name} layer: lateral stress", error, 1e-6, "closed form")
        assert found[:, 1] == pytest.approx(-50.0, rel=1e-6)
    # what cooling does to the energy is accounted for
    cooling = np.array(run.history["step"]) == "hold"
    applied, stored = (
        np.diff(run.history[key][-1 - cooling.sum() :])
        for key in ("applied_work", "elastic_energy")
    )
    assert applied == pytest.approx(stored, abs=1e-3 * np.abs(stored).max())


def test_without_data_nothing_strains(tmp_path: Path) -> None:
    case = cooled(("a", materials.get("Li6PS5Cl")), ("b", materials.get("LLZO")))
    run = case.run(tmp_path / "run", listeners=())
    hot, cold = (np.asarray(run.layer("a").at(step).stress) for step in ("press", "hold"))
    assert cold == pytest.approx(hot, rel=1e-9)
    (note,) = [one for one in case.check().notes if "expansion" in one]
    assert note == (
        "thermal expansion is not known for Li6PS5Cl, LLZO: changes of temperature do not strain "
        'them; give it, e.g. thermal_expansion = "20e-6 1/K"'
    )
    assert materials.get("Li").thermal_expansion == 46e-6
