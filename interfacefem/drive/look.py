# SPDX-License-Identifier: MIT
"""Show the present state to functions that others have added to what is stored.

Nothing is copied or kept while there are none. What functions see is in
:mod:`interfacefem.results.now`, what they return in :mod:`interfacefem.results.added`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interfacefem.results.added import extended, functions
from interfacefem.results.now import (
    Body,
    Moment,
    StackBefore,
    interface_now,
    layer_before,
    stack_before,
    stack_now,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.drive.press import Press
    from interfacefem.results.snapshot import IncrementSnapshot

    Array = npt.NDArray[np.float64]


class Look:
    """The state of a press for functions of others, from increment to increment.

    Parameters
    ----------
    press : Press
        As the run begins or goes on.
    """

    def __init__(self, press: Press) -> None:
        self._press = press
        self._wanted = bool(functions())
        self._before: StackBefore | None = None
        if not self._wanted:
            return
        mesh = press.mesh
        self._bodies = {
            name: Body(
                material=press.layers[name].material,
                points=mesh.points[mesh.layer_nodes(name)],
                cells=np.searchsorted(mesh.layer_nodes(name), mesh.cells[mesh.layer_cells(name)]),
            )
            for name in mesh.layer_names
        }
        when = Moment(pressure=press.pressure, time=press.memory.time)
        moved = press.problem.displacement[press.problem.bulk.node_dofs]
        self._before = StackBefore(
            when=when,
            layers={
                name: layer_before(when, name, moved[mesh.layer_nodes(name)], state)
                for name, state in self._states().items()
            },
            interfaces={
                part.name: interface_now(when, part) for part in press.interface_snapshots()
            },
        )

    def extend(self, snapshot: IncrementSnapshot) -> IncrementSnapshot:
        """Return an accepted increment with what the functions say of it.

        Raises
        ------
        ResultsError
            If a function fails or returns something else; the message names its line.
        """
        if self._before is None:
            return snapshot
        when = Moment(
            step=snapshot.step,
            increment=snapshot.increment,
            pressure=snapshot.nominal_pressure,
            time=snapshot.time,
            duration=snapshot.time - self._before.time,
        )
        layers = snapshot.layers or self._press.layer_snapshots()
        now = stack_now(
            when, layers, snapshot.interfaces, self._bodies, self._states(), self._before
        )
        found = extended(snapshot, now)
        self._before = stack_before(now)
        return found

    def _states(self) -> dict[str, Array]:
        """Return the internal variables of each layer (cells, k, variables)."""
        mesh, bulk = self._press.mesh, self._press.problem.bulk
        values = bulk.stored()["state"].reshape(len(mesh.cells), -1, bulk.state.shape[1])
        return {name: values[mesh.layer_cells(name)] for name in mesh.layer_names}
