# SPDX-License-Identifier: MIT
"""Words of the command line that were taken silently, or took all memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import interfacefem as ifem
from interfacefem.cli import main
from interfacefem.errors import CaseError
from interfacefem.results.example import example_run

OVER = "interface.separator|anode.friction"


@pytest.fixture(scope="module")
def case_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    layers = (ifem.Layer("separator", "Li6PS5Cl", "5 um"), ifem.Layer("anode", "Li", "5 um"))
    stack = ifem.Stack(layers[0], ifem.Interface(friction=0.1), layers[1], width="5 um")
    case = ifem.Case("flat", stack, ifem.Protocol(ifem.Press(to="5 MPa"), ifem.Release("1 MPa")))
    return case.save(tmp_path_factory.mktemp("case") / "flat.toml")


@pytest.mark.parametrize(
    "values", ["0,3", "1,5 MPa", "0,1, 0,3", "-0,2", "1,5e-1", "2,5 MPa, 5,5 MPa"]
)
def test_values_of_a_sweep_with_decimal_commas(
    values: str, case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # "0,3" was a friction of 0 and one of 3
    words = ["sweep", str(case_file), "--over", f"{OVER}={values}", "-o", str(tmp_path / "s")]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert f"--over: '{values}' can be numbers with decimal commas; write decimals with" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("values", ["0, 3", "0,0.1,0.3", "1,2,3", "0.1,0.3", "0.1"])
def test_values_of_a_sweep_that_are_clear(
    values: str, case_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def stop(case: object, over: object, **options: object) -> None:
        seen.append(over)
        raise CaseError([], "enough")

    monkeypatch.setattr("interfacefem.cli.sweep.Sweep", stop)
    main(["sweep", str(case_file), "--over", f"{OVER}={values}"])
    assert seen == [{OVER: [part.strip() for part in values.split(",")]}]


@pytest.mark.parametrize("seeds", ["1000000000", "10001", "-1"])
def test_so_many_seeds_are_refused_before_they_are_listed(
    seeds: str, case_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start = time.perf_counter()
    assert main(["sweep", str(case_file), "--seeds", seeds, "-o", str(tmp_path / "s")]) == 2
    assert f"seeds: {seeds} is out of range; write for example 12" in capsys.readouterr().err
    assert time.perf_counter() - start < 5.0


def test_a_question_that_is_not_answered_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = example_run(tmp_path / "run").folder
    for words, said in (
        (
            ["--target", "9 ohm*cm^2", "--at", "1 MPa"],
            "is for a sweep, this is a run; leave it out",
        ),
        (["--target", "9 ohm*cm^2"], "says one half of a question; give --target and --at"),
        (["--at", "1 MPa"], "says one half of a question; give --target and --at"),
    ):
        assert main(["report", str(run), "--html", *words]) == 2
        assert said in capsys.readouterr().err
    assert not (run / "report.html").exists()


def test_nothing_is_said_of_an_export_that_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = example_run(tmp_path / "run").folder
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["export", str(run), "-o", str(tmp_path / "file")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "choose another folder (-o on the command line)" in said.err


@pytest.mark.parametrize("verb", ["report", "export", "resume", "compare", "spectrum"])
@pytest.mark.parametrize("path", ["x" * 5000, "a/" * 3000])
def test_paths_that_are_too_long(verb: str, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, path]) == 2
    assert "File name too long" in capsys.readouterr().err
