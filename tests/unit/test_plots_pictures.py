# SPDX-License-Identifier: MIT
"""The open register of pictures: report, command line, help and messages follow from it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure

import interfacefem as ifem
from interfacefem import plots, registry
from interfacefem.cli import main
from interfacefem.errors import ExtensionError, ResultsError
from interfacefem.plots import figures
from interfacefem.plots.choose import highest_step, moments
from interfacefem.plots.figures import draw_report, plan
from interfacefem.plots.pictures import in_order
from interfacefem.results import Results, ResultsWriter
from interfacefem.results.example import example_increment, example_mesh, example_run

OWN = """
from interfacefem import plots

@plots.picture("mine", title="my very own", order=35, when=("press", "no such step"))
def mine(results, step=None):
    fig = plots.figure(3.0, 2.0)
    fig.subplots().plot([0, 1], label=step)
    return fig
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    # without layer fields a report has few pictures
    mesh = example_mesh(4)
    folder = tmp_path_factory.mktemp("pictures") / "run"
    with ResultsWriter.create(folder, case={"name": "few"}, mesh=mesh) as writer:
        for index, (step, pressure) in enumerate([("press", 50.0), ("release", 5.0)]):
            writer.append(example_increment(mesh, step, index, 0, pressure, points=9))
    with Results.open(folder) as results:
        yield results


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    before = set(plots.PICTURES)
    yield
    for name in set(plots.PICTURES) - before:
        plots.PICTURES.remove(name)


def small(results: Results, step: str | None = None) -> Figure:
    """A small picture.

    And more.
    """
    return plots.figure(2.0, 2.0)


def test_the_pictures_of_the_program_use_the_same_register(run: Results) -> None:
    kinds = [entry.name for entry in in_order()]
    assert kinds == [
        "stack", "pellet", "interfaces", "flaws", "debonded", "loading", "cycles", "window",
        "current", "distribution", "field", "mesh", "animation",
    ]  # fmt: skip
    assert all(entry.title for entry in in_order())
    assert [item.file for item in plan(run)] == ["interfaces.png", "loading.png"]
    assert isinstance(plots.draw(run, "loading"), Figure)


def test_a_function_becomes_a_picture(run: Results, tmp_path: Path) -> None:
    assert plots.picture("tiny", order=1.0)(small) is small
    entry = plots.PICTURES["tiny"]
    assert entry.title == "A small picture."
    assert entry.options == ("step",)
    assert plots.PICTURES.origin("tiny") == str(Path(__file__).resolve())
    drawn = plots.report(run, tmp_path)
    assert [path.name for path in drawn] == ["tiny.png", "interfaces.png", "loading.png"]
    plots.picture("tiny", order=999.0)(small)  # the same file again replaces it
    assert [item.kind for item in plan(run)] == ["interfaces", "loading", "tiny"]
    with pytest.raises(ResultsError, match=r"option 'at' says nothing .*leave it out .*: step"):
        plots.draw(run, "tiny", at=3.0)


@pytest.mark.parametrize(
    ("when", "files"),
    [
        (True, ["tiny.png"]),
        (False, []),
        (lambda results: len(results) > 5, []),
        (lambda results: results.steps, ["tiny_press.png", "tiny_release.png"]),
        (("release", "another"), ["tiny_release.png"]),  # stated for all runs
        ("press", ["tiny_press.png"]),
        ([{"step": "press", "size": 3.0}], ["tiny_press_3.0.png"]),
    ],
)
def test_when_says_how_often_a_report_shows_it(run: Results, when: Any, files: list[str]) -> None:
    plots.picture("tiny", when=when)(small)
    assert [item.file for item in plan(run) if item.kind == "tiny"] == files


def test_steps_of_like_names_have_files_of_their_own(tmp_path: Path) -> None:
    mesh = example_mesh(4)
    with ResultsWriter.create(tmp_path / "run", case={"name": "x"}, mesh=mesh) as writer:
        for index, step in enumerate(("p 1", "p_1", "P 1")):
            writer.append(example_increment(mesh, step, index, 0, 10.0 + index, points=9))
    plots.picture("tiny", when=lambda results: results.steps)(small)
    with Results.open(tmp_path / "run") as results:
        files = [item.file for item in plan(results) if item.kind == "tiny"]
    assert files == ["tiny_p+1.png", "tiny_p_1.png", "tiny_P+1=2.png"]


def test_names_belong_to_one_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN.replace('"mine"', '"stack"'), encoding="utf-8")
    with pytest.raises(
        ExtensionError, match=r"there is a picture 'stack' already, from .*deformed\.py"
    ):
        registry.load_file(file)
    assert plots.PICTURES["stack"].title.startswith("a field in the deformed stack")


# The command line -----------------------------------------------------------------------------


def test_a_file_given_with_the_command(
    run: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(OWN, encoding="utf-8")
    folder = str(run.folder)
    assert main(["plot", folder, "mine"]) == 2
    assert "no picture 'mine'" in capsys.readouterr().err
    target = tmp_path / "a.png"
    assert main(["plot", folder, "mine", "--with", str(file), "-o", str(target)]) == 0
    assert target.is_file()
    with pytest.raises(SystemExit):
        main(["plot", "--with", str(file), "--help"])
    assert "mine          my very own (--step)" in capsys.readouterr().out
    assert main(["report", folder, "--with", str(file), "-o", str(tmp_path / "all")]) == 0
    said = capsys.readouterr().out
    assert said.index("interfaces.png") < said.index("mine_press.png") < said.index("loading.png")
    assert main(["plot", folder, "mien", "--with", str(file)]) == 2
    assert 'did you mean "mine"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "there is no such file"),
        ("import no_such_thing_7\n", "line 1: ModuleNotFoundError"),
        (
            "from interfacefem import plots\n@plots.picture('a/b')\ndef f(r): ...\n",
            "name of a picture: 'a/b' is not a usable name",
        ),
    ],
)
def test_files_that_cannot_be_loaded_end_with_two(
    run: Results,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    expected: str,
) -> None:
    file = tmp_path / "mine.py"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    for words in (["plot", str(run.folder), "loading"], ["report", str(run.folder)]):
        assert main([*words, "--with", str(file)]) == 2
        said = capsys.readouterr().err
        assert expected in said
        assert str(file) in said
        assert "Traceback" not in said
    with pytest.raises(SystemExit) as stopped:
        main(["plot", "--with", str(file), "--help"])
    assert stopped.value.code == 2


def test_a_case_script_brings_its_picture(tmp_path: Path, run: Results) -> None:
    from interfacefem.case import Case

    script = tmp_path / "case.py"
    script.write_text(
        OWN + "import interfacefem as ifem\n"
        "case = ifem.Case('c', ifem.Stack(ifem.Layer('a', 'Li', '5 um'),"
        " ifem.Layer('b', 'LLZO', '5 um'), width='5 um'), ifem.Protocol(ifem.Press('1 MPa')))\n",
        encoding="utf-8",
    )
    Case.load(script)
    assert isinstance(plots.draw(run, "mine", step="press"), Figure)
    registry.load_file(script)  # and once more by --with: the same file
    assert plots.PICTURES.origin("mine") == str(script)


def test_an_installed_package_brings_its_picture(
    run: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugin_of_pictures_7.py").write_text(OWN, encoding="utf-8")
    info = tmp_path / "plugin_of_pictures_7-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[interfacefem]\nmine = plugin_of_pictures_7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "_asked", False)
    assert main(["plot", str(run.folder), "mine", "-o", str(tmp_path / "m.png")]) == 0
    assert "plugin_of_pictures_7" in sys.modules
    assert "mine" in [item.kind for item in plan(run)]


# Broken ones ----------------------------------------------------------------------------------


def raises(results: Results) -> Figure:
    raise RuntimeError("out of ink")


def wrong_field(results: Results) -> Figure:
    results.interface("none")
    raise AssertionError


def nothing(results: Results) -> None:
    return None


def axes(results: Results) -> object:
    return plots.figure(1.0, 1.0).subplots()


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            raises,
            r"picture 'broken': .*test_plots_pictures\.py, line \d+: RuntimeError: out of ink",
        ),
        (wrong_field, r"picture 'broken' of .*test_plots_pictures\.py: .*no interface 'none'"),
        (nothing, r"picture 'broken' of .* returned no figure but a NoneType"),
        (axes, r"picture 'broken' of .* returned no figure but a Axes"),
    ],
)
def test_a_broken_picture_is_named_and_the_rest_is_drawn(
    run: Results,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    function: Callable[[Results], Any],
    message: str,
) -> None:
    plots.picture("broken", order=1.0)(function)
    with pytest.raises(ResultsError, match=message):
        plots.draw(run, "broken")
    with pytest.raises(ResultsError, match=message) as caught:
        plots.report(run, tmp_path / "one")
    assert f"the other 2 are in {tmp_path / 'one'}" in str(caught.value)
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        "interfaces.png", "loading.png",
    ]  # fmt: skip
    assert main(["report", str(run.folder), "-o", str(tmp_path / "two")]) == 2
    said = capsys.readouterr()
    assert "loading.png" in said.out
    assert said.err.count("picture 'broken'") == 1
    assert "Traceback" not in said.err


def test_a_when_that_stops_is_named_as_well(run: Results, tmp_path: Path) -> None:
    plots.picture("broken", when=lambda results: 1 / 0)(small)
    drawn, broken = draw_report(run, tmp_path)
    assert [path.name for path in drawn] == ["interfaces.png", "loading.png"]
    (said,) = broken
    assert "picture 'broken': cannot say when it is shown" in said
    assert "ZeroDivisionError" in said
    with pytest.raises(ResultsError, match="cannot say when"):
        list(plan(run))


@pytest.mark.slow
def test_a_stack_that_is_put_together_in_stages_has_all_its_pictures(tmp_path: Path) -> None:
    # the first stage has the highest pressure, and its one layer, which is brittle, has no face
    powders = [
        ifem.Layer(name, ifem.materials.get("Li3InCl6", law="powder"), "4 um")
        for name in ("lower", "upper")
    ]
    stages = [
        ifem.Stage(
            [powder.name],
            [
                ifem.Press(to=high, name=f"press {powder.name}"),
                ifem.Release(to="1 MPa", name=f"open {powder.name}"),
            ],
        )
        for powder, high in zip(powders, ("50 MPa", "20 MPa"), strict=True)
    ]
    stack = ifem.Stack(*powders, width="4 um")
    case = ifem.Case("staged", stack, ifem.Protocol(*stages), mesh=ifem.MeshSize("1 um"))
    with case.run(tmp_path / "run", listeners=()) as results:
        assert highest_step(results) == "press upper"
        # nothing is drawn of interfaces that are not there yet
        assert not [one for one in moments(results) if "lower" in "".join(one.names)]
        drawn, broken = draw_report(results, tmp_path / "figures")
        assert not broken
        names = [path.name for path in drawn]
        assert "flaws_press+upper.png" in names
        assert not [name for name in names if "press+lower" in name]


def test_mistakes_of_the_program_are_not_hidden(
    run: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        return True

    monkeypatch.setattr("interfacefem.plots.pictures.is_own", broken)
    plots.picture("broken")(raises)
    with pytest.raises(RuntimeError, match="out of ink"):
        plots.draw(run, "broken")


def test_figures_of_pyplot_are_let_go(run: Results, tmp_path: Path) -> None:
    import matplotlib.pyplot as plt

    @plots.picture("by_pyplot")
    def by_pyplot(results: Results) -> Figure:
        return plt.subplots()[0]

    before = plt.get_fignums()
    plots.report(run, tmp_path)
    assert plt.get_fignums() == before
    assert figures.PICTURES is plots.PICTURES


def test_a_film_is_refused_another_ending_before_it_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    example_run(tmp_path / "run", nx=4, points=9, increments=1).close()
    film = sys.modules["interfacefem.plots.animation"]
    monkeypatch.setattr(film, "_image", lambda figure: 1 / 0)
    assert main(["plot", str(tmp_path / "run"), "animation", "-o", "film.mp4"]) == 2
    assert "written as .gif" in capsys.readouterr().err
