# SPDX-License-Identifier: MIT
"""Powder at a point: compaction against an independent integration, derivatives, robustness."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from interfacefem.errors import MaterialError
from interfacefem.materials import Powder, powder

#: E [MPa], nu, P_y [MPa], A0 of the four powders; the last two from pressure-density data
MATERIALS = {
    "Li3InCl6": (30e3, 0.30, 160.0, 0.8),
    "LGPS": (20e3, 0.37, 330.0, 0.8),
    "Li6PS5Cl": (22.1e3, 0.37, 373.0, 0.8),
    "Li3OCl": (99.7e3, 0.20, 700.0, 0.8),
}


def made(name: str = "Li3InCl6", density: float = 0.56, **more: float) -> Powder:
    youngs, poisson, yields, intercept = MATERIALS[name]
    given = {"isotropic_tensile_strength": 15.0, **more}
    return Powder(
        youngs,
        poisson,
        relative_density=density,
        yield_pressure=yields,
        heckel_intercept=intercept,
        **given,
    )


class Point:
    """A point that is strained along fixed principal axes: trace and one signed deviator."""

    def __init__(self, law: Powder) -> None:
        self.law = law
        self.row = np.array(law.row())
        self.state = np.array(law.initial_state())
        self.v = self.s = 0.0
        self.found = None

    def strain(self, dv: float, ds: float) -> tuple:
        """Apply an increment; the sign of s is that of axial compression."""
        trial = self.s + ds
        new = np.empty(2)
        found = powder.respond(self.v + dv, abs(trial), self.state, 0.0, self.row, new)
        assert found[0]
        self.state, self.v, self.s = new, found[7], math.copysign(found[8], trial)
        self.found = found
        return found

    @property
    def density(self) -> float:
        return float(self.law.density_from_state(self.state[1]))

    def axial(self) -> float:
        """Kirchhoff compression along the axis: P + 2/3 of the signed q."""
        return -self.found[1] + math.copysign(2.0 / 3.0 * self.found[2], self.s)

    def radial(self) -> float:
        return -self.found[1] - math.copysign(1.0 / 3.0 * self.found[2], self.s)


def compacted(law: Powder, strain: float, steps: int, shear: float = 2.0 / 3.0) -> Point:
    """Compress by logarithmic strain; shear 2/3 is the die, 0 isotropic."""
    point = Point(law)
    for _ in range(steps):
        point.strain(-strain / steps, shear * strain / steps)
    return point


def ode(law: Powder, strain: float, shear: float) -> np.ndarray:
    """Rate form of the law, written anew, with differences for all gradients.

    Elastic strains and the plastic volume ratio as unknowns; the multiplier follows from
    df = 0. Returns v, s (elastic), ln Jp and the total strain's plastic deviator.
    """
    loose = law.relative_density
    bulk, shear3 = law.bulk_modulus, 3.0 * law.shear_modulus
    eta = 3.0 * (1.0 - law.lateral_stress_ratio) / (1.0 + 2.0 * law.lateral_stress_ratio)
    m2 = eta * eta + 3.0 * eta

    def surface(u: np.ndarray) -> tuple[float, float, float]:
        d = loose * math.exp(-u[2])
        stiff = math.exp(-law.stiffness_exponent * (1.0 - d)) * loose / d
        closing = math.log(1.0 / (1.0 - d)) - law.heckel_intercept
        rounded = 0.02 * np.logaddexp(0.0, closing / 0.02)
        die = math.hypot(law.yield_pressure * rounded, 0.5)
        tensile = law.isotropic_tensile_strength * math.exp(-law.strength_exponent * (1.0 - d))
        axis = (1.0 + eta**2 / m2) / (1.0 + 2.0 * eta / 3.0) * (die + tensile) * loose / d
        tensile *= loose / d
        p, q = -bulk * stiff * u[0], shear3 * stiff * u[1]
        return q * q / m2 + (p + tensile) * (p + tensile - axis), p + tensile - axis / 2.0, q

    def rates(_t: float, u: np.ndarray) -> np.ndarray:
        _, x, q = surface(u)
        total = np.array([-1.0, shear, 0.0, 0.0])
        # flow: dv_p = -2x, ds_p = 2q/M2 per multiplier (v in tension, x and q in compression)
        flow = np.array([2.0 * x, -2.0 * q / m2, -2.0 * x, 2.0 * q / m2])
        gradient = np.zeros(4)
        for i in range(3):
            h = 1e-7
            up, down = u.copy(), u.copy()
            up[i] += h
            down[i] -= h
            gradient[i] = (surface(up)[0] - surface(down)[0]) / (2.0 * h)
        multiplier = -(gradient @ total) / (gradient @ flow)
        return total + multiplier * flow

    # elastic until the surface is reached, then along it
    def reached(_t: float, u: np.ndarray) -> float:
        return surface(u)[0]

    reached.terminal = True
    first = solve_ivp(
        lambda t, u: np.array([-1.0, shear, 0.0, 0.0]),
        (0.0, strain),
        np.zeros(4),
        events=reached,
        rtol=1e-12,
        atol=1e-14,
        max_step=1e-5,
    )
    second = solve_ivp(
        rates,
        (first.t[-1], strain),
        first.y[:, -1] * (1.0 + 1e-12),
        method="RK45",
        rtol=1e-9,
        atol=1e-13,
    )
    assert second.success
    return second.y[:, -1]


@pytest.mark.parametrize("name", ["Li3InCl6", "Li3OCl"])
@pytest.mark.parametrize("shear", [2.0 / 3.0, 0.0], ids=["die", "isotropic"])
def test_compaction_against_an_independent_integration(name: str, shear: float) -> None:
    law = made(name)
    exact = ode(law, 0.35, shear)
    d = law.relative_density * math.exp(-exact[2])
    stiff = math.exp(-4.0 * (1.0 - d)) * 0.56 / d
    errors = []
    for steps in (100, 200, 400, 800):
        point = compacted(law, 0.35, steps, shear)
        p = -law.bulk_modulus * stiff * exact[0]
        errors.append(abs(-point.found[1] / p - 1.0))
        assert point.density == pytest.approx(d, rel=1e-4)
    assert errors[-1] < 1e-3
    assert point.s == pytest.approx(exact[1], rel=1e-3, abs=1e-12)
    assert point.state[0] == pytest.approx(exact[3], rel=1e-3, abs=1e-12)
    if shear:  # backward Euler: first order; without a turning direction it is exact
        assert np.log2(errors[-2] / errors[-1]) == pytest.approx(1.0, abs=0.1)
    else:
        assert errors[-1] < 1e-6


@pytest.mark.parametrize("name", MATERIALS)
def test_heckel_line_is_reproduced(name: str) -> None:
    law = made(name)
    point = Point(law)
    lateral = []
    for _ in range(2000):
        point.strain(-0.45 / 2000, 2.0 / 3.0 * 0.45 / 2000)
        d = point.density
        if not 0.6 < d < 0.95:
            continue
        # Cauchy from Kirchhoff: the volume ratio is plastic times elastic.
        pressure = point.axial() / math.exp(point.state[1] + point.v)
        assert d == pytest.approx(float(law.pressed_density(pressure)), abs=3.5e-3)
        # With the plastic volume ratio alone, as the law takes it, the line is met; what is left,
        # up to 9e-5, are the steps and the elastic strain, which turns the flow.
        pressure = point.axial() / math.exp(point.state[1])
        if pressure > 100.0:
            expected = law.yield_pressure * (math.log(1.0 / (1.0 - d)) - 0.8)
            assert pressure == pytest.approx(expected, rel=2e-4)
            lateral.append(point.radial() / point.axial())
    # Lateral ratio 0.5; the tensile strength and the elastic strain change it by less than 0.03.
    assert np.abs(np.array(lateral) - 0.5).max() < 0.03
    assert len(lateral) > 100


def test_closed_form_constants() -> None:
    # k = 0.5: eta = 0.75, M = 1.677, axis over die pressure 0.8.
    law = made()
    assert law.stress_ratio == pytest.approx(0.75)
    assert law.critical_slope == pytest.approx(math.sqrt(0.75**2 + 2.25))
    assert law.axis_ratio == pytest.approx(0.8)
    # densities at 187 MPa for A0 = 0.8
    for name, density in (("Li3InCl6", 0.86), ("LGPS", 0.745), ("Li6PS5Cl", 0.73)):
        assert made(name).pressed_density(187.0) == pytest.approx(density, abs=4e-3)
    assert law.pressed_density(law.die_pressure(0.8)) == pytest.approx(0.8, rel=1e-12)
    # E0 exp(-b P), strength exp(-B P), sigma0 (1 - P)^m at a porosity of 0.2
    assert law.stiffness_factor(0.8) == pytest.approx(math.exp(-0.8))
    assert law.strength_factor(0.8) == pytest.approx(math.exp(-2.2))
    assert law.conductivity_factor(0.8) == pytest.approx(0.64)
    assert law.row()[1] == pytest.approx(law.bulk_modulus * math.exp(-4 * 0.44))
    assert law.isotropic_yield_pressure(0.8) == pytest.approx(
        0.8 * (law.die_pressure(0.8) + 15.0 * math.exp(-2.2)) - 15.0 * math.exp(-2.2)
    )


def sample(random: np.random.Generator, tension: bool = False):
    """A state on or inside the surface, from compaction, and a trial strain from there."""
    law = made(
        list(MATERIALS)[random.integers(4)],
        random.uniform(0.5, 0.6),
        isotropic_tensile_strength=random.choice([0.0, 15.0]),
        lateral_stress_ratio=random.uniform(0.3, 0.7),
    )
    point = compacted(law, random.uniform(0.0, 0.5), 10, random.uniform(-0.5, 0.9))
    grow = 10.0 ** random.uniform(-5.0, -1.0)
    sign = random.choice([-1.0, 1.0]) if tension else -1.0
    dv, ds = sign * grow * random.uniform(0.0, 1.0), grow * random.uniform(-1.0, 1.0)
    return point, point.v + dv, abs(point.s + ds)


def test_derivatives_agree_with_differences() -> None:
    random = np.random.default_rng(11)
    worst, plastic = 0.0, 0
    for _ in range(1500):
        point, v, s = sample(random, tension=True)

        def respond(v: float, s: float, point: Point = point):
            return powder.respond(v, s, point.state, 0.0, point.row, np.empty(2))

        found = respond(v, s)
        for index, h in enumerate((2e-7, 2e-7)):
            dv, ds = (h, 0.0) if index == 0 else (0.0, h)
            if s < 10 * h:
                continue
            near = [respond(v + a * dv, s + a * ds) for a in (-2.0, -1.0, 1.0, 2.0)]
            flows = {abs(one[9]) > 0.0 for one in (*near, found)}
            if len(flows) > 1:  # a corner of the response lies between
                continue
            plastic += flows == {True}
            for stress in (1, 2):
                a, b, c, d = (one[stress] for one in near)
                difference = (a - 8.0 * b + 8.0 * c - d) / (12.0 * h)
                analytic = found[2 + index + 2 * stress - 1]
                scale = found[3] + found[6] + abs(analytic) + point.row[1]
                worst = max(worst, abs(difference - analytic) / scale)
    assert plastic > 1500
    assert worst < 1e-6


def test_unloading_is_elastic_and_leaves_the_density() -> None:
    law = made()
    point = compacted(law, 0.4, 200)
    state = point.state.copy()
    k = point.row[1] * math.exp(4.0 * (point.density - 0.56)) * 0.56 / point.density
    g3 = k * 3.0 * law.shear_modulus / law.bulk_modulus
    v, s = point.v, point.s
    loaded = point.axial()
    for number in range(1, 200):
        point.strain(2e-5, -2.0 / 3.0 * 2e-5)
        if number == 1:  # straight down from the yield surface
            assert point.found[1] == pytest.approx(k * (v + 2e-5), rel=1e-12)
            assert point.found[2] == pytest.approx(g3 * (s - 4.0 / 3.0 * 1e-5), rel=1e-12)
        assert point.found[9] == 0.0
    assert (point.state == state).all()
    assert point.axial() == pytest.approx(
        loaded - 199 * (k * 2e-5 + 2.0 / 3.0 * g3 * 4.0 / 3.0 * 1e-5), rel=1e-10
    )
    # Down to no axial stress: oedometric unloading takes nu/(1 - nu) of it off the radial one,
    # so part of that stays; the spring-back is sigma/(K + 4/3 G).
    axial, radial = point.axial(), point.radial()
    left = axial / (k + 4.0 / 9.0 * g3)
    point.strain(left, -2.0 / 3.0 * left)
    assert (point.state == state).all()
    assert point.axial() == pytest.approx(0.0, abs=1e-9)
    assert point.radial() == pytest.approx(radial - 0.3 / 0.7 * axial, rel=1e-9)
    assert point.radial() > 5.0
    assert loaded > 100.0


def test_no_drift_over_a_thousand_cycles() -> None:
    law = made()
    point = compacted(law, 0.4, 100)
    state, axial = point.state.copy(), point.axial()
    for _ in range(1000):
        for sign in (1.0, -1.0):
            for _ in range(3):
                point.strain(sign * 1e-3, -2.0 / 3.0 * sign * 1e-3)
    # 6,000 additions of strain round off to about 1e-16 each.
    assert point.state == pytest.approx(state, rel=1e-11)
    assert point.axial() == pytest.approx(axial, rel=1e-9)


@pytest.mark.parametrize("name", MATERIALS)
@pytest.mark.parametrize("step", [0.02, 0.10])
def test_robust_from_loose_to_nearly_dense(name: str, step: float) -> None:
    for shear in (0.0, 2.0 / 3.0, -1.0 / 3.0, 2.0):
        point = Point(made(name, 0.5))
        before = point.density
        count = 0
        while point.density < 0.99 and count < 200:
            point.strain(-step, shear * step)  # asserts success
            assert before <= point.density < 1.0
            assert np.isfinite(point.found).all()
            before = point.density
            count += 1
            if shear == 2.0 and count > 60:  # mostly shear: ends at the critical state
                break
        if shear < 2.0:
            assert point.density >= 0.99
        # further on: no stress makes it denser than dense
        for _ in range(5):
            point.strain(-step, 0.0)
            assert point.density < 1.0


def test_random_steps_never_fail() -> None:
    random = np.random.default_rng(7)
    for _ in range(4000):
        point, v, s = sample(random, tension=True)
        new = np.empty(2)
        found = powder.respond(v, s, point.state, 0.0, point.row, new)
        assert found[0]
        assert np.isfinite(found).all()
        assert np.isfinite(new).all()
        assert new[0] >= point.state[0]
        density = float(point.law.density_from_state(new[1]))
        assert 0.0 < density < 1.0
        if new[1] > point.state[1]:  # what loosens softens from the next step on
            density = float(point.law.density_from_state(point.state[1]))
        if found[9] != 0.0:  # on the surface, by its formula
            _, axis, tensile, *_ = powder._functions(density, point.row)
            p = -found[1] + tensile
            f = found[2] ** 2 / point.row[4] ** 2 + p * (p - axis)
            assert f == pytest.approx(0.0, abs=1e-9 * axis * axis)


def test_an_increment_in_which_a_point_loosens_has_a_minimum() -> None:
    random, seen = np.random.default_rng(11), 0
    for _ in range(4000):
        point, v, s = sample(random, tension=True)
        new = np.empty(2)
        found = powder.respond(v, s, point.state, 0.0, point.row, new)
        if not new[1] > point.state[1]:
            continue
        seen += 1
        p_v, p_s, q_v, q_s = found[3:7]
        assert p_s == pytest.approx(q_v, abs=1e-9 * abs(q_s) + 1e-12)  # of an energy
        assert np.linalg.eigvalsh([[p_v, p_s], [q_v, q_s]]).min() >= -1e-9 * q_s  # convex
        # what is stored is what the next increment begins with, at the density of the end
        factor = powder._functions(float(point.law.density_from_state(new[1])), point.row)[0]
        v_e, s_e = found[7:9]
        stored = 0.5 * factor * (point.row[1] * v_e**2 + 3.0 * point.row[0] * s_e**2)
        assert found[10] == pytest.approx(stored, rel=1e-12)
    assert seen > 500


def test_softening_from_increment_to_increment_is_of_first_order() -> None:
    ends = []
    for steps in (50, 100, 200):
        point = compacted(made(), 0.4, 100, 0.0)
        for _ in range(steps):
            point.strain(0.004 / steps, 0.04 / steps)
        ends.append(point.found[2])
    assert ends[0] > 0.0
    assert (ends[1] - ends[2]) / (ends[0] - ends[1]) == pytest.approx(0.5, abs=0.1)


def test_round_off_decides_on_no_solution() -> None:
    # the root lay between two neighbours that sent the iteration to each other for ever
    row, state = np.array(made("LGPS").row()), np.zeros(2)
    random = np.random.default_rng(1)
    for v, s in 1.0 + 1e-15 * random.standard_normal((20000, 2)):
        strain = -0.001852108085024814 * v, 0.00039712598339232354 * s
        assert powder.respond(*strain, state, 0.0, row, np.empty(2))[0]


def test_tension_opens_at_the_tensile_strength() -> None:
    law = made()
    point = compacted(law, 0.4, 100, 0.0)
    density = point.density
    strength = 15.0 * math.exp(-11.0 * (1.0 - density)) * 0.56 / density
    largest = 0.0
    for _ in range(400):
        point.strain(1e-4, 0.0)
        largest = max(largest, point.found[1])
    assert largest == pytest.approx(strength, rel=0.02)
    assert point.density < density  # it dilates, and its strength falls
    assert point.found[1] < largest
    loose = compacted(made(isotropic_tensile_strength=0.0), 0.4, 100, 0.0)
    for _ in range(400):
        loose.strain(1e-4, 0.0)
    assert loose.found[1] == pytest.approx(0.0, abs=1e-9)


def test_work_is_stored_or_dissipated() -> None:
    point = Point(made())
    work = lost = p = q = 0.0
    steps = 4000
    for _ in range(steps):
        found = point.strain(-0.4 / steps, 2.0 / 3.0 * 0.4 / steps)
        work += 0.5 * (-p - found[1]) * 0.4 / steps
        work += 0.5 * (q + found[2]) * 2.0 / 3.0 * 0.4 / steps
        lost += found[9]
        p, q = found[1], found[2]
        assert found[9] >= 0.0
    assert lost + found[10] == pytest.approx(work, rel=1e-4)


def test_refusals() -> None:
    with pytest.raises(MaterialError, match=r"relative_density: 1\.2 is out"):
        made(density=1.2)
    with pytest.raises(MaterialError, match="lateral_stress_ratio: 1 is out of range"):
        made(lateral_stress_ratio=1.0)
    assert Powder.from_parameters(made().parameters()) == made()
