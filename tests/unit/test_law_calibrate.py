# SPDX-License-Identifier: MIT
"""Calibration of powders: known parameters come back, published densities are reproduced."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from interfacefem import materials, plots
from interfacefem.errors import MaterialError, UnitError
from interfacefem.materials import Elastic, Powder, calibrate
from interfacefem.units import registry

SOLID = Elastic("30 GPa", 0.3)
PRESSURES = np.linspace(50.0, 500.0, 10)
POWDERS = ("Li3InCl6", "LGPS", "Li6PS5Cl", "Li3OCl")


def densities(yields: float, intercept: float) -> np.ndarray:
    """Heckel (1961): ln(1/(1 - D)) = P/Py + A0."""
    return 1.0 - np.exp(-(PRESSURES / yields + intercept))


def test_exact_points_give_exact_parameters() -> None:
    fit = calibrate.heckel(PRESSURES, densities(160.0, 0.8), like=SOLID)
    assert fit.powder.yield_pressure == pytest.approx(160.0, rel=1e-9)
    assert fit.powder.heckel_intercept == pytest.approx(0.8, rel=1e-9)
    assert fit.rms_error < 1e-12
    assert fit.powder.youngs_modulus == 30e3
    assert fit.powder.relative_density == pytest.approx(1.0 - math.exp(-0.8))
    assert fit.fitted_density == pytest.approx(fit.relative_density)


@pytest.mark.parametrize("weighted", [True, False])
def test_noisy_points_scatter_as_the_standard_errors_say(weighted: bool) -> None:
    random = np.random.default_rng(20)
    deviations = []
    for _ in range(400):
        noisy = densities(330.0, 0.75) + random.normal(0.0, 0.005, PRESSURES.size)
        fit = calibrate.heckel(PRESSURES, noisy, like=SOLID, scatter=0.005 if weighted else None)
        assert fit.rms_error < 0.01
        deviations.append(
            [
                (fit.powder.yield_pressure - 330.0) / fit.yield_pressure_error,
                (fit.powder.heckel_intercept - 0.75) / fit.heckel_intercept_error,
            ]
        )
    found = np.array(deviations)
    # 400 samples: the mean of a unit normal is within 3/20, its deviation within 3/28 of 1;
    # Student's t with 8 degrees of freedom, where the noise is estimated, has sqrt(8/6) = 1.155.
    assert np.abs(found.mean(axis=0)).max() < 0.2
    assert found.std(axis=0) == pytest.approx(1.0 if weighted else 1.155, abs=0.12)
    assert abs(fit.powder.yield_pressure - 330.0) < 30.0


def test_units_and_one_parameter() -> None:
    reference = calibrate.heckel(PRESSURES, densities(160.0, 0.8), like=SOLID)
    for given in (
        [f"{p / 1000.0} GPa" for p in PRESSURES],
        registry().Quantity(PRESSURES * 10.0, "bar"),
        list(PRESSURES),
    ):
        fit = calibrate.heckel(given, densities(160.0, 0.8), like=SOLID)
        assert fit.powder.yield_pressure == pytest.approx(reference.powder.yield_pressure)
    # One point: 362 MPa and 83 % with A0 = 0.8 give Py = 362/(ln(1/0.17) - 0.8) = 372.5 MPa.
    fit = calibrate.heckel("362 MPa", 0.83, like=SOLID, heckel_intercept=0.8)
    assert fit.powder.yield_pressure == pytest.approx(362.0 / (math.log(1.0 / 0.17) - 0.8))
    assert fit.heckel_intercept_error == 0.0
    assert math.isnan(fit.yield_pressure_error)
    # with its scatter: dPy = Py^2/P dD/(1 - D)
    fit = calibrate.heckel("362 MPa", 0.83, like=SOLID, heckel_intercept=0.8, scatter=0.01)
    expected = fit.powder.yield_pressure**2 / 362.0 * 0.01 / 0.17
    assert fit.yield_pressure_error == pytest.approx(expected, rel=1e-6)


def test_isostatic_and_loaded_points_are_converted() -> None:
    like = materials.get("Li3InCl6", law="powder").law
    d = densities(160.0, 0.8)
    isostatic = like.axis_ratio * (like.die_pressure(d) + like.tensile_strength_at(d))
    isostatic -= like.tensile_strength_at(d)
    fit = calibrate.heckel(isostatic, d, like=like, loading="isostatic")
    assert fit.die_pressure == pytest.approx(PRESSURES)
    assert fit.powder.yield_pressure == pytest.approx(160.0, rel=1e-9)
    # P/K with the bulk modulus of the density without elastic strain: mean pressure 2/3 of the
    # axial one for k = 0.5
    strain = PRESSURES * 2.0 / 3.0 / (like.bulk_modulus * np.exp(-4.0 * (1.0 - d)))
    fit = calibrate.heckel(PRESSURES, d * np.exp(strain), like=like, measured="loaded")
    assert fit.relative_density == pytest.approx(d, rel=1e-12)
    assert fit.powder.yield_pressure == pytest.approx(160.0, rel=1e-9)
    assert fit.powder.relative_density == like.relative_density  # all else is kept
    assert fit.powder.isotropic_tensile_strength == like.isotropic_tensile_strength


@pytest.mark.parametrize("name", POWDERS)
def test_library_reproduces_its_data_within_the_scatter(name: str) -> None:
    entry = materials.get(name, law="powder")
    data = calibrate.published(name)
    fit = calibrate.heckel(
        data.pressure,
        data.relative_density,
        like=entry.law,
        scatter=data.scatter,
        loading=data.loading,
        heckel_intercept=entry.law.heckel_intercept,
    )
    # The library's own density at each point, in units of the point's scatter.
    error = (entry.law.pressed_density(fit.die_pressure) - data.relative_density) / data.scatter
    assert np.sqrt(np.mean(error**2)) < 1.0
    assert np.abs(error).max() < 1.5
    # A fit to the points agrees with the library's yield pressure, and its range holds both.
    record = entry.value("yield_pressure")
    assert abs(fit.powder.yield_pressure - record.value) < fit.yield_pressure_error
    assert record.low < fit.powder.yield_pressure < record.high
    # An entry is as trusted as one of its points.
    assert record.confidence in data.confidence
    assert record.estimate == all(data.estimate)


def test_figure_shows_points_and_line() -> None:
    data = calibrate.published("Li6PS5Cl")
    like = materials.get("Li6PS5Cl", law="powder").law
    fit = calibrate.heckel(
        data.pressure,
        data.relative_density,
        like=like,
        scatter=data.scatter,
        loading=data.loading,
        heckel_intercept=0.8,
    )
    figure = plots.calibration(fit, "Li6PS5Cl")
    left, right = figure.get_axes()
    x, y = right.lines[0].get_data()
    assert np.polyfit(x, y, 1) == pytest.approx([1.0 / fit.powder.yield_pressure, 0.8])
    assert right.lines[1].get_ydata() == pytest.approx(-np.log(1.0 - data.relative_density))
    x, y = left.lines[0].get_data()
    assert y == pytest.approx(1.0 - np.exp(-x / fit.powder.yield_pressure - 0.8))
    assert "Li6PS5Cl: yield pressure" in figure.get_suptitle()
    bare = calibrate.heckel(PRESSURES[:2], densities(160.0, 0.8)[:2], like=SOLID)
    assert "±" not in plots.calibration(bare).get_suptitle()  # no error is known


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: calibrate.heckel([100.0], [0.7], like=SOLID),
            MaterialError,
            "1 pressure(s) cannot fix 2 parameter(s); give more points, or heckel_intercept",
        ),
        (
            lambda: calibrate.heckel([100.0, 200.0], [0.7], like=SOLID),
            MaterialError,
            "2 pressures for 1 densities",
        ),
        (
            lambda: calibrate.heckel([100.0, 200.0], [0.7, 80.0], like=SOLID),
            MaterialError,
            "is not between 0 and 1",
        ),
        (
            lambda: calibrate.heckel([0.0, 200.0], [0.5, 0.8], like=SOLID),
            MaterialError,
            "a pressure is not above 0",
        ),
        (
            lambda: calibrate.heckel([100.0, 200.0], [0.8, 0.7], like=SOLID),
            MaterialError,
            "densities must rise with pressure",
        ),
        (
            lambda: calibrate.heckel([100.0, 200.0], [0.7, 0.8], like=SOLID, scatter=0.0),
            MaterialError,
            "a scatter is not above 0",
        ),
        (
            lambda: calibrate.heckel([100.0, 200.0], [0.7, 0.8], like=SOLID, loading="oil"),
            MaterialError,
            "loading 'oil' is unknown",
        ),
        (
            lambda: calibrate.heckel([100.0, 200.0], [0.7, 0.8], like=SOLID, measured="load"),
            MaterialError,
            'did you mean "loaded"?',
        ),
        (
            lambda: calibrate.heckel(["100", "200"], [0.7, 0.8], like=SOLID),
            UnitError,
            "pressure[0]: '100' has no unit",
        ),
        (
            lambda: calibrate.heckel(
                registry().Quantity(np.array([1.0, 2.0]), "um"), [0.7, 0.8], like=SOLID
            ),
            UnitError,
            "is not a pressure",
        ),
        (
            lambda: calibrate.published("LLZO"),
            MaterialError,
            "'LLZO' has no compaction data; known: LGPS, Li3InCl6, Li3OCl, Li6PS5Cl",
        ),
    ],
)
def test_refusals(call, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=re.escape(text)):
        call()


def test_a_calibrated_powder_is_a_law_of_a_material() -> None:
    fit = calibrate.heckel(PRESSURES, densities(160.0, 0.8), like=SOLID)
    assert isinstance(fit.powder, Powder)
    material = materials.Material("mine", fit.powder, ionic_conductivity="1 mS/cm")
    assert materials.Material.from_dict(material.to_dict()) == material
