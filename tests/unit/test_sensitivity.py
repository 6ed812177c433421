# SPDX-License-Identifier: MIT
"""The study of the numbers of the solver: what is tried, what is kept, what its table says."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interfacefem import numbers
from interfacefem.errors import ResultsError


@pytest.fixture
def study(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(repository / "cases")
    return importlib.import_module("sensitivity")


def reached(solves: int, value: float) -> dict[str, Any]:
    results = {"contact_fraction[a|b]": [0.5, value], "asr": [np.nan, 10.0]}
    return {"increments": 2, "solves": solves, "rejected": 0, "results": results}


def keep(folder: Path, name: str, *cases: dict[str, Any]) -> None:
    found = dict(zip(("press", "die", "creeping"), cases, strict=True))
    text = json.dumps({"replaced": name, "cases": found})
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


def test_numbers_near_one_are_moved_by_their_distance_from_it(study: Any) -> None:
    assert study.tried(0.4) == (0.2, 0.8)
    assert study.tried(13) == (6, 26)
    assert study.tried(1) == (1, 2)
    assert study.tried(1.0 - 1e-9) == pytest.approx((1.0 - 5e-10, 1.0 - 2e-9), abs=1e-15)
    assert study.tried(1.05) == pytest.approx((1.025, 1.1))


@pytest.mark.slow
def test_every_trial_is_a_text_that_the_environment_takes(study: Any) -> None:
    trials = study.trials(())
    assert len(trials) == 1 + 2 * len(numbers.load())
    for replaced in trials.values():
        assert numbers.read(replaced)[1] == ()
    assert set(study.trials(["fem.STUCK"])) == {"default", "fem.STUCK halved", "fem.STUCK doubled"}


def test_the_table_tells_nothing_from_work_from_results_from_no_end(
    study: Any, tmp_path: Path
) -> None:
    same = reached(10, 0.8)
    keep(tmp_path, "default", same, same, same)
    keep(tmp_path, "fem.STUCK halved", same, same, same)
    keep(tmp_path, "fem.STUCK doubled", same, same, same)
    keep(tmp_path, "fem.NEAR halved", same, reached(12, 0.8), same)
    keep(tmp_path, "fem.NEAR doubled", same, same, reached(10, 0.76))
    keep(tmp_path, "fem.SHORT doubled", {"failure": "not done after 120 s"}, same, same)
    table = study.rows(tmp_path)
    found = {row["number"]: study.effect(row, table[0]) for row in table}
    assert found == {
        "default": "nothing",
        "fem.STUCK halved": "nothing",
        "fem.STUCK doubled": "nothing",
        "fem.NEAR halved": "work",
        "fem.NEAR doubled": "results",
        "fem.SHORT doubled": "no result",
    }
    text = study.page(table)
    assert "| fem.NEAR | 0.0002 | same | same | 10, 0, 5.0e-02 contact_fraction[a/b] |" in text
    assert "| fem.SHORT | 0.2 | not done after 120 s | same | same |" in text
    assert text.endswith("- fem.STUCK\n")


def test_without_a_default_there_is_nothing_to_compare_to(study: Any, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="is missing"):
        study.rows(tmp_path)
    keep(tmp_path, "default", reached(1, 1.0), {"failure": "not done after 1 s"}, reached(1, 1.0))
    with pytest.raises(ResultsError, match="case die: not done after 1 s"):
        study.rows(tmp_path)


def test_kept_trials_are_not_run_again(
    study: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []

    def run(replaced: str, file: Path, limit: float) -> None:
        assert limit == 7.0
        ran.append(replaced)
        keep(tmp_path, file.stem, *[reached(1, 1.0)] * 3)

    monkeypatch.setattr(study, "run_trial", run)
    words = ["--numbers", "fem.STUCK", "--jobs", "1", "--limit", "7", "-o", str(tmp_path)]
    assert study.main(words) == 0
    assert ran == ["", "fem.STUCK=0.0005", "fem.STUCK=0.002"]
    (tmp_path / "fem.STUCK doubled.json").unlink()
    assert study.main(words) == 0
    assert ran[3:] == ["fem.STUCK=0.002"]
    assert {"sensitivity.csv", "sensitivity.md"} <= {path.name for path in tmp_path.iterdir()}


def test_a_trial_ends_with_its_time(study: Any, tmp_path: Path) -> None:
    study.run_trial("fem.STUCK=0.002", tmp_path / "trial.json", 0.2)
    kept = json.loads((tmp_path / "trial.json").read_text(encoding="utf-8"))
    assert kept["replaced"] == "fem.STUCK=0.002"
    assert {now["failure"] for now in kept["cases"].values()} == {"not done after 0.2 s"}
    assert set(kept["cases"]) == set(study.CASES)


def test_cases_are_without_mistakes(study: Any) -> None:
    for make in study.CASES.values():
        make().require()


def test_a_change_is_seen_beside_what_is_infinite_and_noise_is_none(study: Any) -> None:
    before = {
        "asr": [5.0, 5.5, np.inf],
        "asr_constriction": [1e-9, 2e-9, np.nan],
        "mean_removed[a|b]": [np.nan, 1e-12, 2e-12],
    }
    noise = before | {
        "asr_constriction": [3e-9, 1e-9, np.nan],
        "mean_removed[a|b]": [np.nan, 5e-12, 2e-12],
    }
    moved, _ = study.change(before, noise)
    assert moved < 1e-5
    moved, where = study.change(before, before | {"asr": [5.0, 6.05, np.inf]})
    assert (moved, where) == (pytest.approx(0.1), "asr")
    assert study.change(before, before | {"asr": [5.0, 5.5, 1e9]}) == (np.inf, "asr")
    assert study.change(before, {**before, "asr": [5.0, 5.5]}) == (np.inf, "asr")
