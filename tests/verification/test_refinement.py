"""Finer studies of the verification problems: do their errors fall with the mesh? (campaign)"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from test_elastic_contact import line_contact
from test_patch import curved_error
from test_plasticity import punch

from interfacefem.fem.mechanics import Load
from interfacefem.materials.models import Elastic
from interfacefem.reference import plasticity

Record = Callable[[str, float, float, str], None]

pytestmark = pytest.mark.campaign


def test_curved_interface_at_twice_the_resolution(record: Record) -> None:
    errors = np.array([curved_error(Elastic(5000.0, 0.36), n) for n in (2, 4, 8)])
    rates = np.log2(errors[:-1, 0] / errors[1:, 0])
    origin = "homogeneous contraction"
    record("curved interface (64 on 88 edges): L2 error", errors[-1, 0], 0.005, origin)
    record("curved interface (64 on 88 edges): largest error", errors[-1, 1], 0.015, origin)
    record("curved interface, finer: 1 - rate", 1.0 - float(rates.min()), 0.05, "first order")


def test_punch_with_an_edge_of_a_128th(record: Record) -> None:
    load = punch(1 / 128, (28, 40), 40)[1]
    error = load / plasticity.prandtl_pressure(1.0) - 1.0
    record("Prandtl's punch, corner edge 1/128: limit load", abs(error), 0.008, "Prandtl (1920)")


def test_hertz_error_falls_with_the_edge(record: Record) -> None:
    errors = []
    for edges in (20.0, 40.0, 80.0):
        model, exact = line_contact(edges, slave_above=False)
        for part in (0.1, 0.4, 1.0):
            model.step(Load(force=0.5 * part * exact.force))
        x = model.points[model.interface.slave_nodes, 0]
        reference = exact.pressure(x)
        error = model.weights @ (model.interface.pressure - reference) ** 2
        errors.append(float(np.sqrt(error / (model.weights @ reference**2))))
    rate = float(np.log2(errors[0] / errors[-1]) / 2.0)
    record("Hertz line, 80 edges per half-width: L2 of pressure", errors[-1], 0.006, "Hertz (1882)")
    record("Hertz line: 1 - rate of the L2 error", 1.0 - rate, 0.2, "first order at the edge")
