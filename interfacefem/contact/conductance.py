# SPDX-License-Identifier: MIT
r"""Conduction through a contact at a point: intrinsic area resistance and its pressure dependence.

.. math:: R(p) = R_0 \left( \frac{p}{p_0} \right)^{-m}, \qquad p > 0.

:math:`R_0` is what charge transfer and interphase films cost where the faces touch. It does not
hold the squeezing of current through the spots: that constriction is resolved by the geometry and
comes out of :mod:`interfacefem.fem.current.electric`. :math:`R_0 = 0` is a perfect contact, where
the potential is continuous. Numpy only; geometry and assembly do not live here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from interfacefem.contact.base import Conductance, ContactPoints, law
from interfacefem.fields import number, placed, quantity

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@law("power")
@attrs.frozen(field_transformer=placed, kw_only=True, repr=False)
class PowerConductance(Conductance):
    """Area resistance of a contact as a power of the contact pressure.

    Attributes
    ----------
    resistance : float
        R0, area resistance at the reference pressure [V um^2/uA]; zero is a perfect contact.
    pressure_exponent : float
        m, zero for a resistance that does not depend on pressure [-].
    reference_pressure : float
        p0 [MPa].

    Raises
    ------
    MaterialError
        If a value is out of range.

    Notes
    -----
    Of the exponents in use, 0.95 is the plastic and 0.94 the elastic correlation for surfaces
    whose roughness is *not* resolved; with resolved roughness they would count the constriction
    twice.

    References
    ----------
    Cooper, Mikic and Yovanovich (1969), 10.1016/0017-9310(69)90011-8 (exponent 0.95).
    Mikic (1974), Int. J. Heat Mass Transfer 17, 205-214 (exponent 0.94).
    """

    resistance: float = attrs.field(
        default=0.0, converter=quantity, metadata=number("area_resistance", at_least=0.0)
    )
    pressure_exponent: float = attrs.field(
        default=0.0, converter=quantity, metadata=number("dimensionless", at_least=0.0)
    )
    reference_pressure: float = attrs.field(
        default=1.0, converter=quantity, metadata=number("pressure", above=0.0)
    )

    def area_resistance(self, points: ContactPoints) -> Array:
        """Return the area resistance [V um^2/uA]; infinite where there is no contact.

        A point in contact without pressure conducts only if the law does not depend on pressure.
        """
        touching = points.in_contact
        if self.resistance == 0.0 or self.pressure_exponent == 0.0:
            return np.where(touching, self.resistance, np.inf)
        values = np.where(touching, np.maximum(points.pressure, 0.0), 0.0)
        with np.errstate(divide="ignore", over="ignore"):
            relative = values / self.reference_pressure
            result: Array = self.resistance * relative**-self.pressure_exponent
        return result
