# SPDX-License-Identifier: MIT
"""Which of two layers is the softer one when they are pressed on each other.

The softer body is the slave of a contact and has the finer mesh: it takes the shape of the other
one. Where the harder body is the finer one, it has to take the shape of the edges of a coarser
mesh, and the contact pressure alternates from node to node (powder pressed at 300 MPa below
lithium: by 55 MPa about a mean of 187 MPa; with lithium as the finer one, by 0.6 MPa).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from interfacefem.describe.stage import bodies
from interfacefem.units import ROOM

if TYPE_CHECKING:
    from interfacefem.describe.protocol import Protocol
    from interfacefem.describe.stack import Stack

#: strength once pressed [MPa], earlier stages last, first yield [MPa], Young's modulus [MPa]
type Hardness = tuple[float, int, float, float]


def hardness(stack: Stack, protocol: Protocol | None = None) -> dict[str, Hardness]:
    """Return a sort key of each layer and punch that is smaller for the softer one.

    What a body bears once it is pressed decides. Where strength rises with pressure, as that of a
    powder, that follows from the largest pressure that the layer sees. Of two powders that are
    pressed alike, the one that was pressed first is the harder one when the other comes to it.

    Parameters
    ----------
    stack : Stack
    protocol : Protocol, optional
        Without one, layers are compared as they are before they are pressed.

    Returns
    -------
    dict of str to tuple
        By name of the layer or punch.
    """
    stages = () if protocol is None else protocol.stages
    pressures = () if protocol is None else protocol.pressures
    last = iter(pressures)
    peaks = [max(itertools.islice(last, len(stage.steps)), default=0.0) for stage in stages]
    keys: dict[str, Hardness] = {}
    for name, layer in bodies(stack, stages).items():
        added = next((n for n, stage in enumerate(stages) if name in stage.adds), 0)
        peak = max(peaks[added:] if stages else pressures, default=0.0)
        first = layer.material.law.first_yield(ROOM)
        modulus = layer.material.law.youngs_modulus
        keys[name] = (first.under(peak), -added, first.stress, modulus)
    return keys
