# SPDX-License-Identifier: MIT
"""The current of a case on the accepted configurations of its press.

From a case and its mesh to the conduction problem, and from contact to what conducts; the problem
itself is in :mod:`interfacefem.fem.current.electric`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact import film
from interfacefem.contact.base import ContactPoints
from interfacefem.contact.edges import (
    at_edge,
    beside_any,
    edge_levels,
    face_sizes,
    highest_beside,
)
from interfacefem.contact.kinetics import ElectrodeKinetics
from interfacefem.fem import ranks
from interfacefem.fem.current.cover import broken_film, shares_of_levels
from interfacefem.fem.current.electric import CurrentProblem, ElectricContact
from interfacefem.fem.current.numbers import EDGES_KNOWN
from interfacefem.fem.increment import StepFailure
from interfacefem.meshing.faces import cell_measures
from interfacefem.quantities import one_mistake

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.describe.case import Description
    from interfacefem.describe.stack import Stack
    from interfacefem.drive.press import Press
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.current.solution import CurrentSolution
    from interfacefem.meshing.stack_mesh import StackMesh
    from interfacefem.results.snapshot import CurrentSnapshot

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]


def side_by_side(touched: Array, held: Array, touching: Mask, bonded: Array) -> tuple[Array, Array]:
    """Return area resistance and conducting share of places that touch, are bonded, or both.

    Parameters
    ----------
    touched, held : (n,) array
        Area resistance of what is pressed together, and of what is bonded [V um^2/uA].
    touching : (n,) bool array
    bonded : (n,) array
        Share of the area that is bonded and not broken.

    Returns
    -------
    resistance : (n,) array
        Of the share that conducts; infinite where nothing does [V um^2/uA].
    share : (n,) array
        All of the area where faces touch, else the bonded share.
    """
    share = np.where(touching, 1.0, bonded)
    with np.errstate(divide="ignore", invalid="ignore"):
        pressed = np.where(touching, (1.0 - bonded) / touched, 0.0)
        joined = np.where(bonded > 0.0, bonded / held, 0.0)
        mixed = share / (pressed + joined)
    # one resistance for both needs no sum of reciprocals, which would round it
    plain = np.where(touching & ((bonded == 0.0) | (touched == held)), touched, mixed)
    resistance = np.where(~touching & (bonded > 0.0), held, plain)
    return np.where(share > 0.0, resistance, np.inf), share


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
            [layer.material.conductivity_at(case.temperature) for layer in case.stack.layers],
            mesh.boundary_nodes("bottom"),
            mesh.boundary_nodes("top"),
            layer_names=case.stack.names,
            axisymmetric=case.die is not None,
        )
        self._known: tuple[tuple[float, bool, int], Array, CurrentSolution] | None = None
        self.laws = {name: joint.conduction for name, joint in case.stack.interfaces.items()}

    def contact(self, interface: ContactInterface, *, whole: bool = False) -> ElectricContact:
        """Return what of an interface conducts, and how well."""
        kinetics = self._kinetics(interface.name)
        touching = interface.pressure > 0.0
        law, faces = self.laws[interface.name], interface.slave_faces
        displacement = self.press.problem.displacement
        moved = interface.slave_points + displacement[interface.slave_dofs]
        points = ContactPoints(
            pressure=interface.pressure,
            gap=interface.gaps(displacement),
            slip=interface.total_slip,
            in_contact=touching,
            temperature=self.press.temperature,
        )
        share, conducting = np.ones(len(touching)), touching
        if interface.bonds is None and not whole:
            levels = edge_levels(interface.pressure, faces, points.gap, moved)
            share = shares_of_levels(moved, faces, levels)
            conducting = share > 0.0
            # at a node beside the last one in contact a part of the area is as that one is
            points = replace(
                points,
                pressure=np.where(
                    touching, interface.pressure, highest_beside(interface.pressure, faces)
                ),
                gap=np.where(touching, points.gap, 0.0),
                in_contact=conducting,
            )
        resistance = law.area_resistance(points)
        if interface.bonds is not None:
            bonded = interface.bonds.intact
            conducting = touching | (bonded > 0.0)
            # under its bond a place is what the largest pressure so far has made of it
            held = replace(
                points,
                pressure=np.maximum(interface.bonds.highest, interface.pressure),
                in_contact=conducting,
            )
            resistance, share = side_by_side(
                resistance, law.area_resistance(held), touching, bonded
            )
        broken = broken_film(interface)
        if interface.film is not None and broken is not None:
            whole_resistance = interface.film.film.law.whole_resistance
            resistance, share = film.in_series(resistance, share, broken, whole_resistance)
            conducting = conducting & (share > 0.0)
        return ElectricContact(
            name=interface.name,
            slave_nodes=interface.slave_nodes,
            master_nodes=interface.master_nodes,
            pairing=interface.pairing,
            in_contact=conducting,
            area_resistance=resistance,
            kinetics=kinetics,
            rest=None if kinetics is None else kinetics.equilibrium(points.pressure),
            share=share,
            sizes=face_sizes(moved, faces),
            spread=interface.bonds is not None,
        )

    def _kinetics(self, name: str) -> ElectrodeKinetics | None:
        """Return the kinetics of an interface at the temperature that the press has reached."""
        stack = self.case.stack
        if stack.interface(name).charge_transfer is None:
            return None
        return electrode_kinetics(stack, name, self.press.temperature)

    def conductivities(self) -> tuple[Array, Array]:
        """Return the conductivity of each layer as pressed, and that of each cell over it.

        The law gives a factor for the volume of a cell, and for that of its whole layer.
        """
        warm, pressure = self.press.temperature, self.press.pressure
        found = np.array([o.material.conductivity_at(warm) for o in self.case.stack.layers])
        shares = np.ones(len(self.problem.cells))
        mechanics = self.press.problem
        moved = mechanics.displacement[mechanics.bulk.node_dofs]
        for index, layer in enumerate(self.case.stack.layers):
            law = layer.material.law
            here = np.flatnonzero(self.problem.cell_layer == index)
            before, after = (
                cell_measures(
                    points, self.problem.cells[here], axisymmetric=self.case.die is not None
                )
                for points in (self.mesh.points, self.mesh.points + moved)
            )
            whole = float(law.conduction_under(before.sum() / after.sum(), pressure))
            found[index] *= whole
            if not law.conducts_evenly:
                shares[here] = law.conduction_under(before / after, pressure) / whole
        return found, shares

    @property
    def displacement(self) -> Array:
        """Accepted displacement of the nodes that carry current (n, d) [um]."""
        mechanics = self.press.problem
        moved: Array = mechanics.displacement[mechanics.bulk.node_dofs[: self._nodes]]
        return moved

    def conduct(self, density: float, *, whole: bool = False) -> CurrentSolution:
        """Conduct a mean current density through the accepted configuration.

        Parameters
        ----------
        density : float
            [uA/um^2].
        whole : bool
            Whether nodes at edges of contact count whole, and none beside them.

        Returns
        -------
        CurrentSolution
        """
        mechanics = self.press.problem
        asked = (density, whole, id(mechanics.displacement))
        if self._known is not None and self._known[0] == asked:
            return self._known[2]
        contacts = [self.contact(interface, whole=whole) for interface in mechanics.interfaces]
        self.problem.conductivities, shares = self.conductivities()
        self.problem.vary(shares)
        solution = self.problem.solve(
            self.displacement,
            contacts,
            mean_current_density=density,
            area=self.press.area,
        )
        # kept with the displacement itself, so that no other array takes its place
        self._known = asked, mechanics.displacement, solution
        return solution

    def through_nodes(self, density: float) -> dict[str, Array]:
        """Return the current density at the slave nodes of each interface, on all ranks [uA/um^2].

        Nodes count whole: metal that is taken from a node beside the contact would open it more.

        Raises
        ------
        StepFailure
            If an interface has no contact that conducts.
        """
        together, interfaces = ranks.current(), self.press.problem.interfaces
        found: CurrentSolution | None = together.on_first(lambda: self.conduct(density, whole=True))
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
            return replace(snapshot, asr_uncertainty=self.uncertainty(density))
        # fields inside the layers only where those of the press are stored as well
        return replace(snapshot, layers=())

    def uncertainty(self, density: float) -> float:
        """Return how well the resistance of the accepted configuration is known [V um^2/uA].

        The larger of two estimates. A contact ends somewhere between two nodes: what changes if
        all end a quarter of a face further in or further out, times what is left open of that.
        And what changes if places touch as well that are less apart than the tolerance of gaps,
        below which nothing is resolved.

        Parameters
        ----------
        density : float
            [uA/um^2].
        """
        total = float(self.conduct(density).asr_total)  # with the conductivities of now
        interfaces = self.press.problem.interfaces
        contacts = [self.contact(interface) for interface in interfaces]
        ends = [
            _ends(contact, interface.slave_faces)
            for contact, interface in zip(contacts, interfaces, strict=True)
        ]
        near = [
            self._nearly(contact, interface)
            for contact, interface in zip(contacts, interfaces, strict=True)
        ]

        def moved(changed: list[ElectricContact]) -> float:
            solution = self.problem.solve(
                self.displacement, changed, mean_current_density=density, area=self.press.area
            )
            return float(solution.asr_total)

        by_edges = by_gaps = 0.0
        if any(end.any() for end in ends):
            inner, outer = (
                moved(
                    [
                        replace(one, share=np.where(end, 0.5 * (_share(one) + whole), _share(one)))
                        for one, end in zip(contacts, ends, strict=True)
                    ]
                )
                for whole in (0.0, 1.0)
            )
            by_edges = EDGES_KNOWN * 0.5 * abs(inner - outer)
        if any(one.any() for one in near):
            by_gaps = abs(total - moved(list(map(_closed, contacts, near))))
        return max(by_edges, by_gaps)

    def _nearly(self, contact: ElectricContact, interface: ContactInterface) -> Mask:
        """Return which nodes do not touch and could, and those in contact beside them, (n,)."""
        gap, touching = interface.gaps(self.press.problem.displacement), interface.pressure > 0.0
        near = ~touching & (gap <= interface.settings.gap_tolerance)
        if contact.spread:  # what a bond holds conducts in any case
            near &= ~contact.in_contact
        return near | (touching & beside_any(near, interface.slave_faces))


def _closed(contact: ElectricContact, places: Mask) -> ElectricContact:
    """Return a contact that conducts at further places as poorly as it does anywhere."""
    known = contact.area_resistance[np.isfinite(contact.area_resistance)]
    if not (places.any() and len(known)):
        return contact
    share = np.where(places, 1.0, _share(contact))
    resistance = np.where(
        places & ~np.isfinite(contact.area_resistance), known.max(), contact.area_resistance
    )
    return replace(
        contact,
        in_contact=contact.in_contact | places,
        area_resistance=resistance,
        share=share,
    )


def _ends(contact: ElectricContact, faces: IntArray) -> Mask:
    """Return at which nodes what conducts ends: those in part, or beside one that does not."""
    found = at_edge(contact.in_contact, faces)
    if not contact.spread:
        found |= contact.in_contact & (_share(contact) < 1.0)
    return found


def _share(contact: ElectricContact) -> Array:
    return np.ones(len(contact.in_contact)) if contact.share is None else contact.share


def electrode_kinetics(stack: Stack, name: str, temperature: float) -> ElectrodeKinetics:
    """Return the charge transfer of an interface that has one.

    Parameters
    ----------
    stack : Stack
    name : str
        ``"lower|upper"``.
    temperature : float
        [K].

    Raises
    ------
    CaseError
        If it has none.
    """
    transfer = stack.interface(name).charge_transfer
    if transfer is None:
        raise one_mistake(
            f"interface '{name}'", "has no charge transfer", "give it one, or do not ask for it"
        )
    side = stack.electrode(name)
    electrode = stack.pair(name)[side == "upper"].material
    volume = electrode.molar_volume or 0.0
    return ElectrodeKinetics(transfer, temperature, side == "upper", volume)
