# SPDX-License-Identifier: MIT
"""The examples of cases/extend: one file outside of the package, loaded by its path."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from interfacefem import plots, post, registry
from interfacefem.cli import main
from interfacefem.results import Results
from interfacefem.results.example import example_run

LONGEST = 60  # lines
UPPER = "interlayer|anode"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extend") / "run"
    example_run(folder, nx=12, points=31, increments=2).close()
    return folder


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    yield
    for register, name in ((plots.PICTURES, "over_height"), (post.CAUSES, "open at the metal")):
        if name in register:
            register.remove(name)


def example(repository: Path, name: str) -> Path:
    return repository / "cases" / "extend" / name


def test_they_are_short_and_say_how_to_use_them(repository: Path) -> None:
    files = list((repository / "cases" / "extend").glob("*.py"))
    assert {"own_risk.py", "picture_of_a_field.py"} <= {file.name for file in files}
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= LONGEST
        use = f"--with cases/extend/{file.name}", f"python cases/extend/{file.name}"
        assert any(words in text for words in use)


@pytest.mark.slow
def test_a_picture_is_drawn_by_its_kind_and_in_the_report(
    run: Path, repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = example(repository, "picture_of_a_field.py")
    target = tmp_path / "height.png"
    words = ["plot", str(run), "over_height", "--with", str(file), "--field", "stress.yy"]
    assert main([*words, "--step", "press", "-o", str(target)]) == 0
    assert target.is_file()
    with Results.open(run) as results:
        figure = plots.draw(results, "over_height", step="press", field="stress.yy")
        (axes,) = figure.get_axes()  # type: ignore[union-attr]
        assert axes.get_xlabel() == "Stress yy [MPa]"
        for line in axes.get_lines():
            # the example squeezes all layers with 187 MPa
            np.testing.assert_allclose(np.asarray(line.get_xdata()), -187.0)
    with pytest.raises(SystemExit):
        main(["plot", "--help"])
    assert (
        "over_height   a layer field over the height (--step, --field)" in capsys.readouterr().out
    )
    assert main(["report", str(run), "--with", str(file), "-o", str(tmp_path / "all")]) == 0
    said = capsys.readouterr().out
    names = [Path(line.strip()).name for line in said.splitlines() if line.endswith(".png")]
    assert "over_height_press.png" in names
    # in its place: behind the stack, before the interfaces
    assert names.index("over_height_press.png") == names.index("interfaces.png") - 1
    assert (tmp_path / "all" / "over_height_press.png").is_file()


def test_a_risk_is_in_the_table_with_its_threshold(
    run: Path, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = example(repository, "own_risk.py")
    assert main(["report", str(run), "--no-figures", "--with", str(file)]) == 0
    said = capsys.readouterr().out
    assert "open at the metal" in said
    assert "a choice of this file, not measured: open at the metal, interface" in said
    registry.load_file(file)  # a second time it is there already
    with Results.open(run) as results:
        row = post.risk_table(results).worst("open at the metal")
        assert row is not None
        assert row.subject == f"interface '{UPPER}'"
        touching = post.contact_fraction(results.interface(UPPER).at("release"))
        assert row.value == pytest.approx(1.0 - touching)
        assert (row.step, row.verdict) == ("release", "certain")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("own_risk.py", "open at the metal"), ("picture_of_a_field.py", "over_height.png")],
)
def test_they_are_scripts_as_well(run: Path, repository: Path, name: str, expected: str) -> None:
    command = [sys.executable, str(example(repository, name)), str(run)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert expected in done.stdout
