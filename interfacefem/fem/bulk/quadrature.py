# SPDX-License-Identifier: MIT
"""Quadrature rules of bodies: fields of stress and tangent at the points, and their forms.

Which components there are is said by :mod:`interfacefem.fem.bulk.kinematics`; which rule has what,
and the state of the points, is in :mod:`interfacefem.fem.bulk.bodies`. The volumetric part of
hexahedra and rings is in :mod:`interfacefem.fem.bulk.dilatation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import basix
import basix.ufl
import ufl
from dolfinx import fem

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.bulk.kinematics import Kinematics
    from interfacefem.materials.points import LawTable

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


class Quadrature:
    """Arrays and forms of one quadrature rule.

    Parameters
    ----------
    degree : int
        Degree of polynomials along each direction that is integrated exactly.
    domain : dolfinx.mesh.Mesh
    space : dolfinx.fem.FunctionSpace
        Displacements.
    kinematics : Kinematics
    cells : int32 array
        Those that are evaluated and integrated here.

    Attributes
    ----------
    residual : dolfinx.fem.Form
        Of the stress in the array.
    points, weights : (size, dimension) and (size,) array
        Of the reference cell.
    stress, tangent : (points, m) and (points, m * m) array
    size : int
        Points of a cell.
    """

    def __init__(
        self, degree: int, domain: Any, space: Any, kinematics: Kinematics, cells: Any
    ) -> None:
        cell = domain.basix_cell()
        options = {"quadrature_degree": degree, "quadrature_scheme": "default"}
        language: Any = ufl  # its types are incomplete
        own = [(1, cells)]
        dx = language.Measure("dx", domain=domain, metadata=options, subdomain_data=own)(1)
        radius = language.SpatialCoordinate(domain)[0]
        weight: Any = 2.0 * np.pi * radius if kinematics.axisymmetric else 1.0
        rule: Any = basix.make_quadrature(cell, degree)
        self.points: Array = rule[0]
        self.weights: Array = rule[1]
        self.components = kinematics.components
        self.axisymmetric = kinematics.axisymmetric

        def field(shape: tuple[int, ...]) -> Any:
            element = basix.ufl.quadrature_element(
                cell, value_shape=shape, scheme="default", degree=degree
            )
            return fem.Function(fem.functionspace(domain, element))

        self._gradient: Any = lambda u: language.as_vector(kinematics.gradient(u, radius))
        self.stress_field = field((self.components,))
        self.tangent_field = field((self.components, self.components))
        self.scalar_field = field(())
        virtual = self._gradient(language.TestFunction(space)) * weight
        self.residual = fem.form(language.inner(self.stress_field, virtual) * dx)
        self.total = fem.form(self.scalar_field * weight * dx)
        self.size = len(self.points)
        self._domain, self._diagonal = domain, list(kinematics.diagonal)
        self._cells = cells
        self.stress: Array = self.stress_field.x.array.reshape(-1, self.components)
        self.tangent: Array = self.tangent_field.x.array.reshape(-1, self.components**2)

    def gradient(self, u: Any) -> Any:
        """Gradient of a function at the points, as an expression."""
        return fem.Expression(self._gradient(u), self.points)

    def evaluate(self, gradient: Any, values: Array) -> None:
        """Write deformation gradients at the points from an expression of :meth:`gradient`."""
        values[:] = gradient.eval(self._domain, self._cells).reshape(values.shape)
        values[:, self._diagonal] += 1.0

    def integral(self, values: Array) -> float:
        """Return the integral of a scalar given at the points, over the cells of this rank."""
        self.scalar_field.x.array[:] = values
        total: Any = fem.assemble_scalar(self.total)  # typed for complex numbers as well
        return float(total)


class ReducedQuadrature(Quadrature):
    """Mean stress of quadrilaterals in plane strain at their centres, but not of coupled laws.

    Parameters
    ----------
    displacement, direction : dolfinx.fem.Function
        Their present values are read.
    kinematics : Kinematics
    laws : LawTable
    law_of_cell : (cells,) int array
        In the order of the domain.
    cells : int32 array
        Those that are evaluated and integrated here, contiguous.

    Attributes
    ----------
    modulus : (cells,) array
        Bulk modulus; zero where a coupled law has the volumetric part [MPa].
    pressure : (cells,) array
        Mean Kirchhoff stress of the last :meth:`respond`, tension positive [MPa].
    """

    def __init__(
        self,
        displacement: Any,
        direction: Any,
        kinematics: Kinematics,
        laws: LawTable,
        law_of_cell: IntArray,
        cells: Any,
    ) -> None:
        space = displacement.function_space
        super().__init__(1, space.mesh, space, kinematics, cells)
        self._own = slice(int(cells[0]), int(cells[-1]) + 1)
        if kinematics.reduced_quadrature is None:
            raise ValueError(f"no reduced rule in {kinematics.dimension} dimensions")
        self._loop = kinematics.reduced_quadrature
        self._kinematics, self._laws, self._law = kinematics, laws, law_of_cell
        self._expression = self.gradient(displacement)
        self._along = self.gradient(direction)
        self.modulus = np.where(laws.coupled, 0.0, laws.rows[:, 1])[law_of_cell]
        self.pressure = np.zeros(len(law_of_cell))
        self._f = np.zeros((len(law_of_cell), self.components))
        self._change = np.zeros((len(cells), self.components))

    @property
    def fields(self) -> tuple[Array, ...]:
        """What :meth:`respond` writes and is asked for by cell."""
        return self._f, self.pressure

    @property
    def determinant(self) -> Array:
        """Determinant of the deformation gradient of the last :meth:`respond`."""
        return self._kinematics.determinant(self._f)

    def respond(self, followed: Array | None = None, *, tangent: bool) -> bool:
        """Evaluate stress and, if wanted, tangent; False if a cell is inverted.

        Parameters
        ----------
        followed : (cells,) array or None
            Mean stress that turns with the deformation in the tangent, if not that of the law.
        tangent : bool
        """
        own = self._own
        self.evaluate(self._expression, self._f[own])
        return self._loop(
            self._f[own],
            self._law[own],
            self._laws.coupled,
            self._laws.rows,
            np.zeros(0) if followed is None else followed[own],
            tangent,
            self.stress[own],
            self.tangent[own],
            self.pressure[own],
        )

    def turn(self) -> None:
        """Take note of the direction."""
        self._change[:] = self._along.eval(self._domain, self._cells).reshape(self._change.shape)

    def rates(self) -> Array:
        """Change of ``ln J`` of each cell along the direction, at the last :meth:`respond`."""
        rates = np.zeros(len(self.pressure))
        f = self._f[self._own]
        turned = f[:, [3, 2, 1, 0]] * np.array([1.0, -1.0, -1.0, 1.0])
        rates[self._own] = np.einsum("nk,nk->n", turned, self._change) / self.determinant[self._own]
        return rates

    def energy(self) -> float:
        """Return the stored volumetric energy of the last :meth:`respond` in these cells."""
        return self.integral(self.pressure**2 / (2.0 * self._laws.rows[self._law, 1]))
