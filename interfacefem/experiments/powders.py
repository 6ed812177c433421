# SPDX-License-Identifier: MIT
"""Pressed powders: the published densities and conductivities, and the fits to them.

Each data set can be left out: of the conductivity law, and of the law of density.
"""

from __future__ import annotations

import math
from dataclasses import replace

from interfacefem.experiments.published import published
from interfacefem.materials.necks import Compaction, Necks
from interfacefem.materials.necks_fit import Densities, Ratio, fit_compaction, fit_necks

#: data sets of conductivity
CONDUCTING = ("glass", "thio", "bromide", "argyrodite")
#: data sets of density
DENSE = ("glass", "thio", "pellets")
#: which density law a powder has; of the bromide no density is known, it is taken for the chloride
DENSITY_OF = {
    "glass": "glass", "thio": "thio", "bromide": "pellets", "argyrodite": "pellets",
}  # fmt: skip


def densities() -> list[Densities]:
    """Return the measured densities of three powders."""
    glass, thio, pellets = (published(name) for name in DENSE)
    mean = math.fsum(pellets.series("density")) / len(pellets.series("density"))
    slope = math.sqrt(math.prod(thio.series("hard_yield")))
    return [
        Densities("glass", glass.series("pressure"), glass.series("density"), 0.015),
        Densities("thio", thio.series("dense_pressure"), thio.series("dense"), 0.015, slope),
        Densities("pellets", pellets.series("pressure"), [mean], 0.02),
    ]


def compaction(yield_factor: float = 1.0) -> dict[str, Compaction]:
    """Return the density laws fitted together, with yield pressures times a factor."""
    laws = fit_compaction(densities())
    return {
        name: replace(law, yield_pressure=law.yield_pressure * yield_factor)
        for name, law in laws.items()
    }


def ratios(laws: dict[str, Compaction]) -> list[Ratio]:
    """Return the measured ratios of conductivity, by the density law of their powder.

    Of the glass, conductivities hold in the die: its necks sinter. Those of the argyrodites hold
    after release, those of the thiophosphate are told apart.
    """
    of = {name: laws[density] for name, density in DENSITY_OF.items()}
    found = []
    glass = published("glass")
    (low, high), (first, last) = glass.series("conductivity"), glass.series("conducting_pressure")
    found.append(Ratio("glass", high / low, of["glass"], last, 1.0, first, 1.0))
    found.append(Ratio("glass", high / glass.one("bulk"), of["glass"], last, 1.0))
    thio = published("thio")
    touch, most = thio.series("pressure")
    low, high = _middle(thio.series("low")), _middle(thio.series("high"))
    found.append(Ratio("thio", high / low, of["thio"], most, 1.0, touch, 1.0))
    left = _middle(thio.series("released")) / high
    found.append(Ratio("thio", left, of["thio"], most, touch / most, most, 1.0))
    for name in ("bromide", "argyrodite"):
        data = published(name)
        (low, high), (first, last) = data.series("conductivity"), data.series("pressure")
        found.append(Ratio(name, high / low, of[name], last, 0.0, first, 0.0))
    return found


def fitted(laws: dict[str, Compaction], without: str | None = None) -> Necks:
    """Return the conductivity law fitted to all data sets but one."""
    return fit_necks([one for one in ratios(laws) if one.name != without])


def _middle(values: list[float]) -> float:
    """Return the geometric mean of two powders that differ in grain size."""
    return math.sqrt(math.prod(values)) if len(values) == 2 else values[0]
