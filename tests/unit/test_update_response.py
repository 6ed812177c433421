"""Pointwise laws against an independent three-dimensional one written with matrix functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm, logm
from scipy.optimize import brentq

from interfacefem.materials import update
from interfacefem.materials.flow import parameters
from interfacefem.materials.models import Elastic, J2Plastic, LinearHardening, SaturatingHardening

LAWS = {
    "elastic": Elastic(5000.0, 0.36),
    "perfect": J2Plastic(5000.0, 0.36, 0.8),
    "linear": J2Plastic(5000.0, 0.36, 0.8, LinearHardening(30.0)),
    "saturating": J2Plastic(5000.0, 0.36, 0.8, SaturatingHardening(3.0, 12.0, 2.0)),
}
PLASTIC = ("perfect", "linear", "saturating")


@dataclass
class Points:
    """Material points of one law with their accepted state."""

    law: Any
    cp_inverse: np.ndarray
    alpha: np.ndarray
    dual: np.ndarray
    softening: np.ndarray
    kirchhoff: np.ndarray
    alpha_trial: np.ndarray
    work: np.ndarray

    @property
    def table(self) -> np.ndarray:
        return np.array([parameters(self.law)])

    @property
    def rows(self) -> np.ndarray:
        return np.zeros(len(self.alpha), np.int64)

    def isochoric(
        self, f: np.ndarray, *, primal_dual: bool = False, predict: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Stress (n, 2, 2) and tangent (n, 4, 4)."""
        count = len(f)
        stress, tangent = np.empty((count, 4)), np.empty((count, 16))
        assert update.isochoric_response(
            f, self.cp_inverse, self.alpha, self.dual, self.softening, self.rows, self.table,
            primal_dual, True, predict, stress, tangent, self.kirchhoff, self.alpha_trial,
            self.work,
        )  # fmt: skip
        return stress.reshape(-1, 2, 2), tangent.reshape(-1, 4, 4)

    def volumetric(self, f: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        count = len(f)
        stress, tangent, pressure = np.empty((count, 4)), np.empty((count, 16)), np.empty(count)
        assert update.volumetric_response(f, self.rows, self.table, True, stress, tangent, pressure)
        return stress.reshape(-1, 2, 2), tangent.reshape(-1, 4, 4), pressure

    def accept(self, f: np.ndarray) -> None:
        self.isochoric(f)
        update.accepted_state(f, self.kirchhoff, self.cp_inverse, self.rows, self.table)
        self.alpha[:] = self.alpha_trial


def fresh(law: Any, count: int) -> Points:
    return Points(
        law, np.tile([1.0, 1.0, 1.0, 0.0], (count, 1)), np.zeros(count), np.zeros((count, 4)),
        np.ones(count), np.zeros((count, 4)), np.zeros(count), np.zeros(count),
    )  # fmt: skip


def random_gradients(rng: np.random.Generator, count: int, size: float) -> np.ndarray:
    return np.array([1.0, 0.0, 0.0, 1.0]) + size * rng.uniform(-1.0, 1.0, (count, 4))


def used(name: str, seed: int, count: int = 40) -> tuple[Points, np.ndarray]:
    """Points after a first random increment and the gradients of a second one."""
    rng = np.random.default_rng(seed)
    points = fresh(LAWS[name], count)
    first = random_gradients(rng, count, 0.2)
    points.accept(first)
    step = rng.choice([1e-5, 1e-3, 0.1], (count, 1)) * rng.uniform(-1.0, 1.0, (count, 4))
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
    f3[:2, :2] = f.reshape(2, 2)
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
    return (tau @ inverse.T)[:2, :2], inverse @ left @ inverse.T, alpha + growth


@pytest.mark.parametrize("name", LAWS)
def test_stress_and_state_agree_with_matrix_functions(name: str) -> None:
    points, f = used(name, 1)
    before = points.cp_inverse.copy(), points.alpha.copy()
    stress = points.isochoric(f)[0] + points.volumetric(f)[0]
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
    for k in range(4):
        change = np.zeros(4)
        change[k] = step
        columns.append((function(f + change) - function(f - change)) / (2.0 * step))
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("name", LAWS)
def test_tangent_is_the_derivative_of_the_stress(name: str) -> None:
    points, f = used(name, 2)
    _, tangent = points.isochoric(f)
    # not across the kink where yielding starts, within a step of 1e-7
    flowing = []
    for change in 1e-7 * np.vstack([np.zeros(4), np.eye(4), -np.eye(4)]):
        points.isochoric(f + change)
        flowing.append(points.alpha_trial > points.alpha)
    smooth = np.all(np.array(flowing) == flowing[0], axis=0)
    assert smooth.sum() >= len(f) - 3
    numeric = differences(lambda g: points.isochoric(g)[0].reshape(-1, 4), f, 1e-7)
    # the rounding error of the difference is 1e-16 * 2G / 1e-7 = 4e-6 MPa, its truncation error
    # 1e-7^2 over the yield strain squared, 1e-6 relative
    np.testing.assert_allclose(tangent[smooth], numeric[smooth], rtol=1e-5, atol=1e-3)
    tangent = points.volumetric(f)[1]
    numeric = differences(lambda g: points.volumetric(g)[0].reshape(-1, 4), f)
    np.testing.assert_allclose(tangent, numeric, rtol=1e-6, atol=1e-4)


@pytest.mark.parametrize("name", LAWS)
def test_consistent_tangent_is_symmetric(name: str) -> None:
    # the update is the minimum of an incremental energy, so its second derivative is symmetric
    points, f = used(name, 3)
    for tangent in (
        points.isochoric(f)[1],
        points.volumetric(f)[1],
        points.isochoric(f, primal_dual=True)[1],
    ):
        np.testing.assert_allclose(tangent, tangent.transpose(0, 2, 1), rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("name", ["elastic", "perfect", "linear"])
def test_stress_is_the_derivative_of_the_incremental_energy(name: str) -> None:
    # stored energy plus plastic work; with linear hardening the mean flow stress makes it exact
    points, f = used(name, 4)

    def energy(g: np.ndarray) -> np.ndarray:
        points.isochoric(g)
        s = points.kirchhoff
        norm2 = s[:, 0] ** 2 + s[:, 1] ** 2 + s[:, 2] ** 2 + 2.0 * s[:, 3] ** 2
        mean = points.volumetric(g)[2]
        stored = norm2 / (4.0 * points.law.shear_modulus) + mean**2 / (
            2.0 * points.law.bulk_modulus
        )
        return stored + points.work

    numeric = differences(energy, f, 3e-7)
    stress = (points.isochoric(f)[0] + points.volumetric(f)[0]).reshape(-1, 4)
    np.testing.assert_allclose(stress, numeric, rtol=1e-5, atol=2e-3)


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("degrees", [30.0, 135.0])
def test_rotation_turns_the_stress_and_leaves_the_state(name: str, degrees: float) -> None:
    points, f = used(name, 5)
    turned, _ = used(name, 5)
    angle = np.radians(degrees)
    q = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    g = np.einsum("ij,pjk->pik", q, f.reshape(-1, 2, 2)).reshape(-1, 4)
    expected = np.einsum("ij,pjk->pik", q, points.isochoric(f)[0] + points.volumetric(f)[0])
    np.testing.assert_allclose(
        turned.isochoric(g)[0] + turned.volumetric(g)[0], expected, rtol=1e-10, atol=1e-9
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
    still = np.zeros_like(f)
    update.update_dual(
        f, still, points.cp_inverse, points.alpha, points.rows, points.table, points.dual
    )
    np.testing.assert_allclose(
        points.isochoric(f, primal_dual=True)[1], consistent, rtol=1e-12, atol=1e-8
    )


@pytest.mark.parametrize("name", LAWS)
def test_predicted_tangent_is_elastic_and_softened_by_the_last_increment(name: str) -> None:
    # the tangent of a never yielding law at the same state, with its modulus times
    # sqrt(softening) and, because the stress is that of the law, that stress' geometric part
    points, f = used(name, 11)
    stress = points.isochoric(f)[0].copy()
    kept = points.softening.copy()
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
    np.testing.assert_array_equal(points.softening, kept)

    def geometric(piola: np.ndarray) -> np.ndarray:
        # P = tau F^-T at fixed tau: dP_iJ / dF_kL = -P_iL F^-1_Jk
        inverse = np.linalg.inv(f.reshape(-1, 2, 2))
        return -np.einsum("pil,pjk->pijkl", piola, inverse).reshape(-1, 4, 4)

    expected = np.sqrt(kept)[:, None, None] * (trial_tangent - geometric(trial_stress))
    np.testing.assert_allclose(predicted, expected + geometric(stress), rtol=1e-9, atol=1e-8)


def test_dual_field_stays_in_the_unit_ball() -> None:
    points, f = used("perfect", 10)
    rng = np.random.default_rng(10)
    for _ in range(5):
        push = 0.3 * rng.normal(size=f.shape)
        update.update_dual(
            f, push, points.cp_inverse, points.alpha, points.rows, points.table, points.dual
        )
        d = points.dual
        size = np.sqrt(d[:, 0] ** 2 + d[:, 1] ** 2 + d[:, 2] ** 2 + 2.0 * d[:, 3] ** 2)
        assert size.max() <= 1.0 + 1e-14
    assert size.max() > 0.99


@pytest.mark.parametrize("f", [[-1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 1.0], [1.0, 2.0, 0.6, 1.0]])
def test_inverted_point_is_refused(f: list[float]) -> None:
    points = fresh(LAWS["linear"], 1)
    gradient = np.array([f])
    empty = np.empty((1, 4)), np.empty((1, 16)), np.empty(1)
    assert not update.volumetric_response(gradient, points.rows, points.table, True, *empty)
    with pytest.raises(AssertionError):
        points.isochoric(gradient)
