# SPDX-License-Identifier: MIT
r"""Flaws in a half-plane: weight function of an edge flaw, stress intensities, closure of a slit.

What it takes to enter a slit, and the opening of a row of cracks between two bodies, are here as
well.

An edge flaw of depth *a* stands perpendicular to a free face, with the stress :math:`\sigma(x)`
that acts across its place without it. With :math:`x = a \xi`,

.. math::

   K = 2 \sqrt{\frac{a}{\pi}} \int_0^1 \frac{1 + f(\xi)}{\sqrt{1 - \xi^2}}\, \sigma(a \xi)\, d\xi ,
   \quad
   f = (1 - \xi^2)(0.2945 - 0.3912 \xi^2 + 0.7685 \xi^4 - 0.9942 \xi^6 + 0.5094 \xi^8) .

Pressure on the sides of the flaw counts as tension across it.

References
----------
Hill (1950), The Mathematical Theory of Plasticity (friction of plastic metal between plates).
Hartranft and Sih (1973), in: Methods of Analysis and Solutions of Crack Problems (weight function).
Tada, Paris and Irwin (2000), The Stress Analysis of Cracks Handbook (edge crack in a half-plane,
row of cracks).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

#: uniform stress: K / (stress sqrt(pi a)), and mouth opening / (stress a / plane strain modulus)
UNIFORM, MOUTH = 1.1215, 5.816
#: stress that falls linearly from the face to zero at the tip: K / (stress at the face sqrt(pi a))
FALLING = 0.4390


def edge_flaw_rule(count: int = 12) -> tuple[FloatArray, FloatArray]:
    r"""Return where to sample the stress and with what weight.

    Parameters
    ----------
    count : int
        Points; the singular end of the weight function is integrated exactly.

    Returns
    -------
    places : (count,) array
        Depths over the depth of the flaw, :math:`\xi`.
    weights : (count,) array
        :math:`K = \sqrt{a} \sum_i w_i \sigma(a \xi_i)`.
    """
    node, weight = np.polynomial.legendre.leggauss(count)
    angle = 0.25 * math.pi * (node + 1.0)  # xi = sin(angle) takes the root away
    places = np.sin(angle)
    square = places**2
    series = 0.2945 + square * (-0.3912 + square * (0.7685 + square * (-0.9942 + square * 0.5094)))
    weights = 2.0 / math.sqrt(math.pi) * 0.25 * math.pi * weight * (1.0 + (1.0 - square) * series)
    return places, weights


def edge_flaw_intensity(stress: float, depth: float) -> float:
    """Return K of an edge flaw under uniform tension, or with a pressure of that size in it.

    Parameters
    ----------
    stress : float
        [MPa].
    depth : float
        [um].

    Returns
    -------
    float
        [MPa um^0.5].
    """
    return UNIFORM * stress * math.sqrt(math.pi * depth)


def slit_closure_pressure(modulus: float, *, width: float, depth: float) -> float:
    """Return the uniform compression that shuts the mouth of an edge slit.

    Parameters
    ----------
    modulus : float
        Plane strain modulus, E/(1 - nu^2) [MPa].
    width, depth : float
        Of the unloaded slit, narrow against its depth [um].

    Returns
    -------
    float
        [MPa].
    """
    return modulus * width / (MOUTH * depth)


def slit_entry_pressure(shear_strength: float, *, width: float, depth: float) -> float:
    """Return the pressure that drives plastic metal to the bottom of an open slit.

    The metal sticks to both walls with its shear strength all the way; what it takes to turn into
    the mouth, a few times the shear strength, is left out.

    Parameters
    ----------
    shear_strength : float
        [MPa].
    width, depth : float
        Of the slit [um].

    Returns
    -------
    float
        [MPa]; of a round pore twice as much.
    """
    return 2.0 * shear_strength * depth / width


def collinear_opening(
    tension: float, modulus: float, x: FloatArray, *, half_width: float, half_spacing: float
) -> FloatArray:
    r"""Return the opening of a row of equal cracks under tension across them.

    .. math::

       g = \frac{4 T W}{\pi E^*} \cosh^{-1} \frac{\cos(\pi x / 2W)}{\cos(\pi a / 2W)} ,
       \quad \frac{1}{E^*} = \frac{1 - \nu_1^2}{E_1} + \frac{1 - \nu_2^2}{E_2} .

    Parameters
    ----------
    tension : float
        Far from the cracks [MPa].
    modulus : float
        :math:`E^*` of the bodies on both sides, half the plane strain modulus of one body [MPa].
    x : array
        From the middle of one crack, up to W [um].
    half_width, half_spacing : float
        a of each crack, W between the middles of two [um].

    Returns
    -------
    array
        [um]; zero outside of the crack.
    """
    scale = math.pi / (2.0 * half_spacing)
    ratio = np.cos(scale * np.asarray(x)) / math.cos(scale * half_width)
    factor = 4.0 * tension * half_spacing / (math.pi * modulus)
    return np.asarray(factor * np.arccosh(np.maximum(ratio, 1.0)))
