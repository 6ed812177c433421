# SPDX-License-Identifier: MIT
"""Which solver a problem takes for its linear systems: direct or iterative, on one rank or many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interfacefem.fem.effort import is_direct
from interfacefem.fem.linear.direct import DirectSystem
from interfacefem.fem.linear.iterative import IterativeSystem

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from interfacefem.describe.settings import Solver
    from interfacefem.fem.bulk.bodies import Bulk
    from interfacefem.fem.linear.condensation import Supports

    Array = npt.NDArray[np.float64]


#: what solves for Newton's directions
type LinearSystem = DirectSystem | IterativeSystem


def choose(bulk: Bulk, supports: Supports, points: Array, solver: Solver = "auto") -> LinearSystem:
    """Return a new solver for the linear systems of a problem on all present ranks.

    Parameters
    ----------
    bulk : Bulk
    supports : Supports
    points : (nodes, dimension) array
        Positions of the nodes [um].
    solver : {"auto", "direct", "iterative"}
        ``case.numerics.solver``.

    Returns
    -------
    LinearSystem
        To be given to :class:`interfacefem.fem.mechanics.MechanicalProblem`.
    """
    if is_direct(bulk.size, points.shape[1], solver):
        return direct(bulk, supports)
    return IterativeSystem(supports, points, bulk.node_dofs, division=bulk.division)


def direct(bulk: Bulk, supports: Supports) -> DirectSystem:
    """Return a new direct solver."""
    return DirectSystem(supports, bulk.division)
