"""Elastic contact of a self-affine area against an independent half-space solver (Tamaas).

The solver is that of Polonsky and Keer (1999), 10.1016/S0043-1648(99)00113-1, on a periodic
half-space; the smooth walls of the block are planes of symmetry of its surface, so both are the
same problem but for the depth of the block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import meshes_3d
import numpy as np
import pytest
from meshes_3d import MODULUS, pressed_by_rigid

from interfacefem.fem.linear import systems
from interfacefem.fem.mechanics import Load
from meshes import graded

pytestmark = [pytest.mark.verification, pytest.mark.campaign]
tamaas = pytest.importorskip("tamaas")
tamaas.set_log_level(tamaas.LogLevel.error)

Record = Callable[[str, float, float, str], None]
#: half-cell between walls, and its shortest wave [um]; rms slope of the surface
WIDTH, SHORTEST, SLOPE = 1.0, 0.4, 0.02
DEPTH = 2.0  #: of the block; waves of length 2 die off as exp(-2 pi)
PRESSURES = (0.02, 0.05, 0.1, 0.2)  #: over contact modulus times rms slope
LEVELS = (0.2, 0.5, 1.0)  #: local pressures at which the distributions are compared, alike


class Surface:
    """Sum of cosines with random signs and the spectrum of a self-affine surface, Hurst 0.8."""

    def __init__(self, seed: int) -> None:
        draw = np.random.default_rng(seed)
        most = round(2.0 * WIDTH / SHORTEST)
        self.waves = [
            (m, n) for m in range(most + 1) for n in range(most + 1) if 1 <= np.hypot(m, n) <= most
        ]
        self.sizes = np.array([draw.normal() * np.hypot(m, n) ** -1.8 for m, n in self.waves])
        line = (np.arange(400) + 0.5) * WIDTH / 400
        x, y = np.meshgrid(line, line, indexing="ij")
        slopes = np.gradient(self(x, y), line[1] - line[0])
        rms = np.sqrt(np.mean(slopes[0] ** 2 + slopes[1] ** 2))
        self.sizes *= SLOPE / rms

    def __call__(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        total = np.zeros(np.broadcast(x, y).shape)
        for (m, n), size in zip(self.waves, self.sizes, strict=True):
            total += size * np.cos(m * np.pi * x / WIDTH) * np.cos(n * np.pi * y / WIDTH)
        return total


@dataclass(frozen=True)
class Contact:
    """Contact fraction, mean gap [um], and pressures [MPa] with the areas that bear them."""

    fraction: float
    gap: float
    pressure: np.ndarray
    weights: np.ndarray

    def above(self, share: float) -> float:
        """Part of the force that is borne at pressures above a share of E* times slope."""
        bears = self.pressure > share * MODULUS * SLOPE
        force = self.weights * self.pressure
        return float(force[bears].sum() / force.sum())


def staircase(active: np.ndarray, edge: float, area: float, *, periodic: bool) -> float:
    """Contact fraction that a grid of patches counts too much along the edges of the contact.

    Yastrebov, Anciaux and Molinari (2017), 10.1016/j.jmps.2017.07.016: (pi - 1 + ln 2) / 24 of an
    edge length times the perimeter of the patches.
    """
    jumps = 0
    for axis in (0, 1):
        step = np.roll(active, 1, axis) != active
        jumps += int(step.sum() if periodic else np.delete(step, 0, axis).sum())
    return float(jumps) * edge**2 * (np.pi - 1.0 + np.log(2.0)) / 24.0 / area


def half_space(surface: Surface, share: float, points: int = 512) -> Contact:
    """Solve on a periodic cell of twice the width."""
    size = 2.0 * WIDTH
    model = tamaas.Model(tamaas.model_type.basic_2d, [size, size], [points, points])
    model.E, model.nu = MODULUS, 0.0
    line = np.arange(points) * size / points
    x, y = np.meshgrid(line, line, indexing="ij")
    solver = tamaas.PolonskyKeerRey(model, surface(x, y), 1e-10)
    solver.max_iter = 5000
    solver.solve(share * MODULUS * SLOPE)
    pressure = np.array(model.traction)
    active = pressure > 0.0
    edge = size / points
    fraction = active.mean() - staircase(active, edge, size**2, periodic=True)
    gap = float(np.mean(model["gap"]))
    return Contact(float(fraction), gap, pressure.ravel(), np.full(pressure.size, edge**2))


def block_under(surface: Surface, edges: int) -> meshes_3d.Pair:
    """Elastic block with the surface on top, under a rigid flat."""
    x = np.linspace(0.0, WIDTH, edges + 1)
    edge = WIDTH / edges
    eta = 1.0 - graded(DEPTH, edge, 15)[::-1] / DEPTH
    block = meshes_3d.box(x, x, eta, 0.0, lambda x, y: DEPTH + surface(x, y))
    highest = float(block.points[:, 2].max())
    model = pressed_by_rigid(block, highest, np.array([0.0, 0.37, 1.0]) * WIDTH, edge)
    problem = model.problem
    problem.system = systems.choose(model.bulk, problem.supports, model.points)
    return model


def pressed(model: meshes_3d.Pair, share: float, edges: int) -> Contact:
    """Press to a share of E* times slope."""
    model.step(Load(force=share * MODULUS * SLOPE * WIDTH**2))
    pressure, weights, area = model.interface.pressure, model.weights, WIDTH**2
    active = pressure > 0.0
    fraction = weights[active].sum() / area
    fraction -= staircase(active.reshape(edges + 1, -1), WIDTH / edges, area, periodic=False)
    gap = weights @ model.interface.gaps(model.problem.displacement) / area
    return Contact(float(fraction), float(gap), pressure, weights)


def test_self_affine_surface_against_a_half_space_solver(record: Record) -> None:
    surface = Surface(3)
    reference = [half_space(surface, share) for share in PRESSURES]
    found = {}
    for edges in (24, 48):
        model = block_under(surface, edges)
        found[edges] = [pressed(model, share, edges) for share in PRESSURES]
    origin = f"half-space solver Tamaas {tamaas.__version__}"
    for share, coarse, fine, exact in zip(PRESSURES, found[24], found[48], reference, strict=True):
        area, before = (abs(each.fraction / exact.fraction - 1.0) for each in (fine, coarse))
        assert area < before  # it converges
        name = f"self-affine area, p/(E* slope) = {share:g}"
        record(f"{name}: contact area", area, 0.05, origin)
        record(f"{name}: contact area, half as fine", before, 0.1, origin)
        record(f"{name}: mean gap", abs(fine.gap / exact.gap - 1.0), 0.03, origin)
        worst = max(abs(fine.above(level) - exact.above(level)) for level in LEVELS)
        record(f"{name}: part of the force above 0.2, 0.5, 1 E* slope", worst, 0.03, origin)
