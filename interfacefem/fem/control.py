# SPDX-License-Identifier: MIT
r"""Increments that prescribe a mean relative motion of faces instead of the force of a platen.

A platen that is pulled by a given way, and all the more one pulled by a given force, jumps where
an interface softens faster than the stack can follow. The mean opening (or slip) of the faces
always grows, so it is prescribed, and the force is what it must be: the equation of the platen is
replaced by :math:`\sum_j c_j g_j = m`. Its Newton direction needs two substitutions with one
factored matrix, of the residual and of a unit force on the platen.

Choosing the increments of opening does not live here.

References
----------
Batoz and Dhatt (1979), 10.1002/nme.1620140811 (two substitutions).
de Borst (1987), 10.1016/0045-7949(87)90144-1 (control by crack opening).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.contact.linear_contact import LinearContact

    Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Control:
    """Mean motion to be reached at the end of an increment.

    Attributes
    ----------
    shares : sequence of (n,) array
        Part of each slave node in the mean, by interface of the problem.
    target : float
        Sum over the interfaces of their mean opening, or the slip of this increment [um].
    unknown : int
        Of the platen whose force is found.
    stiffness : float
        Makes a force of an error of the motion [MPa um / um]; also holds the platen while the
        matrix is factored, which changes nothing in the solution.
    slip : bool
        Whether the motion is slip along x instead of opening.
    """

    shares: Sequence[Array]
    target: float
    unknown: int
    stiffness: float
    slip: bool = False

    def error(
        self, interfaces: Sequence[ContactInterface], displacement: Array, accepted: Array
    ) -> float:
        """Return the present motion less the target [um]."""
        total = -self.target
        for interface, share in zip(interfaces, self.shares, strict=True):
            if self.slip:
                slip = interface.slips(displacement, accepted).reshape(len(share), -1)
                total += float(share @ slip[:, 0])
            else:
                total += mean_opening(interface, share, displacement)
        return total

    def row(self, contacts: Sequence[LinearContact]) -> Array:
        """Return the derivative of the motion with the unknowns, shape (unknowns,)."""
        parts = []
        for contact, share in zip(contacts, self.shares, strict=True):
            if self.slip:
                parts.append(share @ contact.sliding)
            else:
                parts.append(-(share @ contact.closing))
        row: Array = np.sum(parts, axis=0)
        return row


@dataclass(frozen=True)
class Border:
    """Row and column that a prescribed motion adds to a linear system.

    Attributes
    ----------
    unknown : int
        Of the platen whose force is found.
    row : (unknowns,) array
        Derivative of the motion.
    error : float
        Of the motion [um].
    """

    unknown: int
    row: Array
    error: float

    @property
    def unit(self) -> Array:
        """Unit force on the platen, shape (unknowns,)."""
        unit = np.zeros(len(self.row))
        unit[self.unknown] = 1.0
        return unit

    def shares(self, moved: Array) -> Array:
        """Return how much the direction has of the solutions for the residual and a unit force.

        Parameters
        ----------
        moved : (2,) array
            The motion in each of the two.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.array([1.0, -(self.error + moved[0]) / moved[1]])


def mean_opening(interface: ContactInterface, share: Array, displacement: Array) -> float:
    """Return the mean gap of an interface, negative where faces overlap [um]."""
    gap = interface.gaps(displacement)
    return float(share @ np.where(np.isfinite(gap), gap, 0.0))
