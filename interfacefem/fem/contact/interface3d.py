# SPDX-License-Identifier: MIT
"""One contact interface in 3D: faces of quadrilaterals, and the linearisation of their geometry.

The counterpart of :mod:`interfacefem.fem.contact.mortar_tangent`, with the same meaning of its
result. Normals and tangents are differentiated here, areas and integrals in
:mod:`interfacefem.fem.contact.mortar3d_slopes`.

Everything but the faces is in :mod:`interfacefem.fem.contact.interface`, the integration in
:mod:`interfacefem.fem.contact.mortar3d`.

References
----------
Puso and Laursen (2004), 10.1016/j.cma.2003.10.010 (mortar contact in three dimensions).
Popp, Gitterle, Gee and Wall (2010), 10.1002/nme.2866 (linearised dual mortar).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem.contact import mortar3d
from interfacefem.fem.contact.face_search import pairs
from interfacefem.fem.contact.interface import ContactInterface
from interfacefem.fem.contact.mortar3d_slopes import face_derivatives
from interfacefem.fem.contact.mortar_tangent import GeometryTangent

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.contact import laws
    from interfacefem.contact.laws import Tractions
    from interfacefem.fem.contact import mortar
    from interfacefem.fem.contact.setup import ContactSettings

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


def _skew(vector: Array) -> Array:
    """Return matrices (..., 3, 3) of the cross product with vectors (..., 3)."""
    result = np.zeros((*vector.shape, 3))
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        result[..., i, j], result[..., i, k] = -vector[..., k], vector[..., j]
    return result


def _blocks(blocks: Array) -> sp.csr_matrix:
    """Return the block diagonal matrix of (n, r, c)."""
    n, r, c = blocks.shape
    rows = np.broadcast_to(np.arange(n * r).reshape(n, r, 1), blocks.shape)
    cols = np.broadcast_to(np.arange(n * c).reshape(n, 1, c), blocks.shape)
    entries = (blocks.ravel(), (rows.ravel(), cols.ravel()))
    return sp.csr_matrix(entries, shape=(n * r, n * c))


def rotation(points: Array, faces: IntArray, normals: Array, walls: Any) -> sp.csr_matrix:
    """Return the derivative of nodal normals by the nodes.

    Both are numbered 3 times the node plus the component.

    Parameters
    ----------
    points : (n, 3) array
    faces : (k, 4) int array
    normals : (n, 3) array
        As from :func:`interfacefem.fem.contact.mortar3d.nodal_normals`.
    walls : (n, 2) bool array

    Returns
    -------
    (3 n, 3 n) CSR matrix
    """
    corner = points[faces]
    first, second = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
    vector = np.cross(first, second)
    total = np.zeros_like(points)
    for i in range(4):
        np.add.at(total, faces[:, i], vector)
    total[:, :2][walls] = 0.0
    by_first, by_second = -_skew(second), _skew(first)
    by_node = np.stack([-by_first, -by_second, by_first, by_second], axis=1)  # (k, 4, 3, 3)
    sign = np.sign(np.einsum("nd,nd->n", total, normals))
    size = np.linalg.norm(total, axis=1)
    flat = np.eye(3) - normals[:, :, None] * normals[:, None, :]
    flat *= (sign / size)[:, None, None]
    flat[:, :, :2] *= ~walls[:, None, :]
    blocks = np.einsum("kjxy,kayz->kjaxz", flat[faces], by_node)
    rows = 3 * faces[:, :, None, None, None] + np.arange(3)[:, None]
    cols = 3 * faces[:, None, :, None, None] + np.arange(3)
    rows, cols = (np.broadcast_to(index, blocks.shape).ravel() for index in (rows, cols))
    size3 = 3 * len(points)
    return sp.csr_matrix((blocks.ravel(), (rows, cols)), shape=(size3, size3))


def tangent_turns(normals: Array, tangents: Array) -> Array:
    """Return the derivatives of both tangents by the normal, shape (n, 2, 3, 3)."""
    first = tangents[:, 0]
    size = np.hypot(normals[:, 0], normals[:, 2])
    lever = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
    one = (np.eye(3) - first[:, :, None] * first[:, None, :]) @ lever / size[:, None, None]
    two = _skew(normals) @ one - _skew(first)
    return np.stack([one, two], axis=1)


def linearise(
    interface: ContactInterface3D, displacement: Array, accepted: Array, tractions: Tractions
) -> GeometryTangent:
    """Linearise the geometry of an interface in its present pairing.

    Parameters
    ----------
    interface : ContactInterface3D
        Its pairing belongs to ``displacement``.
    displacement : (dofs,) array
        Current displacement [um].
    accepted : (dofs,) array
        Displacement since which slip is counted [um].
    tractions : Tractions
        Held fixed.

    Returns
    -------
    GeometryTangent
        Rows of ``slips`` are 2 times the slave node plus the tangent.
    """
    pairing = interface.pairing
    slave = interface.slave_points + displacement[interface.slave_dofs]
    master = interface.master_points + displacement[interface.master_dofs]
    n = len(slave)
    normals, tangents, weights = pairing.normals, pairing.tangents, pairing.weights
    covered = pairing.covered[:, None]
    scale = np.divide(1.0, weights, out=np.zeros(n), where=weights > 0.0)
    dragged = (displacement - accepted)[interface.master_dofs]
    seen, drag = pairing.projection @ master, pairing.projection @ dragged
    offset = np.where(covered, seen - slave, 0.0)
    moved = (displacement - accepted)[interface.slave_dofs]
    relative = np.where(covered, moved - drag, 0.0)
    shear = tractions.tangential
    load = tractions.normal[:, None] * normals - np.einsum("nk,nkd->nd", shear, tangents)

    # rotation of normals and tangents
    turn = rotation(slave, interface.slave_faces, normals, ~interface.free)
    turns = tangent_turns(normals, tangents)
    stiffness = tractions.normal[:, None, None] * np.eye(3)
    stiffness = stiffness - np.einsum("nk,nkxy->nxy", shear, turns)
    coupling = sp.diags(weights) @ pairing.projection
    spread = sp.vstack([sp.diags(weights), -coupling.T])
    forces = sp.kron(spread, sp.eye(3)) @ (_blocks(stiffness) @ turn)
    gaps = _blocks(offset[:, None, :]) @ turn
    slips = _blocks(np.einsum("nd,nkdy->nky", relative, turns)) @ turn
    # change of areas and mortar integrals
    slave, master = np.ascontiguousarray(slave), np.ascontiguousarray(master)
    found = pairs(slave, interface.slave_faces, master, interface.master_faces)
    room = 12 * 20 * len(found) + 144 * len(interface.slave_faces)
    rows, cols, entries = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room)
    room = 32 * len(found) + 48 * len(interface.slave_faces)
    nodes, variables, motions = (
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty((room, 3)),
    )
    frames = np.concatenate([normals[:, None], tangents], axis=1)
    number, moves = face_derivatives(
        slave, interface.slave_faces, master, interface.master_faces, found, load, frames,
        np.stack([master, dragged], axis=1), np.stack([seen, drag], axis=1),
        rows, cols, entries, nodes, variables, motions,
    )  # fmt: skip
    nodes, variables = nodes[:moves], variables[:moves]
    motions = motions[:moves] * scale[nodes, None]
    dofs = np.concatenate([interface.slave_dofs.ravel(), interface.master_dofs.ravel()])
    size = len(displacement)

    def together(part: Any, row: Any, column: Any, value: Array, count: int) -> sp.csr_matrix:
        """Sum of a matrix of slave coordinates and of entries, in degrees of freedom."""
        part = part.tocoo()
        row, column = np.concatenate([part.row, row]), np.concatenate([part.col, column])
        entry = (np.concatenate([part.data, value]), (row, dofs[column]))
        return sp.csr_matrix(entry, shape=(count, size))

    forces = forces.tocoo()
    forces.row, rows = dofs[forces.row], dofs[rows[:number]]
    both = np.concatenate([2 * nodes, 2 * nodes + 1])
    along = -np.concatenate([motions[:, 1], motions[:, 2]])
    return GeometryTangent(
        together(forces, rows, cols[:number], entries[:number], size),
        together(gaps, nodes, variables, motions[:, 0], n),
        together(slips, both, np.concatenate([variables, variables]), along, 2 * n),
    )


class ContactInterface3D(ContactInterface):
    """State of one interface between two faces of quadrilaterals.

    Parameters
    ----------
    name : str
    slave, master : (k, 4) and (l, 4) int array
        Quadrilaterals of nodes, counter-clockwise seen from above.
    node_dofs : (nodes, 3) int array
        Degrees of freedom of all nodes.
    points : (nodes, 3) array
        Reference positions [um].
    upward : bool
        Whether the master lies above the slave.
    settings : ContactSettings
    x_walls, y_walls : (w,) int array
        Nodes that slide on walls across x and across y.
    """

    def __init__(
        self,
        name: str,
        slave: IntArray,
        master: IntArray,
        node_dofs: IntArray,
        points: Array,
        *,
        upward: bool,
        settings: ContactSettings,
        x_walls: IntArray,
        y_walls: IntArray,
    ) -> None:
        slaves, masters = np.unique(slave), np.unique(master)
        super().__init__(name, slaves, masters, node_dofs, points, upward=upward, settings=settings)
        self.slave_faces = np.searchsorted(slaves, slave)
        self.master_faces = np.searchsorted(masters, master)
        self.free = np.column_stack([~np.isin(slaves, wall) for wall in (x_walls, y_walls)])
        self.on_wall = ~self.free.all(axis=1)
        self.shear = np.zeros((len(slaves), 2))

    def _pair(self, slave: Array, master: Array) -> mortar.Pairing | None:
        return mortar3d.pair(
            slave,
            self.slave_faces,
            master,
            self.master_faces,
            upward=self.upward,
            walls=~self.free,
        )

    def linearise(
        self, displacement: Array, accepted: Array, tractions: laws.Tractions
    ) -> GeometryTangent | None:
        """Return how the moving geometry changes, in the present pairing."""
        return linearise(self, displacement, accepted, tractions)
