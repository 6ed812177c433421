# SPDX-License-Identifier: MIT
r"""Internal units, and the only place where text or pint quantities become numbers.

Internal units are um, MPa, s, K, V, uA. Then force is uN, energy pJ, J/m2 = MPa um and
S/m = uA/(V um), all with factor 1; 1 mA/cm2 = 1e-5 uA/um2 and 1 ohm cm2 = 100 V um2/uA.

Signs: stress is positive in tension; contact pressure >= 0 in compression; gap > 0 is open;
normals point from the lower to the upper layer; closure > 0 approaches; current > 0 flows from
the lower to the upper layer.
"""

from __future__ import annotations

import contextlib
import functools
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import UnitError
from interfacefem.grammar import NotReadable, Reading, take_apart
from interfacefem.names import shown

if TYPE_CHECKING:
    import pint

#: kind of quantity -> (internal unit, an example to show in messages)
KINDS: dict[str, tuple[str, str]] = {
    "length": ("um", "40 um"),
    "area": ("um^2", "78.5 mm^2"),
    "volume": ("um^3", "1 mm^3"),
    "pressure": ("MPa", "187 MPa"),
    "pressure_rate": ("MPa/s", "1 MPa/s"),
    "force": ("uN", "1.5 t"),
    "time": ("s", "60 s"),
    "speed": ("um/s", "10 nm/s"),
    "diffusivity": ("um^2/s", "5e-15 m^2/s"),
    "temperature": ("K", "298 K"),
    "conductivity": ("uA/(V*um)", "0.2 S/m"),
    "area_resistance": ("V*um^2/uA", "2 ohm*cm^2"),
    "current_density": ("uA/um^2", "0.5 mA/cm^2"),
    "energy_per_area": ("MPa*um", "0.5 J/m^2"),
    "toughness": ("MPa*um^0.5", "0.23 MPa*m^0.5"),
    "density": ("g/cm^3", "2.04 g/cm^3"),
    "molar_volume": ("cm^3/mol", "13.0 cm^3/mol"),
    "charge_per_area": ("uA*s/um^2", "1 mA*h/cm^2"),
    "capacitance_per_area": ("uA*s/(V*um^2)", "1 uF/cm^2"),
    "rate": ("1/s", "1e-3 1/s"),
    "molar_energy": ("J/mol", "37 kJ/mol"),
    "expansion": ("1/K", "46e-6 1/K"),
    "stiffness": ("MPa/um", "10 MPa/um"),
    "compliance": ("um/MPa", "0.1 um/MPa"),
    "moment": ("uN*um", "100 N*m"),
    "angle": ("rad", "90 deg"),
    "dimensionless": ("", "0.3"),
}
#: what to call a kind, where its key with blanks is not what people say
_NAMES = {
    "dimensionless": "plain number",
    "area_resistance": "area-specific resistance",
    "expansion": "thermal expansion",
}
#: kinds of which a number without a unit is clear everywhere
_PLAIN = frozenset({"dimensionless", "angle"})
#: kinds for which a mass stands for its weight
_WEIGHED = frozenset({"force", "pressure", "pressure_rate"})
#: what pint calls the acceleration that makes a weight of a mass
_GRAVITY = "standard_gravity"
#: scales of temperature that do not begin at zero -> their degree
_DEGREES = {"degree_Celsius": "kelvin", "degree_Fahrenheit": "degree_Rankine"}
#: angles are no plain numbers, though they have no dimension
_ANGLES = frozenset({"radian", "milliradian", "degree"})
#: bare temperature below which degrees Celsius were probably meant [K]
COLD = 150.0

#: room temperature [K]
ROOM = 298.15

#: what a user gives for a number: text with a unit, a pint quantity, or a float in internal units
type Dimensional = str | float | pint.Quantity


class Stated(float):
    """A number in internal units that remembers how it was written.

    Attributes
    ----------
    kind : str
        The key of :data:`KINDS` it was read as.
    text : str
        As the user wrote it.
    unit : str
        The unit in it; empty if the text was a plain number, or a pint quantity.
    weight : bool
        Whether a mass was given, and its weight in standard gravity taken.
    """

    __slots__ = ("kind", "text", "unit", "weight")

    kind: str
    text: str
    unit: str
    weight: bool

    def __new__(
        cls, number: float, kind: str, text: str, unit: str = "", weight: bool = False
    ) -> Stated:
        """Make one; the number is in the internal unit of the kind."""
        made = super().__new__(cls, number)
        made.kind, made.text, made.unit, made.weight = kind, text, unit, weight
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return float(self), self.kind, self.text, self.unit, self.weight


@functools.cache
def registry() -> Any:
    """Return the pint registry."""
    import pint

    return pint.UnitRegistry(cache_folder=None)


def called(kind: str) -> str:
    """Return what to call a kind of quantity in a sentence: ``an energy per area``."""
    name = _NAMES.get(kind, kind.replace("_", " "))
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def to_internal(value: object, kind: str, *, place: str = "value", bare: bool = True) -> float:
    """Convert a user's value to internal units.

    Parameters
    ----------
    value : str, pint.Quantity or float
        ``"350 nm"``, a pint quantity, or a number already in internal units. Text is one number
        and one unit by the rules of :mod:`interfacefem.grammar`. Where a force or a pressure is
        asked for, a mass stands for its weight.
    kind : str
        A key of :data:`KINDS`.
    place : str
        Where the value stands, for the message.
    bare : bool
        Whether a number without a unit is allowed (Python yes, files no).

    Returns
    -------
    float
        The value in internal units; a :class:`Stated` if it was not a bare number.

    Raises
    ------
    UnitError
        If the text is not one number and one unit, the unit is missing, unknown or of another
        kind, or the number is not finite; and if a bare temperature is so low that degrees Celsius
        were probably meant.
    """
    import pint

    if isinstance(value, Stated) and value.kind == kind:
        return value
    if isinstance(value, pint.Quantity):  # first: one made from an array also has a dtype
        return _from_quantity(value, kind, place, value, Reading(math.nan, "", ()))
    if isinstance(value, str):
        return _from_text(value, kind, place)
    if isinstance(value, (bool, np.bool_)) or not isinstance(
        value, (int, float, np.integer, np.floating)
    ):
        raise _wrong(value, kind, place)
    number = _finite(value, value, kind, place)
    if not bare and kind not in _PLAIN:
        raise _no_unit(value, number, kind, place)
    if kind == "temperature" and number < COLD:
        problem = f"{shown(value)} without a unit would be {number:g} K"
        raise UnitError(f"{place}: {problem}; {_with_unit(number, kind)}")
    return number


def unit_size(unit: object, kind: str, *, place: str = "unit") -> float:
    """Return how large a unit is in internal units: 0.001 for ``"nm"``.

    Parameters
    ----------
    unit : str
        A unit without a number.
    kind : str
        A key of :data:`KINDS`.
    place : str
        Where it stands, for the message.

    Raises
    ------
    UnitError
        If it is no unit of that kind.
    """
    if isinstance(unit, str):
        with contextlib.suppress(UnitError):
            return float(to_internal(f"1 {unit.strip()}", kind))
    example = KINDS[kind][1].partition(" ")[2]
    problem = f"{shown(unit)} is no unit of {called(kind)}"
    raise UnitError(f'{place}: {problem}; write for example "{example}"')


def from_internal(number: float, kind: str, unit: str) -> float:
    """Return a number of internal units in another unit.

    Parameters
    ----------
    number : float
        In the internal unit of the kind.
    kind : str
        A key of :data:`KINDS`.
    unit : str
        A unit that was read as this kind before, such as ``"kPa"`` or ``"t"``.
    """
    target = _units(take_apart(f"1 {unit}").powers)
    quantity = registry().Quantity(number, _units(take_apart(f"1 {KINDS[kind][0]}").powers))
    if kind in _WEIGHED and not quantity.is_compatible_with(target):
        quantity = quantity / registry().Quantity(1.0, _GRAVITY)
    return float(quantity.to(target).magnitude)


def _remedy(kind: str) -> str:
    if kind == "dimensionless":
        return "write a plain number"
    return f'write for example "{KINDS[kind][1]}"'


def _with_unit(number: float, kind: str) -> str:
    """Return what to write instead of a number without a unit."""
    if kind == "length":
        return f'write "{number:g} um" or "{number:g} mm"'
    if kind != "temperature":
        unit = KINDS[kind][1].partition(" ")[2]
        return f'write for example "{number:g} {unit}"' if unit else _remedy(kind)
    kelvin, celsius = f'"{number:g} K"', f'"{number:g} degC"'
    if number >= COLD:
        return f"write {kelvin}"
    return f"write {celsius} or {kelvin}" if number > 0.0 else f"write {celsius}"


def _wrong(value: object, kind: str, place: str, advice: str = "") -> UnitError:
    return UnitError(f"{place}: {shown(value)} is not {called(kind)}; {advice or _remedy(kind)}")


def _no_unit(value: object, number: float, kind: str, place: str) -> UnitError:
    return UnitError(f"{place}: {shown(value)} has no unit; {_with_unit(number, kind)}")


def _finite(number: Any, value: object, kind: str, place: str) -> float:
    try:
        found = float(number)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise UnitError(f"{place}: {shown(value)} is not a finite number; {_remedy(kind)}")
    return found


def _from_text(value: str, kind: str, place: str) -> float:
    try:
        reading = take_apart(value)
    except NotReadable as error:
        problem = f"{shown(value)} {error.problem}"
        if error.problem not in ("has a comma", "is not a finite number"):
            problem = f"cannot read {shown(value)} as {called(kind)}: {error.problem}"
        raise UnitError(f"{place}: {problem}; {error.remedy or _remedy(kind)}") from None
    if not reading.powers and kind not in _PLAIN:
        raise _no_unit(value, reading.number, kind, place)
    if kind == "temperature" and reading.unit in ("C", "c", "F"):
        advice = f'write "{reading.number:g} deg{reading.unit.upper()}"'
        raise _wrong(value, kind, place, advice)
    if kind == "dimensionless" and any(name in _ANGLES for name, _ in reading.powers):
        raise _wrong(value, kind, place)
    quantity = registry().Quantity(reading.number, _units(reading.powers))
    return _from_quantity(quantity, kind, place, value, reading)


def _from_quantity(quantity: Any, kind: str, place: str, value: object, reading: Reading) -> Stated:
    """Convert a pint quantity; ``value`` is what the user gave."""
    import pint

    if np.ndim(quantity.magnitude) != 0:
        raise _wrong(value, kind, place)
    target = KINDS[kind][0] or "dimensionless"
    weight = False
    try:
        if quantity.dimensionless and kind not in _PLAIN:
            raise _no_unit(value, quantity.magnitude, kind, place)
        if kind == "temperature" and "delta_" in str(quantity.units):
            raise _wrong(value, kind, place)  # a difference of two temperatures
        if kind in _WEIGHED and not quantity.is_compatible_with(target):
            quantity, weight = quantity * type(quantity)(1.0, _GRAVITY), True
        number = _finite(quantity.to(target).magnitude, value, kind, place)
    except (pint.PintError, ArithmeticError, TypeError):
        raise _wrong(value, kind, place) from None
    return Stated(number, kind, str(value).strip(), reading.unit, weight)


@functools.lru_cache(maxsize=1024)
def _units(powers: tuple[tuple[str, Fraction], ...]) -> Any:
    """Return a product of powers as a unit of pint."""
    product = registry().Unit("")
    alone = powers[1:] == () and all(power == 1 for _, power in powers)
    for name, power in powers:
        exponent = int(power) if power.denominator == 1 else float(power)
        # in a product, as in 1/degC, a degree is a difference of temperatures
        unit = name if alone else _DEGREES.get(name, name)
        product = product * registry().Unit(unit) ** exponent
    return product


#: field name -> unit shown to people and stored on datasets
UNITS: dict[str, str] = {
    "contact_pressure": "MPa",
    "nominal_pressure": "MPa",
    "gap": "um",
    "gap_volume": "um",
    "slip": "um",
    "shear_traction": "MPa",
    "displacement": "um",
    "closure": "um",
    "von_mises_stress": "MPa",
    "mean_stress": "MPa",
    "max_principal_stress": "MPa",
    "stress": "MPa",
    "plastic_strain": "-",
    "contact_fraction": "-",
    "current_density": "mA/cm^2",
    "potential": "V",
    "asr": "ohm cm^2",
    "focusing_factor": "-",
}


def label(name: str) -> str:
    """Return ``contact pressure [MPa]`` for ``contact_pressure``.

    Raises
    ------
    KeyError
        If the name has no unit in :data:`UNITS`.
    """
    return f"{name.replace('_', ' ')} [{UNITS[name]}]"
