# SPDX-License-Identifier: MIT
"""What one contact interface is solved with: its laws, stiffnesses and tolerance. No state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interfacefem.contact.friction import NONE
from interfacefem.units import ROOM

if TYPE_CHECKING:
    from interfacefem.contact.base import Friction, NormalLaw
    from interfacefem.contact.cohesion import Cohesion


@dataclass(frozen=True)
class ContactSettings:
    """Law and numerical stiffness of one interface.

    Attributes
    ----------
    penalty : float
        Augmentation stiffness [MPa/um].
    shear_penalty : float
        Tangential augmentation stiffness [MPa/um].
    gap_tolerance : float
        Largest gap or penetration of a node in contact when an increment is accepted [um].
    friction : Friction
        The largest shear traction.
    cohesion : Cohesion or None
        Law of the bonds; None if the faces do not adhere.
    normal_law : NormalLaw or None
        Pressure as a function of the gap; None where faces do not penetrate at all.
    temperature : float
        [K].
    """

    penalty: float
    shear_penalty: float
    gap_tolerance: float
    friction: Friction = NONE
    cohesion: Cohesion | None = None
    normal_law: NormalLaw | None = None
    temperature: float = ROOM
