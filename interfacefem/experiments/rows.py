# SPDX-License-Identifier: MIT
"""What a comparison of the program with a published experiment says: bands, verdicts, words.

No computing and no drawing: the scripts in ``cases/experiments`` compute, ``table`` and
``plots.validation`` show.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from interfacefem.errors import MaterialError
from interfacefem.experiments.published import Published

Verdict = Literal["inside", "outside", "undecided"]

#: a band wider than this factor, or this share of a fraction, decides nothing
WIDEST_FACTOR, WIDEST_SHARE = 4.0, 0.3


@dataclass(frozen=True)
class Quantity:
    """One measured number beside what the model says of it.

    Attributes
    ----------
    name : str
        What was measured, in words.
    unit : str
    measured : tuple of float
        Lowest and highest that the measurement allows, with its error of reading.
    model : tuple of float
        One value for each seed and each assumed input that was varied.
    nominal : float
        Value with the nominal inputs.
    share : bool
        Whether it is a fraction of an area or a density, compared by difference; else by factor.

    Raises
    ------
    MaterialError
        If nothing was computed, a number is not finite, or the measured range is reversed.
    """

    name: str
    unit: str
    measured: tuple[float, float]
    model: tuple[float, ...]
    nominal: float
    share: bool = False

    def __post_init__(self) -> None:
        if not self.model:
            raise MaterialError(f"{self.name}: nothing was computed; give one value or more")
        if not all(map(math.isfinite, (*self.model, *self.measured, self.nominal))):
            raise MaterialError(f"{self.name}: a number is not finite; {self.model}")
        if self.measured[0] > self.measured[1]:
            raise MaterialError(f"{self.name}: the measured range {self.measured} is reversed")

    @property
    def band(self) -> tuple[float, float]:
        """Lowest and highest of the model."""
        return min(*self.model, self.nominal), max(*self.model, self.nominal)

    @property
    def width(self) -> float:
        """Highest less lowest of a share, else highest over lowest."""
        low, high = self.band
        if self.share:
            return high - low
        return high / low if low > 0.0 else (1.0 if high == low else math.inf)

    @property
    def verdict(self) -> Verdict:
        """Whether band and measured range overlap; a band that is too wide decides nothing."""
        low, high = self.band
        if high < self.measured[0] or low > self.measured[1]:
            return "outside"
        nominal_in = self.measured[0] <= self.nominal <= self.measured[1]
        widest = WIDEST_SHARE if self.share else WIDEST_FACTOR
        return "inside" if nominal_in or self.width <= widest else "undecided"

    @property
    def distance(self) -> str:
        """How far the nearest end of the band is from the measured range, in words."""
        low, high = self.band
        if self.verdict != "outside":
            return ""
        model, measured = (
            (high, self.measured[0]) if high < self.measured[0] else (low, self.measured[1])
        )
        side = "below" if model < measured else "above"
        if self.share or model <= 0.0 or measured <= 0.0:
            return f"{abs(model - measured):.2g} {side}".strip()
        return f"a factor {max(model / measured, measured / model):.2g} {side}"

    def in_words(self) -> str:
        """Return the verdict as it stands in the table."""
        if self.verdict == "outside":
            return f"outside, {self.distance}"
        if self.verdict == "undecided":
            if not math.isfinite(self.width):
                return "undecided, the band reaches zero"
            return f"undecided, the band spans {self.width:.2g}" + ("" if self.share else " times")
        return "inside"


@dataclass(frozen=True)
class Comparison:
    """A data set beside the model.

    Attributes
    ----------
    data : Published
    quantities : sequence of Quantity
    assumed : sequence of str
        Inputs that the paper does not give, with the range over which they were varied.
    fitted : str
        What was fitted to which numbers; empty if nothing was.
    blind : str
        What was not used for any fit; empty if nothing is blind.
    missing : str
        For a miss: what is missing, as a computation shows it.
    notes : sequence of str
        Numbers of that computation, and what else has to be known.
    """

    data: Published
    quantities: Sequence[Quantity]
    assumed: Sequence[str] = ()
    fitted: str = ""
    blind: str = ""
    missing: str = ""
    notes: Sequence[str] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if self.verdict == "outside" and not (self.missing and self.notes):
            raise MaterialError(
                f"{self.data.name}: a miss without its explanation; say what is missing and give "
                "the computation that shows it"
            )

    @property
    def verdict(self) -> Verdict:
        """Outside if any quantity is, undecided if any is, else inside."""
        found = {one.verdict for one in self.quantities}
        if "outside" in found:
            return "outside"
        return "undecided" if "undecided" in found else "inside"
