# SPDX-License-Identifier: MIT
"""Doux 2020: density of four pellets."""

from pathlib import Path

from interfacefem.experiments import Comparison, powders


def compare(folder: Path) -> Comparison:
    """Compare the density."""
    return powders.compared("pellets")
