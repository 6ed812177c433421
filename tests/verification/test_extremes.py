"""Presses at the edge of what numbers can hold: tiny pressures, faces of very unlike stiffness."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, surfaces

Record = Callable[[str, float, float, str], None]


def oedometric(law: materials.Law) -> float:
    """Modulus of a laterally confined elastic layer [MPa]."""
    nu = law.poissons_ratio
    return law.youngs_modulus * (1.0 - nu) / ((1.0 + nu) * (1.0 - 2.0 * nu))


@pytest.mark.parametrize("pressure", [1e-3, 1e-4])
def test_flat_on_flat_under_almost_nothing(pressure: float, tmp_path: Path, record: Record) -> None:
    # origin: two elastic layers in series; lithium yields far above
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "10 um"), ifem.Layer("metal", "Li", "10 um"),
        width="10 um",
    )  # fmt: skip
    case = ifem.Case("light", stack, ifem.Protocol(ifem.Press(to=pressure)), current=None)
    results = case.run(tmp_path, listeners=())
    assert results.history["nominal_pressure"][-1] == pytest.approx(pressure, rel=1e-12)
    expected = pressure * sum(10.0 / oedometric(layer.material.law) for layer in stack.layers)
    error = abs(results.history["closure"][-1] / expected - 1.0)
    record("flat on flat at 1 kPa and at 100 Pa: closure", error, 1e-6, "series of layers")


def press_on_a_wave(folder: Path, ratio: float) -> ifem.Results:
    hard = materials.Material("hard", materials.Elastic(7.8e3 * ratio, 0.3))
    wave = surfaces.sinusoid("10 um", amplitude="100 nm", wavelength="10 um")
    stack = ifem.Stack(
        ifem.Layer("ceramic", hard, "10 um", top=wave), ifem.Layer("metal", "Li", "10 um")
    )
    case = ifem.Case("unlike", stack, ifem.Protocol(ifem.Press(to="5 MPa")), current=None)
    return case.run(folder, listeners=())


def test_rough_faces_under_a_kilopascal(tmp_path: Path) -> None:
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "10 um",
                   top=surfaces.sinusoid("10 um", amplitude="100 nm", wavelength="10 um")),
        ifem.Layer("metal", "Li", "10 um"),
    )  # fmt: skip
    case = ifem.Case("light", stack, ifem.Protocol(ifem.Press(to="1 kPa")), current=None)
    history = case.run(tmp_path, listeners=()).history
    assert history["nominal_pressure"][-1] == pytest.approx(1e-3, rel=1e-12)
    assert np.nanmax(np.abs(history["force_balance_error"])) < 1e-6


def test_a_face_may_be_a_hundred_thousand_times_stiffer(tmp_path: Path, record: Record) -> None:
    # a body that is stiffer by far is rigid: how much stiffer makes no difference
    stiff, stiffer = (press_on_a_wave(tmp_path / f"{ratio:g}", ratio) for ratio in (1e4, 1e5))
    closures = [results.history["closure"][-1] for results in (stiff, stiffer)]
    change = abs(closures[1] / closures[0] - 1.0)
    record("1e5 for 1e4 times stiffer than lithium: closure", change, 1e-3, "both are rigid")
    assert np.nanmax(np.abs(stiffer.history["force_balance_error"])) < 1e-6
