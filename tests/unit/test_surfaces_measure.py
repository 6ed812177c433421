"""Measures, changes and the resolution report, against closed forms.

A cosine of amplitude A: rms height A/sqrt(2), skewness 0, heights spread by the arcsine law.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfacefem import surfaces
from interfacefem.errors import SurfaceError, UnitError
from interfacefem.surfaces.change import transmission
from interfacefem.surfaces.measure import cosine_amplitudes, form, weights


def random_heights(seed: int, *shape: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.default_rng(seed).standard_normal(shape)


@given(seed=st.integers(0, 2**32), n=st.integers(2, 60))
def test_parseval_for_lines(seed: int, n: int) -> None:
    line = surfaces.from_heights(random_heights(seed, n), "30 um")
    assert line.power_spectrum().integral() == pytest.approx(line.rms_height**2, rel=1e-12)


@given(seed=st.integers(0, 2**32), n=st.integers(3, 20), m=st.integers(3, 20))
def test_parseval_for_areas(seed: int, n: int, m: int) -> None:
    area = surfaces.from_heights(random_heights(seed, n, m), ("30 um", "11 um"))
    assert area.power_spectrum().integral() == pytest.approx(area.rms_height**2, rel=1e-12)


def test_rings_of_the_spectrum_fill_the_plane() -> None:
    area = surfaces.from_heights(random_heights(1, 12, 12), ("10 um", "10 um"))
    spectrum = area.power_spectrum()
    # rings of width pi/L from half a width on: together a disc less the inner half-width disc
    width = np.pi / 10.0
    outer = width * (np.arange(1, spectrum.measure.size + 1) + 0.5)
    discs = np.pi * (outer**2 - (0.5 * width) ** 2)
    np.testing.assert_allclose(np.cumsum(spectrum.measure), discs, rtol=1e-12)
    assert (abs(spectrum.wavevector - width * np.arange(1, outer.size + 1)) < 0.13 * width).all()


def test_one_wave_is_one_line_of_the_spectrum() -> None:
    wave = surfaces.sinusoid("60 um", 241, amplitude="1 um", wavelength="12 um")
    spectrum = wave.power_spectrum()
    peak = int(np.argmax(spectrum.density))
    assert spectrum.wavevector[peak] == pytest.approx(2.0 * np.pi / 12.0, rel=1e-14)
    # all of the mean square 1/2 lies on one line of width pi/L
    assert spectrum.density[peak] == pytest.approx(0.5 / (np.pi / 60.0), rel=1e-12)
    assert np.delete(spectrum.density, peak).max() < 1e-25


def test_hurst_needs_lines_in_the_range() -> None:
    wave = surfaces.sinusoid("60 um", 241, amplitude="1 um", wavelength="12 um")
    with pytest.raises(SurfaceError, match=r"only 0 lines between 500 and 600 um; widen"):
        wave.power_spectrum().hurst(500.0, 600.0)


def test_bearing_curve_of_a_wave_is_the_arcsine_law() -> None:
    n = 4001
    wave = surfaces.sinusoid("60 um", n, amplitude="0.4 um", wavelength="60 um")
    curve = wave.bearing_curve()
    for height in np.linspace(-0.399, 0.399, 41):
        # share of a cosine above h: arccos(h/A)/pi; samples know it to one part in n
        exact = np.arccos(height / 0.4) / np.pi
        assert curve.fraction_above(height) == pytest.approx(exact, abs=2.0 / n)
        assert curve.height_at(exact) == pytest.approx(height, abs=0.4 * np.pi * 2.0 / n)
    assert curve.fraction_above(0.5) == 0.0
    assert curve.fraction_above(-0.5) == 1.0
    assert (np.diff(curve.heights) <= 0.0).all()
    assert (np.diff(curve.fraction) >= 0.0).all()


def test_bearing_curve_of_a_ramp_and_an_area() -> None:
    ramp = surfaces.from_heights(np.linspace(-1.0, 1.0, 101), "10 um").bearing_curve()
    # the end samples stand for half a spacing each: 1 % of the fraction here
    assert ramp.fraction_above(0.5) == pytest.approx(0.25, abs=0.01)
    plane = surfaces.from_heights(np.outer(np.linspace(-1, 1, 51), np.ones(9)), (10.0, 2.0))
    assert plane.bearing_curve().fraction_above(0.501) == pytest.approx(0.25, abs=0.02)


def test_rms_slope_of_a_plane_is_its_gradient() -> None:
    x, y = np.linspace(0.0, 6.0, 7), np.linspace(0.0, 4.0, 9)
    plane = surfaces.from_heights(0.3 * x[:, None] - 0.4 * y[None, :], (6.0, 4.0))
    assert plane.rms_slope == pytest.approx(0.5, rel=1e-13)
    by_x, by_y = plane.slope_at(np.array([1.1, 5.9]), np.array([0.0, 3.3]))
    np.testing.assert_allclose(by_x, 0.3, rtol=1e-12)
    np.testing.assert_allclose(by_y, -0.4, rtol=1e-12)


@pytest.mark.parametrize("shape", [(33,), (17, 12)], ids=["line", "area"])
@pytest.mark.parametrize(("kind", "degree"), [("mean", 0), ("plane", 1), ("quadratic", 2)])
def test_levelling_removes_the_form_exactly(shape: tuple[int, ...], kind: Any, degree: int) -> None:
    axes = np.meshgrid(*(np.linspace(0.0, 50.0, n) for n in shape), indexing="ij")
    u = 0.3 * axes[0] - 0.2 * axes[-1] + 4.0
    shapes = [np.full(shape, 4.0), u, 0.01 * u**2 + u]
    size = (50.0,) * len(shape)
    surface = surfaces.from_heights(shapes[degree], size)
    assert abs(surface.levelled(kind).heights).max() < 1e-12
    # what is left of any surface has no such form any more, and its mean is 0
    rough = surfaces.from_heights(random_heights(3, *shape) + shapes[2], size).levelled(kind)
    assert abs(form(rough.heights, kind)).max() < 1e-12
    assert abs(rough.mean_height) < 1e-13
    if degree < 2:
        assert abs(surfaces.from_heights(shapes[2], size).levelled(kind).heights).max() > 0.02


def test_levelling_keeps_a_series_exact() -> None:
    area = surfaces.self_affine(
        ("20 um", "20 um"), hurst=0.8, rms_height=0.3, short_cutoff="4 um", seed=1
    )
    cut = area.profile(at="7 um")
    level = cut.levelled("mean")
    assert abs(cut.mean_height) > 0.01
    # about the mean, not about height 0; samples and series agree
    w = weights(cut.points)
    centred = cut.heights - cut.mean_height
    assert cut.rms_height == pytest.approx(np.sqrt((w * centred**2).sum()), rel=1e-12)
    assert level.rms_height == pytest.approx(cut.rms_height, rel=1e-12)
    assert cut.mirrored
    assert level.mirrored
    assert not level.levelled("plane").mirrored
    assert abs(level.mean_height) < 1e-15
    np.testing.assert_allclose(level.at(3.21), cut.at(3.21) - cut.mean_height, rtol=0, atol=1e-15)


@given(seed=st.integers(0, 2**32), factor=st.floats(0.01, 100.0))
def test_scaling(seed: int, factor: float) -> None:
    line = surfaces.from_heights(random_heights(seed, 20), "10 um")
    assert line.scaled(rms_height=factor).rms_height == pytest.approx(factor, rel=1e-12)
    assert line.scaled(rms_slope=factor).rms_slope == pytest.approx(factor, rel=1e-12)
    np.testing.assert_allclose(line.scaled(factor=-1.0).at(3.3), -line.at(3.3), rtol=1e-12)


def test_scaling_refuses() -> None:
    line = surfaces.from_heights([0.0, 1.0, 0.0], "10 um")
    with pytest.raises(SurfaceError, match="0 targets given; give one of rms_height"):
        line.scaled()
    with pytest.raises(SurfaceError, match="2 targets given"):
        line.scaled(rms_height=1.0, factor=2.0)
    with pytest.raises(SurfaceError, match="negative; use factor=-1"):
        line.scaled(rms_height="-1 um")
    with pytest.raises(SurfaceError, match="a flat surface has no rms_slope"):
        surfaces.flat("10 um").scaled(rms_slope=0.1)
    with pytest.raises(UnitError, match="scaled rms_height"):
        line.scaled(rms_height="1 MPa")


def test_gaussian_filter_passes_half_at_its_cutoff() -> None:
    # ISO 16610-21: 50 % at the cut-off, exp(-pi (alpha lc/l)^2) with alpha = sqrt(ln 2/pi)
    for wavelength in (6.0, 12.0, 24.0):
        wave = surfaces.sinusoid("24 um", 241, amplitude="1 um", wavelength=wavelength)
        smooth = wave.resampled(121, filter="gaussian", cutoff="12 um")
        expected = np.exp(-np.log(2.0) * (12.0 / wavelength) ** 2)
        assert smooth.heights.max() == pytest.approx(expected, rel=1e-12)
    assert transmission(np.array([12.0]), 12.0, "gaussian")[0] == 0.5


def test_gaussian_filter_is_a_convolution() -> None:
    line = surfaces.from_heights(random_heights(5, 301), "30 um")
    cutoff, alpha = 2.0, np.sqrt(np.log(2.0) / np.pi)
    smooth = line.resampled(301, filter="gaussian", cutoff=cutoff)
    reflected = np.concatenate([line.heights[::-1][:-1], line.heights, line.heights[::-1][1:]])
    u = np.arange(-300, 301) * 0.1
    kernel = np.exp(-np.pi * (u / (alpha * cutoff)) ** 2) / (alpha * cutoff) * 0.1
    direct = np.convolve(reflected, kernel, mode="same")[300:601]
    np.testing.assert_allclose(smooth.heights, direct, rtol=0, atol=1e-12)


def test_cosine_filter_keeps_long_waves_untouched() -> None:
    values = {"hurst": 0.8, "rms_height": 0.4, "long_cutoff": "30 um", "seed": 3}
    fine = surfaces.self_affine("60 um", 481, short_cutoff="2 um", **values)
    cut = fine.resampled(121, filter="cosine", cutoff="5 um")
    spectrum, before = cut.power_spectrum(), fine.power_spectrum()
    long = 2.0 * np.pi / spectrum.wavevector >= 5.0 - 1e-9
    kept = before.density[: long.size][long]
    np.testing.assert_allclose(spectrum.density[long], kept, rtol=1e-9)
    assert spectrum.density[~long].max() < 1e-25
    assert cut.short_cutoff == pytest.approx(5.0)
    assert fine.short_cutoff == pytest.approx(2.0)
    assert cut.long_cutoff == 30.0
    # a filtered surface never gets back what a finer filter would have kept
    assert cut.resampled(241, filter="cosine", cutoff="1 um").short_cutoff == pytest.approx(5.0)


def test_resampling_without_a_filter_follows_the_surface() -> None:
    line = surfaces.self_affine("60 um", 61, hurst=1.0, rms_height=0.4, short_cutoff="8 um", seed=3)
    other = line.resampled(37)
    np.testing.assert_array_equal(other.heights, line.at(other.x))
    assert other.rms_height == line.rms_height
    area = surfaces.from_heights(random_heights(2, 9, 7), ("8 um", "6 um"))
    finer = area.resampled((17, 13))
    np.testing.assert_allclose(finer.heights[::2, ::2], area.heights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(finer.at(3.3, 4.4), area.at(3.3, 4.4), rtol=0, atol=1e-12)


def test_resampling_refuses() -> None:
    line = surfaces.from_heights(random_heights(2, 61), "60 um")
    with pytest.raises(SurfaceError, match="no wavelength below 12 um, but cutoff is 4 um; raise"):
        line.resampled(11, filter="gaussian", cutoff="4 um")
    with pytest.raises(SurfaceError, match="filter 'box' is unknown; write none, gaussian or"):
        line.resampled(11, filter="box")  # type: ignore[arg-type]
    with pytest.raises(SurfaceError, match="cutoff needs a filter"):
        line.resampled(11, cutoff="20 um")
    with pytest.raises(SurfaceError, match=r"points \(3, 3\) must be 1 whole number"):
        line.resampled((3, 3))
    with pytest.raises(SurfaceError, match="'cubic' is unknown; write one of mean, plane"):
        line.levelled("cubic")  # type: ignore[arg-type]


@given(seed=st.integers(0, 2**32))
def test_symmetrised_keeps_samples_and_makes_walls_symmetric(seed: int) -> None:
    line = surfaces.from_heights(random_heights(seed, 33), "16 um")
    assert not line.mirrored
    smooth = line.symmetrised()
    assert smooth.mirrored
    np.testing.assert_allclose(smooth.at(line.x), line.heights, rtol=0, atol=1e-12)
    assert abs(smooth.slope_at(np.array([0.0, 16.0]))).max() < 1e-11
    assert smooth.symmetrised(cutoff="4 um").short_cutoff == 4.0


def test_profiles_of_an_area() -> None:
    area = surfaces.self_affine(
        ("60 um", "40 um"), (121, 81), hurst=0.8, rms_height=0.4, short_cutoff="4 um", seed=5
    )
    along_x, along_y = area.profile(at="12.5 um"), area.profile(axis="y", at="33.3 um")
    assert along_x.size == (60.0,)
    assert along_y.size == (40.0,)
    assert along_x.mirrored
    s = np.linspace(0.0, 40.0, 77)
    np.testing.assert_allclose(along_x.at(s), area.at(s, np.full(77, 12.5)), rtol=0, atol=1e-13)
    np.testing.assert_allclose(along_y.at(s), area.at(np.full(77, 33.3), s), rtol=0, atol=1e-13)
    data = surfaces.from_heights(area.heights, area.size)
    cut = data.profile(at="12.5 um")  # row 25 of the samples
    np.testing.assert_allclose(cut.heights, area.heights[:, 25], rtol=0, atol=1e-12)
    with pytest.raises(SurfaceError, match="is a line already"):
        cut.profile(at="1 um")
    with pytest.raises(SurfaceError, match="axis 'z' is unknown; write 'x' or 'y'"):
        area.profile(axis="z", at="1 um")
    with pytest.raises(SurfaceError, match="y = 41 um is outside 0 to 40 um"):
        area.profile(at="41 um")


def test_interpolation_between_samples() -> None:
    x = np.linspace(0.0, 6.0, 7)
    cubic = surfaces.from_heights(x**3 - 2.0 * x, "6 um")
    # a not-a-knot cubic spline is exact for cubics
    assert cubic.at(2.3) == pytest.approx(2.3**3 - 4.6, rel=1e-12)
    assert cubic.slope_at(2.3) == pytest.approx(3 * 2.3**2 - 2.0, rel=1e-12)
    linear = surfaces.from_heights(x**2, "6 um", interpolation="linear")
    assert linear.at(2.5) == 6.5
    assert linear.slope_at(np.array([0.0, 2.5, 3.0, 6.0])).tolist() == [1.0, 5.0, 7.0, 11.0]
    for place in (-0.1, 6.1, np.nan):
        with pytest.raises(SurfaceError, match="outside 0 to 6 um; evaluate between the walls"):
            linear.at(place)
    with pytest.raises(SurfaceError, match=r"2 coordinate\(s\) given for a line; give 1"):
        linear.at(1.0, 2.0)
    with pytest.raises(SurfaceError, match="a line has no y; use x"):
        _ = linear.y
    symmetric = surfaces.from_heights(x**2, "6 um", mirrored=True)
    assert symmetric.slope_at(0.0) == symmetric.slope_at(6.0) == 0.0


def test_heights_cannot_be_changed() -> None:
    given_heights = np.array([0.0, 1.0, 0.0, 2.0])
    line = surfaces.from_heights(given_heights, "3 um")
    with pytest.raises(ValueError, match="read-only"):
        line.heights[0] = 1.0
    given_heights[0] = 5.0
    assert line.heights[0] == 0.0


def test_checksum_sees_heights_and_size_to_a_femtometre() -> None:
    line = surfaces.from_heights([0.0, 1.0, 0.5], "3 um")
    assert line.checksum == surfaces.from_heights([0.0, 1.0 + 1e-13, 0.5], "3 um").checksum
    assert line.checksum != surfaces.from_heights([0.0, 1.0 + 2e-9, 0.5], "3 um").checksum
    assert line.checksum != surfaces.from_heights([0.0, 1.0, 0.5], "3.1 um").checksum
    assert len({line, surfaces.from_heights([0.0, 1.0, 0.5], "3 um")}) == 1
    assert line != "line"


@given(seed=st.integers(0, 2**32))
def test_cosine_amplitudes_give_the_samples_back(seed: int) -> None:
    heights = random_heights(seed, 5, 8)
    amplitudes = cosine_amplitudes(heights)
    waves = [np.cos(np.pi * np.outer(np.arange(n), np.arange(n)) / (n - 1)) for n in (5, 8)]
    np.testing.assert_allclose(waves[0] @ amplitudes @ waves[1].T, heights, rtol=0, atol=1e-12)
    assert weights((5, 8)).sum() == pytest.approx(1.0, rel=1e-14)


def test_resolution_of_a_wave() -> None:
    wave = surfaces.sinusoid("16 um", 161, amplitude="1 um", wavelength="16 um")
    report = surfaces.resolution_report(wave, "1 um")
    # straight pieces between n nodes a wave: slope times sinc(pi/n), mean square times (2+cos)/3
    n = 16
    sinc = np.sin(np.pi / n) / (np.pi / n)
    slope = 2.0 * np.pi / 16.0 / np.sqrt(2.0)
    assert report.resolved_rms_slope == pytest.approx(slope * sinc, rel=1e-12)
    height = np.sqrt(0.5 * (2.0 + np.cos(2.0 * np.pi / n)) / 3.0)
    assert report.resolved_rms_height == pytest.approx(height, rel=1e-12)
    assert report.edge_length == 1.0
    assert report.cutoff_known
    # its only wave is the shortest one, 16 edges long; sampled plainly, it is found in the heights
    assert report.short_cutoff == 16.0
    assert report.edges_per_short_cutoff == 16.0
    assert "16.0 edges of 1 um per shortest wavelength 16 um; rms" in report.message()
    assert "too coarse" not in report.message()
    plain = surfaces.resolution_report(surfaces.from_heights(wave.heights, "16 um"), "1 um")
    assert not plain.cutoff_known
    assert plain.short_cutoff == pytest.approx(16.0)


def test_shortest_wave_of_what_was_done_to_a_surface() -> None:
    wave = surfaces.sinusoid("16 um", 161, amplitude="1 um", wavelength="8 um")
    # a filter takes short waves away and makes none
    assert surfaces.shortest_wavelength(wave.resampled(161, filter="cosine", cutoff="2 um")) == 8.0
    assert surfaces.shortest_wavelength(wave.scaled(factor=-0.5)) == 8.0
    assert surfaces.shortest_wavelength(surfaces.flat("16 um")) is None
    area = surfaces.sinusoid(
        ("16 um", "12 um"), (65, 49), amplitude="1 um", wavelength=("8 um", "4 um")
    )
    assert surfaces.shortest_wavelength(area) == 4.0
    plain = surfaces.from_heights(area.heights, ("16 um", "12 um"))
    assert surfaces.shortest_wavelength(plain) == pytest.approx(4.0)


def test_resolution_of_rough_lines_and_areas() -> None:
    values: dict[str, Any] = {
        "hurst": 0.8,
        "rms_height": "400 nm",
        "short_cutoff": "4 um",
        "seed": 7,
    }
    for size in (("60 um",), ("60 um", "30 um")):
        rough = surfaces.self_affine(size, **values)
        coarse = surfaces.resolution_report(rough, "1 um")
        enough = surfaces.resolution_report(rough, "500 nm")
        finest = surfaces.resolution_report(rough, "20 nm" if len(size) == 1 else "100 nm")
        assert enough.edges_per_short_cutoff == pytest.approx(8.0)
        assert enough.sufficient
        assert not coarse.sufficient
        assert coarse.resolved_rms_slope < enough.resolved_rms_slope < finest.resolved_rms_slope
        assert finest.resolved_rms_slope == pytest.approx(rough.rms_slope, rel=1e-3)
        assert finest.resolved_rms_height == pytest.approx(rough.rms_height, rel=1e-3)
        assert "take edges of at most 0.5 um" in coarse.message()
        assert (
            "8.0 edges of 0.5 um per shortest wavelength 4 um; rms height 0.4" in enough.message()
        )
        assert "too coarse" not in enough.message()


def test_resolution_of_data_and_flat() -> None:
    data = surfaces.from_heights(random_heights(1, 61), "60 um")
    # heights that jump from sample to sample are noise: eight samples count as their shortest wave
    noise = surfaces.resolution_report(data, "1.25 um")
    assert "shortest wavelength 8 um (estimated from its heights)" in noise.message()
    assert "too coarse: take edges of at most 1 um" in noise.message()
    flat = surfaces.resolution_report(surfaces.flat("60 um"), "20 um")
    assert flat.sufficient
    assert flat.message() == "flat: nothing to resolve"
    with pytest.raises(SurfaceError, match="edge_length: 0 um must be positive"):
        surfaces.resolution_report(data, "0 um")


def test_representation_is_one_short_line() -> None:
    text = repr(surfaces.sinusoid("60 um", 241, amplitude="1 um", wavelength="12 um"))
    assert text.startswith("Topography(sinusoid, 60 um, 241 points, rms height 0.7071 um")
    assert "\n" not in text
