# SPDX-License-Identifier: MIT
"""Direct and truncated iterative solutions of the condensed tangent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact import linear_contact
from interfacefem.fem.contact.interface3d import ContactInterface3D
from interfacefem.fem.contact.linear_contact import LinearContact, update_active_set
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.control import Border
from interfacefem.fem.linear import systems
from interfacefem.fem.linear.condensation import Supports, inverse, transformation
from interfacefem.fem.linear.direct import TOGETHER, DirectSystem
from interfacefem.fem.linear.iterative import IterativeOptions, IterativeSystem, rigid_motions
from interfacefem.materials.models import Elastic
from interfacefem.meshing.hexahedra import quads

SETTINGS = ContactSettings(penalty=1.0, shear_penalty=0.1, gap_tolerance=1e-3)

LAW = Elastic(5000.0, 0.36)


def box(columns: int, low: float, high: float, first: int) -> tuple[np.ndarray, ...]:
    """Points, cells and node grid of a box over a unit square, its interface face wavy."""
    line = np.linspace(0.0, 1.0, columns + 1)
    x, y, z = np.meshgrid(line, line, np.linspace(0.0, 1.0, 4), indexing="ij")
    wave = 0.03 * np.cos(np.pi * x) * np.cos(np.pi * y)
    fade = z if first == 0 else 1.0 - z
    points = np.stack([x, y, low + (high - low) * z + wave * fade], axis=-1).reshape(-1, 3)
    grid = first + np.arange(len(points)).reshape(x.shape)
    cells = [np.column_stack([quads(grid[..., k]), quads(grid[..., k + 1])]) for k in range(3)]
    return points, np.concatenate(cells), grid


class Stack:
    """Two wavy boxes, their faces fully in contact, with or without supports."""

    def __init__(self, *, held: bool, columns: int = 7) -> None:
        lower, upper = box(5, 0.0, 0.5, 0), box(columns, 0.5, 1.0, 6 * 6 * 4)
        self.points = np.vstack([lower[0], upper[0]])
        cells = np.vstack([lower[1], upper[1]])
        self.bulk = Bulk(self.points, cells, np.zeros(len(cells), np.int64), [LAW])
        d = self.bulk.node_dofs
        fixed = np.zeros(0, np.int64)
        walls = [fixed, fixed]
        platens = []
        if held:
            walls = [np.flatnonzero(np.isin(self.points[:, i], [0.0, 1.0])) for i in (0, 1)]
            bottom, top = lower[2][..., 0].ravel(), upper[2][..., -1].ravel()
            fixed = np.concatenate([d[bottom, 2], d[walls[0], 0], d[walls[1], 1]])
            platens = [d[top, 2]]
        self.supports = Supports(self.bulk.size, np.unique(fixed), platens)
        self.interface = ContactInterface3D(
            "a|b", quads(upper[2][..., 0]), quads(lower[2][..., -1]), d, self.points, upward=False,
            settings=SETTINGS, x_walls=walls[0], y_walls=walls[1],
        )  # fmt: skip
        assert self.interface.update_geometry(np.zeros(self.bulk.size))
        self.transform = transformation(self.supports, [self.interface])
        assert self.bulk.residual(np.zeros(self.bulk.size), tangent=True) is not None
        # all slave nodes in contact
        unknown = self.supports.unknown[self.interface.slave_dofs[:, 2]]
        stiffness = 5e4 * self.interface.pairing.weights
        size = self.supports.size
        self.extra = sp.csr_matrix((stiffness, (unknown, unknown)), shape=(size, size))

    def condensed(self, extra: sp.csr_matrix) -> sp.csr_matrix:
        """Condensed tangent with contact terms, by its definition."""
        indptr, indices, values = self.bulk.jacobian().getValuesCSR()
        tangent = sp.csr_matrix((values, indices, indptr), shape=(self.bulk.size,) * 2)
        return (self.transform.T @ tangent @ self.transform + extra).tocsr()

    def direct(self) -> DirectSystem:
        system = systems.direct(self.bulk, self.supports)
        system.set_transform(self.transform)
        return system

    def iterative(self, tolerance: float) -> IterativeSystem:
        options = IterativeOptions(tolerance=tolerance)
        system = IterativeSystem(self.supports, self.points, self.bulk.node_dofs, options)
        system.set_transform(self.transform)
        return system


def test_the_direct_solution_is_that_of_the_condensed_tangent() -> None:
    stack = Stack(held=True)
    right = np.random.default_rng(4).uniform(-1.0, 1.0, stack.supports.size)
    system = stack.direct()
    few = stack.extra.copy()
    few.data[::2] = 0.0
    few.eliminate_zeros()
    # the second has contacts that the pattern of the first has no room for, the third unsymmetric
    # terms, the fourth fewer again
    for extra in (few, stack.extra, (stack.extra @ stack.condensed(few)).tocsr(), few):
        matrix = stack.condensed(extra)
        found = system.solve(stack.bulk.jacobian(), extra, right)
        exact = spsolve(matrix.tocsc(), right)
        assert np.abs(found - exact).max() < 1e-9 * np.abs(exact).max()
        # columns of the inverse, more of them than are solved for at a time
        some = np.arange(3, 3 + TOGETHER + 5)
        columns = system.compliance(sp.eye(len(right), format="csr"), some)
        assert matrix @ columns == pytest.approx(np.eye(len(right))[:, some], abs=1e-9)


def test_nodes_that_move_relative_to_their_platen_are_solved_for() -> None:
    # a punch holds back what meets it: its nodes have a motion of their own beside the platen's
    stack = Stack(held=True)
    top = 6 * 6 * 4 + np.arange(8 * 8 * 4).reshape(8, 8, 4)[..., -1].ravel()
    dofs = stack.bulk.node_dofs[top, 2]
    fixed = np.flatnonzero(stack.supports.unknown < 0)
    stack.supports = Supports(stack.bulk.size, fixed, [dofs[:1]], dofs[1:])
    stack.transform = transformation(stack.supports, [stack.interface])
    size = stack.supports.size
    held = stack.supports.unknown[dofs[1:]]
    unknown = stack.supports.unknown[stack.interface.slave_dofs[:, 2]]
    both = np.concatenate([held, unknown])
    extra = sp.csr_matrix((np.full(len(both), 300.0), (both, both)), shape=(size, size))
    right = np.random.default_rng(6).uniform(-1.0, 1.0, size)
    exact = spsolve(stack.condensed(extra).tocsc(), right)
    found = stack.direct().solve(stack.bulk.jacobian(), extra, right)
    assert np.abs(found - exact).max() < 1e-9 * np.abs(exact).max()
    found = stack.iterative(1e-12).solve(stack.bulk.jacobian(), extra, right)
    assert np.abs(found - exact).max() < 1e-7 * np.abs(exact).max()


def test_it_agrees_with_the_direct_solution() -> None:
    stack = Stack(held=True)
    right = np.random.default_rng(0).uniform(-1.0, 1.0, stack.supports.size)
    direct = stack.direct()
    exact = direct.solve(stack.bulk.jacobian(), stack.extra, right)
    system = stack.iterative(1e-12)
    found = system.solve(stack.bulk.jacobian(), stack.extra, right)
    assert np.abs(found - exact).max() < 1e-8 * np.abs(exact).max()
    # the same pattern again, and a second right-hand side
    assert system.back(2.0 * right) == pytest.approx(2.0 * found, rel=1e-6, abs=1e-12)
    assert system.solves == 1
    # unsymmetric contact terms are solved as well
    skew = stack.extra.copy()
    skew.data *= np.linspace(1.0, 2.0, skew.nnz)
    skew = skew + 0.1 * sp.triu(stack.extra, 0)
    exact = direct.solve(stack.bulk.jacobian(), skew.tocsr(), right)
    found = system.solve(stack.bulk.jacobian(), skew.tocsr(), right)
    assert np.abs(found - exact).max() < 1e-8 * np.abs(exact).max()


def test_a_loose_tolerance_gives_a_direction_of_descent() -> None:
    stack = Stack(held=True)
    right = np.random.default_rng(1).uniform(-1.0, 1.0, stack.supports.size)
    tight, loose = stack.iterative(1e-10), stack.iterative(0.1)
    tight.solve(stack.bulk.jacobian(), stack.extra, right)
    y = loose.solve(stack.bulk.jacobian(), stack.extra, right)
    assert y @ right > 0.0
    assert 0 < loose.iterations < tight.iterations / 2


@pytest.mark.parametrize("shift", [30.0, 60.0, 100.0])
def test_a_tangent_that_is_not_positive_gives_a_usable_direction(shift: float) -> None:
    # A uniform negative stiffness, below every diagonal entry and above the softest modes. With the
    # largest, conjugate gradients end in a direction of ascent (seen: y . r = -1.9), so minimal
    # residuals have to take over.
    stack = Stack(held=True)
    right = np.random.default_rng(2).uniform(-1.0, 1.0, stack.supports.size)
    soft = (stack.extra - shift * sp.eye(stack.supports.size)).tocsr()
    system = stack.iterative(0.1)
    y = system.solve(stack.bulk.jacobian(), soft, right)
    left = np.linalg.norm(stack.condensed(soft) @ y - right) / np.linalg.norm(right)
    assert y @ right > 0.0 or left < 0.1 + 1e-9


def test_the_transformation_is_inverted() -> None:
    # at walls and in corners slave nodes have fewer slots, the rest stays what it is
    stack = Stack(held=True)
    system = stack.iterative(0.1)
    transform = stack.transform.tocsr()
    left = inverse(transform, system._leader) @ transform[system._leader]
    left = left - sp.eye(stack.supports.size)
    assert abs(left).max() < 1e-14


def test_other_contacts_are_solved_from_the_last_solution() -> None:
    stack = Stack(held=True)
    right = np.random.default_rng(3).uniform(-1.0, 1.0, stack.supports.size)
    system, direct = stack.iterative(1e-12), stack.direct()
    system.solve(stack.bulk.jacobian(), stack.extra, right)
    fewer = stack.extra.copy()
    fewer.data[::3] = 0.0
    exact = direct.solve(stack.bulk.jacobian(), fewer, right)
    found = system.again(fewer, right)
    assert np.abs(found - exact).max() < 1e-8 * np.abs(exact).max()
    assert system.solves == 1
    # and the matrix is the first one again
    first = system.back(right)
    exact = direct.solve(stack.bulk.jacobian(), stack.extra, right)
    assert np.abs(first - exact).max() < 1e-8 * np.abs(exact).max()


def test_multigrid_knows_the_rigid_motions_of_loose_layers() -> None:
    # without supports and contact each layer moves freely; a bilinear cell reproduces that
    stack = Stack(held=False)
    system = stack.iterative(0.1)
    indptr, indices, values = stack.bulk.jacobian().getValuesCSR()
    tangent = sp.csr_matrix((values, indices, indptr), shape=(stack.bulk.size,) * 2)
    motions = np.zeros((stack.bulk.size, 6))
    motions[stack.bulk.node_dofs] = rigid_motions(stack.points)
    upper = np.zeros(stack.bulk.size, bool)
    upper[stack.bulk.node_dofs[6 * 6 * 4 :]] = True
    for layer in (upper, ~upper):
        forces = tangent @ (motions * layer[:, None])
        assert np.abs(forces).max() < 1e-10 * np.abs(values).max()
    near_null = system._near_null
    assert np.abs(near_null.T @ near_null - np.eye(6)).max() < 1e-12
    placed = np.empty_like(motions)
    placed[system._division.number] = motions
    rest = placed - near_null @ (near_null.T @ placed)
    assert np.abs(rest).max() < 1e-12


def test_an_increment_does_not_remember_those_before() -> None:
    # a run that is continued builds its solver anew, and must go on to the bit
    stack = Stack(held=True)
    right = np.random.default_rng(5).uniform(-1.0, 1.0, stack.supports.size)
    used, new = stack.iterative(0.01), stack.iterative(0.01)
    stiff = (100.0 * stack.extra).tocsr()
    used.solve(stack.bulk.jacobian(), stiff, right)
    unlike = used.solve(stack.bulk.jacobian(), stack.extra, right)
    used.begin()
    found = used.solve(stack.bulk.jacobian(), stack.extra, right)
    assert np.array_equal(found, new.solve(stack.bulk.jacobian(), stack.extra, right))
    assert not np.array_equal(found, unlike)  # the coarsening of another matrix is felt


class Settling:
    """Linearised contact of many nodes that close or open in one step."""

    def __init__(self) -> None:
        self.stack = Stack(held=True, columns=11)
        interface, self.size = self.stack.interface, self.stack.supports.size
        rng = np.random.default_rng(7)
        unknowns = self.stack.supports.unknown[interface.slave_dofs[:, 2]]
        count = len(unknowns)
        stiffness = 5e4 * interface.pairing.weights
        trial = interface.pairing.weights * rng.uniform(-20.0, 4.0, count)
        self.put = sp.csr_matrix((np.ones(count), (unknowns, np.arange(count))), (self.size, count))
        closing = self.put.T.tocsr()
        declared = trial > 0.0
        matrix = self.put @ sp.diags(np.where(declared, stiffness, 0.0)) @ closing
        self.contact = LinearContact(
            unknowns, stiffness, trial, stiffness, trial, declared, np.zeros(count), closing,
            matrix.tocsr(), closing,
        )  # fmt: skip
        self.right = rng.uniform(-0.05, 0.05, self.size)
        self.right[unknowns] += 40.0 * interface.pairing.weights  # pushes the faces together
        self.tangent = self.stack.condensed(sp.csr_matrix((self.size, self.size)))

    def forces_left(self, y: np.ndarray) -> np.ndarray:
        """What is out of balance with the contacts that are closed after the step."""
        c = self.contact
        force = np.maximum(c.trial + c.stiffness * (c.closing @ y), 0.0) - np.maximum(c.trial, 0.0)
        left: np.ndarray = self.tangent @ y + self.put @ force - self.right
        return left

    def changed(self, y: np.ndarray) -> int:
        """Number of nodes that close or open."""
        c = self.contact
        closed = c.trial + c.stiffness * (c.closing @ y) > 0.0
        return int(np.sum(closed != c.declared))


@pytest.fixture(params=[1000, 60], ids=["same factors", "new factors"])
def most_changes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear_contact, "MOST_CHANGES", request.param)


@pytest.mark.usefixtures("most_changes")
@pytest.mark.parametrize("kind", ["direct", "iterative"])
def test_any_number_of_nodes_may_close_or_open_in_a_step(kind: str) -> None:
    case = Settling()
    stack, matrix = case.stack, case.contact.matrix
    system = stack.direct() if kind == "direct" else stack.iterative(1e-12)
    y = system.solve(stack.bulk.jacobian(), matrix, case.right)
    scale = np.abs(case.right).max()
    assert np.abs(case.forces_left(y)).max() > 1e-2 * scale  # not without settling
    y = update_active_set(system, y, [case.contact], matrix, case.right)
    assert case.changed(y) > TOGETHER
    assert np.abs(case.forces_left(y)).max() < 1e-7 * scale
    if kind == "direct":
        assert (system.solves > 1) == (linear_contact.MOST_CHANGES < TOGETHER)


@pytest.mark.usefixtures("most_changes")
def test_contacts_settle_beside_a_prescribed_motion() -> None:
    case = Settling()
    stack, contact = case.stack, case.contact
    system = stack.direct()
    y = system.solve(stack.bulk.jacobian(), contact.matrix, case.right)
    row = np.asarray(contact.closing.mean(axis=0)).ravel()
    border = Border(int(contact.unknowns[0]), row, 2e-4)
    y = update_active_set(system, y, [contact], contact.matrix, case.right, border)
    assert float(row @ y) == pytest.approx(-2e-4, rel=1e-9)
    left = case.forces_left(y)
    force = left[contact.unknowns[0]]  # that which moves the faces
    assert abs(force) > 0.0
    assert np.abs(left - force * border.unit).max() < 1e-8 * abs(force)


def test_iterative_solutions_are_exact_enough_for_newton(tmp_path: Path) -> None:
    # layers that hardly touch; at a tolerance of 1e-3 the line search finds no way
    def rough(seed: int, rms: float) -> ifem.Topography:
        return surfaces.self_affine(
            size=(6.0, 6.0), hurst=0.8, rms_height=rms, long_cutoff=9.0, short_cutoff=6.0, seed=seed
        )

    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li3InCl6", "3 um", top=rough(1, 0.1)),
        ifem.Interface(friction=0.2),
        ifem.Layer("anode", "Li", "3 um", bottom=rough(2, 0.15)),
    )
    found, rejected = {}, {}
    for solver in ("direct", "iterative"):
        case = ifem.Case(
            solver, stack, ifem.Protocol(ifem.Press(to="0.015 MPa")),
            mesh=ifem.MeshSize("0.75 um", growth=1.9), numerics=ifem.Numerics(solver=solver),
        )  # fmt: skip
        history = case.run(tmp_path / solver, listeners=()).history
        found[solver], rejected[solver] = history["newton_iterations"], history["rejected"]
    # the first touch is tried twice by factors; iterations add no rejection of their own
    assert list(rejected["direct"]) == [1] + [0] * (len(rejected["direct"]) - 1)
    assert np.array_equal(rejected["iterative"], rejected["direct"])
    np.testing.assert_allclose(found["iterative"], found["direct"], rtol=0.0, atol=1.0)
