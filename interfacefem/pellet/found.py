# SPDX-License-Identifier: MIT
"""What was found of a pellet: pressure, resistance and current from edge to edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from interfacefem.fields import ShownData
from interfacefem.results.documents import number, table
from interfacefem.results.export import imported

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class PelletState(ShownData):
    """A pellet under a force.

    Current flows straight through each place (columns): its neighbours do not help it. That holds
    where the layers are thin against the length over which the pressure changes.

    Attributes
    ----------
    force : float
        On the punches [uN].
    mean_pressure : float
        [MPa].
    x, y, areas : (n,) array
        Places [um] and their areas [um^2].
    pressure, peak : (n,) array
        Present and largest pressure so far [MPa].
    resistance : (n,) array
        Of interface and layers at each place [ohm cm^2]; infinite where nothing touches.
    approach : float
        Of the middles of the two seats since first touch, with all that gives way [um].
    tilt : float
        Of the free punch against the other one [rad].
    even_resistance : float
        That the same force would give if it were evenly spread [ohm cm^2].
    """

    force: float
    mean_pressure: float
    x: Array
    y: Array
    areas: Array
    pressure: Array
    peak: Array
    resistance: Array
    approach: float
    tilt: float
    even_resistance: float

    @property
    def variation(self) -> float:
        """Coefficient of variation of the pressure over the area [-]."""
        spread = self._mean((self.pressure - self.mean_pressure) ** 2)
        return float(np.sqrt(spread) / self.mean_pressure)

    @property
    def largest_pressure(self) -> float:
        """Largest pressure over the mean [-]."""
        return float(self.pressure.max() / self.mean_pressure)

    @property
    def touching(self) -> float:
        """Part of the area that is pressed at all [-]."""
        return self._mean((self.pressure > 0.0).astype(float))

    @property
    def area_resistance(self) -> float:
        """Resistance of the pellet over its nominal area [ohm cm^2]."""
        conductance = self._mean(1.0 / self.resistance)
        return 1.0 / conductance if conductance > 0.0 else np.inf

    @property
    def current(self) -> Array:
        """Current density at each place over the mean [-]."""
        share: Array = self.area_resistance / self.resistance
        return share

    @property
    def hotspot(self) -> float:
        """Largest current density over the mean [-]."""
        return float(self.current.max())

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a place, with units in the heads.

        Raises
        ------
        EnvironmentProblem
            If pandas is missing.
        """
        return imported("pandas").DataFrame(
            {
                "x [um]": self.x, "y [um]": self.y, "area [um^2]": self.areas,
                "pressure [MPa]": self.pressure, "peak [MPa]": self.peak,
                "resistance [ohm cm^2]": self.resistance, "current over mean [-]": self.current,
            }
        )  # fmt: skip

    def to_text(self) -> str:
        """Return the numbers that count, one a line."""
        rows: list[list[str | float]] = [
            ["mean pressure [MPa]", self.mean_pressure],
            ["coefficient of variation of the pressure [-]", self.variation],
            ["largest pressure over the mean [-]", self.largest_pressure],
            ["area that is pressed [-]", self.touching],
            ["resistance [ohm cm^2]", self.area_resistance],
            ["the same if evenly pressed [ohm cm^2]", self.even_resistance],
            ["largest current density over the mean [-]", self.hotspot],
            ["tilt of the free punch [mrad]", 1e3 * self.tilt],
        ]
        return table(["pellet", "value"], [[name, number(float(v), 4)] for name, v in rows])

    def _mean(self, values: Array) -> float:
        return float(values @ self.areas / self.areas.sum())
