# SPDX-License-Identifier: MIT
"""What a run will take: linear solves and time; and what would fit where a mesh is too large.

Rules of thumb from measured runs, right within a factor of two or three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from interfacefem.drive.numbers import (
    ADVISED,
    LEAST_TIME,
    MOST_TIME,
    SOLVE_2D,
    SOLVE_3D,
    SOLVE_3D_AT,
    SOLVE_3D_GROWTH,
    SOLVES_PRESS,
    SOLVES_STEP,
)
from interfacefem.environment import GIGABYTE, SHARE, machine_memory
from interfacefem.fem.effort import Size, memory
from interfacefem.meshing import grading
from interfacefem.meshing.numbers import MOST_NODES_2D, MOST_NODES_3D
from interfacefem.names import in_minutes

if TYPE_CHECKING:
    from interfacefem.describe.case import Description


class Forecast(NamedTuple):
    """What a run will take.

    Attributes
    ----------
    solves : float
        Linear systems.
    seconds : float
        On one core [s].
    """

    solves: float
    seconds: float

    def __str__(self) -> str:
        low, high = (in_minutes(part * self.seconds) for part in (LEAST_TIME, MOST_TIME))
        return f"some {_round(self.solves)} linear solves, {low} to {high} on one core"


def forecast(case: Description, dofs: int) -> Forecast:
    """Return what a run will take.

    Parameters
    ----------
    case : Description
    dofs : int
        Displacement degrees of freedom.
    """
    solves = 0.0
    for step in case.protocol:
        count = getattr(step, "count", 1)
        solves += SOLVES_PRESS if step.kind in ("press", "isostatic") else count * SOLVES_STEP
    if len(case.stack.size) == 1:
        each = SOLVE_2D * dofs
    else:
        each = SOLVE_3D * dofs * (dofs / SOLVE_3D_AT) ** SOLVE_3D_GROWTH
    return Forecast(solves, solves * each)


def what_fits(case: Description) -> str:
    """Return which part of a stack, or which of its waves, this machine can press, in words.

    Parameters
    ----------
    case : Description
        Its mesh would be too large.
    """
    stack, size = case.stack, case.mesh_size
    dimension = len(stack.size) + 1
    most = MOST_NODES_2D if dimension == 2 else MOST_NODES_3D
    there = SHARE * machine_memory()

    def fits(nodes: int, faces: int) -> bool:
        needed = memory(Size(dimension * nodes, dimension, faces), case.linear_solver)
        return nodes <= most and needed <= ADVISED * there

    found = grading.feasible(stack, size, case.protocol, fits)
    if not found.lengths:
        return "give a longer mesh edge, or thinner layers"
    spans = ", ".join(
        f'{axis}=("0 um", "{length:.3g} um")'
        for axis, length in zip("xy", found.lengths, strict=False)
    )
    part = " by ".join(f"{length:.3g}" for length in found.lengths)
    ways = [f"{part} um of it, topography.crop({spans})"]
    if found.wave is not None:
        wave = f"{found.wave:.3g} um"
        ways.append(f'its waves from {wave} on, topography.filtered(short="{wave}")')
        if found.edge is not None:
            ways[-1] += f' with mesh.edge = "{found.edge:.3g} um"'
    dofs = dimension * found.nodes
    return (
        f"take {', or '.join(ways)}: {_round(dofs)} degrees of freedom, "
        f"{ADVISED * there / GIGABYTE:.2g} GB at most, {forecast(case, dofs)}"
    )


def _round(number: float) -> str:
    """Return a number to two digits, without an exponent."""
    return f"{float(f'{number:.2g}'):.0f}"
