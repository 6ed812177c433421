# SPDX-License-Identifier: MIT
"""The impedance spectrum of a run: what it holds, says and draws, and how it is asked for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import plots, surfaces
from interfacefem.cli.main import main
from interfacefem.errors import EnvironmentProblem, MaterialError, ResultsError
from interfacefem.materials import Dielectric, get
from interfacefem.materials.dielectric import VACUUM
from interfacefem.post import Arc, RelaxationTimes, Spectrum, relaxation_times
from interfacefem.post.spectrum import CONSTRICTION

#: covers the arcs of the run below: no gap of it is wider than 100 nm
FREQUENCIES = np.logspace(1, 11, 41)
GRAINS = Dielectric(relative_permittivity=20.0, grain_boundary_share=0.25)


def case(name: str, **parts: object) -> ifem.Case:
    """Rough lithium on a rough electrolyte: two steps, some hundred dofs."""
    rough = surfaces.self_affine(
        "4 um", hurst=0.8, rms_height="30 nm", long_cutoff="4 um", short_cutoff="2 um", seed=3
    )
    joint = ifem.Interface(charge_transfer=ifem.ChargeTransfer("5 mA/cm^2", law="linear"))
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=rough),
        joint,
        ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
    )
    protocol = ifem.Protocol(ifem.Press(to="1 MPa"), ifem.Release(to="0.5 MPa"))
    settings = {"protocol": protocol} | parts
    return ifem.Case(
        name, stack, mesh=ifem.MeshSize("0.25 um"), current=ifem.CurrentLoad("0.5 mA/cm^2"),
        **settings,
    )  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ifem.Results]:
    folder = tmp_path_factory.mktemp("spectrum") / "run"
    with case("pressed").run(folder, listeners=()) as results:
        yield results


@pytest.fixture(scope="module")
def found(run: ifem.Results) -> Spectrum:
    return run.spectrum("press", FREQUENCIES, layers={"electrolyte": GRAINS})


def test_spectrum_of_each_step_begins_at_its_direct_resistance(run: ifem.Results) -> None:
    for step in ("press", "release", None):
        spectrum, current = run.spectrum(step, [1e-2, 1e3]), run.current(step)
        assert spectrum.step == current.step
        assert spectrum.nominal_pressure == pytest.approx(current.nominal_pressure)
        assert spectrum.direct == pytest.approx(current.asr_total, rel=1e-9)
        assert spectrum.impedance[0].real == pytest.approx(current.asr_total, rel=1e-6)
        assert spectrum.bulk == pytest.approx(sum(current.asr_layers.values()), rel=1e-9)
        assert spectrum.balance_error.max() < 1e-10
        # what is neither layers nor charge transfer is at most all the heat of squeezing
        left = {arc.name: arc.resistance for arc in spectrum.arcs}
        assert 0.0 < left["constriction"] < current.asr_constriction
        assert left["charge transfer"] > sum(current.asr_interfaces.values())
    assert len(run.spectrum()) == 40


def test_arcs_add_up_and_relax_where_their_parts_do(found: Spectrum) -> None:
    arcs = {arc.name: arc for arc in found.arcs}
    assert list(arcs) == [
        "electrolyte: grains", "electrolyte: grain boundaries", "constriction", "charge transfer",
    ]  # fmt: skip
    assert sum(arc.resistance for arc in found.arcs) == pytest.approx(found.direct, rel=1e-6)
    grains, boundaries = arcs["electrolyte: grains"], arcs["electrolyte: grain boundaries"]
    assert boundaries.resistance == pytest.approx(grains.resistance / 3.0, rel=1e-12)
    assert found.bulk == pytest.approx(grains.resistance, rel=1e-6)
    # 4 um of the relative permittivity of the grains, 100 F/cm for 1 F/um of the vacuum
    of_layer = 20.0 * VACUUM / 4.0 * 1e2
    assert grains.capacitance == pytest.approx(of_layer, rel=0.02)
    # the double layer of the spots
    transfer = arcs["charge transfer"]
    area = transfer.capacitance / 1e-6
    assert 0.02 < area < 1.0
    total = found.layers + found.constriction + found.charge_transfer
    np.testing.assert_allclose(total, found.impedance, rtol=1e-12)


def test_what_was_used_and_left_out_is_said(run: ifem.Results, found: Spectrum) -> None:
    bare = run.spectrum("press", [1e3])
    assert [note.split(" ")[:3] for note in bare.notes] == [
        ["no", "relative", "permittivity"], ["no", "share", "of"], ["the", "capacitance", "of"],
    ]  # fmt: skip
    value = bare.values["electrolyte|anode, double layer"]
    assert value.unit == "uF/cm^2"
    assert [value.low, value.value, value.high] == pytest.approx([0.1, 1.0, 10.0], rel=1e-12)
    assert (value.estimate, value.confidence) == (True, "L")
    assert "10.1002" in value.source
    assert "anode" not in bare.notes[0]
    assert found.values["electrolyte, relative permittivity"].source == "user"
    assert found.values["electrolyte, grain boundary permittivity"].estimate
    given = run.spectrum("press", [1e3], double_layer="3 uF/cm^2")
    named = run.spectrum("press", [1e3], double_layer={"electrolyte|anode": 3e-8})
    assert given.values["electrolyte|anode, double layer"].source == "user"
    np.testing.assert_allclose(given.impedance, named.impedance, rtol=1e-12)
    assert not np.allclose(given.impedance, bare.impedance)
    assert (len(given.notes), len(run.spectrum("press", [1e3], double_layer={}).notes)) == (2, 3)


def test_capacitances_of_a_material_are_used() -> None:
    # without a run: the records of a material are what a layer gets
    material = get("Li6PS5Cl", relative_permittivity=20.0, grain_boundary_share=0.25)
    assert Dielectric.of(material) == GRAINS
    assert Dielectric.of(get("Li")) == Dielectric()
    with pytest.raises(MaterialError, match="grain_boundary_share: 1 is out of range"):
        Dielectric(grain_boundary_share=1.0)
    with pytest.raises(MaterialError, match="relative_permittivity"):
        get("Li6PS5Cl", relative_permittivity=0.0)


def test_admittivity_of_grains_and_boundaries() -> None:
    item = replace_permittivity(GRAINS, 500.0)
    frequency = np.array([0.0, 1e3, 1e6, 1e9, 1e15])
    found = item.admittivity(0.2, frequency)
    assert found[0] == 0.2
    omega = 2.0 * np.pi * frequency
    exact = 1.0 / (
        1.0 / (0.2 / 0.75 + 1j * omega * VACUUM * 20.0)
        + 1.0 / (0.2 / 0.25 + 1j * omega * VACUUM * 500.0)
    )
    np.testing.assert_allclose(found, exact, rtol=1e-13)
    assert Dielectric().admittivity(0.2, frequency).tolist() == [0.2] * 5
    assert Dielectric().relaxation(0.2) == (np.inf, np.inf)


def replace_permittivity(item: Dielectric, boundaries: float) -> Dielectric:
    return Dielectric(
        relative_permittivity=item.relative_permittivity,
        grain_boundary_share=item.grain_boundary_share,
        grain_boundary_permittivity=boundaries,
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": "pres"}, r"no step 'pres'; did you mean \"press\""),
        ({"frequencies": [0.0, 1.0]}, "give one or more above zero in Hz"),
        ({"frequencies": []}, "give one or more"),
        ({"frequencies": [[1.0]]}, "give one or more"),
        ({"frequencies": [np.nan]}, "give one or more"),
        ({"double_layer": "-1 uF/cm^2"}, "is no capacitance; write for example"),
        ({"double_layer": {"anode|electrolyte": "1 uF/cm^2"}}, "no interface 'anode|electrolyte'"),
        ({"double_layer": "1 ohm"}, "is not a capacitance per area"),
        ({"layers": {"anodes": GRAINS}}, "no layer 'anodes'"),
    ],
)
def test_mistakes_are_named(run: ifem.Results, options: dict[str, object], message: str) -> None:
    with pytest.raises(
        ifem.InterfaceFEMError, match=message.replace("|electrolyte'", ".electrolyte'")
    ):
        run.spectrum(**options)  # type: ignore[arg-type]


def test_run_without_its_states(run: ifem.Results, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(run.folder, copy)
    (copy / "states" / "000.h5").unlink()
    with ifem.Results.open(copy) as results:
        with pytest.raises(ResultsError, match=r"no state at the end of the step 'press'.*release"):
            results.spectrum("press")
        assert results.spectrum("release", [1.0]).step == "release"


def test_run_that_began_from_another(run: ifem.Results, tmp_path: Path) -> None:
    protocol = ifem.Protocol(ifem.Release(to="0.5 MPa"))
    branch = case("branch", protocol=protocol, start=(run.folder, "press"))
    with branch.run(tmp_path / "branch", listeners=()) as results:
        for mine, other in (("start", "press"), ("release", "release")):
            one, two = results.spectrum(mine, FREQUENCIES), run.spectrum(other, FREQUENCIES)
            np.testing.assert_allclose(one.impedance, two.impedance, rtol=1e-6)


def test_spectrum_shows_itself(found: Spectrum, tmp_path: Path) -> None:
    assert repr(found).startswith(
        "<Spectrum pressed, step 'press' at 1 MPa: 41 frequencies from 10"
    )
    html = found._repr_html_()
    assert html.count("<tr>") == 5
    assert "constriction" in html
    text = found.to_text()
    assert "note: the capacitance of the grain boundaries is an estimate" in text
    assert "electrolyte: grain boundaries" in text
    table = found.to_dataframe()
    assert table.shape == (41, 10)
    np.testing.assert_array_equal(table["impedance, real [ohm cm^2]"], found.impedance.real)
    rows = found.to_csv(tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith('frequency [Hz],"impedance, real [ohm cm^2]"')
    assert len(rows) == 42
    open_circuit = replace(found, direct=np.inf, direct_without_transfer=np.inf)
    assert [arc.name for arc in open_circuit.arcs] == [arc.name for arc in found.layer_arcs[:2]]
    assert np.isnan(Arc("x", 1.0, float("nan")).capacitance)


def test_figures(found: Spectrum, run: ifem.Results, tmp_path: Path) -> None:
    other = run.spectrum("release", FREQUENCIES)
    fig = plots.nyquist(found, figsize=(5.0, 4.0), title="mine")
    (axes,) = fig.axes
    assert tuple(fig.get_size_inches()) == (5.0, 4.0)
    assert axes.get_title(loc="left") == "mine"
    line = axes.lines[0]
    np.testing.assert_array_equal(line.get_ydata(), -found.impedance.imag)
    widths = [part.get_xdata() for part in axes.lines if part.get_linewidth() == 6.0]
    assert widths[0][0] == 0.0
    assert widths[-1][1] == pytest.approx(found.direct, rel=5e-3)
    assert any("charge transfer" in text.get_text() for text in fig.legends[0].get_texts())
    assert {text.get_text().split(" ")[1] for text in axes.texts} <= {"Hz", "kHz", "MHz", "GHz"}
    both = plots.bode([found, other])
    upper, lower = both.axes
    assert len(upper.lines) == len(lower.lines) == 2
    np.testing.assert_allclose(
        lower.lines[0].get_ydata(), -np.degrees(np.angle(found.impedance)), rtol=1e-12
    )
    assert plots.nyquist([found, other], ax=axes) is fig
    marked = plots.bode(found)
    wide = [arc.name for arc in found.arcs if arc.resistance > 0.005 * found.direct]
    assert [line.get_label() for line in marked.axes[1].lines][1:] == wide
    assert plots.save(both, tmp_path / "both.svg").stat().st_size > 10_000
    with pytest.raises(ResultsError, match="no spectrum to draw"):
        plots.nyquist([])


def test_verb(run: ifem.Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["spectrum", str(run.folder), "--step", "press", "--from", "10", "--to", "1 MHz"]
    words += ["--points", "6", "--double-layer", "2 uF/cm^2", "-o", str(tmp_path / "new")]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "6 frequencies from 10 to 1e+06 Hz" in said
    assert "double layer: 2 uF/cm^2 [M] user" in said
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == ["spectrum_press.csv", "spectrum_press_bode.png", "spectrum_press_nyquist.png"]
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    assert main([*words[:-1], str(file / "x"), "--no-figures"]) == 2
    assert "cannot be written" in capsys.readouterr().err
    for wrong in (["--from", "0"], ["--to", "1 s"], ["--points", "0"], ["--double-layer", "x"]):
        with pytest.raises(SystemExit):
            main(["spectrum", str(run.folder), *wrong])


def test_relaxation_times_of_two_arcs() -> None:
    frequency = np.logspace(-2, 7, 46)
    omega = 2j * np.pi * frequency
    impedance = 3.0 + 10.0 / (1.0 + omega * 1e-4) + 5.0 / (1.0 + omega * 0.1)
    times = relaxation_times(frequency, impedance)
    assert isinstance(times, RelaxationTimes)
    assert times.residual < 2e-3
    assert times.resistance == pytest.approx(3.0, rel=2e-3)
    assert times.total == pytest.approx(18.0, rel=2e-3)
    step = np.log(times.time[1] / times.time[0])
    slow = times.time > 3e-3
    assert step * times.density[slow].sum() == pytest.approx(5.0, rel=0.01)
    # a decade has ten points
    np.testing.assert_allclose(times.peaks, [1e-4, 0.1], rtol=0.3)
    blocked = relaxation_times(frequency, impedance + 2.0 / omega)
    assert blocked.elastance == pytest.approx(2.0, rel=1e-3)
    assert blocked.total == np.inf
    # what an inductor does no such distribution can
    assert relaxation_times(frequency, impedance + omega * 1e-6).residual > 0.1
    smoother = relaxation_times(frequency, impedance, regularisation=1.0)
    assert smoother.density.max() < times.density.max()
    with pytest.raises(ResultsError, match="give three or more of both"):
        relaxation_times(frequency[:2], impedance[:2])
    with pytest.raises(ResultsError, match="give zero or more"):
        relaxation_times(frequency, impedance, regularisation=-1.0)


@pytest.mark.parametrize("tau", [1e-3, 1.3e-3, 1.6e-3, 2e-3])
def test_the_centre_of_an_arc_is_its_time(tau: float) -> None:
    # the impedance of a resistor beside a capacitor; the time lies between points of the grid
    frequency = np.logspace(0, 6, 61)
    times = relaxation_times(frequency, 10.0 + 100.0 / (1.0 + 2j * np.pi * frequency * tau))
    centre = np.average(np.log(times.time), weights=times.density)
    assert np.exp(centre) == pytest.approx(tau, rel=0.01)


def test_relaxation_times_of_a_run(found: Spectrum) -> None:
    times = found.relaxation_times()
    assert times.residual < 5e-3
    assert times.total == pytest.approx(found.direct, rel=5e-3)


def test_circuit_without_its_package(found: Spectrum, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("impedance", "impedance.models", "impedance.models.circuits"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(EnvironmentProblem, match=r"pip install 'interfacefem\[impedance\]'"):
        found.fit()


def test_circuit_of_a_run(found: Spectrum) -> None:
    pytest.importorskip("impedance", reason="impedance.py is not installed")
    circuit = found.fit()
    assert circuit.circuit == "R0-p(R1,C1)-p(R2,C2)-p(R3,C3)-p(R4,C4)"
    assert circuit.residual < 0.02
    values = dict(zip(circuit.names, circuit.values, strict=True))
    total = sum(value for name, value in values.items() if name.startswith("R"))
    assert total == pytest.approx(found.direct, rel=0.01)
    arcs = {arc.name: arc for arc in found.arcs}
    assert circuit.arcs["R3"] == circuit.arcs["C3"] == CONSTRICTION
    assert values["R4"] == pytest.approx(arcs[circuit.arcs["R4"]].resistance, rel=0.1)
    assert re.search(r"R3 +\S+ +\S+ +ohm cm\^2 +constriction", repr(circuit))
    assert circuit._repr_html_().count("<tr>") == 1 + len(circuit.names)
    own = found.fit("R0-p(R1,CPE1)", [1.0, found.direct, 1e-6, 0.9])
    assert own.arcs == {}
    assert "CPE1_0" in repr(own)
    with pytest.raises(ResultsError, match="no values to begin with"):
        found.fit("R0-p(R1,C1)")
    with pytest.raises(ResultsError, match="cannot be fitted"):
        found.fit("R0-p(R1,C1)", [1.0])
    with pytest.raises(ResultsError, match="no arcs to begin with"):
        replace(found, direct=np.inf).fit()
