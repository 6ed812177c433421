# SPDX-License-Identifier: MIT
"""The state of a press is complete: whatever the next increment depends on is kept and restored."""

from __future__ import annotations

import dataclasses
import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import driving
import numpy as np
import pytest
import scipy.sparse as sp

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.drive.press import Press
from interfacefem.results import checkpoint
from interfacefem.results.checkpoint import Checkpoint, read_checkpoint, write_checkpoint

#: counters of work done in this process; they steer nothing
COUNTERS = {"solves", "substitutions"}
PRESSURES = (0.5, 2.0, 5.0, 1.0)  # [MPa]


def build(law: str | None = None) -> Press:
    """Return a press of rough lithium on a rough ceramic, with friction."""
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave),
        ifem.Interface(friction=0.2),
        ifem.Layer("anode", materials.get("Li", law=law), "4 um", flow_size="bulk"),
    )
    case = ifem.Case("tiny", stack, ifem.Protocol(ifem.Press(to="5 MPa")), current=None)
    return Press(case, ifem.build_mesh(case.stack, case.mesh))


def follow(press: Press, pressures: tuple[float, ...]) -> None:
    for pressure in pressures:
        driving.go_to(press, pressure)


def differences(one: Any, two: Any, place: str, seen: set[int]) -> Iterator[str]:
    """Yield the places where two presses differ by a bit; objects of the solver are passed over."""
    if id(one) in seen:
        return
    if isinstance(one, bool | int | float | str | None):
        if one != two and one == one:
            yield place
    elif isinstance(one, np.ndarray):
        if not np.array_equal(one, two, equal_nan=one.dtype.kind == "f"):
            yield place
    elif isinstance(one, list | tuple) and two is None:
        yield place
    elif isinstance(one, list | tuple):
        if len(one) != len(two):
            yield place
        for index, (a, b) in enumerate(zip(one, two, strict=False)):
            yield from differences(a, b, f"{place}[{index}]", seen)
    elif sp.issparse(one):
        if one.shape != two.shape or (one != two).nnz:
            yield place
    elif type(one).__module__.startswith("interfacefem"):
        seen.add(id(one))
        named = vars(one) if hasattr(one, "__dict__") else attrs.fields_dict(type(one))
        for name in named:
            if name not in COUNTERS:
                a, b = getattr(one, name), getattr(two, name)
                yield from differences(a, b, f"{place}.{name}", seen)


@pytest.fixture(scope="module")
def pressed() -> tuple[Press, dict[str, Any]]:
    """A press after a press and a release, and its state before the last increment of them."""
    press = build()
    states: list[dict[str, Any]] = []
    for pressure in PRESSURES:
        states.append(press.stored())
        driving.go_to(press, pressure, lambda *_: states.append(press.stored()))
    return press, states[-2]


def test_after_the_same_increment_nothing_differs(pressed: tuple[Press, dict[str, Any]]) -> None:
    first, state = pressed
    second = build()
    assert list(differences(first, build(), "press", set()))  # the comparison sees something
    second.restore(state)
    follow(second, PRESSURES[-1:])
    assert not list(differences(first, second, "press", set()))
    # it is the whole history that was at stake
    assert state["points/state"].max() > 0.01
    assert state["interfaces/electrolyte|anode/total_slip"].max() > 0.0
    assert state["interfaces/electrolyte|anode/shear"].any()


#: found anew before they matter, or, as the size of the last ordinary increment, in few cases
ANEW = {"work/elastic", "memory/error", "memory/ordinary", "memory/known", "memory/flaw"}
#: matters only while the platen is driven
DRIVEN = {
    "nodes/motion",
    *(f"memory/{name}" for name in ("advance", "stiffness")),
    *(f"points/{name}" for name in ("cp_change", "state_change", "steady")),
}


def test_any_part_that_is_left_out_is_missed(pressed: tuple[Press, dict[str, Any]]) -> None:
    first, state = pressed
    fresh = build().stored()
    # left out means as it is before the press
    used = {name for name in state if not np.array_equal(state[name], fresh[name])}
    assert len(used) > 10
    for name in used - ANEW - DRIVEN:
        second = build()
        second.restore(state | {name: fresh[name]})
        follow(second, PRESSURES[-1:])
        assert list(differences(first, second, "press", set())), name


def test_any_part_that_is_left_out_while_the_platen_is_driven_is_missed() -> None:
    first, states = build(), []
    driving.go_to(first, PRESSURES[0], lambda *_: states.append(first.stored()))
    # after two increments, of which the second went on with the flow of the first
    state, fresh = states[1], build().stored()
    for name in DRIVEN:
        assert not np.array_equal(state[name], fresh[name]), name
        second = build()
        second.restore(state | {name: fresh[name]})
        follow(second, PRESSURES[:1])
        assert list(differences(first, second, "press", set())), name


def in_time(on_accept: Callable[[Any], None], state: Any = None, first: int = 0) -> Any:
    """Press lithium that flows in time, hold and release; from a state, only what is left of it."""
    press = build("anand")
    if state is not None:
        press.restore(state)
    parts = SimpleNamespace(press=press, accepted=0, step=first)

    def accepted(attempt: Any, rejections: int) -> None:
        parts.accepted += 1
        on_accept(parts)

    steps = (
        lambda: driving.go_to(press, 2.0, accepted, rate=0.2),
        lambda: driving.hold(press, 40.0, accepted),
        lambda: driving.go_to(press, 0.5, accepted, rate=0.5),
    )
    for parts.step in range(first, len(steps)):
        steps[parts.step]()
    return parts


@pytest.mark.slow
def test_steps_in_time_are_continued() -> None:
    moments: list[tuple[int, dict[str, Any]]] = []
    whole = in_time(lambda parts: moments.append((parts.step, parts.press.stored())))
    counts = [[step for step, _ in moments].count(index) for index in range(3)]
    assert min(counts) >= 2
    # in the press, at its end, in the hold, at its end, in the release
    press, hold, _ = counts
    for index in (press // 2, press - 1, press, press + hold // 2, press + hold - 1, press + hold):
        step, state = moments[index]
        rest = in_time(lambda parts: None, state, step)
        assert rest.accepted == len(moments) - index - 1
        assert not list(differences(whole.press, rest.press, "press", set())), index
    assert state["points/plastic_rate"].any()


def test_arrays_are_in_the_order_of_the_mesh(pressed: tuple[Press, dict[str, Any]]) -> None:
    press = pressed[0]
    state = press.stored()
    bulk = press.problem.bulk
    assert state["nodes/displacement"].shape == press.mesh.points.shape
    # the top moves as one, which no other nodes do
    top = np.unique(press.mesh.boundaries["top"])
    assert np.all(state["nodes/displacement"][top, 1] == press.problem.platen)
    strain = state["points/state"].reshape(len(press.mesh.cells), 4, -1)[:, :, 0].mean(axis=1)
    assert strain == pytest.approx(bulk.cell_fields()["plastic_strain"], rel=1e-12)


def example() -> Checkpoint:
    arrays = {"force": np.array(3.0), "nodes/u": np.arange(6.0).reshape(3, 2)}
    return Checkpoint(
        run="a run",
        rows=4,
        step="press",
        step_index=0,
        increment=3,
        nominal_pressure=1.5,
        began_at=2.0,
        arrays=arrays,
    )


def test_a_checkpoint_comes_back(tmp_path: Path) -> None:
    assert read_checkpoint(tmp_path) is None
    sent = example()
    write_checkpoint(tmp_path, dataclasses.replace(sent, rows=3))
    write_checkpoint(tmp_path, sent)
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert list(found.arrays) == list(sent.arrays)
    for name, values in sent.arrays.items():
        assert np.array_equal(found.arrays[name], values)
    for field in dataclasses.fields(sent):
        if field.name != "arrays":
            assert getattr(found, field.name) == getattr(sent, field.name)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint.h5"]


def test_the_one_before_is_kept_where_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkpoint(tmp_path, example())

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("interfacefem.results.files.os.fsync", full)
    with pytest.raises(ifem.ResultsError, match=r"No space left on device.*interfacefem resume"):
        write_checkpoint(tmp_path, dataclasses.replace(example(), rows=5))
    found = read_checkpoint(tmp_path)
    assert found is not None
    assert found.rows == 4
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.FILE_NAME]
