"""Adhesive interfaces: patch of known mode mix, opening control, fracture specimens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import meshes
from interfacefem.contact.cohesion import Cohesion
from interfacefem.fem.bulk import Bulk
from interfacefem.fem.condensation import Supports
from interfacefem.fem.interface import ContactInterface, ContactSettings
from interfacefem.fem.mechanics import Load, MechanicalProblem, Passes
from interfacefem.materials.models import Elastic

Record = Callable[[str, float, float, str], None]

LAW = Cohesion(2.0, 3.0, 0.4, 1.0, stiffness=500.0, mode_exponent=1.7)


def inclined_patch(slope: float) -> tuple[MechanicalProblem, ContactInterface, float]:
    """Two nearly rigid blocks bonded along an incline; the upper one moves straight up."""
    lower = meshes.block(
        np.linspace(-3.0, 3.0, 8), np.linspace(0.0, 1.0, 3), -4.0, lambda x: slope * x
    )
    upper = meshes.block(
        np.linspace(-1.0, 1.0, 6),
        np.linspace(0.0, 1.0, 3),
        lambda x: slope * x,
        4.0,
        len(lower.points),
    )
    points = np.vstack([lower.points, upper.points])
    cells = np.vstack([lower.cells, upper.cells])
    number = np.repeat([0, 1], [len(lower.cells), len(upper.cells)])
    bulk = Bulk(points, cells, number, [Elastic(1e9, 0.0)] * 2)
    d = bulk.node_dofs
    rigid = upper.grid[1:]
    supports = Supports(
        bulk.size,
        np.concatenate([d[lower.grid].ravel(), d[rigid, 0].ravel()]),
        # all slave nodes move alike relative to the master
        [d[rigid, 1].ravel(), d[upper.bottom, 0], d[upper.bottom, 1]],
    )
    settings = ContactSettings(penalty=1e6, shear_penalty=1e6, gap_tolerance=1e-8, cohesion=LAW)
    interface = ContactInterface(
        "lower|upper", upper.bottom, lower.top, d, points, upward=False, settings=settings
    )
    assert interface.bonds is not None
    interface.bonds.share[:] = 1.0
    problem = MechanicalProblem(bulk, supports, [interface], Passes(tolerance=1e-7, max_passes=20))
    return problem, interface, 2.0 * np.hypot(1.0, slope)


@pytest.mark.parametrize("slope", [0.0, 0.5, 2.0])
def test_patch_of_known_mode_mix(slope: float, record: Record) -> None:
    # origin: bilinear law, Benzeggagh and Kenane (1996), B = slip^2 / (slip^2 + opening^2)
    problem, interface, length = inclined_patch(slope)
    bonds = interface.bonds
    assert bonds is not None
    mix = slope**2 / (1.0 + slope**2)
    rise = mix**LAW.mode_exponent
    strength = np.sqrt(LAW.strength**2 + (LAW.shear_strength**2 - LAW.strength**2) * rise)
    toughness = LAW.toughness + (LAW.shear_toughness - LAW.toughness) * rise
    onset, end = strength / LAW.stiffness, 2.0 * toughness / strength
    worst = largest = 0.0
    for way in (0.5 * onset, 3.0 * onset, 0.2 * end, 0.1 * end, 0.6 * end, 1.1 * end):
        attempt = problem.attempt(Load(stiffness=1e6, target=way, floor=1.0))
        assert not attempt.failure
        problem.accept(attempt)
        way = problem.platen  # the spring gives way a little
        largest = max(largest, way)
        peak = strength * min(1.0, max(0.0, (end - largest) / (end - onset)))
        expected = peak * way / largest if largest > onset else LAW.stiffness * way
        worst = max(worst, abs(-attempt.force / length - expected) / strength)
    np.testing.assert_allclose(bonds.mode, mix, atol=1e-9)
    spent = problem.work.cohesive / length
    name = f"mixed-mode patch, B = {mix:.2g}: "
    record(name + "traction over strength", worst, 1e-6, "bilinear law, Benzeggagh-Kenane")
    record(name + "energy / toughness - 1", abs(spent / toughness - 1.0), 1e-6, "the same")
