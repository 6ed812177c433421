"""The law of an interface from runs: what it keeps of them, and runs it has not seen."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.errors import ResultsError
from interfacefem.pellet import InterfaceLaw, Pellet
from interfacefem.results import Results

PAIR = "electrolyte|cathode"


def run(folder: Path, name: str, *steps: object, height: str = "50 nm") -> Results:
    """Two dense ceramics, one of them with a wave: one contact, which grows smoothly."""
    face = surfaces.sinusoid("12 um", amplitude=height, wavelength="12 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "6 um", top=face),
        ifem.Interface(),
        ifem.Layer("cathode", "Li3InCl6", "6 um"),
    )
    fine = ifem.Numerics(release=0.75, growth=1.4)  # the law is a table of increments
    mesh = ifem.MeshSize("0.1 um")  # contact grows by whole nodes
    return ifem.Case(name, stack, ifem.Protocol(*steps), mesh=mesh, numerics=fine).run(
        folder / name
    )


@pytest.fixture(scope="module")
def stairs(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("law")
    return run(folder, "stairs", *ifem.ladder("20 MPa", "60 MPa", "180 MPa", release="2 MPa"))


def last(results: Results, step: str) -> tuple[float, float]:
    """Return mean gap [um] and resistance of the interface [ohm cm^2] at the end of a step."""
    history = results.history
    row = np.flatnonzero(history["step"] == step)[-1]
    joint = history.of("asr", PAIR)[row] + history["asr_constriction"][row]
    return float(history.of("gap_volume", PAIR)[row]), float(joint)


@pytest.mark.slow
def test_the_law_keeps_what_the_run_has(stairs: Results) -> None:
    law = InterfaceLaw.from_runs(stairs)
    assert [round(branch.peak) for branch in law.unloading] == [20, 60, 180]
    presses = [name for name in stairs.steps if "release" not in name]
    releases = [name for name in stairs.steps if name not in presses]
    for peak, press, release in zip((20.0, 60.0, 180.0), presses, releases, strict=True):
        full, low = np.array([peak]), np.array([2.0])
        gap, joint = last(stairs, press)
        assert law.resistances(full, full)[0] == pytest.approx(joint, rel=1e-6)
        opened, joint = last(stairs, release)
        assert law.resistances(low, full)[0] == pytest.approx(joint, rel=1e-6)
        closing = law.closings(full, full)[0] - law.closings(low, full)[0]
        assert closing[0] == pytest.approx(opened - gap, rel=1e-6)


@pytest.mark.slow
def test_runs_with_peaks_between_are_met_within_five_per_cent(
    stairs: Results, tmp_path: Path
) -> None:
    law = InterfaceLaw.from_runs(stairs)
    for peak, low in ((35.0, 5.0), (110.0, 8.0)):
        direct = run(
            tmp_path, f"to_{peak:g}", ifem.Press(to=f"{peak} MPa", name="up"),
            ifem.Release(to=f"{low} MPa", name="down"),
        )  # fmt: skip
        top, bottom = np.array([peak]), np.array([low])
        gap, joint = last(direct, "up")
        assert law.resistances(top, top)[0] == pytest.approx(joint, rel=0.05)
        opened, joint = last(direct, "down")
        assert law.resistances(bottom, top)[0] == pytest.approx(joint, rel=0.05)
        closing = law.closings(top, top)[0] - law.closings(bottom, top)[0]
        assert closing[0] == pytest.approx(opened - gap, rel=0.05)


@pytest.mark.slow
def test_a_pellet_of_runs_is_worse_where_it_is_uneven(stairs: Results, tmp_path: Path) -> None:
    steps = ifem.ladder("20 MPa", "60 MPa", "180 MPa", release="2 MPa")
    other = run(tmp_path, "other", *steps, height="70 nm")
    law = InterfaceLaw.from_runs([stairs, other])
    assert len(law.members) == 2
    ends = [member.resistances(np.array([60.0]), np.array([60.0]))[0] for member in law.members]
    mean = law.resistances(np.array([60.0]), np.array([60.0]))[0]
    assert mean == pytest.approx(2.0 / sum(1.0 / end for end in ends), rel=0.02)
    die, force = "10 mm", 60.0 * math.pi * 5000.0**2
    words = {"punch": "steel", "seat": "guided", "liner": "0.1 um/MPa"}
    flat, _ = Pellet(die, law, **words).press(force, then=force / 12.0)
    tilted, released = Pellet(die, law, wedge="5 um", **words).press(force, then=force / 12.0)
    assert tilted.variation > flat.variation
    assert released.area_resistance > tilted.area_resistance
    assert tilted.pressure @ tilted.areas == pytest.approx(force, rel=1e-9)


def test_three_layers_share_a_constriction(tmp_path: Path) -> None:
    stack = ifem.Stack(
        ifem.Layer("a", "Li6PS5Cl", "2 um"), ifem.Interface(),
        ifem.Layer("b", "Li3InCl6", "2 um"), ifem.Interface(), ifem.Layer("c", "Li6PS5Cl", "2 um"),
        width="4 um",
    )  # fmt: skip
    case = ifem.Case("three", stack, ifem.Protocol(ifem.Press(to="2 MPa")))
    with pytest.raises(ResultsError, match="2 interfaces, which share one constriction"):
        InterfaceLaw.from_runs(case.run(tmp_path / "three"))
