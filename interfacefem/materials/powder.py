# SPDX-License-Identifier: MIT
r"""Compaction of powder at one point: modified Cam-Clay that hardens with relative density.

The signature is that of every point law, see :mod:`interfacefem.materials.anand`. The loop over
points, the kinematics and the description, :class:`interfacefem.materials.Powder`, live elsewhere.

Notes
-----
The yield surface is an ellipse in mean compression P and von Mises stress q, both Kirchhoff,

.. math::

    q^2/M^2 + (P + p_t)(P + p_t - c) = 0,

with associated flow. It is preferred to a Drucker-Prager cap because the ellipse is smooth
everywhere (one surface, no corner between shear line and cap, one return) and because its three
functions follow in closed form from what is measured of electrolyte powders, pressure against
density and the lateral ratio in a die; the friction angle, transition and eccentricity of a
Drucker-Prager cap have not been measured for any of them. What it gives up is an independent
shear line: under low pressure the powder dilates and softens along the same ellipse.

In compaction everything depends on the relative density :math:`D = D_0/J_p` *inside* the local
solution: the axis :math:`c`, the isotropic tensile strength :math:`p_t`, and the moduli. As
stresses are Kirchhoff stresses, all four are their Cauchy values times :math:`D_0/D`. The tangent
is therefore not symmetric. Near :math:`D = 1` the die pressure of the Heckel equation is continued
by a hyperbola that is infinite at D = 1 (bulk lock-up), so that no stress makes D exceed 1.

Loosening: where the powder dilates, the density that decides is that of the start of the increment.
Softening inside of an increment leaves no energy to minimise, and many solutions or none:
increments of a rough press were then rejected or cut to a tenth. It takes effect from the next
increment on, as in the implicit-explicit schemes of Oliver, Huespe and Cante (2008), and its error
is of the order of the increment.

Tension: the surface ends at :math:`P = -p_t`, where the powder opens under constant vanishing
shear; it dilates, loses density and with it the strength. Without tensile strength
(:math:`p_t = 0`) it opens freely.

The stored energy is :math:`\tfrac12 K v^2 + \tfrac32 G s^2` with the moduli of the present
density. Compaction at fixed elastic strain stiffens the powder and so stores energy without
elastic strain; this part is taken from the plastic work, and what is returned as dissipation is the
rest.

References
----------
Roscoe and Burland (1968), in Engineering Plasticity, Cambridge University Press, 535 (the law).
Heckel (1961), Trans. Metall. Soc. AIME 221, 671 (pressure and density).
Oliver, Huespe and Cante (2008), Comput. Methods Appl. Mech. Eng. 197, 1865 (softening).
"""

from __future__ import annotations

import math
from typing import Any

from interfacefem.compiled import njit
from interfacefem.materials.numbers import (
    HECKEL_ROUNDING,
    LEAST_DIE_PRESSURE,
    LOCK_UP,
    OUTSIDE,
    POWDER_BRACKET,
    POWDER_ITERATIONS,
    POWDER_RESIDUAL,
    VOLUME_ITERATIONS,
    VOLUME_STEP,
    VOLUME_WIDENINGS,
    VOLUME_WIDTH,
)


@njit(inline="always")
def _functions(d: float, row: Any) -> Any:
    """Stiffness factor, axis of the ellipse, tensile strength, and their slopes by density."""
    loose, stiff, dense, brittle = row[6], row[7], row[8], row[9]
    volume = loose / d  # Kirchhoff from Cauchy
    factor = volume * math.exp(stiff * (d - loose))
    tensile = volume * dense * math.exp(-brittle * (1.0 - d))
    if d <= LOCK_UP:
        closing = -math.log(1.0 - d)
        rise = 1.0 / (1.0 - d)
    else:
        closing = -math.log(1.0 - LOCK_UP) + (d - LOCK_UP) / (1.0 - d)
        rise = (1.0 - LOCK_UP) / ((1.0 - d) * (1.0 - d))
    t = (closing - row[3]) / HECKEL_ROUNDING
    if t > 0.0:
        decay = math.exp(-t)
        soft = HECKEL_ROUNDING * (t + math.log1p(decay))
        slope = rise / (1.0 + decay)
    else:
        grow = math.exp(t)
        soft = HECKEL_ROUNDING * math.log1p(grow)
        slope = rise * grow / (1.0 + grow)
    heckel = row[2] * soft
    pressure = math.sqrt(heckel * heckel + LEAST_DIE_PRESSURE * LEAST_DIE_PRESSURE)
    pressure_d = heckel / pressure * row[2] * slope
    axis = row[5] * (volume * pressure + tensile)
    tensile_d = tensile * (brittle - 1.0 / d)
    axis_d = row[5] * (volume * (pressure_d - pressure / d) + tensile_d)
    return factor, axis, tensile, factor * (stiff - 1.0 / d), axis_d, tensile_d


@njit
def _volume(flow: float, trial: float, start: float, density: float, row: Any) -> Any:
    """Elastic volumetric strain for a given flow: root of ``v - trial - flow X(v)``.

    Parameters
    ----------
    flow : float
        Plastic multiplier [1/MPa].
    trial, start : float
        Trial strain and first guess [-].
    density : float
        Accepted relative density [-].
    row : (10,) array
    """
    bulk = row[1]
    factor, axis, tensile, factor_d, axis_d, tensile_d = _functions(density, row)
    offset = -bulk * factor * trial + tensile - 0.5 * axis
    if offset > 0.0:  # compaction, less than to D = 1
        low, high = trial, trial - math.log(density)
    else:  # dilation
        high = trial
        width = max(-offset / (bulk * factor), VOLUME_WIDTH)
        low = trial - width
        for _ in range(VOLUME_WIDENINGS):
            d = density * math.exp(low - trial)
            factor, axis, tensile, factor_d, axis_d, tensile_d = _functions(d, row)
            offset = -bulk * factor * low + tensile - 0.5 * axis
            if low - trial - flow * offset <= 0.0:
                break
            width *= 2.0
            low = trial - width
    v = start if low <= start < high else trial
    for _ in range(VOLUME_ITERATIONS):
        d = density * math.exp(v - trial)
        factor, axis, tensile, factor_d, axis_d, tensile_d = _functions(d, row)
        offset = -bulk * factor * v + tensile - 0.5 * axis
        residual = v - trial - flow * offset
        if residual > 0.0:
            high = v
        else:
            low = v
        slope = 1.0 - flow * (-bulk * (factor + factor_d * d * v) + d * (tensile_d - 0.5 * axis_d))
        following = v - residual / slope if slope > 0.0 else high
        # After a Newton step of VOLUME_STEP what is left of the error is rounding.
        done = abs(following - v) <= VOLUME_STEP * (abs(v) + axis / (bulk * factor))
        if not (low < following < high) and not done:
            following = 0.5 * (low + high)
        v = following
        if done:
            break
    return v


@njit
def respond(v: float, s: float, state: Any, dt: float, row: Any, new_state: Any) -> Any:
    r"""Stress, consistent derivatives and new state from the trial elastic strain.

    Parameters
    ----------
    v, s : float
        As in :func:`interfacefem.materials.anand.respond`.
    state : (2,) array
        Accepted equivalent plastic strain and logarithm of the plastic volume ratio [-].
    dt : float
        Without influence [s].
    row : (10,) array
        See :meth:`interfacefem.materials.models_powder.Powder.row`.
    new_state : (2,) array, out

    Returns
    -------
    tuple
        As in :func:`interfacefem.materials.anand.respond`. The dissipation is the plastic work,
        with the mean of the yield stresses before and after hardening, less what stiffening
        stores.
    """
    density = row[6] * math.exp(-state[1])
    slope2 = row[4] * row[4]
    shear3 = 3.0 * row[0]
    bulk = row[1]
    new_state[0] = state[0]
    new_state[1] = state[1]
    factor, axis, tensile, factor_d, axis_d, tensile_d = _functions(density, row)
    k, g3 = bulk * factor, shear3 * factor
    x = -k * v + tensile - 0.5 * axis
    q = g3 * s
    radius = math.sqrt(x * x + q * q / slope2)
    if not radius > 0.5 * axis:
        energy = 0.5 * (k * v * v + g3 * s * s)
        return True, k * v, q, k, 0.0, 0.0, g3, v, s, 0.0, energy
    touching = radius <= OUTSIDE * 0.5 * axis
    loosens = x < 0.0
    axis_start, tensile_start, factor_start = axis, tensile, factor
    # h = axis/(2 radius) - 1 is straight in the multiplier for constant moduli and axis
    low, high = 0.0, math.inf
    flow = last = v_f = 0.0
    ve, d, widening = v, density, 1.0
    x_v = x_d = q_d = q_f = 0.0
    ok = False
    for _ in range(POWDER_ITERATIONS):
        if flow > 0.0 and loosens:
            ve = (v + flow * (tensile - 0.5 * axis)) / (1.0 + flow * k)
        elif flow > 0.0:
            ve = _volume(flow, v, ve + v_f * (flow - last), density, row)
            d = density * math.exp(ve - v)
        factor, axis, tensile, factor_d, axis_d, tensile_d = _functions(d, row)
        if loosens:
            factor_d = axis_d = tensile_d = 0.0
        k, g3 = bulk * factor, shear3 * factor
        widening = 1.0 + g3 * flow / slope2
        x = -k * ve + tensile - 0.5 * axis
        q = g3 * s / widening
        x_v = -k
        x_d = -bulk * factor_d * ve + tensile_d - 0.5 * axis_d
        q_d = shear3 * factor_d * s / (widening * widening)
        q_f = -g3 * q / (slope2 * widening)
        radius = math.sqrt(x * x + q * q / slope2)
        h = 0.5 * axis / radius - 1.0
        if h < 0.0:
            low = flow
        else:
            high = flow
        v_f = x / (1.0 - flow * (x_v + x_d * d))
        radius_f = (x * (x_v + x_d * d) * v_f + q * (q_d * d * v_f + q_f) / slope2) / radius
        h_f = 0.5 * (axis_d * d * v_f - axis * radius_f / radius) / radius
        following = flow - h / h_f if h_f > 0.0 else math.inf
        if not (low < following < high):  # an end once more would come back for ever
            following = 0.5 * (low + high) if high < math.inf else 2.0 * low + 1.0 / k
        if abs(h) <= POWDER_RESIDUAL or low >= high * POWDER_BRACKET:
            ok = True
            break
        last, flow = flow, following
    if not ok:
        return False, k * v, q, k, 0.0, 0.0, g3, v, s, 0.0, 0.0
    se = s / widening
    new_state[0] = state[0] + (s - se)
    new_state[1] = state[1] + (v - ve)
    # two equations: a = ve - v - flow x, b = radius - axis/2, in the unknowns ve and flow
    x_t = x_v + x_d * d
    a_v, a_f, a_trial = 1.0 - flow * x_t, -x, -1.0 + flow * x_d * d
    qm = q / slope2
    b_v = (x * x_t + qm * q_d * d) / radius - 0.5 * axis_d * d
    b_f = qm * q_f / radius
    b_trial = 0.5 * axis_d * d - (x * x_d + qm * q_d) * d / radius
    b_s = qm * (g3 / widening) / radius
    determinant = a_v * b_f - a_f * b_v
    ve_v = (-a_trial * b_f + a_f * b_trial) / determinant
    f_v = (-a_v * b_trial + b_v * a_trial) / determinant
    ve_s = a_f * b_s / determinant
    f_s = -a_v * b_s / determinant
    d_v, d_s = d * (ve_v - 1.0), d * ve_s
    p_d = bulk * factor_d * ve
    # work of the plastic flow with the mean of the two yield stresses along the same direction
    compression = -k * ve
    ratio = axis_start / axis
    mean_p = 0.5 * (compression + (compression + tensile) * ratio - tensile_start)
    work = mean_p * (ve - v) + 0.5 * (1.0 + ratio) * q * (s - se)
    energy = 0.5 * (k * ve * ve + g3 * se * se)
    if loosens:  # what softens now is softer from the next increment on
        softer, _1, _2, _3, _4, _5 = _functions(density * math.exp(ve - v), row)
        released = energy * (1.0 - softer / factor)
        energy, work = energy - released, work + released
    begin = ratio * factor / factor_start  # elastic strain before, over that after the step
    stiffening = energy * (1.0 - factor_start / factor) * 0.5 * (1.0 + begin * begin)
    if touching:
        return True, -compression, q, k, 0.0, 0.0, g3, ve, se, work - stiffening, energy
    return (
        True,
        -compression,
        q,
        k * ve_v + p_d * d_v,
        k * ve_s + p_d * d_s,
        q_f * f_v + q_d * d_v,
        q_f * f_s + q_d * d_s + g3 / widening,
        ve,
        se,
        work - stiffening,
        energy,
    )
