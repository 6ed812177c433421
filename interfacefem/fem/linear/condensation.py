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
        number = np.full(size, -1)
        number[free] = np.arange(len(free))
        rows = np.flatnonzero(column >= 0)
        columns = number[column[rows]]
        self.matrix = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, len(free)))
        if len(followers):
            lead = np.full(len(followers), number[platens[0][0]])
            both = (np.ones(len(followers)), (followers, lead))
            self.matrix = (self.matrix + sp.csr_matrix(both, shape=(size, len(free)))).tocsr()
        #: unknown that holds each degree of freedom, -1 where supported
        self.unknown = np.full(size, -1)
        self.unknown[rows] = columns
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
    size = supports.matrix.shape[0]
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
    contact = sp.csr_matrix(
        (np.concatenate(vals), (np.concatenate(rows), np.concatenate(cols))), shape=(size, size)
    )
    result = (contact @ supports.matrix).tocsr()
    result.sort_indices()
    return result


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
    slots = np.flatnonzero((transform.indptr[leader + 1] - first > 1) | ~own)
    rows = transform[leader[slots]]
    directions = rows[:, slots]
    kept = np.ones(size)
    kept[slots] = 0.0
    masters = rows @ sp.diags(kept)
    number = np.arange(len(slots))
    pick = sp.csr_matrix((np.ones(len(slots)), (number, slots)), shape=(len(slots), size))
    relative = directions.T @ (pick - masters)
    result: sp.csr_matrix = (sp.diags(kept) + pick.T @ relative).tocsr()
    return result
