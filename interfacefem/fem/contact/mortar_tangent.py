# SPDX-License-Identifier: MIT
r"""Linearisation of the moving contact geometry: nodal normals, areas and mortar integrals.

The traction vector :math:`q_j = \lambda_j n_j - t_j \tau_j` of slave node *j* loads the slave with
:math:`D_j q_j` and the master nodes with :math:`-M_{jm} q_j`. This module gives the derivative of
these forces at fixed :math:`\lambda, t` and the part of the derivative of the weighted gap that
frozen geometry leaves out. With it Newton's method converges quadratically on a contact geometry
that follows the deformation. What is covered of an edge that overlaps the master only partly moves
with the end of the master.

References
----------
Popp, Gee and Wall (2009), 10.1002/nme.2614 (consistent linearisation of dual mortar contact).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.compiled import njit
from interfacefem.fem.contact.numbers import LEAST_OVERLAP

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.contact.interface import ContactInterface

    Array = npt.NDArray[np.float64]


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


@njit
def _segment(c: Any, axisymmetric: bool, out: Any) -> None:
    """Integrate dual times master shape functions over one segment, without the edge stretch.

    ``c`` holds x of the ends of the slave edge, of the master edge and of the whole master face.
    """
    root = 0.5 / np.sqrt(3.0)
    # the dual functions a0 (1 - xi) + a1 xi of the part of the edge that lies opposite the master
    lo = c[0] if c[0].real > c[4].real else c[4]
    hi = c[1] if c[1].real < c[5].real else c[5]
    m00, m01, m11 = 0.0j, 0.0j, 0.0j
    for sign in (-1.0, 1.0):
        x = lo + (0.5 + sign * root) * (hi - lo)
        xi = (x - c[0]) / (c[1] - c[0])
        weight = 0.5 * (hi - lo)
        if axisymmetric:
            weight *= 2.0 * np.pi * x
        m00 += weight * (1.0 - xi) * (1.0 - xi)
        m01 += weight * (1.0 - xi) * xi
        m11 += weight * xi * xi
    det = m00 * m11 - m01 * m01
    d0, d1 = m00 + m01, m01 + m11
    a00, a01 = d0 * m11 / det, -d0 * m01 / det
    a10, a11 = -d1 * m01 / det, d1 * m00 / det
    lo = c[0] if c[0].real > c[2].real else c[2]
    hi = c[1] if c[1].real < c[3].real else c[3]
    out[:] = 0.0
    for sign in (-1.0, 1.0):
        x = lo + (0.5 + sign * root) * (hi - lo)
        xi = (x - c[0]) / (c[1] - c[0])
        eta = (x - c[2]) / (c[3] - c[2])
        weight = 0.5 * (hi - lo)
        if axisymmetric:
            weight *= 2.0 * np.pi * x
        psi0 = a00 * (1.0 - xi) + a01 * xi
        psi1 = a10 * (1.0 - xi) + a11 * xi
        out[0] += weight * psi0 * (1.0 - eta)
        out[1] += weight * psi0 * eta
        out[2] += weight * psi1 * (1.0 - eta)
        out[3] += weight * psi1 * eta


@njit
def _integral_derivatives(
    slave: Array, master: Array, axisymmetric: bool, index: Any, variable: Any, value: Any
) -> int:
    """COO of d M[j, m] / d coordinate; coordinates: slave x, slave y, master x, in that order."""
    count = 0
    n, m = slave.shape[0], master.shape[0]
    first, last = master[0, 0], master[m - 1, 0]
    start = 0
    step = 1e-30
    out = np.empty(4, np.complex128)
    coordinates = np.empty(6, np.complex128)
    number = np.empty(6, np.int64)
    number[4], number[5] = 2 * n, 2 * n + m - 1
    for e in range(n - 1):
        xa, xb = slave[e, 0], slave[e + 1, 0]
        span = xb - xa
        if min(xb, last) - max(xa, first) <= LEAST_OVERLAP * span:
            continue
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
                number[0], number[1], number[2], number[3] = e, e + 1, 2 * n + k, 2 * n + k + 1
                for v in range(6):
                    if (v == 4 and xa > first) or (v == 5 and xb < last):
                        continue  # the edge does not reach this end of the master
                    coordinates[0], coordinates[1] = xa, xb
                    coordinates[2], coordinates[3] = xk, xl
                    coordinates[4], coordinates[5] = first, last
                    coordinates[v] += 1j * step
                    _segment(coordinates, axisymmetric, out)
                    for entry in range(4):
                        d = stretch * out[entry].imag / step
                        if v == 0:
                            d -= stretch_x * out[entry].real
                        elif v == 1:
                            d += stretch_x * out[entry].real
                        index[count, 0] = e + entry // 2
                        index[count, 1] = k + entry % 2
                        variable[count] = number[v]
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

    # change of the mortar integrals, and with them of the slave areas, which are their row sums
    room = 32 * (n + m)
    pair_index = np.empty((room, 2), np.int64)
    variable = np.empty(room, np.int64)
    value = np.empty(room)
    count = _integral_derivatives(
        np.ascontiguousarray(slave),
        np.ascontiguousarray(master),
        interface.axisymmetric,
        pair_index,
        variable,
        value,
    )
    j, k = pair_index[:count, 0], pair_index[:count, 1]
    column = np.concatenate([sx, sy, interface.master_dofs[:, 0]])[variable[:count]]
    value = value[:count]
    for c, force_dofs in ((0, sx), (1, sy)):
        add(force_dofs[j], column, value * traction[j, c])
        add(interface.master_dofs[k, c], column, -value * traction[j, c])
    scaled = value * scale[j]
    add_motion(
        j,
        column,
        scaled * np.einsum("ij,ij->i", normal[j], master[k] - seen[j]),
        -scaled * np.einsum("ij,ij->i", tau[j], dragged[k] - drag[j]),
    )

    size = len(displacement)
    forces = sp.csr_matrix(
        (np.concatenate(vals), (np.concatenate(rows), np.concatenate(cols))), shape=(size, size)
    )
    where = (np.concatenate(rows_g), np.concatenate(cols_g))
    gaps = sp.csr_matrix((np.concatenate(gap_values), where), shape=(n, size))
    slips = sp.csr_matrix((np.concatenate(slip_values), where), shape=(n, size))
    return GeometryTangent(forces, gaps, slips)
