# SPDX-License-Identifier: MIT
r"""Closed forms for current squeezed through strip contacts, in the plane.

Resistances of one contact are for a unit depth [V/uA um]; conductivities and resistivities are in
internal units [uA/(V um)] and [V um/uA]. Spots in three dimensions do not live here.

Strip in a channel
------------------
A channel of width 2b, walls insulated, ends in a face that is insulated but for a central strip of
width 2a at one potential. With z = x + iy and x from the middle of the strip, :math:`\zeta =
\cos(\pi z/b)` maps the right half of the channel to a half plane: the face to :math:`[-1, 1]`, the
strip to :math:`[c, 1]` with :math:`c = \cos(\pi a/b)`, the walls to the rest of the real axis. The
linear map :math:`\zeta' = (2\zeta - 1 - c)/(1 - c)` takes the strip to :math:`[-1, 1]`, so
:math:`\zeta' = \cos(\pi W/b)` defines a channel whose whole face is the strip and whose flow is
uniform: Im W is the potential. Far from the face :math:`\cos(\pi z/b) \to e^{-i\pi z/b}/2`, hence

.. math::

   W - z \to \frac{i b}{\pi} \ln \frac{2}{1 - c} = \frac{2 i b}{\pi} \ln \frac{1}{\sin(\pi a/2b)} .

Far away the strip costs as much as a length :math:`(2b/\pi) \ln [1/\sin(\pi a/2b)]` of channel.
In two channels of different conductivity back to back the strip is an equipotential by reflection,
so their resistances add.

References
----------
Veziroglu and Chandra (1969), Thermal conductance of two-dimensional constrictions, Progress in
Astronautics and Aeronautics 21, 591-615 (the strip; derived anew above).
Barber (2003), Proc. R. Soc. Lond. A 459, 53-66 (conductance and incremental contact stiffness).
"""

from __future__ import annotations

import numpy as np

from interfacefem.errors import InterfaceFEMError


def strip_excess_length(half_width: float, half_period: float) -> float:
    r"""Return the length of channel that costs as much as the constriction of one side.

    Parameters
    ----------
    half_width : float
        Half of the strip, a [um].
    half_period : float
        Half of the channel or of the period of parallel strips, b [um].

    Returns
    -------
    float
        :math:`(2b/\pi) \ln [1/\sin(\pi a/2b)]` [um].

    Raises
    ------
    InterfaceFEMError
        If not 0 < a <= b.
    """
    if not 0.0 < half_width <= half_period:
        raise InterfaceFEMError(
            f"strip of half-width {half_width!r} um in a half period of {half_period!r} um: "
            f"the strip must be wider than nothing and not wider than its period"
        )
    b = half_period
    return float(-2.0 * b / np.pi * np.log(np.sin(0.5 * np.pi * half_width / b)))


def strip_resistance(resistivity: float, half_width: float, half_period: float) -> float:
    r"""Return the constriction resistance of one side of a strip, for a unit depth.

    Parameters
    ----------
    resistivity : float
        Of that side [V um/uA]; for both sides give the sum.
    half_width, half_period : float
        a and b [um].

    Returns
    -------
    float
        :math:`(\rho/\pi) \ln [1/\sin(\pi a/2b)]` [V um/uA]; times the period 2b it is the
        area-specific resistance.
    """
    return resistivity * strip_excess_length(half_width, half_period) / (2.0 * half_period)


def barber_area_resistance(resistivities: float, modulus: float, compliance: float) -> float:
    r"""Return the area-specific constriction resistance of an elastic contact.

    Normal displacement and potential of a half space under a given traction and a given current
    have the same kernel, so for any set of spots

    .. math:: \frac{1}{R} = \frac{2}{E^* (\rho_1 + \rho_2)} \frac{dF}{d\delta} .

    In the plane the kernels are :math:`-(2/\pi E^*) \ln r` and
    :math:`-((\rho_1 + \rho_2)/\pi) \ln r`, with the same ratio. Both sides of the identity
    mean what the spots add to flat layers; subtract those first.

    Parameters
    ----------
    resistivities : float
        Sum of the two sides [V um/uA].
    modulus : float
        Contact modulus E* [MPa].
    compliance : float
        Closure per nominal pressure beyond that of flat layers [um/MPa].

    Returns
    -------
    float
        [V um^2/uA].

    References
    ----------
    Barber (2003), Proc. R. Soc. Lond. A 459, 53-66.
    """
    return 0.5 * modulus * resistivities * compliance


def wavy_compliance(half_width: float, wavelength: float, modulus: float) -> float:
    r"""Return the incremental compliance of a wavy contact beyond that of flat layers.

    A small change of load moves the contact as if it were bonded over its present width, so the
    compliance follows from the strip by Barber's identity:
    :math:`d\delta/d\bar p = (2 \lambda/\pi E^*) \ln [1/\sin(\pi a/\lambda)]`.

    Parameters
    ----------
    half_width : float
        Half-width of the contact at the crests, a [um].
    wavelength : float
        [um].
    modulus : float
        Contact modulus E* [MPa].

    Returns
    -------
    float
        [um/MPa].
    """
    return 2.0 / modulus * strip_excess_length(half_width, 0.5 * wavelength)
