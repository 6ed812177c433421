# SPDX-License-Identifier: MIT
"""Statistics of interface fields against closed forms, and history columns."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfacefem.errors import ResultsError
from interfacefem.results import History, InterfaceField

MEAN, AMPLITUDE = 187.0, 0.6


def field(x: np.ndarray, values: np.ndarray, weights: np.ndarray | None = None) -> InterfaceField:
    if weights is None:
        weights = np.zeros(len(x))
        weights[:-1] += 0.5 * np.diff(x)
        weights[1:] += 0.5 * np.diff(x)
    return InterfaceField(
        name="contact_pressure",
        unit="MPa",
        interface="a|b",
        step="press",
        increment=3,
        points=np.column_stack([x, 0.0 * x]),
        weights=weights,
        values=values,
    )


@pytest.fixture
def wavy() -> InterfaceField:
    # Three waves on points ten times denser on the left, so that plain means are wrong.
    s = np.linspace(0.0, 1.0, 6001)
    x = 60.0 * (np.expm1(np.log(10.0) * s)) / 9.0
    return field(x, MEAN * (1.0 + AMPLITUDE * np.cos(2.0 * np.pi * 3.0 * x / 60.0)))


def test_mean_and_variation_of_a_cosine_are_weighted_by_area(wavy: InterfaceField) -> None:
    # Whole waves: mean = p, standard deviation = a p / sqrt(2). The trapezoidal rule on at most
    # 0.023 um steps has an error of (k h)^2 / 12 = 4e-6.
    assert wavy.area == pytest.approx(60.0, rel=1e-12)
    assert wavy.mean() == pytest.approx(MEAN, rel=1e-5)
    assert wavy.integral() == pytest.approx(60.0 * MEAN, rel=1e-5)
    assert wavy.coefficient_of_variation() == pytest.approx(AMPLITUDE / np.sqrt(2.0), rel=1e-5)
    assert abs(np.mean(wavy.values) / MEAN - 1.0) > 0.01  # what weights are for


@pytest.mark.parametrize("q", [1.0, 25.0, 50.0, 90.0, 99.0])
def test_percentiles_of_a_cosine(wavy: InterfaceField, q: float) -> None:
    # A cosine lies below v on the part 1 - arccos(v)/pi of its wave, so v(q) = -cos(pi q).
    expected = MEAN * (1.0 - AMPLITUDE * np.cos(np.pi * q / 100.0))
    assert wavy.percentile(q) == pytest.approx(expected, rel=2e-3)


def test_extremes(wavy: InterfaceField) -> None:
    assert wavy.max() == pytest.approx(MEAN * (1 + AMPLITUDE), rel=1e-12)
    assert wavy.min() == pytest.approx(MEAN * (1 - AMPLITUDE), rel=1e-4)
    assert wavy.percentile(0) == wavy.min()
    assert wavy.percentile(100) == wavy.max()


@given(
    values=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30),
    q=st.floats(0.0, 100.0),
)
def test_equal_weights_give_hazen_percentiles(values: list[float], q: float) -> None:
    x = np.arange(float(len(values)))
    data = np.array(values)
    found = field(x, data, np.full(len(x), 0.7)).percentile(q)
    assert found == pytest.approx(np.percentile(data, q, method="hazen"), abs=1e-6)


def test_splitting_a_point_changes_no_statistic() -> None:
    # Two half-points in one place are the same field: mean and variation must not see it.
    coarse = field(np.arange(3.0), np.array([1.0, 5.0, 2.0]), np.array([1.0, 2.0, 1.0]))
    fine = field(np.array([0.0, 1.0, 1.0, 2.0]), np.array([1.0, 5.0, 5.0, 2.0]), np.ones(4))
    assert fine.mean() == pytest.approx(coarse.mean(), rel=1e-14)
    assert fine.std() == pytest.approx(coarse.std(), rel=1e-14)


@pytest.mark.parametrize("q", [-1.0, 100.5, float("nan")])
def test_percentile_out_of_range(wavy: InterfaceField, q: float) -> None:
    with pytest.raises(ValueError, match="outside 0 to 100"):
        wavy.percentile(q)


def test_fraction_and_where(wavy: InterfaceField) -> None:
    # Half of a cosine lies above its mean.
    above = wavy.values > MEAN
    assert wavy.fraction(above) == pytest.approx(0.5, abs=1e-3)
    assert wavy.where(above).area == pytest.approx(30.0, abs=0.06)
    # The mean of the positive half of a cosine is 2/pi.
    expected = MEAN * (1.0 + AMPLITUDE * 2.0 / np.pi)
    assert wavy.where(above).mean() == pytest.approx(expected, rel=2e-3)


def test_nothing_has_no_mean() -> None:
    empty = field(np.arange(2.0), np.ones(2)).where([False, False])
    assert np.isnan([empty.mean(), empty.max(), empty.std(), empty.percentile(50)]).all()


def test_grid_interpolates_and_array_conversion(wavy: InterfaceField) -> None:
    x, values = wavy.to_grid(61)
    assert x == pytest.approx(np.linspace(0.0, 60.0, 61))
    expected = MEAN * (1 + AMPLITUDE * np.cos(2 * np.pi * 3 * x / 60))
    assert values == pytest.approx(expected, rel=1e-4)
    assert np.array_equal(np.asarray(wavy), wavy.values)
    assert wavy.label == "contact pressure [MPa]"


def test_csv_has_units_and_reads_back(wavy: InterfaceField, tmp_path: Path) -> None:
    path = wavy.to_csv(tmp_path / "pressure.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    assert rows[0] == ["x [um]", "y [um]", "weight [um]", "contact_pressure [MPa]"]
    data = np.array(rows[1:], dtype=float)
    assert np.array_equal(data[:, 3], wavy.values)
    assert np.array_equal(data[:, 2], wavy.weights)
    with pytest.raises(ResultsError, match="choose another place"):
        wavy.to_csv(tmp_path / "missing" / "pressure.csv")


def test_history_columns(tmp_path: Path) -> None:
    history = History(
        {"step": np.array(["press", "hold"], dtype=object), "nominal_pressure": np.array([1.0, 2])},
        {"step": "-", "nominal_pressure": "MPa"},
    )
    assert len(history) == 2
    assert history.label("nominal_pressure") == "nominal pressure [MPa]"
    assert history.where(history["step"] == "hold")["nominal_pressure"].tolist() == [2.0]
    lines = history.to_csv(tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["step [-],nominal_pressure [MPa]", "press,1.0", "hold,2.0"]
    with pytest.raises(ResultsError, match="did you mean 'nominal_pressure'"):
        history["nominal_presure"]


def test_the_projected_area_is_the_nominal_one() -> None:
    x = np.linspace(0.0, 8.0, 33)
    points = np.column_stack([x, 0.6 * np.cos(np.pi * x / 4.0)])
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    weights = 0.5 * (np.append(lengths, 0.0) + np.insert(lengths, 0, 0.0))
    line = seen(points=points, weights=weights, values=np.cos(x))
    assert line.area == pytest.approx(lengths.sum())
    assert line.projected().area == pytest.approx(8.0, abs=1e-12)
    # whatever the order of the points
    turned = seen(points=points[::-1], weights=weights[::-1], values=np.cos(x)[::-1])
    assert turned.projected().mean() == pytest.approx(line.projected().mean(), rel=1e-12)
    assert line.projected().mean() == pytest.approx(np.trapezoid(np.cos(x), x) / 8.0, rel=1e-12)


def test_the_projected_area_of_an_inclined_plane() -> None:
    x, y = np.meshgrid(np.linspace(0.0, 3.0, 4), np.linspace(0.0, 2.0, 3), indexing="ij")
    points = np.column_stack([x.ravel(), y.ravel(), 0.75 * x.ravel()])
    number = np.arange(12).reshape(4, 3)
    faces = np.stack(
        [number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]], axis=-1
    ).reshape(-1, 4)
    weights = np.bincount(faces.ravel(), minlength=12) * 0.25 * 1.25  # slope 3/4: 5/4 as long
    plane = seen(points=points, weights=weights, values=np.ones(12), faces=faces)
    assert plane.area == pytest.approx(7.5)
    assert plane.projected().area == pytest.approx(6.0, abs=1e-12)
    with pytest.raises(ResultsError, match="before where"):
        plane.where(x.ravel() > 1.0).projected()


def seen(**arrays: Any) -> InterfaceField:
    about = {"name": "contact_pressure", "unit": "MPa", "interface": "a|b", "step": "press"}
    return InterfaceField(increment=0, **about, **arrays)
