# SPDX-License-Identifier: MIT
"""Numbers of Newton's method, its line search and the augmentations of an increment.

Tolerances and limits that a user sets are in :class:`interfacefem.describe.settings.Numerics`.
"""

from __future__ import annotations

from interfacefem.numbers import CHOSEN, Room

room = Room(__name__)
FIT = (
    "fit to the peaks of whole presses (tests/unit/test_effort.py), which take more than their "
    "first increments: where faces touch, matrices and factors fill in"
)

# -- line search on the work of the direction ----------------------------------------------------

LINE_SEARCH = room(
    "LINE_SEARCH", 0.3, "accepted work of the direction, over that at its start [-]",
    reason="measured on a rough press of 7,400 unknowns: 123 solves with 0.1, 128 with 0.3, "
    "145 with 0.8",
)  # fmt: skip
MAX_CUTS = room(
    "MAX_CUTS", 12, "evaluations of one line search [-]",
    reason=CHOSEN,
)  # fmt: skip
BRACKET_EDGE = room(
    "BRACKET_EDGE", 0.05, "distance that a new length keeps from the ends of its bracket [bracket]",
    reason=f"{CHOSEN}; regula falsi else creeps along one end",
)  # fmt: skip
INADMISSIBLE_CUT = room(
    "INADMISSIBLE_CUT", 0.4, "factor on a length whose trial inverts a cell or folds a face [-]",
    reason=CHOSEN,
)  # fmt: skip
NEAR = room(
    "NEAR", 1e-4, "residual below which full steps are taken in spite of the line search [-]",
    reason="the line search stops at the edge of a yield surface, beyond which the next tangent "
    "is the right one; measured on the LGPS pellet: 16 iterations for 25",
)  # fmt: skip
SHORT = room(
    "SHORT", 0.1, "length below which they are taken [full step]",
    reason=f"{CHOSEN}, with NEAR",
)  # fmt: skip
STUCK = room(
    "STUCK", 1e-3, "length of a step that makes no way [full step]",
    reason="an ejected pellet on one and on two processes: what follows such steps is decided by "
    "round-off, and rejected in the end",
)  # fmt: skip
STUCK_STEPS = room(
    "STUCK_STEPS", 3, "such steps in a row after which a solution is given up [-]",
    reason=f"{CHOSEN}, with STUCK",
)  # fmt: skip
CREEPING = room(
    "CREEPING", 0.15, "length of a step that hardly makes way [full step]",
    reason="attempts that failed after 25 iterations had five such steps in a row long before",
)  # fmt: skip
CREEPING_STEPS = room(
    "CREEPING_STEPS", 5, "such steps in a row after which a solution is given up [-]",
    reason="as CREEPING",
)  # fmt: skip
UPHILL_FALL = room(
    "UPHILL_FALL", 0.5, "residual after over before a full step uphill that is taken [-]",
    reason="friction and nearly singular flow turn directions uphill although the step is good; a "
    "prototype with friction kept to a half",
)  # fmt: skip
MAX_RESTARTS = room(
    "MAX_RESTARTS", 3, "restarts from the safest tangent, and full steps below NEAR [-]",
    reason=CHOSEN,
)  # fmt: skip
SEEN_SHARE = room(
    "SEEN_SHARE", 0.1, "part of second-order errors of mixed pressures that line searches see [-]",
    reason=f"{CHOSEN}; with one, steps are cut to a tenth where lithium flows: 511 solves of a "
    "small rough press for 101",
)  # fmt: skip

# -- line search on the norm of the residual -----------------------------------------------------

SECOND_LENGTH = room(
    "SECOND_LENGTH", 0.5, "second length tried where the residual decides [full step]",
    reason=CHOSEN,
)  # fmt: skip
THIRD_LENGTH = room(
    "THIRD_LENGTH", 0.25, "third length tried where the residual decides [full step]",
    reason=CHOSEN,
)  # fmt: skip
LAST_LENGTH = room(
    "LAST_LENGTH", 0.1, "last length tried where the residual decides [full step]",
    reason=CHOSEN,
)  # fmt: skip
DECREASE = room(
    "DECREASE", 0.2, "least fall of the residual, relative, over the length of the step [-]",
    reason=f"{CHOSEN}; between nothing and the 1 of a linear problem",
)  # fmt: skip

# -- tangents and augmentations of an increment --------------------------------------------------

CONSISTENT_BELOW = room(
    "CONSISTENT_BELOW", 0.02,
    "residual below which the consistent plastic tangent replaces the primal-dual one [-]",
    reason=f"{CHOSEN}; far from the solution the primal-dual tangent is robust (prototype: 404 "
    "solves, the consistent one alone needs cut-backs), near it the consistent one is faster",
)  # fmt: skip
GEOMETRIC_BELOW = room(
    "GEOMETRIC_BELOW", 0.1,
    "residual below which contact geometry is linearised where bonds may soften [-]",
    reason=f"{CHOSEN}; bonds that soften want the safer tangent at first",
)  # fmt: skip
MAX_AUGMENTATIONS = room(
    "MAX_AUGMENTATIONS", 8, "augmentations until the gaps hold [-]",
    reason=f"{CHOSEN}; one to three are usual",
)  # fmt: skip
SAME_COURSE = room(
    "SAME_COURSE", 1e-3, "way of the platen whose slope counts in the next increment [its way]",
    reason="the way of a hold is what the tolerance of the residual leaves; the force it leaves, "
    "1e-6, is then below 2e-4 of the work",
)  # fmt: skip
LEAST_FORCE = room(
    "LEAST_FORCE", 1e-12, "force against which a residual is measured if a load says none [MPa um]",
    reason="a guard: no force at all has no relative residual; presses say theirs",
)  # fmt: skip
PRESSURE_FALL = room(
    "PRESSURE_FALL", 0.1, "smallest factor on pressures that an increment starts from [-]",
    reason=f"{CHOSEN}; pressures roughly follow the load",
)  # fmt: skip
PRESSURE_RISE = room(
    "PRESSURE_RISE", 3.0, "largest factor on pressures that an increment starts from [-]",
    reason=f"{CHOSEN}; increments under force at most double the pressure",
)  # fmt: skip

# -- choice of the linear solver, and memory of a run --------------------------------------------

DIRECT_UP_TO = room(
    "DIRECT_UP_TO", 200_000, "unknowns in 3D above which linear systems are iterated on [-]",
    reason="while faces hardly touch, iterations take as long as factors at 130,000, and about a "
    "quarter longer later; they take half of the memory",
)  # fmt: skip
BASE_MEMORY = room(
    "BASE_MEMORY", 0.4e9, "libraries, compiled loops and forms, of each process [byte]", reason=FIT
)
FIELDS_2D = room("FIELDS_2D", 5.0e3, "fields and matrix in the plane [byte/unknown]", reason=FIT)
FIELDS_3D = room("FIELDS_3D", 8.0e3, "fields and matrix in 3D [byte/unknown]", reason=FIT)
MULTIGRID_FIELDS = room(
    "MULTIGRID_FIELDS", 4.0e3, "what a multigrid in 3D adds to that [byte/unknown]", reason=FIT
)
CONTACT_FIELDS = room(
    "CONTACT_FIELDS", 0.17e6, "contact in 3D, on each process [byte/face]", reason=FIT
)
CONTACT_FILL = room("CONTACT_FILL", 0.15e6, "what it adds to factors [byte/face]", reason=FIT)
FACTORS = room("FACTORS", 13.0e3, "factors in 3D at FACTORS_AT [byte/unknown]", reason=FIT)
FACTORS_AT = room("FACTORS_AT", 1e5, "unknowns to which FACTORS belongs [-]", reason=FIT)
FACTORS_GROWTH = room(
    "FACTORS_GROWTH", 0.15, "exponent of its growth with the unknowns [-]", reason=FIT
)
REPLICATED_FIELDS = room(
    "REPLICATED_FIELDS",
    0.8,
    "part of the fields that a further process takes again [-]",
    reason=FIT,
)
REPLICATED_FACTORS = room("REPLICATED_FACTORS", 0.5, "the same of the factors [-]", reason=FIT)

# -- strain out of the plane of a section --------------------------------------------------------

DEPTH_RESPONSE = room(
    "DEPTH_RESPONSE", 0.35, "strain along a section for one out of its plane, at first [-]",
    reason="Poisson's ratio of most solids; secants take its place",
)  # fmt: skip
STEEPEST_RESPONSE = room(
    "STEEPEST_RESPONSE", -2.0, "steepest change of the difference of both strains [-]",
    reason="bodies that keep their volume have -1.5",
)  # fmt: skip
FLATTEST_RESPONSE = room(
    "FLATTEST_RESPONSE", -0.8, "flattest change of the difference of both strains [-]",
    reason="bodies without Poisson's ratio have -1",
)  # fmt: skip
SAME_DEPTH = room(
    "SAME_DEPTH", 1e-7, "difference of both strains that counts as none [strain]",
    reason="a tenth of what closed forms are compared to",
)  # fmt: skip
LEAST_DEPTH = room(
    "LEAST_DEPTH", 1e-2, "least strain that the difference is compared to [-]",
    reason="a difference of 1e-9 is 1e-4 MPa on the stiffest of solids",
)  # fmt: skip
