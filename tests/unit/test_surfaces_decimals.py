# SPDX-License-Identifier: MIT
"""Topographies with decimal commas are read where that is said, and never read wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from interfacefem import surfaces
from interfacefem.errors import SurfaceError

X = np.linspace(0.0, 3.0, 7)
HEIGHTS = np.array([0.123, -0.124, 0.5, 1.0, 0.0, -2.25, 1.5e-3])


def written(path: Path, rows: list[list[float]], between: str, head: str = "") -> Path:
    lines = [between.join(f"{value!r}".replace(".", ",") for value in row) for row in rows]
    path.write_text("\n".join([*([head] if head else []), *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("between", [";", "\t", "  ", " ; "])
@pytest.mark.parametrize("head", ["", "# x (um); height (um)", "x [um];height [um]", "x;z"])
def test_two_columns_with_decimal_commas(between: str, head: str, tmp_path: Path) -> None:
    rows = np.stack([X, HEIGHTS], axis=1).tolist()
    path = written(tmp_path / "line.csv", rows, between, head)
    face = surfaces.read(path, unit="um", decimal=",")
    np.testing.assert_array_equal(face.heights, HEIGHTS)
    assert face.size == (3.0,)
    assert surfaces.Topography.from_dict(face.recipe) == face  # the recipe says it too
    with pytest.raises(SurfaceError) as caught:
        surfaces.read(path, unit="um")
    line = 2 if head else 1
    text = str(caught.value)
    assert text.startswith(f"{path}: line {line} has decimal commas: ")
    assert text.endswith('; give decimal=","')


def test_one_column_and_a_matrix_with_decimal_commas(tmp_path: Path) -> None:
    one = written(tmp_path / "one.txt", [[h] for h in HEIGHTS.tolist()], ";")
    np.testing.assert_array_equal(
        surfaces.read(one, "3 um", unit="um", decimal=",").heights, HEIGHTS
    )
    matrix = np.outer(X, HEIGHTS)
    several = written(tmp_path / "several.csv", matrix.tolist(), ";")
    area = surfaces.read(several, ("3 um", "3 um"), unit="um", decimal=",")
    np.testing.assert_array_equal(area.heights, matrix)
    with pytest.raises(SurfaceError, match=r'line 1 has decimal commas: .*; give decimal=","'):
        surfaces.read(several, ("3 um", "3 um"), unit="um")


def test_a_grid_with_decimal_commas_and_holes(tmp_path: Path) -> None:
    rows = [[x, y, x - y] for x in (0.0, 0.5, 1.0) for y in (0.0, 0.25)]
    path = written(tmp_path / "grid.xyz", rows, ";")
    path.write_text(path.read_text(encoding="utf-8").replace("0,5;0,0;0,5", "0,5;0,0;nan"))
    face = surfaces.read(path, unit="um", decimal=",", fill_holes=True)
    assert face.size == (1.0, 0.25)
    assert face.heights[2, 1] == 0.75
    assert np.isfinite(face.heights).all()


@pytest.mark.parametrize(
    ("text", "decides"),
    [
        ("0,123\n0,124\n0,125\n", 'decimal="," if it is decimal'),
        ("1,5\n2,5\n3,5\n", 'decimal="," if it is decimal'),
        ("1,5e-3\n2,5e-3\n3,5e-3\n", 'decimal="," if it is decimal'),
        ("height [um]\n1,50\n2,25\n3,50\n", 'decimal="," if it is decimal'),
        ("1,234.5\n2,345.5\n3,456.5\n", 'decimal="." if the comma separates columns'),
    ],
)
def test_lines_that_can_be_one_number_or_two_are_refused(
    text: str, decides: str, tmp_path: Path
) -> None:
    path = tmp_path / "line.csv"
    path.write_text(text, encoding="utf-8")
    for size in (None, "2 um"):
        with pytest.raises(SurfaceError) as caught:
            surfaces.read(path, size, unit="um")
        assert "or two numbers; give " in str(caught.value)
        assert decides in str(caught.value)


def test_the_option_decides(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text("1,5\n2,6\n3,4\n", encoding="utf-8")
    columns = surfaces.read(path, unit="um", decimal=".")
    np.testing.assert_array_equal(columns.heights, [5.0, 6.0, 4.0])
    assert columns.size == (2.0,)
    decimals = surfaces.read(path, "2 um", unit="um", decimal=",")
    np.testing.assert_array_equal(decimals.heights, [1.5, 2.6, 3.4])


@pytest.mark.parametrize(
    "text",
    [
        "x [um],height [um]\n0,5\n1,7\n2,4\n",  # the names say that a comma separates
        "0, 5\n1, 7\n2, 4\n",
        "0,5.0\n1,7.0\n2,4.0\n",
        "0;5\n1;7\n2;4\n",
    ],
)
def test_columns_that_are_clear_need_no_option(text: str, tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    path.write_text(text, encoding="utf-8")
    face = surfaces.read(path, unit="um")
    np.testing.assert_array_equal(face.heights, [5.0, 7.0, 4.0])
    assert face.size == (2.0,)


@pytest.mark.parametrize(
    ("text", "options", "problem"),
    [
        ("0;0.5\n1;0.7\n", {"decimal": ","}, "has no numbers"),
        ("0,5;0,5\n1,5;0.7\n", {"decimal": ","}, "line 2 is not all numbers"),
        ("0;1.234,5\n1;1.234,6\n", {"decimal": ","}, "has no numbers"),
        ("0;1.234,5\n1;1.234,6\n", {}, "has no numbers"),
        ("0.5 1_000\n1.5 1_000\n", {}, "has no numbers"),
        ("0;5\n", {"decimal": ";"}, 'decimal \';\' is unknown; write "." or ","'),
    ],
)
def test_what_is_no_number_stays_refused(
    text: str, options: dict[str, str], problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "line.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SurfaceError) as caught:
        surfaces.read(path, "1 um", unit="um", **options)
    assert problem in str(caught.value)


def test_decimal_is_for_text_only(tmp_path: Path) -> None:
    np.save(tmp_path / "line.npy", HEIGHTS)
    with pytest.raises(SurfaceError, match="decimal is for files of text; leave it out"):
        surfaces.read(tmp_path / "line.npy", "3 um", unit="um", decimal=",")
    saved = surfaces.from_heights(HEIGHTS, "3 um").save(tmp_path / "face")
    with pytest.raises(SurfaceError, match="states its own decimal; leave it out"):
        surfaces.read(saved, decimal=",")
