# SPDX-License-Identifier: MIT
r"""The condensed tangent in displacements, its rows divided among ranks, and a multigrid for it.

PETSc's GAMG aggregates on each rank by itself, so that another number of ranks has another
preconditioner, and its solution is another one. Here GAMG sees the whole matrix on every rank, only
its interpolations are kept, and rows are divided afterwards. They serve many matrices: products on
the coarser levels are formed anew for each, on all ranks. The interpolations are not smoothed: at a
tolerance of 1e-3 that cost no iteration, and products take an eighth of the time.

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

References
----------
Vanek, Mandel and Brezina (1996), Computing 56, 179-196 (aggregation with rigid motions).
Adams, Bayraktar, Keaveny and Papadopoulos (2004), 10.1109/SC.2004.62 (in finite-strain solids).
"""

from __future__ import annotations

from interfacefem.fem import backend  # noqa: F401  # isort: skip
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from petsc4py import PETSc

from interfacefem.fem.division import distributed
from interfacefem.fem.increment import timed
from interfacefem.fem.linear.condensation import inverse
from interfacefem.fem.linear.numbers import HIGHEST_EIGENVALUE, LOWEST_EIGENVALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

    from interfacefem.fem.division import Division
    from interfacefem.fem.linear.condensation import Supports
    from interfacefem.fem.ranks import Ranks

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Level:
    """Interpolation from a coarse level to the next finer one.

    Attributes
    ----------
    matrix : CSR matrix
    columns : (ranks + 1,) int array
        First coarse unknown of each rank.
    block : int
        Unknowns of a coarse node.
    """

    matrix: sp.csr_matrix
    columns: IntArray
    block: int


def interpolations(
    matrix: Any, modes: Array, block: int, rows: IntArray, threshold: float
) -> list[Level]:
    """Let GAMG coarsen a matrix; return its interpolations, finest first.

    Parameters
    ----------
    matrix : PETSc.Mat
        Whole, of this process alone.
    modes : (n, modes) array
        Near-null space, orthonormal.
    block : int
        Unknowns of a node.
    rows : (ranks + 1,) int array
        First row of each rank.
    threshold : float
        Relative size below which couplings are dropped from the graph.
    """
    vectors = []
    for column in modes.T:
        vector: Any = PETSc.Vec()  # its types know sequences of numbers, no arrays
        vectors.append(vector.createWithArray(column.copy(), bsize=block, comm=PETSc.COMM_SELF))
    near_null = PETSc.NullSpace().create(vectors=vectors, comm=PETSc.COMM_SELF)
    matrix.setNearNullSpace(near_null)
    pc = PETSc.PC().create(PETSc.COMM_SELF)
    pc.setType("gamg")
    pc.setOperators(matrix)
    options = {
        "pc_gamg_threshold": threshold,
        "pc_gamg_agg_nsmooths": 0,
        # coarser at once is cheaper to set up, but takes a third more iterations on flat cells
        "pc_gamg_aggressive_coarsening": 0,
    }
    with _options(pc, options):
        pc.setFromOptions()
        pc.setUp()
    found = []
    for level in range(pc.getMGLevels() - 1, 0, -1):
        given: Any = pc.getMGInterpolation(level)
        indptr, indices, values = given.getValuesCSR()
        found.append(sp.csr_matrix((values, indices, indptr), shape=given.getSize()))
    pc.destroy()
    near_null.destroy()
    return _ordered(found, modes.shape[1], rows)


def _ordered(found: list[sp.csr_matrix], block: int, rows: IntArray) -> list[Level]:
    """Put coarse unknowns in the order of the fine ones they stand for, and divide them alike."""
    levels = []
    order: IntArray | None = None
    for given in found:
        matrix = given if order is None else given[order]
        by_column = matrix.tocsc()
        by_column.sort_indices()
        counts = np.diff(by_column.indptr).reshape(-1, block).sum(axis=1)
        sums = np.add.reduceat(np.append(by_column.indices, 0), by_column.indptr[:-1])
        sums = np.where(np.diff(by_column.indptr) > 0, sums, 0).reshape(-1, block).sum(axis=1)
        middle = sums / np.maximum(counts, 1)
        places = np.argsort(middle, kind="stable")
        order = (block * places[:, None] + np.arange(block)).ravel()
        ordered = matrix[:, order].tocsr()
        ordered.sort_indices()
        rows = block * np.searchsorted(middle[places], rows)
        rows[-1] = ordered.shape[1]
        levels.append(Level(ordered, rows, block))
    return levels


def blocked(matrix: Any) -> Any:
    """Return a copy stored by dense blocks, the products of which are two to three times faster."""
    result = matrix.copy()
    return result.convert("baij")  # in place


def multigrid(
    solver: Any, matrix: Any, ranks: Ranks, levels: list[Level], rows: IntArray, steps: int
) -> None:
    """Give a solver a matrix and a multigrid preconditioner of Chebyshev smoothers.

    Parameters
    ----------
    solver : PETSc.KSP
    matrix : PETSc.Mat
        Stored by rows, with its block size.
    ranks : Ranks
    levels : list of Level
    rows : (ranks + 1,) int array
        First row of each rank on the finest level.
    steps : int
        Of the smoother, before and after.
    """
    given = {
        "mg_levels_ksp_type": "chebyshev",
        "mg_levels_ksp_max_it": steps,
        "mg_levels_ksp_chebyshev_esteig": f"0,{LOWEST_EIGENVALUE!r},0,{HIGHEST_EIGENVALUE!r}",
        "mg_levels_pc_type": "jacobi",
    }
    with _options(solver, given):
        pc = solver.getPC()
        pc.setType("mg")
        pc.setMGLevels(len(levels) + 1)
        finest = blocked(matrix)
        solver.setOperators(finest)
        finest.destroy()
        product = matrix
        for number, level in zip(range(len(levels), 0, -1), levels, strict=True):
            interpolation = distributed(ranks, level.matrix, rows, level.columns)
            pc.setMGInterpolation(number, interpolation)
            coarse = product.ptap(interpolation)
            interpolation.destroy()
            if product is not matrix:
                product.destroy()
            coarse.setBlockSize(level.block)
            operator = blocked(coarse) if number > 1 else coarse
            pc.getMGSmoother(number - 1).setOperators(operator)
            operator.destroy()
            product, rows = coarse, level.columns
        solver.setFromOptions()
        solver.setUp()


@contextlib.contextmanager
def _options(thing: Any, options: Mapping[str, Any]) -> Iterator[None]:
    """Keep options for one PETSc object while it is set up."""
    prefix = f"interfacefem_{id(thing)}_"
    thing.setOptionsPrefix(prefix)
    database: Any = PETSc.Options(prefix)  # its types have no assignment
    for name, value in options.items():
        database[name] = value
    try:
        yield
    finally:
        for name in options:
            database.delValue(name)


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
