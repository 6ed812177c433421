# SPDX-License-Identifier: MIT
"""Tangent of contact factored by MUMPS, on one rank or many.

Layers are wide and thin, so that factors grow little faster than the matrix, in space too, and
they give the inverse's columns by which contacts are settled.

References
----------
Amestoy, Duff, L'Excellent and Koster (2001), 10.1137/S0895479899358194 (MUMPS).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from petsc4py import PETSc

from interfacefem.fem.clock import timed
from interfacefem.fem.displacement_system import DisplacementSystem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.condensation import Supports
    from interfacefem.fem.division import Division

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: entries of a row below which it is short
SHORT = 40


class DirectSystem(DisplacementSystem):
    """Condensed tangent and its factors, with the symbolic work kept while it can be.

    Parameters
    ----------
    supports : Supports
    division : Division

    Notes
    -----
    Which entries the contact terms have depends on who meets whom. Within an increment the
    pattern only grows, so that it is often the one analysed before; each increment begins with
    its own, and a continued run has the same. Room for meetings to come was tried in sections: the
    greater factors cost what the analyses saved.
    """

    def __init__(self, supports: Supports, division: Division) -> None:
        super().__init__(supports, division)
        self._bulk: tuple[IntArray, IntArray] | None = None
        self._keys: IntArray = np.empty(0, dtype=np.int64)  # of the contact terms in the pattern

    def begin(self) -> None:
        """Begin an increment with a pattern of its own."""
        self.destroy()
        self._keys = self._keys[:0]

    @timed("linear systems")
    def solve(self, matrix: Any, extra: sp.csr_matrix, right: Array) -> Array:
        """Solve ``(T^T A T + extra) y = right``.

        Parameters
        ----------
        matrix : PETSc.Mat
            Bulk tangent; its pattern must stay the same.
        extra : (unknowns, unknowns) CSR matrix
            Added in the condensed numbering.
        right : (unknowns,) array

        Returns
        -------
        (unknowns,) array
            The same on all ranks; not a number where there is no solution.
        """
        self._load(matrix, extra)
        if self._solver is None:
            self._solver = _factorisation(self._product)
        self._solver.setOperators(self._product)
        self.solves += 1
        return self.back(right)

    @timed("linear systems")
    def back(self, right: Array) -> Array:
        """Solve once more with the present factors; not a number where they are singular."""
        b = self._vector(self._inverse.T @ right)
        x = b.duplicate()
        self._solver.solve(b, x)
        self.substitutions += 1
        result: Array = self._inverse @ self._whole(x.array_r)
        x.destroy()
        b.destroy()
        if self._solver.getConvergedReason() < 0:
            result[:] = np.nan
        return result

    @timed("linear systems")
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
        right[self._place] = self._inverse[np.asarray(unknowns)].T.toarray()
        local = np.asfortranarray(right[own])
        mine = own.stop - own.start
        shape = ((mine, division.size), (PETSc.DECIDE, count))
        b: Any = PETSc.Mat()  # its types know sequences of numbers, no arrays
        b.createDense(shape, array=local, comm=division.ranks.communicator)
        x: Any = PETSc.Mat().createDense(shape, comm=division.ranks.communicator)
        x.setUp()
        self._solver.getPC().getFactorMatrix().matSolve(b, x)
        self.substitutions += count
        result: Array = self._inverse @ self._whole(x.getDenseArray())
        b.destroy()
        x.destroy()
        return result

    def _load(self, matrix: Any, extra: sp.csr_matrix) -> None:
        """Put the bulk's tangent and the contact terms together."""
        division = self._division
        own, size = division.own_rows, division.size
        contact = self._contact(extra).tocoo()
        keys = contact.row.astype(np.int64) * size + contact.col
        places = np.searchsorted(self._keys, keys)
        known = places < len(self._keys)
        known[known] = self._keys[places[known]] == keys[known]
        if self._bulk is None:
            self._bulk = self._entries(matrix)
        rows, columns = self._bulk
        if self._product is None or not known.all():
            self.destroy()
            self._keys = np.insert(self._keys, places[~known], keys[~known])
            places = np.searchsorted(self._keys, keys)
            first, last = np.searchsorted(self._keys, [own.start * size, own.stop * size])
            more = np.divmod(self._keys[first:last], size)
            self._product = self._matrix(
                np.concatenate([rows, more[0]]), np.concatenate([columns, more[1]])
            )
        values = np.zeros(len(self._keys))
        values[places] = contact.data
        first, last = np.searchsorted(self._keys, [own.start * size, own.stop * size])
        values = np.concatenate([self._values(matrix, len(rows)), values[first:last]])
        self._product.setValuesCOO(values, addv=PETSc.InsertMode.INSERT_VALUES)


def _factorisation(matrix: Any) -> Any:
    """Return a PETSc solver that factors a matrix, and later ones of its pattern, by MUMPS.

    The largest entries are on the diagonal already and unknowns are alike, so that neither a
    matching nor scaling is of use; they would take half of the time in sections. Where rows are
    short, nested dissection would take it; minimum fill is found at once and gives no larger
    factors.
    """
    solver = PETSc.KSP().create(matrix.getComm())
    solver.setType("preonly")
    solver.setOperators(matrix)
    pc = solver.getPC()
    pc.setType("lu")
    pc.setFactorSolverType("mumps")
    pc.setFactorSetUpSolverType()
    factors = pc.getFactorMatrix()
    factors.setMumpsIcntl(6, 0)  # no matching
    factors.setMumpsIcntl(8, 0)  # no scaling
    if matrix.getInfo()["nz_used"] < SHORT * matrix.getSize()[0]:
        factors.setMumpsIcntl(7, 2)
    return solver
