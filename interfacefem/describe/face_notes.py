# SPDX-License-Identifier: MIT
"""Notes on the faces of a stack: symmetry, tilt, offset, slope, outliers, and faces very unlike.

Tilt and outliers are looked for in heights that somebody measured, not in those that were made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.quantities import spoken
from interfacefem.surfaces import measure

if TYPE_CHECKING:
    from interfacefem.describe.stack import Stack
    from interfacefem.surfaces.topography import Topography

#: share of the mean square height in the mean plane from which on a tilt is named
TILT = 0.5
#: mean height over the rms height, and over the thickness of the layer, above which it is named
OFFSET, THICKER = 1.0, 0.01
#: rms slope above which x and heights are hardly in the same unit
STEEP = 2.0
#: heights further from the median than so many median deviations are outliers, if they are few
OUTLIER, FEW = 30.0, 0.01
#: ratio of Young's moduli above which the stiffer face is as good as rigid
RIGID = 1e4


def face_notes(stack: Stack) -> list[str]:
    """Return the notes on all faces of a stack."""
    found: list[str] = []
    for layer in stack.layers:
        for side, face in (("bottom", layer.bottom), ("top", layer.top)):
            if face is not None:
                title = f"{side} of '{layer.name}'"
                found += _of_face(face, title)
                found += _offset(face, title, layer.thickness)
    return [*found, *_unlike(stack)]


def _of_face(face: Topography, title: str) -> Iterator[str]:
    recipe: dict[str, Any] = face.recipe
    measured = recipe.get("kind", "heights") in ("heights", "file")
    tilt = _tilt(face) if measured else ""
    if not face.mirrored:
        text = f"{title} is not mirror-symmetric: the side walls are symmetry planes and cut it"
        if tilt:
            yield f"{text}, and it is tilted: {tilt}; first .levelled(), then .symmetrised()"
        else:
            yield f"{text}; .symmetrised() mends that"
    elif tilt:
        yield (
            f"{title} is tilted: {tilt}; .levelled() takes that out: after .crop(), before "
            ".symmetrised()"
        )
    if not measured:
        return
    if face.rms_slope > STEEP:
        yield (
            f"{title} has an rms slope of {face.rms_slope:.3g}, which no pressed face has; are x "
            "and heights in the same unit? read(..., unit=, xy_unit=) takes both"
        )
    heights = face.heights
    off = np.abs(heights - np.median(heights))
    usual = float(np.median(off))
    far = off > OUTLIER * usual
    count = int(np.count_nonzero(far))
    if usual > 0.0 and 0 < count <= max(1.0, FEW * heights.size):
        first = tuple(int(i) for i in np.argwhere(far)[0])
        at = first[0] if len(first) == 1 else first
        yield (
            f"{title}: {count} of {heights.size} heights lie more than {OUTLIER:g} median "
            f"deviations from the others, the first at sample {at}, "
            f"{spoken(float(heights[first]), 'length', digits=4)}; if they are no heights, make "
            "them NaN and read with fill_holes=True"
        )


def _offset(face: Topography, title: str, thickness: float) -> Iterator[str]:
    mean = float(face.heights.mean())
    if abs(mean) > max(OFFSET * face.rms_height, THICKER * thickness):
        words = [spoken(value, "length", digits=4) for value in (mean, thickness)]
        yield (
            f"{title}: its mean height is {words[0]}, and the thickness of {words[1]} counts from "
            'height zero; .levelled("mean") puts the mean there'
        )


def _tilt(face: Topography) -> str:
    """Return how the mean plane of a face rises, if that is most of its height."""
    centred = face.heights - face.heights.mean()
    plane = measure.form(centred, "plane")
    whole, own = float((centred**2).mean()), float((plane**2).mean())
    if own <= TILT * whole:
        return ""
    rise = spoken(float(np.ptp(plane)), "length", digits=3)
    return f"its mean plane rises by {rise}, {own / whole:.0%} of the mean square height"


def _unlike(stack: Stack) -> Iterator[str]:
    for name in stack.interface_names:
        pair = sorted(stack.pair(name), key=lambda layer: layer.material.law.youngs_modulus)
        soft, stiff = (layer.material.law.youngs_modulus for layer in pair)
        if stiff > RIGID * soft:
            yield (
                f"{name}: Young's modulus of '{pair[1].name}' is {stiff / soft:.3g} times that of "
                f"'{pair[0].name}', which is as good as rigid; {RIGID:g} times gives the same "
                "contact and converges more easily"
            )
