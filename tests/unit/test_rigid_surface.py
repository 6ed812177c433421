# SPDX-License-Identifier: MIT
"""Rigid faces on single nodes: forces, their tangent against differences, what is carried on."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from interfacefem.fem.contact.die import RigidSurface
from interfacefem.fem.contact.numbers import DIE_STICK

SIZE, KAPPA, FRICTION = 20, 50.0, 0.3


def wall(seed: int = 1) -> tuple[RigidSurface, np.ndarray, np.ndarray]:
    """Eight nodes, of which some touch, and of those some slip; displacement now and before."""
    rng = np.random.default_rng(seed)
    face = RigidSurface(
        "wall", np.arange(8), 0.1 * rng.uniform(size=8), stiffness=KAPPA, tolerance=1e-6,
        along=np.arange(8, 16), friction=FRICTION,
    )  # fmt: skip
    face.normal = 2.0 * rng.uniform(size=8)
    return face, 0.1 * rng.normal(size=SIZE), 0.2 * rng.normal(size=SIZE)


def forces(face: RigidSurface, displacement: np.ndarray, accepted: np.ndarray) -> np.ndarray:
    found = np.zeros(SIZE)
    face.add_forces(found, displacement, accepted)
    return found


def test_forces_obey_contact_and_friction() -> None:
    face, u, accepted = wall()
    found = forces(face, u, accepted)
    normal, shear = found[:8], -found[8:16]
    assert np.all(normal >= 0.0)
    assert np.all(np.abs(shear) <= FRICTION * normal * (1.0 + 1e-12))
    assert (normal == 0.0).any()
    slipping = np.abs(shear) == FRICTION * normal
    assert slipping.any()
    assert not slipping.all()
    # friction acts against the motion
    assert np.all(shear * (u[8:16] - accepted[8:16]) <= 0.0)
    assert not found[16:].any()


def test_round_off_does_not_decide_who_touches_and_who_slips() -> None:
    same = []
    for noise in (-1e-14, 0.0, 1e-14):
        face, still = wall()[0], np.zeros(SIZE)
        u = still.copy()
        u[:8] = face.gaps(still) + noise  # all just touch
        face.normal[::2] = 0.0
        face.shear = FRICTION * face.normal  # and those that bear something are on their limit
        same.append(face.tangent(u, still, sp.identity(SIZE).tocsr(), symmetric=False).toarray())
    np.testing.assert_array_equal(same[0], same[1])
    np.testing.assert_array_equal(same[0], same[2])
    assert np.all(np.diag(same[0])[:16] > 0.0)  # they touch and stick


@pytest.mark.parametrize("seed", range(4))
def test_tangent_is_the_derivative_of_the_forces(seed: int) -> None:
    face, u, accepted = wall(seed)
    rng = np.random.default_rng(100 + seed)
    face.shear = np.where(np.arange(8) % 2 == 0, 0.0, 20.0)  # every second one slips, if it touches
    # condensed unknowns that mix the degrees of freedom
    transform = sp.csr_matrix(rng.normal(size=(SIZE, 7)))
    way = rng.normal(size=7)
    step = 1e-7
    ends = [forces(face, u + sign * step * (transform @ way), accepted) for sign in (1.0, -1.0)]
    numeric = transform.T @ (ends[0] - ends[1]) / (2.0 * step)
    exact = face.tangent(u, accepted, transform, symmetric=False) @ way
    np.testing.assert_allclose(exact, numeric, rtol=1e-6, atol=1e-6 * np.abs(numeric).max())
    # without the coupling it is symmetric
    plain = face.tangent(u, accepted, transform, symmetric=True).toarray()
    np.testing.assert_allclose(plain, plain.T, rtol=1e-12, atol=1e-10)
    assert not np.allclose(plain @ way, exact)


def test_a_punch_pushes_on_its_lead_what_it_pushes_on_the_others() -> None:
    punch = RigidSurface(
        "punch", np.arange(1, 6), np.zeros(5), stiffness=KAPPA, tolerance=1e-6, lead=0
    )
    u = np.zeros(SIZE)
    u[0], u[1:6] = -0.1, [0.0, -0.05, -0.1, -0.2, -0.3]
    found = forces(punch, u, u)
    # nodes above the face, which is at -0.1, are pushed down; below it, they have let go
    np.testing.assert_allclose(found[1:6], KAPPA * np.array([0.1, 0.05, 0.0, 0.0, 0.0]))
    assert found.sum() == pytest.approx(0.0, abs=1e-12)
    way = np.random.default_rng(3).normal(size=SIZE)
    step = 1e-6
    u[3] = -0.11  # off the corner of the law
    ends = [forces(punch, u + sign * step * way, u) for sign in (1.0, -1.0)]
    exact = punch.tangent(u, u, sp.identity(SIZE, format="csr"), symmetric=False) @ way
    np.testing.assert_allclose(exact, (ends[0] - ends[1]) / (2.0 * step), rtol=1e-7, atol=1e-7)


def test_multipliers_are_carried_on_until_nothing_moves() -> None:
    face, u, accepted = wall()
    accepted[8:16] = u[8:16]  # nothing slips
    face.shear = 0.1 * face.normal
    u[:8] = face._gap  # all just touch
    assert face.augment(u, accepted) == 0.0
    saved = face.carried
    u[0] += 1e-3  # one penetrates
    assert face.augment(u, accepted) == pytest.approx(1e-3 / 1e-6, rel=1e-9)
    assert face.normal[0] == pytest.approx(saved[0][0] + KAPPA * 1e-3, rel=1e-12)
    face.carried = saved
    face.scale(0.5)
    np.testing.assert_array_equal(face.normal, 0.5 * saved[0])
    # a sticking node that slips, in the softer stiffness along the face
    face.carried = saved
    u[0] -= 1e-3
    u[9] += 1e-5
    moved = face.augment(u, accepted)
    assert moved == pytest.approx(1e-5 / 1e-6, rel=1e-6)
    assert face.shear[1] == pytest.approx(saved[1][1] - DIE_STICK * KAPPA * 1e-5, rel=1e-9)
    assert face.friction_work(u, accepted) == pytest.approx(-face.shear[1] * 1e-5, rel=1e-9)
