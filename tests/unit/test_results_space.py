"""A run in 3D: stored, read, summed up and exported, against closed forms of the example."""

from __future__ import annotations

from pathlib import Path

import meshio
import numpy as np
import pytest

from interfacefem.errors import ResultsError
from interfacefem.results import InterfaceField, Results, export_vtu
from interfacefem.results.example import AMPLITUDE, PRESS, WIDTH, example_run
from interfacefem.results.example_3d import (
    LARGEST,
    distance,
    example_run_in_space,
    spot_radius,
)
from interfacefem.results.layout import open_file

LOWER = "separator|interlayer"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run_in_space(tmp_path_factory.mktemp("space") / "run", n=30)


def test_units_are_those_of_areas(run: Results, tmp_path: Path) -> None:
    state = run.interface(LOWER).at("press")
    with open_file(run.path) as file:
        first = file["increments/000000"]
        for place in (first["interfaces"][LOWER], first["current/interfaces"][LOWER]):
            assert place["weights"].attrs["unit"] == "um^2"
        assert file["history/applied_work"].attrs["unit"] == "pJ"
    assert run.history.units["friction_work"] == "pJ"
    plane = example_run(tmp_path / "plane", nx=6, points=5, increments=1)
    assert plane.history.units["friction_work"] == "pJ/um"
    assert state.contact_pressure.area == pytest.approx(WIDTH**2, rel=1e-12)
    text = state.contact_pressure.to_csv(tmp_path / "p.csv").read_text()
    assert text.startswith("x [um],y [um],z [um],weight [um^2],contact_pressure [MPa]")
    text = state.shear_traction.to_csv(tmp_path / "s.csv").read_text()
    assert text.splitlines()[0].endswith("shear_traction_x [MPa],shear_traction_y [MPa]")


def test_contact_fraction_and_mean_pressure_of_round_spots(run: Results) -> None:
    # origin: 45 of the 100 lattice points of a period lie within four edges of its centre; the mean
    # of a paraboloid, to the lattice
    assert 4.0 * WIDTH / 30 == pytest.approx(LARGEST * WIDTH / 3)
    state = run.interface(LOWER).at("press")
    assert state.in_contact.mean() == pytest.approx(0.45, rel=1e-12)
    assert state.contact_pressure.mean() == pytest.approx(PRESS, rel=0.02)
    assert run.history.of("mean_pressure", LOWER)[1] == state.contact_pressure.mean()
    assert state.shear_traction.values.shape == (31 * 31, 2)


def test_faces_belong_to_the_points(run: Results) -> None:
    state = run.interface(LOWER).at("press")
    field = state.gap
    faces = field.faces
    assert faces is not None
    assert faces.shape == (900, 4)
    corner = field.points[faces][..., :2]
    one, two = corner[:, 2] - corner[:, 0], corner[:, 3] - corner[:, 1]
    areas = 0.5 * (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0])
    np.testing.assert_allclose(areas, (WIDTH / 30) ** 2, rtol=1e-9)  # counter-clockwise, no gaps
    current = run.current("press").interface(LOWER)
    np.testing.assert_array_equal(current.faces, faces)
    assert field.where(field.values > 0).faces is None
    with pytest.raises(ResultsError, match="nodes of neither"):
        run.mesh.point_faces(LOWER, state.points_reference[1:])
    moved = run.mesh.point_faces(LOWER, state.points_reference + np.array([0.0, 0.0, 0.2]))
    np.testing.assert_array_equal(moved, faces)


def test_rms_height_of_a_face_of_areas(run: Results) -> None:
    # a cos cos on each face has the rms height a/2; bilinear facets of edge h lose (k h)^2/6 of
    # the square along each direction, with k h = 2 pi / 10
    smooth = np.hypot(AMPLITUDE / 2.0, AMPLITUDE / 2.0)
    loss = (2.0 * np.pi / 10.0) ** 2 / 6.0
    assert run.interface(LOWER).rms_height == pytest.approx(smooth * (1.0 - loss), rel=0.005)


def test_interface_that_is_a_line_has_no_map_and_the_other_way_round(run: Results) -> None:
    with pytest.raises(ResultsError, match="is an area"):
        run.interface(LOWER).at("press").gap.to_grid(5)


def test_messages_name_what_there_is(run: Results) -> None:
    with pytest.raises(ResultsError, match=r"interface .* increment 1: no field 'presure'"):
        run.interface(LOWER).at("press").field("presure")
    with pytest.raises(ResultsError, match=r"layer 'anode', step 'press'.*no field 'strain'"):
        run.layer("anode").at("press").field("strain")
    with pytest.raises(ResultsError, match=r"current, step 'press'.*no interface 'a'"):
        run.current("press").interface("a")


def test_summary_of_a_run_in_space(run: Results) -> None:
    text = run.summary()
    assert "hold" in text
    assert "penetration / rms height [-]" in text


def test_export_has_hexahedra_and_quadrilaterals(run: Results, tmp_path: Path) -> None:
    series = export_vtu(run, tmp_path)
    assert [path.name for path in series] == [
        "layers.pvd",
        "interface_separator~interlayer.pvd",
        "interface_interlayer~anode.pvd",
    ]
    layers = meshio.read(sorted(tmp_path.glob("layers_*.vtu"))[0])
    (block,) = layers.cells
    assert (block.type, len(block.data)) == ("hexahedron", 3 * 900 * 2)
    assert layers.point_data["displacement [um]"].shape == (len(layers.points), 3)
    assert layers.cell_data["stress [MPa]"][0].shape[1] == 6
    face = meshio.read(sorted(tmp_path.glob("interface_sep*.vtu"))[1])
    assert (face.cells[0].type, len(face.cells[0].data)) == ("quad", 900)
    assert face.point_data["weight [um^2]"].sum() == pytest.approx(WIDTH**2)
    assert face.point_data["shear_traction [MPa]"].shape == (961, 3)
    pressure = face.point_data["contact_pressure [MPa]"]
    inside = distance(face.points) < spot_radius(PRESS)
    assert (pressure[inside] > 0).all()
    assert not pressure[~inside].any()


def test_field_without_faces_is_a_plain_field() -> None:
    field = InterfaceField(
        name="gap",
        unit="um",
        interface="a|b",
        step="s",
        increment=0,
        points=np.zeros((2, 3)),
        weights=np.ones(2),
        values=np.array([1.0, 3.0]),
    )
    assert field.faces is None
    assert field.integral() == 4.0
