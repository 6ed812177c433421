# SPDX-License-Identifier: MIT
r"""Conduction through a contact at a point: intrinsic area resistance and its pressure dependence.

.. math:: R(p) = R_0 \left( \frac{p}{p_0} \right)^{-m}, \qquad p > 0.

:math:`R_0` is what charge transfer and interphase films cost where the faces touch. It does not
hold the squeezing of current through the spots: that constriction is resolved by the geometry and
comes out of :mod:`interfacefem.fem.current.electric`. :math:`R_0 = 0` is a perfect contact, where
the potential is continuous. Numpy only; geometry and assembly do not live here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.errors import MaterialError

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class ConductanceLaw:
    """Area resistance of a contact as a function of the contact pressure.

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

    resistance: float = 0.0
    pressure_exponent: float = 0.0
    reference_pressure: float = 1.0

    def __post_init__(self) -> None:
        for name, zero in (
            ("resistance", "a perfect contact"),
            ("pressure_exponent", "no dependence on pressure"),
        ):
            value = getattr(self, name)
            if not (np.isfinite(value) and value >= 0.0):
                raise MaterialError(
                    f"interface {name}: {value!r} is not a finite number >= 0; write 0 for {zero}"
                )
        if not (np.isfinite(self.reference_pressure) and self.reference_pressure > 0.0):
            raise MaterialError(
                f"interface reference_pressure: {self.reference_pressure!r} is not a finite number "
                f"> 0; write for example 1 MPa"
            )

    def area_resistance(self, pressure: Array, in_contact: Mask | None = None) -> Array:
        """Return the area resistance at points of an interface.

        Parameters
        ----------
        pressure : (n,) array
            Contact pressure [MPa].
        in_contact : (n,) bool array, optional
            Points in contact; by default those with pressure.

        Returns
        -------
        (n,) array
            [V um^2/uA]; infinite where there is no contact. A point in contact without pressure
            conducts only if the law does not depend on pressure.
        """
        values = np.asarray(pressure, dtype=np.float64)
        touching = values > 0.0 if in_contact is None else np.asarray(in_contact, dtype=bool)
        if self.resistance == 0.0 or self.pressure_exponent == 0.0:
            return np.where(touching, self.resistance, np.inf)
        relative = np.where(touching, np.maximum(values, 0.0), 0.0) / self.reference_pressure
        with np.errstate(divide="ignore", over="ignore"):
            result: Array = self.resistance * relative**-self.pressure_exponent
        return result

    def conductance(self, pressure: Array, in_contact: Mask | None = None) -> Array:
        """Return the conductance per area at points of an interface.

        Parameters
        ----------
        pressure, in_contact
            As in :meth:`area_resistance`.

        Returns
        -------
        (n,) array
            [uA/(V um^2)]; zero without contact, infinite for a perfect one.
        """
        with np.errstate(divide="ignore"):
            result: Array = 1.0 / self.area_resistance(pressure, in_contact)
        return result
