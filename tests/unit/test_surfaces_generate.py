"""Synthesis: spectrum, normalisation, symmetry, repeatability, and what is refused.

Figures: C1D ~ q^(-1-2H) and C2D ~ q^(-2-2H) from Jacobs, Junge, Pastewka (2017),
doi:10.1088/2051-672X/aa51f8; a cosine of amplitude A has rms height A/sqrt(2) and rms slope
2 pi A / (wavelength sqrt(2)).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfacefem import surfaces
from interfacefem.errors import InterfaceFEMError, SurfaceError
from interfacefem.surfaces.measure import weights

LINE: dict[str, Any] = {
    "size": ("60 um",),
    "points": 481,
    "hurst": 0.8,
    "rms_height": "400 nm",
    "long_cutoff": "30 um",
    "short_cutoff": "4 um",
    "seed": 7,
}
AREA: dict[str, Any] = LINE | {"size": ("60 um", "40 um"), "points": (121, 81)}


def made(base: dict[str, Any], **changes: Any) -> surfaces.Topography:
    values = {k: v for k, v in (base | changes).items() if v is not None}
    return surfaces.self_affine(**values)


@pytest.mark.parametrize("hurst", [0.3, 0.5, 0.8, 1.0])
def test_line_has_the_spectrum_asked_for(hurst: float) -> None:
    density = 0.0
    # 200 seeds of 190 waves: the mean of chi-squared numbers scatters by sqrt(2/200) = 10 %
    for seed in range(200):
        line = made(LINE, hurst=hurst, seed=seed, long_cutoff="60 um", short_cutoff="0.6 um")
        assert isinstance(line.shape.amplitudes, np.ndarray)  # type: ignore[union-attr]
        spectrum = line.power_spectrum()
        density = density + spectrum.density / spectrum.integral()
    used = (spectrum.wavevector > 2 * np.pi / 55) & (spectrum.wavevector < 2 * np.pi / 0.61)
    slope = np.polyfit(np.log(spectrum.wavevector[used]), np.log(density[used]), 1)[0]
    assert slope == pytest.approx(-1.0 - 2.0 * hurst, abs=0.05)


def test_area_has_the_spectrum_asked_for() -> None:
    area = made(
        AREA, size=("60 um", "60 um"), points=(201, 201), long_cutoff="60 um", short_cutoff="1 um"
    )
    spectrum = area.power_spectrum()
    assert spectrum.dimension == 2
    # one surface, 60 rings with up to 90 waves each
    assert spectrum.hurst(1.2, 30.0) == pytest.approx(0.8, abs=0.1)


def test_profiles_of_an_area_are_isotropic() -> None:
    # slopes along x and y have the same mean square where the area is square
    ratio = []
    for seed in range(20):
        area = made(AREA, size=("60 um", "60 um"), points=(61, 61), seed=seed)
        by_x, by_y = area.slope_at(*np.meshgrid(area.x, area.y, indexing="ij"))
        ratio.append(np.log((by_x**2).mean() / (by_y**2).mean()))
    assert abs(np.mean(ratio)) < 3.0 * np.std(ratio) / np.sqrt(20)


def test_waves_along_an_axis_have_their_share() -> None:
    # waves (5,0) and (3,4) are equally long; a cosine stands for 2 plane waves, a product for 4,
    # so mean square amplitudes are as 2^2 to 4^2; 600 numbers each: their ratio scatters by 8 %
    along = across = 0.0
    for seed in range(300):
        area = made(AREA, size=("10 um", "10 um"), points=21, seed=seed, long_cutoff="10 um",
                    short_cutoff="2 um")  # fmt: skip
        assert isinstance(area.shape, surfaces.shapes.CosineSeries)
        squared = area.shape.amplitudes**2
        along += squared[5, 0] + squared[0, 5]
        across += squared[3, 4] + squared[4, 3]
    assert along / across == pytest.approx(0.25, rel=0.3)


def test_mean_square_at_the_walls_is_twice_the_average() -> None:
    lines = [made(LINE, seed=seed, short_cutoff="10 um", points=None) for seed in range(500)]
    at_wall = np.mean([line.heights[0] ** 2 for line in lines])
    assert at_wall / 0.4**2 == pytest.approx(2.0, rel=0.25)  # 500 numbers: sqrt(2/500) = 6 %


@pytest.mark.parametrize("rolloff", ["flat", "cut"])
def test_rolloff_below_the_long_cutoff(rolloff: str) -> None:
    total = sum(made(LINE, rolloff=rolloff, seed=s).power_spectrum().density for s in range(200))
    # waves 1 to 3 are longer than the long cut-off 2 L / 4 = 30 um, wave 4 is not
    expected = [1.0] * 4 if rolloff == "flat" else [0.0, 0.0, 0.0, 1.0]
    assert total[:4] / total[3] == pytest.approx(expected, abs=0.45)
    if rolloff == "cut":
        assert total[:3].max() < 1e-25
    assert total[4:30].min() > 0.0
    assert total[30:].max() < 1e-25  # nothing shorter than the short cut-off 2 L / 30


@pytest.mark.parametrize("base", [LINE, AREA], ids=["line", "area"])
@pytest.mark.parametrize(("name", "value"), [("rms_height", 0.35), ("rms_slope", 0.14)])
def test_normalisation_is_exact(base: dict[str, Any], name: str, value: float) -> None:
    surface = made(base, **({"rms_height": None, name: value}))
    assert getattr(surface, name) == pytest.approx(value, rel=1e-12)
    assert surface.mean_height == pytest.approx(0.0, abs=1e-14)
    # the samples, with trapezoidal weights, have the same rms height as the series
    w = weights(surface.points)
    assert np.sqrt((w * surface.heights**2).sum()) == pytest.approx(surface.rms_height, rel=1e-12)


def test_slope_of_the_line_by_quadrature() -> None:
    line = made(LINE)
    x = np.linspace(0.0, 60.0, 20001)
    w = weights((20001,))
    assert np.sqrt((w * line.slope_at(x) ** 2).sum()) == pytest.approx(line.rms_slope, rel=1e-12)


def test_slope_of_the_area_by_quadrature() -> None:
    area = made(AREA)
    by_x, by_y = area.slope_at(*np.meshgrid(area.x, area.y, indexing="ij"))
    w = weights(area.points)
    assert np.sqrt((w * (by_x**2 + by_y**2)).sum()) == pytest.approx(area.rms_slope, rel=1e-12)


@given(seed=st.integers(0, 2**32), hurst=st.floats(0.05, 1.0))
def test_walls_are_symmetry_planes(seed: int, hurst: float) -> None:
    line = made(LINE, seed=seed, hurst=hurst)
    assert line.mirrored
    assert abs(line.slope_at(np.array([0.0, 60.0]))).max() < 1e-13
    near = np.array([0.01, 0.02])
    series = line.shape
    assert series is not None
    for wall in (0.0, 60.0):
        np.testing.assert_allclose(
            series.height(wall + near), series.height(wall - near), atol=1e-12
        )


def test_walls_of_an_area_are_symmetry_planes() -> None:
    area = made(AREA)
    y = np.linspace(0.0, 40.0, 33)
    x = np.linspace(0.0, 60.0, 33)
    for wall in (0.0, 60.0):
        assert abs(area.slope_at(np.full(33, wall), y)[0]).max() < 1e-12
    for wall in (0.0, 40.0):
        assert abs(area.slope_at(x, np.full(33, wall))[1]).max() < 1e-12


@pytest.mark.parametrize("base", [LINE, AREA], ids=["line", "area"])
def test_points_do_not_change_the_surface(base: dict[str, Any]) -> None:
    coarse = made(base)
    fine = made(base, points=tuple(2 * n - 1 for n in coarse.points))
    every_second = tuple([slice(None, None, 2)] * coarse.dimension)
    np.testing.assert_allclose(fine.heights[every_second], coarse.heights, rtol=0, atol=1e-13)
    places = [np.array([1.234, 17.9])] * coarse.dimension
    np.testing.assert_array_equal(fine.at(*places), coarse.at(*places))


@pytest.mark.parametrize("base", [LINE, AREA], ids=["line", "area"])
def test_a_shorter_cutoff_only_adds_waves(base: dict[str, Any]) -> None:
    rough = made(base).shape
    rougher = made(base, short_cutoff="2 um").shape
    assert isinstance(rough, surfaces.shapes.CosineSeries)
    assert isinstance(rougher, surfaces.shapes.CosineSeries)
    kept = rougher.amplitudes[tuple(slice(0, n) for n in rough.amplitudes.shape)]
    used = rough.amplitudes != 0.0
    ratio = kept[used] / rough.amplitudes[used]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


def test_heights_agree_between_points_and_grid() -> None:
    area = made(AREA)
    x, y = np.meshgrid(area.x, area.y, indexing="ij")
    np.testing.assert_allclose(area.at(x, y), area.heights, rtol=0, atol=1e-13)


def test_same_seed_same_checksum() -> None:
    # regression of numpy's PCG64 and normal numbers; recipes promise the same heights
    assert made(LINE).checksum == made(LINE).checksum
    assert made(LINE).checksum.startswith("e670339ec8b89847")
    assert made(AREA).checksum.startswith("1b15e60821378431")
    checksums = {made(LINE, seed=seed).checksum for seed in range(20)}
    assert len(checksums) == 20


def test_default_points_carry_sixteen_per_wave() -> None:
    line = made(LINE, points=None)
    assert line.points == (241,)  # 60 um / 4 um * 16 + 1


@pytest.mark.parametrize(("amplitude", "wavelength"), [(0.5, 20.0), (0.1, 40.0)])
def test_sinusoid(amplitude: float, wavelength: float) -> None:
    wave = surfaces.sinusoid("20 um", 4001, amplitude=amplitude, wavelength=wavelength)
    assert wave.mirrored
    assert wave.mean_height == pytest.approx(0.0, abs=1e-15)
    assert wave.rms_height == pytest.approx(amplitude / np.sqrt(2.0), rel=1e-12)
    slope = 2.0 * np.pi * amplitude / wavelength / np.sqrt(2.0)
    assert wave.rms_slope == pytest.approx(slope, rel=1e-5)  # straight pieces, (pi/n)^2/6
    x = np.array([0.0, wavelength / 4.0])
    np.testing.assert_allclose(wave.at(x), [amplitude, 0.0], atol=1e-15)
    np.testing.assert_allclose(wave.slope_at(x[1]), -2 * np.pi * amplitude / wavelength, rtol=1e-14)


def test_sinusoid_over_an_area() -> None:
    area = ("20 um", "10 um")
    egg_box = surfaces.sinusoid(area, (81, 81), amplitude="1 um", wavelength=("20 um", "5 um"))
    assert egg_box.mirrored
    assert egg_box.rms_height == pytest.approx(0.5, rel=1e-12)  # 1/sqrt(2) per direction
    ridge = surfaces.sinusoid(area, (81, 81), amplitude="1 um", wavelength="20 um")
    assert np.ptp(ridge.heights, axis=1).max() == 0.0
    assert not surfaces.sinusoid("21 um", amplitude=1.0, wavelength="20 um").mirrored
    assert not surfaces.sinusoid("20 um", amplitude=1.0, wavelength="20 um", phase=0.1).mirrored


def test_flat() -> None:
    for size in ("60 um", ("60 um", "40 um")):
        flat = surfaces.flat(size)
        assert flat.mirrored
        assert flat.rms_height == flat.rms_slope == flat.mean_height == 0.0
        assert flat.at(*[np.array([1.0, 20.0])] * flat.dimension).tolist() == [0.0, 0.0]


def test_cylinder_cap() -> None:
    cap = surfaces.cylinder_cap("20 um", radius="100 um")
    x = np.linspace(0.0, 20.0, 21)
    # Pythagoras: (h + R)^2 + (x - c)^2 = R^2
    np.testing.assert_allclose((cap.at(x) + 100.0) ** 2 + (x - 10.0) ** 2, 1e4, rtol=1e-14)
    assert cap.at(10.0) == 0.0
    # the curvature at the apex is -1/R
    assert cap.slope_at(10.0 + 1e-4) / 1e-4 == pytest.approx(-0.01, rel=1e-8)
    half = surfaces.cylinder_cap("20 um", radius="100 um", centre="0 um")
    assert half.slope_at(0.0) == 0.0
    ridge = surfaces.cylinder_cap(("20 um", "5 um"), (11, 3), radius="100 um")
    np.testing.assert_allclose(ridge.heights, cap.at(ridge.x)[:, None] * np.ones(3), atol=1e-15)


def test_spherical_cap() -> None:
    cap = surfaces.spherical_cap(("20 um", "10 um"), radius="50 um", centre=("0 um", "0 um"))
    x, y = np.array([3.0, 20.0]), np.array([4.0, 10.0])
    np.testing.assert_allclose(cap.at(x, y), np.sqrt(2500.0 - x**2 - y**2) - 50.0, rtol=1e-12)
    by_x, by_y = cap.slope_at(3.0, 4.0)
    assert by_x == pytest.approx(-3.0 / np.sqrt(2475.0), rel=1e-14)
    assert by_y == pytest.approx(-4.0 / np.sqrt(2475.0), rel=1e-14)


CAP: dict[str, Any] = {"size": "20 um", "radius": "100 um"}
WAVE: dict[str, Any] = {"size": "20 um", "amplitude": "1 um", "wavelength": "20 um"}


@pytest.mark.parametrize(
    ("maker", "base", "changes", "fragments"),
    [
        (surfaces.self_affine, LINE, {"hurst": 1.2}, ["hurst 1.2", "at most 1"]),
        (surfaces.self_affine, LINE, {"hurst": 0.0}, ["hurst 0", "above 0"]),
        (surfaces.self_affine, LINE, {"rms_slope": 0.1}, ["exactly one of rms_height"]),
        (surfaces.self_affine, LINE, {"rms_height": "-1 um"}, ["rms_height -1", "positive"]),
        (surfaces.self_affine, LINE, {"rms_height": "3 MPa"}, ["rms_height", "not a length"]),
        (surfaces.self_affine, LINE, {"seed": -1}, ["seed -1", "whole number"]),
        (surfaces.self_affine, LINE, {"seed": 1.5}, ["seed 1.5", "whole number"]),
        (surfaces.self_affine, LINE, {"seed": True}, ["seed True", "whole number"]),
        (surfaces.self_affine, LINE, {"rolloff": "soft"}, ["rolloff 'soft'", "'flat' or 'cut'"]),
        (
            surfaces.self_affine,
            LINE,
            {"short_cutoff": "40 um"},
            ["short_cutoff 40", "short < long"],
        ),
        (surfaces.self_affine, LINE, {"long_cutoff": "1 mm"}, ["long_cutoff 1000", "the size"]),
        (surfaces.self_affine, LINE, {"short_cutoff": "-4 um"}, ["-4 um", "positive"]),
        (surfaces.self_affine, LINE, {"points": 20}, ["20 points", "at least 31"]),
        (surfaces.self_affine, LINE, {"points": (20, 20)}, ["(20, 20)", "1 whole number"]),
        (surfaces.self_affine, LINE, {"points": 20.5}, ["20.5", "whole number"]),
        (surfaces.self_affine, LINE, {"points": 1}, ["at least 2"]),
        (surfaces.self_affine, LINE, {"size": ("1 um",) * 3}, ["3 lengths", "line", "area"]),
        (surfaces.self_affine, LINE, {"size": "0 um"}, ["must be positive"]),
        (surfaces.self_affine, LINE, {"size": "60"}, ["size[0]", "has no unit"]),
        (surfaces.sinusoid, WAVE, {"points": 4}, ["fewer than 4", "at least 5"]),
        (surfaces.sinusoid, WAVE, {"wavelength": ("20 um", "20 um")}, ["2 wavelengths", "line"]),
        (surfaces.sinusoid, WAVE, {"wavelength": "-1 um"}, ["must be positive"]),
        (surfaces.cylinder_cap, CAP, {"radius": "8 um"}, ["reaches 10 um", "radius 8 um"]),
        (surfaces.cylinder_cap, CAP, {"radius": "0 um"}, ["0 um must be positive"]),
        (surfaces.spherical_cap, CAP, {}, ["1 length", "cylinder_cap"]),
        (
            surfaces.spherical_cap,
            CAP,
            {"size": ("20 um", "20 um"), "centre": "3 um"},
            ["must be two lengths"],
        ),
    ],
)
def test_bad_values_name_place_value_and_way_out(
    maker: Callable[..., Any], base: dict[str, Any], changes: dict[str, Any], fragments: list[str]
) -> None:
    with pytest.raises(InterfaceFEMError) as caught:
        maker(**(base | changes))
    assert str(caught.value).startswith(maker.__name__)
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_missing_roughness_is_refused() -> None:
    values = {k: v for k, v in LINE.items() if k != "rms_height"}
    with pytest.raises(SurfaceError, match="exactly one of rms_height and rms_slope"):
        surfaces.self_affine(**values)
    with pytest.raises(SurfaceError, match="no wave of size"):
        made(LINE, short_cutoff="43 um", long_cutoff="50 um", rolloff="cut", points=31)


def test_every_generator_is_made_again_from_its_recipe() -> None:
    made_ones = [
        made(LINE),
        made(AREA),
        surfaces.sinusoid(**WAVE),
        surfaces.flat("3 um"),
        surfaces.cylinder_cap(**CAP),
        surfaces.cylinder_cap(("20 um", "5 um"), (11, 3), radius="100 um"),
        surfaces.spherical_cap(("20 um", "10 um"), 11, radius="50 um"),
    ]
    for surface in made_ones:
        again = surfaces.Topography.from_dict(surface.to_dict())
        assert again == surface
        assert again.recipe == surface.recipe
        np.testing.assert_array_equal(again.heights, surface.heights)
    for one, other in itertools.combinations(made_ones, 2):
        assert one != other
