"""What a run will take, and what would fit where the mesh is too large."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.drive import forecast as module
from interfacefem.drive.forecast import forecast, what_fits
from interfacefem.fem import effort


def area(edge: str | None = None, **change: object) -> ifem.Case:
    """A measured map of 256 by 256 heights under lithium; too much for one mesh."""
    rng = np.random.default_rng(0)
    waves = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256), indexing="ij"))
    spectrum = np.fft.fft2(rng.standard_normal((256, 256))) * np.exp(-((4.0 * waves) ** 2))
    heights = np.fft.ifft2(spectrum).real
    top = surfaces.from_heights(0.4 * heights / heights.std(), size="128 um", unit="um")
    for name, options in change.items():
        top = getattr(top, name)(**options)
    stack = ifem.Stack(
        ifem.Layer("separator", "Li6PS5Cl", "20 um", top=top), ifem.Layer("anode", "Li", "20 um")
    )
    protocol = ifem.Protocol(ifem.Press(to="20 MPa"), ifem.Release(to="1 MPa"))
    size = ifem.MeshSize() if edge is None else ifem.MeshSize(edge)
    return ifem.Case("map", stack, protocol, mesh=size)


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for one in (module, effort):
        monkeypatch.setattr(one, "machine_memory", lambda: 24e9)


@pytest.mark.parametrize("edge", [None, "0.3 um"])
def test_what_is_advised_passes_the_check(edge: str | None) -> None:
    report = area(edge).check()
    (mistake,) = [one for one in report.mistakes if one.place == "mesh.edge"]
    assert "nodes or more" in mistake.problem
    spans = re.findall(r'([xy])=\("0 um", "([\d.]+ um)"\)', mistake.remedy)
    part = area(edge, crop={axis: ("0 um", end) for axis, end in spans})
    assert part.check().mistakes == ()
    (wave,) = re.findall(r'filtered\(short="([\d.]+ um)"\)', mistake.remedy)
    (coarse,) = re.findall(r'mesh.edge = "([\d.]+ um)"', mistake.remedy) or [None]
    smooth = area(coarse or edge, filtered={"short": wave})
    assert smooth.check().mistakes == ()
    # and not much more than that would fit
    longer = [f"{1.1 * float(end.split()[0]):.4g} um" for _, end in spans]
    more = area(edge, crop=dict(zip("xy", [("0 um", end) for end in longer], strict=True)))
    assert [one.place for one in more.check().mistakes] in (["mesh.edge"], [])
    assert effort.memory(effort.Size(more.check().degrees_of_freedom or 10**9, 3, 10**5)) > 18e9


def test_less_memory_less_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for gigabytes in (24, 8):
        for one in (module, effort):
            monkeypatch.setattr(one, "machine_memory", lambda size=gigabytes: size * 1e9)
        found.append(float(re.findall(r"take ([\d.]+) by", what_fits(area()))[0]))
    assert found[1] < 0.7 * found[0]


def test_time_goes_with_solves_and_their_size() -> None:
    case = area()
    small, large = forecast(case, 30_000), forecast(case, 300_000)
    assert small.solves == large.solves == 220
    assert large.seconds > 10.0 * small.seconds
    assert "linear solves" in str(small)
    twice = case.replace(
        protocol=ifem.Protocol(*case.protocol, replace(case.protocol.steps[0], name="again"))
    )
    assert forecast(twice, 30_000).seconds > 1.5 * small.seconds
