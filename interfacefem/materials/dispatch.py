# SPDX-License-Identifier: MIT
r"""The point laws that the compiled loops know, and the tables they read.

All laws are isotropic in the logarithmic elastic strain, so that two invariants of the trial
strain go in and two of the Kirchhoff stress come out. A law is a module with

* ``parameters(law, temperature)``: its row of the table; columns 0 and 1 are the shear and the
  bulk modulus of the undeformed material [MPa];
* ``initial_state(law, temperature)``: its internal variables; the first is always the equivalent
  plastic strain;
* ``respond(v, s, state, dt, row, new_state)``, compiled.

``v`` is the trace of the trial strain, ``s`` = sqrt(2/3) times the norm of its deviator, ``dt``
the time increment [s]. ``respond`` writes ``new_state`` and returns ``(ok, p, q, p_v, p_s, q_v,
q_s, v_e, s_e, dissipation, energy)``: whether the local problem was solved, the mean (tension
positive) and the von Mises stress [MPa], their four derivatives, the elastic invariants after the
update, plastic work of the increment and stored elastic energy per reference volume [MPa].

A *coupled* law (:data:`COUPLED`) has its whole response at the points of the full rule. Of the
others the mean stress is exactly bulk modulus times ``v``, and is integrated with the reduced rule.
Loops and tensors live in :mod:`interfacefem.materials.update`.

Notes
-----
The compiled loops are cached and do not notice a change in a law: remove ``__pycache__`` after
editing one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem.compiled import njit
from interfacefem.materials import anand, creep, j2, powder

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]

#: numbers of the laws in the compiled dispatch
J2, ANAND, NORTON, POWDER = 0, 1, 2, 3
#: laws whose mean stress depends on the deviator or the other way round
COUPLED = frozenset({POWDER})

#: ``kind`` of a law's description -> number and module
_MODULES: dict[str, tuple[int, Any]] = {
    "elastic": (J2, j2),
    "j2": (J2, j2),
    "anand": (ANAND, anand),
    "norton": (NORTON, creep),
    "powder": (POWDER, powder),
}


@dataclass(frozen=True, eq=False)
class LawTable:
    """Laws as arrays, one row a law.

    Attributes
    ----------
    kind : (laws,) int array
        Number of the law in the dispatch.
    coupled : (laws,) bool array
    rate_dependent : (laws,) bool array
    rows : (laws, widest) array
        Parameters, padded with zeros.
    initial : (laws, most) array
        Internal variables of the undeformed material, padded with zeros.
    """

    kind: IntArray
    coupled: npt.NDArray[np.bool_]
    rate_dependent: npt.NDArray[np.bool_]
    rows: Array
    initial: Array


def law_table(laws: Sequence[Any], temperature: float) -> LawTable:
    """Return the laws as arrays.

    Parameters
    ----------
    laws : sequence
        Descriptions from :mod:`interfacefem.materials.models`.
    temperature : float
        [K].

    Returns
    -------
    LawTable
    """
    known = [_MODULES[law.kind] for law in laws]
    kinds = [kind for kind, _ in known]
    rows = [
        module.parameters(law, temperature) for law, (_, module) in zip(laws, known, strict=True)
    ]
    states = [
        module.initial_state(law, temperature) for law, (_, module) in zip(laws, known, strict=True)
    ]
    return LawTable(
        np.array(kinds, dtype=np.int64),
        np.array([kind in COUPLED for kind in kinds], dtype=np.bool_),
        np.array([law.rate_dependent for law in laws], dtype=np.bool_),
        _padded(rows),
        _padded(states),
    )


def _padded(rows: Sequence[Sequence[float]]) -> Array:
    table = np.zeros((len(rows), max(len(row) for row in rows)))
    for place, row in zip(table, rows, strict=True):
        place[: len(row)] = row
    return table


@njit(inline="always")
def respond(
    kind: int, v: float, s: float, state: Array, dt: float, row: Array, new_state: Array
) -> Any:
    """Response of one point by the law of a number."""
    if kind == ANAND:
        return anand.respond(v, s, state, dt, row, new_state)
    if kind == NORTON:
        return creep.respond(v, s, state, dt, row, new_state)
    if kind == POWDER:
        return powder.respond(v, s, state, dt, row, new_state)
    return j2.respond(v, s, state, dt, row, new_state)
