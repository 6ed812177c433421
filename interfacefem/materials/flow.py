# SPDX-License-Identifier: MIT
"""Flow stress and scalar return map at one point, and the table of parameters they read.

Compiled helpers without a loop over points; :mod:`interfacefem.materials.update` loops. The laws
themselves are described in :mod:`interfacefem.materials.models`.

Notes
-----
The callers' compiled code is cached and does not notice a change in this file: remove
``__pycache__`` after editing it.
"""

from __future__ import annotations

import math
from typing import Any

import numba

from interfacefem.materials.models import Elastic, J2Plastic, SaturatingHardening


def parameters(law: Elastic | J2Plastic) -> list[float]:
    """Return the row of the parameter table for one law.

    Parameters
    ----------
    law : Elastic or J2Plastic
        An elastic law never yields.

    Returns
    -------
    list of float
        Shear modulus, bulk modulus, yield stress, saturation stress, saturation rate,
        hardening modulus [MPa; the rate is dimensionless].
    """
    row = [law.shear_modulus, law.bulk_modulus]
    if not isinstance(law, J2Plastic):
        return [*row, math.inf, math.inf, 0.0, 0.0]
    hardening = law.hardening
    if isinstance(hardening, SaturatingHardening):
        saturation, rate = hardening.saturation_stress, hardening.rate
    else:
        saturation, rate = law.yield_stress, 0.0
    return [*row, law.yield_stress, saturation, rate, hardening.modulus]


@numba.njit(cache=True, inline="always")
def flow_stress(alpha: float, y: float, saturation: float, rate: float, modulus: float) -> Any:
    """Flow stress and its slope at the equivalent plastic strain ``alpha``."""
    if rate > 0.0:
        decay = math.exp(-rate * alpha)
        return (
            y + (saturation - y) * (1.0 - decay) + modulus * alpha,
            (saturation - y) * rate * decay + modulus,
        )
    return y + modulus * alpha, modulus


@numba.njit(cache=True)
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
        for _ in range(60):
            flow, slope = flow_stress(alpha + da, y, sat, rate, mod)
            step = (trial - g3 * da - flow) / (g3 + slope)
            da += step
            if abs(step) <= 1e-15 + 1e-13 * abs(da):
                break
    flow, slope = flow_stress(alpha + da, y, sat, rate, mod)
    return da, flow, slope
