# SPDX-License-Identifier: MIT
"""Whether what the solver hands over fits the run, before anything of it is stored."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.results import schema
from interfacefem.results.layout import suggestion
from interfacefem.results.schema import column
from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot


def require_fit(
    snapshot: IncrementSnapshot, interfaces: tuple[str, ...], layers: tuple[str, ...]
) -> None:
    """Refuse an increment whose interfaces, layers or arrays are not those of the run.

    Parameters
    ----------
    snapshot : IncrementSnapshot
    interfaces, layers : tuple of str
        Those of the mesh.

    Raises
    ------
    ResultsError
    """
    place = f"increment {snapshot.increment} of step '{snapshot.step}'"
    names = tuple(part.name for part in snapshot.interfaces)
    if names != interfaces:
        raise ResultsError(f"{place}: interfaces {names}; the mesh has {interfaces}")
    known = [name for name in schema.extras("increment")]
    known += [column(name, one) for name in schema.extras("interface") for one in interfaces]
    _require_registered(place, snapshot.extra, known)
    for part in snapshot.interfaces:
        where = f"{place}, interface '{part.name}'"
        _require_registered(where, part.extra, schema.extras("point"))
        count = len(part.points)
        for name in ("points_reference", "weights", *schema.fields("point")):
            values = part.extra.get(name, getattr(part, name, None))
            size = count if values is None else len(values)
            if size != count:
                raise ResultsError(
                    f"{where}: {name} has {size} values for {count} points; give one for each point"
                )
    if snapshot.layers is None:
        return
    found = tuple(layer.name for layer in snapshot.layers)
    if found != layers:
        raise ResultsError(f"{place}: layers {found}; the mesh has {layers}")
    for layer in snapshot.layers:
        where = f"{place}, layer '{layer.name}'"
        _require_registered(where, layer.extra, schema.extras("node", "cell"))
        sizes = {"node": len(layer.displacement), "cell": len(layer.von_mises_stress)}
        for name, values in layer.extra.items():
            wanted = sizes[schema.extras("node", "cell")[name].place]
            if len(np.atleast_1d(values)) != wanted:
                raise ResultsError(
                    f"{where}: {name} has {len(np.atleast_1d(values))} values, not {wanted}"
                )


def require_current_fit(snapshot: CurrentSnapshot, interfaces: tuple[str, ...]) -> None:
    """Refuse a current whose interfaces are not the first ones of the run.

    Raises
    ------
    ResultsError
    """
    names = tuple(part.name for part in snapshot.interfaces)
    if names != interfaces[: len(names)]:  # those of punches carry none
        raise ResultsError(
            f"current of step '{snapshot.step}': interfaces {names}; the mesh has {interfaces}"
        )


def _require_registered(place: str, given: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for name in given:
        if name not in known:
            raise ResultsError(
                f"{place}: quantity '{name}' is not registered; {suggestion(name, known)} "
                "(results.schema.register)"
            )
