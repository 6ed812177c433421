"""Linearised contact geometry against central differences of what it linearises.

Origin of every number: central differences of the pairing itself, whose mortar integrals, normals
and forces are checked by themselves in ``test_mortar_pairing``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from interfacefem.contact import Coulomb, laws
from interfacefem.fem.contact.interface import ContactInterface
from interfacefem.fem.contact.mortar_tangent import GeometryTangent, linearise
from interfacefem.fem.contact.setup import ContactSettings

#: step of the differences [um]: their error is about step^2 + 1e-16 / step relative to the field
STEP = 1e-5
#: bound on the relative difference in a random direction; measured at most 1.1e-9
BOUND = 1e-8


@dataclass
class Setting:
    """An interface in a deformed configuration with tractions and admissible directions."""

    interface: ContactInterface
    displacement: np.ndarray
    accepted: np.ndarray
    tractions: laws.Tractions
    free: np.ndarray
    rng: np.random.Generator
    step: float = STEP

    def direction(self) -> np.ndarray:
        """Return a random direction that leaves nodes at their walls."""
        return np.where(self.free, self.rng.uniform(-1.0, 1.0, len(self.free)), 0.0)

    def difference(
        self, function: Callable[[np.ndarray], np.ndarray], way: np.ndarray
    ) -> np.ndarray:
        """Return the change of a function along a direction."""
        ends = [function(self.displacement + sign * self.step * way) for sign in (1.0, -1.0)]
        return (ends[0] - ends[1]) / (2.0 * self.step)

    def at(self, displacement: np.ndarray) -> ContactInterface:
        """Return the interface, paired in a configuration."""
        assert self.interface.update_geometry(displacement)
        return self.interface

    def forces(self, displacement: np.ndarray) -> np.ndarray:
        """Return the contact forces at tractions that stay as they are."""
        forces = np.zeros_like(displacement)
        self.at(displacement).add_forces(forces, self.tractions)
        return forces

    def law_forces(self, displacement: np.ndarray) -> np.ndarray:
        """Return the contact forces with the tractions of the law."""
        forces = np.zeros_like(displacement)
        interface = self.at(displacement)
        interface.add_forces(forces, interface.tractions(displacement, self.accepted))
        return forces

    def gaps(self, displacement: np.ndarray) -> np.ndarray:
        return self.at(displacement).gaps(displacement)

    def slips(self, displacement: np.ndarray) -> np.ndarray:
        return self.at(displacement).slips(displacement, self.accepted)

    def tangent(self) -> GeometryTangent:
        return linearise(
            self.at(self.displacement),
            self.displacement,
            self.accepted,
            self.tractions.normal,
            self.tractions.tangential,
        )

    def frozen(self, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the change of gap and slip along a direction with frozen geometry."""
        pairing = self.at(self.displacement).pairing
        relative = way[self.interface.slave_dofs] - (
            pairing.projection @ way[self.interface.master_dofs]
        )
        tangents = np.column_stack([pairing.normals[:, 1], -pairing.normals[:, 0]])
        return -(pairing.normals * relative).sum(axis=1), (tangents * relative).sum(axis=1)


def flat(x: np.ndarray) -> np.ndarray:
    return np.zeros_like(x)


def inclined(x: np.ndarray) -> np.ndarray:
    return 0.4 * x


def curved(x: np.ndarray) -> np.ndarray:
    return 0.3 * np.cos(0.5 * np.pi * x) + 0.05 * x**2


def setting(
    shape: Callable[[np.ndarray], np.ndarray],
    *,
    upward: bool = True,
    walls: tuple[bool, bool] = (False, False),
    span: tuple[float, float] = (-0.4, 4.4),
    seed: int = 1,
    axisymmetric: bool = False,
) -> Setting:
    """Put a slave of 9 edges on 0 to 4 um before a master of 7 edges on `span`.

    At a wall both end at the same x and only slide along it. Nodes are moved at random by up to a
    tenth of an edge, tractions are random, pressures up to 10 MPa.
    """
    rng = np.random.default_rng(seed)
    span = (0.0 if walls[0] else span[0], 4.0 if walls[1] else span[1])
    lines = []
    for count, (start, end), side in ((10, (0.0, 4.0), 0.0), (8, span, 0.2)):
        x = np.linspace(start, end, count)
        x[1:-1] += 0.2 * (end - start) / (count - 1) * rng.uniform(-1.0, 1.0, count - 2)
        lines.append(np.column_stack([x, shape(x) + (side if upward else -side)]))
    points = np.concatenate(lines)
    # numbering with holes and without order, as it is in a mesh
    dofs = rng.permutation(2 * len(points) + 6)[: 2 * len(points)].reshape(-1, 2)
    interface = ContactInterface(
        "a|b",
        np.arange(10),
        np.arange(10, 18),
        dofs,
        points,
        upward=upward,
        settings=ContactSettings(1.0, 0.1, 1e-3, friction=Coulomb(0.3)),
        left_wall=walls[0],
        right_wall=walls[1],
        axisymmetric=axisymmetric,
    )
    size = 2 * len(points) + 6
    free = np.zeros(size, dtype=bool)
    free[dofs] = True
    for wall, nodes in zip(walls, ((0, 10), (9, 17)), strict=True):
        if wall:
            free[dofs[list(nodes), 0]] = False
    displacement, accepted = (np.where(free, 0.04 * rng.normal(size=size), 0.0) for _ in range(2))
    pressure = rng.uniform(0.0, 10.0, 10)
    shear = 0.3 * pressure * rng.uniform(-1.0, 1.0, 10)
    shear[interface.on_wall] = 0.0
    off, on = np.zeros(10), np.ones(10, dtype=bool)
    tractions = laws.Tractions(pressure, shear, off, off, off, pressure, on, on)
    return Setting(interface, displacement, accepted, tractions, free, rng)


def close(found: np.ndarray, expected: np.ndarray) -> None:
    assert np.abs(expected).max() > 0.01  # or there would be nothing to compare
    assert np.linalg.norm(found - expected) < BOUND * np.linalg.norm(expected)


FACES = pytest.mark.parametrize(
    ("shape", "upward", "walls"),
    [
        (flat, True, (False, False)),
        (inclined, True, (False, False)),
        (inclined, False, (False, False)),
        (curved, True, (False, False)),
        (curved, False, (True, True)),
        (curved, True, (True, False)),
        (inclined, True, (False, True)),
    ],
)


@FACES
def test_forces_gaps_and_slips_follow_the_moving_geometry(shape, upward, walls) -> None:
    here = setting(shape, upward=upward, walls=walls)
    tangent = here.tangent()
    inner = ~here.interface.on_wall  # nodes at a wall do not slip, their rows are not used
    for _ in range(3):
        way = here.direction()
        close(tangent.forces @ way, here.difference(here.forces, way))
        gap, slip = here.frozen(way)
        close(gap + tangent.gaps @ way, here.difference(here.gaps, way))
        close((slip + tangent.slips @ way)[inner], here.difference(here.slips, way)[inner])
        # What is tested here is not small beside the frozen part.
        assert np.abs(tangent.gaps @ way).max() > 0.05 * np.abs(gap).max()


@FACES
def test_forces_of_the_law_with_friction(shape, upward, walls) -> None:
    here = setting(shape, upward=upward, walls=walls, seed=2)
    interface = here.at(here.displacement)
    gap = interface.gaps(here.displacement)
    slip = interface.slips(here.displacement, here.accepted)
    # Multipliers that leave two nodes open and let the others stick and slide by turns.
    interface.pressure[:] = gap * interface.settings.penalty + np.where(
        np.arange(10) % 4 == 3, -1.0, 2.0
    )
    interface.shear[:] = slip * interface.settings.shear_penalty + np.where(
        np.arange(10) % 2 == 0, 0.1, 1.5
    )
    interface.shear[interface.on_wall] = 0.0
    law = interface.tractions(here.displacement, here.accepted)
    sliding = law.active & ~law.sticking
    assert (~law.active).sum() >= 2
    assert law.sticking.sum() >= 2
    assert sliding.sum() >= 2
    here.tractions = law
    tangent = here.tangent()
    normals = interface.pairing.normals
    tangents = np.column_stack([normals[:, 1], -normals[:, 0]])
    for _ in range(3):
        way = here.direction()
        gap_way, slip_way = here.frozen(way)
        gap_way += tangent.gaps @ way
        slip_way = np.where(interface.on_wall, 0.0, slip_way + tangent.slips @ way)
        pressure = -law.nn * gap_way
        shear = -law.tt * slip_way + law.tn * gap_way
        load = pressure[:, None] * normals - shear[:, None] * tangents
        load *= here.at(here.displacement).pairing.weights[:, None]
        found = tangent.forces @ way
        found[interface.slave_dofs] += load
        found[interface.master_dofs] -= interface.pairing.projection.T @ load
        close(found, here.difference(here.law_forces, way))


@pytest.mark.parametrize("walls", [(True, False), (True, True)], ids=["free edge", "in a die"])
@pytest.mark.parametrize("upward", [True, False], ids=["upper", "lower"])
def test_faces_of_revolution_follow_the_moving_geometry(upward, walls) -> None:
    # the radius weighs areas and dual functions, so both change where a ring grows
    here = setting(curved, upward=upward, walls=walls, axisymmetric=True)
    tangent = here.tangent()
    inner = ~here.interface.on_wall
    for _ in range(3):
        way = here.direction()
        close(tangent.forces @ way, here.difference(here.forces, way))
        gap, slip = here.frozen(way)
        close(gap + tangent.gaps @ way, here.difference(here.gaps, way))
        close((slip + tangent.slips @ way)[inner], here.difference(here.slips, way)[inner])


@pytest.mark.parametrize("axisymmetric", [False, True], ids=["plane", "axisymmetric"])
@pytest.mark.parametrize("span", [(0.6, 4.4), (-0.4, 3.7), (0.6, 3.7)])
def test_partly_covered_edges_move_with_the_end_of_the_master(span, axisymmetric) -> None:
    # it begins inside the slave's second edge, or ends inside its last
    here = setting(curved, span=span, axisymmetric=axisymmetric)
    tangent = here.tangent()
    covered = here.interface.pairing.covered
    slave, master = (
        start[:, 0] + here.displacement[dofs[:, 0]]
        for start, dofs in (
            (here.interface.slave_points, here.interface.slave_dofs),
            (here.interface.master_points, here.interface.master_dofs),
        )
    )
    assert slave[1] < master[0] < slave[2] or slave[-2] < master[-1] < slave[-1]
    for _ in range(3):
        way = here.direction()
        close(tangent.forces @ way, here.difference(here.forces, way))
        gap, slip = here.frozen(way)
        gap, slip = gap + tangent.gaps @ way, slip + tangent.slips @ way
        close(gap[covered], here.difference(lambda u: here.gaps(u)[covered], way))
        close(slip[covered], here.difference(lambda u: here.slips(u)[covered], way))


@pytest.mark.parametrize("out", [1e-3, 1e-5, 1e-7, -1e-5])
def test_ends_that_all_but_meet_follow_the_moving_geometry(out) -> None:
    # free sides end together and slide past each other by little, to one side or the other
    here = setting(curved, span=(0.0, 4.0))
    slave, master = here.interface.slave_dofs, here.interface.master_dofs
    here.displacement[slave[[0, -1], 0]] = 0.0
    here.displacement[master[[0, -1], 0]] = out, -out
    here.step = min(STEP, 0.1 * abs(out))
    tangent = here.tangent()
    way = here.direction()
    found, expected = tangent.forces @ way, here.difference(here.forces, way)
    bound = BOUND + 1e-15 / here.step  # round-off of the differences
    assert np.linalg.norm(found - expected) < bound * np.linalg.norm(expected)
