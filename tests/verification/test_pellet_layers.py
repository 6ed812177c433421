"""Layers of a pellet: waves of a disc, elastic layers, and current that spreads in them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import solve_bvp
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve
from scipy.special import jnp_zeros, jv

from interfacefem.pellet.disc import disc
from interfacefem.pellet.flow import columns, flow, transition
from interfacefem.pellet.modes import Modes, Sheet, impedance, modes
from interfacefem.pellet.numbers import RINGS, SECTORS

Record = Callable[[str, float, float, str], None]

RADIUS = 5000.0
FACE = disc(RADIUS, RINGS, SECTORS)
#: a metal that adds nothing
METAL = (Sheet(50.0, 1e7, 5e3, 0.36),)


@pytest.fixture(scope="module")
def waves() -> Modes:
    return modes(FACE)


def test_waves_of_a_disc(waves: Modes, record: Record) -> None:
    exact = sorted([*jnp_zeros(0, 1), *np.repeat([jnp_zeros(n, 1)[0] for n in (1, 2)], 2)])
    found = waves.wave[1:6] * RADIUS
    error = float(np.abs(found / exact - 1.0).max())
    record("pellet: five longest waves of a disc", error, 5e-3, "zeros of J'")
    grams = waves.shapes.T @ (FACE.areas[:, None] * waves.shapes)
    assert np.abs(grams - np.eye(len(grams))).max() < 1e-9
    # what is added evenly changes nothing
    first = jnp_zeros(1, 1)[0] / RADIUS
    tilted = 2.0 * jv(1, first * np.hypot(FACE.x, FACE.y)) * np.cos(np.arctan2(FACE.y, FACE.x))
    assert waves.length(3.0 + tilted) == pytest.approx(1.0 / first, rel=0.01)
    assert waves.length(np.full(len(FACE.x), 3.0)) == math.inf


@pytest.mark.parametrize("poisson", [0.1, 0.3, 0.45])
def test_an_elastic_layer_bonded_to_a_rigid_base(poisson: float, record: Record) -> None:
    thickness, modulus = 800.0, 20e3
    sheet = Sheet(thickness, 1.0, modulus, poisson)
    lame = modulus * poisson / (1.0 + poisson) / (1.0 - 2.0 * poisson)
    shear = 0.5 * modulus / (1.0 + poisson)
    normal = lame + 2.0 * shear
    errors = []
    for wave in (2e-4, 1e-3, 4e-3):

        def slopes(_: np.ndarray, v: np.ndarray, k: float = wave) -> np.ndarray:
            u, w, du, dw = v  # u sin(kx), w cos(kx)
            second_u = (normal * k**2 * u + (lame + shear) * k * dw) / shear
            second_w = (shear * k**2 * w - (lame + shear) * k * du) / normal
            return np.array([du, dw, second_u, second_w])

        def ends(low: np.ndarray, high: np.ndarray, k: float = wave) -> np.ndarray:
            stress = normal * high[3] + lame * k * high[0] + 1.0
            return np.array([low[0], low[1], high[2] - k * high[1], stress / normal])

        mesh = np.linspace(0.0, thickness, 41)
        solved = solve_bvp(slopes, ends, mesh, np.zeros((4, 41)), tol=1e-8)
        assert solved.success
        errors.append(abs(sheet.compliance(np.array([wave]))[0] / -solved.y[1, -1] - 1.0))
    record(f"pellet: elastic layer, Poisson's ratio {poisson:g}", max(errors), 1e-5, "ODE")
    column = thickness / normal
    assert sheet.compliance(np.array([0.0, 1e-6])) == pytest.approx(column, rel=1e-5)
    short = 2.0 * (1.0 - poisson**2) / modulus
    assert sheet.compliance(np.array([0.1]))[0] == pytest.approx(short / 0.1, rel=1e-9)


@functools.cache
def bessel() -> tuple[np.ndarray, ...]:
    """Places (x, y) and their areas, wave numbers, and Bessel functions times cosines there."""
    points, weights = np.polynomial.legendre.leggauss(60)
    r, weights = 0.5 * (points + 1.0) * RADIUS, 0.5 * weights * RADIUS
    turn = (np.arange(96) + 0.5) * 2.0 * np.pi / 96
    radius, angle = (grid.ravel() for grid in np.meshgrid(r, turn, indexing="ij"))
    weight = np.repeat(weights * r, 96) * 2.0 * np.pi / 96
    wave, shapes = [], []
    for order in range(8):
        zeros = jnp_zeros(order, 14)
        for zero in np.concatenate([[0.0], zeros[:-1]]) if order == 0 else zeros:
            shape = jv(order, zero / RADIUS * radius) * np.cos(order * angle)
            wave.append(zero / RADIUS)
            shapes.append(shape / math.sqrt(weight @ shape**2))
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    return x, y, weight, np.array(wave), np.array(shapes)


def series(
    resistance: Callable[[np.ndarray, np.ndarray], np.ndarray], lower: tuple[Sheet, ...]
) -> tuple[float, float]:
    """Resistance and variation of the current by Bessel functions times cosines."""
    x, y, weight, wave, phi = bessel()
    layers = impedance(lower, wave)
    g = 1.0 / resistance(x, y)
    part = np.linalg.solve(
        np.eye(len(wave)) + ((phi * weight * g) @ phi.T) * layers, phi @ (weight * g)
    )
    density = g * (1.0 - (layers * part) @ phi)
    mean = density @ weight / (math.pi * RADIUS**2)
    return 1.0 / mean, float(np.sqrt((density / mean - 1.0) ** 2 @ weight / weight.sum()))


def spread(share: np.ndarray) -> float:
    return float(np.sqrt((share - 1.0) ** 2 @ FACE.areas / FACE.area))


def test_columns_and_full_conduction_each_where_it_holds(waves: Modes, record: Record) -> None:
    """Thickness and share of the layers in the resistance, under a tilted conductance."""
    full, bound, resistance = [], [], []
    for thickness in (100.0, 300.0, 1000.0, 3000.0):
        lower = (Sheet(thickness, 0.05, 1e5, 0.3),)
        across = lower[0].resistance
        for over in (0.1, 1.0, 10.0):

            def joint(x: np.ndarray, _: np.ndarray, even: float = across / over) -> np.ndarray:
                return np.asarray(even / (1.0 + 0.8 * x / RADIUS))

            exact, uneven = series(joint, lower)
            at = joint(FACE.x, FACE.y)
            found, straight = flow(at, lower, (), waves), columns(at + across, FACE.areas)
            full.append(abs(spread(found.share) / uneven - 1.0))
            resistance.append(abs(found.resistance / exact - 1.0))
            ratio = transition(across / over, lower, ()) / waves.length(straight.share)
            less = 1.0 - spread(straight.share) / spread(found.share)
            more = straight.resistance / found.resistance - 1.0
            # columns understate unevenness by this part at most, and are dearer by less
            assert 0.0 < less < 1.1 * ratio**2
            assert 0.0 < more < 0.2 * ratio**2
            bound.append((ratio, less))
    record("pellet: full conduction, resistance", max(resistance), 1e-3, "Fourier-Bessel series")
    record("pellet: full conduction, unevenness", max(full), 1e-2, "Fourier-Bessel series")
    held = max(less for ratio, less in bound if ratio < 0.1)
    record("pellet: columns where they hold, unevenness", held, 1e-2, "full conduction")
    # the transition is in the table: columns are wrong where it is passed
    assert max(less for ratio, less in bound if ratio > 1.0) > 0.25


def test_layers_of_other_conductivity_by_finite_volumes(waves: Modes, record: Record) -> None:
    """Rings and steps in depth, two layers below and one above, a bowed conductance."""
    lower = (Sheet(400.0, 0.05, 1e4, 0.3), Sheet(600.0, 0.5, 1e4, 0.3))
    upper = (Sheet(300.0, 0.1, 1e4, 0.3),)
    even = 300.0

    def joint(r: np.ndarray) -> np.ndarray:
        return np.asarray(even * np.exp(8.0 * (r / RADIUS) ** 2))

    rings, depth = 60, 40
    ends = np.linspace(0.0, RADIUS, rings + 1)
    middle = 0.5 * (ends[1:] + ends[:-1])
    plane = np.pi * (ends[1:] ** 2 - ends[:-1] ** 2)
    cells = [
        (sheet.thickness / depth, sheet.conductivity)
        for sheet in (*lower[::-1], *upper) for _ in range(depth)
    ]  # fmt: skip
    number = np.arange(len(cells) * rings).reshape(len(cells), rings)
    rows, columns_, values, right = [], [], [], np.zeros(number.size)

    def join(one: np.ndarray, two: np.ndarray, g: np.ndarray) -> None:
        rows.extend([*one, *two, *one, *two])
        columns_.extend([*one, *two, *two, *one])
        values.extend([*g, *g, *-g, *-g])

    below = len(lower) * depth
    for level, (height, sigma) in enumerate(cells):
        around = 2.0 * np.pi * ends[1:-1] * height * sigma / np.diff(middle)
        join(number[level, :-1], number[level, 1:], around)
        half = 0.5 * height / sigma
        if level + 1 < len(cells):
            over = half + 0.5 * cells[level + 1][0] / cells[level + 1][1]
            between = joint(middle) if level + 1 == below else 0.0
            join(number[level], number[level + 1], plane / (over + between))
        if level in (0, len(cells) - 1):
            rows.extend(number[level])
            columns_.extend(number[level])
            values.extend(plane / half)
            right[number[level]] = plane / half if level else 0.0
    matrix = coo_matrix((values, (rows, columns_))).tocsc()
    potential = spsolve(matrix, right)
    current = (potential[number[0]] * plane).sum() / (0.5 * cells[0][0] / cells[0][1])
    exact = math.pi * RADIUS**2 / current
    found = flow(joint(np.hypot(FACE.x, FACE.y)), lower, upper, waves)
    record("pellet: three layers, resistance", abs(found.resistance / exact - 1.0), 1e-2,
           "finite volumes in depth")  # fmt: skip
    across = sum(sheet.resistance for sheet in (*lower, *upper))
    straight = columns(joint(np.hypot(FACE.x, FACE.y)) + across, FACE.areas)
    assert straight.resistance / exact > 1.01


def test_a_round_spot_at_the_end_of_a_cylinder(record: Record) -> None:
    """The sharp edge of a contact without resistance: what refinement does to it."""
    part, thickness, sigma = 0.5, 4.0 * RADIUS, 0.05
    polynomial = 1.0 - 1.40978 * part + 0.34406 * part**3 + 0.0435 * part**5 + 0.02271 * part**7
    exact = polynomial / (4.0 * sigma * part * RADIUS) * math.pi * RADIUS**2
    found = []
    for rings in (12, 24, 48):
        face = disc(RADIUS, rings, 8)
        inside = np.repeat(face.ends[:-1], 8) < part * RADIUS * (1.0 - 1e-9)
        joint = np.where(inside, 1e-6 * thickness / sigma, np.inf)
        spot = flow(joint, (Sheet(thickness, sigma, 1.0, 0.3),), (), modes(face))
        found.append((spot.resistance - thickness / sigma) / exact - 1.0)
    # first order, from above: 15, 7.6, 3.8 per cent
    assert [round(100.0 * error) for error in found] == [15, 8, 4]
    record("pellet: round spot without resistance, extrapolated", abs(2.0 * found[2] - found[1]),
           5e-3, "Negus and Yovanovich 1984")  # fmt: skip


def test_flat_layers_are_in_series(waves: Modes) -> None:
    lower = (Sheet(400.0, 0.05, 1e4, 0.3), Sheet(600.0, 0.5, 1e4, 0.3))
    across = sum(sheet.resistance for sheet in (*lower, *METAL))
    found = flow(np.full(len(FACE.x), 1000.0), lower, METAL, waves)
    assert found.resistance == pytest.approx(1000.0 + across, rel=1e-9)
    assert found.share == pytest.approx(1.0, rel=1e-9)
