# SPDX-License-Identifier: MIT
"""Anand lithium at a point: regression table, independent integration, derivatives, robustness."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from interfacefem.errors import MaterialError
from interfacefem.materials import Anand, anand

# Set B, Anand and Narayan (2019), J. Electrochem. Soc. 166, A1092.
SET_B = {
    "rate_prefactor": 4.25e4,
    "activation_energy": "37 kJ/mol",
    "rate_sensitivity": 0.15,
    "initial_resistance": "0.95 MPa",
    "hardening_constant": "10 MPa",
    "saturation_resistance": "2 MPa",
    "hardening_exponent": 2.0,
    "saturation_exponent": 0.05,
}
LITHIUM = Anand("7.81 GPa", 0.38, **SET_B)
ROW = np.array(LITHIUM.row(298.15))
SHEAR3 = 3.0 * LITHIUM.shear_modulus


def step(s: float, state: np.ndarray, dt: float, row: np.ndarray = ROW, v: float = 0.0):
    new = np.empty(2)
    return anand.respond(v, s, state, dt, row, new), new


def strained(rate: float, strain: float, steps: int, row: np.ndarray = ROW, start=None):
    """Deviatoric straining at a constant rate; final stress and state."""
    state = np.array([0.0, row[4] if start is None else start])
    elastic = 0.0
    for _ in range(steps):
        found, state = step(elastic + strain / steps, state, strain / steps / rate, row)
        assert found[0]
        elastic = found[8]
    return found[2], state


# Exact evaluation of the law, initial / saturated stress [MPa] at 1e-6 ... 1e-1 1/s.
TABLE = {
    253.15: (
        (0.338, 0.477, 0.674, 0.952, 1.345, 1.899),
        (0.504, 0.798, 1.265, 2.006, 3.179, 5.038),
    ),
    298.15: (
        (0.227, 0.320, 0.453, 0.639, 0.903, 1.276),
        (0.296, 0.470, 0.744, 1.180, 1.870, 2.963),
    ),
    333.15: (
        (0.179, 0.253, 0.358, 0.505, 0.714, 1.008),
        (0.217, 0.343, 0.544, 0.862, 1.366, 2.166),
    ),
}


@pytest.mark.parametrize("temperature", TABLE)
def test_stress_at_constant_rate(temperature: float) -> None:
    initial, saturated = TABLE[temperature]
    row = np.array(LITHIUM.row(temperature))
    for exponent, first, last in zip(range(-6, 0), initial, saturated, strict=True):
        rate = 10.0**exponent
        # The table has three digits: 0.1 % and half a unit of the last of them.
        soft = row.copy()
        soft[5] = 0.0  # without hardening the stress is that of the virgin material
        assert strained(rate, 0.02, 20, soft)[0] == pytest.approx(first, rel=1e-3, abs=5e-4)
        limit = 2.0 * (rate / row[2]) ** 0.05
        assert strained(rate, 0.02, 20, row, limit)[0] == pytest.approx(last, rel=1e-3, abs=5e-4)
        # and to the digits of the law itself, once the elastic strain has stopped changing; during
        # the first steps S recovers by 1e-6 because the rate is still low
        assert LITHIUM.flow_stress(rate, temperature) == pytest.approx(first, abs=5e-4)
        assert LITHIUM.flow_stress(rate, temperature, saturated=True) == pytest.approx(
            last, abs=5e-4
        )
        assert strained(rate, 0.05, 50, row, limit)[0] == pytest.approx(
            LITHIUM.flow_stress(rate, temperature, saturated=True), rel=3e-6
        )


def hardened(rate: float, strain: float) -> float:
    """Flow stress for a = 2: 1 - S/Ss = u0/(1 + H0 u0 ep/Ss), the integral at constant rate."""
    limit = 2.0 * (rate / ROW[2]) ** 0.05
    u0 = 1.0 - 0.95 / limit
    resistance = limit * (1.0 - u0 / (1.0 + 10.0 * u0 * strain / limit))
    return resistance * (rate / ROW[2]) ** 0.15


@pytest.mark.parametrize("rate", [1e-5, 1e-3, 1e-1])
def test_hardening_converges_to_the_closed_form_with_first_order(rate: float) -> None:
    found = [strained(rate, 0.2, steps) for steps in (20, 40, 80, 160, 320)]
    errors = [abs(stress / hardened(rate, state[0]) - 1.0) for stress, state in found]
    assert errors[0] < 5e-3
    # The closed form leaves out that the stress still rises: the rate of flow is lower by
    # (dsigma/de)/3G = 5 MPa/8489 MPa, of which the power m + n = 0.2 enters the stress, 1e-4.
    assert errors[-1] < errors[0] / 8.0
    exact = ode(rate, 0.2 / rate, 1e-6, 0.95)
    assert exact[0] == pytest.approx(hardened(rate, exact[2]), rel=1e-4)
    # Backward Euler: order 1.
    errors = [abs(stress / exact[0] - 1.0) for stress, _ in found]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert orders[-3:] == pytest.approx(1.0, abs=0.05)


def ode(strain_rate: float, time: float, stress: float, resistance: float, row=ROW):
    """Differential form of the law, integrated independently with a stiff method."""
    _, _, reference, m, _, h0, y, a, n = row

    def rates(_t: float, u: np.ndarray) -> list[float]:
        rate = reference * (max(u[0], 0.0) / u[1]) ** (1.0 / m)
        u_sat = 1.0 - u[1] / (y * (max(rate, 1e-300) / reference) ** n)
        return [
            SHEAR3 * (strain_rate - rate),
            h0 * abs(u_sat) ** a * math.copysign(1.0, u_sat) * rate,
            rate,
        ]

    found = solve_ivp(
        rates, (0.0, time), [stress, resistance, 0.0], method="Radau", rtol=1e-10, atol=1e-13
    )
    assert found.success
    return found.y[:, -1]


def test_relaxation_against_an_independent_integration() -> None:
    # 1 MPa held at fixed strain for a day, in steps that grow by the same factor.
    times = np.concatenate([[0.0], np.geomspace(1e-6, 86400.0, 400001)])
    state = np.array([0.0, 0.95])
    elastic = 1.0 / SHEAR3
    checks = {100000, 200000, 400000}
    for i in range(1, len(times)):
        found, state = step(elastic, state, times[i] - times[i - 1])
        elastic = found[8]
        if i in checks:
            stress, resistance, plastic = ode(0.0, times[i], 1.0, 0.95)
            assert found[2] == pytest.approx(stress, rel=1e-4)
            assert state[1] == pytest.approx(resistance, rel=1e-4)
            assert state[0] == pytest.approx(plastic, rel=1e-4)
    assert found[2] < 0.2  # lithium relaxes far below 1 MPa within a day


def test_creep_against_an_independent_integration() -> None:
    # Constant stress 0.8 MPa: the trial strain that gives it is found by Newton with q_s.
    stress, duration, steps = 0.8, 200.0, 20000
    state = np.array([0.0, 0.95])
    elastic = stress / SHEAR3
    trial = elastic
    for _ in range(steps):
        for _ in range(20):
            found, new = step(trial, state, duration / steps)
            gap = stress - found[2]
            trial += gap / found[6]
            if abs(gap) < 1e-12:
                break
        trial += new[0] - state[0] - (trial - elastic)
        found, state = step(trial, state, duration / steps)
        assert found[2] == pytest.approx(stress, rel=1e-6)

    def rates(_t: float, u: np.ndarray) -> list[float]:
        rate = ROW[2] * (stress / u[0]) ** (1.0 / 0.15)
        distance = 1.0 - u[0] / (2.0 * (rate / ROW[2]) ** 0.05)
        return [10.0 * abs(distance) ** 2 * math.copysign(1.0, distance) * rate, rate]

    exact = solve_ivp(rates, (0.0, duration), [0.95, 0.0], method="Radau", rtol=1e-11, atol=1e-14)
    assert state[1] == pytest.approx(exact.y[0, -1], rel=1e-4)
    assert state[0] == pytest.approx(exact.y[1, -1], rel=1e-4)
    assert state[0] > 0.05


SAMPLES = [
    (s, dt, resistance)
    for s in (1e-6, 1e-4, 3e-3, 0.1, 0.3)
    for dt in (1e-6, 1e-3, 1.0, 1e3, 1e6)
    for resistance in (0.3, 0.95, 2.5)
]


def test_derivatives_agree_with_differences() -> None:
    worst = 0.0
    for s, dt, resistance in SAMPLES:
        state = np.array([0.01, resistance])
        found, _ = step(s, state, dt, v=0.02)
        for index, (dv, ds) in enumerate(((1e-6, 0.0), (0.0, 1e-5 * s))):
            h = dv + ds
            up, _ = step(s + ds, state, dt, v=0.02 + dv)
            down, _ = step(s - ds, state, dt, v=0.02 - dv)
            for stress in (0, 1):
                difference = (up[1 + stress] - down[1 + stress]) / (2.0 * h)
                analytic = found[3 + 2 * stress + index]
                scale = max(abs(analytic), 1e-9 * SHEAR3)
                worst = max(worst, abs(difference - analytic) / scale)
    # Central differences of a solution good to 1e-14: 1e-9 from round-off, 1e-10 from curvature.
    assert worst < 1e-6


def test_hold_changes_nothing_that_should_not_change() -> None:
    state = np.array([0.02, 1.3])
    found, new = step(2e-4, state, 0.0, v=-0.01)
    assert found[1:3] == (ROW[1] * -0.01, SHEAR3 * 2e-4)  # no time, no flow
    assert found[3:7] == (ROW[1], 0.0, 0.0, SHEAR3)
    assert found[9] == 0.0
    assert (new == state).all()
    # A long hold without stress leaves the state, one under pressure alone likewise.
    for v in (0.0, -0.02):
        found, new = step(0.0, state, 1e6, v=v)
        assert found[0]
        assert (new == state).all()
        assert found[1:3] == (ROW[1] * v, 0.0)
    # The pressure does not change in a hold under shear stress.
    found, _ = step(2e-4, state, 1e3, v=-0.01)
    assert found[1] == ROW[1] * -0.01
    assert found[7] == -0.01


def test_robust_over_decades() -> None:
    random = np.random.default_rng(3)
    count = 20000
    strains = 10.0 ** random.uniform(-8.0, math.log10(0.3), count)
    times = 10.0 ** random.uniform(-6.0, 6.0, count)
    resistances = 10.0 ** random.uniform(-1.0, 1.0, count)
    for s, dt, resistance in zip(strains, times, resistances, strict=True):
        state = np.array([0.0, resistance])
        found, new = step(s, state, dt)
        assert found[0], (s, dt, resistance)
        assert np.isfinite(found).all()
        dp = new[0]
        assert 0.0 <= dp <= s
        assert 0.0 <= found[2] <= SHEAR3 * s
        # Softening is seen where the resistance lies far above its saturation value.
        assert -0.1 * SHEAR3 <= found[6] <= SHEAR3 * (1.0 + 1e-12)
        if dp > 1e-12 * s:
            x = math.log(dp / dt / ROW[2])
            limit = 2.0 * math.exp(0.05 * x)
            distance = 1.0 - new[1] / limit
            grown = resistance + dp * 10.0 * distance * abs(distance)
            assert new[1] == pytest.approx(grown, rel=1e-9)
            assert found[2] == pytest.approx(new[1] * math.exp(0.15 * x), rel=1e-9)
            assert found[2] + SHEAR3 * dp == pytest.approx(SHEAR3 * s, rel=1e-12)


def test_energy_and_dissipation_add_up_to_the_work() -> None:
    # Work of the von Mises stress by the trapezoid rule over 2,000 steps of straining and a hold.
    state, elastic, before, work, lost = np.array([0.0, 0.95]), 0.0, 0.0, 0.0, 0.0
    for number in range(3000):
        grow = 1e-5 if number < 2000 else 0.0
        found, state = step(elastic + grow, state, 0.01)
        work += 0.5 * (before + found[2]) * grow
        lost += found[9]
        elastic, before = found[8], found[2]
    assert lost + found[10] == pytest.approx(work, rel=5e-3)


def test_other_hardening_exponents_solve_too() -> None:
    for a in (0.5, 1.0, 1.8):
        row = ROW.copy()
        row[7] = a
        stress, state = strained(1e-3, 0.5, 500, row)
        assert stress < LITHIUM.flow_stress(1e-3, saturated=True) * (1.0 + 1e-9)
        assert stress > LITHIUM.flow_stress(1e-3)
        assert state[1] > 0.95


def test_description() -> None:
    assert Anand.from_parameters(LITHIUM.parameters()) == LITHIUM
    # A exp(-Q/RT) as tabulated with the regression values [1/s]
    for temperature, rate in ((253.15, 9.863e-4), (298.15, 1.4005e-2), (333.15, 6.718e-2)):
        assert LITHIUM.reference_rate(temperature) == pytest.approx(rate, rel=2e-4)
        assert LITHIUM.row(temperature)[2] == LITHIUM.reference_rate(temperature)
    assert LITHIUM.initial_state() == [0.0, 0.95]
    assert LITHIUM.yield_stress == pytest.approx(0.639, abs=5e-4)
    with pytest.raises(MaterialError, match=r"not the stress exponent 1/m"):
        Anand("7.81 GPa", 0.38, **{**SET_B, "rate_sensitivity": 6.7})
    with pytest.raises(MaterialError, match="initial_resistance: 0 MPa is out of range"):
        Anand("7.81 GPa", 0.38, **{**SET_B, "initial_resistance": 0.0})
