# SPDX-License-Identifier: MIT
"""What a soft metal beside a brittle layer bears and takes to flow, with the range of the data."""

from __future__ import annotations

import math

from interfacefem.materials import Material, Value
from interfacefem.materials.size import band
from interfacefem.reference.fracture import slit_entry_pressure
from interfacefem.results.text import number

#: sizes for which the strength of small lithium was measured [um]
MEASURED = (1.39, 9.45)


def flow_pressure(material: Material, depth: float, width: float) -> Value:
    """Return the pressure a metal needs to flow into a slit, with its range [MPa].

    Parameters
    ----------
    material : Material
        Of the metal, which yields at some stress.
    depth, width : float
        Of the slit [um].
    """
    small = min(max(width, MEASURED[0]), MEASURED[1])
    bulk = material.law.first_yield().stress
    strong = max(band(small, "pillars")[2], bulk)
    low, value, high = (
        slit_entry_pressure(stress / math.sqrt(3.0), width=width, depth=depth)
        for stress in (0.0, bulk, strong)
    )
    source = (
        f"sticking to both walls with the shear yield stress of bulk metal ({number(bulk)} MPa "
        f"yield stress); nothing if it creeps long enough, {number(strong)} MPa if it is as strong "
        "as small pillars of lithium (Xu et al. 2017)"
    )
    return Value(value, "MPa", low, high, 298.15, source, "L", True)
