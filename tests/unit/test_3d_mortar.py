# SPDX-License-Identifier: MIT
"""Mortar coupling of faces in 3D: clipping, exact integrals, normals, and vector friction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from interfacefem.contact import Coulomb, laws
from interfacefem.fem.contact import face_search, mortar3d
from interfacefem.meshing.hexahedra import quads

Height = Callable[[np.ndarray, np.ndarray], np.ndarray]


def face(
    columns: tuple[int, int], height: Height | None = None, shift: float = 0.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes, quadrilaterals and walls of a face over 3 by 2; inner nodes moved by ``shift``."""
    x, y = (np.linspace(0.0, side, n + 1) for side, n in zip((3.0, 2.0), columns, strict=True))
    grid = np.meshgrid(x, y, indexing="ij")
    points = np.column_stack([grid[0].ravel(), grid[1].ravel(), np.zeros(grid[0].size)])
    walls = np.column_stack([np.isin(points[:, 0], [0.0, 3.0]), np.isin(points[:, 1], [0.0, 2.0])])
    rng = np.random.default_rng(seed)
    edge = np.array([3.0 / columns[0], 2.0 / columns[1]])
    points[:, :2] += np.where(walls, 0.0, shift * edge * rng.uniform(-1.0, 1.0, walls.shape))
    if height is not None:
        points[:, 2] = height(points[:, 0], points[:, 1])
    return points, quads(np.arange(len(points)).reshape(columns[0] + 1, -1)), walls


def couple(slave: Any, master: Any, upward: bool = True) -> mortar3d.Pairing:
    pairing = mortar3d.pair(*slave[:2], *master[:2], upward=upward, walls=slave[2])
    assert pairing is not None
    return pairing


@pytest.mark.parametrize("shift", [0.0, 0.25])
@pytest.mark.parametrize("columns", [((5, 4), (7, 3)), ((7, 6), (4, 5)), ((4, 4), (4, 4))])
def test_linear_fields_pass_exactly(columns: Any, shift: float) -> None:
    slave, master = face(columns[0], shift=shift), face(columns[1], shift=shift, seed=1)
    pairing = couple(slave, master)
    assert pairing.weights.min() > 0.0
    assert pairing.weights.sum() == pytest.approx(6.0, rel=1e-14)
    assert np.abs(pairing.projection.sum(axis=1) - 1.0).max() < 1e-13
    # x and y are bilinear on every face of both sides, so the projection gives them back
    assert np.abs(pairing.projection @ master[0][:, :2] - slave[0][:, :2]).max() < 1e-12


def test_weights_and_forces_of_a_uniform_pressure_are_consistent() -> None:
    # on rectangles the consistent load of a node is a quarter of the area of its faces
    slave, master = face((5, 4)), face((7, 3))
    pairing = couple(slave, master)
    for weights, side in (
        (pairing.weights, slave),
        (pairing.projection.T @ pairing.weights, master),
    ):
        wanted = np.zeros(len(side[0]))
        np.add.at(wanted, side[1].ravel(), 0.25 * 6.0 / len(side[1]))
        assert weights == pytest.approx(wanted, rel=1e-12)


def test_area_is_that_of_the_inclined_slave() -> None:
    def plane(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 0.3 * x - 0.4 * y

    slave, master = face((5, 4), plane), face((7, 3), plane)
    # without walls; with them normals stay in the wall
    pairing = mortar3d.pair(*slave[:2], *master[:2], upward=True, walls=np.zeros_like(slave[2]))
    assert pairing is not None
    assert pairing.weights.sum() == pytest.approx(6.0 * np.sqrt(1.25), rel=1e-14)
    normal = np.array([-0.3, 0.4, 1.0]) / np.sqrt(1.25)
    assert np.abs(pairing.normals - normal).max() < 1e-14
    gap = np.einsum("nd,nd->n", pairing.normals, pairing.projection @ master[0] - slave[0])
    assert np.abs(gap).max() < 1e-13
    for tangents in pairing.tangents:
        frame = np.vstack([tangents, normal])
        assert np.abs(frame @ frame.T - np.eye(3)).max() < 1e-14


def test_normals_at_walls_lie_in_them() -> None:
    def bowl(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 0.2 * (x + 0.5) ** 2 + 0.1 * (y - 0.3) ** 2

    slave, master = face((5, 4), bowl), face((4, 3), lambda x, y: bowl(x, y) + 0.1)
    for upward in (True, False):
        pairing = couple(slave, master, upward)
        assert np.all(pairing.normals[:, :2][slave[2]] == 0.0)
        assert np.all((pairing.normals[:, 2] > 0.0) == upward)
        # a node on one wall keeps one tangent in the wall, the other is across it
        on_x = slave[2][:, 0] & ~slave[2][:, 1]
        assert np.all(pairing.tangents[on_x, 1, 0] == 0.0)
        on_y = slave[2][:, 1] & ~slave[2][:, 0]
        assert np.all(pairing.tangents[on_y, 0, 1] == 0.0)


def test_clipping_agrees_with_the_area_of_overlap() -> None:
    # two unit squares, one turned by 45 degrees about a common centre: a regular octagon when the
    # second is sqrt(2) times larger in diagonal; overlap area 2 (sqrt(2) - 1)
    square = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    angle = np.pi / 4.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    polygon, work = np.empty((16, 2)), np.empty((16, 2))
    count = mortar3d.clip(square, np.ascontiguousarray(square @ turn.T), polygon, work)
    mass, cross = np.zeros((4, 4)), np.zeros((4, 4))
    area = mortar3d.integrate_segment(square, square + 0.1, polygon, count, mass, cross)
    assert area == pytest.approx(2.0 * (np.sqrt(2.0) - 1.0), rel=1e-14)
    assert mass.sum() == pytest.approx(area, rel=1e-14)
    assert cross.sum() == pytest.approx(area, rel=1e-14)
    assert mortar3d.clip(square, square + 1.0, polygon, work) == 0


def test_integrals_on_a_segment_are_exact_on_rectangles() -> None:
    # integral of N_i N_j over a rectangle: area times the tensor product of (2 1; 1 2)/6
    quad = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 3.0], [0.0, 3.0]])
    mass, cross = np.zeros((4, 4)), np.zeros((4, 4))
    polygon = np.vstack([quad, np.zeros((12, 2))])
    mortar3d.integrate_segment(quad, quad, polygon, 4, mass, cross)
    line = np.array([[2.0, 1.0], [1.0, 2.0]]) / 6.0
    wanted = 6.0 * np.kron(line, line)[np.ix_([0, 2, 3, 1], [0, 2, 3, 1])]
    assert mass == pytest.approx(wanted, rel=1e-14)
    assert cross == pytest.approx(wanted, rel=1e-14)


def test_bins_find_every_pair() -> None:
    slave, master = face((9, 7), shift=0.3), face((6, 11), shift=0.3, seed=1)
    found = {tuple(pair) for pair in face_search.pairs(slave[0], slave[1], master[0], master[1])}
    low, high = (
        [getattr(side[0][side[1]][..., :2], name)(axis=1) for side in (slave, master)]
        for name in ("min", "max")
    )
    meet = (low[0][:, None] < high[1][None]) & (high[0][:, None] > low[1][None])
    assert found == {tuple(pair) for pair in np.argwhere(meet.all(axis=2)).tolist()}


def test_a_folded_face_is_refused() -> None:
    slave, master = face((5, 4)), face((7, 3))
    points = slave[0].copy()
    points[7, 0] += 2.0
    walls = slave[2]
    assert mortar3d.pair(points, slave[1], *master[:2], upward=True, walls=walls) is None


def test_master_that_covers_a_part_only() -> None:
    slave, master = face((6, 4)), face((4, 3))
    half = master[0] * np.array([0.75, 1.0, 1.0])  # ends in the middle of a slave face
    pairing = couple(slave, (half, master[1], master[2]))
    assert pairing.weights.sum() == pytest.approx(4.5, rel=1e-13)
    rows = np.asarray(pairing.projection.sum(axis=1)).ravel()
    assert np.abs(rows[pairing.covered] - 1.0).max() < 1e-11
    assert np.array_equal(pairing.covered, slave[0][:, 0] < 2.6)


# Friction of two components ------------------------------------------------------------------


def respond(gap: np.ndarray, slip: np.ndarray, **change: Any) -> laws.Tractions:
    count = len(gap)
    given = {
        "penalty": np.full(count, 50.0),
        "shear_penalty": np.full(count, 20.0),
        "friction": Coulomb(0.3, 2.5),
    } | change
    multiplier = np.linspace(-1.0, 8.0, count)
    shear = np.column_stack([np.linspace(-1.0, 2.0, count), np.linspace(1.0, -0.5, count)])
    return laws.evaluate(gap, slip, multiplier, shear, **given)


def test_shear_is_returned_radially_to_the_smaller_limit() -> None:
    rng = np.random.default_rng(9)
    gap, slip = rng.uniform(-0.1, 0.02, 40), rng.uniform(-0.3, 0.3, (40, 2))
    found = respond(gap, slip)
    limit = np.minimum(0.3 * found.normal, 2.5)
    size = np.linalg.norm(found.tangential, axis=1)
    sliding = found.active & ~found.sticking
    assert 5 < sliding.sum() < 40
    assert (0.3 * found.normal[sliding] > 2.5).any()
    assert size[sliding] == pytest.approx(limit[sliding], rel=1e-12)
    assert np.all(size <= limit + 1e-12)
    free = respond(gap, slip, friction=Coulomb(1e9)).tangential
    cross = free[:, 0] * found.tangential[:, 1] - free[:, 1] * found.tangential[:, 0]
    assert np.abs(cross[sliding]).max() < 1e-10


def test_friction_tangent_agrees_with_differences() -> None:
    rng = np.random.default_rng(10)
    gap, slip = rng.uniform(-0.1, 0.02, 60), rng.uniform(-0.1, 0.1, (60, 2))
    found, step = respond(gap, slip), 1e-7
    for k in range(2):
        push = np.zeros(2)
        push[k] = step
        ahead, behind = respond(gap, slip + push), respond(gap, slip - push)
        numerical = -(ahead.tangential - behind.tangential) / (2.0 * step)
        assert np.abs(numerical - found.tt[:, :, k]).max() < 1e-6 * 20.0
    ahead, behind = respond(gap - step, slip), respond(gap + step, slip)
    numerical = -(ahead.tangential - behind.tangential) / (2.0 * step)
    assert np.abs(numerical - found.tn).max() < 1e-6 * 15.0
    assert found.sticking.any()
    assert (found.tn != 0.0).any()


def test_one_component_is_the_law_of_the_plane() -> None:
    rng = np.random.default_rng(11)
    gap, slip = rng.uniform(-0.1, 0.02, 50), rng.uniform(-0.3, 0.3, 50)
    options = {
        "penalty": np.full(50, 50.0), "shear_penalty": np.full(50, 20.0),
        "friction": Coulomb(0.3, 2.5),
    }  # fmt: skip
    multiplier, shear = np.linspace(-1.0, 8.0, 50), np.linspace(-1.0, 2.0, 50)
    line = laws.evaluate(gap, slip, multiplier, shear, **options)
    zero = np.zeros(50)
    plane = laws.evaluate(
        gap, np.column_stack([slip, zero]), multiplier, np.column_stack([shear, zero]), **options
    )
    assert plane.tangential[:, 0] == pytest.approx(line.tangential, abs=1e-14)
    assert plane.tt[:, 0, 0] == pytest.approx(line.tt, abs=1e-12)
    assert plane.tn[:, 0] == pytest.approx(line.tn, abs=1e-12)
    assert np.array_equal(plane.sticking, line.sticking)
