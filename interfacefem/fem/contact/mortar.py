# SPDX-License-Identifier: MIT
r"""Dual mortar coupling of two polylines in the plane: weights, projection matrix, normals.

Slave and master faces are graphs over the direction along the interface, so points are paired by
vertical projection. Per slave node *j* this gives

- the area weight :math:`D_j = \int \psi_j` on the current slave face, per unit depth, or of the
  whole body of revolution where the first coordinate is a radius,
- the projection row :math:`P_{jm} = D_j^{-1} \int \psi_j N_m`, whose entries sum to one,

with dual functions :math:`\psi_j` that are biorthogonal to the slave shape functions on the
segments actually integrated, so that row sums are exact also where faces overlap only partly.
Laws at the nodes and the assembly into the system do not live here.

References
----------
Wohlmuth (2000), 10.1137/S0036142999350929 (dual Lagrange multipliers).
Popp, Gee and Wall (2009), 10.1002/nme.2614 (dual mortar contact at finite deformation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.compiled import njit
from interfacefem.fem.contact.numbers import LEAST_OVERLAP

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pairing:
    """Mortar coupling of one interface in one configuration.

    Attributes
    ----------
    weights : (n,) array
        Area weight of each slave node, per unit depth [um], of the body of revolution or in 3D
        [um^2]; zero where nothing lies opposite.
    projection : (n, m) CSR matrix
        Master values seen by each slave node.
    normals : (n, dimension) array
        Unit nodal normals, from slave to master.
    """

    weights: Array
    projection: sp.csr_matrix
    normals: Array

    @property
    def covered(self) -> npt.NDArray[np.bool_]:
        """Slave nodes that have master face opposite."""
        return self.weights > 0.0

    @property
    def tangents(self) -> Array:
        """Unit tangents of each slave node, shape (n, dimension - 1, dimension).

        The first lies in the plane of the press direction and x. At a node on a wall, whose normal
        lies in that wall, one of them is along the wall and the other across it.
        """
        n = self.normals
        first = np.zeros_like(n)
        first[:, 0], first[:, -1] = n[:, -1], -n[:, 0]
        if n.shape[1] == 2:
            return first[:, None, :]
        first /= np.linalg.norm(first, axis=1)[:, None]
        return np.stack([first, np.cross(n, first)], axis=1)


@njit
def _integrate(
    slave: Array,
    master: Array,
    axisymmetric: bool,
    rows: Any,
    cols: Any,
    vals: Array,
    weights: Array,
) -> int:
    """Fill COO entries of the unscaled mortar matrix; both faces run along increasing x.

    Two points a segment integrate cubics exactly, so also the radius times two shape functions.
    """
    count = 0
    start = 0
    m = master.shape[0]
    gauss = (0.5 - 0.5 / np.sqrt(3.0), 0.5 + 0.5 / np.sqrt(3.0))
    for e in range(slave.shape[0] - 1):
        xa, xb = slave[e, 0], slave[e + 1, 0]
        span = xb - xa
        stretch = np.hypot(span, slave[e + 1, 1] - slave[e, 1]) / span
        while start < m - 2 and master[start + 1, 0] <= xa:
            start += 1
        # dual coefficients from the part of the edge that lies opposite the master face
        lo, hi = max(xa, master[0, 0]), min(xb, master[m - 1, 0])
        if hi - lo <= LEAST_OVERLAP * span:
            continue
        d0 = d1 = m00 = m01 = m11 = 0.0
        for g in gauss:
            x = lo + g * (hi - lo)
            xi = (x - xa) / span
            w = 0.5 * (hi - lo) * (2.0 * np.pi * x if axisymmetric else 1.0)
            d0 += w * (1.0 - xi)
            d1 += w * xi
            m00 += w * (1.0 - xi) * (1.0 - xi)
            m01 += w * (1.0 - xi) * xi
            m11 += w * xi * xi
        det = m00 * m11 - m01 * m01
        a00, a01 = d0 * m11 / det, -d0 * m01 / det
        a10, a11 = -d1 * m01 / det, d1 * m00 / det
        weights[e] += stretch * d0
        weights[e + 1] += stretch * d1
        k = start
        while k < m - 1 and master[k, 0] < hi:
            sa, sb = max(lo, master[k, 0]), min(hi, master[k + 1, 0])
            if sb > sa:
                width = master[k + 1, 0] - master[k, 0]
                for g in gauss:
                    x = sa + g * (sb - sa)
                    xi = (x - xa) / span
                    eta = (x - master[k, 0]) / width
                    w = 0.5 * (sb - sa) * stretch * (2.0 * np.pi * x if axisymmetric else 1.0)
                    psi0 = a00 * (1.0 - xi) + a01 * xi
                    psi1 = a10 * (1.0 - xi) + a11 * xi
                    for node in range(2):
                        psi = psi0 if node == 0 else psi1
                        for side in range(2):
                            rows[count] = e + node
                            cols[count] = k + side
                            vals[count] = w * psi * (eta if side == 1 else 1.0 - eta)
                            count += 1
            k += 1
    return count


def nodal_normals(face: Array, upward: bool, left_wall: bool, right_wall: bool) -> Array:
    """Return unit nodal normals of a polyline along increasing x, averaged by edge length.

    Parameters
    ----------
    face : (n, 2) array
        Node positions [um].
    upward : bool
        Whether the normal points up (the slave face is the lower one).
    left_wall, right_wall : bool
        Whether the end node slides on a wall; its normal is then vertical, because a horizontal
        part would compete with the wall's own constraint.

    Returns
    -------
    (n, 2) array
    """
    edge = np.diff(face, axis=0)
    normal = np.column_stack([-edge[:, 1], edge[:, 0]])  # length-weighted, upward
    nodal = np.zeros_like(face)
    nodal[:-1] += normal
    nodal[1:] += normal
    if left_wall:
        nodal[0, 0] = 0.0
    if right_wall:
        nodal[-1, 0] = 0.0
    nodal /= np.linalg.norm(nodal, axis=1)[:, None]
    return nodal if upward else -nodal


def pair(
    slave: Array,
    master: Array,
    *,
    upward: bool,
    left_wall: bool = False,
    right_wall: bool = False,
    axisymmetric: bool = False,
) -> Pairing | None:
    """Couple a slave and a master polyline in their current configuration.

    Parameters
    ----------
    slave, master : (n, 2) and (m, 2) array
        Current node positions, ordered along the interface [um].
    upward : bool
        Whether the master lies above the slave.
    left_wall, right_wall : bool
        See :func:`nodal_normals`.
    axisymmetric : bool
        Whether the first coordinate is a radius, so that areas are those of whole bodies of
        revolution.

    Returns
    -------
    Pairing or None
        None when a face folds over and is no longer a graph.
    """
    if not (np.all(np.diff(slave[:, 0]) > 0.0) and np.all(np.diff(master[:, 0]) > 0.0)):
        return None
    n, m = len(slave), len(master)
    room = 8 * (2 * n + m + 2)
    rows = np.empty(room, np.int64)
    cols = np.empty(room, np.int64)
    vals = np.empty(room)
    weights = np.zeros(n)
    count = _integrate(
        np.ascontiguousarray(slave),
        np.ascontiguousarray(master),
        axisymmetric,
        rows,
        cols,
        vals,
        weights,
    )
    projection = sp.csr_matrix((vals[:count], (rows[:count], cols[:count])), shape=(n, m))
    scale = np.divide(1.0, weights, out=np.zeros(n), where=weights > 0.0)
    projection = (sp.diags(scale) @ projection).tocsr()
    projection.sort_indices()
    return Pairing(weights, projection, nodal_normals(slave, upward, left_wall, right_wall))
