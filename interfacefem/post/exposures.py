# SPDX-License-Identifier: MIT
"""What a face of a brittle layer bears: flaws dry and with metal in them, a slit it may enter.

Worked out once an increment; the causes of the risk table, the table of
:mod:`interfacefem.post.short_circuit` and the pictures read the same objects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MaterialError
from interfacefem.fields import ShownData
from interfacefem.materials import Material, Value
from interfacefem.post.brittle import USUAL_DEPTH, FlawDepths, judged_depths
from interfacefem.post.faces import cell_height, contact_pressure_at, face, thickness
from interfacefem.post.flaws import (
    ROOT_METRE,
    entry_pressure,
    positive,
    pressure_inside,
    pressure_to_grow,
    stress_intensities,
)
from interfacefem.post.measures import mean_thickness
from interfacefem.post.strengths import flow_pressure
from interfacefem.results import InterfaceField, LayerState, Results
from interfacefem.results.documents import number
from interfacefem.units import Dimensional

FloatArray = npt.NDArray[np.float64]

#: width of the slit that is looked for unless another is given [um]; a choice
SLIT_WIDTH = 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class Metal:
    """What a metal does at one face of a brittle layer.

    Attributes
    ----------
    layer : str
        Of the metal.
    depth, width : float
        Of the slit [um].
    flow : Value
        What it takes to flow into the slit [MPa].
    pressure : InterfaceField
        Contact pressure beside the nodes of the face [MPa].
    filled : InterfaceField
        Largest stress intensity of all depths with that pressure in the flaw [MPa m^0.5].
    filled_depth : float
        Depth of the flaw that has the largest of the face [um].
    intrusion : InterfaceField
        Contact pressure over what the slit needs [MPa]; positive where the metal is driven in.
    """

    layer: str
    depth: float
    width: float
    flow: Value
    pressure: InterfaceField
    filled: InterfaceField
    filled_depth: float
    intrusion: InterfaceField


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Exposure(ShownData):
    """One face of a brittle layer at an increment.

    Attributes
    ----------
    layer, interface, step : str
    increment : int
    pressure : float
        Nominal [MPa].
    flaws : FlawDepths
        Depths of the flaws that were judged.
    toughness : Value or None
        Of the layer [MPa m^0.5]; None if it is not known.
    dry : InterfaceField
        Largest stress intensity of all depths at each node [MPa m^0.5].
    dry_depth : float
        Depth of the flaw that has the largest of the face [um].
    metal : Metal or None
        None beside another brittle layer.
    of_depths : tuple of (nodes,) array
        Stress intensity of each depth, dry [MPa m^0.5].
    """

    layer: str
    interface: str
    step: str
    increment: int
    pressure: float
    flaws: FlawDepths
    toughness: Value | None
    dry: InterfaceField
    dry_depth: float
    metal: Metal | None
    of_depths: tuple[FloatArray, ...]

    @property
    def worst(self) -> InterfaceField:
        """Stress intensity with the metal in the flaw where there is a metal [MPa m^0.5]."""
        return self.dry if self.metal is None else self.metal.filled

    def growing(self, *, dry: bool = False) -> tuple[float, float, float]:
        """Return the part of the area where a flaw would grow, for low, mid and high toughness.

        NaN if the toughness is not known.

        Parameters
        ----------
        dry : bool
            Without the metal in it, where there is one.
        """
        if self.toughness is None:
            return (math.nan, math.nan, math.nan)
        field = self.dry if dry else self.worst
        limits = (self.toughness.low, self.toughness.value, self.toughness.high)
        low, mid, high = (field.fraction(field.values > limit) for limit in limits)
        return low, mid, high

    def pressure_to_grow(self, toughness: float) -> FloatArray:
        """Return the least pressure inside that grows one of the flaws at each node [MPa].

        Parameters
        ----------
        toughness : float
            [MPa m^0.5].
        """
        return pressure_to_grow(self.of_depths, self.flaws.depths, toughness)

    def entered(self) -> tuple[float, float, float]:
        """Return the part of the area where the slit is entered, for low, mid and high resistance.

        NaN beside no metal.
        """
        if self.metal is None:
            return (math.nan, math.nan, math.nan)
        field, flow = self.metal.intrusion, self.metal.flow
        shifts = (flow.value - flow.low, 0.0, flow.value - flow.high)
        low, mid, high = (field.fraction(field.values + shift > 0.0) for shift in shifts)
        return low, mid, high


def flaw_sizes_given(
    depth: Dimensional | None, width: Dimensional = SLIT_WIDTH
) -> tuple[float | None, float]:
    """Return depth and width in [um]; None for the depths that go with the strength.

    Raises
    ------
    ResultsError
        If a size is not positive.
    UnitError
        If a size is no length.
    """
    deep = None if depth is None else positive(depth, "length", "depth")
    return deep, positive(width, "length", "width")


def exposures(
    results: Results,
    step: str,
    materials: Mapping[str, Material],
    depth: float | None,
    width: float,
    notes: list[str] | None = None,
    *,
    increment: int = -1,
) -> list[Exposure]:
    """Return the faces of the brittle layers at an increment; none without layer fields.

    Parameters
    ----------
    results : Results
    step : str
    materials : mapping of str to Material
        By layer.
    depth : float or None
        Of the flaws, None for those that go with the strength [um].
    width : float
        Of the slit [um].
    notes : list of str, optional
        Layers thinner than a given flaw are left out and noted here.
    increment : int
        Of those with layer fields; negative ones count back.
    """
    found: list[Exposure] = []
    if not results.has_layers(step):
        return found
    for layer, material in materials.items():
        state = results.layer(layer).at(step, increment)
        if not (material.brittle and state.present and "stress" in state.fields):
            continue
        if depth is not None and thickness(state) <= depth:
            if notes is not None:
                notes.append(
                    f"layer '{layer}' is {number(thickness(state))} um thick and has no flaw "
                    f"{number(depth)} um deep; not judged"
                )
            continue
        for name in results.interfaces:
            if layer not in name.split("|"):
                continue
            if not results.interface(name).at(step, state.increment).present:
                continue
            found.append(_exposure(results, state, name, materials, depth, width))
    return found


def _exposure(
    results: Results,
    state: LayerState,
    interface: str,
    materials: Mapping[str, Material],
    depth: float | None,
    width: float,
) -> Exposure:
    layer, step, when = state.name, state.step, state.increment
    where = face(results, layer, interface, step, when)
    thick = mean_thickness(state)
    flaws = judged_depths(materials[layer], thick, cell_height(state, where), depth)
    slit = min(USUAL_DEPTH, 0.5 * thick) if depth is None else depth
    fields = stress_intensities(
        results, layer, interface, step, depths=(*flaws.depths, slit), increment=when
    )
    dry, squeezed = fields[:-1], fields[-1]
    largest, largest_depth = _largest(dry, flaws)
    lower, upper = interface.split("|")
    other = upper if layer == lower else lower
    metal = None
    if other in materials and not materials[other].brittle and _yields(materials[other]):
        flow = flow_pressure(materials[other], slit, width)
        there = contact_pressure_at(results, interface, step, largest.points, when)
        needed = entry_pressure(
            squeezed, materials[layer], depth=slit, width=width, flow=flow.value
        )
        inside = [
            pressure_inside(field, there, depth=deep)
            for field, deep in zip(dry, flaws.depths, strict=True)
        ]
        filled, filled_depth = _largest(inside, flaws)
        metal = Metal(
            layer=other,
            depth=slit,
            width=width,
            flow=flow,
            pressure=replace(largest, name="contact_pressure", unit="MPa", values=there),
            filled=filled,
            filled_depth=filled_depth,
            intrusion=replace(
                largest, name="intrusion_pressure", unit="MPa", values=there - needed
            ),
        )
    return Exposure(
        layer=layer,
        interface=interface,
        step=step,
        increment=when,
        pressure=state.nominal_pressure,
        flaws=flaws,
        toughness=_toughness(materials[layer]),
        dry=largest,
        dry_depth=largest_depth,
        metal=metal,
        of_depths=tuple(np.asarray(field.values) for field in dry),
    )


def _yields(material: Material) -> bool:
    """Whether a material flows at some stress, so that it can be driven into a crack."""
    return math.isfinite(material.law.first_yield().stress)


def _largest(fields: Sequence[InterfaceField], flaws: FlawDepths) -> tuple[InterfaceField, float]:
    """Return the largest of all depths at each node, and the depth of the largest of all."""
    values = np.array([field.values for field in fields])
    depth = flaws.depths[int(np.argmax(values.max(axis=1)))]
    return replace(fields[0], values=values.max(axis=0)), depth


def _toughness(material: Material) -> Value | None:
    try:
        known = material.value("fracture_toughness")
    except MaterialError:
        return None
    value, low, high = (item / ROOT_METRE for item in (known.value, known.low, known.high))
    return Value(
        value, "MPa m^0.5", low, high, known.temperature, known.source, known.confidence,
        known.estimate,
    )  # fmt: skip


def percent(parts: tuple[float, float, float]) -> str:
    """Return a part of the area with its range over what is known, in %; ``-`` if unknown."""
    if math.isnan(parts[1]):
        return "-"
    low, high = (100.0 * value for value in (min(parts), max(parts)))
    if low == high:
        return f"{number(low, 3)} %"
    return f"{number(100.0 * parts[1], 3)} % ({number(low, 3)} to {number(high, 3)})"
