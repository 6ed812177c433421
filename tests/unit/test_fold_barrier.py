"""Edges that resist folding: forces, tangent and energy against each other."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from interfacefem.fem.bulk.fold_barrier import FoldBarrier
from interfacefem.fem.bulk.numbers import FOLD_TOUCH

POINTS = np.column_stack([[0.0, 1.0, 1.5, 3.0], np.zeros(4)])
EDGES = np.array([[0, 1], [1, 2], [2, 3]])
CREASE = FoldBarrier(np.arange(8).reshape(4, 2), POINTS, EDGES, 100.0)
#: spans 1.0, 0.06 and 1.5: only the middle edge, 0.5 long, is closed
CLOSED = np.array([0.0, 0.3, 0.0, -0.2, -0.44, 0.1, -0.44, 0.0])


def forces(displacement: np.ndarray) -> np.ndarray:
    total = np.zeros(8)
    assert CREASE.add_forces(total, displacement)
    return total


def test_open_edges_are_left_alone() -> None:
    displacement = np.array([0.0, 5.0, 0.1, 0.0, -0.2, 0.0, 0.0, 0.0])
    assert np.array_equal(forces(displacement), np.zeros(8))
    assert CREASE.energy(displacement) == 0.0
    assert CREASE.tangent(displacement, sp.identity(8, format="csr")).nnz == 0


def test_closed_edge_pushes_its_ends_apart() -> None:
    # strength 100 MPa x 0.5 um, touch FOLD_TOUCH x 0.5 um, span 0.06 um
    push = 50.0 * (FOLD_TOUCH * 0.5 / 0.06 - 1.0)
    assert forces(CLOSED) == pytest.approx([0, 0, push, 0, -push, 0, 0, 0])
    assert push > 0.0


def test_forces_are_the_derivative_of_the_energy() -> None:
    step = 1e-7
    for dof in range(8):
        change = np.zeros(8)
        change[dof] = step
        slope = (CREASE.energy(CLOSED + change) - CREASE.energy(CLOSED - change)) / (2.0 * step)
        assert forces(CLOSED)[dof] == pytest.approx(slope, rel=1e-7, abs=1e-6)


def test_tangent_is_the_derivative_of_the_forces() -> None:
    # condensed unknowns: any full transformation will do
    transform = sp.csr_matrix(np.random.default_rng(3).normal(size=(8, 5)))
    step = 1e-7
    exact = np.column_stack(
        [
            transform.T
            @ (forces(CLOSED + step * column) - forces(CLOSED - step * column))
            / (2.0 * step)
            for column in transform.toarray().T
        ]
    )
    tangent = CREASE.tangent(CLOSED, transform).toarray()
    assert np.abs(tangent - exact).max() < 1e-6 * np.abs(exact).max()


def test_folded_edge_is_refused() -> None:
    displacement = np.zeros(8)
    displacement[4] = -0.5  # the middle edge has no span left
    assert not CREASE.add_forces(np.zeros(8), displacement)


def test_grid_resists_along_its_lines() -> None:
    # two rectangles of 1 um by 2 um side by side; their common edge runs along y
    x, y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 2.0], indexing="ij")
    points = np.column_stack([x.ravel(), y.ravel(), np.zeros(6)])
    faces = np.array([[0, 2, 3, 1], [2, 4, 5, 3]])
    barrier = FoldBarrier(np.arange(18).reshape(6, 3), points, faces, 100.0)
    displacement = np.zeros((6, 3))
    displacement[3, 1] = -1.9  # of the common edge 0.1 um is left
    displacement[4:, 0] = 0.5
    total = np.zeros(18)
    assert barrier.add_forces(total, displacement.ravel())
    # half the area of both rectangles, 2 um^2, and touch FOLD_TOUCH x 2 um
    push = 200.0 * (FOLD_TOUCH * 2.0 / 0.1 - 1.0)
    expected = np.zeros((6, 3))
    expected[2, 1], expected[3, 1] = push, -push
    assert total.reshape(6, 3) == pytest.approx(expected)
    step = np.zeros((6, 3))
    step[3, 1] = 1e-6
    slope = barrier.energy((displacement + step).ravel()) - barrier.energy(
        (displacement - step).ravel()
    )
    assert slope / 2e-6 == pytest.approx(-push, rel=1e-6)
    displacement[3, 1] = -2.1
    assert not barrier.add_forces(total, displacement.ravel())
