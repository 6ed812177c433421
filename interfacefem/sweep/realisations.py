# SPDX-License-Identifier: MIT
"""New realisations of the faces of a case: other seeds, other places of a measured face."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

from interfacefem.errors import InterfaceFEMError
from interfacefem.quantities import one_mistake, written
from interfacefem.surfaces.topography import Topography
from interfacefem.sweep.inputs import Tables
from interfacefem.units import to_internal

#: golden section: multiples of it modulo 1 fill an interval evenly, however many there are
_GOLDEN = 0.6180339887498949


def realisation(data: Tables, number: int, folder: Path) -> Tables:
    """Return the tables of a case with new realisations of its faces.

    The seed of every synthesised face grows by ``number`` times a step: the smallest power of ten
    that is more than all seeds of the case are apart, at least 10. So faces that had the same seed
    still fit together, and no two realisations share a face. A line that is cut from a measured
    map is cut elsewhere.

    Parameters
    ----------
    data : dict
        The tables of the case.
    number : int
        Which one; 0 is the case as it is.
    folder : Path
        Where files of maps are looked for.

    Raises
    ------
    CaseError
        If a measured face has no other part as large as the stack, or nothing is random.
    """
    recipes: dict[str, Any] = data.get("surface", {})
    seeds = [int(recipe["seed"]) for recipe in recipes.values() if "seed" in recipe]
    stride = 10
    while seeds and stride <= max(seeds) - min(seeds):
        stride *= 10
    made = copy.deepcopy(data)
    drawn = 0
    for name, recipe in made.get("surface", {}).items():
        place = f"surface.{name}"
        if "seed" in recipe:
            recipe["seed"] = int(recipe["seed"]) + number * stride
        elif recipe.get("kind") in ("file", "heights"):
            _cut_elsewhere(recipe, number, folder, place)
        else:
            continue
        drawn += 1
        if number:
            recipe.pop("checksum", None)
    if not drawn:
        raise one_mistake(
            "seeds", "no face of the case is random or measured", "leave seeds out of the sweep"
        )
    return made


def _cut_elsewhere(recipe: Tables, number: int, folder: Path, place: str) -> None:
    """Move the line at which a measured map is cut, or the part; the first one stays."""
    steps = recipe.get("then", [])
    cuts = {step.get("do"): n for n, step in reversed(list(enumerate(steps)))}
    cut = cuts.get("profile", cuts.get("crop"))
    if cut is None:
        raise one_mistake(
            place,
            "the measured face covers just the stack, so there is no other patch of it",
            'give a part of a longer one, read(...).crop(x=("0 um", "20 um")), or a line of a '
            'map, read(...).profile(at="5 um"), or leave seeds out',
        )
    if not number:
        return
    before = {k: v for k, v in recipe.items() if k not in ("checksum", "then")}
    before["then"] = steps[:cut]
    try:
        whole = Topography.from_dict(before, folder=folder, place=place)
    except InterfaceFEMError as error:
        raise one_mistake(place, f"the map cannot be read again: {error}", "keep it") from None
    if "profile" in cuts:
        _move_line(steps[cut], number, whole, place)
    else:
        _move_part(steps[cut], number, whole, place)


def _move_line(step: Tables, number: int, area: Topography, place: str) -> None:
    along = str(step.get("axis", "x"))
    extent = area.size[0 if along == "y" else -1]
    first = to_internal(step["at"], "length", place=place) if "at" in step else 0.5 * extent
    part = (first / extent + number * _GOLDEN) % 1.0
    step["at"] = written(float(f"{part * extent:.9g}"), "length")


def _move_part(step: Tables, number: int, whole: Topography, place: str) -> None:
    """Take another of the parts of one size that lie side by side; none overlap."""
    starts: list[list[float]] = []  # of each direction, the given one first
    lengths = []
    for name, spacing, count in zip("xy", whole.spacing, whole.points, strict=False):
        first, last = 0, count - 1
        if name in step:
            ends = (to_internal(end, "length", place=place) for end in step[name])
            first, last = (round(end / spacing) for end in ends)
        length = last - first
        there = list(range(first % length, count - length, length))
        own = there.index(first)
        starts.append([spacing * start for start in there[own:] + there[:own]])
        lengths.append(spacing * length)
    room = math.prod(map(len, starts))
    if number >= room:
        raise one_mistake(
            place,
            f"the measured face has {room} parts of this size, one of them that of the case, so "
            f"there is no realisation {number}",
            f"ask for at most {room - 1} seeds, or measure more",
        )
    for name, places, size in zip("xy", starts, lengths, strict=False):
        number, index = divmod(number, len(places))
        step[name] = [f"{end!r} um" for end in (places[index], places[index] + size)]
