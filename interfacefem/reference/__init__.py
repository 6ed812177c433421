# SPDX-License-Identifier: MIT
"""Closed-form solutions that the program is verified against, each with its source.

Plain functions of numbers and arrays; nothing here is used by a simulation.
"""

from __future__ import annotations

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
