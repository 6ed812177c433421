# SPDX-License-Identifier: MIT
"""Finite-strain bodies on one mesh: deformation, stress, residual, tangent and plastic state.

Bilinear quadrilaterals or trilinear hexahedra with selective reduced integration: the isochoric
response at two points per direction, the volumetric one at the centre of a quadrilateral in plane
strain and from the mean dilatation of a hexahedron or an axisymmetric cell; laws whose two parts
are coupled have both at the full rule. In plane strain all is per unit depth. In axisymmetry the
first coordinate is the radius, the gradient is ``(u_r,r, u_r,z, u_z,r, u_z,z, u_r/r)`` and the
weight ``2 pi r``: forces and energies are then those of the whole body of revolution. Material
points are updated by the compiled loops of :mod:`interfacefem.fem.bulk.kinematics`; forms only
integrate the stress and tangent they are given (:mod:`interfacefem.fem.bulk.quadrature`,
:mod:`interfacefem.fem.bulk.dilatation`). Several ranks share the cells: each evaluates and
assembles its own, residuals are summed, and what is accepted is made whole on all of them
(:mod:`interfacefem.fem.division`). Contact, supports and the solution of the system do not live
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import dolfinx.fem.petsc as fp
from dolfinx import fem

from interfacefem.fem import ranks
from interfacefem.fem.bulk.cell_means import stress_fields
from interfacefem.fem.bulk.dilatation import Dilatation
from interfacefem.fem.bulk.flow import Energies, Flow, lag
from interfacefem.fem.bulk.kinematics import AXISYMMETRIC, PLANE, THREE_D, Grid
from interfacefem.fem.bulk.quadrature import Quadrature, ReducedQuadrature, tangent_form
from interfacefem.fem.bulk.warmth import Warmth
from interfacefem.fem.division import Division
from interfacefem.fem.increment import timed
from interfacefem.fem.newton import MixedField
from interfacefem.units import ROOM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


__all__ = ["Bulk", "Energies"]


class Bulk:
    """Bodies of one mesh with their laws and plastic state.

    Parameters
    ----------
    points : (n, 2) or (n, 3) array
        Node positions [um].
    cells : (m, 4) or (m, 8) int array
        As in :class:`interfacefem.fem.bulk.kinematics.Grid`.
    cell_law : (m,) int array
        Index into ``laws`` for each cell.
    laws : sequence
        Material laws.
    axisymmetric : bool
        Whether the first coordinate of two is a radius; else plane strain.
    temperature : float
        At the beginning [K].
    expansions : sequence of float, optional
        Coefficients of linear thermal expansion by law [1/K]; zero if not given.

    Attributes
    ----------
    node_dofs : (n, dimension) int array
        Degrees of freedom of the caller's nodes: places in the flat arrays of displacements.
    division : Division
        Which cells and rows are those of this rank.
    cp_inverse : (points, 4 or 6) array
        Accepted inverse plastic right Cauchy-Green tensor at the points of the full rule.
    state : (points, variables) array
        Accepted internal variables there; the first is the equivalent plastic strain.
    deviator_ratio : (points,) array
        Elastic deviator after over before the update of the last :meth:`residual` without
        ``predict``, 1 where elastic. To predict, put back the values of the last converged
        increment first.
    mean_stress : MixedField
        Mean stress of the cells while an increment is solved; the tangent has that of the law
        before the first :meth:`start`.
    warmth : Warmth
        Temperature, and what depends on it.
    rate_dependent : (points,) bool array
        Whether the law there responds to time.
    plastic_rate : (points,) array
        Of the equivalent plastic strain in the last increment in time, for who steps in time [1/s].
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
        expansions: Sequence[float] | None = None,
    ) -> None:
        grid = Grid(points, cells)
        dimension = grid.dimension
        self.kinematics = THREE_D if dimension == 3 else AXISYMMETRIC if axisymmetric else PLANE
        self.domain = grid.domain
        self.space = fem.functionspace(self.domain, ("Lagrange", 1, (dimension,)))
        self.displacement = fem.Function(self.space)
        self.cell_index = grid.cell_index
        self.node_dofs = dimension * grid.node_to_dof(self.space)[:, None] + np.arange(dimension)
        self.size = dimension * len(points)
        self.warmth = Warmth(laws, temperature, expansions)
        self.laws = self.warmth.table
        blocks = np.asarray(self.space.dofmap.list, dtype=np.int64)
        self.division = Division(ranks.current(), blocks, dimension)
        own = self.division.own
        self._cells = np.arange(own.start, own.stop, dtype=np.int32)
        law_of_cell = np.asarray(cell_law, dtype=np.int64)[self.cell_index]
        self.full = Quadrature(2, self.domain, self.space, self.kinematics, self._cells)
        self._own = self.division.points(self.full.size)
        rules, more = [self.full], []
        self._direction = fem.Function(self.space)
        given = self.displacement, self._direction
        self.mean: Dilatation | ReducedQuadrature
        if self.kinematics.reduced_quadrature is None:
            moduli = self.laws.mean_moduli[law_of_cell]
            self.mean = Dilatation(self.space, *given, moduli, self._cells)
            more = [self.mean.jacobian]
        else:
            self.mean = ReducedQuadrature(
                *given, self.kinematics, self.laws, law_of_cell, self._cells
            )
            rules.append(self.mean)
        # the kernel is kept because the form has its address
        form, self._kernel = tangent_form(self.space, rules, self._cells)
        self._tangents = [form, *more]
        self._direction_gradient = self.full.gradient(self._direction)
        self._full_gradient = self.full.gradient(self.displacement)
        self._full_law = np.repeat(law_of_cell, self.full.size)
        self._law_of_cell = law_of_cell
        self.warmth.join(self.mean, self.full, law_of_cell, self._full_law)
        count = len(self._full_law)
        tensor = self.kinematics.tensor
        self.cp_inverse = np.tile(self.kinematics.unit, (count, 1))
        self.state = self.laws.initial[self._full_law]
        self._flow = Flow(self.kinematics, self.cp_inverse, self.state)
        self.dual = np.zeros((count, tensor))
        self.deviator_ratio = np.ones(count)
        self.mean_stress = MixedField()
        self.rate_dependent = self.laws.rate_dependent[self._full_law]
        self.plastic_rate = np.zeros(count)
        self._trial_state = self.state.copy()
        self._invariants = np.tile([0.0, 1.0], (count, 1))
        self._dissipation = np.zeros(count)
        self._energy = np.zeros(count)
        self._kirchhoff = np.zeros((count, tensor))
        self._f_full = np.zeros((count, self.full.components))
        self.matrix = fp.create_matrix(self._tangents[0])

    @property
    def alpha(self) -> Array:
        """Accepted equivalent plastic strain at the points of the full rule."""
        return self.state[:, 0]

    @property
    def trial_state(self) -> Array:
        """Internal variables of the last :meth:`residual`; all ranks must ask together."""
        self.division.make_whole(self._trial_state)
        return self._trial_state

    @timed("assembly")
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
            With the softened elastic tangent that starts an increment, from :attr:`deviator_ratio`.

        Returns
        -------
        (dofs,) array or None
            Internal forces per unit depth [MPa um], or of the body of revolution [uN]; None when a
            cell is inverted or a law finds no solution.
        """
        self.division.ranks.same(displacement)
        if not np.all(np.isfinite(displacement)):
            return None
        self.displacement.x.array[:] = displacement
        own = self._own
        self.full.evaluate(self._full_gradient, self._f_full[own])
        laws = self.laws
        good = self.kinematics.full_quadrature(
            self._f_full[own],
            self._given,
            self._flow.state_start[own],
            self.dual[own],
            self.deviator_ratio[own],
            self._full_law[own],
            laws.address,
            laws.coupled,
            laws.rows,
            duration,
            primal_dual,
            tangent,
            predict,
            self.full.stress[own],
            self.full.tangent[own],
            self._kirchhoff[own],
            self._trial_state[own],
            self._invariants[own],
            self._dissipation[own],
            self._energy[own],
        ) and self.mean.respond(self.mean_stress.values, tangent=tangent)
        if not self.division.ranks.all_good(good):
            return None
        # One form per rule: a sum of rules that share a coefficient assembles wrongly on quads.
        full = fem.assemble_vector(self.full.residual).array
        mean = fem.assemble_vector(self.mean.residual).array
        return self.division.ranks.sum(full + mean)

    @timed("assembly")
    def jacobian(self) -> Any:
        """Assemble the tangent of the last :meth:`residual` call and return the PETSc matrix.

        On several ranks it is distributed, in the numbering of rows of :attr:`division`.
        """
        assemble: Any = fp.assemble_matrix  # typed without its overload that adds to a matrix
        self.matrix.zeroEntries()
        for form in self._tangents:
            assemble(self.matrix, form)
        self.matrix.assemble()
        single = self.division.ranks.size == 1
        return self.matrix if single else self.division.assembled(self.matrix)

    def start(self, displacement: Array, ratio: float = 0.0) -> None:
        """Start an increment from the accepted displacement [um].

        With its ratio to the last one where the flow of that goes on, else zero.
        """
        self.reset_dual()
        self._flow.begin(self.cp_inverse, self.state, ratio)
        self.displacement.x.array[:] = displacement
        self.mean.respond(tangent=False)
        self.mean_stress.start(self.mean.pressure)

    def note_stress(self, displacement: Array) -> None:
        """Note the stress that an increment which heats begins with, for its work."""
        self.residual(displacement)
        self.warmth.note(self._kirchhoff)

    @property
    def _given(self) -> Array:
        """Inverse plastic tensors that points of this rank begin with, and thermal strain."""
        return self.warmth.added(self._flow.cp_start, self._own)

    def reset_dual(self) -> None:
        """Start the dual field anew; the next tangent is then a secant one."""
        self.dual[:] = 0.0

    @timed("assembly")
    def advance(self, direction: Array) -> None:
        """Follow the full Newton direction with the dual field and, so far, the mean stress.

        At the state of the last :meth:`residual`. What of the direction is taken is said to
        :attr:`mean_stress`.
        """
        change, own = self._gradient_of(direction), self._own
        self.kinematics.update_dual(
            self._f_full[own],
            change,
            self._given,
            self._invariants[own],
            self.dual[own],
        )
        self.mean.turn()
        self.mean_stress.aim(self.mean.pressure + self.mean.modulus * self.mean.rates())

    @timed("assembly")
    def mixed_work(self, length: float) -> float:
        """Work along the last direction that a line search leaves out, at the last residual."""
        excess = self.mean_stress.excess(self.mean.pressure, length)
        return self.division.ranks.total(self.mean.integral(excess * self.mean.rates()))

    def lag(self, motion: Array, ending: Array) -> float:
        """Return the power that stress of an increment lacks at its end, in units of Energies.

        Of the motion in the last :meth:`residual` and that with which flow goes on, (dofs,) [um];
        see :func:`interfacefem.fem.bulk.flow.lag`.
        """
        own, values = self._own, np.zeros(len(self.state))
        grown = self._trial_state[own, 0] - self.state[own, 0]
        moved = [self._gradient_of(direction) for direction in (motion, ending)]
        values[own] = lag(self.kinematics, self._f_full[own], self._kirchhoff[own], grown, *moved)
        return self.division.ranks.total(self.full.integral(values))

    def _gradient_of(self, direction: Array) -> Array:
        """Return the gradient of a motion at the points of this rank, in memory of its own."""
        self._direction.x.array[:] = direction
        found = self._direction_gradient.eval(self.domain, self._cells)
        return np.array(found).reshape(-1, self.full.components)

    def accept(self, duration: float = 0.0) -> Energies:
        """Commit the state of the last :meth:`residual` call and return its energies.

        Parameters
        ----------
        duration : float
            Of the increment [s]; positive where it takes time.
        """
        own, before = self._own, (self.cp_inverse.copy(), self.state.copy())
        begun = self._given
        ended = begun.copy()
        given = self._f_full[own], self._invariants[own]
        self.kinematics.accepted_state(*given, ended)
        flowed = (ended != begun).any(axis=1)  # the others keep theirs to the bit
        self.cp_inverse[own] = self._flow.cp_start[own]
        self.cp_inverse[own][flowed] = self.warmth.removed(ended, own)[flowed]
        self.state[own] = self._trial_state[own]
        parts = self.cp_inverse, self.state, self.deviator_ratio, self._f_full, self._kirchhoff
        for values in (*parts, self._dissipation, *self.mean.fields):
            self.division.make_whole(values)
        if duration > 0.0:
            self.plastic_rate[:] = (self.alpha - before[1][:, 0]) / duration
        now, end = (self.cp_inverse, self.state), (self._f_full, self._kirchhoff)
        by_law = self._dissipation, self.rate_dependent
        work = self._flow.accept(before, now, *end, *by_law)
        plastic = self.division.ranks.total(self.full.integral(work))
        heat = self.division.ranks.total(self.warmth.accept(self._kirchhoff))
        return Energies(self.elastic_energy(), plastic, heat)

    def stored(self) -> dict[str, Array]:
        """Return the accepted state of the points, by cells in the order of the mesh."""
        cells = len(self.cell_index)
        order = np.argsort(self.cell_index)
        return {name: a.reshape(cells, -1)[order] for name, a in self._accepted.items()}

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the arrays of :meth:`stored`."""
        for name, values in self._accepted.items():
            values[:] = arrays[name][self.cell_index].reshape(values.shape)
        self._flow.begin(self.cp_inverse, self.state, 0.0)

    @property
    def _accepted(self) -> dict[str, Array]:
        return {
            "cp_inverse": self.cp_inverse,
            "state": self.state,
            "deviator_ratio": self.deviator_ratio,
            "plastic_rate": self.plastic_rate,
            **self._flow.changes,
        }

    def elastic_energy(self) -> float:
        """Return the elastic energy of the last :meth:`residual` call, in the units of Energies."""
        own = float(self.full.integral(self._energy) + self.mean.energy())
        return self.division.ranks.total(own)

    def min_jacobian(self) -> float:
        """Smallest determinant of the accepted deformation gradient at the points."""
        return float(np.min(self.kinematics.determinant(self._f_full)))

    def cell_fields(self) -> dict[str, Array]:
        """Return accepted cell means of stress measures and plastic strain, in the caller's order.

        Returns
        -------
        dict
            ``stress`` Cauchy stress, (cells, 4) xx, yy, zz, xy, in axisymmetry radial, axial, hoop
            and shear, in 3D (cells, 6) xx, yy, zz, xy, xz, yz; ``mean_stress``,
            ``von_mises_stress``, ``max_principal_stress`` [MPa] and ``plastic_strain`` [-].
        """
        coupled = self.laws.coupled[self._law_of_cell]
        volume = self.mean.determinant * np.exp(self.warmth.depth)
        given = self._kirchhoff, self.mean.pressure, volume, coupled
        plastic = self.alpha.reshape(len(self.cell_index), -1).mean(axis=1)
        fields = stress_fields(self.kinematics, *given) | {"plastic_strain": plastic}
        order = np.argsort(self.cell_index)
        return {name: values[order] for name, values in fields.items()}
