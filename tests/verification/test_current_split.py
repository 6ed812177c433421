# SPDX-License-Identifier: MIT
"""Parts of a resistance where layers interlock and their conductivity varies.

Origin: series circuit where closed forms exist; else Thomson's principle, by which a current
through partial contacts makes no less heat in a layer than one between faces at one potential.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from current_stacks import Stack, parts

import meshes
from interfacefem.errors import MaterialError

WIDTH, WAVE = 10.0, 0.8
#: a poor conductor between two better ones [S/m]
CONDUCTIVITY = (0.2, 0.004, 1e3)


def interlocked(height: float = WAVE) -> Stack:
    """Return three layers on common wavy faces; the middle one is thin where it is low."""
    x = np.linspace(0.0, WIDTH, 21)
    wave = height * np.cos(2.0 * np.pi * x / WIDTH)
    faces = [np.zeros_like(x), 4.0 + wave, 6.0 - wave, 9.0 + 0.0 * x]
    blocks: list[meshes.Block] = []
    first = 0
    for lower, upper in itertools.pairwise(faces):
        blocks.append(meshes.block(x, np.linspace(0.0, 1.0, 7), lower, upper, first))
        first += len(blocks[-1].points)
    return Stack(blocks, CONDUCTIVITY)


def test_interlocked_faces_leave_no_negative_constriction() -> None:
    stack = interlocked()
    solution = stack.solve([stack.contact(0), stack.contact(1)], area=WIDTH)
    assert parts(solution) == pytest.approx(solution.asr_total, rel=1e-10)
    # current takes the thin places: less than the mean thickness makes, and that is the layer's
    assert solution.asr_layers["l1"] < 0.97 * 2.0 / CONDUCTIVITY[1]
    assert 0.0 <= solution.asr_constriction < 0.05 * solution.asr_total


@pytest.mark.parametrize("touching", [(0.0, 10.0), (0.0, 2.0), (4.0, 6.0)])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_part_is_negative_where_conductivity_varies(
    seed: int, touching: tuple[float, float]
) -> None:
    stack = interlocked()
    problem = stack.problem
    problem.vary(np.exp(np.random.default_rng(seed).normal(0.0, 1.0, len(problem.cells))))
    contacts = []
    for index in (0, 1):
        nodes = stack.contact(index).slave_nodes
        x = stack.points[nodes, 0]
        where = (x >= touching[0]) & (x <= touching[1])
        contacts.append(stack.contact(index, 3.0, where=where))
    solution = stack.solve(contacts, area=WIDTH)
    assert parts(solution) == pytest.approx(solution.asr_total, rel=1e-10)
    assert min(solution.asr_layers.values()) > 0.0
    assert min(solution.asr_interfaces.values()) > 0.0
    assert solution.asr_constriction > 0.0
    # its nodes balance and its cells carry the current through any height
    assert solution.balance_error < 1e-10


def test_conductivity_that_varies_with_height_is_a_series_circuit() -> None:
    stack = interlocked(height=0.0)
    problem = stack.problem
    middle = stack.points[problem.cells].mean(axis=1)[:, 1]
    shares = np.where(middle < 2.0, 0.5, 1.0)
    problem.vary(shares)
    solution = stack.solve([stack.contact(0), stack.contact(1)], area=WIDTH)
    exact = 2.0 / (0.5 * CONDUCTIVITY[0]) + 2.0 / CONDUCTIVITY[0]
    assert solution.asr_layers["l0"] == pytest.approx(exact, rel=1e-10)
    assert solution.asr_constriction == pytest.approx(0.0, abs=1e-9 * solution.asr_total)
    assert solution.asr_constriction >= 0.0
    np.testing.assert_allclose(solution.current_density[:, 1], 1e-5, rtol=2e-6)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_cell_that_cannot_conduct_is_refused(value: float) -> None:
    problem = interlocked().problem
    shares = np.ones(len(problem.cells))
    shares[3] = value
    with pytest.raises(MaterialError, match="layer 'l0': conductivity of cell 3"):
        problem.vary(shares)
