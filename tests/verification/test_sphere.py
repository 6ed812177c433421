# SPDX-License-Identifier: MIT
"""A sphere under a rigid flat, as a body of revolution: Hertz; Jackson and Green beyond yield."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import meshes
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.die import RigidSurface
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits, Load, MechanicalProblem
from interfacefem.materials.models import Elastic, J2Plastic

Record = Callable[[str, float, float, str], None]


@dataclass
class Sphere:
    """The top of a sphere of unit radius down to a base that is held, and a rigid flat on it."""

    law: Any
    #: radii of the nodes of the face, and their depths on the axis
    radii: np.ndarray
    depths: np.ndarray
    #: accuracy of the approach of the flat
    tolerance: float

    def __post_init__(self) -> None:
        eta = 1.0 - self.depths[::-1] / self.depths[-1]
        body = meshes.block(self.radii, eta, 0.0, self.depths[-1])
        points = body.points.copy()
        points[:, 1] -= (1.0 - np.sqrt(1.0 - points[:, 0] ** 2)) * points[:, 1] / self.depths[-1]
        cells = np.zeros(len(body.cells), int)
        self.bulk = Bulk(points, body.cells, cells, [self.law], axisymmetric=True)
        d, top = self.bulk.node_dofs, body.top
        self.profile = points[top[0], 1] - points[top, 1]
        around = 2.0 * np.pi * self.radii[1]
        self.flat = RigidSurface(
            "flat",
            d[top[1:], 1],
            self.profile[1:],
            stiffness=30.0 * self.law.youngs_modulus * around,
            tolerance=self.tolerance,
            lead=int(d[top[0], 1]),
        )
        fixed = np.concatenate([d[body.bottom].ravel(), d[body.left, 0]])
        supports = Supports(self.bulk.size, np.unique(fixed), [d[top[:1], 1]], d[top[1:], 1])
        limits = AugmentationLimits(tolerance=1e-6, max_augmentations=30)
        self.problem = MechanicalProblem(
            self.bulk, supports, limits=limits, rigid_surfaces=[self.flat]
        )
        self.top, self.points = d[top], points[top]

    def press(self, approach: float) -> None:
        """Move the flat to an approach, in parts where it must be."""
        reached, part = -self.problem.platen, approach + self.problem.platen
        floor = 1e-3 * self.law.youngs_modulus * approach**1.5
        for _ in range(200):
            goal = min(approach, reached + part)
            stiffness = 1e6 * self.law.youngs_modulus
            attempt = self.problem.attempt(Load(stiffness=stiffness, target=-goal, floor=floor))
            if attempt.failure:
                part *= 0.5
                continue
            self.problem.accept(attempt)
            reached = goal
            if reached == approach:
                return
        raise AssertionError(attempt.failure)

    @property
    def force(self) -> float:
        return float(self.problem.force)

    @property
    def forces(self) -> np.ndarray:
        """Of the flat on the nodes from the axis out; that on the axis is what is left."""
        return np.append(self.force - self.flat.normal.sum(), self.flat.normal)

    @property
    def contact_radius(self) -> float:
        """Where the gap outside, which grows as distance to 3/2, begins."""
        gaps = np.append(0.0, self.flat.gaps(self.problem.displacement))
        last = int(np.flatnonzero(self.forces > 0.0)[-1])
        moved = self.points[:, 0] + self.problem.displacement[self.top[:, 0]]
        one, two = last + 1, last + 2
        share = (gaps[one] / gaps[two]) ** (2.0 / 3.0)
        rim = (moved[one] - share * moved[two]) / (1.0 - share)
        return float(np.clip(rim, moved[last], moved[one]))


def grown(first: float, even: int, ratio: float, last: float) -> np.ndarray:
    """Positions from 0: some even edges, then each larger than the one before, to the last."""
    found = [first * k for k in range(even + 1)]
    while found[-1] < last:
        found.append(found[-1] + ratio * (found[-1] - found[-2]))
    return np.array(found) * last / found[-1]


def test_hertz(record: Record) -> None:
    # a body of 150 contact radii is 0.3 % stiffer than a half space
    law, radius = Elastic(1e4, 0.3), 5e-3
    body = Sphere(
        law,
        grown(radius / 30.0, 36, 1.13, 150.0 * radius),
        grown(radius / 30.0, 36, 1.13, 150.0 * radius),
        1e-5 * radius**2,
    )
    modulus = 1e4 / (1.0 - 0.3**2)
    worst = []
    for share in (0.5, 1.0):
        approach = share * radius**2
        body.press(approach)
        worst.append(body.force / (4.0 / 3.0 * modulus * approach**1.5) - 1.0)
    record("Hertz, sphere on a flat: force at two approaches", np.abs(worst).max(), 0.01, "Hertz")
    record("Hertz, sphere on a flat: contact radius", abs(body.contact_radius / radius - 1.0), 0.01,
           "Hertz")  # fmt: skip
    share = np.pi / 3.0 * (body.points[1, 0] ** 2)
    peak = body.forces[0] / share
    exact = 2.0 * modulus * radius / np.pi
    record("Hertz, sphere on a flat: pressure on the axis", abs(peak / exact - 1.0), 0.02, "Hertz")


def jackson_green(law: J2Plastic) -> tuple[float, float, Callable[[float], tuple[float, float]]]:
    """Critical interference, critical force, and area and force over critical ones."""
    modulus = law.youngs_modulus / (1.0 - law.poissons_ratio**2)
    strain, c = law.yield_stress / modulus, 1.295 * np.exp(0.736 * law.poissons_ratio)
    critical = (0.5 * np.pi * c * strain) ** 2
    force = 4.0 / 3.0 / modulus**2 * (0.5 * c * np.pi * law.yield_stress) ** 3

    def found(w: float) -> tuple[float, float]:
        if w < 1.9:
            return w, w**1.5
        area = w * (w / 1.9) ** (0.14 * np.exp(23.0 * strain))
        radius = 0.5 * np.pi * c * strain * np.sqrt(area)
        hardness = 2.84 * (1.0 - np.exp(-0.82 * radius**-0.7))
        plastic = 4.0 * hardness / c * (1.0 - np.exp(-(w ** (5.0 / 9.0)) / 25.0)) * w
        return area, float(np.exp(-0.25 * w ** (5.0 / 12.0)) * w**1.5 + plastic)

    return critical, force, found


def flattened(law: J2Plastic, edges: int, largest: float) -> Iterator[tuple[float, float, float]]:
    """Interference, area and force over those at first yield, of a perfect plastic sphere."""
    critical, force, _ = jackson_green(law)
    first = np.sqrt(critical) / edges
    growth = 1.0 + 1.0 / edges
    body = Sphere(
        law,
        grown(first, edges, growth, 0.9),
        grown(first, edges // 2, growth, 1.0),
        2e-4 * critical,
    )
    for share in np.geomspace(0.5, largest, 24):
        body.press(share * critical)
        area = np.pi * body.contact_radius**2
        yield share, area / (np.pi * critical), body.force / force


@pytest.mark.campaign
def test_jackson_and_green(record: Record) -> None:
    law = J2Plastic(200e3, 0.32, 0.9e3)
    exact = jackson_green(law)[2]
    load, area, force = np.array(list(flattened(law, 14, 50.0))).T
    expected = np.array([exact(interference) for interference in load]).T
    # contact grows node by node, and a node more is up to 14 % of the area: a smooth curve through
    # the areas is what the mesh knows of it
    smooth = load * np.exp(
        np.polyval(np.polyfit(np.log(load), np.log(area / load), 3), np.log(load))
    )
    name, origin = "sphere flattened to 50 times first yield", "Jackson and Green (2005), a fit"
    record(f"{name}: force", np.abs(force / expected[1] - 1.0).max(), 0.05, origin)
    record(f"{name}: area", np.abs(smooth / expected[0] - 1.0).max(), 0.05, origin)
    record(f"{name}: area at single loads", np.abs(area / expected[0] - 1.0).max(), 0.08, origin)
