# SPDX-License-Identifier: MIT
"""One list of causes: risk table, window, report and pictures say the same of the same run."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from interfacefem import plots, post
from interfacefem.cli import main
from interfacefem.errors import ExtensionError, ResultsError
from interfacefem.materials import Material, Value
from interfacefem.post.brittle import depth_of_strength
from interfacefem.post.measures import mean_around
from interfacefem.post.window import free_ranges, widest
from interfacefem.reference import fracture
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import (
    LAYERS,
    WIDTH,
    ExampleMesh,
    example_current,
    example_increment,
    example_materials,
    example_mesh,
    example_run,
)
from interfacefem.results.example_3d import example_run_in_space
from interfacefem.results.risk_rows import merge, ratios, told, verdict

LOWER, UPPER = "separator|interlayer", "interlayer|anode"
TENSION, FLAW = "over-pressing: tension", "over-pressing: flaw"
DRIVEN, CHANCE = "over-pressing: metal driven in", "over-pressing: fracture probability"


def value(number: float, low: float, high: float, unit: str) -> Value:
    return Value(number, unit, low, high, 298.15, "a round number", "L", True)


def materials(strength: Value | None = None, *, tough: bool = True) -> dict[str, Material]:
    """The example's materials with a critical current, and toughness and strength if wanted."""
    more = {"critical_current_density": value(0.4e-5, 0.4e-5, 0.9e-5, "uA/um^2")}
    if tough:
        more["fracture_toughness"] = value(400.0, 200.0, 800.0, "MPa*um^0.5")
    if strength is not None:
        more["tensile_strength"] = strength
    return {
        name: Material(
            each.name,
            each.law,
            carrier=each.carrier,
            brittle=each.brittle,
            records=dict(each.records) | (more if each.brittle else {}),
        )
        for name, each in example_materials().items()
    }


def flat(mesh: ExampleMesh, ny: int) -> ExampleMesh:
    """The mesh with flat faces, so that a depth is measured along y."""
    points = mesh.points.copy()
    for layer in range(len(LAYERS)):
        nodes = np.unique(mesh.cells[mesh.cell_layer == layer]).reshape(ny + 1, -1)
        low, high = points[nodes[0], 1].mean(), points[nodes[-1], 1].mean()
        points[nodes, 1] = np.linspace(low, high, ny + 1)[:, None]
    return dataclasses.replace(mesh, points=points)


def ladder(
    folder: Path,
    loads: Sequence[tuple[str, float]],
    *,
    tension: float = 0.1,
    current: bool = True,
    known: dict[str, Material] | None = None,
    case: dict[str, object] | None = None,
    squeezed: float = 0.0,
) -> Results:
    """Steps of one increment each, with layer fields and a tension of so many times the pressure.

    ``squeezed`` times the pressure acts against it, and there is none at zero.
    """
    ny = 16
    mesh = flat(example_mesh(12, ny), ny)
    given = {"name": "ladder"} | (case or {})
    known = materials() if known is None else known
    with ResultsWriter.create(folder, case=given, mesh=mesh, materials=known) as writer:
        for index, (step, pressure) in enumerate(loads):
            snapshot = example_increment(mesh, step, index, 0, pressure, layers=True, points=61)
            layers = []
            for layer in snapshot.layers or ():
                stress = np.zeros_like(layer.stress)
                stress[:, 0] = (tension - squeezed) * pressure
                stress[:, 2] = -squeezed * pressure
                layers.append(
                    dataclasses.replace(
                        layer,
                        stress=stress,
                        max_principal_stress=np.maximum(stress[:, 0], 0.0),
                        displacement=np.zeros_like(layer.displacement),
                    )
                )
            snapshot = dataclasses.replace(snapshot, layers=tuple(layers))
            writer.append(snapshot)
            if current:
                writer.append_current(example_current(mesh, snapshot))
    return Results.open(folder)


UP = [("touch", 2.0), ("light", 10.0), ("press", 60.0), ("hard", 180.0)]
RUNS = {
    "gentle": {"loads": UP, "tension": 0.01},
    "torn": {"loads": UP, "tension": 3.0},
    "squeezed": {"loads": UP, "tension": 0.0, "squeezed": 0.5},
    "released": {"loads": [*UP, ("hold", 180.0), ("release", 5.0)], "tension": 0.2},
    "pressed twice": {
        "loads": [("first", 20.0), ("opened", 1.0), ("second", 80.0), ("end", 5.0)],
        "tension": 0.4,
    },
    "no current": {"loads": UP, "tension": 0.2, "current": False},
    "critical": {"loads": UP, "case": {"current": {"critical": "3 mA/cm^2"}}},
}


#: nothing but the metal at the face is near a threshold
SHUT = {"tension": 0.0, "squeezed": 0.5, "current": False, "known": materials(tough=False)}


@pytest.fixture(scope="module", params=list(RUNS))
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    return ladder(tmp_path_factory.mktemp("verdicts") / "run", **RUNS[request.param])


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[Results]:
    folder = tmp_path_factory.mktemp("examples")
    plane = example_run(folder / "plane", nx=12, points=31, increments=2)
    return [plane, example_run_in_space(folder / "area"), ladder(folder / "other", UP)]


# Table and window -----------------------------------------------------------------------------


def test_the_window_has_the_rows_of_the_table_for_every_cause(run: Results) -> None:
    window = post.pressure_window(run)
    compared = 0
    for step in run.steps:
        table = post.risk_table(run, step)
        (pressure,) = set(run.history["nominal_pressure"][run.history["step"] == step])
        point = np.flatnonzero(window.pressure == pressure)
        if not len(point) or step not in {row.step for row in window.rows[int(point[0])]}:
            # not on the way up, or held at a pressure that another step reached first
            assert [row for row in window.elsewhere if row.step == step] == list(table)
            continue
        for cause in post.CAUSES:
            row = table.worst(cause)
            assert window.row(cause, pressure) == row
            if row is not None:
                compared += 1
                found = window.damage[cause][int(point[0])]
                assert found.tolist() == pytest.approx(row.ratios, nan_ok=False)
        assert window.rows[int(point[0])] == table.rows
    assert compared >= 12


def test_what_is_certain_is_never_recommended(run: Results) -> None:
    window = post.pressure_window(run)
    room = window.recommended
    for step in run.steps:
        pressure = float(run.history["nominal_pressure"][run.history["step"] == step][-1])
        certain = [row for row in post.risk_table(run, step) if row.verdict == "certain"]
        if certain and room is not None:
            assert not room[0] <= pressure <= room[1], (step, certain[0].told)
    whole = post.risk_table(run)
    if any(row.verdict == "certain" for row in whole) and room is not None:
        # pressed up to the highest pressure this run has it, so that pressure is not recommended
        assert not room[0] <= float(window.pressure[-1]) <= room[1]


def test_several_runs_have_the_rows_of_their_tables(examples: list[Results]) -> None:
    plane, area, other = examples
    for pair in ([plane, other], [other, area]):
        window = post.pressure_window(pair)
        for each in pair:
            table = post.risk_table(each)
            pressure = float(each.history["nominal_pressure"].max())
            for cause in post.CAUSES:
                assert window.row(cause, pressure) == table.worst(cause)
            if any(row.verdict == "certain" for row in table):
                room = window.recommended
                assert room is None or not room[0] <= pressure <= room[1]


def test_no_range_holds_the_pressure_of_a_step_that_is_over_a_threshold(
    tmp_path: Path, own: list[str]
) -> None:
    # Over its threshold at the peak and, worse, in the hold; on release it is certain as well, at
    # a pressure that would be free on the way up.
    own.append("fatigue")
    found = {"hard": 3.0, "hold": 9.0, "release": 2.0}

    @post.risk("fatigue")
    def fatigue(at: post.Increment) -> list[post.Found]:
        limit = post.threshold(1.0, source="a test")
        return [post.Found(subject="stack", value=found.get(at.step, 0.1), threshold=limit)]

    loads = [*UP[:2], ("press", 170.0), ("hard", 180.0), ("hold", 180.0), ("release", 169.0)]
    results = ladder(tmp_path / "run", loads, **SHUT)
    window = post.pressure_window(results, causes=["fatigue"])
    free = window.free[1][0]
    assert free[0] <= 169.0 <= free[1]
    assert window.lower[1] < 169.0
    assert {row.step for row in window.against} == {"release"}
    assert window.recommended is None
    # without that release the pressures up to it are free
    held = ladder(tmp_path / "held", loads[:-1], **SHUT)
    room = post.pressure_window(held, causes=["fatigue"]).recommended
    assert room is not None
    assert room[1] == pytest.approx(free[1])


def test_a_run_that_comes_apart_on_release_recommends_nothing(tmp_path: Path) -> None:
    loads = [*UP, ("release", 5.0)]
    results = ladder(tmp_path / "run", loads, **SHUT)
    table = post.risk_table(results)
    assert table.rows[0].verdict == "certain"
    assert table.rows[0].cause.startswith("delamination")
    window = post.pressure_window(results)
    assert {row.step for row in window.against} == {"release"}
    assert window.recommended is None
    assert "nothing is recommended: pressed to 180 MPa" in window.verdict()
    assert "delamination: closing traction" in window.verdict()
    # without those causes there is room
    chosen = [name for name in post.CAUSES if not name.startswith("delamination")]
    assert post.pressure_window(results, causes=chosen).recommended is not None


def test_a_threshold_too_wide_decides_nothing_in_table_and_window(tmp_path: Path) -> None:
    results = ladder(tmp_path / "run", UP, **SHUT)
    table = post.risk_table(results)
    row = table.worst(DRIVEN)
    assert row is not None
    # twenty and more times over its threshold as given, which is known from nothing to 1212 MPa
    assert row.ratio > 20.0
    assert row.verdict == "undecided"
    possible = [each.rank for each in table if each.verdict in ("certain", "possible")]
    assert all(rank < row.rank for rank in possible)
    assert "undecided: the range is too wide to decide anything" in table.to_text()
    window = post.pressure_window(results)
    assert window.recommended is not None
    assert f"undecided there: {DRIVEN}" in window.verdict()
    # it bounds nothing, not even with all thresholds at their low ends
    others = [name for name in post.CAUSES if name != DRIVEN]
    assert window.free == post.pressure_window(results, causes=others).free


def test_a_slit_that_is_squeezed_needs_that_as_well(tmp_path: Path) -> None:
    # squeezed with 40 times the pressure, 7200 MPa: what props a slit of 0.1 by 1 um of a ceramic
    # of 100 GPa open is E' 0.1 / 5.816 (Tada, Paris and Irwin), 1791 MPa; the rest comes on top of
    # what it takes to flow in: nothing to 1212 MPa
    squeeze = 7200.0
    results = ladder(
        tmp_path / "run", [("p", 180.0)], tension=0.0, squeezed=40.0,
        known=materials(tough=False),
    )  # fmt: skip
    row = post.risk_table(results).worst(DRIVEN)
    assert row is not None
    shut = squeeze - 1e5 / (1.0 - 0.2**2) * 0.1 / 5.816
    flow = 2.0 * 0.8 / math.sqrt(3.0) * 10.0
    assert row.threshold_low == pytest.approx(shut, rel=2e-4)
    assert row.threshold == pytest.approx(shut + flow, rel=2e-4)
    assert row.threshold_high == pytest.approx(shut + flow * 105.0 / 0.8, rel=2e-4)
    assert row.verdict == "below"


def test_what_is_a_good_resistance_is_a_convention(tmp_path: Path) -> None:
    # the cost is the inverse of the contact fraction: within a half, a quarter and a tenth of its
    # least, each by a straight line over the logarithm of the pressure
    results = ladder(tmp_path / "run", UP, current=False)
    window = post.pressure_window(results, causes=[TENSION])
    cost, place = window.cost, np.log(window.pressure)
    for bound, more in zip(window.lower, (1.5, 1.25, 1.1), strict=True):
        limit = more * cost[-1]
        assert cost[2] > limit > cost[3]
        part = (limit - cost[2]) / (cost[3] - cost[2])
        assert math.log(bound) == pytest.approx(place[2] + part * (place[3] - place[2]))


def test_causes_that_fall_with_pressure_leave_room_above(tmp_path: Path) -> None:
    # the example's current crowds at low pressure: its largest density over the mean is
    # (1 - t) / mean(c - t), which falls with the pressure, times 0.5 mA/cm2
    given = {"current": {"critical": "1.6 mA/cm^2"}}
    results = ladder(tmp_path / "run", UP, tension=0.0, squeezed=0.5, case=given)
    window = post.pressure_window(results, causes=["hotspot"])
    damage = window.damage["hotspot"][:, 1]
    assert damage[0] > 1.0 > damage[-1]
    room = window.recommended
    assert room is not None
    assert room[1] == 180.0
    assert room[0] > 2.0
    assert "from" in window.verdict()
    assert "MPa on" in window.verdict()


def test_ranges_that_are_free() -> None:
    pressure = np.array([1.0, 10.0, 100.0, 1000.0])
    rising = np.array([0.0, 0.5, 1.5, 3.0])
    falling = np.array([3.0, 0.5, 0.5, 0.5])
    # linear over the logarithm: one halfway between 10 and 100, and 0.8 of the way from 1 to 10
    assert free_ranges(pressure, [rising]) == ((1.0, pytest.approx(10.0**1.5)),)
    (both,) = free_ranges(pressure, [rising, falling])
    assert both == pytest.approx((10.0**0.8, 10.0**1.5))
    dip = np.array([0.5, 1.5, 1.5, 0.5])
    assert free_ranges(pressure, [dip]) == (
        (1.0, pytest.approx(10.0**0.5)),
        (pytest.approx(10.0**2.5), 1000.0),
    )
    assert free_ranges(pressure, [np.full(4, 2.0)]) == ()
    assert free_ranges(pressure, []) == ((1.0, 1000.0),)
    # not judged at one of two points: the other one counts between them
    gap = np.array([0.5, np.nan, 2.0, np.nan])
    assert free_ranges(pressure, [gap]) == ((1.0, 10.0),)
    # a threshold that may be zero
    assert free_ranges(pressure, [np.array([0.0, 0.0, math.inf, math.inf])]) == ((1.0, 10.0),)
    assert widest([(1.0, 3.0), (10.0, 40.0), (50.0, 60.0)]) == (10.0, 40.0)
    assert widest([(1.0, 3.0), (10.0, 40.0)], 35.0) == (35.0, 40.0)
    assert widest([(1.0, 3.0)], 4.0) is None


# Verdicts -------------------------------------------------------------------------------------


def record(number: float, limits: tuple[float, float, float], **more: object) -> dict:
    low, middle, high = limits
    found = {
        "subject": "s", "cause": "c", "value": number, "threshold": middle,
        "threshold_low": low, "threshold_high": high, "unit": "MPa", "rank": 0, "step": "x",
        "ratio": number / middle, "source": "w", "place": "s", "comment": "",
    }  # fmt: skip
    return found | more


@pytest.mark.parametrize(
    ("number", "limits", "more", "expected"),
    [
        (9.0, (5.0, 6.0, 8.0), {}, "certain"),
        (8.0, (5.0, 6.0, 8.0), {}, "possible"),  # at the end, not over it
        (5.0, (5.0, 6.0, 8.0), {}, "below"),
        (-3.0, (0.0, 6.0, 8.0), {}, "below"),
        (7.0, (1.0, 6.0, 31.0), {}, "undecided"),
        (7.0, (1.0, 6.0, 29.0), {}, "possible"),
        (7.0, (0.0, 1.0, 31.0), {}, "undecided"),
        (32.0, (0.0, 1.0, 31.0), {}, "certain"),  # however wide
        (9.0, (5.0, 5.0, 5.0), {"value_low": 4.0, "value_high": 20.0}, "possible"),
        (9.0, (5.0, 5.0, 5.0), {"value_low": 0.1, "value_high": 20.0}, "undecided"),
        (9.0, (5.0, 5.0, 5.0), {"value_low": 6.0, "value_high": 20.0}, "certain"),
    ],
)
def test_verdicts(
    number: float, limits: tuple[float, float, float], more: dict, expected: str
) -> None:
    row = record(number, limits, **more)
    assert verdict(row) == expected
    assert f"c: {expected}, " in told(row)


def test_the_worst_step_is_kept_by_the_verdict_not_by_the_ratio() -> None:
    # forty times a threshold that may be anything, against a little over one that is known
    wide = record(40.0, (0.0, 1.0, 100.0), step="wide")
    sure = record(11.0, (9.0, 10.0, 10.5), step="sure")
    (kept,) = merge([[wide], [sure]])
    assert kept["step"] == "sure"
    two = merge([[wide | {"cause": "a"}, sure | {"cause": "b"}]])
    assert [row["cause"] for row in two] == ["b", "a"]
    assert [row["rank"] for row in two] == [1, 2]
    assert ratios(wide) == (0.4, 40.0, math.inf)


def test_rows_of_an_earlier_version_are_read() -> None:
    table = post.RiskTable.from_records([record(9.0, (5.0, 6.0, 8.0))])
    (row,) = table
    assert (row.value_low, row.value_high, row.increment) == (9.0, 9.0, -1)
    assert math.isnan(row.pressure)
    assert row.verdict == "certain"


# Strength, fracture and flaws -----------------------------------------------------------------


@pytest.mark.parametrize("factor", [0.3, 1.4])
def test_in_an_even_tension_flaw_and_strength_are_one_verdict(
    tmp_path: Path, factor: float
) -> None:
    # a strength of 240 MPa goes with flaws of 0.70 um, which all layers may have
    known = materials(value(240.0, 120.0, 480.0, "MPa"))
    stress = 240.0 * factor
    results = ladder(tmp_path / "run", [("p", 100.0)], tension=stress / 100.0, known=known)
    deep = depth_of_strength(known["separator"])
    assert deep == pytest.approx((400.0 / (fracture.UNIFORM * 240.0)) ** 2 / math.pi)
    table = post.risk_table(results)
    rows = {(row.subject, row.cause): row for row in table}
    strength = rows["layer 'separator'", TENSION]
    flaw = rows[f"layer 'separator' at '{LOWER}'", FLAW]
    assert strength.ratio == pytest.approx(factor)
    assert strength.value_low == pytest.approx(strength.value)  # it is even
    assert flaw.ratio == pytest.approx(factor, rel=3e-4)  # the rule of the weight function
    # toughness and strength have the same range here, so the verdicts are the same
    assert flaw.verdict == strength.verdict
    assert "which go with the strength" in flaw.comment


def test_tension_that_falls_off_within_a_flaw_is_not_certain(tmp_path: Path) -> None:
    known = materials(value(100.0, 80.0, 120.0, "MPa"))
    results = ladder(tmp_path / "run", [("p", 100.0)], tension=0.0, known=known)
    state = results.layer("separator").at("p")
    centres = state.points[state.cells].mean(axis=1)
    row = int(np.argmin(np.hypot(*(centres - (30.0, 6.0)).T)))
    peak = np.zeros(len(centres))
    peak[row] = 200.0
    # rewritten with a tension in one cell, in the middle of the layer
    mesh = flat(example_mesh(12, 16), 16)
    snapshot = example_increment(mesh, "p", 0, 0, 100.0, layers=True)
    layers = []
    for layer in snapshot.layers or ():
        stress = np.zeros_like(layer.stress)
        stress[:, 0] = peak if layer.name == "separator" else 0.0
        layers.append(
            dataclasses.replace(layer, stress=stress, max_principal_stress=stress[:, 0].copy(),
                                displacement=np.zeros_like(layer.displacement))
        )  # fmt: skip
    with ResultsWriter.create(tmp_path / "peak", case={}, mesh=mesh, materials=known) as writer:
        writer.append(dataclasses.replace(snapshot, layers=tuple(layers)))
    table = post.risk_table(Results.open(tmp_path / "peak"))
    rows = {(each.subject, each.cause): each for each in table}
    tension = rows["layer 'separator'", TENSION]
    # cells of 5 by 0.75 um; a flaw of 4.05 um has five of them along its depth, one of them torn
    assert tension.value == 200.0
    assert tension.value_low == pytest.approx(200.0 / 5.0)
    assert tension.verdict == "possible"
    chance = rows["layer 'separator'", CHANCE]
    assert chance.value_low < 1e-6 < chance.value
    assert chance.verdict == "undecided"


def test_mean_around_counts_what_is_near() -> None:
    centres = np.array([[0.0], [1.0], [2.0], [10.0]])
    sizes = np.array([1.0, 2.0, 1.0, 1.0])
    found = mean_around(centres, sizes, np.array([1.0, 4.0, 7.0, 9.0]), 1.5)
    assert found == pytest.approx([(1 + 8) / 3, (1 + 8 + 7) / 4, (8 + 7) / 3, 9.0])
    assert mean_around(centres, sizes, np.eye(4), 0.0) == pytest.approx(np.eye(4))


def test_without_a_strength_the_depth_is_a_choice_and_said(tmp_path: Path) -> None:
    known = materials()
    for name in ("separator", "interlayer"):
        records = {k: v for k, v in dict(known[name].records).items() if k != "tensile_strength"}
        known[name] = Material("bare", known[name].law, records=records, brittle=True)
    results = ladder(tmp_path / "run", [("p", 100.0)], known=known)
    row = post.risk_table(results).worst(FLAW)
    assert row is not None
    assert "flaw 1 um deep, a choice: no strength says how deep" in row.comment
    given = post.risk_table(results, depth="2 um").worst(FLAW)
    assert given is not None
    assert "flaw 2 um deep, as given" in given.comment
    assert given.value == pytest.approx(math.sqrt(2.0) * row.value, rel=1e-6)


# Hotspots -------------------------------------------------------------------------------------


def test_no_critical_current_unless_somebody_states_one(tmp_path: Path) -> None:
    known = materials()
    results = ladder(tmp_path / "run", UP[:1], known=known)
    limit = post.critical_current(results, UPPER, known)
    assert limit is not None
    # the material's own value, with its range
    assert (limit.value, limit.low, limit.high) == pytest.approx((0.4, 0.4, 0.9))
    assert post.critical_current(results, LOWER, known) is None
    assert post.critical_current(results, LOWER, known, "1 mA/cm^2") is None  # no metal there
    given = post.critical_current(results, UPPER, known, "2 mA/cm^2")
    assert given is not None
    assert (given.low, given.high, given.source) == (2.0, 2.0, "given by the user")
    silent = example_materials()
    assert post.critical_current(results, UPPER, silent) is None
    table = post.risk_table(results, materials=silent)
    assert table.worst("hotspot") is None
    assert any("no critical current density is known" in note for note in table.notes)
    assert (post.electrode(known, UPPER), post.electrode(known, LOWER)) == ("anode", None)
    # of two records the smaller one
    metal = known["anode"]
    own = {"critical_current_density": value(0.2e-5, 0.1e-5, 0.3e-5, "uA/um^2")}
    lower = Material("m", metal.law, records=dict(metal.records) | own, carrier="electrons")
    both = post.critical_current(results, UPPER, known | {"anode": lower})
    assert both is not None
    assert (both.value, both.low, both.high) == pytest.approx((0.2, 0.1, 0.3))
    two = {"interlayer": known["anode"], "anode": known["anode"]}
    assert post.electrode(two, UPPER) is None


def test_an_even_current_over_the_critical_one_is_no_less_a_risk(tmp_path: Path) -> None:
    # a mean of 0.5 mA/cm2 against 0.4 to 0.9; at full contact the density is 1 + c over the mean
    results = ladder(tmp_path / "run", [("p", 1000.0)])
    density = results.current("p").interface(UPPER)
    rows = [row for row in post.risk_table(results) if row.cause == "hotspot"]
    assert not post.hotspots(density)
    (row,) = rows
    assert row.value == density.max()
    assert row.verdict == "certain"
    assert "no spot stands out" in row.comment


def test_each_cause_is_judged_at_the_last_increment_that_has_what_it_needs(tmp_path: Path) -> None:
    # a step that was interrupted: fields inside the layers and a current are of increments before
    mesh = example_mesh(6)
    with ResultsWriter.create(tmp_path, case={}, mesh=mesh, materials=materials()) as writer:
        for number, pressure in enumerate((20.0, 40.0, 60.0)):
            snapshot = example_increment(mesh, "press", 0, number, pressure, layers=number == 0)
            writer.append(snapshot)
            if number < 2:
                writer.append_current(example_current(mesh, snapshot))
    table = post.risk_table(Results.open(tmp_path), "press")
    found = {row.cause: (row.increment, row.pressure) for row in table}
    assert found[TENSION] == found[FLAW] == (0, 20.0)
    assert found["hotspot"] == (1, 40.0)
    assert found["over-pressing: contact pressure"] == (2, 60.0)


# What is no risk ------------------------------------------------------------------------------


def test_shear_under_load_is_carried_by_friction(tmp_path: Path) -> None:
    results = ladder(tmp_path / "run", [*UP, ("release", 5.0)])
    # and what is left of the pressure bears what is left of the shear
    for step in ("hard", "release"):
        assert post.residual_traction(results.interface(results.interfaces[0]).at(step)).value == 0
    state = results.interface(results.interfaces[0]).at("release")
    shear = np.abs(np.asarray(state.shear_traction.values)).reshape(len(state.gap), -1).max(axis=1)
    assert shear.max() > 0.0
    assert (shear <= state.contact_pressure.values).all()


def test_a_stack_that_is_taken_apart_has_not_come_apart(tmp_path: Path) -> None:
    case = {"step": [{"name": "apart", "kind": "pull_off"}]}
    results = ladder(tmp_path / "run", [*UP, ("apart", 1.0)], case=case)
    assert not [r for r in post.risk_table(results, "apart") if r.cause.startswith("delamin")]
    plain = ladder(tmp_path / "plain", [*UP, ("apart", 1.0)])
    assert [r for r in post.risk_table(plain, "apart") if r.cause.startswith("delamin")]


# The same words everywhere --------------------------------------------------------------------


def test_pictures_say_what_the_table_says(tmp_path: Path) -> None:
    results = ladder(tmp_path / "run", [*UP, ("release", 5.0)], tension=0.6)

    def words(figure: object) -> str:
        titles = [axes.get_title(loc="left") for axes in figure.get_axes()]  # type: ignore[attr-defined]
        return " ".join("\n".join(titles).split())

    drawn = words(plots.flaws(results, "hard"))
    for row in post.risk_table(results, "hard"):
        if row.cause.startswith(("over-pressing: flaw", "over-pressing: metal")):
            assert row.told in drawn
    apart = words(plots.debonded(results))
    said = [
        row.told
        for row in post.risk_table(results, "release")
        if row.cause in ("delamination", "delamination: closing traction")
    ]
    assert len(said) == 4
    assert all(text in apart for text in said)
    window = post.pressure_window(results)
    figure = plots.pressure_window(window)
    legend = [text.get_text() for text in figure.get_axes()[1].get_legend().get_texts()]
    for label in legend:
        cause = label.removesuffix(" (undecided)")
        assert cause in post.CAUSES
        assert (label != cause) is (window.worst(cause).verdict == "undecided")


def test_the_report_tells_each_verdict_once(tmp_path: Path) -> None:
    results = ladder(tmp_path / "run", [*UP, ("release", 5.0)], tension=0.6)
    text = post.summary(results)
    table = post.risk_table(results)
    risk = text[text.index("Risk, worst of all steps") : text.index("Pressure window")]
    for row in table:
        found = [line for line in risk.splitlines() if line.split()[:1] == [str(row.rank)]]
        (line,) = [line for line in found if row.place in line]
        assert f" {row.verdict} " in line
    assert text.count("Thresholds") == 1
    assert text.count("Assumed") == 1


# Causes of somebody else ----------------------------------------------------------------------


@pytest.fixture
def own() -> Iterator[list[str]]:
    """Names to forget after the test."""
    names: list[str] = []
    yield names
    for name in names:
        if name in post.CAUSES:
            post.CAUSES.remove(name)


def test_a_cause_of_your_own_is_in_table_window_and_report(tmp_path: Path, own: list[str]) -> None:
    own.append("heavy")

    @post.risk("heavy", unit="MPa")
    def heavy(at: post.Increment) -> list[post.Found]:
        """The stack is pressed harder than somebody likes."""
        limit = post.threshold(50.0, low=20.0, high=100.0, source="somebody's taste")
        return [post.Found(subject="stack", value=at.pressure, threshold=limit)]

    assert post.CAUSES["heavy"].means == "The stack is pressed harder than somebody likes."
    results = ladder(tmp_path / "run", UP, **SHUT)
    row = post.risk_table(results).worst("heavy")
    assert row is not None
    assert (row.value, row.verdict, row.unit) == (180.0, "certain", "MPa")
    window = post.pressure_window(results)
    assert window.damage["heavy"][:, 1] == pytest.approx(np.array([2.0, 10.0, 60.0, 180.0]) / 50)
    # 1 between 10 and 60 MPa, linear over the logarithm: 0.8 of the way
    assert window.upper[1] == pytest.approx(10.0 * 6.0**0.8)
    assert window.recommended is None  # the contact is good from 130 MPa on
    assert "over it at some pressure: heavy" in window.verdict()
    text = post.summary(results)
    assert "heavy" in text[text.index("Risk") :]
    assert "somebody's taste" in text


def test_needs_decide_where_a_cause_is_judged(tmp_path: Path, own: list[str]) -> None:
    own += ["electric", "inner"]
    asked: list[tuple[str, str]] = []

    @post.risk("electric", needs="current")
    def electric(at: post.Increment) -> list[post.Found]:
        asked.append(("electric", at.step))
        assert at.current.mean_current_density > 0.0
        return []

    @post.risk("inner", needs=["layers", "materials"])
    def inner(at: post.Increment) -> list[post.Found]:
        asked.append(("inner", at.step))
        assert at.layers == ("separator", "interlayer", "anode")
        assert at.brittle_layers == ("separator", "interlayer")
        return []

    results = ladder(tmp_path / "run", UP[:2], current=False)
    table = post.risk_table(results, causes=["electric", "inner"])
    assert asked == [("inner", "touch"), ("inner", "light")]
    assert table.notes == ("no current was computed; not judged: electric",)
    with pytest.raises(ExtensionError, match="a risk cannot need 'layer'; did you mean"):
        post.risk("wrong", needs="layer")(inner)
    assert "wrong" not in post.CAUSES


def nothing(at: post.Increment) -> None:
    return None


def raises(at: post.Increment) -> list[post.Found]:
    raise ValueError("lost my way")


def no_rows(at: post.Increment) -> list[float]:
    return [3.0]


def no_threshold(at: post.Increment) -> list[post.Found]:
    return [post.Found(subject="s", value=1.0, threshold=2.0)]  # type: ignore[arg-type]


def endless(at: post.Increment) -> list[post.Found]:
    return [post.Found(subject="s", value=math.nan, threshold=post.threshold(1.0, source="x"))]


def zero(at: post.Increment) -> list[post.Found]:
    return [post.Found(subject="s", value=1.0, threshold=post.threshold(0.0, source="x"))]


def other_unit(at: post.Increment) -> list[post.Found]:
    return [post.Found(subject="s", value=1.0, threshold=value(1.0, 1.0, 1.0, "um"))]


def out_of_range(at: post.Increment) -> list[post.Found]:
    limit = post.threshold(1.0, source="x")
    return [post.Found(subject="s", value=1.0, value_low=2.0, threshold=limit)]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (raises, "ValueError: lost my way"),
        (nothing, "returned nothing"),
        (no_rows, "returned a float among its rows"),
        (no_threshold, "returned the threshold 2.0; write post.threshold"),
        (endless, "no finite number"),
        (zero, "a threshold is positive"),
        (other_unit, "a threshold in um, its unit is MPa"),
        (out_of_range, "outside of its range"),
    ],
)
def test_a_broken_cause_is_named_and_the_others_are_judged(
    examples: list[Results], own: list[str], function: post.causes.Find, message: str
) -> None:
    own.append("broken")
    before = post.risk_table(examples[0])
    post.risk("broken", unit="MPa")(function)
    table = post.risk_table(examples[0])
    assert table.rows == before.rows
    (note,) = [note for note in table.notes if "'broken'" in note]
    assert message in note
    assert "test_verdicts.py" in note
    assert post.pressure_window([examples[0], examples[2]]).causes


def test_a_stored_cause_that_nothing_registers_is_said(tmp_path: Path, own: list[str]) -> None:
    own.append("gone")
    post.risk("gone")(lambda at: [post.Found(
        subject="s", value=3.0, threshold=post.threshold(1.0, source="x"))])  # fmt: skip
    mesh = flat(example_mesh(12, 16), 16)
    results = ladder(tmp_path / "run", UP[:1])
    rows = post.risk_table(results).to_records()
    results.close()
    with ResultsWriter.create(tmp_path / "new", case={}, mesh=mesh) as writer:
        writer.append(example_increment(mesh, "press", 0, 0, 10.0))
        writer.append_risk("press", rows)
    post.CAUSES.remove("gone")
    with Results.open(tmp_path / "new") as again:
        assert "gone" in again.summary()
        assert "the run stored the risk 'gone', which nothing registers here" in post.summary(again)


def test_unknown_causes_and_pressures_are_told_with_what_there_is(
    examples: list[Results], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ResultsError, match=r"did you mean .hotspot."):
        post.risk_table(examples[0], causes=["hotspots"])
    window = post.pressure_window(examples[2])
    with pytest.raises(ResultsError, match="3 MPa is no point of the window; there is: 2, 10, 60"):
        window.row("hotspot", 3.0)
    with pytest.raises(ResultsError, match="judged at no pressure"):
        window.worst("delamination")
    assert main(["report", str(examples[2].folder), "--no-figures"]) == 0
    assert "Pressure window" in capsys.readouterr().out
    assert WIDTH == 60.0
