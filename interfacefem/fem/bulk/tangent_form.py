# SPDX-License-Identifier: MIT
"""Forms with compiled kernels of our own, and that of the tangent at quadrature points.

A form of a tangent of all components at every point makes DOLFINx multiply zeros; the kernel here
forms the gradients of the cell and multiplies what there is, in a third of the time on hexahedra,
and adds up all rules of a cell before anything is put into the matrix.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.compiled import carray, cfunc, njit

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
from dolfinx import fem
from dolfinx.fem import IntegralType
from ffcx.codegeneration.utils import numba_ufcx_kernel_signature

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.bulk.quadrature import Quadrature

    Array = npt.NDArray[np.float64]


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
