# SPDX-License-Identifier: MIT
"""Many runs of one case, and what they say together: sweeps, bands, the pressure to press at."""

from __future__ import annotations

from interfacefem.sweep.ask import recommend
from interfacefem.sweep.ladder import ladder
from interfacefem.sweep.plan import Plan
from interfacefem.sweep.recommendation import Pressed, Recommendation
from interfacefem.sweep.sweep import Sweep
from interfacefem.sweep.table import SweepTable

__all__ = ["Plan", "Pressed", "Recommendation", "Sweep", "SweepTable", "ladder", "recommend"]
