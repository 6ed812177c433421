# SPDX-License-Identifier: MIT
"""Whether functions that others have added to what is stored are good, tried before a run begins.

They are called with a made-up state of a few cells of each layer: once while a press takes no time,
once after a second, as in a run.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import MaterialError, Mistake, ResultsError
from interfacefem.materials import Material
from interfacefem.results import added
from interfacefem.results.now import (
    Body,
    Moment,
    StackBefore,
    StackNow,
    interface_now,
    layer_before,
    stack_before,
    stack_now,
)
from interfacefem.results.schema import ADDED, Quantity
from interfacefem.results.snapshot import InterfaceSnapshot, LayerSnapshot
from interfacefem.units import ROOM, registry

if TYPE_CHECKING:
    import numpy.typing as npt

    FloatArray = npt.NDArray[np.float64]

#: cells of a layer and points of an interface: unlike each other and the number of nodes
CELLS, POINTS = 3, 5
#: a power that a unit has, after ``^``
_POWER = r"(?:\^-?\d{1,2}(?:\.\d{1,2})?)?"
_UNIT = re.compile(rf"-|(?:1/)?[^\W\d_]+{_POWER}(?:[ */][^\W\d_]+{_POWER})*")


def mistakes(
    layers: Sequence[tuple[str, Material]], *, dimension: int = 2, temperature: float = ROOM
) -> list[Mistake]:
    """Return what is wrong with the functions that were added, at most one thing of each.

    Parameters
    ----------
    layers : sequence of (str, Material)
        Names and materials, bottom to top.
    dimension : int
        2 or 3.
    temperature : float
        [K].
    """
    wanted = added.functions()
    if not wanted:
        return []
    states = _states(layers, dimension, temperature)
    return [found for item in wanted if (found := _mistake(item, states)) is not None]


def _mistake(item: Quantity, states: Sequence[StackNow]) -> Mistake | None:
    place = f"stored quantity '{item.name}'"
    if not is_unit(item.unit):
        problem = f"{item.unit!r} is no unit, in {ADDED.origin(item.name)}"
        return Mistake(place, problem, 'write for example "1/s", "MPa*um^2" or "-" for none')
    for now in states:
        parts: Iterable[Any] = [now]
        if item.place in ("node", "cell"):
            parts = now.layers.values()
        elif item.place in ("point", "interface"):
            parts = now.interfaces.values()
        for part in parts:
            try:
                added.values_of(item, part)
            except ResultsError as error:
                text = str(error).removeprefix(place).removeprefix(": ").strip()
                problem, _, remedy = text.rpartition("; ")
                return Mistake(place, problem, remedy)
    return None


def is_unit(text: str) -> bool:
    """Return whether a text is a unit: names with powers, between them ``*``, ``/`` or a blank."""
    if len(text) > 60 or not _UNIT.fullmatch(text):
        return False
    try:
        registry().parse_units("" if text == "-" else text.removeprefix("1/"))
    except Exception:  # pint raises what it likes
        return False
    return True


def _states(
    layers: Sequence[tuple[str, Material]], dimension: int, temperature: float
) -> list[StackNow]:
    """Return made-up states: one without time, and one a second later."""
    random = np.random.default_rng(0)
    points, cells = _mesh(dimension)
    bodies = {name: Body(material=made, points=points, cells=cells) for name, made in layers}
    names = [f"{lower}|{upper}" for (lower, _), (upper, _) in itertools.pairwise(layers)]
    begin = Moment()
    before = StackBefore(
        when=begin,
        layers={
            name: layer_before(begin, name, 0.0 * points, _state(made, dimension, temperature))
            for name, made in layers
        },
        interfaces={
            name: interface_now(begin, _interface(name, dimension, 0.0, random)) for name in names
        },
    )
    found: list[StackNow] = []
    for number, duration in ((1, 0.0), (2, 1.0)):
        size = 1e-3 * number
        states = {name: _state(made, dimension, temperature) for name, made in layers}
        for values in states.values():
            values[:, :, 0] += size * random.random(values.shape[:2])
        now = stack_now(
            Moment(
                step="press", increment=number, pressure=10.0 * number, time=duration,
                duration=duration,
            ),
            [_layer(name, points, states[name], size, random) for name, _ in layers],
            [_interface(name, dimension, size, random) for name in names],
            bodies,
            states,
            before,
        )  # fmt: skip
        before = stack_before(now)
        found.append(now)
    return found


def _state(material: Material, dimension: int, temperature: float) -> FloatArray:
    """Return the internal variables of undeformed cells."""
    try:
        initial = np.array(material.law.initial_state(temperature), dtype=float)
    except (MaterialError, ValueError, TypeError):  # told where laws are checked
        initial = np.zeros(1)
    return np.tile(initial, (CELLS, 2**dimension, 1))


def _mesh(dimension: int) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Return a row of cells."""
    along = np.arange(CELLS + 1.0)
    corner = np.array([[0, 1, CELLS + 2, CELLS + 1]])
    flat = np.vstack([np.column_stack([along, 0.0 * along + height]) for height in (0.0, 1.0)])
    cells = corner + np.arange(CELLS)[:, None]
    if dimension == 2:
        return flat, cells
    points = np.vstack([np.column_stack([flat, np.full(len(flat), z)]) for z in (0.0, 1.0)])
    return points, np.hstack([cells, cells + len(flat)])


def _layer(
    name: str, points: FloatArray, state: FloatArray, size: float, random: np.random.Generator
) -> LayerSnapshot:
    stress = 1e4 * size * random.standard_normal((CELLS, 4 if points.shape[1] == 2 else 6))
    return LayerSnapshot(
        name=name,
        displacement=size * random.standard_normal(points.shape),
        von_mises_stress=np.abs(stress[:, 3]),
        plastic_strain=state[:, :, 0].mean(axis=1),
        mean_stress=stress[:, :3].mean(axis=1),
        max_principal_stress=stress[:, :3].max(axis=1),
        stress=stress,
        relative_density=np.full(CELLS, 0.8),
    )


def _interface(
    name: str, dimension: int, size: float, random: np.random.Generator
) -> InterfaceSnapshot:
    points = random.random((POINTS, dimension))
    touching = np.arange(POINTS) % 2 == 0
    pressure = np.where(touching, 1e4 * size, 0.0)
    flat = pressure if dimension == 2 else np.column_stack([pressure, pressure])
    return InterfaceSnapshot(
        name=name,
        points_reference=points,
        points=points + size,
        weights=np.full(POINTS, 1.0 / POINTS),
        contact_pressure=pressure,
        gap=np.where(touching, 0.0, 1e-2),
        shear_traction=0.1 * flat,
        slip=np.full(POINTS, size),
        in_contact=touching,
        removed=np.zeros(POINTS),
        damage=np.zeros(POINTS),
        bonded=np.ones(POINTS),
        intact=np.ones(POINTS),
        adhesion=0.0 * pressure,
        mode_mix=np.zeros(POINTS),
        separation_energy=np.zeros(POINTS),
        film_broken=np.zeros(POINTS),
    )
