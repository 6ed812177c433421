# SPDX-License-Identifier: MIT
"""Numbers from stored fields: pure functions, no solver and no pictures."""

from interfacefem.post.brittle import weibull_probability
from interfacefem.post.causes import CAUSES, Cause, Found, risk, threshold
from interfacefem.post.circuit import Circuit
from interfacefem.post.comparison import ComparedRow, Comparison, compare
from interfacefem.post.current import (
    Hotspot,
    cumulative_distribution,
    dead_fraction,
    focusing_factor,
    fraction_above,
    hotspots,
)
from interfacefem.post.delamination import (
    Delamination,
    ResidualTraction,
    delamination,
    highest_load,
    residual_traction,
)
from interfacefem.post.exposures import Exposure, Metal
from interfacefem.post.flaws import flaw_sizes, intrusion_pressure, stress_intensity
from interfacefem.post.increment import Increment
from interfacefem.post.maps import AreaMap, Clusters, area_map, clusters, connected_parts
from interfacefem.post.measures import (
    PressureStatistics,
    gap_volume,
    pressure_statistics,
)
from interfacefem.post.pull_off_demand import PullOffDemand, pull_off_demand
from interfacefem.post.relaxation import RelaxationTimes, relaxation_times
from interfacefem.post.report import summary
from interfacefem.post.risk_rows import RiskRow, RiskTable
from interfacefem.post.risk_table import delamination_risk, overpressing, risk_table
from interfacefem.post.short_circuit import ShortCircuit, short_circuit
from interfacefem.post.spectrum import Arc, Spectrum
from interfacefem.post.strengths import critical_current, electrode
from interfacefem.post.window import PressureWindow
from interfacefem.post.window_points import pressure_window, window_of
from interfacefem.results.edges import contact_fraction, contact_shares

__all__ = [
    "CAUSES",
    "Arc",
    "AreaMap",
    "Cause",
    "Circuit",
    "Clusters",
    "ComparedRow",
    "Comparison",
    "Delamination",
    "Exposure",
    "Found",
    "Hotspot",
    "Increment",
    "Metal",
    "PressureStatistics",
    "PressureWindow",
    "PullOffDemand",
    "RelaxationTimes",
    "ResidualTraction",
    "RiskRow",
    "RiskTable",
    "ShortCircuit",
    "Spectrum",
    "area_map",
    "clusters",
    "compare",
    "connected_parts",
    "contact_fraction",
    "contact_shares",
    "critical_current",
    "cumulative_distribution",
    "dead_fraction",
    "delamination",
    "delamination_risk",
    "electrode",
    "flaw_sizes",
    "focusing_factor",
    "fraction_above",
    "gap_volume",
    "highest_load",
    "hotspots",
    "intrusion_pressure",
    "overpressing",
    "pressure_statistics",
    "pressure_window",
    "pull_off_demand",
    "relaxation_times",
    "residual_traction",
    "risk",
    "risk_table",
    "short_circuit",
    "stress_intensity",
    "summary",
    "threshold",
    "weibull_probability",
    "window_of",
]


def __dir__() -> list[str]:
    """List the public names only, as completion shows them."""
    return sorted(__all__)
