# SPDX-License-Identifier: MIT
"""The record behind one material value: number, unit, range, temperature, source, confidence.

Which values a material has, and their kinds, are listed here too; laws live in ``models`` and the
files in ``library``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from interfacefem.errors import CaseError, MaterialError
from interfacefem.quantities import Scalar
from interfacefem.units import KINDS, ROOM

Confidence = Literal["H", "M", "L"]

#: source of a value that a case or a script gave itself
USER = "user"

#: property -> what its number must be; the parameters of laws join them
PROPERTIES: dict[str, Scalar] = {
    "hardness": Scalar("pressure", above=0.0),
    "tensile_strength": Scalar("pressure", above=0.0),
    "fracture_toughness": Scalar("toughness", above=0.0),
    "ionic_conductivity": Scalar("conductivity", above=0.0),
    "electronic_conductivity": Scalar("conductivity", above=0.0),
    "critical_current_density": Scalar("current_density", above=0.0),
    "density": Scalar("density", above=0.0),
    "molar_volume": Scalar("molar_volume", above=0.0),
}


@dataclass(frozen=True)
class Value:
    """One value of a material with everything needed to judge it.

    Attributes
    ----------
    value : float
        The number used, in ``unit``.
    unit : str
        The internal unit; empty if dimensionless.
    low, high : float
        Range in which the true value is believed to lie, in ``unit``.
    temperature : float
        Temperature the value holds for [K].
    source : str
        Author, year and DOI, or how an estimate was made; ``"user"`` if a case gave it.
    confidence : {"H", "M", "L"}
        High, medium or low.
    estimate : bool
        True if no measurement or calculation of this material stands behind the number.
    note : str
        What to know before relying on it.

    Raises
    ------
    MaterialError
        If there is no source, the range does not contain the value, or the confidence is unknown.
    """

    value: float
    unit: str
    low: float
    high: float
    temperature: float
    source: str
    confidence: Confidence = "L"
    estimate: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise MaterialError(f"the value {self.value:g} {self.unit} has no source; state one")
        if not self.low <= self.value <= self.high:
            raise MaterialError(
                f"the value {self.value:g} {self.unit} lies outside its range "
                f"{self.low:g} to {self.high:g}; correct the value or the range"
            )
        if self.confidence not in get_args(Confidence):
            raise MaterialError(f"confidence {self.confidence!r} is unknown; write H, M or L")
        if not self.temperature > 0.0:
            raise MaterialError(
                f"temperature {self.temperature:g} K is not positive; write for example 298 K"
            )

    def __str__(self) -> str:
        mark = ", estimate" if self.estimate else ""
        band = "" if self.low == self.high else f" ({self.low:g} to {self.high:g})"
        return f"{self.value:g} {self.unit}".rstrip() + f"{band} [{self.confidence}{mark}]"


def user_value(name: str, number: float, source: str = USER) -> Value:
    """Return the record of a value given by a case or a script.

    Parameters
    ----------
    name : str
        A key of :data:`PROPERTIES`.
    number : float
        In the internal unit of the property.
    source : str
        Where the user has it from.

    Raises
    ------
    MaterialError
        If the number is not physical.
    """
    check_physical(name, number)
    unit = KINDS[PROPERTIES[name].kind][0]
    return Value(number, unit, number, number, ROOM, source, "M")


def check_physical(name: str, number: float) -> None:
    """Refuse a number that no material can have.

    Raises
    ------
    MaterialError
        If it is out of the range that the property, or the law it belongs to, allows.
    """
    try:
        PROPERTIES[name].read(number, name)
    except CaseError as error:
        raise MaterialError(str(error.mistakes[0])) from None
