# SPDX-License-Identifier: MIT
"""What a person should know about a case that is not wrong: notes, and numbers far from plausible.

A number outside its range is no mistake, because nobody knows all cells; it asks whether the unit
is right. What a number must be for the program to take it is said by each ``Scalar``.

Mistakes live in ``checks``; the ranges behind notes on single numbers live in ``plausible``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from interfacefem import fields, materials
from interfacefem.describe.checks import flows_in_time
from interfacefem.describe.face_notes import face_notes
from interfacefem.describe.interface_notes import interface_notes
from interfacefem.describe.temperature_notes import temperature_notes
from interfacefem.materials import verify
from interfacefem.materials.size import strength_note
from interfacefem.materials.value import PROPERTIES, USER, changed_alone
from interfacefem.quantities import spoken
from interfacefem.units import Stated, to_internal

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.describe.interface import Interface
    from interfacefem.describe.stack import Layer, Stack
    from interfacefem.surfaces.topography import Topography


@dataclass(frozen=True)
class Range:
    """Where a quantity can lie.

    Attributes
    ----------
    kind : str
        A key of :data:`interfacefem.units.KINDS`.
    low, high : str
        Ends with their units, as a person would write them.
    reason : str
        Why there.
    names : tuple of str
        Keys of descriptions, or properties of materials, that it is for; empty for all of the kind
        that no other range is for.
    """

    kind: str
    low: str
    high: str
    reason: str
    names: tuple[str, ...] = ()

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends in internal units."""
        return to_internal(self.low, self.kind), to_internal(self.high, self.kind)


#: the table: wide enough for anything known, narrow enough for a wrong prefix of three digits
RANGES = (
    Range("length", "10 nm", "10 mm", "layers of pressed cells", ("thickness",)),
    Range("length", "100 nm", "100 mm", "cut-outs of an interface, and pellets", ("width",)),
    Range("length", "0.5 mm", "300 mm", "dies of presses", ("die", "diameter")),
    Range("length", "0.1 nm", "100 um", "from polished to rough faces", ("rms_height",)),
    Range("length", "0.1 nm", "1 mm", "from one atom to a layer", ("edge", "opening", "slip")),
    Range("pressure", "100 Pa", "5 GPa", "from a weight on the cell to the strongest presses",
          ("to",)),
    Range("pressure", "1 MPa", "1.2 TPa", "from soft polymers to diamond", ("youngs_modulus",)),
    Range("pressure", "10 kPa", "150 GPa", "from soft metals near melting to diamond",
          ("hardness", "yield_stress", "yield_pressure", "tensile_strength", "saturation_stress")),
    Range("pressure", "10 Pa", "1 GPa", "from faces that hardly hold to bonds of bulk material",
          ("strength", "shear_strength")),
    Range("pressure", "1 Pa", "200 GPa", "from a breath to the stiffest crystals"),
    Range("pressure_rate", "1e-6 MPa/s", "1e4 MPa/s", "from a slow press to a blow"),
    Range("force", "0.1 N", "10 MN", "from a small weight to a press of 1000 t"),
    Range("time", "1 ms", "10 yr", "from a blow to the life of a cell"),
    Range("speed", "1e-6 nm/s", "1 m/s", "from creep to a fall"),
    Range("diffusivity", "1e-26 m^2/s", "1e-7 m^2/s", "from a cold solid to a melt"),
    Range("temperature", "200 K", "700 K", "pressed cells; lithium melts at 181 degC"),
    Range("conductivity", "1e-14 S/cm", "10 S/cm", "from insulators to the best ion conductors",
          ("ionic_conductivity",)),
    Range("conductivity", "1e-18 S/cm", "1e6 S/cm", "from insulators to silver"),
    Range("area_resistance", "1e-6 ohm cm^2", "1e7 ohm cm^2",
          "from metal contacts to faces that hardly conduct"),
    Range("current_density", "1e-6 mA/cm^2", "1e5 mA/cm^2", "from self-discharge to a short"),
    Range("energy_per_area", "1e-4 J/m^2", "1e4 J/m^2", "from weak faces to tough metals"),
    Range("toughness", "1e-3 MPa m^0.5", "300 MPa m^0.5", "from gels to tough steels"),
    Range("density", "0.01 g/cm^3", "23 g/cm^3", "from aerogels to osmium"),
    Range("molar_volume", "1 cm^3/mol", "1000 cm^3/mol", "metals and their alloys"),
    Range("charge_per_area", "1e-6 mAh/cm^2", "1000 mAh/cm^2", "from a monolayer to 5 mm of metal"),
    Range("molar_energy", "0.1 kJ/mol", "1000 kJ/mol", "up to the strength of chemical bonds"),
    Range("stiffness", "1e-9 MPa/um", "1e9 MPa/um", "from a loose spring to a bond of atoms"),
    Range("dimensionless", "1e-4", "2", "dry faces, 0.05 to 1; clean metals somewhat more",
          ("friction", "wall_friction")),
    Range("dimensionless", "1e-6", "5", "reported are 0 to 1", ("resistance_pressure_exponent",)),
    Range("dimensionless", "1e-6", "0.5", "cathodes swell by some percent", ("cathode_strain",)),
    Range("dimensionless", "1", "100000", "cycles of a cell", ("count",)),
    Range("dimensionless", "1", "10000", "what a run can afford",
          ("increments", "max_iterations", "max_rejections")),
    Range("dimensionless", "1", "100", "power-law creep has 1 to 10", ("stress_exponent",)),
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A number of a case.

    Attributes
    ----------
    place : str
        Such as ``layer[1].thickness``.
    name : str
        Its key.
    kind : str
        A key of :data:`interfacefem.units.KINDS`.
    number : float
        [internal units]; a :class:`interfacefem.units.Stated` if it was written with a unit.
    """

    place: str
    name: str
    kind: str
    number: float

    @property
    def said(self) -> str:
        """The number as it was written."""
        if isinstance(self.number, Stated):
            return repr(self.number.text)
        return spoken(self.number, self.kind)


@cache
def range_of(name: str, kind: str) -> Range | None:
    """Return the range for a key of a description, None if nothing is known of it."""
    of_kind = [one for one in RANGES if one.kind == kind]
    named = [one for one in of_kind if name in one.names]
    return next(iter([*named, *(one for one in of_kind if not one.names)]), None)


def implausible(given: Given) -> str | None:
    """Return the note of a number far outside of what it can be, None if it is not."""
    known = range_of(given.name, given.kind)
    if known is None or given.number == 0.0:  # zero is the absence of something
        return None
    low, high = known.ends
    if low <= abs(given.number) <= high:
        return None
    what = "number" if given.kind == "dimensionless" else "unit"
    return (
        f"{given.place}: {given.said} is far outside of {known.low} to {known.high} "
        f"({known.reason}); is the {what} right?"
    )


def numbers_of(case: Description) -> Iterator[Given]:
    """Return every number of a case that somebody gave or that has a default."""
    yield Given("temperature", "temperature", "temperature", case.temperature)
    for number, length in enumerate(case.stack.size):
        at = f"[{number}]" if len(case.stack.size) > 1 else ""
        yield Given(f"width{at}", "width", "length", length)
    for number, layer in enumerate(case.stack.layers):
        yield from _layer(layer, f"layer[{number}]")
    for number, joint in enumerate(case.stack.interfaces.values()):
        yield from _interface(joint, f"interface[{number}]")
    stages = case.protocol.stages
    for number, stage in enumerate(stages):
        for index, step in enumerate(stage.steps):
            yield from _scalars(step, f"stage[{number}].step[{index}]")
        if stage.punch is not None:
            yield from _layer(stage.punch, f"stage[{number}].punch")
            yield from _interface(stage.punch_interface, f"stage[{number}].punch_interface")
    for index, step in enumerate(() if stages else case.protocol):
        yield from _scalars(step, f"step[{index}]")
    for place in ("mesh", "numerics", "current", "die"):
        yield from _scalars(getattr(case, place), place)
    for kind, moment in case.output.at:
        yield Given("output.at", "at", kind, moment)


def _scalars(item: Any, place: str) -> Iterator[Given]:
    """Return what a part of a description states in its ``scalars``."""
    for key, scalar in getattr(item, "scalars", {}).items():
        number = getattr(item, key)
        if isinstance(number, (int, float)):
            yield Given(f"{place}.{key}", key, scalar.kind, number)
    springs = getattr(item, "fixture", None)
    if isinstance(springs, float):
        yield Given(f"{place}.fixture", "fixture", "stiffness", springs)


def _interface(joint: Interface, place: str) -> Iterator[Given]:
    yield from _scalars(joint, place)
    for key, law in joint.laws.items():
        for name, scalar in fields.scalars(type(law)).items():
            if (value := getattr(law, name)) is not None:
                yield Given(f"{place}.{key}.{name}", name, scalar.kind, value)
    yield from _scalars(joint.charge_transfer, f"{place}.charge_transfer")
    yield from _scalars(joint.bond, f"{place}.adhesion")


def _layer(layer: Layer, place: str) -> Iterator[Given]:
    yield from _scalars(layer, place)
    for side, face in (("bottom", layer.bottom), ("top", layer.top)):
        if face is not None:
            yield from _face(face, f"{place}.{side}")
    declared = layer.material.declared or layer.material
    for name, record in declared.records:
        if record.source == USER or declared.base is None:
            yield Given(f"{place}.material.{name}", name, PROPERTIES[name].kind, record.value)


def _face(face: Topography, place: str) -> Iterator[Given]:
    yield Given(f"{place}.rms_height", "rms_height", "length", face.rms_height)


def case_notes(case: Description) -> list[str]:
    """Return all notes of a case."""
    return [
        *face_notes(case.stack),
        *_estimates(case),
        *_strengths(case.stack),
        *interface_notes(case),
        *_laws(case),
        *_holds(case),
        *_alone(case),
        *temperature_notes(case),
        *_numbers(case),
    ]


def _bodies(case: Description) -> dict[str, Layer]:
    """Return layers and punches, by their place."""
    found = {f"layer[{index}]": layer for index, layer in enumerate(case.stack.layers)}
    punches = {
        f"stage[{index}].punch": stage.punch
        for index, stage in enumerate(case.protocol.stages)
        if stage.punch is not None
    }
    return found | punches


def _estimates(case: Description) -> Iterator[str]:
    for material in {layer.material.name: layer.material for layer in case.stack.layers}.values():
        guessed = [name.replace("_", " ") for name, record in material.records if record.estimate]
        if guessed:
            yield f"{material.name}: {', '.join(guessed)} estimated, not measured"


def _strengths(stack: Stack) -> Iterator[str]:
    """Yield the strength that each layer takes from the size of what flows, and what it does."""
    for layer in stack.layers:
        if layer.material.declared is not None:
            said = strength_note(layer.material)
            yield f'{layer.name}: {said} (choose with flow_size, e.g. "bulk")'


def _laws(case: Description) -> Iterator[str]:
    laws = {body.material.law.kind: body.material.law for body in _bodies(case).values()}
    for kind, law in laws.items():
        if verify.by_differences(law):
            yield f"law '{kind}': its tangent is found by differences, which takes longer"


def _holds(case: Description) -> Iterator[str]:
    timed = any(flows_in_time(layer) for layer in case.stack.layers)
    holds = [s for s in case.protocol if s.kind == "hold" and getattr(s, "temperature", 0) is None]
    if not timed and holds:
        yield "holding changes nothing: all materials here are rate-independent"


def _alone(case: Description) -> Iterator[str]:
    """Yield a note for each library value that was changed without what it was fitted with."""
    for place, layer in _bodies(case).items():
        material = layer.material.declared or layer.material
        if material.base is None:
            continue
        entry = materials.get(material.base, law=material.law.kind)
        fitted = {key: record.value for key, record in entry.records}
        given = {key: record.value for key, record in material.records if record.source == USER}
        for one in changed_alone(material.law, fitted, given):
            said = spoken(one.number, PROPERTIES[one.name].kind, one.number)
            yield f"{place}.material.{one.name}: {said} {one}"


def _numbers(case: Description) -> Iterator[str]:
    """Yield a note for each weight that was given as a mass, and each number that is unlikely."""
    for given in numbers_of(case):
        if isinstance(given.number, Stated) and given.number.weight:
            weight = spoken(float(given.number), given.kind)
            yield f"{given.place}: {given.said} is a mass; its weight is taken, {weight}"
        note = implausible(given)
        if note is not None:
            yield note
