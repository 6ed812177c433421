"""Constriction of strip contacts against the closed form; conduction through a curved interface.

The strip has a singular current density at its edge, so its resistance converges with the first
power of the edge length there; meshes are graded towards the edge.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from current_stacks import Stack, parts

import meshes
from interfacefem.reference import constriction

Record = Callable[[str, float, float, str], None]

PERIOD = 10.0  # half of it [um]
SIGMA = (0.2, 0.05)


def strip(
    half_width: float, edges: int, *, slave_edges: int | None = None
) -> tuple[Stack, np.ndarray]:
    """Two layers, one period thick, and which slave nodes lie on the strip."""

    def columns(count: int) -> np.ndarray:
        first = half_width / edges / 6.0 * edges / count
        inside = half_width - meshes.graded(half_width, first, count)[::-1]
        return np.concatenate(
            [inside, half_width + meshes.graded(PERIOD - half_width, first, count)[1:]]
        )

    thickness = 2.0 * PERIOD
    eta = meshes.graded(thickness, half_width / edges / 6.0, 5 * edges // 2) / thickness
    lower = meshes.block(columns(edges), 1.0 - eta[::-1], 0.0, thickness)
    slave = columns(slave_edges or edges)
    upper = meshes.block(slave, eta, thickness, 2.0 * thickness, len(lower.points))
    return Stack([lower, upper], SIGMA), slave <= half_width * (1.0 + 1e-12)


def excess(half_width: float, edges: int, slave_edges: int | None = None) -> float:
    """Relative error of the constriction, both sides."""
    stack, where = strip(half_width, edges, slave_edges=slave_edges)
    solution = stack.solve([stack.contact(0, where=where)], area=PERIOD)
    assert solution.balance_error < 1e-10
    assert parts(solution) == pytest.approx(solution.asr_total, rel=1e-10)
    resistivities = 1.0 / SIGMA[0] + 1.0 / SIGMA[1]
    exact = constriction.strip_resistance(resistivities, half_width, PERIOD) * 2.0 * PERIOD
    return solution.asr_constriction / exact - 1.0


@pytest.mark.parametrize("half_width", [1.0, 3.0, 6.0])
def test_strip_constriction(half_width: float, record: Record) -> None:
    # origin: conformal map, see interfacefem.reference.constriction
    coarse, middle, fine = (excess(half_width, edges) for edges in (8, 16, 32))
    name = f"strip contact, half-width {half_width:g} of 10 um"
    record(f"{name}: constriction", abs(fine), 0.01, "conformal map")
    assert abs(fine) < abs(middle) < abs(coarse)
    rate = 0.5 * np.log2(coarse / fine)
    record(f"{name}: one minus rate", 1.0 - rate, 0.1, "edge singularity, first order")


def test_strip_constriction_non_matching(record: Record) -> None:
    for slave_edges, text in ((24, "finer"), (11, "coarser")):
        error = abs(excess(3.0, 16, slave_edges))
        record(f"strip contact, slave face {text}: constriction", error, 0.01, "conformal map")


def test_strip_with_contact_resistance_lies_between_its_limits() -> None:
    # a film so resistive that the current is even costs R / fraction; a perfect one costs nothing
    stack, where = strip(3.0, 12)
    weights = stack.contact(0).pairing.weights
    fraction = float(weights[where].sum() / weights.sum())
    film = 1e6
    solution = stack.solve([stack.contact(0, film, where=where)], area=PERIOD)
    (interface,) = solution.asr_interfaces.values()
    assert interface == pytest.approx(film / fraction, rel=1e-4)
    perfect = stack.solve([stack.contact(0, where=where)], area=PERIOD)
    assert perfect.asr_interfaces == {"l0|l1": 0.0}
    # an even current is not the one of least heat
    assert solution.asr_constriction > perfect.asr_constriction


def ring(edges: int) -> tuple[Stack, float, Callable[[np.ndarray], np.ndarray]]:
    """Radial current through a sector in two rings, non-matching on a curved interface.

    Returns the stack, the area resistance of its film, and the exact potential for a unit current.
    """
    angle = (np.deg2rad(120.0), np.deg2rad(60.0))
    radii, sigma, film = (6.0, 9.0, 14.0), (0.3, 0.8), 4.0
    blocks = []
    first = 0
    for index, columns in enumerate((5 * edges, 7 * edges)):
        block = meshes.block(
            np.linspace(*angle, columns + 1),
            np.linspace(0.0, 1.0, 3 * edges + 1),
            radii[index],
            radii[index + 1],
            first,
        )
        theta, r = block.points.T
        points = np.column_stack([r * np.cos(theta), r * np.sin(theta)])
        blocks.append(meshes.Block(points, block.cells, block.grid))
        first += len(points)
    span = angle[0] - angle[1]

    def exact(points: np.ndarray) -> np.ndarray:
        r = np.hypot(points[:, 0], points[:, 1])
        upper = np.arange(len(points)) >= len(blocks[0].points)
        outer = np.log(radii[2] / np.where(upper, r, radii[1])) / (span * sigma[1])
        inner = np.log(radii[1] / r) / (span * sigma[0]) + film / (span * radii[1])
        return outer + np.where(upper, 0.0, inner)

    return Stack(blocks, sigma), film, exact


def test_curved_interface_converges_with_second_order(record: Record) -> None:
    # origin: potential of a radial current, ln r in each axisymmetric, and a step at the film
    errors = []
    resistance = []
    for edges in (1, 2, 4, 8):
        stack, film, exact = ring(edges)
        solution = stack.solve([stack.contact(0, film)], area=1.0, density=1.0)
        reference = exact(stack.points)
        # nodal L2 norm, each node with its share of the cells
        share = np.zeros(len(stack.points))
        corner = stack.points[stack.problem.cells]
        ahead = np.roll(corner, -1, axis=1)
        area = 0.5 * np.sum(corner[..., 0] * ahead[..., 1] - ahead[..., 0] * corner[..., 1], axis=1)
        np.add.at(share, stack.problem.cells, 0.25 * area[:, None])
        difference = solution.potential - reference
        errors.append(float(np.sqrt(share @ difference**2 / (share @ reference**2))))
        total = reference[stack.blocks[0].bottom].mean()
        resistance.append(abs(solution.asr_total / total - 1.0))
        assert solution.balance_error < 1e-10
    rate = np.log2(errors[-2] / errors[-1])
    record("curved film between rings, finest: potential, L2", errors[-1], 1e-3, "ln r")
    record("curved film between rings: two minus rate of L2", 2.0 - rate, 0.2, "second order")
    record("curved film between rings, finest: resistance", resistance[-1], 1e-3, "ln r")
