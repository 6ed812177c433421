# SPDX-License-Identifier: MIT
"""Numbers of any stored field, one a point or cell: a scalar, a component, a magnitude.

A component stands behind a dot: ``stress.xx``, ``displacement.y``. What fields there are is what
the run has stored, with the units it stored; there is no list of them here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.quantities import did_you_mean
from interfacefem.results import InterfaceState, LayerState
from interfacefem.results.schema import in_words

FloatArray = npt.NDArray[np.float64]

MAGNITUDE = "magnitude"
#: names of components by their number; those of a vector, and of a symmetric tensor
_VECTORS = {2: ("x", "y"), 3: ("x", "y", "z")}
_TENSORS = {4: ("xx", "yy", "zz", "xy"), 6: ("xx", "yy", "zz", "xy", "xz", "yz")}


@dataclass(frozen=True, eq=False)
class Shown:
    """One number a point or cell, as a picture shows it.

    Attributes
    ----------
    field : str
        As it was asked for, e.g. ``stress.xx``.
    unit : str
        As stored.
    location : str
        ``node`` or ``cell`` of a layer, ``point`` of an interface.
    values : (n,) array
        In ``unit``.
    words : str
        Name of the field in words.
    """

    field: str
    unit: str
    location: str
    values: FloatArray
    words: str

    @property
    def label(self) -> str:
        """Name and unit, as on an axis."""
        part = self.field.partition(".")[2]
        return theme.axis_label(self.field, self.unit, f"{self.words} {part}".strip())

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest value, in ``unit``; zero has no sign."""
        return float(np.nanmin(self.values)) + 0.0, float(np.nanmax(self.values)) + 0.0


def shown(state: LayerState | InterfaceState, field: str) -> Shown:
    """Return a field of a state as one number a point or cell.

    Parameters
    ----------
    state : LayerState or InterfaceState
        Of any run.
    field : str
        The name of a stored field, with ``.x``, ``.xx`` or ``.magnitude`` behind it for a part;
        a vector without one is shown by its magnitude.

    Raises
    ------
    ResultsError
        If there is no such field or component; the message lists what there is.
    """
    name, dot, part = field.partition(".")
    if name not in state.fields:
        raise ResultsError(_unknown(state, field))
    stored = state.field(name)
    location = getattr(stored, "location", "point")
    words = getattr(stored, "words", "") or in_words(name)
    values = np.asarray(stored.values, dtype=np.float64)
    if values.ndim == 1:
        if dot:
            raise ResultsError(f"{_subject(state)}: '{name}' is one number and has no '.{part}'")
        return Shown(name, stored.unit, location, values, words)
    parts = components(values.shape[1])
    if part in parts and part != MAGNITUDE:
        return Shown(field, stored.unit, location, values[:, parts.index(part)], words)
    if part in ("", MAGNITUDE) and MAGNITUDE in parts:
        size = np.linalg.norm(values, axis=1)
        return Shown(f"{name}.{MAGNITUDE}", stored.unit, location, size, words)
    listed = ", ".join(f"{name}.{item}" for item in parts)
    what = f"no '.{part}' of '{name}'" if dot else f"'{name}' has {values.shape[1]} components"
    raise ResultsError(f"{_subject(state)}: {what}; give one of: {listed}")


def offered(state: LayerState | InterfaceState) -> list[str]:
    """Return everything that can be shown of a state: scalars, and parts of vectors and tensors."""
    found = []
    for name in state.fields:
        values = state.field(name).values
        parts = components(values.shape[1]) if values.ndim > 1 else ()
        found += [f"{name}.{part}" for part in parts] or [name]
    return found


def components(count: int) -> tuple[str, ...]:
    """Return the names of the parts of a field with so many components."""
    if count in _VECTORS:
        return (*_VECTORS[count], MAGNITUDE)
    return _TENSORS.get(count, tuple(str(number) for number in range(count)))


def require_field(states: Sequence[LayerState | InterfaceState], field: str) -> None:
    """Refuse a field that none of several states can show.

    Raises
    ------
    ResultsError
        The message lists what there is.
    """
    errors = []
    for state in states:
        try:
            shown(state, field)
        except ResultsError as error:
            errors.append(error)
        else:
            return
    if errors:
        # a wrong component says more than an unknown name
        raise max(errors, key=lambda error: "give one of" in str(error) or "is one" in str(error))


def is_of_interfaces(
    interfaces: Sequence[InterfaceState], layers: Sequence[LayerState], field: str, place: object
) -> bool:
    """Return whether a field is one of interfaces, else of layers; refuse one of nothing at all.

    Parameters
    ----------
    interfaces, layers : sequence of states
    field : str
        As of :func:`shown`.
    place : object
        Of the run, for the message.

    Raises
    ------
    ResultsError
        With the fields of interfaces and of layers.
    """
    name = field.partition(".")[0]
    if any(name in state.fields for state in interfaces):
        require_field(interfaces, field)
        return True
    if any(name in state.fields for state in layers):
        require_field(layers, field)
        return False
    known = dict.fromkeys(item for state in interfaces for item in state.fields)
    known |= dict.fromkeys(item for state in layers for item in state.fields)
    near = did_you_mean(name, known)
    advice = f"{near} " if near.startswith("did you mean") else ""
    raise ResultsError(
        f"{place}: no field '{field}' to draw; {advice}there is: {', '.join(known) or 'nothing'}"
    )


def on_cells(found: Shown, cells: npt.NDArray[np.int64]) -> FloatArray:
    """Return values of the cells of a layer; of a field at nodes the mean of the corners."""
    if found.location == "node":
        return np.asarray(found.values[cells].mean(axis=1))
    return found.values


def _subject(state: LayerState | InterfaceState) -> str:
    return f"{'layer' if isinstance(state, LayerState) else 'interface'} '{state.name}'"


def _unknown(state: LayerState | InterfaceState, field: str) -> str:
    known = offered(state)
    near = did_you_mean(field, known)
    advice = f"{near} " if near.startswith("did you mean") else ""
    listed = ", ".join(known) or "nothing"
    return (
        f"{_subject(state)}, step '{state.step}': no field '{field}' to draw; {advice}"
        f"there is: {listed}"
    )
