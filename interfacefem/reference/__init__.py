# SPDX-License-Identifier: MIT
"""Closed-form solutions that the program is verified against, each with its source.

Plain functions of numbers and arrays; nothing here is used by a simulation.
"""

from __future__ import annotations

from interfacefem.reference import (
    constriction,
    fracture,
    hertz,
    plasticity,
    sphere,
    voids,
    wavy_surface,
    westergaard,
)

__all__ = [
    "constriction",
    "fracture",
    "hertz",
    "plasticity",
    "sphere",
    "voids",
    "wavy_surface",
    "westergaard",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
