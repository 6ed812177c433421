"""Flaws and brittle failure against closed forms, on made-up fields of stress."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interfacefem import post
from interfacefem.errors import ResultsError
from interfacefem.materials import Material, Value
from interfacefem.reference import fracture
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import (
    AMPLITUDE,
    THICKNESS,
    WAVES,
    WIDTH,
    example_increment,
    example_materials,
    example_mesh,
    wave,
)

LAYER, FACE = "separator", "separator|interlayer"
DEPTH = 1.5


def run_with(
    folder: Path, stress: Callable[[np.ndarray], np.ndarray], *, amplitude: float = 0.0
) -> Results:
    """Write one increment whose layers have the given stress at the centres of their cells."""
    mesh = example_mesh(96, 24)
    if amplitude == 0.0:  # flat faces, so that depth is measured along y
        flat = mesh.points.copy()
        for layer in range(3):
            nodes = np.unique(mesh.cells[mesh.cell_layer == layer]).reshape(25, 97)
            low, high = flat[nodes[0], 1].mean(), flat[nodes[-1], 1].mean()
            flat[nodes, 1] = np.linspace(low, high, 25)[:, None]
        mesh = dataclasses.replace(mesh, points=flat)
    snapshot = example_increment(mesh, "press", 0, 0, 100.0, layers=True)
    layers = []
    for index, layer in enumerate(snapshot.layers or ()):
        centres = mesh.points[mesh.cells[mesh.cell_layer == index]].mean(axis=1)
        still = np.zeros_like(layer.displacement)
        layers.append(dataclasses.replace(layer, stress=stress(centres), displacement=still))
    snapshot = dataclasses.replace(snapshot, layers=tuple(layers))
    with ResultsWriter.create(
        folder, case={"name": "flaws"}, mesh=mesh, materials=example_materials()
    ) as writer:
        writer.append(snapshot)
    return Results.open(folder)


def along(values: np.ndarray | float, centres: np.ndarray) -> np.ndarray:
    """Stress along x only."""
    stress = np.zeros((len(centres), 4))
    stress[:, 0] = values
    return stress


def test_weight_function_against_the_handbook() -> None:
    places, weights = fracture.edge_flaw_rule()
    # Tada, Paris and Irwin: 1.1215 for uniform tension, 0.439 for tension that falls to the tip
    factor = weights / math.sqrt(math.pi)
    assert factor.sum() == pytest.approx(fracture.UNIFORM, rel=2e-4)
    assert factor @ (1.0 - places) == pytest.approx(fracture.FALLING, rel=2e-3)
    more_places, more_weights = fracture.edge_flaw_rule(40)
    assert weights @ np.exp(places) == pytest.approx(more_weights @ np.exp(more_places), rel=1e-10)


def test_flaw_under_remote_tension(tmp_path: Path) -> None:
    results = run_with(tmp_path / "run", lambda centres: along(80.0, centres))
    found = post.stress_intensity(results, LAYER, FACE, "press", depth=f"{DEPTH} um")
    expected = fracture.edge_flaw_intensity(80.0, DEPTH) / 1000.0  # MPa um^0.5 to MPa m^0.5
    assert found.values == pytest.approx(expected, rel=2e-4)
    assert (found.unit, found.name) == ("MPa m^0.5", "stress_intensity")


def test_flaw_in_a_gradient(tmp_path: Path) -> None:
    top = 12.0

    def falling(centres: np.ndarray) -> np.ndarray:
        return along(50.0 * (1.0 - (top - centres[:, 1]) / DEPTH), centres)

    results = run_with(tmp_path / "run", falling)
    shift = results.layer(LAYER).at("press").points[:, 1].max() - top
    # the face lies ``shift`` above 12 um: tension at the face, zero DEPTH - shift below 12 um
    found = post.stress_intensity(results, LAYER, FACE, "press", depth=DEPTH)
    at_face = 50.0 * (1.0 + shift / DEPTH)
    root = math.sqrt(math.pi * DEPTH) / 1000.0
    slope = fracture.UNIFORM - fracture.FALLING  # of a stress that rises from zero to the tip
    expected = (fracture.UNIFORM * at_face - slope * 50.0) * root
    assert found.values == pytest.approx(expected, rel=2e-3)


def test_of_all_depths_up_to_that_of_the_strength_the_worst_counts(tmp_path: Path) -> None:
    # A tension that falls from 50 MPa at the face to zero 1.5 um below it and on: an edge flaw of
    # depth a has K = s sqrt(pi a) (1.1215 - (1.1215 - 0.439) a / 1.5) (Tada, Paris and Irwin). The
    # strength goes with 4.4 um, where it is shut; of 4.4, 2.2 and 1.1 um, which the mesh resolves,
    # the last opens most. A slit is 1 um deep whatever the strength says.
    top, reach = 12.0, 1.5

    def falling(centres: np.ndarray) -> np.ndarray:
        return along(50.0 * (1.0 - (top - centres[:, 1]) / reach), centres)

    results = run_with(tmp_path / "run", falling)
    shift = results.layer(LAYER).at("press").points[:, 1].max() - top
    strength = 400.0 / (fracture.UNIFORM * math.sqrt(4.4 * math.pi))

    def record(value: float, unit: str) -> Value:
        return Value(value, unit, value, value, 298.15, "a round number")

    known = example_materials()
    for name in ("separator", "interlayer"):
        law = known[name].law
        records = {
            "tensile_strength": record(strength, "MPa"),
            "fracture_toughness": record(400.0, "MPa*um^0.5"),
        }
        known[name] = Material(name, law, records=records, brittle=True)
    found = {(e.layer, e.interface): e for e in post.short_circuit(results, materials=known)}
    each = found[LAYER, FACE]
    assert each.flaws.depths == pytest.approx((1.1, 2.2, 4.4))

    def intensity(depth: float) -> float:
        at_face = 50.0 * (1.0 + shift / reach)
        slope = (fracture.UNIFORM - fracture.FALLING) * 50.0 * depth / reach
        return (fracture.UNIFORM * at_face - slope) * math.sqrt(math.pi * depth) / 1000.0

    assert intensity(4.4) < 0.0 < intensity(2.2) < intensity(1.1)
    assert each.dry_depth == pytest.approx(1.1)
    assert each.dry.values == pytest.approx(intensity(1.1), rel=5e-3)
    metal = found["interlayer", "interlayer|anode"].metal
    assert metal is not None
    assert metal.depth == 1.0


def test_a_valley_sees_its_own_stress_only(tmp_path: Path) -> None:
    # tension that falls with the depth below a wavy face to zero at the tip; at the bottom of a
    # valley nothing lies above the flaw, though crests stand higher on both sides
    def falling(centres: np.ndarray) -> np.ndarray:
        top = THICKNESS[0] + AMPLITUDE * wave(centres[:, 0])
        return along(50.0 * (1.0 - (top - centres[:, 1]) / DEPTH), centres)

    results = run_with(tmp_path / "run", falling, amplitude=AMPLITUDE)
    found = post.stress_intensity(results, LAYER, FACE, "press", depth=DEPTH)
    valleys = np.isclose(wave(found.x), -1.0)
    assert valleys.sum() == WAVES
    root = math.sqrt(math.pi * DEPTH) / 1000.0
    # the face of the mesh is a chord of the wave at most, a quarter of a per cent of the depth
    assert found.values[valleys] == pytest.approx(fracture.FALLING * 50.0 * root, rel=5e-3)


def test_a_flaw_that_just_reaches_the_centres_of_cells_has_no_stress_of_its_own(
    tmp_path: Path,
) -> None:
    random = np.random.default_rng(3)
    results = run_with(
        tmp_path / "run",
        lambda centres: along(random.uniform(-100.0, 100.0, len(centres)), centres),
        amplitude=AMPLITUDE,
    )
    half = THICKNESS[0] / 24 / 2
    for part in np.linspace(0.8, 1.5, 60):
        found = post.stress_intensity(results, LAYER, FACE, "press", depth=part * half)
        most = fracture.edge_flaw_intensity(100.0, part * half) / 1000.0
        assert np.abs(found.values).max() < 5.0 * most


def test_pressure_in_the_flaw_counts_as_tension(tmp_path: Path) -> None:
    results = run_with(tmp_path / "run", lambda centres: along(0.0, centres))
    found = post.stress_intensity(results, LAYER, FACE, "press", depth=DEPTH, pressurised=True)
    pressure = results.interface(FACE).at("press").contact_pressure
    there = np.interp(found.x, pressure.x, pressure.values)
    root = math.sqrt(math.pi * DEPTH) / 1000.0
    assert found.values == pytest.approx(fracture.UNIFORM * there * root, rel=2e-4, abs=1e-12)
    assert found.max() > 0.1


def test_sides_of_a_wavy_face_turn_with_it(tmp_path: Path) -> None:
    # uniaxial stress along y: along a face of slope angle t it is sin(t)^2 of it
    def vertical(centres: np.ndarray) -> np.ndarray:
        stress = np.zeros((len(centres), 4))
        stress[:, 1] = 40.0
        return stress

    results = run_with(tmp_path / "run", vertical, amplitude=1.0)
    found = post.stress_intensity(results, LAYER, FACE, "press", depth=0.5)
    points = found.points
    chord = points[2:] - points[:-2]
    sine = (chord[:, 1] / np.linalg.norm(chord, axis=1)) ** 2
    expected = fracture.edge_flaw_intensity(40.0, 0.5) * sine / 1000.0
    assert found.values[1:-1] == pytest.approx(expected, rel=1e-2, abs=1e-5)


def test_shear_opens_a_flaw_of_an_inclined_face(tmp_path: Path) -> None:
    # a shear stress across x and y is 2 tau sin(t) cos(t) along a face of slope angle t
    def sheared(centres: np.ndarray) -> np.ndarray:
        stress = np.zeros((len(centres), 4))
        stress[:, 3] = 40.0
        return stress

    results = run_with(tmp_path / "run", sheared, amplitude=1.0)
    found = post.stress_intensity(results, LAYER, FACE, "press", depth=0.5)
    chord = found.points[2:] - found.points[:-2]
    along_x, along_y = (chord / np.linalg.norm(chord, axis=1)[:, None]).T
    opening = np.clip(2.0 * 40.0 * along_x * along_y, 0.0, None)  # shut on the other slope
    expected = fracture.edge_flaw_intensity(1.0, 0.5) * opening / 1000.0
    assert found.values[1:-1] == pytest.approx(expected, rel=1e-2, abs=1e-5)
    assert expected.max() > 0.01


def test_upper_layer_looks_upward(tmp_path: Path) -> None:
    results = run_with(
        tmp_path / "run", lambda centres: along(np.where(centres[:, 1] > 13.0, 30.0, 0.0), centres)
    )
    upper = post.stress_intensity(results, "interlayer", FACE, "press", depth=DEPTH)
    lower = post.stress_intensity(results, LAYER, FACE, "press", depth=DEPTH)
    assert upper.values.min() > 0.9 * fracture.edge_flaw_intensity(30.0, DEPTH) / 1000.0
    assert np.abs(lower.values).max() < 1e-12


def test_intrusion_into_a_slit(tmp_path: Path) -> None:
    squeeze, width = 60.0, 0.01

    def squeezed(centres: np.ndarray) -> np.ndarray:
        stress = along(-squeeze, centres)
        stress[:, 2] = -squeeze  # across the section too, else slits that lie along it are free
        return stress

    results = run_with(tmp_path / "run", squeezed)
    found = post.intrusion_pressure(results, LAYER, FACE, "press", depth=DEPTH, width="10 nm")
    pressure = results.interface(FACE).at("press").contact_pressure
    there = np.interp(found.x, pressure.x, pressure.values)
    modulus = 30e3 / (1.0 - 0.3**2)  # of the example's separator
    # Tada, Paris and Irwin: mouth opening 4 x 1.454 stress depth / modulus
    closure = modulus * width / (4.0 * 1.454 * DEPTH)
    assert found.values == pytest.approx(there - squeeze + closure, rel=1e-9)


def test_weibull_of_a_uniform_field_is_exact(tmp_path: Path) -> None:
    results = run_with(tmp_path / "run", lambda centres: along(20.0, centres))
    state = results.layer(LAYER).at("press")
    height = float(np.ptp(state.points[:, 1]))
    area = 1e6  # um^2
    found = post.weibull_probability(
        results, LAYER, "press", modulus=8.0, strength="30 MPa", volume="1e7 um^3", area="1 mm^2"
    )
    expected = 1.0 - math.exp(-((20.0 / 30.0) ** 8) * area * height / 1e7)
    assert found == pytest.approx(expected, rel=1e-10)
    assert 0.01 < found < 0.99


def test_compression_breaks_nothing(tmp_path: Path) -> None:
    results = run_with(tmp_path / "run", lambda centres: along(-500.0, centres))
    options = {"modulus": 8.0, "strength": 30.0, "volume": 1e7, "area": WIDTH**2}
    assert post.weibull_probability(results, LAYER, "press", **options) == 0.0


def test_mistakes_are_named(tmp_path: Path) -> None:
    results = run_with(tmp_path / "run", lambda centres: along(0.0, centres))
    with pytest.raises(ResultsError, match="is not one of layer 'anode'"):
        post.stress_intensity(results, "anode", FACE, "press", depth=1.0)
    with pytest.raises(ResultsError, match="modulus: 0 is not positive"):
        post.weibull_probability(
            results, LAYER, "press", modulus=0.0, strength=30.0, volume=1.0, area=1.0
        )
