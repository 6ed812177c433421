"""Coulomb friction: full slip of a sheared block, partial slip of a line contact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import meshes
from interfacefem.contact import Coulomb
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.mechanics import AugmentationLimits, Load
from interfacefem.materials.models import Elastic
from interfacefem.reference import hertz

Record = Callable[[str, float, float, str], None]


def sheared_block(
    friction: float, shear_cap: float = np.inf, *, soft: bool = False, passes: int = 40
) -> meshes.Pair:
    """Block 4 wide with a rigid lid on a wider one; the first platen pulls the lid sideways."""
    lower = meshes.block(np.linspace(-6.0, 6.0, 20), np.linspace(0.0, 1.0, 4), -3.0, 0.0)
    upper = meshes.block(
        np.linspace(-2.0, 2.0, 12), np.linspace(0.0, 1.0, 4), 0.0, 1.0, len(lower.points)
    )
    settings = ContactSettings(
        friction=Coulomb(friction, shear_cap),
        penalty=1e6,
        shear_penalty=1e3 if soft else 1e6,
        gap_tolerance=1e-7 if soft else 1e-9,
    )
    return meshes.pair(
        lower,
        upper,
        (Elastic(1e5, 0.3), Elastic(1e5, 0.3)),
        settings,
        left_wall=False,
        right_wall=False,
        fixed=lambda d: d[lower.bottom, 0],
        platens=lambda d: [d[upper.top, 0], d[upper.top, 1]],
        limits=AugmentationLimits(tolerance=1e-9, max_augmentations=passes),
    )


def lid_load(model: meshes.Pair, normal: float) -> np.ndarray:
    return meshes.face_load(model.bulk, model.points, model.upper.top, (0.0, -normal / 4.0))


@pytest.mark.parametrize("cap", [np.inf, 0.12])
def test_sheared_block_slips_at_the_friction_force(cap: float, record: Record) -> None:
    # origin: equilibrium, T = mu N when every node slips, or cap x area where the cap rules.
    # 0.4 MPa on a stiff block keeps faces flat; they would tilt by p/E.
    friction, normal = 0.4, 1.6
    model = sheared_block(friction, cap)
    nodal = lid_load(model, normal)
    spring = 1e5
    model.step(Load(nodal=nodal, stiffness=spring, target=0.0))
    pulled = []
    for travel in (2e-6, 1e-5, 4e-5, 2e-4, 1e-3, 5e-3):
        attempt = model.step(Load(nodal=nodal, stiffness=spring, target=-travel))
        pulled.append(attempt.force)
    tractions = attempt.tractions[0]
    assert not tractions.sticking.any()
    limit = min(friction * normal, cap * 4.0)
    assert pulled[0] < 0.6 * limit  # it sticks first
    name = "mu N" if np.isinf(cap) else "cap A"
    record(
        f"sheared block, full slip: T / ({name}) - 1",
        abs(pulled[-1] / limit - 1.0),
        1e-5,
        "equilibrium",
    )
    # reversed: first sticks, then slips at the same force the other way
    back = [
        model.step(Load(nodal=nodal, stiffness=spring, target=t)).force for t in (-4.99e-3, 5e-3)
    ]
    assert abs(back[0]) < 0.99 * limit
    record(
        f"sheared block, reversed: T / ({name}) - 1",
        abs(-back[-1] / limit - 1.0),
        1e-5,
        "equilibrium",
    )
    assert model.problem.work.friction > 0.0


def test_a_soft_augmentation_stiffens_until_nodes_stick(record: Record) -> None:
    # a fortieth of the stiffness of the blocks: without that, each pass takes a few per cent of the
    # slip away, and the passes of an increment do not suffice
    pulled = []
    for model in (
        sheared_block(0.4),
        sheared_block(0.4, soft=True, passes=AugmentationLimits().max_augmentations),
    ):
        nodal = lid_load(model, 1.6)
        model.step(Load(nodal=nodal, stiffness=1e5, target=0.0))
        pulled.append(model.step(Load(nodal=nodal, stiffness=1e5, target=-4e-6)))
    assert pulled[1].tractions[0].sticking.any()
    error = abs(pulled[1].force / pulled[0].force - 1.0)
    record("sheared block, soft augmentation: T / T of a stiff one - 1", error, 0.02, "same law")


def partial_slip(edges: float) -> tuple[meshes.Pair, hertz.LineContact, float]:
    """Whole cylinder on a block of the same law, half-width 1, domain 25 to each side."""
    size, radius = 25.0, 1000.0
    law = Elastic(1e5, 0.3)

    def columns(edge: float) -> np.ndarray:
        fine = np.arange(0.0, 1.3 + edge, edge)
        half = np.concatenate([fine, fine[-1] + meshes.graded(size - fine[-1], edge, 18)[1:]])
        return np.concatenate([-half[:0:-1], half])

    edge = 1.0 / edges
    eta = meshes.graded(1.0, edge / size, 20)
    lower = meshes.block(columns(edge), 1.0 - eta[::-1], -size, 0.0)
    upper = meshes.block(
        columns(edge / 0.8), eta, lambda x: x**2 / (2.0 * radius), size, len(lower.points)
    )
    penalty = 3e5 * edges
    model = meshes.pair(
        lower,
        upper,
        (law, law),
        ContactSettings(penalty=penalty, shear_penalty=penalty, gap_tolerance=2e-8),
        upper_is_slave=False,
        left_wall=False,
        right_wall=False,
        fixed=lambda d: d[lower.bottom, 0],
        platens=lambda d: [d[upper.top, 1], d[upper.top, 0]],
        limits=AugmentationLimits(tolerance=1e-7, max_augmentations=40),
    )
    modulus = hertz.contact_modulus((1e5, 0.3), (1e5, 0.3))
    exact = hertz.LineContact(np.pi * modulus / (4.0 * radius), radius, modulus)
    return model, exact, edge


def test_partial_slip_of_cattaneo_and_mindlin(record: Record) -> None:
    # Pressed without friction first: with it, incremental slip leaves tractions of its own.
    friction = 0.3
    model, exact, edge = partial_slip(24.0)
    for part in (0.2, 1.0):
        model.step(Load(force=part * exact.force))
    interface = model.interface
    interface.settings = replace(interface.settings, friction=Coulomb(friction))
    x = model.points[interface.slave_nodes, 0]
    inside = np.abs(x) < 1.2
    for part in (0.25, 0.5, 0.75):
        tangential = part * friction * exact.force
        push = meshes.face_load(model.bulk, model.points, model.upper.top, (tangential / 50.0, 0.0))
        attempt = model.step(Load(force=exact.force, nodal=push))
        sticking = attempt.tractions[0].sticking
        half = 0.5 * (x[sticking].max() - x[sticking].min())
        off = abs(half - exact.stick_half_width(tangential, friction)) / edge
        origin = "Cattaneo (1938), Mindlin (1949)"
        record(f"partial slip, Q = {part} mu P: stick half-width, in edges", off, 1.0, origin)
        reference = exact.shear(x, tangential, friction)
        shear = interface.shear * np.sign(interface.shear.sum())
        error = np.sqrt(
            model.weights[inside] @ (shear - reference)[inside] ** 2 / model.weights[inside].sum()
        )
        error /= friction * exact.peak_pressure
        record(f"partial slip, Q = {part} mu P: L2 of shear over mu p0", error, 0.04, origin)
        assert model.weights @ shear == pytest.approx(tangential, rel=2e-3)
