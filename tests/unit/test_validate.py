# SPDX-License-Identifier: MIT
"""``interfacefem validate``: what is there, verdicts, and the files it writes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from interfacefem import cli
from interfacefem.errors import MaterialError
from interfacefem.experiments import Comparison, Quantity, names, published

SCRIPTS = Path(__file__).parents[2] / "cases/experiments"


def quantity(measured, model, nominal, **more):
    return Quantity("it", "MPa", measured, model, nominal, **more)


@pytest.mark.parametrize(
    ("measured", "model", "nominal", "verdict"),
    [
        ((9.0, 11.0), (8.0, 12.0), 10.0, "inside"),
        ((9.0, 11.0), (10.5, 13.0), 12.0, "inside"),
        ((9.0, 11.0), (11.1, 13.0), 12.0, "outside, a factor 1 above"),
        ((9.0, 11.0), (2.0, 3.0), 2.5, "outside, a factor 3 below"),
        ((9.0, 11.0), (1.0, 100.0), 50.0, "undecided, the band spans 1e+02 times"),
        ((9.0, 11.0), (1.0, 100.0), 10.0, "inside"),
    ],
)
def test_a_verdict_follows_from_the_ranges(measured, model, nominal, verdict):
    assert quantity(measured, model, nominal).in_words() == verdict


def test_shares_are_compared_by_difference():
    assert quantity((0.1, 0.2), (0.25,), 0.25, share=True).in_words() == "outside, 0.05 above"


@pytest.mark.parametrize(
    ("measured", "model", "nominal"),
    [((1.0, 2.0), (), 1.0), ((2.0, 1.0), (1.0,), 1.0), ((1.0, 2.0), (float("inf"),), 1.0)],
)
def test_what_is_no_comparison_is_refused(measured, model, nominal):
    with pytest.raises(MaterialError, match="it: "):
        quantity(measured, model, nominal)


def test_a_miss_needs_a_computation_that_explains_it():
    miss = [quantity((1.0, 2.0), (5.0,), 5.0)]
    with pytest.raises(MaterialError, match="without its explanation"):
        Comparison(published("doux"), miss)
    assert Comparison(published("doux"), miss, missing="x", notes=["y"]).verdict == "outside"


def test_each_data_set_has_a_script_and_a_source():
    assert {path.stem for path in SCRIPTS.glob("*.py")} == set(names())
    for name in names():
        data = published(name)
        assert data.source
        assert data.read
        assert data.numbers


def test_it_writes_table_and_figure(tmp_path, capsys):
    words = [
        "validate",
        "pellets",
        "short",
        "creep",
        "-o",
        str(tmp_path),
        "--scripts",
        str(SCRIPTS),
    ]
    assert cli.main(words) == 0
    text = (tmp_path / "table.md").read_text()
    assert "3 of 3 data sets are inside" in text
    with (tmp_path / "table.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["data set"] for row in rows} == {"short", "creep", "pellets"}
    assert all(row["verdict"] == "inside" for row in rows)
    assert (tmp_path / "validation.png").stat().st_size > 10_000


def test_what_is_there_is_listed_and_what_is_not_is_named(tmp_path, capsys):
    assert cli.main(["validate", "--list", "--scripts", str(SCRIPTS)]) == 0
    assert "Doux et al. (2020)" in capsys.readouterr().out
    assert cli.main(["validate", "duox", "--scripts", str(SCRIPTS)]) == 2
    assert "doux" in capsys.readouterr().err
    assert cli.main(["validate", "--scripts", str(tmp_path / "none")]) == 2
