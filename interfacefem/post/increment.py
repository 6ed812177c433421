# SPDX-License-Identifier: MIT
"""One stored increment as a cause of risk reads it: states, materials, what was worked out of it.

Whatever several causes need is worked out once and kept, e.g. the flaws of all faces.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from interfacefem.errors import ExtensionError
from interfacefem.materials import Material
from interfacefem.post.delamination import Delamination, delamination, highest_load
from interfacefem.post.exposures import SLIT_WIDTH, Exposure, exposures, flaw_sizes_given
from interfacefem.post.pull_off_demand import PullOffDemand, pull_off_demand
from interfacefem.quantities import did_you_mean
from interfacefem.results import InterfaceState, LayerState, Results
from interfacefem.results.over_run import separation_steps
from interfacefem.results.states import CurrentState
from interfacefem.units import Dimensional

#: what a cause may need to be stored at an increment
Need = Literal["interfaces", "layers", "current", "materials"]
NEEDS: tuple[Need, ...] = get_args(Need)


class Increment:
    """One increment of a run with what causes of risk read.

    Parameters
    ----------
    results : Results
        The run.
    step : str
        Name of the protocol step.
    number : int
        Of the increment in the step; negative ones count back.
    materials : mapping of str to Material, optional
        By layer; those the run was made with by default.
    depth, width : str, pint.Quantity or float, optional
        Of the flaws that are looked for [um]; by default those that go with the strength of each
        layer (:mod:`interfacefem.post.brittle`), and a slit of 0.1 um.
    critical : str, pint.Quantity or float, optional
        Critical current density [uA/um^2]; by default that of the case, else of the materials.

    Attributes
    ----------
    results : Results
    step : str
    number : int
        Of the increment in the step, as stored.
    pressure : float
        Nominal [MPa].
    materials : dict of str to Material
        By layer; empty where the run was written without them.
    critical : str, pint.Quantity, float or None
        As given.
    notes, assumptions : list of str
        What could not be judged, and why; what rows rest on. See :meth:`note`, :meth:`assume`.

    Raises
    ------
    ResultsError
        If there is no such step or increment, or a size is not positive.
    UnitError
        If a size is no length.
    """

    def __init__(
        self,
        results: Results,
        step: str,
        number: int = -1,
        *,
        materials: Mapping[str, Material] | None = None,
        depth: Dimensional | None = None,
        width: Dimensional = SLIT_WIDTH,
        critical: Dimensional | None = None,
    ) -> None:
        stored = results.increments(step)
        self.results = results
        self.step = step
        self.number = stored[number] if number < 0 else number
        rows = results.history.where(
            (results.history["step"] == step) & (results.history["increment"] == self.number)
        )
        self.pressure = float(rows["nominal_pressure"][0])
        self.materials = dict(results.materials if materials is None else materials)
        self.depth, self.width = flaw_sizes_given(depth, width)
        self.critical = critical
        self.notes: list[str] = []
        self.assumptions: list[str] = []
        self._delaminated: dict[str, Delamination | None] = {}
        self._demands: dict[str, PullOffDemand | None] = {}

    def __repr__(self) -> str:
        return f"<Increment {self.number} of step '{self.step}', {self.pressure:.4g} MPa>"

    @cached_property
    def stored(self) -> frozenset[Need]:
        """What is stored at this increment, of the needs a cause may have."""
        history = self.results.history
        rows = np.flatnonzero(
            (history["step"] == self.step) & (history["increment"] == self.number)
        )
        there: dict[Need, bool] = {
            "interfaces": True,
            "layers": self.number in self.results.layer_increments(self.step),
            "current": any(self.results.has_current_at(int(row)) for row in rows),
            "materials": bool(self.materials),
        }
        return frozenset(need for need, found in there.items() if found)

    def note(self, text: str) -> None:
        """Keep what could not be judged, and why; the risk table says it once."""
        self.notes.append(text)

    def assume(self, text: str) -> None:
        """Keep what rows rest on; the risk table says it once."""
        self.assumptions.append(text)

    @cached_property
    def interfaces(self) -> tuple[str, ...]:
        """Names of the interfaces that are in the die, bottom to top."""
        return tuple(name for name in self.results.interfaces if self.interface(name).present)

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that are in the die and whose fields are stored, bottom to top."""
        if "layers" not in self.stored:
            return ()
        return tuple(name for name in self.results.layers if self.layer(name).present)

    @property
    def brittle_layers(self) -> tuple[str, ...]:
        """Those of the layers that tension can crack."""
        known = self.materials
        return tuple(name for name in self.layers if name in known and known[name].brittle)

    def interface(self, name: str) -> InterfaceState:
        """Return an interface, with its fields of this increment."""
        return self.results.interface(name).at(self.step, self.number)

    def layer(self, name: str) -> LayerState:
        """Return a layer, with its fields of this increment."""
        return self.results.layer(name).at(self.step, self.number)

    @property
    def current(self) -> CurrentState:
        """The current that was solved at this increment."""
        return self.results.current(self.step, self.number)

    @cached_property
    def exposures(self) -> tuple[Exposure, ...]:
        """The faces of the brittle layers with their flaws; none without layer fields."""
        if not self.layers:
            return ()
        return tuple(
            exposures(
                self.results, self.step, self.materials, self.depth, self.width, self.notes,
                increment=self.number,
            )
        )  # fmt: skip

    @cached_property
    def taken_apart(self) -> bool:
        """Whether the step pulls the stack apart on purpose, so that coming apart is no risk."""
        return self.step in separation_steps(self.results)

    def delamination(self, interface: str) -> Delamination | None:
        """Return what has come apart since the highest load; None at it and before it."""
        if interface not in self._delaminated:
            loaded = highest_load(self.results, self.step, interface, self.number)
            self._delaminated[interface] = (
                None
                if loaded == (self.step, self.number)
                else delamination(self.results, interface, self.step, self.number)
            )
        return self._delaminated[interface]

    def demand(self, interface: str) -> PullOffDemand | None:
        """Return what a bond would have to bear to hold what has come apart; None if nothing."""
        if interface not in self._demands:
            found = self.delamination(interface)
            known = all(layer in self.materials for layer in interface.split("|"))
            self._demands[interface] = (
                pull_off_demand(self.results, found, self.materials) if found and known else None
            )
        return self._demands[interface]


def needed(names: str | Collection[str], origin: str) -> frozenset[Need]:
    """Return what a cause needs, checked.

    Raises
    ------
    ExtensionError
        If one of them is nothing that is stored.
    """
    asked = {names} if isinstance(names, str) else set(names)
    for name in asked:
        if name not in NEEDS:
            raise ExtensionError(
                f"{origin}: a risk cannot need {name!r}; {did_you_mean(name, NEEDS)}"
            )
    return frozenset(need for need in NEEDS if need in asked)


def last_with(results: Results, step: str, needs: Iterable[Need]) -> int | None:
    """Return the last increment of a step where all of this is stored, None if there is none.

    Raises
    ------
    ResultsError
        If there is no such step.
    """
    rows = np.flatnonzero(results.history["step"] == step)
    numbers = set(results.increments(step))
    needs = set(needs)
    if "layers" in needs:
        numbers &= set(results.layer_increments(step))
    if "current" in needs:
        with_current = [int(row) for row in rows if results.has_current_at(int(row))]
        numbers &= {int(results.history["increment"][row]) for row in with_current}
    return max(numbers, default=None)
