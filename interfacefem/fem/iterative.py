# SPDX-License-Identifier: MIT
r"""Condensed tangent solved by conjugate gradients with algebraic multigrid, for large problems.

A stand-in for :class:`interfacefem.fem.condensation.CondensedSystem`: the same transformation and
calls, without factors. The multigrid wants blocks of one node and the rigid motions, so the
transformation is made square here: supported and tied components keep a unit row, whose equation
is then cut off. A rigid motion has no relative motion at an interface, so in the transformed
unknowns it is the rigid motion with zeros in the slots of the slave nodes.

The solution is truncated at a loose tolerance: far from equilibrium a Newton direction need not be
more exact than that. Where the tangent is not positive, conjugate gradients stop, and what they
reached is taken if it descends. Else, and where the tangent is not symmetric, minimal residuals
take their place.

References
----------
Dembo, Eisenstat and Steihaug (1982), 10.1137/0719025 (inexact Newton methods).
Dembo and Steihaug (1983), 10.1007/BF02592055 (truncation at negative curvature).
Adams, Bayraktar, Keaveny and Papadopoulos (2004), 10.1109/SC.2004.62 (smoothed aggregation in
finite-strain solids).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from petsc4py import PETSc

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.condensation import Supports

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: asymmetry of the contact terms, relative, from which minimal residuals replace gradients
ASYMMETRY = 1e-6


@dataclass(frozen=True)
class IterativeOptions:
    """How a linear system is solved iteratively.

    Attributes
    ----------
    tolerance : float
        Residual of the linear system relative to the right-hand side.
    max_iterations : int
    threshold : float
        Relative size below which couplings are dropped from the graph of the multigrid.
    smoothing : int
        Chebyshev steps of the smoother.
    """

    tolerance: float = 0.1
    max_iterations: int = 400
    threshold: float = 0.01
    smoothing: int = 3


def rigid_motions(points: Array) -> Array:
    """Return the translations and infinitesimal rotations of nodes, shape (n, d, modes)."""
    n, dimension = points.shape
    x = points - points.mean(axis=0)
    x /= np.abs(x).max()
    pairs = [(i, j) for i in range(dimension) for j in range(i + 1, dimension)]
    modes = np.zeros((n, dimension, dimension + len(pairs)))
    for i in range(dimension):
        modes[:, i, i] = 1.0
    for k, (i, j) in enumerate(pairs, start=dimension):
        modes[:, i, k], modes[:, j, k] = -x[:, j], x[:, i]
    return modes


class IterativeSystem:
    """Condensed tangent and its truncated iterative solution.

    Parameters
    ----------
    supports : Supports
    points : (nodes, dimension) array
        Positions [um], for the rigid motions.
    node_dofs : (nodes, dimension) int array
    options : IterativeOptions

    Attributes
    ----------
    solves, iterations : int
        Linear systems solved, and iterations of all of them.
    """

    def __init__(
        self,
        supports: Supports,
        points: Array,
        node_dofs: IntArray,
        options: IterativeOptions | None = None,
    ) -> None:
        self.options = options or IterativeOptions()
        self.transform: sp.csr_matrix
        self.solves = 0
        self.substitutions = 0
        self.iterations = 0
        self._block = node_dofs.shape[1]
        size = len(supports.unknown)
        self._leader = np.full(supports.size, -1)
        dofs = np.flatnonzero(supports.unknown >= 0)[::-1]
        self._leader[supports.unknown[dofs]] = dofs  # the first of a platen is written last
        self._inactive = np.setdiff1d(np.arange(size), self._leader).astype(np.int32)
        entries = (np.ones(supports.size), (np.arange(supports.size), self._leader))
        self._select = sp.csr_matrix(entries, shape=(supports.size, size))
        unit = np.zeros(size)
        unit[self._inactive] = 1.0
        self._unit = sp.diags(unit).tocsr()
        motions = rigid_motions(points)
        self._motions = np.zeros((size, motions.shape[2]))
        self._motions[node_dofs] = motions
        self._petsc_transform: Any = None
        self._product: Any = None
        self._solver: Any = None

    def set_transform(self, transform: sp.csr_matrix) -> None:
        """Take a new transformation."""
        self.transform = transform
        self.destroy()

    def _square(self) -> Any:
        """Return the square transformation, and mark the slots of relative motion."""
        square = (self.transform @ self._select + self._unit).tocsr()
        square.sort_indices()
        index = square.indptr.astype(np.int32), square.indices.astype(np.int32)
        matrix = PETSc.Mat().createAIJ(
            square.shape, csr=(*index, square.data), bsize=self._block, comm=PETSc.COMM_SELF
        )
        return matrix, square

    def _near_null(self, square: sp.csr_matrix) -> Any:
        """Return the rigid motions in the transformed unknowns.

        Where a motion is reproduced by the masters alone the slot of a slave is zero; so the
        motions are what is left of them in rows that are unit rows of the transformation.
        """
        plain = (np.diff(square.indptr) == 1) & (np.abs(square.diagonal() - 1.0) < 1e-14)
        plain[self._inactive] = False
        kept = np.where(plain[:, None], self._motions, 0.0)
        orthonormal, _ = np.linalg.qr(kept)
        vectors = []
        for column in orthonormal.T:
            vector: Any = PETSc.Vec()  # its types know sequences of numbers, no arrays
            vector.createWithArray(column.copy(), bsize=self._block, comm=PETSc.COMM_SELF)
            vectors.append(vector)
        return PETSc.NullSpace().create(vectors=vectors, comm=PETSc.COMM_SELF)

    def solve(self, matrix: Any, extra: sp.csr_matrix, right: Array) -> Array:
        """Solve ``(T^T A T + extra) y = right`` to the tolerance.

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
            Not a number where the iteration failed.
        """
        fresh = self._product is None
        if fresh:
            self._petsc_transform, square = self._square()
            self._product = matrix.ptap(self._petsc_transform)
            self._product.setOption(PETSc.Mat.Option.NEW_NONZERO_ALLOCATION_ERR, True)
            self._product.setBlockSize(self._block)
            self._product.setNearNullSpace(self._near_null(square))
            self._solver = self._make_solver()
        else:
            matrix.ptap(self._petsc_transform, result=self._product)
        spread = (self._select.T @ extra @ self._select).tocsr()
        spread.sort_indices()
        self._product.setValuesCSR(
            spread.indptr.astype(np.int32), spread.indices.astype(np.int32), spread.data, addv=True
        )
        self._product.assemble()
        scale = float(np.abs(self._product.getDiagonal().array_r).mean())
        self._product.zeroRowsColumns(self._inactive, diag=scale)
        skew = abs(extra - extra.T)
        symmetric = skew.nnz == 0 or skew.max() <= ASYMMETRY * abs(extra).max()
        self._solver.setType("cg" if symmetric else "gmres")
        self._solver.setOperators(self._product)
        self.solves += 1
        return self.back(right)

    def _make_solver(self) -> Any:
        options = self.options
        solver = PETSc.KSP().create(PETSc.COMM_SELF)
        solver.setTolerances(rtol=options.tolerance, max_it=options.max_iterations)
        solver.setGMRESRestart(100)
        pc = solver.getPC()
        pc.setType("gamg")
        prefix = f"interfacefem_{id(self)}_"
        solver.setOptionsPrefix(prefix)
        given = {
            "pc_gamg_threshold": options.threshold,
            "mg_levels_ksp_type": "chebyshev",
            "mg_levels_ksp_max_it": options.smoothing,
            "mg_levels_pc_type": "jacobi",
        }
        database: Any = PETSc.Options(prefix)  # its types have no assignment
        for name, value in given.items():
            database[name] = value
        solver.setFromOptions()
        for name in given:
            database.delValue(name)
        return solver

    def back(self, right: Array) -> Array:
        """Solve with the present matrix; not a number where the iteration failed."""
        b: Any = PETSc.Vec()  # its types know sequences of numbers, no arrays
        b.createWithArray(self._select.T @ right, comm=PETSc.COMM_SELF)
        x = b.duplicate()
        reason = self._iterate(b, x)
        indefinite = reason in (
            PETSc.KSP.ConvergedReason.DIVERGED_INDEFINITE_MAT,
            PETSc.KSP.ConvergedReason.DIVERGED_INDEFINITE_PC,
        )
        if indefinite and not x.dot(b) > 0.0:  # an indefinite preconditioner can turn it round
            self._solver.setType("gmres")
            reason = self._iterate(b, x)
            indefinite = False
        self.substitutions += 1
        result: Array = x.array[self._leader].copy()
        x.destroy()
        b.destroy()
        # what was reached before a direction of negative curvature, or at the limit of iterations,
        # is loose, but a direction of descent all the same
        stopped = indefinite or reason == PETSc.KSP.ConvergedReason.DIVERGED_MAX_IT
        if reason < 0 and not stopped:
            result[:] = np.nan
        return result

    def _iterate(self, b: Any, x: Any) -> int:
        self._solver.solve(b, x)
        self.iterations += self._solver.getIterationNumber()
        return int(self._solver.getConvergedReason())

    def destroy(self) -> None:
        """Free the PETSc objects."""
        for thing in (self._solver, self._product, self._petsc_transform):
            if thing is not None:
                thing.destroy()
        self._solver = self._product = self._petsc_transform = None
