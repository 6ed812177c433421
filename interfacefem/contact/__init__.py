# SPDX-License-Identifier: MIT
"""Interface laws at a point: contact, friction, bonds, films, conduction. Numpy only.

A law of one's own derives from :class:`NormalLaw`, :class:`Friction`, :class:`Conductance` or
:class:`SurfaceFilm`, see
:mod:`interfacefem.contact.base`.
"""

from __future__ import annotations

from interfacefem.contact.base import (
    Conductance,
    ContactPoints,
    FilmPoints,
    Friction,
    NormalLaw,
    SurfaceFilm,
    law,
    parameter,
)
from interfacefem.contact.contact_map import ContactMap
from interfacefem.contact.film import Film
from interfacefem.contact.laws import Coulomb, PowerConductance

__all__ = [
    "Conductance",
    "ContactMap",
    "ContactPoints",
    "Coulomb",
    "Film",
    "FilmPoints",
    "Friction",
    "NormalLaw",
    "PowerConductance",
    "SurfaceFilm",
    "law",
    "parameter",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
