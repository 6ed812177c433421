# SPDX-License-Identifier: MIT
"""One part of a run over all its increments, and the strength and work of its separation.

The work to separate the faces is what the press does in the step plus the elastic energy it sets
free; it goes into the bonds, into plastic flow and into friction. Everything is read from the
history of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.fields import ShownData
from interfacefem.results.read import RunMesh
from interfacefem.results.states import InterfaceState, LayerState

if TYPE_CHECKING:
    from interfacefem.results.results import Results

#: step, increment, nominal pressure [MPa] and group of the file where something is stored
StoredAt = tuple[str, int, float, Any]
#: from a step and an increment to where it is
Find = Callable[[str | None, int], StoredAt]


class InterfaceRun:
    """One interface of a run; :meth:`at` picks the moment.

    Parameters
    ----------
    name : str
        ``"lower|upper"``.
    mesh : RunMesh
        The mesh of the run.
    find : callable
        Says where the interface is stored at a step and an increment.
    """

    def __init__(
        self, name: str, mesh: RunMesh, find: Callable[[str | None, int], StoredAt]
    ) -> None:
        self.name = name
        self._mesh = mesh
        self._find = find

    def __repr__(self) -> str:
        return f"<interface {self.name} of a run; .at(step, increment) picks the moment>"

    def at(self, step: str | None = None, increment: int = -1) -> InterfaceState:
        """Return the interface at an increment of a step, by default the last of the run.

        Raises
        ------
        ResultsError
            If there is no such step or increment; the message lists those there are.
        """
        return InterfaceState(self.name, *self._find(step, increment), self._mesh)

    @property
    def rms_height(self) -> float:
        """Rms height of the two faces together, as meshed [um]."""
        return self._mesh.face_rms_height(self.name)


class LayerRun:
    """One layer of a run; :meth:`at` picks the moment.

    Parameters
    ----------
    name : str
    mesh : RunMesh
        The mesh of the run.
    find : callable
        Says where the layer is stored at a step and an increment.
    """

    def __init__(
        self, name: str, mesh: RunMesh, find: Callable[[str | None, int], StoredAt]
    ) -> None:
        self.name = name
        self._mesh = mesh
        self._find = find

    def __repr__(self) -> str:
        return f"<layer {self.name} of a run; .at(step, increment) picks the moment>"

    def at(self, step: str | None = None, increment: int = -1) -> LayerState:
        """Return the layer at an increment of a step; negative numbers count those stored.

        Raises
        ------
        ResultsError
            If nothing inside the layers is stored there; the message says where it is.
        """
        return LayerState(self.name, *self._find(step, increment), self._mesh)


#: kinds of steps that take a stack apart
KINDS = ("pull_off", "shear")


@dataclass(frozen=True, repr=False)
class Separation(ShownData):
    """What a step that takes a stack apart has measured.

    Attributes
    ----------
    step : str
    kind : {"pull_off", "shear"}
    strength : float
        Largest nominal tension, or shear stress [MPa].
    work : float
        By the press and from elastic energy set free, over the nominal area [J/m2]; in shear over
        the part of it that walls let slip.
    cohesive, plastic, friction : float
        Where it has gone [J/m2].
    opened : dict of str to float
        Part of the nominal area with broken bonds at the end, by interface [-].
    mode_mix : dict of str to float
        Share of shear in the energy spent on bonds, by interface [-].
    """

    step: str
    kind: str
    strength: float
    work: float
    cohesive: float
    plastic: float
    friction: float
    opened: Mapping[str, float]
    mode_mix: Mapping[str, float]

    @property
    def balance(self) -> float:
        """Part of the work that is not found again in its parts [-]."""
        parts = self.cohesive + self.plastic + self.friction
        return (self.work - parts) / self.work if self.work else np.nan


def separation(results: Results, step: str | None = None) -> Separation:
    """Return what a pull-off or a shear step has measured.

    Parameters
    ----------
    results : Results
    step : str, optional
        Its name; the only one there is if not given.

    Raises
    ------
    ResultsError
        If there is no such step, or it comes before any other.
    """
    tables = _tables(results)
    name = next(iter(tables), None) if step is None else step
    if name is None or name not in tables:
        raise ResultsError(
            f"{results.folder}: step {name!r} takes nothing apart; "
            "end the protocol with PullOff() or Shear(slip)"
        )
    history = results.history
    inside = np.flatnonzero(history["step"] == name)
    if len(inside) == 0 or inside[0] == 0:
        raise ResultsError(f"{results.folder}: no increment of step '{name}' is stored")
    before, last = int(inside[0]) - 1, int(inside[-1])
    kind = str(tables[name]["kind"])
    area = _area(results)
    if kind == "shear":
        area *= _free_part(results, tables[name].get("interface") or results.interfaces[0], name)

    def change(column: str) -> float:
        return float(history[column][last] - history[column][before]) / area

    stress = -history["nominal_pressure"] if kind == "pull_off" else history["shear_stress"]
    return Separation(
        step=name,
        kind=kind,
        strength=float(np.max(stress[inside])),
        work=change("applied_work") - change("elastic_energy"),
        cohesive=change("cohesive_work"),
        plastic=change("plastic_work"),
        friction=change("friction_work"),
        opened=_last(results, "opened_fraction", last),
        mode_mix=_last(results, "mode_mix", last),
    )


def separation_steps(results: Results) -> list[str]:
    """Return the steps of a run, as far as it has come, that take the stack apart."""
    return [step for step in _tables(results) if step in results.steps[1:]]


def _tables(results: Results) -> dict[str, dict[str, Any]]:
    """Tables of the steps that take the stack apart, by name."""
    case: dict[str, Any] = results.case
    steps = [*case.get("step", ()), *(s for t in case.get("stage", ()) for s in t.get("step", ()))]
    return {step["name"]: step for step in steps if step.get("kind") in KINDS and "name" in step}


def _last(results: Results, name: str, row: int) -> dict[str, float]:
    history = results.history
    found = {i: f"{name}[{i}]" for i in results.interfaces}
    values = {i: float(history[c][row]) for i, c in found.items() if c in history}
    return {i: value for i, value in values.items() if np.isfinite(value)}


def _free_part(results: Results, interface: str, step: str) -> float:
    """Part of the area that does not belong to points on the walls across x."""
    state = results.interface(interface).at(step, 0)
    x = state.points_reference[:, 0]
    walls = np.isclose(x, x.min(), atol=1e-9 * np.ptp(x)) | np.isclose(x, x.max(), rtol=1e-9)
    return float(state.weights[~walls].sum() / state.weights.sum())


def _area(results: Results) -> float:
    """Nominal area, that of the die of a pellet; per um of depth in a slice."""
    points = results.mesh.points
    sides = np.ptp(points, axis=0)[:-1]
    if "die" in results.case:  # the section runs from the axis to the wall
        return float(np.pi * sides[0] ** 2)
    return float(np.prod(sides))
