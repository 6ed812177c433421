# SPDX-License-Identifier: MIT
"""The numerical constants of the solver: meaning and reason of each, and a way to try others.

Each room of the package that needs such numbers has one module ``numbers.py``, which declares them
through a :class:`Room`:

.. code-block:: python

    room = Room(__name__)
    SOFT = room("SOFT", 0.05, "stiffness against slip [E/edge]", reason="measured on ...")

A number is a plain ``float`` or ``int``, so compiled loops take it as a constant. The environment
variable ``INTERFACEFEM_NUMBERS`` replaces numbers for one process, to see what they do:
``INTERFACEFEM_NUMBERS="fem.contact.SOFT=0.1;drive.LARGEST_CLOSING=0.05"``. Compiled code with other
numbers is kept apart (:func:`interfacefem.caches.reached_key`), and a run notes the replaced
numbers. ``python -m interfacefem.numbers`` prints all numbers as a page; ``cases/sensitivity.py``
measures what each of them does.

Constants of physics, parameters of laws that a user can set, quadrature rules and sizes of arrays
are not declared here.
"""

from __future__ import annotations

import ast
import difflib
import functools
import importlib
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from interfacefem.errors import CaseError, Mistake

#: names the environment variable that replaces numbers
VARIABLE = "INTERFACEFEM_NUMBERS"
#: reason of a number that nothing but its effect speaks for
CHOSEN = "chosen, see cases/sensitivity.md"

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Number:
    """One number of the solver.

    Attributes
    ----------
    room, name : str
        Where it is declared, for example ``fem.contact`` and ``SOFT``.
    value, default : int or float
        In this process, and where nothing replaces it.
    meaning : str
        What it is, with its unit in brackets at the end.
    reason : str
        Why it has this value.
    """

    room: str
    name: str
    value: float
    default: float
    meaning: str
    reason: str

    @property
    def key(self) -> str:
        """Full name, for example ``fem.contact.SOFT``."""
        return f"{self.room}.{self.name}"


#: all numbers of the rooms that are imported, by their full names
TABLE: dict[str, Number] = {}


class Room:
    """Declares the numbers of one room.

    Parameters
    ----------
    module : str
        ``__name__`` of the module ``numbers.py`` of the room.
    """

    def __init__(self, module: str) -> None:
        self.name = module.removeprefix("interfacefem.").removesuffix(".numbers")

    def __call__[T: (int, float)](self, name: str, value: T, meaning: str, *, reason: str) -> T:
        """Declare a number and return its value in this process.

        Parameters
        ----------
        name : str
            The name that it is assigned to.
        value : int or float
            An ``int`` is a count and stays one.
        meaning : str
            What it is, with its unit in brackets at the end.
        reason : str
            Why it has this value: what was measured, a source, or "chosen".
        """
        key = f"{self.name}.{name}"
        # mistakes are for check(): an import is no place to tell a user what is wrong
        given = type(value)(replaced().get(key, value))
        TABLE[key] = Number(self.name, name, given, value, meaning, reason)
        return given


def replaced() -> Mapping[str, float]:
    """Return the numbers that the environment variable replaces, by their full names."""
    return read(os.environ.get(VARIABLE, ""))[0]


def check() -> None:
    """Refuse an environment variable with mistakes.

    Raises
    ------
    CaseError
        If it names an unknown number or gives no number; all mistakes at once.
    """
    mistakes = read(os.environ.get(VARIABLE, ""))[1]
    if mistakes:
        raise CaseError(list(mistakes), VARIABLE)


@functools.cache
def read(text: str) -> tuple[Mapping[str, float], tuple[Mistake, ...]]:
    """Return the numbers that a text replaces, by their full names, and the mistakes in it.

    Parameters
    ----------
    text : str
        ``room.NAME=value`` and more of them after semicolons.
    """
    parts = [part.strip() for part in text.split(";")]
    known = declared() if any(parts) else {}
    found: dict[str, float] = {}
    mistakes = []
    for part in filter(None, parts):
        name, equals, said = (word.strip() for word in part.partition("="))
        if not equals:
            mistakes.append(Mistake(part, "has no value", f"write {name or 'room.NAME'}=number"))
        elif name not in known:
            mistakes.append(Mistake(name, "is no number of the solver", _nearest(name, known)))
        elif name in found:
            mistakes.append(Mistake(name, "is given twice", "give it once"))
        else:
            value = _number(said, whole=known[name])
            if value is None:
                kind = "a whole number" if known[name] else "a number"
                mistakes.append(Mistake(name, f"{said!r} is not {kind}", f"write {kind}"))
            else:
                found[name] = value
    return found, tuple(mistakes)


def _number(text: str, *, whole: bool) -> float | None:
    """Return the number that a text says; None if it says none."""
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _nearest(name: str, known: Mapping[str, bool]) -> str:
    """Say what could be meant by an unknown name."""
    last = name.rsplit(".", 1)[-1]
    close = [key for key in known if key.rsplit(".", 1)[-1] == last]
    close += difflib.get_close_matches(name, known, n=3)
    meant = f"did you mean {', '.join(dict.fromkeys(close))}? " if close else ""
    return f"{meant}python -m interfacefem.numbers prints all"


def files() -> dict[str, Path]:
    """Return the modules that declare numbers, by room."""
    paths = (path for path in sorted(_PACKAGE.rglob("numbers.py")) if path.parent != _PACKAGE)
    return {path.parent.relative_to(_PACKAGE).as_posix().replace("/", "."): path for path in paths}


def declared() -> dict[str, bool]:
    """Return the full names of all numbers, and whether each is whole, without importing rooms."""
    found = {}
    for room, path in files().items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case ast.Assign(
                    value=ast.Call(
                        func=ast.Name(id="room"), args=[ast.Constant(value=str(name)), value, *_]
                    )
                ):
                    whole = isinstance(value, ast.Constant) and isinstance(value.value, int)
                    found[f"{room}.{name}"] = whole
    return found


def load() -> dict[str, Number]:
    """Import all rooms and return their numbers, by full name."""
    for room in files():
        importlib.import_module(f"interfacefem.{room}.numbers")
    return TABLE


def shown(value: float) -> str:
    """Return a number as text; one near 1 by its distance from it."""
    if 0.0 < abs(value - 1.0) < 1e-4:
        return f"1 {'-' if value < 1.0 else '+'} {abs(value - 1.0):.1g}"
    return f"{value:g}"


def page() -> str:
    """Return all numbers with meaning and reason as a page of Markdown."""
    lines = ["# Numbers of the solver", ""]
    for room in files():
        lines += [f"## {room}", "", "| number | value | meaning | reason |", "|---|---|---|---|"]
        rows = [number for number in load().values() if number.room == room]
        lines += [f"| {n.name} | {shown(n.value)} | {n.meaning} | {n.reason} |" for n in rows]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    # the module that rooms import, which is not this one
    module = importlib.import_module("interfacefem.numbers")
    try:
        module.check()
    except CaseError as error:
        sys.stderr.write(f"interfacefem: {error}\n")
        sys.exit(2)
    sys.stdout.write(module.page())
