# SPDX-License-Identifier: MIT
"""Elastic waves on coarse meshes: contact and constriction with edges between the nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import meshes_3d
import numpy as np
import pytest
from current_stacks import Stack
from meshes_3d import MODULUS, pressed_by_rigid
from test_elastic_contact import wavy_contact

from interfacefem.contact.edges import edge_levels, face_sizes, touching_shares
from interfacefem.fem.current.cover import shares_of_levels
from interfacefem.fem.current.numbers import EDGES_KNOWN
from interfacefem.fem.mechanics import Load
from interfacefem.reference import constriction
from meshes import graded

Record = Callable[[str, float, float, str], None]
SIGMA = (0.2, 0.05)


def contact_and_constriction(edges: int, loads: np.ndarray) -> np.ndarray:
    """Errors of the contact fraction, whole and in part, and relative ones of the constriction.

    Half a wave of length 2 with so many edges; loads over that of complete contact.
    """
    model, exact = wavy_contact(edges)
    stack = Stack([model.lower, model.upper], SIGMA)
    rows = []
    for part in loads:
        load = part * exact.complete_contact_pressure
        model.step(Load(force=load))
        interface, fraction = model.interface, exact.half_width(load)
        pressure, faces = interface.pressure, interface.slave_faces
        points, weights = model.points[interface.slave_nodes], model.weights / model.weights.sum()
        whole = pressure > 0.0
        share = shares_of_levels(points, faces, edge_levels(pressure, faces))
        excess = constriction.strip_resistance(sum(1.0 / s for s in SIGMA), fraction, 1.0) * 2.0
        errors = [weights @ whole - fraction, weights @ touching_shares(pressure, faces) - fraction]
        contact = stack.contact(0, slave_above=False, where=whole)
        parts = replace(
            contact, in_contact=share > 0.0, share=share, sizes=face_sizes(points, faces)
        )
        for one in (contact, parts):
            errors.append(stack.solve([one], area=1.0).asr_constriction / excess - 1.0)
        rows.append(errors)
    return np.array(rows)


def test_errors_of_the_constriction_are_within_what_is_said(record: Record) -> None:
    # origin: as below; a quarter of a face further in and out, as Conduction.uncertainty does
    over = []
    for edges in (4, 10):
        model, exact = wavy_contact(edges)
        stack = Stack([model.lower, model.upper], SIGMA)
        for part in np.linspace(0.2, 0.7, 6):
            load = part * exact.complete_contact_pressure
            model.step(Load(force=load))
            pressure, faces = model.interface.pressure, model.interface.slave_faces
            points = model.points[model.interface.slave_nodes]
            share = shares_of_levels(points, faces, edge_levels(pressure, faces))
            ends = (share > 0.0) & (share < 1.0)
            assert ends.any()
            contact = stack.contact(0, slave_above=False, where=pressure > 0.0)
            found = []
            further = [np.where(ends, 0.5 * (share + whole), share) for whole in (0.0, 1.0)]
            for one in (share, *further):
                parts = replace(
                    contact, in_contact=one > 0.0, share=one, sizes=face_sizes(points, faces)
                )
                found.append(stack.solve([parts], area=1.0).asr_constriction)
            width = exact.half_width(load)
            true = constriction.strip_resistance(sum(1.0 / s for s in SIGMA), width, 1.0) * 2.0
            over.append(abs(found[0] - true) / (EDGES_KNOWN * 0.5 * abs(found[1] - found[2])))
    record("constriction: error over the stated uncertainty", max(over), 1.0, "conformal map")
    assert max(over) > 0.2  # and it is not stated far too large


def test_waves_on_coarse_meshes(record: Record) -> None:
    # origin: Westergaard's wave, and the strip of its width; a node that counts whole is for
    # comparison. Loads so that the edge lies anywhere between nodes
    found = contact_and_constriction(10, np.linspace(0.15, 0.75, 9))
    mean, spread = found.mean(axis=0), np.sqrt((found**2).mean(axis=0))
    origin = "Westergaard (1939)"
    record("wave, 20 edges: contact fraction, mean error", abs(float(mean[1])), 0.01, origin)
    record("wave, 20 edges: contact fraction, rms error", float(spread[1]), 0.015, origin)
    record("wave, 20 edges: constriction, rms error", float(spread[3]), 0.04, "conformal map")
    coarse = contact_and_constriction(4, np.linspace(0.2, 0.8, 9))
    mean = coarse.mean(axis=0)
    record("wave, 8 edges: contact fraction, mean error", abs(float(mean[1])), 0.015, origin)
    # what counting whole is off by
    assert mean[0] > 0.08
    assert spread[0] > 3.0 * spread[1]
    assert spread[2] > 3.0 * spread[3]


@pytest.mark.slow
def test_round_spots_on_coarse_meshes(record: Record) -> None:
    # origin: Hertz; the edge runs across the faces in every direction. A quarter of the spot
    radius, fine, depth = 100.0, 6, 80.0
    edge = 1.0 / fine
    inner = np.arange(9) * edge
    x = np.concatenate([inner, (inner[-1] + graded(depth - inner[-1], 1.2 * edge, 12))[1:]])
    block = meshes_3d.box(x, x, 1.0 - graded(depth, edge, 14)[::-1] / depth, 0.0, depth)

    def sphere(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return depth + 0.5 * np.minimum(x**2 + y**2, 9.0) / radius

    columns = np.concatenate([np.arange(0.0, 2.0, 0.5 * edge), graded(78.0, 0.5, 6) + 2.0])
    model = pressed_by_rigid(block, sphere, columns, edge)
    found = []
    for spot in np.array([3.3, 4.0, 4.6, 5.3, 6.0]) * edge:
        model.step(Load(force=MODULUS * spot**3 / (3.0 * radius)))
        pressure, faces = model.interface.pressure, model.interface.slave_faces
        points = model.points[model.interface.slave_nodes]
        share = touching_shares(pressure, faces, None, points)
        levels = shares_of_levels(points, faces, edge_levels(pressure, faces, None, points))
        exact = 0.25 * np.pi * spot**2
        areas = [model.weights @ each for each in (pressure > 0.0, share, levels)]
        found.append(np.array(areas) / exact - 1.0)
    worst, mean = np.abs(found).max(axis=0), np.mean(found, axis=0)
    record("round spot, 3 to 6 edges a radius: contact area", float(worst[1]), 0.02, "Hertz")
    record("round spot, 3 to 6 edges a radius: as for currents", float(worst[2]), 0.03, "Hertz")
    assert mean[0] > 0.1  # what counting whole is off by
