# SPDX-License-Identifier: MIT
"""What can be wrong with layers that are each fine: sizes, names, outer faces, crossing faces.

Each function returns mistakes and raises nothing; the layers themselves live in ``stack``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.errors import Mistake
from interfacefem.quantities import spoken

if TYPE_CHECKING:
    from interfacefem.describe.stack import Layer
    from interfacefem.surfaces.topography import Topography


def _faces(layers: Sequence[Layer]) -> list[tuple[str, Topography]]:
    """Return (place, topography) of every face that has one."""
    found = []
    for index, layer in enumerate(layers):
        for side, face in (("bottom", layer.bottom), ("top", layer.top)):
            if face is not None:
                found.append((f"layer[{index}].{side}", face))
    return found


def _size_text(size: tuple[float, ...]) -> str:
    return " x ".join(f"{length:g}" for length in size) + " um"


def common_size(
    layers: Sequence[Layer], given: tuple[float, ...] | None
) -> tuple[tuple[float, ...], list[Mistake]]:
    """Return the size all faces agree on, and a mistake for each that differs."""
    sizes = [(place, tuple(map(float, face.size))) for place, face in _faces(layers)]
    if given is not None:
        sizes.insert(0, ("stack.width", given))
    if not sizes:
        if not layers:
            return (), []
        return (), [
            Mistake(
                "stack.width",
                "every face is flat, so the width is not known",
                'write for example width = "60 um"',
            )
        ]
    reference, size = sizes[0]
    return size, [
        Mistake(
            place,
            f"the surface is {_size_text(other)}, but {reference} says {_size_text(size)}",
            "give all surfaces of the stack one size",
        )
        for place, other in sizes[1:]
        if len(other) != len(size) or not np.allclose(other, size, rtol=1e-9, atol=0.0)
    ]


def duplicates(layers: Sequence[Layer]) -> list[Mistake]:
    """Return a mistake for every layer whose name an earlier one has."""
    names = [layer.name for layer in layers]
    return [
        Mistake(
            f"layer[{index}].name",
            f"'{name}' is already the name of layer[{names.index(name)}]",
            f"give it another name, e.g. '{name}_{index}'",
        )
        for index, name in enumerate(names)
        if name in names[:index]
    ]


def outer_faces(layers: Sequence[Layer]) -> list[Mistake]:
    """Return a mistake for a rough face that lies on a platen."""
    mistakes = []
    ends = (("bottom", 0), ("top", len(layers) - 1)) if layers else ()
    for side, index in ends:
        if getattr(layers[index], side) is not None:
            mistakes.append(
                Mistake(
                    f"layer[{index}].{side}",
                    f"the {side} face of the stack lies on a flat platen but has a topography",
                    "leave it out, or add the platen as a layer",
                )
            )
    return mistakes


def crossings(layers: Sequence[Layer]) -> list[Mistake]:
    """Return a mistake for every layer whose roughness is larger than itself."""
    mistakes = []
    for index, layer in enumerate(layers):
        needed = thickness_needed(layer)
        if needed >= layer.thickness:
            own, least = (
                spoken(length, "length", layer.thickness, 4) for length in (layer.thickness, needed)
            )
            mistakes.append(
                Mistake(
                    f"layer[{index}].thickness",
                    f"the rough faces of '{layer.name}' cross: {own} thick, but the faces approach "
                    f"each other by {least}",
                    f"make the layer thicker than {least} or its faces smoother",
                )
            )
    return mistakes


def thickness_needed(layer: Layer) -> float:
    """Return the thickness [um] at which the two faces of a layer would just touch."""
    bottom, top = layer.bottom, layer.top
    if bottom is None and top is None:
        return 0.0
    if top is None and bottom is not None:
        return float(np.max(bottom.heights))
    if bottom is None and top is not None:
        return float(-np.min(top.heights))
    if bottom is None or top is None:
        return 0.0
    if bottom.heights.shape == top.heights.shape:
        return float(np.max(bottom.heights - top.heights))
    if bottom.heights.ndim == top.heights.ndim == 1 and tuple(bottom.size) == tuple(top.size):
        x = np.union1d(bottom.x, top.x)
        return float(np.max(bottom.at(x) - top.at(x)))
    # Surfaces of another kind or size: the extremes are on the safe side.
    return float(np.max(bottom.heights) - np.min(top.heights))
