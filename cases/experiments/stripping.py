# SPDX-License-Identifier: MIT
"""Kasemchainan 2019: current up to which contact is kept while lithium is stripped."""

from pathlib import Path

import critical

from interfacefem.experiments import Comparison, published


def compare(folder: Path) -> Comparison:
    """Compare as in ``critical.py``, for Li6PS5Cl."""
    return critical.compare(folder, published("stripping"))
