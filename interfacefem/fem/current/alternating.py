# SPDX-License-Identifier: MIT
r"""Alternating currents through a chain of layers, small enough that everything is linear.

The equations of :mod:`interfacefem.fem.current.system` with complex numbers: layers have the
admittivity :math:`a(\omega)` in place of a conductivity, and slave node *j* of an interface passes

.. math::

   I_j = Y_j \, s \, \Big( \phi_j - \sum_m P_{jm} \phi_m \Big) , \qquad
   Y_j = D_j \, (g_j + i \omega c_j)

with a conductance g where there is contact, and a capacitance c everywhere. A layer's admittivity
varies inside it as its conductivity does, so that its stiffness stays real and the same at all
frequencies:

.. math::

   K \psi + s B^T I &= 0 , \\
   s (\psi_s / a_s - P \psi_m / a_m) + e_k - I_j / Y_j &= 0 , \\
   \textstyle\sum_{j \in k} I_j &= I .

Matrices of all frequencies are one sparse pattern with the coefficients :math:`1/a`, :math:`1/Y`
and what scales rows and columns. Its ordering is found once; each frequency has one factorisation.
In sections of 12,000 nodes it takes half of the time of the same in real numbers by MUMPS.

References
----------
Orazem and Tribollet (2008), Electrochemical Impedance Spectroscopy, Wiley (layers and interfaces).
Li (2005), 10.1145/1089014.1089017 (SuperLU).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from interfacefem.errors import MeshError
from interfacefem.fem.current.numbers import BALANCE, PIVOT, REFINED, REFINEMENTS, SHIFT
from interfacefem.fem.current.system import between_faces, chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.current.electric import CurrentProblem
    from interfacefem.fem.current.system import ElectricContact, Link

    Array = npt.NDArray[np.float64]
    ComplexArray = npt.NDArray[np.complex128]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class AlternatingContact:
    """One interface for alternating currents.

    Attributes
    ----------
    contact : ElectricContact
        Its faces and their pairing.
    conductance : (n,) array
        Of the area of each slave node, at a vanishing current [uA/(V um^2)]: zero where nothing
        passes, infinite where potentials are tied.
    capacitance : (n,) array
        Of the area of each slave node [uA s/(V um^2)].
    """

    contact: ElectricContact
    conductance: Array
    capacitance: Array


class AlternatingProblem:
    """Impedance of a chain of layers in one configuration, at any frequency.

    Parameters
    ----------
    problem : CurrentProblem
        Its conductivities are not used, their variation inside the layers is.
    displacement : (n, d) array
        Of all nodes [um].
    contacts : sequence of AlternatingContact
        Exactly one between each layer and the next.
    area : float
        Nominal area [um^2]; per unit depth in the plane, and so the width [um].

    Raises
    ------
    MeshError
        If contacts do not link neighbouring layers, or an interface passes nothing at all.
    """

    def __init__(
        self,
        problem: CurrentProblem,
        displacement: Array,
        contacts: Sequence[AlternatingContact],
        *,
        area: float,
    ) -> None:
        self._problem, self._area = problem, area
        self._stiffness = problem.stiffness(problem.points + displacement)
        by_name = {item.contact.name: item for item in contacts}
        self._links = chain(
            [_reachable(item) for item in contacts],
            problem.node_layer,
            problem.conductivities,
            problem.layer_names,
        )
        for link in self._links:
            if len(link.active) == 0:
                raise MeshError(
                    f"interface '{link.contact.name}': its faces neither touch nor lie opposite "
                    "each other, so no current passes; choose a step in which they do"
                )
        found = [by_name[link.contact.name] for link in self._links]
        weights = [link.contact.pairing.weights[link.active] for link in self._links]
        self._conductance = [
            w * item.conductance[link.active]
            for w, item, link in zip(weights, found, self._links, strict=True)
        ]
        self._capacitance = [
            w * item.capacitance[link.active]
            for w, item, link in zip(weights, found, self._links, strict=True)
        ]
        between = between_faces(self._stiffness, problem.node_layer, problem.faces(self._links))
        #: of each layer, impedance times area between its faces for an admittivity of one [um]
        self.alone = area * between
        self._system = _System(problem, self._stiffness, self._links, weights)

    def solve(self, frequency: float, admittivities: ComplexArray) -> tuple[complex, float]:
        """Solve at a frequency.

        Parameters
        ----------
        frequency : float
            Zero or more [Hz].
        admittivities : (layers,) complex array
            At that frequency [uA/(V um)].

        Returns
        -------
        impedance : complex
            Times area [V um^2/uA].
        balance_error : float
            Largest difference between the applied current and what passes a collector or an
            interface, over the applied current [-].

        Raises
        ------
        MeshError
            If the currents do not balance.
        """
        omega = 2.0 * np.pi * frequency
        passing = [
            g + 1j * omega * c for g, c in zip(self._conductance, self._capacitance, strict=True)
        ]
        psi, currents, steps = self._system.solve(admittivities, passing)
        inflow = self._stiffness @ psi
        for link, current in zip(self._links, currents, strict=True):
            inflow += link.jump.T @ current
        problem = self._problem
        passed = [inflow[problem.bottom].sum(), -inflow[problem.top].sum()]
        passed += [current.sum() for current in currents]
        error = float(np.max(np.abs(np.array(passed) - 1.0)))
        error = max(error, float(np.abs(inflow[problem.inner_pins]).max(initial=0.0)))
        if not error < BALANCE:
            raise MeshError(
                f"conduction at {frequency:g} Hz cannot be solved: current in and out differ by "
                f"{error:.1e} of the current; look for degenerate cells"
            )
        if not self._links:
            return complex(-self._area * psi[problem.top[0]] / admittivities[0]), error
        return complex(self._area * steps.sum()), error


def _reachable(item: AlternatingContact) -> ElectricContact:
    """Return a contact of all nodes that pass anything at some frequency."""
    passes = (item.conductance > 0.0) | (item.capacitance > 0.0)
    zero = np.zeros(len(passes))
    return replace(
        item.contact,
        in_contact=passes,
        area_resistance=zero,
        kinetics=None,
        rest=None,
        share=None,
    )


class _System:
    """The matrices of all frequencies: one pattern, one ordering."""

    def __init__(
        self,
        problem: CurrentProblem,
        stiffness: sp.csr_matrix,
        links: Sequence[Link],
        weights: Sequence[Array],
    ) -> None:
        select = problem.supports.matrix
        self._select, self._links = select, links
        self._nodes = select.shape[1]
        blocks = [(select.T @ stiffness @ select).tocoo()]
        rows, columns, values = [blocks[0].row], [blocks[0].col], [blocks[0].data]
        #: of each entry, which coefficient multiplies it: 0 is one, then 1/a of the layers
        kinds = [np.zeros(blocks[0].nnz, dtype=np.int64)]
        self._currents: list[slice] = []
        shift = [np.zeros(self._nodes)]
        diagonal = stiffness.diagonal()
        start = self._nodes
        for lower, (link, weight) in enumerate(zip(links, weights, strict=True)):
            size = len(link.active)
            self._currents.append(slice(start, start + size))
            into = (select.T @ link.jump.T).tocoo()
            rows.append(into.row)
            columns.append(into.col + start)
            values.append(into.data)
            kinds.append(np.zeros(into.nnz, dtype=np.int64))
            for layer in (lower, lower + 1):
                of_layer = sp.diags((problem.node_layer == layer).astype(float))
                back = (link.jump @ of_layer @ select).tocoo()
                back.eliminate_zeros()
                rows.append(back.row + start)
                columns.append(back.col)
                values.append(back.data)
                kinds.append(np.full(back.nnz, 1 + layer))
            own, step = np.arange(start, start + size), np.full(size, start + size)
            rows += [own, step]
            columns += [step, own]
            values += [np.ones(size), np.ones(size)]
            kinds += [np.zeros(size, dtype=np.int64)] * 2
            nodal = diagonal[link.contact.slave_nodes[link.active]].mean()
            shift += [SHIFT * weight.mean() / weight / nodal, np.zeros(1)]
            start += size + 1
        self._size = start
        # currents pass their own resistance: entries on the diagonal, filled for each frequency
        every = np.concatenate(
            [np.arange(0), *(np.arange(s.start, s.stop) for s in self._currents)]
        )
        rows.append(every)
        columns.append(every)
        values.append(np.zeros(len(every)))
        kinds.append(np.zeros(len(every), dtype=np.int64))
        self._shift = np.concatenate(shift)
        self._rows, self._columns = np.concatenate(rows), np.concatenate(columns)
        self._values, self._kinds = np.concatenate(values), np.concatenate(kinds)
        self._diagonal = np.arange(len(self._rows) - len(every), len(self._rows))
        self._platen = 0 if links else problem.supports.platens[0]
        self._places: IntArray | None = None  # of the unknowns, ordered for small factors

    def solve(
        self, admittivities: ComplexArray, passing: Sequence[ComplexArray]
    ) -> tuple[ComplexArray, list[ComplexArray], ComplexArray]:
        """Return deviations, currents and steps of potential for a total current of one.

        Parameters
        ----------
        admittivities : (layers,) complex array
        passing : sequence of (k,) complex array
            Admittance of the nodes of each link.
        """
        row, column, right = (np.ones(self._size) for _ in range(3))
        right[:] = 0.0
        drop = np.zeros(self._size, dtype=np.complex128)
        if not self._links:
            right[self._platen] = -1.0
        for lower, (y, place) in enumerate(zip(passing, self._currents, strict=True)):
            unit = float(np.abs(admittivities[lower : lower + 2]).min())
            with np.errstate(divide="ignore"):
                size = unit / np.abs(y)
            # equilibrate: a poor contact must not dwarf the rest of the system
            balance = 1.0 / np.sqrt(np.maximum(size, 1.0))
            whole = 1.0 / float(balance.max())
            column[place], row[place] = balance, balance * unit
            drop[place] = np.minimum(size, 1.0) * np.exp(-1j * np.angle(y))
            column[place.stop], row[place.stop] = whole / unit, whole
            right[place.stop] = whole
        factors = np.concatenate([[1.0], 1.0 / admittivities])[self._kinds]
        entries = self._values * factors * row[self._rows] * column[self._columns]
        entries[self._diagonal] = -drop[self._rows[self._diagonal]]
        x = self._solve(entries, self._shift * column**2, right)
        currents = [column[place] * x[place] for place in self._currents]
        steps = np.array([column[place.stop] * x[place.stop] for place in self._currents])
        return self._select @ x[: self._nodes], currents, steps

    def _solve(self, entries: ComplexArray, shift: Array, right: Array) -> ComplexArray:
        """Factor with a shifted diagonal, then refine with the true residual.

        Why the diagonal is shifted is said in :mod:`interfacefem.fem.current.system`.
        """
        shifted = entries.copy()
        shifted[self._diagonal] -= shift[self._rows[self._diagonal]]
        if self._places is None:
            self._arrange(np.arange(self._size))
            factors = self._factors(shifted, "MMD_AT_PLUS_A")
            self._arrange(factors.perm_c.astype(np.int64))
        factors = self._factors(shifted, "NATURAL")
        true = self._matrix(entries)
        result = np.zeros(self._size, dtype=np.complex128)
        load = np.zeros_like(result)
        load[self._places] = right
        for _ in range(1 + REFINEMENTS):
            change = factors.solve(load - true @ result)
            result += change
            if np.linalg.norm(change) <= REFINED * np.linalg.norm(result):
                break
        return result[self._places]

    def _arrange(self, places: IntArray) -> None:
        """Put the unknowns in an order, and the entries in that of a CSC matrix."""
        self._places = places
        rows, columns = places[self._rows], places[self._columns]
        self._order = np.lexsort((rows, columns))
        self._indices = rows[self._order].astype(np.int32)
        counts = np.bincount(columns, minlength=self._size)
        self._pointers = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)

    def _matrix(self, entries: ComplexArray) -> Any:
        shape = (self._size, self._size)
        return sp.csc_matrix((entries[self._order], self._indices, self._pointers), shape=shape)

    def _factors(self, entries: ComplexArray, order: str) -> Any:
        """Factor; the diagonal is the pivot unless it is small, so that the order stays."""
        return splu(
            self._matrix(entries),
            permc_spec=order,
            diag_pivot_thresh=PIVOT,
            options={"SymmetricMode": True, "Equil": False},
        )
