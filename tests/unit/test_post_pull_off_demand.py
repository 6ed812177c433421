# SPDX-License-Identifier: MIT
"""What would hold an opened interface: closing pressures against closed forms, rows of a run."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from interfacefem import post
from interfacefem.describe.bonds import (
    CERAMIC_STRENGTH,
    CERAMIC_TOUGHNESS,
    METAL_STRENGTH,
    METAL_TOUGHNESS,
)
from interfacefem.errors import ResultsError
from interfacefem.materials import Elastic, J2Plastic, Material, Value
from interfacefem.post.pull_off_demand import Body, bodies, closing_pressure
from interfacefem.post.strengths import bond_limits
from interfacefem.reference import fracture
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import (
    PRESS,
    RELEASE,
    THICKNESS,
    WIDTH,
    example_increment,
    example_materials,
    example_mesh,
    example_run,
)
from interfacefem.results.example_3d import example_run_in_space

LOWER, UPPER = "separator|interlayer", "interlayer|anode"
FAR = 1e4  # a body this high is a half-space for what is looked at here
SIDES = (Body(2e4, FAR, held=True), Body(5e4, FAR, held=True))
MODULUS = 1.0 / (1.0 / 2e4 + 1.0 / 5e4)


def grid(count: int, length: float) -> np.ndarray:
    return length * (np.arange(count) + 0.5) / count


def test_wave_of_a_gap_in_half_spaces() -> None:
    # Johnson (1985), section 13.2: pressure p cos(kx) moves a half-space by 2 p cos(kx) / (k E')
    length, height = 10.0, 0.01
    wave = np.cos(3.0 * np.pi * grid(512, length) / length)
    gap = height * (1.0 + wave)
    found = closing_pressure(gap, np.ones(512, dtype=bool), (length,), SIDES)
    k = 3.0 * np.pi / length
    assert found == pytest.approx(-0.5 * MODULUS * k * height * wave, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("held", [True, False])
def test_wave_in_thin_bodies(held: bool) -> None:
    # long waves: a free plate bends, E' h^3 k^4 / 12; a body on a platen is squeezed, E' / h
    height, length = 0.05, 10.0
    wave = np.cos(np.pi * grid(256, length) / length)
    side = Body(2e4, height, held=held)
    found = closing_pressure(0.01 * wave, np.ones(256, dtype=bool), (length,), (side, side))
    k = math.pi / length
    stiffness = 2e4 / height if held else 2e4 * height**3 * k**4 / 12.0
    assert found == pytest.approx(-0.5 * stiffness * 0.01 * wave, rel=2e-3, abs=1e-12)


def test_crack_between_bonds() -> None:
    # a row of cracks under uniform tension (Tada, Paris and Irwin); half a crack at the wall
    count, length, half, tension = 2048, 10.0, 2.0, 30.0
    x = grid(count, length)
    gap = fracture.collinear_opening(tension, MODULUS, x, half_width=half, half_spacing=length)
    found = closing_pressure(gap, np.ones(count, dtype=bool), (length,), SIDES)
    inside = x < 0.9 * half
    assert -found[inside] == pytest.approx(tension, rel=0.02)
    # the energy over the opened area is half the tension times the mean gap
    energy = 0.5 * float(-found @ gap) / np.count_nonzero(gap > 0.0)
    expected = 0.5 * tension * gap[gap > 0.0].mean()
    assert energy == pytest.approx(expected, rel=0.02)


def test_disc_between_bonds_in_3d() -> None:
    # Sneddon (1946): a penny in an infinite body, w = 4 T sqrt(a^2 - r^2) / (pi E*); a/L = 0.1
    count, length, radius, tension = 160, 10.0, 2.0, 30.0
    x, y = np.meshgrid(*(grid(count, length),) * 2, indexing="ij")
    reach = np.clip(radius**2 - x**2 - y**2, 0.0, None)  # a quarter at the corner of two walls
    gap = 4.0 * tension / (math.pi * MODULUS) * np.sqrt(reach)
    found = closing_pressure(gap, np.ones_like(gap, dtype=bool), (length, length), SIDES)
    energy = 0.5 * float(-np.sum(found * gap)) / np.count_nonzero(gap)
    expected = 0.5 * tension * gap[gap > 0.0].mean()
    assert energy == pytest.approx(expected, rel=0.03)


def test_nothing_is_held_where_nothing_was_bonded() -> None:
    rng = np.random.default_rng(3)
    bonded = rng.uniform(size=300) > 0.6
    gap = np.where(bonded, rng.uniform(size=300) * 0.01, 0.0)
    found = closing_pressure(gap, bonded, (30.0,), SIDES)
    assert np.all(found[~bonded] == 0.0)
    assert found.sum() == pytest.approx(0.0, abs=1e-8 * np.abs(found).sum())  # the same force


@pytest.fixture(scope="module", params=["plane", "space"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("demand") / "run"
    return example_run(folder) if request.param == "plane" else example_run_in_space(folder)


def test_rows_of_a_run_have_bands_and_units(run: Results) -> None:
    table = post.delamination_risk(run)
    assert [row.rank for row in table] == list(range(1, len(table) + 1))
    assert all("delamination" in row.cause for row in table)
    rows = {(row.subject, row.cause): row for row in table}
    brittle = f"interface '{LOWER}'"
    closing = rows[brittle, "delamination: closing traction"]
    assert (closing.threshold, closing.threshold_low, closing.threshold_high, closing.unit) == (
        CERAMIC_STRENGTH.value, CERAMIC_STRENGTH.low, CERAMIC_STRENGTH.high, "MPa",
    )  # fmt: skip
    assert closing.step == "release"
    assert "estimate" in closing.comment
    assert rows[brittle, "delamination: energy release"].unit == "J/m^2"
    # lithium flows at a few times its yield stress of 0.8 MPa, whatever elasticity says
    soft = rows[f"interface '{UPPER}'", "delamination: closing traction"]
    assert soft.value == pytest.approx(2.4)  # a convention: three times the yield stress
    assert "flows" in soft.comment
    found = post.delamination(run, UPPER, "release")
    energy = rows[f"interface '{UPPER}'", "delamination: energy release"].value
    assert energy == pytest.approx(2.4 * found.mean_gap)


def test_residual_traction_is_the_largest_that_no_pressure_bears(run: Results) -> None:
    state = run.interface(LOWER).at("release")
    found = post.residual_traction(state)
    shear = np.asarray(state.shear_traction.values).reshape(len(state.gap), -1)
    size, pressure = np.linalg.norm(shear, axis=1), state.contact_pressure.values
    assert (size > 0.0).any()
    assert (size <= pressure).all()  # faces that are pressed together do not come apart by it
    assert found.value == found.tension == 0.0
    assert found.mean_pressure == pytest.approx(state.contact_pressure.mean())


def test_bonds_that_broke_are_a_risk_and_their_tension_is_none(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    snapshot = example_increment(mesh, "press", 0, 0, 50.0, layers=True)
    part = snapshot.interfaces[0]
    count = len(part.gap)
    tension = np.zeros(count)
    shear = 0.1 * np.ones(count)
    tension[count // 2], shear[count // 2] = 7.0, 24.0
    pressure = np.asarray(part.contact_pressure).copy()
    pressure[count // 2] = 0.0
    shear[0], pressure[0] = 30.0, 31.0  # borne by friction
    none = np.zeros(count)
    intact = none + 1.0
    intact[: count // 4] = 0.6  # a part of each of these bonds is broken
    bond = dataclasses.replace(
        part, shear_traction=shear, contact_pressure=pressure, adhesion=tension, damage=none,
        bonded=none + 1.0, intact=intact, mode_mix=none, separation_energy=none,
    )  # fmt: skip
    snapshot = dataclasses.replace(snapshot, interfaces=(bond, *snapshot.interfaces[1:]))
    case = {
        "interface": [
            {
                "between": LOWER.split("|"),
                "adhesion": {"strength": "9 MPa", "toughness": "0.4 J/m^2"},
            }
        ]
    }
    with ResultsWriter.create(
        tmp_path / "run", case=case, mesh=mesh, materials=example_materials()
    ) as writer:
        writer.append(snapshot)
    run = Results.open(tmp_path / "run")
    found = post.residual_traction(run.interface(LOWER).at("press"))
    assert found.tension == 7.0
    assert found.value == pytest.approx(25.0)  # the root of 7^2 + 24^2
    # no bond bears more than its strength, so what it bears is no risk; what broke is one
    (row,) = (r for r in post.delamination_risk(run) if LOWER in r.subject)
    assert row.cause == "delamination: broken bonds"
    weights = np.asarray(part.weights)
    assert row.value == pytest.approx(0.4 * weights[: count // 4].sum() / weights.sum())
    assert row.value > row.threshold == 0.05
    assert row.verdict == "certain"
    assert "up to 7 MPa" in row.comment
    stated = bond_limits(run, LOWER, run.materials)
    assert stated is not None
    assert stated[1].value == pytest.approx(0.4)  # J/m^2 = MPa um


def test_ranges_of_bonds_are_those_that_are_documented() -> None:
    # cases/README.md; orders of magnitude of others, no measurement of these pairs
    ranges = [
        (limit.low, limit.value, limit.high, limit.unit)
        for limit in (METAL_STRENGTH, METAL_TOUGHNESS, CERAMIC_STRENGTH, CERAMIC_TOUGHNESS)
    ]
    assert ranges == [
        (0.1, 1.5, 10.0, "MPa"), (0.05, 0.3, 5.0, "J/m^2"),
        (5.0, 10.0, 20.0, "MPa"), (0.5, 1.0, 2.0, "J/m^2"),
    ]  # fmt: skip


def test_limits_follow_the_kind_of_the_pair(run: Results) -> None:
    assert bond_limits(run, UPPER, run.materials) == (METAL_STRENGTH, METAL_TOUGHNESS)
    metal = Material("metal", Elastic("7.8 GPa", 0.38))
    assert bond_limits(run, UPPER, {"interlayer": metal, "anode": metal}) is None
    assert bond_limits(run, UPPER, {}) is None
    notes = post.delamination_risk(run, materials={}).notes
    assert any("nothing is known about a bond" in note for note in notes)
    assert isinstance(METAL_STRENGTH, Value)


def test_the_demand_says_what_is_missing(run: Results) -> None:
    found = post.delamination(run, LOWER, "release")
    assert (found.loaded_pressure, found.pressure) == (PRESS, RELEASE)
    with pytest.raises(ResultsError, match="material of layer 'separator'"):
        post.pull_off_demand(run, found, {})
    assert post.pull_off_demand(run, post.delamination(run, LOWER, "press"), run.materials) is None


#: two bodies that differ, with Poisson's ratios far from zero and from each other
SOFT, STIFF = ("10 GPa", 0.45), ("40 GPa", 0.35)
PLANE = 1e4 / (1.0 - 0.45**2), 4e4 / (1.0 - 0.35**2)


def parted(folder: Path, height: float, waves: int, *, pressure: float = 5.0) -> Results:
    """Everything bonded under the press; after it a gap of height (1.1 + cos) along the interface.

    The wave is a micrometre long, so that both bodies are half-spaces for it.
    """
    mesh = example_mesh(96)
    materials = {
        "separator": Material("below", Elastic(*SOFT), brittle=True),
        "interlayer": Material("above", Elastic(*STIFF), brittle=True),
        "anode": Material("metal", J2Plastic("7.8 GPa", 0.38, "0.8 MPa"), carrier="electrons"),
    }
    x = np.linspace(0.0, WIDTH, 961)
    wave = np.cos(2.0 * np.pi * waves * x / WIDTH)
    with ResultsWriter.create(folder, case={}, mesh=mesh, materials=materials) as writer:
        for index, (step, load) in enumerate((("press", PRESS), ("release", pressure))):
            snapshot = example_increment(mesh, step, index, 0, max(load, 1.0), points=961)
            open_ = index == 1
            faces = tuple(
                dataclasses.replace(
                    part,
                    in_contact=np.full(len(x), not open_),
                    gap=height * (1.1 + wave) if open_ else np.zeros(len(x)),
                    contact_pressure=np.full(len(x), 0.0 if open_ else load),
                )
                for part in snapshot.interfaces
            )
            writer.append(dataclasses.replace(snapshot, interfaces=faces, nominal_pressure=load))
    return Results.open(folder)


def test_demand_of_a_run_between_two_different_bodies(tmp_path: Path) -> None:
    # A gap h (1.1 + cos kx), bonded all along: each half-space takes part of it, 2 p / (k E') for a
    # wave of pressure p (Johnson (1985), section 13.2), so p = h k / (2/E1' + 2/E2') with
    # E' = E / (1 - nu^2) of each; the mean of the gap asks for nothing. The work over the area is
    # the mean of p cos h (1.1 + cos) / 2 = p h / 4.
    height, waves = 0.01, 60
    results = parted(tmp_path / "run", height, waves)
    found = post.delamination(results, LOWER, "release")
    assert found.opened_fraction == 1.0
    demand = post.pull_off_demand(results, found, results.materials)
    assert demand is not None
    k = 2.0 * np.pi * waves / WIDTH
    pull = height * k / (2.0 / PLANE[0] + 2.0 / PLANE[1])
    x = demand.tension.x
    # sixteen points a wave of the mesh, seventeen of the grid: a per cent of the wave
    inside = (x > 1.0) & (x < WIDTH - 1.0)
    wave = np.cos(k * x)
    amplitude = 2.0 * float(demand.tension.values[inside] @ wave[inside]) / inside.sum()
    assert amplitude == pytest.approx(pull, rel=0.02)
    assert demand.elastic_energy == pytest.approx(0.25 * pull * height, rel=0.02)
    assert abs(demand.elastic_traction) < 0.01 * pull
    assert demand.mean_gap == pytest.approx(1.1 * height, rel=2e-3)


def test_bodies_of_a_run_have_their_own_moduli_and_end_at_a_metal(tmp_path: Path) -> None:
    results = parted(tmp_path / "run", 0.01, 60)
    below, above = bodies(results, LOWER, results.materials, pressed=True)
    assert (below.modulus, above.modulus) == pytest.approx(PLANE)
    # heights as meshed, with the waves of their faces: 0.4 um on each
    assert below.height == pytest.approx(THICKNESS[0] + 0.4)
    assert above.height == pytest.approx(THICKNESS[1] + 0.8)
    # a platen holds the lower one; the upper one ends at the metal, which flows
    assert (below.held, above.held) == (True, False)
    free = bodies(results, LOWER, results.materials, pressed=False)
    assert (free[0].held, free[1].held) == (False, False)
    below, above = bodies(results, UPPER, results.materials, pressed=True)
    # two brittle layers are one body, with the modulus at the interface
    assert below.height == pytest.approx(THICKNESS[0] + THICKNESS[1] + 1.2)
    assert below.modulus == pytest.approx(PLANE[1])
    assert above.modulus == pytest.approx(7800.0 / (1.0 - 0.38**2))
    assert (below.held, above.held) == (True, True)


@pytest.mark.parametrize("pressure", [5.0, 0.0])
def test_a_stack_without_platens_bends(tmp_path: Path, pressure: float) -> None:
    # a wave half as long as the section: k h of 2.6 and 1.0. The upper body bends, for it ends at a
    # metal; the lower one is held flat by its platen while there is one
    height, waves = 0.01, 2
    results = parted(tmp_path / "run", height, waves, pressure=pressure)
    found = post.delamination(results, LOWER, "release")
    demand = post.pull_off_demand(results, found, results.materials)
    assert demand is not None
    k = 2.0 * np.pi * waves / WIDTH

    def flat(deep: float) -> float:
        return math.sinh(deep) ** 2 / (math.sinh(deep) * math.cosh(deep) + deep)

    def bent(deep: float) -> float:
        return (math.sinh(deep) * math.cosh(deep) + deep) / (math.sinh(deep) ** 2 - deep**2)

    below = (flat if pressure else bent)(k * (THICKNESS[0] + 0.4))
    above = bent(k * (THICKNESS[1] + 0.8))
    pull = height * k / (2.0 * below / PLANE[0] + 2.0 * above / PLANE[1])
    wave = np.cos(k * demand.tension.x)
    amplitude = 2.0 * float((demand.tension.values * wave) @ demand.tension.weights) / WIDTH
    assert amplitude == pytest.approx(pull, rel=2e-3)
