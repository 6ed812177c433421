# SPDX-License-Identifier: MIT
"""Work and energy of a press, for the balance between what goes in and where it goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Work:
    """Accumulated work and energy, per unit depth [uN], of a whole ring or in space [pJ].

    Attributes
    ----------
    applied : float
        By platen and nodal forces, summed by the trapezoidal rule.
    elastic : float
        Stored in bodies and bonds.
    plastic, friction, cohesive : float
        Dissipated by flow, by slip and by damage of bonds.
    """

    applied: float = 0.0
    elastic: float = 0.0
    plastic: float = 0.0
    friction: float = 0.0
    cohesive: float = 0.0
