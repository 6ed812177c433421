"""Structured meshes of hexahedra in numpy and short ways to set up contact problems on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.interface3d import ContactInterface3D
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits, Load, MechanicalProblem
from interfacefem.materials.models import Elastic
from interfacefem.meshing.hexahedra import quads
from interfacefem.reference.hertz import contact_modulus

#: elastic body of the problems with a rigid one
SOFT = Elastic(5000.0, 0.36)
MODULUS = contact_modulus((5000.0, 0.36))
TIGHT = AugmentationLimits(tolerance=1e-6, max_augmentations=20)

Height = Callable[[np.ndarray, np.ndarray], np.ndarray] | float


@dataclass(frozen=True)
class Box:
    """Nodes and hexahedra of a mapped box; ``grid[i, j, k]`` are its nodes along x, y, z."""

    points: np.ndarray
    cells: np.ndarray
    grid: np.ndarray

    @property
    def bottom(self) -> np.ndarray:
        return quads(self.grid[..., 0])

    @property
    def top(self) -> np.ndarray:
        return quads(self.grid[..., -1])

    @property
    def x_walls(self) -> np.ndarray:
        return self.grid[[0, -1]].ravel()

    @property
    def y_walls(self) -> np.ndarray:
        return self.grid[:, [0, -1]].ravel()


def box(
    x: np.ndarray,
    y: np.ndarray,
    eta: np.ndarray,
    bottom: Height,
    top: Height,
    first_node: int = 0,
) -> Box:
    """Columns at ``x`` and ``y`` between two faces, with rows at the fractions ``eta``."""
    place = np.meshgrid(x, y, indexing="ij")
    low, high = (
        np.broadcast_to(face(*place) if callable(face) else face, place[0].shape)
        for face in (bottom, top)
    )
    z = low[..., None] + (high - low)[..., None] * np.asarray(eta)
    xyz = np.broadcast_arrays(place[0][..., None], place[1][..., None], z)
    points = np.stack(xyz, axis=-1).reshape(-1, 3)
    grid = first_node + np.arange(z.size).reshape(z.shape)
    cells = np.concatenate(
        [
            np.column_stack([quads(grid[..., k]), quads(grid[..., k + 1])])
            for k in range(len(eta) - 1)
        ]
    )
    return Box(points, cells, grid)


@dataclass
class Pair:
    """Two boxes with one interface; the lower one stands on rollers, the upper one is pressed."""

    problem: MechanicalProblem
    points: np.ndarray
    lower: Box
    upper: Box

    @property
    def bulk(self) -> Bulk:
        return self.problem.bulk

    @property
    def interface(self) -> ContactInterface3D:
        found = self.problem.interfaces[0]
        assert isinstance(found, ContactInterface3D)
        return found

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
    lower: Box,
    upper: Box,
    laws: Sequence[Any],
    settings: ContactSettings,
    *,
    upper_is_slave: bool = True,
    walls: bool = True,
    fixed: Callable[[np.ndarray], np.ndarray] | None = None,
    platens: Callable[[np.ndarray], list[np.ndarray]] | None = None,
    limits: AugmentationLimits | None = None,
) -> Pair:
    """Two boxes in contact between smooth side walls; ``fixed`` adds supports.

    The upper box's nodes must start at ``len(lower.points)``.
    """
    points = np.vstack([lower.points, upper.points])
    cells = np.vstack([lower.cells, upper.cells])
    law = np.repeat([0, 1], [len(lower.cells), len(upper.cells)])
    bulk = Bulk(points, cells, law, laws)
    d = bulk.node_dofs
    held = [d[np.unique(lower.bottom), 2]]
    x_walls, y_walls = (
        np.concatenate([getattr(b, n) for b in (lower, upper)]) for n in ("x_walls", "y_walls")
    )
    if walls:
        held += [d[x_walls, 0], d[y_walls, 1]]
    else:
        x_walls = y_walls = np.zeros(0, np.int64)
    if fixed is not None:
        held.append(fixed(d))
    ties = platens(d) if platens is not None else [d[np.unique(upper.top), 2]]
    supports = Supports(bulk.size, np.unique(np.concatenate(held)), ties)
    slave, master = (upper.bottom, lower.top) if upper_is_slave else (lower.top, upper.bottom)
    interface = ContactInterface3D(
        "lower|upper",
        slave,
        master,
        d,
        points,
        upward=not upper_is_slave,
        settings=settings,
        x_walls=x_walls,
        y_walls=y_walls,
    )
    return Pair(MechanicalProblem(bulk, supports, [interface], limits), points, lower, upper)


def pressed_by_rigid(block: Box, height: Height, columns: np.ndarray, edge: float) -> Pair:
    """Elastic block between smooth walls under a rigid body, which only moves up and down.

    The lower box of the pair is the block and its slave face; all nodes of the upper box are one
    platen.
    """
    top = float(block.points[:, 2].max())
    rigid = box(columns, columns, np.array([0.0, 1.0]), height, 2.0 * top, len(block.points))
    settings = ContactSettings(
        shear_penalty=0.1, penalty=10.0 * SOFT.youngs_modulus / edge, gap_tolerance=1e-6 * edge
    )
    nodes = rigid.grid.ravel()
    return pair(
        block,
        rigid,
        (SOFT, Elastic(1.0, 0.0)),
        settings,
        upper_is_slave=False,
        fixed=lambda d: d[nodes][:, :2].ravel(),
        platens=lambda d: [d[nodes, 2]],
        limits=TIGHT,
    )
