# SPDX-License-Identifier: MIT
"""The README keeps its word: its links lead somewhere, and the first case runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from interfacefem.results import Results


@pytest.fixture
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def script(repository: Path) -> str:
    page = (repository / "docs" / "first_case.md").read_text(encoding="utf-8")
    block = re.search(r"^```python\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)
    assert block
    return block[1]


def test_links_and_pictures_are_there(readme: str, repository: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", readme)
    assert targets
    missing = [target for target in targets if not (repository / target).exists()]
    assert not missing
    pictures = [repository / target for target in targets if target.endswith(".png")]
    assert len(pictures) == 1
    assert pictures[0].stat().st_size < 300_000  # a clone stays small


def test_it_is_one_screen(readme: str) -> None:
    assert len(readme.splitlines()) <= 70
    assert len(re.findall(r"^\|---", readme, flags=re.MULTILINE)) == 1  # one table
    commands = readme.partition("## Two commands")[2].partition("##")[0]
    assert re.findall(r"^make (\w+)", commands, flags=re.MULTILINE) == ["demo", "test"]


@pytest.mark.slow
def test_the_case_runs_as_it_stands(
    script: str, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line for line in script.splitlines() if line.strip()]
    assert 15 <= len(lines) <= 30  # what a person reads at one glance
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
        press = results.history.where(results.history["step"] == "press")
        pressed = press["contact_fraction[electrolyte|anode]"][-1]
    # what the page goes on with
    page = (repository / "docs" / "first_case.md").read_text(encoding="utf-8")
    said = re.search(r"here (\S+) MPa, and anything from (\S+) to (\S+) MPa", page)
    assert said
    assert "yield stress {} MPa ({} to {})".format(*said.groups()) in done.stdout
    assert f"in place of {pressed:.0%}" in " ".join(page.split()).replace(" %", "%")
