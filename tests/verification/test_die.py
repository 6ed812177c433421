"""Powder in a die with a wall that rubs: Janssen's decay, balance of forces, uniform without."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import meshes
from interfacefem.fem.bulk import Bulk
from interfacefem.fem.die import Die
from interfacefem.materials.models import Powder

Record = Callable[[str, float, float, str], None]

RADIUS, HEIGHT = 5.0, 10.0
#: Heckel line of the prototype in the methods guide: D0 0.56, P_y 160 MPa, ratio of stresses 0.5
POWDER = Powder(
    30e3, 0.3, relative_density=0.56, yield_pressure=160.0, heckel_intercept=0.8,
    isotropic_tensile_strength=1.0,
)  # fmt: skip


def filled(columns: int, rows: int, friction: float) -> tuple[Die, meshes.Block]:
    body = meshes.block(
        np.linspace(0.0, RADIUS, columns + 1), np.linspace(0.0, 1.0, rows + 1), 0.0, HEIGHT
    )
    law = np.zeros(len(body.cells), int)
    bulk = Bulk(body.points, body.cells, law, [POWDER], axisymmetric=True)
    die = Die(
        bulk, body.points, wall=body.right, top=body.top, bottom=body.bottom, axis=body.left,
        friction=friction, stiffness=3e3,
    )  # fmt: skip
    return die, body


def test_smooth_wall_leaves_the_powder_uniform(record: Record) -> None:
    die, _ = filled(3, 5, 0.0)
    for _ in range(15):
        forces = die.move(-0.2)
    stress = die.bulk.cell_fields()["stress"]
    spread = np.ptp(stress[:, 1]) / abs(stress[:, 1].mean())
    record("die without friction: spread of the axial stress", spread, 1e-6, "uniform")
    area = np.pi * RADIUS**2
    error = abs(forces.punch / area / -stress[:, 1].mean() - 1.0)
    record("die without friction: force over area against stress", error, 1e-6, "uniform")
    ratio = float((stress[:, 0] / stress[:, 1]).mean())
    record("die without friction: ratio of stresses", abs(ratio / 0.5 - 1.0), 0.01, "calibration")


def test_janssen_decay_along_the_wall(record: Record) -> None:
    friction = 0.25
    die, _ = filled(8, 16, friction)
    for _ in range(38):
        forces = die.move(-0.1)
    balance = abs(forces.punch - forces.bottom - forces.wall_friction) / forces.punch
    record("die with friction: punch - bottom - wall", balance, 1e-8, "balance of forces")
    assert np.all(forces.wall >= 0.0)
    assert np.all(np.abs(forces.wall_shear) <= friction * forces.wall * (1.0 + 1e-12))
    # all slides but the node on the fixed punch
    sliding = np.abs(forces.wall_shear[1:]) > friction * forces.wall[1:] * (1.0 - 1e-9)
    assert sliding.all()
    # Janssen's ratio of wall pressure to mean axial stress, from the forces on the wall: between
    # the punches the mean stress falls exponentially, so that its mean is the logarithmic one
    height = HEIGHT + die.punch
    area = np.pi * RADIUS**2
    top, bottom = forces.punch / area, forces.bottom / area
    wall = float(forces.wall.sum()) / (2.0 * np.pi * RADIUS * height)
    mean = (top - bottom) / np.log(top / bottom)
    decay = np.exp(-2.0 * friction * (wall / mean) * height / RADIUS)
    axial = die.bulk.cell_fields()["stress"][:, 1].reshape(16, 8)
    radii = np.diff(np.linspace(0.0, RADIUS, 9) ** 2) / RADIUS**2
    rows = -(axial @ radii)
    z = (np.arange(16) + 0.5) / 16.0 * height
    janssen = top * np.exp(-2.0 * friction * (wall / mean) * (height - z) / RADIUS)
    inner = slice(1, -1)
    record("Janssen, transmitted to the bottom", abs(bottom / top / decay - 1.0), 0.02, "Janssen")
    record(
        "Janssen, mean axial stress along the height",
        float(np.abs(rows / janssen - 1.0)[inner].mean()),
        0.02,
        "Janssen (1895)",
    )
    assert 0.6 < bottom / top < 0.85


def test_release_reverses_the_friction_and_ejection_frees_the_body(record: Record) -> None:
    die, body = filled(4, 8, 0.25)
    for _ in range(15):
        pressed = die.move(-0.2)
    while True:
        forces = die.move(0.005)
        assert forces.punch >= 0.0  # the punch does not pull
        balance = abs(forces.punch - forces.bottom - forces.wall_friction) / pressed.punch
        assert balance < 1e-8
        if forces.punch == 0.0:
            break
    assert forces.wall_friction < 0.0  # the wall holds back what springs up
    assert forces.wall.sum() > 0.0  # residual pressure of the wall
    held = die.displacement.copy()
    free = die.eject()
    assert free.punch == 0.0
    record("ejected: force left at the bottom", abs(free.bottom) / pressed.punch, 1e-8, "balance")
    dofs = die.bulk.node_dofs
    spring = die.displacement[dofs[body.right, 0]] - held[dofs[body.right, 0]]
    assert np.all(spring[2:] > 0.0)  # wider than the die


@pytest.mark.parametrize("friction", [0.0, 0.25])
def test_unmoved_punch_changes_nothing(friction: float) -> None:
    die, _ = filled(2, 3, friction)
    first = die.move(-0.5)
    state = die.bulk.state.copy()
    again = die.move(0.0)
    # gaps are closed to 1e-9 of the height, and the force grows several times as fast as the strain
    # of 0.05
    assert again.punch == pytest.approx(first.punch, rel=5e-7)
    np.testing.assert_allclose(die.bulk.state, state, rtol=0.0, atol=5e-8)
