# SPDX-License-Identifier: MIT
r"""Steady ohmic conduction through the deformed stack, with current only where layers touch.

In each layer :math:`\nabla \cdot (\sigma \nabla \phi) = 0` on the current configuration, with
bilinear quadrilaterals, of a slice or of a body of revolution, or trilinear hexahedra. Bottom and
top are equipotential collectors that carry a given current, side walls insulate, and slave node *j*
of an interface, if in contact, passes the current

.. math:: I_j = \frac{D_j}{R_j} \, s \, \Big( \phi_j - \sum_m P_{jm} \phi_m \Big)

from the lower to the upper layer, with the mortar weights *D* and projection *P* of the contact
(s = 1 if the slave is below, else -1). A contact with :math:`R_j = 0` ties the potentials. A node
in contact counts with its whole weight, also at the edge of a contact zone, unless the share of its
area in contact is given (:mod:`interfacefem.fem.current.links`). Kinetics of charge transfer and
potentials at rest come in series (:mod:`interfacefem.fem.current.kinetics`).

The resistance of a layer is that between both of its faces, each at one potential: what it would be
with perfect contacts all over, whatever its shape and wherever its conductivity varies. Of all
currents through the layer that one makes the least heat (Thomson's principle), with these elements
as in the continuum. Constriction is the heat above it, so it is never negative.

How the equations are posed so that a contrast of twelve orders between metals and electrolytes
costs no digits is in :mod:`interfacefem.fem.current.system`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import ufl
from dolfinx import fem

from interfacefem.errors import MaterialError, MeshError
from interfacefem.fem.bulk.kinematics import Grid, mean_gradients
from interfacefem.fem.current.kinetics import solve_kinetics
from interfacefem.fem.current.links import ElectricContact, Link, chain
from interfacefem.fem.current.numbers import BALANCE, ROUNDING
from interfacefem.fem.current.solution import CurrentSolution
from interfacefem.fem.current.system import between_faces
from interfacefem.fem.linear.condensation import Supports
from interfacefem.results.snapshot import CurrentInterface

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

__all__ = ["CurrentProblem", "CurrentSolution", "ElectricContact"]


class CurrentProblem:
    """Conduction through layers that form a chain from bottom to top.

    Parameters
    ----------
    points : (n, d) array
        Node positions, undeformed [um].
    cells : (m, 4) or (m, 8) int array
        Counter-clockwise quadrilaterals; hexahedra as two such faces, the lower one first.
    cell_layer : (m,) int array
        Layer of each cell, 0 at the bottom; layers share no node.
    conductivities : (layers,) array
        [uA/(V um)].
    bottom_nodes, top_nodes : int array
        Nodes of the collectors.
    layer_names : sequence of str, optional
        Bottom to top; ``layer 0`` and so on if not given.
    axisymmetric : bool
        Whether the first of two coordinates is a radius; currents are then those of whole bodies of
        revolution.

    Raises
    ------
    MaterialError
        If a conductivity is not a finite positive number.
    MeshError
        If layers share nodes or fall into pieces, or a collector is not on the outermost layer.
    """

    def __init__(
        self,
        points: Array,
        cells: IntArray,
        cell_layer: IntArray,
        conductivities: Sequence[float] | Array,
        bottom_nodes: IntArray,
        top_nodes: IntArray,
        *,
        layer_names: Sequence[str] | None = None,
        axisymmetric: bool = False,
    ) -> None:
        self.points = np.array(points, dtype=np.float64)
        self.cells = np.asarray(cells, dtype=np.int64)
        self.cell_layer = np.asarray(cell_layer, dtype=np.int64)
        self.conductivities = np.array(conductivities, dtype=np.float64)
        self.bottom, self.top = np.unique(bottom_nodes), np.unique(top_nodes)
        count = len(self.conductivities)
        self.layer_names = tuple(layer_names or (f"layer {i}" for i in range(count)))
        self._check()
        self.grid = Grid(self.points, self.cells)
        space = fem.functionspace(self.grid.domain, ("Lagrange", 1))
        self._dof = self.grid.node_to_dof(space)
        options = {"quadrature_degree": 2, "quadrature_scheme": "default"}
        language: Any = ufl  # its types are incomplete
        dx = language.Measure("dx", domain=self.grid.domain, metadata=options)
        u, v = language.TrialFunction(space), language.TestFunction(space)
        radius = language.SpatialCoordinate(self.grid.domain)[0]
        weight: Any = 2.0 * np.pi * radius if axisymmetric else 1.0
        self._share = fem.Function(fem.functionspace(self.grid.domain, ("DG", 0)))
        self._form = fem.form(
            weight * self._share * language.inner(language.grad(u), language.grad(v)) * dx
        )
        self.vary(np.ones(len(self.cells)))
        self.supports = self._pin(count)

    def _check(self) -> None:
        layers = len(self.conductivities)
        if set(np.unique(self.cell_layer).tolist()) != set(range(layers)) or layers != len(
            self.layer_names
        ):
            raise MeshError(
                f"{layers} conductivities and {len(self.layer_names)} names for the layers "
                f"{np.unique(self.cell_layer).tolist()} of the cells; give one for each, from 0"
            )
        for name, value in zip(self.layer_names, self.conductivities.tolist(), strict=True):
            if not (np.isfinite(value) and value > 0.0):
                raise MaterialError(
                    f"layer '{name}': conductivity {value!r} is not a finite number > 0; "
                    f"give the material the conductivity that carries the current"
                )
        self.node_layer = np.full(len(self.points), -1)
        for index, name in enumerate(self.layer_names):
            nodes = np.unique(self.cells[self.cell_layer == index])
            if (self.node_layer[nodes] >= 0).any():
                raise MeshError(
                    f"layer '{name}' shares nodes with a layer below; duplicate the nodes of the "
                    f"interface so that each face has its own"
                )
            self.node_layer[nodes] = index
        if (self.node_layer < 0).any():
            raise MeshError(f"node {int(np.argmin(self.node_layer))} belongs to no cell; remove it")
        others = self.cells[:, 1:]
        links = np.repeat(self.cells[:, 0], others.shape[1]), others.ravel()
        size = len(self.points)
        graph = sp.coo_matrix((np.ones(others.size), links), shape=(size, size))
        pieces, piece = connected_components(graph, directed=False)
        if pieces > layers:
            counts = [len(np.unique(piece[self.node_layer == index])) for index in range(layers)]
            worst = int(np.argmax(counts))
            raise MeshError(
                f"layer '{self.layer_names[worst]}' falls into {counts[worst]} pieces that share "
                f"no nodes; join them, or make them layers of their own"
            )
        for side, nodes, index in (("bottom", self.bottom, 0), ("top", self.top, layers - 1)):
            if len(nodes) == 0 or (self.node_layer[nodes] != index).any():
                raise MeshError(
                    f"boundary '{side}': its nodes are not all nodes of layer "
                    f"'{self.layer_names[index]}'; give the nodes of the {side} collector"
                )

    def _pin(self, layers: int) -> Supports:
        """Choose the nodes whose deviation is zero: collectors, else one node of the layer."""
        inner = [int(np.argmax(self.node_layer == index)) for index in range(1, layers - 1)]
        self.inner_pins = np.array(inner, dtype=np.int64)
        if layers == 1:
            return Supports(len(self.points), self.bottom, [self.top])
        pins = np.concatenate([self.bottom, self.inner_pins, self.top])
        return Supports(len(self.points), pins, [])

    def vary(self, shares: Array) -> None:
        """Let the conductivity vary inside the layers.

        Parameters
        ----------
        shares : (m,) array
            Conductivity of each cell over that of its layer [-].

        Raises
        ------
        MaterialError
            If one is not a finite number above zero.
        """
        bad = np.flatnonzero(~(np.isfinite(shares) & (shares > 0.0)))
        if len(bad):
            name = self.layer_names[self.cell_layer[bad[0]]]
            raise MaterialError(
                f"layer '{name}': conductivity of cell {int(bad[0])} is {float(shares[bad[0]])!r} "
                "times that of its layer; the law must give a finite number > 0"
            )
        self.shares = np.array(shares, dtype=np.float64)
        self._share.x.array[:] = self.shares[self.grid.cell_index]

    def solve(
        self,
        displacement: Array,
        contacts: Sequence[ElectricContact],
        *,
        mean_current_density: float,
        area: float,
    ) -> CurrentSolution:
        """Solve for a given current.

        Parameters
        ----------
        displacement : (n, d) array
            Of all nodes [um].
        contacts : sequence of ElectricContact
            Exactly one between each layer and the next.
        mean_current_density : float
            Current over the nominal area, positive from bottom to top [uA/um^2]; not zero.
        area : float
            Nominal area [um^2]; per unit depth in the plane, and so the width [um].

        Returns
        -------
        CurrentSolution
            With infinite resistance if an interface has no conducting contact.

        Raises
        ------
        MeshError
            If contacts do not link neighbouring layers, or a deformed cell is inverted.
        MaterialError
            If an area resistance is negative or not a number.
        """
        points = self.points + displacement
        gradient = self._cell_gradient(points)
        links = chain(contacts, self.node_layer, self.conductivities, self.layer_names)
        stiffness = self.stiffness(points)
        between = between_faces(stiffness, self.node_layer, self.faces(links))
        layers = area * between / self.conductivities
        alone = dict(zip(self.layer_names, layers.tolist(), strict=True))
        open_links = tuple(link.contact.name for link in links if len(link.active) == 0)
        if open_links:
            return self._open_circuit(points, links, open_links, alone, mean_current_density, area)

        sigma = self.conductivities[self.node_layer]
        applied = mean_current_density * area
        found = solve_kinetics(stiffness, self.supports, links, sigma, applied)
        unit = found.chain
        psi, currents = unit.deviation, unit.currents

        inflow = stiffness @ psi
        for link, current in zip(links, currents, strict=True):
            inflow += link.jump.T @ current
        passed = [inflow[self.bottom].sum(), -inflow[self.top].sum()]
        passed += [current.sum() for current in currents]
        error = np.max(np.abs(np.array(passed) - 1.0))
        error = max(float(error), float(np.abs(inflow[self.inner_pins]).max(initial=0.0)))

        if not error < BALANCE:
            raise MeshError(
                f"conduction cannot be solved: current in and out differ by {error:.1e} of the "
                f"current; look for degenerate cells"
            )

        heat_links, heat_faces = {}, 0.0
        for link, drop, current in zip(links, found.drops, currents, strict=True):
            squeezed = link.unresolved * current
            heat_links[link.contact.name] = float((drop - squeezed) @ current)
            heat_faces += float((squeezed + link.unseen @ current) @ current)
        heat = heat_faces + float(psi @ (stiffness @ (psi / sigma)))
        # potentials against the upper collector, built downwards
        offset = np.zeros(len(self.layer_names))
        for index in range(len(links) - 1, -1, -1):
            offset[index] = offset[index + 1] + unit.steps[index]
        if not links:
            offset[0] = -psi[self.top[0]] / self.conductivities[0]
        total = float(offset[0])
        potential = applied * (offset[self.node_layer] + psi / sigma)
        local = (gradient @ (applied * psi)[self.cells][:, :, None])[:, :, 0]
        local *= self.shares[:, None]
        interfaces = tuple(
            self._interface(link, points, applied * current, applied * drop)
            for link, current, drop in zip(links, currents, found.drops, strict=True)
        )
        return CurrentSolution(
            mean_current_density=mean_current_density,
            voltage=total * applied,
            asr_total=(heat + sum(heat_links.values()) if found.at_rest else total) * area,
            asr_layers=alone,
            asr_interfaces={name: heat * area for name, heat in heat_links.items()},
            asr_constriction=_above(heat * area, float(layers.sum())),
            interfaces=interfaces,
            potential=potential,
            current_density=-local,
            balance_error=error,
            open_interfaces=(),
            layer_names=self.layer_names,
            cell_layer=self.cell_layer,
            node_layer=self.node_layer,
        )

    def stiffness(self, points: Array) -> sp.csr_matrix:
        """Return the conductances between nodes at these places, of layers of conductivity one.

        In each cell they have its share of that of its layer.
        """
        self.grid.move(points)
        matrix = fem.assemble_matrix(self._form).to_scipy().tocsr()
        return matrix[self._dof][:, self._dof]

    def faces(self, links: Sequence[Link]) -> list[tuple[IntArray, IntArray]]:
        """Return the nodes of the lower and the upper face of each layer, bottom to top."""
        lower, upper = [self.bottom], []
        for index, link in enumerate(links):
            faces = (link.contact.slave_nodes, link.contact.master_nodes)
            below = int(self.node_layer[faces[0][0]] != index)
            upper.append(faces[below])
            lower.append(faces[1 - below])
        return list(zip(lower, [*upper, self.top], strict=True))

    # -- parts -----------------------------------------------------------------------------------

    def _cell_gradient(self, points: Array) -> Array:
        """Mean gradient over each cell as an operator on its nodes."""
        sizes, gradient = mean_gradients(points, self.cells)
        if not (sizes > 0.0).all():
            worst = int(np.argmin(np.where(np.isfinite(sizes), sizes, -np.inf)))
            size = "area" if points.shape[1] == 2 else "volume"
            raise MeshError(
                f"cell {worst} in layer '{self.layer_names[self.cell_layer[worst]]}' has {size} "
                f"{sizes[worst]:.3g} um^{points.shape[1]} after deformation; its nodes must be in "
                f"the order of cells of a StackMesh, and it must not be inverted"
            )
        return gradient

    @staticmethod
    def _interface(link: Link, points: Array, current: Array, drop: Array) -> CurrentInterface:
        contact = link.contact
        weights = contact.pairing.weights
        density, overpotential = np.zeros((2, len(weights)))
        density[link.active] = current / weights[link.active]
        overpotential[link.active] = drop - link.unresolved * current
        return CurrentInterface(
            name=contact.name,
            points=points[contact.slave_nodes],
            weights=weights,
            current_density=density,
            overpotential=overpotential,
        )

    def _open_circuit(
        self,
        points: Array,
        links: Sequence[Link],
        open_links: tuple[str, ...],
        alone: dict[str, float],
        mean_current_density: float,
        area: float,
    ) -> CurrentSolution:
        parts = {}
        for link in links:
            with np.errstate(divide="ignore"):
                conductance = float(np.sum(1.0 / _small_signal(link)))
            parts[link.contact.name] = area / conductance if conductance > 0.0 else np.inf
        return CurrentSolution(
            mean_current_density=mean_current_density,
            voltage=float(np.copysign(np.inf, mean_current_density)),
            asr_total=np.inf,
            asr_layers=alone,
            asr_interfaces=parts,
            asr_constriction=np.nan,
            interfaces=tuple(
                self._interface(link, points, *np.zeros((2, len(link.active)))) for link in links
            ),
            potential=np.zeros(len(points)),
            current_density=np.zeros((len(self.cells), points.shape[1])),
            balance_error=np.nan,
            open_interfaces=open_links,
            layer_names=self.layer_names,
            cell_layer=self.cell_layer,
            node_layer=self.node_layer,
        )


def _above(heat: float, least: float) -> float:
    """Return heat above the least; what rounding leaves below it is nothing."""
    return 0.0 if 0.0 < least - heat < ROUNDING * least else heat - least


def _small_signal(link: Link) -> Array:
    """Return resistance over weight of the nodes of a link, at vanishing current [V/uA]."""
    kinetics = link.contact.kinetics
    if kinetics is None:
        return link.resistance
    weights = link.contact.areas[link.active]
    return link.resistance + kinetics.slope(np.zeros(len(weights))) / weights
