# SPDX-License-Identifier: MIT
"""Edges of contact between the nodes: shares, levels, and what lies beside."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import post, surfaces
from interfacefem.contact.edges import (
    at_edge,
    edge_levels,
    highest_beside,
    touching_shares,
)
from interfacefem.fem.current.cover import shares_of_levels
from interfacefem.plots.painted import shares
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import example_increment, example_mesh, example_run
from interfacefem.results.example_3d import example_run_in_space

NAME = "electrolyte|anode"
LINE = np.column_stack([np.arange(7), np.arange(1, 8)])


def quads(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and faces of a square of unit faces."""
    line = np.arange(float(count))
    points = np.stack(np.meshgrid(line, line, [0.0], indexing="ij"), axis=-1).reshape(-1, 3)
    grid = np.arange(count**2).reshape(count, count)
    corners = (grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:])
    return points, np.column_stack([corner.ravel() for corner in corners])


def test_an_edge_half_a_face_beyond_its_node() -> None:
    # origin: the root of the distance from the edge; the area of the last node is then whole
    pressure = np.sqrt(np.clip(3.5 - np.arange(8.0), 0.0, None))
    assert touching_shares(pressure, LINE) == pytest.approx([1, 1, 1, 1, 0, 0, 0, 0], abs=1e-12)
    assert at_edge(pressure > 0.0, LINE).tolist() == [False] * 3 + [True] + [False] * 4
    assert highest_beside(pressure, LINE)[3:5] == pytest.approx([pressure[2], pressure[3]])
    # pressure that ends as high as it is, and a node alone, count whole
    flat = np.array([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 2.0, 0.0])
    assert touching_shares(flat, LINE).tolist() == [1, 1, 1, 1, 0, 0, 1, 0]
    assert touching_shares(np.zeros(8), LINE).tolist() == [0] * 8


@pytest.mark.parametrize("place", [2.55, 2.75, 3.0, 3.25, 3.5])
def test_the_zero_of_the_levels_is_the_edge(place: float) -> None:
    # origin: hat functions left of an edge between nodes 2 and 4, on a line and across quads
    pressure = np.where(np.arange(8.0) < 3.0, 1.4 - 0.2 * np.arange(8.0), 0.0)  # one at node 2
    pressure[3] = (place - 2.5) / np.sqrt(3.0)
    inside = np.clip(place - np.arange(8.0), -1.0, 1.0)
    exact = np.where(inside > 0.0, 1.0 - 0.5 * (1.0 - inside) ** 2, 0.5 * (1.0 + inside) ** 2)
    points = np.column_stack([np.arange(8.0), np.zeros(8)])
    found = shares_of_levels(points, LINE, edge_levels(pressure, LINE))
    assert found == pytest.approx(exact, abs=2e-3)
    points, faces = quads(8)
    area = np.repeat(pressure, 8)
    found = shares_of_levels(points, faces, edge_levels(area, faces)).reshape(8, 8)
    np.testing.assert_allclose(found, np.repeat(exact[:, None], 8, axis=1), atol=2e-3)
    # the other way round it is the same
    turned = shares_of_levels(points, faces, edge_levels(area[::-1], faces))
    np.testing.assert_allclose(turned[::-1], found.ravel(), atol=1e-12)


@pytest.mark.parametrize("place", [2.6, 2.75, 3.0, 3.25, 3.5])
def test_the_edge_of_a_face_that_flows(place: float) -> None:
    # origin: pressure even up to the edge, the gap a wedge whose tip is the edge
    nodes = np.arange(8.0)
    share = np.clip(place + 0.5 - nodes, 0.0, 1.0)
    gap = np.where(share > 0.0, 0.0, 0.2 * (nodes - place))
    for found in (touching_shares(share, LINE), touching_shares(share, LINE, gap)):
        assert found == pytest.approx(share, abs=1e-12)
    # the wedge knows better than a pressure that is uneven by the mesh
    noisy = share * np.array([1.0, 0.9, 1.1, 0.6, 0.0, 0.0, 0.0, 0.0])
    assert touching_shares(noisy, LINE, gap) == pytest.approx(share, abs=1e-12)
    # let go, gaps are next to nothing beside the edge, and the pressure decides
    gap[4] = 1e-6
    assert touching_shares(share, LINE, gap) == pytest.approx(share, abs=1e-4)
    # gaps that open like the power 3/2 are no wedge, nor are they where nothing lies opposite
    gap = np.where(share > 0.0, 0.0, np.clip(nodes - place, 0.0, None) ** 1.5)
    if place > 2.9:
        assert touching_shares(share, LINE, gap) == pytest.approx(share, abs=0.1)
    gap[4:] = np.inf
    assert touching_shares(share, LINE, gap) == pytest.approx(share, abs=1e-12)
    # across quads pressures decide, in either direction
    faces = quads(8)[1]
    area, apart = np.repeat(share, 8), np.repeat(0.2 * np.clip(nodes - 9.0, 0.0, None), 8)
    found = touching_shares(area, faces, apart).reshape(8, 8)
    np.testing.assert_allclose(found, np.repeat(share[:, None], 8, axis=1), atol=1e-12)
    turned = touching_shares(area[::-1], faces, apart[::-1])
    np.testing.assert_allclose(turned[::-1], found.ravel(), atol=1e-12)


def test_an_edge_may_run_across_the_faces_in_any_direction() -> None:
    # one straight edge turned: what touches is the same
    points, faces = quads(21)
    middle = (np.abs(points[:, :2] - 10.0) < 6.5).all(axis=1)

    def areas(angle: float, places: np.ndarray | None) -> np.ndarray:
        way, found = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))]), []
        for place in np.linspace(0.0, 0.9, 10):
            distance = 10.0 * way.sum() + place - points[:, :2] @ way
            pressure = np.sqrt(np.clip(distance, 0.0, None))
            exact = np.clip(distance + 0.5, 0.0, 1.0)[middle].sum()
            shares = touching_shares(pressure, faces, None, places)
            levels = shares_of_levels(points, faces, edge_levels(pressure, faces, None, places))
            found.append([shares[middle].sum() / exact, levels[middle].sum() / exact])
        return np.mean(found, axis=0)

    straight = areas(0.0, points)
    assert areas(0.0, None) == pytest.approx(straight, abs=1e-12)
    for angle in (20.0, 45.0, 70.0):
        # about 85 nodes touch and 13 lie at the edge: 0.01 is a fifteenth of a face
        assert areas(angle, points) == pytest.approx(straight, abs=0.01)
    # pressure that is even, or highest at the edge, does not turn the direction
    even = np.where(points[:, 0] < 10.5, 1.0, 0.0)
    for peak in (1.0, 1.3):
        even[points[:, 0] == 10.0] = peak
        levels = edge_levels(even, faces, None, points).reshape(21, 21)
        np.testing.assert_allclose(levels[9:13, 10], [1.5, 0.5, -0.5, -1.5], atol=1e-12)
    assert (straight - areas(45.0, None) > 0.015).all()  # what highest neighbours are off by


def pattern(kind: str, points: np.ndarray) -> np.ndarray:
    """Return a symmetric pressure in units of the mesh: what mirrors leave undecided."""
    x, y = points[:, 0] - 6.0, points[:, 1] - 6.0
    if kind == "one row":
        return (x == 0.0).astype(float)
    if kind == "two rows":
        return ((x == 0.0) | (x == 1.0)).astype(float)
    if kind == "one node":
        return ((x == 0.0) & (y == 0.0)).astype(float)
    if kind == "four nodes":
        return (((x == 0.0) | (x == 1.0)) & ((y == 0.0) | (y == 1.0))).astype(float)
    if kind == "even square":
        return ((np.abs(x) < 3.0) & (np.abs(y) < 3.0)).astype(float)
    return np.sqrt(np.clip(3.2**2 - x**2 - y**2, 0.0, None))


@pytest.mark.parametrize(
    "kind", ["one row", "two rows", "one node", "four nodes", "even square", "spot"]
)
def test_round_off_does_not_turn_an_edge(kind: str) -> None:
    points, faces = quads(13)
    pressure = pattern(kind, points)
    shares = touching_shares(pressure, faces, None, points)
    levels = edge_levels(pressure, faces, None, points)
    rng = np.random.default_rng(0)
    for _ in range(5):
        near = pressure * (1.0 + 1e-14 * rng.standard_normal(len(pressure)))
        moved = points + 1e-14 * rng.standard_normal(points.shape)
        np.testing.assert_allclose(touching_shares(near, faces, None, moved), shares, atol=1e-6)
        np.testing.assert_allclose(edge_levels(near, faces, None, moved), levels, atol=1e-6)


@pytest.mark.parametrize("make", [example_run, example_run_in_space])
def test_shares_of_a_stored_interface(make: Callable[..., Results], tmp_path: Path) -> None:
    with make(tmp_path / "run", increments=1) as results:
        state = results.interface(results.interfaces[0]).at("press")
        found = post.contact_shares(state)
        touching = np.asarray(state.in_contact.values, dtype=bool)
        assert (found.values[~touching] == 0.0).all()
        assert 0.0 < found.mean() < state.in_contact.mean()
        assert post.contact_fraction(state) == found.mean()
        assert results.history.of("contact_fraction", results.interfaces[0])[0] == found.mean()
        assert ((found.values > 0.0) & (found.values < 1.0)).any()
        assert found.label == "contact share [-]"


def test_what_touches_what_bonds_hold_and_what_is_open_is_all(tmp_path: Path) -> None:
    mesh = example_mesh(6)
    snapshot = example_increment(mesh, "press", 0, 0, 20.0)
    random = np.random.default_rng(0)
    adhering = []
    for part in snapshot.interfaces:
        count = len(part.gap)
        intact = random.random(count)
        nothing = np.zeros(count)
        adhering.append(
            dataclasses.replace(
                part, bonded=np.ones(count), intact=intact, damage=1.0 - intact,
                adhesion=nothing, mode_mix=nothing, separation_energy=nothing,
            )
        )  # fmt: skip
    with ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh) as writer:
        writer.append(dataclasses.replace(snapshot, interfaces=tuple(adhering)))
    with Results.open(tmp_path / "run") as results:
        for name in results.interfaces:
            state, history = results.interface(name).at("press"), results.history
            touching = np.asarray(post.contact_shares(state).values)
            assert ((touching > 0.0) & (touching < 1.0)).any()
            held = (1.0 - touching) * state.field("intact").values @ state.weights
            whole = history.of("contact_fraction", name) + history.of("open_fraction", name)
            assert whole[0] + held / state.weights.sum() == pytest.approx(1.0, abs=1e-12)
            # in pictures, bonds that live at all
            apart = 1.0 - history.of("contact_fraction", name)[0]
            assert shares(state).endswith(f"{apart:.0%} held by bonds")


def released(folder: Path, top: ifem.Topography | None, edge: str) -> Results:
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "5 um", top=top),
        ifem.Interface(resistance="2 ohm*cm^2"),
        ifem.Layer("anode", "Li", "5 um"),
        width=None if top is not None else "5 um",
    )
    protocol = ifem.Protocol(ifem.Press(to="3 MPa"), ifem.Release(to="1 MPa"))
    case = ifem.Case("known", stack, protocol, mesh=ifem.MeshSize(edge))
    return case.run(folder, listeners=())


def test_how_well_a_resistance_is_known_stands_beside_it(tmp_path: Path) -> None:
    wave = surfaces.sinusoid("5 um", amplitude="0.5 um", wavelength="10 um")
    with (
        released(tmp_path / "coarse", wave, "0.5 um") as coarse,
        released(tmp_path / "fine", wave, "0.25 um") as fine,
    ):
        for step in coarse.steps:
            one, two = coarse.current(step), fine.current(step)
            assert 0.01 < one.asr_uncertainty / one.asr_total < 1.0
            error = abs(one.asr_total - two.asr_total)
            assert error < one.asr_uncertainty + two.asr_uncertainty
        # a face that was let go lies fractions of a nanometre off the node beside the last one
        touching, gap = (
            getattr(coarse.interface(NAME).at("release"), name).values
            for name in ("in_contact", "gap")
        )
        assert (~touching & (gap < 5e-4)).any()
        assert math.isnan(coarse.current("press", 0).asr_uncertainty)  # ends of steps only
        assert "+/-" in coarse.summary()


def test_a_face_in_contact_all_over_has_no_edge(tmp_path: Path) -> None:
    with released(tmp_path / "flat", None, "1 um") as flat:
        assert flat.current("release").asr_uncertainty == 0.0
