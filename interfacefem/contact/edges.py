# SPDX-License-Identifier: MIT
r"""Contact to less than an edge of the mesh: which share of a node's area touches at an edge.

The pressure of an elastic contact falls to zero like the root of the distance from its edge. Where
the whole area of the last node in contact touches, its edge is half a face beyond it and one and a
half beyond the node inside of it, so their pressures are as :math:`\sqrt{1/2} : \sqrt{3/2}`. As
less and less of that area touches, the ratio falls to zero, in proportion to the share within 0.1
faces in computed contacts:

.. math:: c = \min ( 1, \sqrt 3 \, p / p_\mathrm{inside} ) .

Where a face flows, the pressure stays near its limit up to the edge. What the last node carries is
then in proportion to the area that touches, :math:`c = p / p_\mathrm{inside}`, and the gap outside
opens like a wedge, whose tip is the edge: :math:`c = 3/2 - g_1 / (g_2 - g_1)` with the gaps of the
first and second row of nodes outside. On lines the gaps are used where three rows of them open
straight and put the edge on the area of that node; elsewhere, and where the first gap is next to
nothing, as after a release, pressures are. A face flows where the pressure does not rise from the
second to the third row of nodes inside, which it does in elastic contacts wider than four faces;
narrower ones are taken as elastic.

Across quadrilaterals an edge may run in any direction: the pressure inside is taken a face further
in along the gradient of its square. Where that does not point into contact, as the pressure is
even, the nodes around say which way the contact lies.

A node alone counts whole, and so does what presses at its edge as it does inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.numbers import BENT, EVEN, NO_WAY, ONE_WAY, SAME_WAY, STRAIGHT, UNEVEN

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]


def highest_beside(pressure: Array, faces: IntArray) -> Array:
    """Return the highest pressure among the nodes that share a face with each node [MPa].

    Parameters
    ----------
    pressure : (n,) array
        [MPa].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.

    Returns
    -------
    (n,) array
    """
    found = np.zeros(len(pressure))
    for one, other in _beside(faces):
        np.maximum.at(found, one, pressure[other])
    return found


def beside_any(nodes: Mask, faces: IntArray) -> Mask:
    """Return which nodes share a face with some of these, (n,)."""
    found = np.zeros(len(nodes), dtype=bool)
    for one, other in _beside(faces):
        np.logical_or.at(found, one, nodes[other])
    return found


def touching_shares(
    pressure: Array, faces: IntArray, gap: Array | None = None, points: Array | None = None
) -> Array:
    """Return the share of each node's area that touches.

    Parameters
    ----------
    pressure : (n,) array
        Contact pressure, zero where faces are apart [MPa].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.
    gap : (n,) array, optional
        Where faces are apart; infinite where nothing lies opposite [um].
    points : (n, d) array, optional
        Nodes of the face [um], so that across quadrilaterals edges may run in any direction.

    Returns
    -------
    (n,) array
        One inside of contact, zero outside, in between at edges.
    """
    highest = highest_beside(pressure, faces)
    edge = at_edge(pressure > 0.0, faces) & (highest > 0.0)
    share = (pressure > 0.0).astype(np.float64)
    even = _evenness(pressure, faces, edge)
    flowing = np.divide(pressure, highest, out=share.copy(), where=edge)
    elastic = np.divide(pressure, _inside(pressure, faces, points), out=share.copy(), where=edge)
    if gap is not None and faces.shape[1] == 2:  # across quadrilaterals rows are not as far apart
        trust, found = _tip(pressure > 0.0, gap, faces)
        flowing = trust * found + (1.0 - trust) * np.minimum(flowing, 1.0)
    found = even * flowing + (1.0 - even) * np.sqrt(3.0) * elastic
    share[edge] = np.clip(found[edge], 0.0, 1.0)
    return share


def _inside(pressure: Array, faces: IntArray, points: Array | None) -> Array:
    """Return the pressure a face further in from each node at an edge, (n,)."""
    highest = highest_beside(pressure, faces)
    if points is None or faces.shape[1] == 2:
        return highest
    rise = np.linalg.norm(_rise(pressure, faces, points), axis=1) * face_sizes(points, faces)
    return np.where(highest > 0.0, np.sqrt(pressure**2 + rise), 0.0)


def _rise(pressure: Array, faces: IntArray, points: Array) -> Array:
    """Return the gradient of the square of the pressure, from nodes in contact alone, (n, 2).

    The square rises evenly from an elastic edge. Least squares over the nodes beside each node.
    """
    square, places = pressure**2, points[:, :2]
    normal, right = np.zeros((len(points), 2, 2)), np.zeros((len(points), 2))
    for one, other in _beside(faces):
        known = (pressure[one] > 0.0) & (pressure[other] > 0.0)
        here, there = one[known], other[known]
        step = places[there] - places[here]
        np.add.at(normal, here, step[:, :, None] * step[:, None, :])
        np.add.at(right, here, step * (square[there] - square[here])[:, None])
    found: Array = np.einsum("nij,nj->ni", np.linalg.pinv(normal, rcond=ONE_WAY), right)
    return found


def _way_in(pressure: Array, faces: IntArray, points: Array) -> Array:
    """Return the direction from each edge into contact, over the size of the faces, (n, 2).

    The pressure rises that way; where it does not, the nodes say where contact is. Its square rises
    by itself or more over a face at an elastic edge: the less it does, the more the nodes count.
    """
    touching, places = pressure > 0.0, points[:, :2]
    sides = np.zeros((len(points), 2))
    for one, other in _beside(faces):
        to = np.where(touching[other], 1.0, -1.0)[:, None] * (places[other] - places[one])
        np.add.at(sides, one, to)
    size, rise = face_sizes(points, faces), _rise(pressure, faces, points)
    square = np.where(touching, pressure**2, 1.0)
    trust = np.clip(np.linalg.norm(rise, axis=1) * size / square, 0.0, 1.0)
    rise, sides = _unit(rise, square / np.where(size > 0.0, size, 1.0)), _unit(sides, size)
    trust *= np.einsum("ni,ni->n", rise, sides) > SAME_WAY
    mixed = trust[:, None] * rise + (1.0 - trust[:, None]) * sides
    found: Array = _unit(mixed, np.ones(len(mixed))) / np.where(size > 0.0, size, 1.0)[:, None]
    return found


def _unit(vectors: Array, scale: Array) -> Array:
    """Return directions; zero where a vector is nothing against its scale (n,)."""
    length = np.linalg.norm(vectors, axis=1)
    long = length > NO_WAY * scale
    found: Array = np.where(long, 1.0 / np.where(long, length, 1.0), 0.0)[:, None] * vectors
    return found


def _evenness(pressure: Array, faces: IntArray, edge: Mask) -> Array:
    """Return how even the pressure is inside of each edge, 0 (elastic) to 1 (flowing), (n,)."""
    second, third = _rows(edge, (pressure > 0.0) & ~edge, pressure, faces, 2)
    # zero where a contact is too narrow to have a third row
    ratio = np.divide(second, third, out=np.zeros(len(pressure)), where=third > 0.0)
    return np.clip((ratio - UNEVEN) / (EVEN - UNEVEN), 0.0, 1.0)


def _tip(touching: Mask, gap: Array, faces: IntArray) -> tuple[Array, Array]:
    """Return how far a wedge of gaps is to be trusted, 0 to 1, and the share it gives, (n,)."""
    apart = ~touching & np.isfinite(gap)
    first, second, third = _rows(touching, apart, np.where(apart, gap, 0.0), faces, 3)
    rises = (first > 0.0) & (second > first) & (third > 0.0)
    slope = np.where(rises, second - first, 1.0)
    bend = np.where(rises, np.abs(third - 2.0 * second + first) / slope, BENT)
    distance = np.where(rises, first / slope, 0.0)
    straight = np.clip((BENT - bend) / (BENT - STRAIGHT), 0.0, 1.0)
    return straight * np.clip(2.0 * distance, 0.0, 1.0), np.clip(1.5 - distance, 0.0, 1.0)


def _rows(start: Mask, region: Mask, values: Array, faces: IntArray, count: int) -> list[Array]:
    """Return the highest values in the rows of a region, counted from some nodes, each (n,)."""
    rows: list[Mask] = []
    left, last = region.copy(), start
    for _ in range(count):
        last = left & beside_any(last, faces)
        left &= ~last
        rows.append(last)
    found = []
    for number, row in enumerate(rows):
        seen = np.where(row, values, 0.0)
        for nearer in reversed(rows[:number]):
            seen = np.where(nearer, highest_beside(seen, faces), 0.0)
        found.append(highest_beside(seen, faces))
    return found


def at_edge(touching: Mask, faces: IntArray) -> Mask:
    """Return which nodes are in contact and share a face with one that is not, (n,)."""
    found: Mask = touching & beside_any(~touching, faces)
    return found


def edge_levels(
    pressure: Array, faces: IntArray, gap: Array | None = None, points: Array | None = None
) -> Array:
    """Return a function whose zero between the nodes is the edge of contact.

    Parameters
    ----------
    pressure : (n,) array
        Contact pressure, zero where faces are apart [MPa].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.
    gap, points : array, optional
        As of :func:`touching_shares`.

    Returns
    -------
    (n,) array
        About the distance from the edge, positive inside of contact [faces].
    """
    touching = pressure > 0.0
    edge = at_edge(touching, faces)
    level = np.where(edge, touching_shares(pressure, faces, gap, points) - 0.5, 0.0)
    total, count = np.zeros(len(level)), np.zeros(len(level))
    way = None if points is None or faces.shape[1] == 2 else _way_in(pressure, faces, points)
    for one, other in _beside(faces):
        further = np.where(touching[one], 1.0, -1.0)
        if way is not None and points is not None:
            along = np.einsum("ni,ni->n", way[other], points[one, :2] - points[other, :2])
            further = np.where(way[other].any(axis=1), along, further)
        np.add.at(total, one, np.where(edge[other], level[other] + further, 0.0))
        np.add.at(count, one, edge[other])
    # a face further inside or outside than the edge nodes beside them, far away more than that
    near = np.divide(total, count, out=np.zeros(len(level)), where=count > 0.0)
    far = np.where(touching, 1.5, -1.5)
    return np.where(edge, level, np.where(count > 0.0, near, far))


def face_sizes(points: Array, faces: IntArray) -> Array:
    """Return the mean size of the faces around each node [um].

    Parameters
    ----------
    points : (n, d) array
        Nodes [um].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.

    Returns
    -------
    (n,) array
        Length of edges, or square root of the area of quadrilaterals; zero for nodes of none.
    """
    corners = points[faces][..., :-1]
    if faces.shape[1] == 2:
        size = np.abs(corners[:, 1, 0] - corners[:, 0, 0])
    else:
        one, two = corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]
        size = np.sqrt(0.5 * np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]))
    total = np.bincount(faces.ravel(), np.repeat(size, faces.shape[1]), len(points))
    count = np.bincount(faces.ravel(), minlength=len(points))
    return np.asarray(total / np.maximum(count, 1))


def _beside(faces: IntArray) -> list[tuple[IntArray, IntArray]]:
    """Return pairs of nodes of one face, each in both orders."""
    corners = range(faces.shape[1])
    return [(faces[:, i], faces[:, j]) for i in corners for j in corners if i != j]
