# SPDX-License-Identifier: MIT
"""Bad input at the command line: one clear message, exit code 2, no traceback, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from interfacefem.cli import main
from interfacefem.results.example import example_run

GOOD = """
case_format = 1
name = "good"

[surface.rough]
kind = "self_affine"
size = ["60 um"]
hurst = 0.8
rms_height = "400 nm"
long_cutoff = "30 um"
short_cutoff = "4 um"
seed = 1

[[layer]]
name = "separator"
material = "Li6PS5Cl"
thickness = "40 um"
top = "rough"

[[layer]]
name = "anode"
material = "Li"
thickness = "30 um"

[[step]]
kind = "press"
to = "20 MPa"
"""

Tell = Callable[..., tuple[int, str]]


@pytest.fixture
def tell(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Tell:
    """Run the program in an empty folder; return its exit code and what it said on stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str | Path) -> tuple[int, str]:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.err

    return run


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "case.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("verb", ["check", "mesh", "run"])
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("seed = 1", "seed = 1\nhurts = 0.8", ("surface.rough.hurts", "unknown key", "hurst")),
        ('"40 um"', "40", ("layer[0].thickness", "has no unit", "um")),
        ('"40 um"', '"-40 um"', ("layer[0].thickness", "-40")),
        ('"Li6PS5Cl"', '"Li6PS5CI"', ("layer[0].material", "Li6PS5CI", "did you mean")),
        # 30 um rms on a layer of 30 um: the face pierces the layer
        ('"400 nm"', '"30 um"', ("layer", "separator")),
        (
            'seed = 1',
            'seed = 1\n[surface.other]\nkind = "flat"\nsize = ["50 um"]',
            ("surface.other", "no layer uses it"),
        ),
        ('kind = "press"', 'kind = "pres"', ("step[0]", "pres", "press")),
        # 0.6 um is 6.7 edges along the 4 um of the short cut-off; 8 are needed
        ('[[step]]', '[mesh]\nedge = "0.6 um"\n[[step]]', ("mesh.edge", "too coarse", "0.5 um")),
    ],
)  # fmt: skip
def test_one_mistake_is_one_message(
    tell: Tell, tmp_path: Path, verb: str, old: str, new: str, expected: tuple[str, ...]
) -> None:
    code, said = tell(verb, write(tmp_path, (old, new)))
    assert code == 2
    for part in expected:
        assert part in said
    assert said.count("  - ") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["case.toml"]


def test_surfaces_of_different_size(tell: Tell, tmp_path: Path) -> None:
    second = '"rough"\n\n[surface.short]\nkind = "sinusoid"\nsize = ["50 um"]\n'
    second += 'amplitude = "1 um"\nwavelength = "50 um"\n'
    path = write(
        tmp_path,
        ('"rough"\n', second),
        ('"30 um"\n\n[[step]]', '"30 um"\nbottom = "short"\n\n[[step]]'),
    )
    code, said = tell("check", path)
    assert code == 2
    assert "60 um" in said
    assert "50 um" in said


@pytest.mark.parametrize(
    ("heights", "expected"),
    [
        (np.array([0.0, 0.1, np.nan, 0.2, 0.0]), "hole"),
        (np.array([0.0, 0.1, np.inf, 0.2, 0.0]), ""),
    ],
)
def test_a_measured_surface_with_holes(
    tell: Tell, tmp_path: Path, heights: np.ndarray, expected: str
) -> None:
    np.save(tmp_path / "measured.npy", heights)
    body = GOOD[GOOD.index("[surface.rough]") : GOOD.index("[[layer]]")]
    path = write(
        tmp_path,
        (
            body,
            '[surface.rough]\nkind = "file"\npath = "measured.npy"\nsize = ["60 um"]\n'
            'unit = "um"\n\n',
        ),
    )
    code, said = tell("check", path)
    assert code == 2
    assert "surface.rough" in said
    assert "measured.npy" in said
    assert expected in said


def test_all_mistakes_of_a_case_at_once(tell: Tell, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        ('"40 um"', "40"),
        ('"Li"', '"Lithium foil"'),
        ('kind = "press"', 'kind = "pres"'),
        ("hurst = 0.8", "hurst = 1.8"),
    )
    code, said = tell("check", path)
    assert code == 2
    assert said.count("  - ") == 4
    for place in ("layer[0].thickness", "layer[1].material", "step[0]", "surface.rough"):
        assert place in said


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("case.toml", "layer = [", "is not TOML"),
        ("case.py", "x = 1", "defines no variable 'case'"),
        ("case.py", "case = 1", "'case' is a int"),
        ("case.py", "import nothing_of_this_name", "case.py:1"),
        ("case.py", "case = (", "case.py:1"),
        ("case.yaml", "", "give a .toml or a .py file"),
    ],
)
def test_files_that_are_no_case(
    tell: Tell, tmp_path: Path, name: str, text: str, expected: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    code, said = tell("check", tmp_path / name)
    assert code == 2
    assert expected in said


def test_a_missing_case_names_those_that_are_there(tell: Tell, tmp_path: Path) -> None:
    write(tmp_path)
    code, said = tell("check", tmp_path / "cas.toml")
    assert code == 2
    assert "no such file" in said
    assert "case.toml" in said


def test_a_place_that_cannot_be_written(tell: Tell, tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        code, said = tell("run", path, "-o", place)
        assert code == 2
        assert "is a file; give a folder with -o" in said
    code, said = tell("mesh", path, "-o", tmp_path / "file" / "a.msh")
    assert code == 2
    assert "a.msh" in said


def test_a_run_that_is_there_is_not_replaced(tell: Tell, tmp_path: Path) -> None:
    path = write(tmp_path)
    example_run(tmp_path / "there", nx=4, points=9, increments=1).close()
    before = (tmp_path / "there" / "results.h5").read_bytes()
    code, said = tell("run", path, "-o", tmp_path / "there")
    assert code == 2
    assert "--overwrite" in said
    assert (tmp_path / "there" / "results.h5").read_bytes() == before


@pytest.mark.parametrize("words", [("report",), ("plot", "stack"), ("export",)])
def test_results_of_another_version(tell: Tell, tmp_path: Path, words: tuple[str, ...]) -> None:
    example_run(tmp_path / "old", nx=4, points=9, increments=1).close()
    with h5py.File(tmp_path / "old" / "results.h5", "r+") as file:
        file.attrs["format_version"] = 99
    code, said = tell(words[0], tmp_path / "old", *words[1:])
    assert code == 2
    assert "has format version 99" in said
    assert [entry.name for entry in (tmp_path / "old").iterdir()] == ["results.h5"]


@pytest.mark.parametrize("words", [("report",), ("plot", "stack"), ("export",)])
def test_no_run_and_no_results(tell: Tell, tmp_path: Path, words: tuple[str, ...]) -> None:
    assert tell(words[0], tmp_path / "nothing", *words[1:])[0] == 2
    (tmp_path / "results.h5").write_text("no HDF5", encoding="utf-8")
    code, said = tell(words[0], tmp_path, *words[1:])
    assert code == 2
    assert "damaged" in said


@pytest.mark.parametrize("words", [[], ["go"], ["run"], ["plot", "there"]])
def test_words_that_are_no_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage: interfacefem" in capsys.readouterr().err
