"""Cohesive law at a node: tangent by differences, energies, mode mix, no healing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from interfacefem.contact.adhesion import Cohesion
from interfacefem.fem.contact.bonds import Bonds

LAW = Cohesion(2.0, 3.0, 0.4, 1.0, stiffness=500.0, mode_exponent=1.7)
COMMON = replace(LAW, shear_strength=2.0, shear_toughness=0.4)


@pytest.mark.parametrize("law", [LAW, COMMON], ids=["by mode", "common"])
@pytest.mark.parametrize("tangents", [1, 2])
def test_all_blocks_of_the_tangent_by_differences(law: Cohesion, tangents: int) -> None:
    rng = np.random.default_rng(3)
    count = 400
    opening = np.exp(rng.uniform(np.log(1e-4), np.log(0.3), count))
    slip = rng.normal(size=(count, tangents)) * np.exp(rng.uniform(-7.0, -1.0, count))[:, None]
    damage = rng.uniform(0.0, 0.99, count) * (rng.random(count) < 0.5)
    share = rng.uniform(0.2, 1.0, count)

    def tractions(o: np.ndarray, s: np.ndarray) -> np.ndarray:
        bond = law.evaluate(o, s, damage, share)
        return np.column_stack([bond.normal, bond.shear])

    bond = law.evaluate(opening, slip, damage, share)
    blocks = np.concatenate(
        [
            np.concatenate([bond.nn[:, None, None], bond.nt[:, None, :]], axis=2),
            np.concatenate([bond.tn[:, :, None], bond.tt], axis=2),
        ],
        axis=1,
    )
    worst = 0.0
    for k in range(1 + tangents):
        move = np.zeros(1 + tangents)
        move[k] = 1e-7
        ahead, behind = (
            tractions(opening + sign * move[0], slip + sign * move[1:]) for sign in (1.0, -1.0)
        )
        difference = (ahead - behind) / 2e-7
        error = np.abs(difference - blocks[:, :, k]).max(axis=1) / law.stiffness
        worst = max(worst, float(np.sort(error)[-3]))  # a kink may lie within the difference
    assert worst < 1e-6  # central differences of 1e-7 um


@pytest.mark.parametrize("mix", [0.0, 0.3, 1.0])
def test_energy_of_breaking_is_the_toughness_at_the_mode_mix(mix: float) -> None:
    # origin: Benzeggagh and Kenane (1996), G = Gn + (Gs - Gn) B^eta
    expected = LAW.toughness + (LAW.shear_toughness - LAW.toughness) * mix**LAW.mode_exponent
    end = float(LAW.limits(np.array([mix]))[1][0])
    way = np.linspace(0.0, 1.02 * end, 40001)
    bond = LAW.evaluate(
        np.sqrt(1.0 - mix) * way, np.sqrt(mix) * way[:, None], np.zeros_like(way), np.ones_like(way)
    )
    size = np.hypot(bond.normal, bond.shear[:, 0])
    work = float(np.sum(0.5 * (size[1:] + size[:-1]) * np.diff(way)))
    assert work == pytest.approx(expected, rel=1e-6)
    assert bond.damage[-1] == 1.0
    strength = np.sqrt(
        LAW.strength**2 + (LAW.shear_strength**2 - LAW.strength**2) * mix**LAW.mode_exponent
    )
    assert size.max() == pytest.approx(strength, rel=2e-3)  # the way has steps of 1e-4 of the end
    assert LAW.dissipated(np.ones(1), np.array([mix]))[0] == pytest.approx(expected, rel=1e-12)


def bonds_of_one_node(law: Cohesion = LAW) -> Bonds:
    bonds = Bonds(law, 1, 1)
    bonds.highest[:] = 1.0
    bonds.form(np.ones(1), np.zeros(1))
    return bonds


def go(bonds: Bonds, opening: float, slip: float) -> tuple[float, float, float, float]:
    """Go to an opening and a slip; traction there, energy dissipated and stored."""
    step = np.array([[slip]]) - bonds.slip
    bond = bonds.tractions(np.array([opening]), step)
    energy = bonds.accept(step, np.zeros(1), bond, np.ones(1))
    return float(bond.normal[0]), float(bond.shear[0, 0]), energy.dissipated, energy.stored


def test_unloading_to_the_origin_and_no_healing() -> None:
    bonds = bonds_of_one_node()
    end = LAW.ends[0]
    peak, _, first, _ = go(bonds, 0.5 * end, 0.0)
    damage = bonds.damage.copy()
    half, _, nothing, stored = go(bonds, 0.25 * end, 0.0)
    assert half == pytest.approx(0.5 * peak, rel=1e-12)
    assert nothing == 0.0
    assert stored == pytest.approx(0.5 * half * 0.25 * end, rel=1e-12)
    assert go(bonds, 0.0, 0.0)[0] == 0.0
    bonds.form(np.ones(1), np.zeros(1))  # pressed again
    np.testing.assert_array_equal(bonds.damage, damage)
    assert go(bonds, 0.5 * end, 0.0)[0] == pytest.approx(peak, rel=1e-12)
    rest = go(bonds, 1.1 * end, 0.0)[2]
    assert first + rest == pytest.approx(LAW.toughness, rel=1e-12)
    assert go(bonds, 0.1 * end, 0.0)[0] == 0.0


def test_bonding_takes_over_friction_where_it_can() -> None:
    bonds = Bonds(LAW, 3, 1)
    bonds.highest[:] = [5.0, 5.0, 5.0]
    friction = np.array([0.7, -4.0, 0.2])  # the second is beyond the shear strength of 3 MPa
    left = bonds.form(np.array([2.0, 2.0, 0.0]), friction)
    np.testing.assert_array_equal(bonds.share, [1.0, 1.0, 0.0])  # the third is open
    np.testing.assert_array_equal(bonds.friction_share, [0.0, 1.0, 1.0])
    np.testing.assert_array_equal(left, [0.0, -4.0, 0.2])
    bond = bonds.tractions(np.zeros(3), np.zeros((3, 1)))
    np.testing.assert_allclose(-bond.shear[:, 0], [0.7, 0.0, 0.0], rtol=1e-12)


def test_strength_grows_with_the_largest_pressure_up_to_saturation() -> None:
    law = replace(LAW, threshold=1.0, full_pressure=10.0)
    np.testing.assert_allclose(
        law.share(np.array([0.0, 0.5, 1.0, 4.0, 10.0, 50.0])), [0.0, 0.0, 0.1, 0.4, 1.0, 1.0]
    )
    bonds = Bonds(law, 1, 1)
    bonds.highest[:] = 4.0
    bonds.form(np.ones(1), np.array([-0.9]))
    before = bonds.tractions(np.zeros(1), np.zeros((1, 1))).shear
    bonds.highest[:] = 8.0
    bonds.form(np.ones(1), np.zeros(1))  # pressed again and harder: more area, the same traction
    assert bonds.share[0] == pytest.approx(0.8)
    np.testing.assert_allclose(bonds.tractions(np.zeros(1), np.zeros((1, 1))).shear, before)
