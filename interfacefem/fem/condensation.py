# SPDX-License-Identifier: MIT
r"""Basis transformation that turns relative motion at interfaces into degrees of freedom.

Displacement increments are :math:`\Delta u = T y`. The slots of a slave node hold its normal and
tangential motion relative to the master,
:math:`u_s = n\,w_n + t\,w_t + \sum_m P_{sm} u_m`; nodes tied to a rigid platen share one unknown;
supported components have none. The condensed tangent :math:`T^T A T` stays symmetric positive
where the bulk's is, has no saddle point, and keeps its size when the contact area changes.

References
----------
Wohlmuth (2000), 10.1137/S0036142999350929; Popp, Gee and Wall (2009), 10.1002/nme.2614.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem import backend  # noqa: F401  # isort: skip
from petsc4py import PETSc

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.interface import ContactInterface

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

_NO_DOFS: IntArray = np.empty(0, dtype=np.int64)

#: entries of a row below which it is short
SHORT = 40


class Supports:
    """Map from free unknowns to degrees of freedom: supports removed, platens tied.

    Parameters
    ----------
    size : int
        Number of degrees of freedom.
    fixed : (k,) int array
        Supported degrees of freedom.
    platens : sequence of int arrays
        Degrees of freedom that move together, one array per platen.
    followers : int array
        Degrees of freedom that move with the first platen and have a motion relative to it.
    """

    def __init__(
        self,
        size: int,
        fixed: IntArray,
        platens: Sequence[IntArray],
        followers: IntArray = _NO_DOFS,
    ) -> None:
        column = np.arange(size)
        column[fixed] = -1
        for platen in platens:
            column[platen] = platen[0]
        free = np.unique(column[column >= 0])
        number = np.full(size, -1)
        number[free] = np.arange(len(free))
        rows = np.flatnonzero(column >= 0)
        columns = number[column[rows]]
        self.matrix = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, len(free)))
        if len(followers):
            lead = np.full(len(followers), number[platens[0][0]])
            both = (np.ones(len(followers)), (followers, lead))
            self.matrix = (self.matrix + sp.csr_matrix(both, shape=(size, len(free)))).tocsr()
        #: unknown that holds each degree of freedom, -1 where supported
        self.unknown = np.full(size, -1)
        self.unknown[rows] = columns
        self.platens = [int(self.unknown[platen[0]]) for platen in platens]
        self.size = len(free)


def transformation(supports: Supports, interfaces: Sequence[ContactInterface]) -> sp.csr_matrix:
    """Build the transformation for the present pairing of all interfaces.

    Parameters
    ----------
    supports : Supports
    interfaces : sequence of ContactInterface

    Returns
    -------
    (dofs, unknowns) CSR matrix
    """
    size = supports.matrix.shape[0]
    diagonal = np.ones(size)
    rows: list[Any] = []
    cols: list[Any] = []
    vals: list[Any] = []
    for interface in interfaces:
        pairing = interface.pairing
        covered = pairing.covered
        dofs = interface.slave_dofs
        # normal motion sits in the vertical slot, tangential motion in the horizontal ones
        used = np.column_stack([interface.free & covered[:, None], covered])
        directions = np.concatenate([pairing.tangents, pairing.normals[:, None]], axis=1)
        for slot in range(dofs.shape[1]):
            diagonal[dofs[used[:, slot], slot]] = 0.0
            for component in range(dofs.shape[1]):
                both = used[:, slot] & used[:, component]
                rows.append(dofs[both, component])
                cols.append(dofs[both, slot])
                vals.append(directions[both, slot, component])
        coupling = pairing.projection.tocoo()
        for component in range(dofs.shape[1]):
            keep = used[coupling.row, component]
            rows.append(dofs[coupling.row[keep], component])
            cols.append(interface.master_dofs[coupling.col[keep], component])
            vals.append(coupling.data[keep])
    rows.append(np.flatnonzero(diagonal))
    cols.append(np.flatnonzero(diagonal))
    vals.append(np.ones(len(rows[-1])))
    contact = sp.csr_matrix(
        (np.concatenate(vals), (np.concatenate(rows), np.concatenate(cols))), shape=(size, size)
    )
    result = (contact @ supports.matrix).tocsr()
    result.sort_indices()
    return result


def factorisation(matrix: Any) -> Any:
    """Return a PETSc solver that factors a matrix, and later ones of its pattern, by MUMPS.

    Where rows are short, as in sections, more than half of the time would go into an ordering by
    nested dissection; minimum fill is found in a fifth of it and gives no larger factors.
    """
    solver = PETSc.KSP().create(matrix.getComm())
    solver.setType("preonly")
    solver.setOperators(matrix)
    pc = solver.getPC()
    pc.setType("lu")
    pc.setFactorSolverType("mumps")
    pc.setFactorSetUpSolverType()
    if matrix.getInfo()["nz_used"] < SHORT * matrix.getSize()[0]:
        pc.getFactorMatrix().setMumpsIcntl(7, 2)
    return solver


class CondensedSystem:
    """Condensed tangent and its direct solution, with the symbolic work kept while it can be.

    Notes
    -----
    The pattern of the condensed matrix changes only when a slave node passes a master node; as
    long as it does not, product and analysis are reused.
    """

    def __init__(self) -> None:
        self.transform: sp.csr_matrix
        self.solves = 0  #: factorisations
        self.substitutions = 0  #: forward and back substitutions
        self._petsc_transform: Any = None
        self._product: Any = None
        self._solver: Any = None

    def begin(self) -> None:
        """Begin an increment; solutions depend on nothing before."""

    def set_transform(self, transform: sp.csr_matrix) -> None:
        """Take a new transformation; keep the symbolic work if its pattern is the same."""
        same = (
            self._petsc_transform is not None
            and transform.shape == self.transform.shape
            and np.array_equal(transform.indptr, self.transform.indptr)
            and np.array_equal(transform.indices, self.transform.indices)
        )
        self.transform = transform
        index = transform.indptr.astype(np.int32), transform.indices.astype(np.int32)
        csr = (*index, transform.data)
        if same:
            self._petsc_transform.setValuesCSR(*csr)
            self._petsc_transform.assemble()
            return
        self.destroy()
        self._petsc_transform = PETSc.Mat().createAIJ(
            transform.shape, csr=csr, comm=PETSc.COMM_SELF
        )

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
            Not a number where the matrix is singular.
        """
        if self._product is None:
            self._product = matrix.ptap(self._petsc_transform)
            self._product.setOption(PETSc.Mat.Option.NEW_NONZERO_ALLOCATION_ERR, True)
        else:
            matrix.ptap(self._petsc_transform, result=self._product)
        self._product.setValuesCSR(
            extra.indptr.astype(np.int32), extra.indices.astype(np.int32), extra.data, addv=True
        )
        self._product.assemble()
        if self._solver is None:
            self._solver = factorisation(self._product)
        self._solver.setOperators(self._product)
        self.solves += 1
        return self.back(right)

    def back(self, right: Array) -> Array:
        """Solve once more with the present factors; not a number where they are singular."""
        b: Any = PETSc.Vec()  # its types know sequences of numbers, no arrays
        b.createWithArray(np.ascontiguousarray(right), comm=PETSc.COMM_SELF)
        x = b.duplicate()
        self._solver.solve(b, x)
        self.substitutions += 1
        result: Array = x.array.copy()
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
        shape = (self.transform.shape[1], len(unknowns))
        right = np.zeros(shape, order="F")
        right[list(unknowns), np.arange(len(unknowns))] = 1.0
        b: Any = PETSc.Mat()  # its types know sequences of numbers, no arrays
        b.createDense(shape, array=right, comm=PETSc.COMM_SELF)
        x: Any = PETSc.Mat().createDense(shape, comm=PETSc.COMM_SELF)
        x.setUp()
        self._solver.getPC().getFactorMatrix().matSolve(b, x)
        self.substitutions += len(unknowns)
        result: Array = x.getDenseArray().copy()
        b.destroy()
        x.destroy()
        return result

    def destroy(self) -> None:
        """Free the PETSc objects."""
        for thing in (self._solver, self._product, self._petsc_transform):
            if thing is not None:
                thing.destroy()
        self._solver = self._product = self._petsc_transform = None
