# SPDX-License-Identifier: MIT
r"""Volume of axisymmetric quadrilaterals and what its logarithm does to their nodes, compiled.

The first coordinate is the radius. A section with straight edges sweeps

.. math::

    v = \oint \pi r^2 \, dz = \frac{\pi}{3} \sum_{edges} (r_1^2 + r_1 r_2 + r_2^2)(z_2 - z_1),

a polynomial of its corners, so that forces and tangent need no quadrature, and the forces of a
pressure are those of a pressure on the faces. Who calls this is
:mod:`interfacefem.fem.bulk.dilatation`; hexahedra are in
:mod:`interfacefem.fem.bulk.hexahedral_volume`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.compiled import carray, cfunc, njit

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
from ffcx.codegeneration.utils import numba_ufcx_kernel_signature

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

#: corners counter-clockwise among those of a cell of DOLFINx
_AROUND = np.array([0, 1, 3, 2], dtype=np.int64)


@njit
def _volume_gradient(x: Array, total: Array) -> float:
    """Write the derivative of the volume by the corners (4, 2); return the volume."""
    total[:] = 0.0
    volume = 0.0
    for k in range(4):
        a, b = _AROUND[k], _AROUND[(k + 1) % 4]
        height = math.pi / 3.0 * (x[b, 1] - x[a, 1])
        area = math.pi / 3.0 * (x[a, 0] ** 2 + x[a, 0] * x[b, 0] + x[b, 0] ** 2)
        volume += area * (x[b, 1] - x[a, 1])
        total[a, 0] += height * (2.0 * x[a, 0] + x[b, 0])
        total[b, 0] += height * (2.0 * x[b, 0] + x[a, 0])
        total[a, 1] -= area
        total[b, 1] += area
    return volume


@njit
def _moved(x: Array, u: Array, total: Array) -> tuple[float, float]:
    """Write the derivative of the moved volume; return the volume before and its relative change.

    The change is found from the motion alone, lest a small one drown in round-off: for a cubic
    form v(x + u) - v(x) is the derivative at x + u / 2 along u, and v(u) / 4.
    """
    place, motion = x.copy(), u.copy()
    for a in range(4):
        place[a, 1] -= x[0, 1]
        motion[a, 1] -= u[0, 1]
    reference = _volume_gradient(place, total)
    change = 0.25 * _volume_gradient(motion, total)
    _volume_gradient(place + 0.5 * motion, total)
    for a in range(4):
        for i in range(2):
            change += total[a, i] * motion[a, i]
    _volume_gradient(place + motion, total)
    return reference, change / reference


@njit
def _residual(out: Array, w: Array, x: Array) -> None:
    total = np.empty((4, 2))
    _, change = _moved(x, w[:8].reshape(4, 2), total)
    force = w[8] * (math.log1p(change) - w[9]) / (1.0 + change) if change > -1.0 else math.nan
    for a in range(4):
        for i in range(2):
            out[2 * a + i] += force * total[a, i]


@njit
def _jacobian(out: Array, w: Array, x: Array) -> None:
    total = np.empty((4, 2))
    reference, change = _moved(x, w[:8].reshape(4, 2), total)
    current = x + w[:8].reshape(4, 2)
    ratio = 1.0 + change if change > -1.0 else math.nan
    modulus, pressure = w[8], w[9]
    force = pressure / ratio
    stiffness = (modulus - pressure) / (ratio * ratio * reference)
    flat = total.reshape(8)
    for row in range(8):
        for column in range(8):
            out[row, column] += stiffness * flat[row] * flat[column]
    # second derivatives of the volume, edge by edge
    scale = force * math.pi / 3.0
    for k in range(4):
        a, b = 2 * _AROUND[k], 2 * _AROUND[(k + 1) % 4]
        ra, rb = current[a // 2, 0], current[b // 2, 0]
        height = scale * (current[b // 2, 1] - current[a // 2, 1])
        out[a, a] += 2.0 * height
        out[b, b] += 2.0 * height
        out[a, b] += height
        out[b, a] += height
        for row, slope in ((a, 2.0 * ra + rb), (b, 2.0 * rb + ra)):
            for column, sign in ((a + 1, -1.0), (b + 1, 1.0)):
                out[row, column] += sign * scale * slope
                out[column, row] += sign * scale * slope


@njit
def volume_ratios(
    x: Array,
    u: Array,
    nodes: Any,
    dofs: Any,
    ratios: Array,
    logarithms: Array,
    reference: Array,
    slopes: Array,
) -> None:
    """Write current over reference volume of every cell, its logarithm, and the latter [um^3].

    Parameters
    ----------
    x : (n, 3) array
        Reference positions, radius first [um].
    u : (dofs,) array
        Displacement [um].
    nodes, dofs : (cells, 4) int array
        Nodes, and blocks of two degrees of freedom, of each cell.
    ratios, logarithms, reference : (cells,) array, out
        The logarithm is not written where the ratio is not positive.
    slopes : (cells, 4, 2) array, out
        Derivative of the logarithm by the nodes [1/um].
    """
    place = np.empty((4, 2))
    motion = np.empty((4, 2))
    total = np.empty((4, 2))
    for cell in range(nodes.shape[0]):
        for a in range(4):
            for i in range(2):
                place[a, i] = x[nodes[cell, a], i]
                motion[a, i] = u[2 * dofs[cell, a] + i]
        reference[cell], change = _moved(place, motion, total)
        ratios[cell] = 1.0 + change
        if change > -1.0:
            logarithms[cell] = math.log1p(change)
            slopes[cell] = total / (reference[cell] * (1.0 + change))


def kernels() -> tuple[Any, Any]:
    """Return the kernels as DOLFINx calls them, for a vector and a matrix."""
    signature = numba_ufcx_kernel_signature(np.float64, np.float64)

    def vector(out: Any, w: Any, c: Any, x: Any, entity: Any, turn: Any, data: Any) -> None:
        _residual(carray(out, (8,)), carray(w, (10,)), carray(x, (4, 3))[:, :2])

    def matrix(out: Any, w: Any, c: Any, x: Any, entity: Any, turn: Any, data: Any) -> None:
        _jacobian(carray(out, (8, 8)), carray(w, (10,)), carray(x, (4, 3))[:, :2])

    return cfunc(signature, vector), cfunc(signature, matrix)
