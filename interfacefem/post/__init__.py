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
from interfacefem.post.delamination import Delamination, delamination, highest_load
from interfacefem.post.flaws import intrusion_pressure, stress_intensity, weibull_probability
from interfacefem.post.maps import AreaMap, area_map
from interfacefem.post.pressure import (
    PressureStatistics,
    contact_fraction,
    gap_volume,
    pressure_statistics,
)
from interfacefem.post.report import summary
from interfacefem.post.risk import RiskRow, RiskTable, risk_table

__all__ = [
    "AreaMap",
    "Clusters",
    "ComparedRow",
    "Comparison",
    "Delamination",
    "Hotspot",
    "PressureStatistics",
    "RiskRow",
    "RiskTable",
    "area_map",
    "clusters",
    "compare",
    "connected_parts",
    "contact_fraction",
    "cumulative_distribution",
    "dead_fraction",
    "delamination",
    "focusing_factor",
    "fraction_above",
    "gap_volume",
    "highest_load",
    "hotspots",
    "intrusion_pressure",
    "pressure_statistics",
    "risk_table",
    "stress_intensity",
    "summary",
    "weibull_probability",
]
