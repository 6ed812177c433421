"""The path of the solver through ten small cases: increments, solves and results as they are kept.

``golden_cases.py --write`` keeps new numbers; a commit that does says why.
"""

from __future__ import annotations

import json

import golden_cases
import pytest

KEPT = golden_cases.kept_cases()
SLOW = {"area", "creep_cycling", "creeping", "cycling", "sheared"}
NAMES = [
    pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
    for name in golden_cases.CASES
]


@pytest.mark.parametrize("name", NAMES)
def test_increments_solves_and_results_are_those_that_were_kept(name: str) -> None:
    now = json.loads(json.dumps(golden_cases.computed(golden_cases.CASES[name]())))
    worst, said = golden_cases.differences(KEPT[name], now)
    assert not said, f"largest difference {worst:.2g}\n" + "\n".join(said)


def test_a_change_of_one_number_is_seen() -> None:
    name = "cycling"
    for part, key in (
        ("history", "closure"),
        ("history", "linear_solves"),
        ("fields", "metal stress"),
    ):
        changed = json.loads(json.dumps(KEPT[name]))
        assert golden_cases.differences(KEPT[name], changed) == (0.0, [])
        values = changed[part][key]
        values[1] += 1 if isinstance(values[1], int) else 1e-6 * values[0]
        assert golden_cases.differences(KEPT[name], changed)[1], key
