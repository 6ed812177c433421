# SPDX-License-Identifier: MIT
"""Sakuda 2013: density and conductivity of a pressed glass."""

from pathlib import Path

from interfacefem.experiments import Comparison, powders


def compare(folder: Path) -> Comparison:
    """Compare density and conductivity; the conductivity is left out of the fit."""
    return powders.compared("glass")
