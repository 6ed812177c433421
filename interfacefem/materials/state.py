# SPDX-License-Identifier: MIT
"""Compiled loops that carry fields at quadrature points on: plastic state and dual field.

The response that comes before is in :mod:`interfacefem.materials.update`, with the storage of
tensors and the references.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from interfacefem.compiled import njit
from interfacefem.materials.numbers import ELASTIC, NO_RADIUS
from interfacefem.materials.strains import dlog, log_strain

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@njit
def update_dual(
    gradient: Array, direction: Array, cp_inverse: Array, invariants: Array, dual: Array
) -> None:
    r"""Update the dual field of the primal-dual tangent along the Newton direction, in place.

    The linearised relation is :math:`w \leftarrow n + (\dot s - w\,(n:\dot s)) / |s|`, projected
    to :math:`|w| \le 1` (Chan, Golub and Mulet 1999). Points that are elastic get ``w = 0``.

    Parameters
    ----------
    gradient, direction : (n, m) array
        Deformation gradient and its change along the full Newton step.
    cp_inverse, invariants
        As in :func:`interfacefem.materials.update.full_quadrature_response`, which has filled
        ``invariants`` for this gradient.
    dual : (n, 4) array, in and out
    """
    n, m = gradient.shape
    f33 = 1.0
    for p in range(n):
        f = gradient[p]
        if m == 5:
            f33 = f[4]
        good, g11, g12, g21, g22, mean, half, bxy, det, a1, h, exx, eyy, ezz, exy = log_strain(
            f, f33, cp_inverse[p]
        )
        if not good:
            continue
        if not invariants[p, 1] < ELASTIC:
            dual[p, :] = 0.0
            continue
        third = (exx + eyy + ezz) / 3.0
        exx, eyy, ezz = exx - third, eyy - third, ezz - third
        norm = math.sqrt(exx * exx + eyy * eyy + ezz * ezz + 2.0 * exy * exy)
        d = direction[p]
        dxx = 2.0 * (d[0] * g11 + d[1] * g12)
        dyy = 2.0 * (d[2] * g21 + d[3] * g22)
        dxy = d[0] * g21 + d[1] * g22 + d[2] * g11 + d[3] * g12
        lxx, lyy, lxy = dlog(mean, half, bxy, det, a1, h, dxx, dyy, dxy)
        lzz = d[4] / f33 if m == 5 else 0.0
        lthird = (lxx + lyy + lzz) / 3.0
        vxx, vyy, vzz, vxy = lxx - lthird, lyy - lthird, lzz - lthird, lxy
        nv = (exx * vxx + eyy * vyy + ezz * vzz + 2.0 * exy * vxy) / norm
        w0 = (exx + vxx - dual[p, 0] * nv) / norm
        w1 = (eyy + vyy - dual[p, 1] * nv) / norm
        w2 = (ezz + vzz - dual[p, 2] * nv) / norm
        w3 = (exy + vxy - dual[p, 3] * nv) / norm
        size = math.sqrt(w0 * w0 + w1 * w1 + w2 * w2 + 2.0 * w3 * w3)
        scale = 1.0 / max(1.0, size)
        dual[p, 0] = scale * w0
        dual[p, 1] = scale * w1
        dual[p, 2] = scale * w2
        dual[p, 3] = scale * w3


@njit
def accepted_state(gradient: Array, invariants: Array, cp_inverse: Array) -> None:
    r"""Store the accepted plastic state from the converged elastic strain, in place.

    :math:`C_p^{-1} = F^{-1} \exp(2 \varepsilon_e) F^{-T}`; without plastic change of volume its
    determinant is preserved exactly. A point without flow keeps its state to the bit.

    Parameters
    ----------
    gradient : (n, m) array
    invariants : (n, 2) array
        Trace of the converged elastic strain, and its deviator over the trial one.
    cp_inverse : (n, 4) array, in and out
    """
    n, m = gradient.shape
    f33 = 1.0
    for p in range(n):
        f = gradient[p]
        if m == 5:
            f33 = f[4]
        good, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, exx, eyy, ezz, exy = log_strain(
            f, f33, cp_inverse[p]
        )
        trace = exx + eyy + ezz
        ratio = invariants[p, 1]
        if not good or (ratio == 1.0 and invariants[p, 0] == trace):
            continue
        before, after = trace / 3.0, invariants[p, 0] / 3.0
        vxx = ratio * (exx - before) + after
        vyy = ratio * (eyy - before) + after
        vzz = ratio * (ezz - before) + after
        vxy = ratio * exy
        mean = 0.5 * (vxx + vyy)
        half = 0.5 * (vxx - vyy)
        radius = math.sqrt(half * half + vxy * vxy)
        grow = math.exp(2.0 * mean)
        size = 2.0 if radius < NO_RADIUS else math.sinh(2.0 * radius) / radius
        cosh = math.cosh(2.0 * radius)
        bxx = grow * (cosh + size * half)
        byy = grow * (cosh - size * half)
        bxy = grow * size * vxy
        jac = f[0] * f[3] - f[1] * f[2]
        i11, i12, i21, i22 = f[3] / jac, -f[1] / jac, -f[2] / jac, f[0] / jac
        h11 = i11 * bxx + i12 * bxy
        h12 = i11 * bxy + i12 * byy
        h21 = i21 * bxx + i22 * bxy
        h22 = i21 * bxy + i22 * byy
        cp_inverse[p, 0] = h11 * i11 + h12 * i12
        cp_inverse[p, 1] = h21 * i21 + h22 * i22
        cp_inverse[p, 2] = math.exp(2.0 * vzz) / (f33 * f33)
        cp_inverse[p, 3] = h11 * i21 + h12 * i22
