"""What a person meets at a prompt: completion, short views, signatures that say what they take."""

from __future__ import annotations

import numpy as np

from interfacefem.results import History


def history() -> History:
    return History(
        {"step": np.array(["press", "press"]), "nominal_pressure": np.array([1.0, 187.0])},
        {"step": "", "nominal_pressure": "MPa"},
    )


def test_a_history_is_a_mapping_of_columns() -> None:
    columns = history()
    assert list(columns) == ["step", "nominal_pressure"] == list(columns.keys())
    assert {name: columns[name][-1] for name in columns} == {
        "step": "press",
        "nominal_pressure": 187.0,
    }
    assert dict(columns)["nominal_pressure"][0] == 1.0
    assert repr(columns).startswith("<History of 2 increments: 2 columns>\n")
    assert "nominal_pressure [MPa]" in repr(columns)
    assert "187" in columns._repr_html_()
