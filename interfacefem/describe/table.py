# SPDX-License-Identifier: MIT
"""One table of a case file, read key by key with every mistake collected.

What the keys mean is said in ``reader``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from interfacefem.errors import InterfaceFEMError, Mistake
from interfacefem.quantities import Scalar, did_you_mean, mistakes_of


class Table:
    """One table of a case file: takes keys out, collects mistakes, names what is left over."""

    def __init__(self, data: object, place: str, mistakes: list[Mistake]) -> None:
        self.place = place
        self.mistakes = mistakes
        self.known: list[str] = []
        self.broken = not isinstance(data, Mapping)
        self.data: dict[str, Any] = dict(data) if isinstance(data, Mapping) else {}
        if self.broken:
            self.wrong("", f"{data!r} is not a table", "write keys with values")

    def at(self, key: str) -> str:
        """Return the place of a key."""
        return f"{self.place}.{key}" if self.place and key else self.place or key

    def wrong(self, key: str, problem: str, remedy: str) -> None:
        """Note a mistake at a key."""
        self.mistakes.append(Mistake(self.at(key), problem, remedy))

    def take(self, key: str, default: Any = None) -> Any:
        """Take a key out."""
        self.known.append(key)
        return self.data.pop(key, default)

    def text(self, key: str, default: str | None = None) -> str | None:
        """Take a key whose value must be text; without a default it must be there."""
        value = self.take(key, default)
        if self.broken:
            return default
        if value is None:
            self.wrong(key, "is missing", f'write {key} = "..."')
        elif not isinstance(value, str):
            self.wrong(key, f"{value!r} is not text", f'write {key} = "..."')
        else:
            return value
        return default

    def number(self, key: str, scalar: Scalar) -> float | None:
        """Take a number with its unit; None if it is absent or wrong."""
        value = self.take(key)
        if value is None:
            return None
        try:
            return scalar.read(value, self.at(key), bare=False)
        except InterfaceFEMError as error:
            self.mistakes += mistakes_of(error, self.at(key))
            return None

    def numbers(self, scalars: Mapping[str, Scalar], skip: Sequence[str] = ()) -> dict[str, Any]:
        """Take every number there is, by key."""
        found = {
            key: self.number(key, scalar) for key, scalar in scalars.items() if key not in skip
        }
        return {key: value for key, value in found.items() if value is not None}

    def items(self, key: str, most: int) -> list[Any] | None:
        """Take an array of tables; None if it is something else or has more than ``most``."""
        value = self.take(key, [])
        if isinstance(value, list) and len(value) > most:
            self.wrong(key, f"stands there {len(value)} times", f"write it at most {most} times")
            return None
        if isinstance(value, list):
            return value
        self.wrong(key, "is not a list", f"write [[{key}]] with two brackets for each one")
        return None

    def build(self, make: Callable[[], Any], stand_in: Any) -> Any:
        """Call a constructor; its error becomes a mistake of this table."""
        try:
            return make()
        except InterfaceFEMError as error:
            self.mistakes += [
                Mistake(self._inside(mistake.place), mistake.problem, mistake.remedy)
                for mistake in mistakes_of(error, self.place)
            ]
            return stand_in

    def _inside(self, place: str) -> str:
        """Return a place such as ``layer 'anode'.name`` or ``step.name`` as one of this table."""
        if place.startswith(self.place):
            return place
        key = place.rpartition("'.")[2]
        if key != place:
            return self.at(key)
        head, _, key = place.partition(".")
        same = self.place.rpartition(".")[2].partition("[")[0] == head
        return self.at(key) if same else self.place

    def finish(self) -> None:
        """Name the keys nobody took."""
        for key in self.data:
            self.wrong(key, "unknown key", did_you_mean(key, self.known))
