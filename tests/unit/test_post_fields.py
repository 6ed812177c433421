# SPDX-License-Identifier: MIT
"""Pressure, delamination and current figures against closed forms of a cosine."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from interfacefem import post
from interfacefem.errors import ResultsError
from interfacefem.results import InterfaceField, Results, ResultsWriter
from interfacefem.results.example import (
    AMPLITUDE,
    PRESS,
    WAVES,
    WIDTH,
    example_increment,
    example_interface,
    example_mesh,
    example_run,
    threshold,
)

LOWER = "separator|interlayer"
POINTS = 6001


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return example_run(tmp_path_factory.mktemp("runs") / "run", nx=6, points=POINTS, increments=2)


def gap_of_the_example(t: float) -> float:
    """Mean of h (t - cos) where positive, h (t (pi - arccos t) + sqrt(1 - t^2)) / pi."""
    return AMPLITUDE * (t * (math.pi - math.acos(t)) + math.sqrt(1.0 - t * t)) / math.pi


@pytest.mark.parametrize("step", ["press", "release"])
def test_contact_and_gap_volume(run: Results, step: str) -> None:
    state = run.interface(LOWER).at(step)
    t = threshold(state.nominal_pressure)
    # Six edges of the contact, each known up to one of 6000 spacings.
    assert post.contact_fraction(state) == pytest.approx(math.acos(t) / math.pi, abs=6 / 6000)
    assert post.gap_volume(state) == pytest.approx(gap_of_the_example(t), rel=1e-3)
    assert post.gap_volume(state.gap) == post.gap_volume(state)


def test_overlap_does_not_shrink_the_gap_volume() -> None:
    part = example_interface(LOWER, PRESS, limit=0.0)
    field = InterfaceField(
        name="gap",
        unit="um",
        interface=LOWER,
        step="press",
        increment=0,
        points=part.points,
        weights=part.weights,
        values=np.where(part.in_contact, -0.3, part.gap),
    )
    # Open on the half waves: AMPLITUDE / pi; trapezoidal error (2 pi 3/120)^2/12 = 0.2 %.
    assert post.gap_volume(field) == pytest.approx(AMPLITUDE / math.pi, rel=0.005)


def test_pressure_statistics_over_all_and_over_contact(run: Results) -> None:
    state = run.interface(LOWER).at("press")
    t = threshold(PRESS)
    fraction = math.acos(t) / math.pi
    whole = post.pressure_statistics(state)
    touching = post.pressure_statistics(state, over="contact")
    assert whole.mean == pytest.approx(PRESS, rel=1e-5)
    assert touching.mean == pytest.approx(PRESS / fraction, rel=2e-3)
    assert touching.area_fraction == pytest.approx(fraction, abs=6 / 6000)
    assert whole.maximum == touching.maximum
    # p = p0 (cos - t): below v on the part 1 - arccos(v/p0 + t)/pi, so the median of the whole is
    # p0 (cos(pi/2) - t) as t < 0, and that of the contact p0 (cos(fraction pi/2) - t).
    p0 = whole.maximum / (1.0 - t)
    assert whole.percentiles[50.0] == pytest.approx(-p0 * t, rel=2e-3)
    expected = p0 * (math.cos(fraction * math.pi / 2.0) - t)
    assert touching.percentiles[50.0] == pytest.approx(expected, rel=2e-3)
    # Mean square of (cos - t) where positive: ((1/2 + t^2) a - 3/2 t sin a)/pi with a = arccos t.
    a = math.acos(t)
    square = ((0.5 + t * t) * a - 1.5 * t * math.sin(a)) / math.pi
    mean = (math.sin(a) - t * a) / math.pi
    variation = math.sqrt(square - mean**2) / mean
    assert whole.coefficient_of_variation == pytest.approx(variation, rel=1e-4)
    assert touching.coefficient_of_variation < whole.coefficient_of_variation


def test_opened_area_and_spring_back(run: Results) -> None:
    found = post.delamination(run, LOWER, "release")
    loaded, now = threshold(PRESS), threshold(found.pressure)
    assert (found.loaded_step, found.loaded_increment, found.loaded_pressure) == ("press", 1, PRESS)
    # In contact under load where cos > loaded, open now where cos < now.
    opened = (math.acos(loaded) - math.acos(now)) / math.pi
    assert found.opened_fraction == pytest.approx(opened, abs=12 / 6000)
    assert found.lost_fraction == pytest.approx(1 - math.acos(now) / math.acos(loaded), abs=2e-3)
    # The gap there is h (now - cos), largest at the edge of the old contact.
    assert found.max_gap == pytest.approx(AMPLITUDE * (now - loaded), rel=2e-3)
    integral = now * (math.acos(loaded) - math.acos(now)) - (
        math.sin(math.acos(loaded)) - math.sin(math.acos(now))
    )
    mean = AMPLITUDE * integral / (math.pi * opened)
    assert found.mean_gap == pytest.approx(mean, rel=2e-3)
    # over the opened area the phase of the wave is even, and the gap rises with it
    phase = math.acos(now) + 0.95 * (math.acos(loaded) - math.acos(now))
    assert found.percentile_95_gap == pytest.approx(AMPLITUDE * (now - math.cos(phase)), rel=2e-3)
    assert found.opened.mean() == pytest.approx(mean * opened, rel=5e-3)


def test_faces_that_parted_without_a_gap_have_none(tmp_path: Path) -> None:
    # a node that carries nothing any more may overlap by the tolerance of the solver
    mesh = example_mesh(6)
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh)
    for index, (step, load) in enumerate([("press", PRESS), ("release", 5.0)]):
        snapshot = example_increment(mesh, step, index, 0, load)
        faces = tuple(
            dataclasses.replace(
                part,
                contact_pressure=np.full(len(part.gap), load * (index == 0)),
                in_contact=np.full(len(part.gap), index == 0),
                gap=np.full(len(part.gap), -1e-4 * index),
            )
            for part in snapshot.interfaces
        )
        writer.append(dataclasses.replace(snapshot, interfaces=faces))
    found = post.delamination(Results.open(tmp_path), LOWER)
    assert (found.opened_fraction, found.mean_gap, found.max_gap) == (1.0, 0.0, 0.0)


def test_a_point_without_area_has_no_gap() -> None:
    # nothing lies opposite of it, so that its gap is no number
    field = dataclasses.replace(
        density(np.array([1.0, np.nan, 2.0, 2.0])), name="gap", unit="um",
        weights=np.array([1.0, 0.0, 1.0, 2.0]),
    )  # fmt: skip
    assert post.gap_volume(field) == pytest.approx(7.0 / 4.0)


def test_nothing_opens_under_the_highest_load(run: Results) -> None:
    found = post.delamination(run, LOWER, "hold")
    assert (found.opened_fraction, found.mean_gap, found.max_gap) == (0.0, 0.0, 0.0)
    assert post.highest_load(run, "hold") == ("press", 1)
    assert post.highest_load(run) == ("press", 1)


def test_an_interface_that_never_touched(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh)
    snapshot = example_increment(mesh, "press", 0, 0, 1.0)
    apart = tuple(
        dataclasses.replace(
            part,
            contact_pressure=np.zeros(len(part.gap)),
            in_contact=np.zeros(len(part.gap), dtype=bool),
        )
        for part in snapshot.interfaces
    )
    writer.append(dataclasses.replace(snapshot, interfaces=apart))
    found = post.delamination(Results.open(tmp_path), LOWER)
    assert (found.lost_fraction, found.loaded_contact_fraction) == (0.0, 0.0)


def test_points_that_changed_are_not_compared(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh)
    writer.append(example_increment(mesh, "press", 0, 0, PRESS))
    writer.append(example_increment(mesh, "release", 1, 0, 5.0, points=61))
    with pytest.raises(ResultsError, match="121 points in step 'press', 61 in 'release'"):
        post.delamination(Results.open(tmp_path), LOWER)


def density(values: np.ndarray) -> InterfaceField:
    x = np.linspace(0.0, WIDTH, len(values))
    weights = np.full(len(x), x[1])
    weights[[0, -1]] *= 0.5
    return InterfaceField(
        name="current_density",
        unit="mA/cm^2",
        interface=LOWER,
        step="press",
        increment=0,
        points=np.column_stack([x, 0.0 * x]),
        weights=weights,
        values=values,
    )


@pytest.fixture
def wavy() -> InterfaceField:
    x = np.linspace(0.0, WIDTH, POINTS)
    return density(0.5 * (1.0 + 0.8 * np.cos(2.0 * np.pi * WAVES * x / WIDTH)))


def test_focusing_of_a_cosine(wavy: InterfaceField) -> None:
    assert post.focusing_factor(wavy) == pytest.approx(1.8, rel=1e-6)
    expected = 1.0 + 0.8 * math.cos(0.01 * math.pi)
    assert post.focusing_factor(wavy, percentile=99.0) == pytest.approx(expected, rel=1e-5)
    reverse = dataclasses.replace(wavy, values=-wavy.values)
    assert post.focusing_factor(reverse) == pytest.approx(1.8, rel=1e-6)
    assert math.isnan(post.focusing_factor(density(np.zeros(5))))


@pytest.mark.parametrize("critical", [0.2, 0.5, 0.8])
def test_area_above_critical(wavy: InterfaceField, critical: float) -> None:
    expected = math.acos((critical / 0.5 - 1.0) / 0.8) / math.pi
    assert post.fraction_above(wavy, critical) == pytest.approx(expected, abs=6 / 6000)
    reverse = dataclasses.replace(wavy, values=-wavy.values)
    assert post.fraction_above(reverse, critical) == post.fraction_above(wavy, critical)


def test_dead_area(wavy: InterfaceField) -> None:
    assert post.dead_fraction(wavy) == 0.0
    # 1 + 0.8 cos < 0.5 where cos < -0.625
    expected = 1.0 - math.acos(-0.625) / math.pi
    assert post.dead_fraction(wavy, below=0.5) == pytest.approx(expected, abs=6 / 6000)
    x = np.linspace(0.0, WIDTH, POINTS)
    half = density(np.where(x < WIDTH / 4.0, 1.0, 1e-4))
    assert post.dead_fraction(half) == pytest.approx(0.75, abs=2e-4)


def test_hotspots_have_place_width_and_share() -> None:
    x = np.linspace(0.0, WIDTH, POINTS)
    # Two spots of 1 um and 2 um, 6 and 4 times a background of 1.
    values = np.ones(POINTS)
    values[np.abs(x - 15.0) < 0.5] = 6.0
    values[np.abs(x - 40.0) < 1.0] = 4.0
    values[np.argmin(np.abs(x - 40.3))] = 4.5
    # Edges are known up to one of 0.01 um, which is 1 % of the smaller spot and 0.1 % of the mean.
    mean = (60.0 + 5.0 * 1.0 + 3.0 * 2.0) / 60.0
    first, second = post.hotspots(density(values))
    assert first.factor == pytest.approx(6.0 / mean, rel=2e-3)
    assert first.place[0] == pytest.approx(15.0, abs=0.51)
    assert first.area == pytest.approx(1.0, abs=0.02)
    assert first.share == pytest.approx(6.0 / 71.0, rel=0.02)
    assert second.place[0] == pytest.approx(40.3, abs=1e-9)
    assert second.area == pytest.approx(2.0, abs=0.02)
    assert second.current_density == 4.5
    assert post.hotspots(density(values), count=1) == [first]
    assert post.hotspots(density(values), above=5.0) == [first]


def test_what_is_a_hotspot_and_what_is_dead_are_conventions() -> None:
    # twice the mean and a hundredth of it; 10,001 points make a step of the background negligible
    values = np.ones(10001)
    values[4000:4003] = [0.015, 0.009, 2.1]
    values[7000:7002] = 1.9
    (spot,) = post.hotspots(density(values))
    assert spot.factor == pytest.approx(2.1, rel=1e-3)
    assert post.dead_fraction(density(values)) == pytest.approx(1e-4, rel=1e-3)


def test_hotspots_at_the_walls_and_none() -> None:
    values = np.ones(101)
    values[:3] = values[-2:] = 9.0
    left, right = sorted(post.hotspots(density(values)), key=lambda spot: spot.place)
    assert (left.place[0], left.area) == (0.0, pytest.approx(2.5 * 0.6))
    assert right.area == pytest.approx(1.5 * 0.6)
    assert post.hotspots(density(np.ones(11))) == []
    assert post.hotspots(density(np.zeros(11))) == []
    area = dataclasses.replace(density(values), points=np.zeros((101, 3)))
    with pytest.raises(ResultsError, match="an area whose field has no faces"):
        post.hotspots(area)


def test_order_of_points_does_not_matter(wavy: InterfaceField) -> None:
    shuffle = np.random.default_rng(3).permutation(len(wavy))
    mixed = dataclasses.replace(
        wavy,
        points=wavy.points[shuffle],
        weights=wavy.weights[shuffle],
        values=wavy.values[shuffle],
    )
    for a, b in zip(post.hotspots(wavy, above=1.5), post.hotspots(mixed, above=1.5), strict=True):
        assert a.area == pytest.approx(b.area, rel=1e-12)
        assert a.share == pytest.approx(b.share, rel=1e-12)
