# SPDX-License-Identifier: MIT
"""Schneider 2023: a thiophosphate in the die and after release."""

from pathlib import Path

from interfacefem.experiments import Comparison, powders


def compare(folder: Path) -> Comparison:
    """Compare density and conductivity; the conductivity is left out of the fit."""
    return powders.compared("thio")
