# SPDX-License-Identifier: MIT
"""Numbers of the linear systems: factors by MUMPS, iterations with a multigrid."""

from __future__ import annotations

from interfacefem.numbers import CHOSEN, Room

room = Room(__name__)

# -- factors -------------------------------------------------------------------------------------

SHORT_ROW = room(
    "SHORT_ROW", 22, "entries of a row below which minimum fill orders the matrix [-]",
    reason="rows of sections are shorter, those of bodies in 3D are not; measured: sections in "
    "less than half of the time of nested dissection, bodies in 3D not",
)  # fmt: skip
TOGETHER = room(
    "TOGETHER", 64, "right-hand sides solved for at a time [-]",
    reason=f"{CHOSEN}; blocks are solved faster than single vectors, large ones take memory",
)  # fmt: skip

# -- iterations ----------------------------------------------------------------------------------

TOLERANCE = room(
    "TOLERANCE", 1e-6, "residual of an iterative solution [right-hand side]",
    reason="measured: as many Newton iterations as with exact solutions, a quarter more at 1e-5, "
    "no way at 1e-3; costs 13 % more time than 1e-5",
)  # fmt: skip
MAX_ITERATIONS = room(
    "MAX_ITERATIONS", 400, "iterations of one solution [-]",
    reason=f"{CHOSEN}; plastic tangents in 3D take 30 to 150",
)  # fmt: skip
ASYMMETRY = room(
    "ASYMMETRY", 1e-6,
    "asymmetry of contact terms from which minimal residuals replace gradients [largest term]",
    reason="the terms without friction are asymmetric by 1e-6 and less (measured), and conjugate "
    "gradients bear that",
)  # fmt: skip
TIGHTEST = room(
    "TIGHTEST", 1e-8, "tolerance of minimal residuals repeated because they did not descend [-]",
    reason=f"{CHOSEN}; exact solutions mostly descend",
)  # fmt: skip
TIGHTENING = room(
    "TIGHTENING", 1e-2, "factor on the tolerance from one repetition to the next [-]",
    reason=CHOSEN,
)  # fmt: skip
RESTART = room(
    "RESTART", 100, "vectors that minimal residuals keep [-]",
    reason=f"{CHOSEN}; restarts lose what was found, and vectors take memory",
)  # fmt: skip
THRESHOLD = room(
    "THRESHOLD", 0.05, "size below which couplings are dropped from the graph [-]",
    reason="measured with slow coarsening: a third fewer iterations on flat cells than with 0",
)  # fmt: skip
SMOOTHING = room(
    "SMOOTHING", 3, "Chebyshev steps of the smoother, before and after [-]",
    reason=f"{CHOSEN}; that of the prototype",
)  # fmt: skip
PATIENCE = room(
    "PATIENCE", 2.0, "iterations that ask for a new coarsening [those of its first solution]",
    reason=f"{CHOSEN}; setting up a multigrid costs as much as many iterations",
)  # fmt: skip
LOWEST_EIGENVALUE = room(
    "LOWEST_EIGENVALUE", 0.05, "lower end of what the smoother damps [largest eigenvalue]",
    reason=CHOSEN,
)  # fmt: skip
HIGHEST_EIGENVALUE = room(
    "HIGHEST_EIGENVALUE", 1.05, "upper end of what the smoother damps [largest eigenvalue]",
    reason="the estimate may be a little low; PETSc takes 1.1",
)  # fmt: skip
