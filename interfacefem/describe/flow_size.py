# SPDX-License-Identifier: MIT
r"""How strong lithium is where it fills a rough face: by the size of what flows there.

Small volumes of lithium are stronger than bulk metal (:mod:`interfacefem.materials.size`). What
flows into a valley is about half as wide as the valley, a quarter of the mean wavelength :math:`2
\pi h / h'` of a face of rms height *h* and rms slope *h'*: that is the size. The finest of the
faces that meet at the layer counts; sizes beyond the data are as strong as their end. That a valley
is as strong as a pillar of that size is an assumption; sections with a strength found in this way
are held against measurements in ``cases/experiments``.

The laws of materials know nothing of faces; a stack does, so it is the stack that chooses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from interfacefem.materials import Material, size
from interfacefem.surfaces.topography import Topography

#: metals whose strength by size is known
METALS = ("Li",)

Choice = float | Literal["roughness", "bulk"]


def follows_size(material: Material) -> bool:
    """Return whether a material has a strength by size, and nobody gave it another one."""
    return material.base in METALS and not size.is_given(material)


def scale(faces: Sequence[Topography | None]) -> float | None:
    """Return the size of what flows into the finest of some faces; None if all are flat.

    Parameters
    ----------
    faces : sequence of Topography or None

    Returns
    -------
    float or None
        [um].
    """
    rough = [face for face in faces if face is not None and face.rms_slope > 0.0]
    sizes = (0.5 * math.pi * face.rms_height / face.rms_slope for face in rough)
    return min(sizes, default=None)


def strengthened(
    material: Material, choice: Choice, faces: Sequence[Topography | None]
) -> Material:
    """Return a material with the strength that a layer chooses; others as they are.

    Parameters
    ----------
    material : Material
    choice : "roughness", "bulk" or float
        What sets the strength: the faces, nothing, or a size [um].
    faces : sequence of Topography or None
        Those that meet at the layer.
    """
    if choice == "bulk" or not follows_size(material):
        return material
    if choice == "roughness":
        found = scale(faces)
        if found is None:
            return material
        least, most = size.sizes("middle")
        choice = min(max(found, least), most)
    return replace(size.small(material, choice, data="middle"), declared=material)
