# SPDX-License-Identifier: MIT
"""What a run was made with: versions, mesh, methods, sessions, and the references behind it.

The simulation notes the methods it used as keys of :data:`METHODS` under ``methods`` in the
provenance; text that is no key is printed as it stands.

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
from interfacefem.materials import Material
from interfacefem.materials.value import USER
from interfacefem.names import printable
from interfacefem.results.files import now

if TYPE_CHECKING:
    from interfacefem.describe.case import Description
    from interfacefem.results.results import Results

#: key -> reference, with the DOI where one could be confirmed
METHODS: dict[str, str] = {
    "logarithmic_strain": "Weber G., Anand L. (1990), Comput. Methods Appl. Mech. Eng. 79, "
    "173-202.",
    "finite_strain_plasticity": "de Souza Neto E.A., Peric D., Owen D.R.J. (2008), Computational "
    "Methods for Plasticity, Wiley. 10.1002/9780470694626",
    "dual_mortar": "Popp A., Gee M.W., Wall W.A. (2009), Int. J. Numer. Methods Eng. 79, "
    "1354-1391. 10.1002/nme.2614",
    "augmented_lagrangian": "Alart P., Curnier A. (1991), Comput. Methods Appl. Mech. Eng. 92, "
    "353-375. 10.1016/0045-7825(91)90022-X",
    "primal_dual_newton": "Chan T.F., Golub G.H., Mulet P. (1999), SIAM J. Sci. Comput. 20, "
    "1964-1977.",
    "dolfinx": "Baratta I.A. et al. (2023), DOLFINx: the next generation FEniCS problem solving "
    "environment. 10.5281/zenodo.10447666",
    "gmsh": "Geuzaine C., Remacle J.-F. (2009), Int. J. Numer. Methods Eng. 79, 1309-1331. "
    "10.1002/nme.2579",
}


def cite(materials: Mapping[str, Material], provenance: Mapping[str, Any]) -> str:
    """Return the references of a run as text.

    Parameters
    ----------
    materials : mapping of str to Material
        By layer; each source behind a value is listed with the values it stands for.
    provenance : mapping
        ``methods`` holds keys of :data:`METHODS` or references; ``sources`` further ones;
        ``versions`` the versions of the software.
    """
    methods = [METHODS.get(str(item), str(item)) for item in provenance.get("methods", ())]
    lines = ["Methods", *(f"  - {item}" for item in dict.fromkeys(methods))]
    if not methods:
        lines.append("  - none noted in this run")
    found: dict[str, dict[str, list[str]]] = {}
    for material in materials.values():
        for name, record in material.records:
            values = found.setdefault(record.source, {}).setdefault(material.name, [])
            mark = name.replace("_", " ") + (" (estimate)" if record.estimate else "")
            if mark not in values:
                values.append(mark)
    lines.append("Material values")
    for source, used in found.items():
        where = "; ".join(f"{name}: {', '.join(values)}" for name, values in used.items())
        lines.append(f"  - {'given by the user' if source == USER else source} [{where}]")
    lines += [f"  - {item}" for item in provenance.get("sources", ())]
    if not found and not provenance.get("sources"):
        lines.append("  - no source noted in this run")
    version = provenance.get("versions", {}).get("interfacefem", "")
    lines += ["Software", f"  - interfacefem {version}".rstrip() + ", see CITATION.cff"]
    return printable("\n".join(lines))


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
    """Return the times by stage of all sessions together [s].

    Of a session that was killed, or that another run shares, only what its increments took is
    known: it is in the total and under ``"no parts known"``.
    """
    total: dict[str, float] = {}
    for session in sessions:
        spent = dict(session.get("wall_time", {}))
        if spent and "total" not in spent:
            seconds = sum(float(value) for value in spent.values())
            spent = {"no parts known": seconds, "total": seconds}
        for stage, seconds in spent.items():
            total[stage] = total.get(stage, 0.0) + float(seconds)
    return total
