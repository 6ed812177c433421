# SPDX-License-Identifier: MIT
"""What a run was made with: versions, mesh, surfaces, methods, and each session that worked on it.

A run that was interrupted and continued has several sessions. Plain values that JSON can hold; who
asks DOLFINx for its version is the caller.
"""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interfacefem import caches
from interfacefem.results.files import now

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.results.results import Results

#: distributions whose versions are kept
PACKAGES = ("interfacefem", "gmsh", "numpy", "scipy", "numba")

Session = dict[str, Any]


def versions(solver: str) -> dict[str, str]:
    """Return the versions of what computes; ``solver`` is that of DOLFINx."""
    found = {"python": platform.python_version(), "dolfinx": solver}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


def surfaces(case: Description) -> dict[str, dict[str, Any]]:
    """Return checksum and seed of each rough face, by ``layer.side``."""
    return {
        f"{layer.name}.{side}": {
            "checksum": topography.checksum,
            "seed": topography.recipe.get("seed"),
        }
        for layer in case.stack.layers
        for side, topography in (("bottom", layer.bottom), ("top", layer.top))
        if topography is not None
    }


def begin_session(solver: str, rows: int) -> Session:
    """Return a session that begins now, after ``rows`` increments."""
    return {
        "begun": now(),
        "after_increments": rows,
        "versions": versions(solver),
        "sources": caches.sources_key(),
        "platform": platform.platform(),
        "status": "running",
    }


def end_session(
    session: Session, status: str, wall_time: Mapping[str, float], memory: float | None = None
) -> Session:
    """Return the session as it ends now.

    Parameters
    ----------
    session : dict
    status : str
    wall_time : mapping
        Times by stage [s].
    memory : float, optional
        The most that its processes have had together [byte], where that is known.
    """
    ended = session | {"ended": now(), "status": status, "wall_time": dict(wall_time)}
    return ended if memory is None else ended | {"memory": memory}


def past_sessions(results: Results, rows: int) -> list[Session]:
    """Return the sessions of a stored run; one that was killed is told from its increments.

    Parameters
    ----------
    results : Results
    rows : int
        Increments that are kept of the run.
    """
    sessions: list[Session] = [dict(item) for item in results.provenance.get("sessions", [])]
    if sessions and sessions[-1]["status"] == "running":
        spent = results.history["wall_time"][sessions[-1]["after_increments"] : rows]
        # Nobody noted when it ended: all that is known is what its increments took.
        sessions[-1] |= {
            "ended": results.changed,
            "status": "killed",
            "wall_time": {"press": float(np.sum(spent))},
        }
    return sessions


def total_wall_time(sessions: Sequence[Session]) -> dict[str, float]:
    """Return the times by stage of all sessions together [s]."""
    total: dict[str, float] = {}
    for session in sessions:
        for stage, seconds in session.get("wall_time", {}).items():
            total[stage] = total.get(stage, 0.0) + float(seconds)
    return total
