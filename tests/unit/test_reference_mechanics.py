"""Closed forms checked against what they must satisfy by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from interfacefem.reference import hertz, plasticity, westergaard


def test_hertz_pressure_carries_the_force() -> None:
    contact = hertz.LineContact(2.0, 50.0, hertz.contact_modulus((5000.0, 0.36), (1e5, 0.2)))
    a = contact.half_width
    carried = quad(lambda x: float(contact.pressure(np.array(x))), -a, a)[0]
    assert carried == pytest.approx(2.0, rel=1e-8)
    assert contact.pressure(np.array([1.01 * a]))[0] == 0.0
    # curvature of the surface under the contact: p0 = E* a / (2 R) (Johnson 1985, 4.44)
    assert contact.peak_pressure == pytest.approx(contact.modulus * a / 100.0, rel=1e-12)


def test_contact_modulus_of_equal_and_rigid_bodies() -> None:
    assert hertz.contact_modulus((100.0, 0.0), (100.0, 0.0)) == pytest.approx(50.0)
    assert hertz.contact_modulus((91.0, 0.3)) == pytest.approx(100.0)


@pytest.mark.parametrize("part", [0.0, 0.25, -0.6, 1.0])
def test_partial_slip_carries_the_tangential_force(part: float) -> None:
    contact, friction = hertz.LineContact(2.0, 50.0, 4000.0), 0.3
    tangential = part * friction * contact.force
    a, c = contact.half_width, contact.stick_half_width(tangential, friction)
    carried = 2.0 * sum(
        quad(lambda x: float(contact.shear(np.array(x), tangential, friction)), *ends)[0]
        for ends in ((0.0, c), (c, a))
    )
    assert carried == pytest.approx(tangential, rel=1e-7, abs=1e-12)
    x = np.linspace(-a, a, 201)
    limit = friction * contact.pressure(x)
    shear = np.abs(contact.shear(x, tangential, friction))
    assert np.all(shear <= limit + 1e-12)
    np.testing.assert_allclose(shear[np.abs(x) >= c], limit[np.abs(x) >= c], atol=1e-12)


def test_more_than_the_friction_force_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1\.5 times the friction force"):
        hertz.LineContact(2.0, 50.0, 4000.0).stick_half_width(0.9, 0.3)


@pytest.mark.parametrize("part", [0.05, 0.5, 0.99, 1.0, 1.7])
def test_wavy_pressure_has_the_mean_it_is_given(part: float) -> None:
    wave = westergaard.WavyContact(0.01, 3.0, 4000.0)
    mean = part * wave.complete_contact_pressure
    a = wave.half_width(mean)
    carried = 2.0 * quad(lambda x: float(wave.pressure(np.array(x), mean)), 0.0, a)[0] / 3.0
    assert carried == pytest.approx(mean, rel=1e-7)
    assert wave.fraction(mean) == pytest.approx(1.0 if part >= 1.0 else 2.0 * a / 3.0)


def test_wavy_contact_is_a_line_contact_at_light_load() -> None:
    # a crest has the curvature 4 pi^2 amplitude / wavelength^2
    wave = westergaard.WavyContact(0.01, 3.0, 4000.0)
    mean = 1e-4 * wave.complete_contact_pressure
    line = hertz.LineContact(mean * 3.0, 9.0 / (4.0 * np.pi**2 * 0.01), 4000.0)
    assert wave.half_width(mean) == pytest.approx(line.half_width, rel=1e-4)
    assert float(wave.pressure(np.array(0.0), mean)) == pytest.approx(line.peak_pressure, rel=1e-4)


def test_prandtl_is_2_97_yield_stresses() -> None:
    assert plasticity.prandtl_pressure(1.0) == pytest.approx(2.968, abs=5e-4)


def test_confined_column_by_small_steps() -> None:
    # closed form of each monotonic stretch against many small return maps
    column = plasticity.ConfinedColumn(3000.0, 1800.0, 0.8, 40.0)
    path = [-0.03, 0.01, -0.002]
    q = alpha = last = 0.0
    for target, state in zip(path, column.along(path), strict=True):
        for strain in np.linspace(last, target, 2001)[1:]:
            trial = q + 3600.0 * (strain - last)
            growth = max(abs(trial) - 0.8 - 40.0 * alpha, 0.0) / (5400.0 + 40.0)
            alpha, last = alpha + growth, strain
            q = np.sign(trial) * (abs(trial) - 5400.0 * growth)
        assert state.plastic_strain == pytest.approx(alpha, rel=1e-10)
        assert state.axial - state.lateral == pytest.approx(q, rel=1e-9)
        assert state.axial + 2.0 * state.lateral == pytest.approx(9000.0 * target, rel=1e-12)
        assert state.traction == pytest.approx(state.axial * np.exp(-target), rel=1e-12)


def test_column_yields_where_the_textbook_says() -> None:
    # axial stress at first yield is Y (1 - nu) / (1 - 2 nu), then K de (methods part D, 22)
    e, nu = 5000.0, 0.36
    column = plasticity.ConfinedColumn(e / 3.0 / (1.0 - 2.0 * nu), e / 2.0 / (1.0 + nu), 0.8)
    first = -0.8 * (1.0 + nu) / e
    states = column.along([first, 2.0 * first])
    assert states[0].axial == pytest.approx(-0.8 * (1.0 - nu) / (1.0 - 2.0 * nu), rel=1e-12)
    assert states[0].plastic_strain == pytest.approx(0.0, abs=1e-15)
    assert states[1].axial - states[0].axial == pytest.approx(
        column.bulk_modulus * first, rel=1e-12
    )


def test_release_of_the_column_ends_without_traction() -> None:
    column = plasticity.ConfinedColumn(3000.0, 1800.0, 0.8)
    strain = column.strain_at([-0.05], 0.0)
    assert -0.05 < strain < 0.0
    assert column.along([-0.05, strain])[-1].traction == pytest.approx(0.0, abs=1e-9)


def test_thick_cylinder_is_in_equilibrium() -> None:
    ring = plasticity.ThickCylinder(1.0, 2.5, 0.8)
    front = 1.6
    assert ring.stresses(1.0, front)[0] == pytest.approx(-ring.pressure(front), rel=1e-12)
    assert ring.stresses(2.5, front)[0] == pytest.approx(0.0, abs=1e-12)
    assert ring.front(ring.pressure(front)) == pytest.approx(front, rel=1e-9)
    for radius in (1.2, 1.9):  # d sigma_r / dr = (hoop - radial) / r
        h = 1e-5
        slope = (ring.stresses(radius + h, front)[0] - ring.stresses(radius - h, front)[0]) / (
            2.0 * h
        )
        radial, hoop = ring.stresses(radius, front)
        assert slope == pytest.approx((hoop - radial) / radius, rel=1e-7)
    # limits: first yield and collapse (methods part D, 24)
    k = 0.8 / np.sqrt(3.0)
    assert ring.pressure(1.0) == pytest.approx(k * (1.0 - 1.0 / 2.5**2), rel=1e-12)
    assert ring.pressure(2.5) == pytest.approx(2.0 * k * np.log(2.5), rel=1e-12)
