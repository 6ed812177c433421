# SPDX-License-Identifier: MIT
"""Runs on disk and how they are read: numpy, h5py and meshio only, never DOLFINx.

:class:`ResultsWriter` keeps what the solver hands over, :class:`Results` reads it. What the
numbers mean is worked out in :mod:`interfacefem.post`.
"""

from interfacefem.results.added import stored
from interfacefem.results.conducted import Conducted
from interfacefem.results.export import export_vtu
from interfacefem.results.fields import History, InterfaceField, LayerField
from interfacefem.results.now import InterfaceNow, LayerNow, StackNow
from interfacefem.results.over_run import Separation, separation
from interfacefem.results.read import RunMesh
from interfacefem.results.results import Results
from interfacefem.results.series import export_series
from interfacefem.results.snapshot import (
    CurrentInterface,
    CurrentLayer,
    CurrentSnapshot,
    IncrementSnapshot,
    InterfaceSnapshot,
    LayerSnapshot,
)
from interfacefem.results.states import CurrentState, InterfaceState, LayerState
from interfacefem.results.store import ResultsWriter

__all__ = [
    "Conducted",
    "CurrentInterface",
    "CurrentLayer",
    "CurrentSnapshot",
    "CurrentState",
    "History",
    "IncrementSnapshot",
    "InterfaceField",
    "InterfaceNow",
    "InterfaceSnapshot",
    "InterfaceState",
    "LayerField",
    "LayerNow",
    "LayerSnapshot",
    "LayerState",
    "Results",
    "ResultsWriter",
    "RunMesh",
    "Separation",
    "StackNow",
    "export_series",
    "export_vtu",
    "separation",
    "stored",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
