"""Small cases for tests of sweeps, some hundred unknowns each, and a table that was made up."""

from __future__ import annotations

import math
from pathlib import Path

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.sweep.ask import ASR
from interfacefem.sweep.inputs import Input
from interfacefem.sweep.plan import REALISATION, Plan, Planned
from interfacefem.sweep.table import SweepTable
from interfacefem.sweep.worker import Row

PRESSURE = "step.press.to [MPa]"


def wavy(peak: str = "2 MPa", **settings: object) -> ifem.Case:
    """A wave of 4 um between an electrolyte and lithium."""
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    return _case("wavy", wave, peak, **settings)


def rough(peak: str = "4 MPa", **settings: object) -> ifem.Case:
    """A random face of 6 um between an electrolyte and lithium."""
    face = surfaces.self_affine(
        "6 um", hurst=0.8, rms_height="60 nm", long_cutoff="6 um", short_cutoff="3 um", seed=7
    )
    return _case("rough", face, peak, **settings)


def _case(name: str, face: ifem.Topography, peak: str, **settings: object) -> ifem.Case:
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=face),
        ifem.Interface(resistance="5 ohm*cm^2"),
        ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
    )
    protocol = ifem.Protocol(ifem.Press(to=peak), ifem.Release(to="1 MPa"))
    return ifem.Case(name, stack, protocol, **settings)  # type: ignore[arg-type]


def dense(case: ifem.Case) -> ifem.Case:
    """The case with a ceramic in place of lithium: one run has all its pressures."""
    layers = case.stack.layers
    ceramic = ifem.Layer("anode", "Li3InCl6", "4 um")
    return case.replace(stack=ifem.Stack(layers[0], case.stack.joints[0], ceramic))


def plan(runs: list[Planned], *inputs: Input, realisations: int = 10) -> Plan:
    case = {"step": [{"name": "press", "kind": "press", "force": "1.5 t", "die": "10 mm"}]}
    return Plan("made", inputs, PRESSURE, tuple(runs), realisations, "", {"": case})


def made(
    released: dict[float, list[float]], *, risks: dict[float, int] | None = None
) -> SweepTable:
    """A table of realisations at some pressures, with a risk over its threshold in some."""
    count = len(next(iter(released.values())))
    levels = tuple(released)
    runs = [Planned(f"k{n}", {REALISATION: n}, levels) for n in range(count)]
    rows: dict[str, list[Row]] = {}
    for n in range(count):
        for level, (peak, values) in enumerate(released.items()):
            high = 2.0 if n < (risks or {}).get(peak, 0) else 0.5
            for pressure, factor in ((peak, 0.3), (5.0, 1.0)):
                rows.setdefault(f"k{n}", []).append(
                    {
                        "key": f"k{n}",
                        "level": level,
                        "step": "press",
                        "failure": "",
                        "highest pressure [MPa]": peak,
                        "nominal_pressure [MPa]": pressure,
                        ASR: values[n] * factor,
                        "contacts[a|b] [-]": 6,
                        "risk[crack] least [-]": high * 0.9,
                        "risk[crack] given [-]": high,
                        "risk[crack] most [-]": high * 1.1,
                    }
                )
    return SweepTable.of(plan(runs, Input("step.press.to", "pressure", "MPa")), rows, Path())


def around(middle: float, count: int = 10) -> list[float]:
    return [middle * math.exp(0.02 * (n - 4.5)) for n in range(count)]
