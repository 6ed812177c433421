# SPDX-License-Identifier: MIT
"""Flow from one increment to the next: second order in the increments, and the lag of stress."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from interfacefem.fem.bulk.flow import Flow, lag
from interfacefem.fem.bulk.kinematics import PLANE, THREE_D

State = tuple[np.ndarray, np.ndarray]


def flow() -> Flow:
    """Return the flow of one point in plane strain that has not flowed yet."""
    return Flow(PLANE, np.array([[1.0, 1.0, 1.0, 0.0]]), np.zeros((1, 1)))


def accept(found: Flow, before: State, now: State, shear: float = 1.5, done: float = 0.0) -> float:
    """Accept an increment that ends with shear stress along the flow and elastic strain zero."""
    end = np.array([[np.sqrt(1.0 / now[0][0, 0]), 0.0, 0.0, np.sqrt(1.0 / now[0][0, 1])]])
    stress = np.array([[-shear, shear, 0.0, 0.0]])
    return float(found.accept(before, now, end, stress, np.array([done]), np.array([False]))[0])


def states(strains: list[float]) -> list[State]:
    """Return inverse plastic tensors, of volume one, and plastic strains of a stretch."""
    return [(np.array([[np.exp(e), np.exp(-e), 1.0, 0.0]]), np.array([[abs(e)]])) for e in strains]


def test_steady_flow_is_carried_on_by_a_third_and_keeps_the_volume() -> None:
    found, path = flow(), states([0.0, 0.01, 0.02])
    for before, now in itertools.pairwise(path):
        accept(found, before, now)
    found.begin(*path[-1], 1.0)
    # BDF2 of equal increments: y* = y_n + (y_n - y_{n-1}) / 3, of the logarithms
    assert found.cp_start[0, 0] == pytest.approx(np.exp(0.02 + 0.01 / 3.0), rel=1e-6)
    assert PLANE.tensor_determinant(found.cp_start)[0] == pytest.approx(1.0, abs=1e-14)
    assert found.state_start[0, 0] == pytest.approx(0.02 + 0.01 / 3.0, rel=1e-4)


def test_work_is_that_of_the_net_flow_under_the_mean_stress_of_both_ends() -> None:
    # inverse plastic strain exp(e): by e / 2 shorter along x and longer along y; under stresses of
    # -s and s along them that takes the work s de
    found, path = flow(), states([0.0, 0.01, 0.02, 0.03, 0.02])
    shears = [1.0, 1.2, 1.4, -1.6]
    works = []
    for (before, now), shear in zip(itertools.pairwise(path), shears, strict=True):
        works.append(accept(found, before, now, shear))
        found.begin(*now, 1.0)  # what is carried on costs no work
    # flow sets in, goes on twice, and turns: there the stress at the end counts
    assert works == pytest.approx([0.01, 0.011, 0.013, 0.016], rel=1e-4)


def test_flow_that_changes_the_volume_is_not_carried_on_and_has_the_work_of_its_law() -> None:
    found = flow()
    path = [(np.array([[s, s, s, 0.0]]), np.array([[1.0 - s]])) for s in (1.0, 0.99, 0.98)]
    for before, now in itertools.pairwise(path):
        assert accept(found, before, now, done=0.7) == 0.7
    found.begin(*path[-1], 1.0)
    assert np.array_equal(found.cp_start, path[-1][0])


def test_round_off_of_an_elastic_point_has_no_direction() -> None:
    found, path = flow(), states([0.0, 1e-15, 0.01])
    for before, now in itertools.pairwise(path):
        accept(found, before, now)
    found.begin(*path[-1], 1.0)
    assert np.array_equal(found.cp_start, path[-1][0])


@pytest.mark.parametrize("strains", [[0.0, 0.01, 0.0], [0.0, 0.0, 0.01], [0.0, 0.01, 0.01]])
def test_flow_that_turns_begins_or_stops_is_not_carried_on(strains: list[float]) -> None:
    found, path = flow(), states(strains)
    for before, now in itertools.pairwise(path):
        accept(found, before, now)
    found.begin(*path[-1], 1.0)
    assert np.array_equal(found.cp_start, path[-1][0])
    assert np.array_equal(found.state_start, path[-1][1])


@pytest.mark.parametrize("angle", [0.0, 0.1, 0.5])
def test_stress_lacks_the_cosine_of_the_turn_of_the_flow(angle: float) -> None:
    # pure shear turned in the space of deviators: stretch along x and y, and shear
    rate = 0.02
    now = rate * np.array([[1.0, 0.0, 0.0, -1.0]])
    ending = rate * np.array([[np.cos(angle), np.sin(angle), np.sin(angle), -np.cos(angle)]])
    stress = np.array([[3.0, -3.0, 0.0, 0.0]])
    grown = np.sqrt(2.0 / 3.0) * np.sqrt(2.0) * rate * np.ones(1)
    found = lag(PLANE, np.array([[1.0, 0.0, 0.0, 1.0]]), stress, grown, now, ending)
    power = np.sqrt(18.0) * np.sqrt(2.0) * rate  # of stress that goes along
    assert found[0] == pytest.approx(power * (1.0 - np.cos(angle)), abs=1e-12)


def test_stretching_in_3d_is_that_in_the_plane() -> None:
    rng = np.random.default_rng(1)
    gradient = np.eye(2)[None] + 0.1 * rng.standard_normal((5, 2, 2))
    change = rng.standard_normal((5, 2, 2))
    full, moved = np.tile(np.eye(3), (5, 1, 1)), np.zeros((5, 3, 3))
    full[:, :2, :2], moved[:, :2, :2] = gradient, change
    plane = PLANE.stretching(gradient.reshape(5, 4), change.reshape(5, 4))
    solid = THREE_D.stretching(full.reshape(5, 9), moved.reshape(5, 9))
    assert np.allclose(solid[:, :4], plane, atol=1e-14)
    assert np.allclose(solid[:, 4:], 0.0, atol=1e-14)
