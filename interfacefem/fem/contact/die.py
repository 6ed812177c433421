# SPDX-License-Identifier: MIT
"""A die around a pellet: its wall beside every layer, the flat punch above, what they bear.

Lives here: which nodes the rigid faces of :mod:`interfacefem.fem.contact.rigid_surface` hold back,
and the forces between pellet and die. The press that uses them is :mod:`interfacefem.drive.press`.

References
----------
Janssen (1895), Z. Ver. Dtsch. Ing. 39, 1045 (decay of the stress along a wall with friction).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.fem.contact.numbers import DIE_GAP, DIE_STIFFNESS
from interfacefem.fem.contact.rigid_surface import RigidSurface

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from interfacefem.describe.die import Die
    from interfacefem.describe.stack import Layer
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh

    IntArray = npt.NDArray[np.int64]

#: name of the moving punch; no layer can have it
FLAT_PUNCH = "flat punch"


@dataclass(frozen=True)
class DieForces:
    """Forces between a pellet and its die; pushes on the pellet are positive [uN].

    Attributes
    ----------
    punch, bottom : float
        Of the moving punch downwards, of the fixed one upwards.
    wall_friction : float
        Of the wall, upwards where the pellet slides down.
    wall : float
        Of the wall inwards, summed around.
    """

    punch: float
    bottom: float
    wall_friction: float
    wall: float

    def record(self, area: float) -> dict[str, float]:
        """Return what is kept of an increment, for a nominal area [um^2]."""
        return {
            "bottom_pressure": self.bottom / area,
            "wall_force": self.wall,
            "wall_friction": self.wall_friction,
        }


def die_walls(
    die: Die, mesh: StackMesh, bulk: Bulk, layers: Mapping[str, Layer], gap_tolerance: float
) -> dict[str, RigidSurface]:
    """Return the wall beside each layer, by layer.

    Parameters
    ----------
    die : Die
    mesh : StackMesh
        From the axis to the wall.
    bulk : Bulk
        Axisymmetric.
    layers : mapping of str to Layer
        Those that rub at the wall.
    gap_tolerance : float
        Of the case [-].
    """
    edge = np.unique(mesh.boundaries["right"])
    walls = {}
    for name, layer in layers.items():
        nodes = np.intersect1d(edge, mesh.layer_nodes(name))
        walls[name] = RigidSurface(
            name,
            bulk.node_dofs[nodes, 0],
            die.radius - mesh.points[nodes, 0],
            stiffness=_stiffness(mesh, layer),
            tolerance=DIE_GAP * gap_tolerance * mesh.width,
            along=bulk.node_dofs[nodes, 1],
            friction=die.wall_friction,
        )
    return walls


def flat_punch(
    top: IntArray, mesh: StackMesh, bulk: Bulk, layer: Layer, gap_tolerance: float
) -> RigidSurface:
    """Return the moving punch: a smooth rigid face that moves with the first node of a face.

    Parameters
    ----------
    top : (n,) int array
        Nodes of the uppermost face, from the axis to the wall. Where that is not flat, neither is
        the punch.
    mesh : StackMesh
    bulk : Bulk
    layer : Layer
        The uppermost one.
    gap_tolerance : float
        Of the case [-].
    """
    dofs = bulk.node_dofs[top, 1]
    return RigidSurface(
        FLAT_PUNCH,
        dofs[1:],
        np.zeros(len(top) - 1),
        stiffness=_stiffness(mesh, layer),
        tolerance=DIE_GAP * gap_tolerance * mesh.width,
        lead=int(dofs[0]),
    )


def _stiffness(mesh: StackMesh, layer: Layer) -> float:
    return DIE_STIFFNESS * 2.0 * np.pi * mesh.width * layer.material.law.pressed_modulus


def die_forces(problem: MechanicalProblem, bottom: IntArray) -> DieForces:
    """Return the forces of the last accepted attempt; none before the first.

    Parameters
    ----------
    problem : MechanicalProblem
    bottom : (n,) int array
        Vertical degrees of freedom on the fixed punch.
    """
    inner = np.zeros(problem.bulk.size) if problem.inner is None else problem.inner
    walls = [surface for surface in problem.rigid_surfaces if surface.name != FLAT_PUNCH]
    return DieForces(
        punch=problem.force,
        bottom=float((problem.balance_of(inner) - problem.dead_forces)[bottom].sum()),
        wall_friction=float(sum(wall.shear.sum() for wall in walls)),
        wall=float(sum(wall.normal.sum() for wall in walls)),
    )
