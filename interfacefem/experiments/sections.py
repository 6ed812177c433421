# SPDX-License-Identifier: MIT
"""Sections of lithium on a rough electrolyte, as several experiments need them.

One strength of lithium for all of them: that of :func:`interfacefem.materials.size.band` at
:data:`SIZE`, 10 MPa.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from interfacefem import materials, surfaces
from interfacefem.case import Case
from interfacefem.describe.interface import Interface
from interfacefem.describe.protocol import Protocol
from interfacefem.describe.stack import Layer, Stack
from interfacefem.describe.steps import Press, Release
from interfacefem.materials import Material, size
from interfacefem.results import Results

#: size of lithium's asperities and pockets in rough cells [um]
SIZE = 5.4
#: its flow stress there [MPa]: about 10
STRENGTH = size.band(SIZE)[1]


def lithium(strength: float = STRENGTH) -> Material:
    """Return rate-independent lithium of a first yield stress [MPa], hardened as bulk lithium."""
    bulk = materials.get("Li")
    hardened = bulk.value("saturation_stress").value / bulk.value("yield_stress").value
    return materials.get("Li", yield_stress=strength, saturation_stress=hardened * strength)


@dataclass(frozen=True)
class Section:
    """Lithium on a rough face.

    Attributes
    ----------
    name : str
    electrolyte : str
    width, rms_height, long_cutoff, short_cutoff : float
        Of the face [um].
    thickness : tuple of float
        Of electrolyte and lithium [um].
    resistance : float
        Of what touches [ohm cm2].
    seed : int
    strength : float
        First yield stress of lithium [MPa].
    interface : Interface, optional
        In place of the resistance alone.
    """

    name: str
    electrolyte: str
    width: float
    rms_height: float
    long_cutoff: float
    short_cutoff: float
    thickness: tuple[float, float]
    resistance: float
    seed: int = 1
    strength: float = STRENGTH
    interface: Interface | None = None

    @property
    def label(self) -> str:
        """Name of the folder of its run, another one for each input that is varied."""
        return f"{self.name}_{self.seed}_{self.strength:.3g}_{self.rms_height:g}"

    def case(self, pressures: Sequence[float]) -> Case:
        """Return the case that goes to each pressure [MPa] in turn; steps are ``"1"``, ``"2"``."""
        face = surfaces.self_affine(
            self.width,
            hurst=0.8,
            rms_height=self.rms_height,
            long_cutoff=self.long_cutoff,
            short_cutoff=self.short_cutoff,
            seed=self.seed,
        )
        touching = self.interface or Interface(resistance=f"{self.resistance} ohm*cm^2")
        stack = Stack(
            Layer("electrolyte", self.electrolyte, self.thickness[0], top=face),
            touching,
            Layer("lithium", lithium(self.strength), self.thickness[1]),
        )
        steps: list[Press | Release] = []
        before = 0.0
        for number, pressure in enumerate(pressures, start=1):
            kind = Press if pressure > before else Release
            steps.append(kind(to=f"{pressure:g} MPa", name=str(number)))
            before = pressure
        return Case(self.name, stack, Protocol(*steps))

    def run(self, pressures: Sequence[float], folder: Path) -> dict[str, np.ndarray]:
        """Press it; return contact share [-], interface resistance and constriction [ohm cm2].

        One number for each pressure.
        """
        with self.case(pressures).run(folder / self.label, overwrite=True) as results:
            return at_steps(results, len(pressures))


def at_steps(results: Results, count: int) -> dict[str, np.ndarray]:
    """Return contact share, interface resistance and constriction at the end of each step."""
    history = results.history
    last = [int(np.flatnonzero(history["step"] == str(n))[-1]) for n in range(1, count + 1)]
    pair = "electrolyte|lithium"
    return {
        "contact": history[f"contact_fraction[{pair}]"][last],
        "interface": history[f"asr[{pair}]"][last] + history["asr_constriction"][last],
        "constriction": history["asr_constriction"][last],
    }


def varied(
    nominal: Section, seeds: Sequence[int], strengths: Sequence[float], heights: Sequence[float]
) -> list[Section]:
    """Return the nominal section, other seeds, then each other input varied alone."""
    found = [replace(nominal, seed=seed) for seed in seeds]
    found += [replace(nominal, strength=strength) for strength in strengths]
    found += [replace(nominal, rms_height=height) for height in heights]
    return found


def geometric_mean(values: Sequence[float]) -> float:
    """Return the geometric mean of positive numbers."""
    return math.exp(math.fsum(math.log(v) for v in values) / len(values))
