# SPDX-License-Identifier: MIT
"""interfacefem: rough interfaces of pressed solid-state cells, from topography to risk.

The public names live here and are loaded when they are first used (PEP 562), so importing the
package costs no DOLFINx, gmsh, pyvista or matplotlib. Nothing is computed or configured here.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

#: public name -> module that defines it
_NAMES: dict[str, str] = {
    "Topography": "surfaces",
    "Material": "materials",
    "Layer": "describe.stack",
    "Interface": "describe.interface",
    "ChargeTransfer": "contact.kinetics",
    "Stack": "describe.stack",
    "Press": "describe.protocol",
    "Hold": "describe.protocol",
    "Release": "describe.protocol",
    "Isostatic": "describe.protocol",
    "Eject": "describe.protocol",
    "Cycle": "describe.protocol",
    "PullOff": "describe.protocol",
    "Shear": "describe.protocol",
    "Adhesion": "contact.adhesion",
    "Film": "contact.film",
    "Die": "describe.settings",
    "Protocol": "describe.protocol",
    "Stage": "describe.stage",
    "Case": "case",
    "MeshSize": "describe.settings",
    "Numerics": "describe.settings",
    "Output": "describe.settings",
    "CurrentLoad": "describe.settings",
    "ContactMap": "contact",
    "conduct": "drive.conduct",
    "StackMesh": "meshing",
    "build_mesh": "meshing",
    "read_mesh": "meshing",
    "run_case": "drive.run",
    "resume": "drive.run",
    "spectrum": "drive.spectrum",
    "main": "cli.script",
    "Sweep": "sweep",
    "SweepTable": "sweep",
    "ladder": "sweep",
    "recommend": "sweep",
    "Pellet": "pellet",
    "InterfaceLaw": "pellet",
    "Results": "results",
    "InterfaceFEMError": "errors",
    "UnitError": "errors",
    "SurfaceError": "errors",
    "MaterialError": "errors",
    "MeshError": "errors",
    "ResultsError": "errors",
    "EnvironmentProblem": "errors",
    "ExtensionError": "errors",
    "CaseError": "errors",
    "ConvergenceError": "errors",
    "Mistake": "errors",
    "set_log_level": "logs",
}

_MODULES = frozenset(
    {
        "cli",
        "contact",
        "describe",
        "drive",
        "environment",
        "errors",
        "fem",
        "logs",
        "materials",
        "meshing",
        "pellet",
        "plots",
        "post",
        "reference",
        "registry",
        "results",
        "surfaces",
        "sweep",
        "units",
    }
)

#: rooms that users work in; the others are loaded by name too, but not listed
_ROOMS = (
    "contact",
    "materials",
    "pellet",
    "plots",
    "post",
    "reference",
    "results",
    "surfaces",
    "sweep",
)

__all__ = ["__version__", *sorted(_NAMES)]


def __getattr__(name: str) -> Any:
    """Load a public name or a submodule on first use."""
    if name in _NAMES:
        value = getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List what users need: the public names, and the rooms they work in."""
    return sorted({*__all__, *_ROOMS})
