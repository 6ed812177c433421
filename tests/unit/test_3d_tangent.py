# SPDX-License-Identifier: MIT
"""Linearised contact geometry in 3D against central differences of what it linearises.

Origin of every number: differences of the pairing itself, which ``test_3d_mortar`` checks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from interfacefem.contact.laws import Tractions
from interfacefem.fem.contact import interface3d
from interfacefem.fem.contact.interface3d import ContactInterface3D
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.meshing.hexahedra import quads

SETTINGS = ContactSettings(penalty=1.0, shear_penalty=0.1, gap_tolerance=1e-3)

STEP = 1e-6


@dataclass
class Setting:
    """Two wavy faces over 3 by 2 in a deformed configuration, with random tractions."""

    interface: ContactInterface3D
    u: np.ndarray
    accepted: np.ndarray
    tractions: Tractions
    direction: np.ndarray


def setting(*, upward: bool, walls: bool, shift: float) -> Setting:
    rng = np.random.default_rng(4)
    parts = []
    first = 0
    for columns, height, amplitude in (((7, 5), 0.0, 0.2), ((5, 4), 0.05, 0.25)):
        x, y = (np.linspace(0.0, side, n + 1) for side, n in zip((3.0, 2.0), columns, strict=True))
        x, y = (g.ravel() for g in np.meshgrid(x, y, indexing="ij"))
        z = height + amplitude * np.sin(2.0 * x) * np.cos(1.5 * y)
        nodes = np.arange(len(x)).reshape(columns[0] + 1, -1)
        parts.append((np.column_stack([x, y, z]), first + quads(nodes)))
        first += len(x)
    points = np.vstack([part for part, _ in parts])
    dofs = np.arange(points.size).reshape(-1, 3)
    on_x = np.flatnonzero(np.isin(points[:, 0], [0.0, 3.0]))
    on_y = np.flatnonzero(np.isin(points[:, 1], [0.0, 2.0]))
    u = shift * rng.uniform(-1.0, 1.0, dofs.size)
    accepted = 0.03 * rng.uniform(-1.0, 1.0, dofs.size)
    direction = rng.uniform(-1.0, 1.0, dofs.size)
    for field in (u, accepted, direction):
        field[dofs[on_x, 0]] = 0.0  # both faces end at the walls and only slide along them
        field[dofs[on_y, 1]] = 0.0
    none = np.zeros(0, np.int64)
    interface = ContactInterface3D(
        "a|b", parts[0][1], parts[1][1], dofs, points, upward=upward, settings=SETTINGS,
        x_walls=on_x if walls else none, y_walls=on_y if walls else none,
    )  # fmt: skip
    n = len(parts[0][0])
    blank = np.zeros(n)
    tractions = Tractions(
        rng.uniform(1.0, 3.0, n), rng.uniform(-1.0, 1.0, (n, 2)), blank, blank, blank, blank,
        blank > -1.0, blank > -1.0,
    )  # fmt: skip
    return Setting(interface, u, accepted, tractions, direction)


def errors(case: Setting) -> list[float]:
    """Relative differences of forces, gaps and slips along a direction."""
    interface, d = case.interface, case.direction
    sides = []
    for sign in (1.0, -1.0):
        u = case.u + sign * STEP * d
        assert interface.update_geometry(u)
        forces = np.zeros_like(u)
        interface.add_forces(forces, case.tractions)
        sides.append((forces, interface.gaps(u), interface.slips(u, case.accepted)))
    numerical = [(a - b) / (2.0 * STEP) for a, b in zip(*sides, strict=True)]
    interface.update_geometry(case.u)
    tangent = interface.linearise(case.u, case.accepted, case.tractions)
    assert tangent is not None
    pairing = interface.pairing
    relative = d[interface.slave_dofs] - pairing.projection @ d[interface.master_dofs]
    found = [
        tangent.forces @ d,
        tangent.gaps @ d - np.einsum("nd,nd->n", pairing.normals, relative),
        (tangent.slips @ d).reshape(-1, 2) + np.einsum("nkd,nd->nk", pairing.tangents, relative),
    ]
    found[2] = np.where(interface.free, found[2], 0.0)
    return [
        float(np.abs(a - b).max() / np.abs(b).max()) for a, b in zip(found, numerical, strict=True)
    ]


@pytest.mark.parametrize("upward", [True, False], ids=["slave below", "slave above"])
@pytest.mark.parametrize("walls", [True, False], ids=["walls", "free"])
def test_it_is_exact_over_rectangles(upward: bool, walls: bool) -> None:
    # heights are arbitrary, projections are rectangles: the rule integrates all products exactly
    case = setting(upward=upward, walls=walls, shift=0.0)
    assert max(errors(case)) < 1e-8


@pytest.mark.parametrize("walls", [True, False], ids=["walls", "free"])
def test_it_is_that_of_the_integrals_over_any_quadrilaterals(walls: bool) -> None:
    # over quadrilaterals the products are rational: the rule's own error, 1e-4 here, is not
    # differentiated; a Newton iteration then still gains four digits
    case = setting(upward=True, walls=walls, shift=0.04)
    assert max(errors(case)) < 1e-3


def test_gaps_are_finer_than_the_round_off_of_heights() -> None:
    # 1.1e-13 at this height, and a stiff bond makes a force of it
    x, y = np.meshgrid(np.arange(4.0), np.arange(3.0), indexing="ij")
    face = np.column_stack([x.ravel(), y.ravel(), np.full(12, 1024.0)])
    dofs, none = np.arange(72).reshape(-1, 3), np.zeros(0, np.int64)
    below = quads(np.arange(12).reshape(4, 3))
    interface = ContactInterface3D(
        "a|b", below, below + 12, dofs, np.vstack([face, face]), upward=True,
        settings=SETTINGS, x_walls=none, y_walls=none,
    )  # fmt: skip
    u = np.zeros(72)
    u[dofs[12:, 2]] = 1e-15
    assert interface.update_geometry(u)
    assert interface.gaps(u) == pytest.approx(1e-15, rel=1e-9, abs=0.0)


def test_tangents_turn_with_the_normal() -> None:
    rng = np.random.default_rng(5)
    normals = rng.uniform(-0.5, 0.5, (20, 3)) + np.array([0.0, 0.0, 1.0])

    def frame(vectors: np.ndarray) -> np.ndarray:
        first = np.column_stack([vectors[:, 2], np.zeros(20), -vectors[:, 0]])
        first /= np.linalg.norm(first, axis=1)[:, None]
        return np.stack([first, np.cross(vectors, first)], axis=1)

    normals /= np.linalg.norm(normals, axis=1)[:, None]
    way = np.cross(normals, rng.uniform(-1.0, 1.0, (20, 3)))  # a rotation keeps the length
    numerical = (frame(normals + STEP * way) - frame(normals - STEP * way)) / (2.0 * STEP)
    turns = interface3d.tangent_turns(normals, frame(normals))
    assert np.abs(np.einsum("nkxy,ny->nkx", turns, way) - numerical).max() < 1e-8
