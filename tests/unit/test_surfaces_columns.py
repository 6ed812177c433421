# SPDX-License-Identifier: MIT
"""Columns of text are what their names say; grids may be rounded; no-data is no height."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interfacefem import surfaces
from interfacefem.errors import InterfaceFEMError, SurfaceError

X = np.linspace(0.0, 20.0, 41)
LINE = 0.1 * np.cos(X)  # [um]
#: the product makes every place of the grid its own height
GRID = np.array([(x, y, x + 10.0 * y) for x in (0.0, 0.5, 1.0) for y in (0.0, 0.25, 0.5, 0.75)])


def written(path: Path, rows: Any, head: str = "", between: str = ",", end: str = "") -> Path:
    lines = [between.join(f"{float(v)!r}" for v in np.atleast_1d(row)) + end for row in rows]
    path.write_text("\n".join([*([head] if head else []), *lines]) + "\n", encoding="utf-8")
    return path


def told(path: Path, *size: Any, **options: Any) -> str:
    with pytest.raises(InterfaceFEMError) as caught:
        surfaces.read(path, *size, **options)
    text = str(caught.value)
    assert text.startswith(f"{path}: ")
    return text.removeprefix(f"{path}: ")


# --- names and units ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "order", "between"),
    [
        ("height [nm],position [um]", (1, 0), ","),
        ("# height [nm]; position [um]", (1, 0), ";"),
        ("Height (nm)\tScan length (um)", (1, 0), "\t"),
        ("z/nm;x/um", (1, 0), ";"),
        ("z [nm] x [um]", (1, 0), " "),
        ('"Height [nm]","Position [um]"', (1, 0), ","),
        ("z [nm],something [um]", (1, 0), ","),  # what is not the height is the position
        ("z [nm],y [um]", (1, 0), ","),
        ("position [um],height [nm]", (0, 1), ","),
        ("x [um],y [nm]", (0, 1), ","),  # y over x
        ("a [um],b [nm]", (0, 1), ","),
        ("x position [um], surface height [nm]", (0, 1), ","),
        ("x [um], height [nm]\n# probe radius (mm)", (0, 1), ","),
        ("# tip 3, batch 4 (new)\n# x [um], height [nm]\n# made by A, B (mm)", (0, 1), ","),
        ("x [um], height [nm],", (0, 1), ","),
        ('# disc of 5", "A\nx [um], height [nm]', (0, 1), ","),
    ],
)
def test_two_columns_are_read_by_name(
    head: str, order: tuple[int, int], between: str, tmp_path: Path
) -> None:
    rows = np.stack([X, 1000.0 * LINE], axis=1)[:, order]
    face = surfaces.read(written(tmp_path / "line.csv", rows, head, between))
    np.testing.assert_allclose(face.heights, LINE, rtol=1e-14)
    assert face.size == (20.0,)


@pytest.mark.parametrize(
    ("head", "problem", "way_out"),
    [
        ("height [nm],z [um]", "'height' and 'z' are both heights by their names", "keep one, or"),
        ("x [um],position x [um]", "are both positions along x", "rename the other"),
    ],
)
def test_names_that_contradict_each_other(
    head: str, problem: str, way_out: str, tmp_path: Path
) -> None:
    said = told(written(tmp_path / "line.csv", np.stack([X, LINE], axis=1), head))
    assert said.startswith("the columns ")
    assert problem in said
    assert way_out in said


def test_names_of_a_grid_and_of_columns_that_are_not_wanted(tmp_path: Path) -> None:
    plain = surfaces.read(written(tmp_path / "a.csv", GRID), unit="um")
    for head, order in (
        ("z [nm],y [um],x [um]", [2, 1, 0]),
        ("y [um],height [nm],x [um]", [1, 2, 0]),
    ):
        rows = (GRID * [1.0, 1.0, 1000.0])[:, order]
        assert surfaces.read(written(tmp_path / "b.txt", rows, head)) == plain
    rows = np.column_stack([GRID[:, 2], np.arange(12.0), GRID[:, :2]])
    named = written(tmp_path / "c.xyz", rows, "z [um],intensity,x [um],y [um]")
    assert surfaces.read(named) == plain
    said = told(written(tmp_path / "d.csv", GRID, "x [um],y [mm],z [um]"))
    assert said == "x is in um, y in mm; write both in one unit"


@pytest.mark.parametrize("key", ["unit", "xy_unit"])
def test_a_unit_that_contradicts_the_file(key: str, tmp_path: Path) -> None:
    path = written(tmp_path / "line.csv", np.stack([X, LINE], axis=1), "x [um],height [um]")
    assert told(path, **{key: "nm"}) == (
        f'the file states um, but {key}="nm" is given; leave {key} out, or correct the file'
    )
    assert surfaces.read(path, **{key: "µm"}).size == (20.0,)
    np.savez(tmp_path / "line.npz", heights=LINE, x=X, unit="um", xy_unit="um")
    assert "the file states um, but" in told(tmp_path / "line.npz", **{key: "mm"})


@pytest.mark.parametrize(
    "comment", ["# probe radius (mm)", "# made (yesterday)", "# force [nN]", "# a [mm], b [mm]"]
)
def test_a_bracket_elsewhere_is_no_unit(comment: str, tmp_path: Path) -> None:
    said = told(written(tmp_path / "one.txt", LINE, comment), "20 um")
    assert said == 'the unit of the heights is not known; give unit="nm" or so'
    face = surfaces.read(written(tmp_path / "one.txt", LINE, f"height [um]\n{comment}"), "20 um")
    np.testing.assert_array_equal(face.heights, LINE)
    # a matrix has one name for all of its columns
    matrix = np.outer(X, LINE)
    path = written(tmp_path / "matrix.csv", matrix, f"# heights [um]\n{comment}")
    np.testing.assert_array_equal(surfaces.read(path, "20 um").heights, matrix)


def test_comments_below_the_numbers_are_passed_over(tmp_path: Path) -> None:
    path = written(tmp_path / "line.csv", np.stack([X, LINE], axis=1), "x [um],z [um]")
    path.write_text(path.read_text() + "# end of scan (mm)\n# 3 4\n", encoding="utf-8")
    np.testing.assert_array_equal(surfaces.read(path).heights, LINE)


def test_decimal_commas_in_quotation_marks(tmp_path: Path) -> None:
    rows = "\n".join(f'"{x}","{h}"'.replace(".", ",") for x, h in zip(X, LINE, strict=True))
    path = tmp_path / "line.csv"
    path.write_text(f'"x [um]","height [um]"\n{rows}\n', encoding="utf-8")
    np.testing.assert_array_equal(surfaces.read(path, decimal=",").heights, LINE)
    assert told(path).endswith('; give decimal=","')
    path.write_text('0,5;"1\n', encoding="utf-8")
    assert told(path, unit="um").startswith("has no numbers, it begins with '0,5;\"1'; separate")


@pytest.mark.parametrize("end", [",", ";"])
def test_a_separator_at_the_end_of_each_line_begins_no_column(end: str, tmp_path: Path) -> None:
    matrix = np.random.default_rng(0).random((9, 8))
    for fill in (False, True):
        path = written(tmp_path / "matrix.csv", matrix, between=end, end=end)
        face = surfaces.read(path, ("8 um", "7 um"), unit="um", fill_holes=fill)
        np.testing.assert_array_equal(face.heights, matrix)
    lines = np.stack([X, LINE], axis=1)
    path = written(tmp_path / "line.csv", lines, f"x [um]{end}z [um]{end}", end, end)
    np.testing.assert_array_equal(surfaces.read(path).heights, LINE)


# --- grids --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "txt", "dat", "tsv", "xyz"])
@pytest.mark.parametrize("size", [(), (("1 um", "0.75 um"),)])
def test_three_columns_that_form_a_grid(ending: str, size: tuple[Any, ...], tmp_path: Path) -> None:
    rows = np.random.default_rng(1).permutation(GRID)
    face = surfaces.read(written(tmp_path / f"area.{ending}", rows), *size, unit="um")
    assert face.size == (1.0, 0.75)
    np.testing.assert_allclose(face.heights, GRID[:, 2].reshape(3, 4), rtol=1e-14)


def test_three_columns_that_form_none_are_a_matrix(tmp_path: Path) -> None:
    matrix = np.random.default_rng(1).random((12, 3))
    face = surfaces.read(written(tmp_path / "area.csv", matrix), ("11 um", "2 um"), unit="um")
    np.testing.assert_array_equal(face.heights, matrix)
    said = told(written(tmp_path / "area.csv", GRID), ("2 um", "0.75 um"), unit="um")
    assert said.startswith("size (2.0, 0.75) um differs from what the coordinates span, (1.0, 0.75")


@pytest.mark.parametrize("digits", [2, 3, 4])
def test_rounded_coordinates_are_a_grid(digits: int, tmp_path: Path) -> None:
    pixel, count = 0.46875, 32
    places = [(i * pixel, j * pixel) for i in range(count) for j in range(count)]
    rows = [f"{x:.{digits}f} {y:.{digits}f} {x + 3.0 * y:.6f}" for x, y in places]
    path = tmp_path / "area.xyz"
    path.write_text("\n".join(rows), encoding="utf-8")
    face = surfaces.read(path, unit="um")
    assert face.points == (count, count)
    assert face.size == pytest.approx((31 * pixel,) * 2, abs=10.0**-digits)
    heights = np.reshape([x + 3.0 * y for x, y in places], (count, count))
    np.testing.assert_allclose(face.heights, heights, atol=1e-6)


def test_a_grid_within_a_tenth_of_a_pixel(tmp_path: Path) -> None:
    # the stage misses each place by its own error
    for miss, fits in ((0.07, True), (0.2, False)):
        error = np.random.default_rng(2).choice([-miss, miss], (25, 2))
        at = np.array([(i, j) for i in range(5) for j in range(5)], dtype=float)
        path = written(tmp_path / "area.xyz", np.column_stack([at + error, at @ [1.0, 10.0]]))
        if fits:
            face = surfaces.read(path, unit="um")
            np.testing.assert_allclose(face.heights, np.add.outer(np.arange(5), 10 * np.arange(5)))
            assert face.size == pytest.approx((4.0, 4.0), abs=0.14)
        else:
            assert "25 points do not lie on a grid" in told(path, unit="um")
    for miss, fits in ((0.09, True), (0.11, False)):
        x = np.array([0.0, 1.0, 2.0 + miss, 3.0, 4.0])
        if fits:
            assert surfaces.from_heights(x, x=x).size == (4.0,)
            continue
        with pytest.raises(SurfaceError, match=r"spacing of x is uneven, .* give regrid=True"):
            surfaces.from_heights(x, x=x)


def test_close_columns_of_an_uneven_grid_stay_apart(tmp_path: Path) -> None:
    x, y = [0.0, 1.0, 1.1, 9.0], [0.0, 1.0, 2.0]
    rows = [(a, b, a) for a in x for b in y]
    face = surfaces.read(written(tmp_path / "area.xyz", rows), unit="um", regrid=True)
    assert face.points == (4, 3)


def test_one_size_of_a_square_map(tmp_path: Path) -> None:
    heights = np.random.default_rng(3).random((9, 9))
    face = surfaces.from_heights(heights, "5 um")
    assert face.size == (5.0, 5.0)
    read = surfaces.read(written(tmp_path / "map.csv", heights), "5 um", unit="um")
    assert read.size == (5.0, 5.0)
    assert surfaces.Topography.from_dict(read.recipe) == read
    with pytest.raises(SurfaceError, match=re.escape("shape (9, 8) need 2 length(s), but size h")):
        surfaces.from_heights(heights[:, :8], "5 um")


# --- no data ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [-9999.0, -999.0, 99999.0, -32768.0, 32767.0, 1e38, -3.4e38])
@pytest.mark.parametrize("several", [False, True])
def test_numbers_that_stand_for_no_data(mark: float, several: bool, tmp_path: Path) -> None:
    heights = LINE.copy()
    heights[[3, 7] if several else 3] = mark
    path = written(tmp_path / "line.txt", heights)
    said = told(path, "20 um", unit="um")
    assert said.startswith(f"{2 if several else 1} of 41 heights are {mark:g}, the first at sample")
    assert "at sample 3, the others lie in " in said
    assert "give fill_holes=True" in said
    face = surfaces.read(path, "20 um", unit="um", fill_holes=True)
    np.testing.assert_allclose(np.delete(face.heights, [3, 7]), np.delete(LINE, [3, 7]))
    assert face.heights[3] == pytest.approx((LINE[2] + LINE[4]) / 2.0)
    area = np.outer(np.ones(4), heights)
    with pytest.raises(SurfaceError, match=r"the first at sample \(0, 3\)"):
        surfaces.from_heights(area, ("3 um", "20 um"))


def test_heights_that_only_look_like_no_data() -> None:
    for heights in (np.full(5, -9999.0), np.linspace(-9999.0, 9999.0, 7)):
        np.testing.assert_array_equal(surfaces.from_heights(heights, "5 um").heights, heights)


# --- what other programs write ------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["1 Forward", "Topography (1 Forward)"])
def test_the_commented_matrix_of_gwyddion(channel: str, tmp_path: Path) -> None:
    heights = np.random.default_rng(4).random((20, 15))  # [um], first index along x
    head = f"# Channel: {channel}\n# Width: 20.00 µm\n# Height: 15.00 µm\n# Value units: m"
    face = surfaces.read(written(tmp_path / "a.txt", 1e-6 * heights.T, head, "\t"))
    # as for every instrument the outermost samples are the walls: half a pixel less on each side
    assert face.size == pytest.approx((19.0, 14.0))
    np.testing.assert_allclose(face.heights, heights, rtol=1e-12)


@pytest.mark.parametrize("key", ["NumPoints", "NumProfiles"])
def test_an_instrument_without_samples(key: str, repository: Path, tmp_path: Path) -> None:
    made = (repository / "meshes" / "made_up_face.sdf").read_text(encoding="ascii")
    path = tmp_path / "face.sdf"
    for number, problem in (("0", "holds no samples; export it again"), ("-3", "cannot read it")):
        text, found = re.subn(rf"{key}\s*= \d+", f"{key} = {number}", made)
        assert found == 1
        path.write_text(text, encoding="ascii")
        assert problem in told(path, fill_holes=True)


@pytest.mark.parametrize("ending", ["npy", "npz"])
def test_a_header_that_claims_more_than_the_file_holds(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"area.{ending}"
    for shape, kind in (((10_000_000, 1_000_000), "<f8"), ((101,), "<f8"), ((9, 100), "<i2")):
        head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117)
        data = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + head.encode() + b"\n"
        data += bytes(800)
        if ending == "npy":
            path.write_bytes(data)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("heights.npy", data)
        said = told(path, "5 um", unit="um")
        assert said.startswith(f"its header claims heights of shape {shape}, ")
        assert said.endswith("the file holds 800 bytes of numbers; it is damaged or cut short, "
                             "save it again")  # fmt: skip


def test_an_array_that_does_not_fit_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez_compressed(tmp_path / "area.npz", heights=np.zeros((400, 400)))
    monkeypatch.setattr("interfacefem.environment.machine_memory", lambda: 1e7)
    said = told(tmp_path / "area.npz", "5 um", unit="um")
    assert said.startswith("heights of shape (400, 400) need about 0.016 GB of memory")
    assert said.endswith("save fewer heights")


def test_heights_beyond_any_size() -> None:
    with pytest.raises(SurfaceError) as caught:
        surfaces.from_heights(np.array([1e305, 2e305, 0.5e305]), "5 um", place="scan")
    assert str(caught.value) == (
        "scan: 2e+305 um is more than 1e+09 um, the largest size or height of a surface; correct "
        "the number or its unit"
    )
