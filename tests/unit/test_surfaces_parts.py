# SPDX-License-Identifier: MIT
"""Properties of surfaces from arrays and files, of their parts and filters, whatever the
heights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.errors import CaseError, SurfaceError
from interfacefem.surfaces.measure import mean_height

FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBERS = st.floats(-2.0, 2.0, allow_nan=False).map(lambda value: round(value, 6))
SHAPES = st.one_of(st.tuples(st.integers(2, 12)), st.tuples(st.integers(2, 9), st.integers(2, 9)))
HEIGHTS = SHAPES.flatmap(lambda shape: arrays.arrays(np.float64, shape, elements=NUMBERS))
UNITS = st.sampled_from([("um", 1.0), ("nm", 1e-3), ("mm", 1e3), ("m", 1e6)])


def sides(heights: np.ndarray, spacing: float = 0.5) -> tuple[float, ...]:
    return tuple(spacing * (n - 1) * (1.0 + axis) for axis, n in enumerate(heights.shape))


@FEW
@given(HEIGHTS, UNITS)
def test_units_and_places_of_an_array(heights: np.ndarray, unit: tuple[str, float]) -> None:
    name, size = unit
    extent = sides(heights)
    axes = [
        np.linspace(3.0, 3.0 + length, n) for length, n in zip(extent, heights.shape, strict=True)
    ]
    places: dict[str, Any] = dict(zip("xy", axes, strict=False))
    options: dict[str, Any] = {"unit": name, "no_data": "none"}
    face = surfaces.from_heights(heights / size, extent, **options)
    pixel = [length / (n - 1) for length, n in zip(extent, heights.shape, strict=True)]
    for same in (
        surfaces.from_heights(heights / size, **places, **options),
        surfaces.from_heights(heights / size, pixel=pixel, **options),
    ):
        assert np.allclose(same.heights, face.heights, rtol=0.0, atol=1e-12)
        assert np.allclose(same.size, face.size, rtol=1e-12)
    assert np.allclose(face.heights, heights, rtol=1e-12, atol=1e-12)
    # the first index runs along x: a height is where it was measured
    corner = tuple(n - 1 if axis == 0 else 0 for axis, n in enumerate(heights.shape))
    at = [length if axis == 0 else 0.0 for axis, length in enumerate(extent)]
    assert face.at(*at) == pytest.approx(heights[corner], abs=1e-9)
    assert surfaces.Topography.from_dict(face.to_dict()) == face


@FEW
@given(
    heights=HEIGHTS,
    kind=st.sampled_from([("csv", ","), ("txt", " "), ("dat", "\t"), ("xyz", "  ")]),
)
def test_what_is_written_is_read(
    heights: np.ndarray, kind: tuple[str, str], tmp_path: Path
) -> None:
    ending, separator = kind
    extent = sides(heights)
    axes = np.meshgrid(
        *(np.linspace(0.0, length, n) for length, n in zip(extent, heights.shape, strict=True)),
        indexing="ij",
    )
    columns = np.column_stack([*(axis.ravel() for axis in axes), heights.ravel()])
    # rows in any order where there is a grid; a line is sorted
    if heights.ndim == 2:
        columns = np.random.default_rng(heights.size).permutation(columns)
    names = ["x [um]", "y [um]", "height [um]"]
    head = separator.join([*names[: heights.ndim], names[2]])
    rows = [separator.join(f"{number!r}" for number in row) for row in columns.tolist()]
    path = tmp_path / f"face.{ending}"
    path.write_text("\n".join([head, *rows]))
    face = surfaces.read(path, no_data="none")
    assert np.array_equal(face.heights, heights)
    assert np.allclose(face.size, extent, rtol=1e-12)


@FEW
@given(HEIGHTS, st.data())
def test_a_part_has_the_heights_of_the_whole(heights: np.ndarray, data: Any) -> None:
    face = surfaces.from_heights(heights, sides(heights), no_data="none")
    spans, cut = {}, []
    for name, count, spacing in zip("xy", face.points, face.spacing, strict=False):
        first = data.draw(st.integers(0, count - 2))
        last = data.draw(st.integers(first + 1, count - 1))
        off = data.draw(st.floats(-0.4, 0.4)) if 0 < first else 0.0
        spans[name] = ((first + off) * spacing, last * spacing)
        cut.append(slice(first, last + 1))
    part = face.crop(**spans)
    assert np.array_equal(part.heights, heights[tuple(cut)])
    assert part.spacing == pytest.approx(face.spacing, rel=1e-12)
    assert surfaces.Topography.from_dict(part.to_dict()) == part
    assert part.mirrored is (face.mirrored and part.points == face.points)


@FEW
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 4), st.integers(0, 99))
def test_moments_of_the_parts_are_those_of_the_whole(n: int, m: int, each: int, seed: int) -> None:
    heights = np.random.default_rng(seed).normal(0.0, 0.3, (n * each + 1, m * (each + 1) + 1))
    face = surfaces.from_heights(heights, sides(heights))
    parts = face.patches((n, m))
    assert len(parts) == n * m
    assert {part.points for part in parts} == {(each + 1, each + 2)}
    assert sum(part.size[0] * part.size[1] for part in parts) == pytest.approx(np.prod(face.size))
    # a mean over an area is that of the means of equal parts, and so for squares
    for power in (1, 2):
        whole = mean_height(heights**power)
        mean = np.mean([mean_height(part.heights**power) for part in parts])
        assert mean == pytest.approx(whole, rel=1e-12, abs=1e-14)
    # neighbours share their end samples, in the order of the rows
    assert np.array_equal(parts[0].heights[:, -1], parts[1 % len(parts)].heights[:, 0]) or m == 1
    assert np.array_equal(parts[0].heights[-1], parts[m % len(parts)].heights[0]) or n == 1


def test_parts_of_a_line_leave_the_rest_out() -> None:
    line = surfaces.from_heights(np.arange(12.0) ** 2, "11 um")
    parts = line.patches(3)
    assert [part.heights.tolist() for part in parts] == [
        [0, 1, 4, 9],
        [9, 16, 25, 36],
        [36, 49, 64, 81],
    ]
    assert parts[1].size == (3.0,)
    assert line.crop() is line
    assert line.patches(1)[0] == line


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda f: f.crop(x=("2 um", "1 um")), "x from 2 to 1 um; give rising places between 0"),
        (lambda f: f.crop(x=("1 um", "40 um")), "x from 1 to 40 um"),
        (lambda f: f.crop(x="1 um"), "crop: x '1 um' is no pair"),
        (lambda f: f.profile(at="1 um").crop(y=("0 um", "1 um")), "a line has no y"),
        (lambda f: f.patches(9), r"patches: 9 of \(9, 5\) samples"),
        (lambda f: f.patches((2, 0)), r"patches: \(2, 0\)"),
        (lambda f: f.patches(2.5), "whole number"),
        (lambda f: f.filtered(), "give one cut-off or two"),
        (lambda f: f.filtered(short="4 um", long="2 um"), "the short one below the long one"),
        (lambda f: f.filtered(short="0 um"), "positive"),
    ],
)
def test_parts_that_cannot_be(make: Any, said: str) -> None:
    heights = np.random.default_rng(1).normal(size=(9, 5))
    with pytest.raises(SurfaceError, match=said):
        make(surfaces.from_heights(heights, ("8 um", "4 um")))


@pytest.mark.parametrize("axes", [1, 2])
def test_filters_halve_a_wave_at_their_cut_off(axes: int) -> None:
    size = ("16 um",) * axes
    wave = surfaces.sinusoid(size, 65, amplitude="1 um", wavelength=("4 um",) * axes)
    # of an area the wave runs along the diagonal of both: 4 um / sqrt(2)
    length = 4.0 / np.sqrt(axes)
    for options in ({"short": f"{length} um"}, {"long": f"{length} um"}):
        half = wave.filtered(**options)
        assert half.rms_height == pytest.approx(0.5 * wave.rms_height, rel=1e-12)
        assert half.mirrored
        assert half.short_cutoff == (length if "short" in options else None)
        assert surfaces.Topography.from_dict(half.to_dict()) == half
    # S and L with one cut-off share every height between them
    face = surfaces.from_heights(np.random.default_rng(3).normal(size=(17,) * axes), size)
    low, high = face.filtered(short="3 um"), face.filtered(long="3 um")
    assert np.allclose(low.heights + high.heights, face.heights, atol=1e-12)
    assert high.mean_height == pytest.approx(0.0, abs=1e-12)


# What is no height ---------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [65535.0, -32767.0, 2147483647.0, -2147483648.0, 1e31, -999.0])
def test_more_numbers_that_stand_for_no_data(mark: float) -> None:
    heights = np.random.default_rng(2).normal(0.0, 0.2, (9, 9))
    heights[3, 4] = mark
    with pytest.raises(SurfaceError, match=r"1 of 81 heights are .* stands for no data"):
        surfaces.from_heights(heights, "8 um")
    assert surfaces.from_heights(heights, "8 um", fill_holes=True).rms_height < 0.5


@pytest.mark.parametrize("mark", [0.0, -50.0, 123.456])
def test_a_number_that_is_there_several_times_far_from_all_others(mark: float) -> None:
    heights = np.random.default_rng(2).normal(20.0, 0.2, (9, 9))
    heights[5] = mark
    with pytest.raises(SurfaceError, match=rf"9 of 81 heights are {mark:g}, the first at"):
        surfaces.from_heights(heights, "8 um")
    kept = surfaces.from_heights(heights, "8 um", no_data="none")
    assert kept.heights[5, 0] == mark
    assert surfaces.Topography.from_dict(kept.to_dict()) == kept
    with pytest.raises(SurfaceError, match="9 of 81 heights are holes"):
        surfaces.from_heights(heights, "8 um", no_data=mark)
    filled = surfaces.from_heights(heights, "8 um", no_data=mark, fill_holes=True)
    assert abs(filled.heights[5].mean() - 20.0) < 0.2


def test_gratings_and_plateaus_are_heights() -> None:
    for heights in ([0, 0, 5, 5, 0, 0, 5, 5], [0, 0.1, 0, 5, 5, 5, 0.1, 0]):
        assert surfaces.from_heights(heights, "7 um").heights.tolist() == heights


def test_no_data_and_pixel_of_a_file(tmp_path: Path) -> None:
    heights = np.random.default_rng(4).normal(0.0, 100.0, (5, 7))
    heights[2, 2] = -77777.0
    path = tmp_path / "map.txt"
    np.savetxt(path, heights)
    options: dict[str, Any] = {"unit": "nm", "no_data": -77777.0, "fill_holes": True}
    face = surfaces.read(path, pixel="0.5 um", **options)
    assert face.size == (2.0, 3.0)
    assert face.rms_height < 0.2
    again = surfaces.Topography.from_dict(face.to_dict(), folder=tmp_path)
    assert again == face
    with pytest.raises(SurfaceError, match="pixel stands beside size or x; give one"):
        surfaces.read(path, "2 um", pixel="0.5 um", **options)
    for wrong in ("all", None, [1.0]):
        with pytest.raises(SurfaceError, match=r"no_data .* is unknown; write a number"):
            surfaces.from_heights([0.0, 1.0], "1 um", no_data=wrong)


def test_heights_that_are_complex() -> None:
    with pytest.raises(SurfaceError, match="not all numbers"):
        surfaces.from_heights(np.array([1.0, 2.0j]), "1 um")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_encodings_of_instruments(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    rows = "x [µm]\th [nm]\n" + "\n".join(f"{0.5 * i}\t{i % 3}" for i in range(9))
    path.write_bytes(rows.encode(encoding))
    face = surfaces.read(path)
    assert face.size == (4.0,)
    assert face.heights[1] == pytest.approx(1e-3)
    path.write_bytes(bytes(range(256)))
    with pytest.raises(SurfaceError, match="not a text file"):
        surfaces.read(path)


# What check says of them -----------------------------------------------------------------------


def notes(face: surfaces.Topography, lower: Any = "Li6PS5Cl", upper: Any = "Li") -> str:
    stack = ifem.Stack(ifem.Layer("a", lower, "9 um", top=face), ifem.Layer("b", upper, "9 um"))
    case = ifem.Case("c", stack, ifem.Protocol(ifem.Press(to="1 MPa")), current=None)
    return "\n".join(case.check().notes)


def test_a_tilt_and_outliers_that_are_left_in_are_noted() -> None:
    x = np.linspace(0.0, 20.0, 201)
    rough = 0.05 * np.cos(2.0 * np.pi * x / 5.0)
    level = surfaces.from_heights(rough, "20 um")
    tilted = surfaces.from_heights(rough + 0.05 * x, "20 um")
    # the plane rises by 0.05 * 20 um; of the mean square height it has 1 / 12 of 1.00125 / 12 in
    # all
    assert "it is tilted: its mean plane rises by 1 um, 99% of the mean" in notes(tilted)
    assert "top of 'a' is tilted: its mean plane" in notes(tilted.symmetrised())
    assert "tilted" not in notes(level) + notes(tilted.levelled())
    assert "median" not in notes(level)
    spiked = rough.copy()
    spiked[70] = 1.5
    said = notes(surfaces.from_heights(spiked, "20 um"))
    assert "1 of 201 heights lie more than 30 median deviations" in said
    assert "the first at sample 70, 1.5 um" in said
    # what was made has no error of a measurement: half a wave is no tilt
    half = surfaces.sinusoid("20 um", amplitude="0.1 um", wavelength="40 um")
    assert "tilted" not in notes(half)


def test_an_offset_that_makes_the_layer_thicker_is_noted() -> None:
    x = np.linspace(0.0, 20.0, 201)
    rough = 0.05 * np.cos(2.0 * np.pi * x / 5.0)
    off = surfaces.from_heights(5.0 + rough, "20 um")
    said = notes(off)
    assert "top of 'a': its mean height is 5 um" in said
    assert "the thickness of 9 um counts from height zero" in said
    assert "mean height" not in notes(off.levelled("mean"))
    assert "mean height" not in notes(surfaces.from_heights(0.04 + rough, "20 um"))


def test_a_slope_of_another_unit_is_noted() -> None:
    x = np.linspace(0.0, 20.0, 201)
    rough = 0.05 * np.cos(2.0 * np.pi * x / 5.0)
    # 0.05 * 2 pi / 5 / sqrt(2) = 0.044; x in nm is a thousand times shorter
    assert "rms slope" not in notes(surfaces.from_heights(rough, "20 um"))
    assert "rms slope of 44.4, which no pressed" in notes(surfaces.from_heights(rough, "20 nm"))


def test_faces_of_very_unlike_stiffness_are_noted() -> None:
    soft, stiff = (
        materials.Material(name, materials.Elastic(modulus, 0.3), ionic_conductivity="1 mS/cm")
        for name, modulus in (("soft", "10 MPa"), ("stiff", "1000 GPa"))
    )
    wave = surfaces.sinusoid("20 um", amplitude="0.1 um", wavelength="10 um")
    said = notes(wave, soft, stiff)
    assert (
        "a|b: Young's modulus of 'b' is 1e+05 times that of 'a', which is as good as rigid" in said
    )
    assert "rigid" not in notes(wave)


# Steps that change nothing -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "place"),
    [
        ([ifem.Press(to="1 mPa"), ifem.Press(to="5 MPa")], "step[0]"),
        ([ifem.Press(to="5 MPa"), ifem.Press(to=5.000000001)], "step[1]"),
        ([ifem.Press(to="5 MPa"), ifem.Release(to=4.999999999)], "step[1]"),
        ([ifem.Press(to="5 MPa"), ifem.Release(to="1 mPa"), ifem.Press(to=2e-9)], "step[2]"),
    ],
)
def test_a_step_within_round_off_of_the_largest_pressure(steps: list[Any], place: str) -> None:
    wave = surfaces.sinusoid("20 um", amplitude="0.1 um", wavelength="10 um")
    stack = ifem.Stack(ifem.Layer("a", "Li6PS5Cl", "9 um", top=wave), ifem.Layer("b", "Li", "9 um"))
    case = ifem.Case("c", stack, ifem.Protocol(*steps), current=None)
    (mistake,) = case.check()
    assert mistake.place == place
    assert re.search("changes the pressure by no more than 1e-09 of the largest", mistake.problem)
    with pytest.raises(CaseError, match="which is round-off; leave it out"):
        case.run(listeners=())
    assert ifem.Case("c", stack, ifem.Protocol(*steps[:1]), current=None).check().ok


def test_a_die_that_is_opened_begins_without_pressure() -> None:
    stack = ifem.Stack(
        ifem.Layer("a", "Li6PS5Cl", "9 um"), ifem.Layer("b", "Li", "9 um"), width="20 um"
    )
    press = ifem.Press(to="5 MPa")
    protocol = ifem.Protocol(
        ifem.Stage(("a",), (press, ifem.Release(to="1 MPa"))), ifem.Stage(("b",), (press,))
    )
    assert protocol.starts == (0.0, 5.0, 0.0)
    assert ifem.Case("c", stack, protocol, current=None).check().ok
    again = ifem.Protocol(
        ifem.Stage(("a",), (press, ifem.Release(to="1 MPa"))),
        ifem.Stage(("b",), (ifem.Press(to="1 MPa"), press)),
    )
    assert again.starts == (0.0, 5.0, 0.0, 1.0)
    assert ifem.Case("c", stack, again, current=None).check().ok
