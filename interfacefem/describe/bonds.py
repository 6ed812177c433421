# SPDX-License-Identifier: MIT
"""What bonds of pressed faces may bear, with range and source: for whoever wants a number.

None of these was measured for the pairs of the library. Nothing here is put into a run unless the
case asks for it with ``adhesion="library"``; a contact without adhesion bears no tension at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from interfacefem.contact.adhesion import Adhesion
from interfacefem.errors import Mistake
from interfacefem.materials import Value

if TYPE_CHECKING:
    from interfacefem.describe.interface import Interface
    from interfacefem.describe.stack import Layer
    from interfacefem.materials import Material

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


def bands(lower: Material | None, upper: Material | None) -> tuple[Value, Value] | None:
    """Return strength [MPa] and toughness [J/m^2] of a bond of two materials.

    Parameters
    ----------
    lower, upper : Material or None
        None where it is not known.

    Returns
    -------
    tuple of Value or None
        None between two metals, or where a material is not known.
    """
    known = [material.brittle for material in (lower, upper) if material is not None]
    if len(known) < 2 or not any(known):
        return None
    if all(known):
        return CERAMIC_STRENGTH, CERAMIC_TOUGHNESS
    return METAL_STRENGTH, METAL_TOUGHNESS


def with_bonds(
    layers: Sequence[Layer], joints: Sequence[Interface], mistakes: list[Mistake]
) -> list[Interface]:
    """Return the interfaces of a stack, with the values of those that take them from here.

    Parameters
    ----------
    layers : sequence of Layer
        Bottom to top.
    joints : sequence of Interface
        Between them.
    mistakes : list of Mistake
        Is added to where there is no band for a pair.
    """
    found = []
    for joint, lower, upper in zip(joints, layers, layers[1:], strict=False):
        made = joint
        if joint.adhesion == "library":
            band = bands(lower.material, upper.material)
            if band is None:
                problem = "has no band in the library for two metals"
                place = f"interface '{lower.name}|{upper.name}'.adhesion"
                mistakes.append(Mistake(place, problem, "give an Adhesion, or leave it out"))
            made = replace(joint, adhesion=None if band is None else of_band(band))
        found.append(made)
    return found


def of_band(band: tuple[Value, Value]) -> Adhesion:
    """Return the adhesion in the middle of a band."""
    strength, toughness = band
    return Adhesion(f"{strength.value} {strength.unit}", f"{toughness.value} {toughness.unit}")


def in_words(band: tuple[Value, Value]) -> str:
    """Return a band with its range, e.g. ``1.5 MPa (0.1 to 10), 0.3 J/m^2 (0.05 to 5)``."""
    return ", ".join(f"{v.value:g} {v.unit} ({v.low:g} to {v.high:g})" for v in band)
