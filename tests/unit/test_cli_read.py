# SPDX-License-Identifier: MIT
"""The verbs that read or describe: what they print and write when all is well."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from interfacefem.cli import main, read
from interfacefem.cli.main import parser
from interfacefem.meshing import StackMesh
from interfacefem.results.example import example_run

PNG = b"\x89PNG\r\n\x1a\n"  # the first bytes of every PNG file


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "example"
    example_run(folder, nx=12, points=31, increments=2).close()
    return folder


@pytest.fixture
def wavy(repository: Path) -> Path:
    return repository / "cases" / "wavy_interface.py"


def test_check_says_what_will_be_computed(
    wavy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(wavy)]) == 0
    said = capsys.readouterr().out
    # from the case: 20 um blocks, 5 ohm cm2, press to 20 MPa; the wave is 20 um of 34 edges
    for part in (
        "wavy_interface: no mistakes",
        "anode: Li, 20 um",
        "frictionless, 5 ohm cm^2",
        "first touch: press to 5 MPa",
        "press: press to 60 MPa",
        "1874 degrees of freedom",
        "34.0 per shortest wavelength",
        "solver: direct, about 0.4 GB of memory",
        "estimated, not measured",
        "results go to runs/wavy_interface",
    ):
        assert part in said
    assert said.index("anode") < said.index("electrolyte")  # as they lie
    assert not list(tmp_path.iterdir())


def test_check_says_the_memory_of_one_process_and_of_two_in_space(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = Path(__file__).parents[2] / "cases" / "li_li3ocl_li3incl6_3d.py"
    assert main(["check", str(case)]) == 0
    # 30,135 degrees of freedom took 1.3 GB in one process
    assert "direct, about 1.4 GB of memory, 2.5 GB in two processes" in capsys.readouterr().out


def test_mesh_writes_a_file_that_can_be_read_and_a_picture(
    wavy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, picture = tmp_path / "wavy.msh", tmp_path / "wavy.png"
    assert main(["mesh", str(wavy), "-o", str(target), "--picture", str(picture)]) == 0
    assert "smallest angle" in capsys.readouterr().out
    assert StackMesh.load(target).layer_names == ("electrolyte", "anode")
    assert picture.read_bytes().startswith(PNG)


@pytest.mark.slow
def test_report_prints_numbers_risks_and_references_and_draws(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(run)]) == 0
    said = capsys.readouterr().out
    for part in (
        "example: complete",
        "contact fraction",
        "Risk",
        "Hartranft and Sih",
        "References",
        "loading.png",
    ):
        assert part in said
    pictures = list((run / "figures").glob("*.png"))
    # two fields and the flaws at the end of the press and of the release, what has opened, and
    # four curves
    assert len(pictures) == 11
    assert all(path.read_bytes().startswith(PNG) for path in pictures)


def test_report_without_figures(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), "--no-figures"]) == 0
    assert ".png" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "kind",
    ["stack", "interfaces", "loading", "current", "distribution", "flaws", "debonded", "mesh"],
)
def test_plot_draws_each_kind(run: Path, kind: str, tmp_path: Path) -> None:
    target = tmp_path / "new" / f"{kind}.png"
    assert main(["plot", str(run), kind, "-o", str(target)]) == 0
    assert target.read_bytes().startswith(PNG)


def test_plot_makes_a_film(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "press.gif"
    assert main(["plot", str(run), "animation", "-o", str(target)]) == 0
    with Image.open(target) as film:
        assert (
            film.n_frames == 5
        )  # two increments of the press, one of the hold, two of the release


def test_help_of_plot_lists_kinds_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plot", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for part in (
        "any stored field of layers or interfaces",
        "stack a field in the deformed stack; in 3D a cut (--step, --field, --at)",
        "animation a film of the press, or of any field (--field)",
        "--at Y",
        "--with FILE.py",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["stack", "--step", "pres"], "did you mean 'press'?"),
        (["stack", "--field", "von_mises"], 'did you mean "von_mises_stress"? there is: disp'),
        (
            ["stack", "--field", "slip"],
            "there is: displacement.x, displacement.y, displacement.mag",
        ),
        (["interfaces", "--field", "stress"], "there is: contact_pressure, gap, shear_traction"),
        (["animation", "--field", "nothing"], "there is: contact_pressure, gap"),
        (["stacks"], "no picture 'stacks'; did you mean \"stack\"? there is: stack, pellet"),
        (["loading", "--step", "press"], "leave it out"),
        (["debonded", "--step", "press"], "nothing has opened"),
        (["window"], "fewer than two pressures"),
        (["mesh", "--field", "gap"], "leave it out"),
        (["animation", "-o", "film.mp4"], "written as .gif"),
        (["loading", "-o", "picture"], ".png, .pdf or .svg"),
    ],
)
def test_plot_refuses_in_words(
    run: Path, words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", str(run), *words]) == 2
    assert expected in capsys.readouterr().err


def test_export_names_what_to_open(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(run), "-o", str(tmp_path / "one")]) == 0
    assert "layers.vtkhdf" in capsys.readouterr().out
    assert (tmp_path / "one" / "layers.vtkhdf").is_file()
    assert main(["export", str(run), "--vtu", "-o", str(tmp_path / "vtu")]) == 0
    assert "layers.pvd" in capsys.readouterr().out
    assert (tmp_path / "vtu" / "layers.pvd").is_file()
    assert main(["export", str(run), "--vtu", "--time", "load"]) == 2
    assert "leave out --vtu" in capsys.readouterr().err


def test_info_tells_versions_and_the_distribution_of_dolfinx() -> None:
    told = read.facts()
    assert {"interfacefem", "Python", "DOLFINx", "numpy", "gmsh", "C compiler"} <= set(told)
    assert str(Path.home()) not in " ".join(told.values())


def test_every_verb_has_a_help_line() -> None:
    text = parser().format_help()
    for verb in ("check", "mesh", "run", "report", "plot", "export", "info"):
        assert f"\n    {verb} " in text
    assert "130 stopped by Ctrl-C" in text
