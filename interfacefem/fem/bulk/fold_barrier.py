# SPDX-License-Identifier: MIT
r"""Self-contact of a face that folds into a barrier.

Where the last void closes, the face of a flowing layer is crushed sideways: its edges shrink
until the face folds and touches itself. The two sides of such a barrier must not pass through each
other, and the pairing of faces needs graphs over the interface. So an edge whose span has shrunk
to a small part :math:`\epsilon` of its first length resists with the force
:math:`c\,(\epsilon/s - 1)`, which is zero at :math:`s = \epsilon` and grows without bound towards
:math:`s = 0`. It has a potential, so equilibrium stays the derivative of an energy. In 3D
the face is a grid, and its edges resist along the grid lines.

References
----------
Hong, Zhao and Suo (2009), Appl. Phys. Lett. 95, 111901 (fold_barriers on surfaces in compression).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from interfacefem.fem.bulk.numbers import FOLD_TOUCH

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class FoldBarrier:
    """Edges of one face that must not fold over.

    Parameters
    ----------
    node_dofs : (nodes, dimension) int array
        Degrees of freedom of all nodes.
    points : (nodes, dimension) array
        Positions before the press [um].
    face : (k, 2) or (k, 4) int array
        Edges from left to right, or quadrilaterals counter-clockwise seen from above. An edge of a
        quadrilateral resists along x or y, whichever it follows, for half of the area beside it.
    pressure : float
        Pressure that a closed barrier must bear [MPa].
    axisymmetric : bool
        Whether x in the plane is a radius.
    """

    def __init__(
        self,
        node_dofs: IntArray,
        points: Array,
        face: IntArray,
        pressure: float,
        *,
        axisymmetric: bool = False,
    ) -> None:
        edges, areas = _edges(points, face)
        if axisymmetric:
            areas = areas * 2.0 * np.pi * points[edges, 0].mean(axis=1)
        along = points[edges[:, 1], :-1] - points[edges[:, 0], :-1]
        axis = np.abs(along).argmax(axis=1)
        span = along[np.arange(len(edges)), axis]
        edges[span < 0.0] = edges[span < 0.0, ::-1]
        self._start, self._end = (node_dofs[edges[:, end], axis] for end in (0, 1))
        self._spans = np.abs(span)
        self._touch = FOLD_TOUCH * self._spans
        self._strength = pressure * areas

    def _now(self, displacement: Array) -> tuple[IntArray, Array]:
        span = self._spans + displacement[self._end] - displacement[self._start]
        closed = np.flatnonzero(span < self._touch)
        return closed, span[closed]

    def add_forces(self, forces: Array, displacement: Array) -> bool:
        """Add the internal forces of closed edges in place; False when an edge has folded over."""
        closed, span = self._now(displacement)
        if np.any(span <= 0.0):
            return False
        push = self._strength[closed] * (self._touch[closed] / span - 1.0)
        np.add.at(forces, self._start[closed], push)
        np.add.at(forces, self._end[closed], -push)
        return True

    def tangent(self, displacement: Array, transform: sp.csr_matrix) -> sp.csr_matrix:
        """Return the tangent of the forces in condensed unknowns [MPa].

        Parameters
        ----------
        displacement : (dofs,) array
            No edge has folded over in it [um].
        transform : (dofs, unknowns) CSR matrix

        Returns
        -------
        (unknowns, unknowns) CSR matrix
        """
        closed, span = self._now(displacement)
        if len(closed) == 0:
            return sp.csr_matrix((transform.shape[1], transform.shape[1]))
        stretch = transform[self._end[closed]] - transform[self._start[closed]]
        stiffness = self._strength[closed] * self._touch[closed] / span**2
        return (stretch.T @ sp.diags(stiffness) @ stretch).tocsr()

    def energy(self, displacement: Array) -> float:
        """Potential of the forces, per unit depth in the plane [uN], axisymmetric or in 3D [pJ]."""
        closed, span = self._now(displacement)
        touch = self._touch[closed]
        stored = touch * np.log(touch / span) - (touch - span)
        return float(self._strength[closed] @ stored)


def _edges(points: Array, face: IntArray) -> tuple[IntArray, Array]:
    """Return the edges of a face (k, 2) and the nominal area that each of them stands for."""
    if face.shape[1] == 2:
        return face.copy(), np.diff(points[face, 0], axis=1)[:, 0]
    ends = np.stack([face, np.roll(face, -1, axis=1)], axis=-1).reshape(-1, 2)
    edges, owner = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    corner = points[face]
    one, two = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
    area = 0.5 * (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    return edges, np.bincount(owner.ravel(), np.repeat(0.5 * area, 4))
