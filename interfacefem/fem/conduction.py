# SPDX-License-Identifier: MIT
"""The current of a case on the accepted configurations of its press.

From a case and its mesh to the conduction problem, and from contact to what conducts; the problem
itself is in :mod:`interfacefem.fem.electric`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interfacefem.contact.conductance import ConductanceLaw
from interfacefem.errors import ResultsError
from interfacefem.fem.electric import CurrentProblem, ElectricContact

if TYPE_CHECKING:
    from interfacefem.case import Case
    from interfacefem.fem.press import Press
    from interfacefem.meshing.stack_mesh import StackMesh
    from interfacefem.results.snapshot import CurrentSnapshot


class Conduction:
    """Conduction on the accepted configurations of a press."""

    def __init__(self, case: Case, mesh: StackMesh, press: Press) -> None:
        self.case, self.press, self.mesh = case, press, mesh
        self.problem = CurrentProblem(
            mesh.points,
            mesh.cells,
            mesh.cell_layer,
            [case.stack.layer(name).material.conductivity for name in mesh.layer_names],
            mesh.boundary_nodes("bottom"),
            mesh.boundary_nodes("top"),
            layer_names=mesh.layer_names,
        )
        self.laws = {
            name: ConductanceLaw(
                resistance=interface.resistance,
                pressure_exponent=interface.resistance_pressure_exponent,
                reference_pressure=interface.reference_pressure,
            )
            for name, interface in case.stack.interfaces.items()
        }

    def solve(self, step: str, increment: int, *, with_layers: bool) -> CurrentSnapshot:
        """Conduct the case's current through the present configuration."""
        load = self.case.current
        if load is None:
            raise ResultsError(
                f"step '{step}': the case asks for no current; give Case(current=...)"
            )
        mechanics = self.press.problem
        contacts = [
            ElectricContact(
                name=interface.name,
                slave_nodes=interface.slave_nodes,
                master_nodes=interface.master_nodes,
                pairing=interface.pairing,
                in_contact=interface.pressure > 0.0,
                area_resistance=self.laws[interface.name].area_resistance(
                    interface.pressure, interface.pressure > 0.0
                ),
            )
            for interface in mechanics.interfaces
        ]
        solution = self.problem.solve(
            mechanics.displacement[mechanics.bulk.node_dofs],
            contacts,
            mean_current_density=load.mean_current_density,
            width=self.mesh.width,
        )
        snapshot = solution.snapshot(step, increment=increment)
        if with_layers:
            return snapshot
        # fields inside the layers only where those of the press are stored as well
        return replace(snapshot, layers=())
