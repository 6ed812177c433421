# SPDX-License-Identifier: MIT
r"""Anand viscoplasticity at one point: compiled update in the two invariants of the elastic strain.

Every point law has the signature of :func:`respond`; the loop over points and the kinematics do
not live here, nor does the description, :class:`interfacefem.materials.Anand`.

Notes
-----
With :math:`x = \ln(\dot\varepsilon / A_T)`, :math:`A_T = A e^{-Q/RT}` and
:math:`\Delta p = \Delta t A_T e^x` the backward Euler step is

.. math::

    q + 3 G \Delta p = q_{trial}, \quad q = S e^{m x}, \quad
    S = S_n + \Delta p\, H_0 |1 - S/S_s|^a \mathrm{sign}(1 - S/S_s), \quad S_s = Y^* e^{n x}.

The outer equation is solved for x by Newton in the logarithm of both sides inside a bracket, the
inner one for S at each x by Newton inside the bracket of :math:`S_n` and :math:`S_s`. In the
unknown x the equation stays well scaled over the dozens of decades a power law spans.

Stresses are Kirchhoff stresses per reference volume; a tension test quoted in Cauchy stress
differs by :math:`J = 1 + (1 - 2\nu)\sigma/E`, below 1e-4 for lithium.

References
----------
Anand and Narayan (2019), J. Electrochem. Soc. 166, A1092 (the law for lithium).
Brown, Kim and Anand (1989), Int. J. Plasticity 5, 95 (the law).
"""

from __future__ import annotations

import math
from typing import Any

from interfacefem.compiled import njit
from interfacefem.materials.numbers import (
    ANAND_ITERATIONS,
    ANAND_NO_FLOW,
    ANAND_STEP,
    RESISTANCE_ITERATIONS,
    RESISTANCE_STEP,
)


@njit
def resistance(x: float, dp: float, start: float, row: Any) -> Any:
    """Solve for the deformation resistance at the end of the step.

    Parameters
    ----------
    x : float
        Logarithm of the rate over the reference rate [-].
    dp : float
        Increment of the equivalent plastic strain [-].
    start : float
        Resistance at the beginning [MPa].
    row : (9,) array
        See :meth:`interfacefem.materials.models_viscous.Anand.row`.

    Returns
    -------
    tuple of float
        S [MPa] and its derivative dS/dx [MPa] with dp = dt A exp(x), so ddp/dx = dp.
    """
    hardening, saturation, a, n = row[5], row[6], row[7], row[8]
    end = saturation * math.exp(n * x)
    weight = dp * hardening
    if weight == 0.0 or start == end:
        # At saturation S stays; its derivative follows the saturation value as far as dp lets it,
        # which is not at all for a > 1.
        slope = weight / end if a == 1.0 else 0.0
        return start, slope * end * n / (1.0 + slope)
    low, high = min(start, end), max(start, end)
    # Growth is concave from below and convex from above, so Newton from the start is monotone
    # for a >= 1; the bracket is for a < 1.
    value = start
    for _ in range(RESISTANCE_ITERATIONS):
        distance = 1.0 - value / end
        power = math.pow(abs(distance), a - 1.0) if distance != 0.0 else 0.0
        residual = value - start - weight * power * distance
        slope = 1.0 + weight * a * power / end
        if residual > 0.0:
            high = value
        else:
            low = value
        following = value - residual / slope
        if not (low <= following <= high):
            following = 0.5 * (low + high)
        change = abs(following - value)
        value = following
        if change <= RESISTANCE_STEP * value:
            break
    distance = 1.0 - value / end
    power = math.pow(abs(distance), a - 1.0) if distance != 0.0 else 0.0
    source = weight * power * distance
    slope = weight * a * power / end
    # dS = source dx + slope (S/Ss dSs - dS), dSs = n Ss dx
    return value, (source + slope * value * n) / (1.0 + slope)


@njit
def respond(v: float, s: float, state: Any, dt: float, row: Any, new_state: Any) -> Any:
    r"""Stress, consistent derivatives and new state from the trial elastic strain.

    Parameters
    ----------
    v : float
        Trace of the trial elastic logarithmic strain [-].
    s : float
        :math:`\sqrt{2/3}` times the norm of its deviator, at least 0 [-].
    state : (2,) array
        Accepted equivalent plastic strain [-] and resistance S [MPa].
    dt : float
        Time increment [s]; zero means no flow.
    row : (9,) array
        See :meth:`interfacefem.materials.models_viscous.Anand.row`.
    new_state : (2,) array, out

    Returns
    -------
    ok : bool
        False if the local equations were not solved.
    p, q : float
        Mean and von Mises Kirchhoff stress, tension positive [MPa].
    p_v, p_s, q_v, q_s : float
        Their derivatives by v and s [MPa].
    v_e, s_e : float
        Invariants of the elastic strain after the step [-].
    dissipation : float
        Plastic work of the increment per reference volume, with the mean of the flow stresses
        before and after hardening [MPa].
    energy : float
        Stored elastic energy per reference volume [MPa].
    """
    shear3 = 3.0 * row[0]
    bulk = row[1]
    m, start = row[3], state[1]
    p = bulk * v
    volumetric = 0.5 * bulk * v * v
    trial = shear3 * s
    new_state[0] = state[0]
    new_state[1] = start
    elastic = (True, p, trial, bulk, 0.0, 0.0, shear3, v, s, 0.0, volumetric + 0.5 * trial * s)
    unit = dt * row[2]  # plastic strain of the step at x = 0
    if not (trial > 0.0 and unit > 0.0):
        return elastic
    reach = math.log(trial)
    # Two upper bounds of the rate: the trial strain all plastic; the trial stress at resistance S.
    widest = math.log(s / unit)
    at_start = (reach - math.log(start)) / m
    x = min(widest, at_start)
    dp = unit * math.exp(x)
    end = row[6] * math.exp(row[8] * x)
    recovery = math.pow(1.0 + start / end, row[7]) if end > 0.0 else math.inf
    if shear3 * dp <= ANAND_NO_FLOW * trial and row[5] * dp * recovery <= ANAND_NO_FLOW * start:
        return elastic
    # Below this x both parts of the sum are at most half of the trial stress.
    half = reach - math.log(2.0)
    low = min(
        widest - math.log(2.0),
        (half - math.log(start)) / m,
        (half - math.log(row[6])) / (m + row[8]),
    )
    high = widest
    ok = False
    resisting, slope = start, 0.0
    for _ in range(ANAND_ITERATIONS):
        dp = unit * math.exp(x)
        resisting, slope = resistance(x, dp, start, row)
        factor = math.exp(m * x)
        flow = resisting * factor
        total = flow + shear3 * dp
        rise = (slope + m * resisting) * factor + shear3 * dp
        gap = math.log(total) - reach
        if gap > 0.0:
            high = min(high, x)
        else:
            low = max(low, x)
        step = -gap * total / rise if rise > 0.0 else math.inf
        following = x + step
        least = ANAND_STEP * max(1.0, abs(x))
        if abs(step) <= least or high - low <= least:
            ok = True
            break
        if not (low <= following <= high):
            following = 0.5 * (low + high)
        x = following
    if not ok:
        return (False, p, trial, bulk, 0.0, 0.0, shear3, v, s, 0.0, 0.0)
    q = resisting * factor
    q_x = (slope + m * resisting) * factor
    new_state[0] = state[0] + dp
    new_state[1] = resisting
    # q/3G and s - dp agree to round-off; the smaller of stress and flow is the accurate one.
    s_e = q / shear3 if q < shear3 * dp else s - dp
    return (
        True,
        p,
        shear3 * s_e,
        bulk,
        0.0,
        0.0,
        shear3 * q_x / (q_x + shear3 * dp),
        v,
        s_e,
        0.5 * (start + resisting) * factor * dp,
        volumetric + 0.5 * shear3 * s_e * s_e,
    )
