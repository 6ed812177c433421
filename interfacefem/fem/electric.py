# SPDX-License-Identifier: MIT
r"""Steady ohmic conduction through the deformed stack, with current only where layers touch.

In each layer :math:`\nabla \cdot (\sigma \nabla \phi) = 0` on the current configuration, with
bilinear quadrilaterals. Bottom and top are equipotential collectors that carry a given current,
side walls insulate, and slave node *j* of an interface, if in contact, passes the current

.. math:: I_j = \frac{D_j}{R_j} \, s \, \Big( \phi_j - \sum_m P_{jm} \phi_m \Big)

from the lower to the upper layer, with the mortar weights *D* and projection *P* of the contact
(s = 1 if the slave is below, else -1). A contact with :math:`R_j = 0` ties the potentials. A node
in contact counts with its whole weight, also at the edge of a contact zone.

Notes
-----
Metals and electrolytes differ in conductivity by up to twelve orders, which would leave no correct
digit of the current through a metal in a matrix of conductances. Unknowns are therefore the
currents :math:`I_j` themselves, one potential step per interface, and in each layer the deviation
:math:`\psi = \sigma (\phi - \phi_0)` from the potential of a reference node, driven by the currents
that enter and leave: every equation has coefficients near one whatever the contrast,

.. math::

   K \psi + s B^T I = 0, \qquad
   s \Big( \frac{\psi_s}{\sigma_s} - P \frac{\psi_m}{\sigma_m} \Big) + e_k - \frac{R_j}{D_j} I_j = 0,
   \qquad \sum_{j \in k} I_j = I,

where K has unit conductivity and :math:`B = [1, -P]`. Eliminating the currents gives back the
familiar :math:`B^T \mathrm{diag}(D_j/R_j) B`. The last equation makes the same current pass every
interface, so the layers must form a chain from bottom to top.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp

from interfacefem.errors import MaterialError, MeshError
from interfacefem.fem import backend  # noqa: F401  # isort: skip  (must come before dolfinx)
import ufl
from dolfinx import fem
from petsc4py import PETSc

from interfacefem.fem.condensation import Supports
from interfacefem.fem.current_solution import CurrentSolution
from interfacefem.fem.grid import Grid
from interfacefem.results.snapshot import CurrentInterface

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.mortar import Pairing

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]


#: contact resistance that evens out current patterns below rounding, over that of a cell [-]
_SHIFT = 1e-7


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
    """

    name: str
    slave_nodes: IntArray
    master_nodes: IntArray
    pairing: Pairing
    in_contact: Mask
    area_resistance: Array


@dataclass(frozen=True, eq=False)
class _Link:
    """The conducting nodes of one contact, oriented from lower to upper layer."""

    contact: ElectricContact
    sign: float
    active: IntArray  # slave indices
    jump: sp.csr_matrix  # (active, nodes): +1 at the slave, -P at the masters, times sign
    resistance: Array  # R_j / D_j, per unit depth [V/uA um]
    scale: float  # smaller conductivity of the two sides


class CurrentProblem:
    """Conduction through layers that form a chain from bottom to top.

    Parameters
    ----------
    points : (n, 2) array
        Node positions, undeformed [um].
    cells : (m, 4) int array
        Counter-clockwise quadrilaterals.
    cell_layer : (m,) int array
        Layer of each cell, 0 at the bottom; layers share no node.
    conductivities : (layers,) array
        [uA/(V um)].
    bottom_nodes, top_nodes : int array
        Nodes of the collectors.
    layer_names : sequence of str, optional
        Bottom to top; ``layer 0`` and so on if not given.

    Raises
    ------
    MaterialError
        If a conductivity is not a finite positive number.
    MeshError
        If layers share nodes or a collector does not belong to the outermost layer.
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
        dx = ufl.Measure("dx", domain=self.grid.domain, metadata=options)
        u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
        self._form = fem.form(ufl.inner(ufl.grad(u), ufl.grad(v)) * dx)
        self._supports = self._pin(count)

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
        for side, nodes, index in (("bottom", self.bottom, 0), ("top", self.top, layers - 1)):
            if len(nodes) == 0 or (self.node_layer[nodes] != index).any():
                raise MeshError(
                    f"boundary '{side}': its nodes are not all nodes of layer "
                    f"'{self.layer_names[index]}'; give the nodes of the {side} collector"
                )

    def _pin(self, layers: int) -> Supports:
        """Choose the nodes whose deviation is zero: collectors, else one node of the layer."""
        pins = [self.bottom]
        pins += [np.flatnonzero(self.node_layer == index)[:1] for index in range(1, layers - 1)]
        pins += [np.flatnonzero(self.node_layer < 0)]
        if layers > 1:
            pins.append(self.top)
        self._inner_pins = np.concatenate([np.empty(0, np.int64), *pins[1 : max(layers - 1, 1)]])
        tied = [] if layers > 1 else [self.top]
        return Supports(len(self.points), np.concatenate(pins), tied)

    def solve(
        self,
        displacement: Array,
        contacts: Sequence[ElectricContact],
        *,
        mean_current_density: float,
        width: float,
    ) -> CurrentSolution:
        """Solve for a given current.

        Parameters
        ----------
        displacement : (n, 2) array
            Of all nodes [um].
        contacts : sequence of ElectricContact
            Exactly one between each layer and the next.
        mean_current_density : float
            Current over the nominal area, positive from bottom to top [uA/um^2].
        width : float
            Nominal area per unit depth [um].

        Returns
        -------
        CurrentSolution
            With infinite resistance if an interface has no conducting contact.

        Raises
        ------
        MeshError
            If contacts do not link neighbouring layers, or a deformed cell has no area.
        MaterialError
            If an area resistance is negative or not a number.
        """
        points = self.points + displacement
        areas, gradient = self._cell_gradient(points)
        links = self._chain(contacts)
        thickness = np.bincount(self.cell_layer, areas) / width
        flat = dict(
            zip(self.layer_names, (thickness / self.conductivities).tolist(), strict=True)
        )
        open_links = tuple(link.contact.name for link in links if len(link.active) == 0)
        if open_links:
            return self._open_circuit(points, links, open_links, flat, mean_current_density, width)

        self.grid.move(points)
        stiffness = fem.assemble_matrix(self._form).to_scipy().tocsr()
        stiffness = stiffness[self._dof][:, self._dof]
        psi, currents, steps = self._solve(stiffness, links)  # for a current of one

        inflow = stiffness @ psi
        for link, current in zip(links, currents, strict=True):
            inflow += link.jump.T @ current
        passed = [inflow[self.bottom].sum(), -inflow[self.top].sum()]
        passed += [current.sum() for current in currents]
        error = np.max(np.abs(np.array(passed) - 1.0))
        error = max(float(error), float(np.abs(inflow[self._inner_pins]).max(initial=0.0)))

        sigma = self.conductivities[np.maximum(self.node_layer, 0)]
        heat_layers = float(psi @ (stiffness @ (psi / sigma)))
        heat_links = {
            link.contact.name: float(link.resistance @ current**2)
            for link, current in zip(links, currents, strict=True)
        }
        # potentials against the upper collector, built downwards
        offset = np.zeros(len(self.layer_names))
        for index in range(len(links) - 1, -1, -1):
            offset[index] = offset[index + 1] + steps[index]
        if not links:
            offset[0] = -psi[self.top[0]] / self.conductivities[0]
        total = float(offset[0])
        applied = mean_current_density * width
        potential = applied * np.where(
            self.node_layer >= 0, offset[np.maximum(self.node_layer, 0)] + psi / sigma, 0.0
        )
        local = (gradient[:, :, :] @ (applied * psi)[self.cells][:, :, None])[:, :, 0]
        interfaces = tuple(
            self._interface(link, points, applied * current)
            for link, current in zip(links, currents, strict=True)
        )
        return CurrentSolution(
            mean_current_density=mean_current_density,
            voltage=total * applied,
            asr_total=total * width,
            asr_layers=flat,
            asr_interfaces={name: heat * width for name, heat in heat_links.items()},
            asr_constriction=heat_layers * width - sum(flat.values()),
            interfaces=interfaces,
            potential=potential,
            current_density=-local,
            balance_error=error,
            open_interfaces=(),
            layer_names=self.layer_names,
            cell_layer=self.cell_layer,
            node_layer=self.node_layer,
        )

    # -- parts -----------------------------------------------------------------------------------

    def _cell_gradient(self, points: Array) -> tuple[Array, Array]:
        """Areas, and the mean gradient over each cell as a (cells, 2, 4) operator on its nodes.

        By Gauss's theorem it needs edge means only, which are exact for bilinear fields.
        """
        corner = points[self.cells]
        ahead, behind = np.roll(corner, -1, axis=1), np.roll(corner, 1, axis=1)
        chord = ahead - behind
        areas = 0.5 * np.sum(corner[:, :, 0] * ahead[:, :, 1] - ahead[:, :, 0] * corner[:, :, 1], axis=1)
        if not (areas > 0.0).all():
            worst = int(np.argmin(np.where(np.isfinite(areas), areas, -np.inf)))
            raise MeshError(
                f"cell {worst} in layer '{self.layer_names[self.cell_layer[worst]]}' has area "
                f"{areas[worst]:.3g} um^2 after deformation; cells must be counter-clockwise and "
                f"not inverted"
            )
        outward = np.stack([chord[:, :, 1], -chord[:, :, 0]], axis=1)
        return areas, 0.5 * outward / areas[:, None, None]

    def _chain(self, contacts: Sequence[ElectricContact]) -> list[_Link]:
        """Orient the contacts and order them from bottom to top."""
        links: dict[int, _Link] = {}
        for contact in contacts:
            slave = np.unique(self.node_layer[contact.slave_nodes])
            master = np.unique(self.node_layer[contact.master_nodes])
            if len(slave) != 1 or len(master) != 1 or abs(int(slave[0]) - int(master[0])) != 1:
                raise MeshError(
                    f"interface '{contact.name}': its faces lie in the layers {slave.tolist()} and "
                    f"{master.tolist()}; a contact links one layer with the next"
                )
            lower = min(int(slave[0]), int(master[0]))
            if lower in links:
                raise MeshError(
                    f"interfaces '{links[lower].contact.name}' and '{contact.name}' link the same "
                    f"layers; join them in one"
                )
            links[lower] = self._link(contact, lower, 1.0 if slave[0] == lower else -1.0)
        for lower, names in enumerate(zip(self.layer_names[:-1], self.layer_names[1:], strict=True)):
            if lower not in links:
                raise MeshError(
                    f"no contact between the layers '{names[0]}' and '{names[1]}'; give one, with no "
                    f"node in contact if they do not touch"
                )
        return [links[index] for index in sorted(links)]

    def _link(self, contact: ElectricContact, lower: int, sign: float) -> _Link:
        resistance = np.asarray(contact.area_resistance, dtype=np.float64)
        in_contact = np.asarray(contact.in_contact, dtype=bool)
        bad = np.flatnonzero(in_contact & ~(resistance >= 0.0))
        if len(bad):
            raise MaterialError(
                f"interface '{contact.name}': area resistance {resistance[bad[0]]!r} at node "
                f"{int(contact.slave_nodes[bad[0]])} in contact; it must be >= 0"
            )
        weights = contact.pairing.weights
        active = np.flatnonzero(in_contact & np.isfinite(resistance) & (weights > 0.0))
        rows = np.arange(len(active))
        slave = sp.csr_matrix(
            (np.ones(len(active)), (rows, contact.slave_nodes[active])),
            shape=(len(active), len(self.points)),
        )
        coupling = contact.pairing.projection[active].tocoo()
        master = sp.csr_matrix(
            (coupling.data, (coupling.row, contact.master_nodes[coupling.col])),
            shape=slave.shape,
        )
        return _Link(
            contact,
            sign,
            active,
            (sign * (slave - master)).tocsr(),
            resistance[active] / weights[active],
            float(self.conductivities[lower : lower + 2].min()),
        )

    def _solve(
        self, stiffness: sp.csr_matrix, links: Sequence[_Link]
    ) -> tuple[Array, list[Array], list[float]]:
        """Deviations, nodal currents and potential steps for a current of one."""
        select = self._supports.matrix
        size = select.shape[1]
        blocks: list[list[Any]] = [[None] * (1 + 2 * len(links)) for _ in range(1 + 2 * len(links))]
        blocks[0][0] = select.T @ stiffness @ select
        right = [np.zeros(size)]
        if not links:
            right[0][self._supports.platens[0]] = -1.0
        sigma = self.conductivities[np.maximum(self.node_layer, 0)]
        scalings: list[tuple[Array, float]] = []
        shift = [np.zeros(size)]
        diagonal = stiffness.diagonal()
        for index, link in enumerate(links):
            drop = link.scale * link.resistance
            # equilibrate: a poor contact must not dwarf the rest of the system
            balance = 1.0 / np.sqrt(np.maximum(drop, 1.0))
            whole = 1.0 / float(balance.max())
            scalings.append((balance, whole))
            weights = link.contact.pairing.weights[link.active]
            nodal = diagonal[link.contact.slave_nodes[link.active]].mean()
            shift += [_SHIFT * weights.mean() / weights / nodal * balance**2, np.zeros(1)]
            current, step = 1 + 2 * index, 2 + 2 * index
            scale = sp.diags(balance)
            blocks[0][current] = select.T @ link.jump.T @ scale
            blocks[current][0] = scale @ link.jump @ sp.diags(link.scale / sigma) @ select
            blocks[current][current] = -sp.diags(drop * balance**2)
            column = sp.csr_matrix((whole * balance)[:, None])
            blocks[current][step] = column
            blocks[step][current] = column.T
            right += [np.zeros(len(link.active)), np.array([whole])]
        solution = _solve_sparse(
            sp.bmat(blocks, format="csr"), np.concatenate(right), np.concatenate(shift)
        )
        psi = select @ solution[:size]
        currents: list[Array] = []
        steps: list[float] = []
        start = size
        for link, (balance, whole) in zip(links, scalings, strict=True):
            stop = start + len(link.active)
            currents.append(balance * solution[start:stop])
            steps.append(float(whole * solution[stop] / link.scale))
            start = stop + 1
        return psi, currents, steps

    @staticmethod
    def _interface(link: _Link, points: Array, current: Array) -> CurrentInterface:
        contact = link.contact
        weights = contact.pairing.weights
        density = np.zeros(len(weights))
        density[link.active] = current / weights[link.active]
        return CurrentInterface(
            name=contact.name,
            points=points[contact.slave_nodes],
            weights=weights,
            current_density=density,
        )

    def _open_circuit(
        self,
        points: Array,
        links: Sequence[_Link],
        open_links: tuple[str, ...],
        flat: dict[str, float],
        mean_current_density: float,
        width: float,
    ) -> CurrentSolution:
        parts = {}
        for link in links:
            with np.errstate(divide="ignore"):
                conductance = float(np.sum(1.0 / link.resistance))
            parts[link.contact.name] = width / conductance if conductance > 0.0 else np.inf
        return CurrentSolution(
            mean_current_density=mean_current_density,
            voltage=float(np.copysign(np.inf, mean_current_density)),
            asr_total=np.inf,
            asr_layers=flat,
            asr_interfaces=parts,
            asr_constriction=np.nan,
            interfaces=tuple(
                self._interface(link, points, np.zeros(len(link.active))) for link in links
            ),
            potential=np.zeros(len(points)),
            current_density=np.zeros((len(self.cells), 2)),
            balance_error=np.nan,
            open_interfaces=open_links,
            layer_names=self.layer_names,
            cell_layer=self.cell_layer,
            node_layer=self.node_layer,
        )


def _solve_sparse(matrix: sp.csr_matrix, right: Array, shift: Array, refinements: int = 4) -> Array:
    """Solve directly with a shifted diagonal, then refine with the true residual.

    Where a metal touches a poor conductor without resistance and has the finer face, some patterns
    of nodal currents change nothing but the minute potential drop in the metal, and rounding would
    fill them with noise. The shift acts as a minute contact resistance that leaves them even;
    refining takes its effect out of everything else.
    """
    shifted = (matrix - sp.diags(shift)).tocsr()
    csr = (shifted.indptr.astype(np.int32), shifted.indices.astype(np.int32), shifted.data)
    operator = PETSc.Mat().createAIJ(shifted.shape, csr=csr, comm=PETSc.COMM_SELF)
    solver = PETSc.KSP().create(PETSc.COMM_SELF)
    solver.setType("preonly")
    pc = solver.getPC()
    pc.setType("lu")
    pc.setFactorSolverType("mumps")
    solver.setOperators(operator)
    result = np.zeros(len(right))
    residual = right
    for _ in range(1 + refinements):
        b = PETSc.Vec().createWithArray(np.ascontiguousarray(residual), comm=PETSc.COMM_SELF)
        x = b.duplicate()
        solver.solve(b, x)
        result += x.array_r
        x.destroy()
        b.destroy()
        residual = right - matrix @ result
    solver.destroy()
    operator.destroy()
    return result
