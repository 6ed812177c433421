# SPDX-License-Identifier: MIT
"""Materials: laws as frozen descriptions, a library with a source behind every value.

``get("Li")`` takes one from the library, ``get("Li", law="anand")`` with another law,
``get("Li", yield_stress="0.6 MPa")`` with a value of one's own, and
``Material("steel", Elastic("200 GPa", 0.3))`` makes one. Small asperities are in ``size``, fits to
pressure and density in ``calibrate``. No solver, no state.
"""

from __future__ import annotations

from interfacefem.materials.base import LAWS, FirstYield, Law, law, parameter
from interfacefem.materials.dielectric import Dielectric
from interfacefem.materials.library import laws, names
from interfacefem.materials.material import Material, get
from interfacefem.materials.models import (
    Anand,
    Elastic,
    J2Plastic,
    LinearHardening,
    Norton,
    Powder,
    SaturatingHardening,
)
from interfacefem.materials.value import PROPERTIES, Value, override

__all__ = [
    "LAWS",
    "PROPERTIES",
    "Anand",
    "Dielectric",
    "Elastic",
    "FirstYield",
    "J2Plastic",
    "Law",
    "LinearHardening",
    "Material",
    "Norton",
    "Powder",
    "SaturatingHardening",
    "Value",
    "get",
    "law",
    "laws",
    "names",
    "override",
    "parameter",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
