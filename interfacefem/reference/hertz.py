# SPDX-License-Identifier: MIT
r"""Elastic line contact of cylinders: Hertz, and Cattaneo and Mindlin's partial slip.

Small strains, half spaces, contact half-width small against the radius. Forces are per unit depth.
The contact of wavy surfaces does not live here.

References
----------
Hertz (1882), 10.1515/crll.1882.92.156; Johnson (1985), Contact Mechanics, 10.1017/CBO9781139171731,
sections 4.2 and 7.2; Cattaneo (1938), Rend. Accad. Lincei 27; Mindlin (1949), 10.1115/1.4009973.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


def contact_modulus(first: tuple[float, float], second: tuple[float, float] | None = None) -> float:
    r"""Return the contact modulus, :math:`1/E^* = (1-\nu_1^2)/E_1 + (1-\nu_2^2)/E_2`.

    Parameters
    ----------
    first, second : (float, float)
        Young's modulus [MPa] and Poisson's ratio of each body; None is a rigid one.

    Returns
    -------
    float
        Contact modulus [MPa].
    """
    compliance = sum((1.0 - nu**2) / e for e, nu in (body for body in (first, second) if body))
    return 1.0 / compliance


@dataclass(frozen=True)
class LineContact:
    """Cylinder on a half space, or two cylinders, pressed together.

    Attributes
    ----------
    force : float
        Normal force per unit depth [MPa um].
    radius : float
        Relative radius of curvature [um].
    modulus : float
        Contact modulus [MPa], see :func:`contact_modulus`.
    """

    force: float
    radius: float
    modulus: float

    @property
    def half_width(self) -> float:
        r"""Contact half-width :math:`a = \sqrt{4 F R / (\pi E^*)}` [um]."""
        return float(np.sqrt(4.0 * self.force * self.radius / (np.pi * self.modulus)))

    @property
    def peak_pressure(self) -> float:
        r"""Pressure at the centre :math:`p_0 = \sqrt{F E^* / (\pi R)}` [MPa]."""
        return float(np.sqrt(self.force * self.modulus / (np.pi * self.radius)))

    def pressure(self, x: Array) -> Array:
        """Return the contact pressure [MPa] at the distances ``x`` [um] from the centre."""
        return self.peak_pressure * _ellipse(x / self.half_width)

    def stick_half_width(self, tangential: float, friction: float) -> float:
        r"""Half-width that sticks, :math:`c = a \sqrt{1 - Q/(\mu F)}` [um].

        Parameters
        ----------
        tangential : float
            Monotonically raised tangential force per unit depth [MPa um], after the normal one.
        friction : float
            Coulomb coefficient.

        Returns
        -------
        float

        Raises
        ------
        ValueError
            When the force exceeds what friction can carry.
        """
        ratio = abs(tangential) / (friction * self.force)
        if ratio > 1.0:
            raise ValueError(
                f"the tangential force is {ratio:.3g} times the friction force; give a smaller one"
            )
        return self.half_width * float(np.sqrt(1.0 - ratio))

    def shear(self, x: Array, tangential: float, friction: float) -> Array:
        r"""Return the shear traction [MPa] of elastically similar bodies in partial slip.

        Parameters
        ----------
        x : array
            Distance from the centre [um].
        tangential, friction : float
            See :meth:`stick_half_width`.

        Returns
        -------
        array
            :math:`\mu p_0 [\sqrt{1 - x^2/a^2} - (c/a) \sqrt{1 - x^2/c^2}]` with the force's sign.
        """
        a, c = self.half_width, self.stick_half_width(tangential, friction)
        traction = _ellipse(x / a)
        if c > 0.0:
            traction = traction - (c / a) * _ellipse(x / c)
        return float(np.sign(tangential)) * friction * self.peak_pressure * traction


def _ellipse(ratio: Array) -> Array:
    result: Array = np.sqrt(np.maximum(1.0 - np.asarray(ratio, dtype=float) ** 2, 0.0))
    return result
