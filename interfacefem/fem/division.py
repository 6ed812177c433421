# SPDX-License-Identifier: MIT
"""How the cells of a mesh and the rows of its linear systems are divided among ranks.

Each rank has a contiguous range of the solver's cells, which are ordered by neighbourhood. Unknowns
are numbered by the first cell that has them, whatever the number of ranks, so that the rows of a
rank are those of its cells but for the ones shared with the ranks before. Nothing is solved here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from petsc4py import PETSc

from interfacefem.errors import MeshError

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from interfacefem.fem.ranks import Ranks

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class Division:
    """Cells and rows of each rank.

    Parameters
    ----------
    ranks : Ranks
    cell_blocks : (cells, nodes) int array
        Blocks of degrees of freedom of each cell, in the solver's order.
    block : int
        Degrees of freedom of a block.

    Attributes
    ----------
    cells : (ranks + 1,) int array
        First cell of each rank.
    own : slice
        Cells of this rank.
    block : int
    number : (dofs,) int array
        Row of each degree of freedom in divided systems.
    rows : (ranks + 1,) int array
        First row of each rank.

    Raises
    ------
    MeshError
        If there are more ranks than cells.
    """

    def __init__(self, ranks: Ranks, cell_blocks: IntArray, block: int) -> None:
        self.ranks = ranks
        self.block = block
        count, corners = cell_blocks.shape
        if count < ranks.size:
            raise MeshError(
                f"{ranks.size} processes share {count} cells; start no more than there are cells"
            )
        self.cells = ranks.bounds(count)
        self.own = slice(int(self.cells[ranks.rank]), int(self.cells[ranks.rank + 1]))
        blocks, first = np.unique(cell_blocks.ravel(), return_index=True)
        order = blocks[np.argsort(first, kind="stable")]
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        self.number = (block * place[:, None] + np.arange(block)).ravel()
        self.rows = block * np.searchsorted(np.sort(first), corners * self.cells)
        self._matrix: Any = None

    @property
    def size(self) -> int:
        """Number of degrees of freedom."""
        return len(self.number)

    @property
    def own_rows(self) -> slice:
        """Rows of this rank."""
        rank = self.ranks.rank
        return slice(int(self.rows[rank]), int(self.rows[rank + 1]))

    def points(self, per_cell: int) -> slice:
        """Return the points of this rank's cells."""
        return slice(self.own.start * per_cell, self.own.stop * per_cell)

    def make_whole(self, values: Array) -> None:
        """Fill in values at cells, or at the points of cells, that other ranks have computed."""
        cells = int(self.cells[-1])
        self.ranks.make_whole(values, self.cells * (len(values) // cells))

    def assembled(self, own: Any) -> Any:
        """Return the matrix of all ranks' cells, from that of this rank's.

        Parameters
        ----------
        own : PETSc.Mat
            Of one process, by degrees of freedom; its pattern must stay the same.

        Returns
        -------
        PETSc.Mat
            Distributed, in the numbering of rows; the same object at every call.
        """
        indptr, indices, values = own.getValuesCSR()
        if self._matrix is None:
            rows = np.repeat(self.number, np.diff(indptr))
            columns = self.number[indices]
            mine = self.own_rows.stop - self.own_rows.start
            matrix = PETSc.Mat().create(self.ranks.communicator)
            matrix.setSizes(((mine, self.size), (mine, self.size)), bsize=self.block)
            matrix.setType("aij")
            entries: Any = (rows.astype(PETSc.IntType), columns.astype(PETSc.IntType))
            matrix.setPreallocationCOO(*entries)
            self._matrix = matrix
        self._matrix.setValuesCOO(values, addv=PETSc.InsertMode.INSERT_VALUES)
        return self._matrix


def distributed(ranks: Ranks, matrix: sp.csr_matrix, rows: IntArray, columns: IntArray) -> Any:
    """Return a matrix that all ranks hold with each row on one rank only.

    Parameters
    ----------
    ranks : Ranks
    matrix : CSR matrix
        Sorted.
    rows, columns : (ranks + 1,) int array
        First row and column of each rank.

    Returns
    -------
    PETSc.Mat
    """
    first, last = int(rows[ranks.rank]), int(rows[ranks.rank + 1])
    mine = int(columns[ranks.rank + 1] - columns[ranks.rank])
    sizes = ((last - first, matrix.shape[0]), (mine, matrix.shape[1]))
    return PETSc.Mat().createAIJ(sizes, csr=own_rows(matrix, first, last), comm=ranks.communicator)


def own_rows(matrix: sp.csr_matrix, first: int, last: int) -> tuple[Any, Any, Any]:
    """Return pointers, columns and values of some rows as PETSc wants them."""
    start, stop = matrix.indptr[first], matrix.indptr[last]
    index: Any = PETSc.IntType
    return (
        (matrix.indptr[first : last + 1] - start).astype(index),
        matrix.indices[start:stop].astype(index),
        matrix.data[start:stop],
    )
