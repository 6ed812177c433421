# SPDX-License-Identifier: MIT
"""Bodies, interfaces and walls of a case on its mesh, and the problem of some of its layers.

What is in the press when, and what happens in between, is in :mod:`interfacefem.drive.press`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

import numpy as np

from interfacefem.describe.stage import bodies, joints
from interfacefem.drive.numbers import SEAT
from interfacefem.drive.stages import face_load
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.bulk.fold_barrier import FoldBarrier
from interfacefem.fem.contact.die import die_walls, flat_punch
from interfacefem.fem.contact.setup import contact_interface
from interfacefem.fem.increment import AugmentationLimits, Seat
from interfacefem.fem.linear import systems
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import MechanicalProblem
from interfacefem.meshing.layer_faces import layer_faces

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.describe.case import Description
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.fem.contact.rigid_surface import RigidSurface
    from interfacefem.meshing.stack_mesh import StackMesh

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: faces of the lower and of the upper layer at an interface
SIDES: tuple[Literal["top"], Literal["bottom"]] = ("top", "bottom")


class Assembly:
    """All that a press will ever hold, and the mechanical problem of any part of it.

    Parameters
    ----------
    case : Description
    mesh : StackMesh
        With its punches.
    largest : float
        Largest nominal pressure it will see [MPa].

    Attributes
    ----------
    bulk : Bulk
    layers : dict of str to Layer
        Punches among them.
    faces : dict of str to LayerFaces
    interfaces : dict of str to ContactInterface
    walls : dict of str to RigidSurface
        Of a die, by layer.
    area : float
        Nominal, that of the die [um^2]; per unit depth in plane strain [um].
    """

    def __init__(self, case: Description, mesh: StackMesh, largest: float) -> None:
        self.mesh = mesh
        self._case = case
        self._largest = largest
        self.layers = bodies(case.stack, case.protocol.stages)
        self.bulk = Bulk(
            mesh.points,
            mesh.cells,
            mesh.cell_layer,
            [self.layers[name].material.law for name in mesh.layer_names],
            axisymmetric=case.die is not None,
            temperature=case.temperature,
        )
        self.area = mesh.area if case.die is None else float(np.pi * mesh.width**2)
        self.faces = {name: layer_faces(mesh, name) for name in mesh.layer_names}
        laws = joints(case.stack, case.protocol.stages)
        self.interfaces: dict[str, ContactInterface] = {}
        for name in mesh.interfaces:
            lower, upper = name.split("|")
            self.interfaces[name] = contact_interface(
                mesh,
                self.bulk,
                name,
                laws[name],
                (self.layers[lower].material, self.layers[upper].material),
                largest_pressure=largest,
                gap_tolerance=case.numerics.gap_tolerance,
                temperature=case.temperature,
            )
        inner = [
            (name, side)
            for pair in mesh.interfaces
            for name, side in zip(pair.split("|"), SIDES, strict=True)
        ]
        self._barriers = {
            name: [self._barrier(name, side) for side in SIDES if (name, side) in inner]
            for name in mesh.layer_names
        }
        self.walls: dict[str, RigidSurface] = {}
        if case.die is not None:
            own = {layer.name: layer for layer in case.stack.layers}
            self.walls = die_walls(case.die, mesh, self.bulk, own, case.numerics.gap_tolerance)

    def _barrier(self, name: str, side: Literal["bottom", "top"]) -> FoldBarrier:
        face = self.faces[name].face(side)
        round_ = self._case.die is not None
        dofs, points = self.bulk.node_dofs, self.mesh.points
        return FoldBarrier(dofs, points, face, self._largest, axisymmetric=round_)

    def problem(
        self,
        layers: Sequence[str],
        *,
        platen: bool = True,
        free_bottom: bool = False,
        in_die: bool = True,
        split: int = 0,
    ) -> MechanicalProblem:
        """Set up the problem of some layers, the others held.

        Parameters
        ----------
        layers : sequence of str
            Bottom to top.
        platen : bool
            Whether a platen presses on the uppermost face.
        free_bottom : bool
            Whether the lowest face is held at one node only.
        in_die : bool
            Whether the wall of a die is there, if there is one.
        split : int
            How many layers are below the cut of a shear box; zero without one.
        """
        mesh, bulk, numerics = self.mesh, self.bulk, self._case.numerics
        dofs = bulk.node_dofs
        bottom = np.sort(self.faces[layers[0]].nodes("bottom"))
        top = self.faces[layers[-1]].nodes("top")
        held = [dofs[bottom[:1] if free_bottom else bottom, -1]]
        held += [dofs[nodes, axis] for axis, nodes in enumerate(self._held_walls())]
        held += [dofs[mesh.layer_nodes(n)].ravel() for n in mesh.layer_names if n not in layers]
        held_there = np.concatenate(held)
        ties = [dofs[np.sort(top), -1]] if platen else []
        followers = bottom[:0]
        surfaces = []
        if in_die:
            surfaces = [self.walls[name] for name in layers if name in self.walls]
        if self.walls and platen and in_die:
            ties, followers = [dofs[top[:1], -1]], dofs[top[1:], -1]
            layer = self.layers[layers[-1]]
            surfaces.append(flat_punch(top, mesh, bulk, layer, numerics.gap_tolerance))
        if split:
            grip, box = self.shear_box(layers, split)
            held_there = np.setdiff1d(np.append(held_there, grip), box)
            ties.append(box)
        supports = Supports(bulk.size, np.unique(held_there), ties, followers)
        names = [f"{lower}|{upper}" for lower, upper in itertools.pairwise(layers)]
        problem = MechanicalProblem(
            bulk,
            supports,
            [self.interfaces[name] for name in names],
            AugmentationLimits(
                tolerance=numerics.tolerance, max_iterations=numerics.max_iterations
            ),
            [barrier for name in layers for barrier in self._barriers[name]],
            systems.choose(bulk, supports, mesh.points, self._case.linear_solver),
            surfaces,
        )
        for index, name in enumerate(names):
            above = np.zeros(bulk.size, dtype=bool)
            for upper in layers[index + 1 :]:
                above[dofs[mesh.layer_nodes(upper), -1]] = True
            problem.above[name] = above
        return problem

    def seat(self, layers: Sequence[str], *, free_bottom: bool = False) -> Seat:
        """Return the dead forces that hold layers together in the open die."""
        nodal = np.zeros(self.bulk.size)
        if len(layers) < 2:
            return Seat(nodal, 0.0)
        pressure = SEAT * self._largest
        nodal = face_load(self.mesh, self.bulk, self.faces[layers[-1]].top, pressure)
        if free_bottom:
            bottom = self.faces[layers[0]].bottom
            nodal = nodal + face_load(self.mesh, self.bulk, bottom, -pressure)
        return Seat(nodal, pressure * self.area)

    def shear_box(self, layers: Sequence[str], split: int) -> tuple[IntArray, IntArray]:
        """Return the degrees of freedom along x that the halves of a shear box grip.

        Parameters
        ----------
        layers : sequence of str
            What is in the press, bottom to top.
        split : int
            How many of them are below the cut.

        Returns
        -------
        grip : int array
            Of the lowest face. The walls of the lower half are held anyway.
        box : int array
            Of the uppermost face and of the walls above the cut.
        """
        upper = np.concatenate([self.mesh.layer_nodes(name) for name in layers[split:]])
        walls = np.intersect1d(self.mesh.wall_nodes()[0], upper)
        moved = np.union1d(walls, self.faces[layers[-1]].nodes("top"))
        dofs = self.bulk.node_dofs
        return dofs[self.faces[layers[0]].nodes("bottom"), 0], dofs[moved, 0]

    def _held_walls(self) -> Sequence[IntArray]:
        """Return the nodes that side walls hold: in a die those on the axis, and of punches."""
        mesh = self.mesh
        if self._case.die is None:
            return mesh.wall_nodes()
        free = [mesh.layer_nodes(layer.name) for layer in self._case.stack.layers]
        punches = np.setdiff1d(mesh.boundary_nodes("right"), np.concatenate(free))
        return [np.append(mesh.boundary_nodes("left"), punches)]
