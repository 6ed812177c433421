# SPDX-License-Identifier: MIT
"""Conduction through a flat stack whose contacts are said beforehand, without pressing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from interfacefem.contact.base import ContactPoints
from interfacefem.contact.contact_map import ContactMap
from interfacefem.contact.edges import face_sizes
from interfacefem.contact.numbers import FITS
from interfacefem.contact.verify import PRESSURES
from interfacefem.describe.settings import TEMPERATURE, CurrentLoad, MeshSize
from interfacefem.describe.stack import Stack
from interfacefem.drive.numbers import FLAT
from interfacefem.errors import MeshError
from interfacefem.fem.contact import mortar, mortar3d
from interfacefem.fem.current.conduction import electrode_kinetics
from interfacefem.fem.current.cover import nodal_shares
from interfacefem.fem.current.electric import CurrentProblem, ElectricContact
from interfacefem.meshing import StackMesh, build_mesh
from interfacefem.quantities import did_you_mean, one_mistake
from interfacefem.results import InterfaceField
from interfacefem.results.conducted import Conducted
from interfacefem.units import ROOM, Dimensional, from_internal

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.contact.mortar import Pairing

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


def conduct(
    stack: Stack,
    contacts: Mapping[str, ContactMap],
    *,
    mesh: MeshSize | StackMesh,
    mean_current_density: Dimensional = "0.5 mA/cm^2",
    temperature: Dimensional = ROOM,
) -> Conducted:
    r"""Conduct a current through flat layers that touch where they are said to.

    At the edge of contact a node counts with the share of its area that is covered, so that a round
    spot constricts as Holm's within 1 % at six edges a radius. Walls insulate and mirror: the
    stack is one period of an array. What an array of distant spots constricts less than spots on a
    half-space is known in closed form,
    :func:`interfacefem.reference.constriction.cluster_resistance` with and without ``period``.

    Parameters
    ----------
    stack : Stack
        Flat layers. Resistance and charge transfer of its interfaces act where there is contact;
        the resistance must not depend on pressure, because there is none.
    contacts : mapping of str to ContactMap
        By ``"lower|upper"``; interfaces that are not named touch all over.
    mesh : MeshSize or StackMesh
        How fine, or a mesh of the stack.
    mean_current_density : str, pint.Quantity or float
        Current over the area of the stack [uA/um^2].
    temperature : str, pint.Quantity or float
        [K].

    Returns
    -------
    Conducted
        Resistance in its parts, and share in contact, current density and potential at each
        interface. What a mesh does not resolve of the constriction belongs to the constriction.

    Raises
    ------
    CaseError, UnitError
        If an interface is unknown, a map does not fit its face or leaves no contact, or a
        resistance depends on pressure.
    MeshError
        If a face is not flat, the mesh is not one of the stack, or too coarse for a spot.
    """
    warm = TEMPERATURE.read(temperature, "temperature")
    density = CurrentLoad(mean_current_density).mean_current_density
    if not isinstance(mesh, MeshSize | StackMesh):
        raise one_mistake("mesh", f"{mesh!r} is no mesh", 'write for example MeshSize("0.5 um")')
    _check(stack, contacts)
    made = mesh if isinstance(mesh, StackMesh) else build_mesh(stack, mesh)
    if made.layer_names != stack.names:
        raise MeshError(
            f"the mesh has the layers {', '.join(made.layer_names)}, the stack "
            f"{', '.join(stack.names)}; give a mesh of this stack"
        )
    extent = np.ptp(made.points[:, :-1], axis=0)
    if len(extent) != len(stack.size) or not np.allclose(extent, stack.size, rtol=FITS, atol=0.0):
        raise MeshError(
            f"the mesh spans {extent.tolist()} um, the stack {list(stack.size)}; give a mesh of "
            "this stack"
        )
    problem = CurrentProblem(
        made.points,
        made.cells,
        made.cell_layer,
        [layer.material.conductivity_at(warm) for layer in stack.layers],
        made.boundary_nodes("bottom"),
        made.boundary_nodes("top"),
        layer_names=stack.names,
    )
    links = [_contact(stack, made, name, contacts.get(name), warm) for name in made.interfaces]
    found = problem.solve(
        np.zeros_like(made.points), links, mean_current_density=density, area=made.area
    )
    if not found.connected:
        raise one_mistake(
            f"contacts['{found.open_interfaces[0]}']",
            "has no contact that conducts: the circuit is open",
            "give the map a place in contact, and the interface a finite resistance there",
        )
    densities, covered, potentials = {}, {}, {}
    for link, interface in zip(links, found.interfaces, strict=True):
        field = InterfaceField(
            name="current_density",
            unit="mA/cm^2",
            interface=link.name,
            step="conduct",
            increment=0,
            points=interface.points,
            weights=interface.weights,
            values=interface.current_density * from_internal(1.0, "current_density", "mA/cm^2"),
            faces=_faces(made, link.name, _poor_side(stack, made, link.name, warm))[1],
        )
        densities[link.name] = field
        share = np.ones(len(field)) if link.share is None else link.share
        covered[link.name] = replace(field, name="covered", unit="-", values=share)
        potential = found.potential[link.slave_nodes]
        potentials[link.name] = replace(field, name="potential", unit="V", values=potential)

    def ohm_cm2(resistance: float) -> float:
        return from_internal(resistance, "area_resistance", "ohm*cm^2")

    return Conducted(
        step="conduct",
        increment=0,
        nominal_pressure=float("nan"),
        mean_current_density=from_internal(density, "current_density", "mA/cm^2"),
        asr_total=ohm_cm2(found.asr_total),
        asr_constriction=ohm_cm2(found.asr_constriction),
        asr_layers={name: ohm_cm2(value) for name, value in found.asr_layers.items()},
        asr_interfaces={name: ohm_cm2(value) for name, value in found.asr_interfaces.items()},
        balance_error=found.balance_error,
        interfaces=densities,
        covered=covered,
        potentials=potentials,
    )


def _check(stack: Stack, contacts: Mapping[str, ContactMap]) -> None:
    if not isinstance(contacts, Mapping):
        raise one_mistake(
            "contacts", f"{contacts!r} says no interface", 'give {"lower|upper": map}'
        )
    for name, contact in contacts.items():
        if name not in stack.interface_names:
            raise one_mistake(
                "contacts",
                f"the stack has no interface '{name}'",
                did_you_mean(name, stack.interface_names),
            )
        if not isinstance(contact, ContactMap):
            raise one_mistake(
                f"contacts['{name}']",
                f"{type(contact).__name__} is no contact map",
                "make one with ContactMap.from_array, read, spots or strips",
            )
        contact.require_fit(stack.size, f"contacts['{name}']")


def _poor_side(
    stack: Stack, mesh: StackMesh, name: str, temperature: float
) -> Literal["lower", "upper"]:
    """Return whose face carries the currents: that of the layer in which they constrict.

    A coarse face of a good conductor then does no harm; of equal ones it is the finer face.
    """
    lower, upper = (o.material.conductivity_at(temperature) for o in stack.pair(name))
    if lower == upper:
        faces = mesh.faces(name)
        return "lower" if len(faces.lower) > len(faces.upper) else "upper"
    return "lower" if lower < upper else "upper"


def _faces(
    mesh: StackMesh, name: str, side: Literal["lower", "upper"]
) -> tuple[IntArray, IntArray | None]:
    """Return the nodes of a face, and its quadrilaterals in their numbers, None in the plane."""
    edges = mesh.faces(name).edges(side)
    if mesh.dimension == 2:
        return mesh.faces(name).nodes(side), None
    nodes, local = np.unique(edges, return_inverse=True)
    return nodes, local.reshape(edges.shape)


def _contact(
    stack: Stack, mesh: StackMesh, name: str, contact: ContactMap | None, temperature: float
) -> ElectricContact:
    side = _poor_side(stack, mesh, name, temperature)
    other: Literal["lower", "upper"] = "upper" if side == "lower" else "lower"
    nodes, faces = _faces(mesh, name, side)
    masters, master_faces = _faces(mesh, name, other)
    heights = mesh.points[np.append(nodes, masters), -1]
    if np.ptp(heights) > FLAT * mesh.width:
        raise MeshError(
            f"interface '{name}' is not flat, its faces span {np.ptp(heights):.3g} um; prescribe "
            "contact between flat layers, or press the rough ones"
        )
    origin = np.append(mesh.points[:, :-1].min(axis=0), 0.0)
    slave, master = mesh.points[nodes] - origin, mesh.points[masters] - origin
    pairing: Pairing | None
    if faces is None or master_faces is None:
        pairing = mortar.pair(slave, master, upward=side == "lower")
        faces = np.column_stack([np.arange(len(nodes) - 1), np.arange(1, len(nodes))])
    else:
        walls = np.zeros((len(nodes), 2), dtype=bool)
        pairing = mortar3d.pair(
            slave, faces, master, master_faces, upward=side == "lower", walls=walls
        )
    if pairing is None:
        raise MeshError(f"interface '{name}': its faces fold over; give another mesh")
    share = None if contact is None else nodal_shares(slave, faces, contact)
    kinetics = None
    if stack.interfaces[name].charge_transfer is not None:
        kinetics = electrode_kinetics(stack, name, temperature)
    touching = np.ones(len(nodes), dtype=bool) if share is None else share > 0.0
    return ElectricContact(
        name=name,
        slave_nodes=nodes,
        master_nodes=masters,
        pairing=pairing,
        in_contact=touching,
        area_resistance=_resistance(stack, name, touching, temperature),
        kinetics=kinetics,
        share=share,
        sizes=face_sizes(slave, faces),
    )


def _resistance(stack: Stack, name: str, touching: npt.NDArray[np.bool_], warm: float) -> Array:
    if stack.interfaces[name].film is not None:
        raise one_mistake(
            f"interface '{name}'.film",
            "is broken by pressing, and nothing is pressed here",
            "leave it out, and let the map say where the current passes",
        )
    law, zero = stack.interfaces[name].conduction, np.zeros(len(touching))
    found = [
        law.area_resistance(
            ContactPoints(
                pressure=zero + pressure, gap=zero, slip=zero, in_contact=touching, temperature=warm
            )
        )
        for pressure in PRESSURES[1:]
    ]
    if not np.all(np.array(found) == found[0]):
        raise one_mistake(
            f"interface '{name}'",
            "has a resistance that depends on pressure, and nothing is pressed here",
            'give a constant one, such as Interface(resistance="10 ohm*cm^2")',
        )
    return found[0]
