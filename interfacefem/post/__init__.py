# SPDX-License-Identifier: MIT
"""Numbers from stored fields: pure functions, no solver and no pictures."""

from interfacefem.post.comparison import ComparedRow, Comparison, compare
from interfacefem.post.current import (
    Hotspot,
    dead_fraction,
    focusing_factor,
    fraction_above,
    hotspots,
)
from interfacefem.post.delamination import Delamination, delamination, highest_load
from interfacefem.post.flaws import intrusion_pressure, stress_intensity, weibull_probability
from interfacefem.post.pressure import (
    PressureStatistics,
    contact_fraction,
    gap_volume,
    pressure_statistics,
)
from interfacefem.post.report import summary
from interfacefem.post.risk import RiskRow, RiskTable, risk_table

__all__ = [
    "ComparedRow",
    "Comparison",
    "Delamination",
    "Hotspot",
    "PressureStatistics",
    "RiskRow",
    "RiskTable",
    "compare",
    "contact_fraction",
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
