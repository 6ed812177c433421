# SPDX-License-Identifier: MIT
"""Bodies, interfaces and walls of a case on its mesh, and what the increments of a stage go by.

What is in the press when, and what happens in between, is in :mod:`interfacefem.drive.press`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from interfacefem.describe.hardness import hardness
from interfacefem.describe.settings import USUAL, Numerics
from interfacefem.describe.stage import bodies, joints
from interfacefem.drive.numbers import (
    CUT,
    FLAT,
    FLAT_HEIGHT,
    FLOOR,
    LARGEST_CLOSING,
    ROUND_OFF,
    SEAT,
    SPRING_RATIO,
)
from interfacefem.drive.stages import face_load, moving_walls
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.bulk.fold_barrier import FoldBarrier
from interfacefem.fem.contact.die import die_walls, flat_punch
from interfacefem.fem.contact.setup import contact_interface, lower_is_slave, roughness
from interfacefem.fem.increment import AugmentationLimits, Seat
from interfacefem.fem.linear import systems
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import MechanicalProblem
from interfacefem.meshing.stack_mesh import layer_faces
from interfacefem.units import ROOM

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from interfacefem.describe.case import Description
    from interfacefem.describe.stack import Layer
    from interfacefem.fem.contact.die import RigidSurface
    from interfacefem.fem.contact.interface import ContactInterface
    from interfacefem.meshing.stack_mesh import StackMesh

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Limits:
    """Limits of increments; see :class:`interfacefem.describe.settings.Numerics`.

    Attributes
    ----------
    closing : float
        Largest closing of gaps in one increment, relative to their rms height.
    growth : float
        Largest ratio of pressures over a rising increment under force.
    release : float
        Smallest ratio of pressures over a falling increment.
    fraction : float
        Largest change of pressure, as a fraction of the largest pressure of the protocol.
    cut : float
        Factor on the size of an increment that was rejected.
    time_tolerance : float
        Local error of the plastic strain aimed at where it depends on time, relative.
    path_tolerance : float
        Error of the pressure by the size of an increment aimed at, relative.
    """

    closing: float = LARGEST_CLOSING
    growth: float = USUAL.growth
    release: float = USUAL.release
    fraction: float = USUAL.fraction
    cut: float = CUT
    time_tolerance: float = USUAL.time_tolerance
    path_tolerance: float = USUAL.path_tolerance


@dataclass(frozen=True, eq=False)
class Rig:
    """A press and what is in it, as increments see it.

    Attributes
    ----------
    area : float
        Nominal area [um^2]; per unit depth in plane strain [um].
    height : float
        Rms height of the gaps to close [um].
    largest : float
        Largest nominal pressure of the protocol [MPa].
    spring : float
        Stiffness of the spring that drives the platen, well above the stack's [MPa].
    flowing : sequence of ContactInterface
        Interfaces whose closing is limited because a face flows plastically.
    timed : bool
        Whether a material flows in time.
    limits : Limits
    least : float
        Pressure below which residuals are round-off [MPa].
    """

    area: float
    height: float
    largest: float
    spring: float
    flowing: Sequence[ContactInterface] = ()
    timed: bool = False
    limits: Limits = Limits()
    least: float = 0.0

    @property
    def stack(self) -> float:
        """Elastic stiffness of the stack [MPa]."""
        return self.spring / SPRING_RATIO

    @property
    def travel_limit(self) -> float:
        """Largest closing of gaps in one increment [um]."""
        return self.limits.closing * self.height

    @property
    def pressure_limit(self) -> float:
        """Largest change of pressure in one increment [MPa]."""
        return self.limits.fraction * self.largest

    @property
    def floor(self) -> float:
        """Force against which a residual is measured where there is none yet [MPa um]."""
        return max(FLOOR * self.largest, self.least) * self.area


def rig(
    problem: MechanicalProblem,
    mesh: StackMesh,
    layers: Mapping[str, Layer],
    present: Sequence[str],
    targets: Sequence[float],
    largest_pressure: float,
    area: float,
    numerics: Numerics,
) -> Rig:
    """Return what the increments of a stage go by.

    Parameters
    ----------
    problem : MechanicalProblem
    mesh : StackMesh
    layers : mapping of str to Layer
        Punches among them.
    present : sequence of str
        What is in the die.
    targets : sequence of float
        Pressures at the ends of the steps of this stage [MPa].
    largest_pressure : float
        Of the protocol [MPa].
    area : float
        Nominal area [um^2]; per unit depth in plane strain [um].
    numerics : Numerics
    """
    compliance = sum(
        layers[name].thickness / layers[name].material.law.youngs_modulus for name in present
    )
    # Only where a face yields under the press does closing decide the size of increments.
    soft = [
        min(layers[name].material.law.first_yield(ROOM).stress for name in i.name.split("|"))
        for i in problem.interfaces
    ]
    flowing = [i for i, y in zip(problem.interfaces, soft, strict=True) if y < largest_pressure]
    rough = [roughness(mesh, i.name) for i in flowing or problem.interfaces]
    # a thin gap if all faces are flat
    height = min(
        (each for each in rough if each > FLAT * mesh.width), default=FLAT_HEIGHT * mesh.width
    )
    timed = bool(problem.bulk.rate_dependent.any())
    limits = Limits(
        path_tolerance=numerics.path_tolerance,
        growth=numerics.growth,
        release=numerics.release,
        fraction=numerics.fraction,
        time_tolerance=numerics.time_tolerance,
    )
    if numerics.closing is not None:
        limits = replace(limits, closing=numerics.closing)
    strain = ROUND_OFF * np.finfo(float).eps
    return Rig(
        area,
        height,
        max(targets) or largest_pressure,
        SPRING_RATIO * area / compliance,
        flowing or problem.interfaces,
        timed,
        limits,
        strain * float(problem.bulk.laws.rows[:, 1].max()) / numerics.tolerance,
    )


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
            expansions=[
                self.layers[name].material.thermal_expansion or 0.0 for name in mesh.layer_names
            ],
        )
        self.area = mesh.area if case.die is None else float(np.pi * mesh.width**2)
        self.faces = {name: layer_faces(mesh, name) for name in mesh.layer_names}
        laws = joints(case.stack, case.protocol.stages)
        key = hardness(case.stack, case.protocol)
        self.interfaces: dict[str, ContactInterface] = {}
        for name in mesh.interfaces:
            lower, upper = name.split("|")
            self.interfaces[name] = contact_interface(
                mesh,
                self.bulk,
                name,
                laws[name],
                (self.layers[lower].material, self.layers[upper].material),
                upward=lower_is_slave(mesh, name, key),
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
        bag: bool = False,
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
        bag : bool
            Whether the side walls that are not planes of symmetry give way, each as a platen.
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
        if bag:
            ties += moving_walls(mesh, bulk, layers)
            held_there = np.setdiff1d(held_there, np.concatenate(ties[1:]))
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
