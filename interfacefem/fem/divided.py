# SPDX-License-Identifier: MIT
r"""The condensed tangent as a square matrix whose rows are divided among ranks.

The transformation of :mod:`interfacefem.fem.condensation` has a column for each unknown; here it is
made square, so that blocks of one node stay together and rows and columns are divided alike:
supported and tied components keep a column of zeros, and their equations a number on the diagonal.
:class:`DividedSystem` factors the matrix by MUMPS on all ranks;
:mod:`interfacefem.fem.iterative` builds on it. What every rank needs, it gets whole: right-hand
sides go in and solutions come out as on one rank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from petsc4py import PETSc

from interfacefem.fem.condensation import factorisation
from interfacefem.fem.division import distributed, own_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.condensation import Supports
    from interfacefem.fem.division import Division

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class DividedRows:
    """Unknowns and rows of a system on all ranks, and what lasts from one matrix to the next.

    Parameters
    ----------
    supports : Supports
    division : Division

    Attributes
    ----------
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
        self._product: Any = None
        self._solver: Any = None

    def begin(self) -> None:
        """Begin an increment; solutions depend on nothing before."""

    def _vector(self, values: Array) -> Any:
        """Return unknowns as a distributed vector."""
        full = np.zeros(self._division.size)
        full[self._place] = values
        vector: Any = PETSc.Vec()  # its types know sequences of numbers, no arrays
        own = full[self._division.own_rows].copy()
        return vector.createWithArray(own, comm=self._division.ranks.communicator)

    def _whole(self, own: Array) -> Array:
        """Return the unknowns of all ranks from the rows of each; last axis C-contiguous."""
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
        if self._division.ranks.size > 1:
            # what Python has let go of waits until all ranks free it together
            PETSc.garbage_cleanup(self._division.ranks.communicator)


class DividedSystem(DividedRows):
    """Condensed tangent on all ranks, solved directly.

    Parameters
    ----------
    supports : Supports
    division : Division
    """

    def __init__(self, supports: Supports, division: Division) -> None:
        super().__init__(supports, division)
        self._pattern: tuple[Any, Any] | None = None
        self._petsc_transform: Any = None

    def set_transform(self, transform: sp.csr_matrix) -> None:
        """Take a new transformation."""
        self.transform = transform

    def _square(self) -> sp.csr_matrix:
        """Return the square transformation by rows of the division."""
        given = self.transform.tocoo()
        none = np.zeros(len(self._inactive))
        rows = np.concatenate([self._division.number[given.row], self._inactive])
        columns = np.concatenate([self._place[given.col], self._inactive])
        shape = (self._division.size, self._division.size)
        values = np.concatenate([given.data, none])
        square = sp.csr_matrix((values, (rows, columns)), shape=shape)
        square.sort_indices()
        return square

    def _multiply(self, matrix: Any) -> bool:
        """Form the product; return whether its pattern is a new one."""
        division = self._division
        square = self._square()
        if division.ranks.size == 1:
            square = square[division.number]  # the tangent of one rank is by degrees of freedom
        pattern = self._pattern
        if (
            pattern is not None
            and np.array_equal(pattern[0], square.indptr)
            and np.array_equal(pattern[1], square.indices)
        ):
            own = division.own_rows
            self._petsc_transform.setValuesCSR(*own_rows(square, own.start, own.stop))
            self._petsc_transform.assemble()
            matrix.ptap(self._petsc_transform, result=self._product)
            return False
        self.destroy()
        self._pattern = square.indptr, square.indices
        self._petsc_transform = distributed(division.ranks, square, division.rows, division.rows)
        self._product = matrix.ptap(self._petsc_transform)
        self._product.setOption(PETSc.Mat.Option.NEW_NONZERO_ALLOCATION_ERR, True)
        self._product.setBlockSize(division.block)
        return True

    def _add(self, extra: sp.csr_matrix) -> None:
        """Add contact terms, and a number of their size on the diagonal of what is no unknown."""
        division = self._division
        diagonal = self._product.getDiagonal()
        size = division.ranks.total(float(np.abs(diagonal.array_r).sum())) / len(self._place)
        diagonal.destroy()
        given = extra.tocoo()
        fill = np.full(len(self._inactive), size)
        values = np.concatenate([given.data, fill])
        rows = np.concatenate([self._place[given.row], self._inactive])
        columns = np.concatenate([self._place[given.col], self._inactive])
        shape = (division.size, division.size)
        spread = sp.csr_matrix((values, (rows, columns)), shape=shape)
        spread.sort_indices()
        own = division.own_rows
        self._product.setValuesCSR(*own_rows(spread, own.start, own.stop), addv=True)
        self._product.assemble()

    def solve(self, matrix: Any, extra: sp.csr_matrix, right: Array) -> Array:
        """Solve ``(T^T A T + extra) y = right``.

        Parameters
        ----------
        matrix : PETSc.Mat
            Bulk tangent.
        extra : (unknowns, unknowns) CSR matrix
            Added in the condensed numbering; its pattern must lie in that of the product.
        right : (unknowns,) array

        Returns
        -------
        (unknowns,) array
            The same on all ranks; not a number where there is no solution.
        """
        fresh = self._multiply(matrix)
        self._add(extra)
        if fresh:
            self._solver = factorisation(self._product)
        self._solver.setOperators(self._product)
        self.solves += 1
        return self.back(right)

    def back(self, right: Array) -> Array:
        """Solve once more with the present matrix; not a number where that fails."""
        b = self._vector(right)
        x = b.duplicate()
        self._solver.solve(b, x)
        self.substitutions += 1
        result = self._whole(x.array_r)
        x.destroy()
        b.destroy()
        if self._solver.getConvergedReason() < 0:
            result[:] = np.nan
        return result

    def columns(self, unknowns: Sequence[int] | IntArray) -> Array:
        """Return the columns of the inverse of the factored matrix, all in one solution.

        Parameters
        ----------
        unknowns : sequence of int or int array

        Returns
        -------
        (unknowns, len(unknowns)) array
        """
        division, count = self._division, len(unknowns)
        own = division.own_rows
        right = np.zeros((division.size, count))
        right[self._place[np.asarray(unknowns)], np.arange(count)] = 1.0
        local = np.asfortranarray(right[own])
        mine = own.stop - own.start
        shape = ((mine, division.size), (PETSc.DECIDE, count))
        b: Any = PETSc.Mat()  # its types know sequences of numbers, no arrays
        b.createDense(shape, array=local, comm=division.ranks.communicator)
        x: Any = PETSc.Mat().createDense(shape, comm=division.ranks.communicator)
        x.setUp()
        self._solver.getPC().getFactorMatrix().matSolve(b, x)
        self.substitutions += count
        result = self._whole(x.getDenseArray())
        b.destroy()
        x.destroy()
        return result

    def destroy(self) -> None:
        """Free the PETSc objects; all ranks together."""
        if self._petsc_transform is not None:
            self._petsc_transform.destroy()
        self._petsc_transform = self._pattern = None
        super().destroy()
