# SPDX-License-Identifier: MIT
"""Numbers of contact: augmentation, active set, bonds, die, pairing of the faces.

Stiffnesses of the augmentation decide how fast it converges, not what it converges to.
"""

from __future__ import annotations

from interfacefem.numbers import CHOSEN, Room

room = Room(__name__)

# -- augmentation of an interface ----------------------------------------------------------------

SOFT = room(
    "SOFT", 0.05, "stiffness against slip where a face flows [modulus/edge]",
    reason="a tenth of the normal stiffness saves changes between stick and slip: 455 solves for "
    "629 of a rough press of a prototype",
)  # fmt: skip
STIFF = room(
    "STIFF", 30.0, "stiffness where no face flows, and its limit where one does [modulus/edge]",
    reason=f"{CHOSEN}; a stiff one needs fewer augmentations, where nothing flows it costs nothing",
)  # fmt: skip
FLOWING = room(
    "FLOWING", 6.0, "pressure of a flowing face over its yield stress that the tolerance holds [-]",
    reason="asperities bear three yield stresses (Tabor), with half the gap tolerance",
)  # fmt: skip
FLAT = room(
    "FLAT", 1e-9, "rms height below which an interface counts as flat [edge]",
    reason="heights of a flat mesh differ by round-off",
)  # fmt: skip
FLAT_GAP_TOLERANCE = room(
    "FLAT_GAP_TOLERANCE", 1e-4, "gap tolerance of a flat interface [edge]",
    reason=f"{CHOSEN}; a flat interface has no rms height to measure against",
)  # fmt: skip
TIE = room(
    "TIE", 1e-6, "gap or slip that decides nothing [tolerance]",
    reason="where flat faces meet, round-off chose other increments on another number of processes",
)  # fmt: skip
SLOW = room(
    "SLOW", 0.5, "slip of a sticking node over that of the pass before that is too much [-]",
    reason="rough ceramics under friction crept in increments of two per cent, because what is "
    "soft for lithium is too soft for them",
)  # fmt: skip
STIFFENING = room(
    "STIFFENING", 10.0, "factor on the stiffness of such a node [-]",
    reason=f"{CHOSEN}, with SLOW",
)  # fmt: skip

# -- active set ----------------------------------------------------------------------------------

MOST_CHANGES = room(
    "MOST_CHANGES", 1000, "changes of contact that are followed with the same factors [-]",
    reason="substitutions for more take about as long as new factors; 80 cut line searches of the "
    "fine press in 3D to a per cent",
)  # fmt: skip
MOST_ROUNDS = room(
    "MOST_ROUNDS", 25, "rounds of the active set iteration [-]",
    reason=CHOSEN,
)  # fmt: skip
MOST_SOLUTIONS = room(
    "MOST_SOLUTIONS", 8, "rounds that cost new factors or an iterative solution [-]",
    reason=f"{CHOSEN}; each costs as much as a Newton iteration",
)  # fmt: skip
SOFTEST = room(
    "SOFTEST", 1e-9, "least stiffness of a node that bears pressure [augmentation]",
    reason="a law of a soft gap may have no slope, and a change of status divides by it",
)  # fmt: skip

# -- bonds ---------------------------------------------------------------------------------------

BOND_TOLERANCE = room(
    "BOND_TOLERANCE", 1e-3, "error of a bond's opening that an increment may leave [onset]",
    reason=f"{CHOSEN}; as gaps are held to 1e-3 of a rms height",
)  # fmt: skip
BROKEN = room(
    "BROKEN", 1.0 - 1e-9, "damage from which a bond counts as broken [-]",
    reason="damage ends at one to round-off",
)  # fmt: skip

# -- rigid faces of a die ------------------------------------------------------------------------

DIE_STIFFNESS = room(
    "DIE_STIFFNESS", 30.0, "stiffness of the augmentation at a die [stiffness of the layer around]",
    reason="rigid on rigid, so high; raised from 10 for the LGPS pellets",
)  # fmt: skip
DIE_STICK = room(
    "DIE_STICK", 0.1, "stiffness against slip at a die, over that across the face [-]",
    reason="a soft one saves changes between stick and slip",
)  # fmt: skip
DIE_GAP = room(
    "DIE_GAP", 1e-3, "gap at a die that is small enough [radius times the gap tolerance]",
    reason=f"{CHOSEN}; a pellet has no rms height at its rim",
)  # fmt: skip

# -- pairing of the faces ------------------------------------------------------------------------

LEAST_OVERLAP = room(
    "LEAST_OVERLAP", 1e-9, "overlap of an edge with the other face that counts as none [edge]",
    reason="dual functions on a shorter one would be round-off",
)  # fmt: skip
LEAST_COVER = room(
    "LEAST_COVER", 0.02, "covered part of a face in 3D that counts as nothing [face]",
    reason=f"{CHOSEN}; dual functions on a sliver of a face are badly conditioned",
)  # fmt: skip
SLIVER = room(
    "SLIVER", 1e-12, "area of a segment of two faces that counts as none [face]",
    reason="faces that only touch overlap by round-off",
)  # fmt: skip
WHOLE = room(
    "WHOLE", 1.0 - 1e-9, "covered part of a face from which its integrals are linearised [face]",
    reason="what is covered wholly adds up to one but for round-off",
)  # fmt: skip
SHAPE_ITERATIONS = room(
    "SHAPE_ITERATIONS", 20, "Newton iterations for the place of a point in a quadrilateral [-]",
    reason="a guard: convex quadrilaterals take three or four",
)  # fmt: skip
SHAPE_STEP = room(
    "SHAPE_STEP", 1e-14, "step at which they end [half edge]",
    reason="a few bits of a number near one",
)  # fmt: skip
