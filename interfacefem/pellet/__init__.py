# SPDX-License-Identifier: MIT
"""A whole pellet from edge to edge: uneven platens on an interface whose law runs have given."""

from __future__ import annotations

from interfacefem.pellet.answer import PelletAnswer, Variant, answer
from interfacefem.pellet.figures import draw
from interfacefem.pellet.film import PressureMap
from interfacefem.pellet.found import PelletState
from interfacefem.pellet.law import InterfaceLaw, Unloading
from interfacefem.pellet.pellet import Pellet

__all__ = [
    "InterfaceLaw",
    "Pellet",
    "PelletAnswer",
    "PelletState",
    "PressureMap",
    "Unloading",
    "Variant",
    "answer",
    "draw",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
