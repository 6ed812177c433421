# SPDX-License-Identifier: MIT
r"""Uneven pressing: a whole pellet between two punches that are tilted, bowed or free to turn.

At each place x of the round face the two punches come together by what the interface closes and
what gives way around it:

.. math::

   c(p(x)) + \lambda p(x) + \sum_i S_i p\,(x) + \frac{1}{\pi E^*} \int \frac{p(x')}{|x - x'|} dA'
   = \delta + \theta x_1 - h(x) \quad \text{where } p > 0,

with the closing c of the interface law, the compliance :math:`\lambda` of a liner, the elastic
layers :math:`S_i` (:mod:`interfacefem.pellet.modes`), the elastic punches as half-spaces, the
approach :math:`\delta`, the tilt :math:`\theta` of a free punch and the shape h of the faces;
elsewhere the right side is the smaller one.

The current flows through the layers in three dimensions where their thickness is known, and
straight through each place where only their resistance is.

Rigid punches are a limit: they make the pressure as uneven as interface and layers allow. A
half-space is stiffer at the edge than a punch that ends there.

References
----------
Johnson (1985), Contact Mechanics, Cambridge, chapters 3 to 5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from interfacefem.describe.interface import Interface
from interfacefem.describe.stack import Layer, Stack
from interfacefem.describe.steps import PLAIN_DIE
from interfacefem.fields import Shown
from interfacefem.pellet import inputs
from interfacefem.pellet.disc import Disc, disc
from interfacefem.pellet.film import PressureMap
from interfacefem.pellet.flow import columns, flow, transition
from interfacefem.pellet.found import PelletState
from interfacefem.pellet.law import InterfaceLaw
from interfacefem.pellet.modes import Modes, Sheet, modes
from interfacefem.pellet.numbers import PARTS, REACH, RINGS, SECTORS
from interfacefem.pellet.solve import Equilibrium
from interfacefem.quantities import Scalar, fill, one_mistake
from interfacefem.units import Dimensional

Array = npt.NDArray[np.float64]

#: [V um^2/uA] in one ohm cm^2
_OHM_CM2 = 100.0


@dataclass(frozen=True, repr=False, init=False)
class Pellet(Shown):
    """A round pellet that is pressed with a force, from edge to edge.

    Parameters
    ----------
    die : str, pint.Quantity or float
        Diameter [um].
    law : InterfaceLaw
        Of the interface; it must reach 2.5 times the mean pressure.
    punch : str or tuple
        ``"steel"``, ``"carbide"``, ``"rigid"``, or modulus and Poisson's ratio. Both punches.
    seat : str, pint.Quantity or float
        ``"guided"``: the punches cannot turn; ``"free"``: they turn until there is no moment; or
        the moment that turns them by one radian [uN um].
    wedge : str, pint.Quantity or float
        Difference of the gap between the faces from edge to edge [um].
    bow : str, pint.Quantity or float
        Gap at the edge less that in the middle, of faces that are spherical [um]; negative if
        they meet at the edge first.
    liner : str, pint.Quantity or float
        How far a liner gives way at each place by itself [um/MPa]: thickness over modulus.
    layers : sequence of Layer and Interface, Stack, str, pint.Quantity or float
        The layers from bottom to top with the interface of the law among them, or in a text,
        ``"Li6PS5Cl 0.8 mm | Li 50 um"``: they give way elastically, and current spreads in them.
        Or only their resistance in series with the interface [ohm cm^2]: then they are rigid, and
        current flows straight through them.

    Raises
    ------
    UnitError, CaseError
        If a value is out of range or a word unknown.
    MaterialError
        If a material is unknown or has no conductivity.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "die": Scalar("length", above=0.0, plain=PLAIN_DIE),
        "wedge": Scalar("length"),
        "bow": Scalar("length"),
        "liner": Scalar("compliance", at_least=0.0),
        "layers": inputs.RESISTANCE,
    }

    die: float
    law: InterfaceLaw
    punch: str | tuple[float, float]
    seat: str | float
    wedge: float
    bow: float
    liner: float
    layers: inputs.Layers

    def __init__(
        self,
        die: Dimensional,
        law: InterfaceLaw,
        *,
        punch: str | tuple[Dimensional, float],
        seat: Literal["guided", "free"] | Dimensional,
        wedge: Dimensional = "0 um",
        bow: Dimensional = "0 um",
        liner: Dimensional = "0 um/MPa",
        layers: Dimensional | Sequence[Layer | Interface] | Stack = "0 ohm*cm^2",
    ) -> None:
        if not isinstance(law, InterfaceLaw):
            raise one_mistake(
                "pellet.law", f"{type(law).__name__} is none",
                "give InterfaceLaw.from_runs(runs), or InterfaceLaw(pressure, closing, resistance)",
            )  # fmt: skip
        given = {"die": die, "wedge": wedge, "bow": bow, "liner": liner}
        numbers = {k: self.scalars[k].read(v, f"pellet.{k}") for k, v in given.items()}
        fill(self, law=law, punch=inputs.punch(punch), seat=inputs.seat(seat), **numbers)
        fill(self, layers=inputs.layers(layers))
        inputs.sheets(self.layers)

    @property
    def radius(self) -> float:
        """Of the die [um]."""
        return 0.5 * self.die

    @property
    def area(self) -> float:
        """Of the die [um^2]."""
        return math.pi * self.radius**2

    def press(
        self, force: Dimensional, *, then: Dimensional | None = None
    ) -> tuple[PelletState, ...]:
        """Press with a force, and release to a smaller one.

        Parameters
        ----------
        force : str, pint.Quantity or float
            Largest force, ``"1.5 t"`` [uN].
        then : str, pint.Quantity or float, optional
            Force after release [uN].

        Returns
        -------
        tuple of PelletState
            Under the largest force, and after release if it was asked for.

        Raises
        ------
        CaseError
            If the law ends below 2.5 times the mean pressure, or below the largest that was found;
            if its releases begin below the largest pressure at a place.
        ConvergenceError
            If no equilibrium is found.
        """
        scalar = Scalar("force", above=0.0)
        highest = scalar.read(force, "pellet.force")
        low = None if then is None else scalar.read(then, "pellet.then")
        if low is not None and not low < highest:
            raise one_mistake(
                "pellet.then", f"{low / highest:.3g} of the largest force", "give a smaller one"
            )
        self._require(REACH * highest / self.area, f"{REACH:g} times the mean pressure")
        grid = _Grid(self)
        work = Equilibrium(
            grid.half, self.law, grid.soft(), self.shape(grid.face)[grid.rows],
            None if self.seat == "guided" else 0.0 if self.seat == "free" else float(self.seat),
            lambda pressure: self._require(pressure, "the largest pressure that was found"),
        )  # fmt: skip
        work.follow([highest * (i + 1) / PARTS for i in range(PARTS)])
        states = [grid.found(work)]
        if low is not None:
            self._require_release(float(work.peak.max()))
            fall = np.geomspace(highest, low, PARTS + 1)[1:]
            work.follow(fall.tolist())
            states.append(grid.found(work))
        return tuple(states)

    def measured(self, film: PressureMap, *, force: Dimensional | None = None) -> PelletState:
        """Return resistance and current under a pressure that a film has shown.

        Punches, seat, shape and liner play no part: the film has seen what they do.

        Parameters
        ----------
        film : PressureMap
        force : str, pint.Quantity or float, optional
            That the press has shown [uN]: the pressures of the film are scaled to it.

        Returns
        -------
        PelletState

        Raises
        ------
        CaseError
            If the film does not cover the face, its force is more than a factor of two away, or
            the law ends below its largest pressure.
        """
        grid = _Grid(self)
        pressure = film.on(grid.face)
        if force is not None:
            wanted = Scalar("force", above=0.0).read(force, "pellet.force")
            pressure = film.scaled(pressure, wanted / float(pressure @ grid.face.areas))
        self._require(float(pressure.max()), "the largest pressure of the film")
        return grid.state(pressure, pressure, math.nan, math.nan)

    def shape(self, face: Disc) -> Array:
        """Return the gap between the unloaded faces where the middles touch [um]."""
        squares = (face.ends / self.radius) ** 2  # their mean over a ring is that of its ends
        bowed = np.repeat(0.5 * self.bow * (squares[1:] + squares[:-1]), face.sectors)
        shape: Array = 0.5 * self.wedge * face.x / self.radius + bowed
        return shape

    def _require(self, pressure: float, what: str) -> None:
        """Refuse a pressure beyond the end of the law."""
        if pressure > self.law.largest * (1.0 + 1e-9):
            raise one_mistake(
                "pellet.law",
                f"ends at {self.law.largest:.4g} MPa and {what} is {pressure:.4g} MPa",
                f"press the runs that give it to {pressure:.4g} MPa or more",
            )

    def _require_release(self, pressure: float) -> None:
        """Refuse a release from a pressure beyond the last that the law knows."""
        known = max((branch.peak for branch in self.law.unloading), default=0.0)
        if not known:
            raise one_mistake(
                "pellet.law", "has no release", "let the runs that give it end with a release"
            )
        if pressure > known * (1.0 + 1e-9):
            raise one_mistake(
                "pellet.law",
                f"has a release from {known:.4g} MPa at most, and a place was pressed with "
                f"{pressure:.4g} MPa",
                f"release the runs that give it from {pressure:.4g} MPa or more too",
            )


class _Grid:
    """The patches of a pellet and what its layers do to pressure and current on them.

    A wedge rises along x, so that the half of the patches with y > 0 mirrors the other one.
    """

    def __init__(self, pellet: Pellet) -> None:
        self.pellet = pellet
        self.face = disc(pellet.radius, RINGS, SECTORS)
        sector = np.arange(len(self.face.x)) % SECTORS
        self.rows = np.flatnonzero(sector < SECTORS // 2)
        #: of each patch, the one of the half that mirrors it or is it
        self.mirror = np.arange(len(sector)) + np.where(
            sector < SECTORS // 2, 0, SECTORS - 1 - 2 * sector
        )
        x, y = self.face.x[self.rows], self.face.y[self.rows]
        self.half = replace(self.face, x=x, y=y, areas=2.0 * self.face.areas[self.rows])
        self.lower, self.upper = inputs.sheets(pellet.layers)
        self.waves: Modes | None = modes(self.face) if self.lower else None

    def soft(self) -> Array:
        """Return how liner, layers and punches give way under pressure on the half [um/MPa]."""
        found = np.diag(np.full(len(self.face.x), self.pellet.liner))
        if self.waves is not None:
            each = [sheet.compliance(self.waves.wave) for sheet in (*self.lower, *self.upper)]
            found += self.waves.matrix(np.sum(each, axis=0))
        if not isinstance(self.pellet.punch, str):
            modulus, poisson = self.pellet.punch
            found += 2.0 * self.face.compliance(modulus / (1.0 - poisson**2))
        other = self.rows + SECTORS - 1 - 2 * (self.rows % SECTORS)
        folded: Array = found[np.ix_(self.rows, self.rows)] + found[np.ix_(self.rows, other)]
        return folded

    def found(self, work: Equilibrium) -> PelletState:
        """Return what stands in an equilibrium of the half."""
        whole = np.searchsorted(self.rows, self.mirror)
        return self.state(work.pressure[whole], work.peak[whole], work.approach, work.tilt)

    def state(self, pressure: Array, peak: Array, approach: float, tilt: float) -> PelletState:
        """Return what stands under a pressure."""
        face, law, areas = self.face, self.pellet.law, self.face.areas
        across = _across(self.pellet.layers, self.lower + self.upper)
        mean = float(pressure @ areas / areas.sum())
        even = np.array([mean]), np.array([float(peak @ areas / areas.sum())])
        joint = law.resistances(pressure, peak) * _OHM_CM2
        straight = columns(joint + across, areas)
        spread, spreading, changing = straight, 0.0, math.inf
        if self.waves is not None:
            spread = flow(joint, self.lower, self.upper, self.waves)
            typical = max(straight.resistance - across, 0.0)
            spreading = transition(typical, self.lower, self.upper)
            changing = self.waves.length(straight.share)
        return PelletState(
            force=mean * self.pellet.area,
            mean_pressure=mean,
            x=face.x,
            y=face.y,
            areas=areas,
            pressure=pressure,
            peak=peak,
            resistance=(joint + across) / _OHM_CM2,
            current=spread.share,
            area_resistance=spread.resistance / _OHM_CM2,
            straight_current=straight.share,
            straight_resistance=straight.resistance / _OHM_CM2,
            transition=spreading if self.waves is not None else math.nan,
            changing=changing,
            approach=approach,
            tilt=tilt / face.radius,
            even_resistance=float(law.resistances(*even)[0]) + across / _OHM_CM2,
        )


def _across(layers: inputs.Layers, each: Sequence[Sheet]) -> float:
    """Return the resistance of layers if the current flows straight through [V um^2/uA]."""
    return layers if isinstance(layers, float) else sum(sheet.resistance for sheet in each)
