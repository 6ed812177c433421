# SPDX-License-Identifier: MIT
"""Stress that plating can build in a flaw: F eta / V_m on the contact pressure, in closed form."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import post, surfaces
from interfacefem.contact.kinetics import FARADAY, GAS, stress_of_overpotential
from interfacefem.materials import Elastic, Material, Value
from interfacefem.post.flaws import pressure_to_grow
from interfacefem.post.plating_causes import PLATING
from interfacefem.reference.fracture import UNIFORM

CLEAN, EXCHANGE, DENSITY, PRESSURE, DEPTH = 30.0, 4.0, 0.5, 2.0, 1.0  # ohm cm2, mA/cm2, MPa, um
RATIO, TOUGH = 0.25, (0.3, 0.45, 0.6)  # -, MPa m^0.5
NAME = "ceramic|Li"


def ceramic() -> Material:
    low, value, high = (1e3 * k for k in TOUGH)
    tough = Value(value, "MPa*um^0.5", low, high, 298.15, "round numbers", "L", True)
    return Material(
        "ceramic",
        Elastic("50 GPa", RATIO),
        brittle=True,
        ionic_conductivity="1 mS/cm",
        records={"fracture_toughness": tough},
    )


def case(top: surfaces.Topography | None = None, **joint: object) -> ifem.Case:
    stack = ifem.Stack(
        ifem.Layer("ceramic", ceramic(), "8 um", top=top),
        ifem.Interface(resistance=f"{CLEAN} ohm*cm^2", **joint),  # type: ignore[arg-type]
        ifem.Layer("Li", "Li", "4 um"),
        width="8 um",
    )
    steps = ifem.Protocol(ifem.Press(f"{PRESSURE} MPa"))
    current = ifem.CurrentLoad(f"{DENSITY} mA/cm^2")
    return ifem.Case("plating", stack, steps, mesh=ifem.MeshSize("0.5 um"), current=current)


def rows(results: ifem.Results) -> list[post.RiskRow]:
    table = post.risk_table(results, depth=f"{DEPTH} um")
    return [row for row in table if row.cause == PLATING]


def test_a_millivolt_is_seven_megapascals() -> None:
    """13.0 cm3/mol: 7.42 MPa (Porz et al. 2017 round to 7.4)."""
    found = stress_of_overpotential(np.array([1e-3, 10e-3]), 13.0)
    np.testing.assert_allclose(found, FARADAY * np.array([1e-3, 10e-3]) / 13e-6 / 1e6)
    np.testing.assert_allclose(found, [7.422, 74.22], rtol=1e-4)


def test_on_a_flat_face_it_is_contact_pressure_and_f_eta_over_v(tmp_path: Path) -> None:
    transfer = ifem.ChargeTransfer(f"{EXCHANGE} mA/cm^2", law="linear")
    results = case(charge_transfer=transfer).run(tmp_path, listeners=())
    eta = DENSITY * 1e-3 * CLEAN + DENSITY / EXCHANGE * GAS * 298.15 / FARADAY  # [V]
    np.testing.assert_allclose(
        results.interface(NAME).at("press").field("overpotential").values, eta, rtol=1e-8
    )
    (row,) = rows(results)
    volume = ifem.materials.get("Li").molar_volume
    assert volume is not None
    built = FARADAY * eta / volume  # V C/cm3 is MPa
    assert row.value == pytest.approx(PRESSURE, rel=1e-6)
    assert row.value_high == pytest.approx(PRESSURE + built, rel=1e-6)
    # the layer cannot widen, so the face is squeezed by nu / (1 - nu) p, dry
    root = 1e-3 * math.sqrt(DEPTH * math.pi) * UNIFORM  # [m^0.5]
    squeezed = RATIO / (1.0 - RATIO) * PRESSURE
    wanted = [k / root + squeezed for k in TOUGH]
    found = [row.threshold_low, row.threshold, row.threshold_high]
    np.testing.assert_allclose(found, wanted, rtol=2e-3)
    assert f"{1e3 * eta:.3g} mV at {DENSITY:g} mA/cm^2" in row.comment
    assert "Porz" in str(post.risk_table(results, depth=f"{DEPTH} um").assumptions)


def test_without_a_current_nothing_is_said(tmp_path: Path) -> None:
    made = dataclasses.replace(case(), current=None)
    assert rows(made.run(tmp_path, listeners=())) == []


def test_it_names_the_spot_where_the_current_crowds(tmp_path: Path) -> None:
    """One ridge in contact, small against the wave: more than the mean current passes there."""
    face = surfaces.sinusoid("8 um", amplitude="0.01 um", wavelength="8 um")
    results = case(face).run(tmp_path, listeners=())
    (row,) = rows(results)
    state = results.interface(NAME).at("press")
    eta, density = state.field("overpotential"), state.current_density
    conducts = density.values != 0.0
    assert 0.0 < conducts.mean() < 0.9
    assert (eta.values[~conducts] == 0.0).all()
    whole = conducts & (eta.values < 1.02e-3 * CLEAN * density.values)  # all of the area conducts
    assert whole.any()
    np.testing.assert_allclose(eta.values[whole], 1e-3 * CLEAN * density.values[whole], rtol=1e-2)
    x = float(row.place.partition("x = ")[2].partition(" um")[0])
    here = int(np.argmin(np.abs(state.points_reference[:, 0] - x)))
    built = FARADAY * eta.values[here] / 13.0
    beside = state.contact_pressure.values[here]
    assert row.value == pytest.approx(beside, rel=0.02)
    assert row.value_high == pytest.approx(beside + built, rel=0.02)
    assert built > 1.1 * FARADAY * DENSITY * 1e-3 * CLEAN / 13.0


def test_pressure_that_grows_the_first_of_several_flaws() -> None:
    dry = [np.array([0.1, -0.2]), np.array([0.1, 0.5])]
    needed = pressure_to_grow(dry, [1.0, 4.0], 0.4)
    roots = UNIFORM * 1e-3 * np.sqrt(np.pi * np.array([1.0, 4.0]))
    np.testing.assert_allclose(needed, [0.3 / roots[1], -0.1 / roots[1]], rtol=2e-3)
