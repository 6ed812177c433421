# SPDX-License-Identifier: MIT
"""What linear systems of a size cost: which solver is faster, and how much memory it takes.

Fits to measured runs; numbers only, nothing is solved and DOLFINx is not needed here. The solvers
are in :mod:`interfacefem.fem.linear.direct` and :mod:`interfacefem.fem.linear.iterative`.
"""

from __future__ import annotations

import resource
import sys
from typing import TYPE_CHECKING, NamedTuple

from interfacefem.environment import GIGABYTE, SHARE, machine_memory
from interfacefem.errors import EnvironmentProblem
from interfacefem.fem.numbers import (
    BASE_MEMORY,
    CONTACT_FIELDS,
    CONTACT_FILL,
    DIRECT_UP_TO,
    FACTORS,
    FACTORS_AT,
    FACTORS_GROWTH,
    FIELDS_2D,
    FIELDS_3D,
    MULTIGRID_FIELDS,
    REPLICATED_FACTORS,
    REPLICATED_FIELDS,
)

if TYPE_CHECKING:
    from interfacefem.describe.settings import Solver
    from interfacefem.meshing import StackMesh


class Size(NamedTuple):
    """Size of a problem: degrees of freedom, dimension (2 or 3), faces in contact at most."""

    dofs: int
    dimension: int
    faces: int

    @classmethod
    def of(cls, mesh: StackMesh) -> Size:
        """Return the size of a mesh; of the two sides of an interface the finer one counts."""
        pairs = mesh.interfaces.values()
        faces = sum(max(len(pair.lower), len(pair.upper)) for pair in pairs)
        return cls(mesh.dofs, mesh.dimension, faces)


def is_direct(dofs: int, dimension: int, solver: Solver = "auto") -> bool:
    """Return whether linear systems of a problem are factored.

    Parameters
    ----------
    dofs : int
        Degrees of freedom.
    dimension : int
        2 or 3; in the plane factors always win.
    solver : {"auto", "direct", "iterative"}
        ``numerics.solver`` of the case.
    """
    if solver == "auto":
        return dimension == 2 or dofs <= DIRECT_UP_TO
    return bool(solver == "direct")


def memory(size: Size, solver: Solver = "auto", ranks: int = 1) -> float:
    """Return about how much memory a run takes at its peak, of all processes together [byte].

    Parameters
    ----------
    size : Size
    solver
        As of :func:`is_direct`.
    ranks : int
        Processes.
    """
    dofs, dimension, faces = size
    direct = is_direct(dofs, dimension, solver)
    each = (FIELDS_2D if dimension == 2 else FIELDS_3D) + (0.0 if direct else MULTIGRID_FIELDS)
    total = ranks * BASE_MEMORY + each * dofs * (1.0 + REPLICATED_FIELDS * (ranks - 1))
    if dimension == 3:
        total += ranks * CONTACT_FIELDS * faces
    if dimension == 3 and direct:
        factors = FACTORS * dofs * (dofs / FACTORS_AT) ** FACTORS_GROWTH + CONTACT_FILL * faces
        total += factors * (1.0 + REPLICATED_FACTORS * (ranks - 1))
    return total


def peak_memory() -> float:
    """Return the most memory that this process has had so far [byte]."""
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def require_memory(size: Size, solver: Solver = "auto", ranks: int = 1) -> float:
    """Refuse a run that does not fit in the memory of this machine.

    Returns
    -------
    float
        The estimate of :func:`memory` [byte].

    Raises
    ------
    EnvironmentProblem
        With what would fit.
    """
    needed, there = memory(size, solver, ranks), machine_memory()
    if needed <= SHARE * there:
        return needed
    ways = []
    other = memory(size, "iterative", ranks)
    if size.dimension == 3 and is_direct(size.dofs, 3, solver) and other <= SHARE * there:
        ways.append(f'write numerics.solver = "iterative" (about {other / GIGABYTE:.1f} GB)')
    if ranks > 1 and memory(size, solver) <= SHARE * there:
        ways.append("start fewer processes")
    ways += ["take a coarser mesh (mesh.edge) or a smaller area", "use a machine with more memory"]
    raise EnvironmentProblem(
        f"{size.dofs} degrees of freedom need about {needed / GIGABYTE:.1f} GB, more than "
        f"{SHARE:.0%} of the {there / GIGABYTE:.1f} GB of this machine; "
        f"{', '.join(ways[:-1])}, or {ways[-1]}"
    )
