# SPDX-License-Identifier: MIT
"""Contact of one Newton direction: linearised interface laws, and who is in contact after it.

The contact law is piecewise linear, so which nodes touch after the step is part of the linear
problem. :func:`update_active_set` finds it by an active set iteration on the linearised problem:
each change of status is a rank-one update of the factored tangent (Woodbury), or, without factors
or where very many change, of the matrix itself. Without it, nodes that open and close again cut the
line search to steps of a per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.fem.contact.numbers import MOST_CHANGES, MOST_ROUNDS, MOST_SOLUTIONS, SOFTEST
from interfacefem.fem.increment import timed
from interfacefem.fem.linear.iterative import IterativeSystem
from interfacefem.fem.linear.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.contact.laws import Tractions
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.control import Border
    from interfacefem.fem.linear.condensation import Supports
    from interfacefem.fem.linear.direct import DirectSystem
    from interfacefem.fem.linear.systems import LinearSystem

    Array = npt.NDArray[np.float64]
    BoolArray = npt.NDArray[np.bool_]
    IntArray = npt.NDArray[np.int64]


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
    declared: BoolArray
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

    closing = sp.csr_matrix((np.ones(count), normal, np.arange(count + 1)), shape=(count, size))
    sliding = []
    for k, nodes in enumerate(inner):
        ends = np.concatenate([[0], np.cumsum(interface.free[:, k])])
        put = np.ones(len(nodes)), tangential[nodes, k], ends
        sliding.append(sp.csr_matrix(put, shape=(count, size)))
    matrix = Terms(size)
    geometry = None
    if geometric:
        followed = interface.mixed_tractions(tractions)
        geometry = interface.linearise(displacement, accepted, followed)
    if geometry is not None:
        matrix.add((transform.T @ (geometry.forces @ transform)).tocsr())
        closing = closing - geometry.gaps @ transform
        moved = geometry.slips @ transform
        sliding = [slide + moved[k :: len(inner)] for k, slide in enumerate(sliding)]
    # that of an open node is for its closing on the way; a softer law than not to penetrate has its
    # own where it bears
    penalty = interface.settings.penalty
    bearing = np.maximum(tractions.nn, SOFTEST * penalty)
    stiffness = weights * np.where(tractions.active, bearing, penalty)
    matrix.add_rows(normal, np.where(declared, stiffness, 0.0), closing)
    trial = weights * np.where(interface.pairing.covered, tractions.trial, -1.0)
    step, jump = stiffness, trial
    if not interface.settings.friction.frictionless or bond is not None:
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
            matrix.add_rows(normal, nn, closing)
        free = interface.free
        for k in range(len(inner)):
            along = tangential[:, k]
            for m, slide in enumerate(sliding):
                matrix.add_rows(along, np.where(free[:, k], tt[:, k, m], 0.0), slide)
            if not symmetric:
                matrix.add_rows(along, np.where(free[:, k], tn[:, k], 0.0), closing)
                if nt is not None:
                    matrix.add_rows(normal, np.where(free[:, k], nt[:, k], 0.0), sliding[k])
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
        matrix.matrix(),
        sliding[0].tocsr(),
    )


@timed("contact")
def update_active_set(
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
    nodes = _Nodes.of(contacts)
    if isinstance(system, IterativeSystem):
        return _settle_by_iterations(system, y, nodes, extra, right)
    return _settle_by_factors(system, y, nodes, extra, right, border)


@dataclass(frozen=True)
class _Nodes:
    """Nodes of all interfaces, one after the other; fields as in :class:`LinearContact`."""

    unknowns: IntArray
    stiffness: Array
    trial: Array
    step: Array
    jump: Array
    declared: BoolArray
    closing: sp.csr_matrix

    @classmethod
    def of(cls, contacts: Sequence[LinearContact]) -> _Nodes:
        names = ("unknowns", "stiffness", "trial", "step", "jump", "declared")
        fields: list[Any] = [np.concatenate([getattr(c, name) for c in contacts]) for name in names]
        fields.append(sp.vstack([c.closing for c in contacts]).tocsr())
        return cls(*fields)

    def in_contact(self, closed: Array) -> BoolArray:
        """Return which nodes are in contact where gaps have closed by so much [um]."""
        found: BoolArray = self.trial + self.stiffness * closed > 0.0
        return found

    def with_contacts(
        self, status: BoolArray, extra: sp.csr_matrix, right: Array
    ) -> tuple[sp.csr_matrix, Array]:
        """Return contact terms and right-hand side with other contacts than the declared ones."""
        changed = np.flatnonzero(status != self.declared)
        sign = np.where(status[changed], 1.0, -1.0)
        put = (sign * self.step[changed], (self.unknowns[changed], np.arange(len(changed))))
        terms = sp.csr_matrix(put, shape=(len(right), len(changed))) @ self.closing[changed]
        given = right.copy()
        given[self.unknowns[changed]] -= sign * self.jump[changed]
        return (extra + terms).tocsr(), given


class _Updated:
    """Solution of a factored matrix in which contacts change; follows closings alone at first.

    Parameters
    ----------
    system : DirectSystem
    nodes : _Nodes
    factored : (n,) bool array
        Nodes in contact in the factored matrix.
    y : (unknowns,) array
        Solution with those.
    border : Border, optional
    """

    def __init__(
        self,
        system: DirectSystem,
        nodes: _Nodes,
        factored: BoolArray,
        y: Array,
        border: Border | None,
    ) -> None:
        self.factored = factored
        self._system, self._nodes, self._border = system, nodes, border
        self._found, self._rows = y[:, None], nodes.closing
        if border is not None:
            self._found = np.column_stack([y, system.back(border.unit)])
            self._rows = sp.vstack([nodes.closing, sp.csr_matrix(border.row)]).tocsr()
        self._started = self._moved = self._rows @ self._found
        # to forces on nodes, where known
        self._response = np.zeros((self._rows.shape[0], len(factored)), order="F")
        self._known = np.zeros(len(factored), dtype=bool)
        self._changed = np.flatnonzero(self._known)
        self._force = np.zeros((0, self._found.shape[1]))

    @property
    def _share(self) -> Array:
        return np.ones(1) if self._border is None else self._border.shares(self._moved[-1])

    @property
    def closed(self) -> Array:
        """How far the gap of each node closes [um]."""
        result: Array = self._moved[: len(self.factored)] @ self._share
        return result

    def change(self, status: BoolArray) -> None:
        """Solve with other nodes in contact (Woodbury)."""
        nodes = self._nodes
        self._changed = changed = np.flatnonzero(status != self.factored)
        fresh = changed[~self._known[changed]]
        self._response[:, fresh] = self._system.compliance(self._rows, nodes.unknowns[fresh])
        self._known[fresh] = True
        sign = np.where(status[changed], 1.0, -1.0)
        z = self._response[:, changed]
        force = np.zeros((len(changed), self._found.shape[1]))
        force[:, 0] = sign * nodes.jump[changed]
        small = np.diag(sign / nodes.step[changed]) + z[changed]
        force += np.linalg.solve(small, (self._started - z @ force)[changed])
        self._force, self._moved = force, self._started - z @ force

    def solution(self) -> Array:
        """Return the present solution, shape (unknowns,)."""
        result: Array = self._found @ self._share
        if len(self._changed) > 0:
            load = np.zeros(len(result))
            load[self._nodes.unknowns[self._changed]] = self._force @ self._share
            result = result - self._system.back(load)
        return result


def _settle_by_factors(
    system: DirectSystem,
    y: Array,
    nodes: _Nodes,
    extra: sp.csr_matrix,
    right: Array,
    border: Border | None,
) -> Array:
    """Update the solution for each set of contacts; factor anew where too many change."""
    status = nodes.declared
    updated = _Updated(system, nodes, status, y, border)
    factors = MOST_SOLUTIONS
    for _ in range(MOST_ROUNDS):
        wanted = nodes.in_contact(updated.closed)
        if np.array_equal(wanted, status):
            break
        if np.sum(wanted != updated.factored) <= MOST_CHANGES:
            updated.change(wanted)
        elif factors > 0:
            factors -= 1
            y = system.again(*nodes.with_contacts(wanted, extra, right))
            updated = _Updated(system, nodes, wanted, y, border)
        else:
            break
        status = wanted
    return updated.solution()


def _settle_by_iterations(
    system: IterativeSystem, y: Array, nodes: _Nodes, extra: sp.csr_matrix, right: Array
) -> Array:
    """Iterate anew for each set of contacts."""
    status = nodes.declared
    for _ in range(MOST_SOLUTIONS):
        wanted = nodes.in_contact(nodes.closing @ y)
        if np.array_equal(wanted, status):
            break
        y = system.again(*nodes.with_contacts(wanted, extra, right))
        status = wanted
    return y
