# SPDX-License-Identifier: MIT
"""The laws a material can have, by their names in files: frozen descriptions without a state.

A law is a frozen dataclass that knows its parameters by the names of
:data:`interfacefem.materials.value.PROPERTIES`; adding a law means adding a class to
:data:`LAWS`. Solids are described in ``models_solid``, flow in time in ``models_viscous``,
powder in ``models_powder``; the pointwise updates live in modules of their own, the library files
in ``library``.
"""

from __future__ import annotations

from interfacefem.materials.models_powder import Powder
from interfacefem.materials.models_solid import (
    Elastic,
    J2Plastic,
    LinearHardening,
    SaturatingHardening,
)
from interfacefem.materials.models_viscous import Anand, Norton

__all__ = [
    "LAWS",
    "Anand",
    "Elastic",
    "J2Plastic",
    "Law",
    "LinearHardening",
    "Norton",
    "Powder",
    "SaturatingHardening",
]

#: what a material may have for its ``law``
Law = Elastic | J2Plastic | Anand | Norton | Powder

#: name in files -> law
LAWS: dict[str, type[Elastic] | type[J2Plastic] | type[Anand] | type[Norton] | type[Powder]] = {
    "elastic": Elastic,
    "j2": J2Plastic,
    "anand": Anand,
    "norton": Norton,
    "powder": Powder,
}
