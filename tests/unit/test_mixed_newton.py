# SPDX-License-Identifier: MIT
"""Mean stress that follows Newton steps: rates of volume, tangent, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
from dolfinx import fem

from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.numbers import SEEN_SHARE
from interfacefem.materials.models import Elastic

LAW = Elastic(5000.0, 0.36)
KINDS = pytest.mark.parametrize("kind", ["plane", "axisymmetric", "space"])


def body(kind: str) -> tuple[Bulk, np.ndarray]:
    """One distorted cell, and a displacement that strains it by some per cent."""
    rng = np.random.default_rng(3)
    size = 3 if kind == "space" else 2
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)
    if size == 3:
        corners = np.vstack([np.column_stack([corners, np.full(4, z)]) for z in (0.0, 1.0)])
    points = corners + 0.15 * rng.uniform(-1.0, 1.0, corners.shape)
    points[:, 0] += 2.0
    cells = np.arange(len(points))[None, :]
    bulk = Bulk(points, cells, np.zeros(1, np.int64), [LAW], axisymmetric=kind == "axisymmetric")
    return bulk, 0.05 * rng.uniform(-1.0, 1.0, bulk.size)


def volumetric(bulk: Bulk, u: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean stress by the law, and the forces that one of 1 MPa takes."""
    assert bulk.residual(u) is not None
    pressure = float(bulk.mean.pressure[0])
    return pressure, np.array(fem.assemble_vector(bulk.mean.residual).array) / pressure


@KINDS
def test_mean_stress_after_a_full_step_is_linearised(kind: str) -> None:
    bulk, u = body(kind)
    change = 0.02 * np.random.default_rng(4).uniform(-1.0, 1.0, bulk.size)
    bulk.start(u)
    assert bulk.residual(u, tangent=True) is not None
    bulk.advance(change)
    bulk.mean_stress.take(1.0)
    step = 1e-5
    slope = (volumetric(bulk, u + step * change)[0] - volumetric(bulk, u - step * change)[0]) / (
        2.0 * step
    )
    at, there = volumetric(bulk, u)[0], volumetric(bulk, u + change)[0]
    followed = float(bulk.mean_stress.values[0])
    assert followed == pytest.approx(at + slope, rel=1e-8)
    # the law makes something else of it, and most of that is not seen
    assert abs(followed - there) > 1e-3 * abs(there)


@KINDS
def test_the_tangent_turns_the_mean_stress_that_follows(kind: str) -> None:
    bulk, u = body(kind)
    bulk.start(u)
    followed = 0.3 * bulk.mean.pressure - 7.0
    bulk.mean_stress.start(followed)

    def mixed(place: np.ndarray) -> np.ndarray:
        # forces with a mean stress that changes as the law says, from the one that follows
        forces = bulk.residual(place)
        assert forces is not None
        return forces + (followed[0] - start) * volumetric(bulk, place)[1]

    start = volumetric(bulk, u)[0]
    assert bulk.residual(u, tangent=True) is not None
    tangent = bulk.jacobian()[:, :]
    step = 1e-6
    for column in range(bulk.size):
        push = np.zeros(bulk.size)
        push[column] = step
        found = (mixed(u + push) - mixed(u - push)) / (2.0 * step)
        assert tangent[:, column] == pytest.approx(found, abs=1e-6 * np.abs(tangent).max())


@KINDS
@pytest.mark.parametrize("length", [0.4, 1.0])
def test_a_line_search_sees_a_share_of_what_the_law_makes_of_a_trial(
    kind: str, length: float
) -> None:
    bulk, u = body(kind)
    change = 0.02 * np.random.default_rng(5).uniform(-1.0, 1.0, bulk.size)
    bulk.start(u)
    assert bulk.residual(u, tangent=True) is not None
    bulk.advance(change)
    before, place = float(bulk.mean.pressure[0]), u + length * change
    full = before + float(bulk.mean.modulus[0] * bulk.mean.rates()[0])
    law, unit = volumetric(bulk, place)
    along = before + length * (full - before)
    left_out = bulk.mixed_work(length)
    assert left_out == pytest.approx(
        (1.0 - SEEN_SHARE) * (law - along) * float(unit @ change), rel=1e-9
    )


def test_nothing_follows_before_an_increment_starts() -> None:
    bulk, u = body("plane")
    assert bulk.residual(u, tangent=True) is not None
    bulk.advance(0.1 * u)
    assert bulk.mean_stress.values is None
    assert bulk.mixed_work(1.0) == 0.0
