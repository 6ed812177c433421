"""Structured meshes in numpy and short ways to set up a mechanical problem on them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.interface import ContactInterface
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits, Load, MechanicalProblem

#: to the round-off of the linear solver, for exact solutions
EXACT = AugmentationLimits(tolerance=1e-10, max_augmentations=30)


def graded(total: float, first: float, count: int) -> np.ndarray:
    """Positions from 0 to ``total`` whose edges grow geometrically from ``first``."""
    if first * count >= total:
        return np.linspace(0.0, total, count + 1)
    ratio = brentq(lambda q: first * (q**count - 1.0) / (q - 1.0) - total, 1.0 + 1e-9, 10.0)
    positions = np.concatenate([[0.0], np.cumsum(first * ratio ** np.arange(count))])
    return positions * (total / positions[-1])


def spread(total: float, first: float, largest: float) -> np.ndarray:
    """Positions from 0 to ``total``; edges grow by 1.3 from ``first`` to ``largest``, about."""
    ends = np.cumsum(np.minimum(first * 1.3 ** np.arange(1, 40), largest))
    if ends[-1] < total:
        ends = np.append(ends, np.arange(ends[-1], total, largest) + largest)
    ends = ends[: np.searchsorted(ends, total) + 1]
    return np.append(0.0, ends) * (total / ends[-1])


@dataclass(frozen=True)
class Block:
    """Nodes and quadrilaterals of a mapped rectangle; ``grid[row, column]`` are its nodes."""

    points: np.ndarray
    cells: np.ndarray
    grid: np.ndarray

    @property
    def bottom(self) -> np.ndarray:
        return self.grid[0]

    @property
    def top(self) -> np.ndarray:
        return self.grid[-1]

    @property
    def left(self) -> np.ndarray:
        return self.grid[:, 0]

    @property
    def right(self) -> np.ndarray:
        return self.grid[:, -1]


def block(
    x: np.ndarray,
    eta: np.ndarray,
    bottom: Callable[[np.ndarray], np.ndarray] | float,
    top: Callable[[np.ndarray], np.ndarray] | float,
    first_node: int = 0,
) -> Block:
    """Columns at ``x`` between two faces, with rows at the fractions ``eta``."""
    low = np.broadcast_to(bottom(x) if callable(bottom) else bottom, x.shape)
    high = np.broadcast_to(top(x) if callable(top) else top, x.shape)
    y = low + (high - low) * np.asarray(eta)[:, None]
    points = np.column_stack([np.broadcast_to(x, y.shape).ravel(), y.ravel()])
    return Block(points, *_grid(len(x), len(eta), first_node))


def quarter_ring(inner: float, outer: float, radial: int, around: int) -> Block:
    """Quarter ring; columns run around from the x axis, rows from the inner radius outwards."""
    angle = np.linspace(0.0, 0.5 * np.pi, around + 1)
    radius = np.linspace(inner, outer, radial + 1)[:, None]
    points = np.column_stack([(radius * np.cos(angle)).ravel(), (radius * np.sin(angle)).ravel()])
    cells, grid = _grid(around + 1, radial + 1, 0)
    return Block(points, cells[:, ::-1].copy(), grid)


def _grid(columns: int, rows: int, first_node: int) -> tuple[np.ndarray, np.ndarray]:
    grid = first_node + np.arange(columns * rows).reshape(rows, columns)
    corners = [grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]]
    return np.column_stack([c.ravel() for c in corners]), grid


def face_load(
    bulk: Bulk, points: np.ndarray, nodes: np.ndarray, traction: Sequence[float]
) -> np.ndarray:
    """Dead nodal forces of a uniform traction [MPa] on a polyline."""
    force = np.zeros(bulk.size)
    half = 0.5 * np.linalg.norm(np.diff(points[nodes], axis=0), axis=1)
    for ends in (nodes[:-1], nodes[1:]):
        for component in (0, 1):
            np.add.at(force, bulk.node_dofs[ends, component], half * traction[component])
    return force


def face_pressure(bulk: Bulk, points: np.ndarray, nodes: np.ndarray, pressure: float) -> np.ndarray:
    """Dead nodal forces of a pressure on a polyline whose body lies to its left."""
    force = np.zeros(bulk.size)
    edge = np.diff(points[nodes], axis=0)
    for ends in (nodes[:-1], nodes[1:]):
        np.add.at(force, bulk.node_dofs[ends, 0], -0.5 * pressure * edge[:, 1])
        np.add.at(force, bulk.node_dofs[ends, 1], 0.5 * pressure * edge[:, 0])
    return force


def ring_pressure(bulk: Bulk, points: np.ndarray, nodes: np.ndarray, pressure: float) -> np.ndarray:
    """Dead nodal forces on a body of revolution whose section lies to the left of a polyline."""
    force = np.zeros(bulk.size)
    for first, second in itertools.pairwise(nodes):
        edge = points[second] - points[first]
        normal = np.array([-edge[1], edge[0]])
        r1, r2 = points[first, 0], points[second, 0]
        # the integral of 2 pi r times a linear shape function over the edge
        for node, weight in ((first, 2.0 * r1 + r2), (second, r1 + 2.0 * r2)):
            force[bulk.node_dofs[node]] += 2.0 * np.pi * weight / 6.0 * pressure * normal
    return force


@dataclass
class Pair:
    """Two blocks with one interface; the lower one stands on rollers, the upper one is pressed."""

    problem: MechanicalProblem
    points: np.ndarray
    lower: Block
    upper: Block

    @property
    def bulk(self) -> Bulk:
        return self.problem.bulk

    @property
    def interface(self) -> ContactInterface:
        return self.problem.interfaces[0]

    @property
    def weights(self) -> np.ndarray:
        return self.interface.pairing.weights

    def step(self, load: Load) -> Any:
        """Attempt an increment, insist on it, accept it."""
        attempt = self.problem.attempt(load)
        assert not attempt.failure, f"{attempt.failure}, iterations {attempt.iterations}"
        self.problem.accept(attempt)
        return attempt


def pair(
    lower: Block,
    upper: Block,
    laws: Sequence[Any],
    settings: ContactSettings,
    *,
    upper_is_slave: bool = True,
    left_wall: bool = True,
    right_wall: bool = True,
    fixed: Sequence[int] | Callable[[np.ndarray], np.ndarray] = (),
    platens: Callable[[np.ndarray], list[np.ndarray]] | None = None,
    limits: AugmentationLimits | None = None,
) -> Pair:
    """Two blocks in contact; ``fixed`` and ``platens`` may add to or replace the usual supports.

    The upper block's nodes must start at ``len(lower.points)``.
    """
    points = np.vstack([lower.points, upper.points])
    cells = np.vstack([lower.cells, upper.cells])
    law = np.repeat([0, 1], [len(lower.cells), len(upper.cells)])
    bulk = Bulk(points, cells, law, laws)
    d = bulk.node_dofs
    held = [d[lower.bottom, 1]]
    for wall, name in ((left_wall, "left"), (right_wall, "right")):
        if wall:
            held += [d[getattr(lower, name), 0], d[getattr(upper, name), 0]]
    held.append(np.asarray(fixed(d) if callable(fixed) else fixed, dtype=np.int64))
    ties = platens(d) if platens is not None else [d[upper.top, 1]]
    supports = Supports(bulk.size, np.unique(np.concatenate(held)), ties)
    slave, master = (upper.bottom, lower.top) if upper_is_slave else (lower.top, upper.bottom)
    interface = ContactInterface(
        "lower|upper",
        slave,
        master,
        d,
        points,
        upward=not upper_is_slave,
        settings=settings,
        left_wall=left_wall,
        right_wall=right_wall,
    )
    return Pair(MechanicalProblem(bulk, supports, [interface], limits), points, lower, upper)
