# SPDX-License-Identifier: MIT
"""Cronau 2021: conductivity of a pressed argyrodite (bromide)."""

from pathlib import Path

from interfacefem.experiments import Comparison, powders


def compare(folder: Path) -> Comparison:
    """Compare the conductivity; it is left out of the fit."""
    return powders.compared("bromide")
