# SPDX-License-Identifier: MIT
"""A press that is cut at an interface, so that its upper half can move sideways.

What the box holds is said in :class:`interfacefem.describe.separate.Shear`; how it is moved, in
:mod:`interfacefem.drive.separation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from interfacefem.drive.press import Press
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.meshing.layer_faces import LayerFaces
    from interfacefem.meshing.stack_mesh import StackMesh

    IntArray = npt.NDArray[np.int64]


def shear_box(
    mesh: StackMesh,
    bulk: Bulk,
    faces: Mapping[str, LayerFaces],
    layers: Sequence[str],
    split: int,
) -> tuple[IntArray, IntArray]:
    """Return the degrees of freedom along x that the halves of the box grip.

    Parameters
    ----------
    mesh : StackMesh
    bulk : Bulk
    faces : mapping of str to LayerFaces
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
    upper = np.concatenate([mesh.layer_nodes(name) for name in layers[split:]])
    walls = np.intersect1d(mesh.wall_nodes()[0], upper)
    moved = np.union1d(walls, faces[layers[-1]].nodes("top"))
    return bulk.node_dofs[faces[layers[0]].nodes("bottom"), 0], bulk.node_dofs[moved, 0]


def cut(press: Press, split: int) -> None:
    """Cut the press above its lowest layers; its upper half stays where it is until it is moved.

    Parameters
    ----------
    press : Press
    split : int
        How many layers are below the cut.
    """
    old = press.problem
    press.split = split
    press.problem = press._problem(press.present)
    press.problem.take_over(old.displacement, old.work, old.dead_forces)
    press.problem.force = old.force
    held = press.problem.supports.unknown == press.problem.supports.platens[1]
    press.problem.side = -float(press.problem.unbalanced()[held].sum())
    old.system.destroy()
    press.stepper.problem = press.problem


def shear_stress(press: Press) -> float:
    """Force on the box over the area that can slip [MPa]; not a number without a box."""
    if not press.split:
        return float("nan")
    interface = press.problem.interfaces[press.split - 1]
    area = float(interface.pairing.weights[interface.free[:, 0]].sum())
    return -press.problem.side / area
