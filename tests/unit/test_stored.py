# SPDX-License-Identifier: MIT
"""Quantities of one's own: functions of the present state that are stored, drawn and exported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import materials, plots, registry, results, surfaces
from interfacefem.cli import main
from interfacefem.drive.run import resume, run_case
from interfacefem.errors import CaseError, ExtensionError, InterfaceFEMError, ResultsError
from interfacefem.results import (
    InterfaceNow,
    LayerNow,
    Results,
    StackNow,
    export_vtu,
    schema,
    trial,
)
from interfacefem.results.example import example_run

PAIR = "electrolyte|anode"
RATE = "plastic_strain_rate"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    before = set(schema.ADDED)
    yield
    for name in set(schema.ADDED) - before:
        schema.unregister(name)


def case(*, fields: str = "increments", duration: str | None = "1 s") -> ifem.Case:
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    lithium = materials.get("Li", law="anand")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
        ifem.Layer("anode", lithium, "4 um"),
    )
    press = ifem.Press(to="2 MPa", duration=duration)
    output = ifem.Output(layer_fields=fields)  # type: ignore[arg-type]
    return ifem.Case("small", stack, ifem.Protocol(press), current=None, output=output)


def add_all() -> None:
    """One quantity of each place."""

    @results.stored(RATE, unit="1/s", place="cells", label="rate of the plastic strain")
    def rate(layer: LayerNow) -> Any:
        return (layer.plastic_strain - layer.before.plastic_strain) / layer.duration

    @results.stored("velocity", unit="um/s", place="nodes", shape="vector")
    def velocity(layer: LayerNow) -> Any:
        return (layer.displacement - layer.before.displacement) / layer.duration

    @results.stored("closing_rate", unit="um/s", place="interface:nodes")
    def closing(face: InterfaceNow) -> Any:
        return (face.before.gap - face.gap) / face.duration

    @results.stored("force_shift", unit="MPa", place="interface")
    def shift(face: InterfaceNow) -> Any:
        mean = face.contact_pressure @ face.weights / face.weights.sum()
        earlier = face.before.contact_pressure @ face.before.weights / face.before.weights.sum()
        return mean - earlier

    @results.stored("largest_state", unit="-", place="stack")
    def largest(stack: StackNow) -> Any:
        return max(layer.state[:, :, 0].max() for layer in stack.layers.values())


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A press of 1 s, its functions forgotten again: who reads a run does not need them."""
    add_all()
    folder = tmp_path_factory.mktemp("stored") / "run"
    run_case(case(), folder).close()
    for name in list(schema.ADDED):
        schema.unregister(name)
    return folder


def moments(run: Results) -> list[tuple[str, int]]:
    return [run.when(row) for row in range(len(run))]


def test_values_are_those_of_the_increments_that_were_stored(run: Path) -> None:
    with Results.open(run) as found:
        time = found.history["time"]
        assert len(time) > 5
        strains, moved, gaps = [], [], []
        for when in moments(found):
            layer, face = found.layer("anode").at(*when), found.interface(PAIR).at(*when)
            strains.append(layer.plastic_strain.values)
            moved.append(layer.displacement.values)
            gaps.append(face.gap.values)
        mean = found.history.of("mean_pressure", PAIR)
        for row, when in list(enumerate(moments(found)))[1:]:
            layer, face = found.layer("anode").at(*when), found.interface(PAIR).at(*when)
            duration = time[row] - time[row - 1]
            rate = layer.field(RATE)
            assert (rate.unit, rate.location) == ("1/s", "cell")
            assert rate.label == "rate of the plastic strain [1/s]"
            np.testing.assert_allclose(
                rate.values * duration, strains[row] - strains[row - 1], atol=1e-15
            )
            velocity = layer.field("velocity").values
            np.testing.assert_allclose(velocity * duration, moved[row] - moved[row - 1], atol=1e-15)
            closing = face.field("closing_rate").values
            np.testing.assert_allclose(closing * duration, gaps[row - 1] - gaps[row], atol=1e-15)
            shift = found.history.of("force_shift", PAIR)[row]
            assert shift == pytest.approx(mean[row] - mean[row - 1], abs=1e-12)
        assert strains[-1].max() > 0.0
        # the first increment is compared with the state as the run began, which had not flowed
        first = found.layer("anode").at(*moments(found)[0])
        np.testing.assert_allclose(first.field(RATE).values * time[0], strains[0], atol=1e-15)
        # the largest of all points is at least the largest mean of a cell
        assert found.history["largest_state"][-1] >= strains[-1].max()
        assert found.history.label("largest_state") == "largest state [-]"


def test_they_are_drawn_and_exported(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "rate.png"
    assert main(["plot", str(run), "field", "--field", RATE, "-o", str(target)]) == 0
    assert target.is_file()
    with Results.open(run) as found:
        state = found.layer("anode").at()
        assert plots.values.shown(state, RATE).label == "Rate of the plastic strain [1/s]"
        assert plots.values.shown(state, "velocity.y").label == "Velocity y [um/s]"
        figure: Any = plots.draw(found, "field", field="closing_rate")
        labels = [axes.get_ylabel() for axes in figure.get_axes()]
        assert "Closing rate [um/s]" in labels
        with pytest.raises(ResultsError, match=rf'did you mean "{RATE}"\? there is: contact_pres'):
            plots.draw(found, "field", field="plastic_strain_rat")
        export_vtu(found, tmp_path / "vtu")
    text = next((tmp_path / "vtu").glob("layers_*.vtu")).read_text(encoding="latin-1")
    assert f'Name="{RATE} [1/s]"' in text
    assert 'Name="velocity [um/s]"' in text
    text = next((tmp_path / "vtu").glob("interface_*.vtu")).read_text(encoding="latin-1")
    assert 'Name="closing_rate [um/s]"' in text


def test_they_are_in_the_tables_of_xarray(run: Path) -> None:
    pytest.importorskip("xarray")
    with Results.open(run) as found:
        tree = found.to_xarray()
        count = len(found)
        last = found.layer("anode").at().field(RATE).values
        mesh = found.mesh
    rate = tree["layers/anode"][RATE]
    assert rate.dims == ("row", "cell")
    assert rate.attrs == {"units": "1/s", "long_name": "rate of the plastic strain"}
    np.testing.assert_array_equal(rate.values[-1], last)
    assert tree["layers/anode"]["velocity"].dims == ("row", "node", "axis")
    assert tree["layers/anode"]["stress"].sel(component="xy").shape == (count, len(last))
    assert tree[f"interfaces/{PAIR}"]["closing_rate"].sizes["row"] == count
    history = tree["history"]
    assert history["force_shift"].dims == ("row", "interface")
    assert history["force_shift"].sel(interface=PAIR).attrs["units"] == "MPa"
    assert history["largest_state"].dims == ("row",)
    assert tree["layers/anode"]["cells"].shape == (len(last), 2**mesh.dimension)


def test_the_history_is_a_table_of_pandas(run: Path) -> None:
    pytest.importorskip("pandas")
    with Results.open(run) as found:
        table = found.history.to_dataframe()
        assert list(table["nominal_pressure [MPa]"]) == found.history["nominal_pressure"].tolist()
        assert f"force_shift[{PAIR}] [MPa]" in table.columns
        assert len(table) == len(found)


def test_tables_say_what_is_missing(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with (
        Results.open(run) as found,
        pytest.raises(ifem.EnvironmentProblem, match=r"pip install 'interfacefem\[tables\]'"),
    ):
        found.to_xarray()


class Stop:
    """Presses Ctrl-C after some increments."""

    def on_increment(self, snapshot: Any) -> None:
        if snapshot.increment == 3:
            raise KeyboardInterrupt


def test_a_continued_run_stores_the_same(run: Path, tmp_path: Path) -> None:
    add_all()
    folder = tmp_path / "run"
    run_case(case(), folder, listeners=[Stop()]).close()
    resume(folder, listeners=()).close()
    with Results.open(run) as whole, Results.open(folder) as found:
        assert moments(found) == moments(whole)
        for name in ("largest_state", f"force_shift[{PAIR}]"):
            np.testing.assert_array_equal(found.history[name], whole.history[name])
        for when in moments(whole):
            for name in (RATE, "velocity"):
                one = found.layer("anode").at(*when).field(name).values
                np.testing.assert_array_equal(
                    one, whole.layer("anode").at(*when).field(name).values
                )
            one = found.interface(PAIR).at(*when).field("closing_rate").values
            two = whole.interface(PAIR).at(*when).field("closing_rate").values
            np.testing.assert_array_equal(one, two)


def test_a_run_is_not_continued_without_its_functions(tmp_path: Path) -> None:
    add_all()
    folder = tmp_path / "run"
    run_case(case(), folder, listeners=[Stop()]).close()
    schema.unregister(RATE)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ResultsError, match=rf"stores '{RATE}' by a function of .*test_stored\.py"):
        resume(folder, listeners=())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_function_that_fails_later_stops_the_run_which_can_go_on(tmp_path: Path) -> None:
    broken = [True]

    @results.stored("brittle", unit="-", place="stack")
    def brittle(stack: StackNow) -> float:
        if broken[0] and stack.increment == 2 and stack.step == "press" and stack.pressure < 5.0:
            raise RuntimeError("lost the thread")
        return 1.0

    folder = tmp_path / "run"
    with pytest.raises(
        ResultsError, match=r"'brittle': .*test_stored\.py, line \d+: RuntimeError: lost the thread"
    ):
        run_case(case(), folder)
    with Results.open(folder) as found:
        assert found.status.startswith("stopped: stored quantity 'brittle'")
        assert len(found) == 2
    broken[0] = False
    resume(folder, listeners=()).close()
    with Results.open(folder) as found:
        assert found.status == "complete"
        assert (found.history["brittle"] == 1.0).all()


def test_what_is_not_in_the_die_is_unknown_and_not_finite_as_well(tmp_path: Path) -> None:
    @results.stored("odd", unit="-", place="cells")
    def odd(layer: LayerNow) -> Any:
        assert layer.present
        values = np.ones(len(layer.cells))
        values[0] = np.inf
        return values

    press = ifem.Press(to="1 MPa")
    low = ifem.Stage("electrolyte", [press, ifem.Release(to="0.1 MPa", name="first")])
    high = ifem.Stage("anode", [ifem.Press(to="1 MPa", name="second")])
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    layers = (
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
        ifem.Layer("anode", "Li", "4 um"),
    )
    staged = ifem.Case("staged", ifem.Stack(*layers), ifem.Protocol(low, high), current=None)
    folder = tmp_path / "run"
    run_case(staged, folder).close()
    with Results.open(folder) as found:
        absent = found.layer("anode").at("first").field("odd").values
        there = found.layer("anode").at("second").field("odd").values
    assert np.isnan(absent).all()
    assert np.isnan(there[0])
    assert (there[1:] == 1.0).all()


# --- what check says -----------------------------------------------------------------------------


def said(**options: Any) -> str:
    """What check says about a function of the cells, by default a good one."""
    function = options.pop("function", lambda layer: np.ones(len(layer.cells)))
    given: dict[str, Any] = {"unit": "1/s", "place": "cells"} | options
    results.stored("mine", **given)(function)
    report = case().check()
    if report.ok:
        return ""
    (mistake,) = report.mistakes
    assert mistake.place == "stored quantity 'mine'"
    with pytest.raises(CaseError, match="stored quantity 'mine'"):
        case().require()
    return f"{mistake.problem}; {mistake.remedy}"


@pytest.mark.parametrize(
    "unit", ["1/s", "-", "MPa", "um^2/s", "MPa*um^0.5", "mA/cm^2", "ohm cm^2", "W/m^2", "J/m^3"]
)
def test_units_are_good(unit: str) -> None:
    assert said(unit=unit) == ""


@pytest.mark.parametrize(
    "unit",
    [
        "1/sec ond",
        "furlongs per",
        "",
        "9**9**9",
        "m^9999999",
        "gizmo",
        "1/s\x1b[2J",
        "MPa)",
        "3 um",
    ],
)
def test_a_wrong_unit_is_refused(unit: str) -> None:
    if not unit:
        with pytest.raises(ResultsError, match="has no unit; write '-' for none"):
            said(unit=unit)
        return
    text = said(unit=unit)
    assert text.startswith(f"{unit!r} is no unit, in ")
    assert 'write for example "1/s"' in text


def raising(layer: LayerNow) -> Any:
    return layer.plastic_strian  # type: ignore[attr-defined]


def writing(layer: LayerNow) -> Any:
    layer.plastic_strain[:] = 0.0
    return layer.plastic_strain


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"function": raising}, r"test_stored\.py, line \d+: AttributeError: .*plastic_strian"),
        ({"function": writing}, "read-only"),
        ({"function": lambda layer: layer.displacement}, r"shape \(8, 2\) for layer 'electrolyte' "
         r"with 3 cells and 8 nodes; return an array of the shape \(3,\)"),
        ({"function": lambda layer: 1.0}, r"shape \(\) for layer"),
        ({"function": lambda layer: layer.plastic_strain, "place": "nodes"}, r"the shape \(8,\)"),
        ({"function": lambda layer: None}, "returned nothing"),
        ({"function": lambda layer: "x"}, "returned a str, no real numbers"),
        ({"function": lambda layer: [1.0, [2.0]]}, "returned a list, no real numbers"),
        ({"function": lambda layer: 1j * layer.plastic_strain}, "no real numbers"),
        ({"function": lambda layer: layer.stress[:, :2], "shape": "tensor"}, r"shape \(3, 4\)"),
        ({"function": lambda face: face.gap[1:], "place": "interface:nodes"},
         rf"interface '{re.escape(PAIR)}'"),
        ({"function": lambda face: face.gap, "place": "interface"}, "return one number"),
        ({"function": lambda stack: stack.layers["lid"], "place": "stack"}, "KeyError: 'lid'"),
        ({"function": lambda: 1.0, "place": "stack"}, "TypeError"),
        ({"function": lambda face: face.before.before.gap, "place": "interface:nodes"},
         "only the increment before is kept"),
        ({"function": lambda layer: layer.plastic_strain / 0 if layer.duration else layer.cells[7],
          }, "IndexError"),
    ],
)  # fmt: skip
def test_a_broken_function_is_refused(options: dict[str, Any], expected: str) -> None:
    assert re.search(expected, said(**options))


def test_good_functions_pass_in_2d_and_3d() -> None:
    add_all()
    pairs = [(layer.name, layer.material) for layer in case().stack.layers]
    assert trial.mistakes(pairs, dimension=2) == []
    assert trial.mistakes(pairs, dimension=3) == []
    assert case().check().ok


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"place": "cell"}, '"cells"'),
        ({"place": "mesh"}, "no place"),
        ({"shape": "matrix"}, "no shape"),
        ({"place": "stack", "shape": "vector"}, "one number is stored"),
        ({"name": "gap"}, "is stored already"),
        ({"name": "a/b"}, "without '/'"),
        ({"name": "a.b"}, "a dot"),
        ({"name": "\x1b"}, "cannot be shown"),
    ],
)
def test_what_cannot_be_registered(options: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"name": "mine", "unit": "-", "place": "cells"} | options
    with pytest.raises(InterfaceFEMError, match=message):
        results.stored(given.pop("name"), **given)(lambda layer: None)


# --- the example ---------------------------------------------------------------------------------


def test_the_example_is_checked_run_and_drawn(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = repository / "cases" / "extend" / "stored_rate.py"
    given = case(fields="steps")
    given.save(tmp_path / "small.toml")
    words = [str(tmp_path / "small.toml"), "--with", str(file)]
    assert main(["check", *words]) == 0
    assert main(["run", *words, "-o", str(tmp_path / "run")]) == 0
    target = tmp_path / "rate.png"
    assert main(["plot", str(tmp_path / "run"), "field", "--field", RATE, "-o", str(target)]) == 0
    assert target.is_file()
    with Results.open(tmp_path / "run") as found:
        state = found.layer("anode").at("press")
        assert (state.field(RATE).values > 0.0).any()
        assert (found.layer("electrolyte").at("press").field(RATE).values == 0.0).all()
        assert found.provenance["stored"] == {RATE: str(file)}
    capsys.readouterr()
    # a file that is broken ends the check with two, and names its line
    broken = tmp_path / "broken.py"
    text = file.read_text(encoding="utf-8").replace("layer.before.plastic", "layer.before.elastic")
    broken.write_text(text.replace(f'"{RATE}", unit', '"other_rate", unit'), encoding="utf-8")
    assert main(["check", words[0], "--with", str(broken)]) == 2
    assert re.search(
        r"broken\.py, line \d+: AttributeError.*elastic_strain", capsys.readouterr().err
    )


def test_a_press_without_time_has_no_rate(repository: Path, tmp_path: Path) -> None:
    module = registry.load_file(repository / "cases" / "extend" / "stored_rate.py")
    results.stored(RATE, unit="1/s", place="cells")(module.plastic_strain_rate)
    data = case(fields="steps", duration=None).to_dict()
    data["layer"][1]["material"] = "Li"
    run_case(ifem.Case.from_dict(data), tmp_path / "run").close()
    with Results.open(tmp_path / "run") as found:
        assert np.isnan(found.layer("anode").at().field(RATE).values).all()


def test_two_files_do_not_share_a_name(tmp_path: Path) -> None:
    results.stored("mine", unit="-", place="stack")(lambda stack: 0.0)
    file = tmp_path / "other.py"
    file.write_text(
        "from interfacefem import results\n"
        "@results.stored('mine', unit='-', place='stack')\n"
        "def mine(stack):\n    return 1.0\n",
        encoding="utf-8",
    )
    with pytest.raises(ExtensionError, match=r"'mine' already, from .*test_stored\.py"):
        registry.load_file(file)


def test_nothing_is_kept_where_nothing_is_added(tmp_path: Path) -> None:
    folder = example_run(tmp_path / "run", nx=4, points=9, increments=1).folder
    with Results.open(folder) as found:
        assert "stored" not in found.provenance or found.provenance["stored"] == {}
