# SPDX-License-Identifier: MIT
r"""Coulomb friction with a cap: :math:`s = \min(\mu p, \tau_{max})`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np

from interfacefem.contact.base import ContactPoints, Friction, law
from interfacefem.fields import number, placed, quantity

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


@law("coulomb")
@attrs.frozen(field_transformer=placed, repr=False)
class Coulomb(Friction):
    """Friction in proportion to pressure, up to what the softer side bears.

    Attributes
    ----------
    coefficient : float
        [-]; zero is no friction.
    cap : float
        Largest shear traction [MPa]; infinite for none.
    """

    coefficient: float = attrs.field(
        default=0.0, converter=quantity, metadata=number("dimensionless", at_least=0.0)
    )
    cap: float = math.inf

    @property
    def frictionless(self) -> bool:
        """Whether the coefficient is zero."""
        return self.coefficient == 0.0

    def shear_limit(self, points: ContactPoints) -> tuple[Array, Array]:
        """Return the limit and its slope; see :class:`interfacefem.contact.base.Friction`."""
        limit = self.coefficient * points.pressure
        slope = np.where(limit <= self.cap, self.coefficient, 0.0)
        return np.minimum(limit, self.cap), slope


#: faces that slide freely
NONE = Coulomb()
