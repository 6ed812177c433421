# SPDX-License-Identifier: MIT
r"""Uneven pressing: a whole pellet between two punches that are tilted, bowed or free to turn.

At each place x of the round face the two punches come together by what the interface closes and
what gives way around it:

.. math::

   c(p(x)) + \lambda p(x) + \frac{1}{\pi E^*} \int \frac{p(x')}{|x - x'|} dA'
   = \delta + \theta x_1 - h(x) \quad \text{where } p > 0,

with the closing c of the interface law, the compliance :math:`\lambda` of liner and layers, the
elastic punches as half-spaces, the approach :math:`\delta`, the tilt :math:`\theta` of a free punch
and the shape h of the faces; elsewhere the right side is the smaller one. Force and moment are in
equilibrium: :math:`\int p\,dA = F` and :math:`\int p\,x_1 dA = -K \theta` for a seat with the
stiffness K. Places that touch are found by a primal-dual active set inside Newton's method.

Rigid punches are a limit: they make the pressure as uneven as the interface alone allows. A
half-space is stiffer at the edge than a punch that ends there.

References
----------
Johnson (1985), Contact Mechanics, Cambridge, chapters 3 to 5.
Huber and Wohlmuth (2005), Comput. Methods Appl. Mech. Eng. 194,
3147-3166 (primal-dual active set for contact).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from interfacefem.errors import ConvergenceError
from interfacefem.fields import Shown
from interfacefem.pellet.disc import Disc, disc
from interfacefem.pellet.found import PelletState
from interfacefem.pellet.law import InterfaceLaw
from interfacefem.pellet.numbers import (
    HALVINGS,
    ITERATIONS,
    PARTS,
    REACH,
    RINGS,
    SECTORS,
    TOLERANCE,
)
from interfacefem.quantities import Scalar, did_you_mean, fill, one_mistake
from interfacefem.units import Dimensional

Array = npt.NDArray[np.float64]

#: elastic constants of punches [MPa, -]: tool steel, cemented carbide
PUNCHES = {"steel": (210e3, 0.30), "carbide": (600e3, 0.22)}
#: [V um^2/uA] in [ohm cm^2]
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
        Compliance of liner and layers: how far they give way by themselves [um/MPa].
    layers : str, pint.Quantity or float
        Resistance of the layers in series with the interface [ohm cm^2].

    Raises
    ------
    UnitError, CaseError
        If a value is out of range or a word unknown.
    """

    scalars: ClassVar[dict[str, Scalar]] = {
        "die": Scalar("length", above=0.0),
        "wedge": Scalar("length"),
        "bow": Scalar("length"),
        "liner": Scalar("compliance", at_least=0.0),
        "layers": Scalar("area_resistance", at_least=0.0),
    }

    die: float
    law: InterfaceLaw
    punch: str | tuple[float, float]
    seat: str | float
    wedge: float
    bow: float
    liner: float
    layers: float

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
        layers: Dimensional = "0 ohm*cm^2",
    ) -> None:
        given = {"die": die, "wedge": wedge, "bow": bow, "liner": liner, "layers": layers}
        numbers = {k: self.scalars[k].read(v, f"pellet.{k}") for k, v in given.items()}
        fill(self, law=law, punch=_punch(punch), seat=_seat(seat), **numbers)

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
            If the law ends below 2.5 times the mean pressure, or below the largest that was found.
        ConvergenceError
            If no equilibrium is found.
        """
        scalar = Scalar("force", above=0.0)
        highest = scalar.read(force, "pellet.force")
        forces = [highest * (i + 1) / PARTS for i in range(PARTS)]
        self.require(REACH * highest / self.area, f"{REACH:g} times the mean pressure")
        work = _Work(self)
        states = [work.follow(forces)]
        if then is not None:
            low = scalar.read(then, "pellet.then")
            if not low < highest:
                raise one_mistake(
                    "pellet.then", f"{low / highest:.3g} of the largest force", "give a smaller one"
                )
            if not self.law.unloading:
                raise one_mistake(
                    "pellet.law", "has no release", "let the runs that give it end with a release"
                )
            fall = np.geomspace(highest, low, PARTS + 1)[1:]
            states.append(work.follow(fall.tolist()))
        return tuple(states)

    def shape(self, face: Disc) -> Array:
        """Return the gap between the unloaded faces where the middles touch [um]."""
        radius = np.hypot(face.x, face.y) / self.radius
        shape: Array = 0.5 * self.wedge * face.x / self.radius + self.bow * radius**2
        return shape

    def compliance(self, face: Disc) -> Array:
        """Return how liner, layers and punches give way under pressure on the patches [um/MPa]."""
        found = np.diag(np.full(len(face.x), self.liner))
        if not isinstance(self.punch, str):
            modulus, poisson = self.punch
            found += 2.0 * face.compliance(modulus / (1.0 - poisson**2))
        return found

    def require(self, pressure: float, what: str) -> None:
        """Refuse a pressure beyond the end of the law.

        Raises
        ------
        CaseError
            It says to which pressure the runs behind the law must go.
        """
        if pressure > self.law.largest * (1.0 + 1e-9):
            raise one_mistake(
                "pellet.law",
                f"ends at {self.law.largest:.4g} MPa and {what} is {pressure:.4g} MPa",
                f"press the runs that give it to {pressure:.4g} MPa or more",
            )


class _Work:
    """Equilibria of one pellet, one after the other."""

    def __init__(self, pellet: Pellet) -> None:
        self.pellet, self.law = pellet, pellet.law
        self.face = disc(pellet.radius, RINGS, SECTORS)
        self.soft = pellet.compliance(self.face)
        self.shape = pellet.shape(self.face)
        size = len(self.face.x)
        self.turns = pellet.seat != "guided"
        self.stiffness = pellet.seat if isinstance(pellet.seat, float) else 0.0
        self.pressure, self.peak = np.zeros(size), np.zeros(size)
        self.approach = self.tilt = self.force = 0.0

    def follow(self, forces: list[float]) -> PelletState:
        """Bring the pellet through rising or falling forces and return the last state."""
        for target in forces:
            self._reach(target, HALVINGS)
        return self._state()

    def _reach(self, target: float, halvings: int) -> None:
        if self._solve(target):
            return
        if halvings == 0:
            load = self.force / self.pellet.area
            reason = f"no equilibrium was found on the way to {target / self.pellet.area:.4g} MPa"
            raise ConvergenceError("pellet", load, [reason], "a liner or elastic punches")
        start = self.force
        self._reach(0.5 * (start + target), halvings - 1)
        self._reach(target, halvings - 1)

    def _solve(self, force: float) -> bool:
        face, size = self.face, len(self.face.x)
        mean = force / self.pellet.area
        p, approach, tilt = self.pressure.copy(), self.approach, self.tilt
        if self.force == 0.0:
            # even pressure, and faces that meet in the middle of their shape
            p[:] = mean
            approach = float(np.mean(self.soft @ p + self.shape))
        x = face.x / face.radius
        unknowns = size + 1 + self.turns
        for _ in range(ITERATIONS):
            closing, slope = self.law.closings(p, self.peak)
            closed = approach + tilt * x - self.shape - self.soft @ p - closing
            # touches: pressed, or would overlap
            active = (p > 0.0) | (closed > 0.0)
            matrix = np.zeros((unknowns, unknowns))
            right = np.zeros(unknowns)
            rows = np.flatnonzero(active)
            matrix[rows, :size] = self.soft[rows]
            matrix[rows, rows] += np.maximum(slope[rows], 1e-12)
            matrix[rows, size] = -1.0
            right[:size] = np.where(active, closed, -p)
            idle = np.flatnonzero(~active)
            matrix[idle, idle] = 1.0
            matrix[size, :size] = face.areas / face.area
            right[size] = mean - p @ face.areas / face.area
            if self.turns:
                matrix[rows, size + 1] = -x[rows]
                matrix[size + 1, :size] = face.areas * x / face.area
                turning = self.stiffness / (face.area * face.radius**2)
                matrix[size + 1, size + 1] = turning
                right[size + 1] = -(p * x) @ face.areas / face.area - turning * tilt
            try:
                change = np.linalg.solve(matrix, right)
            except np.linalg.LinAlgError:
                return False
            before, p = p, np.maximum(p + change[:size], 0.0)
            approach += float(change[size])
            tilt += float(change[size + 1]) if self.turns else 0.0
            if np.abs(p - before).max() <= TOLERANCE * mean:
                break
        else:
            return False
        self.pellet.require(float(p.max()), "the largest pressure that was found")
        self.pressure, self.approach, self.tilt, self.force = p, approach, tilt, force
        self.peak = np.maximum(self.peak, p)
        return True

    def _state(self) -> PelletState:
        face, law = self.face, self.law
        layers = self.pellet.layers / _OHM_CM2
        mean = self.force / self.pellet.area
        even_peak = np.array([float(self.peak @ face.areas / face.area)])
        even = law.resistances(np.array([mean]), even_peak) + layers
        return PelletState(
            force=self.force,
            mean_pressure=mean,
            x=face.x,
            y=face.y,
            areas=face.areas,
            pressure=self.pressure,
            peak=self.peak,
            resistance=law.resistances(self.pressure, self.peak) + layers,
            approach=self.approach,
            tilt=self.tilt / face.radius,
            even_resistance=float(even[0]),
        )


def _punch(given: str | tuple[Dimensional, float]) -> str | tuple[float, float]:
    if isinstance(given, str):
        if given in PUNCHES:
            return PUNCHES[given]
        if given != "rigid":
            raise one_mistake(
                "pellet.punch", f"{given!r} is unknown", did_you_mean(given, [*PUNCHES, "rigid"])
            )
        return given
    modulus = Scalar("pressure", above=0.0).read(given[0], "pellet.punch[0]")
    poisson = Scalar("dimensionless", above=-1.0, below=0.5).read(given[1], "pellet.punch[1]")
    return modulus, poisson


def _seat(given: Dimensional) -> str | float:
    if given in ("guided", "free"):
        return str(given)
    if isinstance(given, str) and not any(letter.isdigit() for letter in given):
        raise one_mistake(
            "pellet.seat", f"{given!r} is unknown",
            'write "guided", "free", or a stiffness such as "100 N*m"',
        )  # fmt: skip
    return float(Scalar("moment", above=0.0).read(given, "pellet.seat"))
