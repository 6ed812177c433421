# SPDX-License-Identifier: MIT
r"""Compiled constitutive updates at quadrature points in 3D, in logarithmic strain.

The counterpart of :mod:`interfacefem.materials.update` and :mod:`interfacefem.materials.state`
with the same arguments and laws, for the full rule; the volumetric part of uncoupled laws is in
:mod:`interfacefem.fem.bulk.dilatation`. Deformation gradient and
first Piola stress are stored row by row (9), symmetric tensors as ``xx, yy, zz, xy, xz, yz`` (6).
All is done in the principal axes of the trial strain, which are found for every point anew; what
happens at one point is in :mod:`interfacefem.materials.strains`. Assembly does not live here.

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
from interfacefem.materials.numbers import ELASTIC, NO_DEVIATOR
from interfacefem.materials.points import RESULTS, respond
from interfacefem.materials.strains import inverse, principal_strain, strain_slopes
from interfacefem.materials.update import ROOT

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@njit(inline="always")
def _turn_back(t: Any, vectors: Array, out: Any) -> None:
    """Components (6,) of a symmetric tensor given as (3, 3) in principal axes."""
    for place, (i, j) in enumerate(((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))):
        value = 0.0
        for a in range(3):
            for c in range(3):
                value += vectors[i, a] * t[a, c] * vectors[j, c]
        out[place] = value


@njit(inline="always")
def _turn(t: Any, vectors: Array, out: Array) -> None:
    """Write a symmetric tensor (6,) in principal axes (3, 3)."""
    for a in range(3):
        x, y, z = vectors[0, a], vectors[1, a], vectors[2, a]
        u = t[0] * x + t[3] * y + t[4] * z
        v = t[3] * x + t[1] * y + t[5] * z
        w = t[4] * x + t[5] * y + t[2] * z
        for c in range(3):
            out[a, c] = u * vectors[0, c] + v * vectors[1, c] + w * vectors[2, c]


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

    Parameters and result as in :func:`interfacefem.materials.update.full_quadrature_response`, with
    ``gradient``, ``stress`` (n, 9), ``tangent`` (n, 81) and symmetric tensors (n, 6).
    """
    g = np.empty((3, 3))
    b = np.empty((3, 3))
    axes = np.empty((3, 3))
    inv = np.empty((3, 3))
    slopes = np.empty((3, 3))
    strain = np.empty(3)
    h = np.empty((3, 3))
    k = np.empty((3, 3))
    u = np.empty((3, 3))
    w = np.zeros((3, 3))
    unit = np.zeros(3)
    tau = np.empty(3)
    half = np.empty((3, 3))
    out = np.empty(RESULTS)
    for p in range(gradient.shape[0]):
        law = point_law[p]
        row = table[law]
        whole = coupled[law]
        f = gradient[p]
        if not inverse(f, inv) > 0.0:
            return False
        if not principal_strain(f, cp_inverse[p], g, b, axes, strain):
            return False
        trace = strain[0] + strain[1] + strain[2]
        d0, d1, d2 = strain[0] - trace / 3.0, strain[1] - trace / 3.0, strain[2] - trace / 3.0
        norm = math.sqrt(d0 * d0 + d1 * d1 + d2 * d2)
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
        mean = pm if whole else 0.0
        tau[0], tau[1], tau[2] = secant * d0 + mean, secant * d1 + mean, secant * d2 + mean
        for i in range(3):
            for j in range(3):
                half[i, j] = tau[i] if i == j else 0.0
        _turn_back(half, axes, kirchhoff[p])
        # k = N^T F^-T, so that P = N tau' k
        for a in range(3):
            for j in range(3):
                k[a, j] = axes[0, a] * inv[j, 0] + axes[1, a] * inv[j, 1] + axes[2, a] * inv[j, 2]
        for i in range(3):
            for j in range(3):
                stress[p, 3 * i + j] = (
                    axes[i, 0] * tau[0] * k[0, j]
                    + axes[i, 1] * tau[1] * k[1, j]
                    + axes[i, 2] * tau[2] * k[2, j]
                )
        if not want_tangent:
            continue
        softened = predict and not whole
        flows = (whole or ratio < 1.0) and deviatoric and not softened
        if softened:
            secant = 2.0 * math.sqrt(deviator_ratio[p]) * row[0]
        if flows:
            unit[0], unit[1], unit[2] = d0 / norm, d1 / norm, d2 / norm
            if primal_dual and not whole:
                _turn(dual[p], axes, w)
            else:
                for i in range(3):
                    for j in range(3):
                        w[i, j] = unit[i] if i == j else 0.0
        strain_slopes(b, slopes)
        for a in range(3):
            for j in range(3):
                h[a, j] = axes[0, a] * g[0, j] + axes[1, a] * g[1, j] + axes[2, a] * g[2, j]
        for r in range(3):
            for c in range(3):
                # F perturbed in component (r, c); u becomes the change of the strain in its axes
                for i in range(3):
                    for j in range(i + 1):
                        value = slopes[i, j] * (axes[r, i] * h[j, c] + h[i, c] * axes[r, j])
                        u[i, j] = value
                        u[j, i] = value
                change = u[0, 0] + u[1, 1] + u[2, 2]
                for i in range(3):
                    u[i, i] -= change / 3.0
                bulk = p_v * change if whole else 0.0
                if flows:
                    nv = unit[0] * u[0, 0] + unit[1] * u[1, 1] + unit[2] * u[2, 2]
                    wv = 0.0
                    for i in range(3):
                        for j in range(3):
                            wv += w[i, j] * u[i, j]
                    # secant (I - sym(w x n)) + slope n x n
                    first = -0.5 * secant * nv
                    second = 2.0 * q_s / 3.0 * nv - 0.5 * secant * wv
                    if whole:
                        second += ROOT * q_v * change
                        bulk += ROOT * p_s * nv
                    for i in range(3):
                        for j in range(3):
                            u[i, j] = secant * u[i, j] + first * w[i, j]
                        u[i, i] += second * unit[i]
                else:
                    for i in range(3):
                        for j in range(3):
                            u[i, j] = secant * u[i, j]
                for i in range(3):
                    u[i, i] += bulk
                for i in range(3):
                    for j in range(3):
                        half[i, j] = u[i, 0] * k[0, j] + u[i, 1] * k[1, j] + u[i, 2] * k[2, j]
                for i in range(3):
                    for j in range(3):
                        # dFinv = -Finv dF Finv: P_ij gains -P_ic Finv_jr
                        tangent[p, 9 * (3 * i + j) + 3 * r + c] = (
                            axes[i, 0] * half[0, j]
                            + axes[i, 1] * half[1, j]
                            + axes[i, 2] * half[2, j]
                            - stress[p, 3 * i + c] * inv[j, r]
                        )
    return True


@njit
def update_dual(
    gradient: Array, direction: Array, cp_inverse: Array, invariants: Array, dual: Array
) -> None:
    """Update the dual field of the primal-dual tangent along the Newton direction, in place.

    Parameters as in :func:`interfacefem.materials.state.update_dual`, with ``gradient``,
    ``direction`` (n, 9) and symmetric tensors (n, 6).
    """
    g = np.empty((3, 3))
    b = np.empty((3, 3))
    axes = np.empty((3, 3))
    slopes = np.empty((3, 3))
    strain = np.empty(3)
    turned = np.empty((3, 3))
    u = np.empty((3, 3))
    w = np.empty((3, 3))
    for p in range(gradient.shape[0]):
        if not principal_strain(gradient[p], cp_inverse[p], g, b, axes, strain):
            continue
        if not invariants[p, 1] < ELASTIC:
            dual[p, :] = 0.0
            continue
        third = (strain[0] + strain[1] + strain[2]) / 3.0
        for a in range(3):
            strain[a] -= third
        norm = math.sqrt(strain[0] ** 2 + strain[1] ** 2 + strain[2] ** 2)
        strain_slopes(b, slopes)
        d = direction[p]
        for i in range(3):
            for j in range(3):
                u[i, j] = d[3 * i] * g[j, 0] + d[3 * i + 1] * g[j, 1] + d[3 * i + 2] * g[j, 2]
        for i in range(3):
            for j in range(3):
                value = 0.0
                for r in range(3):
                    for c in range(3):
                        value += axes[r, i] * (u[r, c] + u[c, r]) * axes[c, j]
                turned[i, j] = slopes[i, j] * value
        change = (turned[0, 0] + turned[1, 1] + turned[2, 2]) / 3.0
        for i in range(3):
            turned[i, i] -= change
        nv = (strain[0] * turned[0, 0] + strain[1] * turned[1, 1] + strain[2] * turned[2, 2]) / norm
        _turn(dual[p], axes, w)
        size = 0.0
        for i in range(3):
            for j in range(3):
                value = turned[i, j] - w[i, j] * nv
                if i == j:
                    value += strain[i]
                u[i, j] = value / norm
                size += u[i, j] * u[i, j]
        scale = 1.0 / max(1.0, math.sqrt(size))
        for i in range(3):
            for j in range(3):
                u[i, j] *= scale
        _turn_back(u, axes, dual[p])


@njit
def accepted_state(gradient: Array, invariants: Array, cp_inverse: Array) -> None:
    """Store the accepted plastic state from the converged elastic strain, in place.

    Parameters as in :func:`interfacefem.materials.state.accepted_state`, with ``gradient`` (n, 9)
    and ``cp_inverse`` (n, 6).
    """
    g = np.empty((3, 3))
    b = np.empty((3, 3))
    axes = np.empty((3, 3))
    inv = np.empty((3, 3))
    strain = np.empty(3)
    for p in range(gradient.shape[0]):
        good = principal_strain(gradient[p], cp_inverse[p], g, b, axes, strain)
        trace = strain[0] + strain[1] + strain[2]
        ratio, after = invariants[p, 1], invariants[p, 0]
        if not good or (ratio == 1.0 and after == trace):
            continue
        inverse(gradient[p], inv)
        for a in range(3):
            # g and b are free: F^-1 N, and the squared stretches after the update
            strain[a] = math.exp(2.0 * (ratio * (strain[a] - trace / 3.0) + after / 3.0))
            for i in range(3):
                g[i, a] = inv[i, 0] * axes[0, a] + inv[i, 1] * axes[1, a] + inv[i, 2] * axes[2, a]
        for i in range(3):
            for j in range(3):
                b[i, j] = (
                    g[i, 0] * strain[0] * g[j, 0]
                    + g[i, 1] * strain[1] * g[j, 1]
                    + g[i, 2] * strain[2] * g[j, 2]
                )
        c = cp_inverse[p]
        c[0], c[1], c[2] = b[0, 0], b[1, 1], b[2, 2]
        c[3], c[4], c[5] = b[0, 1], b[0, 2], b[1, 2]
