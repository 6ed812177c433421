# SPDX-License-Identifier: MIT
"""Runs side by side: what is measured, at which moment, and what the verb prints and draws."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import ResultsError, materials, plots, post
from interfacefem.cli import main
from interfacefem.post import compare, delamination
from interfacefem.post.measures import area_ratio, density_gradient, mean_density, rms_slope
from interfacefem.results import Results
from interfacefem.results.example import example_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Results]:
    folder = tmp_path_factory.mktemp("runs")
    return [example_run(folder / "coarse", increments=2), example_run(folder / "fine")]


def test_a_wave_has_its_slope_and_length() -> None:
    x = np.linspace(0.0, 10.0, 4001)
    amplitude, number = 0.2, 2.0 * np.pi / 5.0
    points = np.column_stack([x, amplitude * np.cos(number * x)])
    state: Any = SimpleNamespace(points=points, faces=None)
    steep = amplitude * number
    # slope A k sin(kx); length to the fourth order 1 + s^2/4 - 3 s^4/64
    assert rms_slope(state) == pytest.approx(steep / np.sqrt(2.0), rel=1e-5)
    series = 1.0 + steep**2 / 4.0 - 3.0 * steep**4 / 64.0
    assert area_ratio(state) == pytest.approx(series, abs=steep**6 / 50.0)
    flat: Any = SimpleNamespace(points=np.column_stack([x[::-1], 0.0 * x]), faces=None)
    assert (area_ratio(flat), rms_slope(flat)) == (1.0, 0.0)


def test_a_cone_and_a_roof_have_their_slope_and_area() -> None:
    # flat out to radius 1, then a cone of slope 1/2 out to 3: a ninth of the projection is flat
    line = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.5], [3.0, 1.0]])
    cone: Any = SimpleNamespace(points=line, faces=None)
    steep = np.sqrt(1.25)
    assert area_ratio(cone, axisymmetric=True) == pytest.approx(
        (1.0 + 8.0 * steep) / 9.0, rel=1e-12
    )
    assert rms_slope(cone, axisymmetric=True) == pytest.approx(0.5 * np.sqrt(8.0 / 9.0), rel=1e-12)
    assert rms_slope(cone) == pytest.approx(0.5 * np.sqrt(2.0 / 3.0), rel=1e-12)
    # two planes in 3D, one level of width 1 and one of slope 1/2 of width 2
    points = np.array(
        [[x, y, max(0.0, 0.5 * (x - 1.0))] for y in (0.0, 4.0) for x in (0.0, 1.0, 3.0)]
    )
    roof: Any = SimpleNamespace(points=points, faces=np.array([[0, 1, 4, 3], [1, 2, 5, 4]]))
    assert area_ratio(roof) == pytest.approx((1.0 + 2.0 * steep) / 3.0, rel=1e-12)
    assert rms_slope(roof) == pytest.approx(0.5 * np.sqrt(2.0 / 3.0), rel=1e-12)


def test_density_is_weighted_by_area_and_its_gradient_is_a_straight_line() -> None:
    height = np.array([0.0, 1.0, 3.0, 6.0])  # cells of height 1, 2 and 3, width 1
    points = np.column_stack([np.tile([0.0, 1.0], 4), np.repeat(height, 2)])
    cells = np.array([[0, 1, 3, 2], [2, 3, 5, 4], [4, 5, 7, 6]])
    density = 0.6 + 0.02 * np.array([0.5, 2.0, 4.5])
    state: Any = SimpleNamespace(
        points=points, cells=cells, field=lambda name: SimpleNamespace(values=density)
    )
    assert density_gradient(state) == pytest.approx(20.0, rel=1e-12)  # 0.02 1/um in 1/mm
    # the mean of a straight line is its value at half the height, 3 um
    assert mean_density(state) == pytest.approx(0.66, rel=1e-12)


def test_cells_count_by_the_volume_of_their_rings_or_of_themselves() -> None:
    # two cells side by side, from the axis to 1 and from 1 to 3: rings of pi and 8 pi
    points = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [0.0, 2.0], [1.0, 2.0], [3.0, 2.0]])
    cells = np.array([[0, 1, 4, 3], [1, 2, 5, 4]])
    fields: Any = lambda name: SimpleNamespace(values=np.array([0.5, 0.9]))  # noqa: E731
    state: Any = SimpleNamespace(points=points, cells=cells, field=fields)
    assert mean_density(state, axisymmetric=True) == pytest.approx(
        (0.5 + 8.0 * 0.9) / 9.0, rel=1e-12
    )
    assert mean_density(state) == pytest.approx((0.5 + 2.0 * 0.9) / 3.0, rel=1e-12)
    # a unit cube under a block of height 2
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    space = np.vstack([np.column_stack([square, np.full(4, z)]) for z in (0.0, 1.0, 3.0)])
    bricks = np.array([np.arange(8), np.arange(4, 12)])
    state = SimpleNamespace(points=space, cells=bricks, field=fields)
    assert mean_density(state) == pytest.approx((0.5 + 2.0 * 0.9) / 3.0, rel=1e-12)
    # least squares through (0.5, 0.5) once and (2, 0.9) twice, in 1/um, then in 1/mm
    assert density_gradient(state) == pytest.approx(1e3 * 0.4 / 1.5, rel=1e-12)


def test_rows_say_where_and_when(runs: list[Results]) -> None:
    found = compare(runs)
    assert found.names == ("coarse", "fine")  # both cases are called "example"
    rows = {(row.subject, row.quantity, row.moment): row for row in found.rows}
    loaded = rows["interface 'separator|interlayer'", "contact fraction", "highest load"]
    assert loaded.steps == ("press, 187 MPa", "press, 187 MPa")
    expected = post.contact_fraction(runs[0].interface("separator|interlayer").at("press"))
    assert loaded.values == (expected, expected)
    end = rows["interface 'separator|interlayer'", "mean pressure", "end"]
    raw = runs[1].interface("separator|interlayer").at("release").contact_pressure
    mean = float(np.sum(raw.values * raw.weights) / 60.0)  # over the width of the example
    assert end.values == pytest.approx((mean, mean), rel=1e-12)
    total = rows["stack", "resistance", "end"]
    assert (total.unit, total.values[0]) == ("ohm cm^2", pytest.approx(33.0, rel=1e-12))
    opened = rows["interface 'separator|interlayer'", "delamination", "worst of all steps"]
    assert opened.steps == ("release", "release")
    worst = [delamination(run, "separator|interlayer", "release").opened_fraction for run in runs]
    assert opened.values == pytest.approx(worst)
    # no powder, so no row of density
    assert not [row for row in found.rows if "density" in row.quantity]
    with pytest.raises(ResultsError, match="two or more"):
        compare(runs[:1])


@pytest.mark.slow
def test_pellets_are_compared_before_and_after_their_ejection(
    runs: list[Results], tmp_path: Path
) -> None:
    powder = materials.get("LGPS", law="powder")
    steps = [ifem.Press(to="50 MPa"), ifem.Release(to="5 MPa"), ifem.Eject()]
    found = []
    for friction in (0.0, 0.3):
        stack = ifem.Stack(
            ifem.Layer("a", powder, "5 um"), ifem.Layer("b", powder, "4 um"), width="5 um"
        )
        die = ifem.Die("10 um", wall_friction=friction)
        size = ifem.MeshSize("2.5 um")
        case = ifem.Case("pellet", stack, ifem.Protocol(*steps), die=die, mesh=size)
        found.append(case.run(tmp_path / f"{friction:g}", listeners=()))
    compared = compare(found)
    rows = {(row.subject, row.quantity, row.moment): row for row in compared.rows}
    bottom = rows["die", "bottom over punch pressure", "highest load"]
    assert bottom.steps == ("press, 50 MPa", "press, 50 MPa")
    assert bottom.values[0] == pytest.approx(1.0, abs=1e-6)  # a smooth wall bears nothing
    assert bottom.values[1] < 0.9
    history = found[1].history
    wall = rows["die", "force of the wall", "last under pressure"]
    assert wall.values[1] == pytest.approx(1e-6 * history["wall_force"][-2], rel=1e-12)
    push = rows["die", "friction if it is pushed out", "last under pressure"]
    assert push.values == pytest.approx((0.0, 0.3 * wall.values[1]), rel=1e-12)
    shear = rows["interface 'a|b'", "rms shear traction", "last under pressure"]
    assert shear.steps == ("release, 5 MPa", "release, 5 MPa")
    for moment in ("last under pressure", "end"):
        assert rows["layer 'b'", "largest tension", moment].values[1] > 0.0
    assert rows["layer 'a'", "density gradient upwards", "end"].values[1] > 0.0  # denser above
    panels = [
        axes.get_title(loc="left") for axes in plots.comparison(compared).axes if axes.patches
    ]
    assert "bottom over punch pressure [-]\nhighest load" in panels
    # sections of both: every row has one scale, and the rim is where the wall is
    figure = plots.pellets(found)
    sections = [axes for axes in figure.axes if axes.get_title(loc="left")]
    assert len(sections) == 8
    one, two = (axes.collections[0].get_clim() for axes in sections[:2])
    assert one == two
    picture = tmp_path / "both.png"
    folders = [str(run.folder) for run in found]
    assert main(["compare", *folders, "-o", str(picture)]) == 0
    assert picture.with_name("both_pellets.png").is_file()
    with pytest.raises(ResultsError, match="not pressed in a die"):
        plots.pellets([runs[0]])


def test_the_verb_prints_writes_and_draws(
    runs: list[Results], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, sheet = tmp_path / "c.png", tmp_path / "c.csv"
    folders = [str(run.folder) for run in runs]
    assert main(["compare", *folders, "-o", str(picture), "--csv", str(sheet)]) == 0
    printed = capsys.readouterr().out
    assert "contact fraction [-]" in printed
    assert "release, 5 MPa" in printed
    assert picture.stat().st_size > 10_000
    with sheet.open(encoding="utf-8", newline="") as handle:
        head, *rows = csv.reader(handle)
    assert head[:4] == ["what", "quantity", "unit", "moment"]
    assert len(rows) == len(compare(runs).rows)
    assert main(["compare", folders[0], "--no-figure"]) == 2
    assert "two or more" in capsys.readouterr().err


def test_the_figure_has_a_bar_for_each_run_from_zero(runs: list[Results]) -> None:
    figure = plots.comparison(compare(runs))
    panels = [axes for axes in figure.axes if axes.patches]
    assert len(panels) == 7
    for axes in panels:
        assert axes.get_ylim()[0] == 0.0
        assert "[" in axes.get_title(loc="left")
    contact = panels[0]
    assert len(contact.patches) == 4  # two interfaces, two runs
    heights = [bar.get_height() for bar in contact.patches]
    row = compare(runs).rows[3]
    assert (row.quantity, row.moment) == ("contact fraction", "end")
    assert heights[0] == pytest.approx(row.values[0], rel=1e-12)
