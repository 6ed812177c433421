# SPDX-License-Identifier: MIT
"""How strongly two faces adhere once they were pressed together: description and checks.

The law is :mod:`interfacefem.contact.cohesion`. Bonds form when a press or a hold ends, at every
place that is in contact then and whose contact pressure has reached ``bond_pressure`` at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from interfacefem.contact.cohesion import Cohesion
from interfacefem.contact.numbers import ONSET_OVER_END
from interfacefem.quantities import Scalar, fill, one_mistake
from interfacefem.shown import Shown

if TYPE_CHECKING:
    from interfacefem.units import Dimensional


@dataclass(frozen=True, init=False, repr=False)
class Adhesion(Shown):
    """Adhesion of two faces.

    Parameters
    ----------
    strength : str, pint.Quantity or float
        Largest tension a bond bears [MPa].
    toughness : str, pint.Quantity or float
        Energy per area to separate the faces in tension [MPa um = J/m2].
    shear_strength, shear_toughness : str, pint.Quantity or float, optional
        The same in shear; those in tension if not given.
    mode_exponent : float
        eta of Benzeggagh and Kenane between the two [-].
    stiffness : str, pint.Quantity or float, optional
        Of a whole bond [MPa/um]; so that damage begins at 0.005 of the opening that breaks the
        bond, if not given.
    bond_pressure : str, pint.Quantity or float
        Contact pressure from which a place bonds [MPa]; zero: whatever is in contact.
    full_pressure : str, pint.Quantity or float
        Contact pressure from which a place bonds with its whole area [MPa]. Where the largest
        contact pressure so far is less, strength and toughness are less in proportion. Zero: the
        whole area bonds at any pressure.
    healing_pressure : str, pint.Quantity or float, optional
        Contact pressure at the end of a press or a hold that makes a damaged bond whole again
        [MPa]. If not given the largest of strength, bond pressure and full pressure: no
        measurement is known, it is assumed that as much is needed to join faces again as the bond
        bears. A pressure
        that is never reached keeps all damage.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is out of range, or the bond too soft to reach its strength.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "strength": Scalar("pressure", above=0.0),
        "toughness": Scalar("energy_per_area", above=0.0),
        "shear_strength": Scalar("pressure", above=0.0),
        "shear_toughness": Scalar("energy_per_area", above=0.0),
        "mode_exponent": Scalar("dimensionless", at_least=1.0),
        "stiffness": Scalar("stiffness", above=0.0),
        "bond_pressure": Scalar("pressure", at_least=0.0),
        "full_pressure": Scalar("pressure", at_least=0.0),
        "healing_pressure": Scalar("pressure", at_least=0.0),
    }
    #: what need not be given
    optional: ClassVar[tuple[str, ...]] = (
        "shear_strength",
        "shear_toughness",
        "stiffness",
        "healing_pressure",
    )

    strength: float
    toughness: float
    shear_strength: float | None
    shear_toughness: float | None
    mode_exponent: float
    stiffness: float | None
    bond_pressure: float
    full_pressure: float
    healing_pressure: float | None

    def __init__(
        self,
        strength: Dimensional,
        toughness: Dimensional,
        *,
        shear_strength: Dimensional | None = None,
        shear_toughness: Dimensional | None = None,
        mode_exponent: float = 2.0,
        stiffness: Dimensional | None = None,
        bond_pressure: Dimensional = "0 MPa",
        full_pressure: Dimensional = "0 MPa",
        healing_pressure: Dimensional | None = None,
    ) -> None:
        given = {
            "strength": strength,
            "toughness": toughness,
            "shear_strength": shear_strength,
            "shear_toughness": shear_toughness,
            "mode_exponent": mode_exponent,
            "stiffness": stiffness,
            "bond_pressure": bond_pressure,
            "full_pressure": full_pressure,
            "healing_pressure": healing_pressure,
        }
        fill(
            self,
            **{
                key: None
                if value is None and key in self.optional
                else self.scalars[key].read(value, f"adhesion.{key}")
                for key, value in given.items()
            },
        )
        lowest = 0.5 * max(s**2 / g for s, g in self._modes)
        if self.stiffness is not None and self.stiffness <= lowest:
            raise one_mistake(
                "adhesion.stiffness",
                f"{stiffness!r} spends the toughness before the strength is reached",
                f"write more than {lowest:.3g} MPa/um, or leave it out",
            )

    @property
    def _modes(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Strength and toughness in tension, and in shear."""
        shear = self.shear_strength or self.strength, self.shear_toughness or self.toughness
        return (self.strength, self.toughness), shear

    @property
    def heals_at(self) -> float:
        """Contact pressure that makes a damaged bond whole again [MPa]."""
        if self.healing_pressure is not None:
            return self.healing_pressure
        return max(self.strength, self.bond_pressure, self.full_pressure)

    @property
    def law(self) -> Cohesion:
        """The cohesive law."""
        (strength, toughness), (shear_strength, shear_toughness) = self._modes
        stiff = max(s**2 / g for s, g in self._modes) / (2.0 * ONSET_OVER_END)
        return Cohesion(
            strength=strength,
            shear_strength=shear_strength,
            toughness=toughness,
            shear_toughness=shear_toughness,
            stiffness=self.stiffness or stiff,
            mode_exponent=self.mode_exponent,
            threshold=self.bond_pressure,
            full_pressure=self.full_pressure,
            healing=self.heals_at,
        )
