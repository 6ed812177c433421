"""Size and mean gradient of cells against integrals by hand."""

from __future__ import annotations

import numpy as np
import pytest

from interfacefem.fem.bulk.kinematics import mean_gradients

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
CUBE = np.vstack([np.column_stack([SQUARE, np.full(4, z)]) for z in (0.0, 1.0)])


def test_quadrilateral_that_widens() -> None:
    # x = s, y = t (1 + a s): area 1 + a/2; the field s t has the mean gradient 1/2 along each axis
    # over the area, from the cofactors [[1 + a s, -a t], [0, 1]]
    a = 0.6
    s, t = SQUARE.T
    points = np.column_stack([s, t * (1.0 + a * s)])
    sizes, gradient = mean_gradients(points, np.array([[0, 1, 2, 3]]))
    assert sizes[0] == pytest.approx(1.0 + 0.5 * a, rel=1e-14)
    np.testing.assert_allclose(gradient[0] @ (s * t), 0.5 / (1.0 + 0.5 * a), rtol=1e-14)


def test_hexahedron_that_grows_at_a_corner() -> None:
    # z = w (1 + a x y): volume 1 + a/4; the field x y has the gradient (y, x, 0), whose integral is
    # 1/2 + a/6 along x and y
    a = 0.8
    x, y, w = CUBE.T
    points = np.column_stack([x, y, w * (1.0 + a * x * y)])
    sizes, gradient = mean_gradients(points, np.arange(8)[None])
    assert sizes[0] == pytest.approx(1.0 + 0.25 * a, rel=1e-14)
    expected = (0.5 + a / 6.0) / (1.0 + 0.25 * a)
    np.testing.assert_allclose(gradient[0] @ (x * y), [expected, expected, 0.0], atol=1e-14)


def test_linear_fields_on_any_cell() -> None:
    # origin: the gradient of a linear field is its slope, wherever the nodes are
    rng = np.random.default_rng(4)
    slope = np.array([0.3, -1.7, 0.9])
    for corners in (SQUARE, CUBE):
        points = corners + rng.uniform(-0.15, 0.15, corners.shape)
        slopes = slope[: points.shape[1]]
        _, gradient = mean_gradients(points, np.arange(len(points))[None])
        np.testing.assert_allclose(gradient[0] @ (points @ slopes + 5.0), slopes, rtol=1e-12)


def test_inverted_cells_have_no_positive_size() -> None:
    upside_down = CUBE * np.array([1.0, 1.0, -1.0])
    assert mean_gradients(upside_down, np.arange(8)[None])[0] == pytest.approx(-1.0)
    assert mean_gradients(SQUARE[::-1].copy(), np.arange(4)[None])[0] == pytest.approx(-1.0)
