# SPDX-License-Identifier: MIT
"""One interface or one layer over a run, of which a moment is picked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from interfacefem.results.run_mesh import RunMesh
from interfacefem.results.states import InterfaceState, LayerState

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
