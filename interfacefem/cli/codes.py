# SPDX-License-Identifier: MIT
"""What the program returns to the shell."""

from __future__ import annotations

DONE = 0
BAD_INPUT = 2
NOT_CONVERGED = 3  #: what was reached is kept
INTERRUPTED = 130  #: Ctrl-C; what was reached is kept
