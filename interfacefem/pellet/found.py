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

    Where the thickness of its layers is known, current spreads in them. Otherwise it flows straight
    through each place (columns): its neighbours do not help it. Both are kept, so that one sees
    when columns hold.

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
    current : (n,) array
        Current density at each place over the mean [-].
    area_resistance : float
        Resistance of the pellet over its nominal area [ohm cm^2].
    straight_current, straight_resistance : (n,) array, float
        The same if the current flows straight through each place.
    transition : float
        Length over which current spreads in the layers [um]: columns hold within (transition /
        changing)^2. Not a number where the thickness of the layers is not known.
    changing : float
        Length over which the current changes along the face [um]; infinite if it does not.
    approach : float
        Of the middles of the two seats since first touch, with all that gives way [um]; not a
        number where a film has measured the pressure, as the tilt.
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
    current: Array
    area_resistance: float
    straight_current: Array
    straight_resistance: float
    transition: float
    changing: float
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
    def hotspot(self) -> float:
        """Largest current density over the mean [-]."""
        return float(self.current.max())

    @property
    def loss(self) -> float:
        """Resistance over that of even pressure, less one [-]."""
        return self.area_resistance / self.even_resistance - 1.0

    def to_dataframe(self) -> pd.DataFrame:
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
        ]
        if np.isfinite(self.tilt):
            rows.append(["tilt of the free punch [mrad]", 1e3 * self.tilt])
        if np.isfinite(self.transition):
            rows += [
                ["current spreads in the layers over [um]", self.transition],
                ["and changes along the face over [um]", self.changing],
                ["resistance if it flowed straight through [ohm cm^2]", self.straight_resistance],
            ]
        shown = [[name, number(float(value), 4)] for name, value in rows]
        if not np.isfinite(self.transition):
            shown.append(["current", "straight through: thickness of layers not given"])
        return table(["pellet", "value"], shown)

    def _mean(self, values: Array) -> float:
        return float(values @ self.areas / self.areas.sum())
