# SPDX-License-Identifier: MIT
"""Was it pressed too hard? Tension, hardness, flaws, fracture probability, metal driven in.

Rows of the risk table about the brittle layers. The fields behind them are in
:mod:`interfacefem.post.short_circuit` (flaws and intrusion) and :mod:`interfacefem.post.weibull`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from interfacefem.materials import Material, Value
from interfacefem.post.cells import pressed_area
from interfacefem.post.flaws import positive
from interfacefem.post.risk_rows import (
    Cause,
    RiskRow,
    RiskTable,
    known_limit,
    position,
    ranked,
    reach,
    risk_row,
)
from interfacefem.post.short_circuit import (
    FLAW_DEPTH,
    SLIT_WIDTH,
    Exposure,
    Metal,
    assumptions,
    exposures,
)
from interfacefem.post.weibull import weibull_probability
from interfacefem.results import InterfaceField, Results
from interfacefem.results.text import number
from interfacefem.units import Dimensional

#: chance of fracture that counts as a risk [-]; a convention, no measurement
PROBABLE = Value(0.1, "", 0.1, 0.1, 298.15, "convention of interfacefem: one press in ten", "L")
#: Weibull modulus [-]; of none of the library's materials it is known
WEIBULL_MODULUS = Value(
    10.0, "", 5.0, 20.0, 298.15, "estimated here: usual for ceramics, 5 to 20", "L", True
)
#: cells that a flaw must span for its stress to be resolved
RESOLVED = 2.0
#: volume that the tensile strength is taken to belong to [um^3], thus 1 mm^3
STRENGTH_VOLUME = 1e9


def overpressing(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
    depth: Dimensional = FLAW_DEPTH,
    width: Dimensional = SLIT_WIDTH,
) -> RiskTable:
    """Rank where the brittle layers of a run may have been pressed too hard.

    For each brittle layer: the largest tension against the strength, the chance of fracture
    (Weibull), the largest contact pressure against the hardness; for each of its faces the largest
    stress intensity of a flaw of given depth over all nodes against the toughness, beside a metal
    also with the metal in the flaw, and where the metal is driven into a slit.

    Parameters
    ----------
    results : Results
        Plane or axisymmetric sections, or 3D.
    step : str, optional
        Judge the end of this step; None takes the worst of all steps, each row saying which.
    materials : mapping of str to Material, optional
        By layer; those the run was made with by default.
    depth, width : str, pint.Quantity or float
        Depth of the flaws, and width of the slit that a metal may enter [um].

    Returns
    -------
    RiskTable
        With the assumptions in its notes.

    Raises
    ------
    ResultsError
        If there is no such step, or a size is not positive.
    UnitError
        If a size is no length.
    """
    known = results.materials if materials is None else materials
    notes: list[str] = []
    tables = [
        overpressing_rows(results, name, known, notes, depth=depth, width=width)
        for name in (results.steps if step is None else (step,))
    ]
    said = assumptions(positive(depth, "length", "depth"), positive(width, "length", "width"))
    return ranked(tables, [*notes, *said])


def overpressing_rows(
    results: Results,
    step: str,
    materials: Mapping[str, Material],
    notes: list[str],
    *,
    depth: Dimensional = FLAW_DEPTH,
    width: Dimensional = SLIT_WIDTH,
) -> list[RiskRow]:
    """Return the rows of one step; what cannot be judged is appended to the notes."""
    if not materials:
        notes.append("over-pressing is not judged: the run was written without its materials")
    deep, wide = positive(depth, "length", "depth"), positive(width, "length", "width")
    rows = []
    for layer, material in materials.items():
        if material.brittle:
            rows += _tension(results, step, layer, material, notes)
            rows += _hardness(results, step, layer, material, notes)
    for each in exposures(results, step, materials, deep, wide, notes):
        rows += _flaws(each, notes)
    return rows


def _tension(
    results: Results, step: str, layer: str, material: Material, notes: list[str]
) -> list[RiskRow]:
    subject = f"layer '{layer}'"
    strength = known_limit(material, "tensile_strength", subject, notes)
    if strength is None or not results.has_layers(step):
        return []
    state = results.layer(layer).at(step)
    if not state.present:
        return []
    stress = state.max_principal_stress.values
    worst = int(np.argmax(stress))
    value = float(stress[worst])
    centre = state.points[state.cells[worst]].mean(axis=0)
    comment = "no tension" if value <= 0 else reach(value, strength)
    where = position(centre)
    rows = [risk_row(subject, where, "over-pressing: tension", value, strength, step, comment)]
    if value > 0.0 and "stress" in state.fields:
        rows.append(_fracture(results, step, layer, strength))
    return rows


def _fracture(results: Results, step: str, layer: str, strength: Value) -> RiskRow:
    """Return the chance of fracture, and its range over those of strength and modulus."""
    modulus = WEIBULL_MODULUS

    def chance(power: float, scale: float) -> float:
        return weibull_probability(
            results, layer, step, modulus=power, strength=scale, volume=STRENGTH_VOLUME
        )

    corners = [
        chance(*pair)
        for pair in itertools.product((modulus.low, modulus.high), (strength.low, strength.high))
    ]
    value = chance(modulus.value, strength.value)
    comment = (
        f"from {number(min(corners), 3)} to {number(max(corners), 3)} with Weibull moduli of "
        f"{modulus.low:g} to {modulus.high:g}, strengths of {number(strength.low)} to "
        f"{number(strength.high)} MPa of 1 mm^3; area of {pressed_area(results)[1]}; "
        "all three are assumed"
    )
    cause: Cause = "over-pressing: fracture probability"
    return risk_row(f"layer '{layer}'", "", cause, value, PROBABLE, step, comment)


def _hardness(
    results: Results, step: str, layer: str, material: Material, notes: list[str]
) -> list[RiskRow]:
    subject = f"layer '{layer}'"
    hardness = known_limit(material, "hardness", subject, notes)
    states = [
        results.interface(name).at(step) for name in results.interfaces if layer in name.split("|")
    ]
    fields = [state.contact_pressure for state in states if state.present]
    if hardness is None or not fields:
        return []
    field = max(fields, key=lambda item: item.max())
    peak = int(np.argmax(field.values))
    value = float(field.values[peak])
    where = f"at '{field.interface}' {position(field.points[peak, :-1])}"
    comment = reach(value, hardness)
    cause: Cause = "over-pressing: contact pressure"
    return [risk_row(subject, where, cause, value, hardness, step, comment)]


def _flaws(each: Exposure, notes: list[str]) -> list[RiskRow]:
    subject = f"layer '{each.layer}' at '{each.interface}'"
    rows = []
    if each.toughness is None:
        notes.append(f"{subject}: the fracture toughness is not known; flaws are not judged")
    else:
        rows.append(_flaw(each, "over-pressing: flaw", each.dry, each.toughness, subject))
        if each.metal is not None:
            cause: Cause = "over-pressing: flaw with metal in it"
            rows.append(_flaw(each, cause, each.metal.filled, each.toughness, subject))
    if each.metal is not None:
        rows.append(_driven(each, each.metal, subject))
    return rows


def _flaw(
    each: Exposure, cause: Cause, field: InterfaceField, toughness: Value, subject: str
) -> RiskRow:
    peak = int(np.argmax(field.values))
    value = float(field.values[peak])
    above = field.fraction(field.values > toughness.value)
    comment = f"flaw {number(each.depth)} um deep"
    if each.cells < RESOLVED:
        comment += f", only {number(each.cells, 2)} cells: not resolved"
    comment += f"; {reach(value, toughness)}, above it on {above:.1%} of the face"
    return risk_row(
        subject, position(field.points[peak]), cause, value, toughness, each.step, comment
    )


def _driven(each: Exposure, metal: Metal, subject: str) -> RiskRow:
    """Return the place where the contact pressure is furthest above what the slit needs."""
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
        f"closure of a slit {number(each.width)} um wide and {number(each.depth)} um deep, and "
        f"flow into it: {flow.source}",
        "L",
        True,
    )
    part = metal.intrusion.fraction(metal.intrusion.values > 0.0)
    comment = f"{reach(pressure, limit)}; driven in on {part:.1%} of the face"
    where = position(metal.pressure.points[worst])
    return risk_row(
        subject, where, "over-pressing: metal driven in", pressure, limit, each.step, comment
    )
