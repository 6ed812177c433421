"""What a sweep varies: inputs by path, ranges, realisations, samples, and the file of the plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shared_sweep import dense, rough, wavy

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.sweep.inputs import changed, find_input
from interfacefem.sweep.ladder import ladder
from interfacefem.sweep.plan import Plan
from interfacefem.sweep.planning import key_of
from interfacefem.sweep.realisations import realisation
from interfacefem.sweep.sweep import Sweep

YIELD = "layer.anode.material.yield_stress"


def sweep(case: ifem.Case, over: dict, folder: Path, **options: object) -> Sweep:
    return Sweep(case, over, folder=folder, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "value", "column", "shown", "look"),
    [
        ("step.press.to", "3 MPa", "step.press.to [MPa]", 3.0, lambda c: c.protocol.pressures[0]),
        (YIELD, "500 kPa", f"{YIELD} [kPa]", 500.0,
         lambda c: 1e3 * c.stack.layer("anode").material.value("yield_stress").value),
        ("layer.anode.thickness", "5 um", "layer.anode.thickness [um]", 5.0,
         lambda c: c.stack.layer("anode").thickness),
        ("interface.electrolyte|anode.friction", 0.3, "interface.electrolyte|anode.friction [-]",
         0.3, lambda c: c.stack.joints[0].friction),
        ("interface.electrolyte|anode.resistance", "2 ohm*cm^2",
         "interface.electrolyte|anode.resistance [ohm*cm^2]", 2.0,
         lambda c: c.stack.joints[0].resistance / 100.0),
        ("surface.electrolyte_top.rms_slope", 0.05, "surface.electrolyte_top.rms_slope [-]", 0.05,
         lambda c: c.stack.layer("electrolyte").top.rms_slope),
        ("mesh.edge", "300 nm", "mesh.edge [nm]", 300.0, lambda c: 1e3 * c.mesh.edge),
        ("temperature", "60 degC", "temperature [degC]", 60.0, lambda c: c.temperature - 273.15),
    ],
)  # fmt: skip
def test_an_input_is_found_by_its_path(
    path: str, value: object, column: str, shown: float, look: object, tmp_path: Path
) -> None:
    made = sweep(rough(), {path: [value]}, tmp_path)
    (run,) = made.plan.runs
    assert run.inputs == {column: pytest.approx(shown)}
    case = ifem.Case.from_dict(run.data)
    assert look(case) == pytest.approx(shown)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("stp.press.to", ["3 MPa"], 'did you mean "step"'),
        ("step.pres.to", ["3 MPa"], 'did you mean "press"'),
        ("step.press.too", ["3 MPa"], 'did you mean "to"'),
        ("step.press.to", ["3 um"], "is not a pressure"),
        ("step.press.to", [], "has no values"),
        ("layer.anode.thickness", "range", "only values of materials"),
        (YIELD, "2 MPa to 1 MPa", "does not rise"),
        ("layer.anode", ["Li"], "with a value"),
    ],
)
def test_a_wrong_path_or_value_is_refused(
    path: str, values: object, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ifem.CaseError, match="sweep") as error:
        sweep(rough(), {path: values}, tmp_path)
    assert said in str(error.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ifem.CaseError) as error:
        sweep(rough(), {"a.b": [1], "step.press.to": ["1 um"]}, tmp_path, sample="grid", seeds=-1)
    assert len(error.value.mistakes) == 4


def test_nothing_varied_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ifem.CaseError, match="nothing is varied"):
        sweep(rough(), {}, tmp_path)


def test_the_range_is_that_of_the_library(tmp_path: Path) -> None:
    record = materials.get("Li").value("yield_stress")
    made = sweep(rough(), {YIELD: "range"}, tmp_path)
    seen = [run.inputs[f"{YIELD} [MPa]"] for run in made.plan.runs]
    assert seen == pytest.approx([record.low, record.value, record.high])
    # the saturation stress was fitted together with it and keeps its proportion
    parts = [ifem.Case.from_dict(run.data).stack.layer("anode").material for run in made.plan.runs]
    ratio = [m.value("saturation_stress").value / m.value("yield_stress").value for m in parts]
    assert ratio == pytest.approx([ratio[1]] * 3)


def test_a_latin_hypercube_has_one_point_in_each_part(tmp_path: Path) -> None:
    over = {YIELD: "0.5 MPa to 1 MPa", "interface.electrolyte|anode.resistance": "1 to 100"}
    over["interface.electrolyte|anode.resistance"] = "1 ohm*cm^2 to 100 ohm*cm^2"
    made = sweep(rough(), over, tmp_path, sample="lhs:10", seeds=4)
    assert len(made.plan.runs) == 10
    even = np.array([run.inputs[f"{YIELD} [MPa]"] for run in made.plan.runs])
    wide = [
        run.inputs["interface.electrolyte|anode.resistance [ohm*cm^2]"] for run in made.plan.runs
    ]
    assert sorted(np.floor((even - 0.5) / 0.05)) == list(range(10))
    assert sorted(np.floor(np.log10(wide) * 5)) == list(range(10))  # evenly in the logarithm
    assert [run.inputs["realisation"] for run in made.plan.runs] == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2]
    again = sweep(rough(), over, tmp_path, sample="lhs:10", seeds=4)
    assert again.plan.runs == made.plan.runs


def test_realisations_share_no_face() -> None:
    face = {"kind": "self_affine", "checksum": "x"}
    data = {"surface": {"a": face | {"seed": 1}, "b": face | {"seed": 4}, "c": face | {"seed": 4}}}
    drawn = [realisation(data, n, Path()) for n in range(3)]
    seeds = [[one["surface"][k]["seed"] for k in "abc"] for one in drawn]
    # those of ten seeds of the demo: 11 to 14, 21 to 24, ...
    assert seeds == [[1, 4, 4], [11, 14, 14], [21, 24, 24]]
    assert "checksum" not in drawn[1]["surface"]["a"]
    apart = {"surface": {"a": face | {"seed": 7}, "b": face | {"seed": 17}}}
    made = [realisation(apart, n, Path())["surface"] for n in range(3)]
    seen = [one[key]["seed"] for one in made for key in "ab"]
    assert len(set(seen)) == len(seen)


def test_a_case_with_a_mesh_of_its_own(tmp_path: Path) -> None:
    case = wavy()
    own = case.replace(mesh=ifem.build_mesh(case.stack, case.mesh))
    made = sweep(own, {"temperature": ["40 degC", "60 degC"]}, tmp_path)
    for run in made.plan.runs:
        file = ifem.Case.from_dict(run.data).mesh_file
        assert ifem.StackMesh.load(file) == own.mesh
    file = own.mesh.save(tmp_path / "own.msh")
    named = case.replace(mesh_file=file)
    (run,) = sweep(named, {"temperature": ["40 degC"]}, tmp_path / "other").plan.runs
    assert ifem.Case.from_dict(run.data).mesh_file == file


def test_a_measured_map_is_cut_elsewhere(tmp_path: Path) -> None:
    heights = np.random.default_rng(0).normal(0.0, 0.05, (9, 17))
    surfaces.from_heights(heights, ("8 um", "16 um")).save(tmp_path / "map.npz")
    line = surfaces.read(tmp_path / "map.npz").profile(axis="x", at="3 um")
    case = rough().replace(
        stack=ifem.Stack(
            ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=line),
            ifem.Interface(),
            ifem.Layer("anode", "Li", "4 um"),
        )
    )
    made = sweep(case, {}, tmp_path / "s", seeds=range(4))
    faces = [ifem.Case.from_dict(r.data).stack.layer("electrolyte").top for r in made.plan.runs]
    assert faces[0] is not None
    assert np.array_equal(faces[0].heights, line.heights)
    assert len({face.checksum for face in faces if face is not None}) == 4


@pytest.mark.parametrize("dimension", [1, 2])
def test_a_part_of_a_measured_face_is_taken_elsewhere(dimension: int, tmp_path: Path) -> None:
    heights = np.random.default_rng(0).normal(0.0, 0.05, (49, 25)[:dimension])
    size = ("12 um", "6 um")[:dimension]
    surfaces.from_heights(heights, size).save(tmp_path / "face.npz")
    whole = surfaces.read(tmp_path / "face.npz")
    spans = {"x": ("3 um", "5 um"), "y": ("1 um", "3 um")}
    part = whole.crop(**{name: spans[name] for name in "xy"[:dimension]})
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=part), ifem.Layer("anode", "Li", "4 um")
    )
    case = ifem.Case("part", stack, ifem.Protocol(ifem.Press(to="1 MPa")))
    # parts of 2 um begin at 1, 3, 5, 7 and 9 um along x, and at 1 and 3 um along y
    starts = range(4, 37, 8), (range(4, 13, 8) if dimension == 2 else range(1))
    there = [
        heights[x : x + 9] if dimension == 1 else heights[x : x + 9, y : y + 9]
        for x in starts[0]
        for y in starts[1]
    ]
    assert len(there) == (5 if dimension == 1 else 10)
    made = sweep(case, {}, tmp_path / "s", seeds=range(len(there)))
    found = [ifem.Case.from_dict(r.data).stack.layer("electrolyte").top for r in made.plan.runs]
    assert np.array_equal(found[0].heights, part.heights)
    assert len({face.checksum for face in found}) == len(there)
    for face in found:
        assert any(np.array_equal(face.heights, one) for one in there)
    with pytest.raises(ifem.CaseError, match=f"ask for at most {len(there) - 1} seeds"):
        sweep(case, {}, tmp_path / "s", seeds=[len(there)])


def test_a_measured_face_without_more_of_it_is_refused(tmp_path: Path) -> None:
    face = surfaces.from_heights([0.0, 0.05, 0.1, 0.05, 0.0], "6 um")
    case = rough().replace(
        stack=ifem.Stack(
            ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=face),
            ifem.Interface(),
            ifem.Layer("anode", "Li", "4 um"),
        )
    )
    with pytest.raises(ifem.CaseError, match="no other patch"):
        sweep(case, {}, tmp_path, seeds=2)
    with pytest.raises(ifem.CaseError, match="random or measured"):
        sweep(wavy(), {}, tmp_path, seeds=2)


def test_the_key_is_that_of_the_case_not_of_its_name() -> None:
    case = rough()
    same = case.replace(name="other", output=ifem.Output("elsewhere"))
    assert key_of(case.to_dict(), case) == key_of(same.to_dict(), same)
    other = changed(case.to_dict(), "step.press.to", "5 MPa")
    assert key_of(other, case) != key_of(case.to_dict(), case)


def test_the_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = sweep(rough(), {"step.press.to": ["2 MPa", "4 MPa"], YIELD: "range"}, tmp_path, seeds=2)
    made.plan.write(tmp_path)
    read = Plan.read(tmp_path)
    assert (read.runs, read.inputs, read.columns) == (
        made.plan.runs, made.plan.inputs, made.plan.columns,
    )  # fmt: skip
    with pytest.raises(ifem.ResultsError, match="is no sweep"):
        Plan.read(tmp_path / "none")


def test_pressures_become_one_run_where_that_is_the_same(tmp_path: Path) -> None:
    over = {"step.press.to": ["8 MPa", "2 MPa", "4 MPa"]}
    assert "is a metal that flows" in sweep(rough(), over, tmp_path).plan.separate
    case = dense(rough())
    made = sweep(case, over, tmp_path)
    (run,) = made.plan.runs
    assert run.levels == (2.0, 4.0, 8.0)
    staged = ifem.Case.from_dict(run.data)
    assert staged.protocol.pressures == (2.0, 1.0, 4.0, 1.0, 8.0, 1.0)
    assert len(sweep(case, over, tmp_path, separate=True).plan.runs) == 3


def test_creep_bonds_and_cycles_have_a_run_a_pressure(tmp_path: Path) -> None:
    over = {"step.press.to": ["2 MPa", "4 MPa"]}
    base = rough()
    layers = base.stack.layers
    creeping = base.replace(
        stack=ifem.Stack(
            layers[0], base.stack.joints[0],
            ifem.Layer("anode", materials.get("Li", law="anand"), "4 um"),
        ),
        protocol=ifem.Protocol(
            ifem.Press(to="2 MPa", duration="10 s"), ifem.Release(to="1 MPa", duration="1 s")
        ),
    )  # fmt: skip
    bond = ifem.Interface(adhesion=ifem.Adhesion("1 MPa", toughness="0.5 J/m^2"))
    ceramic = ifem.Layer("anode", "Li3InCl6", "4 um")
    bonded = base.replace(stack=ifem.Stack(layers[0], bond, ceramic))
    twice = base.replace(
        protocol=ifem.Protocol(
            ifem.Press(to="2 MPa"), ifem.Release(to="1 MPa"), ifem.Press(to="2 MPa", name="b"),
            ifem.Release(to="1 MPa"),
        )
    )  # fmt: skip
    for case, why in ((creeping, "creeps"), (bonded, "adhere"), (twice, "several presses")):
        made = sweep(case, over, tmp_path)
        assert why in made.plan.separate
        assert len(made.plan.runs) == 2


def test_a_ladder_rises(tmp_path: Path) -> None:
    made = ladder("60 MPa", "25 MPa", release="5 MPa")
    assert made.pressures == (25.0, 5.0, 60.0, 5.0)
    assert made.names[0] == "press, 25 MPa"
    for wrong in ((), ("25 MPa", "25 MPa"), ("4 MPa",)):
        with pytest.raises(ifem.CaseError):
            ladder(*wrong, release="5 MPa")


def test_a_force_keeps_its_unit_and_gives_way_to_a_pressure() -> None:
    case = rough().replace(
        protocol=ifem.Protocol(ifem.Press(force="1.5 t", die="10 mm"), ifem.Release(to="1 MPa"))
    )
    data = case.to_dict()
    assert find_input(data, "step.press.force", "1 t").column == "step.press.force [t]"
    step = changed(data, "step.press.to", "20 MPa")["step"][0]
    assert step == {"name": "press", "kind": "press", "to": "20 MPa"}


def test_several_cases_are_crossed_with_what_is_varied(tmp_path: Path) -> None:
    one = wavy()
    two = one.replace(protocol=ifem.Protocol(ifem.Press(to="3 MPa"), ifem.Release(to="1 MPa")))
    sweep = Sweep({"one": one, "two": two}, {"mesh.edge": ["0.5 um", "0.8 um"]}, folder=tmp_path)
    inputs = [(run.inputs["case"], run.inputs["mesh.edge [um]"]) for run in sweep.plan.runs]
    assert inputs == [("one", 0.5), ("one", 0.8), ("two", 0.5), ("two", 0.8)]
    assert sweep.plan.columns == ["case", "mesh.edge [um]"]
    alone = Sweep(two, {"mesh.edge": ["0.5 um", "0.8 um"]}, folder=tmp_path / "alone")
    assert [run.key for run in alone.plan.runs] == [run.key for run in sweep.plan.runs[2:]]
    sweep.plan.write(tmp_path)
    kept = Plan.read(tmp_path)
    assert (kept.runs, kept.cases) == (sweep.plan.runs, sweep.plan.cases)
    part = kept.of_case("two")
    assert [run.key for run in part.runs] == [run.key for run in alone.plan.runs]
    assert part.columns == alone.plan.columns
    with pytest.raises(ifem.ResultsError, match="has no case 'tow'; did you mean \"two\""):
        kept.of_case("tow")


def test_cases_alone_may_be_swept_and_a_mistake_names_its_case(tmp_path: Path) -> None:
    one = wavy()
    assert len(Sweep({"one": one}, folder=tmp_path).plan.runs) == 1
    with pytest.raises(ifem.CaseError, match="nothing is varied"):
        Sweep(one, folder=tmp_path)
    with pytest.raises(ifem.CaseError, match="has no cases"):
        Sweep({}, folder=tmp_path)
    with pytest.raises(ifem.CaseError, match=r"two: step\.lift\.to"):
        Sweep({"two": one}, {"step.lift.to": ["1 MPa"]}, folder=tmp_path)
    with pytest.raises(ifem.CaseError, match="name: '' is not a usable name"):
        Sweep({"one": one})


def test_heights_of_each_case_are_its_own(tmp_path: Path) -> None:
    cases = {}
    for seed in (1, 2):  # too many heights to be listed: they are kept in a file
        heights = 0.05 * np.random.default_rng(seed).standard_normal((128, 128))
        face = surfaces.from_heights(heights, size=("20 um", "20 um"))
        stack = ifem.Stack(ifem.Layer("a", "LLZO", "5 um", top=face), ifem.Layer("b", "Li", "5 um"))
        cases[f"map {seed}"] = ifem.Case("same", stack, ifem.Protocol(ifem.Press(to="1 MPa")))
    made = Sweep(cases, folder=tmp_path)
    for run, case in zip(made.plan.runs, cases.values(), strict=True):
        there = ifem.Case.from_dict(run.data, folder=tmp_path).stack.layer("a").top
        assert np.array_equal(there.heights, case.stack.layer("a").top.heights)
