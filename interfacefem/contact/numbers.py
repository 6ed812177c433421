# SPDX-License-Identifier: MIT
"""Numbers of the laws of an interface at a point."""

from __future__ import annotations

from interfacefem.numbers import Room

room = Room(__name__)

ONSET_OVER_END = room(
    "ONSET_OVER_END", 0.005,
    "opening where damage begins, over that where a bond breaks, if no stiffness is given [-]",
    reason="stiffnesses of 2e3 to 2e4 MPa/um converged in a prototype, 1e5 did not; small enough "
    "that the bond adds no compliance",
)  # fmt: skip
INVERSE_ITERATIONS = room(
    "INVERSE_ITERATIONS", 60, "Newton iterations for the overpotential of an unsymmetric law [-]",
    reason="a guard: monotone, and seldom more than ten",
)  # fmt: skip
INVERSE_STEP = room(
    "INVERSE_STEP", 1e-14, "relative step at which they end [-]",
    reason="some bits above rounding",
)  # fmt: skip

# -- laws of a user ------------------------------------------------------------------------------

SLOPE_ERROR = room(
    "SLOPE_ERROR", 1e-4, "largest error of a slope of such a law [larger of it and differences]",
    reason="differences of STEP are good to 1e-9 or so; a wrong term is far off",
)  # fmt: skip
STEP = room(
    "STEP", 1e-6, "step of differences; of pressures relative [pressure, um]",
    reason="about the third root of rounding, the best of central differences",
)  # fmt: skip
KINK = room(
    "KINK", 1e-3, "change of the slope over a step that is a kink [slope]",
    reason="chosen; no slope is judged at a kink",
)  # fmt: skip
FROM_ROUNDING = room(
    "FROM_ROUNDING", 1e-2, "smallest slope that is judged as itself [value over place]",
    reason="chosen; differences of a value that hardly changes are rounding",
)  # fmt: skip
LEAST_POINT = room(
    "LEAST_POINT", 1e-3, "smallest place in that [MPa, um]",
    reason="a guard: no division by a gap of zero",
)  # fmt: skip

# -- edges of contact ----------------------------------------------------------------------------

UNEVEN = room(
    "UNEVEN", 0.92, "pressure of the second over that of the third row of nodes, elastic [-]",
    reason="a Hertz contact of five faces has 0.917 at most, wider ones less",
)  # fmt: skip
EVEN = room(
    "EVEN", 0.97, "that from which on pressure at an edge is as inside: a face that flows [-]",
    reason="chosen; between the two it changes evenly",
)  # fmt: skip

STRAIGHT = room(
    "STRAIGHT", 0.15, "bend of three gaps beside an edge that are a wedge [rise of the second]",
    reason="waves of 20 faces that flow have 0.07 to 0.1, elastic contacts 0.23 or more",
)  # fmt: skip
BENT = room(
    "BENT", 0.25, "bend from which on they are none [rise of the second]",
    reason="chosen; between the two it changes evenly",
)  # fmt: skip

ONE_WAY = room(
    "ONE_WAY", 1e-6, "scatter of places across a line over that along it that is none [-]",
    reason="a guard: nodes on one line know the rise of pressure along it only",
)  # fmt: skip
SAME_WAY = room(
    "SAME_WAY", 0.7, "least cosine between the rise of pressure and the way into contact [-]",
    reason="chosen, 45 degrees: the nodes alone know the way within some 20",
)  # fmt: skip
NO_WAY = room(
    "NO_WAY", 1e-6, "length of a direction that is none [scale of what it was summed from]",
    reason="round-off: sums that symmetry makes zero point anywhere",
)  # fmt: skip

# -- contact maps --------------------------------------------------------------------------------

FITS = room(
    "FITS", 1e-6, "how far the size of a map may be from that of the face [-]",
    reason="sizes are written with six digits",
)  # fmt: skip
