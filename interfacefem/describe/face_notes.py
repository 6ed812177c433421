# SPDX-License-Identifier: MIT
"""Notes on the faces of a stack: symmetry at the walls, tilt, outliers, and faces very unlike.

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
                found += _of_face(face, f"{side} of '{layer.name}'")
    return [*found, *_unlike(stack)]


def _of_face(face: Topography, title: str) -> Iterator[str]:
    recipe: dict[str, Any] = face.recipe
    measured = recipe.get("kind", "heights") in ("heights", "file")
    tilt = _tilt(face) if measured else ""
    if not face.mirrored:
        text = f"{title} is not mirror-symmetric: the side walls are symmetry planes and cut it; "
        if tilt:
            text += f"it is tilted: {tilt}; .levelled() takes out what is of the measurement, and "
        yield text + ".symmetrised() makes it so"
    elif tilt:
        yield f"{title} is tilted: {tilt}; .levelled() before .symmetrised() takes that out"
    if not measured:
        return
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
