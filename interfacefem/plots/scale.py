# SPDX-License-Identifier: MIT
"""Which colours a field gets, by its sign and spread, whatever field it is.

Of one sign: light to dark from zero, if zero is near. Of both signs: two colours, as far to both
sides, white in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

FloatArray = npt.NDArray[np.float64]

#: part of the area or volume whose values the colours span [%]; the rest has the end colours
SHOWN = (0.2, 99.8)
#: an end of the other sign that is smaller than this part of the largest value is of no account
OTHER_SIGN = 0.05
#: colours begin at zero if the smallest value is below this part of the largest
NEAR_ZERO = 0.3
#: of a field without a unit, what is smaller is round-off [-]
NOTHING = 1e-9
#: a spread below this part of the values is round-off as well
EVEN = 1e-9


@dataclass(frozen=True)
class Scale:
    """Values between which colours run.

    Attributes
    ----------
    low, high : float
        In the unit of the field; equal if there is nothing to show.
    colours : str
        Name of a colour map of matplotlib.
    """

    low: float
    high: float
    colours: str

    @property
    def even(self) -> bool:
        """Whether the field is the same everywhere, to round-off."""
        return not self.high > self.low

    def map(self) -> Colormap:
        """Return the colour map, without a black end that hides lines."""
        import matplotlib as mpl
        from matplotlib.colors import ListedColormap

        whole = mpl.colormaps[self.colours]
        if self.colours.startswith("magma"):
            return ListedColormap(whole(np.linspace(0.0, 0.88, 256)))
        return whole

    def paint(self, values: FloatArray) -> npt.NDArray[np.uint8]:
        """Return the colours of values (n, 3); grey where nothing is to show or known."""
        colours = np.full((len(values), 3), 225, dtype=np.uint8)
        known = np.isfinite(values)
        if not self.even and known.any():
            part = np.clip((values[known] - self.low) / (self.high - self.low), 0.0, 1.0)
            colours[known] = np.asarray(self.map()(part)[:, :3] * 255.0, dtype=np.uint8)
        return colours


def scale_of(values: FloatArray, weights: FloatArray, *, unit: str) -> Scale:
    """Return the scale that shows a field.

    Parameters
    ----------
    values : (n,) array
        In ``unit``; what is not a number is left out.
    weights : (n,) array
        Area or volume of each value.
    unit : str
        Of the values.
    """
    known = np.isfinite(values) & (weights > 0.0)
    values, weights = values[known], weights[known]
    if not len(values):
        return Scale(0.0, 0.0, "viridis")
    smallest, largest = float(values.min()), float(values.max())
    size = max(abs(smallest), abs(largest))
    if size <= (NOTHING if unit == "-" else 0.0) or largest - smallest <= EVEN * size:
        return Scale(largest, largest, "viridis")
    # where most is zero, as a plastic strain, only the rest says how far the values reach
    counted = np.abs(values) > 0.01 * size
    low, high = (_percentile(values[counted], weights[counted], percent) for percent in SHOWN)
    if not counted.all():
        low, high = min(low, 0.0), max(high, 0.0)
    reach = max(abs(low), abs(high))
    if low < -OTHER_SIGN * reach and high > OTHER_SIGN * reach:
        return Scale(-reach, reach, "RdBu_r")
    if high > -low:
        low = 0.0 if low < NEAR_ZERO * high else low
        return Scale(low, high, "magma_r" if unit == "-" else "viridis")
    high = 0.0 if high > NEAR_ZERO * low else high
    return Scale(low, high, "viridis_r")


def _percentile(values: FloatArray, weights: FloatArray, percent: float) -> float:
    """Return the value that a part of the area does not exceed."""
    order = np.argsort(values)
    share = np.cumsum(weights[order]) / weights.sum()
    return float(np.interp(percent / 100.0, share, values[order]))
