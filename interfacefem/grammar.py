# SPDX-License-Identifier: MIT
"""The grammar of a value as people write it: one number and one unit. Text only, no conversion.

Nothing is evaluated: text is split by fixed rules, and only names from the tables below are units.

A number is ``350``, ``-0.5``, ``2e-3`` or ``1/3``, or printed with a power of ten. A unit is a
product of powers: ``mA/cm^2``, ``mA cm-2``, ``Ωcm²``, ``MPa*m^0.5``, ``MPa m1/2``, ``MPa m0.5``,
``MPa√m``, ``uA/(V*um)``, ``1/s``. A digit behind a unit is its power; a slash inverts the unit
behind it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

#: longest text of a value
LONGEST = 100
#: largest power of a unit, and largest denominator of a power
LARGEST_POWER = 9

_PREFIXES = {
    "f": "femto", "p": "pico", "n": "nano", "u": "micro", "µ": "micro", "m": "milli", "c": "centi",
    "d": "deci", "da": "deca", "h": "hecto", "k": "kilo", "M": "mega", "G": "giga", "T": "tera",
}  # fmt: skip
#: symbols that take a prefix
_SYMBOLS = {
    "m": "meter", "g": "gram", "s": "second", "A": "ampere", "K": "kelvin", "mol": "mole",
    "N": "newton", "Pa": "pascal", "J": "joule", "V": "volt", "W": "watt", "C": "coulomb",
    "S": "siemens", "Ω": "ohm", "ohm": "ohm", "Ohm": "ohm", "Hz": "hertz", "bar": "bar",
    "eV": "electron_volt", "L": "liter", "l": "liter", "Ah": "ampere_hour", "Wh": "watt_hour",
    "F": "farad",
}  # fmt: skip
#: words that take a prefix in words and an s
_WORDS = {
    "meter": "meter", "metre": "meter", "gram": "gram", "second": "second", "ampere": "ampere",
    "kelvin": "kelvin", "mole": "mole", "newton": "newton", "pascal": "pascal", "joule": "joule",
    "volt": "volt", "watt": "watt", "coulomb": "coulomb", "siemens": "siemens", "ohm": "ohm",
    "hertz": "hertz", "bar": "bar", "liter": "liter", "litre": "liter", "farad": "farad",
}  # fmt: skip
#: names without a prefix
_WHOLE = {
    "t": "metric_ton", "tonne": "metric_ton", "tonnes": "metric_ton", "metric_ton": "metric_ton",
    "lb": "pound", "lbs": "pound", "kgf": "force_kilogram", "kp": "force_kilogram",
    "gf": "force_gram", "tf": "force_metric_ton", "lbf": "force_pound", "dyn": "dyne",
    "sec": "second", "min": "minute", "minute": "minute", "minutes": "minute", "h": "hour",
    "hr": "hour", "hrs": "hour", "hour": "hour", "hours": "hour", "d": "day", "day": "day",
    "days": "day", "yr": "year", "year": "year", "years": "year", "micron": "micron",
    "microns": "micron", "Å": "angstrom", "angstrom": "angstrom", "angstroms": "angstrom",
    "in": "inch", "inch": "inch", "inches": "inch", "ft": "foot", "thou": "thou",
    "psi": "pound_force_per_square_inch", "ksi": "kip_per_square_inch",
    "atm": "standard_atmosphere", "torr": "torr", "Torr": "torr", "mmHg": "millimeter_Hg",
    "cc": "cubic_centimeter", "cal": "calorie", "kcal": "kilocalorie",
    "degC": "degree_Celsius", "°C": "degree_Celsius", "celsius": "degree_Celsius",
    "Celsius": "degree_Celsius", "degF": "degree_Fahrenheit", "°F": "degree_Fahrenheit",
    "fahrenheit": "degree_Fahrenheit", "Fahrenheit": "degree_Fahrenheit",
    "rad": "radian", "mrad": "milliradian", "radian": "radian", "radians": "radian",
    "deg": "degree", "degree": "degree", "degrees": "degree", "°": "degree",
    "%": "percent", "percent": "percent", "‰": "permille", "ppm": "ppm",
    "dimensionless": "dimensionless",
}  # fmt: skip
#: names that stand for several units
_UNCLEAR = {
    "ton": 'is 1000 kg or 907 kg; write "t" for 1000 kg',
    "tons": 'is 1000 kg or 907 kg; write "t" for 1000 kg',
}

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺\u141f\u2044", "0123456789-+//")
_SUPERSCRIPT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+(?:[\u141f\u2044/][⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
#: signs that look alike in print -> the one that is meant: minus, blanks, ohm, angstrom, micro,
#: degree
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2010\u2011\u2013", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000\t", " "),
        **dict.fromkeys("\u22c5\u2219", "·"),
        "\u2126": "Ω",
        "\u212b": "Å",
        "\u03bc": "µ",
        "\u2103": "°C",
        "\u2109": "°F",
        **dict.fromkeys("\u00ba\u02da", "°"),
        "½": "^0.5",
    }
)

_NUMBER = re.compile(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?)"
    r"(?: ?[\u00d7·] ?10\^\(?([+-]?[0-9]{1,3})\)?)?"
)
_FRACTION = re.compile(r"([+-]?[0-9]+)/([0-9]*[1-9][0-9]*)(?![0-9.eE])")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)\b.*", re.IGNORECASE)
_WITH_COMMA = re.compile(r"([+-]?)([0-9.,]*[0-9])((?:[eE][+-]?[0-9]{1,4})?)( ?[^,]*)")

_NAME = re.compile(r"[A-Za-zµ]*Ω|°[CF]?|[A-Za-zµÅ]+(?:_[A-Za-z]+)*|[%‰]")
_EXPONENT = r"[+-]?[0-9]+(?:\.[0-9]+|/[0-9]+)?"
_POWER = re.compile(
    rf" ?(?:\^|\*\*) ?(?:({_EXPONENT})|\(({_EXPONENT})\)|\{{({_EXPONENT})\}})"
    r"|(-?[0-9]+(?:\.[0-9]+|/[0-9]+)?)| (-[0-9]+)"
)
#: a product in many forms, none before a root and behind an ohm; or a slash
_BETWEEN = re.compile(
    r" ?(?:[*·\u00d7]|[.-](?=[A-Za-zµΩ])|(/)|\b(per)\b) ?| |(?=√)|(?<=Ω)(?=[A-Za-zµ])"
)
#: a degree sign or word, and a letter or name of a scale behind it
_DEGREES = re.compile(
    r"(?:° ?|\bdeg(?:rees?|\.)? )([CcFf])(?:(?<=[Cc])elsius|(?<=[Ff])ahrenheit)?\b"
)
_ROOT = re.compile(r"√ ?|sqrt(?=\()")
_INVERTED = re.compile(r"1? ?(?:/|per\b) ?")


class NotReadable(ValueError):
    """Text that is no value.

    Attributes
    ----------
    problem : str
        What is wrong, to be put behind the text.
    remedy : str
        What to write instead; empty if the grammar cannot tell.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class Reading:
    """A value taken apart.

    Attributes
    ----------
    number : float
        May be infinite if the text has too many digits.
    unit : str
        The unit as it was written; empty if there is none.
    powers : tuple of (str, Fraction)
        Full name of each unit and its power.
    """

    number: float
    unit: str
    powers: tuple[tuple[str, Fraction], ...]


def take_apart(text: str) -> Reading:
    """Return the number and the unit of a value.

    Parameters
    ----------
    text : str
        For example ``"0.5 mA/cm^2"``.

    Raises
    ------
    NotReadable
        If it is anything but one number and at most one unit.
    """
    if len(text) > LONGEST:
        raise NotReadable(f"has {len(text)} characters, a value has {LONGEST} at most")
    plain = text.translate(_ALIKE).strip(" \r\n")
    if "," in plain:
        raise NotReadable("has a comma", _without_comma(plain))
    if _NOT_FINITE.fullmatch(plain):
        raise NotReadable("is not a finite number")
    plain = _SUPERSCRIPT.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), plain)
    plain = _DEGREES.sub(lambda found: f"°{found[1].upper()}", plain)
    if (found := _FRACTION.match(plain)) is not None:
        number = float(Fraction(int(found[1]), int(found[2])))
    elif (found := _NUMBER.match(plain)) is not None:
        ten = found[2]
        number = float(found[1] if ten is None else Decimal(found[1]).scaleb(int(ten)))
    else:
        raise NotReadable("does not begin with a number")
    rest = plain[found.end() :].strip(" ")
    return Reading(number, rest, _unit(rest))


@functools.lru_cache(maxsize=1024)
def _unit(text: str) -> tuple[tuple[str, Fraction], ...]:
    """Return the powers of a unit that was written alone."""
    if text in ("", "-"):
        return ()
    powers, end = _product(text, 0)
    if end < len(text):
        raise NotReadable(f"{text[end:]!r} cannot follow a number or a unit")
    return tuple(powers)


def _product(text: str, at: int) -> tuple[list[tuple[str, Fraction]], int]:
    """Read units from a place on, up to a closing bracket or what is none; also where that is."""
    powers: list[tuple[str, Fraction]] = []
    inverted = 1
    if (first := _INVERTED.match(text, at)) is not None:
        inverted, at = -1, first.end()
    while True:
        part, at = _factor(text, at)
        powers += [(name, inverted * power) for name, power in part]
        between = _BETWEEN.match(text, at)
        if between is None or between.end() == len(text):
            return powers, at
        inverted, at = (-1 if between[1] or between[2] else 1), between.end()


def _factor(text: str, at: int) -> tuple[list[tuple[str, Fraction]], int]:
    """Read one unit or bracket with its power."""
    share = Fraction(1)
    if (root := _ROOT.match(text, at)) is not None:
        share, at = Fraction(1, 2), root.end()
    if text.startswith("(", at):
        part, at = _product(text, at + 1)
        if not text.startswith(")", at):
            raise NotReadable("has a bracket that is not closed")
        at += 1
    else:
        found = _NAME.match(text, at)
        if found is None:
            raise NotReadable(f"{text[at:]!r} cannot follow a number or a unit")
        part, at = [(unit_name(found[0]), Fraction(1))], found.end()
    if (power := _POWER.match(text, at)) is not None:
        share *= _power(next(digits for digits in power.groups() if digits))
        at = power.end()
    return [(name, share * own) for name, own in part], at


def _power(digits: str) -> Fraction:
    try:
        power = Fraction(digits)
    except ZeroDivisionError:
        raise NotReadable(f"has the power {digits}") from None
    if abs(power) > LARGEST_POWER or power.denominator > LARGEST_POWER:
        raise NotReadable(f"has the power {digits}, more than a unit can have")
    return power


def unit_name(name: str) -> str:
    """Return the full name of a unit.

    Parameters
    ----------
    name : str
        One symbol or word, with its prefix: ``um``, ``MPa``, ``kilonewtons``.

    Raises
    ------
    NotReadable
        If there is none of that name, or several.
    """
    if name in _UNCLEAR:
        problem, _, remedy = _UNCLEAR[name].partition("; ")
        raise NotReadable(f'"{name}" {problem}', remedy)
    known = _names()
    if name in known:
        return known[name]
    word = name.casefold()
    if {word, word.removesuffix("s")} & _long_words():
        return known[word]
    alike = sorted(other for other in known if other.casefold() == word)
    hint = f", {' and '.join(f'"{other}"' for other in alike)} {_be(alike)}" if alike else ""
    raise NotReadable(f'"{name}" is no unit{hint}')


def _be(several: list[str]) -> str:
    return "is" if len(several) == 1 else "are"


@functools.cache
def _names() -> dict[str, str]:
    """Return every name there is, with its full name."""
    found = {word: name for base, name in _WORDS.items() for word in (base, f"{base}s")}
    for symbol, prefix in _PREFIXES.items():
        found |= {symbol + base: prefix + name for base, name in _SYMBOLS.items()}
        found |= {
            f"{prefix}{base}{plural}": prefix + name
            for base, name in _WORDS.items()
            for plural in ("", "s")
        }
    return found | _SYMBOLS | _WHOLE


@functools.cache
def _long_words() -> frozenset[str]:
    prefixes = ("", *_PREFIXES.values())
    return frozenset(prefix + word for prefix in prefixes for word in _WORDS)


def _without_comma(text: str) -> str:
    """Return what to write instead of a number with a comma; empty if that is not clear."""
    found = _WITH_COMMA.fullmatch(text)
    if found is None:
        return ""
    sign, digits, power, unit = found.groups()
    if digits.count(",") == 1 and "." not in digits:
        whole, _, part = digits.partition(",")
        readings = [f"{whole or 0}.{part}"]
        if len(part) == 3 and re.fullmatch("[1-9][0-9]{0,2}", whole):
            readings.append(whole + part)  # a comma between thousands
    elif re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+", digits):
        readings = [digits.replace(".", "").replace(",", ".")]
    elif re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", digits):
        readings = [digits.replace(",", "")]
    else:
        return ""
    return "write " + " or ".join(f'"{sign}{reading}{power}{unit}"' for reading in readings)
