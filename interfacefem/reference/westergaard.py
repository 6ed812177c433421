# SPDX-License-Identifier: MIT
r"""Elastic contact of a surface with one sinusoidal wave and a flat one, plane strain.

The profile is :math:`\Delta [1 - \cos(2\pi x/\lambda)]`, peak to valley :math:`2\Delta`; small
slopes, half spaces, no friction. Crests touch at integer multiples of the wavelength.

References
----------
Westergaard (1939), J. Appl. Mech. 6, A49-A53; Johnson (1985), Contact Mechanics,
10.1017/CBO9781139171731, section 13.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class WavyContact:
    """Wavy surface pressed flat.

    Attributes
    ----------
    amplitude : float
        Half of the height from valley to crest [um].
    wavelength : float
        [um].
    modulus : float
        Contact modulus [MPa], see :func:`interfacefem.reference.hertz.contact_modulus`.
    """

    amplitude: float
    wavelength: float
    modulus: float

    @property
    def complete_contact_pressure(self) -> float:
        r"""Mean pressure of complete contact, :math:`p^* = \pi E^* \Delta / \lambda` [MPa]."""
        return float(np.pi * self.modulus * self.amplitude / self.wavelength)

    def half_width(self, mean_pressure: float) -> float:
        r"""Half-width [um] at the mean pressure :math:`\bar p = p^* \sin^2(\pi a/\lambda)`."""
        ratio = min(mean_pressure / self.complete_contact_pressure, 1.0)
        return float(self.wavelength / np.pi * np.arcsin(np.sqrt(ratio)))

    def fraction(self, mean_pressure: float) -> float:
        """Contact fraction at a mean pressure [MPa]."""
        return 2.0 * self.half_width(mean_pressure) / self.wavelength

    def pressure(self, x: Array, mean_pressure: float) -> Array:
        """Return the contact pressure [MPa] at the distance ``x`` [um] from a crest.

        Parameters
        ----------
        x : array
        mean_pressure : float
            [MPa]; above complete contact the pressure is the mean plus a cosine.

        Returns
        -------
        array
        """
        angle = np.pi * np.asarray(x, dtype=float) / self.wavelength
        complete = self.complete_contact_pressure
        if mean_pressure >= complete:
            result: Array = mean_pressure + complete * np.cos(2.0 * angle)
            return result
        edge = np.sin(np.pi * self.half_width(mean_pressure) / self.wavelength)
        inside = np.maximum(edge**2 - np.sin(angle) ** 2, 0.0)
        result = 2.0 * mean_pressure * np.abs(np.cos(angle)) / edge**2 * np.sqrt(inside)
        return result
