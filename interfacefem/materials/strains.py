# SPDX-License-Identifier: MIT
"""Strains of one point: principal values and directions, logarithmic strain, in closed form.

Symmetric tensors are stored as ``xx, yy, zz, xy, xz, yz``, a deformation gradient row by row. No
stress lives here.

Compiled scalar helpers without a loop over points; :mod:`interfacefem.materials.update` loops.
Tensors are stored as ``xx, yy, zz, xy``, a deformation gradient as ``F11, F12, F21, F22`` and the
stretch out of the plane, which is 1 in plane strain. No stress lives here.

References
----------
Golub and Van Loan (2013), Matrix Computations, 4th edition, section 8.5 (Jacobi's method).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from interfacefem.compiled import njit
from interfacefem.materials.numbers import JACOBI_OFF, JACOBI_SWEEPS, SERIES_BELOW

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@njit
def eigen(b: Array, vectors: Array) -> None:
    """Diagonalise a symmetric 3x3 matrix in place by Jacobi's method.

    It needs no formula for roots, so equal eigenvalues lose no digits and have orthogonal vectors.

    Parameters
    ----------
    b : (3, 3) array, in and out
        The matrix; afterwards its diagonal holds the eigenvalues.
    vectors : (3, 3) array, out
        Eigenvectors as columns.
    """
    for i in range(3):
        for j in range(3):
            vectors[i, j] = 1.0 if i == j else 0.0
    for _ in range(JACOBI_SWEEPS):
        off = b[0, 1] * b[0, 1] + b[0, 2] * b[0, 2] + b[1, 2] * b[1, 2]
        size = b[0, 0] * b[0, 0] + b[1, 1] * b[1, 1] + b[2, 2] * b[2, 2]
        if off <= JACOBI_OFF * size:
            return
        for p, q in ((0, 1), (0, 2), (1, 2)):
            value = b[p, q]
            if value == 0.0:
                continue
            theta = (b[q, q] - b[p, p]) / (2.0 * value)
            if abs(theta) > 1e150:
                t = 0.5 / theta
            else:
                t = 1.0 / (abs(theta) + math.sqrt(theta * theta + 1.0))
                if theta < 0.0:
                    t = -t
            c = 1.0 / math.sqrt(t * t + 1.0)
            s = t * c
            r = 3 - p - q
            b[p, p] -= t * value
            b[q, q] += t * value
            b[p, q] = b[q, p] = 0.0
            rp, rq = b[r, p], b[r, q]
            b[r, p] = b[p, r] = c * rp - s * rq
            b[r, q] = b[q, r] = s * rp + c * rq
            for i in range(3):
                vp, vq = vectors[i, p], vectors[i, q]
                vectors[i, p] = c * vp - s * vq
                vectors[i, q] = s * vp + c * vq


@njit(inline="always")
def inverse(f: Any, out: Array) -> float:
    """Write the inverse of a deformation gradient (9,) as (3, 3); return the determinant."""
    c0 = f[4] * f[8] - f[5] * f[7]
    c1 = f[5] * f[6] - f[3] * f[8]
    c2 = f[3] * f[7] - f[4] * f[6]
    det = f[0] * c0 + f[1] * c1 + f[2] * c2
    if det == 0.0:
        return 0.0
    out[0, 0] = c0 / det
    out[1, 0] = c1 / det
    out[2, 0] = c2 / det
    out[0, 1] = (f[2] * f[7] - f[1] * f[8]) / det
    out[1, 1] = (f[0] * f[8] - f[2] * f[6]) / det
    out[2, 1] = (f[1] * f[6] - f[0] * f[7]) / det
    out[0, 2] = (f[1] * f[5] - f[2] * f[4]) / det
    out[1, 2] = (f[2] * f[3] - f[0] * f[5]) / det
    out[2, 2] = (f[0] * f[4] - f[1] * f[3]) / det
    return float(det)


@njit
def principal_strain(f: Any, c: Any, g: Array, b: Array, vectors: Array, strain: Array) -> bool:
    """Trial ``b = F Cp^-1 F^T``, its axes and principal logarithmic strains.

    Parameters
    ----------
    f : (9,) array
    c : (6,) array
        Inverse plastic right Cauchy-Green tensor.
    g : (3, 3) array, out
        ``F Cp^-1``.
    b : (3, 3) array, out
        Principal squared stretches on the diagonal.
    vectors : (3, 3) array, out
        Axes as columns.
    strain : (3,) array, out

    Returns
    -------
    bool
        False when a squared stretch is not positive.
    """
    for i in range(3):
        x, y, z = f[3 * i], f[3 * i + 1], f[3 * i + 2]
        g[i, 0] = x * c[0] + y * c[3] + z * c[4]
        g[i, 1] = x * c[3] + y * c[1] + z * c[5]
        g[i, 2] = x * c[4] + y * c[5] + z * c[2]
    for i in range(3):
        for j in range(i + 1):
            value = g[i, 0] * f[3 * j] + g[i, 1] * f[3 * j + 1] + g[i, 2] * f[3 * j + 2]
            b[i, j] = value
            b[j, i] = value
    eigen(b, vectors)
    for a in range(3):
        if not b[a, a] > 0.0:
            return False
        strain[a] = 0.5 * math.log(b[a, a])
    return True


@njit
def strain_slopes(b: Array, slopes: Array) -> None:
    """Divided differences of the logarithmic strain, smooth where squared stretches coincide.

    Parameters
    ----------
    b : (3, 3) array
        Principal squared stretches on the diagonal.
    slopes : (3, 3) array, out
        In principal axes the strain changes by these factors times the change of ``b``.
    """
    for i in range(3):
        for j in range(i + 1):
            total = b[i, i] + b[j, j]
            x = (b[i, i] - b[j, j]) / total
            factor, _ = series(x * x)
            slopes[i, j] = factor / total
            slopes[j, i] = slopes[i, j]


@njit(inline="always")
def series(x2: float) -> Any:
    """Return ``g = atanh(x)/x`` and ``h = (dg/dx)/x`` from ``x**2``, smooth at zero."""
    if x2 < SERIES_BELOW:
        g = 1.0 + x2 * (1.0 / 3.0 + x2 * (0.2 + x2 * (1.0 / 7.0 + x2 / 9.0)))
        h = 2.0 / 3.0 + x2 * (0.8 + x2 * (6.0 / 7.0 + x2 * (8.0 / 9.0 + x2 * 10.0 / 11.0)))
        return g, h
    x = math.sqrt(x2)
    g = math.atanh(x) / x
    return g, (1.0 / (1.0 - x2) - g) / x2


@njit(inline="always")
def log_strain(f: Any, f33: float, c: Any) -> Any:
    """Trial ``b = F Cp^-1 F^T`` and its logarithmic strain; a negative flag marks failure."""
    f11, f12, f21, f22 = f[0], f[1], f[2], f[3]
    g11 = f11 * c[0] + f12 * c[3]
    g12 = f11 * c[3] + f12 * c[1]
    g21 = f21 * c[0] + f22 * c[3]
    g22 = f21 * c[3] + f22 * c[1]
    bxx = g11 * f11 + g12 * f12
    byy = g21 * f21 + g22 * f22
    bxy = g11 * f21 + g12 * f22
    mean = 0.5 * (bxx + byy)
    half = 0.5 * (bxx - byy)
    radius2 = half * half + bxy * bxy
    det = mean * mean - radius2
    good = det > 0.0 and mean > 0.0 and c[2] > 0.0 and f33 > 0.0
    good = good and f11 * f22 - f12 * f21 > 0.0
    if not good:
        return False, g11, g12, g21, g22, mean, half, bxy, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    x2 = radius2 / (mean * mean)
    g, h = series(x2)
    a0 = 0.25 * math.log(det)
    a1 = g / (2.0 * mean)
    exx = a0 + a1 * half
    eyy = a0 - a1 * half
    exy = a1 * bxy
    ezz = 0.5 * math.log(f33 * f33 * c[2])
    return True, g11, g12, g21, g22, mean, half, bxy, det, a1, h, exx, eyy, ezz, exy


@njit(inline="always")
def dlog(
    mean: float,
    half: float,
    bxy: float,
    det: float,
    a1: float,
    h: float,
    dxx: float,
    dyy: float,
    dxy: float,
) -> Any:
    """Directional derivative of the in-plane logarithmic strain along ``db``."""
    dmean = 0.5 * (dxx + dyy)
    dhalf = 0.5 * (dxx - dyy)
    bxx, byy = mean + half, mean - half
    da0 = 0.25 * (byy * dxx + bxx * dyy - 2.0 * bxy * dxy) / det
    inner = half * dhalf + bxy * dxy
    x2 = (half * half + bxy * bxy) / (mean * mean)
    da1 = h * (inner / (mean * mean) - x2 * dmean / mean) / (2.0 * mean) - a1 * dmean / mean
    return da0 + da1 * half + a1 * dhalf, da0 - da1 * half - a1 * dhalf, da1 * bxy + a1 * dxy
