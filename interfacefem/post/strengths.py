# SPDX-License-Identifier: MIT
"""What metals, bonds and currents of an interface may be, with range and source.

Bands of bonds are in :mod:`interfacefem.describe.bonds`; a case that states an adhesion of its own
goes first.

An interface between two ion conductors has no lithium to strip, so no current density is critical
there. Of a critical current density only what the user or the material states counts: measured ones
differ tenfold from cell to cell, and a mean of the literature is nobody's cell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from interfacefem.describe.bonds import METAL_STRENGTH, METAL_TOUGHNESS, ROOM, bands
from interfacefem.materials import Material, Value
from interfacefem.materials.size import band
from interfacefem.reference.fracture import slit_entry_pressure
from interfacefem.results import Results
from interfacefem.results.documents import number
from interfacefem.results.layout import CURRENT_DENSITY_FACTOR
from interfacefem.units import Dimensional, to_internal

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
    used = material.law.first_yield().stress
    strong = max(band(small, "pillars")[2], used)
    low, value, high = (
        slit_entry_pressure(stress / math.sqrt(3.0), width=width, depth=depth)
        for stress in (0.0, used, strong)
    )
    source = (
        f"sticking to both walls with the shear yield stress of the metal ({number(used)} MPa "
        f"yield stress); nothing if it creeps long enough, {number(strong)} MPa if it is as strong "
        "as small pillars of lithium (Xu et al. 2017)"
    )
    return Value(value, "MPa", low, high, 298.15, source, "L", True)


def bond_limits(
    results: Results, interface: str, materials: Mapping[str, Material]
) -> tuple[Value, Value] | None:
    """Return strength [MPa] and toughness [J/m^2] that a bond of an interface may have.

    Parameters
    ----------
    results : Results
        Its case may state an adhesion for the interface.
    interface : str
        ``"lower|upper"``.
    materials : mapping of str to Material
        By layer.

    Returns
    -------
    tuple of Value or None
        None between two metals, or where a material is not known.
    """
    layers = interface.split("|")
    known = bands(*(materials.get(layer) for layer in layers))
    stated = _stated(results.case, layers)
    own = (
        _own(stated, "strength", "pressure", "MPa"),
        _own(stated, "toughness", "energy_per_area", "J/m^2"),
    )
    if known is None and not any(own):
        return None
    strength, toughness = known or (METAL_STRENGTH, METAL_TOUGHNESS)
    return own[0] or strength, own[1] or toughness


def _stated(case: Mapping[str, Any], layers: list[str]) -> Mapping[str, Any]:
    for entry in case.get("interface", []):
        if entry.get("between") == layers:
            found = entry.get("adhesion", {})
            return found if isinstance(found, Mapping) else {}
    return {}


def _own(stated: Mapping[str, Any], name: str, kind: str, unit: str) -> Value | None:
    if name not in stated:
        return None
    number = to_internal(stated[name], kind, place=f"adhesion.{name}")
    return Value(number, unit, number, number, ROOM, "adhesion of the case", "M")


def electrode(materials: Mapping[str, Material], interface: str) -> str | None:
    """Return the layer of an interface whose metal a current takes away and brings back.

    As :meth:`interfacefem.describe.stack.Stack.electrode`: a metal has a molar volume; between two
    of them, or without one, no metal is exchanged.

    Parameters
    ----------
    materials : mapping of str to Material
        By layer.
    interface : str
        ``"lower|upper"``.
    """
    metals = [
        layer
        for layer in interface.split("|")
        if layer in materials and materials[layer].molar_volume is not None
    ]
    return metals[0] if len(metals) == 1 else None


def critical_current(
    results: Results,
    interface: str,
    materials: Mapping[str, Material],
    given: Dimensional | None = None,
) -> Value | None:
    """Return the critical current density of an interface [mA/cm^2].

    Parameters
    ----------
    results : Results
        Its case may state one.
    interface : str
        ``"lower|upper"``.
    materials : mapping of str to Material
        By layer; the smaller one of the two layers counts, with its range.
    given : str, pint.Quantity or float, optional
        This one instead; a float is in uA/um^2.

    Returns
    -------
    Value or None
        None where no metal is exchanged, or nobody states one.

    Raises
    ------
    UnitError
        If the one given is no current density.
    """
    if electrode(materials, interface) is None:
        return None
    source = "given by the user"
    if given is None:
        case: dict[str, Any] = results.case
        given = case.get("current", {}).get("critical")
        source = "critical current density of the case"
    if given is not None:
        value = to_internal(given, "current_density", place="critical") * CURRENT_DENSITY_FACTOR
        return Value(value, "mA/cm^2", value, value, ROOM, source, "M")
    name = "critical_current_density"
    records = [dict(materials[layer].records).get(name) for layer in interface.split("|")]
    known = [record for record in records if record is not None]
    if not known:
        return None
    least = min(known, key=lambda record: record.value)
    value, low, high = (
        item * CURRENT_DENSITY_FACTOR for item in (least.value, least.low, least.high)
    )
    return Value(
        value, "mA/cm^2", low, high, least.temperature, least.source, least.confidence,
        least.estimate,
    )  # fmt: skip
