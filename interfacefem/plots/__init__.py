# SPDX-License-Identifier: MIT
"""Pictures of meshes, surfaces and runs; each function returns its figure and shows nothing.

Importing this package costs numpy only: matplotlib and pyvista are imported when the first picture
is made, and neither needs a display. A function of your own becomes a picture like the others by
:func:`picture`.
"""

from __future__ import annotations

from interfacefem.plots.animation import animation
from interfacefem.plots.areas import interface_maps
from interfacefem.plots.charts import calibration, cycling_curves, pressure_window
from interfacefem.plots.compared import comparison
from interfacefem.plots.conducted import contact_map
from interfacefem.plots.curves import current_distribution, loading_curves
from interfacefem.plots.cut import pellets
from interfacefem.plots.deformed import stack
from interfacefem.plots.figures import report, save
from interfacefem.plots.flaws import debonded, flaws
from interfacefem.plots.layout import figure
from interfacefem.plots.page import Options
from interfacefem.plots.pictures import PICTURES, draw, picture
from interfacefem.plots.profiles import current_profile, interface_profiles
from interfacefem.plots.spectra import bode, nyquist
from interfacefem.plots.theme import axis_label
from interfacefem.plots.turned import scene
from interfacefem.plots.undeformed import mesh, surfaces

__all__ = [
    "PICTURES",
    "Options",
    "animation",
    "axis_label",
    "bode",
    "calibration",
    "comparison",
    "contact_map",
    "current_distribution",
    "current_profile",
    "cycling_curves",
    "debonded",
    "draw",
    "figure",
    "flaws",
    "interface_maps",
    "interface_profiles",
    "loading_curves",
    "mesh",
    "nyquist",
    "pellets",
    "picture",
    "pressure_window",
    "report",
    "save",
    "scene",
    "stack",
    "surfaces",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
