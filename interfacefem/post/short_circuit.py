# SPDX-License-Identifier: MIT
r"""Where a metal may be driven into a brittle layer and grow: fields, areas, assumptions.

Three readings at every node of every face of a brittle layer: the stress intensity of a flaw of
given depth, dry; the same with the metal's contact pressure inside it; and by how much that
pressure exceeds what it takes to enter a slit of given width. No probability and no single number:
what counts is where, over how much of the area, and how far the ranges of the data reach.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from interfacefem.errors import MaterialError
from interfacefem.materials import Material, Value
from interfacefem.post.faces import cells_over, contact_pressure_at, face, thickness
from interfacefem.post.flaws import (
    ROOT_METRE,
    entry_pressure,
    positive,
    pressure_inside,
    stress_intensity,
)
from interfacefem.post.metals import flow_pressure
from interfacefem.results import InterfaceField, LayerState, Results
from interfacefem.results.fields import write_csv
from interfacefem.results.text import Cell, number, table
from interfacefem.units import Dimensional

#: depth of the flaw and width of the slit that are looked for, unless others are given [um]
FLAW_DEPTH, SLIT_WIDTH = 1.0, 0.1


@dataclass(frozen=True, eq=False, kw_only=True)
class Metal:
    """What a metal does at one face of a brittle layer.

    Attributes
    ----------
    layer : str
        Of the metal.
    flow : Value
        What it takes to flow into the slit [MPa].
    pressure : InterfaceField
        Contact pressure beside the nodes of the face [MPa].
    filled : InterfaceField
        Stress intensity with that pressure in the flaw [MPa m^0.5].
    intrusion : InterfaceField
        Contact pressure over what the slit needs [MPa]; positive where the metal is driven in.
    """

    layer: str
    flow: Value
    pressure: InterfaceField
    filled: InterfaceField
    intrusion: InterfaceField


@dataclass(frozen=True, eq=False, kw_only=True)
class Exposure:
    """One face of a brittle layer at the end of a step.

    Attributes
    ----------
    layer, interface, step : str
    increment : int
    pressure : float
        Nominal [MPa].
    depth, width : float
        Of the flaw [um].
    cells : float
        Cells that the flaw spans; below two the stress is not resolved over it.
    toughness : Value or None
        Of the layer [MPa m^0.5]; None if it is not known.
    dry : InterfaceField
        Stress intensity [MPa m^0.5].
    metal : Metal or None
        None beside another brittle layer.
    """

    layer: str
    interface: str
    step: str
    increment: int
    pressure: float
    depth: float
    width: float
    cells: float
    toughness: Value | None
    dry: InterfaceField
    metal: Metal | None

    @property
    def worst(self) -> InterfaceField:
        """Stress intensity with the metal in the flaw where there is a metal [MPa m^0.5]."""
        return self.dry if self.metal is None else self.metal.filled

    def growing(self) -> tuple[float, float, float]:
        """Return the part of the area where the flaw would grow, for low, mid and high toughness.

        NaN if the toughness is not known.
        """
        if self.toughness is None:
            return (math.nan, math.nan, math.nan)
        limits = (self.toughness.low, self.toughness.value, self.toughness.high)
        low, mid, high = (self.worst.fraction(self.worst.values > limit) for limit in limits)
        return low, mid, high

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


@dataclass(frozen=True)
class ShortCircuit:
    """The faces of the brittle layers of a run, with what was assumed.

    Attributes
    ----------
    exposures : tuple of Exposure
        In the order of steps, layers from bottom to top.
    assumptions : tuple of str
    """

    exposures: tuple[Exposure, ...]
    assumptions: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.exposures)

    def __iter__(self) -> Iterator[Exposure]:
        return iter(self.exposures)

    def to_text(self) -> str:
        """Return an aligned table and the assumptions."""
        head = ["layer", "at", "step", "pressure [MPa]", "K dry [MPa m^0.5]", "K with metal"]
        head += ["toughness", "grows on [% of area]", "driven in on [% of area]"]
        rows: list[list[Cell]] = [
            [
                each.layer,
                each.interface,
                each.step,
                each.pressure,
                each.dry.max(),
                None if each.metal is None else each.metal.filled.max(),
                "-" if each.toughness is None else _range(each.toughness),
                _percent(each.growing()),
                _percent(each.entered()),
            ]
            for each in self.exposures
        ]
        lines = [table(head, rows)] if rows else ["  no brittle layer to judge"]
        return "\n".join([*lines, "  Assumed", *(f"    {text}" for text in self.assumptions)])

    def to_csv(self, path: str | Path) -> Path:
        """Write one line a face and step; return the path.

        Raises
        ------
        ResultsError
            If the file cannot be written.
        """
        head = ["layer", "interface", "step", "pressure [MPa]", "depth [um]", "width [um]"]
        head += ["K_dry [MPa m^0.5]", "K_filled [MPa m^0.5]", "intrusion [MPa]"]
        head += [f"{what} {which} [-]" for what in ("growing", "entered") for which in _THREE]
        rows = []
        for each in self.exposures:
            metal = each.metal
            most = (
                [math.nan, math.nan]
                if metal is None
                else [metal.filled.max(), metal.intrusion.max()]
            )
            place = [each.layer, each.interface, each.step, each.pressure, each.depth, each.width]
            rows.append([*place, each.dry.max(), *most, *each.growing(), *each.entered()])
        return write_csv(path, head, rows)


_THREE = ("if weak", "as given", "if strong")


def short_circuit(
    results: Results,
    step: str | None = None,
    *,
    materials: Mapping[str, Material] | None = None,
    depth: Dimensional = FLAW_DEPTH,
    width: Dimensional = SLIT_WIDTH,
) -> ShortCircuit:
    """Judge every face of the brittle layers of a run at the ends of its steps.

    Parameters
    ----------
    results : Results
        Plane or axisymmetric sections, or 3D.
    step : str, optional
        Only this step; all with layer fields by default.
    materials : mapping of str to Material, optional
        By layer; those the run was made with by default.
    depth, width : str, pint.Quantity or float
        Depth of the flaw, and width of the slit that a metal may enter [um].

    Raises
    ------
    ResultsError
        If there is no such step, or a size is not positive.
    UnitError
        If a size is no length.
    """
    known = results.materials if materials is None else materials
    deep, wide = positive(depth, "length", "depth"), positive(width, "length", "width")
    names = [name for name in results.steps if results.has_layers(name)] if step is None else [step]
    notes: list[str] = []
    found = [each for name in names for each in exposures(results, name, known, deep, wide, notes)]
    entries = dict.fromkeys(
        f"to flow into the slit layer '{each.metal.layer}' needs {_range(each.metal.flow)} MPa: "
        f"{each.metal.flow.source}"
        for each in found
        if each.metal is not None
    )
    said = (*assumptions(deep, wide), *entries, *dict.fromkeys(notes))
    return ShortCircuit(tuple(found), said)


def assumptions(depth: float, width: float) -> tuple[str, ...]:
    """Return in words what the readings rest on; depth and width in [um]."""
    return (
        f"a sharp flaw {number(depth)} um deep, long along the face and perpendicular to it, at "
        "every node; weight function of Hartranft and Sih (1973) for a half-plane. A flaw that is "
        "not longer than deep has 0.6 to 0.65 of its stress intensity",
        "the stress is that of the layer without the flaw, as mean over cells; flaws do not see "
        "each other, and nothing grows",
        "'with metal': the contact pressure beside the flaw acts on its whole depth",
        f"'driven in': a slit {number(width)} um wide and as deep as the flaw, propped open by its "
        "own elasticity; the pressure exceeds what squeezes it shut and what it takes to flow in",
        "no current, no time: plating into a flaw builds a pressure of its own",
    )


def exposures(
    results: Results,
    step: str,
    materials: Mapping[str, Material],
    depth: float,
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
    depth, width : float
        [um].
    notes : list of str, optional
        Layers thinner than the flaw are left out and noted here.
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
        if thickness(state) <= depth:
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
    depth: float,
    width: float,
) -> Exposure:
    layer, step, when = state.name, state.step, state.increment
    where = face(results, layer, interface, step, when)
    dry = stress_intensity(results, layer, interface, step, depth=depth, increment=when)
    lower, upper = interface.split("|")
    other = upper if layer == lower else lower
    metal = None
    if other in materials and not materials[other].brittle:
        flow = flow_pressure(materials[other], depth, width)
        there = contact_pressure_at(results, interface, step, dry.points, when)
        needed = entry_pressure(dry, materials[layer], depth=depth, width=width, flow=flow.value)
        metal = Metal(
            layer=other,
            flow=flow,
            pressure=replace(dry, name="contact_pressure", unit="MPa", values=there),
            filled=pressure_inside(dry, there, depth=depth),
            intrusion=replace(dry, name="intrusion_pressure", unit="MPa", values=there - needed),
        )
    return Exposure(
        layer=layer,
        interface=interface,
        step=step,
        increment=when,
        pressure=state.nominal_pressure,
        depth=depth,
        width=width,
        cells=cells_over(state, where, depth),
        toughness=_toughness(materials[layer]),
        dry=dry,
        metal=metal,
    )


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


def _range(value: Value) -> str:
    return f"{number(value.value)} ({number(value.low)} to {number(value.high)})"


def _percent(parts: tuple[float, float, float]) -> str:
    """Return the middle and the range over what is known."""
    if math.isnan(parts[1]):
        return "-"
    low, high = (100.0 * value for value in (min(parts), max(parts)))
    return f"{number(100.0 * parts[1], 3)} ({number(low, 3)} to {number(high, 3)})"
