# SPDX-License-Identifier: MIT
"""Measured numbers of published experiments, each with its source and how it was read."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from interfacefem.errors import MaterialError
from interfacefem.quantities import did_you_mean


@dataclass(frozen=True)
class Published:
    """One data set.

    Attributes
    ----------
    name, title, source, doi : str
    read : str
        A full text, B reported text or table, C read off a figure, D abstract, M from memory.
    numbers : dict
        Name to the measured numbers, in the units of the file.
    """

    name: str
    title: str
    source: str
    doi: str
    read: str
    numbers: dict[str, list[float]]

    def series(self, key: str) -> list[float]:
        """Return measured numbers in their order.

        Raises
        ------
        MaterialError
            If there are none of this name.
        """
        if key not in self.numbers:
            hint = did_you_mean(key, sorted(self.numbers))
            raise MaterialError(f"experiment {self.name}: {key!r} was not measured; {hint}")
        return list(self.numbers[key])

    def one(self, key: str) -> float:
        """Return a measured number.

        Raises
        ------
        MaterialError
            If there is none of this name, or several.
        """
        found = self.series(key)
        if len(found) != 1:
            raise MaterialError(
                f"experiment {self.name}: {key!r} has {len(found)} numbers, not one"
            )
        return found[0]


@functools.cache
def _all() -> dict[str, Published]:
    text = resources.files("interfacefem.experiments").joinpath("published.toml")
    found = {}
    for name, data in tomllib.loads(text.read_text(encoding="utf-8")).items():
        words = {key: str(data.pop(key)) for key in ("title", "source", "doi", "read")}
        numbers = {
            key: [float(v) for v in (value if isinstance(value, Sequence) else [value])]
            for key, value in data.items()
        }
        found[name] = Published(name, numbers=numbers, **words)
    return found


def names() -> list[str]:
    """Return the names of the data sets, in the order of the file."""
    return list(_all())


def published(name: str) -> Published:
    """Return a data set.

    Parameters
    ----------
    name : str

    Raises
    ------
    MaterialError
        If there is none of this name.
    """
    if name not in _all():
        raise MaterialError(f"{name!r} is not an experiment; {did_you_mean(name, names())}")
    return _all()[name]
