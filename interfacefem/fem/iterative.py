# SPDX-License-Identifier: MIT
r"""Condensed tangent solved by conjugate gradients with algebraic multigrid, for large problems.

The matrix is that of :mod:`interfacefem.fem.divided`, on one rank or many; without factors. The
multigrid wants the rigid motions. A rigid motion has no relative motion at an interface, so in the
transformed unknowns it is the rigid motion with zeros in the slots of the slave nodes.

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

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from mpi4py import MPI
from petsc4py import PETSc

from interfacefem.fem.divided import DividedSystem
from interfacefem.fem.division import Division
from interfacefem.fem.multigrid import Level, interpolations, multigrid
from interfacefem.fem.ranks import Ranks

if TYPE_CHECKING:
    import numpy.typing as npt
    import scipy.sparse as sp

    from interfacefem.fem.condensation import Supports

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: asymmetry of the contact terms, relative, from which minimal residuals replace gradients
ASYMMETRY = 1e-6
#: tolerance of minimal residuals that are repeated because they did not descend
TIGHTEST = 1e-8


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
    patience : float
        The multigrid coarsens anew when a solution took so many times the iterations of the first
        with the present coarsening.
    """

    tolerance: float = 0.01
    max_iterations: int = 400
    threshold: float = 0.0
    smoothing: int = 3
    patience: float = 2.0


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


class IterativeSystem(DividedSystem):
    """Condensed tangent and its truncated iterative solution.

    Parameters
    ----------
    supports : Supports
    points : (nodes, dimension) array
        Positions [um], for the rigid motions.
    node_dofs : (nodes, dimension) int array
    options : IterativeOptions
    division : Division
        All on one rank, by degrees of freedom, if not given.

    Attributes
    ----------
    iterations : int
        Of all linear systems.
    coarsenings : int
        How often the multigrid was built.
    """

    exact = False

    def __init__(
        self,
        supports: Supports,
        points: Array,
        node_dofs: IntArray,
        options: IterativeOptions | None = None,
        division: Division | None = None,
    ) -> None:
        count, block = node_dofs.shape
        if division is None:
            division = Division(Ranks(MPI.COMM_SELF), np.arange(count)[:, None], block)
        super().__init__(supports, division)
        self.options = options or IterativeOptions()
        self.iterations = 0
        self.coarsenings = 0
        motions = rigid_motions(points)
        self._motions = np.zeros((division.size, motions.shape[2]))
        self._motions[division.number[node_dofs]] = motions
        self._levels: list[Level] = []
        self._first = 0  # iterations of the first solution with these levels
        self._stale = True

    def _near_null(self) -> Array:
        """Return the rigid motions in the transformed unknowns, orthonormal.

        Where a motion is reproduced by the masters alone the slot of a slave is zero; so the
        motions are what is left of them in rows that are unit rows of the transformation.
        """
        square = self._square()
        plain = (np.diff(square.indptr) == 1) & (np.abs(square.diagonal() - 1.0) < 1e-14)
        return np.linalg.qr(np.where(plain[:, None], self._motions, 0.0))[0]

    def _coarsen(self) -> None:
        division = self._division
        whole = self._product
        if division.ranks.size > 1:
            every = PETSc.IS().createStride(division.size, comm=PETSc.COMM_SELF)
            (whole,) = self._product.createSubMatrices(every)
            whole.setBlockSize(division.block)
            every.destroy()
        threshold = self.options.threshold
        self._levels = interpolations(
            whole, self._near_null(), division.block, division.rows, threshold
        )
        if whole is not self._product:
            whole.destroy()
        self._stale = False
        self._first = 0
        self.coarsenings += 1

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
            The same on all ranks; not a number where the iteration failed.
        """
        fresh = self._multiply(matrix)
        self._add(extra)
        if self._stale or fresh:
            if self._solver is not None:
                self._solver.destroy()
            self._solver = self._make_solver()
        skew = abs(extra - extra.T)
        symmetric = skew.nnz == 0 or skew.max() <= ASYMMETRY * abs(extra).max()
        self._solver.setType("cg" if symmetric else "gmres")
        self._solver.setOperators(self._product)
        self.solves += 1
        before = self.iterations
        result = self.back(right)
        taken = self.iterations - before
        self._first = self._first or taken
        self._stale = taken > self.options.patience * self._first
        return result

    def _make_solver(self) -> Any:
        if self._stale:
            self._coarsen()
        options, division = self.options, self._division
        solver = PETSc.KSP().create(division.ranks.communicator)
        solver.setTolerances(rtol=options.tolerance, max_it=options.max_iterations)
        solver.setGMRESRestart(100)
        solver.setOperators(self._product)
        multigrid(solver, division.ranks, self._levels, division.rows, options.smoothing)
        return solver

    def back(self, right: Array) -> Array:
        """Solve with the present matrix; not a number where the iteration failed."""
        b = self._vector(right)
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
        tolerance = self.options.tolerance
        while self._solver.getType() == "gmres" and not x.dot(b) > 0.0 and tolerance > TIGHTEST:
            # loose minimal residuals need not descend; exact ones mostly do
            tolerance = max(1e-2 * tolerance, TIGHTEST)
            self._solver.setTolerances(rtol=tolerance)
            reason = self._iterate(b, x)
        self._solver.setTolerances(rtol=self.options.tolerance)
        self.substitutions += 1
        result = self._whole(x.array_r)
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
