# SPDX-License-Identifier: MIT
r"""The condensed tangent in displacements, its rows divided among ranks.

Who calls a linear system sees the unknowns y of :mod:`interfacefem.fem.linear.condensation`, and so
do the contact terms X. Solved for are displacements, :math:`u = T y`, where the same system reads

.. math:: (A + T^{-T} X T^{-1})\, u = T^{-T} r .

The bulk's tangent stays as it is and needs no triple product, and the coupling of the faces is as
small as the faces: :math:`T^T A T` has half as many entries again. T is inverted in closed form:
the slots of a slave node are its motion relative to the masters in orthonormal directions, and a
master is no slave.

Supported and tied components keep their rows, so that the blocks of a node stay together, with a
number on the diagonal. What every rank needs, it gets whole: right-hand sides go in and solutions
come out as on one rank. How the system is solved is in :mod:`interfacefem.fem.linear.direct` and
:mod:`interfacefem.fem.linear.iterative`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from petsc4py import PETSc

from interfacefem.fem.clock import timed
from interfacefem.fem.linear.condensation import inverse

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.division import Division
    from interfacefem.fem.linear.condensation import Supports

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class DisplacementSystem:
    """Unknowns and rows of a system on all ranks, and what lasts from one matrix to the next.

    Parameters
    ----------
    supports : Supports
    division : Division

    Attributes
    ----------
    transform : (dofs, unknowns) CSR matrix
    solves, substitutions : int
        Matrices and right-hand sides solved.
    """

    def __init__(self, supports: Supports, division: Division) -> None:
        self.transform: sp.csr_matrix
        self.solves = 0
        self.substitutions = 0
        self._division = division
        #: one degree of freedom of each unknown, the first of a platen
        self._leader = np.full(supports.size, -1)
        dofs = np.flatnonzero(supports.unknown >= 0)[::-1]
        self._leader[supports.unknown[dofs]] = dofs
        #: row of each unknown
        self._place: IntArray = division.number[self._leader]
        self._inactive = np.setdiff1d(np.arange(division.size), self._place)
        place = np.where(supports.unknown >= 0, self._place[supports.unknown], -1)
        #: row of the system for each row of the bulk's tangent, -1 where supported
        self._target = place
        if division.ranks.size > 1:
            self._target = np.empty_like(place)
            self._target[division.number] = place
        self._inverse: sp.csr_matrix
        self._product: Any = None
        self._solver: Any = None

    def begin(self) -> None:
        """Begin an increment; solutions depend on nothing before."""

    @timed("contact")
    def set_transform(self, transform: sp.csr_matrix) -> None:
        """Take a new transformation and invert it."""
        self.transform = transform
        self._inverse = inverse(transform, self._leader)

    def _entries(self, matrix: Any) -> tuple[IntArray, IntArray]:
        """Return rows and columns of the bulk's tangent on this rank, and of what fills in.

        Rows and columns that are cut off are -1, which PETSc leaves out; those of a platen are
        the same, so that its entries add up.
        """
        indptr, indices, _ = matrix.getValuesCSR()
        own = self._division.own_rows
        fill = self._inactive[(self._inactive >= own.start) & (self._inactive < own.stop)]
        first = matrix.getOwnershipRange()[0]
        rows = self._target[first + np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))]
        columns = self._target[indices]
        cut = (rows < 0) | (columns < 0)
        rows[cut] = columns[cut] = -1
        return np.concatenate([rows, fill]), np.concatenate([columns, fill])

    def _values(self, matrix: Any, count: int) -> Array:
        """Return the values of as many entries, of the order of the tangent's what fills in."""
        ranks = self._division.ranks
        values = matrix.getValuesCSR()[2]
        size = ranks.total(float(np.abs(values).sum())) / ranks.total(float(len(values)))
        return np.concatenate([values, np.full(count - len(values), size)])

    def _matrix(self, rows: IntArray, columns: IntArray) -> Any:
        """Return an empty distributed matrix with entries at rows and columns."""
        division = self._division
        mine = division.own_rows.stop - division.own_rows.start
        matrix = PETSc.Mat().create(division.ranks.communicator)
        matrix.setSizes(((mine, division.size), (mine, division.size)), bsize=division.block)
        matrix.setType("aij")
        entries: Any = (rows.astype(PETSc.IntType), columns.astype(PETSc.IntType))
        matrix.setPreallocationCOO(*entries)
        return matrix

    def _contact(self, extra: sp.csr_matrix) -> sp.csr_matrix:
        """Return contact terms by rows of the division, on all ranks alike; sorted.

        Without the zeros of faces that do not touch, which would couple layers and fill factors.
        """
        size = self._division.size
        terms = (self._inverse.T @ extra @ self._inverse).tocoo()
        places = (self._place[terms.row], self._place[terms.col])
        spread = sp.csr_matrix((terms.data, places), shape=(size, size))
        spread.eliminate_zeros()
        spread.sort_indices()
        return spread

    def _vector(self, values: Array) -> Any:
        """Return displacements as a distributed vector."""
        full = np.zeros(self._division.size)
        full[self._place] = values
        vector: Any = PETSc.Vec()  # its types know sequences of numbers, no arrays
        own = full[self._division.own_rows].copy()
        return vector.createWithArray(own, comm=self._division.ranks.communicator)

    def _whole(self, own: Array) -> Array:
        """Return the displacements of all ranks from the rows of each; last axis C-contiguous."""
        division = self._division
        full = np.empty((division.size, *own.shape[1:]))
        full[division.own_rows] = own
        division.ranks.make_whole(full, division.rows)
        result: Array = full[self._place]
        return result

    def destroy(self) -> None:
        """Free the PETSc objects; all ranks together."""
        for thing in (self._solver, self._product):
            if thing is not None:
                thing.destroy()
        self._solver = self._product = None
        self._division.ranks.free_what_is_gone()
