# SPDX-License-Identifier: MIT
"""Means over cells of what the points of bodies know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.bulk.kinematics import Kinematics

    Array = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]


def stress_fields(
    kinematics: Kinematics, points: Array, pressure: Array, volume: Array, coupled: Mask
) -> dict[str, Array]:
    """Return cell means of Cauchy stress and its measures [MPa].

    Parameters
    ----------
    kinematics : Kinematics
    points : (points, tensor) array
        Kirchhoff stress of the full rule, cell by cell, with the mean stress only where the law is
        coupled [MPa].
    pressure : (cells,) array
        Mean Kirchhoff stress of the other laws [MPa].
    volume : (cells,) array
        Ratio of the volumes after and before.
    coupled : (cells,) bool array

    Returns
    -------
    dict
        ``stress`` (cells, tensor), ``mean_stress``, ``von_mises_stress``, ``max_principal_stress``.
    """
    unit = kinematics.unit
    kirchhoff = points.reshape(len(volume), -1, len(unit)).mean(axis=1)
    own = coupled * (kirchhoff @ unit) / 3.0
    mean = (pressure + own) / volume
    deviator = (kirchhoff - own[:, None] * unit) / volume[:, None]
    stress = deviator + mean[:, None] * unit
    return {
        "stress": stress,
        "mean_stress": mean,
        "von_mises_stress": np.sqrt(1.5 * kinematics.squared_norm(deviator)),
        "max_principal_stress": kinematics.max_principal(stress),
    }
