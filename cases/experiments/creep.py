# SPDX-License-Identifier: MIT
"""Masias 2019: creep of bulk lithium in tension, beside the creep laws of the library."""

import math
from pathlib import Path

from interfacefem import materials
from interfacefem.experiments import Comparison, Quantity, published

DATA = published("creep")
NORTON = materials.get("Li", law="norton").law


def rates(stress: float) -> tuple[float, float, float]:
    """Return the rates [1/s] of saturated and virgin lithium (Anand), and of power-law creep."""
    anand = materials.get("Li", law="anand").law

    def inverse(flow):  # flow stress grows with the rate: bisect its logarithm
        low, high = -12.0, 2.0
        for _ in range(80):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if flow(10.0**middle) < stress else (low, middle)
        return 10.0**low

    return (
        inverse(lambda rate: anand.flow_stress(rate, saturated=True)),
        inverse(anand.flow_stress),
        inverse(NORTON.flow_stress),
    )


def compare(folder: Path) -> Comparison:
    """Compare the flow stress at each rate; 0.400 MPa was tested three times."""
    tests: dict[float, list[float]] = {}
    for stress, rate in zip(DATA.series("stress"), DATA.series("rate"), strict=True):
        tests.setdefault(round(stress, 1), []).append(rate)
    found, worst, rate_notes = [], 1.0, []
    record = materials.get("Li", law="norton").value("creep_stress")
    for stress, measured in sorted(tests.items()):
        slow, fast, power = rates(stress)
        mean = math.prod(measured) ** (1.0 / len(measured))
        worst = max(worst, power / mean, mean / power)
        rate_notes.append(f"{slow:.1e} to {fast:.1e} at {stress:g} MPa")
        flow = float(NORTON.flow_stress(mean))
        found.append(
            Quantity(
                f"flow stress at {mean:.1e} 1/s", "MPa", (0.95 * stress, 1.05 * stress),
                (flow * record.low / record.value, flow * record.high / record.value), flow,
            )
        )  # fmt: skip
    return Comparison(
        DATA,
        found,
        assumed=["the range of the library for the flow stress at 1e-3 1/s, 0.6 to 0.9 MPa"],
        blind="both creep laws are those of the library, from tension tests of others",
        notes=[
            f"at the stress that was measured the rate is missed by at most a factor {worst:.1f}",
            "saturated to virgin lithium of Anand's law [1/s]: " + ", ".join(rate_notes),
            "bulk lithium, millimetres large: another regime than the 10 MPa of asperities",
        ],
    )
