# SPDX-License-Identifier: MIT
"""Numbers of the currents: kinetics at the contacts, the linear chain of layers."""

from __future__ import annotations

import math

from interfacefem.numbers import CHOSEN, Room

room = Room(__name__)

TOLERANCE = room(
    "TOLERANCE", 1e-10, "error of the potential at a node [larger of RT/F and the overpotential]",
    reason="chosen; Newton's method is quadratic near the solution, so a tight one costs little",
)  # fmt: skip
MOST_ITERATIONS = room(
    "MOST_ITERATIONS", 40, "Newton iterations for the currents [-]",
    reason="a guard: the function is convex",
)  # fmt: skip
MOST_HALVINGS = room(
    "MOST_HALVINGS", 30, "halvings of a step [-]",
    reason="a guard: the function is convex, and 2^-30 of a step is no step",
)  # fmt: skip
DESCENT = room(
    "DESCENT", 0.5, "work left along a step that is taken, over that at its start [-]",
    reason=CHOSEN,
)  # fmt: skip
SHIFT = room(
    "SHIFT", 1e-6, "contact resistance that evens out current patterns below rounding [cell]",
    reason="a metal on a poor conductor leaves patterns undetermined, and rounding fills them "
    "with noise; refinement takes the effect out of everything else",
)  # fmt: skip
REFINEMENTS = room(
    "REFINEMENTS", 4, "refinements of the solution with the true residual [-]",
    reason="each takes away a factor of about SHIFT; contrasts of conductivity reach 1e12",
)  # fmt: skip
BALANCE = room(
    "BALANCE", 1e-6, "current that may be lost before the solution is refused [current]",
    reason="chosen; more means degenerate cells",
)  # fmt: skip
ROUNDING = room(
    "ROUNDING", 1e-9, "negative constriction that is rounding [resistance of the layers]",
    reason="refined solutions are exact to better than that; true constriction is never negative",
)  # fmt: skip
EDGE = room(
    "EDGE", 0.3, "constriction at the edge of contact inside of a face [face / conductivity]",
    reason="fitted to strips whose edges lie anywhere in a face: square cells, and those flatter "
    "down to a tenth, then act as if the edge were within 0.07 faces of where it is, on average "
    "within 0.03",
)  # fmt: skip
ALTERNATING = room(
    "ALTERNATING", 1.0 / math.pi,
    "resistance to a current that alternates from node to node [face / conductivity]",
    reason="that of a half-space; a layer whose face is coarser cannot oppose it by itself",
)  # fmt: skip
EDGES_KNOWN = room(
    "EDGES_KNOWN", 0.4,
    "uncertainty of a resistance [its change as contacts end a quarter face further in or out]",
    reason="measured on elastic waves of which the edges are known, 8 to 40 faces a wave, 52 "
    "loads: errors are at most this, on average a seventh of that change",
)  # fmt: skip
SAMPLES = room(
    "SAMPLES", 4, "samples of a contact map for each of its smallest parts, along a face [-]",
    reason=CHOSEN,
)  # fmt: skip
FEWEST_SAMPLES = room(
    "FEWEST_SAMPLES", 16, "samples of a contact map along a face, at least [-]",
    reason="an edge is then known to a thirtieth of a face, below what the mesh resolves",
)  # fmt: skip
MOST_SAMPLES = room(
    "MOST_SAMPLES", 64, "samples of a contact map along a face, at most [-]",
    reason="a guard: finer pixels count by their area alone, finer spots are refused",
)  # fmt: skip
AT_ONCE = room(
    "AT_ONCE", 200_000, "samples of a contact map that are taken at once [-]",
    reason="chosen; some megabytes",
)  # fmt: skip
REFINED = room(
    "REFINED", 1e-13, "change at which refining an alternating current ends [solution]",
    reason="chosen; balances of the current end below it",
)  # fmt: skip
CLOSED_GAP = room(
    "CLOSED_GAP", 1e-3, "gap below which faces that do not touch have its capacitance [um]",
    reason="chosen; a nanometre of vacuum has 0.9 uF/cm^2, that of a double layer, and faces are "
    "no plates below it",
)  # fmt: skip
