"""The path of the solver through ten small cases: increments, solves and results as they are kept.

``python tests/regression/golden_cases.py --write`` keeps new numbers; a commit that does says why.
"""

from __future__ import annotations

import json

import golden_cases
import pytest

#: largest difference between processors, as the kept numbers come from one and any may test them:
#: 1.5e-4 was seen; ``golden_cases.py`` on the processor that kept them compares to 1e-9
ANY_PROCESSOR = 1e-3
KEPT = json.loads(golden_cases.KEPT.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", golden_cases.CASES)
def test_increments_solves_and_results_are_those_that_were_kept(name: str) -> None:
    now = json.loads(json.dumps(golden_cases.computed(golden_cases.CASES[name]())))
    worst, said = golden_cases.differences(KEPT[name], now, ANY_PROCESSOR, loose=False)
    assert not said, f"largest difference {worst:.2g}\n" + "\n".join(said)


def test_a_change_of_one_number_is_seen() -> None:
    name = "cycling"
    for part, key in (
        ("history", "closure"),
        ("history", "linear_solves"),
        ("fields", "metal stress"),
    ):
        changed = json.loads(json.dumps(KEPT[name]))
        values = changed[part][key]
        values[1] += 1 if isinstance(values[1], int) else 1e-6 * values[0]
        assert golden_cases.differences(KEPT[name], changed)[1], key
