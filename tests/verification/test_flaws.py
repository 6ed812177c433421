# SPDX-License-Identifier: MIT
"""Flaws, notches and fracture: from finite elements to the risk table, against closed forms.

The bodies are those of the package; their stress goes through a stored run, as that of a press.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

import interfacefem as ifem
import meshes
from interfacefem import post
from interfacefem.fem.bulk.bodies import Bulk
from interfacefem.materials import Elastic, Material, Value
from interfacefem.reference import fracture
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import ExampleMesh, Faces, accepted
from interfacefem.results.snapshot import InterfaceSnapshot, LayerSnapshot

Record = Callable[[str, float, float, str], None]

LAW = Elastic(1e5, 0.2)
PLANE_STRAIN = 1e5 / (1.0 - 0.2**2)
RADIUS, TENSION = 10.0, 1.0


def solved(bulk: Bulk, force: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Displacement under small loads, by one linear solution."""
    bulk.residual(np.zeros(bulk.size), tangent=True)
    indptr, indices, values = bulk.jacobian().getValuesCSR()
    stiffness = sp.csr_matrix((values, indices, indptr)).tocsc()
    free = np.setdiff1d(np.arange(bulk.size), fixed)
    u = np.zeros(bulk.size)
    u[free] = spsolve(stiffness[free][:, free], force[free])
    return u


def crack_energy(depth: float, load: Callable[[np.ndarray], np.ndarray], step: float) -> float:
    """Elastic energy of half a half-plane with pressure on the face of an edge crack, per depth.

    The crack is along x = 0 and ends ``depth`` below the face y = 0; the load is given over depth.
    """
    size = 40.0
    x = meshes.graded(size, step, 34)
    below = 1.0 + meshes.graded(size - 1.0, step, 34)
    y = -np.unique(np.concatenate([np.arange(0.0, 1.2, step), below[below > 1.2]]).round(12))[::-1]
    body = meshes.block(x, (y - y[0]) / -y[0], y[0], 0.0)
    bulk = Bulk(body.points, body.cells, np.zeros(len(body.cells), int), [LAW])
    height = body.points[body.left, 1]
    open_ = height > -depth + 1e-9
    force = np.zeros(bulk.size)
    for one, two in zip(body.left[:-1], body.left[1:], strict=True):
        ends = body.points[[one, two], 1]
        edge = ends[1] - ends[0]
        at = load(-ends)
        for node, share in ((one, (2 * at[0] + at[1]) / 6), (two, (at[0] + 2 * at[1]) / 6)):
            force[bulk.node_dofs[node, 0]] += share * edge
    d = bulk.node_dofs
    fixed = np.concatenate([d[body.left[~open_], 0], d[body.bottom, 1]])
    u = solved(bulk, force, fixed)
    return 0.5 * float(force @ u)


@pytest.mark.parametrize(
    ("name", "load", "factor"),
    [
        ("uniform", lambda y: np.where(y < 1.0 + 1e-9, 1.0, 0.0), fracture.UNIFORM),
        ("falling to the tip", lambda y: np.clip(1.0 - y, 0.0, None), fracture.FALLING),
    ],
)
def test_pressurised_edge_flaw_by_energy_release(
    name: str, load: Callable[[np.ndarray], np.ndarray], factor: float, record: Record
) -> None:
    # G is the change of the elastic energy with the length of the crack at constant load; both
    # halves of the body, depth 1 um
    step = 1.0 / 30.0
    energies = [crack_energy(1.0 + side * step, load, step) for side in (-1, 1)]
    release = 2.0 * (energies[1] - energies[0]) / (2.0 * step)
    measured = math.sqrt(PLANE_STRAIN * release)
    origin = "Tada, Paris and Irwin (2000)"
    error = abs(measured / (factor * math.sqrt(math.pi)) - 1.0)
    record(f"edge flaw, pressure {name}: K of the body by energy release", error, 0.02, origin)
    places, weights = fracture.edge_flaw_rule()
    rule = float(load(places) @ weights)
    record(
        f"edge flaw, pressure {name}: weight function against the body", abs(rule / measured - 1.0),
        0.02, "energy release of the body",
    )  # fmt: skip


def kirsch(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Stress (n, 3) xx, yy, xy around a round hole under tension along x (Kirsch 1898)."""
    r, t = np.hypot(x, y), np.arctan2(y, x)
    q = (RADIUS / r) ** 2
    radial = 0.5 * (1 - q) + 0.5 * (1 - 4 * q + 3 * q**2) * np.cos(2 * t)
    hoop = 0.5 * (1 + q) - 0.5 * (1 + 3 * q**2) * np.cos(2 * t)
    shear = -0.5 * (1 + 2 * q - 3 * q**2) * np.sin(2 * t)
    c, s = np.cos(t), np.sin(t)
    xx = radial * c**2 + hoop * s**2 - 2 * shear * s * c
    yy = radial * s**2 + hoop * c**2 + 2 * shear * s * c
    xy = (radial - hoop) * s * c + shear * (c**2 - s**2)
    return TENSION * np.column_stack([xx, yy, xy])


def notched_run(folder: Path) -> Results:
    """Store a quarter of a plate with a round hole under tension as the lower layer of a run."""
    around, outer = 48, 15.0
    # cells of R/80 at the hole, and as long as they are wide from there on
    radius = RADIUS + meshes.graded((outer - 1.0) * RADIUS, RADIUS / 80.0, 60)
    angle = np.linspace(-0.5 * np.pi, 0.0, around + 1)
    ring = meshes.quarter_ring(1.0, 2.0, len(radius) - 1, around)
    points = np.column_stack(
        [np.outer(radius, np.cos(angle)).ravel(), np.outer(radius, np.sin(angle)).ravel()]
    )
    bulk = Bulk(points, ring.cells, np.zeros(len(ring.cells), int), [LAW])
    rim = ring.grid[-1]
    xx, yy, xy = kirsch(*points[rim].T).T
    c, s = np.cos(angle), np.sin(angle)
    traction = np.column_stack([xx * c + xy * s, xy * c + yy * s])
    force = np.zeros(bulk.size)
    for k in range(around):
        length = float(np.linalg.norm(points[rim[k + 1]] - points[rim[k]]))
        one, two = traction[k], traction[k + 1]
        force[bulk.node_dofs[rim[k]]] += length * (2 * one + two) / 6
        force[bulk.node_dofs[rim[k + 1]]] += length * (one + 2 * two) / 6
    d = bulk.node_dofs
    fixed = np.concatenate([d[ring.grid[:, 0], 0], d[ring.grid[:, -1], 1]])
    bulk.residual(solved(bulk, force, fixed))
    bulk.accept()
    fields = bulk.cell_fields()

    hole = points[ring.grid[0]]
    inner = len(points) + np.arange(2 * (around + 1)).reshape(2, -1)  # a row of cells in the hole
    rows = [inner[1, :-1], inner[1, 1:], inner[0, 1:], inner[0, :-1]]
    mesh = ExampleMesh(
        points=np.vstack([points, hole, 0.8 * hole]),
        cells=np.vstack([ring.cells, np.column_stack(rows)]),
        cell_layer=np.repeat([0, 1], [len(ring.cells), around]),
        layer_names=("plate", "plug"),
        interfaces={
            "plate|plug": Faces(
                np.column_stack([ring.grid[0, :-1], ring.grid[0, 1:]]),
                np.column_stack([inner[0, :-1], inner[0, 1:]]),
            )
        },
        boundaries={},
    )

    def layer(name: str, nodes: int, cells: int, stress: np.ndarray, most: np.ndarray) -> object:
        return LayerSnapshot(
            name=name,
            displacement=np.zeros((nodes, 2)),
            von_mises_stress=np.zeros(cells),
            plastic_strain=np.zeros(cells),
            mean_stress=np.zeros(cells),
            max_principal_stress=most,
            stress=stress,
        )

    nothing = np.zeros(around + 1)
    face = InterfaceSnapshot(
        name="plate|plug",
        points_reference=hole,
        points=hole,
        weights=np.ones(around + 1),
        contact_pressure=nothing,
        gap=nothing,
        shear_traction=nothing,
        slip=nothing,
        in_contact=nothing > 0.0,
    )
    count = len(ring.cells)
    layers = (
        layer("plate", len(points), count, fields["stress"], fields["max_principal_stress"]),
        layer("plug", 2 * (around + 1), around, np.zeros((around, 4)), np.zeros(around)),
    )
    records = {
        "tensile_strength": Value(2.0, "MPa", 1.0, 4.0, 298.15, "round", "L", True),
        "fracture_toughness": Value(8.0, "MPa*um^0.5", 4.0, 16.0, 298.15, "round", "L", True),
    }
    materials = {
        "plate": Material("ceramic", LAW, records=records, brittle=True),
        "plug": Material("other", LAW, brittle=True),
    }
    with ResultsWriter.create(folder, case={"name": "n"}, mesh=mesh, materials=materials) as writer:
        writer.append(accepted("pull", 0, 0, 1.0, (face,), layers))
    return Results.open(folder)


def test_round_notch_under_remote_tension(tmp_path: Path, record: Record) -> None:
    results = notched_run(tmp_path / "run")
    origin = "Kirsch (1898)"
    rows = {row.cause: row for row in post.overpressing(results, depth=2.0) if "plate" in row.place}
    tension = rows["over-pressing: tension"]
    record("round notch: largest tension", abs(tension.value / 3.0 - 1.0), 0.02, origin)
    assert tension.ratio == pytest.approx(tension.value / 2.0)

    for depth in (1.0, 2.0, 4.0):
        found = post.stress_intensity(results, "plate", "plate|plug", "pull", depth=depth)
        places, weights = fracture.edge_flaw_rule(40)
        below = -RADIUS - depth * places
        along = kirsch(np.zeros_like(below), below)[:, 0]
        expected = math.sqrt(depth) * float(along @ weights) / 1000.0
        error = abs(found.max() / expected - 1.0)
        record(f"round notch: K of a flaw of R/{RADIUS / depth:g}", error, 0.02, origin)
        root = int(np.argmin(np.hypot(found.x, found.points[:, 1] + RADIUS)))
        assert found.values[root] > 0.995 * found.max()  # at the bottom of the notch
        if depth == 1.0:
            # The face is taken for flat: Bowie's crack of R/10 at a round hole has 2.73 (Paris and
            # Sih 1965, ASTM STP 381), this one 9 % more.
            bowie = 2.73 * TENSION * math.sqrt(math.pi * depth) / 1000.0
            assert 0.05 < found.max() / bowie - 1.0 < 0.12
    flaw = rows["over-pressing: flaw"]
    assert flaw.unit == "MPa m^0.5"
    assert flaw.threshold == pytest.approx(0.008)
    assert flaw.ratio == pytest.approx(flaw.value / 0.008)


def test_pressurised_flaw_of_a_run(tmp_path: Path, record: Record) -> None:
    # flat lithium on flat LLZO in a die without friction: the pressure is uniform, the ceramic is
    # in uniaxial strain and pushes back with nu / (1 - nu) of it along the face
    case = ifem.Case(
        "flat",
        ifem.Stack(
            ifem.Layer("electrolyte", "LLZO", "6 um"),
            ifem.Layer("anode", "Li", "6 um"),
            width="6 um",
        ),
        ifem.Protocol(ifem.Press(to="10 MPa", name="low"), ifem.Press(to="50 MPa", name="high")),
        mesh=ifem.MeshSize("0.5 um"),
        current=None,
    )
    results = case.run(tmp_path / "run", listeners=())
    poisson = results.materials["electrolyte"].law.poissons_ratio
    open_ = 1.0 - poisson / (1.0 - poisson)
    for step, pressure in (("low", 10.0), ("high", 50.0)):
        (each,) = post.short_circuit(results, step, depth="1 um")
        assert each.metal is not None
        expected = fracture.edge_flaw_intensity(open_ * pressure, 1.0) / 1000.0
        error = float(np.abs(each.metal.filled.values / expected - 1.0).max())
        record(
            f"flat press to {pressure:g} MPa: K of a flaw with the metal in it", error, 0.02,
            "uniaxial strain, Tada",
        )  # fmt: skip
        assert each.dry.max() < 0.0  # shut without it
        # a slit of 1 um by 0.1 um is propped open far above these pressures
        flow = 2.0 * 0.8 / math.sqrt(3.0) * 1.0 / 0.1
        assert each.metal.intrusion.values == pytest.approx(pressure - flow, rel=1e-3)
    cause = "over-pressing: flaw with metal in it"
    window = post.pressure_window(results, causes=[cause], depth="1 um")
    limits = results.materials["electrolyte"].value("fracture_toughness")
    ratio = fracture.edge_flaw_intensity(open_ * 50.0, 1.0) / limits.value
    assert window.damage[cause][1, 1] == pytest.approx(ratio, rel=0.02)
