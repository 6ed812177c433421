# SPDX-License-Identifier: MIT
"""Doux 2020: conductivity of a pressed argyrodite (chloride)."""

from pathlib import Path

from interfacefem.experiments import Comparison, powders


def compare(folder: Path) -> Comparison:
    """Compare the conductivity; it is left out of the fit."""
    return powders.compared("argyrodite")
