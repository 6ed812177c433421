"""Conduction through flat stacks: exact resistance, conserved current, open circuit, units.

Origin of every reference: layers in series, thickness / conductivity plus contact resistances.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from current_stacks import Stack, in_series, parts

import meshes

Record = Callable[[str, float, float, str], None]

WIDTH = 10.0
THICKNESS = (4.0, 2.0, 3.0)
#: Li3OCl, Li, Li3InCl6 [S/m]: eleven orders between neighbours
CONDUCTIVITY = (1e-4, 1.08e7, 0.2)


def flat_stack(
    conductivity: Sequence[float] = CONDUCTIVITY,
    *,
    scale: float = 1.0,
    columns: Sequence[int] = (7, 11, 9),
) -> Stack:
    blocks: list[meshes.Block] = []
    base, first = 0.0, 0
    for thickness, count in zip(THICKNESS, columns, strict=True):
        x = np.linspace(0.0, WIDTH * scale, count + 1)
        eta = np.linspace(0.0, 1.0, 5)
        blocks.append(meshes.block(x, eta, base * scale, (base + thickness) * scale, first))
        base, first = base + thickness, first + len(blocks[-1].points)
    return Stack(blocks, conductivity)


def test_flat_stack_is_exact(record: Record) -> None:
    layers = [t / c for t, c in zip(THICKNESS, CONDUCTIVITY, strict=True)]
    stack = flat_stack()
    worst = np.zeros(3)
    for solution in in_series(stack, layers, WIDTH, worst):
        # where a metal with the finer face is tied to a poor conductor, the pattern of nodal
        # currents is known only to rounding over the shift of the solver (4e-7 measured)
        for interface in solution.interfaces:
            np.testing.assert_allclose(interface.current_density, 1e-5, rtol=2e-6)
        np.testing.assert_allclose(solution.current_density[:, 1], 1e-5, rtol=2e-6)
    name = "flat stack of three layers, non-matching, 1e-4 to 1e7 S/m"
    record(f"{name}: resistance", worst[0], 1e-10, "series circuit")
    record(f"{name}: current in = out", worst[1], 1e-10, "conservation")
    record(f"{name}: sum of parts", worst[2], 1e-10, "energy identity")


def test_deformed_stack_uses_the_current_thickness(record: Record) -> None:
    # origin: series circuit of the thicknesses after a uniform stretch
    stack = flat_stack()
    stretch = np.array([1.1, 0.8])
    move = stack.points * (stretch - 1.0)
    contacts = [stack.contact(i, 50.0, displacement=move) for i in range(2)]
    solution = stack.solve(contacts, area=1.1 * WIDTH, displacement=move)
    exact = 0.8 * sum(t / c for t, c in zip(THICKNESS, CONDUCTIVITY, strict=True)) + 100.0
    error = abs(solution.asr_total / exact - 1.0)
    record("flat stack, deformed: resistance", error, 1e-10, "series circuit")


def test_single_layer(record: Record) -> None:
    block = meshes.block(np.linspace(0.0, 10.0, 6), np.linspace(0.0, 1.0, 4), 0.0, 4.0)
    solution = Stack([block], [0.2]).solve([], area=10.0)
    error = abs(solution.asr_total / 20.0 - 1.0)  # 4 um / 0.2 S/m
    record("single layer: resistance", error, 1e-12, "thickness / conductivity")
    assert solution.balance_error < 1e-12


def test_potential_falls_upwards_for_positive_current() -> None:
    stack = flat_stack((1.0, 2.0, 4.0))
    solution = stack.solve([stack.contact(0, 3.0), stack.contact(1, 0.0)], area=WIDTH, density=2.0)
    y = stack.points[:, 1]
    # drops of 2 * (4, 3, 1, 0, 0.75) V from bottom to top, upper collector at zero
    knots = [0.0, 4.0, 4.0 + 1e-12, 6.0, 9.0]
    volts = [17.5, 9.5, 3.5, 1.5, 0.0]
    exact = np.interp(y, knots, volts)
    exact[stack.blocks[1].bottom] = 3.5
    np.testing.assert_allclose(solution.potential, exact, atol=1e-11)
    reverse = stack.solve([stack.contact(0, 3.0), stack.contact(1, 0.0)], area=WIDTH, density=-2.0)
    np.testing.assert_allclose(reverse.potential, -exact, atol=1e-11)
    assert reverse.interfaces[0].current_density == pytest.approx(-2.0)
    assert reverse.asr_total == pytest.approx(8.75)


def test_current_is_conserved_through_partial_contacts(record: Record) -> None:
    # no closed form needed: what enters must pass every interface and leave, at any contrast
    worst = identity = 0.0
    rng = np.random.default_rng(3)
    for low in 10.0 ** np.arange(-6.0, 7.0, 2.0):
        stack = flat_stack((low, 1.0, 1.08e7), columns=(31, 41, 37))
        contacts = [
            stack.contact(i, r, where=rng.random(42 if i == 0 else 38) < 0.3)
            for i, r in enumerate((0.0, 2e2))
        ]
        solution = stack.solve(contacts, area=WIDTH)
        worst = max(worst, solution.balance_error)
        identity = max(identity, abs(parts(solution) / solution.asr_total - 1.0))
        for interface in solution.interfaces:
            passed = interface.weights @ interface.current_density
            assert passed == pytest.approx(1e-5 * WIDTH, rel=1e-10)
    record(
        "random partial contacts, 1e-6 to 1e7 S/m: current in = out", worst, 1e-10, "conservation"
    )
    record("random partial contacts: sum of parts", identity, 1e-10, "energy identity")


def test_open_interface_is_an_open_circuit() -> None:
    stack = flat_stack()
    nothing = np.zeros(12, dtype=bool)
    solution = stack.solve([stack.contact(0, where=nothing), stack.contact(1, 5.0)], area=WIDTH)
    assert not solution.connected
    assert solution.open_interfaces == ("l0|l1",)
    assert solution.asr_total == np.inf
    assert solution.asr_interfaces["l0|l1"] == np.inf
    assert solution.asr_interfaces["l1|l2"] == pytest.approx(5.0)
    assert np.isnan(solution.asr_constriction)
    assert all(not i.current_density.any() for i in solution.interfaces)
    snapshot = solution.snapshot("press")
    assert snapshot.asr_total == np.inf
    # a contact that conducts nothing is as good as none
    blocked = stack.contact(0, np.full(12, np.inf))
    assert stack.solve([blocked, stack.contact(1)], area=WIDTH).asr_total == np.inf


def test_snapshot_holds_every_layer_in_mesh_order() -> None:
    stack = flat_stack()
    contacts = [stack.contact(0, 1.0), stack.contact(1, 1.0)]
    snapshot = stack.solve(contacts, area=WIDTH).snapshot("press", increment=2)
    solution = stack.solve(contacts, area=WIDTH)
    assert [layer.name for layer in snapshot.layers] == ["l0", "l1", "l2"]
    assert (snapshot.step, snapshot.increment) == ("press", 2)
    np.testing.assert_allclose(
        np.concatenate([layer.potential for layer in snapshot.layers]), solution.potential
    )
    assert [len(layer.current_density) for layer in snapshot.layers] == [
        len(block.cells) for block in stack.blocks
    ]
    assert [i.name for i in snapshot.interfaces] == ["l0|l1", "l1|l2"]


@pytest.mark.parametrize(("length", "volt", "ampere"), [(1e-6, 1e3, 1e-6), (1e3, 1e-3, 10.0)])
def test_units_change_nothing(length: float, volt: float, ampere: float, record: Record) -> None:
    # origin: the same stack in another consistent system of units
    def solve(m: float, v: float, a: float) -> tuple[float, float]:
        sigma = np.array([0.02, 3.0, 1e4]) * a / (v * m)
        stack = flat_stack(sigma.tolist(), scale=m)
        some = np.arange(12) < 5
        resistance = (0.0, 40.0 * v * m**2 / a)
        contacts = [
            stack.contact(0, resistance[0], where=some),
            stack.contact(1, resistance[1], where=np.arange(10) > 4),
        ]
        solution = stack.solve(contacts, area=WIDTH * m, density=1e-5 * a / m**2)
        return (
            solution.asr_total * a / (v * m**2),
            float(solution.interfaces[0].current_density.max() * m**2 / a),
        )

    there, here = solve(length, volt, ampere), solve(1.0, 1.0, 1.0)
    error = float(np.max(np.abs(np.array(there) / np.array(here) - 1.0)))
    record(f"conduction, lengths x {length:g}: change of results", error, 1e-10, "invariance")
