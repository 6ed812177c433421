# SPDX-License-Identifier: MIT
r"""Basis transformation that turns relative motion at interfaces into degrees of freedom.

Displacement increments are :math:`\Delta u = T y`. The slots of a slave node hold its normal and
tangential motion relative to the master,
:math:`u_s = n\,w_n + t\,w_t + \sum_m P_{sm} u_m`; nodes tied to a rigid platen share one unknown;
supported components have none. The condensed tangent :math:`T^T A T` stays symmetric positive
where the bulk's is, has no saddle point, and keeps its size when the contact area changes.

References
----------
Wohlmuth (2000), 10.1137/S0036142999350929; Popp, Gee and Wall (2009), 10.1002/nme.2614.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.compiled import njit
from interfacefem.fem.increment import timed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.contact.interface import ContactInterface

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

_NO_DOFS: IntArray = np.empty(0, dtype=np.int64)


class Supports:
    """Map from free unknowns to degrees of freedom: supports removed, platens tied.

    Parameters
    ----------
    size : int
        Number of degrees of freedom.
    fixed : (k,) int array
        Supported degrees of freedom.
    platens : sequence of int arrays
        Degrees of freedom that move together, one array per platen.
    followers : int array
        Degrees of freedom that move with the first platen and have a motion relative to it.
    """

    def __init__(
        self,
        size: int,
        fixed: IntArray,
        platens: Sequence[IntArray],
        followers: IntArray = _NO_DOFS,
    ) -> None:
        column = np.arange(size)
        column[fixed] = -1
        for platen in platens:
            column[platen] = platen[0]
        free = np.unique(column[column >= 0])
        number = np.full(size + 1, -1)  # the last for those that are supported
        number[free] = np.arange(len(free))
        #: unknown that holds each degree of freedom, -1 where supported
        self.unknown: IntArray = number[column]
        #: unknown that moves each degree of freedom beside its own, -1 where none does
        self.lead = np.full(size, -1)
        if len(followers):
            self.lead[followers] = number[platens[0][0]]
        self.platens = [int(self.unknown[platen[0]]) for platen in platens]
        self.size = len(free)


@timed("contact")
def transformation(supports: Supports, interfaces: Sequence[ContactInterface]) -> sp.csr_matrix:
    """Build the transformation for the present pairing of all interfaces.

    Parameters
    ----------
    supports : Supports
    interfaces : sequence of ContactInterface

    Returns
    -------
    (dofs, unknowns) CSR matrix
    """
    size = len(supports.unknown)
    diagonal = np.ones(size)
    rows: list[Any] = []
    cols: list[Any] = []
    vals: list[Any] = []
    for interface in interfaces:
        pairing = interface.pairing
        covered = pairing.covered
        dofs = interface.slave_dofs
        # normal motion sits in the vertical slot, tangential motion in the horizontal ones
        used = np.column_stack([interface.free & covered[:, None], covered])
        directions = np.concatenate([pairing.tangents, pairing.normals[:, None]], axis=1)
        for slot in range(dofs.shape[1]):
            diagonal[dofs[used[:, slot], slot]] = 0.0
            for component in range(dofs.shape[1]):
                both = used[:, slot] & used[:, component]
                rows.append(dofs[both, component])
                cols.append(dofs[both, slot])
                vals.append(directions[both, slot, component])
        coupling = pairing.projection.tocoo()
        for component in range(dofs.shape[1]):
            keep = used[coupling.row, component]
            rows.append(dofs[coupling.row[keep], component])
            cols.append(interface.master_dofs[coupling.col[keep], component])
            vals.append(coupling.data[keep])
    rows.append(np.flatnonzero(diagonal))
    cols.append(np.flatnonzero(diagonal))
    vals.append(np.ones(len(rows[-1])))
    row, dof, value = np.concatenate(rows), np.concatenate(cols), np.concatenate(vals)
    unknown = np.concatenate([supports.unknown[dof], supports.lead[dof]])
    kept = (unknown >= 0) & (np.tile(value, 2) != 0.0)
    entries = np.tile(value, 2)[kept], (np.tile(row, 2)[kept], unknown[kept])
    return sp.csr_matrix(entries, shape=(size, supports.size))


def inverse(transform: sp.csr_matrix, leader: IntArray) -> sp.csr_matrix:
    """Return the inverse of a transformation with one row for each unknown.

    Parameters
    ----------
    transform : (dofs, unknowns) CSR matrix
        Of :func:`interfacefem.fem.linear.condensation.transformation`. A row of more than a one is
        that of a slave node: orthonormal directions in its own slots, and masters elsewhere.
    leader : (unknowns,) int array
        The row of each unknown.
    """
    size = len(leader)
    first = transform.indptr[leader]
    own = (transform.indices[first] == np.arange(size)) & (transform.data[first] == 1.0)
    slot = (transform.indptr[leader + 1] - first > 1) | ~own
    rows = _inverse_rows(transform.indptr, transform.indices, transform.data, leader, slot)
    return sp.csr_matrix(rows, shape=(size, size))


@njit
def _inverse_rows(
    starts: IntArray, columns: IntArray, values: Array, leader: IntArray, slot: Any
) -> tuple[Array, IntArray, IntArray]:
    """Return values, columns and starts of the rows of an inverse; columns may come twice.

    The motion in a slot is that of the node along the slot's direction, less that of its masters.
    """
    size = len(leader)
    ends = np.zeros(size + 1, starts.dtype)
    for k in range(size):
        if not slot[k]:
            ends[k + 1] += 1
            continue
        first, last = starts[leader[k]], starts[leader[k] + 1]
        masters = 0
        for entry in range(first, last):
            masters += not slot[columns[entry]]
        for entry in range(first, last):
            if slot[columns[entry]]:
                ends[columns[entry] + 1] += 1 + masters
    ends = np.cumsum(ends)
    place = ends[:-1].copy()
    where, found = np.empty(ends[-1], columns.dtype), np.empty(ends[-1])
    for k in range(size):
        if not slot[k]:
            where[place[k]], found[place[k]] = k, 1.0
            continue
        first, last = starts[leader[k]], starts[leader[k] + 1]
        for entry in range(first, last):
            row = columns[entry]
            if not slot[row]:
                continue
            where[place[row]], found[place[row]] = k, values[entry]
            place[row] += 1
            for master in range(first, last):
                if not slot[columns[master]]:
                    where[place[row]] = columns[master]
                    found[place[row]] = -values[entry] * values[master]
                    place[row] += 1
    return found, where, ends
