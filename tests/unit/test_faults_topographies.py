# SPDX-License-Identifier: MIT
"""Topographies as other programs and people leave them: read as meant, or one clear refusal.

Heights, x and size that are expected are those the file was written from.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pint
import pytest

from interfacefem import surfaces
from interfacefem.errors import InterfaceFEMError, SurfaceError, UnitError

UNITS: Any = pint.UnitRegistry()
X = np.linspace(0.0, 15.5, 32)
H = np.random.default_rng(0).normal(0.0, 0.3, 32).round(6)
#: nx = 12 by ny = 9 samples, half a micrometre apart
AREA = np.random.default_rng(1).normal(0.0, 0.3, (12, 9)).round(6)
SIZE = ("5.5 um", "4 um")


def rows(first: Any = X, second: Any = H, between: str = ",") -> str:
    return "".join(f"{a:.12g}{between}{b:.12g}\n" for a, b in zip(first, second, strict=True))


def matrix(heights: Any, between: str = ",") -> str:
    return "".join(between.join(f"{h:.12g}" for h in row) + "\n" for row in heights)


def scattered(turn: float = 0.0, chosen: Any = slice(None)) -> str:
    i, j = (0.5 * k.ravel() for k in np.indices(AREA.shape))
    x, y = np.cos(turn) * i - np.sin(turn) * j, np.sin(turn) * i + np.cos(turn) * j
    return matrix(np.column_stack([x, y, AREA.ravel()])[chosen])


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def told(path: Path, *size: Any, **options: Any) -> str:
    with pytest.raises(InterfaceFEMError) as caught:
        surfaces.read(path, *size, **options)
    assert str(caught.value).startswith(str(path))
    return str(caught.value).removeprefix(str(path)).removeprefix(": ")


# --- names and units of columns -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "factors"),
    [
        ("; x [um], height [nm]", (1.0, 1e3)),  # was read as x in nm
        ("% x [um], height [nm]", (1.0, 1e3)),
        ("// x [mm], height [nm]", (1e-3, 1e3)),
        ("! x (um), z (Å)", (1.0, 1e4)),
        ("x_mm,height_um", (1e-3, 1.0)),
        ("x_m,height_nm", (1e-6, 1e3)),
        ("x in mm,height in um", (1e-3, 1.0)),
        ("X mm,Height um", (1e-3, 1.0)),
        ("x,height\num,nm", (1.0, 1e3)),
        ("x,height\n[um],[nm]", (1.0, 1e3)),
        ("x;height\n(mm);(um)", (1e-3, 1.0)),
        ("um,nm", (1.0, 1e3)),
        ("Weg [mm],Höhe [µm]", (1e-3, 1.0)),
        ("Points,32\nRadius,5\nx [um],z [nm]", (1.0, 1e3)),
    ],
)
def test_units_of_two_columns(head: str, factors: tuple[float, float], tmp_path: Path) -> None:
    between = ";" if ";" in head and "," not in head else ","
    text = f"{head}\n{rows(X * factors[0], H * factors[1], between)}"
    face = surfaces.read(put(tmp_path, "line.csv", text))
    np.testing.assert_allclose(face.heights, H, rtol=1e-9, atol=1e-12)
    assert face.size == pytest.approx((15.5,), rel=1e-9)


@pytest.mark.parametrize(
    "names",
    ["hauteur,abscisse", "altura,posición", "高さ,位置", "Höhe,Länge", "Ho\u0308he,La\u0308nge"],
)
def test_names_in_other_languages(names: str, tmp_path: Path) -> None:
    first, second = names.split(",")
    text = f"{first} [nm],{second} [um]\n{rows(1e3 * H, X)}"
    face = surfaces.read(put(tmp_path, "line.csv", text))
    np.testing.assert_allclose(face.heights, H, rtol=1e-9, atol=1e-12)
    assert face.size == pytest.approx((15.5,))


@pytest.mark.parametrize(
    ("head", "column", "unit"),
    [
        ("time [s], height [nm]", "time [s]", "s"),
        ("x [px],height [nm]", "x [px]", "px"),
        ("x (deg),z (um)", "x (deg)", "deg"),
        ("x (um),z (V)", "z (V)", "V"),
        ("t,height\ns,nm", "t", "s"),
        ("Height_Sensor(nm)\tPeak Force Error(V)", "Peak Force Error(V)", "V"),
    ],
)
def test_columns_that_are_no_lengths(head: str, column: str, unit: str, tmp_path: Path) -> None:
    for options in ({}, {"unit": "nm"}):
        between = "\t" if "\t" in head else ","
        text = f"{head}\n{rows(between=between)}"
        said = told(put(tmp_path, "line.csv", text), **options)
        assert said.startswith(f"the column {column!r} is in {unit}, which is no length; convert")


# --- tables -------------------------------------------------------------------------------------


def test_places_with_gaps_or_twice_are_no_matrix(tmp_path: Path) -> None:
    for size in ((), (SIZE,)):
        path = put(tmp_path, "area.csv", scattered(chosen=slice(0, 105)))
        assert told(path, *size, unit="um").startswith("3 of 108 heights are holes")
        assert surfaces.read(path, *size, unit="um", fill_holes=True).points == (12, 9)
        path = put(tmp_path, "area.csv", scattered(chosen=[*range(108), 3]))
        assert told(path, *size, unit="um").startswith("the point x = 0, y = 1.5 stands there 2")
        path = put(tmp_path, "area.csv", scattered(turn=0.7))
        said = told(path, *size, unit="um")
        assert said.startswith("three columns of 108 rows may be x, y and height, but not on a")
    path.write_text("height [nm]\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert surfaces.read(path, SIZE).points == (108, 3)


def test_coordinates_beside_a_matrix_are_no_heights(tmp_path: Path) -> None:
    y = ",".join(f"{0.5 * j}" for j in range(9))
    beside = "".join(f"{0.5 * i},{line}\n" for i, line in enumerate(matrix(AREA).splitlines()))
    for head in (f",{y}\n", f"x/y,{y}\n", ""):
        path = put(tmp_path, "area.csv", head + beside)
        said = told(path, SIZE, unit="um", fill_holes=True)
        assert said.startswith("the first column of heights of shape (1")
        assert "is evenly spaced, " in said
    said = told(put(tmp_path, "area.csv", f"{y}\n{matrix(AREA)}"), SIZE, unit="um")
    assert said.startswith("the first row of heights of shape (13, 9) is evenly spaced, 0.5, 1, ")


def test_coordinates_in_an_array_are_no_heights(tmp_path: Path) -> None:
    np.save(tmp_path / "line.npy", np.column_stack([X, H]))
    said = told(tmp_path / "line.npy", ("5 um", "5 um"), unit="um")
    assert said.startswith("the first column of heights of shape (32, 2) is evenly spaced, ")
    table = np.array([line.split(",") for line in scattered().splitlines()], dtype=float)
    with pytest.raises(SurfaceError, match="first two of three columns are the places of a grid"):
        surfaces.from_heights(table, SIZE)
    ramp = np.add.outer(np.arange(6.0), np.arange(4.0))
    for heights in (ramp, np.outer(np.arange(6.0), [0.0, 1.0, 3.0]), AREA[:, :2]):
        assert surfaces.from_heights(heights, SIZE).points == heights.shape
    odd = ramp**2
    odd[:, 0] = np.arange(6.0)
    with pytest.raises(SurfaceError, match=r"give x= and y= if it is one of them"):
        surfaces.from_heights(odd, SIZE)
    assert surfaces.from_heights(odd, x=np.arange(6.0), y=np.arange(4.0)).points == (6, 4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rows(between="\t\t"), "column 2 of 3 has no number; remove it"),
        (rows().replace("\n", "\n,").join(("," , ""))[:-1], "column 1 of 3 has no number"),
        (f"0,NA\n{rows(X[1:], H[1:])}", "line 1 is not all numbers: '0,NA'; remove or correct"),
        (rows(between="|"), "has no numbers, it begins with '0|"),
        ("version https://git-lfs.github.com/spec/v1\n", "has no numbers, it begins with 'version"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("options", [{}, {"fill_holes": True}])
def test_tables_that_are_refused(
    text: str, said: str, options: dict[str, Any], tmp_path: Path
) -> None:
    path = put(tmp_path, "line.txt", text)
    assert told(path, ("5 um", "4 um"), unit="um", **options).startswith(said)


def test_a_minus_of_typography(tmp_path: Path) -> None:
    text = rows().replace("-", "\u2212")
    assert "\u2212" in text
    np.testing.assert_array_equal(surfaces.read(put(tmp_path, "a.csv", text), unit="um").heights, H)


# --- Gwyddion -----------------------------------------------------------------------------------


def gwyddion(
    unit: str = "m", words: Sequence[str] = ("Channel", "Width", "Height", "Value units")
) -> str:
    said = ("Plot", "6.00 µm", "4.50 µm", unit)
    head = "".join(f"# {word}: {text}\n" for word, text in zip(words, said, strict=True))
    return head + matrix(1e-6 * AREA.T, "\t")


@pytest.mark.parametrize(
    "words",
    [
        ("Channel", "Width", "Height", "Value units"),
        ("Kanal", "Breite", "Höhe", "Werteinheiten"),
        ("Canal", "Largeur", "Hauteur", "Unités de valeur"),
    ],
)
@pytest.mark.parametrize("comma", [False, True])
def test_gwyddions_matrix_in_any_language(
    words: tuple[str, ...], comma: bool, tmp_path: Path
) -> None:
    text = gwyddion(words=words)
    face = surfaces.read(put(tmp_path, "a.txt", text.replace(".", ",") if comma else text))
    np.testing.assert_allclose(face.heights, AREA, rtol=1e-9, atol=1e-12)
    assert face.size == pytest.approx((5.5, 4.0))  # of 12 by 9 pixels of 0.5 um


@pytest.mark.parametrize("unit", ["A", "V", "deg", "m/s"])
def test_a_channel_that_is_no_height(unit: str, tmp_path: Path) -> None:
    said = told(put(tmp_path, "a.txt", gwyddion(unit)))
    assert said == f"the channel 'Plot' is in '{unit}', which is no length; export a channel of " \
        "heights"  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("6.00 µm", "6.00 apples", "line 2 gives no positive length but '6.00 apples'; correct"),
        ("4.50 µm", "-4.50 µm", "line 3 gives no positive length but '-4.50 µm'; correct it"),
        ("\n", "\n1\t2\n", "line 6 has 12 columns, the lines before 2; export it again"),
    ],
)
def test_a_damaged_matrix_of_gwyddion(old: str, new: str, said: str, tmp_path: Path) -> None:
    head, _, values = gwyddion().partition("# Value units: m")
    text = head + "# Value units: m" + values.replace("\n", new, 1) if old == "\n" else (
        gwyddion().replace(old, new)
    )  # fmt: skip
    assert told(put(tmp_path, "a.txt", text)).startswith(said)
    assert told(put(tmp_path, "b.txt", head + "# Value units: m\n")).startswith("has no numbers")


# --- arrays -------------------------------------------------------------------------------------


def saved(folder: Path, ending: str = "npz", **arrays: Any) -> Path:
    path = folder / f"face.{ending}"
    with path.open("wb") as stream:
        np.savez(stream, **arrays)
    return path


def test_quantities_of_pint_keep_their_unit() -> None:
    face = surfaces.from_heights(UNITS.Quantity(1e3 * H, "nm"), x=UNITS.Quantity(1e-3 * X, "mm"))
    np.testing.assert_allclose(face.heights, H, rtol=1e-12)
    assert face.size == pytest.approx((15.5,))
    with pytest.raises(UnitError, match="from_heights: megapascal is no unit of a length"):
        surfaces.from_heights(UNITS.Quantity(H, "MPa"), "5 um")


@pytest.mark.parametrize(
    "heights",
    [
        H > 0.0,
        [True, False, True],
        H.astype(str),
        H.astype("M8[D]"),
        H.astype("m8[s]"),
        H + 0j,
        np.zeros(9, dtype=[("z", "f8")]),
        np.array([1.0, "2", 3.0], dtype=object),
    ],
)
def test_what_is_no_height(heights: Any, tmp_path: Path) -> None:
    with pytest.raises(SurfaceError, match="from_heights: heights are not all numbers; give"):
        surfaces.from_heights(heights, "5 um")
    if not np.asarray(heights).dtype.hasobject:
        path = saved(tmp_path, heights=heights, size=5.0)
        assert told(path, unit="um").startswith("heights are not all numbers")


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": X.astype(str)}, "x is not all numbers; give an array of floats"),
        ({"x": X + 0j}, "x is not all numbers; give an array of floats"),
        ({"size": 5.0 + 0j}, "size is not all numbers"),
        ({"size": "5 MPa"}, " size[0]: '5 MPa' is not a length"),
        ({"x": X, "mask": H > 0.0}, "has an array 'mask', which is not read; put NaN where"),
    ],
)
def test_arrays_beside_the_heights(arrays: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert told(saved(tmp_path, heights=H, **arrays), unit="um").startswith(said)


def test_a_size_in_words_and_a_note_beside_arrays(tmp_path: Path) -> None:
    path = saved(tmp_path, heights=AREA, size=np.array(SIZE))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.txt", "of a friend")
    assert surfaces.read(path, unit="um").size == (5.5, 4.0)
    assert told(saved(tmp_path, "npy", data=H), "5 um", unit="um") == (
        "has no array 'heights' but data; rename it"
    )


@pytest.mark.parametrize("shape", ["(True, True, 4)", "(" + "(" * 3000, "(-5,)", "('a',)", "5"])
def test_damaged_headers_of_numpy(shape: str, tmp_path: Path) -> None:
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117)
    data = b"\x93NUMPY\x01\x00" + (len(head) + 1).to_bytes(2, "little") + head.encode() + b"\n"
    path = put(tmp_path, "a.npy", data + bytes(80))
    assert told(path, "5 um", unit="um").startswith("not a readable .npy file (")


def test_heights_that_do_not_fit_in_memory_are_refused_before_they_are_copied() -> None:
    # one number, seen as a map of 7 TiB
    heights = np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0))
    with pytest.raises(SurfaceError, match=r"need about 1e\+05 GB of memory"):
        surfaces.from_heights(heights, "5 um")


def test_options_are_named_by_their_own_names(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", rows())
    assert told(path, unit="MPa").startswith(" unit: 'MPa' is no unit of a length")
    assert told(path, unit="um", channel=1).startswith("channel is for files of instruments; leave")
    assert told(saved(tmp_path, heights=H, x=X), unit="um", channel=0).startswith("channel is for")
    assert told(path, unit="um", no_data=True).startswith("no_data True is unknown; write a number")
