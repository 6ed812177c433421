# SPDX-License-Identifier: MIT
"""Tangent of contact factored by MUMPS, on one rank or many.

Layers are wide and thin, so that factors grow little faster than the matrix, in 3D too, and
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

from interfacefem.fem.increment import timed
from interfacefem.fem.linear.displacement_system import DisplacementSystem
from interfacefem.fem.linear.numbers import SHORT_ROW, TOGETHER

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.division import Division
    from interfacefem.fem.linear.condensation import Supports

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class DirectSystem(DisplacementSystem):
    """Condensed tangent and its factors, with the symbolic work kept while it can be.

    Parameters
    ----------
    supports : Supports
    division : Division

    Notes
    -----
    Which entries the contact terms have depends on who meets whom. The pattern has whole blocks of
    two nodes, because single entries vanish and come back from one solution to the next. Within an
    increment it only grows, so that it is mostly the one analysed before; each increment begins
    with its own, and a continued run has the same. Room for meetings to come was tried in sections:
    the greater factors cost what the analyses saved.
    """

    def __init__(self, supports: Supports, division: Division) -> None:
        super().__init__(supports, division)
        self._given: Any = None  # bulk tangent of the last solution
        self._bulk: tuple[IntArray, IntArray] | None = None
        self._keys: IntArray = np.empty(0, dtype=np.int64)  # of the contact blocks in the pattern

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
        self._given = matrix
        self._load(matrix, extra)
        if self._solver is None:
            self._solver = _factorisation(self._product)
        self._solver.setOperators(self._product)
        self.solves += 1
        return self.back(right)

    def again(self, extra: sp.csr_matrix, right: Array) -> Array:
        """Solve with other contact terms and the same bulk tangent."""
        return self.solve(self._given, extra, right)

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
    def compliance(self, rows: sp.csr_matrix, unknowns: IntArray) -> Array:
        """Return how some combinations of unknowns respond to unit forces on some of them.

        Parameters
        ----------
        rows : (n, unknowns) CSR matrix
            Multiplies the inverse of the factored matrix from the left.
        unknowns : (m,) int array

        Returns
        -------
        (n, m) array
            Columns of the product.
        """
        division, own = self._division, self._division.own_rows
        rows = rows @ self._inverse
        result = np.empty((rows.shape[0], len(unknowns)))
        for first in range(0, len(unknowns), TOGETHER):
            part = unknowns[first : first + TOGETHER]
            right = np.zeros((division.size, len(part)))
            right[self._place] = self._inverse[part].T.toarray()
            local = np.asfortranarray(right[own])
            shape = ((own.stop - own.start, division.size), (PETSc.DECIDE, len(part)))
            b: Any = PETSc.Mat()  # its types know sequences of numbers, no arrays
            b.createDense(shape, array=local, comm=division.ranks.communicator)
            x: Any = PETSc.Mat().createDense(shape, comm=division.ranks.communicator)
            x.setUp()
            self._solver.getPC().getFactorMatrix().matSolve(b, x)
            result[:, first : first + TOGETHER] = rows @ self._whole(x.getDenseArray())
            b.destroy()
            x.destroy()
        self.substitutions += len(unknowns)
        return result

    def _load(self, matrix: Any, extra: sp.csr_matrix) -> None:
        """Put the bulk's tangent and the contact terms together."""
        division = self._division
        width = division.size // division.block
        contact = self._contact(extra).tobsr((division.block, division.block))
        contact.sort_indices()
        keys = contact.indices + width * np.repeat(np.arange(width), np.diff(contact.indptr))
        places = np.searchsorted(self._keys, keys)
        known = places < len(self._keys)
        known[known] = self._keys[places[known]] == keys[known]
        if self._bulk is None:
            self._bulk = self._entries(matrix)
        if self._product is None or not known.all():
            self.destroy()
            self._keys = np.insert(self._keys, places[~known], keys[~known])
            places = np.searchsorted(self._keys, keys)
            inner = np.arange(division.block)
            row, column = np.divmod(self._keys[self._own_keys], width)
            rows, columns = np.broadcast_arrays(
                division.block * row[:, None, None] + inner[:, None],
                division.block * column[:, None, None] + inner,
            )
            self._product = self._matrix(
                np.concatenate([self._bulk[0], rows.ravel()]),
                np.concatenate([self._bulk[1], columns.ravel()]),
            )
        values = np.zeros((len(self._keys), *contact.data.shape[1:]))
        values[places] = contact.data
        bulk = self._values(matrix, len(self._bulk[0]))
        values = np.concatenate([bulk, values[self._own_keys].ravel()])
        self._product.setValuesCOO(values, addv=PETSc.InsertMode.INSERT_VALUES)

    @property
    def _own_keys(self) -> slice:
        """Which contact blocks of the pattern are in rows of this rank."""
        division = self._division
        width = division.size // division.block
        ends = [width * (row // division.block) for row in division.rows]
        rank = division.ranks.rank
        return slice(*np.searchsorted(self._keys, ends[rank : rank + 2]).tolist())


def _factorisation(matrix: Any) -> Any:
    """Return a PETSc solver that factors a matrix, and later ones of its pattern, by MUMPS.

    The largest entries are on the diagonal already and unknowns are alike, so that neither a
    matching nor scaling is of use; they would take half of the time in sections. Unknowns are
    ordered by the blocks of the nodes, which takes a quarter of the time in 3D.
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
    factors.setMumpsIcntl(15, -matrix.getBlockSize())  # order blocks
    order(factors, matrix)
    return solver


def order(factors: Any, matrix: Any) -> None:
    """Let MUMPS order a matrix with short rows by minimum fill.

    It is found at once and gives no larger factors; nested dissection would take longer than they.
    """
    if matrix.getInfo()["nz_used"] < SHORT_ROW * matrix.getSize()[0]:
        factors.setMumpsIcntl(7, 2)
