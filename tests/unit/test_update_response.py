"""Pointwise laws against an independent three-dimensional one written with matrix functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm, logm
from scipy.optimize import brentq

from interfacefem.materials import state as carry
from interfacefem.materials import update
from interfacefem.materials.models import (
    Anand,
    Elastic,
    J2Plastic,
    LinearHardening,
    Norton,
    Powder,
    SaturatingHardening,
)
from interfacefem.materials.points import law_table

LAWS = {
    "elastic": Elastic(5000.0, 0.36),
    "perfect": J2Plastic(5000.0, 0.36, 0.8),
    "linear": J2Plastic(5000.0, 0.36, 0.8, LinearHardening(30.0)),
    "saturating": J2Plastic(5000.0, 0.36, 0.8, SaturatingHardening(3.0, 12.0, 2.0)),
}
PLASTIC = ("perfect", "linear", "saturating")

#: lithium of Anand and Narayan (2019) and of LePage et al. (2019)
VISCOUS = {
    "anand": Anand(
        7810.0, 0.38, rate_prefactor=4.25e4, activation_energy=37e3, rate_sensitivity=0.15,
        initial_resistance=0.95, hardening_constant=10.0, saturation_resistance=2.0,
        hardening_exponent=2.0, saturation_exponent=0.05,
    ),
    "norton": Norton(
        7810.0, 0.38, creep_rate=1e-3, creep_stress=0.75, stress_exponent=6.6,
        activation_energy=37e3,
    ),
}  # fmt: skip


@dataclass
class Points:
    """Material points of one law with their accepted state."""

    law: Any
    cp_inverse: np.ndarray
    state: np.ndarray
    dual: np.ndarray
    deviator_ratio: np.ndarray
    kirchhoff: np.ndarray
    trial_state: np.ndarray
    invariants: np.ndarray
    work: np.ndarray
    energy: np.ndarray
    duration: float = 0.0

    @property
    def alpha(self) -> np.ndarray:
        return self.state[:, 0]

    @property
    def alpha_trial(self) -> np.ndarray:
        return self.trial_state[:, 0]

    @property
    def rows(self) -> np.ndarray:
        return np.zeros(len(self.alpha), np.int64)

    def isochoric(
        self, f: np.ndarray, *, primal_dual: bool = False, predict: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Stress (n, m) and tangent (n, m, m); m is 4 in the plane, 5 with a stretch out of it."""
        count, m = f.shape
        stress, tangent = np.empty((count, m)), np.empty((count, m * m))
        table = law_table([self.law], 298.15)
        assert update.full_quadrature_response(
            f, self.cp_inverse, self.state, self.dual, self.deviator_ratio, self.rows,
            table.address, table.coupled, table.rows, self.duration, primal_dual, True, predict,
            stress, tangent,
            self.kirchhoff, self.trial_state, self.invariants, self.work, self.energy,
        )  # fmt: skip
        return stress, tangent.reshape(-1, m, m)

    def volumetric(
        self, f: np.ndarray, followed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean part of the stress, its tangent and the mean stress, in plane strain."""
        followed = np.zeros(0) if followed is None else followed
        count, m = f.shape
        stress, tangent, pressure = np.empty((count, m)), np.empty((count, m * m)), np.empty(count)
        table = law_table([self.law], 298.15)
        assert update.reduced_quadrature_response(
            f,
            self.rows,
            table.coupled,
            table.rows,
            np.zeros(count),
            followed,
            True,
            stress,
            tangent,
            pressure,
        )
        return stress, tangent.reshape(-1, m, m), pressure

    def whole(self, f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Stress and mean stress; rings have no point of the latter, so that it is put in here."""
        stress = self.isochoric(f)[0]
        if f.shape[1] == 4:
            mean, _, pressure = self.volumetric(f)
            return stress + mean, pressure
        plane = f[:, 0] * f[:, 3] - f[:, 1] * f[:, 2]
        pressure = self.law.bulk_modulus * np.log(plane * f[:, 4])
        turned = np.column_stack([f[:, 3], -f[:, 2], -f[:, 1], f[:, 0]]) / plane[:, None]
        return stress + pressure[:, None] * np.column_stack([turned, 1.0 / f[:, 4]]), pressure

    def accept(self, f: np.ndarray) -> None:
        self.isochoric(f)
        carry.accepted_state(f, self.invariants, self.cp_inverse)
        self.state[:] = self.trial_state

    def update_dual(self, f: np.ndarray, push: np.ndarray) -> None:
        self.isochoric(f)
        carry.update_dual(f, push, self.cp_inverse, self.invariants, self.dual)


def fresh(law: Any, count: int, duration: float = 0.0) -> Points:
    state = np.repeat(law_table([law], 298.15).initial, count, axis=0)
    return Points(
        law, np.tile([1.0, 1.0, 1.0, 0.0], (count, 1)), state, np.zeros((count, 4)),
        np.ones(count), np.zeros((count, 4)), state.copy(), np.zeros((count, 2)),
        np.zeros(count), np.zeros(count), duration,
    )  # fmt: skip


#: what the deformation gradient is made of: in plane strain, and with the stretch out of it
PLANES = pytest.mark.parametrize("components", [4, 5], ids=["plane strain", "axisymmetric"])


def random_gradients(
    rng: np.random.Generator, count: int, size: float, components: int = 4
) -> np.ndarray:
    identity = np.array([1.0, 0.0, 0.0, 1.0, 1.0])[:components]
    return identity + size * rng.uniform(-1.0, 1.0, (count, components))


def used(name: str, seed: int, count: int = 40, components: int = 4) -> tuple[Points, np.ndarray]:
    """Points after a first random increment and the gradients of a second one."""
    rng = np.random.default_rng(seed)
    points = fresh(LAWS[name], count)
    first = random_gradients(rng, count, 0.2, components)
    points.accept(first)
    step = rng.choice([1e-5, 1e-3, 0.1], (count, 1)) * rng.uniform(-1.0, 1.0, first.shape)
    return points, first + step


def solid(values: np.ndarray) -> np.ndarray:
    """Symmetric tensor from xx, yy, zz, xy."""
    xx, yy, zz, xy = values
    return np.array([[xx, xy, 0.0], [xy, yy, 0.0], [0.0, 0.0, zz]])


def independent(
    law: Any, f: np.ndarray, cp_inverse: np.ndarray, alpha: float
) -> tuple[np.ndarray, np.ndarray, float]:
    """First Piola stress, new inverse plastic tensor, alpha; matrix functions and a root finder."""
    f3 = np.eye(3)
    f3[:2, :2] = f[:4].reshape(2, 2)
    if len(f) == 5:
        f3[2, 2] = f[4]
    strain = 0.5 * logm(f3 @ solid(cp_inverse) @ f3.T).real
    volume = np.trace(strain)
    deviator = strain - volume / 3.0 * np.eye(3)
    trial = 2.0 * law.shear_modulus * np.sqrt(1.5) * np.linalg.norm(deviator)
    growth = 0.0
    if isinstance(law, J2Plastic) and trial > law.flow_stress(alpha):

        def excess(da: float) -> float:
            return trial - 3.0 * law.shear_modulus * da - law.flow_stress(alpha + da)

        growth = brentq(excess, 0.0, trial / (3.0 * law.shear_modulus), xtol=1e-16, rtol=1e-14)
    scale = 1.0 - 3.0 * law.shear_modulus * growth / trial if growth else 1.0
    tau = 2.0 * law.shear_modulus * scale * deviator + law.bulk_modulus * volume * np.eye(3)
    inverse = np.linalg.inv(f3)
    left = expm(2.0 * (scale * deviator + volume / 3.0 * np.eye(3)))
    piola = tau @ inverse.T
    parts = np.append(piola[:2, :2].ravel(), piola[2, 2])[: len(f)]
    return parts, inverse @ left @ inverse.T, alpha + growth


@PLANES
@pytest.mark.parametrize("name", LAWS)
def test_stress_and_state_agree_with_matrix_functions(name: str, components: int) -> None:
    points, f = used(name, 1, components=components)
    before = points.cp_inverse.copy(), points.alpha.copy()
    stress, _ = points.whole(f)
    plastic = points.alpha_trial > points.alpha
    if name in PLASTIC:
        assert 5 < plastic.sum() < len(f)  # some points flow, some unload
    else:
        assert not plastic.any()
    points.accept(f)
    for p in range(len(f)):
        piola, cp_inverse, alpha = independent(points.law, f[p], before[0][p], before[1][p])
        # stresses come from differences of strains of order 0.1 times the modulus
        np.testing.assert_allclose(stress[p], piola, rtol=1e-10, atol=1e-9)
        assert points.alpha[p] == pytest.approx(alpha, rel=1e-10, abs=1e-12)
        if name in PLASTIC:
            np.testing.assert_allclose(
                solid(points.cp_inverse[p]), cp_inverse, rtol=1e-10, atol=1e-12
            )
        else:
            np.testing.assert_array_equal(points.cp_inverse[p], before[0][p])


def differences(function: Any, f: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Central differences along each component of the deformation gradient, last axis."""
    columns = []
    for k in range(f.shape[1]):
        change = np.zeros(f.shape[1])
        change[k] = step
        columns.append((function(f + change) - function(f - change)) / (2.0 * step))
    return np.stack(columns, axis=-1)


@PLANES
@pytest.mark.parametrize("name", LAWS)
def test_tangent_is_the_derivative_of_the_stress(name: str, components: int) -> None:
    points, f = used(name, 2, components=components)
    _, tangent = points.isochoric(f)
    # not across the kink where yielding starts, within a step of 1e-7
    flowing = []
    for change in 1e-7 * np.vstack([0.0 * f[:1], np.eye(components), -np.eye(components)]):
        points.isochoric(f + change)
        flowing.append(points.alpha_trial > points.alpha)
    smooth = np.all(np.array(flowing) == flowing[0], axis=0)
    assert smooth.sum() >= len(f) - 3
    numeric = differences(lambda g: points.isochoric(g)[0], f, 1e-7)
    # the rounding error of the difference is 1e-16 * 2G / 1e-7 = 4e-6 MPa, its truncation error
    # 1e-7^2 over the yield strain squared, 1e-6 relative
    np.testing.assert_allclose(tangent[smooth], numeric[smooth], rtol=1e-5, atol=1e-3)
    if components == 4:
        tangent = points.volumetric(f)[1]
        numeric = differences(lambda g: points.volumetric(g)[0], f)
        np.testing.assert_allclose(tangent, numeric, rtol=1e-6, atol=1e-4)


@PLANES
@pytest.mark.parametrize("name", LAWS)
def test_consistent_tangent_is_symmetric(name: str, components: int) -> None:
    # the update is the minimum of an incremental energy, so its second derivative is symmetric
    points, f = used(name, 3, components=components)
    tangents = [points.isochoric(f)[1], points.isochoric(f, primal_dual=True)[1]]
    if components == 4:
        tangents.append(points.volumetric(f)[1])
    for tangent in tangents:
        np.testing.assert_allclose(tangent, tangent.transpose(0, 2, 1), rtol=0.0, atol=1e-8)


@PLANES
@pytest.mark.parametrize("name", ["elastic", "perfect", "linear"])
def test_stress_is_the_derivative_of_the_incremental_energy(name: str, components: int) -> None:
    # stored energy plus plastic work; with linear hardening the mean flow stress makes it exact
    points, f = used(name, 4, components=components)

    def energy(g: np.ndarray) -> np.ndarray:
        points.isochoric(g)
        s = points.kirchhoff
        norm2 = s[:, 0] ** 2 + s[:, 1] ** 2 + s[:, 2] ** 2 + 2.0 * s[:, 3] ** 2
        np.testing.assert_allclose(
            points.energy, norm2 / (4.0 * points.law.shear_modulus), rtol=1e-10
        )
        mean = points.whole(g)[1]
        return points.energy + mean**2 / (2.0 * points.law.bulk_modulus) + points.work

    numeric = differences(energy, f, 3e-7)
    stress, _ = points.whole(f)
    np.testing.assert_allclose(stress, numeric, rtol=1e-5, atol=2e-3)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("degrees", [30.0, 135.0])
def test_rotation_turns_the_stress_and_leaves_the_state(name: str, degrees: float) -> None:
    points, f = used(name, 5)
    turned, _ = used(name, 5)
    angle = np.radians(degrees)
    q = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    g = np.einsum("ij,pjk->pik", q, f.reshape(-1, 2, 2)).reshape(-1, 4)
    stress = (points.isochoric(f)[0] + points.volumetric(f)[0]).reshape(-1, 2, 2)
    expected = np.einsum("ij,pjk->pik", q, stress)
    np.testing.assert_allclose(
        turned.isochoric(g)[0] + turned.volumetric(g)[0],
        expected.reshape(-1, 4),
        rtol=1e-10,
        atol=1e-9,
    )
    points.accept(f)
    turned.accept(g)
    np.testing.assert_allclose(turned.alpha, points.alpha, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(turned.cp_inverse, points.cp_inverse, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", PLASTIC)
def test_holding_the_deformation_changes_nothing(name: str) -> None:
    points, f = used(name, 6)
    points.accept(f)
    stress = points.isochoric(f)[0].copy()
    alpha, cp_inverse = points.alpha.copy(), points.cp_inverse.copy()
    for _ in range(3):
        points.accept(f)
    np.testing.assert_allclose(points.alpha, alpha, rtol=0.0, atol=1e-15)
    np.testing.assert_allclose(points.cp_inverse, cp_inverse, rtol=0.0, atol=1e-14)
    np.testing.assert_allclose(points.isochoric(f)[0], stress, rtol=0.0, atol=1e-9)


def test_plastic_flow_keeps_the_volume_over_many_increments() -> None:
    rng = np.random.default_rng(7)
    points = fresh(LAWS["linear"], 20)
    f = np.tile([1.0, 0.0, 0.0, 1.0], (20, 1))
    for _ in range(200):
        f = f + 0.01 * rng.uniform(-1.0, 1.0, f.shape)
        points.accept(f)
    c = points.cp_inverse
    assert points.alpha.min() > 0.5
    # each increment adds one rounding error of the exponential, nothing else
    np.testing.assert_allclose((c[:, 0] * c[:, 1] - c[:, 3] ** 2) * c[:, 2], 1.0, rtol=1e-12)


@pytest.mark.parametrize("name", PLASTIC)
def test_yield_condition_holds(name: str) -> None:
    points, f = used(name, 8)
    points.isochoric(f)
    s = points.kirchhoff
    mises = np.sqrt(1.5 * (s[:, 0] ** 2 + s[:, 1] ** 2 + s[:, 2] ** 2 + 2.0 * s[:, 3] ** 2))
    flow = np.array([points.law.flow_stress(a) for a in points.alpha_trial])
    assert np.all(mises <= flow * (1.0 + 1e-12))
    flowing = points.alpha_trial > points.alpha
    np.testing.assert_allclose(mises[flowing], flow[flowing], rtol=1e-10)


def test_primal_dual_tangent_meets_the_consistent_one_at_the_solution() -> None:
    # at a fixed point of the dual field w is the flow direction n, and the two tangents agree
    points, f = used("linear", 9)
    consistent = points.isochoric(f)[1].copy()
    secant = points.isochoric(f, primal_dual=True)[1].copy()
    assert np.abs(secant - consistent).max() > 1.0
    points.update_dual(f, np.zeros_like(f))
    np.testing.assert_allclose(
        points.isochoric(f, primal_dual=True)[1], consistent, rtol=1e-12, atol=1e-8
    )


@pytest.mark.parametrize("name", LAWS)
def test_predicted_tangent_is_elastic_and_softened_by_the_last_increment(name: str) -> None:
    # the tangent of a never yielding law at the same state, with its modulus times
    # sqrt(deviator_ratio) and, because the stress is that of the law, that stress' geometric part
    points, f = used(name, 11)
    stress = points.isochoric(f)[0].copy()
    kept = points.deviator_ratio.copy()
    s = points.kirchhoff
    mises = np.sqrt(1.5 * (s[:, 0] ** 2 + s[:, 1] ** 2 + s[:, 2] ** 2 + 2.0 * s[:, 3] ** 2))
    elastic = fresh(LAWS["elastic"], len(f))
    elastic.cp_inverse[:] = points.cp_inverse
    trial_stress, trial_tangent = (array.copy() for array in elastic.isochoric(f))
    s = elastic.kirchhoff
    trial = np.sqrt(1.5 * (s[:, 0] ** 2 + s[:, 1] ** 2 + s[:, 2] ** 2 + 2.0 * s[:, 3] ** 2))
    np.testing.assert_allclose(kept, mises / trial, rtol=1e-12)
    assert (kept.min() < 0.9) == (name in PLASTIC)
    predicted_stress, predicted = points.isochoric(f, predict=True)
    np.testing.assert_array_equal(predicted_stress, stress)
    np.testing.assert_array_equal(points.deviator_ratio, kept)

    def geometric(piola: np.ndarray) -> np.ndarray:
        # P = tau F^-T at fixed tau: dP_iJ / dF_kL = -P_iL F^-1_Jk
        inverse = np.linalg.inv(f.reshape(-1, 2, 2))
        return -np.einsum("pil,pjk->pijkl", piola.reshape(-1, 2, 2), inverse).reshape(-1, 4, 4)

    expected = np.sqrt(kept)[:, None, None] * (trial_tangent - geometric(trial_stress))
    np.testing.assert_allclose(predicted, expected + geometric(stress), rtol=1e-9, atol=1e-8)


def test_dual_field_stays_in_the_unit_ball() -> None:
    points, f = used("perfect", 10)
    rng = np.random.default_rng(10)
    for _ in range(5):
        push = 0.3 * rng.normal(size=f.shape)
        points.update_dual(f, push)
        d = points.dual
        size = np.sqrt(d[:, 0] ** 2 + d[:, 1] ** 2 + d[:, 2] ** 2 + 2.0 * d[:, 3] ** 2)
        assert size.max() <= 1.0 + 1e-14
    assert size.max() > 0.99


@pytest.mark.parametrize(
    "f",
    [
        [-1.0, 0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0, 1.0],
        [1.0, 2.0, 0.6, 1.0],
        [1.0, 0.0, 0.0, 1.0, -1.0],
        [1.0, 0.0, 0.0, 1.0, 0.0],
    ],
)
def test_inverted_point_is_refused(f: list[float]) -> None:
    points = fresh(LAWS["linear"], 1)
    for response in (points.isochoric, points.volumetric)[: 1 if len(f) == 5 else 2]:
        with pytest.raises(AssertionError):
            response(np.array([f]))


@PLANES
@pytest.mark.parametrize("duration", [1e-3, 10.0, 1e4])
@pytest.mark.parametrize("name", VISCOUS)
def test_viscous_tangent_is_the_derivative_of_the_stress(
    name: str, duration: float, components: int
) -> None:
    rng = np.random.default_rng(12)
    points = fresh(VISCOUS[name], 40, duration)
    f = random_gradients(rng, 40, 0.2, components)
    points.accept(f)
    f = f + rng.choice([1e-4, 1e-2, 0.1], (40, 1)) * rng.uniform(-1.0, 1.0, f.shape)
    tangent = points.isochoric(f)[1]
    numeric = differences(lambda g: points.isochoric(g)[0], f, 1e-7)
    # the slope of a power law changes over an elastic strain of 1e-4: truncation 1e-6 relative
    np.testing.assert_allclose(tangent, numeric, rtol=1e-5, atol=2e-3)
    np.testing.assert_allclose(tangent, tangent.transpose(0, 2, 1), rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("name", VISCOUS)
def test_viscous_points_relax_in_time_and_not_without(name: str) -> None:
    points = fresh(VISCOUS[name], 1)
    f = np.array([[1.001, 0.0005, 0.0, 0.9995]])
    trial = points.isochoric(f)[0].copy()
    points.accept(f)
    np.testing.assert_array_equal(points.cp_inverse, [[1.0, 1.0, 1.0, 0.0]])
    last = np.linalg.norm(trial)
    for duration in (1.0, 10.0, 1e3):
        points.duration = duration
        points.accept(f)
        now = np.linalg.norm(points.kirchhoff)
        assert now < 0.95 * last
        last = now
    c = points.cp_inverse
    np.testing.assert_allclose((c[:, 0] * c[:, 1] - c[:, 3] ** 2) * c[:, 2], 1.0, rtol=1e-14)


@PLANES
def test_powder_tangent_is_the_derivative_of_the_stress(components: int) -> None:
    # a coupled law: mean stress and deviator in one rule, and a tangent without symmetry
    law = Powder(
        30e3, 0.3, relative_density=0.56, yield_pressure=160.0, heckel_intercept=0.8,
        isotropic_tensile_strength=15.0,
    )  # fmt: skip
    rng = np.random.default_rng(13)
    points = fresh(law, 40)
    f = random_gradients(rng, 40, 0.05, components) - 0.15 * np.array([1, 0, 0, 1, 1])[:components]
    points.accept(f)
    f = f + rng.choice([1e-4, 1e-2], (40, 1)) * rng.uniform(-1.0, 1.0, f.shape)
    tangent = points.isochoric(f)[1]
    flowing = []
    for change in 1e-6 * np.vstack([0.0 * f[:1], np.eye(components), -np.eye(components)]):
        points.isochoric(f + change)
        flowing.append(points.trial_state[:, 1] != points.state[:, 1])
    smooth = np.all(np.array(flowing) == flowing[0], axis=0)  # not across the kink of yielding
    assert smooth.sum() > 30
    assert np.any(np.array(flowing)[:, smooth])
    assert np.abs(tangent - tangent.transpose(0, 2, 1)).max() > 10.0
    numeric = differences(lambda g: points.isochoric(g)[0], f, 1e-6)
    np.testing.assert_allclose(tangent[smooth], numeric[smooth], rtol=1e-6, atol=2e-2)
    if components == 4:
        assert not any(part.any() for part in points.volumetric(f))


def test_powder_state_agrees_with_matrix_functions() -> None:
    # the plastic volume in the tensor is the one in the internal variable
    law = Powder(30e3, 0.3, relative_density=0.56, yield_pressure=160.0, heckel_intercept=0.8)
    rng = np.random.default_rng(14)
    points = fresh(law, 20)
    f = random_gradients(rng, 20, 0.05, 5)
    for _ in range(10):
        f = f - 0.02 * np.array([1.0, 0.0, 0.0, 1.0, 1.0]) + 0.005 * rng.normal(size=f.shape)
        points.accept(f)
    c = points.cp_inverse
    plastic = -0.5 * np.log((c[:, 0] * c[:, 1] - c[:, 3] ** 2) * c[:, 2])
    assert plastic.max() < -0.2
    np.testing.assert_allclose(points.state[:, 1], plastic, rtol=0.0, atol=1e-12)
    for p in range(20):
        f3 = np.diag([0.0, 0.0, f[p, 4]])
        f3[:2, :2] = f[p, :4].reshape(2, 2)
        strain = 0.5 * logm(f3 @ solid(c[p]) @ f3.T).real
        assert points.invariants[p, 0] == pytest.approx(np.trace(strain), rel=1e-9)
        # coaxial: stress and elastic strain have the same principal axes
        tau = solid(points.kirchhoff[p])
        np.testing.assert_allclose(tau @ strain, strain @ tau, rtol=0.0, atol=1e-10)
