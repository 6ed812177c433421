# SPDX-License-Identifier: MIT
"""The wheel outside of the clone: with all extras it runs a case, without them it says what to do.

Without extras means: the Python of this environment without its packages, but for those that the
wheel itself asks for, taken from here, so that nothing is downloaded.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

requirements = pytest.importorskip("packaging.requirements")

CASE = """
import interfacefem as ifem

stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "4 um"), ifem.Layer("anode", "Li", "4 um"), width="4 um"
)
steps = ifem.Protocol(ifem.Press(to="1 MPa"))
case = ifem.Case("small", stack, steps, mesh=ifem.MeshSize("2 um"))

if __name__ == "__main__":
    ifem.main(case)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The wheel, made of a copy of what it needs, and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    left = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(repository / "interfacefem", source / "interfacefem", ignore=left)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(repository / name, source / name)
    words = ["pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([sys.executable, "-m", *words, str(source)], check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    site = folder / "site"
    zipfile.ZipFile(made).extractall(site)
    (folder / "small.py").write_text(CASE, encoding="utf-8")
    return site


@pytest.fixture(scope="module")
def bare(wheel: Path) -> Path:
    """A folder with the wheel, what it asks for without extras, and nothing else."""
    site = wheel.parent / "bare"
    shutil.copytree(wheel, site)
    (about,) = site.glob("interfacefem-*.dist-info")
    waiting = list(importlib.metadata.Distribution.at(about).requires or [])
    seen: set[str] = set()
    while waiting:
        wanted = requirements.Requirement(waiting.pop())
        if wanted.name in seen or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        seen.add(wanted.name)
        found = importlib.metadata.distribution(wanted.name)
        waiting += found.requires or []
        for first in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (site / first).exists():
                (site / first).symlink_to(Path(str(found.locate_file(first))))
    assert not (site / "gmsh.py").exists()
    return site


def without_extras(bare: Path, *words: str) -> subprocess.CompletedProcess[str]:
    code = (
        f"import sys; sys.path.insert(0, {str(bare)!r}); sys.argv[0] = 'interfacefem'\n"
        "from interfacefem.cli import main; sys.exit(main())"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, *words],
        cwd=bare.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_holds_what_the_program_reads(wheel: Path, repository: Path) -> None:
    def there(root: Path) -> set[str]:
        files = [file for file in (root / "interfacefem").rglob("*") if file.is_file()]
        return {file.relative_to(root).as_posix() for file in files if file.suffix != ".pyc"}

    assert there(wheel) == there(repository)


def test_without_extras_a_case_is_checked(bare: Path) -> None:
    done = without_extras(bare, "check", "small.py")
    assert done.returncode == 0, done.stderr
    assert "small: no mistakes" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(("verb", "extra"), [("mesh", "mesh"), ("run", "all")])
def test_without_extras_one_line_says_what_is_missing(bare: Path, verb: str, extra: str) -> None:
    done = without_extras(bare, verb, "small.py")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("interfacefem: ")
    assert f"pip install 'interfacefem[{extra}]'" in line
    assert not (bare.parent / "runs").exists()


@pytest.mark.slow
def test_with_all_a_case_runs(wheel: Path) -> None:
    code = "import interfacefem; print(interfacefem.__file__)"
    run = [sys.executable, "-m", "interfacefem", "run", "small.py", "-o", "with_all"]
    for command in ([sys.executable, "-c", code], run):
        done = subprocess.run(
            command,
            cwd=wheel.parent,
            env=os.environ | {"PYTHONPATH": str(wheel)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        if command is not run:
            assert done.stdout.strip() == str(wheel / "interfacefem" / "__init__.py")
    assert "complete" in done.stdout
    assert (wheel.parent / "with_all" / "results.h5").is_file()
