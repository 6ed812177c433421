# SPDX-License-Identifier: MIT
"""Names that a terminal and a file system can bear, names of files that stay apart, paths."""

from __future__ import annotations

import io
import itertools
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import interfacefem as ifem
from interfacefem import materials, plots, surfaces
from interfacefem.case import Case
from interfacefem.cli import main
from interfacefem.drive import progress
from interfacefem.errors import CaseError, InterfaceFEMError, ResultsError
from interfacefem.names import file_name, file_names, name_problem, printable
from interfacefem.plots import figures
from interfacefem.quantities import user_path
from interfacefem.results import Results, ResultsWriter, export_vtu
from interfacefem.results.example import (
    ExampleMesh,
    Faces,
    example_increment,
    example_mesh,
    example_run,
)

#: what a terminal would obey, or what no name is
BAD = {
    "nul": "a\0b",
    "escape": "\x1b[31mred",
    "newline": "a\nb",
    "tab": "a\tb",
    "bell": "a\ab",
    "right to left": "a\u202eb",
    "lone surrogate": "a\udc80",
    "line separator": "a\u2028b",
    "blank before": " a",
    "blank behind": "a ",
    "nothing": "",
    "blanks": "   ",
    "dot": ".",
    "dots": "..",
    "slash": "a/b",
    "long": "x" * 300,
    "number": 3,
    "none": None,
}
BAD_NAMES = pytest.mark.parametrize("name", BAD.values(), ids=BAD)


@BAD_NAMES
def test_bad_names_are_refused_with_a_message_that_can_be_shown(name: Any) -> None:
    problem = name_problem(name)
    assert problem.isprintable()
    assert 0 < len(problem) < 200
    assert "; " in problem  # with its remedy


@pytest.mark.parametrize("name", ["press", "p 1", "Drücken", "プレス", "[bold]x", "a|b", "x" * 100])
def test_good_names(name: str) -> None:
    assert name_problem(name) == ""


@BAD_NAMES
@pytest.mark.parametrize(
    "make",
    [
        lambda name: ifem.Press(to="1 MPa", name=name),
        lambda name: ifem.Hold("1 s", name=name),
        lambda name: ifem.Release(to="1 MPa", name=name),
        lambda name: ifem.Eject(name=name),
        lambda name: ifem.Cycle("1 mA/cm^2", "1 mA*h/cm^2", name=name),
        lambda name: ifem.PullOff(name=name),
        lambda name: ifem.Shear("1 um", name=name),
        lambda name: ifem.Layer(name, "Li", "1 um"),
        lambda name: ifem.Layer(
            "a", materials.Material(name, materials.Elastic("1 GPa", 0.3)), "1 um"
        ),
        lambda name: ifem.Case(name, stack(), ifem.Protocol(ifem.Press(to="1 MPa"))),
    ],
    ids=["press", "hold", "release", "eject", "cycle", "pull-off", "shear", "layer", "material",
         "case"],
)  # fmt: skip
def test_refused_where_they_are_given(make: Callable[[Any], object], name: Any) -> None:
    with pytest.raises(CaseError) as caught:
        make(name)
    assert str(caught.value).replace("\n", "").isprintable()
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", [name for name in BAD.values() if isinstance(name, str)])
def test_refused_in_a_file_with_the_place(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {
        "name": "c",
        "width": "5 um",
        "layer": [{"name": "a", "material": "Li", "thickness": "1 um"}],
        "step": [{"kind": "press", "to": "1 MPa", "name": name}],
    }
    with pytest.raises(CaseError, match=r"  - step\[0\].name: "):
        Case.from_dict(data)


def stack() -> ifem.Stack:
    return ifem.Stack(ifem.Layer("a", "Li", "1 um"), width="5 um")


@given(st.text(), st.text())
@example("p 1", "p_1")
@example("a|b_c", "a_b|c")
@example("a+b", "a b")
@example("x" * 300, "x" * 301)
@example("\u00e9", "e\u0301")
@example("%20", " ")
def test_different_names_give_different_files(one: str, two: str) -> None:
    assert (file_name(one) == file_name(two)) == (one == two)
    for name in (one, two):
        found = file_name(name)
        assert not re.search(r"[/\\\0<>:\"|?*\s]", found)
        assert len(found.encode()) <= 120


@given(st.lists(st.text(alphabet="aAbBéÉ _", max_size=3)))
def test_names_that_differ_in_case_only_stay_apart(names: list[str]) -> None:
    found = file_names(names)
    assert set(found) == set(names)
    assert len({text.casefold() for text in found.values()}) == len(found)


def test_plain_names_stay_readable() -> None:
    assert file_name("press") == "press"
    assert file_name("stack pressure") == "stack+pressure"
    assert file_name("Li3OCl|Li3InCl6") == "Li3OCl~Li3InCl6"
    assert file_names(["Press", "press"]) == {"Press": "Press", "press": "press=2"}


@pytest.mark.parametrize("text", ["plain", "zwei\nZeilen", "Ω in µm, 12 %"])
def test_what_can_be_shown_stays(text: str) -> None:
    assert printable(text) == text


@given(st.text())
def test_what_is_shown_commands_no_terminal(text: str) -> None:
    shown = printable(text)
    assert all(c.isprintable() or c == "\n" or unicodedata.category(c) == "Zs" for c in shown)
    assert "\n" not in printable(text, lines=False)
    assert "\x1b" not in shown


def test_errors_are_shown_not_obeyed() -> None:
    error = ifem.ResultsError("step '\x1b[2Jclear' is gone")
    assert str(error) == "step '\\x1b[2Jclear' is gone"


# --- files by name -------------------------------------------------------------------------------


def renamed(names: tuple[str, str, str, str]) -> ExampleMesh:
    """Return a mesh of four layers of these names, the last two in one place."""
    mesh = example_mesh(4, 1)
    faces = list(mesh.interfaces.values())
    pairs = [f"{low}|{high}" for low, high in itertools.pairwise(names)]
    cell_layer = np.concatenate([mesh.cell_layer, np.full(4, 3)])
    return ExampleMesh(
        points=mesh.points,
        cells=np.vstack([mesh.cells, mesh.cells[-4:]]),
        cell_layer=cell_layer,
        layer_names=names,
        interfaces=dict(zip(pairs, [*faces, Faces(faces[1].lower, faces[1].upper)], strict=True)),
        boundaries=mesh.boundaries,
    )


def test_each_interface_has_a_file_of_its_own(tmp_path: Path) -> None:
    mesh = renamed(("a", "b_c", "a_b", "c"))
    # "a|b_c", "b_c|a_b" and "a_b|c": the first and the last were one file
    writer = ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh)
    writer.append(example_increment(mesh, "press", 0, 0, 1.0, points=9))
    with Results.open(tmp_path / "run") as run:
        written = export_vtu(run, tmp_path / "vtu")
    assert [path.name for path in written] == [
        "interface_a~b_c.pvd",
        "interface_b_c~a_b.pvd",
        "interface_a_b~c.pvd",
    ]
    assert len({path.read_bytes() for path in written}) == 3


def test_each_step_has_pictures_of_its_own(tmp_path: Path) -> None:
    mesh = example_mesh(6, 1)
    writer = ResultsWriter.create(tmp_path / "run", case={}, mesh=mesh)
    for index, (step, pressure) in enumerate((("p 1", 50.0), ("p_1", 20.0))):
        writer.append(example_increment(mesh, step, index, 0, pressure, layers=True, points=21))
    with Results.open(tmp_path / "run") as run:
        names = [item.file for item in plots.figures.plan(run)]
    assert len(set(names)) == len(names)
    assert {"stack_p+1_von_mises_stress.png", "stack_p_1_von_mises_stress.png"} <= set(names)


# --- names in a terminal -------------------------------------------------------------------------


def spoiled(folder: Path, step: str) -> Path:
    """A run whose step has a name that this version refuses, as an earlier one would store it."""
    example_run(folder, nx=6, points=21, increments=1).close()
    with h5py.File(folder / "results.h5", "r+") as file:
        column = file["history/step"]
        column[...] = [step if name == b"press" else name for name in column[()]]
        file.attrs["message"] = "\x1b]0;title\x07"
        file.attrs["status"] = "stopped"
    return folder


@pytest.fixture
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of the curves only, where it matters where pictures go and not which."""
    whole = figures.plan

    def part(results: Results, broken: list[str] | None = None) -> Iterator[figures.Planned]:
        return (one for one in whole(results, broken) if one.file.startswith("loading"))

    monkeypatch.setattr(figures, "plan", part)


def test_what_is_stored_is_shown_not_obeyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = spoiled(tmp_path / "run", "\x1b[31m[bold]$x_$$")
    place = str(run)
    for words in (["report", place, "-o", str(tmp_path / "pictures")],
                  ["compare", "--no-figure", place, place]):  # fmt: skip
        assert main(words) == 0
        said = capsys.readouterr().out
        assert "\x1b" not in said
        assert "\x07" not in said
        assert "\\x1b[31m[bold]$x_$$" in said
    with Results.open(run) as results:
        assert "\x1b" not in results.summary() + results.status + repr(results)
        # who asks for the step by its name gets it
        assert len(results.increments("\x1b[31m[bold]$x_$$")) == 1
        with pytest.raises(ResultsError) as caught:
            results.increments("x")
        assert "\x1b" not in str(caught.value)
    pictures = [path.name for path in (tmp_path / "pictures").iterdir()]
    assert any("%1B%5B31m" in name for name in pictures)


def test_a_bar_shows_markup_as_it_is() -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    shown = progress.Terminal(screen, targets=[5.0])
    shown.on_start({"name": "c"})
    shown.on_step("[red]x\x1b[2J[/nothing]", 5.0)
    assert shown._bar is not None
    shown._bar.refresh()
    shown.on_end("complete")
    assert "\x1b[2J" not in screen.getvalue()
    assert "[red]x\\x1b[2J[/nothing]" in screen.getvalue()


def test_a_log_is_not_written_through_a_link(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    diary = tmp_path / "diary"
    diary.write_text("mine", encoding="ascii")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.log").symlink_to(diary)
    log = progress.LogFile(tmp_path / "run" / "run.log")
    log.on_start({"name": "c"})
    log.on_end("complete")
    assert diary.read_text(encoding="ascii") == "mine"
    assert "no further line" in caplog.text


# --- paths ---------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    place.mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.chdir(tmp_path / "work")
    return place


def test_home_is_expanded_everywhere(home: Path) -> None:
    face = surfaces.sinusoid("4 um", points=17, amplitude="50 nm", wavelength="4 um")
    assert face.save("~/face.npz") == home / "face.npz"
    assert surfaces.Topography.load("~/face.npz").checksum == face.checksum
    assert surfaces.read("~/face.npz").checksum == face.checksum
    (home / "face.csv").write_text("0\n1\n0\n", encoding="ascii")
    assert surfaces.read("~/face.csv", "4 um", unit="nm").points == (3,)
    recipe = {"kind": "file", "path": "~/face.csv", "size": ["4 um"], "unit": "nm"}
    assert surfaces.Topography.from_dict(recipe, folder="elsewhere").points == (3,)
    flat = stack()
    mesh = ifem.build_mesh(flat)
    assert mesh.save("~/a.msh") == home / "a.msh"
    assert ifem.StackMesh.load("~/a.msh").key == mesh.key
    assert len(ifem.read_mesh("~/a.msh", flat).points) == len(mesh.points)
    case = ifem.Case(
        "c",
        flat,
        ifem.Protocol(ifem.Press(to="1 MPa")),
        mesh_file="~/a.msh",
        output=ifem.Output("~/run"),
        current=None,
    )
    assert case.mesh_file == home / "a.msh"
    assert case.folder == home / "run"
    assert case.save("~/c.toml") == home / "c.toml"
    assert Case.load("~/c.toml") == case
    text = (home / "c.toml").read_text(encoding="utf-8")
    text = re.sub(r'^(file|path) = ".*?([a-z.]+)"', r'\1 = "~/\2"', text, flags=re.MULTILINE)
    assert text.count('"~/') == 2
    (home / "c.toml").write_text(text, encoding="utf-8")
    assert Case.load("~/c.toml") == case
    example_run("~/run", nx=4, points=9, increments=1).close()
    with Results.open("~/run") as run:
        assert run.folder == home / "run"
        assert run.history.to_csv("~/h.csv") == home / "h.csv"
        assert export_vtu(run, "~/vtu")[0].parent == home / "vtu"
        figure = plots.loading_curves(run)
        assert plots.save(figure, "~/curves.png") == home / "curves.png"
        assert plots.animation(run, "~/film.gif") == home / "film.gif"
    assert list(Path.cwd().iterdir()) == []  # no folder called ~


@pytest.mark.parametrize("verb", ["run", "mesh", "report", "plot", "export", "compare"])
@pytest.mark.parametrize("path", ["", "  ", "~nobody-of-this-name/x"])
def test_the_command_line_refuses_empty_paths(
    home: Path, verb: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"plot": ["x", "stack"]}.get(verb, ["x"])
    with pytest.raises(SystemExit) as stopped:
        main([verb, *words, "-o", path])
    assert stopped.value.code == 2
    assert "-o/--output: the path" in capsys.readouterr().err
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.slow
@pytest.mark.usefixtures("few_pictures")
def test_the_command_line_expands_home(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example_run("~/run", nx=4, points=9, increments=1).close()
    assert main(["plot", "~/run", "loading", "-o", "~/curves.png"]) == 0
    assert (home / "curves.png").is_file()
    assert main(["report", "~/run", "-o", "~/pictures"]) == 0
    assert (home / "pictures" / "loading.png").is_file()
    assert not (home / "run" / "figures").exists()
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("path", ["", " ", "a\0b", 3, None, b"x"])
def test_what_is_no_path_is_refused_everywhere(path: Any) -> None:
    flat = stack()
    protocol = ifem.Protocol(ifem.Press(to="1 MPa"))
    uses: list[Callable[[], object]] = [
        lambda: user_path(path),
        lambda: Results.open(path),
        lambda: ifem.resume(path),
        lambda: Case.load(path),
        lambda: surfaces.read(path),
        lambda: ifem.StackMesh.load(path),
        lambda: ifem.read_mesh(path, flat),
        lambda: ResultsWriter.create(path, case={}, mesh=example_mesh(4, 1)),
    ]
    if path is not None:
        uses += [
            lambda: ifem.Output(path),
            lambda: ifem.Case("c", flat, protocol, mesh_file=path),
            lambda: ifem.Case("c", flat, protocol, current=None).run(path),
        ]
    for use in uses:
        with pytest.raises(InterfaceFEMError) as caught:
            use()
        assert "; " in str(caught.value)
    assert not Path("results.h5").exists()


def test_a_name_with_a_dot_is_not_cut(home: Path) -> None:
    # "height_0.1" and "height_0.2" were both written to height_0.npz
    faces = [surfaces.flat("1 um", points) for points in (2, 3)]
    paths = [face.save(f"height_0.{number}") for number, face in enumerate(faces)]
    assert [path.name for path in paths] == ["height_0.0.npz", "height_0.1.npz"]


def test_a_mesh_is_not_written_over_the_one_it_is_read_from(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ifem.build_mesh(stack()).save("c.msh")
    before = Path("c.msh").read_bytes()
    ifem.Case(
        "c", stack(), ifem.Protocol(ifem.Press(to="1 MPa")), mesh_file="c.msh", current=None
    ).save("c.toml")
    assert main(["mesh", "c.toml"]) == 2
    assert "would be replaced" in capsys.readouterr().err
    assert Path("c.msh").read_bytes() == before


def test_other_files_of_a_folder_stay(tmp_path: Path) -> None:
    # names that only look like the parts of a run
    mesh = example_mesh(4, 1)
    example_run(tmp_path, nx=4, points=9, increments=1).close()
    for name in ("results-old.h5", "results-2024.h5", "results-001.h5"):
        (tmp_path / name).write_bytes(b"mine")
    ResultsWriter.create(tmp_path, case={}, mesh=mesh, overwrite=True)
    for name in ("results-old.h5", "results-2024.h5", "results-001.h5"):
        assert (tmp_path / name).read_bytes() == b"mine"


def test_a_percent_sign_in_the_folder_does_not_break_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = SimpleNamespace(name="c", folder=Path("100%s"))
    monkeypatch.setattr("sys.argv", ["case.py", "--help"])
    with pytest.raises(SystemExit) as stopped:
        ifem.main(case)  # type: ignore[arg-type]
    assert stopped.value.code == 0
    assert "100%s" in capsys.readouterr().out


def test_nothing_is_left_of_a_write_that_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example_run(tmp_path / "run", nx=4, points=9, increments=1).close()
    with Results.open(tmp_path / "run") as run:
        figure = plots.loading_curves(run)
        run.history.to_csv(tmp_path / "h.csv")
        before = (tmp_path / "h.csv").read_bytes()

        def full(number: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        for write in (
            lambda: run.history.to_csv(tmp_path / "h.csv"),
            lambda: plots.save(figure, tmp_path / "c.png"),
            lambda: plots.animation(run, tmp_path / "c.gif"),
            lambda: export_vtu(run, tmp_path / "vtu"),
        ):
            with pytest.raises(ResultsError, match="No space left on device"):
                write()
    assert (tmp_path / "h.csv").read_bytes() == before
    left = [path.name for path in tmp_path.rglob("*") if path.suffix in (".png", ".gif", ".part")]
    assert left == []
