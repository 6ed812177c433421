# SPDX-License-Identifier: MIT
"""Temperature of the bodies: the numbers of their laws at it.

It belongs to the accepted state. An increment may end at another one, which is tried and then
accepted with all else. The points read the numbers; they live in
:mod:`interfacefem.fem.bulk.bodies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.materials.points import law_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.materials.base import Law

    Array = npt.NDArray[np.float64]


class Warmth:
    """Temperature of all bodies, uniform, and what of their laws it decides.

    Parameters
    ----------
    laws : sequence of Law
    temperature : float
        At the beginning [K].

    Attributes
    ----------
    table : LawTable
        Its rows are those of the temperature that is tried.
    temperature : float
        Accepted [K].
    tried : float
        That of the increment being solved [K].
    """

    def __init__(self, laws: Sequence[Law], temperature: float) -> None:
        self._laws = laws
        self.table = law_table(laws, temperature)
        self.temperature = self.tried = float(temperature)

    def attempt(self, temperature: float | None = None) -> bool:
        """Try a temperature [K], the accepted one if None; return whether numbers change."""
        wanted = self.temperature if temperature is None else float(temperature)
        if wanted == self.tried:
            return False
        self.tried = wanted
        self.table.rows[:] = law_table(self._laws, wanted).rows
        return True

    def accept(self) -> None:
        """Take over the temperature that was tried."""
        self.temperature = self.tried

    def stored(self) -> dict[str, Array]:
        """Return the accepted temperature as arrays."""
        return {"temperature": np.array(self.temperature)}

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the arrays of :meth:`stored`; :meth:`attempt` is then due."""
        self.temperature = float(arrays["temperature"])
