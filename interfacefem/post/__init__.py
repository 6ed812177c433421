# SPDX-License-Identifier: MIT
"""Numbers from stored fields: pure functions, no solver and no pictures."""

from interfacefem.post.clusters import Clusters, clusters
from interfacefem.post.comparison import ComparedRow, Comparison, compare
from interfacefem.post.connected import connected_parts
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
from interfacefem.post.delamination_risk import delamination_risk
from interfacefem.post.flaws import flaw_sizes, intrusion_pressure, stress_intensity
from interfacefem.post.maps import AreaMap, area_map
from interfacefem.post.overpressing import overpressing
from interfacefem.post.pressure import (
    PressureStatistics,
    contact_fraction,
    gap_volume,
    pressure_statistics,
)
from interfacefem.post.pull_off_demand import PullOffDemand, pull_off_demand
from interfacefem.post.report import summary
from interfacefem.post.risk import risk_table
from interfacefem.post.risk_rows import RiskRow, RiskTable
from interfacefem.post.short_circuit import Exposure, Metal, ShortCircuit, short_circuit
from interfacefem.post.weibull import weibull_probability
from interfacefem.post.window import PressureWindow, pressure_window, window_of

__all__ = [
    "AreaMap",
    "Clusters",
    "ComparedRow",
    "Comparison",
    "Delamination",
    "Exposure",
    "Hotspot",
    "Metal",
    "PressureStatistics",
    "PressureWindow",
    "PullOffDemand",
    "ResidualTraction",
    "RiskRow",
    "RiskTable",
    "ShortCircuit",
    "area_map",
    "clusters",
    "compare",
    "connected_parts",
    "contact_fraction",
    "cumulative_distribution",
    "dead_fraction",
    "delamination",
    "delamination_risk",
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
    "residual_traction",
    "risk_table",
    "short_circuit",
    "stress_intensity",
    "summary",
    "weibull_probability",
    "window_of",
]
