# SPDX-License-Identifier: MIT
"""Which faces of two surfaces lie over each other: search by bins in the plane x-y.

Compiled, and linear in the number of faces. What is done with the pairs lives in
:mod:`interfacefem.fem.contact.mortar3d`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.compiled import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@njit
def bins(points: Array, faces: Any, count: int) -> Any:
    """Sort faces into a square grid of bins by their bounding boxes in the plane.

    Returns origin and width of the bins, their number per side, where each bin's list starts, and
    the lists.
    """
    low = np.array([points[:, 0].min(), points[:, 1].min()])
    high = np.array([points[:, 0].max(), points[:, 1].max()])
    width = (high - low) / count * (1.0 + 1e-12) + 1e-300
    start = np.zeros(count * count + 1, np.int64)
    first = np.empty((faces.shape[0], 2), np.int64)
    last = np.empty((faces.shape[0], 2), np.int64)
    for f in range(faces.shape[0]):
        for axis in range(2):
            a = b = points[faces[f, 0], axis]
            for i in range(1, 4):
                a = min(a, points[faces[f, i], axis])
                b = max(b, points[faces[f, i], axis])
            first[f, axis] = min(max(int((a - low[axis]) / width[axis]), 0), count - 1)
            last[f, axis] = min(max(int((b - low[axis]) / width[axis]), 0), count - 1)
        for i in range(first[f, 0], last[f, 0] + 1):
            for j in range(first[f, 1], last[f, 1] + 1):
                start[i * count + j + 1] += 1
    for k in range(count * count):
        start[k + 1] += start[k]
    fill = start[:-1].copy()
    members = np.empty(start[-1], np.int64)
    for f in range(faces.shape[0]):
        for i in range(first[f, 0], last[f, 0] + 1):
            for j in range(first[f, 1], last[f, 1] + 1):
                members[fill[i * count + j]] = f
                fill[i * count + j] += 1
    return low, width, start, members


@njit
def candidates(
    quad: Array,
    low: Array,
    width: Array,
    start: Any,
    members: Any,
    count: int,
    seen: Any,
    mark: int,
) -> Any:
    """Faces whose bins a quadrilateral (4, 2) touches, each once."""
    found = np.empty(members.shape[0], np.int64)
    number = 0
    box = np.empty((2, 2), np.int64)
    for axis in range(2):
        a, b = quad[:, axis].min(), quad[:, axis].max()
        box[0, axis] = min(max(int((a - low[axis]) / width[axis]), 0), count - 1)
        box[1, axis] = min(max(int((b - low[axis]) / width[axis]), 0), count - 1)
    for i in range(box[0, 0], box[1, 0] + 1):
        for j in range(box[0, 1], box[1, 1] + 1):
            for place in range(start[i * count + j], start[i * count + j + 1]):
                face = members[place]
                if seen[face] != mark:
                    seen[face] = mark
                    found[number] = face
                    number += 1
    return found[:number]


@njit
def pairs(slave: Array, slave_faces: Any, master: Array, master_faces: Any) -> Any:
    """Pairs of slave and master faces whose bounding boxes overlap, ordered by slave face."""
    count = max(1, int(np.sqrt(master_faces.shape[0])))
    low, width, start, members = bins(master, master_faces, count)
    seen = np.full(master_faces.shape[0], -1, np.int64)
    room = 16 * (slave_faces.shape[0] + master_faces.shape[0]) + 64
    found = np.empty((room, 2), np.int64)
    number = 0
    quad = np.empty((4, 2))
    for e in range(slave_faces.shape[0]):
        for i in range(4):
            quad[i, 0] = slave[slave_faces[e, i], 0]
            quad[i, 1] = slave[slave_faces[e, i], 1]
        ax, bx = quad[:, 0].min(), quad[:, 0].max()
        ay, by = quad[:, 1].min(), quad[:, 1].max()
        for f in candidates(quad, low, width, start, members, count, seen, e):
            cx = dx = master[master_faces[f, 0], 0]
            cy = dy = master[master_faces[f, 0], 1]
            for i in range(1, 4):
                x, y = master[master_faces[f, i], 0], master[master_faces[f, i], 1]
                cx, dx = min(cx, x), max(dx, x)
                cy, dy = min(cy, y), max(dy, y)
            if cx < bx and dx > ax and cy < by and dy > ay:
                if number == found.shape[0]:
                    larger = np.empty((2 * number, 2), np.int64)
                    larger[:number] = found
                    found = larger
                found[number, 0] = e
                found[number, 1] = f
                number += 1
    return found[:number]
