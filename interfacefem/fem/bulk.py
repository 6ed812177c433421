# SPDX-License-Identifier: MIT
"""Finite-strain bodies on one mesh: deformation, stress, residual, tangent and plastic state.

Bilinear quadrilaterals with selective reduced integration: the isochoric response at 2x2 points,
the volumetric one at the centre. Material points are updated by the compiled laws of
:mod:`interfacefem.materials.update`; forms only integrate the stress and tangent they are given.
Contact, supports and the solution of the system do not live here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import basix
import basix.ufl
import dolfinx.fem.petsc as fp
import ufl
from dolfinx import fem

from interfacefem.fem.grid import Grid
from interfacefem.materials import update
from interfacefem.materials.flow import parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Energies:
    """Energies of the accepted bodies, per unit depth [uN].

    Attributes
    ----------
    elastic : float
        Stored elastic energy.
    plastic : float
        Plastic work of the last accepted increment.
    """

    elastic: float
    plastic: float


class _Rule:
    """Arrays and forms of one quadrature rule."""

    def __init__(self, degree: int, domain: Any, space: Any, displacement: Any) -> None:
        cell = domain.basix_cell()
        options = {"quadrature_degree": degree, "quadrature_scheme": "default"}
        language: Any = ufl  # its types are incomplete
        dx = language.Measure("dx", domain=domain, metadata=options)
        rule: Any = basix.make_quadrature(cell, degree)
        self.points: Array = rule[0]

        def field(shape: tuple[int, ...]) -> Any:
            element = basix.ufl.quadrature_element(
                cell, value_shape=shape, scheme="default", degree=degree
            )
            return fem.Function(fem.functionspace(domain, element))

        self.stress_field = field((2, 2))
        self.tangent_field = field((2, 2, 2, 2))
        self.scalar_field = field(())
        du, v = language.TrialFunction(space), language.TestFunction(space)
        i, j, k, m = language.indices(4)
        increment = language.as_tensor(
            self.tangent_field[i, j, k, m] * language.grad(du)[k, m], (i, j)
        )
        self.residual = fem.form(language.inner(self.stress_field, language.grad(v)) * dx)
        self.jacobian = fem.form(language.inner(increment, language.grad(v)) * dx)
        self.total = fem.form(self.scalar_field * dx)
        self.gradient = fem.Expression(language.grad(displacement), self.points)
        self.size = len(self.points)
        self.stress: Array = self.stress_field.x.array.reshape(-1, 4)
        self.tangent: Array = self.tangent_field.x.array.reshape(-1, 16)


def _squared_norm(s: Array) -> Array:
    """Square of the norm of symmetric tensors stored as xx, yy, zz, xy."""
    total: Array = s[:, 0] ** 2 + s[:, 1] ** 2 + s[:, 2] ** 2 + 2.0 * s[:, 3] ** 2
    return total


class Bulk:
    """Bodies of one mesh with their laws and plastic state.

    Parameters
    ----------
    points : (n, 2) array
        Node positions [um].
    cells : (m, 4) int array
        Counter-clockwise quadrilaterals.
    cell_law : (m,) int array
        Index into ``laws`` for each cell.
    laws : sequence
        Material laws.

    Attributes
    ----------
    node_dofs : (n, 2) int array
        Degrees of freedom of the caller's nodes.
    cp_inverse, alpha : (points, 4) and (points,) array
        Accepted plastic state at the points of the full rule.
    softening : (points,) array
        Flow stress over trial stress of the last :meth:`residual` without ``predict``, 1 where
        elastic. To predict, put back the values of the last converged increment first.

    Notes
    -----
    Displacements are flat arrays in the numbering of the solver; :attr:`node_dofs` maps the
    caller's nodes to it.
    """

    def __init__(
        self, points: Array, cells: IntArray, cell_law: IntArray, laws: Sequence[Any]
    ) -> None:
        grid = Grid(points, cells)
        self.domain = grid.domain
        self.space = fem.functionspace(self.domain, ("Lagrange", 1, (2,)))
        self.displacement = fem.Function(self.space)
        self.cell_index = grid.cell_index
        self.node_dofs = 2 * grid.node_to_dof(self.space)[:, None] + np.arange(2)
        self.size = 2 * len(points)
        self.table = np.array([parameters(law) for law in laws])
        self._cells = np.arange(len(cells), dtype=np.int32)
        law_of_cell = np.asarray(cell_law, dtype=np.int64)[self.cell_index]
        self.iso = _Rule(2, self.domain, self.space, self.displacement)
        self.vol = _Rule(1, self.domain, self.space, self.displacement)
        self._direction = fem.Function(self.space)
        language: Any = ufl  # its types are incomplete
        self._direction_gradient = fem.Expression(language.grad(self._direction), self.iso.points)
        self._iso_law = np.repeat(law_of_cell, self.iso.size)
        self._vol_law = np.repeat(law_of_cell, self.vol.size)
        count = len(self._iso_law)
        self.cp_inverse = np.tile([1.0, 1.0, 1.0, 0.0], (count, 1))
        self.alpha = np.zeros(count)
        self.dual = np.zeros((count, 4))
        self.softening = np.ones(count)
        self._alpha_trial = np.zeros(count)
        self._plastic_work = np.zeros(count)
        self._kirchhoff = np.zeros((count, 4))
        self._pressure = np.zeros(len(self._vol_law))
        self._f_iso = np.zeros((count, 4))
        self._f_vol = np.zeros((len(self._vol_law), 4))
        self.matrix = fp.create_matrix(self.iso.jacobian)

    def _gradients(self, displacement: Array) -> None:
        self.displacement.x.array[:] = displacement
        identity = np.array([1.0, 0.0, 0.0, 1.0])
        self._f_iso[:] = self.iso.gradient.eval(self.domain, self._cells).reshape(-1, 4) + identity
        self._f_vol[:] = self.vol.gradient.eval(self.domain, self._cells).reshape(-1, 4) + identity

    def residual(
        self,
        displacement: Array,
        *,
        tangent: bool = False,
        primal_dual: bool = True,
        predict: bool = False,
    ) -> Array | None:
        """Return the vector of internal forces at a trial displacement.

        Parameters
        ----------
        displacement : (dofs,) array
            Trial displacement [um].
        tangent : bool
            Whether the tangent at the points is evaluated as well (for :meth:`jacobian`).
        primal_dual : bool
            With the primal-dual tangent, else the consistent one.
        predict : bool
            With the softened elastic tangent that starts an increment, from :attr:`softening`.

        Returns
        -------
        (dofs,) array or None
            Internal forces per unit depth [MPa um]; None when a cell is inverted.
        """
        if not np.all(np.isfinite(displacement)):
            return None
        self._gradients(displacement)
        good = update.isochoric_response(
            self._f_iso,
            self.cp_inverse,
            self.alpha,
            self.dual,
            self.softening,
            self._iso_law,
            self.table,
            primal_dual,
            tangent,
            predict,
            self.iso.stress,
            self.iso.tangent,
            self._kirchhoff,
            self._alpha_trial,
            self._plastic_work,
        ) and update.volumetric_response(
            self._f_vol,
            self._vol_law,
            self.table,
            tangent,
            self.vol.stress,
            self.vol.tangent,
            self._pressure,
        )
        if not good:
            return None
        # One form per rule: a sum of rules that share a coefficient assembles wrongly on quads.
        isochoric = fem.assemble_vector(self.iso.residual).array
        volumetric = fem.assemble_vector(self.vol.residual).array
        total: Array = isochoric + volumetric
        return total

    def jacobian(self) -> Any:
        """Assemble the tangent of the last :meth:`residual` call and return the PETSc matrix."""
        assemble: Any = fp.assemble_matrix  # typed without its overload that adds to a matrix
        self.matrix.zeroEntries()
        assemble(self.matrix, self.iso.jacobian)
        assemble(self.matrix, self.vol.jacobian)
        self.matrix.assemble()
        return self.matrix

    def reset_dual(self) -> None:
        """Start the dual field of a new increment; the first tangent is then a secant one."""
        self.dual[:] = 0.0

    def advance_dual(self, direction: Array) -> None:
        """Update the dual field along the full Newton direction, at the last residual's state."""
        self._direction.x.array[:] = direction
        change = self._direction_gradient.eval(self.domain, self._cells).reshape(-1, 4)
        update.update_dual(
            self._f_iso,
            np.ascontiguousarray(change),
            self.cp_inverse,
            self.alpha,
            self._iso_law,
            self.table,
            self.dual,
        )

    def accept(self) -> Energies:
        """Commit the state of the last :meth:`residual` call and return its energies."""
        update.accepted_state(
            self._f_iso, self._kirchhoff, self.cp_inverse, self._iso_law, self.table
        )
        self.alpha[:] = self._alpha_trial
        shear = self.table[self._iso_law, 0]
        isochoric = _squared_norm(self._kirchhoff) / (4.0 * shear)
        volumetric = self._pressure**2 / (2.0 * self.table[self._vol_law, 1])
        elastic = self._integral(self.iso, isochoric) + self._integral(self.vol, volumetric)
        return Energies(elastic, self._integral(self.iso, self._plastic_work))

    @staticmethod
    def _integral(rule: _Rule, values: Array) -> float:
        rule.scalar_field.x.array[:] = values
        total: Any = fem.assemble_scalar(rule.total)  # typed for complex numbers as well
        return float(total)

    def min_jacobian(self) -> float:
        """Smallest determinant of the deformation gradient at the points of the last residual."""
        f = self._f_iso
        return float(np.min(f[:, 0] * f[:, 3] - f[:, 1] * f[:, 2]))

    def cell_fields(self) -> dict[str, Array]:
        """Return cell means of the stress measures and the plastic strain, in the caller's order.

        Returns
        -------
        dict
            ``stress`` (cells, 4) Cauchy stress xx, yy, zz, xy; ``mean_stress``,
            ``von_mises_stress``, ``max_principal_stress`` [MPa] and ``plastic_strain`` [-].
        """
        cells = len(self._cells)
        f = self._f_vol
        jac = f[:, 0] * f[:, 3] - f[:, 1] * f[:, 2]
        deviator = self._kirchhoff.reshape(cells, -1, 4).mean(axis=1) / jac[:, None]
        mean = self._pressure / jac
        stress = deviator + mean[:, None] * np.array([1.0, 1.0, 1.0, 0.0])
        norm2 = _squared_norm(deviator)
        centre = 0.5 * (stress[:, 0] + stress[:, 1])
        radius = np.hypot(0.5 * (stress[:, 0] - stress[:, 1]), stress[:, 3])
        fields = {
            "stress": stress,
            "mean_stress": mean,
            "von_mises_stress": np.sqrt(1.5 * norm2),
            "max_principal_stress": np.maximum(centre + radius, stress[:, 2]),
            "plastic_strain": self.alpha.reshape(cells, -1).mean(axis=1),
        }
        order = np.argsort(self.cell_index)
        return {name: values[order] for name, values in fields.items()}
