# SPDX-License-Identifier: MIT
"""How a press chooses its increments: from its layers, faces and targets to a stepper.

How increments are placed is in :mod:`interfacefem.fem.stepping`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interfacefem.fem.contact_setup import roughness
from interfacefem.fem.stepping import Stepper, SteppingOptions
from interfacefem.fem.time_stepping import TimeStepper
from interfacefem.meshing.grading import softness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interfacefem.fem.mechanics import MechanicalProblem
    from interfacefem.meshing.stack_mesh import StackMesh
    from interfacefem.stack import Layer

#: stiffness of the spring that drives the platen, in units of the stack's
SPRING_RATIO = 10.0


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
    flowing = [
        i for i, y in zip(problem.interfaces, soft, strict=True) if y < largest_pressure
    ] or problem.interfaces
    rough = [roughness(mesh, interface.name) for interface in flowing]
    width = mesh.width
    kind = TimeStepper if problem.bulk.rate_dependent.any() else Stepper
    return kind(
        problem,
        area,
        # a thin gap if all faces are flat
        min((height for height in rough if height > 1e-9 * width), default=1e-2 * width),
        max(targets) or largest_pressure,
        flowing,
        SPRING_RATIO * area / compliance,
        SteppingOptions(max_rejections=max_rejections),
    )
