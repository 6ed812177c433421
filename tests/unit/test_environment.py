"""The checks of the machine: found here, and said in words where something is missing."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import threadpoolctl

import interfacefem as ifem
from interfacefem import environment, logs
from interfacefem.errors import EnvironmentProblem


def fake_compiler(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(environment.sysconfig, "get_config_var", lambda name: "gcc -pthread")
    return tmp_path


def test_this_machine_has_what_is_needed() -> None:
    assert environment.problems(installed=True) == []
    assert environment.main(["--installed"]) == 0


def test_no_compiler(empty_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EnvironmentProblem, match=r"no C compiler \(cc, gcc, clang\) was found"):
        environment.check_compiler()
    assert environment.main() == 2
    assert "install gcc" in capsys.readouterr().err


def test_another_compiler_than_python_was_built_with(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_compiler(empty_path, "clang", "exit 0")
    with pytest.raises(EnvironmentProblem, match="set the variable CC=clang"):
        environment.check_compiler()
    monkeypatch.setenv("CC", "clang")
    assert environment.compiler() == ["clang"]
    environment.check_compiler()


def test_compiler_that_fails(empty_path: Path) -> None:
    fake_compiler(empty_path, "gcc", "echo 'fatal error: stdio.h' >&2; exit 1")
    with pytest.raises(EnvironmentProblem, match=r"gcc does not work: fatal error: stdio.h"):
        environment.check_compiler()


def test_no_python_headers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(EnvironmentProblem, match=r"no Python.h in .*python3\.\d+-dev"):
        environment.check_compiler()


def test_no_graphics_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment.sys, "platform", "linux")
    wanted = {"libGL.so.1": "libgl1", "libNowhere.so.7": "libnowhere7"}
    monkeypatch.setattr(environment, "GRAPHICS_LIBRARIES", wanted)

    def load(name: str) -> None:
        if name == "libNowhere.so.7":
            raise OSError(name)

    monkeypatch.setattr(environment.ctypes, "CDLL", load)
    with pytest.raises(EnvironmentProblem, match=r"not there: libNowhere.so.7; .* libnowhere7\)"):
        environment.check_graphics()
    monkeypatch.setattr(environment.sys, "platform", "darwin")
    environment.check_graphics()


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        ({"dolfinx", "dolfinx_solver"}, "DOLFINx not installed; .*pip install 'interfacefem.all.'"),
        ({"gmsh"}, "gmsh not installed; .*pip install 'interfacefem.all.'"),
        ({"dolfinx", "dolfinx_solver", "gmsh"}, "DOLFINx and gmsh not installed; "),
    ],
)
def test_not_installed(absent: set[str], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: None if name in absent else object()
    )
    with pytest.raises(EnvironmentProblem, match=message):
        environment.check_installed()


def test_checks_need_the_standard_library_only(repository: Path) -> None:
    # -I -S: neither installed packages nor the user's; only the repository is added
    code = f"import sys; sys.path.insert(0, {str(repository)!r}); import interfacefem.environment"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_logger_is_silent_until_asked(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logs.get("interfacefem.test")
    package = logging.getLogger("interfacefem")
    before = package.level
    logger.warning("unheard")
    assert capsys.readouterr().err == ""
    try:
        logs.set_log_level("info")
        logs.set_log_level("info")  # the second call replaces the first
        logger.info("heard")
        logger.debug("not asked for")
        assert capsys.readouterr().err == "INFO interfacefem.test: heard\n"
        with pytest.raises(ValueError, match="LOUD"):
            logs.set_log_level("loud")
    finally:
        package.setLevel(before)
        for handler in package.handlers[1:]:
            package.removeHandler(handler)


def test_setup_without_python_says_so(repository: Path, tmp_path: Path) -> None:
    # only what the script itself needs is on PATH
    for tool in ("bash", "dirname", "env"):
        found = next(
            Path(folder) / tool
            for folder in os.environ["PATH"].split(os.pathsep)
            if (Path(folder) / tool).exists()
        )
        (tmp_path / tool).symlink_to(found)
    outcome = subprocess.run(
        [str(repository / ".ci" / "setup"), str(tmp_path / "venv")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 2
    assert "no Python 3.12 or newer was found" in outcome.stderr
    assert not (tmp_path / "venv").exists()


def blas_threads() -> set[int]:
    return {
        one["num_threads"] for one in threadpoolctl.threadpool_info() if "scipy" in one["prefix"]
    }


def test_a_run_takes_one_thread_unless_asked_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in environment.THREADS:
        monkeypatch.delenv(name, raising=False)
    seen: list[set[int]] = []

    class Watch:
        def on_increment(self, *_: object) -> None:
            seen.append(blas_threads())

    stack = ifem.Stack(
        ifem.Layer("ceramic", "Li6PS5Cl", "2 um"), ifem.Layer("metal", "Li", "2 um"), width="2 um"
    )
    case = ifem.Case("small", stack, ifem.Protocol(ifem.Press(to="1 MPa")), current=None)
    with threadpoolctl.threadpool_limits(2):
        several = blas_threads()
        if several == {1}:
            pytest.skip("BLAS has one thread on this machine")
        ifem.run_case(case, tmp_path / "one", listeners=[Watch()])
        assert blas_threads() == several
        assert set().union(*seen) == {1}
        seen.clear()
        monkeypatch.setenv("OMP_NUM_THREADS", "2")
        ifem.run_case(case, tmp_path / "asked", listeners=[Watch()])
        assert set().union(*seen) == several
