"""Rough face under lithium that creeps: the time it takes to close falls as p^-n."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import interfacefem as ifem

Record = Callable[[str, float, float, str], None]


@pytest.fixture
def study(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(repository / "cases")
    return importlib.import_module("gap_closing")


@pytest.mark.campaign
def test_time_to_close_falls_with_the_power_of_the_pressure(
    study: Any, tmp_path: Path, record: Record
) -> None:
    times = []
    for pressure, hold in ((1.0, 5000.0), (2.0, 50.0)):
        case = study.closing(pressure, small=True)
        steps = case.protocol.steps[0], ifem.Hold(hold)
        short = ifem.Case(case.name, case.stack, ifem.Protocol(*steps), current=None)
        results = short.run(tmp_path / short.name, listeners=())
        times.append(study.tenth_time(*study.held_gap(results)))
    # every creep rate goes with p^n; the elastic part and the press of 10 ms are small
    expected = 2.0**study.LITHIUM.law.stress_exponent
    error = abs(times[0] / times[1] / expected - 1.0)
    record("rough face, creep: ratio of times to close to a tenth", error, 0.1, "p^-n")


def test_voids_have_the_volume_of_their_formula(study: Any) -> None:
    assert study.void_volume(1.0, 0.0, sphere=True) == 1.0
    # twice the pressure closes as much in 2^-n of the time, with or without a middle
    factor = 2.0**study.LITHIUM.law.stress_exponent
    for sphere in (False, True):
        slow = study.void_volume(1.0, 100.0 * factor, sphere=sphere)
        assert study.void_volume(2.0, 100.0, sphere=sphere) == pytest.approx(slow, rel=1e-6)
        assert 0.0 < slow < 1.0
    assert study.void_volume(5.0, study.DAY, sphere=False) < 1e-12  # closed, not turned inside out
