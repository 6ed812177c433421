# SPDX-License-Identifier: MIT
"""Volume of trilinear hexahedra and what its logarithm does to their nodes, compiled.

The volume is a polynomial of the nodes that the 2x2x2 rule integrates exactly. Who calls this is
:mod:`interfacefem.fem.bulk.dilatation`; axisymmetric cells are in
:mod:`interfacefem.fem.bulk.axisymmetric_volume`.

References
----------
Flanagan and Belytschko (1981), 10.1002/nme.1620170504 (volume and uniform gradient of hexahedra).
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

_POINT = 0.5 / math.sqrt(3.0)
#: nodes of the reference cell 0..1, first coordinate fastest (DOLFINx)
_CORNERS = np.array([[i, j, k] for k in (0, 1) for j in (0, 1) for i in (0, 1)], dtype=np.int64)


@njit
def _gradients(x: Array, point: int, gradient: Array) -> float:
    """Write shape gradients at a point of the 2x2x2 rule, times its volume; return that."""
    slope = np.empty((8, 3))
    place = np.empty(3)
    for d in range(3):
        place[d] = 0.5 + (_POINT if (point >> d) & 1 else -_POINT)
    for a in range(8):
        for d in range(3):
            value = 1.0 if _CORNERS[a, d] else -1.0
            for e in range(3):
                if e != d:
                    value *= place[e] if _CORNERS[a, e] else 1.0 - place[e]
            slope[a, d] = value
    j = np.zeros((3, 3))
    for a in range(8):
        for i in range(3):
            for d in range(3):
                j[i, d] += x[a, i] * slope[a, d]
    c = np.empty((3, 3))
    for i in range(3):
        p, q = (i + 1) % 3, (i + 2) % 3
        for d in range(3):
            r, s = (d + 1) % 3, (d + 2) % 3
            c[i, d] = j[p, r] * j[q, s] - j[p, s] * j[q, r]
    det = j[0, 0] * c[0, 0] + j[0, 1] * c[0, 1] + j[0, 2] * c[0, 2]
    # gradient times volume is the cofactor times the slope: no division
    for a in range(8):
        for i in range(3):
            gradient[a, i] = (
                c[i, 0] * slope[a, 0] + c[i, 1] * slope[a, 1] + c[i, 2] * slope[a, 2]
            ) / 8.0
    return float(det / 8.0)


@njit
def _volume_gradient(x: Array, total: Array) -> float:
    """Write the derivative of a cell's volume by its nodes (8, 3); return the volume."""
    gradient = np.empty((8, 3))
    total[:] = 0.0
    volume = 0.0
    for point in range(8):
        volume += _gradients(x, point, gradient)
        total += gradient
    return volume


@njit
def _moved(x: Array, u: Array, total: Array) -> tuple[float, float]:
    """Write the derivative of the moved volume; return the volume before and its relative change.

    The change is found from the motion alone, lest a small one drown in the round-off of places
    far from the origin: for a cubic form v(x + u) - v(x) is the derivative at x + u / 2 along u,
    and v(u) / 4.
    """
    place, motion = x - x[0], u - u[0]
    reference = _volume_gradient(place, total)
    change = 0.25 * _volume_gradient(motion, total)
    _volume_gradient(place + 0.5 * motion, total)
    for a in range(8):
        for i in range(3):
            change += total[a, i] * motion[a, i]
    _volume_gradient(place + motion, total)
    return reference, change / reference


@njit
def _residual(out: Array, w: Array, x: Array) -> None:
    total = np.empty((8, 3))
    _, change = _moved(x, w[:24].reshape(8, 3), total)
    force = w[24] * (math.log1p(change) - w[25]) / (1.0 + change) if change > -1.0 else math.nan
    for a in range(8):
        for i in range(3):
            out[3 * a + i] += force * total[a, i]


@njit
def _jacobian(out: Array, w: Array, x: Array) -> None:
    total = np.empty((8, 3))
    gradient = np.empty((8, 3))
    motion = w[:24].reshape(8, 3)
    reference, change = _moved(x, motion, total)
    current = x + motion
    ratio = 1.0 + change if change > -1.0 else math.nan
    modulus, pressure = w[24], w[25]
    force = pressure / ratio
    stiffness = (modulus - pressure) / (ratio * ratio * reference)
    for a in range(8):
        for i in range(3):
            for b in range(8):
                for k in range(3):
                    out[3 * a + i, 3 * b + k] += stiffness * total[a, i] * total[b, k]
    for point in range(8):
        part = _gradients(current, point, gradient)
        scale = force / part
        for a in range(8):
            for b in range(a):
                for i in range(3):
                    for k in range(3):
                        if i != k:
                            value = scale * (
                                gradient[a, i] * gradient[b, k] - gradient[a, k] * gradient[b, i]
                            )
                            out[3 * a + i, 3 * b + k] += value
                            out[3 * b + k, 3 * a + i] += value


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
        Reference positions [um].
    u : (dofs,) array
        Displacement [um].
    nodes, dofs : (cells, 8) int array
        Nodes, and blocks of three degrees of freedom, of each cell.
    ratios, logarithms, reference : (cells,) array, out
        The logarithm is not written where the ratio is not positive.
    slopes : (cells, 8, 3) array, out
        Derivative of the logarithm by the nodes [1/um].
    """
    place = np.empty((8, 3))
    motion = np.empty((8, 3))
    total = np.empty((8, 3))
    for cell in range(nodes.shape[0]):
        for a in range(8):
            for i in range(3):
                place[a, i] = x[nodes[cell, a], i]
                motion[a, i] = u[3 * dofs[cell, a] + i]
        reference[cell], change = _moved(place, motion, total)
        ratios[cell] = 1.0 + change
        if change > -1.0:
            logarithms[cell] = math.log1p(change)
            slopes[cell] = total / (reference[cell] * (1.0 + change))


def kernels() -> tuple[Any, Any]:
    """Return the kernels as DOLFINx calls them, for a vector and a matrix."""
    signature = numba_ufcx_kernel_signature(np.float64, np.float64)

    def vector(out: Any, w: Any, c: Any, x: Any, entity: Any, turn: Any, data: Any) -> None:
        _residual(carray(out, (24,)), carray(w, (26,)), carray(x, (8, 3)))

    def matrix(out: Any, w: Any, c: Any, x: Any, entity: Any, turn: Any, data: Any) -> None:
        _jacobian(carray(out, (24, 24)), carray(w, (26,)), carray(x, (8, 3)))

    return cfunc(signature, vector), cfunc(signature, matrix)
