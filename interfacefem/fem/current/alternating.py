# SPDX-License-Identifier: MIT
r"""Alternating currents through a chain of layers, small enough that everything is linear.

The equations of :mod:`interfacefem.fem.current.system` with complex numbers: layers have the
admittivity :math:`a(\omega)` in place of a conductivity, and slave node *j* of an interface passes

.. math::

   I_j = Y_j \, s \, \Big( \phi_j - \sum_m P_{jm} \phi_m \Big) , \qquad
   Y_j = D_j \, \Big( \frac{1}{1 / (g_j + i \omega c_j) + r_j} + i \omega b_j \Big)

with a conductance g and a capacitance c where there is contact, that of a gap b where there is
none, and in series with the contact of a node that touches in part what the current pays to squeeze
into it, :math:`r_j = k h (1/a_1 + 1/a_2) (1 - w_j) / w_j`. A layer's admittivity varies inside it
as its conductivity does, so that its stiffness stays real and the same at all frequencies:

.. math::

   K \psi + s B^T I &= 0 , \\
   s (\psi_s / a_s - P \psi_m / a_m) + e_k - I_j / Y_j &= 0 , \\
   \textstyle\sum_{j \in k} I_j &= I .

K is that of unit conductivity, so layers are eliminated once for all frequencies: with the
compliance :math:`S_l = B_l K_l^{-1} B_l^T` of a layer between the slave nodes of its interfaces,

.. math:: \sum_l \frac{1}{a_l} (S_l I)_j + \frac{I_j}{Y_j} = e_k .

What is left is dense, complex and small, some hundred unknowns in sections: each frequency has one
factorisation. In sections of 12,000 nodes it takes a third of the time of a steady current; a
sparse factorisation of everything takes more than twice of it, by SuperLU or in real numbers by
MUMPS. In 3D with k slave nodes the memory goes with :math:`k^2`, the time with :math:`k^3`.

References
----------
Orazem and Tribollet (2008), Electrochemical Impedance Spectroscopy, Wiley (layers and interfaces).
Li (2005), 10.1145/1089014.1089017 (SuperLU, for the layers).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lu_factor, lu_solve
from scipy.sparse.linalg import splu

from interfacefem.errors import MeshError
from interfacefem.fem.current.links import chain, unseen_resistance
from interfacefem.fem.current.numbers import BALANCE, EDGE, REFINED, REFINEMENTS, SHIFT
from interfacefem.fem.current.system import between_faces
from interfacefem.fem.linear.numbers import TOGETHER

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.current.electric import CurrentProblem
    from interfacefem.fem.current.links import ElectricContact, Link

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
    capacitance, gap : (n,) array
        Of the area of each slave node, where it touches and where it does not
        [uA s/(V um^2)].
    """

    contact: ElectricContact
    conductance: Array
    capacitance: Array
    gap: Array


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
        self._nodes = [
            _Nodes.of(item, link.active, w)
            for w, item, link in zip(weights, found, self._links, strict=True)
        ]
        between = between_faces(self._stiffness, problem.node_layer, problem.faces(self._links))
        #: of each layer, impedance times area between its faces for an admittivity of one [um]
        self.alone = area * between
        diagonal = self._stiffness.diagonal()
        #: of the currents of each link, among those of all
        ends = np.cumsum([0, *(len(link.active) for link in self._links)]).tolist()
        self._places = [slice(*pair) for pair in itertools.pairwise(ends)]
        self._shift = [
            SHIFT * w.mean() / w / diagonal[link.contact.slave_nodes[link.active]].mean()
            for w, link in zip(weights, self._links, strict=True)
        ]
        #: layer of the master face of each link, and resistance to currents it does not see
        self._unseen = [
            (int(problem.node_layer[item.contact.master_nodes[0]]), _unseen(item, link.active))
            for item, link in zip(found, self._links, strict=True)
        ]
        self._layers = (
            _eliminated(problem, self._stiffness, self._links, ends) if self._links else []
        )

    def solve(
        self, frequency: float, admittivities: ComplexArray, *, tied: bool = False
    ) -> tuple[complex, float]:
        """Solve at a frequency.

        Parameters
        ----------
        frequency : float
            Zero or more [Hz].
        admittivities : (layers,) complex array
            At that frequency [uA/(V um)].
        tied : bool
            Whether nodes with a conductance pass currents without any resistance.

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
        if not self._links:  # one layer is what it is between its faces
            return complex((self.alone / admittivities).sum()), 0.0
        omega = 2.0 * np.pi * frequency
        neighbours = itertools.pairwise((1.0 / admittivities).tolist())
        passing = [
            nodes.admittance(omega, one + other, tied=tied)
            for nodes, (one, other) in zip(self._nodes, neighbours, strict=True)
        ]
        currents, steps = self._solve(admittivities, passing)
        problem = self._problem
        psi = np.zeros(len(problem.node_layer), dtype=np.complex128)
        for layer in self._layers:
            psi[layer.nodes] = layer.deviation(currents[layer.places])
        inflow = self._stiffness @ psi
        for link, place in zip(self._links, self._places, strict=True):
            inflow += link.jump.T @ currents[place]
        passed = [inflow[problem.bottom].sum(), -inflow[problem.top].sum()]
        passed += [currents[place].sum() for place in self._places]
        error = float(np.max(np.abs(np.array(passed) - 1.0)))
        error = max(error, float(np.abs(inflow[problem.inner_pins]).max(initial=0.0)))
        if not error < BALANCE:
            raise MeshError(
                f"conduction at {frequency:g} Hz cannot be solved: current in and out differ by "
                f"{error:.1e} of the current; look for degenerate cells"
            )
        return complex(self._area * steps.sum()), error

    def _solve(
        self, admittivities: ComplexArray, passing: Sequence[ComplexArray]
    ) -> tuple[ComplexArray, ComplexArray]:
        """Return currents, and steps of potential from layer to layer, for a total of one."""
        count = self._places[-1].stop
        size = count + len(self._links)
        row, column, shift, right = (np.zeros(size) for _ in range(4))
        matrix = np.zeros((size, size), dtype=np.complex128)
        for layer, admittivity in zip(self._layers, admittivities.tolist(), strict=True):
            matrix[layer.places, layer.places] += layer.compliance / admittivity
        for place, (master, unseen) in zip(self._places, self._unseen, strict=True):
            matrix[place, place] += unseen / admittivities[master]
        drop = np.zeros(count, dtype=np.complex128)
        for lower, (y, place) in enumerate(zip(passing, self._places, strict=True)):
            unit = float(np.abs(admittivities[lower : lower + 2]).min())
            with np.errstate(divide="ignore"):
                ratio = unit / np.abs(y)
            # equilibrate: a poor contact must not dwarf the rest of the system
            balance = 1.0 / np.sqrt(np.maximum(ratio, 1.0))
            whole = 1.0 / float(balance.max())
            column[place], row[place] = balance, balance * unit
            drop[place] = np.minimum(ratio, 1.0) * np.exp(-1j * np.angle(y))
            shift[place] = self._shift[lower] * balance**2
            step = count + lower
            column[step], row[step] = whole / unit, whole
            right[step] = -whole
            matrix[place, step] = matrix[step, place] = -1.0
        matrix *= row[:, None]
        matrix *= column
        along = np.arange(count)
        matrix[along, along] += drop
        # why the diagonal is shifted is said in interfacefem.fem.current.system
        shifted = matrix.copy()
        shifted[along, along] += shift[:count]
        factors = lu_factor(shifted, overwrite_a=True, check_finite=False)
        x = np.zeros(size, dtype=np.complex128)
        for _ in range(1 + REFINEMENTS):
            change = lu_solve(factors, right - matrix @ x, check_finite=False)
            x += change
            if np.linalg.norm(change) <= REFINED * np.linalg.norm(x):
                break
        x *= column
        return x[:count], x[count:]


@dataclass(frozen=True, eq=False)
class _Nodes:
    """Slave nodes of an interface that pass anything, with their areas.

    Attributes
    ----------
    conductance, capacitance, gap : (k,) array
        [uA/V], [uA s/V].
    squeezed : (k,) array
        Resistance below the size of the mesh, for layers of an admittivity of one [um / um^2].
    """

    conductance: Array
    capacitance: Array
    gap: Array
    squeezed: Array

    @classmethod
    def of(cls, item: AlternatingContact, active: IntArray, weights: Array) -> _Nodes:
        """Take the active nodes of an interface."""
        given, squeezed = item.contact, np.zeros(len(active))
        if given.sizes is not None and given.share is not None and not given.spread:
            share = given.share[active]
            part = np.divide(1.0 - share, share, out=np.zeros(len(share)), where=share > 0.0)
            squeezed = EDGE * given.sizes[active] * part / weights
        return cls(
            weights * item.conductance[active],
            weights * item.capacitance[active],
            weights * item.gap[active],
            squeezed,
        )

    def admittance(self, omega: float, both: complex, *, tied: bool) -> ComplexArray:
        """Return that of each node [uA/V]; `both` is the sum of 1 / admittivity of the layers."""
        g = np.where(self.conductance > 0.0, np.inf, self.conductance) if tied else self.conductance
        touched: ComplexArray = g + 1j * omega * self.capacitance
        part = (self.squeezed > 0.0) & (touched != 0.0)
        touched[part] = 1.0 / (1.0 / touched[part] + both * self.squeezed[part])
        return touched + 1j * omega * self.gap


def _reachable(item: AlternatingContact) -> ElectricContact:
    """Return a contact of all nodes that pass anything at some frequency."""
    passes = (item.conductance > 0.0) | (item.capacitance + item.gap > 0.0)
    zero = np.zeros(len(passes))
    return replace(
        item.contact,
        in_contact=passes,
        area_resistance=zero,
        kinetics=None,
        rest=None,
        share=None,
    )


def _unseen(item: AlternatingContact, active: IntArray) -> Array:
    """Return the resistance to currents that alternate between touching nodes, (k, k)."""
    touching = np.flatnonzero(item.contact.in_contact[active] & (item.contact.areas[active] > 0.0))
    found, nodes = np.zeros((len(active), len(active))), active[touching]
    areas = item.contact.areas[nodes]
    found[np.ix_(touching, touching)] = unseen_resistance(item.contact, nodes, areas).toarray()
    return found


@dataclass(frozen=True, eq=False)
class _Layer:
    """A layer of unit conductivity, as seen by the currents of its interfaces.

    Attributes
    ----------
    nodes : (n,) int array
        Those that are not held.
    places : slice
        Its currents among those of all interfaces.
    inward : (n, k) CSC matrix
        What of them enters at the nodes.
    factors : SuperLU
        Of the stiffness of the nodes.
    compliance : (k, k) array
        Deviations at the slave nodes by currents.
    """

    nodes: IntArray
    places: slice
    inward: sp.csc_matrix
    factors: Any
    compliance: Array

    def deviation(self, currents: ComplexArray) -> ComplexArray:
        """Return the deviation of the nodes by the currents of the interfaces."""
        load = -(self.inward @ currents)
        both = self.factors.solve(np.column_stack([load.real, load.imag]))
        result: ComplexArray = both[:, 0] + 1j * both[:, 1]
        return result


def _eliminated(
    problem: CurrentProblem,
    stiffness: sp.csr_matrix,
    links: Sequence[Link],
    ends: Sequence[int],
) -> list[_Layer]:
    """Eliminate the inside of the layers, bottom to top."""
    found: list[_Layer] = []
    free = problem.supports.unknown >= 0
    for index in range(len(problem.layer_names)):
        nodes = np.flatnonzero(free & (problem.node_layer == index))
        first, last = max(index - 1, 0), min(index, len(links) - 1)
        inward = sp.vstack([link.jump[:, nodes] for link in links[first : last + 1]]).T.tocsc()
        factors = splu(
            stiffness[nodes][:, nodes].tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        count = inward.shape[1]
        compliance = np.empty((count, count))
        for begin in range(0, count, TOGETHER):
            part = slice(begin, begin + TOGETHER)
            compliance[:, part] = inward.T @ factors.solve(inward[:, part].toarray())
        places = slice(ends[first], ends[last + 1])
        found.append(_Layer(nodes, places, inward, factors, compliance))
    return found
