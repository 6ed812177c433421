# SPDX-License-Identifier: MIT
"""Flow from one increment to the next: second order in the increments, and the lag of stress."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from interfacefem.fem.bulk.flow import Flow, lag
from interfacefem.fem.bulk.kinematics import PLANE, THREE_D


def flow() -> Flow:
    """Return the flow of one point in plane strain that has not flowed yet."""
    return Flow(PLANE, np.array([[1.0, 1.0, 1.0, 0.0]]), np.zeros((1, 1)), np.array([False]))


def states(strains: list[float]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return inverse plastic tensors, of volume one, and plastic strains of a stretch."""
    return [(np.array([[np.exp(e), np.exp(-e), 1.0, 0.0]]), np.array([[abs(e)]])) for e in strains]


def test_steady_flow_is_carried_on_by_a_third_and_keeps_the_volume() -> None:
    found, path = flow(), states([0.0, 0.01, 0.02])
    for before, now in itertools.pairwise(path):
        found.accept(before, now, np.array([0.3]))
    found.begin(*path[-1], 1.0)
    # BDF2 of equal increments: y* = y_n + (y_n - y_{n-1}) / 3
    assert found.cp_start[0, 0] == pytest.approx(np.exp(0.02 + 0.01 / 3.0), rel=1e-4)
    assert PLANE.tensor_determinant(found.cp_start)[0] == pytest.approx(1.0, abs=1e-14)
    assert found.state_start[0, 0] == pytest.approx(0.02 + 0.01 / 3.0, rel=1e-4)
    assert found.work(np.array([0.2]))[0] == pytest.approx(0.2 + 0.3 / 3.0, rel=1e-4)


@pytest.mark.parametrize("strains", [[0.0, 0.01, 0.0], [0.0, 0.0, 0.01], [0.0, 0.01, 0.01]])
def test_flow_that_turns_begins_or_stops_is_not_carried_on(strains: list[float]) -> None:
    found, path = flow(), states(strains)
    for before, now in itertools.pairwise(path):
        found.accept(before, now, np.zeros(1))
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
