# SPDX-License-Identifier: MIT
r"""Compiled constitutive updates at quadrature points, in logarithmic strain.

Kinematics: multiplicative split, isotropic elasticity in the logarithmic (Hencky) strain, state
:math:`C_p^{-1}` and the internal variables of the law, exponential return map. In this setting the
return map is the one of small strains, isochoric plastic flow preserves volume exactly, and
closed forms in Kirchhoff stress and logarithmic strain hold to round-off.

The two loops are the two quadrature rules of selective reduced integration:
:func:`full_quadrature_response` has the deviator of every law and the whole response of a coupled
one, :func:`reduced_quadrature_response` the mean stress of the others. Tensors are stored as ``xx,
yy, zz, xy``; a deformation gradient as ``F11, F12, F21, F22`` in plane strain, with ``F33`` after
them in axisymmetry, and so is the first Piola stress: the number of components of the arrays
decides. How a law is called is in :mod:`interfacefem.materials.points`, the strain in
:mod:`interfacefem.materials.strains`, the step to a new accepted state in
:mod:`interfacefem.materials.state`. Assembly does not live here.

References
----------
Weber and Anand (1990), Comput. Methods Appl. Mech. Eng. 79, 173-202 (exponential map,
logarithmic strain).
Simo (1992), 10.1016/0045-7825(92)90123-2 (return map in principal logarithmic strains).
Chan, Golub and Mulet (1999), SIAM J. Sci. Comput. 20, 1964-1977 (primal-dual linearisation of a
norm).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.compiled import njit
from interfacefem.materials.numbers import NO_DEVIATOR
from interfacefem.materials.points import RESULTS, respond
from interfacefem.materials.strains import dlog, log_strain

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

#: norm of a deviator -> its invariant
ROOT = math.sqrt(2.0 / 3.0)


@njit
def full_quadrature_response(
    gradient: Array,
    cp_inverse: Array,
    state: Array,
    dual: Array,
    deviator_ratio: Array,
    point_law: Any,
    addresses: Any,
    coupled: Any,
    table: Array,
    duration: float,
    primal_dual: bool,
    want_tangent: bool,
    predict: bool,
    stress: Array,
    tangent: Array,
    kirchhoff: Array,
    trial_state: Array,
    invariants: Array,
    dissipation: Array,
    energy: Array,
) -> bool:
    r"""First Piola stress, tangent and trial state at the points of the full rule.

    Parameters
    ----------
    gradient : (n, m) array
        Deformation gradient; m is 4 in plane strain and 5 in axisymmetry.
    cp_inverse : (n, 4) array
        Accepted state: inverse plastic right Cauchy-Green tensor (xx, yy, zz, xy).
    state : (n, k) array
        Accepted internal variables; the first is the equivalent plastic strain.
    dual : (n, 4) array
        Dual field of the primal-dual tangent, norm at most 1.
    deviator_ratio : (n,) array, in and out
        Elastic deviator after over before the update, 1 where elastic. Written unless ``predict``,
        so the caller that wants the values of the last converged increment has to keep them.
    point_law : (n,) int array
        Law of each point.
    addresses, coupled, table
        The columns of :class:`interfacefem.materials.points.LawTable`.
    duration : float
        Time of the increment [s].
    primal_dual : bool
        With the Chan-Golub-Mulet tangent, else the consistent tangent. A coupled law always has
        the consistent one.
    want_tangent : bool
        Whether ``tangent`` is filled.
    predict : bool
        Whether this is the first tangent of an increment. The accepted state has no plastic flow in
        it yet, so its elastic tangent overshoots by orders of magnitude where flow goes on; instead
        the tangent is elastic with the shear modulus times ``sqrt(deviator_ratio)``, a secant
        modulus between the elastic one and that of the last increment. The stress is not touched,
        and neither is a coupled law.
    stress : (n, m) array, out
        First Piola-Kirchhoff stress ``P11, P12, P21, P22`` and ``P33`` [MPa]; without the mean
        stress unless the law is coupled.
    tangent : (n, m * m) array, out
        :math:`\partial P / \partial F`, row-major [MPa].
    kirchhoff : (n, 4) array, out
        Kirchhoff stress to ``stress`` (xx, yy, zz, xy) [MPa].
    trial_state : (n, k) array, out
        Trial internal variables.
    invariants : (n, 2) array, out
        Trace of the elastic strain after the update, and its deviator over the trial one.
    dissipation : (n,) array, out
        Plastic work of the increment per reference volume [MPa].
    energy : (n,) array, out
        Elastic energy per reference volume to ``stress`` [MPa].

    Returns
    -------
    bool
        False when a point has a non-positive determinant or its law found no solution; outputs
        are then unusable.
    """
    n, m = gradient.shape
    f33 = 1.0
    out = np.empty(RESULTS)
    for p in range(n):
        law = point_law[p]
        row = table[law]
        whole = coupled[law]
        f = gradient[p]
        if m == 5:
            f33 = f[4]
        c = cp_inverse[p]
        good, g11, g12, g21, g22, mean, half, bxy, det, a1, h, exx, eyy, ezz, exy = log_strain(
            f, f33, c
        )
        if not good:
            return False
        trace = exx + eyy + ezz
        third = trace / 3.0
        exx, eyy, ezz = exx - third, eyy - third, ezz - third
        norm = math.sqrt(exx * exx + eyy * eyy + ezz * ezz + 2.0 * exy * exy)
        s = ROOT * norm
        volume = trace if whole else 0.0
        if not respond(addresses[law], volume, s, state[p], duration, row, trial_state[p], out):
            return False
        pm, qm, p_v, p_s, q_v, q_s = out[0], out[1], out[2], out[3], out[4], out[5]
        v_e, s_e, lost, stored = out[6], out[7], out[8], out[9]
        deviatoric = s > NO_DEVIATOR
        ratio = s_e / s if deviatoric else 1.0
        secant = 2.0 * qm / (3.0 * s) if deviatoric else 2.0 * q_s / 3.0
        invariants[p, 0] = v_e if whole else trace
        invariants[p, 1] = ratio
        dissipation[p] = lost
        energy[p] = stored
        if not predict:
            deviator_ratio[p] = ratio
        txx, tyy, tzz, txy = secant * exx, secant * eyy, secant * ezz, secant * exy
        if whole:
            txx, tyy, tzz = txx + pm, tyy + pm, tzz + pm
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
        p33 = tzz / f33
        stress[p, 0] = p11
        stress[p, 1] = p12
        stress[p, 2] = p21
        stress[p, 3] = p22
        if m == 5:
            stress[p, 4] = p33
        if not want_tangent:
            continue
        softened = predict and not whole
        flows = (whole or ratio < 1.0) and deviatoric and not softened
        if softened:
            secant = 2.0 * math.sqrt(deviator_ratio[p]) * row[0]
        nxx = nyy = nzz = nxy = wxx = wyy = wzz = wxy = 0.0
        if flows:
            nxx, nyy, nzz, nxy = exx / norm, eyy / norm, ezz / norm, exy / norm
            wxx, wyy, wzz, wxy = nxx, nyy, nzz, nxy
            if primal_dual and not whole:
                wxx, wyy, wzz, wxy = dual[p, 0], dual[p, 1], dual[p, 2], dual[p, 3]
        for k in range(m):
            # F perturbed in component k; db = dF Cp^-1 F^T + transpose
            dxx = dyy = dxy = lzz = 0.0
            if k == 0:
                dxx, dxy = 2.0 * g11, g21
            elif k == 1:
                dxx, dxy = 2.0 * g12, g22
            elif k == 2:
                dyy, dxy = 2.0 * g21, g11
            elif k == 3:
                dyy, dxy = 2.0 * g22, g12
            else:
                lzz = 1.0 / f33
            lxx, lyy, lxy = dlog(mean, half, bxy, det, a1, h, dxx, dyy, dxy)
            ltrace = lxx + lyy + lzz
            lthird = ltrace / 3.0
            vxx, vyy, vzz, vxy = lxx - lthird, lyy - lthird, lzz - lthird, lxy
            uxx, uyy, uzz, uxy = secant * vxx, secant * vyy, secant * vzz, secant * vxy
            if flows:
                nv = nxx * vxx + nyy * vyy + nzz * vzz + 2.0 * nxy * vxy
                wv = wxx * vxx + wyy * vyy + wzz * vzz + 2.0 * wxy * vxy
                # secant (I - sym(w x n)) + slope n x n
                a = -0.5 * secant * nv
                b = 2.0 * q_s / 3.0 * nv - 0.5 * secant * wv
                if whole:
                    b += ROOT * q_v * ltrace
                uxx += a * wxx + b * nxx
                uyy += a * wyy + b * nyy
                uzz += a * wzz + b * nzz
                uxy += a * wxy + b * nxy
                if whole:
                    uxx += ROOT * p_s * nv
                    uyy += ROOT * p_s * nv
                    uzz += ROOT * p_s * nv
            if whole:
                uxx += p_v * ltrace
                uyy += p_v * ltrace
                uzz += p_v * ltrace
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
            elif k == 3:
                q11 -= p12 * i12
                q12 -= p12 * i22
                q21 -= p22 * i12
                q22 -= p22 * i22
            tangent[p, k] = q11
            tangent[p, m + k] = q12
            tangent[p, 2 * m + k] = q21
            tangent[p, 3 * m + k] = q22
            if m == 5:
                q33 = uzz / f33
                if k == 4:
                    q33 -= p33 / f33
                tangent[p, 4 * m + k] = q33
    return True


@njit
def reduced_quadrature_response(
    gradient: Array,
    point_law: Any,
    coupled: Any,
    table: Array,
    swelling: Array,
    followed: Array,
    want_tangent: bool,
    stress: Array,
    tangent: Array,
    pressure: Array,
) -> bool:
    r"""Mean part of the first Piola stress and tangent, energy :math:`\tfrac{K}{2} (\ln J)^2`.

    What heat adds to :math:`\ln J` is taken off first. Plane strain only.

    Parameters
    ----------
    gradient, point_law, coupled, table, want_tangent, stress, tangent
        As in :func:`full_quadrature_response`, at the points of the reduced rule; a coupled law has
        nothing here.
    swelling : (n,) array
        Logarithm of the volume that heat has added.
    followed : (n,) array
        Mean stress that turns with the deformation in ``tangent``, where it is not that of the law
        [MPa]; empty if it is.
    pressure : (n,) array, out
        Mean Kirchhoff stress, K times the logarithm of J less the swelling, tension positive [MPa].

    Returns
    -------
    bool
        False when a point has a non-positive determinant.
    """
    inv = np.zeros(4)
    for p in range(len(gradient)):
        law = point_law[p]
        f = gradient[p]
        jac = f[0] * f[3] - f[1] * f[2]
        if not jac > 0.0:
            return False
        bulk = 0.0 if coupled[law] else table[law, 1]
        mean = bulk * (math.log(jac) - swelling[p])
        pressure[p] = mean
        # F^-T, row-major
        inv[0], inv[1], inv[2], inv[3] = f[3] / jac, -f[2] / jac, -f[1] / jac, f[0] / jac
        for r in range(4):
            stress[p, r] = mean * inv[r]
        if not want_tangent:
            continue
        turning = followed[p] if len(followed) else mean
        for r in range(4):
            for k in range(4):
                # d(F^-T)_iJ / dF_kL = -F^-T_iL F^-T_kJ
                i, j = r // 2, r % 2
                a, b = k // 2, k % 2
                turn = turning * inv[2 * i + b] * inv[2 * a + j]
                tangent[p, 4 * r + k] = bulk * inv[r] * inv[k] - turn
    return True
