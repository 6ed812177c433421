# SPDX-License-Identifier: MIT
"""Dual mortar coupling of two faces of quadrilaterals in 3D.

The counterpart of :mod:`interfacefem.fem.contact.mortar`: faces are graphs over the plane x-y, so
points are paired by projection along z (:mod:`interfacefem.fem.contact.face_search` finds the
pairs). Every slave face is clipped against the master faces over it; on the polygons the products
:math:`N_i N_j` and :math:`N_i N_m` are integrated, from which each slave face gets dual functions
that are biorthogonal on the part actually covered. Row sums of the projection are therefore one to
round-off whatever the rule. Areas are those of the current slave face. The derivatives live in
:mod:`interfacefem.fem.contact.interface3d`, laws at the nodes elsewhere.

The counterpart in 3D of :func:`interfacefem.meshing.faces.polyline_gap` for faces that have
deformed and are no grids any more.

References
----------
Wohlmuth (2000), 10.1137/S0036142999350929 (dual Lagrange multipliers).
Puso (2004), 10.1002/nme.865 (mortar segments in three dimensions).
Popp, Gitterle, Gee and Wall (2010), 10.1002/nme.2866 (dual mortar contact in three dimensions).
Sutherland and Hodgman (1974), 10.1145/360767.360802 (clipping of polygons).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.compiled import njit
from interfacefem.fem.contact.face_search import pairs
from interfacefem.fem.contact.mortar import Pairing
from interfacefem.fem.contact.numbers import LEAST_COVER, SHAPE_ITERATIONS, SHAPE_STEP, SLIVER

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

#: rule of degree 4 on triangles, barycentric: (weight, first coordinate, the other two)
RULE = (
    (0.22338158967801147, 0.10810301816807023, 0.44594849091596489),
    (0.10995174365532187, 0.81684757298045851, 0.09157621350977074),
)


@njit
def clip(subject: Array, window: Array, out: Array, work: Array) -> int:
    """Intersect two convex polygons (4, 2), counter-clockwise; return the vertices in ``out``."""
    count = 4
    for i in range(4):
        out[i, 0], out[i, 1] = subject[i, 0], subject[i, 1]
    for e in range(4):
        ax, ay = window[e, 0], window[e, 1]
        dx, dy = window[(e + 1) % 4, 0] - ax, window[(e + 1) % 4, 1] - ay
        new = 0
        for i in range(count):
            j = (i + 1) % count
            si = dx * (out[i, 1] - ay) - dy * (out[i, 0] - ax)
            sj = dx * (out[j, 1] - ay) - dy * (out[j, 0] - ax)
            if si >= 0.0:
                work[new, 0], work[new, 1] = out[i, 0], out[i, 1]
                new += 1
            if (si > 0.0 and sj < 0.0) or (si < 0.0 and sj > 0.0):
                t = si / (si - sj)
                work[new, 0] = out[i, 0] + t * (out[j, 0] - out[i, 0])
                work[new, 1] = out[i, 1] + t * (out[j, 1] - out[i, 1])
                new += 1
        count = new
        for i in range(count):
            out[i, 0], out[i, 1] = work[i, 0], work[i, 1]
        if count < 3:
            return 0
    return count


@njit
def shapes(quad: Array, x: float, y: float, values: Any) -> None:
    """Write the bilinear shape functions of a convex quadrilateral (4, 2) at a point of it."""
    # x = a + b xi + c eta + d xi eta on -1..1, inverted by Newton's method
    ax = 0.25 * (quad[0, 0] + quad[1, 0] + quad[2, 0] + quad[3, 0]) - x
    ay = 0.25 * (quad[0, 1] + quad[1, 1] + quad[2, 1] + quad[3, 1]) - y
    bx = 0.25 * (-quad[0, 0] + quad[1, 0] + quad[2, 0] - quad[3, 0])
    by = 0.25 * (-quad[0, 1] + quad[1, 1] + quad[2, 1] - quad[3, 1])
    cx = 0.25 * (-quad[0, 0] - quad[1, 0] + quad[2, 0] + quad[3, 0])
    cy = 0.25 * (-quad[0, 1] - quad[1, 1] + quad[2, 1] + quad[3, 1])
    dx = 0.25 * (quad[0, 0] - quad[1, 0] + quad[2, 0] - quad[3, 0])
    dy = 0.25 * (quad[0, 1] - quad[1, 1] + quad[2, 1] - quad[3, 1])
    xi = eta = 0.0
    for _ in range(SHAPE_ITERATIONS):
        rx = ax + bx * xi + cx * eta + dx * xi * eta
        ry = ay + by * xi + cy * eta + dy * xi * eta
        j11, j12 = bx + dx * eta, cx + dx * xi
        j21, j22 = by + dy * eta, cy + dy * xi
        det = j11 * j22 - j12 * j21
        step_xi = (j12 * ry - j22 * rx) / det
        step_eta = (j21 * rx - j11 * ry) / det
        xi += step_xi
        eta += step_eta
        if abs(step_xi) + abs(step_eta) < SHAPE_STEP:
            break
    values[0] = 0.25 * (1.0 - xi) * (1.0 - eta)
    values[1] = 0.25 * (1.0 + xi) * (1.0 - eta)
    values[2] = 0.25 * (1.0 + xi) * (1.0 + eta)
    values[3] = 0.25 * (1.0 - xi) * (1.0 + eta)


@njit
def integrate_segment(
    slave: Array, master: Array, polygon: Array, count: int, mass: Array, cross: Array
) -> float:
    """Add to the integrals of N_i N_j and write those of N_i N_m over a polygon; return its area.

    All in the plane; ``mass`` and ``cross`` are (4, 4).
    """
    ns = np.empty(4)
    nm = np.empty(4)
    cross[:] = 0.0
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
                for i in range(4):
                    value = weight * area * ns[i]
                    for j in range(4):
                        mass[i, j] += value * ns[j]
                        cross[i, j] += value * nm[j]
    return total


@njit
def integrate(
    slave: Array,
    slave_faces: Any,
    master: Array,
    master_faces: Any,
    found: Any,
    rows: Any,
    cols: Any,
    vals: Array,
    weights: Array,
) -> Any:
    """Fill COO entries of the unscaled mortar matrix; return their number and that of segments."""
    polygon = np.empty((16, 2))
    work = np.empty((16, 2))
    quad = np.empty((4, 2))
    other = np.empty((4, 2))
    mass = np.empty((4, 4))
    most = 1
    run = 0
    for p in range(found.shape[0]):
        run = run + 1 if p > 0 and found[p, 0] == found[p - 1, 0] else 1
        most = max(most, run)
    cross = np.empty((most, 4, 4))
    faces = np.empty(most, np.int64)
    number = segments = 0
    p = 0
    while p < found.shape[0]:
        e = found[p, 0]
        stretch, area = face_stretch(slave, slave_faces[e], quad)
        mass[:] = 0.0
        here = 0
        cover = 0.0
        while p < found.shape[0] and found[p, 0] == e:
            f = found[p, 1]
            for i in range(4):
                other[i, 0] = master[master_faces[f, i], 0]
                other[i, 1] = master[master_faces[f, i], 1]
            count = clip(quad, other, polygon, work)
            if count > 2:
                part = integrate_segment(quad, other, polygon, count, mass, cross[here])
                if part > SLIVER * area:
                    cover += part
                    faces[here] = f
                    here += 1
                    segments += 1
            p += 1
        if cover < LEAST_COVER * area:
            continue
        dual = dual_coefficients(mass)
        for i in range(4):
            weights[slave_faces[e, i]] += stretch * mass[i].sum()
        for s in range(here):
            value = stretch * (dual @ cross[s])
            for i in range(4):
                for j in range(4):
                    rows[number] = slave_faces[e, i]
                    cols[number] = master_faces[faces[s], j]
                    vals[number] = value[i, j]
                    number += 1
    return number, segments


@njit
def face_stretch(points: Array, face: Any, quad: Array) -> Any:
    """Write a face's projection (4, 2); return its area over the projected one, and that one."""
    for i in range(4):
        quad[i, 0] = points[face[i], 0]
        quad[i, 1] = points[face[i], 1]
    ax, ay = quad[2, 0] - quad[0, 0], quad[2, 1] - quad[0, 1]
    bx, by = quad[3, 0] - quad[1, 0], quad[3, 1] - quad[1, 1]
    az = points[face[2], 2] - points[face[0], 2]
    bz = points[face[3], 2] - points[face[1], 2]
    vx, vy, vz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    return np.sqrt(vx * vx + vy * vy + vz * vz) / vz, 0.5 * vz


@njit
def dual_coefficients(mass: Array) -> Array:
    """Coefficients of the dual functions, diag(row sums of the mass matrix) times its inverse."""
    inverse = np.linalg.inv(mass)
    for i in range(4):
        inverse[i] *= mass[i].sum()
    return inverse


def nodal_normals(points: Array, faces: IntArray, upward: bool, walls: Mask) -> Array:
    """Return unit nodal normals of a face, averaged by area.

    Parameters
    ----------
    points : (n, 3) array
        [um].
    faces : (k, 4) int array
        Counter-clockwise seen from above.
    upward : bool
        Whether the normal points up (the slave face is the lower one).
    walls : (n, 2) bool array
        Whether a node slides on a wall along x or y; its normal then has no such component, which
        would compete with the wall's own constraint.

    Returns
    -------
    (n, 3) array
    """
    corner = points[faces]
    vector = np.cross(corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1])
    nodal = np.zeros_like(points)
    for i in range(4):
        np.add.at(nodal, faces[:, i], vector)
    nodal[:, :2][walls] = 0.0
    nodal /= np.linalg.norm(nodal, axis=1)[:, None]
    return nodal if upward else -nodal


def is_graph(points: Array, faces: IntArray) -> bool:
    """Return whether all faces are convex and counter-clockwise seen from above."""
    corner = points[faces][..., :2]
    ahead = np.roll(corner, -1, axis=1) - corner
    turn = ahead[..., 0] * np.roll(ahead, -1, axis=1)[..., 1]
    turn -= ahead[..., 1] * np.roll(ahead, -1, axis=1)[..., 0]
    return bool(np.all(turn > 0.0))


def pair(
    slave: Array,
    slave_faces: IntArray,
    master: Array,
    master_faces: IntArray,
    *,
    upward: bool,
    walls: Mask,
) -> Pairing | None:
    """Couple a slave and a master face in their current configuration.

    Parameters
    ----------
    slave, master : (n, 3) and (m, 3) array
        Current node positions [um].
    slave_faces, master_faces : (k, 4) and (l, 4) int array
        Quadrilaterals, counter-clockwise seen from above.
    upward : bool
        Whether the master lies above the slave.
    walls : (n, 2) bool array
        See :func:`nodal_normals`.

    Returns
    -------
    Pairing or None
        None when a face folds over and is no longer a graph.
    """
    if not (is_graph(slave, slave_faces) and is_graph(master, master_faces)):
        return None
    n, m = len(slave), len(master)
    slave, master = np.ascontiguousarray(slave), np.ascontiguousarray(master)
    found = pairs(slave, slave_faces, master, master_faces)
    rows = np.empty(16 * len(found), np.int64)
    cols = np.empty_like(rows)
    vals = np.empty(len(rows))
    weights = np.zeros(n)
    number, _ = integrate(
        slave, slave_faces, master, master_faces, found, rows, cols, vals, weights
    )
    entries = (vals[:number], (rows[:number], cols[:number]))
    projection = sp.csr_matrix(entries, shape=(n, m))
    scale = np.divide(1.0, weights, out=np.zeros(n), where=weights > 0.0)
    projection = (sp.diags(scale) @ projection).tocsr()
    projection.sort_indices()
    return Pairing(weights, projection, nodal_normals(slave, slave_faces, upward, walls))


@njit
def _height(points: Array, face: Any, quad: Array, x: float, y: float, values: Array) -> float:
    shapes(quad, x, y, values)
    height = 0.0
    for i in range(4):
        height += values[i] * points[face[i], 2]
    return height


@njit
def smallest_distance(lower: Array, lower_faces: Any, upper: Array, upper_faces: Any) -> float:
    """Return the smallest vertical distance of two faces [um], negative if they overlap.

    Parameters
    ----------
    lower, upper : (n, 3) and (m, 3) array
        Node positions [um].
    lower_faces, upper_faces : (k, 4) and (l, 4) int array
        Quadrilaterals, convex and counter-clockwise seen from above.

    Returns
    -------
    float
        Of the corners of all common parts of two quadrilaterals, infinite if there are none. A
        bilinear height can be smaller inside a part only by its twist there.
    """
    found = pairs(lower, lower_faces, upper, upper_faces)
    polygon = np.empty((16, 2))
    work = np.empty((16, 2))
    one = np.empty((4, 2))
    other = np.empty((4, 2))
    values = np.empty(4)
    least = np.inf
    for p in range(found.shape[0]):
        below, above = lower_faces[found[p, 0]], upper_faces[found[p, 1]]
        for i in range(4):
            for k in range(2):
                one[i, k] = lower[below[i], k]
                other[i, k] = upper[above[i], k]
        for i in range(clip(one, other, polygon, work)):
            x, y = polygon[i, 0], polygon[i, 1]
            distance = _height(upper, above, other, x, y, values)
            distance -= _height(lower, below, one, x, y, values)
            least = min(least, distance)
    return least
