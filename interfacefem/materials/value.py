# SPDX-License-Identifier: MIT
"""The record behind one material value: number, unit, range, temperature, source, confidence.

Which values a material has, and their kinds, are listed here too; laws live in ``models`` and the
files in ``library``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from interfacefem.errors import MaterialError
from interfacefem.quantities import spoken
from interfacefem.units import KINDS

Confidence = Literal["H", "M", "L"]

#: source of a value that a case or a script gave itself
USER = "user"

#: room temperature [K]
ROOM = 298.15

#: property -> kind of quantity, a key of :data:`interfacefem.units.KINDS`
PROPERTIES: dict[str, str] = {
    "youngs_modulus": "pressure",
    "poissons_ratio": "dimensionless",
    "yield_stress": "pressure",
    "hardening_modulus": "pressure",
    "saturation_stress": "pressure",
    "saturation_rate": "dimensionless",
    "rate_prefactor": "rate",
    "rate_sensitivity": "dimensionless",
    "initial_resistance": "pressure",
    "hardening_constant": "pressure",
    "saturation_resistance": "pressure",
    "hardening_exponent": "dimensionless",
    "saturation_exponent": "dimensionless",
    "creep_rate": "rate",
    "creep_stress": "pressure",
    "stress_exponent": "dimensionless",
    "creep_temperature": "temperature",
    "activation_energy": "molar_energy",
    "relative_density": "dimensionless",
    "yield_pressure": "pressure",
    "heckel_intercept": "dimensionless",
    "lateral_stress_ratio": "dimensionless",
    "stiffness_exponent": "dimensionless",
    "isotropic_tensile_strength": "pressure",
    "strength_exponent": "dimensionless",
    "conductivity_exponent": "dimensionless",
    "hardness": "pressure",
    "tensile_strength": "pressure",
    "fracture_toughness": "toughness",
    "ionic_conductivity": "conductivity",
    "electronic_conductivity": "conductivity",
    "critical_current_density": "current_density",
    "density": "density",
    "molar_volume": "molar_volume",
}

#: properties that may be zero
_MAY_BE_ZERO = frozenset(
    {
        "hardening_modulus",
        "hardening_constant",
        "saturation_exponent",
        "poissons_ratio",
        "stiffness_exponent",
        "isotropic_tensile_strength",
        "strength_exponent",
        "conductivity_exponent",
    }
)


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
    unit = KINDS[PROPERTIES[name]][0]
    return Value(number, unit, number, number, ROOM, source, "M")


def check_physical(name: str, number: float) -> None:
    """Refuse a number that no material can have.

    Raises
    ------
    MaterialError
        If the property would be negative, zero where it must not be, or a Poisson's ratio
        outside -1 to 0.5.
    """
    if name == "poissons_ratio":
        if not -1.0 < number < 0.5:
            raise MaterialError(
                f"{name}: {number:g} is out of range; write more than -1 and less than 0.5"
            )
    elif number < 0.0 or (number == 0.0 and name not in _MAY_BE_ZERO):
        least = "0 or more" if name in _MAY_BE_ZERO else "more than 0"
        said = spoken(number, PROPERTIES[name], number)
        raise MaterialError(f"{name}: {said} is out of range; write {least}")
