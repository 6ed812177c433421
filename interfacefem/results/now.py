# SPDX-License-Identifier: MIT
"""The present state as a function of one's own sees it: one layer, one interface, the whole stack.

Everything is what the solver hands over (:mod:`interfacefem.results.snapshot`) in um, MPa, s, with
the moment and what was before. Arrays cannot be written to: what a function does to them would
change what is stored. Who registers such a function is :mod:`interfacefem.results.added`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.materials import Material
from interfacefem.results.snapshot import FloatArray, IntArray, InterfaceSnapshot, LayerSnapshot


@dataclass(frozen=True, eq=False, kw_only=True)
class Moment:
    """When it is.

    Attributes
    ----------
    step : str
        Name of the protocol step; empty before the first.
    increment : int
        Number in the step.
    pressure : float
        Nominal pressure [MPa].
    time : float
        Since the start of the process [s].
    duration : float
        Since the increment before [s]; zero where a press takes no time.
    """

    step: str = ""
    increment: int = 0
    pressure: float = 0.0
    time: float = 0.0
    duration: float = 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class _Timed:
    """What all views have: the moment, and arrays that cannot be written to."""

    when: Moment

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, item.name, read_only(value))

    @property
    def step(self) -> str:
        """Name of the protocol step."""
        return self.when.step

    @property
    def increment(self) -> int:
        """Number of the increment in its step."""
        return self.when.increment

    @property
    def pressure(self) -> float:
        """Nominal pressure [MPa]."""
        return self.when.pressure

    @property
    def time(self) -> float:
        """Time since the start of the process [s]."""
        return self.when.time

    @property
    def duration(self) -> float:
        """Time since the increment before [s]; zero where a press takes no time."""
        return self.when.duration


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerBefore(_Timed):
    """What is known of one layer at the increment before, at first as the run began.

    Attributes
    ----------
    name : str
    displacement : (nodes, d) array
        [um].
    plastic_strain : (cells,) array
        Equivalent plastic strain, mean over each cell [-].
    state : (cells, k, variables) array
        Internal variables at the quadrature points of each cell.
    """

    name: str
    displacement: FloatArray
    plastic_strain: FloatArray
    state: FloatArray


@dataclass(frozen=True, eq=False, kw_only=True)
class LayerNow(_Timed, LayerSnapshot):
    """One layer: all of :class:`LayerSnapshot`, and the following.

    Attributes
    ----------
    material : Material
    points : (nodes, d) array
        Undeformed [um].
    cells : (cells, 4) or (cells, 8) array
        Nodes of each cell.
    state : (cells, k, variables) array
        Internal variables at the quadrature points of each cell; the first is the equivalent
        plastic strain, of which ``plastic_strain`` is the mean over each cell.
    before : LayerBefore
        At the increment before, at first as the run began.
    """

    material: Material
    points: FloatArray
    cells: IntArray
    state: FloatArray
    before: LayerBefore


@dataclass(frozen=True, eq=False, kw_only=True)
class InterfaceNow(_Timed, InterfaceSnapshot):
    """One interface: all of :class:`InterfaceSnapshot`, and the same at the increment before."""

    _before: InterfaceNow | None = field(default=None, repr=False)

    @property
    def before(self) -> InterfaceNow:
        """The same at the increment before, at first as the run began.

        Raises
        ------
        ResultsError
            If asked for what was before that.
        """
        if self._before is None:
            raise ResultsError("only the increment before is kept; ask for nothing older")
        return self._before


@dataclass(frozen=True, eq=False, kw_only=True)
class StackBefore(_Timed):
    """The whole stack at the increment before, at first as the run began.

    Attributes
    ----------
    layers : mapping of str to LayerBefore
    interfaces : mapping of str to InterfaceNow
    """

    layers: Mapping[str, LayerBefore]
    interfaces: Mapping[str, InterfaceNow]


@dataclass(frozen=True, eq=False, kw_only=True)
class StackNow(_Timed):
    """The whole stack.

    Attributes
    ----------
    layers : mapping of str to LayerNow
        Bottom to top; ``present`` says whether they are in the die.
    interfaces : mapping of str to InterfaceNow
        Bottom to top.
    before : StackBefore
    """

    layers: Mapping[str, LayerNow]
    interfaces: Mapping[str, InterfaceNow]
    before: StackBefore


@dataclass(frozen=True, eq=False, kw_only=True)
class Body:
    """What a snapshot of a layer does not have.

    Attributes
    ----------
    material : Material
    points : (nodes, d) array
        Undeformed [um].
    cells : (cells, k) array
        In the layer's own node numbers.
    """

    material: Material
    points: FloatArray
    cells: IntArray


def layer_before(
    when: Moment, name: str, displacement: FloatArray, state: FloatArray
) -> LayerBefore:
    """Return what of a layer the next increment can ask for."""
    strain = state[:, :, 0].mean(axis=1)
    return LayerBefore(
        when=when, name=name, displacement=displacement, plastic_strain=strain, state=state
    )


def interface_now(
    when: Moment, part: InterfaceSnapshot, before: InterfaceNow | None = None
) -> InterfaceNow:
    """Return an interface as functions see it."""
    return InterfaceNow(**_values(part), when=when, _before=before)


def stack_now(
    when: Moment,
    layers: Iterable[LayerSnapshot],
    interfaces: Iterable[InterfaceSnapshot],
    bodies: Mapping[str, Body],
    states: Mapping[str, FloatArray],
    before: StackBefore,
) -> StackNow:
    """Return the present state as functions see it.

    Parameters
    ----------
    when : Moment
    layers, interfaces : iterable of snapshots
        All of the run, in the die or not.
    bodies : mapping of str to Body
        By layer.
    states : mapping of str to array
        Internal variables of each layer (cells, k, variables).
    before : StackBefore
    """
    return StackNow(
        when=when,
        layers={
            part.name: LayerNow(
                **_values(part),
                when=when,
                material=bodies[part.name].material,
                points=bodies[part.name].points,
                cells=bodies[part.name].cells,
                state=states[part.name],
                before=before.layers[part.name],
            )
            for part in layers
        },
        interfaces={
            part.name: interface_now(when, part, before.interfaces[part.name])
            for part in interfaces
        },
        before=before,
    )


def stack_before(now: StackNow) -> StackBefore:
    """Return what the next increment can ask for of this one."""
    return StackBefore(
        when=now.when,
        layers={
            name: layer_before(now.when, name, part.displacement, part.state)
            for name, part in now.layers.items()
        },
        interfaces={
            name: InterfaceNow(**(_values(part) | {"_before": None}))
            for name, part in now.interfaces.items()
        },
    )


def read_only(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a view of an array that cannot be written to."""
    seen = values.view()
    seen.flags.writeable = False
    return seen


def _values(part: LayerSnapshot | InterfaceSnapshot) -> dict[str, Any]:
    return {item.name: getattr(part, item.name) for item in fields(part)}
