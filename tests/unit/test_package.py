"""The package as a whole: lazy imports, module sizes, agreeing versions, no registry named."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import interfacefem

HEAVY = (
    "dolfinx",
    "dolfinx_solver",
    "gmsh",
    "pyvista",
    "matplotlib",
    "petsc4py",
    "mpi4py",
    "numba",
)
CEILING = 400  # lines; longer modules are split
TEXT = {".py", ".toml", ".md", ".yml", ".yaml", ".cff", ".txt", ".cfg", ".ipynb", ".sh", ""}


def tracked_text(repository: Path) -> list[Path]:
    outcome = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True, check=False
    )
    if outcome.returncode == 0:
        files = [repository / name for name in outcome.stdout.split("\0") if name]
    else:  # an unpacked archive
        files = [
            file
            for folder in ("interfacefem", "tests", "cases", "notebooks", ".ci")
            for file in (repository / folder).rglob("*")
        ] + list(repository.glob("*"))
    return [file for file in files if file.is_file() and file.suffix in TEXT]


def test_importing_is_light() -> None:
    code = (
        "import sys, interfacefem, interfacefem.surfaces, interfacefem.errors\n"
        "dir(interfacefem)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert outcome.stdout.strip() == "[]"


def test_the_package_runs_as_the_command(tmp_path: Path) -> None:
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "interfacefem", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert call("--version").stdout.strip() == interfacefem.__version__
    missing = call("report", str(tmp_path / "none"))
    assert missing.returncode == 2
    assert missing.stderr.startswith("interfacefem: ")


@pytest.mark.parametrize("name", [name for name in interfacefem.__all__ if name != "__version__"])
def test_public_names_exist(name: str) -> None:
    assert getattr(interfacefem, name).__name__ == name
    assert name in dir(interfacefem)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Lair'"):
        _ = interfacefem.Lair


def test_modules_stay_small(repository: Path) -> None:
    lengths = {
        str(file.relative_to(repository)): len(file.read_text(encoding="utf-8").splitlines())
        for file in (repository / "interfacefem").rglob("*.py")
    }
    assert len(lengths) > 10
    assert {name: n for name, n in lengths.items() if n > CEILING} == {}


def test_modules_open_with_licence_and_description(repository: Path) -> None:
    for file in (repository / "interfacefem").rglob("*.py"):
        lines = file.read_text(encoding="utf-8").splitlines()
        assert lines[:1] == ["# SPDX-License-Identifier: MIT"], file
        assert lines[1].startswith(('"""', 'r"""')), file


def test_versions_agree(repository: Path) -> None:
    version = interfacefem.__version__
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == version
    changelog = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)
    assert headings[0] == (version, citation["date-released"])
    newest = changelog.split(f"## [{version}]")[1].split("\n## [")[0]
    assert "### Numbers" in newest


def test_no_registry_is_named(repository: Path) -> None:
    # whoever installs says where from; the parts are joined here so that this file passes
    hosts = ["python" + "hosted", "py" + "pi.org", "ana" + "conda.org", "arti" + "factory"]
    options = ["--index" + "-url", "--extra" + "-index", "--find" + "-links", "--trusted" + "-host"]
    pattern = re.compile("|".join(map(re.escape, hosts + options)), re.IGNORECASE)
    files = tracked_text(repository)
    assert repository / "constraints.txt" in files
    found = [
        f"{file.relative_to(repository)}: {match.group()}"
        for file in files
        for match in pattern.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert not list(repository.glob("uv.lock"))


def test_constraints_are_plain_pins(repository: Path) -> None:
    lines = (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 50
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)] == []
    pinned = {re.sub(r"[-_.]+", "-", pin.split("==")[0]).lower() for pin in pins}
    with (repository / "pyproject.toml").open("rb") as stream:
        project = tomllib.load(stream)["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(text for extra in extras for text in extra)]
    names = {re.split(r"[<>=\[; ]", text)[0].lower().replace("_", "-") for text in wanted}
    assert names - {"interfacefem"} <= pinned


def test_nothing_is_pickled(repository: Path) -> None:
    pattern = re.compile(r"^\s*(import|from) (pickle|dill|joblib|shelve|marshal)|allow_pickle=True")
    for file in (repository / "interfacefem").rglob("*.py"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert not pattern.search(line), f"{file}: {line}"
