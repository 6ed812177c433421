# SPDX-License-Identifier: MIT
"""Rough lithium pressed on rough ceramic, 0 to 190 to 5 to 190 MPa: effort, balances, contact.

The case of 7,434 degrees of freedom: 100 um wide, both bodies 50 um thick, lithium with 0.5 um and
ceramic with 0.3 um rms height, wavelengths 5 to 50 um, 100 against 75 edges. On one such surface a
prototype took 404 linear solves without rejection, or 219 with two rejections on a coarser path.
The bounds hold as means over several surfaces. Without friction 250 were enough as long as the last
gap closed in one increment, at up to 2.5 % too much contact at 5 MPa; as it closes now, 272 are.
Neither that surface nor its hardening is on record. Of 1, 2 and 4 MPa the hardening of 2 MPa came
closest to its contact fractions; with 1 MPa single surfaces took up to 290 solves without friction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import driving
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.contact import Coulomb
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.fem.contact.interface import ContactInterface
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.linear.condensation import Supports
from interfacefem.fem.mechanics import Attempt, Load, MechanicalProblem
from interfacefem.fem.newton import MixedField
from interfacefem.materials import Elastic, J2Plastic, LinearHardening

WIDTH, HEIGHT, ROWS = 100.0, 50.0, 20
LITHIUM_EDGES, CERAMIC_EDGES = 100, 75
RMS_LITHIUM, RMS_CERAMIC = 0.5, 0.3
MODULUS = 5000.0  # MPa, Narayan and Anand (2018), 10.1016/j.eml.2018.08.006
SEEDS = (0, 1, 2, 3)
#: contact fraction of the prototype's surface at nominal pressures [MPa]
PROTOTYPE = {0.5: 0.20, 1.0: 0.41, 3.0: 0.84, 5.0: 0.96}


def waves(rms: float, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return a mirror-symmetric profile with Hurst exponent 0.8 and waves of 5 to 50 um."""
    numbers = np.arange(4, 41)
    amplitude = np.random.default_rng(seed).normal(size=len(numbers)) * (numbers / 4.0) ** -1.3
    amplitude *= rms / np.sqrt(np.sum(amplitude**2) / 2.0)
    return lambda x: np.cos(np.pi * np.outer(x, numbers) / WIDTH) @ amplitude


def rows() -> np.ndarray:
    """Return graded fractions through a body, the first row as high as an edge is long."""
    growth = np.linspace(1.0, 1.5, 20001)[1:]
    total = (growth**ROWS - 1.0) / (growth - 1.0)
    ratio = growth[np.argmin(np.abs(total - HEIGHT))]
    levels = (ratio ** np.arange(ROWS + 1) - 1.0) / (ratio**ROWS - 1.0)
    return np.asarray(levels)


def body(
    edges: int, bottom: np.ndarray, top: np.ndarray, levels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and cells of a body between two faces."""
    x = np.linspace(0.0, WIDTH, edges + 1)
    points = np.vstack([np.column_stack([x, bottom + (top - bottom) * f]) for f in levels])
    first = np.arange(edges)
    lower = np.concatenate([row * (edges + 1) + first for row in range(ROWS)])
    cells = np.column_stack([lower, lower + 1, lower + edges + 2, lower + edges + 1])
    return points, cells


def press(
    seed: int, friction: float, targets: tuple[float, ...] = (190.0, 5.0, 190.0)
) -> tuple[MechanicalProblem, list[Attempt], list[float], int]:
    """Press, release and press again; return what was accepted and how often not."""
    levels = rows()
    xl, xc = (np.linspace(0.0, WIDTH, n + 1) for n in (LITHIUM_EDGES, CERAMIC_EDGES))
    lithium, ceramic = waves(RMS_LITHIUM, seed)(xl), waves(RMS_CERAMIC, seed + 1000)(xc)
    every = np.union1d(xl, xc)
    touch = float(np.max(np.interp(every, xc, ceramic) - np.interp(every, xl, lithium)))
    base = HEIGHT + touch
    low, low_cells = body(CERAMIC_EDGES, 0.0 * xc, HEIGHT + ceramic, 1.0 - levels[::-1])
    high, high_cells = body(LITHIUM_EDGES, base + lithium, base + HEIGHT + 0.0 * xl, levels)
    points = np.vstack([low, high])
    cells = np.vstack([low_cells, high_cells + len(low)])
    kind = np.repeat([0, 1], [len(low_cells), len(high_cells)])
    laws = [Elastic(1e5, 0.2), J2Plastic(MODULUS, 0.36, 0.8, LinearHardening(2.0))]
    bulk = Bulk(points, cells, kind, laws)
    dofs = bulk.node_dofs
    walls = np.flatnonzero((points[:, 0] < 1e-9) | (points[:, 0] > WIDTH - 1e-9))
    top = len(points) - LITHIUM_EDGES - 1 + np.arange(LITHIUM_EDGES + 1)
    bottom = np.arange(CERAMIC_EDGES + 1)
    fixed = np.unique(np.concatenate([dofs[bottom, 1], dofs[walls, 0]]))
    stiffness = MODULUS * LITHIUM_EDGES / WIDTH
    rms = float(np.hypot(RMS_LITHIUM, RMS_CERAMIC))
    interface = ContactInterface(
        "ceramic|lithium",
        len(low) + np.arange(LITHIUM_EDGES + 1),
        len(low) - CERAMIC_EDGES - 1 + np.arange(CERAMIC_EDGES + 1),
        dofs,
        points,
        upward=False,
        settings=ContactSettings(
            friction=Coulomb(friction, 0.8 / np.sqrt(3.0)),
            penalty=stiffness,
            shear_penalty=0.05 * stiffness,
            gap_tolerance=1e-3 * rms,
        ),
        left_wall=True,
        right_wall=True,
    )
    supports = Supports(bulk.size, fixed, [dofs[top, 1]])
    problem = MechanicalProblem(bulk, supports, [interface])
    spring = 10.0 * MODULUS * WIDTH / (2.0 * HEIGHT)
    bench = driving.Bench(problem, WIDTH, rms, 190.0, spring)
    attempts: list[Attempt] = []
    fractions: list[float] = []
    rejections = 0

    def accepted(attempt: Attempt, rejected: int) -> None:
        nonlocal rejections
        rejections += rejected
        attempts.append(attempt)
        weights = interface.pairing.weights
        fractions.append(float(weights[interface.pressure > 0.0].sum() / weights.sum()))

    for target in targets:
        driving.go_to(bench, target, accepted)
    return problem, attempts, fractions, rejections


@pytest.mark.campaign
@pytest.mark.parametrize(("friction", "solves"), [(0.0, 280), (0.2, 450)])
def test_the_rough_press_takes_few_linear_solves(
    friction: float, solves: int, record: Callable[[str, float, float, str], None]
) -> None:
    taken, rejected, contact, energy = [], [], [], []
    for seed in SEEDS:
        problem, attempts, fractions, rejections = press(seed, friction)
        assert problem.bulk.size == 7434
        assert all(attempt.balance < 1e-6 for attempt in attempts)
        taken.append(problem.system.solves)
        rejected.append(rejections)
        pressures = np.array([attempt.force for attempt in attempts]) / WIDTH
        rising = slice(0, int(np.argmax(pressures)) + 1)
        contact.append(np.interp(list(PROTOTYPE), pressures[rising], fractions[rising]))
        assert fractions[-1] == 1.0  # closed for good, as in the prototype
        work = problem.work
        energy.append(work.applied - work.elastic - work.plastic - work.friction)
        energy[-1] = abs(energy[-1]) / work.applied
    name = f"rough press, friction {friction:g}"
    record(f"{name}: mean linear solves", np.mean(taken), solves, "one prototype: 219 to 404")
    record(f"{name}: mean rejected increments", np.mean(rejected), 1.0, "prototype")
    record(f"{name}: energy balance", max(energy), 0.01, "work done = stored + dissipated")
    # other surfaces than the prototype's: its fractions lie within the scatter between surfaces
    off = np.abs(np.mean(contact, axis=0) - np.array(list(PROTOTYPE.values())))
    record(
        f"{name}: contact fraction off the prototype's", off.max(), 0.08, "scatter between surfaces"
    )


def by_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no pressure follow the steps from now on."""
    monkeypatch.setattr(MixedField, "start", lambda self, values: setattr(self, "values", None))


@pytest.mark.slow
def test_pressures_that_follow_the_steps_find_the_same_solution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problem, _, _, _ = press(SEEDS[0], 0.2, (1.2,))
    rms = float(np.hypot(RMS_LITHIUM, RMS_CERAMIC))
    spring = 10.0 * MODULUS * WIDTH / (2.0 * HEIGHT)
    target = problem.platen - problem.force / spring - 0.1 * rms
    load = Load(stiffness=spring, target=target, floor=0.1 * WIDTH)
    saved = problem.carried()
    following = problem.attempt(load)
    problem.put_back(saved)
    by_the_law(monkeypatch)
    other = problem.attempt(load)
    assert not following.failure
    assert not other.failure
    moved = np.abs(other.displacement - problem.displacement).max()
    assert np.abs(following.displacement - other.displacement).max() < 1e-5 * moved
    # found on another way, so not to the last digit
    assert not np.array_equal(following.displacement, other.displacement)


@pytest.mark.campaign
def test_they_find_it_in_half_of_the_solves_on_a_fine_mesh(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lower, upper = (
        surfaces.self_affine(
            "15 um",
            hurst=0.8,
            rms_height="400 nm",
            long_cutoff="15 um",
            short_cutoff="3 um",
            seed=seed,
        )
        for seed in (1, 2)
    )
    stack = ifem.Stack(
        ifem.Layer("separator", "Li3OCl", "8 um", top=lower),
        ifem.Interface(),
        ifem.Layer("anode", "Li", "8 um", bottom=upper, flow_size="bulk"),
    )
    case = ifem.Case("rough", stack, ifem.Protocol(ifem.Press("0.8 MPa")))
    solves = []
    for name in ("following", "by the law"):
        if name == "by the law":
            by_the_law(monkeypatch)
        ifem.run_case(case, tmp_path / name)
        solves.append(int(ifem.Results.open(tmp_path / name).history["linear_solves"].sum()))
    assert solves[0] < 0.5 * solves[1]
