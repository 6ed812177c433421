# SPDX-License-Identifier: MIT
"""Checked values: a user's number or path becomes one in range, or an error with its place.

Every public function and every option that takes a path reads it here.

Unit conversion itself lives in :mod:`interfacefem.units`; what a case is made of lives in
``stack``, ``protocol`` and ``case``.
"""

from __future__ import annotations

import difflib
import functools
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interfacefem.errors import CaseError, InterfaceFEMError, Mistake, ResultsError, UnitError
from interfacefem.names import name_problem, shown
from interfacefem.units import KINDS, Stated, from_internal, to_internal

#: what a caller may give for a path
AnyPath = str | os.PathLike[str]


def user_path(
    path: AnyPath, what: str = "path", error: Callable[[str], InterfaceFEMError] = ResultsError
) -> Path:
    """Return a path with ``~`` and ``~user`` expanded.

    Parameters
    ----------
    path : str or PathLike
        As the user wrote it.
    what : str
        What it is, for the message.
    error : callable
        Makes the error from its text.

    Raises
    ------
    InterfaceFEMError
        That of ``error``, if the path is empty, no path, or of an unknown user.
    """
    problem = path_problem(path)
    if problem:
        raise error(f"{what}: {problem}")
    return Path(path).expanduser()


def is_file(path: Path) -> bool:
    """Return whether there is a file; False also where that cannot be known."""
    try:
        return path.is_file()
    except OSError:
        return False


def path_problem(path: object) -> str:
    """Return what is wrong with a path, with its remedy; empty if nothing is."""
    try:
        text = os.fspath(path)  # type: ignore[call-overload]
    except TypeError:
        text = None
    if not isinstance(text, str):
        return f"{shown(path)} is no path; write it in quotes"
    # Path("") is the present folder, which nobody means by nothing.
    if not text.strip():
        return "is empty; name a file or a folder, or '.' for the present folder"
    if "\0" in text:
        return f"{shown(text)} has a zero byte; correct the path"
    try:
        Path(text).expanduser()
    except RuntimeError:
        user = Path(text).parts[0]
        return f"the home folder of '{user}' is not known; write the path in full"
    return ""


#: largest count that is believed
MOST = 1_000_000
#: sizes beyond which products of a few numbers can leave the floating point range
SMALLEST, LARGEST = 1e-50, 1e50

#: kind of quantity -> units to write it in, tried in this order
_WRITTEN: dict[str, tuple[str, ...]] = {
    "length": ("um", "nm", "mm"),
    "pressure": ("MPa", "GPa", "kPa"),
    "pressure_rate": ("MPa/s", "MPa/min", "kPa/s"),
    "force": ("N", "kN", "t", "uN"),
    "time": ("s", "min", "h"),
    "speed": ("um/s", "nm/s", "mm/s"),
    "diffusivity": ("um^2/s", "m^2/s", "cm^2/s"),
    "conductivity": ("S/m", "S/cm", "mS/cm"),
    "area_resistance": ("ohm*cm^2",),
    "current_density": ("mA/cm^2",),
    "energy_per_area": ("J/m^2",),
    "toughness": ("MPa*m^0.5",),
    "charge_per_area": ("mA*h/cm^2",),
    "capacitance_per_area": ("uF/cm^2", "F/m^2"),
}


@dataclass(frozen=True)
class Scalar:
    """What a number in a description must be.

    Attributes
    ----------
    kind : str
        A key of :data:`interfacefem.units.KINDS`.
    above, at_least, below : float, optional
        Limits in internal units: the value must be > above, >= at_least, < below.
    whole : bool
        Whether it must be a whole number.
    remedy : str
        What to write instead, if the limits do not say it best.
    plain : tuple of (float, float, str), optional
        Least and largest number that is taken without a unit, and the unit that is meant otherwise.
    """

    kind: str
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    whole: bool = False
    remedy: str = ""
    plain: tuple[float, float, str] | None = None

    def read(self, value: object, place: str, *, bare: bool = True) -> float:
        """Convert a value to internal units and check its range.

        Parameters
        ----------
        value : str, pint.Quantity or float
            The user's value.
        place : str
            Where the value stands, e.g. ``layer[1].thickness``.
        bare : bool
            Whether a number without a unit is allowed (Python yes, files no).

        Raises
        ------
        UnitError
            If the unit is missing, unknown or of another kind.
        CaseError
            If the number is out of range.
        """
        number = to_internal(value, self.kind, place=place, bare=bare)
        if self.plain is not None and type(value) in (int, float):
            low, high, unit = self.plain
            if number > 0.0 and not low <= number <= high:
                raise one_mistake(
                    place,
                    f"{number:g} has no unit, and {self._said(value, number)} is out of question",
                    f'write "{number:g} {unit}" if that is meant',
                )
        if self.above is not None and not number > self.above:
            limit = f"more than {spoken(self.above, self.kind, number)}"
            if self.above == 0.0:
                limit = self._positive(number)
        elif self.at_least is not None and not number >= self.at_least:
            limit = f"{spoken(self.at_least, self.kind, number)} or more"
        elif self.below is not None and not number < self.below:
            limit = f"less than {spoken(self.below, self.kind, number)}"
        elif self.whole and number != round(number):
            limit = "a whole number"
        elif self.whole and number > MOST:
            limit = f"{MOST} or less"
        elif not computable(number):
            limit = f'for example "{KINDS[self.kind][1]}"'
        else:
            return number
        remedy = self.remedy or f"write {limit}"
        raise one_mistake(place, f"{self._said(value, number)} is out of range", remedy)

    def _said(self, value: object, number: float) -> str:
        """Return text as it was written, a number that was read before in the unit it had."""
        if isinstance(value, Stated):
            return spoken(number, self.kind, number)
        if isinstance(value, (int, float, np.number)):
            return f"{number:g} {KINDS[self.kind][0]}".rstrip()
        return shown(value)

    def _positive(self, number: float) -> str:
        """Return what to write instead of one that is not positive, in the same unit."""
        if self.kind == "dimensionless":
            return "a positive number"
        example = KINDS[self.kind][1]
        if number < 0.0 and self.kind != "temperature":
            example = spoken(-number, self.kind, number)
        return f'a positive {self.kind.replace("_", " ")} such as "{example}"'


def computable(number: float) -> bool:
    """Whether squares and ratios of a number are numbers too; zero is fine."""
    return number == 0.0 or SMALLEST <= abs(number) <= LARGEST


def as_whole(value: object) -> int | None:
    """Return the whole number that ``3``, ``3.0`` or ``"3"`` stand for, None if there is none.

    Truth values are no numbers, and neither is what has a part behind the point.
    """
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)  # exact, however large
    try:
        number = to_internal(value, "dimensionless")
    except UnitError:
        return None
    return int(number) if number == round(number) else None


def spoken(number: float, kind: str, like: object = None, digits: int = 6) -> str:
    """Return a number in internal units as text to write, in the unit the user wrote in.

    Parameters
    ----------
    number : float
        In the internal unit of ``kind``.
    kind : str
        A key of :data:`interfacefem.units.KINDS`.
    like : object
        The value that the user wrote; if it is no text with a unit, the unit is a usual one.
    digits : int
        Significant digits.

    Returns
    -------
    str
        Such as ``"0.25 mm"``.
    """
    if kind == "dimensionless":
        return f"{number:.{digits}g}"
    unit = like.unit if isinstance(like, Stated) and like.kind == kind else ""
    unit = unit or _WRITTEN.get(kind, (KINDS[kind][0],))[0]
    return f"{from_internal(number, kind, unit):.{digits}g} {unit}"


def fill(target: object, **values: object) -> None:
    """Set the fields of a frozen dataclass inside its ``__init__``."""
    for name, value in values.items():
        object.__setattr__(target, name, value)


def one_mistake(place: str, problem: str, remedy: str) -> CaseError:
    """Return a :class:`CaseError` with a single mistake."""
    return CaseError([Mistake(place, problem, remedy)])


def checked_name(name: object, place: str = "step.name") -> str:
    """Return a name if it is a usable one; see :func:`interfacefem.names.name_problem`.

    Raises
    ------
    CaseError
        If it is not.
    """
    problem, _, remedy = name_problem(name).rpartition("; ")
    if problem:
        raise one_mistake(place, problem, remedy)
    return str(name)


def checked_path(path: AnyPath, place: str) -> Path:
    """Return an absolute path with ``~`` expanded.

    Raises
    ------
    CaseError
        If it is empty or no path, or cannot be written into a case file.
    """
    problem, _, remedy = path_problem(path).rpartition("; ")
    found = Path() if problem else Path(path).expanduser().absolute()
    try:
        str(found).encode()
    except UnicodeEncodeError:
        problem, remedy = f"{shown(str(path))} is not in UTF-8", "rename it"
    if problem:
        raise one_mistake(place, problem, remedy)
    return found


def mistakes_of(error: InterfaceFEMError, place: str) -> list[Mistake]:
    """Return the mistakes an error stands for.

    An error other than :class:`CaseError` is one mistake; it stands at ``place`` unless its text
    begins with a place of its own further inside.
    """
    if isinstance(error, CaseError):
        return list(error.mistakes)
    text = str(error)
    head, colon, rest = text.partition(": ")
    if colon and (isinstance(error, UnitError) or head.startswith(place)):
        place, text = head, rest
    problem, _, remedy = text.rpartition("; ")
    return [Mistake(place, problem or remedy, remedy if problem else "")]


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return advice for a mistyped word: the nearest known one, or all of them."""
    names = list(dict.fromkeys(known))
    folded = {name.casefold(): name for name in names}
    near = difflib.get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{folded[near[0]]}"?'
    return f"known: {', '.join(names)}" if names else "none is defined"


@functools.cache
def written(number: float, kind: str) -> str:
    """Return a number in internal units as the shortest text that reads back to the same number.

    Parameters
    ----------
    number : float
        In the internal unit of ``kind``.
    kind : str
        A key of :data:`interfacefem.units.KINDS` other than ``dimensionless``.

    Returns
    -------
    str
        For example ``"1.5 t"`` for 14709975000 uN.
    """
    internal = KINDS[kind][0]
    best = f"{float(number)!r} {internal}"
    for unit in _WRITTEN.get(kind, ()):
        text = f"{from_internal(number, kind, unit):.12g} {unit}"
        if len(text) < len(best) and to_internal(text, kind) == number:
            best = text
    return best
