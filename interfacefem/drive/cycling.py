# SPDX-License-Identifier: MIT
r"""Cycling: lithium leaves and returns at its interface where the current passes.

An increment passes a charge. The current is solved on the accepted configuration, and node *j* of a
lithium interface loses the volume :math:`\Delta V_j = V_m I_j \Delta t / F`, :math:`I_j` being the
current from the metal into the electrolyte. Its face recedes by
:math:`\Delta h_j = \Delta V_j / D_j`, with the weight :math:`D_j` of the same mortar operator that
carried current and pressure, and the gap of the node becomes :math:`g_j + h_j`. Equilibrium is
solved under the fixture. Lithium comes back only where there is contact: an open gap is not plated,
it closes by being squeezed. Where a metal has returned more than was taken, h is negative and the
node stands proud. The recession is summed up by increments, not found anew from the volume: that
would move faces at every change of the weights, without a charge, by which contacts were lost.

Why an offset of the gap: it is exact for a face that recedes by little against its layer, keeps the
charge to rounding on faces that do not match, needs no new mesh, and leaves a flat stack free of
stress. What it leaves out: the metal keeps its mesh, so a layer from which much was taken is as
thick and as compliant as before (relative error of its thickness h / t; the largest h is in the
history); a recession that was there stays what it is while the face is stretched; voids inside the
metal do not open, gaps are not narrowed by metal that leaves elsewhere; metal that was deformed
plastically and leaves takes no plastic strain with it. Without a diffusivity nothing levels a face
but flow, and a contact of one node recedes by itself, so that where contact is lost the recession
is as rough as the mesh is fine; with one it levels out along the face
(:mod:`interfacefem.fem.contact.recession`). Not modelled at all: vacancies and voids in the depth
of the metal, growth of interphases, dendrites.

A cathode swells as it takes the lithium up. It is an outermost layer whose strain is prescribed and
even, along the press, so all that the others feel of it is that the plates of the fixture come
closer by its change of thickness: it has no effect where the force is kept, and the closure of the
history is that of the other layers.

The removal is explicit in time, of first order: the charge of an increment is limited so that faces
recede unevenly by a fraction of their roughness.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.kinetics import volume_per_charge
from interfacefem.drive.time_stepping import TimeStepper
from interfacefem.fem.contact.recession import receded
from interfacefem.fem.increment import StepFailure
from interfacefem.fem.mechanics import Attempt, Load

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.describe.cycle import Cycle
    from interfacefem.describe.stack import Stack
    from interfacefem.drive.press import Press
    from interfacefem.fem.contact.interface import ContactInterface

    Array = npt.NDArray[np.float64]
    #: from the mean current density [uA/um^2] to that at the slave nodes of each interface
    Conduct = Callable[[float], Mapping[str, Array]]

#: stiffness of a gap that does not change, in units of the stack's; it is set anew each increment
RIGID = 3e6
#: error of the pressure that gaps within their tolerance may make in a stiff fixture
PRESSURE_ERROR = 3e-7
#: largest charge of an increment after one that was accepted, over its own
GROWTH = 1.5
#: smallest charge of an increment that is tried, over the capacity
SMALLEST = 1e-7


@dataclass
class CycleState:
    """How far the cycling of a step has come.

    Attributes
    ----------
    passed : float
        Charge that has passed since the step began, there and back [uA s/um^2].
    taken : float
        Charge taken from the electrode that began and not yet returned [uA s/um^2].
    charge : float
        Largest charge of the next increment [uA s/um^2].
    anchor : float
        Far end of the fixture's springs, or the plate of a fixed gap [um].
    number : float
        Cycles done in the step, counted in parts of them [-].
    """

    passed: float = 0.0
    taken: float = 0.0
    charge: float = 0.0
    anchor: float = 0.0
    number: float = 0.0


class Cycler:
    """Follows a step that cycles.

    Parameters
    ----------
    press : Press
    stack : Stack
    step : Cycle
    conduct : callable
        Solves for a mean current density on the accepted configuration; raises StepFailure where no
        current can pass.
    """

    def __init__(self, press: Press, stack: Stack, step: Cycle, conduct: Conduct) -> None:
        self.press, self.step = press, step
        self._conduct = conduct
        #: sign of a current, positive upwards, that dissolves metal; volume of a charge [um^3/uC]
        self._metals: dict[str, tuple[float, float]] = {}
        for name in stack.interface_names:
            side = stack.electrode(name)
            if side is not None:
                volume = stack.pair(name)[side == "upper"].material.molar_volume or 0.0
                self._metals[name] = (1.0 if side == "lower" else -1.0, volume_per_charge(volume))
        layers = stack.layers
        compliance = sum(y.thickness / y.material.law.youngs_modulus for y in layers)
        self._rigid = RIGID * press.area / compliance
        swelling = 0.0 if step.cathode is None else stack.layer(step.cathode).thickness
        #: change of thickness per charge taken from the electrode that begins [um^3/uC]
        self._swelling = swelling * step.cathode_strain / step.capacity
        if step.begin == "plate":
            self._swelling = -self._swelling
        first = next(iter(self._metals.values()))[0]
        self._first = first if step.begin == "strip" else -first

    def begin(self) -> None:
        """Put the stack as it stands into the fixture."""
        state, problem = self.press.cycle, self.press.problem
        state.passed = state.taken = state.number = 0.0
        state.charge = self.step.capacity / self.step.increments
        state.anchor = problem.platen
        if not isinstance(self.step.fixture, str):
            state.anchor -= problem.force / (self.step.fixture * self.press.area)

    @property
    def done(self) -> bool:
        """Whether all cycles are done."""
        return self.press.cycle.passed >= 2.0 * self.step.count * self.step.capacity * (1.0 - 1e-12)

    @property
    def density(self) -> float:
        """Mean current density of the increment before, positive upwards [uA/um^2]."""
        return self._density(max(self._half(self.press.cycle.passed, -1e-9), 0))

    def _density(self, half: int) -> float:
        return self._first * self.step.current * (1.0 if half % 2 == 0 else -1.0)

    def _half(self, passed: float, shift: float = 1e-9) -> int:
        """Return the number of the half cycle after a charge; with a negative shift, before it."""
        return int(np.floor(passed / self.step.capacity + shift))

    def follow(
        self,
        on_accept: Callable[[Attempt, int], None],
        on_reject: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """Cycle from where it stands to the end of the step.

        Parameters
        ----------
        on_accept : callable
            Called with each attempt after it is accepted and the rejections before it.
        on_reject : callable
            Called with the reason of each rejection.

        Raises
        ------
        StepFailure
            When no current can pass, or increments were rejected too often in a row.
        """
        with self._exact():
            self._follow(on_accept, on_reject)

    def _follow(
        self, on_accept: Callable[[Attempt, int], None], on_reject: Callable[[str], None]
    ) -> None:
        state, stepper = self.press.cycle, self.press.stepper
        reasons: list[str] = []
        while not self.done:
            half = self._half(state.passed)
            rates = self._rates(self._density(half))
            left = (half + 1) * self.step.capacity - state.passed
            charge = self._charge(rates, left)
            reason, attempt = self._try(rates, charge)
            if reason:
                reasons.append(reason)
                on_reject(reason)
                state.charge = stepper.options.cut * charge
                too_small = state.charge < SMALLEST * self.step.capacity
                if too_small or len(reasons) >= stepper.options.max_rejections:
                    raise StepFailure(reasons)
                continue
            whole = charge >= left * (1.0 - 1e-12)
            state.passed = (half + 1) * self.step.capacity if whole else state.passed + charge
            inside = state.passed - 2.0 * self.step.capacity * (half // 2)
            state.taken = inside if half % 2 == 0 else 2.0 * self.step.capacity - inside
            state.number = state.passed / (2.0 * self.step.capacity)
            stepper.time += charge / self.step.current
            most = self.step.capacity / self.step.increments
            state.charge = min(GROWTH * max(charge, state.charge), most)
            if isinstance(stepper, TimeStepper):
                state.charge = min(state.charge, stepper._duration * self.step.current)
            on_accept(attempt, len(reasons))
            reasons = []

    @contextlib.contextmanager
    def _exact(self) -> Iterator[None]:
        """Let gaps of flat faces hold so well that a stiff fixture does not feel what they are off.

        Their tolerance is one in edges; that of rough faces is far below what a fixture feels.
        """
        interfaces = self.press.problem.interfaces
        before = [interface.settings for interface in interfaces]
        fixture = self.step.fixture
        if fixture != "force":
            springs = 0.0 if fixture == "gap" else 1.0 / float(fixture)
            compliance = springs + RIGID * self.press.area / self._rigid
            smallest = PRESSURE_ERROR * self.press.stepper.pressure * compliance
            for interface, settings in zip(interfaces, before, strict=True):
                faces = interface.slave_points, interface.master_points
                if all(np.ptp(points[:, -1]) <= settings.gap_tolerance for points in faces):
                    tolerance = min(settings.gap_tolerance, smallest)
                    interface.settings = replace(settings, gap_tolerance=tolerance)
        try:
            yield
        finally:
            for interface, settings in zip(interfaces, before, strict=True):
                interface.settings = settings

    # -- one increment ---------------------------------------------------------------------------

    def _rates(self, density: float) -> dict[str, Array]:
        """Return the volume that each node of the lithium interfaces loses in time [um^3/s]."""
        found = self._conduct(density)
        rates = {}
        for interface in self.press.problem.interfaces:
            if interface.name in self._metals:
                sign, volume = self._metals[interface.name]
                current = found[interface.name] * interface.pairing.weights
                rates[interface.name] = sign * volume * current
        return rates

    def _charge(self, rates: Mapping[str, Array], left: float) -> float:
        """Return the charge of the next increment: equal parts of what is left, even enough."""
        state, stepper = self.press.cycle, self.press.stepper
        charge = min(state.charge, left)
        for interface in self.press.problem.interfaces:
            if interface.name in rates:
                speed, weights = _speed(interface, rates[interface.name])
                if weights.sum() > 0.0:
                    mean = weights @ speed / weights.sum()
                    spread = float(np.sqrt(weights @ (speed - mean) ** 2 / weights.sum()))
                    if spread > 0.0:
                        charge = min(charge, stepper._travel_limit / spread * self.step.current)
        return left / max(1, int(np.ceil(left / charge * (1.0 - 1e-9))))

    def _try(self, rates: Mapping[str, Array], charge: float) -> tuple[str, Attempt]:
        """Take the lithium of a charge away and look for equilibrium; accept it if there is one."""
        problem, stepper = self.press.problem, self.press.stepper
        duration = charge / self.step.current
        interfaces = [i for i in problem.interfaces if i.name in rates]
        before = [(i.removed_volume, i.removed) for i in interfaces]
        pressures = [i.pressure for i in interfaces]
        saved = problem.carried()
        start = np.zeros_like(problem.displacement)
        for interface in interfaces:
            recession, taken = receded(
                interface,
                problem.displacement,
                rates[interface.name] * duration,
                self.step.diffusivity * duration,
            )
            moved, interface.removed = recession - interface.removed, recession
            interface.removed_volume = interface.removed_volume + taken
            carrying = interface.pairing.weights * interface.pressure
            if carrying.sum() > 0.0:
                # what lies above comes down with it; the solution starts from there
                start[problem.above[interface.name]] -= carrying @ moved / carrying.sum()
        attempt = problem.attempt(self._load(charge, start))
        reason = attempt.failure
        if not reason and attempt.force <= 0.0:
            reason = "the fixture does not press any more"
        if not reason and isinstance(stepper, TimeStepper):
            reason = stepper._judge(problem._load)
        if reason:
            problem.put_back(saved)
            for interface, (volume, removed) in zip(interfaces, before, strict=True):
                interface.removed_volume, interface.removed = volume, removed
            return reason, attempt
        alpha = problem.bulk.alpha.copy()
        problem.accept(attempt)
        if isinstance(stepper, TimeStepper):
            problem.bulk.plastic_rate[:] = (problem.bulk.alpha - alpha) / duration
            stepper._last = duration
        for interface, pressure, (volume, _) in zip(interfaces, pressures, before, strict=True):
            # what the pressure does on the metal that leaves goes to the circuit, not to the bodies
            mean = 0.5 * (pressure + interface.pressure)
            problem.work.applied -= float(mean @ (interface.removed_volume - volume))
        return "", attempt

    def _load(self, charge: float, start: Array) -> Load:
        """Return what the fixture does in an increment."""
        problem, stepper = self.press.problem, self.press.stepper
        state, fixture, floor = self.press.cycle, self.step.fixture, stepper._floor
        duration = charge / self.step.current
        taken = state.taken + (charge if self._half(state.passed) % 2 == 0 else -charge)
        given = Load(floor=floor, duration=duration, start=start)
        if fixture == "force":
            return replace(given, force=problem.force)
        if fixture == "gap":
            stiffness = self._rigid
            far = state.anchor - problem.force / stiffness
        else:
            stiffness, far = float(fixture) * self.press.area, state.anchor
        far -= self._swelling * taken
        return replace(given, stiffness=stiffness, target=far)


def _speed(interface: ContactInterface, rate: Array) -> tuple[Array, Array]:
    """Return how fast the face recedes at the nodes in contact [um/s], and their weights."""
    weights = np.where(interface.pressure > 0.0, interface.pairing.weights, 0.0)
    speed = np.divide(rate, weights, out=np.zeros_like(rate), where=weights > 0.0)
    return speed, weights
