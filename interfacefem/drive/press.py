# SPDX-License-Identifier: MIT
"""From a case and its mesh to the mechanical problem of a press, and back to snapshots.

Which bodies, supports, platen and interfaces the press has in each stage. Interfaces are set up in
:mod:`interfacefem.fem.contact.setup`, what happens when the die is opened is in
:mod:`interfacefem.drive.stages`, the loop over steps in :mod:`interfacefem.drive.loop`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Literal

import numpy as np

from interfacefem.describe.stage import arrangements, bodies, joints, openings
from interfacefem.drive import stages
from interfacefem.drive.cycling import CycleState
from interfacefem.drive.grip import grip
from interfacefem.drive.shear_box import cut, shear_box
from interfacefem.drive.snapshots import interface_snapshots, layer_snapshots
from interfacefem.drive.stages import SEAT, StagedProblem, face_load
from interfacefem.drive.stepper_setup import press_stepper
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.bulk.fold_barrier import FoldBarrier
from interfacefem.fem.contact.die import DieForces, die_forces, die_walls, flat_punch
from interfacefem.fem.contact.setup import contact_interface
from interfacefem.fem.linear import systems
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import AugmentationLimits
from interfacefem.meshing.layer_faces import layer_faces

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from interfacefem.describe.case import Case
    from interfacefem.drive.stepping import Stepper
    from interfacefem.fem.mechanics import Attempt
    from interfacefem.fem.work import Work
    from interfacefem.meshing.stack_mesh import StackMesh
    from interfacefem.results.snapshot import InterfaceSnapshot, LayerSnapshot

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: faces of the lower and of the upper layer at an interface
SIDES: tuple[Literal["top"], Literal["bottom"]] = ("top", "bottom")


class Press:
    """A stack in a press, stage by stage; it begins in the first one.

    Parameters
    ----------
    case : Case
    mesh : StackMesh
        With its punches.

    Attributes
    ----------
    stage : int
        Number of the stage it is in.
    present : tuple of str
        Layers in the die, bottom to top; a punch comes last.
    problem : StagedProblem
        Of the layers that are in the die.
    stepper : Stepper
    mesh : StackMesh
    datum : float
        Displacement of the platen when the stage began [um].
    ejected : bool
        Whether the pellet has left the die.
    gripped : bool
        Whether platens hold on to a pellet that has left it.
    split : int
        Number of the interface, from 1, at which a shear box is cut; zero if it is whole.
    cycle : CycleState
        How far cycling has come.
    area : float
        Nominal, that of the die [um^2]; per unit depth in plane strain [um].
    """

    def __init__(self, case: Case, mesh: StackMesh) -> None:
        self.mesh = mesh
        self._case = case
        self._layers = bodies(case.stack, case.protocol.stages)
        self._arrangements = arrangements(case.stack.names, case.protocol.stages)
        materials = [self._layers[name].material for name in mesh.layer_names]
        self._bulk = Bulk(
            mesh.points,
            mesh.cells,
            mesh.cell_layer,
            [material.law for material in materials],
            axisymmetric=case.die is not None,
            temperature=case.temperature,
        )
        self.area = mesh.area if case.die is None else float(np.pi * mesh.width**2)
        self._faces = {name: layer_faces(mesh, name) for name in mesh.layer_names}
        self._largest = max(step.target_pressure or 0.0 for step in case.protocol)
        self._opens = openings(case.protocol.stages)
        laws = joints(case.stack, case.protocol.stages)
        self._interfaces = {}
        for name in mesh.interfaces:
            lower, upper = name.split("|")
            self._interfaces[name] = contact_interface(
                mesh,
                self._bulk,
                name,
                laws[name],
                (self._layers[lower].material, self._layers[upper].material),
                largest_pressure=self._largest,
                gap_tolerance=case.numerics.gap_tolerance,
                temperature=case.temperature,
            )
        inner = [
            (name, side)
            for pair in mesh.interfaces
            for name, side in zip(pair.split("|"), SIDES, strict=True)
        ]
        self._fold_barriers = {
            name: [self._barrier(name, side) for side in SIDES if (name, side) in inner]
            for name in mesh.layer_names
        }
        self._walls = {}
        if case.die is not None:
            of_stack = {layer.name: layer for layer in case.stack.layers}
            self._walls = die_walls(
                case.die, mesh, self._bulk, of_stack, case.numerics.gap_tolerance
            )
        self.ejected = self.gripped = False
        self.split = 0
        self.cycle = CycleState()
        self.stage = 0
        self.datum = 0.0
        displacement = np.zeros(self._bulk.size)
        if case.protocol.stages:
            self._rest(displacement, ())
        self._begin(displacement, None, np.zeros(self._bulk.size), ())

    @property
    def present(self) -> tuple[str, ...]:
        """Layers in the die, bottom to top; a punch comes last."""
        return self._arrangements[self.stage].layers

    @property
    def complete(self) -> bool:
        """Whether all layers of the stack are in the die, and nothing else is."""
        return self.present == self._case.stack.names

    @property
    def closure(self) -> float:
        """How far the platen has come down since its first touch in this stage [um]."""
        if self.ejected:
            top = self._bulk.node_dofs[self._faces[self.present[-1]].nodes("top")[0], -1]
            return self.datum - float(self.problem.displacement[top])
        return self.datum - self.problem.platen

    def enter(self, stage: int) -> None:
        """Go on to a stage: open the die and lay in what it adds, if it adds or removes anything.

        Raises
        ------
        StepFailure
            If the layers find no equilibrium when the die is opened.
        """
        before, self.stage = self.present, stage
        if stage == 0 or not self._opens[stage]:
            return
        kept = tuple(name for name in before if name in self.present)
        old = self.problem
        displacement, work, nodal = self._open(before, kept)
        old.system.destroy()
        self._rest(displacement, kept)
        time = self.stepper.time
        self._begin(displacement, work, nodal, kept)
        self.stepper.time = time

    def eject(self) -> list[Attempt]:
        """Take the pellet out of the die; nothing happens if it is out.

        Returns
        -------
        list of Attempt
            Increments in which the forces of punches and wall have faded.

        Raises
        ------
        StepFailure
            If the pellet finds no equilibrium.
        """
        if self.ejected:
            return []
        old, time = self.problem, self.stepper.time
        self._leave_die()
        self.problem.take_over(old.displacement, old.work, np.zeros(self._bulk.size))
        free = self.problem.supports.unknown >= 0
        reaction = np.where(free, self.problem.unbalanced(), 0.0)
        self.problem.take_over(old.displacement, old.work, reaction)
        seat = self._seat(self.present, free_bottom=True)
        # nothing is left in the last increment: measured against less than its change of load, the
        # residual would be round-off
        floor = stages.EJECTED_PART * float(np.linalg.norm(reaction - seat))
        attempts = stages.fade(self.problem, reaction, seat, floor, largest=stages.EJECTED_PART)
        old.system.destroy()
        self.stepper.time = time
        return attempts

    def bond(self) -> None:
        """Make the faces adhere where they have come into contact."""
        for interface in self.problem.interfaces:
            interface.form_bonds()

    def _leave_die(self) -> None:
        self.ejected = True
        for interface in self._interfaces.values():
            interface.leave_right_wall()
        self.problem = self._problem(self.present, platen=False, free_bottom=True)
        self.stepper = self._stepper()

    def _rest(self, displacement: Array, kept: Sequence[str]) -> None:
        stages.rest(self.mesh, self._bulk, displacement, self._faces, self.present, kept)

    def rebuild(self, stage: int, *, ejected: bool, gripped: bool, split: int) -> None:
        """Build the problem of a stage without following what leads to it, to restore a state."""
        self.stage = stage
        if ejected:
            self._leave_die()
            if gripped:
                grip(self)
            return
        first = self._group.start
        if first > 0:
            before = self._arrangements[first - 1].layers
            zero = np.zeros(self._bulk.size)
            self._begin(zero, None, zero, tuple(name for name in before if name in self.present))
        if split:
            cut(self, split)

    @property
    def _group(self) -> range:
        """Stages from the last opening of the die to the next one."""
        opened = [number for number, opens in enumerate(self._opens) if opens]
        first = max((number for number in opened if number <= self.stage), default=0)
        end = next((number for number in opened if number > self.stage), len(self._opens))
        return range(first, end)

    def _open(self, before: Sequence[str], kept: Sequence[str]) -> tuple[Array, Work, Array]:
        """Take platen and punch away; return displacement, work and dead forces that are left."""
        problem, bulk = self.problem, self._bulk
        displacement = problem.displacement.copy()
        work = problem.work
        removed = [name for name in before if name not in kept]
        if removed:
            work.applied -= work.elastic
            stages.take_out(self.mesh, bulk, displacement, removed)
        free_bottom = self.present[0] != kept[0]
        opened = self._problem(kept, platen=False, free_bottom=free_bottom)
        opened.take_over(displacement, work, np.zeros(bulk.size))
        free = opened.supports.unknown >= 0
        reaction = np.where(free, opened.unbalanced(), 0.0)
        opened.take_over(displacement, work, reaction)
        floor = 5e-4 * self._largest * self.area
        if removed:
            work.applied += bulk.elastic_energy() + sum(
                barrier.energy(displacement) for barrier in opened.fold_barriers
            )
        stages.fade(opened, reaction, self._seat(kept, free_bottom=free_bottom), floor)
        opened.system.destroy()
        return opened.displacement.copy(), opened.work, opened.dead_forces

    def _seat(self, kept: Sequence[str], *, free_bottom: bool = False) -> Array:
        """Return the dead forces that hold layers together in the open die."""
        if len(kept) < 2:
            return np.zeros(self._bulk.size)
        pressure = SEAT * self._largest
        seat = face_load(self.mesh, self._bulk, self._faces[kept[-1]].top, pressure)
        if free_bottom:
            bottom = self._faces[kept[0]].bottom
            seat = seat + face_load(self.mesh, self._bulk, bottom, -pressure)
        return seat

    def _begin(
        self, displacement: Array, work: Work | None, nodal: Array, kept: Sequence[str]
    ) -> None:
        """Put the platen on what is in the die."""
        self.problem = self._problem(self.present)
        self.problem.take_over(displacement, work, nodal)
        if len(kept) > 1:
            self.problem.seat = self._seat(kept, free_bottom=self.present[0] != kept[0])
            self.problem.seat_force = SEAT * self._largest * self.area
        self.stepper = self._stepper()
        self.datum = self.problem.platen

    def _problem(
        self, layers: Sequence[str], *, platen: bool = True, free_bottom: bool = False
    ) -> StagedProblem:
        """Set up the problem of some layers, the others held."""
        mesh, bulk, numerics = self.mesh, self._bulk, self._case.numerics
        dofs = bulk.node_dofs
        bottom = np.sort(self._faces[layers[0]].nodes("bottom"))
        held = [dofs[bottom[:1] if free_bottom else bottom, -1]]
        held += [dofs[nodes, axis] for axis, nodes in enumerate(self._held_walls())]
        held += [dofs[mesh.layer_nodes(n)].ravel() for n in mesh.layer_names if n not in layers]
        held_there = np.concatenate(held)
        ties = [dofs[np.sort(self._faces[layers[-1]].nodes("top")), -1]] if platen else []
        followers = ties[0][:0] if ties else bottom[:0]
        rigid_surfaces = []
        if self._walls and not self.ejected:
            rigid_surfaces = [self._walls[name] for name in layers if name in self._walls]
        if self._walls and platen and not self.ejected:
            top = self._faces[layers[-1]].nodes("top")
            ties, followers = [dofs[top[:1], -1]], dofs[top[1:], -1]
            tolerance = numerics.gap_tolerance
            rigid_surfaces.append(flat_punch(top, mesh, bulk, self._layers[layers[-1]], tolerance))
        if self.split:
            grip, box = shear_box(mesh, bulk, self._faces, layers, self.split)
            held_there = np.setdiff1d(np.append(held_there, grip), box)
            ties.append(box)
        supports = Supports(bulk.size, np.unique(held_there), ties, followers)
        names = [f"{lower}|{upper}" for lower, upper in itertools.pairwise(layers)]
        limits = AugmentationLimits(
            tolerance=numerics.tolerance, max_iterations=numerics.max_iterations
        )
        problem = StagedProblem(
            bulk,
            supports,
            [self._interfaces[name] for name in names],
            limits,
            [barrier for name in layers for barrier in self._fold_barriers[name]],
            systems.choose(bulk, supports, mesh.points, self._case.solver),
            rigid_surfaces,
        )
        problem.above = {}
        for index, name in enumerate(names):
            above = np.zeros(bulk.size, dtype=bool)
            for upper in layers[index + 1 :]:
                above[dofs[mesh.layer_nodes(upper), -1]] = True
            problem.above[name] = above
        return problem

    def _held_walls(self) -> Sequence[IntArray]:
        """Return the nodes that side walls hold: in a die those on the axis, and of punches."""
        mesh = self.mesh
        if self._case.die is None:
            return mesh.wall_nodes()
        free = [mesh.layer_nodes(layer.name) for layer in self._case.stack.layers]
        punches = np.setdiff1d(mesh.boundary_nodes("right"), np.concatenate(free))
        return [np.append(mesh.boundary_nodes("left"), punches)]

    def _stepper(self) -> Stepper:
        parts = self._case.protocol.stages
        steps = [step for n in self._group for step in parts[n].steps] or self._case.protocol.steps
        return press_stepper(
            self.problem,
            self.mesh,
            self._layers,
            self.present,
            [step.target_pressure or 0.0 for step in steps],
            self._largest,
            self.area,
            self._case.numerics.max_rejections,
        )

    def _barrier(self, name: str, side: Literal["bottom", "top"]) -> FoldBarrier:
        face = self._faces[name].face(side)
        axisymmetric = self._case.die is not None
        return FoldBarrier(
            self._bulk.node_dofs, self.mesh.points, face, self._largest, axisymmetric=axisymmetric
        )

    # -- accepted states -------------------------------------------------------------------------

    def interface_snapshots(self) -> tuple[InterfaceSnapshot, ...]:
        """Return the accepted state of all interfaces, those of the stack first."""
        return interface_snapshots(self.problem, self._interfaces.values())

    def layer_snapshots(self) -> tuple[LayerSnapshot, ...]:
        """Return the accepted state of all layers, bottom to top, then of punches."""
        return layer_snapshots(self.problem, self.mesh, self._layers, self.present)

    def die_forces(self) -> DieForces | None:
        """Return what punches and wall bear; None without a die, or out of it."""
        if not self._walls or self.ejected:
            return None
        bottom = self._faces[self.present[0]].nodes("bottom")
        return die_forces(self.problem, self._bulk.node_dofs[bottom, -1])


def build_press(case: Case, mesh: StackMesh) -> Press:
    """Set up the mechanical problem of a case on its mesh, in its first stage.

    Parameters
    ----------
    case : Case
    mesh : StackMesh
        With its punches.

    Returns
    -------
    Press
    """
    return Press(case, mesh)
