# SPDX-License-Identifier: MIT
r"""Rate-independent von Mises plasticity at one point, in the two invariants of the strain.

Like every law that the compiled loops call (see :mod:`interfacefem.materials.points`) this
module has :func:`parameters`, :func:`initial_state` and :func:`respond`. An elastic law is one that
never yields. The descriptions are in :mod:`interfacefem.materials.models`, tensors in
:mod:`interfacefem.materials.update`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from interfacefem.compiled import njit
from interfacefem.materials.numbers import J2_ITERATIONS, J2_SMALLEST, J2_STEP

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@njit(inline="always")
def flow_stress(alpha: float, y: float, saturation: float, rate: float, modulus: float) -> Any:
    """Flow stress and its slope at the equivalent plastic strain ``alpha``."""
    if rate > 0.0:
        decay = math.exp(-rate * alpha)
        return (
            y + (saturation - y) * (1.0 - decay) + modulus * alpha,
            (saturation - y) * rate * decay + modulus,
        )
    return y + modulus * alpha, modulus


@njit
def return_map(
    trial: float, alpha: float, g3: float, y: float, sat: float, rate: float, mod: float
) -> Any:
    """Solve ``trial - 3G da = flow(alpha + da)``; return da, the flow stress and its slope."""
    flow, slope = flow_stress(alpha, y, sat, rate, mod)
    da = (trial - flow) / (g3 + slope)
    if rate > 0.0:
        # The residual is convex and falling in da for saturating hardening: Newton from the
        # left (da = 0) never overshoots, so no bracket is needed.
        da = 0.0
        for _ in range(J2_ITERATIONS):
            flow, slope = flow_stress(alpha + da, y, sat, rate, mod)
            step = (trial - g3 * da - flow) / (g3 + slope)
            da += step
            if abs(step) <= J2_SMALLEST + J2_STEP * abs(da):
                break
    flow, slope = flow_stress(alpha + da, y, sat, rate, mod)
    return da, flow, slope


@njit
def respond(v: float, s: float, state: Array, dt: float, row: Array, new_state: Array) -> Any:
    """Response at one point; arguments and results as in :mod:`interfacefem.materials.points`.

    The plastic work is the mean flow stress times the growth of the equivalent plastic strain.
    """
    g3, bulk = 3.0 * row[0], row[1]
    trial = g3 * s
    mean = bulk * v
    stored = 0.5 * mean * v
    alpha = state[0]
    flow0, _ = flow_stress(alpha, row[2], row[3], row[4], row[5])
    if trial <= flow0:
        new_state[0] = alpha
        return True, mean, trial, bulk, 0.0, 0.0, g3, v, s, 0.0, stored + 0.5 * trial * s
    da, flow, slope = return_map(trial, alpha, g3, row[2], row[3], row[4], row[5])
    new_state[0] = alpha + da
    work = 0.5 * (flow0 + flow) * da
    stored += 0.5 * flow * flow / g3
    tangent = g3 * slope / (g3 + slope)
    return True, mean, flow, bulk, 0.0, 0.0, tangent, v, flow / g3, work, stored
