# SPDX-License-Identifier: MIT
"""Power-law creep at a point: closed forms of creep and relaxation, derivatives, robustness."""

from __future__ import annotations

import math

import numpy as np
import pytest

from interfacefem.errors import MaterialError
from interfacefem.materials import Norton, creep

# Lithium: 1e-3 1/s at 0.75 MPa, n = 6.6, Q = 37 kJ/mol (LePage et al. 2019).
LITHIUM = Norton(
    "7.82 GPa",
    0.381,
    creep_rate=1e-3,
    creep_stress="0.75 MPa",
    stress_exponent=6.6,
    activation_energy="37 kJ/mol",
    creep_temperature="298.15 K",
)
ROW = np.array(LITHIUM.row())
SHEAR3 = 3.0 * LITHIUM.shear_modulus


def step(s: float, plastic: float, dt: float, v: float = 0.0):
    new = np.empty(1)
    return creep.respond(v, s, np.array([plastic]), dt, ROW, new), new[0]


def relaxed(stress: float, time: float) -> float:
    """Integral of dsigma/dt = -3G c sigma^n: sigma^(1-n) = sigma0^(1-n) + (n-1) 3G c t."""
    c = 1e-3 / 0.75**6.6
    return (stress**-5.6 + 5.6 * SHEAR3 * c * time) ** (-1.0 / 5.6)


def test_relaxation_against_the_closed_form() -> None:
    times = np.concatenate([[0.0], np.geomspace(1e-7, 86400.0, 300001)])
    elastic, plastic = 1.0 / SHEAR3, 0.0
    for i in range(1, len(times)):
        found, plastic = step(elastic, plastic, times[i] - times[i - 1])
        elastic = found[8]
        if i % 100000 == 0:
            assert found[2] == pytest.approx(relaxed(1.0, times[i]), rel=1e-4)
            assert plastic == pytest.approx(1.0 / SHEAR3 - elastic, rel=1e-9)


def test_relaxation_converges_with_first_order() -> None:
    errors = []
    for steps in (50, 100, 200, 400):
        elastic, plastic = 0.5 / SHEAR3, 0.0
        for _ in range(steps):
            found, plastic = step(elastic, plastic, 1.0 / steps)
            elastic = found[8]
        errors.append(abs(found[2] / relaxed(0.5, 1.0) - 1.0))
    assert np.log2(np.divide(errors[:-1], errors[1:]))[-1] == pytest.approx(1.0, abs=0.05)


def test_creep_rate_at_constant_stress() -> None:
    # The trial strain that leaves 0.9 MPa after the flow of 10 s at that stress; exact, for
    # backward Euler takes the rate at the end of the step.
    rate = 1e-3 * (0.9 / 0.75) ** 6.6
    found, plastic = step(0.9 / SHEAR3 + 10.0 * rate, 0.0, 10.0)
    assert found[2] == pytest.approx(0.9, rel=1e-12)
    assert plastic == pytest.approx(10.0 * rate, rel=1e-12)
    assert found[9] == pytest.approx(0.9 * 10.0 * rate, rel=1e-12)


def test_temperature_follows_the_activation_energy() -> None:
    # Q = 37 kJ/mol: between 298.15 and 333.15 K the rate grows by exp(Q/R (1/T0 - 1/T)) = 4.797.
    warm = LITHIUM.row(333.15)
    growth = math.exp(37e3 / 8.314462618 * (1 / 298.15 - 1 / 333.15))
    assert growth == pytest.approx(4.797, abs=2e-3)
    assert warm[2] == pytest.approx(1e-3 * growth, rel=1e-9)
    assert LITHIUM.flow_stress(1e-3) == pytest.approx(0.75)
    assert LITHIUM.flow_stress(1e-3 * growth, 333.15) == pytest.approx(0.75)


def test_derivatives_agree_with_differences() -> None:
    worst = 0.0
    for s in (1e-6, 1e-4, 3e-3, 0.3):
        for dt in (1e-6, 1e-3, 1.0, 1e3, 1e6):
            found, _ = step(s, 0.0, dt, v=0.01)
            for index, (dv, ds) in enumerate(((1e-6, 0.0), (0.0, 1e-5 * s))):
                up, _ = step(s + ds, 0.0, dt, v=0.01 + dv)
                down, _ = step(s - ds, 0.0, dt, v=0.01 - dv)
                for stress in (0, 1):
                    difference = (up[1 + stress] - down[1 + stress]) / (2.0 * (dv + ds))
                    analytic = found[3 + 2 * stress + index]
                    scale = max(abs(analytic), 1e-9 * SHEAR3)
                    worst = max(worst, abs(difference - analytic) / scale)
    assert worst < 1e-6


def test_no_time_no_stress_no_flow() -> None:
    found, plastic = step(1e-3, 0.1, 0.0, v=-0.02)
    assert found[1:3] == (-0.02 * ROW[1], SHEAR3 * 1e-3)
    assert plastic == 0.1
    found, plastic = step(0.0, 0.1, 1e6, v=-0.02)
    assert found[1:3] == (-0.02 * ROW[1], 0.0)
    assert plastic == 0.1


def test_robust_over_decades() -> None:
    random = np.random.default_rng(5)
    strains = 10.0 ** random.uniform(-8.0, math.log10(0.3), 20000)
    times = 10.0 ** random.uniform(-6.0, 6.0, 20000)
    for s, dt in zip(strains, times, strict=True):
        found, dp = step(s, 0.0, dt)
        assert found[0]
        assert np.isfinite(found).all()
        assert found[2] + SHEAR3 * dp == pytest.approx(SHEAR3 * s, rel=1e-12)
        assert dp == pytest.approx(dt * 1e-3 * (found[2] / 0.75) ** 6.6, rel=1e-9)
        assert 0.0 < found[6] <= SHEAR3 * (1.0 + 1e-12)


def test_description() -> None:
    assert Norton.from_parameters(LITHIUM.parameters()) == LITHIUM
    warm = Norton(1e3, 0.3, creep_rate=1.0, creep_stress=1.0, stress_exponent=5.0,
                  activation_energy=1.0, creep_temperature="60 degC")  # fmt: skip
    assert Norton.from_parameters(warm.parameters()).creep_temperature == pytest.approx(333.15)
    assert LITHIUM.initial_state() == [0.0]
    assert LITHIUM.yield_stress == pytest.approx(0.75)
    with pytest.raises(MaterialError, match="write 1 or more"):
        Norton(
            1e3, 0.3, creep_rate=1.0, creep_stress=1.0, stress_exponent=0.15, activation_energy=1.0
        )
