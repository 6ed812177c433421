# SPDX-License-Identifier: MIT
"""How a press chooses its increments: from its layers, faces and targets to a stepper.

How increments are placed is in :mod:`interfacefem.drive.stepping`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from interfacefem.drive.stepping import Stepper, SteppingOptions
from interfacefem.drive.time_stepping import TimeStepper
from interfacefem.fem.contact.setup import roughness
from interfacefem.meshing.grading import softness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interfacefem.describe.stack import Layer
    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh

#: stiffness of the spring that drives the platen, in units of the stack's
SPRING_RATIO = 10.0
#: largest closing of a gap in one increment where a face flows, in rms heights and in edges of its
#: mesh: what is pushed aside shears its cells by a multiple of that
CLOSING, STRIDE = 0.09, 0.055


def press_stepper(
    problem: MechanicalProblem,
    mesh: StackMesh,
    layers: Mapping[str, Layer],
    present: Sequence[str],
    targets: Sequence[float],
    largest_pressure: float,
    area: float,
    max_rejections: int,
) -> Stepper:
    """Return the stepper of a stage; one in time where a law depends on rate.

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
    max_rejections : int
    """
    compliance = sum(
        layers[name].thickness / layers[name].material.law.youngs_modulus for name in present
    )
    # Only where a face yields under the press does closing decide the size of increments.
    soft = [
        min(softness(layers[name].material)[0] for name in i.name.split("|"))
        for i in problem.interfaces
    ]
    flowing = [i for i, y in zip(problem.interfaces, soft, strict=True) if y < largest_pressure]
    rough = [roughness(mesh, i.name) for i in flowing or problem.interfaces]
    width = mesh.width
    # a thin gap if all faces are flat
    height = min((height for height in rough if height > 1e-9 * width), default=1e-2 * width)
    options = SteppingOptions(max_rejections=max_rejections)
    timed = problem.bulk.rate_dependent.any()
    if flowing and not timed:
        stride = STRIDE * min(interface.edge for interface in flowing)
        options = replace(options, closing=min(CLOSING, stride / height))
    kind = TimeStepper if timed else Stepper
    return kind(
        problem,
        area,
        height,
        max(targets) or largest_pressure,
        flowing or problem.interfaces,
        SPRING_RATIO * area / compliance,
        options,
    )
