# SPDX-License-Identifier: MIT
"""What happens between two stages: the die is opened, and layers are laid on each other.

Lives here: a mechanical problem of the layers that are in the die, how the reaction of a punch that
is taken away fades, and how far a layer is moved until it just touches. Which layers are there in
which stage is said by :mod:`interfacefem.stage`, and everything is put together in
:mod:`interfacefem.fem.press`.

All layers are in one mesh from the beginning. Those that are not in the die have every degree of
freedom held where it is; they feel nothing and nothing feels them. A layer that is put in is moved
as a rigid body, which in a total Lagrangian description costs no stress.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.contact.laws import Tractions
from interfacefem.errors import MeshError
from interfacefem.fem.mechanics import Load, MechanicalProblem
from interfacefem.fem.stepping import StepFailure
from interfacefem.meshing.gaps import polyline_gap

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.fem.bulk import Bulk
    from interfacefem.fem.interface import ContactInterface
    from interfacefem.fem.mechanics import Attempt
    from interfacefem.fem.work import Work
    from interfacefem.meshing.stack_mesh import StackMesh

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

#: pressure that holds several layers together while the die is open, over the largest of all
SEAT = 1e-4
#: smallest part of a fading load that is tried
SMALLEST_PART = 2.0**-8


class StagedProblem(MechanicalProblem):
    """Mechanical problem of a stage: starts from what an earlier stage left.

    Attributes
    ----------
    seat : (dofs,) array or None
        Dead forces that hold the layers of the stage before together [MPa um]. They stay until
        the platen presses harder.
    seat_force : float
        Their sum [MPa um].
    above : dict of str to (dofs,) bool array
        By interface, the vertical degrees of freedom of all layers above it.
    """

    seat: Array | None = None
    seat_force: float = 0.0
    above: dict[str, Mask]

    def take_over(self, displacement: Array, work: Work | None, nodal: Array) -> None:
        """Start from an equilibrium without platen.

        Parameters
        ----------
        displacement : (dofs,) array
            [um].
        work : Work or None
            What was done so far.
        nodal : (dofs,) array
            Dead forces of that equilibrium [MPa um].
        """
        self.displacement = displacement.copy()
        self.work = work or self.work
        self._nodal = nodal.copy()
        if not self._refresh(self.displacement):
            raise MeshError("a face has folded over before the stage begins; use a finer mesh")

    @property
    def dead_forces(self) -> Array:
        """Accepted dead forces [MPa um]."""
        return self._nodal

    def attempt(self, load: Load) -> Attempt:
        """Try one increment; the seat holds as long as the platen presses less."""
        if self.seat is not None and load.nodal is None and self.force < self.seat_force:
            load = replace(load, nodal=self.seat)
        return super().attempt(load)

    def unbalanced(self) -> Array:
        """Return what bodies and interfaces do not balance at the accepted state [MPa um]."""
        total = self.bulk.residual(self.displacement)
        if total is None:
            raise StepFailure(["a cell is inverted when the die is opened"])
        for crease in self.creases:
            crease.add_forces(total, self.displacement)
        for interface in self.interfaces:
            interface.add_forces(total, _carried(interface))
        return total

    def _balance(self) -> float:
        nodal = self._load.nodal
        if self._platen < 0 or not self.interfaces or self._current_force == 0.0:
            return 0.0
        worst = 0.0
        for interface, traction in zip(self.interfaces, self._trial, strict=True):
            expected = self._current_force
            if nodal is not None:
                expected -= float(nodal[self.above[interface.name]].sum())
            worst = max(worst, abs(interface.resultant(traction) / expected - 1.0))
        return worst


def fade(problem: StagedProblem, start: Array, end: Array, floor: float) -> None:
    """Let dead forces go from one set to another, in as few increments as converge.

    Parameters
    ----------
    problem : StagedProblem
        Without platen, in equilibrium with `start`.
    start, end : (dofs,) array
        [MPa um].
    floor : float
        Smallest force against which the residual is measured [MPa um].

    Raises
    ------
    StepFailure
        If even a small part does not converge.
    """
    done, part = 0.0, 1.0
    reasons: list[str] = []
    while done < 1.0:
        goal = min(1.0, done + part)
        attempt = problem.attempt(Load(nodal=(1.0 - goal) * start + goal * end, floor=floor))
        if attempt.failure:
            reasons.append(f"while the die is opened: {attempt.failure}")
            part = 0.5 * (goal - done)
            if part < SMALLEST_PART:
                raise StepFailure(reasons)
            continue
        problem.accept(attempt)
        done, part = goal, 4.0 * part


def face_load(mesh: StackMesh, bulk: Bulk, nodes: IntArray, pressure: float) -> Array:
    """Return the dead forces of a pressure downwards on a face, by its length before the press.

    Parameters
    ----------
    mesh : StackMesh
    bulk : Bulk
    nodes : (n,) int array
        Left to right.
    pressure : float
        On the projected length [MPa].
    """
    force = np.zeros(bulk.size)
    half = 0.5 * pressure * np.diff(mesh.points[nodes, 0])
    for ends in (nodes[:-1], nodes[1:]):
        np.add.at(force, bulk.node_dofs[ends, 1], -half)
    return force


def layer_faces(mesh: StackMesh, name: str) -> tuple[IntArray, IntArray]:
    """Return the nodes of a layer's lower and upper face, left to right.

    Raises
    ------
    MeshError
        If the layer is not a strip from wall to wall.
    """
    cells = mesh.cells[mesh.layer_cells(name)]
    edges = np.vstack([cells[:, [i, (i + 1) % 4]] for i in range(4)])
    ends = np.sort(edges, axis=1)
    _, first, count = np.unique(ends, axis=0, return_index=True, return_counts=True)
    outer = edges[first[count == 1]]
    x = mesh.points[:, 0]
    step = 1e-9 * mesh.width
    walls = (x.min() + step, x.max() - step)
    on_wall = (x[outer] <= walls[0]).all(axis=1) | (x[outer] >= walls[1]).all(axis=1)
    # cells are counter-clockwise: lower faces run to the right, upper ones to the left
    follows = dict(outer[~on_wall].tolist())
    found = []
    for start in (n for n in follows if n not in set(follows.values())):
        chain = [start]
        while chain[-1] in follows:
            chain.append(follows[chain[-1]])
        found.append(np.array(chain, dtype=np.int64))
    found.sort(key=lambda nodes: bool(x[nodes[0]] > x[nodes[-1]]))
    if len(found) != 2 or x[found[0][0]] > x[found[0][-1]] or x[found[1][0]] < x[found[1][-1]]:
        raise MeshError(f"layer '{name}' is no strip between the side walls; mesh it as one")
    return found[0], found[1][::-1]


def rest(
    mesh: StackMesh,
    bulk: Bulk,
    displacement: Array,
    layers: Sequence[str],
    kept: Sequence[str],
) -> None:
    """Lay new layers on those that stay: moved vertically until they just touch, in place.

    Parameters
    ----------
    mesh : StackMesh
    bulk : Bulk
    displacement : (dofs,) array
        Of the layers that stay; that of the new ones is set [um].
    layers : sequence of str
        What is in the die, bottom to top.
    kept : sequence of str
        Those that stay where they are; if there are none, the lowest layer does.
    """
    positions = [layers.index(name) for name in kept] or [0]
    dofs = bulk.node_dofs
    faces = {name: layer_faces(mesh, name) for name in layers}

    def place(nodes: IntArray) -> Array:
        found: Array = mesh.points[nodes] + displacement[dofs[nodes]]
        return found

    for lower, upper in itertools.pairwise(layers[positions[-1] :]):
        _move(mesh, dofs, displacement, upper, 0.0)
        gap = polyline_gap(place(faces[lower][1]), place(faces[upper][0]))[1]
        _move(mesh, dofs, displacement, upper, -float(gap.min()))
    for upper, lower in itertools.pairwise(layers[positions[0] :: -1]):
        _move(mesh, dofs, displacement, lower, 0.0)
        gap = polyline_gap(place(faces[lower][1]), place(faces[upper][0]))[1]
        _move(mesh, dofs, displacement, lower, float(gap.min()))


def _move(mesh: StackMesh, dofs: IntArray, displacement: Array, name: str, height: float) -> None:
    nodes = mesh.layer_nodes(name)
    displacement[dofs[nodes, 0]] = 0.0
    displacement[dofs[nodes, 1]] = height


def _carried(interface: ContactInterface) -> Tractions:
    """Return the multipliers of an interface as tractions."""
    zero = np.zeros_like(interface.pressure)
    none = zero > 0.0
    return Tractions(
        interface.pressure, interface.shear, zero, zero, zero, zero, active=none, sticking=none
    )
