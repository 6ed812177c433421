# SPDX-License-Identifier: MIT
"""Logarithmic strain of one point in the plane and its derivative, in closed form.

Compiled scalar helpers without a loop over points; :mod:`interfacefem.materials.update` loops.
Tensors are stored as ``xx, yy, zz, xy``, a deformation gradient as ``F11, F12, F21, F22`` and the
stretch out of the plane, which is 1 in plane strain. No stress lives here.
"""

from __future__ import annotations

import math
from typing import Any

from interfacefem.compiled import njit
from interfacefem.materials.numbers import SERIES_BELOW


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
