# SPDX-License-Identifier: MIT
r"""Stresses of stiff laws as unknowns of their own while an increment is solved.

The bulk modulus of lithium is ten thousand times its yield stress, and faces are held apart as
stiffly. A step that is right to first order is then wrong by stresses of no meaning at second
order, which cut line searches to a tenth and spoil the next tangent. Here a pressure follows a
Newton step as its linearisation says, and not as the law makes of the displacement; the law has its
say in the residual, so the solution is the same. What is followed is the mean stress of the cells
(:mod:`interfacefem.fem.bulk.bodies`) and the pressure of the nodes in contact
(:mod:`interfacefem.fem.contact.interface`).

References
----------
Magisano, Leonetti and Garcea (2017), Comput. Methods Appl. Mech. Eng. 313, 986-1005 (Newton's
method with the stresses at the integration points as unknowns).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.fem.numbers import SEEN_SHARE

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


class MixedField:
    """Pressures that follow Newton steps in proportion.

    Attributes
    ----------
    values : (n,) array or None
        At the present iterate [MPa]; None before the first :meth:`start`.
    """

    def __init__(self) -> None:
        self.values: Array | None = None
        self._change: Array | float = 0.0

    def start(self, values: Array) -> None:
        """Start an increment from the accepted pressures."""
        self.values, self._change = values.copy(), 0.0

    def aim(self, values: Array) -> None:
        """Note the linearised pressures after a full step."""
        if self.values is not None:
            self._change = values - self.values

    def take(self, length: float) -> None:
        """Follow a part of the step."""
        if self.values is not None:
            self.values = self.values + length * self._change
            self._change = 0.0

    def excess(self, pressure: Array, length: float) -> Array:
        """Return what a line search leaves out of pressures by the law at a trial [MPa].

        Parameters
        ----------
        pressure : (n,) array
            By the law, at a part ``length`` of the step.
        length : float
        """
        if self.values is None:
            return np.zeros_like(pressure)
        return (1.0 - SEEN_SHARE) * (pressure - self.values - length * self._change)
