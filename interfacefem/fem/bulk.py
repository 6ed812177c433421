# SPDX-License-Identifier: MIT
"""Finite-strain bodies on one mesh: deformation, stress, residual, tangent and plastic state.

Bilinear quadrilaterals with selective reduced integration: the isochoric response at 2x2 points,
the volumetric one at the centre; laws whose two parts are coupled have both at 2x2 points. In
plane strain all is per unit depth. In axisymmetry the first coordinate is the radius, the gradient
is ``(u_r,r, u_r,z, u_z,r, u_z,z, u_r/r)`` and the weight ``2 pi r``: forces and energies are then
those of the whole ring. Material points are updated by the compiled laws of
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
from interfacefem.materials import state as carry
from interfacefem.materials import update
from interfacefem.materials.dispatch import law_table
from interfacefem.materials.value import ROOM

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Energies:
    """Energies of the accepted bodies, per unit depth [uN] or of the whole ring [pJ].

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

    def __init__(self, degree: int, domain: Any, space: Any, *, axisymmetric: bool) -> None:
        cell = domain.basix_cell()
        options = {"quadrature_degree": degree, "quadrature_scheme": "default"}
        language: Any = ufl  # its types are incomplete
        dx = language.Measure("dx", domain=domain, metadata=options)
        radius = language.SpatialCoordinate(domain)[0]
        weight: Any = 2.0 * np.pi * radius if axisymmetric else 1.0
        rule: Any = basix.make_quadrature(cell, degree)
        self.points: Array = rule[0]
        self.components = 5 if axisymmetric else 4

        def field(shape: tuple[int, ...]) -> Any:
            element = basix.ufl.quadrature_element(
                cell, value_shape=shape, scheme="default", degree=degree
            )
            return fem.Function(fem.functionspace(domain, element))

        self._gradient: Any = lambda u: language.as_vector(
            [u[0].dx(0), u[0].dx(1), u[1].dx(0), u[1].dx(1)]
            + ([u[0] / radius] if axisymmetric else [])
        )
        self.stress_field = field((self.components,))
        self.tangent_field = field((self.components, self.components))
        self.scalar_field = field(())
        du, v = language.TrialFunction(space), language.TestFunction(space)
        virtual = self._gradient(v) * weight
        increment = language.dot(self.tangent_field, self._gradient(du))
        self.residual = fem.form(language.inner(self.stress_field, virtual) * dx)
        self.jacobian = fem.form(language.inner(increment, virtual) * dx)
        self.total = fem.form(self.scalar_field * weight * dx)
        self.size = len(self.points)
        self.stress: Array = self.stress_field.x.array.reshape(-1, self.components)
        self.tangent: Array = self.tangent_field.x.array.reshape(-1, self.components**2)

    def gradient(self, u: Any) -> Any:
        """Gradient of a function at the points, as an expression."""
        return fem.Expression(self._gradient(u), self.points)


def _squared_norm(s: Array) -> Array:
    """Square of the norm of symmetric tensors stored as xx, yy, zz, xy."""
    total: Array = s[:, 0] ** 2 + s[:, 1] ** 2 + s[:, 2] ** 2 + 2.0 * s[:, 3] ** 2
    return total


def _determinant(f: Array) -> Array:
    """Return the determinant of deformation gradients of four or five components."""
    plane: Array = f[:, 0] * f[:, 3] - f[:, 1] * f[:, 2]
    return plane * f[:, 4] if f.shape[1] == 5 else plane


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
    axisymmetric : bool
        Whether the first coordinate is a radius; else plane strain.
    temperature : float
        [K].

    Attributes
    ----------
    node_dofs : (n, 2) int array
        Degrees of freedom of the caller's nodes.
    cp_inverse : (points, 4) array
        Accepted inverse plastic right Cauchy-Green tensor at the points of the full rule.
    state : (points, variables) array
        Accepted internal variables there; the first is the equivalent plastic strain.
    softening : (points,) array
        Elastic deviator after over before the update of the last :meth:`residual` without
        ``predict``, 1 where elastic. To predict, put back the values of the last converged
        increment first.
    rate_dependent : bool
        Whether a law responds to time.

    Notes
    -----
    Displacements are flat arrays in the numbering of the solver; :attr:`node_dofs` maps the
    caller's nodes to it.
    """

    def __init__(
        self,
        points: Array,
        cells: IntArray,
        cell_law: IntArray,
        laws: Sequence[Any],
        *,
        axisymmetric: bool = False,
        temperature: float = ROOM,
    ) -> None:
        grid = Grid(points, cells)
        self.domain = grid.domain
        self.space = fem.functionspace(self.domain, ("Lagrange", 1, (2,)))
        self.displacement = fem.Function(self.space)
        self.cell_index = grid.cell_index
        self.node_dofs = 2 * grid.node_to_dof(self.space)[:, None] + np.arange(2)
        self.size = 2 * len(points)
        self.axisymmetric = axisymmetric
        self.laws = law_table(laws, temperature)
        self.rate_dependent = bool(self.laws.rate_dependent.any())
        self._cells = np.arange(len(cells), dtype=np.int32)
        law_of_cell = np.asarray(cell_law, dtype=np.int64)[self.cell_index]
        self.full = _Rule(2, self.domain, self.space, axisymmetric=axisymmetric)
        self.reduced = _Rule(1, self.domain, self.space, axisymmetric=axisymmetric)
        self._direction = fem.Function(self.space)
        self._direction_gradient = self.full.gradient(self._direction)
        self._full_gradient = self.full.gradient(self.displacement)
        self._reduced_gradient = self.reduced.gradient(self.displacement)
        self._full_law = np.repeat(law_of_cell, self.full.size)
        self._reduced_law = np.repeat(law_of_cell, self.reduced.size)
        count = len(self._full_law)
        self.cp_inverse = np.tile([1.0, 1.0, 1.0, 0.0], (count, 1))
        self.state = self.laws.initial[self._full_law]
        self.dual = np.zeros((count, 4))
        self.softening = np.ones(count)
        self._trial_state = self.state.copy()
        self._invariants = np.tile([0.0, 1.0], (count, 1))
        self._dissipation = np.zeros(count)
        self._energy = np.zeros(count)
        self._kirchhoff = np.zeros((count, 4))
        self._pressure = np.zeros(len(self._reduced_law))
        self._f_full = np.zeros((count, self.full.components))
        self._f_reduced = np.zeros((len(self._reduced_law), self.full.components))
        self.matrix = fp.create_matrix(self.full.jacobian)

    @property
    def alpha(self) -> Array:
        """Accepted equivalent plastic strain at the points of the full rule."""
        return self.state[:, 0]

    def _gradients(self, displacement: Array) -> None:
        self.displacement.x.array[:] = displacement
        for gradient, f in (
            (self._full_gradient, self._f_full),
            (self._reduced_gradient, self._f_reduced),
        ):
            f[:] = gradient.eval(self.domain, self._cells).reshape(f.shape)
            f[:, [0, 3, 4][: f.shape[1] - 2]] += 1.0

    def residual(
        self,
        displacement: Array,
        *,
        duration: float = 0.0,
        tangent: bool = False,
        primal_dual: bool = True,
        predict: bool = False,
    ) -> Array | None:
        """Return the vector of internal forces at a trial displacement.

        Parameters
        ----------
        displacement : (dofs,) array
            Trial displacement [um].
        duration : float
            Time of the increment [s]; without influence on rate-independent laws.
        tangent : bool
            Whether the tangent at the points is evaluated as well (for :meth:`jacobian`).
        primal_dual : bool
            With the primal-dual tangent, else the consistent one.
        predict : bool
            With the softened elastic tangent that starts an increment, from :attr:`softening`.

        Returns
        -------
        (dofs,) array or None
            Internal forces per unit depth [MPa um], or of the ring [uN]; None when a cell is
            inverted or a law finds no solution.
        """
        if not np.all(np.isfinite(displacement)):
            return None
        self._gradients(displacement)
        laws = self.laws
        good = update.full_rule_response(
            self._f_full,
            self.cp_inverse,
            self.state,
            self.dual,
            self.softening,
            self._full_law,
            laws.kind,
            laws.coupled,
            laws.rows,
            duration,
            primal_dual,
            tangent,
            predict,
            self.full.stress,
            self.full.tangent,
            self._kirchhoff,
            self._trial_state,
            self._invariants,
            self._dissipation,
            self._energy,
        ) and update.reduced_rule_response(
            self._f_reduced,
            self._reduced_law,
            laws.coupled,
            laws.rows,
            tangent,
            self.reduced.stress,
            self.reduced.tangent,
            self._pressure,
        )
        if not good:
            return None
        # One form per rule: a sum of rules that share a coefficient assembles wrongly on quads.
        full = fem.assemble_vector(self.full.residual).array
        reduced = fem.assemble_vector(self.reduced.residual).array
        total: Array = full + reduced
        return total

    def jacobian(self) -> Any:
        """Assemble the tangent of the last :meth:`residual` call and return the PETSc matrix."""
        assemble: Any = fp.assemble_matrix  # typed without its overload that adds to a matrix
        self.matrix.zeroEntries()
        assemble(self.matrix, self.full.jacobian)
        assemble(self.matrix, self.reduced.jacobian)
        self.matrix.assemble()
        return self.matrix

    def reset_dual(self) -> None:
        """Start the dual field of a new increment; the first tangent is then a secant one."""
        self.dual[:] = 0.0

    def advance_dual(self, direction: Array) -> None:
        """Update the dual field along the full Newton direction, at the last residual's state."""
        self._direction.x.array[:] = direction
        change = self._direction_gradient.eval(self.domain, self._cells)
        carry.update_dual(
            self._f_full,
            np.ascontiguousarray(change).reshape(self._f_full.shape),
            self.cp_inverse,
            self._invariants,
            self.dual,
        )

    def accept(self) -> Energies:
        """Commit the state of the last :meth:`residual` call and return its energies."""
        carry.accepted_state(self._f_full, self._invariants, self.cp_inverse)
        self.state[:] = self._trial_state
        volumetric = self._pressure**2 / (2.0 * self.laws.rows[self._reduced_law, 1])
        elastic = self._integral(self.full, self._energy) + self._integral(self.reduced, volumetric)
        return Energies(elastic, self._integral(self.full, self._dissipation))

    @staticmethod
    def _integral(rule: _Rule, values: Array) -> float:
        rule.scalar_field.x.array[:] = values
        total: Any = fem.assemble_scalar(rule.total)  # typed for complex numbers as well
        return float(total)

    def min_jacobian(self) -> float:
        """Smallest determinant of the deformation gradient at the points of the last residual."""
        return float(np.min(_determinant(self._f_full)))

    def cell_fields(self) -> dict[str, Array]:
        """Return cell means of the stress measures and the plastic strain, in the caller's order.

        Returns
        -------
        dict
            ``stress`` (cells, 4) Cauchy stress xx, yy, zz, xy, in axisymmetry radial, axial, hoop
            and shear; ``mean_stress``,
            ``von_mises_stress``, ``max_principal_stress`` [MPa] and ``plastic_strain`` [-].
        """
        cells = len(self._cells)
        jac = _determinant(self._f_reduced)
        # with the mean stress only where the law is coupled; elsewhere that is at the centre
        kirchhoff = self._kirchhoff.reshape(cells, -1, 4).mean(axis=1)
        unit = np.array([1.0, 1.0, 1.0, 0.0])
        coupled = self.laws.coupled[self._reduced_law] * (kirchhoff @ unit) / 3.0
        mean = (self._pressure + coupled) / jac
        deviator = (kirchhoff - coupled[:, None] * unit) / jac[:, None]
        stress = deviator + mean[:, None] * unit
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
