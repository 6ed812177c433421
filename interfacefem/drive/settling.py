# SPDX-License-Identifier: MIT
r"""An increment past an instability of faces, under a drag that fades.

A free face of a soft metal in a valley that narrows is pressed from the sides until it buckles and
finds another shape. No equilibrium leads there, however small the increments are. So the faces
are moved against a drag, :math:`c D (u - u_0)` with the nodal areas *D*, in several steps under
the same load. With each the drag is half as strong, until what it still bears is next to nothing;
then the increment is solved without it. What the faces do in between costs the work against the
drag, which the press does not do.

References
----------
Biot (1965), Mechanics of Incremental Deformations, Wiley (faces under compression).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from interfacefem.drive.numbers import AT_REST, MOST_DRAGGED, MOST_STIFFER, SOFTER, STIFFER
from interfacefem.fem.increment import Attempt

if TYPE_CHECKING:
    import numpy.typing as npt

    from interfacefem.fem.increment import Load
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]


def settle(problem: MechanicalProblem, load: Load) -> Attempt:
    """Try one increment with a drag that fades; unlike other attempts this moves the problem.

    Parameters
    ----------
    problem : MechanicalProblem
        Where it stands after a failure means nothing: restore what was kept before.
    load : Load
        With a ``drag``.

    Returns
    -------
    Attempt
        Without drag, from the last state under one.
    """
    areas, drag = _areas(problem), load.drag
    last, stiffer, iterations = np.inf, 0, list[int]()
    free = replace(load, start=None, ratio=0.0, drag=0.0)
    for _ in range(MOST_DRAGGED):
        attempt = problem.attempt(replace(free, damping=drag * areas))
        iterations += attempt.iterations
        if attempt.failure:
            stiffer, drag = stiffer + 1, STIFFER * drag
            if stiffer > MOST_STIFFER:
                break
            continue
        forces = drag * areas * (attempt.displacement - problem.displacement)
        left = float(np.linalg.norm(forces)) / max(abs(attempt.force), load.floor)
        problem.accept(attempt)
        if left <= AT_REST and left < last:
            attempt = problem.attempt(free)
            iterations += attempt.iterations
            if not attempt.failure:
                return replace(attempt, iterations=iterations)
        last, drag = left, SOFTER * drag
    reason = attempt.failure or f"faces still move after {MOST_DRAGGED} steps"
    return Attempt(problem.displacement, iterations=iterations, failure=f"under a drag, {reason}")


def _areas(problem: MechanicalProblem) -> Array:
    """Return the area of faces that each degree of freedom stands for, (dofs,)."""
    areas = np.zeros(problem.bulk.size)
    for interface in problem.interfaces:
        weights = interface.pairing.weights
        opposite = interface.pairing.projection.T @ weights
        for component in range(interface.slave_dofs.shape[1]):
            areas[interface.slave_dofs[:, component]] += weights
            areas[interface.master_dofs[:, component]] += opposite
    return areas
