"""Frictionless elastic contact against Hertz (line) and Westergaard (one wave)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import meshes
from interfacefem.fem.contact.setup import ContactSettings
from interfacefem.fem.mechanics import AugmentationLimits, Load
from interfacefem.materials.models import Elastic
from interfacefem.reference import hertz
from interfacefem.reference.westergaard import WavyContact

Record = Callable[[str, float, float, str], None]

SOFT = Elastic(5000.0, 0.36)
STIFF = Elastic(1e5, 0.2)
CONTACT_MODULUS = hertz.contact_modulus((5000.0, 0.36), (1e5, 0.2))
EDGES = 70.0  # slave edges per half-width of the contact
TIGHT = AugmentationLimits(tolerance=1e-8, max_augmentations=20)


def line_contact(edges: float, *, slave_above: bool) -> tuple[meshes.Pair, hertz.LineContact]:
    """Half of a parabolic cylinder (above, stiff) on a block (soft), half-width 1 at the end.

    Domain 50 half-widths wide and high on both sides of the contact: Hertz' half spaces are off by
    (a/L)^2, here 4e-4. ``edges`` per half-width on the slave. The edges of the softer body are the
    shorter ones (factor 0.6): a stiff slave with the finer mesh forces its facets on the other side
    and its nodal pressures swing by several per cent, which is of the method.
    """
    size, radius = 50.0, 1000.0

    def columns(edge: float) -> np.ndarray:
        fine = np.arange(0.0, 1.4 + edge, edge)
        return np.concatenate([fine, fine[-1] + meshes.graded(size - fine[-1], edge, 22)[1:]])

    edge = 1.0 / edges
    eta = meshes.graded(1.0, edge / size, 26)
    widths = (0.6 * edge, edge) if slave_above else (edge, edge / 0.6)
    lower = meshes.block(columns(widths[0]), 1.0 - eta[::-1], -size, 0.0)
    upper = meshes.block(
        columns(widths[1]), eta, lambda x: x**2 / (2.0 * radius), size, len(lower.points)
    )
    settings = ContactSettings(shear_penalty=0.1, penalty=3.0 * 5000.0 / edge, gap_tolerance=1e-8)
    model = meshes.pair(
        lower, upper, (SOFT, STIFF), settings, upper_is_slave=slave_above, limits=TIGHT
    )
    force = np.pi * CONTACT_MODULUS / (4.0 * radius)
    return model, hertz.LineContact(force, radius, CONTACT_MODULUS)


@pytest.mark.parametrize("slave_above", [False, True])
def test_hertz_line_contact(slave_above: bool, record: Record) -> None:
    model, exact = line_contact(EDGES, slave_above=slave_above)
    assert exact.half_width == pytest.approx(1.0, rel=1e-12)
    for part in (0.1, 0.4, 1.0):
        model.step(Load(force=0.5 * part * exact.force))  # half of the symmetric problem
    x = model.points[model.interface.slave_nodes, 0]
    pressure = model.interface.pressure
    reference = exact.pressure(x)
    error = model.weights @ (pressure - reference) ** 2 / (model.weights @ reference**2)
    side = "stiff" if slave_above else "soft"
    origin = "Hertz (1882)"
    record(
        f"Hertz line, slave {side}: p0", abs(pressure[0] / exact.peak_pressure - 1.0), 0.005, origin
    )
    record(f"Hertz line, slave {side}: L2 of pressure", float(np.sqrt(error)), 0.01, origin)
    assert abs(x[pressure > 0.0].max() - 1.0) <= 1.0 / EDGES


def wavy_contact(edges: int) -> tuple[meshes.Pair, WavyContact]:
    """Half a wave (wavelength 2, walls at crest and valley) on a flat, slopes of 3e-4."""
    exact = WavyContact(1e-4, 2.0, CONTACT_MODULUS)
    eta = meshes.graded(1.0, 1.0 / edges / 3.0, 22)
    lower = meshes.block(np.linspace(0.0, 1.0, edges + 1), 1.0 - eta[::-1], -3.0, 0.0)

    def face(x: np.ndarray) -> np.ndarray:
        return exact.amplitude * (1.0 - np.cos(np.pi * x))

    columns = np.linspace(0.0, 1.0, round(edges * 0.75) + 1)
    upper = meshes.block(columns, eta, face, 3.0, len(lower.points))
    settings = ContactSettings(shear_penalty=0.1, penalty=3.0 * 5000.0 * edges, gap_tolerance=1e-9)
    return meshes.pair(
        lower, upper, (SOFT, STIFF), settings, upper_is_slave=False, limits=TIGHT
    ), exact


def edge_of_pressure(x: np.ndarray, pressure: np.ndarray) -> float:
    """Edge of contact with sub-edge accuracy.

    The square of the pressure falls to zero linearly at an edge. A parabola is fitted to it at the
    seven nodes before the last one in contact and followed to its zero.
    """
    last = int(np.flatnonzero(pressure > 0.0)[-1])
    nodes = slice(last - 7, last)
    fit = np.polynomial.Polynomial.fit(x[nodes], pressure[nodes] ** 2, 2)
    roots = fit.roots()
    return float(roots[np.argmin(np.abs(roots - x[last]))].real)


def test_wavy_surface_of_westergaard(record: Record) -> None:
    model, exact = wavy_contact(96)
    complete = exact.complete_contact_pressure
    x = model.points[model.interface.slave_nodes, 0]
    origin = "Westergaard (1939)"
    for part in (0.1, 0.3, 0.5, 0.7, 0.9):
        model.step(Load(force=part * complete))
        width = edge_of_pressure(x, model.interface.pressure)
        error = abs(width / exact.half_width(part * complete) - 1.0)
        record(f"wavy surface, p/p* = {part}: contact width", error, 0.02, origin)
        reference = exact.pressure(x, part * complete)
        error = (
            model.weights
            @ (model.interface.pressure - reference) ** 2
            / (model.weights @ reference**2)
        )
        assert np.sqrt(error) < 0.02
    # in complete contact the smallest pressure is p - p*, so p* is what is left of p
    model.step(Load(force=1.2 * complete))
    measured = 1.2 * complete - model.interface.pressure.min()
    assert model.interface.pressure.min() > 0.0
    record("wavy surface: load of complete contact", abs(measured / complete - 1.0), 0.01, origin)
    # and it opens again on the way back, between 1.02 p* and 0.98 p*
    model.step(Load(force=1.02 * complete))
    assert model.interface.pressure.min() > 0.0
    model.step(Load(force=0.98 * complete))
    assert model.interface.pressure.min() == 0.0
