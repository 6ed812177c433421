# SPDX-License-Identifier: MIT
"""What to know of films and bonds of a case before it runs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.contact.base import FilmPoints
from interfacefem.describe.bonds import bands, in_words, of_band

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.describe.stack import Stack
    from interfacefem.materials import Material

#: what faces without adhesion do to a resistance after release, of two small cases
#: (docs/theory/limits.md)
EFFECT = "bonds, which conduct, can lower the resistance after release to less than a half"


def interface_notes(case: Description) -> Iterator[str]:
    """Yield what to know of films and bonds."""
    pressures = case.protocol.pressures
    yield from _films(case.stack, max(pressures, default=0.0), case.temperature)
    falls = any(after < before for before, after in itertools.pairwise(pressures))
    yield from _bonds(case.stack, released=falls or case.start is not None)


def _films(stack: Stack, largest: float, temperature: float) -> Iterator[str]:
    for name, joint in stack.interfaces.items():
        if joint.film is None:
            continue
        one = FilmPoints(np.array([largest]), np.zeros(1), temperature)
        if not float(joint.film.margin(one)[0]) > 0.0:
            yield (
                f"interface '{name}': {largest:.4g} MPa, the largest pressure, does not break the "
                "film of a flat face that is not stretched; only asperities or flow would"
            )


def _bonds(stack: Stack, *, released: bool) -> Iterator[str]:
    pairs = {name: stack.pair(name) for name in stack.interfaces}
    found = {name: bands(*(layer.material for layer in pair)) for name, pair in pairs.items()}
    for name, joint in stack.interfaces.items():
        band = found[name]
        if band is not None and joint.bond == of_band(band):
            yield (f"interface '{name}': adhesion {in_words(band)}, estimated, nobody measured it")
    bare = [name for name, joint in stack.interfaces.items() if joint.bond is None and found[name]]
    if bare and released:
        yield without_bonds(bare)


def without_bonds(names: Iterable[str]) -> str:
    """Return in words that interfaces have no adhesion, and what that does."""
    said = ", ".join(f"'{name}'" for name in names)
    return (
        f"no adhesion at {said}, which is a choice: faces part freely on release; {EFFECT} "
        '(adhesion="library" takes estimated ones)'
    )


def bare_of(case: Mapping[str, Any], materials: Mapping[str, Material]) -> list[str]:
    """Return the interfaces of a stored case that could adhere and do not.

    Parameters
    ----------
    case : mapping
        Tables of the case.
    materials : mapping of str to Material
        By layer.
    """
    found = []
    for joint in case.get("interface", []):
        between = joint.get("between", [])
        known = [materials.get(layer) for layer in between]
        if len(known) == 2 and "adhesion" not in joint and bands(*known):
            found.append("|".join(between))
    return found
