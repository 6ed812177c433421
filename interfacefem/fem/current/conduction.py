# SPDX-License-Identifier: MIT
"""The current of a case on the accepted configurations of its press.

From a case and its mesh to the conduction problem, and from contact to what conducts; the problem
itself is in :mod:`interfacefem.fem.current.electric`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.base import ContactPoints
from interfacefem.contact.kinetics import ElectrodeKinetics
from interfacefem.fem import ranks
from interfacefem.fem.current.electric import CurrentProblem, ElectricContact
from interfacefem.fem.increment import StepFailure
from interfacefem.meshing.faces import cell_measures

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.contact.kinetics import ChargeTransfer
    from interfacefem.describe.case import Description
    from interfacefem.drive.press import Press
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.current.solution import CurrentSolution
    from interfacefem.meshing.stack_mesh import StackMesh
    from interfacefem.results.snapshot import CurrentSnapshot

    Array = npt.NDArray[np.float64]


class Conduction:
    """Conduction on the accepted configurations of a press."""

    def __init__(self, case: Description, mesh: StackMesh, press: Press) -> None:
        self.case, self.press, self.mesh = case, press, mesh
        # punches are the last layers of a mesh, and carry no current
        cells = mesh.cells[mesh.cell_layer < len(case.stack.names)]
        self._nodes = int(cells.max()) + 1
        self.problem = CurrentProblem(
            mesh.points[: self._nodes],
            cells,
            mesh.cell_layer[: len(cells)],
            [layer.material.conductivity for layer in case.stack.layers],
            mesh.boundary_nodes("bottom"),
            mesh.boundary_nodes("top"),
            layer_names=case.stack.names,
            axisymmetric=case.die is not None,
        )
        self._known: tuple[float, int, Array, CurrentSolution] | None = None
        self.laws = {name: joint.conduction for name, joint in case.stack.interfaces.items()}
        self.kinetics = {
            name: _kinetics(case, name, interface.charge_transfer)
            for name, interface in case.stack.interfaces.items()
            if interface.charge_transfer is not None
        }

    def _contact(self, interface: ContactInterface) -> ElectricContact:
        kinetics = self.kinetics.get(interface.name)
        touching = interface.pressure > 0.0
        points = ContactPoints(
            pressure=interface.pressure,
            gap=interface.gaps(self.press.problem.displacement),
            slip=interface.total_slip,
            in_contact=touching,
            temperature=self.case.temperature,
        )
        return ElectricContact(
            name=interface.name,
            slave_nodes=interface.slave_nodes,
            master_nodes=interface.master_nodes,
            pairing=interface.pairing,
            in_contact=touching,
            area_resistance=self.laws[interface.name].area_resistance(points),
            kinetics=kinetics,
            rest=None if kinetics is None else kinetics.equilibrium(interface.pressure),
        )

    def _conductivities(self) -> Array:
        """Return the conductivity of each layer, as its law has it at the present volume."""
        found = np.array([layer.material.conductivity for layer in self.case.stack.layers])
        mechanics = self.press.problem
        moved = mechanics.displacement[mechanics.bulk.node_dofs]
        for index, layer in enumerate(self.case.stack.layers):
            cells = self.mesh.cells[self.mesh.cell_layer == index]
            before, after = (
                cell_measures(points, cells, axisymmetric=self.case.die is not None).sum()
                for points in (self.mesh.points, self.mesh.points + moved)
            )
            found[index] *= layer.material.law.conduction(before / after)
        return found

    def conduct(self, density: float) -> CurrentSolution:
        """Conduct a mean current density [uA/um^2] through the accepted configuration."""
        mechanics = self.press.problem
        if self._known is not None and self._known[:2] == (density, id(mechanics.displacement)):
            return self._known[3]
        contacts = [self._contact(interface) for interface in mechanics.interfaces]
        self.problem.conductivities = self._conductivities()
        solution = self.problem.solve(
            mechanics.displacement[mechanics.bulk.node_dofs[: self._nodes]],
            contacts,
            mean_current_density=density,
            area=self.press.area,
        )
        # kept with the displacement itself, so that no other array takes its place
        self._known = density, id(mechanics.displacement), mechanics.displacement, solution
        return solution

    def through_nodes(self, density: float) -> dict[str, Array]:
        """Return the current density at the slave nodes of each interface, on all ranks [uA/um^2].

        Raises
        ------
        StepFailure
            If an interface has no contact that conducts.
        """
        together, interfaces = ranks.current(), self.press.problem.interfaces
        found: CurrentSolution | None = together.on_first(lambda: self.conduct(density))
        closed = np.array([found is None or found.connected], dtype=np.int64)
        if not together.same(closed)[0]:
            raise StepFailure(["the current has no contact left to pass through"])
        known = {} if found is None else {i.name: i.current_density for i in found.interfaces}
        return {
            i.name: together.same(known.get(i.name, np.zeros(len(i.slave_nodes))).copy())
            for i in interfaces
        }

    def solve(
        self, step: str, increment: int, *, density: float, with_layers: bool
    ) -> CurrentSnapshot:
        """Conduct a mean current density and return what the results keep of it."""
        snapshot = self.conduct(density).snapshot(step, increment=increment)
        if with_layers:
            return snapshot
        # fields inside the layers only where those of the press are stored as well
        return replace(snapshot, layers=())


def _kinetics(case: Description, name: str, transfer: ChargeTransfer) -> ElectrodeKinetics:
    side = case.stack.electrode(name)
    electrode = case.stack.pair(name)[side == "upper"].material
    volume = electrode.molar_volume or 0.0
    return ElectrodeKinetics(transfer, case.temperature, side == "upper", volume)
