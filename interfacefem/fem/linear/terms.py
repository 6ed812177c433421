# SPDX-License-Identifier: MIT
"""Terms of a matrix that are collected and put together once.

Sums and products of sparse matrices cost far more by their number than by their few entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class Terms:
    """Entries of a square matrix; those at the same place are added.

    Parameters
    ----------
    size : int
        Of the matrix.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._rows: list[IntArray] = []
        self._columns: list[IntArray] = []
        self._values: list[Array] = []

    def add(self, matrix: sp.csr_matrix) -> None:
        """Add a CSR matrix of the same size."""
        if matrix.nnz > 0:
            rows = np.repeat(np.arange(self._size), np.diff(matrix.indptr))
            self._put(rows, matrix.indices, matrix.data)

    def add_rows(self, places: IntArray, factors: Array, matrix: sp.csr_matrix) -> None:
        """Add rows of a matrix, each times a factor, to other rows.

        Parameters
        ----------
        places : (n,) int array
            Row that each row is added to.
        factors : (n,) array
        matrix : (n, size) CSR matrix
        """
        counts = np.diff(matrix.indptr)
        values = np.repeat(factors, counts) * matrix.data
        kept = values != 0.0  # zeros would couple what does not touch
        self._put(np.repeat(places, counts)[kept], matrix.indices[kept], values[kept])

    def add_entry(self, row: int, column: int, value: float) -> None:
        """Add a number to one entry."""
        self._put(np.array([row]), np.array([column]), np.array([value]))

    def _put(self, rows: IntArray, columns: IntArray, values: Array) -> None:
        self._rows.append(rows)
        self._columns.append(columns)
        self._values.append(values)

    def matrix(self) -> sp.csr_matrix:
        """Return the sum, a (size, size) CSR matrix."""
        shape = (self._size, self._size)
        if not self._rows:
            return sp.csr_matrix(shape)
        where = np.concatenate(self._rows), np.concatenate(self._columns)
        return sp.csr_matrix((np.concatenate(self._values), where), shape=shape)
