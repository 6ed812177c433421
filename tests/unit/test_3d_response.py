# SPDX-License-Identifier: MIT
"""Pointwise laws in 3D: against the plane ones, against matrix functions and differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm, logm
from scipy.spatial.transform import Rotation

from interfacefem.materials import state as carry
from interfacefem.materials import strains, update, update3d
from interfacefem.materials.models import Elastic, J2Plastic, LinearHardening, SaturatingHardening
from interfacefem.materials.points import law_table

LAWS = {
    "elastic": Elastic(5000.0, 0.36),
    "perfect": J2Plastic(5000.0, 0.36, 0.8),
    "linear": J2Plastic(5000.0, 0.36, 0.8, LinearHardening(30.0)),
    "saturating": J2Plastic(5000.0, 0.36, 0.8, SaturatingHardening(3.0, 12.0, 2.0)),
}
NAMES = pytest.mark.parametrize("name", list(LAWS))
#: gradient of the plane -> place in that of space
PLACE = np.array([0, 1, 3, 4, 8])


@dataclass
class Points:
    """Material points of one law with their accepted state, in the plane (4, 5) or in 3D (9)."""

    law: Any
    count: int
    components: int

    def __post_init__(self) -> None:
        self.tensor = 6 if self.components == 9 else 4
        unit = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 0.0])[: self.tensor]
        self.cp_inverse = np.tile(unit, (self.count, 1))
        self.state = np.zeros((self.count, 1))
        self.dual = np.zeros((self.count, self.tensor))
        self.deviator_ratio = np.ones(self.count)
        self.kirchhoff = np.zeros((self.count, self.tensor))
        self.trial_state = np.zeros((self.count, 1))
        self.invariants = np.zeros((self.count, 2))
        self.work, self.energy = np.zeros(self.count), np.zeros(self.count)
        self.table = law_table([self.law], 298.15)
        self.rows = np.zeros(self.count, np.int64)
        self.loops = update3d if self.components == 9 else update
        self.carry = update3d if self.components == 9 else carry

    def full(
        self, f: np.ndarray, *, primal_dual: bool = False, predict: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        m = self.components
        stress, tangent = np.empty((self.count, m)), np.empty((self.count, m * m))
        assert self.loops.full_quadrature_response(
            f, self.cp_inverse, self.state, self.dual, self.deviator_ratio, self.rows,
            self.table.address, self.table.coupled, self.table.rows, 0.0, primal_dual, True,
            predict, stress, tangent, self.kirchhoff, self.trial_state, self.invariants, self.work,
            self.energy,
        )  # fmt: skip
        return stress, tangent.reshape(-1, m, m)

    def accept(self, f: np.ndarray) -> None:
        self.full(f)
        self.carry.accepted_state(f, self.invariants, self.cp_inverse)
        self.state[:] = self.trial_state

    def update_dual(self, f: np.ndarray, push: np.ndarray) -> None:
        self.full(f)
        self.carry.update_dual(f, push, self.cp_inverse, self.invariants, self.dual)


def random_gradients(rng: np.random.Generator, count: int, size: float) -> np.ndarray:
    return np.eye(3).ravel() + size * rng.uniform(-1.0, 1.0, (count, 9))


def used(name: str, seed: int, count: int = 30) -> tuple[Points, np.ndarray]:
    """Points after a first random increment and the gradients of a second one."""
    rng = np.random.default_rng(seed)
    points = Points(LAWS[name], count, 9)
    points.accept(random_gradients(rng, count, 0.1))
    return points, random_gradients(rng, count, 0.15)


def difference_error(points: Points, f: np.ndarray, step: float = 1e-6) -> float:
    """Largest error of the tangent against central differences, relative to its size."""
    tangent = points.full(f)[1]
    numerical = np.empty_like(tangent)
    for k in range(9):
        sides = []
        for sign in (1.0, -1.0):
            moved = f.copy()
            moved[:, k] += sign * step
            sides.append(points.full(moved)[0])
        numerical[:, :, k] = (sides[0] - sides[1]) / (2.0 * step)
    scale = np.abs(tangent).max(axis=(1, 2), keepdims=True)
    return float((np.abs(tangent - numerical) / scale).max())


@NAMES
def test_tangent_agrees_with_differences(name: str) -> None:
    points, f = used(name, 1)
    # plastic stress is a thousandth of the elastic moduli: round-off of the difference is 1e-16
    # times strain 0.1 times modulus over step 1e-6, so 1e-8 of the tangent's own size
    assert difference_error(points, f) < 1e-7


@pytest.mark.parametrize(
    "stretches",
    [(1.0, 1.0, 1.0), (1.1, 1.1, 0.9), (1.05, 0.97, 0.97), (1.1, 1.1 * (1 + 1e-9), 0.9)],
)
@pytest.mark.parametrize("name", ["elastic", "linear"])
def test_tangent_where_stretches_coincide(name: str, stretches: tuple[float, ...]) -> None:
    turn = Rotation.from_rotvec([0.3, -0.5, 0.8]).as_matrix()
    other = Rotation.from_rotvec([-0.2, 0.9, 0.1]).as_matrix()
    f = np.array([np.diag(stretches), turn @ np.diag(stretches) @ other]).reshape(2, 9)
    assert difference_error(Points(LAWS[name], 2, 9), f, 1e-7 if name == "linear" else 1e-6) < 1e-6


def test_eigenvectors_diagonalise_and_stay_orthogonal() -> None:
    rng = np.random.default_rng(2)
    turn = Rotation.from_rotvec([0.4, 0.2, -0.7]).as_matrix()
    for values in ((1.0, 1.0, 1.0), (2.0, 2.0, 1.0), (1.0, 1.0 + 1e-12, 3.0), tuple(rng.random(3))):
        matrix = turn @ np.diag(values) @ turn.T
        found, axes = 0.5 * (matrix + matrix.T), np.empty((3, 3))
        strains.eigen(found, axes)
        # a few units of round-off of the largest entry
        assert np.abs(axes.T @ axes - np.eye(3)).max() < 4e-15
        assert np.abs(axes @ np.diag(np.diag(found)) @ axes.T - matrix).max() < 4e-15
        assert np.sort(np.diag(found)) == pytest.approx(np.sort(values), abs=4e-15)


@pytest.mark.parametrize("components", [4, 5])
@NAMES
def test_plane_deformation_is_that_of_the_plane_law(name: str, components: int) -> None:
    # the plane loops are checked against matrix functions and closed forms of their own
    rng = np.random.default_rng(3)
    count = 20
    plane, space = Points(LAWS[name], count, components), Points(LAWS[name], count, 9)
    place = PLACE[:components]

    def gradients(size: float) -> tuple[np.ndarray, np.ndarray]:
        f = np.array([1.0, 0.0, 0.0, 1.0, 1.0])[:components] + size * rng.uniform(
            -1.0, 1.0, (count, components)
        )
        whole = np.tile(np.eye(3).ravel(), (count, 1))
        whole[:, place] = f
        return f, whole

    for _ in range(3):
        f, whole = gradients(0.1)
        push, pushed = gradients(1.0)
        pushed[:, 8] = push[:, 4] if components == 5 else 0.0
        plane.update_dual(f, push)
        space.update_dual(f=whole, push=pushed)
        assert space.dual[:, :4] == pytest.approx(plane.dual, abs=1e-11)
        for primal_dual, predict in ((False, False), (True, False), (True, True)):
            stress, tangent = plane.full(f, primal_dual=primal_dual, predict=predict)
            stress3, tangent3 = space.full(whole, primal_dual=primal_dual, predict=predict)
            assert stress3[:, place] == pytest.approx(stress, abs=1e-10)
            assert tangent3[:, place[:, None], place] == pytest.approx(tangent, abs=1e-8)
        plane.accept(f)
        space.accept(whole)
        assert space.cp_inverse[:, :4] == pytest.approx(plane.cp_inverse, abs=1e-12)
        assert np.abs(space.cp_inverse[:, 4:]).max() < 1e-14
        assert space.state == pytest.approx(plane.state, abs=1e-13)
        assert space.work == pytest.approx(plane.work, abs=1e-12)


@NAMES
def test_objectivity(name: str) -> None:
    points, f = used(name, 4)
    stress, tangent = points.full(f)
    turn = Rotation.from_rotvec([0.7, 1.1, -0.4]).as_matrix()
    turned = np.einsum("ij,pjk->pik", turn, f.reshape(-1, 3, 3)).reshape(-1, 9)
    stress2, tangent2 = points.full(turned)
    expected = np.einsum("ij,pjk->pik", turn, stress.reshape(-1, 3, 3)).reshape(-1, 9)
    # a strain's round-off times the elastic moduli
    assert np.abs(stress2 - expected).max() < 1e-11 * 5000.0
    expected = np.einsum("ia,kb,pajbl->pijkl", turn, turn, tangent.reshape(-1, 3, 3, 3, 3)).reshape(
        -1, 9, 9
    )
    assert np.abs(tangent2 - expected).max() < 1e-10 * 5000.0


def test_elastic_stress_is_that_of_hencky() -> None:
    # tau = 2 G dev(ln V), with scipy's matrix logarithm
    law = LAWS["elastic"]
    f = random_gradients(np.random.default_rng(5), 10, 0.2)
    points = Points(law, 10, 9)
    found = points.full(f)[0].reshape(-1, 3, 3)
    for gradient, stress in zip(f.reshape(-1, 3, 3), found, strict=True):
        strain = 0.5 * logm(gradient @ gradient.T).real
        deviator = strain - np.trace(strain) / 3.0 * np.eye(3)
        assert stress @ gradient.T == pytest.approx(2.0 * law.shear_modulus * deviator, abs=1e-8)


def test_flow_keeps_volume_and_yield_stress() -> None:
    points, f = used("perfect", 6)
    points.accept(f)
    c = points.cp_inverse
    full = c[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
    assert np.linalg.det(full) == pytest.approx(np.ones(points.count), abs=1e-13)
    tau = points.kirchhoff[:, [0, 3, 4, 3, 1, 5, 4, 5, 2]].reshape(-1, 3, 3)
    mises = np.sqrt(1.5 * np.einsum("pij,pij->p", tau, tau))
    assert mises == pytest.approx(np.full(points.count, 0.8), rel=1e-9)
    # the elastic strain that is left, F Cp^-1 F^T = exp(2 e), gives that stress
    shear = LAWS["perfect"].shear_modulus
    for gradient, inverse, stress in zip(f.reshape(-1, 3, 3), full, tau, strict=True):
        mean = np.log(np.linalg.det(gradient)) / 3.0
        wanted = expm(stress / shear + 2.0 * mean * np.eye(3))
        assert gradient @ inverse @ gradient.T == pytest.approx(wanted, rel=1e-10)


def test_dual_field_stays_bounded_and_reaches_the_normal() -> None:
    points, f = used("linear", 7)
    rng = np.random.default_rng(8)
    for _ in range(3):
        points.update_dual(f, rng.uniform(-1.0, 1.0, f.shape))
        w = points.dual
        norm = np.sqrt((w[:, :3] ** 2).sum(axis=1) + 2.0 * (w[:, 3:] ** 2).sum(axis=1))
        assert norm.max() <= 1.0 + 1e-14
    # with a Newton step of zero the dual field is the flow direction, and the tangent consistent
    points.update_dual(f, np.zeros_like(f))
    assert points.full(f, primal_dual=True)[1] == pytest.approx(points.full(f)[1], abs=1e-8)


def test_an_inverted_point_is_refused() -> None:
    points = Points(LAWS["linear"], 1, 9)
    f = np.diag([1.0, 1.0, -1.0]).reshape(1, 9)
    assert not update3d.full_quadrature_response(
        f, points.cp_inverse, points.state, points.dual, points.deviator_ratio, points.rows,
        points.table.address, points.table.coupled, points.table.rows, 0.0, False, False, False,
        np.empty((1, 9)), np.empty((1, 81)), points.kirchhoff, points.trial_state,
        points.invariants, points.work, points.energy,
    )  # fmt: skip
