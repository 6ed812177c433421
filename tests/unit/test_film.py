# SPDX-License-Identifier: MIT
"""A film on a metal: what breaks it, that it stays broken, and what the current pays for it."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import contact, materials, surfaces
from interfacefem.contact.base import FilmPoints
from interfacefem.contact.film import in_series
from interfacefem.drive.run import run_case
from interfacefem.errors import CaseError, MaterialError
from interfacefem.fem.contact.films import FilmOnFace, FilmState, areas
from interfacefem.fem.current.cover import shares_above_zero
from interfacefem.sweep.inputs import changed, find_input

NAME = "ceramic|Li"
CLEAN, WHOLE = 3.0, 40.0  # [ohm cm^2]
STEPS = (ifem.Press("1 MPa"), ifem.Press("3 MPa", name="more"), ifem.Release("0.5 MPa"))


def flat(film: contact.SurfaceFilm | None, *steps: Any) -> ifem.Case:
    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li3OCl", "4 um"),
        ifem.Interface(resistance=f"{CLEAN} ohm*cm^2", film=film),
        ifem.Layer("Li", "Li", "4 um"),
        width="6 um",
    )
    mesh = ifem.MeshSize("2 um")
    return ifem.Case("film", stack, ifem.Protocol(*(steps or STEPS)), mesh=mesh)


def test_below_its_pressure_a_film_blocks_above_it_is_gone_and_stays_so(tmp_path: Path) -> None:
    results = flat(contact.Film(breaks_at="2 MPa")).run(tmp_path, listeners=())
    history = results.history
    broken, found = history[f"film_broken_fraction[{NAME}]"], history[f"asr[{NAME}]"]
    before = np.maximum.accumulate(history["nominal_pressure"]) < 2.0
    assert before.any()
    assert (history["nominal_pressure"][~before] < 2.0).any()  # released, and still broken
    np.testing.assert_array_equal(broken, np.where(before, 0.0, 1.0))
    assert np.isinf(found[before]).all()
    np.testing.assert_allclose(found[~before], CLEAN, rtol=1e-8)
    assert "Films, at the end of each step" in results.summary()
    assert results.interface(NAME).at("release").field("film_broken").mean() == 1.0


def test_a_film_that_leaks_is_in_series_with_the_interface(tmp_path: Path) -> None:
    film = contact.Film(breaks_at="2 MPa", resistance=f"{WHOLE} ohm*cm^2")
    history = flat(film).run(tmp_path, listeners=()).history
    wanted = np.where(history[f"film_broken_fraction[{NAME}]"] == 1.0, CLEAN, CLEAN + WHOLE)
    assert set(wanted) == {CLEAN, CLEAN + WHOLE}
    np.testing.assert_allclose(history[f"asr[{NAME}]"], wanted, rtol=1e-8)


def test_a_run_that_goes_on_remembers_what_is_broken(tmp_path: Path) -> None:
    """Pressed, released and pressed again, in one run and in two."""
    film = contact.Film(breaks_at="2 MPa", resistance=f"{WHOLE} ohm*cm^2")
    last = ifem.Press("1.5 MPa", name="again")
    whole = flat(film, *STEPS, last).run(tmp_path / "whole", listeners=())
    flat(film).run(tmp_path / "first", listeners=())
    case = flat(film, *STEPS, last)
    start = (tmp_path / "first", "release")
    case = ifem.Case("film", case.stack, ifem.Protocol(last), mesh=case.mesh, start=start)
    second = case.run(tmp_path / "second", listeners=())
    rows = whole.history["step"] == "again"
    for name in (f"asr[{NAME}]", f"film_broken_fraction[{NAME}]"):
        np.testing.assert_array_equal(second.history[name][-1], whole.history[name][rows][-1])
    np.testing.assert_allclose(second.history[f"asr[{NAME}]"], CLEAN, rtol=1e-8)


class Stop:
    """Ends a run after a number of increments."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_increment(self, *_: Any) -> None:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


def test_a_run_that_was_cut_off_resumes_with_the_film_as_it_was(tmp_path: Path) -> None:
    film = contact.Film(breaks_at="2 MPa", resistance=f"{WHOLE} ohm*cm^2")
    whole = flat(film).run(tmp_path / "whole", listeners=()).history
    after = int(np.flatnonzero(whole["step"] == "release")[0]) + 1
    stopped = run_case(flat(film), tmp_path / "cut", listeners=[Stop(after)])
    assert stopped.status != "complete"
    resumed = ifem.resume(tmp_path / "cut", listeners=())
    assert resumed.status == "complete"
    for name in (f"asr[{NAME}]", f"film_broken_fraction[{NAME}]", "nominal_pressure"):
        np.testing.assert_array_equal(resumed.history[name], whole[name])


def test_on_a_wave_in_full_contact_it_breaks_where_the_pressure_is_known(tmp_path: Path) -> None:
    """Full contact of a wave: p = mean + pi E* A / wavelength cos (Johnson 1985, 13.2)."""
    modulus, wave, height, mean, limit = 2e4, 4.0, 0.001, 20.0, 24.0
    solids = [
        materials.Material(name, materials.Elastic(value, 0.0), ionic_conductivity="1 mS/cm")
        for name, value in (("soft", modulus), ("hard", 100.0 * modulus))
    ]
    face = surfaces.sinusoid(f"{wave} um", amplitude=f"{height} um", wavelength=f"{wave} um")
    stack = ifem.Stack(
        ifem.Layer("hard", solids[1], "6 um", top=face),
        ifem.Interface(film=contact.Film(breaks_at=f"{limit} MPa"), resistance="1 ohm*cm^2"),
        ifem.Layer("soft", solids[0], "6 um"),
    )
    case = ifem.Case(
        "wave", stack, ifem.Protocol(ifem.Press(f"{mean} MPa")), mesh=ifem.MeshSize("0.125 um")
    )
    results = case.run(tmp_path, listeners=())
    joint = 1.0 / (1.0 / modulus + 1.0 / (100.0 * modulus))
    swing = math.pi * joint * height / wave
    assert swing < mean  # full contact
    pressure = results.interface("hard|soft").at("press").contact_pressure
    assert pressure.values.max() == pytest.approx(mean + swing, rel=0.01)
    wanted = math.acos((limit - mean) / swing) / math.pi
    assert results.history["film_broken_fraction[hard|soft]"][-1] == pytest.approx(wanted, rel=0.01)


def test_the_edge_of_what_is_broken_lies_between_nodes() -> None:
    x = np.linspace(0.0, 1.0, 11)
    points, edges = (
        np.column_stack([x, 0.0 * x]),
        np.column_stack([np.arange(10), np.arange(1, 11)]),
    )
    for edge in (0.13, 0.5, 0.77):
        share = shares_above_zero(points, edges, 1e-9 * (edge - x))
        area = np.full(11, 0.1)
        area[[0, -1]] = 0.05
        assert share @ area == pytest.approx(edge, abs=0.1 / 32)
    assert shares_above_zero(points, edges, np.full(11, 1e-12)).min() == 1.0
    assert shares_above_zero(points, edges, np.zeros(11)).max() == 0.0


@pytest.mark.parametrize("axisymmetric", [False, True])
def test_area_of_a_face_that_is_stretched(axisymmetric: bool) -> None:
    x = np.array([0.0, 1.0, 3.0])
    points, edges = np.column_stack([x, 0.5 * x]), np.array([[0, 1], [1, 2]])
    before = areas(points, edges, axisymmetric=axisymmetric)
    length = math.hypot(3.0, 1.5)
    around = math.pi * 3.0 * length if axisymmetric else length  # a cone
    assert before[1] == pytest.approx(around)  # all faces are around the middle node
    after = areas(1.2 * points, edges, axisymmetric=axisymmetric)
    np.testing.assert_allclose(after / before, 1.44 if axisymmetric else 1.2)
    square = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    inclined = areas(square, np.array([[0, 1, 2, 3]]), axisymmetric=False)
    np.testing.assert_allclose(inclined, math.sqrt(2.0))


@pytest.mark.parametrize("on_slave", [False, True])
def test_a_strain_of_the_face_it_lies_on_breaks_it_for_good(on_slave: bool) -> None:
    film = FilmOnFace(contact.Film(breaks_at_strain=0.1), on_slave)
    x = np.array([0.0, 1.0, 2.0])
    face = SimpleNamespace(
        axisymmetric=False,
        slave_points=np.column_stack([x, x]),
        master_points=np.column_stack([x, x]),
        slave_dofs=np.arange(6).reshape(3, 2),
        master_dofs=np.arange(6, 12).reshape(3, 2),
        slave_faces=np.array([[0, 1], [1, 2]]),
        master_faces=np.array([[0, 1], [1, 2]]),
        pairing=SimpleNamespace(projection=np.eye(3), covered=np.ones(3, bool)),
        settings=SimpleNamespace(temperature=298.15),
    )
    state, zero = FilmState(film, 3, 298.15), np.zeros(3)
    moved = np.zeros(12)
    for strain, wanted in ((0.09, -0.1), (0.12, 0.2), (0.0, 0.2)):  # the last: shrunk back
        chosen = face.slave_dofs if on_slave else face.master_dofs
        moved[chosen] = strain * face.slave_points
        state.accept(face, moved, zero)  # type: ignore[arg-type]
        np.testing.assert_allclose(state.highest, wanted, atol=1e-12)
    moved[:] = 0.0
    other = FilmState(film, 3, 298.15)
    moved[face.master_dofs if on_slave else face.slave_dofs] = 0.5 * face.slave_points
    other.accept(face, moved, zero)  # type: ignore[arg-type]
    assert other.highest.max() < 0.0  # the other face has no film


def test_places_that_are_broken_in_part_are_in_parallel() -> None:
    clean, share = np.array([2.0, 2.0, 2.0, 0.0]), np.array([1.0, 0.5, 1.0, 1.0])
    broken = np.array([0.25, 1.0, 0.0, 0.5])
    resistance, left = in_series(clean, share, broken, 6.0)
    np.testing.assert_allclose(resistance, [1.0 / (0.25 / 2.0 + 0.75 / 8.0), 2.0, 8.0, 0.0])
    np.testing.assert_array_equal(left, share)
    resistance, left = in_series(clean, share, broken, math.inf)
    np.testing.assert_array_equal(resistance, [2.0, 2.0, math.inf, 0.0])
    np.testing.assert_array_equal(left, [0.25, 0.5, 0.0, 0.5])


def test_a_film_goes_through_a_case_file(tmp_path: Path) -> None:
    film = contact.Film(breaks_at="20 MPa", breaks_at_strain=0.1, resistance="40 ohm*cm^2")
    path = flat(film).save(tmp_path / "film.toml")
    again = ifem.Case.load(path)
    assert again.stack.interface(NAME).film == film
    plain = flat(contact.Film(breaks_at="20 MPa")).save(tmp_path / "plain.toml")
    found = ifem.Case.load(plain).stack.interface(NAME).film
    assert found == contact.Film(breaks_at="20 MPa")
    assert found is not None
    assert math.isinf(found.whole_resistance)


def test_what_breaks_a_film_can_be_varied_in_a_sweep() -> None:
    data = flat(contact.Film(breaks_at="20 MPa")).to_dict()
    path = f"interface.{NAME}.film.breaks_at"
    assert find_input(data, path).kind == "pressure"
    other = ifem.Case.from_dict(changed(data, path, "7 MPa"))
    assert other.stack.interface(NAME).film == contact.Film(breaks_at="7 MPa")


def test_bad_films_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="breaks_at"):
        contact.Film()
    with pytest.raises(MaterialError, match="positive pressure"):
        contact.Film(breaks_at="-1 MPa")
    with pytest.raises(CaseError, match="no SurfaceFilm"):
        ifem.Interface(film="20 MPa")  # type: ignore[arg-type]
    with pytest.raises(CaseError, match="broken by pressing"):
        ifem.conduct(flat(contact.Film(breaks_at="1 MPa")).stack, {}, mesh=ifem.MeshSize("2 um"))


def test_check_says_what_a_flat_face_would_keep(tmp_path: Path) -> None:
    notes = "\n".join(flat(contact.Film(breaks_at="20 MPa")).check().notes)
    assert "film" in notes
    assert "3 MPa" in notes
    assert "film" not in "\n".join(flat(contact.Film(breaks_at="2 MPa")).check().notes)


def test_a_film_of_ones_own(tmp_path: Path) -> None:
    @contact.law("tired")
    class Tired(contact.SurfaceFilm):
        breaks_at: float = contact.parameter("pressure", above=0.0)

        def margin(self, points: FilmPoints) -> Any:
            return points.pressure - self.breaks_at

    try:
        history = flat(Tired("2 MPa")).run(tmp_path / "own", listeners=()).history  # type: ignore[call-arg]
        ours = flat(contact.Film(breaks_at="2 MPa")).run(tmp_path / "film", listeners=()).history
        np.testing.assert_array_equal(history[f"asr[{NAME}]"], ours[f"asr[{NAME}]"])
    finally:
        contact.base.LAWS.remove("tired")
