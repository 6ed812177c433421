# SPDX-License-Identifier: MIT
r"""Linearisation of the moving contact geometry: nodal normals, areas and mortar integrals.

The traction vector :math:`q_j = \lambda_j n_j - t_j \tau_j` of slave node *j* loads the slave with
:math:`D_j q_j` and the master nodes with :math:`-M_{jm} q_j`. This module gives the derivative of
these forces at fixed :math:`\lambda, t` and the part of the derivative of the weighted gap that
frozen geometry leaves out. With it Newton's method converges quadratically on a contact geometry
that follows the deformation. Coverage of edges that overlap the master only partly is held fixed.

References
----------
Popp, Gee and Wall (2009), 10.1002/nme.2614 (consistent linearisation of dual mortar contact).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.interface import ContactInterface

    Array = npt.NDArray[np.float64]

#: part of an edge that may lie beyond the master: both end at a wall that gives way a little
OVERHANG = 1e-4


@dataclass(frozen=True)
class GeometryTangent:
    """Geometric derivatives of one interface.

    Attributes
    ----------
    forces : (dofs, dofs) CSR matrix
        Derivative of the contact forces at fixed tractions [MPa].
    gaps, slips : (n, dofs) CSR matrix
        Derivative of the gap and of the slip beyond that of frozen geometry [-].
    """

    forces: sp.csr_matrix
    gaps: sp.csr_matrix
    slips: sp.csr_matrix


@numba.njit(cache=True)
def _segment(xa: complex, xb: complex, xk: complex, xl: complex, ring: bool, out: Any) -> None:
    """Integrate dual times master shape functions over one segment, without the edge stretch."""
    lo = xa if xa.real > xk.real else xk
    hi = xb if xb.real < xl.real else xl
    root = 0.5 / np.sqrt(3.0)
    # the dual functions a0 (1 - xi) + a1 xi of the whole edge
    a00, a01, a10, a11 = 2.0 + 0.0j, -1.0 + 0.0j, -1.0 + 0.0j, 2.0 + 0.0j
    if ring:  # with the measure r = xa (1 - xi) + xb xi
        d0, d1 = (2.0 * xa + xb) / 6.0, (xa + 2.0 * xb) / 6.0
        m00, m01, m11 = (3.0 * xa + xb) / 12.0, (xa + xb) / 12.0, (xa + 3.0 * xb) / 12.0
        det = m00 * m11 - m01 * m01
        a00, a01 = d0 * m11 / det, -d0 * m01 / det
        a10, a11 = -d1 * m01 / det, d1 * m00 / det
    out[:] = 0.0
    for sign in (-1.0, 1.0):
        x = lo + (0.5 + sign * root) * (hi - lo)
        xi = (x - xa) / (xb - xa)
        eta = (x - xk) / (xl - xk)
        weight = 0.5 * (hi - lo)
        if ring:
            weight *= 2.0 * np.pi * x
        psi0 = a00 * (1.0 - xi) + a01 * xi
        psi1 = a10 * (1.0 - xi) + a11 * xi
        out[0] += weight * psi0 * (1.0 - eta)
        out[1] += weight * psi0 * eta
        out[2] += weight * psi1 * (1.0 - eta)
        out[3] += weight * psi1 * eta


@numba.njit(cache=True)
def _integral_derivatives(
    slave: Array, master: Array, ring: bool, index: Any, variable: Any, value: Any
) -> int:
    """COO of d M[j, m] / d coordinate; coordinates: slave x, slave y, master x, in that order."""
    count = 0
    n, m = slave.shape[0], master.shape[0]
    start = 0
    step = 1e-30
    out = np.empty(4, np.complex128)
    coordinates = np.empty(4, np.complex128)
    for e in range(n - 1):
        xa, xb = slave[e, 0], slave[e + 1, 0]
        over = OVERHANG * (xb - xa)
        if xa < master[0, 0] - over or xb > master[m - 1, 0] + over:
            continue  # partial coverage is held fixed
        span = xb - xa
        rise = slave[e + 1, 1] - slave[e, 1]
        length = np.hypot(span, rise)
        stretch = length / span
        # d(length / span) along xb and yb; the opposite along xa and ya
        stretch_x = 1.0 / length - length / (span * span)
        stretch_y = rise / (length * span)
        while start < m - 2 and master[start + 1, 0] <= xa:
            start += 1
        k = start
        while k < m - 1 and master[k, 0] < xb:
            xk, xl = master[k, 0], master[k + 1, 0]
            if min(xb, xl) > max(xa, xk):
                for v in range(4):
                    coordinates[0] = xa
                    coordinates[1] = xb
                    coordinates[2] = xk
                    coordinates[3] = xl
                    coordinates[v] += 1j * step
                    _segment(
                        coordinates[0], coordinates[1], coordinates[2], coordinates[3], ring, out
                    )
                    for entry in range(4):
                        d = stretch * out[entry].imag / step
                        if v == 0:
                            d -= stretch_x * out[entry].real
                        elif v == 1:
                            d += stretch_x * out[entry].real
                        index[count, 0] = e + entry // 2
                        index[count, 1] = k + entry % 2
                        variable[count] = (e, e + 1, 2 * n + k, 2 * n + k + 1)[v]
                        value[count] = d
                        count += 1
                        if v < 2:
                            index[count, 0] = e + entry // 2
                            index[count, 1] = k + entry % 2
                            variable[count] = n + e + v
                            value[count] = (1.0 if v == 1 else -1.0) * stretch_y * out[entry].real
                            count += 1
            k += 1
    return count


def linearise(
    interface: ContactInterface,
    displacement: Array,
    accepted: Array,
    pressure: Array,
    shear: Array,
) -> GeometryTangent:
    """Linearise the geometry of an interface in its present pairing.

    Parameters
    ----------
    interface : ContactInterface
        Its pairing belongs to ``displacement``.
    displacement : (dofs,) array
        Current displacement [um].
    accepted : (dofs,) array
        Displacement since which slip is counted [um].
    pressure, shear : (n,) array
        Tractions of the slave nodes [MPa].

    Returns
    -------
    GeometryTangent
    """
    pairing = interface.pairing
    slave = interface.slave_points + displacement[interface.slave_dofs]
    master = interface.master_points + displacement[interface.master_dofs]
    n, m = len(slave), len(master)
    normal = pairing.normals
    tau = np.column_stack([normal[:, 1], -normal[:, 0]])
    traction = pressure[:, None] * normal - shear[:, None] * tau
    weights = pairing.weights
    sx, sy = interface.slave_dofs.T
    rows: list[Any] = []
    cols: list[Any] = []
    vals: list[Any] = []
    rows_g: list[Any] = []
    cols_g: list[Any] = []
    gap_values: list[Any] = []
    slip_values: list[Any] = []

    def add(row: Any, col: Any, val: Any) -> None:
        rows.append(row)
        cols.append(col)
        vals.append(val)

    def add_motion(row: Any, col: Any, gap: Any, slip: Any) -> None:
        rows_g.append(row)
        cols_g.append(col)
        gap_values.append(gap)
        slip_values.append(slip)

    scale = np.divide(1.0, weights, out=np.zeros(n), where=weights > 0.0)
    seen = pairing.projection @ master
    change = displacement - accepted
    dragged = change[interface.master_dofs]
    drag = pairing.projection @ dragged
    relative = np.where(pairing.covered[:, None], change[interface.slave_dofs] - drag, 0.0)
    offset = np.where(pairing.covered[:, None], seen - slave, 0.0)
    coupling = (sp.diags(weights) @ pairing.projection).tocoo()  # M

    # rotation of the normals: n is perpendicular to the chord between the neighbours
    inner = np.flatnonzero(~interface.on_wall & pairing.covered)
    before, after = np.maximum(inner - 1, 0), np.minimum(inner + 1, n - 1)
    chord = np.linalg.norm(slave[after] - slave[before], axis=1)
    sign = 1.0 if interface.upward else -1.0
    # d n = tau (tau . perp(d chord)) / |chord| with perp(c) = sign (-c_y, c_x)
    spin_x = sign * tau[inner, 1] / chord  # per d chord_x
    spin_y = -sign * tau[inner, 0] / chord
    # d q = pressure d n - shear d tau; with d n = a tau also d tau = -a n
    turned = pressure[inner, None] * tau[inner] + shear[inner, None] * normal[inner]
    lever = np.einsum("ij,ij->i", tau[inner], offset[inner])
    slip_lever = -np.einsum("ij,ij->i", normal[inner], relative[inner])
    position = np.full(n, -1)
    position[inner] = np.arange(len(inner))
    pick = position[coupling.row] >= 0
    cj, cm, cv = position[coupling.row[pick]], coupling.col[pick], coupling.data[pick]
    for neighbours, end in ((after, 1.0), (before, -1.0)):
        for dofs, spin in ((sx, spin_x), (sy, spin_y)):
            column = dofs[neighbours]
            for c, force_dofs in ((0, sx), (1, sy)):
                add(force_dofs[inner], column, end * weights[inner] * spin * turned[:, c])
                add(interface.master_dofs[cm, c], column[cj], -end * cv * spin[cj] * turned[cj, c])
            add_motion(inner, column, end * spin * lever, end * spin * slip_lever)

    # growth of the slave area
    edge = np.diff(slave, axis=0)
    tangent = edge / np.linalg.norm(edge, axis=1)[:, None]
    index = np.arange(n - 1)
    full = (slave[:-1, 0] >= master[0, 0] - OVERHANG * edge[:, 0]) & (
        slave[1:, 0] <= master[-1, 0] + OVERHANG * edge[:, 0]
    )
    index = index[full]
    projected_gap = np.einsum("ij,ij->i", normal, seen) * scale
    projected_slip = -np.einsum("ij,ij->i", tau, drag) * scale
    # a node has half of its edge, or the integral of 2 pi r times its shape function
    length = np.linalg.norm(edge, axis=1)[index]
    for node, other in ((index, index + 1), (index + 1, index)):
        share = np.full(len(index), 0.5)
        if interface.ring:
            share = 2.0 * np.pi * (2.0 * slave[node, 0] + slave[other, 0]) / 6.0
        for end_node, end in ((index + 1, 1.0), (index, -1.0)):
            for dofs, component in ((sx, 0), (sy, 1)):
                growth = share * end * tangent[index, component]
                if interface.ring and component == 0:
                    growth = growth + np.pi / 3.0 * length * np.where(end_node == node, 2.0, 1.0)
                gap_growth, slip_growth = (
                    growth * projected_gap[node],
                    growth * projected_slip[node],
                )
                for c, force_dofs in ((0, sx), (1, sy)):
                    add(force_dofs[node], dofs[end_node], growth * traction[node, c])
                add_motion(node, dofs[end_node], -gap_growth, -slip_growth)

    # change of the mortar integrals
    room = 24 * (n + m)
    pair_index = np.empty((room, 2), np.int64)
    variable = np.empty(room, np.int64)
    value = np.empty(room)
    count = _integral_derivatives(
        np.ascontiguousarray(slave),
        np.ascontiguousarray(master),
        interface.ring,
        pair_index,
        variable,
        value,
    )
    j, k = pair_index[:count, 0], pair_index[:count, 1]
    column = np.concatenate([sx, sy, interface.master_dofs[:, 0]])[variable[:count]]
    value = value[:count]
    for c in (0, 1):
        add(interface.master_dofs[k, c], column, -value * traction[j, c])
    scaled = value * scale[j]
    add_motion(
        j,
        column,
        scaled * np.einsum("ij,ij->i", normal[j], master[k]),
        -scaled * np.einsum("ij,ij->i", tau[j], dragged[k]),
    )

    size = len(displacement)
    forces = sp.csr_matrix(
        (np.concatenate(vals), (np.concatenate(rows), np.concatenate(cols))), shape=(size, size)
    )
    where = (np.concatenate(rows_g), np.concatenate(cols_g))
    gaps = sp.csr_matrix((np.concatenate(gap_values), where), shape=(n, size))
    slips = sp.csr_matrix((np.concatenate(slip_values), where), shape=(n, size))
    return GeometryTangent(forces, gaps, slips)
