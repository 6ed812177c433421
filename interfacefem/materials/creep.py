# SPDX-License-Identifier: MIT
r"""Power-law (Norton) creep at one point: compiled update in the invariants of the elastic strain.

The signature is that of :func:`interfacefem.materials.anand.respond`. The loop over points, the
kinematics and the description, :class:`interfacefem.materials.Norton`, live elsewhere.

Notes
-----
The backward Euler step :math:`q + 3 G \Delta t\, \dot\varepsilon_0 (q/\sigma_0)^n = q_{trial}` is
solved for :math:`y = \ln(q/\sigma_0)` by Newton in the logarithm of both sides; as a sum of
exponentials that is convex and rises in y, so Newton from the right never overshoots.

References
----------
Norton (1929), The Creep of Steel at High Temperatures, McGraw-Hill.
LePage et al. (2019), J. Electrochem. Soc. 166, A89 (lithium).
"""

from __future__ import annotations

import math
from typing import Any

from interfacefem.compiled import njit
from interfacefem.materials.numbers import NORTON_ITERATIONS, NORTON_STEP


@njit
def respond(v: float, s: float, state: Any, dt: float, row: Any, new_state: Any) -> Any:
    """Stress, consistent derivatives and new state from the trial elastic strain.

    Parameters
    ----------
    v, s, dt : float
        As in :func:`interfacefem.materials.anand.respond`.
    state : (1,) array
        Accepted equivalent plastic strain [-].
    row : (5,) array
        See :meth:`interfacefem.materials.models_viscous.Norton.row`.
    new_state : (1,) array, out

    Returns
    -------
    tuple
        As in :func:`interfacefem.materials.anand.respond`; the dissipation is that of the stress
        at the end of the increment, for creep has no flow stress of its own before it.
    """
    shear3 = 3.0 * row[0]
    bulk, reference, n = row[1], row[3], row[4]
    p = bulk * v
    volumetric = 0.5 * bulk * v * v
    trial = shear3 * s
    new_state[0] = state[0]
    unit = dt * row[2]
    elastic = (True, p, trial, bulk, 0.0, 0.0, shear3, v, s, 0.0, volumetric + 0.5 * trial * s)
    if not (trial > 0.0 and unit > 0.0):
        return elastic
    # total = e^y + ratio e^(n y) = trial/reference; both terms alone bound y from above
    reach = math.log(trial / reference)
    ratio = shear3 * unit / reference
    y = min(reach, (reach - math.log(ratio)) / n)
    ok = False
    first = second = 0.0
    for _ in range(NORTON_ITERATIONS):
        first = math.exp(y)
        second = ratio * math.exp(n * y)
        gap = math.log(first + second) - reach
        step = -gap * (first + second) / (first + n * second)
        if abs(step) <= NORTON_STEP * max(1.0, abs(y)):
            ok = True
            break
        y += step
    if not ok:
        return (False, p, trial, bulk, 0.0, 0.0, shear3, v, s, 0.0, 0.0)
    dp = second * reference / shear3
    s_e = first * reference / shear3 if first < second else s - dp
    q = shear3 * s_e
    new_state[0] = state[0] + dp
    return (
        True,
        p,
        q,
        bulk,
        0.0,
        0.0,
        shear3 * first / (first + n * second),
        v,
        s_e,
        q * dp,
        volumetric + 0.5 * q * s_e,
    )
