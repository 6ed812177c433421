# SPDX-License-Identifier: MIT
"""Cycling of flat stacks against closed forms, rigid motion and fixtures; charge on a rough one."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import driving
import numpy as np
import pytest
from scipy.optimize import brentq

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.drive.advance import Policy, advance
from interfacefem.drive.cycling import Cycling
from interfacefem.drive.press import Press
from interfacefem.fem.current.conduction import Conduction
from interfacefem.materials import Elastic, Material

Record = Callable[[str, float, float, str], None]

MOLAR = 13.0  # cm^3/mol
#: of metal per charge, V_m / F [um^3/uC]; 1 mAh/cm^2 is 0.036 uC/um^2
VOLUME = MOLAR / 96485.33212 * 1e6
MAH = 0.036
METAL, CERAMIC = (7.8e3, 0.38), (20e3, 0.3)
THICKNESS = {"metal": 30.0, "ceramic": 20.0}


def stack(
    *, upper: bool = True, face: Any = None, law: Any = None, scale: float = 1.0
) -> ifem.Stack:
    """A metal on a ceramic, or below it, both elastic unless told otherwise."""
    metal = Material(
        "metal",
        law or Elastic(*METAL),
        carrier="electrons",
        electronic_conductivity="1e7 S/m",
        molar_volume=f"{MOLAR} cm^3/mol",
    )
    ceramic = Material("ceramic", Elastic(*CERAMIC), ionic_conductivity="1 mS/cm")
    joint = ifem.Interface(resistance=500.0 * scale)
    if upper:
        layers = [
            ifem.Layer("ceramic", ceramic, THICKNESS["ceramic"] * scale, top=face),
            joint,
            ifem.Layer("metal", metal, THICKNESS["metal"] * scale),
        ]
    else:
        layers = [
            ifem.Layer("metal", metal, THICKNESS["metal"] * scale),
            joint,
            ifem.Layer("ceramic", ceramic, THICKNESS["ceramic"] * scale, bottom=face),
        ]
    return ifem.Stack(*layers, width=None if face is not None else 6.0 * scale)


class Bench:
    """A stack in a press, taken to a pressure and cycled, without results."""

    def __init__(self, parts: ifem.Stack, pressure: float, step: ifem.Cycle, edge: float) -> None:
        protocol = ifem.Protocol(ifem.Press(to=pressure), step)
        case = ifem.Case("bench", parts, protocol, mesh=ifem.MeshSize(edge))
        mesh = ifem.build_mesh(case.stack, case.mesh)
        self.press: Press = Press(case, mesh)
        driving.go_to(self.press, pressure)
        self.current = Conduction(case, mesh, self.press)
        self.cycler = Cycling(self.press, parts, step, self.current.through_nodes)
        self.rows: list[SimpleNamespace] = []

    def follow(self) -> list[SimpleNamespace]:
        with self.cycler.exact():
            advance(self.cycler, self.press.memory, Policy(), lambda *_: self.rows.append(self.row))
        return self.rows

    @property
    def row(self) -> SimpleNamespace:
        (interface,) = self.press.problem.interfaces
        return SimpleNamespace(
            taken=self.press.memory.taken,
            pressure=self.press.pressure,
            closure=self.press.closure,
            volume=interface.removed_volume.copy(),
            thickness=interface.removed.copy(),
            weights=interface.pairing.weights.copy(),
            spread=float(np.ptp(interface.pressure)),
            stress=max(f.von_mises_stress.max() for f in self.press.layer_snapshots()),
        )


def cycle(capacity: float, count: int = 1, **options: Any) -> ifem.Cycle:
    """Cycles of a capacity in mAh/cm^2."""
    return ifem.Cycle("0.5 mA/cm^2", f"{capacity!r} mA*h/cm^2", count, **options)


@pytest.mark.parametrize("upper", [True, False])
def test_flat_stripping_is_a_rigid_motion(upper: bool, record: Record) -> None:
    # origin: a flat face recedes evenly, so under a constant force the platen follows by
    # V_m / F times the charge and no stress changes, however often
    bench = Bench(stack(upper=upper), 5.0, cycle(1.0, 100, increments=1), edge=2.0)
    before = bench.row
    rows = bench.follow()
    assert len(rows) == 200
    height = VOLUME * MAH
    first = rows[0]
    where = "upper" if upper else "lower"
    moved = max(abs(row.closure - before.closure - height) for row in rows[::2])
    back = max(abs(row.closure - before.closure) for row in rows[1::2])
    record(f"flat stripping, metal {where}: platen follows", moved / height, 1e-6, "Faraday's law")
    record(f"flat stripping, metal {where}: drift over 100 cycles", back / height, 1e-6, "rigid")
    change = max(abs(row.stress / before.stress - 1.0) for row in rows)
    record(f"flat stripping, metal {where}: change of stress", change, 1e-5, "rigid motion")
    spread = max(row.spread for row in rows) / 5.0
    record(f"flat stripping, metal {where}: unevenness of pressure", spread, 1e-5, "rigid motion")
    share = abs(float(first.weights @ first.thickness) / (6.0 * height) - 1.0)
    record(f"flat stripping, metal {where}: charge", share, 1e-8, "Faraday's law")
    assert np.abs(rows[-1].thickness).max() < 1e-12 * height * 200


def confined(stretch: float, modulus: float, ratio: float) -> float:
    """Pressure of a layer that is stretched across and held along its plane [MPa].

    Origin: the law of the layers itself, Kirchhoff stress linear in the logarithmic strain.
    """
    oedometric = modulus * (1.0 - ratio) / (1.0 + ratio) / (1.0 - 2.0 * ratio)
    return -oedometric * float(np.log(stretch)) / stretch


def squeezed(pressure: float) -> float:
    """Shortening of both layers under a pressure [um]."""
    total = 0.0
    for name, law in (("metal", METAL), ("ceramic", CERAMIC)):
        stretch = brentq(lambda x, y=law: confined(x, *y) - pressure, 0.9, 1.01, xtol=1e-15)
        total += THICKNESS[name] * (1.0 - stretch)
    return total


@pytest.mark.parametrize(
    ("fixture", "capacity", "begin", "swelling"),
    [
        ("gap", 0.008, "strip", 0.0),
        ("gap", 0.02, "plate", 0.0),
        (2.0, 0.5, "strip", 0.0),
        (0.1, 1.0, "plate", 0.05),
        ("gap", 0.5, "strip", 0.12),
    ],
)
def test_pressure_follows_the_thickness(
    fixture: str | float, capacity: float, begin: str, swelling: float, record: Record
) -> None:
    # origin: fixture and elastic stack in series, solved for the pressure at each charge: what is
    # removed, less what a cathode has swollen, is what layers spring back and springs come after
    cathode = {"cathode": "ceramic", "cathode_strain": swelling} if swelling else {}
    step = cycle(capacity, 2, fixture=fixture, begin=begin, increments=3, **cathode)
    bench = Bench(stack(), 20.0, step, edge=3.0)
    start = squeezed(20.0)
    compliance = 0.0 if fixture == "gap" else 1.0 / float(fixture)
    worst = 0.0
    for row in bench.follow():
        sign = 1.0 if begin == "strip" else -1.0
        height = sign * VOLUME * row.taken
        height -= sign * swelling * THICKNESS["ceramic"] * row.taken / (capacity * MAH)
        exact = brentq(
            lambda p, h=height: start - squeezed(p) + (20.0 - p) * compliance - h, 0.01, 200.0
        )
        worst = max(worst, abs(row.pressure / exact - 1.0))
    name = "fixed gap" if fixture == "gap" else f"springs of {fixture:g} MPa/um"
    name += ", swelling cathode" if swelling else ""
    record(f"{name}, {begin} first: pressure", worst, 1e-6, "elastic stack in series")
    assert abs(bench.rows[-1].pressure / 20.0 - 1.0) < 1e-6
    extreme = max(abs(row.pressure - 20.0) for row in bench.rows)
    assert extreme > 0.3  # it is the fixture that was tested


def rough(scale: float = 1.0, law: Any = None) -> ifem.Stack:
    face = surfaces.sinusoid(6.0 * scale, amplitude=0.2 * scale, wavelength=6.0 * scale)
    return stack(face=face, law=law or materials.get("Li").law, scale=scale)


@pytest.mark.parametrize("diffusivity", ["0 um^2/s", "5e-15 m^2/s"])
def test_charge_is_kept_on_a_rough_face(diffusivity: str, record: Record) -> None:
    # origin: Faraday's law over all nodes, whatever the contact; and back
    step = cycle(0.02, 1, increments=2, diffusivity=diffusivity)
    bench = Bench(rough(), 1.0, step, edge=0.5)
    before = bench.row
    (interface,) = bench.press.problem.interfaces
    assert 0.2 < float(np.mean(interface.pressure > 0.0)) < 0.95
    rows = bench.follow()
    worst = max(
        abs(row.volume.sum() - VOLUME * row.taken * 6.0) / (VOLUME * 0.02 * MAH * 6.0)
        for row in rows
    )
    name = f"rough face, diffusivity {diffusivity}: volume of lithium against charge"
    record(name, worst, 1e-8, "Faraday's law")
    assert len(rows) >= 4
    assert rows[-1].pressure == pytest.approx(before.pressure, rel=1e-9)
    # contact was lost and found elsewhere: not all that left came back to where it was
    assert np.abs(rows[-1].thickness).max() > 1e-3 * VOLUME * 0.02 * MAH


def test_units_change_nothing(record: Record) -> None:
    # origin: lengths of another scale, with the charge that takes as much in proportion
    def run(scale: float) -> tuple[float, float, float]:
        step = ifem.Cycle(
            5e-6 * scale, 0.02 * MAH * scale, 1, increments=2, fixture=0.5 / scale,
            diffusivity=5e-3 * scale**2,
        )  # fmt: skip
        rows = Bench(rough(scale), 1.0, step, edge=0.5 * scale).follow()
        half = rows[len(rows) // 2 - 1]
        return half.pressure, half.closure / scale, float(half.thickness.max() / scale)

    there, here = np.array(run(1e3)), np.array(run(1.0))
    error = float(np.max(np.abs(there / here - 1.0)))
    record("cycling, lengths x 1000: change of results", error, 1e-6, "invariance")
