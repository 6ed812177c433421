# SPDX-License-Identifier: MIT
"""Recipes: a topography as plain values with units, and back again.

What a recipe's keys mean is said by the functions of ``generate``, ``particles``, ``given`` and
``files``, which enter themselves with :func:`maker`, and of ``change``; here they are only called.
"""

from __future__ import annotations

import copy
import difflib
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interfacefem.errors import InterfaceFEMError, SurfaceError
from interfacefem.quantities import user_path
from interfacefem.surfaces import change, cut
from interfacefem.surfaces.quantities import text
from interfacefem.surfaces.shapes import CosineSeries
from interfacefem.units import to_internal

if TYPE_CHECKING:
    from interfacefem.surfaces.topography import Topography

#: how many heights are listed in a recipe at most; more go to a file
LISTED = 4096

#: kind of a recipe -> function that makes the surface; filled by :func:`maker`
_MAKERS: dict[str, Callable[..., Topography]] = {}
_STEPS: dict[str, Callable[..., Topography]] = {
    "scaled": change.scaled,
    "levelled": change.levelled,
    "resampled": change.resampled,
    "symmetrised": change.symmetrised,
    "profile": cut.profile,
    "crop": cut.crop,
    "filtered": change.filtered,
}
#: key -> kind of quantity, where a unit must be written
_LENGTHS = frozenset(
    {
        "size", "rms_height", "long_cutoff", "short_cutoff", "amplitude", "wavelength", "radius",
        "centre", "cutoff", "at", "diameter", "probe", "pixel", "short", "long",
    }
)  # fmt: skip


def maker[**P](kind: str) -> Callable[[Callable[P, Topography]], Callable[P, Topography]]:
    """Let recipes of a kind be made by the function that is decorated.

    Parameters
    ----------
    kind : str
        What stands at ``kind`` in the recipe; its other keys are parameters of the function.
    """

    def register(function: Callable[P, Topography]) -> Callable[P, Topography]:
        _MAKERS[kind] = function
        return function

    return register


def known_cutoffs(surface: Topography) -> dict[str, Any]:
    """Return the cut-offs that a recipe without its own synthesis still has to name."""
    known = {"short": surface.short_cutoff, "long": surface.long_cutoff}
    found = {key: text(value) for key, value in known.items() if value is not None}
    return {"cutoffs": found} if found else {}


def to_dict(surface: Topography, folder: Path | None) -> dict[str, Any]:
    """Return the recipe with the checksum; see :meth:`Topography.to_dict`."""
    recipe = copy.deepcopy(surface.recipe)
    kind = recipe.get("kind", "heights")
    if kind in ("heights", "file") and folder is not None:
        path = surface.save(folder / f"surface-{surface.checksum[:12]}.npz")
        recipe = {"kind": "file", "path": path.name}
    elif kind == "heights":
        # what was done to an array is in its heights already
        series = surface.shape if isinstance(surface.shape, CosineSeries) else None
        finer = series is not None and any(
            m > n for m, n in zip(series.amplitudes.shape, surface.points, strict=True)
        )
        if finer or surface.heights.size > LISTED:
            raise SurfaceError(
                f"topography: {surface.heights.size} heights are too many or too coarse to list; "
                "give the folder for an npz file, or save() the surface and read() it"
            )
        cutoffs = known_cutoffs(surface)
        recipe = {
            "kind": "heights",
            "size": [text(length) for length in surface.size],
            "heights": surface.heights.tolist(),
            "unit": "um",
            "interpolation": getattr(surface.shape, "interpolation", "cubic"),
            "mirrored": surface.mirrored,
        } | cutoffs
        if series is not None:
            recipe["then"] = [{"do": "symmetrised"}]
    return recipe | {"checksum": surface.checksum}


def from_dict(data: Mapping[str, Any], folder: Path, place: str) -> Topography:
    """Make a surface from its recipe; see :meth:`Topography.from_dict`."""
    values = copy.deepcopy(dict(data))
    checksum = values.pop("checksum", None)
    steps = values.pop("then", [])
    kind = values.pop("kind", None)
    cutoffs = values.pop("cutoffs", None) if kind in ("heights", "file") else None
    maker = _choose(_MAKERS, kind, f"{place}.kind")
    if kind == "file" and "path" in values:
        values["path"] = folder / user_path(values["path"], f"{place}.path", SurfaceError)
    if kind == "heights" and checksum is not None:
        values.setdefault("no_data", "none")  # what was no height is taken out already
    if kind == "heights" and "unit" not in values:
        raise SurfaceError(f'{place}.heights: no unit; write for example unit = "um"')
    surface = _call(maker, (), values, place)
    if kind == "file":
        surface.recipe["path"] = str(data["path"])
    if cutoffs is not None:
        surface.recipe["cutoffs"] = cutoffs
    if not isinstance(steps, list) or not all(isinstance(step, Mapping) for step in steps):
        raise SurfaceError(
            f"{place}.then: {steps!r} must be a list of tables, each with a key 'do'"
        )
    for number, step in enumerate(steps):
        arguments = dict(step)
        here = f"{place}.then[{number}]"
        changer = _choose(_STEPS, arguments.pop("do", None), f"{here}.do")
        surface = _call(changer, (surface,), arguments, here)
    if checksum is not None and checksum != surface.checksum:
        raise SurfaceError(
            f"{place}.checksum: {str(checksum)[:12]}... does not match the heights made now, "
            f"{surface.checksum[:12]}...; the file or the recipe was changed: restore it, or "
            "remove the checksum to accept the new heights"
        )
    return surface


def _choose(
    table: Mapping[str, Callable[..., Topography]], name: Any, place: str
) -> Callable[..., Topography]:
    if isinstance(name, str) and name in table:
        return table[name]
    close = difflib.get_close_matches(str(name), table, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(sorted(table))}"
    raise SurfaceError(f"{place}: {name!r} is unknown; {hint}")


def _call(
    function: Callable[..., Topography], first: tuple[Any, ...], values: dict[str, Any], place: str
) -> Topography:
    parameters = inspect.signature(function).parameters
    known = [name for name in list(parameters)[len(first) :] if name != "place"]
    for key, value in values.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise SurfaceError(f"{place}.{key}: unknown key; {hint}")
        if key in _LENGTHS:
            for number, one in enumerate(value if isinstance(value, list) else [value]):
                where = f"{place}.{key}" + (f"[{number}]" if isinstance(value, list) else "")
                to_internal(one, "length", place=where, bare=False)
        if key == "points" and isinstance(value, list):
            values[key] = tuple(value)
    needed = [
        name for name in known
        if parameters[name].default is inspect.Parameter.empty and name not in values
    ]  # fmt: skip
    if needed:
        raise SurfaceError(f"{place}.{needed[0]}: is missing; add it")
    try:
        return function(*first, **values)
    except InterfaceFEMError as error:
        raise type(error)(f"{place}: {error}") from None
