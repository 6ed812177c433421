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
