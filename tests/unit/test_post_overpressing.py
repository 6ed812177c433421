# SPDX-License-Identifier: MIT
"""Over-pressing, short circuits and the pressure window on made-up fields, in all dimensions."""

from __future__ import annotations

import csv
import dataclasses
import math
from collections.abc import Callable
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from interfacefem import plots, post
from interfacefem.errors import ResultsError, UnitError
from interfacefem.materials import J2Plastic, Material, Value
from interfacefem.post.measures import pressed_area
from interfacefem.post.overpressing_causes import FLAW
from interfacefem.post.strengths import flow_pressure
from interfacefem.reference import fracture
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import (
    WIDTH,
    ExampleMesh,
    accepted,
    example_increment,
    example_layers,
    example_materials,
    example_mesh,
    example_run,
)
from interfacefem.results.example_3d import example_area, example_mesh_in_space

LOWER, UPPER = "separator|interlayer", "interlayer|anode"
ROOT = math.sqrt(math.pi) / 1000.0  # of a flaw of 1 um, to MPa m^0.5


def tough() -> dict[str, Material]:
    """The example's materials with a toughness of 0.4 (0.2 to 0.8) MPa m^0.5."""
    record = Value(400.0, "MPa*um^0.5", 200.0, 800.0, 298.15, "a round number", "L", True)
    return {
        name: Material(
            material.name, material.law, carrier=material.carrier, brittle=material.brittle,
            records=dict(material.records) | {"fracture_toughness": record},
        )
        for name, material in example_materials().items()
    }  # fmt: skip


def flat(mesh: ExampleMesh) -> ExampleMesh:
    """The mesh with the mean height of each level."""
    points = mesh.points.copy()
    columns = len(np.unique(points[:, :-1].round(9), axis=0))
    for layer in range(3):
        nodes = np.unique(mesh.cells[mesh.cell_layer == layer])
        levels = len(nodes) // columns
        if points.shape[1] == 2:
            height = points[nodes, 1].reshape(levels, columns).mean(axis=1)[:, None]
            points[nodes, 1] = np.broadcast_to(height, (levels, columns)).ravel()
        else:
            height = points[nodes, 2].reshape(columns, levels).mean(axis=0)
            points[nodes, 2] = np.broadcast_to(height, (columns, levels)).ravel()
    return dataclasses.replace(mesh, points=points)


def stored(
    folder: Path,
    kind: str,
    tensor: tuple[float, ...],
    *,
    pressure: float = 100.0,
    case: dict[str, object] | None = None,
) -> Results:
    """Write one increment with one stress tensor in all layers: plane, ring or space."""
    mesh = flat(example_mesh_in_space(8, 6) if kind == "space" else example_mesh(24, 12))
    layers = tuple(
        dataclasses.replace(
            layer,
            stress=np.broadcast_to(np.array(tensor), (len(layer.stress), len(tensor))).copy(),
            displacement=np.zeros_like(layer.displacement),
        )
        for layer in example_layers(mesh, pressure)
    )
    if kind == "space":
        faces = tuple(example_area(mesh, name, pressure) for name in mesh.interfaces)
        snapshot = accepted("press", 0, 0, pressure, faces, layers)
    else:
        snapshot = example_increment(mesh, "press", 0, 0, pressure)
        snapshot = dataclasses.replace(snapshot, layers=layers)
    given = {"name": kind} | (case or {})
    if kind == "axisymmetric":
        given |= {"die": {"diameter": f"{2 * WIDTH} um", "wall_friction": 0.0}}
    with ResultsWriter.create(folder, case=given, mesh=mesh, materials=tough()) as writer:
        writer.append(snapshot)
    return Results.open(folder)


@pytest.mark.parametrize(
    ("kind", "tensor", "most"),
    [
        # the largest tension in the plane of a flat face
        ("plane", (20.0, -70.0, 50.0, 9.0), 50.0),
        ("axisymmetric", (20.0, -70.0, 50.0, 9.0), 50.0),  # the hoop
        ("space", (10.0, 40.0, -70.0, 20.0, 5.0, 8.0), 25.0 + 25.0),  # 25 + hypot(15, 20)
    ],
)
def test_the_flaw_that_opens_most(
    tmp_path: Path, kind: str, tensor: tuple[float, ...], most: float
) -> None:
    results = stored(tmp_path / "run", kind, tensor)
    for layer, face in (("separator", LOWER), ("interlayer", LOWER), ("interlayer", UPPER)):
        found = post.stress_intensity(results, layer, face, "press", depth="1 um")
        assert found.values == pytest.approx(fracture.UNIFORM * most * ROOT, rel=2e-4)
        expected = {"plane": WIDTH, "axisymmetric": math.pi * WIDTH**2, "space": WIDTH**2}[kind]
        assert found.area == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("kind", ["plane", "axisymmetric", "space"])
def test_weibull_of_a_uniform_field_is_exact(tmp_path: Path, kind: str) -> None:
    tensor = (20.0, -5.0, 10.0, 0.0) + ((0.0, 0.0) if kind == "space" else ())
    results = stored(tmp_path / "run", kind, tensor)
    height = float(np.ptp(results.layer("separator").at("press").points[:, -1]))
    area = 1e6
    options = {"modulus": 8.0, "strength": "30 MPa", "volume": "1e7 um^3"}
    found = post.weibull_probability(results, "separator", "press", area=area, **options)
    danger = (20.0 / 30.0) ** 8 + (10.0 / 30.0) ** 8
    assert found == pytest.approx(-math.expm1(-danger * area * height / 1e7), rel=1e-9)
    # without an area that of the die: of the case in a ring, else the usual one
    die = math.pi * WIDTH**2 if kind == "axisymmetric" else 0.25 * math.pi * 1e4**2  # of 10 mm
    assert pressed_area(results)[0] == pytest.approx(die)
    whole = post.weibull_probability(results, "separator", "press", **options)
    assert whole == pytest.approx(-math.expm1(-danger * die * height / 1e7), rel=1e-9)


def test_area_is_that_of_the_press() -> None:
    class Run:
        case = {"step": [{"kind": "press", "force": "1.5 t", "die": "8 mm"}]}

    area, source = pressed_area(Run())  # type: ignore[arg-type]
    assert area == pytest.approx(16e6 * math.pi)
    assert "press" in source


def test_rows_of_over_pressing(tmp_path: Path) -> None:
    results = stored(tmp_path / "run", "plane", (100.0, -100.0, -50.0, 0.0))
    table = post.overpressing(results, depth="1 um", width="0.1 um")
    assert [row.rank for row in table] == list(range(1, len(table) + 1))
    least = [row.ratios[0] for row in table if row.verdict == "certain"]
    assert least == sorted(least, reverse=True)
    rows = {(row.subject, row.cause): row for row in table}
    soft = f"layer 'interlayer' at '{UPPER}'"
    dry = rows[soft, "over-pressing: flaw"]
    assert dry.value == pytest.approx(fracture.UNIFORM * 100.0 * ROOT, rel=2e-4)
    limits = (dry.threshold, dry.threshold_low, dry.threshold_high, dry.unit)
    assert limits == pytest.approx((0.4, 0.2, 0.8, "MPa m^0.5"))
    pressure = results.interface(UPPER).at("press").contact_pressure.max()
    filled = rows[soft, "over-pressing: flaw with metal in it"]
    assert filled.value == pytest.approx(fracture.UNIFORM * (100.0 + pressure) * ROOT, rel=2e-4)
    # lithium touches no other face
    assert (f"layer 'interlayer' at '{LOWER}'", filled.cause) not in rows
    assert ("layer 'anode'", "over-pressing: tension") not in rows
    # nothing squeezes the slit, so flow alone decides: 2 k depth / width, k = 0.8 / sqrt(3) MPa
    driven = rows[soft, "over-pressing: metal driven in"]
    assert driven.value == pytest.approx(pressure)
    assert driven.threshold == pytest.approx(2.0 * 0.8 / math.sqrt(3.0) * 1.0 / 0.1, rel=1e-6)
    assert driven.threshold_low == 0.0
    assert driven.threshold_high > 100.0 * driven.threshold
    chance = rows["layer 'separator'", "over-pressing: fracture probability"]
    expected = post.weibull_probability(
        results, "separator", "press", modulus=10.0, strength=50.0,
        volume="1 mm^3",
    )  # fmt: skip
    assert chance.value == pytest.approx(expected)
    assert chance.ratio == pytest.approx(expected / 0.1)  # one press in ten, a convention
    assert "assumed" in chance.comment
    ends = [
        post.weibull_probability(
            results, "separator", "press", modulus=modulus, strength=strength,
            volume="1 mm^3",
        )
        for modulus in (5.0, 20.0)  # usual for ceramics
        for strength in (30.0, 80.0)
    ]  # fmt: skip
    assert (chance.value_low, chance.value_high) == (min(ends), max(ends))
    assumed = "\n".join(table.assumptions)
    assert "Hartranft and Sih" in assumed
    assert "0.1 um wide" in assumed
    assert "rest on the same flaws" in assumed


def test_chance_of_fracture_and_its_range_by_hand(tmp_path: Path) -> None:
    # 30 MPa in the whole layer of a die of 10 mm, strength 50 (30 to 80) MPa of 1 mm^3, Weibull
    # modulus 10 (5 to 20): 1 - exp(-(s/s0)^m V/V0)
    results = stored(tmp_path / "run", "plane", (30.0, -100.0, -50.0, 0.0))
    rows = {(row.subject, row.cause): row for row in post.overpressing(results)}
    row = rows["layer 'separator'", "over-pressing: fracture probability"]
    height = float(np.ptp(results.layer("separator").at("press").points[:, 1]))
    volume = 0.25 * math.pi * 1e4**2 * height / 1e9

    def chance(modulus: float, strength: float) -> float:
        return -math.expm1(-((30.0 / strength) ** modulus) * volume)

    assert row.value == pytest.approx(chance(10.0, 50.0), rel=1e-6)
    assert row.value_low == pytest.approx(chance(20.0, 80.0), rel=1e-6)
    assert row.value_high == pytest.approx(chance(5.0, 30.0), rel=1e-6)
    assert row.threshold == 0.1
    assert row.verdict == "undecided"


def test_short_circuit_is_a_table_with_ranges(tmp_path: Path) -> None:
    results = stored(tmp_path / "run", "space", (100.0, 100.0, -100.0, 0.0, 0.0, 0.0))
    found = post.short_circuit(results, depth=1.0)
    assert [(e.layer, e.interface) for e in found] == [
        ("separator", LOWER), ("interlayer", LOWER), ("interlayer", UPPER),
    ]  # fmt: skip
    each = found.exposures[-1]
    assert each.metal is not None
    field = each.metal.filled
    # by hand: the part of the area with K above the low, middle and high toughness
    parts = [float(field.weights[field.values > t].sum()) / field.area for t in (0.2, 0.4, 0.8)]
    assert each.growing() == pytest.approx(parts)
    assert parts[0] >= parts[1] >= parts[2]
    assert 0.0 < parts[1] < 1.0
    low, middle, high = each.entered()
    pressure = each.metal.pressure
    assert low == pytest.approx(pressure.fraction(pressure.values > 0.0))
    assert low >= middle >= high == 0.0
    text = found.to_text()
    assert "Assumed" in text
    assert "0.4 (0.2 to 0.8)" in text
    with found.to_csv(tmp_path / "s.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert float(rows[-1]["K_filled [MPa m^0.5]"]) == pytest.approx(field.max())
    figure = plots.flaws(results, "press")
    assert len(figure.axes) >= 9


def test_metal_that_is_strong_where_it_is_small() -> None:
    lithium = example_materials()["anode"]
    value = flow_pressure(lithium, 2.0, 0.5)
    # 105 MPa pillars of 1.39 um (Xu et al. 2017), 0.8 MPa in bulk
    assert value.high / value.value == pytest.approx(105.0 / 0.8, rel=1e-6)
    assert value.low == 0.0
    # a metal that is stronger in bulk than small lithium is not weaker where it is small
    hard = flow_pressure(Material("hard", J2Plastic("70 GPa", 0.3, "300 MPa")), 2.0, 0.5)
    assert hard.high == hard.value == pytest.approx(2.0 * 300.0 / math.sqrt(3.0) * 2.0 / 0.5)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda r: post.overpressing(r, depth="0 um"), "depth: 0 is not positive"),
        (lambda r: post.short_circuit(r, width=-1.0), "width: -1 is not positive"),
        (
            lambda r: post.stress_intensity(r, "separator", LOWER, "press", depth="40 um"),
            "has no flaw 40 um deep",
        ),
        (lambda r: post.overpressing(r, "pres"), "did you mean 'press'"),
        (lambda r: post.delamination_risk(r, "pres"), "did you mean 'press'"),
        (lambda r: post.pressure_window(r), "fewer than two pressures"),
        (lambda r: post.pressure_window([]), "no run is given"),
        (lambda r: post.pressure_window([r, r]), "same pressure"),
        (lambda r: post.pressure_window(r, causes=["luck"]), "luck"),
    ],
)
def test_mistakes_are_named(run: Results, act: Callable[[Results], object], message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        act(run)


def test_layers_thinner_than_the_flaw_are_left_out_with_a_note(run: Results) -> None:
    table = post.overpressing(run, "press", materials=tough(), depth="5 um")
    assert any("'separator'" in row.subject and row.cause.endswith("flaw") for row in table)
    assert not any("'interlayer' at" in row.subject for row in table)  # 4 um and its waves
    assert any("'interlayer' is 4" in note and "no flaw 5 um deep" in note for note in table.notes)
    assert "no flaw 5 um deep" in post.short_circuit(run, "press", depth=5.0).to_text()


def test_one_row_of_cells_has_the_stress_of_its_cells(tmp_path: Path) -> None:
    mesh = flat(example_mesh(6, 1))
    snapshot = example_increment(mesh, "press", 0, 0, 50.0, layers=True)
    layers = []
    for layer in snapshot.layers or ():
        stress = np.zeros_like(layer.stress)
        stress[:, 0] = 30.0
        still = np.zeros_like(layer.displacement)
        layers.append(dataclasses.replace(layer, stress=stress, displacement=still))
    with ResultsWriter.create(
        tmp_path / "run", case={"name": "row"}, mesh=mesh, materials=tough()
    ) as writer:
        writer.append(dataclasses.replace(snapshot, layers=tuple(layers)))
    found = post.short_circuit(Results.open(tmp_path / "run"))
    # the strength asks for deeper flaws than half of the layer, of which the mesh has one cell
    flaws = found.exposures[0].flaws
    assert flaws.depths == pytest.approx((6.0,), rel=1e-2)
    assert "half of the layer" in flaws.said
    assert "only 0.5 cells: not resolved" in flaws.said
    expected = fracture.UNIFORM * 30.0 * ROOT * math.sqrt(flaws.deepest)
    assert found.exposures[0].dry.values == pytest.approx(expected, rel=2e-4)


def test_a_depth_must_be_a_length(run: Results) -> None:
    with pytest.raises(UnitError):
        post.overpressing(run, depth="3 MPa")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run(tmp_path_factory.mktemp("over") / "run", nx=12, points=31, increments=2)


def rising(folder: Path, pressures: list[float], tension: float) -> Results:
    """A run whose tension along x is so many times the pressure, with fields at each increment."""
    mesh = flat(example_mesh(12, 12))
    materials = tough()
    with ResultsWriter.create(folder, case={"name": "w"}, mesh=mesh, materials=materials) as writer:
        for number, pressure in enumerate(pressures):
            snapshot = example_increment(mesh, "press", 0, number, pressure, layers=True, points=31)
            layers = []
            for layer in snapshot.layers or ():
                stress = np.zeros_like(layer.stress)
                stress[:, 0] = tension * pressure
                still = np.zeros_like(layer.displacement)
                layers.append(dataclasses.replace(layer, stress=stress, displacement=still))
            writer.append(dataclasses.replace(snapshot, layers=tuple(layers)))
    return Results.open(folder)


def run_fraction(results: Results, increment: int) -> float:
    states = [results.interface(name).at("press", increment) for name in results.interfaces]
    return min(post.contact_fraction(state) for state in states)


def test_window_of_one_run(tmp_path: Path) -> None:
    pressures = [20.0, 40.0, 80.0, 160.0]
    results = rising(tmp_path / "run", pressures, 2.0)
    window = post.pressure_window(results, causes=[FLAW], depth="1 um")
    assert window.pressure.tolist() == pressures
    # the toughness over K of a flaw of 1 um under twice the pressure
    factor = fracture.UNIFORM * 2.0 * ROOT
    assert window.damage[FLAW][:, 1] == pytest.approx(np.array(pressures) * factor / 0.4, rel=2e-4)
    ratios = window.damage[FLAW]
    for end, bound in ((2, window.upper[0]), (1, window.upper[1])):
        # linear over the logarithm of the pressure between the points beside
        k = int(np.flatnonzero(ratios[:, end] > 1.0)[0])
        part = (1.0 - ratios[k - 1, end]) / (ratios[k, end] - ratios[k - 1, end])
        assert bound == pytest.approx(pressures[k - 1] * 2.0**part)
    assert math.isinf(window.upper[2])  # 160 MPa gives K = 0.64, below 0.8
    # no current: the inverse of the smallest contact fraction
    assert window.cost_name == "inverse contact fraction"
    fraction = [run_fraction(results, k) for k in range(4)]
    assert window.cost == pytest.approx(1.0 / np.array(fraction))
    low, middle, high = window.lower
    assert low < middle < high
    text = window.to_text()
    assert "at their high ends: at all pressures, 20 to 160 MPa" in text
    shown = window._repr_html_()
    assert shown.count("<tr>") == 1 + len(window.pressure)
    assert all(line.strip() in unescape(shown) for line in window.verdict().splitlines())
    room = window.recommended
    assert (room is None) == (middle > window.upper[1])
    with window.to_csv(tmp_path / "w.csv").open(encoding="utf-8", newline="") as handle:
        assert len(list(csv.reader(handle))) == 5
    assert len(plots.pressure_window(window).axes) == 2
    assert post.window_of(results) is not None


def test_window_of_several_runs_with_room_and_without(tmp_path: Path) -> None:
    runs = [rising(tmp_path / f"{p:g}", [p], 0.1) for p in (160.0, 20.0, 80.0)]
    window = post.pressure_window(runs, causes=[FLAW], depth="1 um")
    assert window.pressure.tolist() == [20.0, 80.0, 160.0]
    assert math.isinf(window.upper[1])
    assert window.recommended == (window.lower[1], 160.0)
    assert "recommended" in window.verdict()
    strained = [rising(tmp_path / f"s{p:g}", [p], 30.0) for p in (20.0, 160.0)]
    closed = post.pressure_window(strained, causes=[FLAW], depth="1 um")
    assert closed.upper[1] == 0.0
    assert closed.recommended is None
    assert "no pressure satisfies both" in closed.verdict()
    assert "no cause over its threshold: at no pressure" in closed.to_text()
