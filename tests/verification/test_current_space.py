"""Conduction in 3D: flat stacks, conserved current, round spots against Holm and Greenwood.

A spot has a singular current density at its edge, so its resistance converges with the first power
of the edge length there; meshes follow its circle and are graded towards it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import meshes_3d
import numpy as np
import pytest
from current_stacks import Stack, in_series, parts

from interfacefem.errors import InterfaceFEMError
from interfacefem.reference import constriction
from meshes import graded

Record = Callable[[str, float, float, str], None]

SIDE = (10.0, 6.0)
AREA = SIDE[0] * SIDE[1]
THICKNESS = (4.0, 2.0, 3.0)
#: Li3OCl, Li, Li3InCl6 [S/m]: eleven orders between neighbours
CONDUCTIVITY = (1e-4, 1.08e7, 0.2)


def flat_stack(
    conductivity: Sequence[float] = CONDUCTIVITY,
    *,
    faces: Sequence[tuple[int, int]] = ((4, 3), (7, 5), (5, 2)),
    height: meshes_3d.Height = 0.0,
) -> Stack:
    """Three layers whose faces do not match; ``height`` bends their interfaces."""
    boxes: list[meshes_3d.Box] = []
    base, first = 0.0, 0
    for index, (thickness, (nx, ny)) in enumerate(zip(THICKNESS, faces, strict=True)):
        x, y = (np.linspace(0.0, s, n + 1) for s, n in zip(SIDE, (nx, ny), strict=True))

        def face(
            x: np.ndarray, y: np.ndarray, level: float = base, bent: bool = index > 0
        ) -> np.ndarray:
            bend = height(x, y) if callable(height) else height
            return level + bend * bent + 0.0 * x

        def top(
            x: np.ndarray, y: np.ndarray, level: float = base + thickness, bent: bool = index < 2
        ) -> np.ndarray:
            return face(x, y, level, bent)

        boxes.append(meshes_3d.box(x, y, np.linspace(0.0, 1.0, 4), face, top, first))
        base, first = base + thickness, first + len(boxes[-1].points)
    return Stack(boxes, conductivity)


def test_flat_stack_in_space_is_exact(record: Record) -> None:
    # origin: layers in series
    layers = [t / c for t, c in zip(THICKNESS, CONDUCTIVITY, strict=True)]
    stack = flat_stack()
    worst = np.zeros(3)
    for solution in in_series(stack, layers, AREA, worst):
        for interface in solution.interfaces:
            assert interface.weights.sum() == pytest.approx(AREA, rel=1e-12)
            np.testing.assert_allclose(interface.current_density, 1e-5, rtol=1e-5)
        even = np.tile([0.0, 0.0, 1e-5], (len(stack.problem.cells), 1))
        np.testing.assert_allclose(solution.current_density, even, rtol=1e-5, atol=1e-10)
    name = "flat stack in 3D, three layers, non-matching, 1e-4 to 1e7 S/m"
    record(f"{name}: resistance", worst[0], 1e-6, "series circuit")
    record(f"{name}: current in = out", worst[1], 1e-10, "conservation")
    record(f"{name}: sum of parts", worst[2], 1e-10, "energy identity")


def test_stretched_stack_in_space_uses_its_present_thickness(record: Record) -> None:
    # origin: series circuit of the thicknesses after a uniform stretch
    stack = flat_stack()
    move = stack.points * (np.array([1.1, 0.9, 0.8]) - 1.0)
    contacts = [stack.contact(i, 50.0, displacement=move) for i in range(2)]
    solution = stack.solve(contacts, area=1.1 * 0.9 * AREA, displacement=move)
    exact = 0.8 * sum(t / c for t, c in zip(THICKNESS, CONDUCTIVITY, strict=True)) + 100.0
    error = abs(solution.asr_total / exact - 1.0)
    record("flat stack in 3D, stretched: resistance", error, 1e-10, "series circuit")


def test_current_in_space_is_conserved_through_partial_contacts(record: Record) -> None:
    # no closed form needed: what enters must pass every interface and leave, at any contrast
    worst = identity = 0.0
    rng = np.random.default_rng(3)

    def wave(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return 0.3 * np.cos(0.6 * x) * np.cos(np.pi * y / 3.0)

    for low in (1e-6, 1.0, 1e4):
        stack = flat_stack((low, 1.0, 1.08e7), faces=((9, 8), (11, 6), (7, 10)), height=wave)
        contacts = [
            stack.contact(i, r, where=rng.random(n) < 0.3)
            for i, (r, n) in enumerate(((0.0, 84), (2e2, 88)))
        ]
        solution = stack.solve(contacts, area=AREA)
        worst = max(worst, solution.balance_error)
        identity = max(identity, abs(parts(solution) / solution.asr_total - 1.0))
        for interface in solution.interfaces:
            passed = interface.weights @ interface.current_density
            assert passed == pytest.approx(1e-5 * AREA, rel=1e-10)
        # heat of the cells' mean gradients cannot exceed that of the gradients themselves
        sigma = np.array([low, 1.0, 1.08e7])[solution.cell_layer]
        heat = (solution.current_density**2).sum(axis=1) / sigma
        exact = solution.voltage * 1e-5 * AREA
        assert 0.0 < heat @ _volumes(stack) < exact
    record(
        "random partial contacts in 3D, 1e-6 to 1e7 S/m: current in = out",
        worst,
        1e-10,
        "conservation",
    )
    record("random partial contacts in 3D: sum of parts", identity, 1e-10, "energy identity")


def _volumes(stack: Stack) -> np.ndarray:
    """Volumes by splitting each hexahedron into six tetrahedra; faces are nearly flat."""
    corner = stack.points[stack.problem.cells]
    total = np.zeros(len(corner))
    for a, b, c, d in ((0, 1, 2, 6), (0, 2, 3, 6), (0, 3, 7, 6), (0, 7, 4, 6), (0, 4, 5, 6),
                       (0, 5, 1, 6)):  # fmt: skip
        edges = [corner[:, other] - corner[:, a] for other in (b, c, d)]
        total += np.abs(np.einsum("ij,ij->i", edges[0], np.cross(edges[1], edges[2]))) / 6.0
    return total


def offsets(radius: float, reach: float, edges: int) -> np.ndarray:
    """Grid lines from the middle of a spot to ``reach``, graded towards its edge."""
    first = radius / edges / 5.0
    inside = radius - graded(radius, first, edges)[::-1]
    return np.concatenate([inside, radius + graded(reach - radius, first, edges)[1:]])


def rounded(
    box: meshes_3d.Box,
    spots: Sequence[tuple[float, float, float]],
    square: float,
    reach: float,
) -> meshes_3d.Box:
    """Shift the columns of a box so that a square of half-side ``square`` becomes a round spot.

    Spots are (x, y, radius); beyond ``reach`` of a spot nothing moves.
    """
    points = box.points.copy()
    for cx, cy, radius in spots:
        s, t = box.points[:, 0] - cx, box.points[:, 1] - cy
        m = np.maximum(np.abs(s), np.abs(t))
        # inside the square onto the disc, outside its shells onto circles that fade to squares
        scale = np.where(m > square, m, square)
        u, v = s / scale, t / scale
        fade = np.clip((m - square) / (reach - square), 0.0, 1.0)
        size = (1.0 - fade) * scale * radius / square
        for axis, (one, two, straight, centre) in enumerate(((u, v, s, cx), (v, u, t, cy))):
            new = centre + size * one * np.sqrt(1.0 - 0.5 * two**2) + fade * straight
            points[:, axis] = np.where(m < reach, new, points[:, axis])
    return dataclasses.replace(box, points=points)


def on_spots(points: np.ndarray, spots: Sequence[tuple[float, float, float]]) -> np.ndarray:
    return np.any(
        [np.hypot(points[:, 0] - x, points[:, 1] - y) <= a * (1 + 1e-9) for x, y, a in spots],
        axis=0,
    )


def one_spot(edges: int) -> float:
    """Relative error of a spot between two layers of different conductivity, a square array."""
    radius, period = 1.0, 8.0
    sigma = (0.2, 0.05)
    lines = offsets(radius, 0.5 * period, edges)
    eta = graded(period, radius / edges / 5.0, 2 * edges) / period
    spots = [(0.0, 0.0, radius)]
    lower = meshes_3d.box(lines, lines, 1.0 - eta[::-1], 0.0, period)
    upper = meshes_3d.box(lines, lines, eta, period, 2.0 * period, len(lower.points))
    boxes = [rounded(box, spots, radius, 0.5 * period) for box in (lower, upper)]
    stack = Stack(boxes, sigma)
    slave = stack.points[np.unique(boxes[1].bottom)]
    area = 0.25 * period**2
    solution = stack.solve([stack.contact(0, where=on_spots(slave, spots))], area=area)
    assert solution.balance_error < 1e-10
    assert parts(solution) == pytest.approx(solution.asr_total, rel=1e-10)
    exact = constriction.spot_array_resistance(sum(1.0 / s for s in sigma), radius, period)
    return solution.asr_constriction / (exact * period**2) - 1.0


def test_round_spot_of_holm(record: Record) -> None:
    # origin: Holm's rho/4a of each side, less what the other spots of the array bring (0.31 of it)
    coarse, fine = one_spot(8), one_spot(14)
    record("round spot, 14 edges a radius: constriction", abs(fine), 0.01, "Holm, lattice sum")
    rate = np.log(coarse / fine) / np.log(14 / 8)
    record("round spot: one minus rate", 1.0 - rate, 0.1, "edge singularity, first order")


def cluster(edges: int) -> float:
    """Relative error of nine spots of three sizes on a poor conductor above a metal."""
    square, spacing, period = 1.0, 4.5, 45.0
    radius = {0: 1.1, 1: 0.9, 2: 0.7}  # in the middle, on the sides, in the corners
    reach = 0.5 * spacing
    near = offsets(square, reach, edges)
    lines = np.concatenate(
        [near, spacing - near[-2::-1], spacing + near[1:],
         graded(0.5 * period - 1.5 * spacing, reach / edges, edges - 1)[1:] + 1.5 * spacing]
    )  # fmt: skip
    depth = 0.7 * period
    eta = graded(depth, square / edges / 5.0, 3 * edges) / depth
    spots = [(i * spacing, j * spacing, radius[i + j]) for i in (0, 1) for j in (0, 1)]
    metal = meshes_3d.box(lines, lines, np.array([0.0, 1.0]), 0.0, 1.0)
    above = meshes_3d.box(lines, lines, eta, 1.0, 1.0 + depth, len(metal.points))
    boxes = [rounded(box, spots, square, reach) for box in (metal, above)]
    stack = Stack(boxes, (1e7, 0.1))
    slave = stack.points[np.unique(boxes[1].bottom)]
    solution = stack.solve([stack.contact(0, where=on_spots(slave, spots))], area=0.25 * period**2)
    assert solution.balance_error < 1e-10
    everywhere = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    exact = constriction.cluster_resistance(
        10.0,
        np.array(everywhere) * spacing,
        [radius[abs(i) + abs(j)] for i, j in everywhere],
        period=period,
    )
    return solution.asr_constriction / (exact * period**2) - 1.0


def test_cluster_of_greenwood(record: Record) -> None:
    # origin: Greenwood (1966) with the images of the array; the others add a quarter
    coarse, fine = cluster(4), cluster(6)
    name = "nine spots of three sizes, 6 edges a radius: constriction"
    record(name, abs(fine), 0.02, "Greenwood, lattice sum")
    assert abs(fine) < 0.6 * abs(coarse)


def test_cluster_formula() -> None:
    # two equal spots: each carries half, V = rho I/2 (1/4a + 1/2 pi s)
    pair = constriction.cluster_resistance(2.0, [[0.0, 0.0], [5.0, 0.0]], [1.0, 1.0])
    assert pair == pytest.approx(1.0 * (0.25 + 1.0 / (2.0 * np.pi * 5.0)), rel=1e-12)
    # Greenwood's short form, currents as radii, is an upper bound close to it
    place = np.random.default_rng(2).uniform(0.0, 30.0, (7, 2))
    radii = np.linspace(0.2, 0.5, 7)
    distance = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    total = radii.sum()
    short = 0.25 / total + radii @ (1.0 / distance) @ radii / (2.0 * np.pi * total**2)
    exact = constriction.cluster_resistance(1.0, place, radii)
    assert exact < short < 1.01 * exact
    # one spot of an array, twice; the lattice constant is that of Bonsall and Maradudin
    single = constriction.cluster_resistance(1.0, [[0.0, 0.0]], [0.01], period=1.0)
    array = constriction.spot_array_resistance(1.0, 0.01, 1.0)
    assert single == pytest.approx(array, rel=1e-5)
    # strips and spots of equal area, by both closed forms
    for fraction, factor in ((0.35, 0.88), (0.036, 1.88), (0.01, 2.88), (0.001, 6.52)):
        assert constriction.spot_over_strip(fraction) == pytest.approx(factor, abs=0.01)
    with pytest.raises(InterfaceFEMError, match="below pi/4"):
        constriction.spot_over_strip(0.8)
    origin = constriction.lattice_potential(np.zeros((1, 2)))
    assert origin == pytest.approx(-constriction.LATTICE_1, rel=1e-9)
