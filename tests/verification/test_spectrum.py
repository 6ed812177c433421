"""Impedance spectra against series circuits, closed forms, and what holds of any passive circuit.

Origins: layers and interfaces in series; the conformal map of a strip; the relations of Kramers and
Kronig; Foster's circuits of resistors and capacitors.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from current_stacks import Stack as Blocks
from test_current_constriction import PERIOD, SIGMA, strip
from test_current_space import AREA
from test_current_space import flat_stack as flat_in_space
from test_current_stack import CONDUCTIVITY, THICKNESS, WIDTH, flat_stack

import meshes
from interfacefem.errors import MeshError
from interfacefem.fem.current import alternating, spectrum
from interfacefem.fem.current.electric import ElectricContact
from interfacefem.fem.current.spectrum import Impedance, Stack, capacitance
from interfacefem.materials import Dielectric
from interfacefem.materials.dielectric import VACUUM
from interfacefem.post import relaxation_times
from interfacefem.reference import constriction

Record = Callable[[str, float, float, str], None]

#: grains and boundaries, a metal, grains only
LAYERS = (
    Dielectric(relative_permittivity=40.0, grain_boundary_share=0.3),
    Dielectric(),
    Dielectric(relative_permittivity=12.0),
)
#: area resistance [V um^2/uA] and double layer [uA s/(V um^2)] of the interfaces
RESISTANCE, DOUBLE_LAYER = (200.0, 3e4), (1e-8, 3e-9)


def swept(
    stack: Blocks,
    contacts: Sequence[ElectricContact],
    gaps: Sequence[float],
    frequency: np.ndarray,
    *,
    area: float,
    layers: Sequence[Dielectric] | None = None,
    double_layer: Sequence[float] = DOUBLE_LAYER,
) -> Impedance:
    """Impedance of blocks as they are, with one gap and one double layer an interface."""
    of = [
        capacitance(contact, np.full(len(contact.in_contact), gap), c)
        for contact, gap, c in zip(contacts, gaps, double_layer, strict=False)
    ]
    dielectrics = [Dielectric()] * len(stack.blocks) if layers is None else layers
    whole = Stack(stack.problem, np.zeros_like(stack.points), area, dielectrics)
    return whole.impedance(contacts, of, frequency)


def test_flat_stack_is_its_series_circuit(record: Record) -> None:
    frequency = np.logspace(-2, 12, 40)
    omega = 2.0 * np.pi * frequency
    # of each layer grains and boundaries, of each interface one resistor and one capacitor
    layers = np.zeros(len(omega), dtype=complex)
    for thickness, sigma, item in zip(THICKNESS, CONDUCTIVITY, LAYERS, strict=True):
        x, grains = item.share, item.relative_permittivity or 0.0
        layers += thickness / (sigma / (1.0 - x) + 1j * omega * VACUUM * grains)
        if x:
            layers += thickness / (sigma / x + 1j * omega * VACUUM * 3.6e3)
    interfaces = sum(
        1.0 / (1.0 / r + 1j * omega * c) for r, c in zip(RESISTANCE, DOUBLE_LAYER, strict=True)
    )
    errors, losses = [], []
    both = (False, True)
    for (stack, area), slave_above in itertools.product(
        ((flat_stack(), WIDTH), (flat_in_space(), AREA)), both
    ):
        contacts = [stack.contact(i, r, slave_above=slave_above) for i, r in enumerate(RESISTANCE)]
        found = swept(stack, contacts, (0.0, 0.0), frequency, area=area, layers=LAYERS)
        errors += [np.abs(found.whole / (layers + interfaces) - 1.0).max()]
        errors += [np.abs(found.without_transfer / layers - 1.0).max()]
        errors += [np.abs(found.layers / layers - 1.0).max()]
        losses += [found.balance_error.max()]
        steady = [t / s for t, s in zip(THICKNESS, CONDUCTIVITY, strict=True)]
        np.testing.assert_allclose(found.steady_layers, steady, rtol=1e-12)
        assert found.steady == pytest.approx(sum(steady) + sum(RESISTANCE), rel=1e-10)
    name = "spectrum of flat stacks in 2D and 3D, 1e-4 to 1e7 S/m, 40 frequencies to 1e12 Hz"
    record(f"{name}: impedance", max(errors), 1e-10, "series circuit")
    record(f"{name}: current in = out", max(losses), 1e-10, "conservation")


def test_strip_contact_between_its_limits(record: Record) -> None:
    # open beside the strip: a gap that bridges it at high frequency
    stack, where = strip(3.0, 20)
    contact = stack.contact(0, where=where)
    gap = 0.1
    relaxes = SIGMA[1] * gap / (2.0 * np.pi * VACUUM * PERIOD)
    frequency = relaxes * np.logspace(-6, 6, 25)
    found = swept(stack, [contact], [gap], frequency, area=PERIOD)
    resistivities = 1.0 / SIGMA[0] + 1.0 / SIGMA[1]
    exact = constriction.strip_resistance(resistivities, 3.0, PERIOD) * 2.0 * PERIOD
    bulk = 2.0 * PERIOD * resistivities
    squeezed = found.whole - found.layers
    name = "spectrum of a strip contact"
    record(f"{name}: constriction at 1e-6 of its frequency", abs(squeezed[0] / exact - 1.0), 0.01,
           "conformal map")  # fmt: skip
    steady = stack.solve([contact], area=PERIOD)
    assert abs(found.whole[0].real / steady.asr_total - 1.0) < 1e-9
    assert found.steady == pytest.approx(steady.asr_total, rel=1e-12)
    record(f"{name}: constriction left at 1e6 of it", abs(squeezed[-1]) / exact, 1e-4, "limit")
    assert abs(found.whole[-1] / bulk - 1.0) < 1e-4
    record(f"{name}: current in = out", found.balance_error.max(), 1e-10, "conservation")
    # the arc of constriction relaxes where it should, within a decade
    top = frequency[np.argmax(-squeezed.imag)]
    assert 0.1 < top / relaxes < 10.0
    # no resistance in the strip: no charge transfer
    np.testing.assert_array_equal(found.without_transfer, found.whole)


def rough() -> tuple[Impedance, np.ndarray, float]:
    """A spectrum with everything: random places in contact, films, gaps, two arcs of the layers."""
    random = np.random.default_rng(5)
    stack = flat_stack((1e-2, 1e7, 0.2), columns=(24, 31, 19))
    contacts = []
    for index in range(2):
        faces = stack.contact(index)
        where = random.random(len(faces.in_contact)) < 0.4
        film = 10.0 ** random.uniform(0.0, 4.0, len(where))
        contacts.append(stack.contact(index, film, where=where))
    frequency = np.logspace(-4, 14, 361)
    found = swept(stack, contacts, (0.2, 0.05), frequency, area=WIDTH, layers=LAYERS)
    return found, frequency, stack.solve(contacts, area=WIDTH).asr_total


def test_spectrum_is_that_of_resistors_and_capacitors(record: Record) -> None:
    found, frequency, direct = rough()
    z, step = found.whole, np.log(frequency[1] / frequency[0])
    assert abs(z[0] / direct - 1.0) < 1e-6
    assert found.balance_error.max() < 1e-10
    for part in (z, found.without_transfer, found.layers):
        # of Foster's circuits: real part and magnitude fall, and no part is negative
        assert (np.diff(part.real) <= 1e-12 * direct).all()
        assert (np.diff(np.abs(part)) <= 1e-12 * direct).all()
        assert part.real.min() >= 0.0
        assert part.imag.max() <= 0.0
    # area under the imaginary part, and the real part from the imaginary one
    lost = 2.0 / np.pi * step * float(-z.imag.sum())
    record("spectrum of a rough stack: area under the imaginary part",
           abs(lost / (direct - z.real[-1]) - 1.0), 1e-4, "Kramers and Kronig")  # fmt: skip
    # every second frequency carries the integral, those in between are predicted
    given, wanted = slice(0, None, 2), slice(121, 241, 2)
    x, y = frequency[given], frequency[wanted]
    kernel = x**2 / (x**2 - y[:, None] ** 2)
    real = z.real[-1] - 2.0 / np.pi * 2.0 * step * (kernel @ z.imag[given])
    error = np.abs(real - z.real[wanted]).max() / direct
    record("spectrum of a rough stack: real part from the imaginary one", error, 1e-3,
           "Kramers and Kronig")  # fmt: skip
    times = relaxation_times(frequency[::9], z[::9])
    record("spectrum of a rough stack: what relaxation times leave", times.residual, 5e-3,
           "Foster")  # fmt: skip
    assert times.total == pytest.approx(direct, rel=1e-3)
    assert times.elastance == 0.0


def test_forty_frequencies_cost_less_than_three_times_forty_direct_solutions(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 3,300 nodes and a third of the faces in contact, as many as a section of a cell has
    random = np.random.default_rng(3)
    stack = flat_stack((1e-2, 1e7, 0.2), columns=(220, 240, 200))
    contacts = []
    for index, resistance in enumerate(RESISTANCE):
        where = random.random(len(stack.contact(index).in_contact)) < 1.0 / 3.0
        contacts.append(stack.contact(index, resistance, where=where))
    made = {"splu": 0, "lu_factor": 0}
    for name in made:
        original = getattr(alternating, name)

        def counted(*given: Any, _name: str = name, _original: Any = original, **more: Any) -> Any:
            made[_name] += 1
            return _original(*given, **more)

        monkeypatch.setattr(alternating, name, counted)
    frequency = np.logspace(-2, 7, 40)
    begin = time.process_time()
    found = swept(stack, contacts, (0.2, 0.05), frequency, area=WIDTH, layers=LAYERS)
    spent = time.process_time() - begin
    begin = time.process_time()
    for _ in range(10):
        stack.solve(contacts, area=WIDTH)
    direct = 4.0 * (time.process_time() - begin)
    assert found.balance_error.max() < 1e-10
    # each layer once; with the resistance of the contacts and without, a factor a frequency
    assert made == {"splu": 3, "lu_factor": 80}
    record("40 frequencies over 40 direct solutions: time", spent / direct, 3.0, "clock")


def test_parts_of_a_place_conduct_beside_its_gap() -> None:
    # half of each node: as many halves of both admittances
    stack = flat_stack((0.2, 0.1, 0.3), columns=(6, 6, 6))
    half = [
        ElectricContact(**{**vars(c), "share": np.full(len(c.in_contact), 0.5)})
        for c in (stack.contact(0, 50.0), stack.contact(1, 70.0))
    ]
    frequency = np.array([1e2, 1e5, 1e7])
    found = swept(stack, half, (0.4, 0.4), frequency, area=WIDTH)
    omega = 2.0 * np.pi * frequency
    exact = sum(t / s for t, s in zip(THICKNESS, (0.2, 0.1, 0.3), strict=True)) + sum(
        1.0 / (0.5 / r + 1j * omega * (0.5 * c + 0.5 * VACUUM / 0.4))
        for r, c in zip((50.0, 70.0), DOUBLE_LAYER, strict=True)
    )
    np.testing.assert_allclose(found.whole, exact, rtol=1e-10)


def test_open_interface_blocks_and_its_gap_has_a_floor() -> None:
    stack = flat_stack((0.2, 0.1, 0.3), columns=(6, 6, 6))
    shut = [stack.contact(0, 5.0), stack.contact(1)]
    apart = ElectricContact(**{**vars(shut[1]), "in_contact": np.zeros(7, dtype=bool)})
    frequency = np.array([1e-3, 1.0, 1e6])
    for gap, least in ((0.5, 0.5), (0.0, spectrum.CLOSED_GAP), (-1e-6, spectrum.CLOSED_GAP)):
        found = swept(stack, [shut[0], apart], (0.0, gap), frequency, area=WIDTH)
        assert found.steady == np.inf
        series = found.whole - least / (2j * np.pi * frequency * VACUUM)
        exact = sum(t / s for t, s in zip(THICKNESS, (0.2, 0.1, 0.3), strict=True)) + 5.0 / (
            1.0 + 2j * np.pi * frequency * 5.0 * DOUBLE_LAYER[0]
        )
        # what is left where the gap has a million times more
        np.testing.assert_allclose(series[-1], exact[-1], rtol=1e-8)
        blocks = exact[0] + least / (2j * np.pi * frequency[0] * VACUUM)
        np.testing.assert_allclose(found.whole[0], blocks, rtol=1e-9)
    with pytest.raises(MeshError, match=r"interface 'l1\|l2'.*choose a step"):
        swept(stack, [shut[0], apart], (0.0, np.inf), frequency, area=WIDTH)


def test_one_layer_alone_and_a_body_of_revolution() -> None:
    frequency = np.array([1.0, 1e8])
    x, eta = np.linspace(0.0, 4.0, 6), np.linspace(0.0, 1.0, 4)
    item = Dielectric(relative_permittivity=30.0)
    admittivity = 0.5 + 2j * np.pi * frequency * VACUUM * 30.0
    for axisymmetric, area in ((False, 4.0), (True, 16.0 * np.pi)):
        alone = Blocks([meshes.block(x, eta, 0.0, 2.0)], [0.5], axisymmetric)
        found = swept(alone, [], [], frequency, area=area, layers=[item])
        np.testing.assert_allclose(found.whole, 2.0 / admittivity, rtol=1e-11)
        np.testing.assert_allclose(found.layers, 2.0 / admittivity, rtol=1e-11)


def test_conductivity_that_varies_inside_a_layer_scales_its_admittivity() -> None:
    # half of the height with twice the conductivity: the layer is 3/4 of itself
    x, eta = np.linspace(0.0, 4.0, 6), np.linspace(0.0, 1.0, 5)
    block = meshes.block(x, eta, 0.0, 2.0)
    alone = Blocks([block], [0.5])
    middle = block.points[block.cells, 1].mean(axis=1)
    alone.problem.vary(np.where(middle > 1.0, 2.0, 1.0))
    item = Dielectric(relative_permittivity=30.0)
    frequency = np.array([1.0, 1e8])
    found = swept(alone, [], [], frequency, area=4.0, layers=[item])
    admittivity = 0.5 + 2j * np.pi * frequency * VACUUM * 30.0
    np.testing.assert_allclose(found.whole, 0.75 * 2.0 / admittivity, rtol=1e-11)


def test_order_of_frequencies_and_of_interfaces_does_not_matter() -> None:
    stack = flat_stack(columns=(6, 8, 7))
    contacts = [stack.contact(i, r) for i, r in enumerate(RESISTANCE)]
    frequency = np.array([1e1, 1e6, 1e11])
    one = swept(stack, contacts, (0.0, 0.0), frequency, area=WIDTH, layers=LAYERS)
    for order in itertools.permutations(range(2)):
        mixed = [contacts[i] for i in order]
        capacities = [DOUBLE_LAYER[i] for i in order]
        two = swept(
            stack, mixed, (0.0, 0.0), frequency[::-1], area=WIDTH, layers=LAYERS,
            double_layer=capacities,
        )  # fmt: skip
        np.testing.assert_allclose(two.whole[::-1], one.whole, rtol=1e-12)
