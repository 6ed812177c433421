# SPDX-License-Identifier: MIT
"""Platens that grip the faces of a pellet which has left its die, to pull at them.

What they hold is said in :class:`interfacefem.describe.separate.PullOff`; how they are moved, in
:mod:`interfacefem.drive.separation`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from interfacefem.drive.press import Press


def grip(press: Press) -> None:
    """Grip the faces of an ejected pellet as they stand; nothing moves by it.

    What held the layers together outside of the die becomes the force of the platen.

    Parameters
    ----------
    press : Press
    """
    old = press.problem
    press.gripped = True
    press.problem = press._problem(press.present)
    press.problem.take_over(old.displacement, old.work, np.zeros(old.bulk.size))
    supports = press.problem.supports
    held = supports.unknown == supports.platens[0]
    press.problem.force = -float(press.problem.unbalanced()[held].sum())
    old.system.destroy()
    press.stepper.problem = press.problem
