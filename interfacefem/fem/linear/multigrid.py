# SPDX-License-Identifier: MIT
"""Multigrid by aggregation that does not depend on the number of ranks.

PETSc's GAMG aggregates on each rank by itself, so that another number of ranks has another
preconditioner, and its solution is another one. Here GAMG sees the whole matrix on every
rank, only its interpolations are kept, and rows are divided afterwards. They serve many matrices:
products on the coarser levels are formed anew for each, on all ranks. The interpolations are not
smoothed: at a tolerance of 1e-3 that cost no iteration, and products take an eighth of the time.

References
----------
Vanek, Mandel and Brezina (1996), Computing 56, 179-196 (aggregation with rigid motions).
Adams, Bayraktar, Keaveny and Papadopoulos (2004), 10.1109/SC.2004.62 (in finite-strain solids).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from petsc4py import PETSc

from interfacefem.fem.division import distributed
from interfacefem.fem.linear.numbers import HIGHEST_EIGENVALUE, LOWEST_EIGENVALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt

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
