# SPDX-License-Identifier: MIT
"""Quadrature rules of bodies: fields of stress and tangent at the points, and their forms.

A form of a tangent of all components at every point makes DOLFINx multiply zeros; the kernel here
forms the gradients of the cell and multiplies what there is, in a third of the time on hexahedra,
and adds up all rules of a cell before anything is put into the matrix.

Which components there are is said by :mod:`interfacefem.fem.bulk.kinematics`; which rule has what,
and the state of the points, is in :mod:`interfacefem.fem.bulk.bodies`. The volumetric part of
hexahedra and axisymmetric cells is in :mod:`interfacefem.fem.bulk.dilatation`.
"""

from __future__ import annotations

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import math
from typing import TYPE_CHECKING, Any

import basix
import basix.ufl
import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import IntegralType
from ffcx.codegeneration.utils import numba_ufcx_kernel_signature

from interfacefem.compiled import carray, cfunc, njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.bulk.kinematics import Kinematics
    from interfacefem.materials.points import LawTable

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


def kernel_form(kernel: Any, spaces: Sequence[Any], coefficients: Sequence[Any], cells: Any) -> Any:
    """Return a form of one integral over cells with a compiled kernel.

    Parameters
    ----------
    kernel : numba cfunc
        Must be kept as long as the form, which holds its address.
    spaces : sequence of dolfinx.fem.FunctionSpace
        Of test and, in a matrix, trial functions.
    coefficients : sequence of dolfinx.fem.Function
        Packed one after the other for the kernel.
    cells : int32 array
    """
    kind: Any = fem.form_cpp_class(np.float64)
    active = np.arange(len(coefficients), dtype=np.int8)
    return fem.Form(
        kind(
            [space._cpp_object for space in spaces],
            {IntegralType.cell: [(0, kernel.address, cells, active)]},
            [coefficient._cpp_object for coefficient in coefficients],
            [],
            False,
            [],
            spaces[0].mesh._cpp_object,
        )
    )


def tangent_form(space: Any, rules: Sequence[Quadrature], cells: Any) -> tuple[Any, Any]:
    """Return the form of the tangents at the points of one rule or two, and its kernel.

    Parameters
    ----------
    space : dolfinx.fem.FunctionSpace
        Displacements, linear along each edge.
    rules : sequence of Quadrature
    cells : int32 array

    Returns
    -------
    form : dolfinx.fem.Form
    kernel : numba cfunc
        To be kept as long as the form.
    """
    first, *others = rules
    tables = [_tables(space, rule) for rule in rules]
    radial = first.axisymmetric
    components = first.components
    nodes, dimension = tables[0][1].shape[1:]
    count = nodes * dimension
    end = len(first.points) * components**2
    total = sum(len(rule.points) for rule in rules) * components**2
    values, slopes, weights = tables[0]
    more = tables[1] if others else tables[0]
    more_values, more_slopes, more_weights = more
    both = bool(others)

    def matrix(out: Any, w: Any, c: Any, x: Any, entity: Any, turn: Any, data: Any) -> None:
        stiffness = carray(out, (count, count))
        given = carray(w, (total,))
        place = carray(x, (nodes, 3))
        _add(stiffness, given[:end], place, values, slopes, weights, radial)
        if both:
            _add(stiffness, given[end:], place, more_values, more_slopes, more_weights, radial)

    signature = numba_ufcx_kernel_signature(np.float64, np.float64)
    kernel = cfunc(signature, matrix)
    fields = [rule.tangent_field for rule in rules]
    return kernel_form(kernel, [space, space], fields, cells), kernel


def _tables(space: Any, rule: Quadrature) -> tuple[Array, Array, Array]:
    """Return shape functions, their slopes and the weights at the points of a rule."""
    element = space.element.basix_element
    found = element.tabulate(1, rule.points)[..., 0]
    slopes = np.ascontiguousarray(np.moveaxis(found[1:], 0, -1))
    return np.ascontiguousarray(found[0]), slopes, rule.weights


@njit(fastmath={"contract", "reassoc"})
def _add(
    out: Array, tangent: Array, x: Array, values: Array, slopes: Array, weights: Array, radial: bool
) -> None:
    """Add the tangent of a rule: gradients by rows, in a body of revolution u / r last."""
    nodes, size = slopes.shape[1], slopes.shape[2]
    components = size * size + 1 if radial else size * size
    jacobian = np.empty((size, size))
    gradient = np.empty((nodes, size))
    moved = np.empty((components, nodes * size))
    for q in range(len(weights)):
        for i in range(size):
            for j in range(size):
                total = 0.0
                for a in range(nodes):
                    total += x[a, i] * slopes[q, a, j]
                jacobian[i, j] = total
        volume, inverse = _inverted(jacobian)
        for a in range(nodes):
            for i in range(size):
                total = 0.0
                for j in range(size):
                    total += slopes[q, a, j] * inverse[j, i]
                gradient[a, i] = total
        scale = weights[q] * abs(volume)
        radius = 0.0
        if radial:
            for a in range(nodes):
                radius += x[a, 0] * values[q, a]
            scale *= 2.0 * math.pi * radius
        first = q * components * components
        for c in range(components):
            row = first + c * components
            for b in range(nodes):
                for j in range(size):
                    total = 0.0
                    for k in range(size):
                        total += tangent[row + j * size + k] * gradient[b, k]
                    moved[c, b * size + j] = scale * total
                if radial:
                    hoop = tangent[row + components - 1] * values[q, b] / radius
                    moved[c, b * size] += scale * hoop
        for a in range(nodes):
            for i in range(size):
                for k in range(size):
                    factor = gradient[a, k]
                    for column in range(nodes * size):
                        out[a * size + i, column] += factor * moved[i * size + k, column]
            if radial:
                factor = values[q, a] / radius
                for column in range(nodes * size):
                    out[a * size, column] += factor * moved[components - 1, column]


@njit
def _inverted(matrix: Array) -> tuple[float, Array]:
    """Return determinant and inverse of a matrix of two or three rows."""
    result = np.empty_like(matrix)
    if matrix.shape[0] == 2:
        det = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
        result[0, 0], result[0, 1] = matrix[1, 1] / det, -matrix[0, 1] / det
        result[1, 0], result[1, 1] = -matrix[1, 0] / det, matrix[0, 0] / det
        return det, result
    for i in range(3):
        for j in range(3):
            a, b, c, d = (j + 1) % 3, (j + 2) % 3, (i + 1) % 3, (i + 2) % 3
            result[i, j] = matrix[a, c] * matrix[b, d] - matrix[a, d] * matrix[b, c]
    det = 0.0
    for i in range(3):
        det += matrix[0, i] * result[i, 0]
    return det, result / det


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
    swelling : (cells,) array
        Logarithm of the volume that heat has added.
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
        self.modulus = laws.mean_moduli[law_of_cell]
        self.pressure = np.zeros(len(law_of_cell))
        self.swelling = np.zeros(len(law_of_cell))
        self._f = np.zeros((len(law_of_cell), self.components))
        self._change = np.zeros((len(cells), self.components))

    def retune(self, modulus: Array, swelling: Array) -> None:
        """Go on with another :attr:`modulus` and :attr:`swelling`."""
        self.modulus, self.swelling = modulus, swelling

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
            self.swelling[own],
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
