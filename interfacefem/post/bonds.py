# SPDX-License-Identifier: MIT
"""What a bond between two pressed layers may bear: ranges of strength and toughness, with source.

None of these was measured for the pairs of the library; a case that states an adhesion of its own
goes first. Nothing here is put into a run: a contact without adhesion bears no tension at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interfacefem.materials import Material, Value
from interfacefem.results import Results
from interfacefem.units import to_internal

ROOM = 298.15

#: of a metal on an electrolyte
METAL_STRENGTH = Value(
    1.5,
    "MPa",
    0.1,
    10.0,
    ROOM,
    "estimated here: lithium pulled from garnet, in order of magnitude (Wang and Sakamoto (2018), "
    "J. Power Sources 377, 7, from memory); above a few yield stresses the metal flows instead",
    "L",
    True,
)
METAL_TOUGHNESS = Value(
    0.3,
    "J/m^2",
    0.05,
    5.0,
    ROOM,
    "estimated here: work of adhesion of lithium on clean (0.67) and soiled (0.10) garnet "
    "(Sharafi et al. (2017), Chem. Mater. 29, 7961, from memory), and plastic work of the metal",
    "L",
    True,
)
#: of two pressed electrolytes
CERAMIC_STRENGTH = Value(
    10.0, "MPa", 5.0, 20.0, ROOM, "estimated here: pressed powder on pressed powder, from above",
    "L", True,
)  # fmt: skip
CERAMIC_TOUGHNESS = Value(
    1.0,
    "J/m^2",
    0.5,
    2.0,
    ROOM,
    "estimated here: below K_IC^2 (1 - nu^2)/E of sulfide glass, 2.6 J/m2 (McGrogan et al. (2017), "
    "10.1002/aenm.201602011), which is a bound from above for a bond",
    "L",
    True,
)


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
    known = [materials[layer].brittle for layer in layers if layer in materials]
    strength, toughness = METAL_STRENGTH, METAL_TOUGHNESS
    if len(known) == 2 and all(known):
        strength, toughness = CERAMIC_STRENGTH, CERAMIC_TOUGHNESS
    stated = _stated(results.case, layers)
    own = (
        _own(stated, "strength", "pressure", "MPa"),
        _own(stated, "toughness", "energy_per_area", "J/m^2"),
    )
    if not any(own) and (len(known) < 2 or not any(known)):
        return None
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
