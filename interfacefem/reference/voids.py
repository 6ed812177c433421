# SPDX-License-Identifier: MIT
r"""Closed forms of thick rings and shells: elastic, perfectly plastic, and closing by creep.

A ring is a long hollow cylinder in plane strain, a shell a hollow sphere. The inner radius is a,
the outer one b. Small strains except for :func:`closing_radius`, which follows the void in
the current configuration of an incompressible body. Contact does not live here.

References
----------
Timoshenko and Goodier (1970), Theory of Elasticity, sections 28 and 136 (Lamé); Hill (1950), The
Mathematical Theory of Plasticity, chapter V.2 (shell); Wilkinson and Ashby (1975), Acta Metall.
23, 1277-1285 (closing of cylindrical and spherical voids by power-law creep).
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp


def ring_displacement(
    pressure: float, inner: float, outer: float, radius: float, youngs: float, poisson: float
) -> float:
    """Return the radial displacement [um] of an elastic ring under internal pressure [MPa]."""
    scale = pressure * inner**2 / (outer**2 - inner**2) * (1.0 + poisson) / youngs
    return scale * ((1.0 - 2.0 * poisson) * radius + outer**2 / radius)


def shell_displacement(
    pressure: float, inner: float, outer: float, radius: float, youngs: float, poisson: float
) -> float:
    """Return the radial displacement [um] of an elastic shell under internal pressure [MPa]."""
    scale = pressure * inner**3 / (outer**3 - inner**3) / youngs
    return scale * ((1.0 - 2.0 * poisson) * radius + 0.5 * (1.0 + poisson) * outer**3 / radius**2)


def plastic_shell_pressure(front: float, inner: float, outer: float, yield_stress: float) -> float:
    r"""Return the internal pressure [MPa] of a shell that is plastic up to a radius.

    :math:`p = 2Y\ln(c/a) + \tfrac{2Y}{3}(1 - c^3/b^3)`; at :math:`c = b` the limit load.
    """
    logarithm = 2.0 * float(np.log(front / inner))
    return yield_stress * (logarithm + 2.0 / 3.0 * (1.0 - (front / outer) ** 3))


def closing_rate(
    pressure: float, inner: float, outer: float, rate: float, exponent: float, *, sphere: bool
) -> float:
    r"""Return the rate of the radius of a void over the radius, :math:`\dot a / a` [1/s].

    The body creeps with :math:`\dot\varepsilon = A \sigma^n` under an external pressure.

    Parameters
    ----------
    pressure : float
        Pressure outside less pressure inside [MPa].
    inner, outer : float
        Current radii [um].
    rate : float
        A, the creep rate at 1 MPa [1/s].
    exponent : float
        n.
    sphere : bool
        A sphere, else a cylinder in plane strain.
    """
    n = exponent
    if sphere:
        stress = 1.5 * pressure / (n * (1.0 - (inner / outer) ** (3.0 / n)))
        return -0.5 * rate * float(stress**n)
    root = float(np.sqrt(3.0))
    stress = root * pressure / (n * (1.0 - (inner / outer) ** (2.0 / n)))
    return -0.5 * root * rate * float(stress**n)


def closing_radius(
    time: float,
    pressure: float,
    inner: float,
    outer: float,
    rate: float,
    exponent: float,
    *,
    sphere: bool,
) -> float:
    """Return the radius [um] of a void after a time [s] at a constant true pressure [MPa].

    The other parameters are those of :func:`closing_rate`, with the radii at the start; the volume
    of the body is kept.
    """
    power = 3.0 if sphere else 2.0
    solid = outer**power - inner**power

    # in the logarithm, so that a void that closes never turns inside out
    def slope(_: float, logarithm: np.ndarray) -> list[float]:
        a = inner * float(np.exp(logarithm[0]))
        b = float((solid + a**power) ** (1.0 / power))
        return [closing_rate(pressure, a, b, rate, exponent, sphere=sphere)]

    found = solve_ivp(slope, (0.0, time), [0.0], rtol=1e-10, atol=1e-12, method="LSODA")
    return inner * float(np.exp(found.y[0, -1]))
