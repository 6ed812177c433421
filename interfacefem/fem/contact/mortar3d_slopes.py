# SPDX-License-Identifier: MIT
r"""Compiled derivatives of the mortar integrals and areas of faces in 3D.

On a slave face that is wholly covered the integrals run over fixed coordinates of that face, and
the master's shape functions are continuous across its faces; so their derivatives are integrals
over the same segments,

.. math::

   \frac{d}{dt} \int N_i N_m
   = \int N_i \nabla N_m \cdot (v_s - v_m) + \int N_i N_m \nabla \cdot v_s ,

with the velocities of slave and master in the plane, and no terms from the segments' edges. Faces
that are covered partly are held fixed. The matrices are put together in
:mod:`interfacefem.fem.contact.interface3d`.

References
----------
Puso and Laursen (2004), 10.1016/j.cma.2003.10.010 (mortar contact in three dimensions).
Popp, Gitterle, Gee and Wall (2010), 10.1002/nme.2866 (linearised dual mortar).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.compiled import njit
from interfacefem.fem.contact.mortar3d import (
    RULE,
    clip,
    dual_coefficients,
    face_stretch,
    shapes,
)
from interfacefem.fem.contact.numbers import SLIVER, WHOLE

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@njit
def _slopes(quad: Array, values: Array, slopes: Array) -> None:
    """Write the gradients (4, 2) of the shape functions where they have the given values."""
    # bilinear: with u = N1 + N2 and v = N2 + N3 on 0..1 the derivatives by them are linear
    u, v = values[1] + values[2], values[2] + values[3]
    along = (-(1.0 - v), 1.0 - v, v, -v)
    across = (-(1.0 - u), -u, u, 1.0 - u)
    a = b = c = d = 0.0
    for i in range(4):
        a += along[i] * quad[i, 0]
        b += across[i] * quad[i, 0]
        c += along[i] * quad[i, 1]
        d += across[i] * quad[i, 1]
    det = a * d - b * c
    for i in range(4):
        slopes[i, 0] = (d * along[i] - c * across[i]) / det
        slopes[i, 1] = (a * across[i] - b * along[i]) / det


@njit
def _segment(
    slave: Array,
    master: Array,
    polygon: Array,
    count: int,
    mass: Array,
    d_mass: Array,
    cross: Array,
    d_slave: Array,
    d_master: Array,
) -> float:
    """Integrate over a polygon as in ``integrate_segment``, with the derivatives (4, 4, 4, 2)."""
    ns = np.empty(4)
    nm = np.empty(4)
    gs = np.empty((4, 2))
    gm = np.empty((4, 2))
    cross[:] = 0.0
    d_slave[:] = 0.0
    d_master[:] = 0.0
    total = 0.0
    for k in range(1, count - 1):
        area = 0.5 * (
            (polygon[k, 0] - polygon[0, 0]) * (polygon[k + 1, 1] - polygon[0, 1])
            - (polygon[k, 1] - polygon[0, 1]) * (polygon[k + 1, 0] - polygon[0, 0])
        )
        total += area
        for weight, one, two in RULE:
            for turn in range(3):
                l0 = one if turn == 0 else two
                l1 = one if turn == 1 else two
                l2 = one if turn == 2 else two
                x = l0 * polygon[0, 0] + l1 * polygon[k, 0] + l2 * polygon[k + 1, 0]
                y = l0 * polygon[0, 1] + l1 * polygon[k, 1] + l2 * polygon[k + 1, 1]
                shapes(slave, x, y, ns)
                shapes(master, x, y, nm)
                _slopes(slave, ns, gs)
                _slopes(master, nm, gm)
                for i in range(4):
                    value = weight * area * ns[i]
                    for j in range(4):
                        mass[i, j] += value * ns[j]
                        cross[i, j] += value * nm[j]
                        for a in range(4):
                            for c in range(2):
                                d_mass[i, j, a, c] += value * ns[j] * gs[a, c]
                                d_slave[i, j, a, c] += value * (gm[j, c] * ns[a] + nm[j] * gs[a, c])
                                d_master[i, j, a, c] -= value * gm[j, c] * nm[a]
    return total


@njit
def _stretch_slopes(points: Array, face: Any, slopes: Array) -> None:
    """Write the derivative (4, 3) of a face's area over its projection by its nodes."""
    a = np.empty(3)
    b = np.empty(3)
    v = np.empty(3)
    for i in range(3):
        a[i] = points[face[2], i] - points[face[0], i]
        b[i] = points[face[3], i] - points[face[1], i]
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        v[i] = a[j] * b[k] - a[k] * b[j]
    size = np.sqrt(v[0] ** 2 + v[1] ** 2 + v[2] ** 2)
    # by the area vector, and from it by the diagonals
    w = v / (size * v[2])
    w[2] -= size / (v[2] * v[2])
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        by_a = b[j] * w[k] - b[k] * w[j]
        by_b = w[j] * a[k] - w[k] * a[j]
        slopes[0, i] = -by_a
        slopes[2, i] = by_a
        slopes[1, i] = -by_b
        slopes[3, i] = by_b


@njit(inline="always")
def _product(a: Array, b: Array, out: Array) -> None:
    for i in range(4):
        for j in range(4):
            out[i, j] = (
                a[i, 0] * b[0, j] + a[i, 1] * b[1, j] + a[i, 2] * b[2, j] + a[i, 3] * b[3, j]
            )


@njit
def face_derivatives(
    slave: Array,
    slave_faces: Any,
    master: Array,
    master_faces: Any,
    found: Any,
    load: Array,
    frames: Array,
    dragged: Array,
    seen: Array,
    rows: Any,
    cols: Any,
    forces: Array,
    nodes: Any,
    variables: Any,
    motions: Array,
) -> Any:
    """COO of the change of forces, and of gap and slips times weight, with areas and integrals.

    Coordinates are numbered 3 times the node plus the component, the slave's before the master's.

    Parameters
    ----------
    load : (n, 3) array
        Traction of each slave node [MPa].
    frames : (n, 3, 3) array
        Normal and tangents.
    dragged, seen : (m, 2, 3) and (n, 2, 3) array
        Position and change of the master nodes, and what the slave nodes see of them [um].
    rows, cols, forces, nodes, variables, motions : arrays, out
    """
    polygon = np.empty((16, 2))
    work = np.empty((16, 2))
    quad = np.empty((4, 2))
    other = np.empty((4, 2))
    mass = np.empty((4, 4))
    d_mass = np.empty((4, 4, 4, 2))
    rises = np.empty((4, 3))
    change = np.empty((4, 4))
    first = np.empty((4, 4))
    moved = np.empty((4, 4))
    motion = np.empty((4, 3))
    most = 1
    run = 0
    for p in range(found.shape[0]):
        run = run + 1 if p > 0 and found[p, 0] == found[p - 1, 0] else 1
        most = max(most, run)
    cross = np.empty((most, 4, 4))
    d_slave = np.empty((most, 4, 4, 4, 2))
    d_master = np.empty((most, 4, 4, 4, 2))
    faces = np.empty(most, np.int64)
    offset = 3 * slave.shape[0]
    count_forces = count_motions = 0
    p = 0
    while p < found.shape[0]:
        e = found[p, 0]
        face = slave_faces[e]
        stretch, area = face_stretch(slave, face, quad)
        mass[:] = 0.0
        d_mass[:] = 0.0
        here = 0
        cover = 0.0
        while p < found.shape[0] and found[p, 0] == e:
            f = found[p, 1]
            for i in range(4):
                other[i, 0] = master[master_faces[f, i], 0]
                other[i, 1] = master[master_faces[f, i], 1]
            count = clip(quad, other, polygon, work)
            if count > 2:
                part = _segment(
                    quad,
                    other,
                    polygon,
                    count,
                    mass,
                    d_mass,
                    cross[here],
                    d_slave[here],
                    d_master[here],
                )
                if part > SLIVER * area:
                    cover += part
                    faces[here] = f
                    here += 1
            p += 1
        if cover < WHOLE * area:
            continue
        pressed = False
        for i in range(4):
            for c in range(3):
                pressed = pressed or load[face[i], c] != 0.0
        _stretch_slopes(slave, face, rises)
        dual = dual_coefficients(mass)
        inverse = np.linalg.inv(mass)
        for a in range(4):
            for c in range(3):
                variable = 3 * face[a] + c
                rise = rises[a, c]
                # change of the dual coefficients, times the stretch, and of the stretch
                for i in range(4):
                    for j in range(4):
                        change[i, j] = d_mass[i, j, a, c] if c < 2 else 0.0
                _product(dual, change, moved)
                _product(moved, inverse, first)
                for i in range(4):
                    row_sum = change[i].sum()
                    growth = rise * mass[i].sum() + stretch * row_sum
                    for j in range(4):
                        first[i, j] = rise * dual[i, j] + stretch * (
                            row_sum * inverse[i, j] - first[i, j]
                        )
                    node = face[i]
                    for k in range(3):
                        field = 0 if k == 0 else 1
                        motion[i, k] = -growth * (
                            frames[node, k, 0] * seen[node, field, 0]
                            + frames[node, k, 1] * seen[node, field, 1]
                            + frames[node, k, 2] * seen[node, field, 2]
                        )
                    if pressed:
                        for d in range(3):
                            rows[count_forces] = 3 * node + d
                            cols[count_forces] = variable
                            forces[count_forces] = growth * load[node, d]
                            count_forces += 1
                for s in range(here):
                    _product(first, cross[s], moved)
                    if c < 2:
                        for i in range(4):
                            for j in range(4):
                                value = 0.0
                                for o in range(4):
                                    value += dual[i, o] * d_slave[s, o, j, a, c]
                                moved[i, j] += stretch * value
                    quad_nodes = master_faces[faces[s]]
                    _add_motion(moved, face, quad_nodes, frames, dragged, motion)
                    if pressed:
                        count_forces = _add_forces(
                            moved, face, quad_nodes, load, offset, variable, count_forces,
                            rows, cols, forces,
                        )  # fmt: skip
                for i in range(4):
                    nodes[count_motions] = face[i]
                    variables[count_motions] = variable
                    motions[count_motions] = motion[i]
                    count_motions += 1
        for s in range(here):
            quad_nodes = master_faces[faces[s]]
            for a in range(4):
                for c in range(2):
                    variable = offset + 3 * quad_nodes[a] + c
                    for i in range(4):
                        for j in range(4):
                            value = 0.0
                            for o in range(4):
                                value += dual[i, o] * d_master[s, o, j, a, c]
                            moved[i, j] = stretch * value
                    motion[:] = 0.0
                    _add_motion(moved, face, quad_nodes, frames, dragged, motion)
                    if pressed:
                        count_forces = _add_forces(
                            moved, face, quad_nodes, load, offset, variable, count_forces,
                            rows, cols, forces,
                        )  # fmt: skip
                    for i in range(4):
                        nodes[count_motions] = face[i]
                        variables[count_motions] = variable
                        motions[count_motions] = motion[i]
                        count_motions += 1
    return count_forces, count_motions


@njit
def _add_motion(
    moved: Array, face: Any, quad: Any, frames: Array, dragged: Array, motion: Array
) -> None:
    """Add what a change of the mortar matrix does to weighted gap and slips (4, 3) of a face."""
    for i in range(4):
        for k in range(3):
            field = 0 if k == 0 else 1
            for j in range(4):
                along = (
                    frames[face[i], k, 0] * dragged[quad[j], field, 0]
                    + frames[face[i], k, 1] * dragged[quad[j], field, 1]
                    + frames[face[i], k, 2] * dragged[quad[j], field, 2]
                )
                motion[i, k] += moved[i, j] * along


@njit
def _add_forces(
    moved: Array,
    face: Any,
    quad: Any,
    load: Array,
    offset: int,
    variable: int,
    count: int,
    rows: Any,
    cols: Any,
    forces: Array,
) -> int:
    """Write what a change of the mortar matrix does to the forces on a master face."""
    for j in range(4):
        for d in range(3):
            value = 0.0
            for i in range(4):
                value -= moved[i, j] * load[face[i], d]
            rows[count] = offset + 3 * quad[j] + d
            cols[count] = variable
            forces[count] = value
            count += 1
    return count
