# SPDX-License-Identifier: MIT
"""Numbers of the bodies."""

from __future__ import annotations

from interfacefem.numbers import Room

room = Room(__name__)

FOLD_TOUCH = room(
    "FOLD_TOUCH", 0.25, "span at which an edge begins to resist folding [span before the press]",
    reason="contact fractions of a steep press (rms slope 0.3) are the same to 0.001 with 0.1; "
    "with 0.02 it stops at 84 MPa",
)  # fmt: skip

FARTHEST_AHEAD = room(
    "FARTHEST_AHEAD", 1.0 / 3.0, "largest part of the last flow that a return map begins with [-]",
    reason="that of equal increments; flow that is carried further may not go on",
)  # fmt: skip

SAME_VOLUME = room(
    "SAME_VOLUME", 1e-9, "change of the plastic volume ratio that counts as none [-]",
    reason="rounding of determinants, and far below the flow of any powder",
)  # fmt: skip
ROUND_OFF = room(
    "ROUND_OFF", 1e-9, "flow of the last increment that is round-off of elasticity [flow of this]",
    reason="far above rounding, far below flow that has set in",
)  # fmt: skip
