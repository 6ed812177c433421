# SPDX-License-Identifier: MIT
"""A stack in a press: what is in it in each stage, and what happens in between.

Bodies, interfaces and supports are set up in :mod:`interfacefem.drive.assembly`, what happens when
the die is opened is in :mod:`interfacefem.drive.stages`, the loop over steps in
:mod:`interfacefem.drive.loop`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.describe.stage import Arrangement, arrangements, opened_together, openings
from interfacefem.drive import stages
from interfacefem.drive.advance import Beginning, Memory
from interfacefem.drive.assembly import Assembly, Rig, rig
from interfacefem.drive.numbers import EJECTED_PART
from interfacefem.drive.snapshots import interface_snapshots, layer_snapshots
from interfacefem.errors import ResultsError
from interfacefem.fem.contact.die import DieForces, die_forces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.describe.case import Description
    from interfacefem.fem.increment import Attempt, Work
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh
    from interfacefem.results.snapshot import InterfaceSnapshot, LayerSnapshot

    Array = npt.NDArray[np.float64]
    Arrays = dict[str, npt.NDArray[Any]]


class Press:
    """A stack in a press, stage by stage; it begins in the first one.

    Parameters
    ----------
    case : Description
    mesh : StackMesh
        With its punches.
    beginning : Beginning, optional
        State of another run that this one goes on from; :meth:`restore` must follow.

    Attributes
    ----------
    stage : int
        Number of the stage it is in; -1 in what it begins with, before the first stage.
    problem : MechanicalProblem
        Of the layers that are in the die.
    rig : Rig
        What increments of this stage go by.
    memory : Memory
        What increments have taught.
    mesh : StackMesh
    datum : float
        Displacement of the platen when the stage began [um].
    ejected : bool
        Whether the pellet has left the die.
    bagged : bool
        Whether a bag presses on the side walls.
    gripped : bool
        Whether platens hold on to a pellet that has left it.
    split : int
        Number of the interface, from 1, at which a shear box is cut; zero if it is whole.
    area : float
        Nominal, that of the die [um^2]; per unit depth in plane strain [um].
    largest : float
        Largest nominal pressure of the protocol, and of what came before it [MPa].
    layers : dict of str to Layer
        Of the stack, and punches.
    """

    problem: MechanicalProblem
    rig: Rig
    memory: Memory

    def __init__(
        self, case: Description, mesh: StackMesh, beginning: Beginning | None = None
    ) -> None:
        self.mesh = mesh
        self._case = case
        self._beginning = beginning
        before = () if beginning is None else beginning.present
        pressures = [step.target_pressure or 0.0 for step in case.protocol]
        self.largest = max([*pressures, 0.0 if beginning is None else beginning.largest])
        self._assembly = Assembly(case, mesh, self.largest)
        self.area, self.layers = self._assembly.area, self._assembly.layers
        self._bulk = self._assembly.bulk
        stack, protocol = case.stack.names, case.protocol.stages
        #: what is in the die before the first stage, and in each
        self._arrangements = [Arrangement(before, None), *arrangements(stack, protocol, before)]
        self._opens = openings(protocol)
        if before and protocol:  # what it begins with may have to be taken out for the first stage
            self._opens[0] = bool(protocol[0].adds) or not set(before) <= set(stack)
        self.stage = 0 if beginning is None else -1
        self.ejected = self.gripped = self.bagged = False
        self.split = 0
        self.datum = 0.0
        displacement = np.zeros(self._bulk.size)
        if beginning is None and protocol:
            self._rest(displacement, ())
        self._begin(displacement, None, np.zeros(self._bulk.size), ())

    @property
    def present(self) -> tuple[str, ...]:
        """Layers in the die, bottom to top; a punch comes last."""
        return self._arrangements[self.stage + 1].layers

    @property
    def complete(self) -> bool:
        """Whether all layers of the stack are in the die, and nothing else is."""
        return self.present == self._case.stack.names

    @property
    def pressure(self) -> float:
        """Accepted nominal pressure [MPa]."""
        return self.problem.force / self.area

    @property
    def temperature(self) -> float:
        """Accepted temperature [K]."""
        return self._bulk.warmth.temperature

    @property
    def closure(self) -> float:
        """How far the platen has come down since its first touch in this stage [um]."""
        if self.ejected:
            top = self._assembly.faces[self.present[-1]].nodes("top")[0]
            moved = self.problem.displacement[self._bulk.node_dofs[top, -1]]
            return self.datum - float(moved)
        return self.datum - self.problem.platen

    @property
    def shear_stress(self) -> float:
        """Force on a shear box over the area that can slip [MPa]; not a number without a box."""
        if not self.split:
            return float("nan")
        interface = self.problem.interfaces[self.split - 1]
        area = float(interface.pairing.weights[interface.free[:, 0]].sum())
        return -self.problem.side / area

    # -- what happens to it ----------------------------------------------------------------------

    def enter(self, stage: int) -> None:
        """Go on to a stage: open the die and lay in what it adds, if it adds or removes anything.

        Raises
        ------
        StepFailure
            If the layers find no equilibrium when the die is opened.
        """
        before, came_from = self.present, self.stage
        self.stage = stage
        if stage == came_from or not self._opens or not self._opens[stage]:
            return
        kept = tuple(name for name in before if name in self.present)
        removed = [name for name in before if name not in kept]
        opened = stages.open_die(
            self._assembly,
            self.problem,
            kept,
            removed,
            free_bottom=self.present[0] != kept[0],
            largest=self.largest,
        )
        displacement = opened.displacement.copy()
        self._rest(displacement, kept)
        time = self.memory.time
        self._begin(displacement, opened.work, opened.dead_forces, kept)
        self.memory.time = time

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
        old, time = self.problem, self.memory.time
        self._leave_die()
        self.problem.take_over(old, np.zeros(self._bulk.size))
        free = self.problem.supports.unknown >= 0
        reaction = np.where(free, self.problem.unbalanced(), 0.0)
        self.problem.take_over(old, reaction)
        seat = self._assembly.seat(self.present, free_bottom=True).nodal
        # nothing is left in the last increment: measured against less than its change of load, the
        # residual would be round-off
        floor = EJECTED_PART * float(np.linalg.norm(reaction - seat))
        attempts = stages.fade(self.problem, reaction, seat, floor, largest=EJECTED_PART)
        old.system.destroy()
        self.memory.time = time
        return attempts

    def bag(self, *, on: bool) -> None:
        """Let the side walls give way to forces from now on, or hold them where they are."""
        if on != self.bagged:
            self.bagged, old = on, self.problem
            self.problem = stages.change_walls(old, self._problem(), bag=on)

    def bond(self) -> None:
        """Make the faces adhere where they have come into contact."""
        for interface in self.problem.interfaces:
            interface.form_bonds()

    def grip(self) -> None:
        """Grip the faces of an ejected pellet as they stand; nothing moves by it.

        What held the layers together outside of the die becomes the force of the platen.
        """
        old = self.problem
        self.gripped = True
        self.problem = self._problem()
        self.problem.take_over(old, np.zeros(self._bulk.size))
        self.problem.force = self._reaction(0)
        old.system.destroy()

    def cut(self, split: int) -> None:
        """Cut the stack above its lowest layers; its upper half stays until it is moved.

        Parameters
        ----------
        split : int
            How many layers are below the cut.
        """
        old = self.problem
        self.split = split
        self.problem = self._problem()
        self.problem.take_over(old)
        self.problem.force = old.force
        self.problem.side = self._reaction(1)
        old.system.destroy()

    def _reaction(self, platen: int) -> float:
        """Return the force on a platen that balances the accepted state [MPa um]."""
        supports = self.problem.supports
        held = supports.unknown == supports.platens[platen]
        return -float(self.problem.unbalanced()[held].sum())

    def _problem(self) -> MechanicalProblem:
        in_die, split = not self.ejected, self.split
        return self._assembly.problem(self.present, in_die=in_die, split=split, bag=self.bagged)

    def _leave_die(self) -> None:
        self.ejected = True
        for interface in self._assembly.interfaces.values():
            interface.leave_right_wall()
        self.problem = self._assembly.problem(
            self.present, platen=False, free_bottom=True, in_die=False
        )
        self._set_rig()

    def _rest(self, displacement: Array, kept: Sequence[str]) -> None:
        faces = self._assembly.faces
        stages.rest(self.mesh, self._bulk, displacement, faces, self.present, kept)

    def _begin(
        self, displacement: Array, work: Work | None, nodal: Array, kept: Sequence[str]
    ) -> None:
        """Put the platen on what is in the die."""
        self._bulk.warmth.lay([self.mesh.layer_index(name) for name in self.present])
        self.problem = self._problem()
        self.problem.begin_from(displacement, work, nodal)
        if len(kept) > 1:
            free_bottom = self.present[0] != kept[0]
            self.problem.seat = self._assembly.seat(kept, free_bottom=free_bottom)
        self._set_rig()
        self.datum = self.problem.platen

    def _set_rig(self) -> None:
        """Begin anew with what increments go by."""
        protocol = self._case.protocol
        steps = [s for n in self._group for s in protocol.stages[n].steps] or protocol.steps
        targets = [step.target_pressure or 0.0 for step in steps]
        if self._beginning is not None and not any(self._opens[: self.stage + 1]):
            targets.append(self._beginning.stage_largest)
        self.rig = rig(
            self.problem,
            self.mesh,
            self.layers,
            self.present,
            targets,
            self.largest,
            self.area,
            self._case.numerics,
        )
        self.memory = Memory(travel=self.rig.travel_limit, pressure_cap=self.rig.pressure_limit)

    @property
    def _group(self) -> range:
        """Stages from the last opening of the die to the next one."""
        return opened_together(self._opens, self.stage)

    # -- accepted states -------------------------------------------------------------------------

    def interface_snapshots(self) -> tuple[InterfaceSnapshot, ...]:
        """Return the accepted state of all interfaces, those of the stack first."""
        return interface_snapshots(self.problem, self._assembly.interfaces.values())

    def layer_snapshots(self) -> tuple[LayerSnapshot, ...]:
        """Return the accepted state of all layers, bottom to top, then of punches."""
        return layer_snapshots(self.problem, self.mesh, self.layers, self.present)

    def die_forces(self) -> DieForces | None:
        """Return what punches and wall bear; None without a die, or out of it."""
        if not self._assembly.walls or self.ejected:
            return None
        bottom = self._assembly.faces[self.present[0]].nodes("bottom")
        return die_forces(self.problem, self._bulk.node_dofs[bottom, -1])

    @property
    def beginning(self) -> Beginning:
        """What another run that goes on from here has to know."""
        return Beginning(self.present, self.largest, self.rig.largest)

    def stored(self) -> Arrays:
        """Return all that the next increment depends on, as arrays in the order of the mesh.

        Each part says what it needs; names are paths such as ``interfaces/a|b/pressure``.
        """
        memory = {f"memory/{name}": value for name, value in self.memory.stored().items()}
        return {
            "stage": np.array(self.stage),
            "datum": np.array(self.datum),
            "ejected": np.array(self.ejected),
            "gripped": np.array(self.gripped),
            "split": np.array(self.split),
            "bagged": np.array(self.bagged),
            **memory,
            **self.problem.stored(),
        }

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]], *, branch: bool = False) -> None:
        """Bring a press that was built anew to a state of :meth:`stored`.

        Parameters
        ----------
        arrays : mapping of str to ndarray
        branch : bool
            Whether the state is that of the run that this one began from.

        Raises
        ------
        ResultsError
            If the state is that of another press or lacks a part.
        """
        try:
            self._rebuild(arrays, branch=branch)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ResultsError(f"the state does not fit the case: {error}") from error
        expected = {name: values.shape for name, values in self.stored().items()}
        found = {name: values.shape for name, values in arrays.items()}
        if expected != found:
            wrong = sorted(n for n in {*expected, *found} if expected.get(n) != found.get(n))
            raise ResultsError(
                f"the state does not fit the case: {', '.join(wrong)} missing, unknown or of "
                "another size; continue with the interfacefem that wrote it or run the case again"
            )
        self.problem.restore(arrays)
        start = "memory/"
        memory = {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}
        self.memory = Memory.restored(memory)
        self.datum = float(arrays["datum"])

    def _rebuild(self, arrays: Mapping[str, npt.NDArray[Any]], *, branch: bool) -> None:
        """Build the problem of a state without following what leads to it."""
        if not branch:
            self.stage = int(arrays["stage"])
        self.split = int(arrays["split"])
        if bool(arrays["ejected"]):
            self._leave_die()
            if bool(arrays["gripped"]):
                self.grip()
            return
        first = self._group.start
        if self.stage >= 0 and self._opens and self._opens[first]:
            before = self._arrangements[first].layers
            zero = np.zeros(self._bulk.size)
            self._begin(zero, None, zero, tuple(name for name in before if name in self.present))
        self.bag(on=bool(arrays["bagged"]))
        if self.split:
            self.cut(self.split)
