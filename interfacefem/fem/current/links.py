# SPDX-License-Identifier: MIT
r"""Contacts as conduction sees them: what conducts at the nodes, and how contacts form a chain.

Where the edge of a contact crosses the area of a node, the share :math:`w_j` of that area is in
contact, weighted with the node's hat function. The node then has the conducting area :math:`w_j
D_j`, and the area resistance :math:`k h (1/\sigma_1 + 1/\sigma_2)(1 - w_j)` of faces of size h in
series, the constriction that the mesh cannot resolve. The one number k makes the edge of a strip,
wherever it lies between two nodes, act where it is.

Currents that alternate from node to node are resisted as well, see :func:`unseen_resistance`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from interfacefem.errors import MaterialError, MeshError
from interfacefem.fem.current.numbers import ALTERNATING, EDGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.contact.kinetics import ElectrodeKinetics
    from interfacefem.fem.contact.mortar import Pairing

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class ElectricContact:
    """One interface as conduction sees it.

    Attributes
    ----------
    name : str
        ``"lower|upper"``.
    slave_nodes, master_nodes : (n,) and (m,) int array
        Nodes of the two faces.
    pairing : Pairing
        Mortar coupling in the configuration that is solved.
    in_contact : (n,) bool array
        Slave nodes in contact.
    area_resistance : (n,) array
        Intrinsic area resistance [V um^2/uA]: zero ties the potentials, infinite passes nothing.
    kinetics : ElectrodeKinetics, optional
        Charge transfer in series with it.
    rest : (n,) array, optional
        Potential of the lower less that of the upper layer where no current passes [V].
    share : (n,) array, optional
        Part of the area of each node that conducts; all of it if not given.
    sizes : (n,) array, optional
        Size of the faces around each node [um]. With it, what the current pays to squeeze into a
        part of a node's area is added, and what it pays to alternate from node to node.
    spread : bool
        Whether shares are spread evenly over the area of each node, as those of bonds are, and not
        parts with edges.
    """

    name: str
    slave_nodes: IntArray
    master_nodes: IntArray
    pairing: Pairing
    in_contact: Mask
    area_resistance: Array
    kinetics: ElectrodeKinetics | None = None
    rest: Array | None = None
    share: Array | None = None
    sizes: Array | None = None
    spread: bool = False

    @property
    def areas(self) -> Array:
        """Conducting area of each slave node [um^2]; for a unit depth in the plane [um]."""
        weights: Array = self.pairing.weights
        return weights if self.share is None else weights * self.share


@dataclass(frozen=True, eq=False)
class Link:
    """The conducting nodes of one contact, oriented from the lower to the upper layer.

    Attributes
    ----------
    contact : ElectricContact
    active : (k,) int array
        Conducting slave nodes, as places in the contact's arrays.
    jump : (k, nodes) CSR matrix
        Potential of the lower less that of the upper face.
    resistance : (k,) array
        Area resistance over conducting area, R / D [V/uA]; for a unit depth in the plane.
    conductivity : float
        The smaller one of the two layers [uA/(V um)].
    unresolved : (k,) array
        Part of the resistance that is constriction below the size of the mesh [V/uA].
    unseen : (k, k) CSR matrix
        Resistance to currents that alternate between nodes and that the master face does not see
        [V/uA].
    """

    contact: ElectricContact
    active: IntArray
    jump: sp.csr_matrix
    resistance: Array
    conductivity: float
    unresolved: Array
    unseen: sp.csr_matrix


def chain(
    contacts: Sequence[ElectricContact],
    node_layer: IntArray,
    conductivities: Array,
    layer_names: Sequence[str],
) -> list[Link]:
    """Orient contacts and order them from bottom to top.

    Parameters
    ----------
    contacts : sequence of ElectricContact
    node_layer : (nodes,) int array
    conductivities : (layers,) array
        [uA/(V um)].
    layer_names : sequence of str
        Bottom to top.

    Returns
    -------
    list of Link

    Raises
    ------
    MeshError
        If there is not exactly one contact between each layer and the next.
    MaterialError
        If an area resistance is negative or not a number.
    """
    links: dict[int, Link] = {}
    for contact in contacts:
        slave = np.unique(node_layer[contact.slave_nodes]).tolist()
        master = np.unique(node_layer[contact.master_nodes]).tolist()
        if len(slave) != 1 or len(master) != 1 or abs(slave[0] - master[0]) != 1:
            raise MeshError(
                f"interface '{contact.name}': its faces lie in the layers {slave} and {master}; "
                f"a contact links one layer with the next"
            )
        lower = min(slave[0], master[0])
        if lower in links:
            raise MeshError(
                f"interfaces '{links[lower].contact.name}' and '{contact.name}' link the same "
                f"layers; join them in one"
            )
        sign = 1.0 if slave[0] == lower else -1.0
        pair = conductivities[slave[0]], conductivities[master[0]]
        links[lower] = _link(contact, sign, len(node_layer), *pair)
    for lower in range(len(layer_names) - 1):
        if lower not in links:
            raise MeshError(
                f"no contact between the layers '{layer_names[lower]}' and "
                f"'{layer_names[lower + 1]}'; give one, with no node in contact if they are apart"
            )
    return [links[index] for index in sorted(links)]


def _link(
    contact: ElectricContact, sign: float, nodes: int, of_slave: float, of_master: float
) -> Link:
    resistance = np.asarray(contact.area_resistance, dtype=np.float64)
    in_contact = np.asarray(contact.in_contact, dtype=bool)
    bad = np.flatnonzero(in_contact & ~(resistance >= 0.0))
    if len(bad):
        raise MaterialError(
            f"interface '{contact.name}': area resistance {float(resistance[bad[0]])} V um^2/uA at "
            f"node {int(contact.slave_nodes[bad[0]])} in contact; it must be >= 0, "
            f"0 for a perfect contact"
        )
    weights = contact.areas
    active = np.flatnonzero(in_contact & np.isfinite(resistance) & (weights > 0.0))
    shape = (len(active), nodes)
    places = (np.arange(len(active)), contact.slave_nodes[active])
    slave = sp.csr_matrix((np.ones(len(active)), places), shape=shape)
    coupling = contact.pairing.projection[active].tocoo()
    places = (coupling.row, contact.master_nodes[coupling.col])
    master = sp.csr_matrix((coupling.data, places), shape=shape)
    squeezed = np.zeros(len(active))
    if contact.sizes is not None and contact.share is not None and not contact.spread:
        both = 1.0 / of_slave + 1.0 / of_master
        squeezed = EDGE * both * contact.sizes[active] * (1.0 - contact.share[active])
    return Link(
        contact,
        active,
        (sign * (slave - master)).tocsr(),
        (resistance[active] + squeezed) / weights[active],
        min(of_slave, of_master),
        squeezed / weights[active],
        unseen_resistance(contact, active, weights[active]) / of_master,
    )


def unseen_resistance(contact: ElectricContact, active: IntArray, areas: Array) -> sp.csr_matrix:
    r"""Return the resistance to currents that alternate between nodes, for a conductivity of one.

    A master face that is coarser than the slave face sees means of nodal currents only: between
    nodes of a metal they could alternate for nothing, and so avoid edges of contact. What a
    density differs from its local means pays what a half-space opposes to such a current,

    .. math:: E = \frac{h}{\pi \sigma} \int (j - \bar j)^2 \, dA .

    Parameters
    ----------
    contact : ElectricContact
    active : (k,) int array
        Slave nodes.
    areas : (k,) array
        Conducting area of those [um^2].

    Returns
    -------
    (k, k) CSR matrix
        Of nodal currents, symmetric [um / um^2]; zero without the sizes of the faces.
    """
    count = len(active)
    if contact.sizes is None:
        return sp.csr_matrix((count, count))
    spread = contact.pairing.projection[active].tocsc()
    spread = spread[:, np.diff(spread.indptr) > 0].tocsr()
    mean = sp.diags(1.0 / (spread.T @ areas)) @ spread.T  # of currents, at the master nodes
    differs = sp.diags(1.0 / areas) - spread @ mean
    weights = sp.diags(ALTERNATING * contact.sizes[active] * areas)
    return (differs.T @ weights @ differs).tocsr()
