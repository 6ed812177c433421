"""Frictionless elastic contact in 3D against Hertz (sphere) and Johnson et al. (two waves)."""

from __future__ import annotations

from collections.abc import Callable

import meshes_3d
import numpy as np
import pytest
from meshes_3d import MODULUS, SOFT, pressed_by_rigid
from scipy.optimize import minimize_scalar

from interfacefem.fem.mechanics import Load
from interfacefem.reference.sphere import PointContact
from interfacefem.reference.wavy_surface import WavySurface
from meshes import graded

pytestmark = [pytest.mark.verification, pytest.mark.campaign]

Record = Callable[[str, float, float, str], None]


def test_sphere_of_hertz(record: Record) -> None:
    # a quarter of the sphere. The far field of a half space falls as 1/r, so a finite block is too
    # stiff by about 0.4 a / L; the approach is therefore measured against a point at some depth,
    # whose own displacement is that of Boussinesq's point force, to the square of a / depth.
    radius, contact, fine = 100.0, 1.0, 6
    edge = contact / fine
    inner = np.linspace(0.0, 1.3 * contact, round(1.3 * fine) + 1)
    outer = 1.3 * contact + graded(78.7 * contact, 1.2 * edge, 14)
    x = np.concatenate([inner, outer[1:]])
    depth = 80.0 * contact
    rows = graded(depth, edge, 16)
    eta = 1.0 - rows[::-1] / depth
    block = meshes_3d.box(x, x, eta, 0.0, depth)

    def sphere(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return depth + 0.5 * np.minimum(x**2 + y**2, 9.0) / radius

    # facets of half the block's edges, so that their sag is a small part of the approach
    columns = np.concatenate([np.arange(0.0, 2.0, 0.5 * edge), graded(78.0, 0.5, 6) + 2.0])
    model = pressed_by_rigid(block, sphere, columns, edge)
    exact = PointContact(4.0 / 3.0 * MODULUS * contact**3 / radius, radius, MODULUS)
    assert exact.contact_radius == pytest.approx(contact)
    attempt = model.step(Load(force=0.25 * exact.force))
    level = int(np.searchsorted(rows, 12.0 * contact))
    node = block.grid[0, 0, len(rows) - 1 - level]
    z, nu = float(rows[level]), SOFT.poissons_ratio
    point = exact.force * (1.0 + nu) * (3.0 - 2.0 * nu) / (2.0 * np.pi * SOFT.youngs_modulus * z)
    moved = -float(model.problem.displacement[model.bulk.node_dofs[node, 2]])
    approach = -model.problem.platen - moved + point
    origin = "Hertz (1882), Boussinesq (1885)"
    record("sphere: approach", abs(approach / exact.approach - 1.0), 0.01, origin)
    r = np.hypot(*model.points[model.interface.slave_nodes, :2].T)
    pressure = model.interface.pressure
    centre = float(pressure[np.argmin(r)])
    record("sphere: peak pressure", abs(centre / exact.peak_pressure - 1.0), 0.02, origin)
    # the force is that of the pressures, to the tolerance of the equilibrium
    assert model.weights @ pressure == pytest.approx(0.25 * exact.force, rel=1e-3)
    assert 3.0 * point < exact.approach  # most of it lies above that point
    away = (r > 1.3) & (pressure > 0.0)
    assert not away.any()
    assert sum(attempt.iterations) < 25


@pytest.fixture(scope="module")
def wavy() -> tuple[meshes_3d.Pair, WavySurface, np.ndarray]:
    """A quarter of a cell of one wavelength, with a mesh that is fine at crests and valleys."""
    half, edge = 0.5, 0.0095
    even = np.arange(10) * edge  # over the contact at crests and the opening at valleys
    end = np.concatenate([even, (even[-1] + graded(0.5 * half - even[-1], 1.2 * edge, 6))[1:]])
    x = np.concatenate([end, (half - end[::-1])[1:]])
    surface = WavySurface(2e-4, 1.0, MODULUS)

    def waves(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 1.0 + surface.amplitude * np.cos(2.0 * np.pi * x) * np.cos(2.0 * np.pi * y)

    eta = 1.0 - graded(1.0, edge, 13)[::-1]
    block = meshes_3d.box(x, x, eta, 0.0, waves)
    flat = np.array([0.0, 0.23, half])
    model = pressed_by_rigid(block, 1.0 + surface.amplitude, flat, edge)
    return model, surface, model.points[model.interface.slave_nodes, :2]


def means(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sample points of a line and the matrix that takes means with the hat of each node there.

    A multiplier is the pressure averaged with the hat function of its node, which on a graded line
    lies off the node's position.
    """
    share, weight = np.polynomial.legendre.leggauss(12)
    share, weight = 0.5 * (1.0 + share), 0.5 * weight
    points = (x[:-1, None] + np.diff(x)[:, None] * share).ravel()
    hats = np.array([np.interp(points, x, unit) for unit in np.eye(len(x))])
    hats *= (np.diff(x)[:, None] * weight).ravel()
    return points, hats / hats.sum(axis=1)[:, None]


def hertzian_radius(x: np.ndarray, pressure: np.ndarray, force: float, start: float) -> float:
    """Contact radius of the Hertzian pressure of a force whose means fit multipliers best.

    ``pressure`` holds the multipliers on the grid of ``x`` and ``x`` around the contact's centre.
    """
    points, hats = means(x)
    r = np.hypot(points[:, None], points[None, :])

    def misfit(a: float) -> float:
        hertz = 1.5 * force / (np.pi * a**2) * np.sqrt(np.maximum(1.0 - (r / a) ** 2, 0.0))
        return float(((hats @ hertz @ hats.T - pressure) ** 2).sum())

    found = minimize_scalar(misfit, bounds=(0.7 * start, 1.4 * start), method="bounded")
    return float(found.x)


def radius_where_it_vanishes(square: np.ndarray, values: np.ndarray, power: float) -> float:
    """Zero of a field that is proportional to (a^2 - r^2)^(1/power), by a straight line.

    The opening of a crack without stress intensity has the power 2/3.
    """
    slope, start = np.polyfit(square, values**power, 1)
    return float(np.sqrt(-start / slope))


def test_waves_of_johnson_greenwood_and_higginson(
    wavy: tuple[meshes_3d.Pair, WavySurface, np.ndarray], record: Record
) -> None:
    model, exact, place = wavy
    complete = exact.complete_contact_pressure
    origin = "Johnson, Greenwood and Higginson (1985)"

    light = 0.01 * complete
    model.step(Load(force=0.25 * light))
    line = np.unique(place[:, 0])
    near = line < 0.2
    grid = model.interface.pressure.reshape(len(line), -1)[np.ix_(near, near)]
    start = np.sqrt(exact.light_fraction(light) / (2.0 * np.pi))
    measured = hertzian_radius(line[near], grid, 0.5 * light, start)
    measured = 2.0 * np.pi * measured**2
    error = abs(measured / exact.light_fraction(light) - 1.0)
    record("waves: contact fraction at p/p* = 0.01", error, 0.03, origin)

    part = 0.94
    for share in (0.5, part):
        model.step(Load(force=0.25 * share * complete))
    # the gap to a flat master is that at the node
    square = place[:, 0] ** 2 + (place[:, 1] - 0.5) ** 2
    gap = model.interface.gaps(model.problem.displacement)
    near = (gap > 0.1 * gap.max()) & (square < 0.04)
    assert near.sum() > 12
    opened = 2.0 * np.pi * radius_where_it_vanishes(square[near], gap[near], 2.0 / 3.0) ** 2

    # in complete contact the smallest pressure is p - p*, so p* is what is left of p
    model.step(Load(force=0.25 * 1.2 * complete))
    assert model.interface.pressure.min() > 0.0
    measured = 1.2 * complete - model.interface.pressure.min()
    record("waves: load of complete contact", abs(measured / complete - 1.0), 0.01, origin)

    # the open fraction goes with 1 - p/p*, which at 0.94 multiplies an error of p* by 16; so it is
    # taken with the load of complete contact of this mesh, whose own error stands above
    wanted = exact.open_fraction(part * complete**2 / measured)
    record("waves: open fraction at p/p* = 0.94", abs(opened / wanted - 1.0), 0.03, origin)
