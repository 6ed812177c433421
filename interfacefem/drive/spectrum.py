# SPDX-License-Identifier: MIT
"""The impedance spectrum of a stored run: its press is rebuilt, and alternating current passes.

States of a run are kept at the ends of its steps, so these are where a spectrum can be had.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import attrs
import numpy as np

from interfacefem.describe.case import Description
from interfacefem.describe.start import START
from interfacefem.drive.advance import Beginning
from interfacefem.drive.continuation import mesh_of
from interfacefem.drive.press import Press
from interfacefem.errors import ResultsError
from interfacefem.fem.current.conduction import Conduction
from interfacefem.fem.current.spectrum import Impedance, impedance
from interfacefem.materials.dielectric import (
    DOUBLE_LAYER,
    GRAIN_BOUNDARY_PERMITTIVITY,
    Dielectric,
)
from interfacefem.materials.value import Value, user_value
from interfacefem.post.spectrum import Arc, Spectrum
from interfacefem.quantities import did_you_mean
from interfacefem.results.checkpoint import read_checkpoint, require_unchanged, state_name
from interfacefem.results.sections import materials_text
from interfacefem.units import KINDS, ROOM, Dimensional, from_internal, to_internal

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.describe.stack import Layer
    from interfacefem.results import Results
    from interfacefem.results.checkpoint import Checkpoint

    Array = npt.NDArray[np.float64]

#: from, to [Hz] and number of frequencies, evenly over the logarithm: what instruments reach
DEFAULT = (1e-2, 1e7, 40)
_RESISTANCE = from_internal(1.0, "area_resistance", "ohm*cm^2")
_CAPACITANCE = from_internal(1.0, "capacitance_per_area", "uF/cm^2")


def spectrum(
    results: Results,
    step: str | None = None,
    frequencies: npt.ArrayLike | None = None,
    *,
    double_layer: Dimensional | Mapping[str, Dimensional] | None = None,
    layers: Mapping[str, Dielectric] | None = None,
) -> Spectrum:
    """Return the impedance spectrum at the end of a step.

    Parameters
    ----------
    results : Results
    step : str, optional
        Its name; the last one if not given.
    frequencies : array, optional
        Above zero [Hz]; 40 from 10 mHz to 10 MHz if not given.
    double_layer : str, float or mapping, optional
        Capacitance of an area where faces touch, e.g. ``"1 uF/cm^2"``, of all interfaces or by
        name; an estimate if not given.
    layers : mapping of str to Dielectric, optional
        Capacitances of layers by name, in place of what their materials state.

    Returns
    -------
    Spectrum

    Raises
    ------
    ResultsError
        If the run has no state at the end of the step, lacks layers there or cannot be rebuilt; if
        a frequency is not above zero, or a name is none of the run.
    MaterialError
        If a layer has no conductivity.
    MeshError
        If nothing passes between two layers at any frequency.
    """
    hertz = _frequencies(frequencies)
    case = _case(results)
    names = case.stack.names
    _known(layers or {}, names, "layer")
    dielectrics = [
        (layers or {}).get(layer.name) or Dielectric.of(layer.material)
        for layer in case.stack.layers
    ]
    values = _double_layers(double_layer, tuple(case.stack.interfaces))
    case, press, state = _pressed(results, case, step)
    found = impedance(
        Conduction(case, press.mesh, press),
        hertz,
        dielectrics,
        {name: value.value for name, value in values.items()},
    )
    return Spectrum(
        origin=results.name,
        step=state.step,
        nominal_pressure=state.nominal_pressure,
        frequency=hertz,
        impedance=_RESISTANCE * found.whole,
        layers=_RESISTANCE * found.layers,
        without_transfer=_RESISTANCE * found.without_transfer,
        direct=_RESISTANCE * found.steady,
        direct_without_transfer=_RESISTANCE * found.steady_without_transfer,
        bulk=_RESISTANCE
        * sum(
            (1.0 - item.share) * steady
            for item, steady in zip(dielectrics, found.steady_layers, strict=True)
        ),
        layer_arcs=_arcs(names, found, dielectrics),
        balance_error=found.balance_error,
        values=_used(values, case.stack.layers, dielectrics),
        notes=tuple(
            _notes(
                case.stack.layers,
                dielectrics,
                any(value is DOUBLE_LAYER for value in values.values()),
            )
        ),
    )


def _frequencies(given: npt.ArrayLike | None) -> Array:
    if given is None:
        low, high, count = DEFAULT
        return np.logspace(math.log10(low), math.log10(high), count)
    found = np.atleast_1d(np.asarray(given, dtype=np.float64))
    if found.ndim != 1 or not len(found) or not (np.isfinite(found) & (found > 0.0)).all():
        raise ResultsError(
            "frequencies: give one or more above zero in Hz, e.g. numpy.logspace(-2, 7, 40); the "
            "limit at zero is the direct resistance"
        )
    return np.unique(found)


def _known(given: Mapping[str, object], names: tuple[str, ...], what: str) -> None:
    for name in given:
        if name not in names:
            raise ResultsError(f"no {what} {name!r}; {did_you_mean(name, names)}")


def _double_layers(
    given: Dimensional | Mapping[str, Dimensional] | None, names: tuple[str, ...]
) -> dict[str, Value]:
    if isinstance(given, Mapping):
        _known(given, names, "interface")
    each = dict(given) if isinstance(given, Mapping) else dict.fromkeys(names, given)
    kind, found = "capacitance_per_area", {}
    for name in names:
        said = each.get(name)
        if said is None:
            found[name] = DOUBLE_LAYER
            continue
        value = to_internal(said, kind, place=f"double layer of '{name}'")
        if not value > 0.0:
            raise ResultsError(
                f"double layer of '{name}': {said!r} is no capacitance; write for example "
                f'"{KINDS[kind][1]}"'
            )
        found[name] = Value(value, KINDS[kind][0], value, value, ROOM, "user", "M")
    return found


def _case(results: Results) -> Description:
    """Return the case of a run, as far as its materials are still what they were."""
    folder = results.folder
    case = Description.from_dict(results.case, folder=folder, source=f"{folder}: the stored case")
    used = {layer.name: layer.material for layer in case.stack.layers}
    if results.materials and materials_text(results.materials) != materials_text(used):
        raise ResultsError(
            f"{folder}: a material of the library has other values than in this run; use the "
            "interfacefem that ran it, or run the case again"
        )
    return case


def _pressed(
    results: Results, case: Description, step: str | None
) -> tuple[Description, Press, Checkpoint]:
    """Return case and press of a run as they were at the end of a step."""
    folder = results.folder
    name = results.steps[-1] if step is None and results.steps else step
    known = (*((START,) if case.start is not None else ()), *case.protocol.names)
    if name not in known:
        raise ResultsError(f"{results.path}: no step {name!r}; {did_you_mean(name, known)}")
    file = state_name(None if name == START else case.protocol.names.index(name))
    state = _state(results, file)
    if state is None:
        there = [n for i, n in enumerate(case.protocol.names) if (folder / state_name(i)).is_file()]
        hint = f"steps that have one: {', '.join(there)}" if there else "run the case again"
        raise ResultsError(f"{folder}: no state at the end of the step '{name}'; {hint}")
    beginning = None
    if case.start is not None:
        first = _state(results, state_name(None))
        if first is None:
            raise ResultsError(
                f"{folder}: {state_name(None)}, which the run began with, is missing; put it back "
                "or run the case again"
            )
        beginning = Beginning.of(first)
        case = case.replace(protocol=case.protocol.after(first.nominal_pressure))
    press = Press(case, mesh_of(results, case), beginning)
    press.restore(state.arrays, branch=name == START)
    if not press.complete:
        raise ResultsError(
            f"{folder}: at the end of the step '{name}' not all layers are in the die, and nothing "
            "else; choose a later step"
        )
    return case, press, state


def _state(results: Results, file: str) -> Checkpoint | None:
    state = read_checkpoint(results.folder, file)
    if state is None or state.run != results.run:
        return None
    require_unchanged(results.folder, file)
    return state


def _arcs(
    names: tuple[str, ...], found: Impedance, dielectrics: list[Dielectric]
) -> tuple[Arc, ...]:
    arcs = []
    for name, steady, sigma, item in zip(
        names, found.steady_layers, found.conductivities, dielectrics, strict=True
    ):
        grains, boundaries = item.relaxation(sigma)
        whole = _RESISTANCE * steady
        arcs.append(Arc(f"{name}: grains", (1.0 - item.share) * whole, grains))
        if item.share:
            arcs.append(Arc(f"{name}: grain boundaries", item.share * whole, boundaries))
    return tuple(arcs)


def _used(
    double_layers: Mapping[str, Value],
    layers: tuple[Layer, ...],
    dielectrics: list[Dielectric],
) -> dict[str, Value]:
    """Return the records of what was used, by layer or interface and name."""
    found: dict[str, Value] = {}
    for layer, item in zip(layers, dielectrics, strict=True):
        records = dict(layer.material.records)
        for key, value in attrs.asdict(item).items():
            if value is None:
                continue
            record = records.get(key)
            same = record is not None and record.value == value
            found[f"{layer.name}, {key.replace('_', ' ')}"] = (
                record if record is not None and same else user_value(key, value)
            )
        if item.share and item.grain_boundary_permittivity is None:
            found[f"{layer.name}, grain boundary permittivity"] = GRAIN_BOUNDARY_PERMITTIVITY
    for name, value in double_layers.items():
        shown = [_CAPACITANCE * each for each in (value.value, value.low, value.high)]
        found[f"{name}, double layer"] = replace(
            value, value=shown[0], unit="uF/cm^2", low=shown[1], high=shown[2]
        )
    return found


def _notes(layers: tuple[Layer, ...], dielectrics: list[Dielectric], estimated: bool) -> list[str]:
    # a metal has neither that could be seen
    pairs = [
        (layer, item)
        for layer, item in zip(layers, dielectrics, strict=True)
        if layer.material.carrier == "ions"
    ]
    bare = [layer.name for layer, item in pairs if item.relative_permittivity is None]
    whole = [layer.name for layer, item in pairs if item.grain_boundary_share is None]
    found = []
    if bare:
        found.append(
            f"no relative permittivity is known of {', '.join(bare)}: grains have no capacitance, "
            "and no arc of their own"
        )
    if whole:
        found.append(
            f"no share of grain boundaries is known of {', '.join(whole)}: all of the resistance "
            "is in the grains"
        )
    if any(item.share and item.grain_boundary_permittivity is None for _, item in pairs):
        found.append("the capacitance of the grain boundaries is an estimate of three decades")
    if estimated:
        found.append(
            "the capacitance of the double layers is an estimate of two decades, and so are the "
            "frequencies of charge transfer; give double_layer"
        )
    return found
