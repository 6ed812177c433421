"""Dual mortar coupling of two polylines: what it must conserve and reproduce."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfacefem.fem.contact import mortar
from interfacefem.meshing.faces import nodal_areas


def face(
    rng: np.random.Generator, count: int, start: float, end: float, roughness: float
) -> np.ndarray:
    x = np.linspace(start, end, count)
    x[1:-1] += 0.35 * (end - start) / (count - 1) * rng.uniform(-1.0, 1.0, count - 2)
    return np.column_stack([x, roughness * rng.normal(size=count)])


def pair(slave: np.ndarray, master: np.ndarray, **options: bool) -> mortar.Pairing:
    pairing = mortar.pair(slave, master, **{"upward": True, **options})
    assert pairing is not None
    return pairing


def length(line: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


@given(st.integers(0, 10_000), st.integers(3, 14), st.integers(3, 14))
def test_matching_extent_gives_exact_sums_and_linear_fields(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    slave, master = face(rng, n, 0.0, 5.0, 0.1), face(rng, m, 0.0, 5.0, 0.1)
    pairing = pair(slave, master)
    assert pairing.weights.sum() == pytest.approx(length(slave), rel=1e-12)
    np.testing.assert_allclose(pairing.projection.sum(axis=1), 1.0, rtol=1e-12)
    # a field that is linear along the interface is carried over exactly: every slave node sees
    # the master at its own place
    np.testing.assert_allclose(
        pairing.projection @ master[:, 0], slave[:, 0], rtol=1e-12, atol=1e-12
    )


@given(st.integers(0, 10_000), st.integers(3, 14), st.integers(3, 14))
def test_rings_have_the_areas_of_cones(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    slave, master = face(rng, n, 0.0, 5.0, 0.1), face(rng, m, 0.0, 5.0, 0.1)
    pairing = pair(slave, master, axisymmetric=True)
    edge = np.linalg.norm(np.diff(slave, axis=0), axis=1)
    # a cone between two radii: pi (r1 + r2) times its slant height
    cones = np.pi * (slave[:-1, 0] + slave[1:, 0]) @ edge
    assert pairing.weights.sum() == pytest.approx(cones, rel=1e-12)
    assert np.all(pairing.weights > 0.0)
    np.testing.assert_allclose(pairing.projection.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(
        pairing.projection @ master[:, 0], slave[:, 0], rtol=1e-12, atol=1e-12
    )
    flat = slave * [1.0, 0.0]
    areas = pair(flat, master, axisymmetric=True).weights
    np.testing.assert_allclose(areas, nodal_areas(flat, edges(n), axisymmetric=True), rtol=1e-12)


def edges(count: int) -> np.ndarray:
    return np.column_stack([np.arange(count - 1), np.arange(1, count)])


@given(st.integers(0, 10_000), st.floats(-4.0, 4.9), st.floats(0.3, 6.0))
def test_partial_overlap(seed: int, start: float, span: float) -> None:
    rng = np.random.default_rng(seed)
    slave, master = face(rng, 8, 0.0, 5.0, 0.05), face(rng, 6, start, start + span, 0.05)
    pairing = mortar.pair(slave, master, upward=True)
    assert pairing is not None
    low, high = max(0.0, start), min(5.0, start + span)
    if high - low < 0.05:
        return
    covered = pairing.covered
    assert np.all(pairing.weights >= 0.0)
    np.testing.assert_allclose(pairing.projection.sum(axis=1)[covered], 1.0, rtol=1e-9)
    assert not np.any(pairing.projection.toarray()[~covered])
    # the weights add up to the length of slave face that has master face opposite
    fine = np.union1d(slave[:, 0], [low, high])
    fine = fine[(fine >= low) & (fine <= high)]
    part = np.column_stack([fine, np.interp(fine, slave[:, 0], slave[:, 1])])
    assert pairing.weights.sum() == pytest.approx(length(part), rel=1e-6)


def test_nodes_without_master_have_no_weight() -> None:
    slave = np.column_stack([np.arange(11.0), np.zeros(11)])
    pairing = pair(slave, np.array([[3.0, 0.2], [6.5, 0.2]]))
    # edges 3-4 to 6-7 are covered, the last one half
    np.testing.assert_array_equal(pairing.covered, [False] * 3 + [True] * 5 + [False] * 3)
    assert pairing.weights.sum() == pytest.approx(3.5, rel=1e-14)
    assert pair(slave, slave + np.array([0.0, 1.0])).covered.all()
    assert not pair(slave, slave + np.array([20.0, 1.0])).covered.any()


def test_identical_meshes_pair_node_to_node() -> None:
    # dual functions are biorthogonal to the slave's own shape functions
    rng = np.random.default_rng(3)
    slave = face(rng, 9, 0.0, 4.0, 0.2)
    pairing = pair(slave, slave + np.array([0.0, 0.3]))
    np.testing.assert_allclose(pairing.projection.toarray(), np.eye(9), atol=1e-12)
    edges = np.linalg.norm(np.diff(slave, axis=0), axis=1)
    halves = 0.5 * (np.append(edges, 0.0) + np.append(0.0, edges))
    np.testing.assert_allclose(pairing.weights, halves, rtol=1e-13)


def test_projection_is_the_mortar_integral_by_a_second_way() -> None:
    # origin: psi from the edge's mass matrix, integrals by brute force on 40000 points
    rng = np.random.default_rng(4)
    slave, master = face(rng, 4, 0.0, 3.0, 0.3), face(rng, 5, 0.0, 3.0, 0.3)
    pairing = pair(slave, master)
    expected = np.zeros((4, 5))
    for e in range(3):
        a, b = slave[e], slave[e + 1]
        stretch = np.linalg.norm(b - a) / (b[0] - a[0])
        xi = (np.arange(40000) + 0.5) / 40000
        psi = np.array(
            [2.0 - 3.0 * xi, 3.0 * xi - 1.0]
        )  # diag(1/2, 1/2) times inverse of [2 1; 1 2]/6
        x = a[0] + xi * (b[0] - a[0])
        shapes = np.array([np.interp(x, master[:, 0], row) for row in np.eye(5)])
        expected[e : e + 2] += stretch * (b[0] - a[0]) / 40000 * psi @ shapes.T
    expected /= pairing.weights[:, None]
    np.testing.assert_allclose(pairing.projection.toarray(), expected, atol=1e-7)


def test_contact_forces_balance_in_force_and_moment() -> None:
    # The slave gets D_j q_j, the master -sum_j P_jm D_j q_j: no net force on any faces. No net
    # moment either where they touch along a straight line, because places are carried over exactly.
    rng = np.random.default_rng(5)
    slave, master = face(rng, 9, 0.0, 4.0, 0.0), face(rng, 7, 0.0, 4.0, 0.0)
    for tilt in (0.0, 0.3):
        slave[:, 1], master[:, 1] = tilt * slave[:, 0], tilt * master[:, 0]
        pairing = pair(slave, master)
        traction = rng.normal(size=(9, 2))
        on_slave = pairing.weights[:, None] * traction
        on_master = -pairing.projection.T @ on_slave
        np.testing.assert_allclose(on_slave.sum(axis=0) + on_master.sum(axis=0), 0.0, atol=1e-12)
        moment = sum(
            (x[:, 0] * f[:, 1] - x[:, 1] * f[:, 0]).sum()
            for x, f in ((slave, on_slave), (master, on_master))
        )
        assert moment == pytest.approx(0.0, abs=1e-12)


def test_normals_of_a_straight_line_and_at_walls() -> None:
    line = np.column_stack([np.linspace(0.0, 1.0, 5), 0.75 * np.linspace(0.0, 1.0, 5)])
    np.testing.assert_allclose(
        mortar.nodal_normals(line, True, False, False), [[-0.6, 0.8]] * 5, atol=1e-14
    )
    np.testing.assert_allclose(
        mortar.nodal_normals(line, False, False, False), [[0.6, -0.8]] * 5, atol=1e-14
    )
    walled = mortar.nodal_normals(line, True, True, False)
    np.testing.assert_allclose(walled[0], [0.0, 1.0], atol=1e-15)
    np.testing.assert_allclose(walled[-1], [-0.6, 0.8], atol=1e-14)
    walled = mortar.nodal_normals(line, False, False, True)
    np.testing.assert_allclose(walled[-1], [0.0, -1.0], atol=1e-15)


def test_moving_both_faces_together_changes_nothing() -> None:
    rng = np.random.default_rng(6)
    slave, master = face(rng, 7, 0.0, 3.0, 0.2), face(rng, 6, 0.1, 2.9, 0.2)
    move = np.array([5.0, -2.0])
    here, there = pair(slave, master), pair(slave + move, master + move)
    np.testing.assert_allclose(there.weights, here.weights, rtol=1e-12)
    np.testing.assert_allclose(there.projection.toarray(), here.projection.toarray(), atol=1e-12)


def test_a_face_that_folds_over_is_refused() -> None:
    straight = np.column_stack([np.arange(4.0), np.zeros(4)])
    folded = np.array([[0.0, 0.0], [2.0, 0.0], [1.5, 0.5], [3.0, 0.0]])
    assert mortar.pair(folded, straight, upward=True) is None
    assert mortar.pair(straight, folded, upward=True) is None
