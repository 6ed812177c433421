# SPDX-License-Identifier: MIT
"""What a person should know about a case that is not wrong.

Mistakes live in ``checks``; the ranges behind notes on single numbers live in ``plausible``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from interfacefem import materials
from interfacefem.describe.checks import flows_in_time
from interfacefem.describe.plausible import implausible, numbers_of
from interfacefem.materials import verify
from interfacefem.materials.material import Material
from interfacefem.materials.together import changed_alone
from interfacefem.materials.value import PROPERTIES, USER
from interfacefem.quantities import spoken
from interfacefem.units import ROOM, Stated

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.describe.stack import Layer

#: property of a material that no temperature changes -> what to call it
_FIXED = {
    "youngs_modulus": "elastic constants",
    "yield_stress": "yield stresses",
    "yield_pressure": "compaction",
    "tensile_strength": "strengths",
    "fracture_toughness": "toughnesses",
    "ionic_conductivity": "conductivities",
    "electronic_conductivity": "conductivities",
}
#: temperatures closer to room temperature than this are room temperature [K]
SAME = 0.5


def case_notes(case: Description) -> list[str]:
    """Return all notes of a case."""
    return [
        *_mirror(case.stack.layers),
        *_estimates(case),
        *_laws(case),
        *_holds(case),
        *_alone(case),
        *_temperature(case),
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


def _mirror(layers: tuple[Layer, ...]) -> Iterator[str]:
    for layer in layers:
        for side, face in (("bottom", layer.bottom), ("top", layer.top)):
            if face is not None and not face.mirrored:
                yield (
                    f"{side} of '{layer.name}' is not mirror-symmetric: the side walls are "
                    "symmetry planes and cut it; .symmetrised() makes it so"
                )


def _estimates(case: Description) -> Iterator[str]:
    for material in {layer.material.name: layer.material for layer in case.stack.layers}.values():
        guessed = [name.replace("_", " ") for name, record in material.records if record.estimate]
        if guessed:
            yield f"{material.name}: {', '.join(guessed)} estimated, not measured"


def _laws(case: Description) -> Iterator[str]:
    laws = {body.material.law.kind: body.material.law for body in _bodies(case).values()}
    for kind, law in laws.items():
        if verify.by_differences(law):
            yield f"law '{kind}': its tangent is found by differences, which takes longer"


def _holds(case: Description) -> Iterator[str]:
    timed = any(flows_in_time(layer) for layer in case.stack.layers)
    if not timed and any(step.kind == "hold" for step in case.protocol):
        yield "holding changes nothing: all materials here are rate-independent"


def _alone(case: Description) -> Iterator[str]:
    """Yield a note for each library value that was changed without what it was fitted with."""
    for place, layer in _bodies(case).items():
        material = layer.material
        if material.base is None:
            continue
        entry = materials.get(material.base, law=material.law.kind)
        fitted = {key: record.value for key, record in entry.records}
        given = {key: record.value for key, record in material.records if record.source == USER}
        for one in changed_alone(material.law, fitted, given):
            said = spoken(one.number, PROPERTIES[one.name].kind, one.number)
            yield f"{place}.material.{one.name}: {said} {one}"


def _temperature(case: Description) -> Iterator[str]:
    conducts = case.current is not None or any(step.kind == "cycle" for step in case.protocol)
    transfers = {
        name: joint.charge_transfer.uses_temperature
        for name, joint in case.stack.interfaces.items()
        if conducts and joint.charge_transfer is not None
    }
    found = {layer.name: layer.material for layer in _bodies(case).values()}
    faces = [
        f"the {key} of {name} ({law.kind})"
        for name, joint in case.stack.interfaces.items()
        for key, law in joint.laws.items()
        if law.uses_temperature
    ]
    note = temperature_note(case.temperature, found, transfers, faces)
    if note is not None:
        yield note


def temperature_note(
    temperature: float,
    layers: Mapping[str, Material],
    transfers: Mapping[str, bool],
    faces: Sequence[str] = (),
) -> str | None:
    """Return what the temperature of a case acts on and what not; None at room temperature.

    It follows from what the laws state in ``uses_temperature``.

    Parameters
    ----------
    temperature : float
        [K].
    layers : mapping of str to Material
        By name of the layer.
    transfers : mapping of str to bool
        For each interface with charge transfer, by name, whether its kinetics use it.
    faces : sequence of str
        Laws of interfaces that use it, for a sentence.
    """
    if abs(temperature - ROOM) <= SAME:
        return None
    said = temperature.text if isinstance(temperature, Stated) else f"{temperature:g} K"
    acts = [
        f"the flow of '{name}' ({material.name}, {material.law.kind})"
        for name, material in layers.items()
        if material.law.uses_temperature
    ]
    acts += [f"the charge transfer of {name}, by RT/F" for name, uses in transfers.items() if uses]
    acts += faces
    effect = f"acts on {' and '.join(acts)}" if acts else "has no effect: no law here uses it"
    known = {key for material in layers.values() for key, _ in material.records}
    fixed = [words for key, words in _FIXED.items() if key in known]
    what = "other laws of faces" if faces else "friction and resistance of faces"
    fixed += [what, *(["exchange currents"] if transfers else [])]
    return (
        f"temperature {said} {effect}. It does not change {', '.join(dict.fromkeys(fixed))}: "
        f"they are used as given, in the library for {ROOM - 273.15:g} degC"
    )


def _numbers(case: Description) -> Iterator[str]:
    """Yield a note for each weight that was given as a mass, and each number that is unlikely."""
    for given in numbers_of(case):
        if isinstance(given.number, Stated) and given.number.weight:
            weight = spoken(float(given.number), given.kind)
            yield f"{given.place}: {given.said} is a mass; its weight is taken, {weight}"
        note = implausible(given)
        if note is not None:
            yield note
