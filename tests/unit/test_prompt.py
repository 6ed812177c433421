"""What a person meets at a prompt: completion, short views, signatures that say what they take."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator

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
    # as it is read from a file: texts are objects
    stored = History(columns.columns | {"step": np.array(["press"] * 2, object)}, columns.units)
    assert "<td>step [-]</td><td>press</td><td>press</td>" in stored._repr_html_().replace(
        "[]", "[-]"
    )


#: packages whose public names a user calls
ROOMS = ("", "contact", "materials", "plots", "post", "reference", "results", "surfaces")


def public() -> Iterator[tuple[str, object]]:
    """Yield all public things by their full name; of the modules in them, their functions."""
    for room in ROOMS:
        module = importlib.import_module(f"interfacefem.{room}".rstrip("."))
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.ismodule(thing):
                for inner, value in vars(thing).items():
                    if getattr(value, "__module__", "") == thing.__name__ and inner[0] != "_":
                        yield f"{thing.__name__}.{inner}", value
            else:
                yield f"{module.__name__}.{name}", thing


def annotations(thing: object) -> Iterator[tuple[str, str]]:
    """Yield place and text of the annotations of a function, or of a class and its methods."""
    if not inspect.isclass(thing):
        for key, text in getattr(inspect.unwrap(thing), "__annotations__", {}).items():
            yield key, str(text)
        return
    for cls in thing.__mro__:
        if not cls.__module__.startswith("interfacefem"):
            continue
        for key, text in vars(cls).get("__annotations__", {}).items():
            if not key.startswith("_"):
                yield f"{cls.__name__}.{key}", str(text)
        for key, member in vars(cls).items():
            inner = getattr(member, "__func__", getattr(member, "fget", member))
            inner = getattr(inner, "func", inner)  # a cached property
            if inspect.isfunction(inner) and (key in SPECIAL or not key.startswith("_")):
                for place, text in annotations(inner):
                    yield f"{cls.__name__}.{key}.{place}", text


SPECIAL = ("__init__", "__call__", "__getitem__", "__iter__")


def test_public_signatures_say_what_they_take() -> None:
    found = [(name, *pair) for name, thing in public() for pair in annotations(thing)]
    assert len(found) > 800
    # known ones are seen: of a function, of a method and of a property
    assert ("interfacefem.Case", "Case.run.return", "Results") in found
    assert ("interfacefem.Results", "Results.name.return", "str") in found
    assert [entry for entry in found if re.search(r"\bAny\b", entry[2])] == []


def test_what_a_user_gives_for_a_number_is_a_type() -> None:
    from interfacefem import units

    source = inspect.getsource(units)
    assert "\ntype Dimensional = str | float | pint.Quantity\n" in source
