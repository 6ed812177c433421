# SPDX-License-Identifier: MIT
"""Any stored field can be drawn: values by name, colours by sign, labels and units as stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from interfacefem import plots
from interfacefem.errors import ResultsError
from interfacefem.plots.choose import Scale, scale_of
from interfacefem.plots.painted import paint, paint_all
from interfacefem.plots.turned import Turned
from interfacefem.plots.values import components, offered, on_cells, shown
from interfacefem.results import InterfaceState, LayerState, Results
from interfacefem.results.example import PRESS, example_run
from interfacefem.results.example_3d import example_run_in_space

UPPER = "interlayer|anode"


@pytest.fixture(scope="module", params=["plane", "3d"])
def run(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Results]:
    folder = tmp_path_factory.mktemp("fields") / "run"
    plane = request.param == "plane"
    results = (
        example_run(folder, nx=6, points=31, increments=1)
        if plane
        else example_run_in_space(folder, n=6, increments=1)
    )
    yield results
    results.close()


@dataclass
class Stored:
    """A field as a state returns it."""

    values: np.ndarray
    unit: str
    location: str = "cell"


class Foreign:
    """A state with fields that no list of this program knows."""

    name, step = "separator", "press"

    def __init__(self, **fields: Stored) -> None:
        self.stored = fields

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.stored)

    def field(self, name: str) -> Stored:
        return self.stored[name]


def test_everything_that_is_stored_is_offered_and_shown(run: Results) -> None:
    layer, face = run.layer("separator").at("press"), run.interface(UPPER).at("press")
    for state in (layer, face):
        names = offered(state)
        assert {name.partition(".")[0] for name in names} == set(state.fields)
        for name in names:
            found = shown(state, name)
            assert found.values.ndim == 1
            assert found.unit == state.field(name.partition(".")[0]).unit
            assert f"[{found.unit.replace('^2', '²')}]" in found.label
    dimension = run.mesh.dimension
    assert ("stress.xz" in offered(layer)) is (dimension == 3)
    assert ("shear_traction.y" in offered(face)) is (dimension == 3)


def test_components_and_magnitudes(run: Results) -> None:
    layer = run.layer("separator").at("press")
    moved = layer.displacement.values
    up = "y" if run.mesh.dimension == 2 else "z"
    np.testing.assert_array_equal(shown(layer, f"displacement.{up}").values, moved[:, -1])
    size = np.linalg.norm(moved, axis=1)
    for name in ("displacement", "displacement.magnitude"):
        np.testing.assert_allclose(shown(layer, name).values, size)
    assert shown(layer, "displacement").label == "Displacement magnitude [um]"
    place = ("xx", "yy", "zz", "xy", "xz", "yz").index(f"{up}{up}")
    np.testing.assert_array_equal(
        shown(layer, f"stress.{up}{up}").values, layer.stress.values[:, place]
    )
    # a node's field is shown by the mean of the corners of each cell
    found = shown(layer, "potential")
    assert found.location == "node"
    np.testing.assert_allclose(on_cells(found, layer.cells), found.values[layer.cells].mean(axis=1))
    assert components(5) == ("0", "1", "2", "3", "4")


def test_fields_of_others_have_the_unit_they_were_stored_with() -> None:
    state: Any = Foreign(
        temperature=Stored(np.array([300.0, 310.0]), "K"),
        flux=Stored(np.array([[3.0, 4.0]]), "W/um^2"),
        odd=Stored(np.zeros((2, 5)), "-"),
    )
    assert offered(state) == [
        "temperature", "flux.x", "flux.y", "flux.magnitude",
        "odd.0", "odd.1", "odd.2", "odd.3", "odd.4",
    ]  # fmt: skip
    assert shown(state, "temperature").label == "Temperature [K]"
    assert shown(state, "flux").values == pytest.approx([5.0])
    assert shown(state, "flux").label == "Flux magnitude [W/um²]"
    with pytest.raises(ResultsError, match=r"'odd' has 5 components; give one of: odd\.0"):
        shown(state, "odd")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("von_mises", r'did you mean "von_mises_stress"\? there is: displacement\.x'),
        ("stress", r"'stress' has \d components; give one of: stress\.xx, stress\.yy"),
        ("stress.xw", r"no '\.xw' of 'stress'; give one of: stress\.xx"),
        ("displacement.w", r"no '\.w' of 'displacement'; give one of: displacement\.x"),
        ("mean_stress.x", r"'mean_stress' is one number and has no '\.x'"),
        ("gap", "no field 'gap' to draw; .*potential, current_density"),
    ],
)
def test_unknown_fields_are_told_with_what_there_is(run: Results, field: str, message: str) -> None:
    for draw in (plots.stack, Turned):
        with pytest.raises(ResultsError, match=message):
            draw(run, "press", field)


@pytest.mark.parametrize("field", ["displacement", "potential", "current_density.x"])
def test_the_stack_in_any_field(run: Results, field: str) -> None:
    figure = plots.stack(run, "press", field)
    words = [part.get_supxlabel() for part in figure.subfigs]
    assert f"{shown(run.layer('anode').at('press'), field).label}, a scale for each layer" in words
    plotter = Turned(run, "press", field).plotter
    try:
        even = [paint(run.layer(n).at("press"), field).scale.even for n in run.layers]
        assert len(plotter.scalar_bars) == even.count(False)
    finally:
        plotter.close()


def test_a_layer_without_the_field_is_grey(tmp_path: Path, run: Results) -> None:
    states: list[Any] = [run.layer(name).at("press") for name in run.layers]

    class Without:
        """A layer as it is, but for one field."""

        def __init__(self, state: LayerState) -> None:
            self.state = state

        def __getattr__(self, name: str) -> Any:
            return getattr(self.state, name)

        @property
        def fields(self) -> tuple[str, ...]:
            return tuple(name for name in self.state.fields if name != "plastic_strain")

    states[0] = Without(states[0])
    painted = paint_all(states, "plastic_strain")
    assert painted[0].scale.even
    assert painted[0].label == ""
    assert (painted[0].colours == 225).all()
    assert not painted[1].scale.even


def test_interfaces_in_any_field(run: Results) -> None:
    state = run.interface(UPPER).at("press")
    for field in ("slip", "current_density", "in_contact"):
        label = shown(state, field).label
        if run.mesh.dimension == 3:
            figure = plots.interface_maps(run, "press", field)
            images = [a.get_images()[0] for a in figure.get_axes() if a.get_images()]
            assert len(images) == len(run.interfaces)
            assert len({image.get_clim() for image in images}) == 1
            assert label in [axes.get_xlabel() for axes in figure.get_axes()]
        else:
            figure = plots.interface_profiles(run, ["press"], field)
            axes = figure.get_axes()[0]
            assert axes.get_ylabel() == label
            line = np.asarray(axes.get_lines()[0].get_ydata())
            np.testing.assert_array_equal(line, state.field(field).values)
    draw: Any = plots.interface_maps if run.mesh.dimension == 3 else plots.interface_profiles
    step: Any = "press" if run.mesh.dimension == 3 else ["press"]
    with pytest.raises(
        ResultsError, match=r"no field 'stress' to draw; there is: contact_pressure"
    ):
        draw(run, step, "stress")


@pytest.mark.parametrize("field", ["slip", "displacement"])
def test_a_film_of_any_field(run: Results, tmp_path: Path, field: str) -> None:
    path = plots.animation(run, tmp_path / "film.gif", field=field)
    with Image.open(path) as film:
        # a press, a hold and a release of one increment each, all with layer fields
        assert film.n_frames == 3
    with pytest.raises(ResultsError, match=r"there is: contact_pressure, gap.*displacement"):
        plots.animation(run, tmp_path / "other.gif", field="nothing")
    assert not (tmp_path / "other.gif").exists()


# Colours by sign ------------------------------------------------------------------------------


def scale(*values: float, unit: str = "MPa") -> Scale:
    numbers = np.array(values)
    return scale_of(numbers, np.ones(len(numbers)), unit=unit)


def test_one_sign_goes_from_zero_both_signs_to_both_sides() -> None:
    rising = scale(*np.linspace(0.0, 10.0, 1001))
    assert rising.colours == "viridis"
    assert rising.low == 0.0
    assert rising.high == pytest.approx(10.0, rel=3e-3)
    falling = scale(*np.linspace(-10.0, 0.0, 1001))
    assert falling.colours == "viridis_r"  # dark is none, as above
    assert (falling.low, falling.high) == (pytest.approx(-10.0, rel=3e-3), 0.0)
    both = scale(*np.linspace(-4.0, 10.0, 1001))
    assert both.colours == "RdBu_r"
    assert both.low == -both.high == pytest.approx(-10.0, rel=3e-3)
    # a little of the other sign is of no account
    assert scale(*np.linspace(-0.3, 10.0, 1001)).colours == "viridis"
    # far from zero colours do not begin there
    assert scale(*np.linspace(8.0, 10.0, 1001)).low == pytest.approx(8.0, rel=1e-2)


def test_even_fields_and_round_off_have_no_scale() -> None:
    assert scale(3.0, 3.0, 3.0).even
    assert scale(3.0, 3.0 + 1e-12, 3.0).even
    assert scale(0.0, 1e-12, unit="-").even  # a strain of nothing
    assert not scale(0.0, 1e-12, unit="m").even
    assert scale().even
    assert scale(np.nan, np.nan).even
    assert (scale(3.0, 3.0).paint(np.array([3.0])) == 225).all()


def test_a_field_that_is_mostly_zero_is_scaled_by_the_rest() -> None:
    # a thousandth of the area has yielded
    found = scale(*np.zeros(9990), *np.linspace(0.01, 0.02, 10), unit="-")
    assert found.low == 0.0
    assert found.high == pytest.approx(0.02, rel=0.02)
    # what is not a number is grey, the ends have the end colours
    colours = found.paint(np.array([np.nan, -1.0, 0.0, 1.0]))
    assert (colours[0] == 225).all()
    assert (colours[1] == colours[2]).all()
    assert (colours[3] != colours[2]).any()


def test_values_that_are_even_are_said(run: Results) -> None:
    figure = plots.stack(run, "press", "mean_stress")
    texts = [text.get_text() for axes in figure.get_axes() for text in axes.texts]
    assert f"anode: {-PRESS / 3.0:.3g} everywhere (grey)" in texts
    assert isinstance(figure, Figure)
    assert isinstance(run.interface(UPPER).at("press"), InterfaceState)
