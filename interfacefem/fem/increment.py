# SPDX-License-Identifier: MIT
"""What goes into one load increment and what comes out of it: load, limits, outcome, work, time.

Functions are marked with what they are for; the time of a marked one inside another is its own.

How an increment is solved is in :mod:`interfacefem.fem.mechanics`, its size in
:mod:`interfacefem.drive.stepping`.
"""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.describe.settings import USUAL
from interfacefem.fem.numbers import (
    CONSISTENT_BELOW,
    GEOMETRIC_BELOW,
    LEAST_FORCE,
    LINE_SEARCH,
    MAX_AUGMENTATIONS,
    SAME_COURSE,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.contact.laws import Tractions
    from interfacefem.fem.bulk.bodies import Energies
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.control import Control
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]

#: time spent by what since the process began [s]
spent: dict[str, float] = {}
_inner: list[float] = []  # of what runs inside of each marked function that is running


def timed[**P, R](purpose: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function whose time counts for a purpose.

    Parameters
    ----------
    purpose : str
        Key of :data:`spent`.
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def call(*args: P.args, **named: P.kwargs) -> R:
            _inner.append(0.0)
            begun = time.perf_counter()
            try:
                return function(*args, **named)
            finally:
                taken = time.perf_counter() - begun
                spent[purpose] = spent.get(purpose, 0.0) + taken - _inner.pop()
                if _inner:
                    _inner[-1] += taken

        return call

    return mark


@dataclass
class Work:
    """Accumulated work and energy, per unit depth [uN], axisymmetric or in 3D [pJ].

    Attributes
    ----------
    applied : float
        By platen and nodal forces; that of the platen by parabolas through the last three states
        while it goes on in one direction and nothing depends on time, else by the trapezoidal rule.
    elastic : float
        Stored in bodies and bonds.
    plastic, friction, cohesive : float
        Dissipated by flow, by slip and by damage of bonds.
    drag : float
        Done against a drag on faces.
    way, slope : float
        Of the platen in the last increment, and change of its force over that [um, MPa]; zero after
        one that takes time.
    """

    applied: float = 0.0
    elastic: float = 0.0
    plastic: float = 0.0
    friction: float = 0.0
    cohesive: float = 0.0
    drag: float = 0.0
    way: float = 0.0
    slope: float = 0.0

    def press(self, before: float, after: float, way: float, *, smooth: bool) -> None:
        """Add the work of the platen in an increment.

        Parameters
        ----------
        before, after : float
            Force at its ends [MPa um].
        way : float
            Of the platen in the direction of the force [um].
        smooth : bool
            Whether the force is a smooth function of the way; one that relaxes in time is not.
        """
        self.applied += 0.5 * (before + after) * way
        slope = (after - before) / way if way != 0.0 else 0.0
        if smooth and way * self.way > SAME_COURSE * way**2:
            bend = (slope - self.slope) / (way + self.way)
            # no further than to the smaller force all the way, or to the larger one
            most = 0.5 * abs((after - before) * way)
            self.applied -= min(max(bend * way**3 / 6.0, -most), most)
        # what relaxes in time says nothing of the slope after it
        self.way, self.slope = (way, slope) if smooth else (0.0, 0.0)

    def stored(self) -> dict[str, Array]:
        """Return the parts as arrays of one number."""
        return {part.name: np.array(getattr(self, part.name)) for part in fields(self)}

    @classmethod
    def restored(cls, arrays: Mapping[str, Array]) -> Work:
        """Return what :meth:`stored` has kept."""
        return cls(**{name: float(values) for name, values in arrays.items()})


def account(
    problem: MechanicalProblem, load: Load, attempt: Attempt, change: Array, energies: Energies
) -> None:
    """Add an increment to the work of a problem, and commit the slip and bonds of its interfaces.

    Parameters
    ----------
    problem : MechanicalProblem
        Before the increment but for its bodies.
    load : Load
    attempt : Attempt
    change : (dofs,) array
        Of the displacement [um].
    energies : Energies
        Of the bodies after it.
    """
    work, control, platen = problem.work, load.control, problem.equilibrium.platen_dof
    if platen >= 0:
        # heat and strain out of the plane move the platen at another slope
        smooth = load.duration == 0.0 and load.temperature is None and load.depth is None
        work.press(problem.force, attempt.force, -float(change[platen]), smooth=smooth)
    if control is not None and control.unknown != problem.equilibrium.platen_unknown:
        moved = float(change[np.flatnonzero(problem.supports.unknown == control.unknown)[0]])
        work.applied -= 0.5 * (problem.side + attempt.side) * moved
    nodal = problem.dead_forces if load.nodal is None else problem.dead_forces + load.nodal
    work.applied += 0.5 * float(nodal @ change) + energies.heat
    if load.damping is not None:
        work.drag += float(load.damping @ change**2)
    work.elastic = energies.elastic
    work.elastic += sum(barrier.energy(attempt.displacement) for barrier in problem.fold_barriers)
    work.plastic += energies.plastic
    for interface, traction in zip(problem.interfaces, attempt.tractions, strict=True):
        slip = interface.slips(attempt.displacement, problem.displacement)
        rubbed, bonds = interface.accept_slip(slip, traction)
        interface.break_film(attempt.displacement, traction)
        work.friction += rubbed
        work.cohesive += bonds.dissipated
        work.elastic += bonds.stored
    for surface in problem.rigid_surfaces:
        work.friction += surface.friction_work(attempt.displacement, problem.displacement)


@dataclass(frozen=True)
class Load:
    """Load of one increment on the platen and, if given, on the bodies.

    Attributes
    ----------
    force : float
        Downward force on the platen per unit depth [MPa um]; with ``stiffness`` the force is the
        spring's instead.
    stiffness : float
        Stiffness of the spring that drives the platen [MPa]; zero for force control.
    target : float
        Displacement of the spring's far end, positive upwards [um].
    nodal : (dofs,) array or None
        Dead nodal forces [MPa um].
    floor : float
        Smallest force against which the residual is measured [MPa um].
    duration : float
        Time the increment takes [s]; without influence on rate-independent laws.
    start : (dofs,) array or None
        Change of the displacement that the solution starts from [um].
    flowing : bool
        Whether ``start`` is flow that goes on, so that no elastic tangent has to find it first.
    control : Control or None
        Mean motion of the faces that is prescribed instead of the force on a platen.
    by_residual : bool
        Whether steps are shortened until the residual falls, as always with ``control``.
    ratio : float
        Of this increment to the last one, whose flow goes on; zero where it does not.
    temperature : float or None
        At its end [K]; that of the accepted state if None.
    depth : callable or None
        Logarithmic strain out of the plane that belongs to a displacement; None if it stays.
    damping : (dofs,) array or None
        Force against the motion in the increment, over that motion [MPa].
    drag : float
        Traction against the motion of faces, over that motion, which gets an increment past an
        instability (:mod:`interfacefem.drive.settling`); zero for none [MPa/um].
    """

    force: float = 0.0
    stiffness: float = 0.0
    target: float = 0.0
    nodal: Array | None = None
    floor: float = LEAST_FORCE
    duration: float = 0.0
    start: Array | None = None
    flowing: bool = False
    control: Control | None = None
    by_residual: bool = False
    ratio: float = 0.0
    temperature: float | None = None
    depth: Callable[[Array], float] | None = None
    damping: Array | None = None
    drag: float = 0.0

    def outer(self, change: Array) -> Array:
        """Return the nodal forces at its end for a change of the displacement [MPa um]."""
        forces = np.zeros_like(change) if self.nodal is None else self.nodal
        return forces if self.damping is None else forces - self.damping * change


@dataclass(frozen=True)
class Seat:
    """Dead forces that hold layers together until the platen presses harder.

    Attributes
    ----------
    nodal : (dofs,) array
        [MPa um].
    force : float
        Their sum [MPa um].
    """

    nodal: Array
    force: float


@dataclass(frozen=True)
class AugmentationLimits:
    """Limits of the passes of one increment.

    Attributes
    ----------
    tolerance : float
        Norm of the residual relative to the force on the platen.
    max_augmentations : int
        Augmentations until the gaps hold.
    max_iterations : int
        Newton iterations of an increment, in all its augmentations.
    line_search : float
        Accepted ratio of the work of the direction to its start value.
    consistent_below : float
        Residual below which the consistent plastic tangent takes the place of the primal-dual one.
    geometric_below : float
        Residual below which the contact geometry is linearised where bonds may soften; elsewhere
        it always is.
    """

    tolerance: float = USUAL.tolerance
    max_augmentations: int = MAX_AUGMENTATIONS
    max_iterations: int = USUAL.max_iterations
    line_search: float = LINE_SEARCH
    consistent_below: float = CONSISTENT_BELOW
    geometric_below: float = GEOMETRIC_BELOW


@dataclass(frozen=True)
class Attempt:
    """Outcome of one increment before it is accepted.

    Attributes
    ----------
    displacement : (dofs,) array
    tractions : list of Tractions
        Per interface, as in equilibrium.
    force : float
        Downward force on the platen [MPa um].
    iterations : list of int
        Newton iterations of each pass.
    failure : str
        Empty on success.
    balance : float
        Largest difference between an interface's resultant and the platen force, relative.
    side : float
        Force to the left on the platen of a control that is not the first platen [MPa um].
    """

    displacement: Array
    tractions: list[Tractions] = field(default_factory=list)
    force: float = 0.0
    iterations: list[int] = field(default_factory=list)
    failure: str = ""
    balance: float = np.nan
    side: float = 0.0


class StepFailure(Exception):
    """Increments became too small; carries the reasons of the last rejections."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def balance(
    interfaces: Sequence[ContactInterface],
    tractions: Sequence[Tractions],
    expected: Sequence[float],
    scale: float | None = None,
) -> float:
    """Return the largest difference between what interfaces bear and what they should, relative.

    Parameters
    ----------
    interfaces : sequence of ContactInterface
    tractions : sequence of Tractions
    expected : sequence of float
        Force across each interface [MPa um].
    scale : float, optional
        What differences are measured against; each against what is expected if not given
        [MPa um].
    """
    worst = 0.0
    for interface, traction, force in zip(interfaces, tractions, expected, strict=True):
        size = abs(force) if scale is None else scale
        worst = max(worst, abs(interface.resultant(traction) - force) / size)
    return worst
