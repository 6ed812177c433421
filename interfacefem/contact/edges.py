# SPDX-License-Identifier: MIT
r"""Contact to less than an edge of the mesh: which share of a node's area touches at an edge.

The pressure of an elastic contact falls to zero like the root of the distance from its edge. Where
the whole area of the last node in contact touches, its edge is half a face beyond it and one and a
half beyond the node inside of it, so their pressures are as :math:`\sqrt{1/2} : \sqrt{3/2}`. As
less and less of that area touches, the ratio falls to zero, in proportion to the share within 0.1
faces in computed contacts:

.. math:: c = \min ( 1, \sqrt 3 \, p / p_\mathrm{inside} ) .

A node alone counts whole, and so does what presses at its edge as it does inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


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


def touching_shares(pressure: Array, faces: IntArray) -> Array:
    """Return the share of each node's area that touches.

    Parameters
    ----------
    pressure : (n,) array
        Contact pressure, zero where faces are apart [MPa].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.

    Returns
    -------
    (n,) array
        One inside of contact, zero outside, in between at edges.
    """
    inside = highest_beside(pressure, faces)
    edge = at_edge(pressure, faces) & (inside > 0.0)
    share = (pressure > 0.0).astype(np.float64)
    share[edge] = np.minimum(1.0, np.sqrt(3.0) * pressure[edge] / inside[edge])
    return share


def at_edge(pressure: Array, faces: IntArray) -> npt.NDArray[np.bool_]:
    """Return which nodes are in contact and share a face with one that is not, (n,)."""
    touching = pressure > 0.0
    beside = np.zeros(len(pressure), dtype=bool)
    for one, other in _beside(faces):
        np.logical_or.at(beside, one, ~touching[other])
    found: npt.NDArray[np.bool_] = touching & beside
    return found


def edge_levels(pressure: Array, faces: IntArray) -> Array:
    """Return a function whose zero between the nodes is the edge of contact.

    Parameters
    ----------
    pressure : (n,) array
        Contact pressure, zero where faces are apart [MPa].
    faces : (k, 2) or (k, 4) int array
        Edges, or quadrilaterals.

    Returns
    -------
    (n,) array
        About the distance from the edge, positive inside of contact [faces].
    """
    edge, touching = at_edge(pressure, faces), pressure > 0.0
    level = np.where(edge, touching_shares(pressure, faces) - 0.5, 0.0)
    total, count = np.zeros(len(level)), np.zeros(len(level))
    for one, other in _beside(faces):
        np.add.at(total, one, level[other])
        np.add.at(count, one, edge[other])
    # a face further inside or outside than the edge nodes beside them, far away more than that
    near = np.divide(total, count, out=np.zeros(len(level)), where=count > 0.0)
    far = np.where(count > 0.0, 1.0, 1.5)
    return np.where(edge, level, np.where(touching, near + far, near - far))


def _beside(faces: IntArray) -> list[tuple[IntArray, IntArray]]:
    """Return pairs of nodes of one face, each in both orders."""
    corners = range(faces.shape[1])
    return [(faces[:, i], faces[:, j]) for i in corners for j in corners if i != j]
