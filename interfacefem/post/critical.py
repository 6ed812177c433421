# SPDX-License-Identifier: MIT
"""Where a current strips or plates metal, and the critical current density there.

An interface between two ion conductors has no lithium to strip, so no current density is critical
there. Of a critical current density only what the user or the material states counts: measured
ones differ tenfold from cell to cell, and a mean of the literature is nobody's cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interfacefem.materials import Material, Value
from interfacefem.results import Results
from interfacefem.results.layout import CURRENT_DENSITY_FACTOR
from interfacefem.units import Dimensional, to_internal

ROOM = 298.15


def electrode(materials: Mapping[str, Material], interface: str) -> str | None:
    """Return the layer of an interface whose metal a current takes away and brings back.

    As :meth:`interfacefem.describe.stack.Stack.electrode`: a metal has a molar volume; between two
    of them, or without one, no metal is exchanged.

    Parameters
    ----------
    materials : mapping of str to Material
        By layer.
    interface : str
        ``"lower|upper"``.
    """
    metals = [
        layer
        for layer in interface.split("|")
        if layer in materials and materials[layer].molar_volume is not None
    ]
    return metals[0] if len(metals) == 1 else None


def critical_current(
    results: Results,
    interface: str,
    materials: Mapping[str, Material],
    given: Dimensional | None = None,
) -> Value | None:
    """Return the critical current density of an interface [mA/cm^2].

    Parameters
    ----------
    results : Results
        Its case may state one.
    interface : str
        ``"lower|upper"``.
    materials : mapping of str to Material
        By layer; the smaller one of the two layers counts, with its range.
    given : str, pint.Quantity or float, optional
        This one instead; a float is in uA/um^2.

    Returns
    -------
    Value or None
        None where no metal is exchanged, or nobody states one.

    Raises
    ------
    UnitError
        If the one given is no current density.
    """
    if electrode(materials, interface) is None:
        return None
    source = "given by the user"
    if given is None:
        case: dict[str, Any] = results.case
        given = case.get("current", {}).get("critical")
        source = "critical current density of the case"
    if given is not None:
        value = to_internal(given, "current_density", place="critical") * CURRENT_DENSITY_FACTOR
        return Value(value, "mA/cm^2", value, value, ROOM, source, "M")
    name = "critical_current_density"
    records = [dict(materials[layer].records).get(name) for layer in interface.split("|")]
    known = [record for record in records if record is not None]
    if not known:
        return None
    least = min(known, key=lambda record: record.value)
    value, low, high = (
        item * CURRENT_DENSITY_FACTOR for item in (least.value, least.low, least.high)
    )
    return Value(
        value, "mA/cm^2", low, high, least.temperature, least.source, least.confidence,
        least.estimate,
    )  # fmt: skip
