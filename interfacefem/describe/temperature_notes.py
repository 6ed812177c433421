# SPDX-License-Identifier: MIT
"""Notes of a check on temperature: what it acts on, and what stays as it is for want of data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from interfacefem.units import ROOM, Stated

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.materials import Material

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


def temperature_notes(case: Description) -> Iterator[str]:
    """Yield the note of a case, if its temperature is another than that of the library."""
    conducts = case.current is not None or any(step.kind == "cycle" for step in case.protocol)
    transfers = {
        name: joint.charge_transfer.activation_energy is not None
        for name, joint in case.stack.interfaces.items()
        if conducts and joint.charge_transfer is not None
    }
    punches = [stage.punch for stage in case.protocol.stages if stage.punch is not None]
    found = {layer.name: layer.material for layer in (*case.stack.layers, *punches)}
    faces = [
        f"the {key} of {name} ({law.kind})"
        for name, joint in case.stack.interfaces.items()
        for key, law in joint.laws.items()
        if law.uses_temperature
    ]
    steps = [getattr(step, "temperature", None) for step in case.protocol]
    strains = under_load(case.temperature, steps, begun=case.start is not None)
    through = [case.temperature, *(one for one in steps if one is not None)]
    notes = [
        temperature_note(through, found, transfers, faces, conducts=conducts, strains=strains),
        expansion_note(found) if strains else None,
    ]
    yield from (note for note in notes if note is not None)


def under_load(temperature: float, steps: Sequence[float | None], *, begun: bool) -> bool:
    """Return whether the temperature changes while something is pressed.

    Parameters
    ----------
    temperature : float
        Of the case [K].
    steps : sequence of float or None
        Temperature that each step states [K].
    begun : bool
        Whether something is pressed before the first step, which else heats what is free.
    """
    first = None if begun or not steps else steps[0]
    before = temperature if first is None else first
    return any(one is not None and one != before for one in (steps if begun else steps[1:]))


def expansion_note(layers: Mapping[str, Material]) -> str | None:
    """Return which materials a change of temperature under load leaves unstrained, if any.

    Parameters
    ----------
    layers : mapping of str to Material
        By name of the layer.
    """
    unknown = [made.name for made in layers.values() if made.thermal_expansion is None]
    if not unknown:
        return None
    return (
        f"thermal expansion is not known for {', '.join(dict.fromkeys(unknown))}: changes of "
        'temperature do not strain them; give it, e.g. thermal_expansion = "20e-6 1/K"'
    )


def _activated(material: Material) -> bool:
    """Return whether the conductivity of a material has an activation energy."""
    return any(key == "conduction_energy" for key, _ in material.records)


def temperature_note(
    all_through: Sequence[float],
    layers: Mapping[str, Material],
    transfers: Mapping[str, bool],
    faces: Sequence[str] = (),
    *,
    conducts: bool = True,
    strains: bool = False,
) -> str | None:
    """Return what the temperatures of a case act on and what not; None at room temperature.

    It follows from what the laws state in ``uses_temperature``.

    Parameters
    ----------
    all_through : sequence of float
        Temperatures that the case goes through [K].
    layers : mapping of str to Material
        By name of the layer.
    transfers : mapping of str to bool
        For each interface with charge transfer, by name, whether its exchange current has an
        activation energy.
    faces : sequence of str
        Laws of interfaces that use it, for a sentence.
    conducts : bool
        Whether a current passes.
    strains : bool
        Whether the temperature changes while something is pressed.
    """
    if all(abs(one - ROOM) <= SAME for one in all_through):
        return None
    texts = [one.text if isinstance(one, Stated) else f"{one:g} K" for one in all_through]
    if len(texts) > 1 and abs(all_through[0] - ROOM) <= SAME:
        del texts[0]  # what it begins with needs no word
    said = ", then ".join(texts)
    acts = [
        f"the flow of '{name}' ({material.name}, {material.law.kind})"
        for name, material in layers.items()
        if material.law.uses_temperature
    ]
    acts += [
        f"the conductivity of '{name}' ({material.name}, by Arrhenius)"
        for name, material in layers.items()
        if conducts and _activated(material)
    ]
    acts += [
        f"the charge transfer of {name}, by RT/F{' and Arrhenius' if activated else ''}"
        for name, activated in transfers.items()
    ]
    acts += [
        f"the size of '{name}' ({material.name}, by thermal expansion)"
        for name, material in layers.items()
        if strains and material.thermal_expansion is not None
    ]
    acts += faces
    effect = f"acts on {' and '.join(acts)}" if acts else "has no effect: no law here uses it"
    known = {
        key
        for material in layers.values()
        for key, _ in material.records
        if not (key.endswith("_conductivity") and _activated(material))
    }
    fixed = [words for key, words in _FIXED.items() if key in known]
    what = "other laws of faces" if faces else "friction and resistance of faces"
    fixed += [what, *([] if all(transfers.values()) else ["exchange currents"])]
    return (
        f"temperature {said} {effect}. It does not change {', '.join(dict.fromkeys(fixed))}: "
        f"they are used as given, in the library for {ROOM - 273.15:g} degC"
    )
