# SPDX-License-Identifier: MIT
"""Recession of faces: what is taken, and how self-diffusion levels it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from interfacefem.fem.contact.bonds import _laplacian, receded
from interfacefem.meshing.hexahedra import quads


def face(
    points: np.ndarray, faces: np.ndarray, weights: np.ndarray, *, axisymmetric: bool = False
) -> Any:
    """What the module needs of an interface."""
    return SimpleNamespace(
        pairing=SimpleNamespace(weights=weights),
        removed=np.zeros(len(points)),
        slave_points=points,
        slave_dofs=np.arange(points.size).reshape(points.shape),
        slave_faces=faces,
        axisymmetric=axisymmetric,
    )


def line(count: int, *, axisymmetric: bool = False, first: float = 0.0) -> Any:
    x = np.linspace(first, first + 1.0, count)
    step = x[1] - x[0]
    weights = np.full(count, step)
    weights[[0, -1]] *= 0.5
    if axisymmetric:
        weights *= 2.0 * np.pi * x
    number = np.arange(count)
    faces = np.column_stack([number[:-1], number[1:]])
    return face(np.column_stack([x, np.zeros(count)]), faces, weights, axisymmetric=axisymmetric)


def area(count: int, *, skew: float = 0.0) -> Any:
    x, y = np.meshgrid(np.linspace(0.0, 1.0, count), np.linspace(0.0, 1.0, count), indexing="ij")
    inner = np.sin(np.pi * x) * np.sin(np.pi * y)
    points = np.stack([x + skew * inner, y - skew * inner, 0.0 * x], axis=-1).reshape(-1, 3)
    faces = quads(np.arange(count**2).reshape(count, count))
    weights = np.zeros(count**2)
    a, b, c, d = (points[faces[:, k]] for k in range(4))
    size = 0.5 * np.linalg.norm(np.cross(c - a, d - b), axis=1)
    np.add.at(weights, faces.ravel(), np.repeat(0.25 * size, 4))
    return face(points, faces, weights)


def levelled(interface: Any, start: np.ndarray, reach: float, steps: int) -> np.ndarray:
    interface.removed = start
    still = np.zeros(interface.slave_points.size)
    for _ in range(steps):
        interface.removed, _ = receded(interface, still, np.zeros(len(start)), reach / steps)
    return interface.removed


@pytest.mark.parametrize("skew", [0.0, 0.05])
def test_a_wave_of_an_area_decays_as_diffusion_says(skew: float) -> None:
    interface = area(33, skew=skew)
    x, y = interface.slave_points[:, :2].T
    wave = np.cos(np.pi * x) * np.cos(np.pi * y)
    found = levelled(interface, wave, 0.05, 200)
    assert found == pytest.approx(np.exp(-2.0 * np.pi**2 * 0.05) * wave, abs=6e-3)


def test_a_wave_of_a_section_decays_as_diffusion_says() -> None:
    interface = line(65)
    wave = np.cos(np.pi * interface.slave_points[:, 0])
    found = levelled(interface, wave, 0.1, 400)
    assert found == pytest.approx(np.exp(-(np.pi**2) * 0.1) * wave, abs=1e-3)


def test_on_a_ring_the_radius_counts() -> None:
    # the Laplacian of r^2 is 4, found exactly where edges are equal
    interface = line(21, axisymmetric=True, first=0.5)
    still = np.zeros(interface.slave_points.size)
    stiffness = _laplacian(interface, still, np.ones(21, dtype=bool))
    radius = interface.slave_points[:, 0]
    inner = slice(1, -1)
    found = -(stiffness @ radius**2) / interface.pairing.weights
    assert found[inner] == pytest.approx(4.0, rel=1e-12)


@pytest.mark.parametrize("interface", [line(15), line(15, axisymmetric=True, first=1.0), area(9)])
def test_what_is_taken_is_kept_and_nodes_without_an_opposite_stay(interface: Any) -> None:
    count = len(interface.removed)
    draw = np.random.default_rng(3)
    interface.removed = draw.uniform(-1.0, 1.0, count)
    interface.pairing.weights[count // 2] = 0.0
    volume = draw.uniform(-1.0, 1.0, count) * (interface.pairing.weights > 0.0)
    before = interface.removed.copy()
    still = np.zeros(interface.slave_points.size)
    recession, taken = receded(interface, still, volume, 0.3)
    assert taken.sum() == pytest.approx(volume.sum(), abs=1e-13)
    weights = interface.pairing.weights
    assert weights * (recession - before) == pytest.approx(taken, abs=1e-12)
    assert recession[count // 2] == before[count // 2]
    # and level in the end, on both sides of the node that is out
    far, _ = receded(interface, still, volume, 1e9)
    if interface.slave_faces.shape[1] == 4:
        assert np.ptp(far[weights > 0.0]) < 1e-6


def test_without_diffusion_each_node_recedes_by_itself() -> None:
    interface = line(5)
    interface.removed = np.full(5, 0.1)
    recession, taken = receded(interface, np.zeros(10), np.array([0.0, 0.5, 0.0, 0.0, -0.25]), 0.0)
    assert recession == pytest.approx([0.1, 2.1, 0.1, 0.1, -1.9])
    assert taken == pytest.approx([0.0, 0.5, 0.0, 0.0, -0.25])
