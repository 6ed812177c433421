# SPDX-License-Identifier: MIT
"""What a user says of a pellet: punches, seat and layers, read and checked."""

from __future__ import annotations

from collections.abc import Sequence

from interfacefem import materials
from interfacefem.describe.interface import Interface
from interfacefem.describe.stack import Layer, Stack
from interfacefem.names import shown
from interfacefem.pellet.modes import Sheet
from interfacefem.quantities import Scalar, did_you_mean, one_mistake
from interfacefem.units import Dimensional

#: elastic constants of punches [MPa, -]: tool steel, cemented carbide
PUNCHES = {"steel": (210e3, 0.30), "carbide": (600e3, 0.22)}
RESISTANCE = Scalar("area_resistance", at_least=0.0)
#: what layers may be: bottom to top, with the interface of the law among them
Layers = float | tuple[Layer | Interface, ...]
_WRITE = (
    'write a resistance such as "40 ohm*cm^2", layers such as "Li6PS5Cl 0.8 mm | Li 50 um", or '
    "[Layer, ..., Interface(), Layer, ...] from bottom to top"
)


def punch(given: str | tuple[Dimensional, float]) -> str | tuple[float, float]:
    """Return ``"rigid"``, or Young's modulus [MPa] and Poisson's ratio of the punches.

    Raises
    ------
    UnitError, CaseError
        If it is none of them.
    """
    if isinstance(given, str):
        if given in PUNCHES:
            return PUNCHES[given]
        if given != "rigid":
            raise one_mistake(
                "pellet.punch",
                f"{shown(given)} is unknown",
                did_you_mean(given, [*PUNCHES, "rigid"]),
            )
        return given
    if not isinstance(given, Sequence) or len(given) != 2:
        raise one_mistake(
            "pellet.punch", f"{shown(given)} is none",
            'write "steel", "carbide", "rigid" or ("210 GPa", 0.3)',
        )  # fmt: skip
    modulus = Scalar("pressure", above=0.0).read(given[0], "pellet.punch[0]")
    poisson = Scalar("dimensionless", above=-1.0, below=0.5).read(given[1], "pellet.punch[1]")
    return modulus, poisson


def seat(given: Dimensional) -> str | float:
    """Return ``"guided"``, ``"free"``, or the moment that turns by one radian [uN um].

    Raises
    ------
    UnitError, CaseError
        If it is none of them.
    """
    if isinstance(given, str) and given in ("guided", "free"):
        return given
    if isinstance(given, str) and not any(letter.isdigit() for letter in given):
        raise one_mistake(
            "pellet.seat", f"{shown(given)} is unknown",
            'write "guided", "free", or a stiffness such as "100 N*m"',
        )  # fmt: skip
    return float(Scalar("moment", above=0.0).read(given, "pellet.seat"))


def layers(given: Dimensional | Sequence[Layer | Interface] | Stack) -> Layers:
    """Return the resistance of layers [V um^2/uA], or the layers themselves.

    Raises
    ------
    UnitError, CaseError, MaterialError
        If they are neither, or a material is unknown.
    """
    if isinstance(given, Stack):
        parts: list[Layer | Interface] = [given.layers[0]]
        for joint, layer in zip(given.joints, given.layers[1:], strict=True):
            parts += [joint, layer]
        given = parts
    if isinstance(given, str) and "|" in given:
        given = _written(given)
    if isinstance(given, str) and given.strip()[:1].isalpha():
        raise one_mistake("pellet.layers", f"{shown(given)} is none", _WRITE)
    if not isinstance(given, Sequence) or isinstance(given, str):
        return RESISTANCE.read(given, "pellet.layers")
    for number, part in enumerate(given):
        if not isinstance(part, Layer | Interface):
            raise one_mistake(f"pellet.layers[{number}]", f"{shown(part)} is no layer", _WRITE)
    joints = [number for number, part in enumerate(given) if isinstance(part, Interface)]
    if len(joints) != 1:
        raise one_mistake(
            "pellet.layers",
            f"has {len(joints)} interfaces; the law is that of one",
            "put one Interface() where it lies; a resistance of another one belongs to it",
        )
    if joints[0] in (0, len(given) - 1):
        raise one_mistake(
            "pellet.layers", "the interface is at an end", "put it between the layers it joins"
        )
    return tuple(given)


def sheets(given: Layers) -> tuple[tuple[Sheet, ...], tuple[Sheet, ...]]:
    """Return the layers below and above the interface, each from the interface outwards.

    Raises
    ------
    MaterialError
        If a conductivity is not known.
    """
    if isinstance(given, float):
        return (), ()
    joint = next(number for number, part in enumerate(given) if isinstance(part, Interface))
    found = [
        Sheet(
            part.thickness,
            part.material.conductivity,
            part.material.law.youngs_modulus,
            part.material.law.poissons_ratio,
        )
        for part in given
        if isinstance(part, Layer)
    ]
    return tuple(found[:joint][::-1]), tuple(found[joint:])


def _written(text: str) -> list[Layer | Interface]:
    """Read ``"Li6PS5Cl 0.8 mm, NMC 60 um | Li 50 um"``."""
    sides = text.split("|")
    found: list[Layer | Interface] = []
    for number, side in enumerate(sides):
        if number:
            found.append(Interface())
        for part in side.split(","):
            name, _, thickness = part.strip().partition(" ")
            if not (name and thickness.strip()):
                raise one_mistake("pellet.layers", f"{shown(part)} is no layer", _WRITE)
            material = materials.get(name)
            found.append(Layer(f"layer{len(found)}", material, thickness.strip()))
    return found
