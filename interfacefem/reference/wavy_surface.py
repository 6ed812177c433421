# SPDX-License-Identifier: MIT
r"""Elastic contact of a surface wavy in two directions with a flat one.

The heights are :math:`\Delta \cos(2\pi x/\lambda) \cos(2\pi y/\lambda)`; small slopes, half spaces,
no friction. Between the two limits there is no closed form.

References
----------
Johnson, Greenwood and Higginson (1985), Int. J. Mech. Sci. 27, 383-396,
10.1016/0020-7403(85)90029-3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class WavySurface:
    r"""Doubly sinusoidal surface pressed flat.

    Attributes
    ----------
    amplitude : float
        :math:`\Delta` [um]; from a crest to a valley it is twice as much.
    wavelength : float
        :math:`\lambda` along x and along y [um].
    modulus : float
        Contact modulus [MPa], see :func:`interfacefem.reference.hertz.contact_modulus`.
    """

    amplitude: float
    wavelength: float
    modulus: float

    @property
    def complete_contact_pressure(self) -> float:
        r"""Mean pressure of complete contact, :math:`p^* = \sqrt2 \pi E^* \Delta/\lambda` [MPa]."""
        return float(np.sqrt(2.0) * np.pi * self.modulus * self.amplitude / self.wavelength)

    def light_fraction(self, mean_pressure: float) -> float:
        r"""Contact fraction at light load, :math:`\pi (3 \bar p / 8 \pi p^*)^{2/3}`.

        Each of the two crests in a cell is then in Hertzian contact.
        """
        ratio = mean_pressure / self.complete_contact_pressure
        return float(np.pi * (3.0 * ratio / (8.0 * np.pi)) ** (2.0 / 3.0))

    def open_fraction(self, mean_pressure: float) -> float:
        r"""Open fraction near complete contact, :math:`(3/2\pi)(1 - \bar p/p^*)`.

        Each of the two valleys in a cell is then a penny-shaped crack without stress intensity.
        """
        ratio = mean_pressure / self.complete_contact_pressure
        return 1.5 / np.pi * max(1.0 - ratio, 0.0)
