# SPDX-License-Identifier: MIT
"""Rows of the risk table about current: hotspots against the critical current density."""

from __future__ import annotations

from collections.abc import Mapping

from interfacefem.materials import Material, Value
from interfacefem.post.current import HOTSPOT_ABOVE, focusing_factor, hotspots
from interfacefem.post.risk_rows import RiskRow, position, risk_row
from interfacefem.results import Results
from interfacefem.results.layout import CURRENT_DENSITY_FACTOR
from interfacefem.results.text import number
from interfacefem.units import to_internal

#: hotspot rows of one interface
HOTSPOT_ROWS = 3


def hotspot_rows(
    results: Results,
    step: str,
    materials: Mapping[str, Material],
    critical: str | float | None,
    notes: list[str],
) -> list[RiskRow]:
    """Return the hotspots of every interface at the end of a step.

    Parameters
    ----------
    results : Results
    step : str
    materials : mapping of str to Material
        By layer; the smaller critical current density of the two counts.
    critical : str, float or None
        This one instead; a float is in uA/um^2.
    notes : list of str
        What cannot be judged is appended.
    """
    if not results.has_current(step):
        return []
    current = results.current(step)
    rows = []
    for name in current.interfaces:
        limit = _critical(results, name, materials, critical)
        if limit is None:
            notes.append(
                f"hotspots of interface '{name}' are not judged: no critical current density is "
                "known; give it in the case (current.critical)"
            )
            continue
        density = current.interface(name)
        steady = focusing_factor(density, percentile=99.0)
        size = "um wide" if density.points.shape[1] == 2 else "um^2 large"
        for spot in hotspots(density, above=HOTSPOT_ABOVE, count=HOTSPOT_ROWS):
            comment = (
                f"{number(spot.factor, 3)} times the mean (99 % of the area: {number(steady, 3)}), "
                f"{number(spot.area, 3)} {size}, {spot.share:.0%} of the current"
            )
            where = position(spot.place[:-1])
            value = spot.current_density
            rows.append(
                risk_row(f"interface '{name}'", where, "hotspot", value, limit, step, comment)
            )
    return rows


def _critical(
    results: Results, interface: str, materials: Mapping[str, Material], given: str | float | None
) -> Value | None:
    source = "given by the user"
    if given is None:
        given = results.case.get("current", {}).get("critical")
        source = "critical current density of the case"
    if given is not None:
        value = to_internal(given, "current_density", place="critical") * CURRENT_DENSITY_FACTOR
        return Value(value, "mA/cm^2", value, value, 298.15, source, "M")
    found = []
    for layer in interface.split("|"):
        if layer in materials:
            record = dict(materials[layer].records).get("critical_current_density")
            if record is not None:
                found.append(record)
    if not found:
        return None
    least = min(found, key=lambda record: record.value)
    scaled = [item * CURRENT_DENSITY_FACTOR for item in (least.value, least.low, least.high)]
    value, low, high = scaled
    return Value(
        value,
        "mA/cm^2",
        low,
        high,
        least.temperature,
        least.source,
        least.confidence,
        least.estimate,
    )
