# SPDX-License-Identifier: MIT
"""What realisations and ranges say of a number: median, scatter, probabilities, what it hangs on.

A band is stated only where there are enough realisations for the scatter there is: the median of n
values whose logarithm scatters by s is known to a factor of exp(1.96 s / sqrt(n)). Infinite values,
such as the resistance of a cell without contact, count as larger than any threshold.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.results.documents import number

FloatArray = npt.NDArray[np.float64]

#: how well the median is to be known [-]; a convention
PRECISION = 0.1
#: with fewer values the 10th and the 90th per cent lie outside of them, whatever the scatter is
FEWEST = 8
#: standard deviations that hold 95 per cent of a normal distribution
_TWO_SIDED = 1.96


@dataclass(frozen=True, kw_only=True, repr=False)
class Band(ShownData):
    """A number over realisations.

    Attributes
    ----------
    values : (n,) array
        Sorted; infinite ones last.
    unit : str
    """

    values: FloatArray
    unit: str

    def __len__(self) -> int:
        return len(self.values)

    @property
    def median(self) -> float:
        """Half of the values are below."""
        return self.quantile(0.5)

    @property
    def p10(self) -> float:
        """A tenth of the values is below."""
        return self.quantile(0.1)

    @property
    def p90(self) -> float:
        """A tenth of the values is above."""
        return self.quantile(0.9)

    def quantile(self, part: float) -> float:
        """Return the value that a part of the values does not exceed, interpolated linearly."""
        place = part * (len(self.values) - 1)
        low, high = math.floor(place), math.ceil(place)
        first, last = float(self.values[low]), float(self.values[high])
        return first if first == last else first + (place - low) * (last - first)

    def exceeding(self, threshold: float) -> float:
        """Return the part of the values above a threshold [-]."""
        return float(np.mean(self.values > threshold))

    @property
    def scatter(self) -> float:
        """Standard deviation of the logarithm of the positive finite values [-]."""
        sound = self.values[np.isfinite(self.values) & (self.values > 0.0)]
        return float(np.std(np.log(sound), ddof=1)) if len(sound) > 1 else math.nan

    @property
    def needed(self) -> int:
        """Realisations from which on the median is known to 10 %, and it is a band."""
        if math.isnan(self.scatter):
            return FEWEST
        spread = _TWO_SIDED * self.scatter / math.log1p(PRECISION)
        return max(FEWEST, math.ceil(spread**2))

    @property
    def precision(self) -> float:
        """How well the median is known, to 95 per cent [-]: 0.1 is a tenth."""
        if math.isnan(self.scatter):
            return math.nan
        return math.expm1(_TWO_SIDED * self.scatter / math.sqrt(len(self.values)))

    @property
    def is_band(self) -> bool:
        """Whether there are as many realisations as the scatter needs."""
        return len(self.values) >= self.needed

    def interval(self) -> tuple[float, float]:
        """Return the ends between which the median is, to 95 per cent."""
        factor = 1.0 + self.precision
        return self.median / factor, self.median * factor

    def text(self) -> str:
        """Return median and 10 to 90 per cent, or why these cannot be stated."""
        unit = f" {self.unit}".rstrip() if self.unit != "-" else ""
        if self.is_band:
            ends = f"{number(self.p10, 3)} to {number(self.p90, 3)}"
            return f"{number(self.median, 3)} ({ends}){unit}"
        ends = f"{number(float(self.values[0]), 3)} to {number(float(self.values[-1]), 3)}"
        if len(self.values) == 1:
            return f"{number(self.median, 3)}{unit} in one realisation"
        return (
            f"{number(self.median, 3)}{unit} (the middle of {len(self.values)} realisations from "
            f"{ends}; no band: with a log standard deviation of {number(self.scatter, 2)} it takes "
            f"{self.needed})"
        )


def band(values: Iterable[float], unit: str = "-") -> Band:
    """Return the band of some values; what is not a number is left out.

    Raises
    ------
    ResultsError
        If nothing is left.
    """
    known = np.array([value for value in values if not math.isnan(value)], dtype=float)
    if not len(known):
        raise ResultsError("no value is known of which a band could be made")
    return Band(values=np.sort(known), unit=unit)


@dataclass(frozen=True, kw_only=True, repr=False)
class Influence(ShownData):
    """How a number follows one input.

    Attributes
    ----------
    name : str
        Column of the input, or ``"realisation"`` for what the inputs leave unexplained.
    correlation : float
        Rank correlation (Spearman 1904) [-]; NaN for the realisations.
    p_value : float
        Probability of such a correlation by chance [-].
    share : float
        Part of the scatter of the ranks [-].
    """

    name: str
    correlation: float
    p_value: float
    share: float


def influences(
    result: Sequence[float], inputs: Mapping[str, Sequence[float]], *, realisations: int
) -> list[Influence]:
    """Return how a number follows each input, the strongest first.

    Squares of rank correlations with inputs that are sampled evenly are shares of the scatter of
    the ranks; what they leave belongs to the realisations, and to what inputs do together.

    Parameters
    ----------
    result : sequence of float
        One value a run.
    inputs : mapping of str to sequence of float
        Numbers of each run; inputs that are the same in all runs are left out.
    realisations : int
        How many there are; with one nothing is left for them.
    """
    from scipy.stats import spearmanr

    values = np.asarray(result, dtype=float)
    known = ~np.isnan(values)
    found = []
    for name, column in inputs.items():
        numbers = np.asarray(column, dtype=float)
        both = known & np.isfinite(numbers)
        if both.sum() < 3 or np.ptp(numbers[both]) == 0.0 or len(set(values[both])) < 2:
            continue
        test = spearmanr(numbers[both], values[both])
        rho = float(test.statistic)
        found.append(
            Influence(name=name, correlation=rho, p_value=float(test.pvalue), share=rho**2)
        )
    if realisations > 1:
        rest = max(0.0, 1.0 - sum(one.share for one in found))
        found.append(
            Influence(name="realisation", correlation=math.nan, p_value=math.nan, share=rest)
        )
    return sorted(found, key=lambda one: -one.share)
