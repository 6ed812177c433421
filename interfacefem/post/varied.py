# SPDX-License-Identifier: MIT
"""Which input runs differ in: the number that was varied, against which many runs are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import UnitError
from interfacefem.grammar import NotReadable, take_apart
from interfacefem.units import KINDS, to_internal

#: entries that tell runs apart and change nothing in them
_NAMES = ("name", "title", "description")
#: entry that makes another realisation of the same
_SEED = "seed"
#: entry that goes with the seed beside it
_CHECKSUM = "checksum"


@dataclass(frozen=True)
class Varied:
    """An input that has another value in each run, or in some.

    Attributes
    ----------
    name : str
        Where it stands in the case, e.g. ``step.press.to``.
    unit : str
        ``"-"`` if it is a plain number.
    values : tuple of float
        Of each run.
    others : tuple of str
        Inputs that runs differ in besides, without the seeds of realisations.
    """

    name: str
    unit: str
    values: tuple[float, ...]
    others: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Name and unit, as on an axis."""
        return self.name if self.unit == "-" else f"{self.name} [{self.unit}]"


def varied(cases: Sequence[Mapping[str, object]]) -> Varied | None:
    """Return the number that differs most between cases; None if no number differs.

    Parameters
    ----------
    cases : sequence of mapping
        As runs keep them, one of each run.

    Returns
    -------
    Varied or None
        Of several numbers the one with the most values, and of these the first. The seed of a
        realisation is chosen only if nothing else differs.
    """
    flat = [dict(_flat(case, "")) for case in cases]
    keys = dict.fromkeys(key for case in flat for key in case)
    differing = [key for key in keys if any(case.get(key) != flat[0].get(key) for case in flat[1:])]
    found: list[Varied] = []
    for key in differing:
        numbers = _numbers([case.get(key) for case in flat])
        if numbers is not None:
            found.append(Varied(key, numbers[0], tuple(numbers[1].tolist())))
    seeds = [one for one in found if one.name.rpartition(".")[2] == _SEED]
    wanted = [one for one in found if one not in seeds] or seeds
    if not wanted:
        return None
    best = max(wanted, key=lambda one: len(set(one.values)))
    others = tuple(k for k in differing if k != best.name and not _of_realisation(k, differing))
    return Varied(best.name, best.unit, best.values, others)


def _of_realisation(key: str, differing: Sequence[str]) -> bool:
    """Return whether an entry says no more than which realisation it is."""
    head, _, last = key.rpartition(".")
    return last == _SEED or (last == _CHECKSUM and f"{head}.{_SEED}" in differing)


def _flat(value: object, place: str) -> Iterator[tuple[str, object]]:
    """Yield every entry of a case with its place; entries of lists by their names."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key not in _NAMES:
                yield from _flat(part, f"{place}.{key}" if place else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, part in enumerate(value):
            name = part.get("name", number) if isinstance(part, Mapping) else number
            yield from _flat(part, f"{place}.{name}")
    else:
        yield place, value


def _numbers(values: Sequence[object]) -> tuple[str, npt.NDArray[np.float64]] | None:
    """Return unit and numbers of values, None if one of them is no number."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return "-", np.array(values, dtype=np.float64)
    if not all(isinstance(value, str) for value in values):
        return None
    texts = [str(value) for value in values]
    try:
        readings = [take_apart(text) for text in texts]
    except NotReadable:
        return None
    if len({reading.unit for reading in readings}) == 1:
        return readings[0].unit or "-", np.array([reading.number for reading in readings])
    for kind, (unit, _) in KINDS.items():
        try:
            found = [to_internal(text, kind) for text in texts]
        except UnitError:
            continue
        return unit, np.array(found, dtype=np.float64)
    return None
