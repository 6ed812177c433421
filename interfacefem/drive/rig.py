# SPDX-License-Identifier: MIT
"""What the increments of a stage go by: area, stiffness, roughness and the limits of their size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.describe.settings import USUAL, Numerics
from interfacefem.drive.numbers import (
    CLOSING,
    CUT,
    FLAT,
    FLAT_HEIGHT,
    FLOOR,
    LARGEST_CLOSING,
    ROUND_OFF,
    SPRING_RATIO,
    STRIDE,
)
from interfacefem.fem.contact.setup import roughness
from interfacefem.meshing.grading import softness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interfacefem.describe.stack import Layer
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh


@dataclass(frozen=True)
class Limits:
    """Limits of increments; see :class:`interfacefem.describe.settings.Numerics`.

    Attributes
    ----------
    closing : float
        Largest closing of gaps in one increment, relative to their rms height.
    growth : float
        Largest ratio of pressures over a rising increment under force.
    release : float
        Smallest ratio of pressures over a falling increment.
    fraction : float
        Largest change of pressure, as a fraction of the largest pressure of the protocol.
    cut : float
        Factor on the size of an increment that was rejected.
    time_tolerance : float
        Local error of the plastic strain aimed at where it depends on time, relative.
    """

    closing: float = LARGEST_CLOSING
    growth: float = USUAL.growth
    release: float = USUAL.release
    fraction: float = USUAL.fraction
    cut: float = CUT
    time_tolerance: float = USUAL.time_tolerance


@dataclass(frozen=True, eq=False)
class Rig:
    """A press and what is in it, as increments see it.

    Attributes
    ----------
    area : float
        Nominal area [um^2]; per unit depth in plane strain [um].
    height : float
        Rms height of the gaps to close [um].
    largest : float
        Largest nominal pressure of the protocol [MPa].
    spring : float
        Stiffness of the spring that drives the platen, well above the stack's [MPa].
    flowing : sequence of ContactInterface
        Interfaces whose closing is limited because a face flows plastically.
    timed : bool
        Whether a material flows in time.
    limits : Limits
    least : float
        Pressure below which residuals are round-off [MPa].
    """

    area: float
    height: float
    largest: float
    spring: float
    flowing: Sequence[ContactInterface] = ()
    timed: bool = False
    limits: Limits = Limits()
    least: float = 0.0

    @property
    def stack(self) -> float:
        """Elastic stiffness of the stack [MPa]."""
        return self.spring / SPRING_RATIO

    @property
    def travel_limit(self) -> float:
        """Largest closing of gaps in one increment [um]."""
        return self.limits.closing * self.height

    @property
    def pressure_limit(self) -> float:
        """Largest change of pressure in one increment [MPa]."""
        return self.limits.fraction * self.largest

    @property
    def floor(self) -> float:
        """Force against which a residual is measured where there is none yet [MPa um]."""
        return max(FLOOR * self.largest, self.least) * self.area


def rig(
    problem: MechanicalProblem,
    mesh: StackMesh,
    layers: Mapping[str, Layer],
    present: Sequence[str],
    targets: Sequence[float],
    largest_pressure: float,
    area: float,
    numerics: Numerics,
) -> Rig:
    """Return what the increments of a stage go by.

    Parameters
    ----------
    problem : MechanicalProblem
    mesh : StackMesh
    layers : mapping of str to Layer
        Punches among them.
    present : sequence of str
        What is in the die.
    targets : sequence of float
        Pressures at the ends of the steps of this stage [MPa].
    largest_pressure : float
        Of the protocol [MPa].
    area : float
        Nominal area [um^2]; per unit depth in plane strain [um].
    numerics : Numerics
    """
    compliance = sum(
        layers[name].thickness / layers[name].material.law.youngs_modulus for name in present
    )
    # Only where a face yields under the press does closing decide the size of increments.
    soft = [
        min(softness(layers[name].material)[0] for name in i.name.split("|"))
        for i in problem.interfaces
    ]
    flowing = [i for i, y in zip(problem.interfaces, soft, strict=True) if y < largest_pressure]
    rough = [roughness(mesh, i.name) for i in flowing or problem.interfaces]
    # a thin gap if all faces are flat
    height = min(
        (each for each in rough if each > FLAT * mesh.width), default=FLAT_HEIGHT * mesh.width
    )
    timed = bool(problem.bulk.rate_dependent.any())
    closing = numerics.closing
    if closing is None and flowing and not timed:
        closing = min(CLOSING, STRIDE * min(interface.edge for interface in flowing) / height)
    limits = Limits(
        growth=numerics.growth,
        release=numerics.release,
        fraction=numerics.fraction,
        time_tolerance=numerics.time_tolerance,
    )
    if closing is not None:
        limits = replace(limits, closing=closing)
    strain = ROUND_OFF * np.finfo(float).eps
    return Rig(
        area,
        height,
        max(targets) or largest_pressure,
        SPRING_RATIO * area / compliance,
        flowing or problem.interfaces,
        timed,
        limits,
        strain * float(problem.bulk.laws.rows[:, 1].max()) / numerics.tolerance,
    )
