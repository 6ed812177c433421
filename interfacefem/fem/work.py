# SPDX-License-Identifier: MIT
"""Work and energy of a press, for the balance between what goes in and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from interfacefem.fem.bulk.bodies import Energies
    from interfacefem.fem.increment import Attempt, Load
    from interfacefem.fem.mechanics import MechanicalProblem

    Array = npt.NDArray[np.float64]


@dataclass
class Work:
    """Accumulated work and energy, per unit depth [uN], of a whole ring or in space [pJ].

    Attributes
    ----------
    applied : float
        By platen and nodal forces, summed by the trapezoidal rule.
    elastic : float
        Stored in bodies and bonds.
    plastic, friction, cohesive : float
        Dissipated by flow, by slip and by damage of bonds.
    """

    applied: float = 0.0
    elastic: float = 0.0
    plastic: float = 0.0
    friction: float = 0.0
    cohesive: float = 0.0

    def stored(self) -> dict[str, Array]:
        """Return the parts as arrays of one number."""
        return {part.name: np.array(getattr(self, part.name)) for part in fields(self)}

    @classmethod
    def restored(cls, arrays: Mapping[str, Array]) -> Work:
        """Return what :meth:`stored` has kept."""
        return cls(**{name: float(values) for name, values in arrays.items()})


def account(
    problem: MechanicalProblem, load: Load, attempt: Attempt, change: Array, energies: Energies
) -> None:
    """Add an increment to the work of a problem, and commit the slip and bonds of its interfaces.

    Parameters
    ----------
    problem : MechanicalProblem
        Before the increment but for its bodies.
    load : Load
    attempt : Attempt
    change : (dofs,) array
        Of the displacement [um].
    energies : Energies
        Of the bodies after it.
    """
    work, control, platen = problem.work, load.control, problem.equilibrium.platen_dof
    if platen >= 0:
        moved = float(change[platen])
        work.applied -= 0.5 * (problem.force + attempt.force) * moved
    if control is not None and control.unknown != problem.equilibrium.platen_unknown:
        moved = float(change[np.flatnonzero(problem.supports.unknown == control.unknown)[0]])
        work.applied -= 0.5 * (problem.side + attempt.side) * moved
    nodal = problem.dead_forces if load.nodal is None else problem.dead_forces + load.nodal
    work.applied += 0.5 * float(nodal @ change)
    work.elastic = energies.elastic
    work.elastic += sum(barrier.energy(attempt.displacement) for barrier in problem.fold_barriers)
    work.plastic += energies.plastic
    for interface, traction in zip(problem.interfaces, attempt.tractions, strict=True):
        slip = interface.slips(attempt.displacement, problem.displacement)
        rubbed, bonds = interface.accept_slip(slip, traction)
        work.friction += rubbed
        work.cohesive += bonds.dissipated
        work.elastic += bonds.stored
    for surface in problem.rigid_surfaces:
        work.friction += surface.friction_work(attempt.displacement, problem.displacement)
