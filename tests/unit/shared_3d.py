# SPDX-License-Identifier: MIT
"""Program of several processes: two increments in 3D by each alone, then by all together.

Prints one line of JSON: for each solver the largest relative difference of what was reached, and
the iterations both ways.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from interfacefem.contact import Coulomb
from interfacefem.fem import ranks
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.interface3d import ContactInterface3D
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.linear import systems
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import Load, MechanicalProblem
from interfacefem.materials.models import Elastic, J2Plastic, LinearHardening
from interfacefem.meshing.hexahedra import quads

from mpi4py import MPI  # isort: skip  (after the package, which loads the libraries first)

LAWS = [Elastic(5000.0, 0.36), J2Plastic(500.0, 0.36, 0.4, hardening=LinearHardening(2.0))]


def box(columns: int, low: float, high: float, wave: float, first: int) -> tuple[Any, Any, Any]:
    """Points, cells and node grid of a box over a unit square; its faces at z = 0.5 are wavy."""
    line = np.linspace(0.0, 1.0, columns + 1)
    x, y, z = np.meshgrid(line, line, np.linspace(0.0, 1.0, 4), indexing="ij")
    height = wave * (np.cos(2.0 * np.pi * x) * np.cos(np.pi * y) - 1.0)
    fade = z if high == 0.5 else 1.0 - z
    points = np.stack([x, y, low + (high - low) * z + height * fade], axis=-1).reshape(-1, 3)
    grid = first + np.arange(len(points)).reshape(x.shape)
    cells = [np.column_stack([quads(grid[..., k]), quads(grid[..., k + 1])]) for k in range(3)]
    return points, np.concatenate(cells), grid


def pressed(solver: str) -> tuple[list[list[int]], list[np.ndarray], float]:
    """Press a wavy elastic box on a flat plastic one with friction; return what was reached."""
    lower, upper = box(5, 0.0, 0.5, 0.03, 0), box(6, 0.5, 1.0, 0.0, 6 * 6 * 4)
    points, cells = np.vstack([lower[0], upper[0]]), np.vstack([lower[1], upper[1]])
    law = np.repeat([0, 1], [len(lower[1]), len(upper[1])])
    bulk = Bulk(points, cells, law, LAWS)
    d = bulk.node_dofs
    walls = [np.flatnonzero(np.isin(points[:, i], [0.0, 1.0])) for i in (0, 1)]
    fixed = np.concatenate([d[lower[2][..., 0].ravel(), 2], d[walls[0], 0], d[walls[1], 1]])
    supports = Supports(bulk.size, np.unique(fixed), [d[upper[2][..., -1].ravel(), 2]])
    interface = ContactInterface3D(
        "a|b", quads(upper[2][..., 0]), quads(lower[2][..., -1]), d, points, upward=False,
        settings=ContactSettings(
            friction=Coulomb(0.2), penalty=1000.0, shear_penalty=200.0, gap_tolerance=1e-4
        ),
        x_walls=walls[0], y_walls=walls[1],
    )  # fmt: skip
    system = systems.choose(bulk, supports, points, solver)  # type: ignore[arg-type]
    problem = MechanicalProblem(bulk, supports, [interface], system=system)
    iterations = []
    for target in (-0.02, -0.03):
        attempt = problem.attempt(Load(stiffness=5e4, target=target, floor=0.01))
        if attempt.failure:
            raise RuntimeError(f"{solver} at {target}: {attempt.failure}")
        problem.accept(attempt)
        iterations.append(attempt.iterations)
    fields = list(bulk.cell_fields().values())
    reached = [problem.displacement[d], interface.pressure, interface.shear, bulk.cp_inverse]
    energies = np.array([problem.force, problem.work.elastic, problem.work.plastic])
    return iterations, [*reached, energies, *fields], float(bulk.alpha.max())


def main() -> None:
    """Compare, and let the first process tell."""
    told = {}
    for solver in ("direct", "iterative"):
        ranks.use(MPI.COMM_SELF)
        alone = pressed(solver)
        ranks.use(MPI.COMM_WORLD)
        shared = pressed(solver)
        worst = max(
            float(np.abs(a - b).max() / np.abs(a).max())
            for a, b in zip(alone[1], shared[1], strict=True)
        )
        told[solver] = {
            "difference": worst,
            "iterations": [alone[0], shared[0]],
            "plastic_strain": alone[2],
        }
    if ranks.current().first:
        sys.stdout.write(json.dumps(told | {"ranks": ranks.current().size}) + "\n")


if __name__ == "__main__":
    main()
