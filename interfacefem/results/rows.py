# SPDX-License-Identifier: MIT
"""One row of the history from one snapshot: area-weighted numbers of each interface."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from interfacefem.results import schema
from interfacefem.results.layout import (
    AREA_RESISTANCE_FACTOR,
    CHARGE_FACTOR,
    CURRENT_DENSITY_FACTOR,
)
from interfacefem.results.schema import column
from interfacefem.results.snapshot import CurrentSnapshot, IncrementSnapshot, InterfaceSnapshot

#: damage from which a bond counts as broken
BROKEN = 1.0 - 1e-9


def history_row(snapshot: IncrementSnapshot) -> dict[str, Any]:
    """Return the history columns of an accepted increment.

    The energy balance error is the applied work minus elastic energy, plastic work, friction
    work and cohesive work, over the largest of them [-].
    """
    row: dict[str, Any] = {
        name: getattr(snapshot, name)
        for name in schema.fields("increment")
        if hasattr(snapshot, name)
    }
    row |= snapshot.extra
    row["charge"] *= CHARGE_FACTOR
    parts = (
        snapshot.elastic_energy,
        snapshot.plastic_work,
        snapshot.friction_work,
        snapshot.cohesive_work,
    )
    spent = sum(0.0 if math.isnan(part) else part for part in parts)
    scale = max(
        abs(snapshot.applied_work), *(abs(part) for part in parts if not math.isnan(part)), 0.0
    )
    row["energy_balance_error"] = (snapshot.applied_work - spent) / scale if scale > 0 else math.nan
    for part in snapshot.interfaces:
        if not part.present:
            continue  # not known
        area = float(np.sum(part.weights))
        pressure = np.asarray(part.contact_pressure)
        row[column("contact_fraction", part.name)] = (
            float(np.sum(part.weights[np.asarray(part.in_contact, dtype=bool)])) / area
        )
        row[column("mean_pressure", part.name)] = float(pressure @ part.weights) / area
        row[column("max_pressure", part.name)] = float(pressure.max())
        # a point without area has nothing opposite, and no gap
        opening = np.where(part.weights > 0.0, np.clip(part.gap, 0.0, None), 0.0)
        row[column("gap_volume", part.name)] = float(opening @ part.weights) / area
        overlap = -np.asarray(part.gap)[part.weights > 0.0]
        row[column("max_penetration", part.name)] = float(overlap.max(initial=0.0))
        if part.bonded is not None and part.damage is not None:
            row.update(_bonds(part, area))
        if part.removed is not None:
            row[column("mean_removed", part.name)] = float(part.removed @ part.weights) / area
            row[column("max_removed", part.name)] = float(part.removed.max())
    return row


def _bonds(part: InterfaceSnapshot, area: float) -> dict[str, Any]:
    """Return the columns of an interface whose faces adhere; damage is the mean over bonds."""
    bonded, damage = np.asarray(part.bonded), np.asarray(part.damage)
    spent = np.asarray(part.separation_energy) * part.weights
    bonds = part.weights * bonded
    total, energy = float(bonds.sum()), float(spent.sum())
    intact = np.asarray(part.intact) if part.intact is not None else np.full(len(bonds), math.nan)
    away = ~np.asarray(part.in_contact, dtype=bool)
    values = {
        "bonded_fraction": total / area,
        "intact_fraction": float(part.weights @ intact) / area,
        "open_fraction": float(part.weights[away] @ (1.0 - intact[away])) / area,
        "mean_damage": float(damage @ bonds) / total if total > 0.0 else math.nan,
        "opened_fraction": float(bonds[damage >= BROKEN].sum()) / area,
        "mode_mix": float(np.asarray(part.mode_mix) @ spent) / energy if energy > 0.0 else math.nan,
        "separation_energy": energy / area,
    }
    return {column(name, part.name): value for name, value in values.items()}


def current_row(snapshot: CurrentSnapshot) -> dict[str, Any]:
    """Return the history columns of a current, in mA/cm^2 and ohm cm^2.

    The focusing factor of an interface is its largest current density over its mean [-].
    """
    row: dict[str, Any] = {
        "mean_current_density": snapshot.mean_current_density * CURRENT_DENSITY_FACTOR,
        "asr": snapshot.asr_total * AREA_RESISTANCE_FACTOR,
        "asr_layers": sum(snapshot.asr_layers.values()) * AREA_RESISTANCE_FACTOR,
        "asr_interfaces": sum(snapshot.asr_interfaces.values()) * AREA_RESISTANCE_FACTOR,
        "asr_constriction": snapshot.asr_constriction * AREA_RESISTANCE_FACTOR,
        "current_balance_error": snapshot.balance_error,
    }
    for part in snapshot.interfaces:
        density = np.abs(part.current_density)
        mean = abs(float(part.current_density @ part.weights)) / float(np.sum(part.weights))
        row[column("focusing_factor", part.name)] = (
            float(density.max()) / mean if mean else math.nan
        )
    for name, value in snapshot.asr_interfaces.items():
        row[column("asr", name)] = value * AREA_RESISTANCE_FACTOR
    return row
