# SPDX-License-Identifier: MIT
"""Published experiments, and how the program is held against them.

Measured numbers in ``published``, what a comparison says in ``rows``, sets of several scripts in
``powders``, the table in ``table``. One script a data set is in ``cases/experiments``.
"""

from __future__ import annotations

from interfacefem.experiments.published import names, published
from interfacefem.experiments.rows import Comparison, Quantity

__all__ = ["Comparison", "Quantity", "names", "published"]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
