# SPDX-License-Identifier: MIT
"""Currents under charge-transfer kinetics: one dimension, shifted potentials, Wagner's limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from current_stacks import Stack, parts
from scipy.optimize import brentq
from test_current_constriction import strip
from test_current_stack import THICKNESS, WIDTH, flat_stack

from interfacefem.contact.kinetics import ChargeTransfer, ElectrodeKinetics, thermal_voltage
from interfacefem.fem.current.electric import ElectricContact
from interfacefem.reference import constriction

Record = Callable[[str, float, float, str], None]

T, MOLAR = 298.15, 13.0
RT_F = 8.314462618 * T / 96485.33212
HALF = 10.0  # half of the period of the strips [um]


def kinetics(
    i0: float, *, alpha: float = 0.5, upper: bool = False, **law: str
) -> ElectrodeKinetics:
    transfer = ChargeTransfer(i0, anodic_coefficient=alpha, stress_shift=True, **law)  # type: ignore[arg-type]
    return ElectrodeKinetics(transfer, T, upper, MOLAR)


def under(
    contact: ElectricContact, law: ElectrodeKinetics, pressure: np.ndarray
) -> ElectricContact:
    return replace(contact, kinetics=law, rest=law.equilibrium(pressure))


@pytest.mark.parametrize("upper", [False, True])
def test_one_dimension(upper: bool, record: Record) -> None:
    # origin: layers, film, charge transfer and V_m p / F in series; for one half the law has the
    # closed inverse 2 RT/F asinh(j / 2 i0), else its root is found by bisection
    sigma = (0.1, 1.08e7, 0.2)
    stack = flat_stack(sigma)
    ohmic = sum(t / s for t, s in zip(THICKNESS, sigma, strict=True)) + 200.0
    shift = (1.0 if upper else -1.0) * MOLAR / 96485.33212 * 10.0
    worst = balance = 0.0
    for alpha in (0.5, 0.3):
        for density in (1e-8, 1e-5, -1e-5, 3e-3, -3e-3):
            anodic = -density if upper else density

            def rest(x: float, a: float = alpha, y: float = anodic / 1e-5) -> float:
                return np.exp(a * x) - np.exp((a - 1.0) * x) - y

            exact = brentq(rest, -60.0, 60.0, xtol=1e-14, rtol=1e-14)
            if alpha == 0.5:
                exact = 2.0 * np.arcsinh(0.5 * anodic / 1e-5)
            drop = RT_F * exact * (-1.0 if upper else 1.0)
            law = kinetics(1e-5, alpha=alpha, upper=upper)
            contact = under(stack.contact(0, 200.0), law, np.full(12, 10.0))
            solution = stack.solve([contact, stack.contact(1)], area=WIDTH, density=density)
            voltage = ohmic * density + drop + shift
            worst = max(worst, abs(solution.voltage / voltage - 1.0))
            balance = max(balance, solution.balance_error)
            assert solution.asr_total == pytest.approx(ohmic + drop / density, rel=1e-8)
            assert parts(solution) == pytest.approx(solution.asr_total, rel=1e-9)
    where = "upper" if upper else "lower"
    record(
        f"Butler-Volmer in one dimension, {where} electrode: voltage", worst, 1e-8, "closed form"
    )
    record(f"Butler-Volmer in one dimension, {where} electrode: current", balance, 1e-10, "kept")


def test_pressed_spots_drive_current_through_others(record: Record) -> None:
    # origin: layers that conduct so well that all spots have one overpotential, less V_m p / F:
    # the shares of two pressures are the root of one equation
    stack = flat_stack((1e6, 1e6, 1e6))
    contact = stack.contact(0)
    share = contact.pairing.weights / contact.pairing.weights.sum()
    pressed = np.arange(12) < 5
    law = kinetics(1e-4)
    contact = under(contact, law, np.where(pressed, 187.0, 5.0))
    solution = stack.solve([contact, stack.contact(1)], area=WIDTH, density=1e-6)
    shift = MOLAR / 96485.33212 * np.where(pressed, 187.0, 5.0)

    def densities(level: float) -> np.ndarray:
        return 2e-4 * np.sinh(0.5 * (level + shift) / RT_F)

    level = brentq(lambda v: share @ densities(v) - 1e-6, -0.1, 0.1, xtol=1e-16)
    found = solution.interfaces[0].current_density
    assert found.min() < -1e-6 < 1e-5 < found.max()  # the net current is small beside them
    error = np.abs(found - densities(level)).max() / np.abs(found).max()
    record("shifted equilibrium of pressed spots: current density", error, 1e-6, "closed form")


def test_every_node_obeys_its_law_far_from_equilibrium(record: Record) -> None:
    # no closed form needed: potentials and currents must satisfy the law at each node
    rng = np.random.default_rng(5)
    stack = flat_stack((0.02, 3.0, 0.5), columns=(31, 41, 37))
    pressure = rng.random(42) * 200.0
    law = kinetics(1e-9, alpha=0.35, upper=True)
    touching = rng.random(42) < 0.4
    contact = under(stack.contact(0, 40.0, where=touching), law, pressure)
    solution = stack.solve([contact, stack.contact(1, 7.0)], area=WIDTH, density=1e-3)
    density = solution.interfaces[0].current_density
    jump = contact.pairing.projection @ solution.potential[contact.master_nodes]
    jump = jump - solution.potential[contact.slave_nodes]  # the slave is the upper face
    expected = 40.0 * density + law.overpotential(density) + law.equilibrium(pressure)
    error = np.abs((jump - expected)[touching]).max() / np.abs(jump[touching]).max()
    record("Butler-Volmer, random contacts, a million i0: law at nodes", error, 1e-8, "the law")


def even_flux(x: np.ndarray, a: float, depth: float) -> tuple[np.ndarray, float]:
    """Potential of an even current through a strip over conductivity and mean current, by Fourier.

    Returns its deviation from the mean on the strip, and that mean: the constriction [um].
    """
    k = np.arange(1, 4000) * np.pi / HALF
    flux = 2.0 * np.sin(k * a) / (k * a) * np.tanh(k * depth) / k
    level = float(flux @ (np.sin(k * a) / (k * a)))
    return np.cos(np.outer(x, k)) @ flux - level, level


def wagner_strip(number: float, **law: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Strip on an electrolyte under a metal: places and relative currents, constriction [um].

    ``number`` is Wagner's: the slope of the kinetics over what half the strip's width costs in
    the electrolyte.
    """
    half_width, sigma, density = 3.0, 0.2, 1e-5
    stack, where = strip(half_width, 16)
    stack = Stack(stack.blocks, (sigma, 1e7))
    local = density * HALF / half_width
    slope = number * half_width / sigma
    i0 = RT_F / slope
    if not law:  # Tafel's: the slope at the local current is 2 RT/F / sqrt(j^2 + 4 i0^2)
        i0 = 0.5 * np.sqrt((2.0 * RT_F / slope) ** 2 - local**2)
    model = kinetics(i0, **law)
    contact = replace(stack.contact(0, where=where), kinetics=model)
    solution = stack.solve([contact], area=HALF, density=density)
    x = stack.points[contact.slave_nodes, 0][where]
    relative = solution.interfaces[0].current_density[where]
    # the rim's node reaches half an edge too far
    weights = contact.pairing.weights[where]
    relative = relative / (weights @ relative / weights.sum())
    return x, relative, solution.asr_constriction * sigma


def test_wagner_limits(record: Record) -> None:
    # origin: small numbers give the primary distribution (conformal map), large ones an even
    # current whose first deviation is its own potential (Fourier series)
    primary = constriction.strip_excess_length(3.0, HALF)
    x, relative, found = wagner_strip(1e-6, law="linear")
    record("Wagner number 1e-6: constriction", abs(found / primary - 1.0), 0.02, "conformal map")
    assert relative.max() > 3.0
    deviation, even = even_flux(x, 3.0, 20.0)
    for name, number, law in (
        ("linear", 1e4, {"law": "linear"}),
        ("Butler-Volmer", 100.0, {}),
    ):
        x, relative, found = wagner_strip(number, **law)
        error = abs(found / even - 1.0)
        record(f"Wagner number {number:g}, {name}: constriction", error, 0.01, "Fourier series")
        # relative current 1 - (phi - mean) / (slope j): the mean current is 3/10 of the local one
        first = -deviation * (3.0 / HALF) / (number * 3.0)
        inner = x < 2.7  # at the rim the node stands for half of its surroundings
        error = np.abs(relative - 1.0 - first)[inner].max() / np.abs(first).max()
        record(f"Wagner number {number:g}, {name}: first deviation", error, 0.05, "Fourier series")


def test_units_change_nothing(record: Record) -> None:
    # origin: the same stack in another system of lengths and currents; the volt is that of RT/F
    def solve(m: float, a: float) -> tuple[float, float]:
        stack = flat_stack([s * a / m for s in (0.02, 3.0, 5.0)], scale=m)
        law = kinetics(1e-6 * a / m**2, law="butler_volmer")
        contact = replace(
            stack.contact(0, 40.0 * m**2 / a, where=np.arange(12) < 5),
            kinetics=law,
            rest=np.linspace(-0.02, 0.01, 12),
        )
        solution = stack.solve([contact, stack.contact(1)], area=WIDTH * m, density=1e-5 * a / m**2)
        return solution.voltage, float(solution.interfaces[0].current_density.max() * m**2 / a)

    there, here = solve(1e-3, 1e2), solve(1.0, 1.0)
    error = float(np.max(np.abs(np.array(there) / np.array(here) - 1.0)))
    record("Butler-Volmer, lengths x 0.001: change of results", error, 1e-9, "invariance")


def test_no_contact_is_an_open_circuit_with_kinetics() -> None:
    stack = flat_stack()
    law = kinetics(1e-5)
    closed = replace(stack.contact(0, 3.0), kinetics=law)
    nothing = stack.contact(1, where=np.zeros(10, dtype=bool))
    solution = stack.solve([closed, nothing], area=WIDTH)
    assert solution.open_interfaces == ("l1|l2",)
    expected = 3.0 + thermal_voltage(T) / 1e-5
    assert solution.asr_interfaces["l0|l1"] == pytest.approx(expected)
