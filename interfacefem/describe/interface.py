# SPDX-License-Identifier: MIT
"""How two layers of a stack touch: description and checks.

What the laws of an interface do lives in :mod:`interfacefem.contact`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from interfacefem.contact.adhesion import Adhesion
from interfacefem.contact.base import Conductance, Friction, InterfaceLaw, NormalLaw, SurfaceFilm
from interfacefem.contact.kinetics import ChargeTransfer
from interfacefem.contact.laws import Coulomb, PowerConductance
from interfacefem.fields import Shown
from interfacefem.materials import Material
from interfacefem.quantities import Scalar, fill, one_mistake
from interfacefem.units import ROOM, Dimensional


@dataclass(frozen=True, init=False, repr=False)
class Interface(Shown):
    """How two layers touch.

    Parameters
    ----------
    friction : float or Friction
        Coulomb coefficient [-], zero is frictionless; or a law of one's own.
    shear_cap : "yield", None, or str, pint.Quantity or float
        Largest shear traction [MPa]: ``"yield"`` is what the side that yields first bears in shear,
        None is no cap.
    resistance : str, pint.Quantity or float
        Area-specific resistance where there is contact [V um^2/uA].
    resistance_pressure_exponent : float
        m in R = R0 (p / p0)^-m [-]; zero is a constant resistance.
    reference_pressure : str, pint.Quantity or float
        p0 of that law [MPa].
    charge_transfer : ChargeTransfer, optional
        Kinetics of a lithium electrode in series with the resistance; none if not given.
    adhesion : Adhesion or "library", optional
        How the faces hold on to each other once they were pressed; not at all if not given.
        ``"library"`` is what :mod:`interfacefem.describe.bonds` estimates for the two materials.
    conductance : Conductance, optional
        A law of one's own in place of ``resistance``, its exponent and its reference pressure.
    normal : NormalLaw, optional
        A law of one's own for the pressure at a gap; if not given faces do not penetrate.
    film : Film or SurfaceFilm, optional
        A film on the metal that must be broken before a current passes freely; none if not given.

    Raises
    ------
    UnitError
        If a value has no unit or one of another kind.
    CaseError
        If a value is out of range.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "friction": Scalar("dimensionless", at_least=0.0),
        "shear_cap": Scalar("pressure", above=0.0),
        "resistance": Scalar("area_resistance", at_least=0.0),
        "resistance_pressure_exponent": Scalar("dimensionless", at_least=0.0),
        "reference_pressure": Scalar("pressure", above=0.0),
    }

    friction: float | Friction
    shear_cap: float | Literal["yield"] | None
    resistance: float
    resistance_pressure_exponent: float
    reference_pressure: float
    charge_transfer: ChargeTransfer | None
    adhesion: Adhesion | Literal["library"] | None
    conductance: Conductance | None
    normal: NormalLaw | None
    film: SurfaceFilm | None

    def __init__(
        self,
        friction: float | Friction = 0.0,
        shear_cap: Dimensional | Literal["yield"] | None = "yield",
        resistance: Dimensional = "0 ohm*cm^2",
        resistance_pressure_exponent: float = 0.0,
        reference_pressure: Dimensional = "1 MPa",
        charge_transfer: ChargeTransfer | None = None,
        adhesion: Adhesion | Literal["library"] | None = None,
        conductance: Conductance | None = None,
        normal: NormalLaw | None = None,
        film: SurfaceFilm | None = None,
    ) -> None:
        given = {
            "friction": friction,
            "shear_cap": shear_cap,
            "resistance": resistance,
            "resistance_pressure_exponent": resistance_pressure_exponent,
            "reference_pressure": reference_pressure,
        }
        for name, value in given.items():
            if isinstance(value, Friction):
                continue
            if name != "shear_cap" or (value is not None and value != "yield"):
                given[name] = self.scalars[name].read(value, f"interface.{name}")
        if not isinstance(charge_transfer, ChargeTransfer | None):
            raise one_mistake(
                "interface.charge_transfer",
                f"{charge_transfer!r} is no kinetics",
                'write for example ChargeTransfer("5 mA/cm^2")',
            )
        if not isinstance(adhesion, Adhesion | None) and adhesion != "library":
            raise one_mistake(
                "interface.adhesion",
                f"{adhesion!r} is no adhesion",
                'write for example Adhesion(strength="1 MPa", toughness="0.5 J/m^2"), or "library"',
            )
        for key, part, kind in (
            ("conductance", conductance, Conductance),
            ("normal", normal, NormalLaw),
            ("film", film, SurfaceFilm),
        ):
            if part is not None and not isinstance(part, kind):
                raise one_mistake(
                    f"interface.{key}",
                    f"{part!r} is no {kind.__name__}",
                    f"give a law that derives from contact.{kind.__name__}",
                )
        fill(
            self,
            charge_transfer=charge_transfer,
            adhesion=adhesion,
            conductance=conductance,
            normal=normal,
            film=film,
            **given,
        )

    def friction_between(
        self, lower: Material, upper: Material, temperature: float = ROOM
    ) -> Friction:
        r"""Return the friction law of two materials.

        Of a number it is Coulomb's. With a ``shear_cap`` of ``"yield"`` neither side bears more
        than where it yields first: the shear traction is at most :math:`Y/\sqrt{3}`, the shear
        yield stress of von Mises plasticity; where strength rises with pressure, as that of
        powders, the coefficient is at most the internal friction. A law of one's own is taken as
        it is.

        Parameters
        ----------
        lower, upper : Material
        temperature : float
            [K].
        """
        if isinstance(self.friction, Friction):
            return self.friction
        if self.shear_cap is None:
            return Coulomb(self.friction)
        if self.shear_cap != "yield":
            return Coulomb(self.friction, self.shear_cap)
        yields = [material.law.first_yield(temperature) for material in (lower, upper)]
        inner = [y.internal_friction for y in yields if y.internal_friction is not None]
        return Coulomb(min([self.friction, *inner]), min(each.shear for each in yields))

    @property
    def bond(self) -> Adhesion | None:
        """Adhesion as numbers; that of the library is put in where the layers are known."""
        return None if isinstance(self.adhesion, str) else self.adhesion

    @property
    def laws(self) -> dict[str, InterfaceLaw]:
        """Laws of one's own, by what they stand for."""
        given = {
            "friction": self.friction,
            "conductance": self.conductance,
            "normal": self.normal,
            "film": self.film,
        }
        return {key: law for key, law in given.items() if isinstance(law, InterfaceLaw)}

    @property
    def conduction(self) -> Conductance:
        """Law of the area resistance."""
        if self.conductance is not None:
            return self.conductance
        return PowerConductance(
            resistance=self.resistance,
            pressure_exponent=self.resistance_pressure_exponent,
            reference_pressure=self.reference_pressure,
        )
