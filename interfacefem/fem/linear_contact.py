# SPDX-License-Identifier: MIT
"""Contact of one Newton direction: linearised interface laws, and who is in contact after it.

The contact law is piecewise linear, so which nodes touch after the step is part of the linear
problem. :func:`settle` finds it by an active set iteration on the linearised problem: each change
of status is a rank-one update of the factored tangent (Woodbury), or, without factors, of the
matrix that is iterated on. Without it, nodes that open, or close, again cut the line search to
steps of a per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem.clock import timed
from interfacefem.fem.iterative import IterativeSystem

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.contact.laws import Tractions
    from interfacefem.fem.condensation import Supports
    from interfacefem.fem.control import Border
    from interfacefem.fem.direct import DirectSystem
    from interfacefem.fem.interface import ContactInterface
    from interfacefem.fem.systems import LinearSystem

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: most changes of contact followed in one direction, which take about as long as factors then, and
#: rounds of the active set iteration
MOST_CHANGES, MOST_ROUNDS = 1000, 25
#: rounds where each costs an iterative solution
MOST_SOLUTIONS = 8


@dataclass(frozen=True)
class LinearContact:
    """Linearised contact of one interface in the condensed unknowns.

    Attributes
    ----------
    unknowns : (n,) int array
        Unknown of the normal motion of each slave node.
    stiffness : (n,) array
        Normal stiffness of a node in contact, times its weight [MPa].
    trial : (n,) array
        Trial pressure times weight [MPa um].
    step, jump : (n,) array
        Stiffness [MPa] and force [MPa um] that a node in contact has and an open one lacks; the
        same as ``stiffness`` and ``trial`` where no bond holds the open one.
    declared : (n,) bool array
        Nodes taken to be in contact in ``matrix``.
    correction : (n,) array
        Forces of declared nodes that carry none in the residual [MPa um].
    closing : (n, unknowns) CSR matrix
        Closing of each node's gap.
    matrix : (unknowns, unknowns) CSR matrix
        Contribution to the tangent.
    sliding : (n, unknowns) CSR matrix
        Slip of each node along x, zero where a wall holds it.
    """

    unknowns: IntArray
    stiffness: Array
    trial: Array
    step: Array
    jump: Array
    declared: npt.NDArray[np.bool_]
    correction: Array
    closing: sp.csr_matrix
    matrix: sp.csr_matrix
    sliding: sp.csr_matrix

    def pressures(self, y: Array, weights: Array) -> Array:
        """Pressure of the nodes after a step ``y``, linearised [MPa]; weights are their areas."""
        force: Array = np.maximum(self.trial + self.stiffness * (self.closing @ y), 0.0)
        return np.divide(force, weights, out=np.zeros_like(force), where=weights > 0.0)


@timed("contact")
def linear_contact(
    interface: ContactInterface,
    tractions: Tractions,
    supports: Supports,
    transform: sp.csr_matrix,
    displacement: Array,
    accepted: Array,
    *,
    geometric: bool,
    symmetric: bool,
    adrift: bool = True,
) -> LinearContact:
    """Linearise the law and, if wanted, the geometry of an interface.

    Parameters
    ----------
    interface : ContactInterface
        Its pairing belongs to ``displacement``.
    tractions : Tractions
        The law at ``displacement``.
    supports : Supports
    transform : (dofs, unknowns) CSR matrix
    displacement, accepted : (dofs,) array
        Present iterate and accepted displacement [um].
    geometric : bool
        Whether moving normals, areas and mortar integrals are linearised as well.
    symmetric : bool
        Leave out how pressure changes the friction limit, and how bonds soften.
    adrift : bool
        Whether a layer without contact and bonds is held by nothing.

    Returns
    -------
    LinearContact
    """
    size = supports.size
    weights = interface.pairing.weights
    count = len(weights)
    normal = supports.unknown[interface.slave_dofs[:, -1]]
    tangential = supports.unknown[interface.slave_dofs[:, :-1]]
    inner = [np.flatnonzero(free) for free in interface.free.T]
    declared = tractions.active.copy()
    bonds, bond = interface.bonds, tractions.bond
    if adrift and not declared.any() and not (bonds is not None and bonds.hold):
        # an open interface leaves a layer adrift: the step closes it at its nearest node
        declared[interface.nearest(displacement)] = True

    def select(values: Array, columns: IntArray, rows: IntArray) -> sp.csr_matrix:
        return sp.csr_matrix((values, (columns, rows)), shape=(size, count))

    every = np.arange(count)
    closing = select(np.ones(count), normal, every).T.tocsr()
    sliding = [
        select(np.ones(len(nodes)), tangential[nodes, k], nodes).T.tocsr()
        for k, nodes in enumerate(inner)
    ]
    matrix = sp.csr_matrix((size, size))
    geometry = None
    if geometric:
        followed = interface.followed_tractions(tractions)
        geometry = interface.linearise(displacement, accepted, followed)
    if geometry is not None:
        matrix = transform.T @ geometry.forces @ transform
        closing = closing - geometry.gaps @ transform
        moved = geometry.slips
        sliding = [slide + moved[k :: len(inner)] @ transform for k, slide in enumerate(sliding)]
    stiffness = weights * interface.settings.penalty
    matrix = matrix + select(np.where(declared, stiffness, 0.0), normal, every) @ closing
    trial = weights * np.where(interface.pairing.covered, tractions.trial, -1.0)
    step, jump = stiffness, trial
    if interface.settings.friction > 0.0 or bond is not None:
        tt = weights[:, None, None] * tractions.tt.reshape(count, len(inner), len(inner))
        tn = weights[:, None] * tractions.tn.reshape(count, len(inner))
        nn = nt = None
        if bond is not None:
            # an open node has the stiffness of its bond, one that opens that of its bond so far
            secant = weights * bond.secant
            eye = np.eye(len(inner))
            nn = np.where(declared, 0.0, secant if symmetric else weights * bond.nn)
            nt = np.where(declared, 0.0, -weights)[:, None] * bond.nt
            tn = tn - np.where(declared, 0.0, weights)[:, None] * bond.tn
            soft = secant[:, None, None] * eye if symmetric else weights[:, None, None] * bond.tt
            tt = tt + soft
            step = stiffness - np.where(declared, secant, nn)
            left = 1.0 - secant / np.where(stiffness > 0.0, stiffness, 1.0)
            jump = np.where(declared, trial * left, trial + weights * bond.normal)
            matrix = matrix + select(nn, normal, every) @ closing
        for k, nodes in enumerate(inner):
            for m, slide in enumerate(sliding):
                matrix = matrix + select(tt[nodes, k, m], tangential[nodes, k], nodes) @ slide
            if not symmetric:
                matrix = matrix + select(tn[nodes, k], tangential[nodes, k], nodes) @ closing
                if nt is not None:
                    matrix = matrix + select(nt[nodes, k], normal[nodes], nodes) @ sliding[k]
    correction = np.where(declared & ~tractions.active, trial, 0.0)
    return LinearContact(
        normal,
        stiffness,
        trial,
        step,
        jump,
        declared,
        correction,
        closing.tocsr(),
        matrix.tocsr(),
        sliding[0].tocsr(),
    )


@timed("contact")
def settle(
    system: LinearSystem,
    y: Array,
    contacts: Sequence[LinearContact],
    extra: sp.csr_matrix,
    right: Array,
    border: Border | None = None,
) -> Array:
    """Settle which nodes are in contact after the linearised step.

    Parameters
    ----------
    system : LinearSystem
        Holds the tangent with the declared contacts.
    y : (unknowns,) array
        Solution with the declared contacts.
    contacts : sequence of LinearContact
    extra : (unknowns, unknowns) CSR matrix
        Contact terms of the tangent.
    right : (unknowns,) array
        What the solution belongs to.
    border : Border, optional
        What a prescribed motion adds; not with an iterative solver.

    Returns
    -------
    (unknowns,) array
        Solution with consistent contacts, or the last one where too many change.
    """
    if isinstance(system, IterativeSystem):
        return _settle_by_iterations(system, y, contacts, extra, right)
    return _settle_by_factors(system, y, contacts, border)


def _joined(contacts: Sequence[LinearContact]) -> tuple[Any, ...]:
    """Return what all interfaces have of nodes, one after the other."""
    names = ("unknowns", "stiffness", "trial", "step", "jump", "declared")
    return tuple(np.concatenate([getattr(c, name) for c in contacts]) for name in names)


def _settle_by_factors(
    system: DirectSystem, y: Array, contacts: Sequence[LinearContact], border: Border | None
) -> Array:
    """Follow the closing of the nodes alone, and solve once more at the end."""
    unknowns, stiffness, trial, step, jump, declared = _joined(contacts)
    rows = sp.vstack([c.closing for c in contacts]).tocsr()
    found = y[:, None]
    if border is not None:
        found = np.column_stack([y, border.response])
        rows = sp.vstack([rows, sp.csr_matrix(border.row)]).tocsr()
    count = len(unknowns)
    started = moved = rows @ found
    response = np.zeros((rows.shape[0], count), order="F")  # to forces on nodes, where known
    known = np.zeros(count, dtype=bool)
    changed, force = np.flatnonzero(known), np.zeros((0, found.shape[1]))
    status = declared.copy()
    for _ in range(MOST_ROUNDS):
        share = np.ones(1) if border is None else border.shares(moved[-1])
        wanted = trial + stiffness * (moved[:count] @ share) > 0.0
        if np.array_equal(wanted, status) or np.sum(wanted != declared) > MOST_CHANGES:
            break
        status = wanted
        changed = np.flatnonzero(status != declared)
        fresh = changed[~known[changed]]
        response[:, fresh] = system.compliance(rows, unknowns[fresh])
        known[fresh] = True
        sign = np.where(status[changed], 1.0, -1.0)
        z = response[:, changed]
        force = np.zeros((len(changed), found.shape[1]))
        force[:, 0] = sign * jump[changed]
        small = np.diag(sign / step[changed]) + z[changed]
        force += np.linalg.solve(small, (started - z @ force)[changed])
        moved = started - z @ force
    share = np.ones(1) if border is None else border.shares(moved[-1])
    result: Array = found @ share
    if len(changed) > 0:
        load = np.zeros(len(y))
        load[unknowns[changed]] = force @ share
        result = result - system.back(load)
    return result


def _settle_by_iterations(
    system: IterativeSystem,
    y: Array,
    contacts: Sequence[LinearContact],
    extra: sp.csr_matrix,
    right: Array,
) -> Array:
    """Iterate anew for each set of contacts."""
    unknowns, stiffness, trial, step, jump, declared = _joined(contacts)
    closing = sp.vstack([c.closing for c in contacts]).tocsr()
    status = declared
    best = y
    for _ in range(MOST_SOLUTIONS):
        wanted = trial + stiffness * (closing @ best) > 0.0
        if np.array_equal(wanted, status):
            break
        status = wanted
        changed = np.flatnonzero(status != declared)
        if len(changed) == 0:
            best = y
            continue
        sign = np.where(status[changed], 1.0, -1.0)
        put = (sign * step[changed], (unknowns[changed], np.arange(len(changed))))
        terms = sp.csr_matrix(put, shape=(len(y), len(changed))) @ closing[changed]
        given = right.copy()
        given[unknowns[changed]] -= sign * jump[changed]
        best = system.again((extra + terms).tocsr(), given)
    return best
