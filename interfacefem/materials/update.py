# SPDX-License-Identifier: MIT
r"""Compiled constitutive updates at quadrature points: finite-strain J2 in logarithmic strain.

Kinematics: multiplicative split, isotropic elasticity in the logarithmic (Hencky) strain, state
:math:`C_p^{-1}` and the equivalent plastic strain, exponential return map. In this setting the
return map is the one of small strains, plastic flow preserves volume exactly, and closed forms
in Kirchhoff stress and logarithmic strain hold to round-off.

Only the isochoric response lives in :func:`isochoric_response`; the volumetric part is
:func:`volumetric_response`, so that the two can be integrated with different rules (selective
reduced integration). Plane strain: tensors are stored as ``xx, yy, zz, xy``; a deformation
gradient as ``F11, F12, F21, F22``. These are the loops over the points; what happens at one point
is in :mod:`interfacefem.materials.logarithmic` and :mod:`interfacefem.materials.flow`. Assembly
does not live here.

References
----------
Weber and Anand (1990), 10.1016/0045-7825(90)90131-5 (exponential map, logarithmic strain).
Simo (1992), 10.1016/0045-7825(92)90123-2 (return map in principal logarithmic strains).
Chan, Golub and Mulet (1999), 10.1137/S1064827596299767 (primal-dual linearisation of a norm).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from interfacefem.materials.flow import flow_stress, return_map
from interfacefem.materials.logarithmic import dlog, log_strain

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@numba.njit(cache=True)
def isochoric_response(
    gradient: Array,
    cp_inverse: Array,
    alpha: Array,
    dual: Array,
    softening: Array,
    point_law: Any,
    table: Array,
    primal_dual: bool,
    want_tangent: bool,
    predict: bool,
    stress: Array,
    tangent: Array,
    kirchhoff: Array,
    alpha_trial: Array,
    plastic_work: Array,
) -> bool:
    r"""Isochoric first Piola stress, tangent and trial state at all points.

    Parameters
    ----------
    gradient : (n, 4) array
        Deformation gradient, in plane.
    cp_inverse : (n, 4) array
        Accepted state: inverse plastic right Cauchy-Green tensor (xx, yy, zz, xy).
    alpha : (n,) array
        Accepted equivalent plastic strain.
    dual : (n, 4) array
        Dual field of the primal-dual tangent, norm at most 1.
    softening : (n,) array, in and out
        Flow stress over trial stress, 1 where elastic. Written unless ``predict``, so the caller
        that wants the values of the last converged increment has to keep them.
    point_law : (n,) int array
        Row of ``table`` for each point.
    table : (laws, 6) array
        See :func:`interfacefem.materials.flow.parameters` [MPa].
    primal_dual : bool
        With the Chan-Golub-Mulet tangent, else the consistent tangent.
    want_tangent : bool
        Whether ``tangent`` is filled.
    predict : bool
        Whether this is the first tangent of an increment. The accepted state has no plastic flow
        in it yet, so its elastic tangent overshoots by orders of magnitude where flow goes on;
        instead the tangent is elastic with the shear modulus times ``sqrt(softening)``, a secant
        modulus between the elastic one and that of the last increment. The stress is not touched.
    stress : (n, 4) array, out
        First Piola-Kirchhoff stress ``P11, P12, P21, P22`` [MPa].
    tangent : (n, 16) array, out
        :math:`\partial P / \partial F`, row-major [MPa].
    kirchhoff : (n, 4) array, out
        Deviatoric Kirchhoff stress (xx, yy, zz, xy) [MPa].
    alpha_trial : (n,) array, out
        Trial equivalent plastic strain.
    plastic_work : (n,) array, out
        Plastic work of the increment per reference volume, mean flow stress times the growth of
        the equivalent plastic strain [MPa].

    Returns
    -------
    bool
        False when a point has a non-positive determinant; outputs are then unusable.
    """
    n = gradient.shape[0]
    col = np.empty(4)
    for p in range(n):
        row = table[point_law[p]]
        shear = row[0]
        f = gradient[p]
        c = cp_inverse[p]
        good, g11, g12, g21, g22, mean, half, bxy, det, a1, h, exx, eyy, ezz, exy = log_strain(f, c)
        if not good:
            return False
        third = (exx + eyy + ezz) / 3.0
        sxx = 2.0 * shear * (exx - third)
        syy = 2.0 * shear * (eyy - third)
        szz = 2.0 * shear * (ezz - third)
        sxy = 2.0 * shear * exy
        norm = math.sqrt(sxx * sxx + syy * syy + szz * szz + 2.0 * sxy * sxy)
        trial = math.sqrt(1.5) * norm
        flow0, _ = flow_stress(alpha[p], row[2], row[3], row[4], row[5])
        theta = 1.0
        eta = 1.0
        da = 0.0
        work = 0.0
        if trial > flow0:
            da, flow, slope = return_map(
                trial, alpha[p], 3.0 * shear, row[2], row[3], row[4], row[5]
            )
            theta = flow / trial
            eta = slope / (3.0 * shear + slope)
            work = 0.5 * (flow0 + flow) * da
        alpha_trial[p] = alpha[p] + da
        plastic_work[p] = work
        if not predict:
            softening[p] = theta
        txx, tyy, tzz, txy = theta * sxx, theta * syy, theta * szz, theta * sxy
        kirchhoff[p, 0] = txx
        kirchhoff[p, 1] = tyy
        kirchhoff[p, 2] = tzz
        kirchhoff[p, 3] = txy
        jac = f[0] * f[3] - f[1] * f[2]
        i11, i12, i21, i22 = f[3] / jac, -f[1] / jac, -f[2] / jac, f[0] / jac
        # P = tau F^-T, that is P_iJ = tau_ik Finv_Jk
        p11 = txx * i11 + txy * i12
        p12 = txx * i21 + txy * i22
        p21 = txy * i11 + tyy * i12
        p22 = txy * i21 + tyy * i22
        stress[p, 0] = p11
        stress[p, 1] = p12
        stress[p, 2] = p21
        stress[p, 3] = p22
        if not want_tangent:
            continue
        plastic = da > 0.0 and not predict
        nxx = nyy = nzz = nxy = wxx = wyy = wzz = wxy = 0.0
        if plastic:
            nxx, nyy, nzz, nxy = sxx / norm, syy / norm, szz / norm, sxy / norm
            wxx, wyy, wzz, wxy = nxx, nyy, nzz, nxy
            if primal_dual:
                wxx, wyy, wzz, wxy = dual[p, 0], dual[p, 1], dual[p, 2], dual[p, 3]
        for k in range(4):
            # F perturbed in component k; db = dF Cp^-1 F^T + transpose
            if k == 0:
                dxx, dyy, dxy = 2.0 * g11, 0.0, g21
            elif k == 1:
                dxx, dyy, dxy = 2.0 * g12, 0.0, g22
            elif k == 2:
                dxx, dyy, dxy = 0.0, 2.0 * g21, g11
            else:
                dxx, dyy, dxy = 0.0, 2.0 * g22, g12
            lxx, lyy, lxy = dlog(mean, half, bxy, det, a1, h, dxx, dyy, dxy)
            lthird = (lxx + lyy) / 3.0
            vxx, vyy, vzz, vxy = lxx - lthird, lyy - lthird, -lthird, lxy
            if plastic:
                nv = nxx * vxx + nyy * vyy + nzz * vzz + 2.0 * nxy * vxy
                wv = wxx * vxx + wyy * vyy + wzz * vzz + 2.0 * wxy * vxy
                # theta (I - sym(w x n)) + eta n x n
                a = -0.5 * theta * nv
                b = eta * nv - 0.5 * theta * wv
                uxx = 2.0 * shear * (theta * vxx + a * wxx + b * nxx)
                uyy = 2.0 * shear * (theta * vyy + a * wyy + b * nyy)
                uxy = 2.0 * shear * (theta * vxy + a * wxy + b * nxy)
            else:
                soft = math.sqrt(softening[p]) if predict else 1.0
                uxx = 2.0 * soft * shear * vxx
                uyy = 2.0 * soft * shear * vyy
                uxy = 2.0 * soft * shear * vxy
            q11 = uxx * i11 + uxy * i12
            q12 = uxx * i21 + uxy * i22
            q21 = uxy * i11 + uyy * i12
            q22 = uxy * i21 + uyy * i22
            # dFinv = -Finv dF Finv: P_iJ gains -P_ib Finv_Ja when F_ab is perturbed
            if k == 0:
                q11 -= p11 * i11
                q12 -= p11 * i21
                q21 -= p21 * i11
                q22 -= p21 * i21
            elif k == 1:
                q11 -= p12 * i11
                q12 -= p12 * i21
                q21 -= p22 * i11
                q22 -= p22 * i21
            elif k == 2:
                q11 -= p11 * i12
                q12 -= p11 * i22
                q21 -= p21 * i12
                q22 -= p21 * i22
            else:
                q11 -= p12 * i12
                q12 -= p12 * i22
                q21 -= p22 * i12
                q22 -= p22 * i22
            col[0] = q11
            col[1] = q12
            col[2] = q21
            col[3] = q22
            for r in range(4):
                tangent[p, 4 * r + k] = col[r]
    return True


@numba.njit(cache=True)
def update_dual(
    gradient: Array,
    direction: Array,
    cp_inverse: Array,
    alpha: Array,
    point_law: Any,
    table: Array,
    dual: Array,
) -> None:
    r"""Update the dual field of the primal-dual tangent along the Newton direction, in place.

    The linearised relation is :math:`w \leftarrow n + (\dot s - w\,(n:\dot s)) / |s|`, projected
    to :math:`|w| \le 1` (Chan, Golub and Mulet 1999). Points that are elastic get ``w = 0``.

    Parameters
    ----------
    gradient, direction : (n, 4) array
        Deformation gradient and its change along the full Newton step.
    cp_inverse, alpha, point_law, table
        As in :func:`isochoric_response`.
    dual : (n, 4) array, in and out
    """
    for p in range(gradient.shape[0]):
        row = table[point_law[p]]
        good, g11, g12, g21, g22, mean, half, bxy, det, a1, h, exx, eyy, ezz, exy = log_strain(
            gradient[p], cp_inverse[p]
        )
        if not good:
            continue
        third = (exx + eyy + ezz) / 3.0
        exx, eyy, ezz = exx - third, eyy - third, ezz - third
        norm = math.sqrt(exx * exx + eyy * eyy + ezz * ezz + 2.0 * exy * exy)
        flow0, _ = flow_stress(alpha[p], row[2], row[3], row[4], row[5])
        if math.sqrt(6.0) * row[0] * norm <= flow0:
            dual[p, :] = 0.0
            continue
        d = direction[p]
        dxx = 2.0 * (d[0] * g11 + d[1] * g12)
        dyy = 2.0 * (d[2] * g21 + d[3] * g22)
        dxy = d[0] * g21 + d[1] * g22 + d[2] * g11 + d[3] * g12
        lxx, lyy, lxy = dlog(mean, half, bxy, det, a1, h, dxx, dyy, dxy)
        lthird = (lxx + lyy) / 3.0
        vxx, vyy, vzz, vxy = lxx - lthird, lyy - lthird, -lthird, lxy
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


@numba.njit(cache=True)
def accepted_state(
    gradient: Array, kirchhoff: Array, cp_inverse: Array, point_law: Any, table: Array
) -> None:
    r"""Store the accepted plastic state from the converged stress, in place.

    :math:`C_p^{-1} = F^{-1} \exp(2 \varepsilon_e) F^{-T}` with the elastic logarithmic strain of
    the converged stress; its determinant is preserved exactly because plastic flow is isochoric.

    Parameters
    ----------
    gradient : (n, 4) array
    kirchhoff : (n, 4) array
        Converged deviatoric Kirchhoff stress [MPa].
    cp_inverse : (n, 4) array, in and out
    point_law, table
        As in :func:`isochoric_response`.
    """
    for p in range(gradient.shape[0]):
        row = table[point_law[p]]
        if math.isinf(row[2]):
            continue  # an elastic law keeps Cp = I exactly
        f = gradient[p]
        good, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, exx, eyy, ezz, _14 = log_strain(
            f, cp_inverse[p]
        )
        if not good:
            continue
        third = (exx + eyy + ezz) / 3.0
        scale = 0.5 / row[0]
        vxx = scale * kirchhoff[p, 0] + third
        vyy = scale * kirchhoff[p, 1] + third
        vzz = scale * kirchhoff[p, 2] + third
        vxy = scale * kirchhoff[p, 3]
        mean = 0.5 * (vxx + vyy)
        half = 0.5 * (vxx - vyy)
        radius = math.sqrt(half * half + vxy * vxy)
        grow = math.exp(2.0 * mean)
        ratio = 2.0 if radius < 1e-12 else math.sinh(2.0 * radius) / radius
        cosh = math.cosh(2.0 * radius)
        bxx = grow * (cosh + ratio * half)
        byy = grow * (cosh - ratio * half)
        bxy = grow * ratio * vxy
        jac = f[0] * f[3] - f[1] * f[2]
        i11, i12, i21, i22 = f[3] / jac, -f[1] / jac, -f[2] / jac, f[0] / jac
        h11 = i11 * bxx + i12 * bxy
        h12 = i11 * bxy + i12 * byy
        h21 = i21 * bxx + i22 * bxy
        h22 = i21 * bxy + i22 * byy
        cp_inverse[p, 0] = h11 * i11 + h12 * i12
        cp_inverse[p, 1] = h21 * i21 + h22 * i22
        cp_inverse[p, 2] = math.exp(2.0 * vzz)
        cp_inverse[p, 3] = h11 * i21 + h12 * i22


@numba.njit(cache=True)
def volumetric_response(
    gradient: Array,
    point_law: Any,
    table: Array,
    want_tangent: bool,
    stress: Array,
    tangent: Array,
    pressure: Array,
) -> bool:
    r"""Volumetric first Piola stress and tangent, energy :math:`\tfrac{K}{2} (\ln J)^2`.

    Parameters
    ----------
    gradient, point_law, table, want_tangent, stress, tangent
        As in :func:`isochoric_response`, at the points of the reduced rule.
    pressure : (n,) array, out
        Mean Kirchhoff stress :math:`K \ln J`, tension positive [MPa].

    Returns
    -------
    bool
        False when a point has a non-positive determinant.
    """
    for p in range(gradient.shape[0]):
        bulk = table[point_law[p], 1]
        f = gradient[p]
        jac = f[0] * f[3] - f[1] * f[2]
        if not jac > 0.0:
            return False
        mean = bulk * math.log(jac)
        pressure[p] = mean
        inv = (f[3] / jac, -f[2] / jac, -f[1] / jac, f[0] / jac)  # F^-T, row-major
        for r in range(4):
            stress[p, r] = mean * inv[r]
        if not want_tangent:
            continue
        for r in range(4):
            for k in range(4):
                # d(F^-T)_iJ / dF_kL = -F^-T_iL F^-T_kJ
                i, j = r // 2, r % 2
                a, b = k // 2, k % 2
                tangent[p, 4 * r + k] = (
                    bulk * inv[r] * inv[k] - mean * inv[2 * i + b] * inv[2 * a + j]
                )
    return True
