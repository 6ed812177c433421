# SPDX-License-Identifier: MIT
"""Punches with a face of their own, added to the mesh of a stack.

A punch is one more layer of the mesh, with one more interface to the layer it presses on. Before
the press it stands above the whole stack; where it presses is a matter of the stages.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.describe.hardness import Hardness, hardness
from interfacefem.describe.stage import arrangements
from interfacefem.errors import MeshError
from interfacefem.meshing import grading, hexahedra, layered
from interfacefem.meshing.faces import InterfaceFaces
from interfacefem.meshing.quality import require_usable
from interfacefem.meshing.stack_mesh import StackMesh, digest, round_coordinates
from interfacefem.surfaces.resolution import shortest_wavelength

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interfacefem.describe.protocol import Protocol
    from interfacefem.describe.settings import MeshSize
    from interfacefem.describe.stack import Layer, Stack


def add_punches(mesh: StackMesh, stack: Stack, protocol: Protocol, size: MeshSize) -> StackMesh:
    """Return the mesh of a stack with the punches of its stages; the same mesh if there are none.

    Parameters
    ----------
    mesh : StackMesh
        Of the stack.
    stack : Stack
    protocol : Protocol
    size : MeshSize

    Raises
    ------
    MeshError
        If a punch cannot be meshed.
    """
    stages, key = protocol.stages, hardness(stack, protocol)
    for stage, there in zip(stages, arrangements(stack.names, stages), strict=False):
        if stage.punch is not None:
            below = stack.layer(there.layers[-2])
            keys = [key[below.name], key[stage.punch.name]]
            mesh = _add(mesh, below, stage.punch, keys, size)
    return mesh


def _add(
    mesh: StackMesh, below: Layer, punch: Layer, keys: Sequence[Hardness], size: MeshSize
) -> StackMesh:
    lower = _upper_face(mesh, below.name)
    waves = [shortest_wavelength(face) for face in (below.top, punch.bottom) if face is not None]
    wave = min((w for w in waves if w is not None), default=None)
    lengths = [float(length) for length in np.ptp(mesh.points[:, :-1], axis=0)]
    columns = [
        grading.column_counts(length, [wave], keys, size.edge, size.face_ratio)[1]
        for length in lengths
    ]
    for axis in range(len(columns)):
        while math.gcd(columns[axis], len(lower)) > 1:
            columns[axis] += 1
    lines = [np.linspace(0.0, length, n + 1) for length, n in zip(lengths, columns, strict=True)]
    rows = grading.row_fractions(
        punch.thickness,
        max(length / n for length, n in zip(lengths, columns, strict=True)),
        size.growth,
        graded=["bottom"],
        largest=max(max(lengths) / 6, punch.thickness / 12),
    )
    builder: Any = layered if mesh.dimension == 2 else hexahedra
    bottom = builder.heights(punch.bottom, *lines)
    bottom = bottom - bottom.min() + float(mesh.points[:, -1].max())
    top = np.full_like(bottom, bottom.mean() + punch.thickness)
    if not (top > bottom).all():
        raise MeshError(
            f"punch '{punch.name}' is thinner than its roughness is high; make it thicker"
        )
    part = builder.assemble([builder.Plan(punch.name, *lines, bottom, top, rows)], "punch", {})
    first = len(mesh.points)
    name = f"{below.name}|{punch.name}"
    sides = [side for side in mesh.boundaries if side not in ("bottom", "top")]
    walls = {side: part.boundaries[side] + first for side in sides}
    together = replace(
        mesh,
        points=round_coordinates(np.vstack([mesh.points, part.points])),
        cells=np.vstack([mesh.cells, part.cells + first]),
        cell_layer=np.append(mesh.cell_layer, np.full(len(part.cells), len(mesh.layer_names))),
        layer_names=(*mesh.layer_names, punch.name),
        interfaces={
            **mesh.interfaces,
            name: InterfaceFaces(lower, part.boundaries["bottom"] + first),
        },
        boundaries=dict(mesh.boundaries)
        | {side: np.vstack([mesh.boundaries[side], edges]) for side, edges in walls.items()},
        key=digest(
            mesh.key, punch.name, *(np.rint(a * 1e9).astype(np.int64) for a in (*lines, bottom))
        ),
    )
    require_usable(together)
    return together


def _upper_face(mesh: StackMesh, name: str) -> np.ndarray:
    for pair, faces in mesh.interfaces.items():
        if pair.split("|")[0] == name:
            return faces.lower
    return mesh.boundaries["top"]
