# SPDX-License-Identifier: MIT
"""The README keeps its word: its case runs, its links and verbs exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from interfacefem import materials
from interfacefem.cli.main import parser
from interfacefem.errors import UnitError
from interfacefem.results import Results
from interfacefem.units import to_internal


@pytest.fixture
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def script(readme: str) -> str:
    (block,) = re.findall(r"^```python\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    return str(block)


def test_links_and_pictures_are_there(readme: str, repository: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", readme)
    assert targets
    missing = [target for target in targets if not (repository / target).exists()]
    assert not missing
    pictures = [repository / target for target in targets if target.endswith(".png")]
    assert len(pictures) == 1
    assert pictures[0].stat().st_size < 300_000  # a clone stays small


def test_every_verb_is_described_and_no_other(readme: str) -> None:
    (choices,) = [action.choices for action in parser()._actions if action.dest == "verb"]
    assert set(re.findall(r"^\| `interfacefem (\w+)", readme, flags=re.MULTILINE)) == set(choices)


def test_materials_in_the_text_can_be_had(readme: str) -> None:
    calls = re.findall(r"`materials\.get\(([^`]*)\)`", readme)
    assert len(calls) >= 3
    for call in calls:
        name, _, options = call.partition(", ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', options))
        assert materials.get(name.strip('"'), **given)


def test_what_is_said_of_numbers_is_true(readme: str) -> None:
    table = readme.partition("## Numbers and units\n")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| `")]
    for row, kind in zip(rows, ("current_density", "area_resistance", "force"), strict=False):
        for text in re.findall(r"`([^`]+)`", row[0]):
            other = "toughness" if "MPa" in text else "pressure" if "t/" in text else kind
            assert to_internal(text, other, bare=False) > 0.0
    comma, several = rows[3], rows[4]
    (said,) = re.findall(r"refused: `([^`]+)`", comma[1])
    with pytest.raises(UnitError, match=re.escape(said)):
        to_internal(comma[0].strip("| `"), "force")
    for text in re.findall(r"`([^`]+)`", several[0]):
        with pytest.raises(UnitError):
            to_internal(text, "force" if "ton" in text else "length")


@pytest.mark.slow
def test_the_case_runs_as_it_stands(
    script: str, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line for line in script.splitlines() if line.strip()]
    assert 15 <= len(lines) <= 30  # what the README promises
    (tmp_path / "first_press.py").write_text(script, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(repository))
    done = subprocess.run(
        [sys.executable, "first_press.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert re.search(r"^\d+% in contact, \d+\.\d ohm cm\^2$", done.stdout, flags=re.MULTILINE)
    folder = tmp_path / "runs" / "first_press"
    assert list((folder / "figures").glob("*.png"))
    with Results.open(folder) as results:
        assert results.status == "complete"
        assert results.steps == ("press", "hold", "stack pressure")
