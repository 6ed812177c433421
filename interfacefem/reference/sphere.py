# SPDX-License-Identifier: MIT
r"""Elastic contact of a sphere and a flat: Hertz.

Small strains, half spaces, contact radius small against the radius of the sphere, no friction. The
contact modulus is :func:`interfacefem.reference.hertz.contact_modulus`.

References
----------
Hertz (1882), 10.1515/crll.1882.92.156; Johnson (1985), Contact Mechanics, 10.1017/CBO9781139171731,
section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PointContact:
    """Sphere on a half space, or two spheres, pressed together.

    Attributes
    ----------
    force : float
        [uN].
    radius : float
        Relative radius of curvature [um].
    modulus : float
        Contact modulus [MPa].
    """

    force: float
    radius: float
    modulus: float

    @property
    def contact_radius(self) -> float:
        r"""Contact radius :math:`a = (3 F R / 4 E^*)^{1/3}` [um]."""
        return float((0.75 * self.force * self.radius / self.modulus) ** (1.0 / 3.0))

    @property
    def approach(self) -> float:
        r"""Approach of distant points :math:`\delta = a^2 / R` [um]."""
        return self.contact_radius**2 / self.radius

    @property
    def peak_pressure(self) -> float:
        r"""Pressure at the centre :math:`p_0 = 3 F / (2 \pi a^2)` [MPa]."""
        return 1.5 * self.force / (np.pi * self.contact_radius**2)

    def pressure(self, r: Array) -> Array:
        """Return the contact pressure [MPa] at the distances ``r`` [um] from the centre."""
        inside = np.maximum(1.0 - (np.asarray(r, dtype=float) / self.contact_radius) ** 2, 0.0)
        result: Array = self.peak_pressure * np.sqrt(inside)
        return result
