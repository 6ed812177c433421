# SPDX-License-Identifier: MIT
"""Heights over a line or an area: made, measured, read. Describes only; no mesh, no solver."""

from __future__ import annotations

from interfacefem.surfaces.files import read
from interfacefem.surfaces.generate import (
    cylinder_cap,
    flat,
    self_affine,
    sinusoid,
    spherical_cap,
)
from interfacefem.surfaces.given import from_heights
from interfacefem.surfaces.measure import BearingCurve, PowerSpectrum
from interfacefem.surfaces.particles import packed_particles
from interfacefem.surfaces.resolution import (
    ResolutionReport,
    resolution_report,
    shortest_wavelength,
)
from interfacefem.surfaces.topography import Topography

__all__ = [
    "BearingCurve",
    "PowerSpectrum",
    "ResolutionReport",
    "Topography",
    "cylinder_cap",
    "flat",
    "from_heights",
    "packed_particles",
    "read",
    "resolution_report",
    "self_affine",
    "shortest_wavelength",
    "sinusoid",
    "spherical_cap",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
