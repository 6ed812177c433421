"""A small rough, plastic, frictional contact pressed and released: balances and invariances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import meshes
from interfacefem.contact import Coulomb
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.mechanics import AugmentationLimits, Load
from interfacefem.materials.models import Elastic, J2Plastic, LinearHardening

Record = Callable[[str, float, float, str], None]

WIDTH = 20.0
#: nominal pressures through the flow regime and back [MPa]
PRESSURES = [0.1, 0.2, 0.4, 0.7, 1.1, 1.6, 2.2, 3.0, 1.8, 1.0]


def rough(x: np.ndarray) -> np.ndarray:
    """Three waves with zero slope at the walls; rms height 0.1 um, rms slope 0.13."""
    t = np.pi * x / WIDTH
    return 0.12 * np.cos(2.0 * t + 0.0) + 0.08 * np.cos(5.0 * t) - 0.04 * np.cos(7.0 * t)


def rough_pair(
    friction: float,
    *,
    length: float = 1.0,
    stress: float = 1.0,
    tolerance: float = 1e-6,
    gap: float = 1e-5,
) -> meshes.Pair:
    """Lithium block on a rough ceramic one, in units scaled by ``length`` and ``stress``."""
    edges = 28
    lithium = J2Plastic(5000.0 * stress, 0.36, 0.8 * stress, LinearHardening(1.0 * stress))
    ceramic = Elastic(1e5 * stress, 0.2)
    eta = meshes.graded(1.0, 1.0 / 14.0, 8)
    master_x = np.linspace(0.0, WIDTH, 3 * edges // 4 + 1)
    lower = meshes.block(master_x, 1.0 - eta[::-1], -8.0, rough)
    slave_x = np.linspace(0.0, WIDTH, edges + 1)
    lift = max(rough(master_x).max(), np.interp(slave_x, master_x, rough(master_x)).max())
    upper = meshes.block(slave_x, eta, lift, lift + 8.0, len(lower.points))
    lower = replace(lower, points=lower.points * length)
    upper = replace(upper, points=upper.points * length)
    penalty = 0.3 * 5000.0 * stress / (WIDTH / edges * length)
    settings = ContactSettings(
        friction=Coulomb(friction, 0.46 * stress if friction else np.inf),
        penalty=penalty,
        shear_penalty=penalty,
        gap_tolerance=gap * length,
    )
    limits = AugmentationLimits(tolerance=tolerance, max_augmentations=60)
    return meshes.pair(lower, upper, (ceramic, lithium), settings, limits=limits)


def press(
    model: meshes.Pair,
    pressures: np.ndarray | list[float],
    *,
    length: float = 1.0,
    stress: float = 1.0,
) -> None:
    """Force control to nominal pressures given in MPa of the unscaled problem."""
    unit = WIDTH * length * stress
    for pressure in pressures:
        model.step(Load(force=pressure * unit, floor=0.02 * unit))


@pytest.mark.slow
@pytest.mark.parametrize("carried", [False, True])
@pytest.mark.parametrize("friction", [0.0, 0.2])
def test_energy_balances_over_press_and_release(
    friction: float, carried: bool, record: Record
) -> None:
    # First law: applied = elastic + plastic + friction. Work is summed with the trapezoid rule, so
    # increments are small where the flow is fast (driven by displacement) and at the start of the
    # release, where the confined lithium turns from compression to extension.
    model = rough_pair(friction)
    problem, spring = model.problem, 5.0 * 5000.0 * WIDTH / 8.0
    goes_on = 0.0  # as the program presses: flow of the last increment is carried on
    while problem.force < 20.0 * WIDTH:
        target = problem.platen - 0.2 / 32 - problem.force / spring
        model.step(Load(stiffness=spring, target=target, floor=0.4, ratio=goes_on))
        goes_on = float(carried)
    for force in np.geomspace(problem.force, WIDTH, 40)[1:]:
        model.step(Load(force=force, floor=0.4))
    work = problem.work
    assert work.plastic > 0.5 * work.applied
    assert (work.friction > 1e-3 * work.applied) == (friction > 0.0)
    missing = work.applied - work.elastic - work.plastic - work.friction
    name = f"rough plastic contact, friction {friction:g}: energy balance, press and release"
    name += ", flow carried on" if carried else ""
    record(name, abs(missing / work.applied), 0.01, "first law")


def test_hold_changes_nothing(record: Record) -> None:
    # gaps closed far below the usual tolerance: what is left of them would close during the hold
    model = rough_pair(0.2, tolerance=1e-9, gap=1e-8)
    press(model, PRESSURES[:6])
    bulk, problem = model.bulk, model.problem
    displacement, alpha, cp_inverse = (
        problem.displacement,
        bulk.alpha.copy(),
        bulk.cp_inverse.copy(),
    )
    pressure, shear = model.interface.pressure.copy(), model.interface.shear.copy()
    plastic, friction = problem.work.plastic, problem.work.friction
    assert alpha.max() > 0.01
    press(model, [PRESSURES[5]] * 3)
    changes = {
        "displacement": np.abs(problem.displacement - displacement).max()
        / np.abs(displacement).max(),
        "plastic strain": np.abs(bulk.alpha - alpha).max(),
        "plastic state": np.abs(bulk.cp_inverse - cp_inverse).max(),
        "pressure over its peak": np.abs(model.interface.pressure - pressure).max()
        / pressure.max(),
        "shear over its peak": np.abs(model.interface.shear - shear).max() / np.abs(shear).max(),
        "plastic work": abs(problem.work.plastic / plastic - 1.0),
        "friction work": abs(problem.work.friction / friction - 1.0),
    }
    record(
        "hold: largest change of any field", max(changes.values()), 1e-5, "the laws know no time"
    )


@pytest.mark.slow
def test_units_do_not_matter(record: Record) -> None:
    pressures = [*PRESSURES[:6], 1.0]
    one = rough_pair(0.2, tolerance=1e-10)
    press(one, pressures)
    place = one.problem.displacement
    for length, stress in ((2.0, 1.0), (2.0, 4.0), (1e-3, 10.0)):
        other = rough_pair(0.2, length=length, stress=stress, tolerance=1e-10)
        press(other, pressures, length=length, stress=stress)
        work = other.problem.work.plastic / (stress * length**2)
        errors = [
            np.abs(other.problem.displacement / length - place).max() / np.abs(place).max(),
            np.abs(other.interface.pressure / stress - one.interface.pressure).max() / 3.0,
            np.abs(other.interface.shear / stress - one.interface.shear).max() / 3.0,
            np.abs(other.bulk.alpha - one.bulk.alpha).max(),
            abs(work / one.problem.work.plastic - 1.0),
        ]
        name = f"units scaled by {length:g} (length) and {stress:g} (stress): largest change"
        record(name, max(errors), 1e-8, "dimensional analysis")


def test_forces_balance_and_nothing_penetrates(record: Record) -> None:
    model = rough_pair(0.2)
    balance = depth = 0.0
    for pressure in PRESSURES:
        attempt = model.step(Load(force=pressure * WIDTH, floor=0.4))
        pairing, traction = model.interface.pairing, attempt.tractions[0]
        # the lithium is the slave and lies above: its push on the ceramic, summed by hand
        tangent = np.column_stack([pairing.normals[:, 1], -pairing.normals[:, 0]])
        push = traction.normal[:, None] * pairing.normals - traction.tangential[:, None] * tangent
        down = -(pairing.weights @ push)[1]
        balance = max(balance, abs(down / (pressure * WIDTH) - 1.0))
        gap = model.interface.gaps(model.problem.displacement)
        depth = max(depth, -gap.min(), np.abs(gap[traction.active]).max())
        assert not np.any(traction.normal[gap > 1e-5])
    record("rough contact: force balance", balance, 1e-6, "equilibrium")
    record(
        "rough contact: gap error over rms height (0.1 um)", depth / 0.1, 1e-3, "unilateral contact"
    )
