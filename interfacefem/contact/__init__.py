# SPDX-License-Identifier: MIT
"""Interface laws at a point: contact, friction, bonds, conduction. Numpy only.

A law of one's own derives from :class:`NormalLaw`, :class:`Friction` or :class:`Conductance`, see
:mod:`interfacefem.contact.base`.
"""

from __future__ import annotations

from interfacefem.contact.base import (
    Conductance,
    ContactPoints,
    Friction,
    NormalLaw,
    law,
    parameter,
)
from interfacefem.contact.contact_map import ContactMap
from interfacefem.contact.laws import Coulomb, PowerConductance

__all__ = [
    "Conductance",
    "ContactMap",
    "ContactPoints",
    "Coulomb",
    "Friction",
    "NormalLaw",
    "PowerConductance",
    "law",
    "parameter",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
