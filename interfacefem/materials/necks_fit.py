# SPDX-License-Identifier: MIT
"""Fit the laws of pressed powders to measured densities and conductivities.

The laws live in ``necks``, the measured numbers in the published experiments of the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from interfacefem.errors import MaterialError
from interfacefem.materials.necks import Compaction, Necks

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Densities:
    """Measured densities of one powder.

    Attributes
    ----------
    name : str
    pressure : sequence of float
        In a die [MPa].
    density : sequence of float
        Relative [-].
    scatter : float
        Of the density [-].
    hard_yield : float, optional
        Measured slope above the hard pressure, as a yield pressure [MPa].
    """

    name: str
    pressure: Sequence[float]
    density: Sequence[float]
    scatter: float
    hard_yield: float | None = None


def fit_compaction(data: Sequence[Densities]) -> dict[str, Compaction]:
    """Fit one set of start, rearrangement and hardening, and a yield pressure for each powder.

    Parameters
    ----------
    data : sequence of Densities

    Returns
    -------
    dict of str to Compaction

    Raises
    ------
    MaterialError
        If nothing is given.
    """
    if not data:
        raise MaterialError("compaction: no densities are given; give those of one powder or more")
    plain = Compaction(300.0)

    def laws(x: FloatArray) -> list[Compaction]:
        shared = dict(zip(("start", "rearrangement", "hardening"), x[:3].tolist(), strict=True))
        return [replace(plain, yield_pressure=float(y), **shared) for y in x[3:]]

    def misses(x: FloatArray) -> FloatArray:
        found: list[float] = []
        for powder, law in zip(data, laws(x), strict=True):
            density = law.density(powder.pressure)
            found += list((density - np.asarray(powder.density)) / powder.scatter)
            if powder.hard_yield is not None:
                slope = law.hardening * law.yield_pressure
                found.append(np.log(slope / powder.hard_yield) / SLOPE_SCATTER)
        return np.asarray(found)

    count = len(data)
    begin = np.array([0.5, 0.1, 2.0, *(300.0,) * count])
    low = np.array([0.2, 0.0, 1.0, *(20.0,) * count])
    high = np.array([0.9, 0.6, 8.0, *(3000.0,) * count])
    solution = least_squares(misses, begin, bounds=(low, high), x_scale=begin).x
    return {powder.name: law for powder, law in zip(data, laws(solution), strict=True)}


#: scatter of the logarithm of a slope above the hard pressure: two powders, 0.95 and 1.65 GPa [-]
SLOPE_SCATTER = 0.28


@dataclass(frozen=True)
class Ratio:
    """Measured conductivity in one state over that in another, or over that of the particles.

    Attributes
    ----------
    name : str
        Of the data set.
    ratio : float
        [-].
    law : Compaction
        Of the powder.
    pressure : float
        Largest pressure of the first state [MPa].
    load : float
        Its present over its largest pressure [-].
    other : float, optional
        Largest pressure of the second state [MPa]; None: the dense particles.
    other_load : float
    """

    name: str
    ratio: float
    law: Compaction
    pressure: float
    load: float
    other: float | None = None
    other_load: float = 1.0

    def predicted(self, necks: Necks) -> float:
        """Return the ratio that a law gives [-]."""
        first = float(necks.factor(self.law.density(self.pressure), self.load))
        if self.other is None:
            return first
        return first / float(necks.factor(self.law.density(self.other), self.other_load))


def fit_necks(ratios: Sequence[Ratio], pores: float = 1.5) -> Necks:
    """Fit constriction and welding to ratios, each with the same weight of its logarithm.

    Parameters
    ----------
    ratios : sequence of Ratio
    pores : float
        Exponent of the pores [-], which is not fitted.

    Raises
    ------
    MaterialError
        If there are fewer than two ratios.
    """
    if len(ratios) < 2:
        raise MaterialError(f"necks: {len(ratios)} ratio(s) cannot fix two numbers; give more")
    density = float(np.mean([ratio.law.loose_density for ratio in ratios]))

    def law(x: FloatArray) -> Necks:
        chi, w = np.exp(x)
        return Necks(pores, float(chi), float(w), density)

    def misses(x: FloatArray) -> FloatArray:
        made = law(x)
        return np.array([np.log(one.predicted(made) / one.ratio) for one in ratios])

    return law(least_squares(misses, np.zeros(2)).x)
