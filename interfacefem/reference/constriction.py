# SPDX-License-Identifier: MIT
r"""Closed forms for current squeezed through contacts: strips in the plane, round spots in 3D.

Resistances of a strip are for a unit depth [V um/uA], those of a spot in [V/uA]; conductivities and
resistivities are in internal units [uA/(V um)] and [V um/uA]. Fields do not live here.

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
import numpy.typing as npt
from scipy.special import erfc

from interfacefem.errors import InterfaceFEMError

#: sums over a square lattice of unit period: of 1/r less an even background, and of 1/r^3
LATTICE_1, LATTICE_3 = 3.900264920, 9.033621683
#: images of a lattice on each side that Ewald's sums take; the first left out is below 1e-20
IMAGES = 4


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


def spot_resistance(resistivity: float, radius: float) -> float:
    r"""Return the constriction resistance of one side of a round spot on a half space.

    Parameters
    ----------
    resistivity : float
        Of that side [V um/uA]; for both sides give the sum.
    radius : float
        a [um].

    Returns
    -------
    float
        :math:`\rho/4a` [V/uA].

    References
    ----------
    Holm (1967), Electric Contacts, 4th edition, Springer.
    """
    return 0.25 * resistivity / radius


def spot_array_resistance(resistivity: float, radius: float, period: float) -> float:
    r"""Return the constriction resistance of one side of each spot of a square array.

    What the array adds to a flat layer, for each spot:

    .. math::

       \frac{\rho}{4a} \Big[ 1 - \frac{2a}{\pi p} \Big( M - \frac{S a^2}{3 p^2} \Big) \Big] ,

    with the lattice sums :math:`M = 3.900265` (of 1/r, less an even background) and
    :math:`S = 9.033622` (of :math:`1/r^3`). The potential of a spot in the field of the others is
    that field weighted with the spot's own current :math:`\propto (a^2 - r^2)^{-1/2}`, whose mean
    :math:`r^2` is :math:`2a^2/3`; terms of order :math:`(a/p)^5` in the bracket are left out.

    Parameters
    ----------
    resistivity : float
        Of that side [V um/uA]; for both sides give the sum.
    radius, period : float
        a, and the distance p of the spots' centres [um].

    Returns
    -------
    float
        [V/uA]; times the square of the period it is the area-specific resistance.

    Raises
    ------
    InterfaceFEMError
        If not 0 < 2a < p.

    References
    ----------
    Bonsall and Maradudin (1977), Phys. Rev. B 15, 1959-1973 (M, the energy of a square lattice).
    """
    if not 0.0 < 2.0 * radius < period:
        raise InterfaceFEMError(
            f"spots of radius {radius!r} um at a distance of {period!r} um: they must be larger "
            f"than nothing and must not touch"
        )
    ratio = radius / period
    interaction = LATTICE_1 - LATTICE_3 * ratio**2 / 3.0
    return spot_resistance(resistivity, radius) * (1.0 - 2.0 * ratio / np.pi * interaction)


def spot_over_strip(fraction: float) -> float:
    r"""Return how many times as much a spot constricts as a strip of the same contact fraction.

    One strip a period, and one round spot a square of the same period, which cover the same part
    of the area:

    .. math::

       \frac{p^2 R_\mathrm{spot}}{p R_\mathrm{strip}} \quad\text{with}\quad
       \pi a_\mathrm{spot}^2 = f p^2, \; 2 a_\mathrm{strip} = f p .

    Parameters
    ----------
    fraction : float
        f, the part of the area in contact [-].

    Returns
    -------
    float
        [-]; above one below a third of contact.

    Raises
    ------
    InterfaceFEMError
        If the fraction is not above zero and below pi/4, where the spots would touch.
    """
    if not 0.0 < fraction < 0.25 * np.pi:
        raise InterfaceFEMError(
            f"contact fraction {fraction!r}: give one above 0 and below pi/4, where spots touch"
        )
    spot = spot_array_resistance(1.0, float(np.sqrt(fraction / np.pi)), 1.0)
    return spot / strip_resistance(1.0, 0.5 * fraction, 0.5)


def cluster_resistance(
    resistivity: float,
    positions: npt.ArrayLike,
    radii: npt.ArrayLike,
    *,
    period: float | None = None,
) -> float:
    r"""Return the constriction resistance of one side of a cluster of round spots.

    All spots have one potential V, and a spot feels the others as point sources:

    .. math:: V = \frac{\rho I_i}{4 a_i} + \frac{\rho}{2\pi} \sum_{j \ne i} \frac{I_j}{s_{ij}} .

    With currents in proportion to the radii, in place of those that solve the equations, it is
    Greenwood's :math:`\rho [ 1/(4 \sum a_i) + \sum \sum_{i \ne j} a_i a_j / s_{ij} /
    (2\pi (\sum a_i)^2) ]`. In a square array of clusters :math:`1/s` becomes the sum over all
    images less an even background, and the result what the array adds to a flat layer.

    Parameters
    ----------
    resistivity : float
        Of that side [V um/uA]; for both sides give the sum.
    positions : (n, 2) array
        Centres [um].
    radii : (n,) array
        [um].
    period : float, optional
        Distance of like points of an array of such clusters [um]; None for one cluster on a half
        space.

    Returns
    -------
    float
        [V/uA]; of an array times the square of the period it is the area-specific resistance.

    References
    ----------
    Greenwood (1966), Br. J. Appl. Phys. 17, 1621-1632.
    """
    place, radius = np.asarray(positions, dtype=float), np.asarray(radii, dtype=float)
    between = place[:, None] - place[None]
    if period is None:
        distance = np.hypot(between[..., 0], between[..., 1])
        np.fill_diagonal(distance, np.inf)
        influence = 1.0 / distance
    else:
        influence = lattice_potential(between.reshape(-1, 2) / period).reshape(len(place), -1)
        influence /= period
    matrix = influence / (2.0 * np.pi)
    matrix += np.diag(0.25 / radius)
    return resistivity / float(np.linalg.solve(matrix, np.ones(len(place))).sum())


def lattice_potential(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    r"""Return the sum of 1/r over a square lattice of unit period, less an even background.

    By Ewald's method in the plane of the lattice, with the screening that makes both sums converge
    alike. At a lattice point that point itself is left out.

    Parameters
    ----------
    points : (n, 2) array
        In periods.

    Returns
    -------
    (n,) array
        Of mean zero over the plane [1/period].
    """
    eta = np.sqrt(np.pi)
    steps = np.arange(-IMAGES, IMAGES + 1)
    lattice = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    near = points - np.rint(points)
    offset = near[:, None] - lattice
    distance = np.hypot(offset[..., 0], offset[..., 1])
    own = distance < 1e-12
    safe = np.where(own, 1.0, distance)
    total = np.where(own, -2.0 * eta / np.sqrt(np.pi), erfc(eta * safe) / safe).sum(axis=1)
    waves = 2.0 * np.pi * lattice[(lattice != 0).any(axis=1)]
    length = np.hypot(waves[:, 0], waves[:, 1])
    total += np.cos(near @ waves.T) @ (2.0 * np.pi / length * erfc(0.5 * length / eta))
    result: npt.NDArray[np.float64] = total - 2.0 * np.sqrt(np.pi) / eta
    return result
