# SPDX-License-Identifier: MIT
"""Causes of risk about pressing too hard: tension, hardness, flaws, fracture, metal driven in.

All about the brittle layers. The fields behind them are in :mod:`interfacefem.post.exposures`
(flaws and slits) and :mod:`interfacefem.post.brittle`.

Tension, chance of fracture and flaws speak of the same flaws in three ways that agree in an even
tension and differ where it is not even. The *tension* is held against a strength that was measured,
or estimated, under an even one; the *chance of fracture* sums the tensions of all cells in the
volume of the whole die, with a Weibull modulus that nobody knows. At their high ends both take the
tension of single cells, as if flaws were small against the distance over which it falls off, which
is from above; at their low ends its mean over a ball as wide as the flaws that go with the strength
are deep (:mod:`interfacefem.post.brittle`), as they see it. A *flaw* at a face is held against
the toughness with the tension over its whole depth. Tension inside a layer, away from its faces, is
in the first two only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from interfacefem.materials import Value
from interfacefem.post.brittle import DEEPEST, depth_of_strength, weibull_probabilities
from interfacefem.post.causes import Found, risk, threshold
from interfacefem.post.exposures import Exposure, Metal, percent
from interfacefem.post.faces import is_axisymmetric
from interfacefem.post.increment import Increment
from interfacefem.post.measures import cells, mean_around, mean_thickness, pressed_area
from interfacefem.post.risk_rows import known_limit, position
from interfacefem.post.short_circuit import assumptions
from interfacefem.results import InterfaceField
from interfacefem.results.documents import number

TENSION, FRACTURE = "over-pressing: tension", "over-pressing: fracture probability"
HARDNESS = "over-pressing: contact pressure"
FLAW, FILLED = "over-pressing: flaw", "over-pressing: flaw with metal in it"
DRIVEN = "over-pressing: metal driven in"

#: chance of fracture that counts as a risk [-]; a convention, no measurement
PROBABLE = threshold(0.1, source="convention of interfacefem: one press in ten")
#: Weibull modulus [-]; of none of the library's materials it is known
WEIBULL_MODULUS = Value(
    10.0, "", 5.0, 20.0, 298.15, "estimated here: usual for ceramics, 5 to 20", "L", True
)
#: volume that the tensile strength is taken to belong to [um^3], thus 1 mm^3
STRENGTH_VOLUME = 1e9
#: what the three readings of brittle failure have to do with each other
THREE_READINGS = (
    "tension, fracture probability and flaws rest on the same flaws and agree in an even tension. "
    "Where it is not even, tension and probability range from its mean over a ball as wide as the "
    "flaws are deep, which is what flaws see, to that of single cells, which is from above; a flaw "
    "at a face sees it over its depth. What is away from the faces is in the first two only"
)


@risk(
    TENSION,
    unit="MPa",
    needs=("layers", "materials"),
    means="the largest tension of a brittle layer exceeds its strength",
)
def tension(at: Increment) -> Iterator[Found]:
    """Return the largest tension of each brittle layer."""
    for layer in at.brittle_layers:
        material = at.materials[layer]
        strength = known_limit(material, "tensile_strength", f"layer '{layer}'", at)
        if strength is None:
            continue
        at.assume(THREE_READINGS)
        state = at.layer(layer)
        stress = state.max_principal_stress.values
        centres, sizes = cells(state, axisymmetric=is_axisymmetric(at.results))
        worst = int(np.argmax(stress))
        value = float(stress[worst])
        seen = mean_around(centres, sizes, stress, _radius(at, layer))
        yield Found(
            subject=f"layer '{layer}'",
            place=centres[worst],
            value=value,
            value_low=min(float(seen.max()), value),
            threshold=strength,
            comment="no tension" if value <= 0.0 else _spread(at, layer, strength),
        )


@risk(
    FRACTURE,
    needs=("layers", "materials"),
    means="more than one press in ten would break a brittle layer",
)
def fracture(at: Increment) -> Iterator[Found]:
    """Return the chance that each brittle layer breaks, with its range over what is assumed."""
    for layer in at.brittle_layers:
        state = at.layer(layer)
        strength = known_limit(at.materials[layer], "tensile_strength", f"layer '{layer}'", at)
        if strength is None or "stress" not in state.fields:
            continue
        if not state.max_principal_stress.max() > 0.0:
            continue
        value, low, high = _chance(at, layer, strength)
        yield Found(
            subject=f"layer '{layer}'",
            value=value,
            value_low=low,
            value_high=high,
            threshold=PROBABLE,
            comment=(
                f"Weibull moduli of {WEIBULL_MODULUS.low:g} to {WEIBULL_MODULUS.high:g}, strengths "
                f"of {number(strength.low)} to {number(strength.high)} MPa of 1 mm^3, area of "
                f"{pressed_area(at.results)[1]}: all assumed"
            ),
        )


@risk(
    HARDNESS,
    unit="MPa",
    needs=("interfaces", "materials"),
    means="asperities of a brittle layer are crushed",
)
def contact_pressure(at: Increment) -> Iterator[Found]:
    """Return the largest contact pressure on each brittle layer."""
    for layer, material in at.materials.items():
        if not material.brittle:
            continue
        hardness = known_limit(material, "hardness", f"layer '{layer}'", at)
        names = [name for name in at.interfaces if layer in name.split("|")]
        fields = [at.interface(name).contact_pressure for name in names]
        if hardness is None or not fields:
            continue
        field = max(fields, key=lambda item: item.max())
        peak = int(np.argmax(field.values))
        yield Found(
            subject=f"layer '{layer}'",
            place=f"at '{field.interface}' {position(field.points[peak, :-1])}",
            value=float(field.values[peak]),
            threshold=hardness,
        )


@risk(
    FLAW,
    unit="MPa m^0.5",
    needs=("layers", "materials"),
    means="a flaw at the face of a brittle layer grows",
)
def flaw(at: Increment) -> Iterator[Found]:
    """Return the largest stress intensity of the flaws of each face, dry."""
    for each in at.exposures:
        if each.toughness is None:
            at.note(f"{_face(each)}: the fracture toughness is not known; flaws are not judged")
            continue
        _assume(at)
        yield _flaw(each, each.dry, each.dry_depth, each.toughness, dry=True)


@risk(
    FILLED,
    unit="MPa m^0.5",
    needs=("layers", "materials"),
    means="a flaw at the face of a brittle layer grows with the pressure of the metal in it",
)
def flaw_with_metal(at: Increment) -> Iterator[Found]:
    """Return the largest stress intensity of the flaws of each face beside a metal, filled."""
    for each in at.exposures:
        if each.toughness is not None and each.metal is not None:
            _assume(at)
            metal = each.metal
            yield _flaw(each, metal.filled, metal.filled_depth, each.toughness, dry=False)


@risk(
    DRIVEN,
    unit="MPa",
    needs=("layers", "materials"),
    means="a metal is pressed into slits of a brittle layer",
)
def metal_driven_in(at: Increment) -> Iterator[Found]:
    """Return where the contact pressure is furthest above what a slit needs."""
    for each in at.exposures:
        if each.metal is not None:
            _assume(at)
            yield _driven(each, each.metal)


def grows_text(each: Exposure, *, dry: bool) -> str:
    """Return on how much of a face a flaw grows, in words."""
    return f"grows on {percent(each.growing(dry=dry))} of the face"


def driven_text(each: Exposure) -> str:
    """Return on how much of a face the metal is driven in, in words."""
    return f"driven in on {percent(each.entered())} of the face"


def _face(each: Exposure) -> str:
    return f"layer '{each.layer}' at '{each.interface}'"


def _assume(at: Increment) -> None:
    for text in (THREE_READINGS, *assumptions(at.exposures)):
        at.assume(text)


def _spread(at: Increment, layer: str, strength: Value) -> str:
    """Return how much of a layer is over its strength, and the flaws that go with it, in words."""
    state = at.layer(layer)
    _, sizes = cells(state, axisymmetric=is_axisymmetric(at.results))
    stress = state.max_principal_stress.values
    low, mid, high = (
        float(sizes[stress > limit].sum() / sizes.sum())
        for limit in (strength.low, strength.value, strength.high)
    )
    text = f"over it in {percent((low, mid, high))} of the layer"
    depth = depth_of_strength(at.materials[layer])
    return text if depth is None else f"{text}; goes with flaws {number(depth, 3)} um deep"


def _chance(at: Increment, layer: str, strength: Value) -> tuple[float, float, float]:
    """Return the chance of fracture as given, and its range over strength and modulus."""
    modulus = WEIBULL_MODULUS
    corners = itertools.product((modulus.low, modulus.high), (strength.low, strength.high))
    pairs = [(modulus.value, strength.value), *corners]
    peaks, seen = (
        weibull_probabilities(
            at.results, at.layer(layer), pairs, volume=STRENGTH_VOLUME,
            area=pressed_area(at.results)[0], radius=radius,
        )
        for radius in (0.0, _radius(at, layer))
    )  # fmt: skip
    return peaks[0], min(*peaks, *seen), max(peaks)


def _radius(at: Increment, layer: str) -> float:
    """Return half the depth of the flaws that go with the strength of a layer [um]; 0 if unknown.

    No more than a quarter of the layer, as flaws are no deeper than half of it.
    """
    depth = depth_of_strength(at.materials[layer])
    if depth is None:
        return 0.0
    return 0.5 * min(depth, DEEPEST * mean_thickness(at.layer(layer)))


def _flaw(
    each: Exposure, field: InterfaceField, depth: float, toughness: Value, *, dry: bool
) -> Found:
    peak = int(np.argmax(field.values))
    parts = [grows_text(each, dry=dry), each.flaws.said]
    if len(each.flaws.depths) > 1:
        parts.insert(1, f"worst: {number(depth, 3)} um deep")
    return Found(
        subject=_face(each),
        place=field.points[peak],
        value=float(field.values[peak]),
        threshold=toughness,
        comment="; ".join(parts),
    )


def _driven(each: Exposure, metal: Metal) -> Found:
    worst = int(np.argmax(metal.intrusion.values))
    pressure, flow = float(metal.pressure.values[worst]), metal.flow
    needed = pressure - float(metal.intrusion.values[worst])
    shut = max(round(needed - flow.value, 9), 0.0)  # without what the subtraction leaves
    limit = Value(
        shut + flow.value,
        "MPa",
        shut + flow.low,
        shut + flow.high,
        flow.temperature,
        f"closure of a slit {number(metal.width)} um wide and {number(metal.depth)} um deep, and "
        f"flow into it: {flow.source}",
        "L",
        True,
    )
    return Found(
        subject=_face(each),
        place=metal.pressure.points[worst],
        value=pressure,
        threshold=limit,
        comment=driven_text(each),
    )
