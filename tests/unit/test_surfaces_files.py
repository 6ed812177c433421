"""Files and recipes: what is written is read back, and every fault is one clear error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interfacefem import surfaces
from interfacefem.errors import InterfaceFEMError, SurfaceError, UnitError

X = np.linspace(0.0, 6.0, 7)
LINE = np.array([0.1, -0.2, 0.3, 0.0, 0.25, -0.15, 0.05])
AREA = np.random.default_rng(4).standard_normal((5, 4)).round(4)


def rough() -> surfaces.Topography:
    return surfaces.self_affine("60 um", hurst=0.8, rms_height=0.4, short_cutoff="4 um", seed=7)


# --- saved topographies -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "surface",
    [
        rough(),
        rough().resampled(61, filter="gaussian"),
        surfaces.from_heights(LINE, "6 um", interpolation="linear"),
        surfaces.from_heights(LINE, "6 um", mirrored=True),
        surfaces.from_heights(AREA, ("8 um", "6 um")),
        surfaces.from_heights(AREA, ("8 um", "6 um")).symmetrised(),
        surfaces.cylinder_cap("6 um", radius="30 um"),
    ],
    ids=["series", "filtered", "linear", "mirrored", "area", "symmetric", "cap"],
)
def test_saved_topographies_come_back(surface: surfaces.Topography, tmp_path: Path) -> None:
    path = surface.save(tmp_path / "face")
    assert path == tmp_path / "face.npz"
    assert list(tmp_path.iterdir()) == [path]
    back = surfaces.Topography.load(path)
    assert back == surface
    assert back.recipe == surface.recipe
    assert back.mirrored == surface.mirrored
    places = [np.linspace(0.0, length, 23) for length in surface.size]
    tolerance = 1e-5 if surface.recipe["kind"] == "cylinder_cap" else 1e-14
    np.testing.assert_allclose(back.at(*places), surface.at(*places), rtol=0, atol=tolerance)
    read = surfaces.read(path)
    assert read == surface
    assert read.short_cutoff == surface.short_cutoff
    assert read.long_cutoff == surface.long_cutoff


@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("kind", ["heights", "changed", "symmetric", "area", "file"])
def test_recipes_of_data_come_back(kind: str, folder: bool, tmp_path: Path) -> None:
    surface = surfaces.from_heights(LINE, "6 um")
    if kind == "changed":
        surface = surface.levelled().scaled(rms_height="100 nm")
    elif kind == "symmetric":
        surface = surface.symmetrised(cutoff="3 um")
    elif kind == "area":
        surface = surfaces.from_heights(AREA, ("8 um", "6 um"), interpolation="linear")
    elif kind == "file":
        np.save(tmp_path / "line.npy", LINE * 1000.0)
        surface = surfaces.read(tmp_path / "line.npy", "6 um", unit="nm").levelled("mean")
    where = tmp_path if folder else None
    data = surface.to_dict(where)
    assert json.loads(json.dumps(data)) == data
    back = surfaces.Topography.from_dict(data, folder=where)
    assert back == surface
    assert back.mirrored == surface.mirrored
    assert back.short_cutoff == surface.short_cutoff
    places = [np.linspace(0.0, length, 23) for length in surface.size]
    np.testing.assert_allclose(back.at(*places), surface.at(*places), rtol=0, atol=1e-14)
    again = back.to_dict(where)
    assert again["checksum"] == data["checksum"]


def test_recipes_replay_every_change() -> None:
    area = surfaces.self_affine(
        ("20 um", "16 um"), hurst=0.8, rms_slope=0.1, short_cutoff="4 um", seed=2
    )
    surface = (
        area.scaled(factor=-1.0)
        .profile(axis="y", at="3.7 um")
        .resampled(41, filter="gaussian", cutoff="5 um")
        .levelled("quadratic")
        .symmetrised()
        .resampled(81)
        .scaled(rms_slope=0.2)
    )
    steps = [step["do"] for step in surface.recipe["then"]]
    assert steps[:3] == ["scaled", "profile", "resampled"]
    back = surfaces.Topography.from_dict(json.loads(json.dumps(surface.to_dict())))
    assert back == surface
    assert back.recipe == surface.recipe
    assert "then" not in area.recipe  # changes leave the surface they came from alone


def test_relative_files_are_found_beside_the_case(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    np.save(tmp_path / "data" / "line.npy", LINE)
    data = {"kind": "file", "path": "data/line.npy", "size": "6 um", "unit": "um"}
    surface = surfaces.Topography.from_dict(data, folder=tmp_path)
    assert surface.recipe["path"] == "data/line.npy"
    assert surfaces.Topography.from_dict(surface.to_dict(), folder=tmp_path) == surface


SINE: dict[str, Any] = {
    "kind": "sinusoid", "size": "6 um", "amplitude": "1 um", "wavelength": "6 um",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "sinus"}, "surface.a.kind: 'sinus' is unknown; did you mean 'sinusoid'?"),
        ({"kind": None}, "surface.a.kind: None is unknown; write one of cylinder_cap, file"),
        ({"amplitud": "1 um"}, "surface.a.amplitud: unknown key; did you mean 'amplitude'?"),
        ({"q": 1}, "surface.a.q: unknown key; known are size, points, amplitude"),
        ({"place": "x"}, "surface.a.place: unknown key"),
        ({"amplitude": 1.0}, 'surface.a.amplitude: 1.0 has no unit; write "1 um" or "1 mm"'),
        ({"size": [6.0]}, "surface.a.size[0]: 6.0 has no unit"),
        ({"amplitude": "1 MPa"}, "surface.a.amplitude: '1 MPa' is not a length"),
        ({"points": [3, 3]}, "surface.a: sinusoid: points (3, 3) must be 1 whole number"),
        ({"checksum": "0" * 64}, "surface.a.checksum: 000000000000... does not match"),
        ({"then": {"do": "levelled"}}, "surface.a.then: {'do': 'levelled'} must be a list"),
        ({"then": [{"do": "leveled"}]}, "surface.a.then[0].do: 'leveled' is unknown; did you"),
        ({"then": [{"form": "mean"}]}, "surface.a.then[0].do: None is unknown; write one of"),
        ({"then": [{"do": "profile"}]}, "surface.a.then[0].at: is missing; add it"),
        ({"then": [{"do": "profile", "at": 1.0}]}, "surface.a.then[0].at: 1.0 has no unit"),
        ({"then": [{"do": "levelled", "form": "x"}]}, "surface.a.then[0]: levelling: 'x' is"),
        ({"amplitude": None}, "surface.a.amplitude: is missing; add it"),
    ],
)
def test_bad_recipes_name_the_key(changes: dict[str, Any], message: str) -> None:
    data = SINE | changes
    if changes == {"amplitude": None}:
        data = {key: value for key, value in SINE.items() if key != "amplitude"}
    with pytest.raises(InterfaceFEMError) as caught:
        surfaces.Topography.from_dict(data, place="surface.a")
    assert str(caught.value).startswith(message)


def test_listed_heights_need_a_unit_and_are_few(tmp_path: Path) -> None:
    with pytest.raises(SurfaceError, match=r"surface.heights: no unit; write"):
        surfaces.Topography.from_dict({"kind": "heights", "heights": [0.0, 1.0], "size": "1 um"})
    large = surfaces.from_heights(np.zeros((65, 65)), ("1 um", "1 um"))
    with pytest.raises(SurfaceError, match=r"4225 heights are too many .* give the folder"):
        large.to_dict()
    assert surfaces.Topography.from_dict(large.to_dict(tmp_path), folder=tmp_path) == large
    hidden = surfaces.from_heights(LINE, "6 um").symmetrised().resampled(3)
    with pytest.raises(SurfaceError, match="too coarse to list"):
        hidden.to_dict()


# --- plain arrays and text ----------------------------------------------------------------------


def test_arrays(tmp_path: Path) -> None:
    np.save(tmp_path / "line.npy", LINE * 1000.0)
    line = surfaces.read(tmp_path / "line.npy", "6 um", unit="nm")
    np.testing.assert_allclose(line.heights, LINE, rtol=1e-14)
    np.savez(tmp_path / "line.npz", heights=LINE, x=X + 3.0, unit="um")
    assert surfaces.read(tmp_path / "line.npz").size == (6.0,)
    np.savez(tmp_path / "area.npz", heights=AREA, size=[0.008, 0.006], unit="um", xy_unit="mm")
    area = surfaces.read(tmp_path / "area.npz")
    assert area.size == pytest.approx((8.0, 6.0), rel=1e-14)
    np.testing.assert_array_equal(area.heights, AREA)


def test_text_lines(tmp_path: Path) -> None:
    rows = "\n".join(f"{x},{1000 * h:.6f}" for x, h in zip(X, LINE, strict=True))
    file = tmp_path / "line.csv"
    file.write_text(f"# profile 3\nx [um], height [nm]\n{rows}\n\n", encoding="utf-8")
    line = surfaces.read(file)
    np.testing.assert_allclose(line.heights, LINE, rtol=0, atol=1e-12)
    assert line.size == (6.0,)
    file.write_text(rows.replace(",", ";"), encoding="utf-8")
    assert surfaces.read(file, unit="nm", xy_unit="um") == line
    file.write_text(rows.replace(",", "\t"), encoding="utf-8")
    assert surfaces.read(file, unit="nm", xy_unit="um") == line
    column = tmp_path / "column.txt"
    column.write_text("\n".join(str(1000 * h) for h in LINE), encoding="utf-8")
    assert surfaces.read(column, "6 um", unit="nm") == line


def test_text_areas(tmp_path: Path) -> None:
    matrix = tmp_path / "area.csv"
    np.savetxt(matrix, AREA, delimiter=",")
    area = surfaces.read(matrix, ("8 um", "6 um"), unit="um")
    np.testing.assert_allclose(area.heights, AREA, rtol=1e-14)
    x, y = np.meshgrid(np.linspace(1.0, 9.0, 5), np.linspace(-2.0, 4.0, 4), indexing="ij")
    table = np.column_stack([x.ravel(), y.ravel(), AREA.ravel()])
    np.random.default_rng(0).shuffle(table)
    cloud = tmp_path / "area.xyz"
    np.savetxt(cloud, table, header="x [um] y [um] z [um]")
    assert surfaces.read(cloud) == area
    np.savetxt(cloud, table[1:])
    with pytest.raises(SurfaceError, match="1 of 20 heights are holes"):
        surfaces.read(cloud, unit="um")
    filled = surfaces.read(cloud, unit="um", fill_holes=True)
    assert np.count_nonzero(abs(filled.heights - AREA) > 1e-12) == 1


def test_holes_are_filled_on_request() -> None:
    holes = X.copy()
    holes[[0, 3]] = np.nan, np.inf
    line = surfaces.from_heights(holes, "6 um", fill_holes=True)
    # linear inside, nearest at the rim
    np.testing.assert_allclose(line.heights, [1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    plane = np.add.outer(np.arange(5.0), 2.0 * np.arange(4.0))
    masked = np.ma.array(plane, mask=plane == 4.0)
    area = surfaces.from_heights(masked, ("8 um", "6 um"), fill_holes=True)
    np.testing.assert_allclose(area.heights[2, 1], 4.0, rtol=1e-12)  # inside a plane
    assert np.isfinite(area.heights).all()


def test_uneven_lines_are_brought_to_a_grid_on_request() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.5, 4.0])
    line = surfaces.from_heights(3.0 * x, x=x, regrid=True)
    np.testing.assert_allclose(line.heights, [0.0, 3.0, 6.0, 9.0, 12.0], rtol=1e-14)
    assert line.size == (4.0,)


@pytest.mark.parametrize(
    ("heights", "options", "message"),
    [
        (LINE, {}, "scan: the size is not known; give size= or the sample coordinates x="),
        (LINE, {"size": ("6 um", "6 um")}, "scan: heights of shape (7,) need 1 length(s), but"),
        (AREA, {"size": "6 um"}, "scan: heights of shape (5, 4) need 2 length(s), but size has 1"),
        (LINE, {"size": "-6 um"}, "scan: size -6 um must be positive"),
        (LINE, {"size": "6"}, "scan size[0]: '6' has no unit"),
        (LINE, {"size": "6 um", "unit": "MPa"}, "scan unit: 'MPa' is no unit of a length"),
        (np.zeros((2, 2, 2)), {"size": "6 um"}, "scan: heights have shape (2, 2, 2); give (n,)"),
        (np.zeros(1), {"size": "6 um"}, "scan: heights have shape (1,); give (n,) for a line"),
        (["a", "b"], {"size": "6 um"}, "scan: heights are not all numbers; give an array"),
        ([[1, 2], [3]], {"size": "6 um"}, "scan: heights are not all numbers"),
        ([1, np.nan, 2], {"size": "6 um"}, "scan: 1 of 3 heights are holes (NaN, infinite or"),
        (
            [np.nan, 1.0, 2.0, np.nan],
            {"size": "6 um", "fill_holes": True},
            "scan: only 2 heights are not holes",
        ),
        (LINE, {"x": X[:-1]}, "scan: 6 coordinates do not fit heights of shape (7,); give one"),
        (LINE, {"x": X[::-1]}, "scan: x[1] = 5 um is below 6 um before it; sort the rows"),
        (LINE, {"x": [0, 1, 1, 3, 4, 5, 6]}, "scan: x[2] = 1 um repeats the value before; remove"),
        (LINE, {"x": [0, 1, np.nan, 3, 4, 5, 6]}, "scan: x[2] is nan; remove or correct the row"),
        (LINE, {"x": [[0, 1]]}, "scan: x has shape (1, 2); give (n,)"),
        (LINE, {"x": [0, 1, 2, 3, 4, 5, 7]}, "scan: spacing of x is uneven, 2 um at x = 5 um"),
        (LINE, {"x": X, "size": "7 um"}, "scan: size (7.0,) um differs from what the coordinates"),
        (LINE, {"size": "6 um", "interpolation": "box"}, "scan: interpolation 'box' is unknown"),
    ],
)
def test_bad_heights_name_place_value_and_way_out(
    heights: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InterfaceFEMError) as caught:
        surfaces.from_heights(heights, place="scan", **options)
    assert str(caught.value).startswith(message)


def test_topography_checks_its_own_values() -> None:
    for heights, size, message in [
        (np.zeros(4), (1.0, 1.0), r"heights of shape \(4,\) do not fit 2 length"),
        (np.zeros((4, 1)), (1.0, 1.0), "fewer than 2 samples"),
        (np.zeros(4), (-1.0,), "must be positive and finite"),
        (np.array([0.0, np.nan]), (1.0,), r"height nan at sample \(1,\) .* fill_holes=True"),
    ]:
        with pytest.raises(SurfaceError, match=message):
            surfaces.Topography(heights, size)


@pytest.mark.parametrize(
    ("name", "content", "options", "message"),
    [
        ("line.csv", "", {}, "has no numbers; check the file"),
        ("line.csv", "0 1\n1 2\n2 three\n", {"unit": "um"}, "line 3 is not all numbers: '2 three'"),
        ("line.csv", "0 1\n1 2\n2\n", {"unit": "um"}, "line 3 has 1 columns, the lines before 2"),
        ("line.csv", "0,1\n1,2\n2,1\n", {}, 'the unit of the heights is not known; give unit="nm"'),
        ("line.csv", "0,1\n1,\n2,1\n", {"unit": "um"}, "1 of 3 heights are holes"),
        ("line.csv", "0,1\n1,2\n1,1\n", {"unit": "um"}, "x[2] = 1 um repeats the value before"),
        ("line.csv", "1\n2\n1\n", {"unit": "um"}, "the size is not known; give size="),
        ("line.csv", b"\xff\xfe\x00", {}, "not a text file; save it as text in UTF-8"),
        ("a.xyz", "0 0 0 1\n", {"unit": "um"}, "xyz needs 2 or 3 columns, it has 4"),
        ("a.xyz", "0 0 1\n0 1 1\n0 0 2\n1 0 1\n1 1 1\n", {"unit": "um"}, "the point x = 0, y = 0"),
        ("a.xyz", "0 0 1\n1 2 1\n2 1 2\n3 4 1\n4 3 1\n", {"unit": "um"}, "5 points do not lie on"),
        ("a.xyz", "0 nan 1\n1 2 1\n", {"unit": "um"}, "a coordinate is not a number"),
        ("a.npy", b"nonsense", {"unit": "um"}, "not a readable .npy file"),
        ("a.npz", b"nonsense", {"unit": "um"}, "not a readable .npz file"),
        ("a.opd", b"nonsense", {}, "SurfaceTopography cannot read it"),
        (
            "a.opd",
            b"\x00\x01\x02\x03" * 9,
            {},
            "no known instrument format; save it as npz, npy, csv or xyz",
        ),
    ],
)
def test_bad_files_name_file_place_and_way_out(
    name: str, content: str | bytes, options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InterfaceFEMError) as caught:
        surfaces.read(file, **options)
    assert str(caught.value).startswith(f"{file}: {message}")


def test_missing_and_foreign_files(tmp_path: Path) -> None:
    with pytest.raises(SurfaceError, match="there is no such file; check the path"):
        surfaces.read(tmp_path / "gone.csv")
    with pytest.raises(SurfaceError, match="there is no such file"):
        surfaces.Topography.load(tmp_path / "gone.npz")
    np.savez(tmp_path / "other.npz", profile=LINE)
    with pytest.raises(SurfaceError, match="has no array 'heights' but profile; rename it"):
        surfaces.read(tmp_path / "other.npz", unit="um")
    with pytest.raises(SurfaceError, match=r"not a saved topography; use surfaces.read\(\)"):
        surfaces.Topography.load(tmp_path / "other.npz")
    np.savez(tmp_path / "unit.npz", heights=LINE, x=X, unit="um", xy_unit="K")
    with pytest.raises(UnitError, match="xy_unit"):
        surfaces.read(tmp_path / "unit.npz")


def test_pickled_arrays_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "objects.npy"
    np.save(file, np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    with pytest.raises(SurfaceError, match=r"not a readable \.npy file"):
        surfaces.read(file, "6 um", unit="um")


def test_saved_files_are_guarded(tmp_path: Path) -> None:
    path = rough().save(tmp_path / "face.npz")
    with pytest.raises(SurfaceError, match="states its own unit, size; leave them out"):
        surfaces.read(path, "60 um", unit="um")
    with np.load(path) as stored:
        arrays = dict(stored)
    record = json.loads(str(arrays["interfacefem"]))
    for change, message in [
        ({"heights": arrays["heights"] * 1.1}, "heights do not match their checksum"),
        ({"interfacefem": json.dumps(record | {"format": 99})}, "written in format 99, this"),
        ({"interfacefem": "{"}, "damaged topography file"),
        ({"interfacefem": json.dumps({"format": 1})}, "damaged topography file"),
    ]:
        np.savez(tmp_path / "bad.npz", **(arrays | change))
        with pytest.raises(SurfaceError, match=message):
            surfaces.Topography.load(tmp_path / "bad.npz")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(SurfaceError, match=r"not a readable .npz file"):
        surfaces.Topography.load(path)


def test_unwritable_folder(tmp_path: Path) -> None:
    with pytest.raises(SurfaceError, match=r"cannot be written .* choose a folder that exists"):
        rough().save(tmp_path / "nowhere" / "face.npz")
    assert list(tmp_path.iterdir()) == []


# --- instruments --------------------------------------------------------------------------------


def test_instrument_files_through_surfacetopography(tmp_path: Path) -> None:
    from SurfaceTopography import Topography as Measured

    file = tmp_path / "area.nc"
    pytest.importorskip("h5py")
    Measured(AREA * 1000.0, (10e3, 8e3), unit="nm").to_netcdf(str(file))
    area = surfaces.read(file)
    np.testing.assert_allclose(area.heights, AREA, rtol=0, atol=1e-9)
    # 5 x 4 pixels of 2 um: the samples span 4 x 3 pixels
    assert area.size == pytest.approx((8.0, 6.0))
    with pytest.raises(SurfaceError, match="channel 3 is not there"):
        surfaces.read(file, channel=3)
