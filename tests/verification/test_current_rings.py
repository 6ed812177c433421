# SPDX-License-Identifier: MIT
"""Conduction through bodies of revolution: layers in series, a tube inside out, a round spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from current_stacks import Stack, in_series

import meshes
from interfacefem.fem.current.electric import CurrentProblem
from interfacefem.reference import constriction

Record = Callable[[str, float, float, str], None]

THICKNESS = (4.0, 2.0, 3.0)
#: eleven orders between neighbours [S/m]
CONDUCTIVITY = (1e-4, 1.08e7, 0.2)
RADIUS = 10.0


def test_flat_pellet_is_a_series_circuit(record: Record) -> None:
    blocks: list[meshes.Block] = []
    base, first = 0.0, 0
    for thickness, count in zip(THICKNESS, (7, 11, 9), strict=True):
        x, eta = np.linspace(0.0, RADIUS, count + 1), np.linspace(0.0, 1.0, 4)
        blocks.append(meshes.block(x, eta, base, base + thickness, first))
        base, first = base + thickness, first + len(blocks[-1].points)
    layers = [t / c for t, c in zip(THICKNESS, CONDUCTIVITY, strict=True)]
    worst = np.zeros(3)
    for solution in in_series(
        Stack(blocks, CONDUCTIVITY, axisymmetric=True), layers, np.pi * RADIUS**2, worst
    ):
        for interface in solution.interfaces:
            np.testing.assert_allclose(interface.current_density, 1e-5, rtol=2e-6)
    record("flat pellet, non-matching: resistance", worst[0], 1e-10, "series circuit")
    record("flat pellet, non-matching: current in = out", worst[1], 1e-10, "conservation")
    record("flat pellet, non-matching: sum of parts", worst[2], 1e-10, "energy identity")


def test_tube_from_inside_out(record: Record) -> None:
    errors = []
    for cells in (8, 16):
        body = meshes.block(np.linspace(1.0, 4.0, cells + 1), np.linspace(0.0, 1.0, 3), 0.0, 2.0)
        problem = CurrentProblem(
            body.points, body.cells, np.zeros(len(body.cells)), [0.5], body.left, body.right,
            axisymmetric=True,
        )  # fmt: skip
        still = np.zeros_like(body.points)
        solution = problem.solve(still, [], mean_current_density=1.0, area=1.0)
        exact = np.log(4.0) / (2.0 * np.pi * 2.0 * 0.5)
        errors.append(abs(solution.asr_total / exact - 1.0))
    record("tube, 16 cells: resistance", errors[1], 2e-3, "ln(b / a) / (2 pi h sigma)")
    assert errors[1] < 0.3 * errors[0]


def graded(spot: float, cells: int) -> Sequence[float]:
    """Radii that are close at the rim of the spot and wide away from it."""
    inner = spot * (1.0 - np.linspace(1.0, 0.0, cells + 1) ** 2)
    outer = spot + (50.0 * spot - spot) * np.linspace(0.0, 1.0, 3 * cells + 1) ** 3
    return np.concatenate([inner, outer[1:]]).tolist()


def test_round_spot_between_thick_layers(record: Record) -> None:
    # Holm's spot between half spaces; the cylinder of 50 spot radii leaves 1.41 / 50 of it less
    spot, errors = 1.0, []
    for cells in (6, 12):
        x = np.array(graded(spot, cells))
        depth = 40.0 * np.linspace(0.0, 1.0, 3 * cells + 1) ** 3
        lower = meshes.block(x, 1.0 - depth[::-1] / 40.0, -40.0, 0.0)
        upper = meshes.block(x, depth / 40.0, 0.0, 40.0, len(lower.points))
        stack = Stack([lower, upper], [2.0, 2.0], axisymmetric=True)
        where = stack.points[upper.bottom, 0] <= spot * (1.0 + 1e-9)
        area = np.pi * x[-1] ** 2
        solution = stack.solve([stack.contact(0, 0.0, where=where)], area=area)
        exact = 2.0 * constriction.spot_resistance(0.5, spot) * (1.0 - 1.4092 / 50.0)
        errors.append(abs(solution.asr_constriction / area / exact - 1.0))
    record("round spot in a cylinder of 50 radii", errors[1], 0.04, "Holm, Gibson")
    assert errors[1] < 0.7 * errors[0]
