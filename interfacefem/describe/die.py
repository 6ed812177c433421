# SPDX-License-Identifier: MIT
"""The die a whole pellet is pressed in: its diameter and how its wall rubs. Description only.

With a die the section of a case is one of revolution: it runs from the axis to the wall, so its
width is the radius. Wall and punches are rigid; punches are smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from interfacefem.quantities import Scalar, fill
from interfacefem.shown import Shown
from interfacefem.units import Dimensional


@dataclass(frozen=True, init=False, repr=False)
class Die(Shown):
    """A round die.

    Parameters
    ----------
    diameter : str, pint.Quantity or float
        Inner diameter [um].
    wall_friction : float
        Coulomb coefficient of all layers at the wall [-]; zero is a smooth one. Powders on steel or
        carbide have 0.1 (lubricated) to 0.4; of these electrolytes it was not measured.

    Raises
    ------
    UnitError
        If the diameter has no unit or one of another kind.
    CaseError
        If a value is out of range.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "diameter": Scalar("length", above=0.0),
        "wall_friction": Scalar("dimensionless", at_least=0.0),
    }

    diameter: float
    wall_friction: float

    def __init__(self, diameter: Dimensional, *, wall_friction: float = 0.0) -> None:
        fill(
            self,
            diameter=self.scalars["diameter"].read(diameter, "die.diameter"),
            wall_friction=self.scalars["wall_friction"].read(wall_friction, "die.wall_friction"),
        )

    @property
    def radius(self) -> float:
        """Half of the diameter [um]."""
        return 0.5 * self.diameter
