# SPDX-License-Identifier: MIT
"""Quantities of one's own: a function of the present state, stored with every increment.

What is stored is then drawn, exported and put into tables like everything else::

    @results.stored("triaxiality", unit="-", place="cells", label="stress triaxiality")
    def triaxiality(layer):
        return layer.mean_stress / np.maximum(layer.von_mises_stress, 1e-9)

A function of a layer gets a :class:`~interfacefem.results.now.LayerNow`, one of an interface an
:class:`~interfacefem.results.now.InterfaceNow`, one of the whole stack a
:class:`~interfacefem.results.now.StackNow`. Whether functions are good is tried by
:mod:`interfacefem.results.trial` before a run begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from interfacefem import registry
from interfacefem.errors import ResultsError
from interfacefem.quantities import did_you_mean
from interfacefem.registry import origin_of
from interfacefem.results import schema
from interfacefem.results.now import InterfaceNow, LayerNow, StackNow
from interfacefem.results.schema import ADDED, Place, Quantity, column
from interfacefem.results.snapshot import IncrementSnapshot, InterfaceSnapshot, LayerSnapshot

if TYPE_CHECKING:
    from interfacefem.results.results import Results

#: where a function may say that its values are
PLACES: dict[str, Place] = {
    "cells": "cell",
    "nodes": "node",
    "interface:nodes": "point",
    "interface": "interface",
    "stack": "increment",
}
#: words for the shape of one value
SHAPES: dict[str, tuple[int | str, ...]] = {
    "scalar": (),
    "vector": ("dimension",),
    "tensor": ("stress",),
}


def stored[F: Callable[..., Any]](
    name: str, *, unit: str, place: str, shape: str = "scalar", label: str = ""
) -> Callable[[F], F]:
    """Register a function of the present state as a quantity that is stored.

    Parameters
    ----------
    name : str
        Under which it is stored and asked for, e.g. ``plastic_strain_rate``.
    unit : str
        Of what the function returns, e.g. ``"1/s"``; ``"-"`` for none.
    place : str
        ``"cells"`` or ``"nodes"``: called for each layer, where fields inside the layers are
        stored; ``"interface:nodes"``: for each interface, at every increment. One number an
        increment, a column of the history: ``"interface"`` of each interface, ``"stack"`` of all.
    shape : {"scalar", "vector", "tensor"}
        Of one value; a vector has as many components as the mesh dimensions, a symmetric tensor 4
        in 2D (xx, yy, zz, xy) and 6 in 3D (and xz, yz).
    label : str
        Name in words, as on an axis; the name with blanks by default.

    Returns
    -------
    callable
        A decorator that returns the function as it is.

    Raises
    ------
    ResultsError
        If the name cannot be used or is stored already, or place or shape are unknown.
    ExtensionError
        If another file has the name.

    Notes
    -----
    The function returns one value for each cell, node or point. What is not finite is stored as
    unknown (NaN). It is not called for what is not in the die.
    """
    if place not in PLACES:
        raise ResultsError(
            f"stored quantity '{name}': {place!r} is no place; {did_you_mean(place, PLACES)}"
        )
    if shape not in SHAPES:
        raise ResultsError(
            f"stored quantity '{name}': {shape!r} is no shape; {did_you_mean(shape, SHAPES)}"
        )
    if shape != "scalar" and place in ("interface", "stack"):
        raise ResultsError(f"stored quantity '{name}': one number is stored; leave the shape out")

    def register(function: F) -> F:
        quantity = Quantity(
            name, str(unit), PLACES[place], tail=SHAPES[shape], words=label, required=False,
            function=function,
        )  # fmt: skip
        schema.register(quantity, origin=origin_of(function))
        return function

    return register


def functions(*places: Place) -> tuple[Quantity, ...]:
    """Return what was added with a function, at some places or at all."""
    return tuple(
        item
        for item in ADDED.values()
        if item.function is not None and (not places or item.place in places)
    )


def origins() -> dict[str, str]:
    """Return the file of each function by the name of what is stored."""
    return {item.name: ADDED.origin(item.name) for item in functions()}


def require_known(results: Results) -> None:
    """Refuse to go on with a run that stores what no function is there for.

    Raises
    ------
    ResultsError
    """
    there = origins()
    for name, origin in results.provenance.get("stored", {}).items():
        if name not in there:
            raise ResultsError(
                f"{results.folder}: stores '{name}' by a function of {origin}, which is not "
                "loaded; continue with --with FILE.py, or import the file before resume()"
            )


def extended(snapshot: IncrementSnapshot, now: StackNow) -> IncrementSnapshot:
    """Return an increment with the values of all functions.

    Parameters
    ----------
    snapshot : IncrementSnapshot
    now : StackNow
        The same moment.

    Raises
    ------
    ResultsError
        If a function fails or returns something else; the message names its line.
    """
    extra: dict[str, float] = dict(snapshot.extra)
    for item in functions("increment"):
        extra[item.name] = float(values_of(item, now))
    for item in functions("interface"):
        for name, part in _present(now.interfaces.values()):
            extra[column(item.name, name)] = float(values_of(item, part))
    return replace(
        snapshot,
        extra=extra,
        interfaces=tuple(_with(part, now.interfaces[part.name]) for part in snapshot.interfaces),
        layers=None
        if snapshot.layers is None
        else tuple(_with(part, now.layers[part.name]) for part in snapshot.layers),
    )


def values_of(item: Quantity, now: StackNow | LayerNow | InterfaceNow) -> npt.NDArray[np.float64]:
    """Return what a function says of the present state; unknown where it is not finite.

    Raises
    ------
    ResultsError
        If it fails or returns something else; the message names its line.
    """
    origin = ADDED.origin(item.name)
    what = f"stored quantity '{item.name}' of {origin}"
    if item.function is None:
        raise ResultsError(f"{what}: has no function; hand its values over with the increment")
    try:
        with np.errstate(all="ignore"):
            found = item.function(now)
    except Exception as error:
        raise ResultsError(
            f"stored quantity '{item.name}': {registry.told(error, origin)}; correct the function"
        ) from error
    wanted = _shape(item, now)
    try:
        values = np.array(found)
    except ValueError:
        values = np.array(None)
    if values.dtype.kind not in "fiub":
        problem = "nothing" if found is None else f"a {type(found).__name__}, no real numbers"
        raise ResultsError(f"{what}: returned {problem}; return {_words(wanted)}")
    if values.shape != wanted:
        raise ResultsError(
            f"{what}: returned numbers of the shape {values.shape} for {_subject(now)}; return "
            f"{_words(wanted)}"
        )
    values = values.astype(np.float64)
    return np.where(np.abs(values) <= schema.LARGEST, values, np.nan)


def _with[P: (LayerSnapshot, InterfaceSnapshot)](part: P, now: LayerNow | InterfaceNow) -> P:
    """Return a part with what functions say of it; of what is not in the die that is unknown."""
    extra = dict(part.extra)
    for item in functions(*(("node", "cell") if isinstance(now, LayerNow) else ("point",))):
        if now.present:
            extra[item.name] = values_of(item, now)
        else:
            extra[item.name] = np.full(_shape(item, now), np.nan)
    return replace(part, extra=extra)


def _present(parts: Iterable[InterfaceNow]) -> Iterator[tuple[str, InterfaceNow]]:
    return ((part.name, part) for part in parts if part.present)


def _shape(item: Quantity, now: StackNow | LayerNow | InterfaceNow) -> tuple[int, ...]:
    if isinstance(now, StackNow) or item.place in ("increment", "interface"):
        return ()
    if isinstance(now, InterfaceNow):
        return (len(now.points), *item.shape(now.points.shape[1]))
    rows = len(now.cells) if item.place == "cell" else len(now.points)
    return (rows, *item.shape(now.points.shape[1]))


def _subject(now: StackNow | LayerNow | InterfaceNow) -> str:
    if isinstance(now, LayerNow):
        return f"layer '{now.name}' with {len(now.cells)} cells and {len(now.points)} nodes"
    if isinstance(now, InterfaceNow):
        return f"interface '{now.name}' with {len(now.points)} nodes"
    return "the stack"


def _words(shape: tuple[int, ...]) -> str:
    return f"an array of the shape {shape}" if shape else "one number"
