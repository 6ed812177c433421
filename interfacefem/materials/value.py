# SPDX-License-Identifier: MIT
"""Numbers with their source, relations between them, and what a user gives in their place.

Which values a material has, and their kinds, are listed here too; laws live in ``models`` and the
files in ``library``.

Which parameters go together is stated by each law in ``fitted_together``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from interfacefem.errors import CaseError, MaterialError
from interfacefem.quantities import Scalar, did_you_mean, spoken
from interfacefem.units import KINDS, ROOM, Dimensional, to_internal

if TYPE_CHECKING:
    from interfacefem.materials.base import Law
    from interfacefem.materials.material import Material

Confidence = Literal["H", "M", "L"]
#: what they mean
CONFIDENCES: dict[Confidence, str] = {"H": "high", "M": "medium", "L": "low"}

#: energy of a mole per kelvin [J/(mol K)] (SI, exact)
GAS = 8.314462618
#: source of a value that a case or a script gave itself
USER = "user"

#: property -> what its number must be; the parameters of laws join them
PROPERTIES: dict[str, Scalar] = {
    "hardness": Scalar("pressure", above=0.0),
    "tensile_strength": Scalar("pressure", above=0.0),
    "fracture_toughness": Scalar("toughness", above=0.0),
    "ionic_conductivity": Scalar("conductivity", above=0.0),
    "electronic_conductivity": Scalar("conductivity", above=0.0),
    "conduction_energy": Scalar("molar_energy", above=0.0),
    "critical_current_density": Scalar("current_density", above=0.0),
    "density": Scalar("density", above=0.0),
    "molar_volume": Scalar("molar_volume", above=0.0),
    "relative_permittivity": Scalar("dimensionless", above=0.0),
    "grain_boundary_share": Scalar("dimensionless", at_least=0.0, below=1.0),
    "grain_boundary_permittivity": Scalar("dimensionless", above=0.0),
    "thermal_expansion": Scalar("expansion", above=0.0),
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


def arrhenius(energy: float, temperature: float, reference: float = ROOM) -> float:
    """Return by what factor a rate with an activation energy differs from that at another place.

    Parameters
    ----------
    energy : float
        [J/mol].
    temperature, reference : float
        [K].
    """
    return math.exp(-energy / GAS * (1.0 / temperature - 1.0 / reference))


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


@dataclass(frozen=True)
class Alone:
    """A parameter that was changed without those it was fitted together with.

    Attributes
    ----------
    name : str
        The parameter.
    number : float
        Its new value [internal units].
    kept : mapping of str to float
        The others, as they were [internal units].
    alike : mapping of str to float
        Those of the same kind among them, in the proportion of before [internal units].
    """

    name: str
    number: float
    kept: Mapping[str, float]
    alike: Mapping[str, float]

    @property
    def stays(self) -> str:
        """What stays as it was, for a sentence."""
        parts = (
            f"{key} = {spoken(value, PROPERTIES[key].kind)}" for key, value in self.kept.items()
        )
        return ", ".join(parts)

    @property
    def advice(self) -> str:
        """What to write to change all in proportion; empty if that is not known."""
        if not self.alike:
            return ""
        both = {self.name: self.number, **self.alike}
        kind = PROPERTIES[self.name].kind
        return "write " + ", ".join(
            f'{key} = "{spoken(value, kind, self.number)}"' for key, value in both.items()
        )

    def __str__(self) -> str:
        text = f"was fitted together with {self.stays}, which stays as it was"
        return f"{text}; to keep the proportion {self.advice}" if self.alike else text


def changed_alone(law: Law, fitted: Mapping[str, float], given: Mapping[str, float]) -> list[Alone]:
    """Return the parameters that were changed without those they were fitted together with.

    Parameters
    ----------
    law : Law
        States which parameters go together.
    fitted : mapping of str to float
        Values before the change, by property name [internal units].
    given : mapping of str to float
        Those that were changed [internal units].
    """
    found = []
    for group in law.fitted_together:
        kept = {key: fitted[key] for key in group if key in fitted and key not in given}
        for name in group:
            if kept and name in given and name in fitted and given[name] != fitted[name]:
                alike = {
                    key: value * float(given[name]) / fitted[name]
                    for key, value in kept.items()
                    if PROPERTIES[key].kind == PROPERTIES[name].kind and fitted[name]
                }
                found.append(Alone(name, given[name], kept, alike))
    return found


def check_known(material: str, name: str) -> None:
    """Refuse a property that no material has.

    Raises
    ------
    MaterialError
        With the nearest property that exists.
    """
    if name not in PROPERTIES:
        raise MaterialError(
            f"{material}.{name}: is not a property of a material; {did_you_mean(name, PROPERTIES)}"
        )


def override(material: Material, **values: Dimensional) -> Material:
    """Return a material with some values replaced and marked as the user's.

    Parameters
    ----------
    material : Material
        The original.
    **values : str, pint.Quantity or float
        New values by property name, in internal units if without a unit.

    Raises
    ------
    MaterialError
        If a property is unknown or a value is out of range.
    UnitError
        If a value has no unit or one of another kind.
    """
    records = dict(material.records)
    for key, given in values.items():
        check_known(material.name, key)
        number = to_internal(given, PROPERTIES[key].kind, place=f"{material.name}.{key}")
        check_physical(key, number)
        old = records.get(key)
        if old is None:
            records[key] = user_value(key, number)
            continue
        records[key] = replace(
            old,
            value=number,
            low=min(old.low, number),
            high=max(old.high, number),
            source=USER,
            estimate=False,
            note=f"instead of {old.value:g} {old.unit}".rstrip() + f" from {old.source}",
        )
    fitted = {key: record.value for key, record in material.records}
    alone = changed_alone(material.law, fitted, {key: records[key].value for key in values})
    for one in alone:
        note = f"{records[one.name].note}; {one}"
        records[one.name] = replace(records[one.name], note=note)
    numbers = {key: record.value for key, record in records.items()}
    try:
        law = type(material.law).from_parameters(numbers)
    except MaterialError:
        for one in alone:
            if one.advice:
                said = spoken(one.number, PROPERTIES[one.name].kind, one.number)
                raise MaterialError(
                    f"{material.name}.{one.name}: {said} does not go with {one.stays}, with which "
                    f"it was fitted; {one.advice}"
                ) from None
        raise
    return replace(material, law=law, records=tuple(records.items()))
