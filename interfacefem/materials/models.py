# SPDX-License-Identifier: MIT
"""The material laws of the package.

What a law is, and how one of your own is added, is in :mod:`interfacefem.materials.base`. Solids
are described in ``models_solid``, flow in time in ``models_viscous``, powder in ``models_powder``;
their compiled updates are modules of their own.
"""

from __future__ import annotations

from interfacefem.materials.base import LAWS, FirstYield, Law
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
    "FirstYield",
    "J2Plastic",
    "Law",
    "LinearHardening",
    "Norton",
    "Powder",
    "SaturatingHardening",
]
