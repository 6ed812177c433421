# SPDX-License-Identifier: MIT
"""Numbers of the pellet: its grid, its Newton steps and how far a law must reach."""

from __future__ import annotations

from interfacefem.numbers import CHOSEN, Room

room = Room(__name__)

RINGS = room(
    "RINGS", 24, "rings of the grid of a pellet [-]",
    reason="a flat rigid punch on a half-space is met to 0.1 per cent; narrower towards the edge",
)  # fmt: skip
SECTORS = room(
    "SECTORS", 32, "sectors of the grid of a pellet [-]",
    reason="the moment of a tilted punch is met to 0.5 per cent; an even number",
)  # fmt: skip
REACH = room(
    "REACH", 2.5, "how far a law must reach, over the mean pressure of the pellet [-]",
    reason="a law that ends below the largest pressure would be clipped there, and unevenness be "
    "lost without a word",
)  # fmt: skip
PARTS = room(
    "PARTS", 12, "increments of a press or a release of a pellet [-]",
    reason=f"{CHOSEN}; places that are unloaded while others are loaded remember their own peak",
)  # fmt: skip
ITERATIONS = room(
    "ITERATIONS", 60, "Newton iterations of an increment of a pellet [-]", reason=CHOSEN
)
TOLERANCE = room(
    "TOLERANCE", 1e-10, "largest change of pressure in the last iteration [mean pressure]",
    reason=CHOSEN,
)  # fmt: skip
HALVINGS = room("HALVINGS", 12, "times that an increment of a pellet is halved [-]", reason=CHOSEN)
COVERED = room(
    "COVERED", 0.98, "part of a face that a map of pressure must cover [-]",
    reason="pixels at the edge count whole or not at all",
)  # fmt: skip
SATURATED = room(
    "SATURATED", 0.05, "largest part of what a film shows as pressed at the end of its scale [-]",
    reason="there a film hides how high the pressure is",
)  # fmt: skip
FORCE_FACTOR = room(
    "FORCE_FACTOR", 2.0, "by how much the force of a film may be off [-]",
    reason="films are good for some ten per cent; more is a wrong unit, scale or diameter",
)  # fmt: skip
OTHER_LINER = room(
    "OTHER_LINER", 0.1, "liner that is tried where there is none [um/MPa]",
    reason="0.3 mm of a plastic with a modulus of 3 GPa: it takes four fifths of a wedge on steel",
)  # fmt: skip
