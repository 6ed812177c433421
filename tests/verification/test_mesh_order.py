"""Numbers of nodes and cells say nothing: a mesh in another order gives the same run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import post, surfaces
from interfacefem.contact.kinetics import ChargeTransfer
from interfacefem.drive import run as simulation
from interfacefem.meshing import StackMesh, build_mesh, own
from interfacefem.meshing.faces import InterfaceFaces
from interfacefem.results import Results

Record = Callable[[str, float, float, str], None]

#: what a clock says, errors that are round-off themselves, and how the equations were solved
NO_NUMBERS = ("wall_time", "force_balance_error", "current_balance_error", "newton_iterations")
LOAD = [ifem.Press(to="1 MPa"), ifem.Release(to="0.5 MPa")]


def reordered(stack: ifem.Stack, size: ifem.MeshSize, protocol: ifem.Protocol) -> StackMesh:
    """The mesh of a stack with nodes and cells numbered at random."""
    mesh = build_mesh(stack, size, protocol)
    random = np.random.default_rng(5)
    place = random.permutation(len(mesh.points))  # new number of each node
    cells = random.permutation(len(mesh.cells))
    return dataclasses.replace(
        mesh,
        points=mesh.points[np.argsort(place)],
        cells=place[mesh.cells[cells]],
        cell_layer=mesh.cell_layer[cells],
        interfaces={
            name: InterfaceFaces(place[faces.lower], place[faces.upper])
            for name, faces in mesh.interfaces.items()
        },
        boundaries={name: place[edges] for name, edges in mesh.boundaries.items()},
    )


def rough_cell(*last: object) -> ifem.Case:
    """Lithium bonded to a rough electrolyte, with friction and kinetics of charge transfer."""
    rough = surfaces.self_affine(
        "4 um", hurst=0.8, rms_height="30 nm", long_cutoff="4 um", short_cutoff="2 um", seed=3
    )
    joint = ifem.Interface(
        friction=0.2,
        charge_transfer=ChargeTransfer("2 mA/cm^2", law="butler_volmer", stress_shift=True),
        adhesion=ifem.Adhesion("0.5 MPa", "0.05 J/m^2"),
    )
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=rough),
        joint,
        ifem.Layer("anode", "Li", "4 um", flow_size="bulk"),
    )
    return ifem.Case("order", stack, ifem.Protocol(*LOAD, *last), mesh=ifem.MeshSize("0.25 um"))


def history(results: Results) -> np.ndarray:
    """Every number of every increment, in columns."""
    names = [name for name in results.history.columns if name not in NO_NUMBERS]
    columns = [np.asarray(results.history[name]) for name in names]
    return np.array([c for c in columns if c.dtype.kind in "fiub"], dtype=float).T


def risks(results: Results, folder: Path) -> tuple[list[str], np.ndarray]:
    """Words and numbers of the tables of risks and of short circuits."""
    words, numbers = [], []
    for name, table in (("risk", post.risk_table(results)), ("short", post.short_circuit(results))):
        text = table.to_csv(folder / f"{name}.csv").read_text(encoding="utf-8")
        for cell in text.replace("\n", ",").split(","):
            try:
                numbers.append(float(cell))
            except ValueError:
                words.append(cell)
    return words, np.array(numbers)


def apart(one: np.ndarray, two: np.ndarray) -> float:
    """Largest difference relative to the largest value of its column."""
    assert one.shape == two.shape
    np.testing.assert_array_equal(np.isfinite(one), np.isfinite(two))
    one, two = np.nan_to_num(one), np.nan_to_num(two)
    scale = np.maximum(np.abs(one).max(axis=0), 1e-30)
    return float((np.abs(one - two).max(axis=0) / scale).max())


@pytest.mark.slow
@pytest.mark.parametrize(
    "last",
    [
        (ifem.Cycle("0.5 mA/cm^2", "0.002 mAh/cm^2", increments=2), ifem.PullOff("0.05 um")),
        pytest.param((ifem.Shear("0.05 um"),), marks=pytest.mark.campaign),
    ],
    ids=["cycled and pulled off", "sheared"],
)
def test_order_of_the_mesh_changes_nothing(
    last: tuple[object, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record: Record,
) -> None:
    # origin: the same problem; sums in another order, and what Newton's method leaves
    case = rough_cell(*last)
    plain = simulation.run_case(case, tmp_path / "plain")
    monkeypatch.setattr(own, "build_mesh", reordered)
    mixed = simulation.run_case(case, tmp_path / "mixed")
    assert (plain.status, mixed.status) == ("complete", "complete")
    name = f"nodes and cells in another order, {type(last[-1]).__name__}: "
    record(name + "history", apart(history(plain), history(mixed)), 1e-6, "the same problem")
    faces = [run.interface("electrolyte|anode").at(run.steps[-1]) for run in (plain, mixed)]
    fields = [
        np.column_stack(
            [f.points, f.gap.values, f.contact_pressure.values, f.shear_traction.values]
        )
        for f in faces
    ]
    record(name + "faces", apart(*fields), 1e-6, "the same problem")
    (words, one), (same, two) = risks(plain, tmp_path), risks(mixed, tmp_path)
    assert words == same
    assert len(one) > 10
    record(name + "risks", apart(one[None], two[None]), 1e-5, "the same problem")
