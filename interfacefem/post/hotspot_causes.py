# SPDX-License-Identifier: MIT
"""The cause of risk about current: hotspots where metal is stripped or plated."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from interfacefem.post.causes import Found, risk
from interfacefem.post.critical import critical_current, electrode
from interfacefem.post.current import HOTSPOT_ABOVE, focusing_factor, hotspots
from interfacefem.post.increment import Increment
from interfacefem.results.text import number

HOTSPOT = "hotspot"
#: hotspot rows of one interface
HOTSPOT_ROWS = 3


@risk(
    HOTSPOT,
    unit="mA/cm^2",
    needs=("current", "materials"),
    means="more current flows through a spot than lithium bears before it pierces the electrolyte",
)
def hotspot(at: Increment) -> Iterator[Found]:
    """Return the largest hotspots of every interface at a metal, or its largest current."""
    current = at.current
    for name in current.interfaces:
        if electrode(at.materials, name) is None:
            continue  # no metal to strip or to plate
        limit = critical_current(at.results, name, at.materials, at.critical)
        if limit is None:
            at.note(
                f"hotspots of interface '{name}' are not judged: no critical current density is "
                "known; give it in the case (current.critical) or with the material"
            )
            continue
        density = current.interface(name)
        steady = focusing_factor(density, percentile=99.0)
        size = "um wide" if density.points.shape[1] == 2 else "um^2 large"
        spots = hotspots(density, above=HOTSPOT_ABOVE, count=HOTSPOT_ROWS)
        if not spots:
            peak = int(np.argmax(np.abs(density.values)))
            yield Found(
                subject=f"interface '{name}'",
                place=density.points[peak, :-1],
                value=float(np.abs(density.values[peak])),
                threshold=limit,
                comment=f"{number(focusing_factor(density), 3)} times the mean: no spot stands out",
            )
        for spot in spots:
            yield Found(
                subject=f"interface '{name}'",
                place=spot.place[:-1],
                value=spot.current_density,
                threshold=limit,
                comment=(
                    f"{number(spot.factor, 3)} times the mean (99 % of the area: "
                    f"{number(steady, 3)}), {number(spot.area, 3)} {size}, {spot.share:.0%} of "
                    "the current"
                ),
            )
