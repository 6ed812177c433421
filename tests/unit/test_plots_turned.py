# SPDX-License-Identifier: MIT
"""The scene of a notebook: what it shows after a choice, and the still picture elsewhere.

In a real page of JupyterLab it is looked at by ``test_scene_browser.py``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import pyvista
from matplotlib.figure import Figure
from PIL import Image

from interfacefem import plots
from interfacefem.errors import ResultsError
from interfacefem.plots import turned
from interfacefem.plots.turned import Turned
from interfacefem.plots.values import on_cells, shown
from interfacefem.results import Results
from interfacefem.results.example import (
    example_current,
    example_increment,
    example_materials,
    example_mesh,
    example_run,
)
from interfacefem.results.example_3d import example_run_in_space
from interfacefem.results.store import ResultsWriter


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    results = example_run_in_space(tmp_path_factory.mktemp("turned") / "space", n=6)
    yield results
    results.close()


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """A run with fields of layers at each of three increments, and a current at the last one."""
    folder, mesh = tmp_path_factory.mktemp("turned") / "plane", example_mesh(6)
    with ResultsWriter.create(
        folder, case={"name": "example"}, mesh=mesh, materials=example_materials(), provenance={}
    ) as writer:
        for number, pressure in enumerate((50.0, 100.0, 187.0)):
            found = example_increment(mesh, "press", 0, number, pressure, layers=True, points=31)
            writer.append(found)
        writer.append_current(example_current(mesh, found))
    results = Results.open(folder)
    yield results
    results.close()


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    results = example_run(tmp_path_factory.mktemp("turned") / "waves", nx=6, points=31)
    yield results
    results.close()


@pytest.fixture
def scene(plane: Results) -> Iterator[Turned]:
    found = Turned(plane, "press")
    yield found
    found.plotter.close()


def layers(scene: Turned) -> list[Any]:
    """Return the actors of the layers, bottom to top."""
    return [item for item in scene.plotter.actors.values() if isinstance(item, pyvista.Actor)]


def said(scene: Turned) -> str:
    return str(scene.plotter.actors["moment"].GetText(0))  # lower left


def bars(scene: Turned) -> list[str]:
    return [title.replace("\n", " ").strip() for title in scene.plotter.scalar_bars.keys()]


def test_every_choice_shows_the_numbers_of_the_run(plane: Results, scene: Turned) -> None:
    assert list(scene.moments()) == [row for row in range(len(plane)) if plane.has_layers_at(row)]
    assert len(scene.moments()) > 1
    assert scene.fields()["displacement.magnitude"] == "Displacement magnitude [um]"
    compared = 0
    for row in scene.moments():
        for field in scene.fields():
            scene.choose(row, field)
            for actor, name in zip(layers(scene), plane.layers, strict=True):
                actor.mapper.Update()  # as when it is drawn
                grid = actor.mapper.dataset
                state = plane.layer(name).at(*plane.when(row))
                np.testing.assert_allclose(grid.points[:, :2], state.points, atol=1e-6)
                if field.partition(".")[0] in state.fields:
                    wanted = on_cells(shown(state, field), state.cells)
                    np.testing.assert_array_equal(grid.cell_data[field], wanted)
                    compared += 1
            assert (scene.row, scene.field) == (row, field)
            assert scene.moments()[row] in said(scene)
    # potential, and current density by x, y and magnitude, are there at the last moment only
    assert compared == len(plane.layers) * (3 * len(scene.fields()) - 2 * 4)


def test_bars_follow_the_field_and_the_view_stays(plane: Results, scene: Turned) -> None:
    scene.choose(0, "max_principal_stress")
    assert bars(scene) == [f"{name} Max principal stress [MPa]" for name in plane.layers]
    scene.plotter.camera.position = (30.0, -40.0, 25.0)
    before = scene.plotter.camera_position.to_list()
    for actor in layers(scene):  # as its menu does
        actor.prop.show_edges = True
    scene.choose(2, "displacement.y")
    assert bars(scene) == [f"{name} Displacement y [um]" for name in plane.layers]
    assert scene.plotter.camera_position.to_list() == before
    assert [actor.prop.show_edges for actor in layers(scene)] == [True] * len(plane.layers)


def test_a_field_that_is_not_there_at_a_moment(plane: Results, scene: Turned) -> None:
    without = [
        row
        for row in scene.moments()
        if "potential" not in plane.layer(plane.layers[0]).at(*plane.when(row)).fields
    ]
    assert without == [0, 1]
    assert "potential" in scene.fields()
    scene.choose(without[0], "potential")
    assert bars(scene) == []
    assert "no Potential [V] there" in said(scene)
    scene.choose(without[0], "displacement.y")
    assert len(bars(scene)) == len(plane.layers)
    assert "there" not in said(scene)


def test_each_layer_has_its_own_scale_of_round_numbers(run: Results, waves: Results) -> None:
    for results in (run, waves):
        plotter = Turned(results, "press", "plastic_strain").plotter
        try:
            assert len(plotter.scalar_bars) == len(results.layers)
            for bar in plotter.scalar_bars.values():  # the last ones at the ends
                low, high = bar.GetLookupTable().GetRange()
                step = (high - low) / (bar.GetNumberOfLabels() - 1)
                assert low / step == pytest.approx(round(low / step), abs=1e-9)
                assert f"{step:e}"[:3] in ("1.0", "2.0", "2.5", "5.0")
            bounds = plotter.bounds
        finally:
            plotter.close()
    assert bounds.z_max == 0.0  # the plane run
    with pytest.raises(ResultsError, match=r"'stress' has 6 components; give one of: stress\.xx"):
        Turned(run, "press", "stress")


def test_it_is_a_still_where_it_cannot_be_turned(
    run: Results, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="interfacefem"):
        assert isinstance(plots.scene(run, "press"), Figure)
    assert "a still picture in place of the scene" in caplog.text
    # a notebook in which trame only gives a still as well
    monkeypatch.setattr(turned, "stack", lambda *_: "the still picture")
    monkeypatch.setattr(turned.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(turned, "_in_jupyter", lambda: True)
    answers = _Answers(Image.new("RGB", (4, 4)))
    monkeypatch.setattr(turned, "Turned", answers)
    assert plots.scene(run, "press") == "the still picture"
    monkeypatch.setattr(turned, "_with_choices", lambda scene, window: ("choices", window))
    answers.answer = window = object()
    assert plots.scene(run, "press") == ("choices", window)
    # as if the renderer that is fetched from the network were not installed
    assert answers.fetching[-1] == "trame.widgets.vtklocal is not there"
    assert "trame.widgets.vtklocal" not in sys.modules


class _Answers:
    """What a scene's plotter of pyvista answers."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.fetching: list[str] = []

    def __call__(self, *_: object, **__: object) -> _Answers:
        return self

    @property
    def plotter(self) -> _Answers:
        return self

    def show(self, **_: object) -> object:
        if sys.modules.get("trame.widgets.vtklocal", self) is None:
            self.fetching.append("trame.widgets.vtklocal is not there")
        return self.answer

    def close(self) -> None:
        pass
