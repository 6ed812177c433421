# SPDX-License-Identifier: MIT
r"""A made-up run in 3D with closed-form fields: tests, and trying pictures without a solver.

Nothing here is physics. Each interface touches on round spots in a square array of period
:math:`L/k` whose radius a grows with the square root of the pressure: with r the distance from the
nearest centre, the pressure is :math:`p_0 (1 - r^2/a^2)` where :math:`r < a`, the gap
:math:`h (r - a) k/L` elsewhere. So the contact fraction is :math:`f = \pi a^2 k^2/L^2` and
:math:`p_0 = 2 \bar p / f`.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

from interfacefem.results.example import (
    AMPLITUDE,
    LAYERS,
    PRESS,
    THICKNESS,
    WAVES,
    WIDTH,
    ExampleMesh,
    Faces,
    accepted,
    example_layers,
    write_run,
)
from interfacefem.results.results import Results
from interfacefem.results.snapshot import (
    FloatArray,
    IncrementSnapshot,
    IntArray,
    InterfaceSnapshot,
)

PERIOD = WIDTH / WAVES
#: radius of the spots under the press, of the period
LARGEST = 0.4


def distance(points: FloatArray) -> FloatArray:
    """Return the distance from the nearest centre of a spot [um]."""
    return np.hypot(*(np.mod(points[:, axis], PERIOD) - 0.5 * PERIOD for axis in (0, 1)))


def spot_radius(nominal_pressure: float) -> float:
    """Return the radius of the spots [um]."""
    return LARGEST * PERIOD * float(np.sqrt(nominal_pressure / PRESS))


def quads(grid: IntArray) -> IntArray:
    """Return the quadrilaterals of a grid of nodes (m, n), counter-clockwise seen from above."""
    corners = (grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:])
    return np.column_stack([corner.ravel() for corner in corners])


def example_mesh_in_space(n: int = 12, rows: int = 2) -> ExampleMesh:
    """Return the mesh: ``n`` by ``n`` cells along, ``rows`` cells through each layer."""
    points, cells, owner, bottoms, tops = [], [], [], [], []
    line = np.linspace(0.0, WIDTH, n + 1)
    x, y = np.meshgrid(line, line, indexing="ij")
    rough = AMPLITUDE * np.cos(2.0 * np.pi * x / PERIOD) * np.cos(2.0 * np.pi * y / PERIOD)
    height, last = 0.0, len(LAYERS) - 1
    for index, thickness in enumerate(THICKNESS):
        low = height - (rough if index else 0.0 * rough)
        high = height + thickness + (rough if index < last else 0.0 * rough)
        eta = np.linspace(0.0, 1.0, rows + 1)
        z = low[..., None] + (high - low)[..., None] * eta
        node = np.arange(z.size).reshape(z.shape) + index * z.size
        place = np.broadcast_arrays(x[..., None], y[..., None], z)
        points.append(np.stack(place, axis=-1).reshape(-1, 3))
        levels = [quads(node[..., level]) for level in range(rows + 1)]
        cells += [np.column_stack(pair) for pair in itertools.pairwise(levels)]
        owner.append(np.full(n * n * rows, index))
        bottoms.append(levels[0])
        tops.append(levels[-1])
        height += thickness + 2.0 * AMPLITUDE
    names = [f"{low}|{high}" for low, high in itertools.pairwise(LAYERS)]
    return ExampleMesh(
        points=np.vstack(points),
        cells=np.vstack(cells),
        cell_layer=np.concatenate(owner),
        layer_names=LAYERS,
        interfaces={name: Faces(tops[i], bottoms[i + 1]) for i, name in enumerate(names)},
        boundaries={"bottom": bottoms[0], "top": tops[-1]},
    )


def example_area(mesh: ExampleMesh, name: str, nominal_pressure: float) -> InterfaceSnapshot:
    """Return one interface at the nodes of its upper face."""
    faces = mesh.interfaces[name].upper
    nodes = np.unique(faces)
    place = mesh.points[nodes]
    edges = int(np.sqrt(len(faces)))
    share = np.bincount(np.searchsorted(nodes, faces).ravel()) / 4.0
    radius = spot_radius(nominal_pressure)
    away = distance(place)
    fraction = np.pi * (radius / PERIOD) ** 2
    inside = np.clip(1.0 - (away / radius) ** 2, 0.0, None)
    pressure = 2.0 * nominal_pressure / fraction * inside
    return InterfaceSnapshot(
        name=name,
        points_reference=place,
        points=place - np.array([0.0, 0.0, 0.01]),
        weights=share * (WIDTH / edges) ** 2,
        contact_pressure=pressure,
        gap=AMPLITUDE * np.clip(away - radius, 0.0, None) / PERIOD,
        shear_traction=0.1 * np.column_stack([pressure, -pressure]),
        slip=0.01 * place[:, 0],
        in_contact=away < radius,
        faces=np.searchsorted(nodes, faces),
    )


def example_run_in_space(
    folder: str | Path, *, n: int = 12, rows: int = 2, increments: int = 2
) -> Results:
    """Write a complete run of press, hold and release in 3D, and open it.

    Parameters
    ----------
    folder : path
        Folder of the run; must not hold one.
    n, rows : int
        Cells along each side, and through each layer.
    increments : int
        Increments of the press and of the release.
    """
    mesh = example_mesh_in_space(n, rows)

    def snapshot(
        step: str, step_index: int, increment: int, pressure: float, layers: bool
    ) -> IncrementSnapshot:
        interfaces = tuple(example_area(mesh, name, pressure) for name in mesh.interfaces)
        inside = example_layers(mesh, pressure) if layers else None
        return accepted(step, step_index, increment, pressure, interfaces, inside)

    return write_run(folder, mesh, snapshot, increments)
