# SPDX-License-Identifier: MIT
"""Pictures of runs in 3D: what they are handed, and that all are drawn without a display."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from interfacefem import plots, post, surfaces
from interfacefem.cli import main
from interfacefem.errors import ResultsError
from interfacefem.plots import cut
from interfacefem.plots.areas import limit
from interfacefem.plots.figures import plan
from interfacefem.plots.painted import cell_sizes, paint
from interfacefem.results import Results
from interfacefem.results.example import THICKNESS, WIDTH, example_run
from interfacefem.results.example_3d import PERIOD, example_run_in_space, spot_radius


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    results = example_run_in_space(tmp_path_factory.mktemp("plots") / "example", n=24)
    yield results
    results.close()


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    results = example_run(tmp_path_factory.mktemp("plots") / "plane", nx=6, points=31, increments=1)
    yield results
    results.close()


def titled(figure: Figure, part: str) -> Axes:
    found = [axes for axes in figure.get_axes() if part in axes.get_title(loc="left")]
    assert found, [axes.get_title(loc="left") for axes in figure.get_axes()]
    return found[0]


def test_maps_show_pressure_gap_and_current_of_every_interface(run: Results) -> None:
    figure = plots.interface_maps(run, "press")
    maps = [axes for axes in figure.get_axes() if axes.get_images()]
    assert len(maps) == 2 * 3
    labels = {axes.get_xlabel() for axes in figure.get_axes()}
    assert {"Contact pressure [MPa]", "Gap [um]", "Current density / mean [-]"} <= labels
    # columns share one scale; the image is bare where there is nothing
    pressures = [axes.get_images()[0] for axes in maps[:2]]
    assert len({image.get_clim() for image in pressures}) == 1
    image = np.ma.asarray(pressures[0].get_array())
    radius = spot_radius(187.0)
    pixel = WIDTH / image.shape[0]
    middle, corner = int(0.5 * PERIOD / pixel), int(0.02 * PERIOD / pixel)
    assert not np.ma.getmaskarray(image)[middle, middle]
    assert np.ma.getmaskarray(image)[corner, corner]
    # about the circle of each spot is bare outside: pi r^2 of each period, to an edge of the mesh
    covered = 1.0 - np.ma.getmaskarray(image).mean()
    assert covered == pytest.approx(np.pi * (radius / PERIOD) ** 2, abs=0.08)
    title = titled(figure, "anode on interlayer").get_title(loc="left")
    touching = post.contact_fraction(run.interface("interlayer|anode").at("press"))
    assert f"{touching:.1%}" in title


def test_gap_and_current_have_the_same_scale_at_every_step(run: Results) -> None:
    assert limit(run, "gap", "press") == limit(run, "gap", "release") == limit(run, "gap")
    assert limit(run, "current_density", "press") == limit(run, "current_density", "release")
    # the largest gap and the largest factor are those after the release
    gap = run.interface("interlayer|anode").at("release").gap
    assert limit(run, "gap") == pytest.approx(gap.max(), rel=0.05)
    assert limit(run, "contact_pressure", "press") != limit(run, "gap")


def test_maps_and_lines_refuse_each_others_runs(run: Results, plane: Results) -> None:
    with pytest.raises(ResultsError, match=r"plots\.interface_profiles"):
        plots.interface_maps(plane)
    with pytest.raises(ResultsError, match=r"plots\.interface_maps"):
        plots.interface_profiles(run)
    with pytest.raises(ResultsError, match=r"plots\.current_distribution"):
        plots.current_profile(run)
    with pytest.raises(ResultsError, match="did you mean 'press'"):
        plots.interface_maps(run, "pres")


def test_distribution_of_a_current_reads_the_area_above_critical(run: Results) -> None:
    figure = plots.current_distribution(run, ["press"])
    axes = titled(figure, "anode on interlayer")
    curve, mean, critical = axes.get_lines()
    assert np.asarray(mean.get_xdata())[0] == 1.0
    assert np.asarray(critical.get_xdata())[0] == pytest.approx(2.0)  # 1 of 0.5 mA/cm2
    field = run.current("press").interface("interlayer|anode")
    x, y = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    # the example's current goes with its pressure: at 0.4 of the period 43 % of the points carry
    # some, see the hand count in test_results_space for another mesh
    touching = run.interface("interlayer|anode").at("press").in_contact.mean()
    assert y[0] == pytest.approx(touching)
    assert x[-1] == pytest.approx(field.max() / field.mean())


def test_cut_has_a_close_up_of_each_interface_and_a_scale_of_each_layer(run: Results) -> None:
    figure = plots.stack(run, "press", "plastic_strain", at=20.0)
    assert titled(figure, "behind the cut at y = 20 um").get_images()
    assert titled(figure, "anode on interlayer").get_ylabel() == "z [um]"
    titles = [axes.get_title(loc="left") for axes in figure.get_axes()]
    assert sum("largest" in title for title in titles) == len(run.layers)
    with pytest.raises(ResultsError, match="misses the stack"):
        plots.stack(run, "press", at=70.0)


def test_section_and_outline_lie_where_the_cells_are(run: Results) -> None:
    painted = [paint(run.layer(name).at("press"), "von_mises_stress") for name in run.layers]
    y = 11.3
    polygons = cut.section(painted, y)
    area = float(polygons.compute_cell_sizes()["Area"].sum())
    # each layer's mean thickness is kept along x, for the waves have whole periods; the example
    # squeezes it by 1e-4 of the pressure
    assert area == pytest.approx(sum(THICKNESS) * WIDTH * (1.0 - 0.0187), rel=1e-3)
    faces = run.mesh.interfaces[run.interfaces[0]].lower
    local = np.searchsorted(run.mesh.layer_nodes[run.layers[0]], faces)
    pieces, quads = cut.outline(painted[0].points, local, y)
    assert len(pieces) == 24
    assert (pieces[0, 0, 0], pieces[-1, 1, 0]) == (0.0, WIDTH)
    np.testing.assert_allclose(pieces[1:, 0], pieces[:-1, 1], atol=1e-12)  # one unbroken line
    corner = painted[0].points[local[quads]]
    assert (corner[..., 1].min(axis=1) <= y).all()
    assert (corner[..., 1].max(axis=1) >= y).all()


def test_places_are_seen_where_the_picture_shows_them(run: Results) -> None:
    painted = [paint(run.layer(name).at("press"), "von_mises_stress") for name in run.layers]
    image, (left, right, bottom, top) = cut.behind(painted, 30.0, 300)
    assert image.shape[0] == 300
    inside = cut.project(np.array([[30.0, 30.001, 6.0], [30.0, 30.001, 60.0]]))
    column = (inside[:, 0] - left) / (right - left) * image.shape[1]
    row = (top - inside[:, 1]) / (top - bottom) * 300
    assert image[int(row[0]), int(column[0]), 3] == 255  # on the cut of the lowest layer
    assert row[1] < 0  # above the stack


def test_sizes_of_cells_weigh_colours() -> None:
    square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 3.0], [0.0, 3.0]])
    assert cell_sizes(square, np.array([[0, 1, 2, 3]]))[0] == pytest.approx(6.0)
    box = np.vstack([np.column_stack([square, np.full(4, z)]) for z in (0.0, 5.0)])
    assert cell_sizes(box, np.arange(8)[None])[0] == pytest.approx(30.0)


def test_mesh_in_3d(run: Results) -> None:
    figure = plots.mesh(run.mesh)
    assert f"{3 * len(run.mesh.points)} degrees of freedom" in figure.get_suptitle()
    front = titled(figure, "front wall, anode on interlayer")
    assert len(front.collections[0].get_paths()) == 24 * 2 * 3


def test_areas_of_a_stack_are_maps_on_one_scale() -> None:
    low, high = (
        surfaces.self_affine(
            ("10 um", "8 um"),
            points=(21, 17),
            hurst=0.8,
            rms_height=height,
            short_cutoff="4 um",
            seed=1,
        )
        for height in ("100 nm", "200 nm")
    )
    figure = plots.surfaces({"low": low, "high": high})
    images = [axes.get_images()[0] for axes in figure.get_axes() if axes.get_images()]
    assert len({image.get_clim() for image in images}) == 1
    assert images[0].get_extent() == [0.0, 10.0, 0.0, 8.0]
    shown = np.asarray(images[1].get_array())
    np.testing.assert_allclose(shown.T, high.heights - high.mean_height, atol=1e-12)
    assert titled(figure, "high: rms height 0.2 um")


def test_film_of_a_press(run: Results, plane: Results, tmp_path: Path) -> None:
    for results in (run, plane):
        path = plots.animation(results, tmp_path / f"{results.folder.name}.gif", frames=2)
        with Image.open(path) as film:
            assert film.n_frames == 2
    with pytest.raises(ResultsError, match=r"written as \.gif"):
        plots.animation(run, tmp_path / "film.png")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ResultsError, match="cannot write the film"):
        plots.animation(plane, tmp_path / "file" / "a.gif", frames=1)


def test_report_and_plot_of_a_run_in_3d(
    run: Results, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["report", str(run.folder), "--no-figures"]) == 0
    assert "Clusters" in capsys.readouterr().out
    # the hold looks like its press; layers are stored at the end of each step
    assert [item.file for item in plan(run)] == [
        "stack_press_von_mises_stress.png",
        "stack_press_plastic_strain.png",
        "stack_release_von_mises_stress.png",
        "stack_release_plastic_strain.png",
        "interfaces_hold.png",
        "interfaces_release.png",
        "flaws_press.png",
        "flaws_release.png",
        "debonded.png",
        "loading.png",
        "distribution.png",
    ]
    target = tmp_path / "maps.png"
    assert main(["plot", str(run.folder), "interfaces", "--step", "press", "-o", str(target)]) == 0
    assert target.is_file()
    assert main(["plot", str(run.folder), "stack", "--at", "99"]) == 2
    assert "misses the stack" in capsys.readouterr().err
