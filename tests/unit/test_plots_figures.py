# SPDX-License-Identifier: MIT
"""What is handed to the pictures, and that they are drawn where there is no display."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import interfacefem as ifem
from interfacefem import plots, post, surfaces
from interfacefem.errors import ResultsError, SurfaceError
from interfacefem.plots import painted, theme
from interfacefem.plots.choose import moments
from interfacefem.plots.curves import branches
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import (
    PRESS,
    RELEASE,
    example_increment,
    example_materials,
    example_mesh,
    example_run,
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    results = example_run(tmp_path_factory.mktemp("plots") / "example", nx=12, points=61)
    yield results
    results.close()


def axes_of(figure: Figure) -> list[Axes]:
    """Return all axes, those of subfigures too."""
    return list(figure.get_axes())


def titled(figure: Figure, part: str) -> Axes:
    found = [axes for axes in axes_of(figure) if part in axes.get_title(loc="left")]
    assert found, [axes.get_title(loc="left") for axes in axes_of(figure)]
    return found[0]


# Which moments --------------------------------------------------------------------------------


def test_a_hold_that_changes_nothing_shares_the_row_of_its_press(run: Results) -> None:
    found = moments(run)
    assert [moment.names for moment in found] == [("press", "hold"), ("release",)]
    assert [moment.title for moment in found] == ["press, hold: 187 MPa", "release: 5 MPa"]


@pytest.mark.parametrize(("change", "rows"), [(0.003, 1), (0.01, 2)])
def test_closed_faces_differ_by_what_can_be_seen(tmp_path: Path, change: float, rows: int) -> None:
    # a gap of round-off is that of a closed face, whatever its part of itself
    mesh = example_mesh(24)
    with ResultsWriter.create(tmp_path / "held", case={"name": "held"}, mesh=mesh) as writer:
        for index, (step, gap, factor) in enumerate(
            [("press", 1e-6, 1.0), ("hold", 3e-6, 1.0 + change)]
        ):
            snapshot = example_increment(mesh, step, index, 0, 187.0)
            closed = tuple(
                replace(
                    part,
                    gap=np.full(len(part.weights), gap),
                    contact_pressure=factor * part.contact_pressure,
                )
                for part in snapshot.interfaces
            )
            writer.append(replace(snapshot, interfaces=closed))
    with Results.open(tmp_path / "held") as results:
        assert len(moments(results)) == rows


def test_no_more_steps_than_fit_and_the_highest_load_is_among_them(tmp_path: Path) -> None:
    mesh = example_mesh(4)
    pressures = [10.0, 180.0, 20.0, 30.0, 40.0, 50.0]
    with ResultsWriter.create(tmp_path / "many", case={"name": "many"}, mesh=mesh) as writer:
        for index, pressure in enumerate(pressures):
            writer.append(example_increment(mesh, f"step {index}", index, 0, pressure, points=9))
    with Results.open(tmp_path / "many") as results:
        assert [moment.pressure for moment in moments(results)] == [10.0, 180.0, 40.0, 50.0]


def test_nothing_stored_is_said_in_words(tmp_path: Path) -> None:
    ResultsWriter.create(tmp_path / "new", case={"name": "new"}, mesh=example_mesh(4))
    with Results.open(tmp_path / "new") as results:
        for draw in (plots.stack, plots.interface_profiles, plots.loading_curves, plots.report):
            with pytest.raises(ResultsError, match="no increment is stored yet"):
                draw(results)
    assert not (tmp_path / "new" / "figures").exists()


def test_loading_and_release_are_told_apart() -> None:
    found = branches([1.0, 5.0, 5.0, 2.0, 1.0, 9.0])
    assert [(loading, list(rows)) for loading, rows in found] == [
        (True, [0, 1, 2]),  # the hold belongs to it
        (False, [2, 3, 4]),
        (True, [4, 5]),
    ]
    assert [list(rows) for _, rows in branches([3.0])] == [[0]]


# What is drawn --------------------------------------------------------------------------------


def test_loading_curves_show_the_history(run: Results) -> None:
    figure = plots.loading_curves(run)
    contact = titled(figure, "Contact")
    assert contact.get_xscale() == "log"
    assert contact.get_xlabel() == "Nominal pressure [MPa]"
    loading, release = [line for line in contact.get_lines() if len(line.get_xdata()) > 1][:2]
    name = run.interfaces[-1]
    fraction = run.history.of("contact_fraction", name)
    np.testing.assert_array_equal(np.asarray(loading.get_ydata()), fraction[:5])  # press and hold
    assert np.asarray(release.get_xdata())[-1] == RELEASE
    # the example's resistance is 33 ohm cm2 at every increment
    assert titled(figure, "Resistance: 33 ohm cm² at 187 MPa, 33 at 5 MPa")


def test_profiles_show_pressure_and_gap_of_every_interface(run: Results) -> None:
    figure = plots.interface_profiles(run)
    panels = axes_of(figure)
    assert len(panels) == 2 * 2 * len(run.interfaces)  # two moments, pressure and gap
    name = run.interfaces[-1]
    line = panels[0].get_lines()[0]
    state = run.interface(name).at("hold")
    np.testing.assert_array_equal(np.asarray(line.get_ydata()), state.contact_pressure.values)
    assert panels[0].get_ylabel() == "Pressure [MPa]"
    gaps = [axes for axes in panels if axes.get_ylabel() == "Gap [um]"]
    assert gaps[0].yaxis_inverted()  # the gap opens downwards
    assert gaps[0].get_ylim() == gaps[1].get_ylim()  # so rows can be compared


def test_the_current_is_shown_over_its_mean_with_the_critical_line(run: Results) -> None:
    figure = plots.current_profile(run)
    assert len(axes_of(figure)) == len(run.interfaces)
    axes = axes_of(figure)[0]
    curve = axes.get_lines()[0]
    field = run.current("hold").interface(run.interfaces[-1])
    values = np.asarray(curve.get_ydata())
    assert values @ field.weights / field.area == pytest.approx(1.0, rel=1e-12)
    # critical 1 mA/cm2 on a mean of 0.5 mA/cm2
    levels = [np.asarray(line.get_ydata())[0] for line in axes.get_lines()]
    assert any(level == pytest.approx(2.0) for level in levels)
    given = plots.current_profile(run, critical_current_density="2 mA/cm^2")
    levels = [np.asarray(line.get_ydata())[0] for line in axes_of(given)[0].get_lines()]
    assert any(level == pytest.approx(4.0) for level in levels)


def test_without_a_current_there_is_no_profile_but_there_are_curves(tmp_path: Path) -> None:
    mesh = example_mesh(4)
    with ResultsWriter.create(
        tmp_path / "run", case={"name": "x"}, mesh=mesh, materials=example_materials()
    ) as writer:
        writer.append(example_increment(mesh, "press", 0, 0, PRESS, points=9))
    with Results.open(tmp_path / "run") as results:
        with pytest.raises(ResultsError, match="no current is stored"):
            plots.current_profile(results)
        assert len(axes_of(plots.loading_curves(results))) == 1
        with pytest.raises(ResultsError, match="layer fields"):
            plots.stack(results)
        names = [path.name for path in plots.report(results)]
    assert names == ["interfaces.png", "loading.png"]


def test_the_stack_has_a_scale_for_each_layer_and_a_close_up_for_each_interface(
    run: Results,
) -> None:
    figure = plots.stack(run, "press", "plastic_strain")
    titles = [axes.get_title(loc="left") for axes in axes_of(figure)]
    assert "whole stack" in titles
    assert sum("in contact" in title for title in titles) == len(run.interfaces)
    scales = [title for title in titles if "largest" in title]
    assert len(scales) == len(run.layers)
    # as they lie, so the topmost is named first
    assert scales[0].startswith(run.layers[-1])
    highest = run.layer(run.layers[-1]).at("press").plastic_strain.max()
    assert f"largest {highest:.3g}" in scales[0]


def test_a_field_that_is_the_same_everywhere_needs_no_scale(run: Results) -> None:
    figure = plots.stack(run, "press", "mean_stress")  # minus a third of the pressure, everywhere
    texts = [text.get_text() for axes in axes_of(figure) for text in axes.texts]
    assert any("everywhere (grey)" in text for text in texts)


def test_unknown_fields_and_steps_are_refused(run: Results) -> None:
    with pytest.raises(ResultsError, match="von_mises_stress"):
        plots.stack(run, field="von_mises")
    with pytest.raises(ResultsError, match="did you mean 'press'"):
        plots.interface_profiles(run, ["pres"])


def test_cells_land_on_their_pixels() -> None:
    points = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [2, 0], [2, 1]], dtype=float)
    cells = np.array([[0, 1, 2, 3], [1, 4, 5, 2]])
    colours = np.array([[200, 90, 30], [0, 0, 255]], dtype=np.uint8)
    image = painted.cells_as_pixels(points, cells, colours, (0.0, 3.0, 0.0, 1.0), 40)
    assert image.shape == (40, 120, 4)
    np.testing.assert_array_equal(image[20, 20], [200, 90, 30, 255])
    np.testing.assert_array_equal(image[20, 60], [0, 0, 255, 255])
    assert image[20, 100, 3] == 0  # nothing there: transparent
    outside = painted.cells_as_pixels(points, cells, colours, (5.0, 6.0, 0.0, 1.0), 10)
    assert not outside.any()


def test_meshes_and_surfaces() -> None:
    wave = surfaces.sinusoid("20 um", amplitude="500 nm", wavelength="20 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "20 um", top=wave), ifem.Layer("anode", "Li", "20 um")
    )
    mesh = ifem.build_mesh(stack, ifem.MeshSize("1 um"))
    figure = plots.mesh(mesh)
    assert str(2 * len(mesh.points)) in figure.get_suptitle()
    assert len(titled(figure, "whole stack").collections[0].get_paths()) == len(mesh.cells)
    # an amplitude of 0.5 um has an rms height of 0.5/sqrt(2) = 0.354 um
    assert titled(plots.surfaces(stack), "top of electrolyte: rms height 0.354 um")
    assert titled(plots.surfaces({"mine": wave}), "mine")
    with pytest.raises(SurfaceError, match="lines and areas"):
        plots.surfaces({"line": wave, "area": surfaces.flat(("20 um", "20 um"))})
    with pytest.raises(SurfaceError, match="no rough face"):
        plots.surfaces(ifem.Stack(ifem.Layer("a", "Li", "9 um"), width="9 um"))


# How it behaves -------------------------------------------------------------------------------


def test_what_would_hold_an_interface_is_said_as_in_the_risk_table(run: Results) -> None:
    titles = [axes.get_title(loc="left") for axes in axes_of(plots.debonded(run))]
    rows = {(row.subject, row.cause): row for row in post.delamination_risk(run, "release")}
    for lower, upper, flows in (("separator", "interlayer", False), ("interlayer", "anode", True)):
        (place,) = (i for i, text in enumerate(titles) if text.startswith(f"{upper} on {lower}\n"))
        subject = f"interface '{lower}|{upper}'"
        assert rows[subject, "delamination"].told in titles[place]
        said = titles[place + 1]
        assert ("until the softer layer flows" in said) is flows
        for cause in ("closing traction", "energy release"):
            assert rows[subject, f"delamination: {cause}"].told in said


def test_labels_carry_their_units() -> None:
    assert theme.axis_label("contact_pressure", "MPa") == "Contact pressure [MPa]"
    assert theme.axis_label("von_mises_stress", "MPa") == "von Mises stress [MPa]"
    assert theme.axis_label("asr", "ohm cm^2") == "Area-specific resistance [ohm cm²]"


def test_a_picture_leaves_the_users_settings_alone(run: Results) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    plots.loading_curves(run)
    assert dict(mpl.rcParams) == before


def test_a_picture_that_cannot_be_written(run: Results, tmp_path: Path) -> None:
    figure = plots.loading_curves(run)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ResultsError, match="cannot write the picture"):
        plots.save(figure, tmp_path / "file" / "a.png")
    with pytest.raises(ResultsError, match=r"end the name in .png, .pdf or .svg"):
        plots.save(figure, tmp_path / "a")


def test_importing_the_pictures_costs_no_drawing_library() -> None:
    code = (
        "import sys, interfacefem.plots, interfacefem.cli; "
        "heavy = ('matplotlib', 'pyvista', 'vtk', 'gmsh', 'dolfinx'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
