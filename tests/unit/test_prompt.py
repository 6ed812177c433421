"""What a person meets at a prompt: completion, short views, signatures that say what they take."""

from __future__ import annotations

import base64
import importlib
import inspect
import io
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.results import History
from interfacefem.results.example import example_run


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
    assert stored._repr_html_().count(">press</td>") == 2


def test_a_history_makes_a_table_and_travels() -> None:
    columns = history()
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(columns)
    assert list(table.columns) == ["step", "nominal_pressure"]
    assert table["nominal_pressure"].tolist() == [1.0, 187.0]
    assert list(columns.to_dataframe().columns)[1] == "nominal_pressure [MPa]"
    there = pickle.loads(pickle.dumps(columns))
    assert there["step"].tolist() == ["press", "press"]
    assert there.label("nominal_pressure") == columns.label("nominal_pressure")
    assert columns == columns
    assert columns != there  # as arrays, not by what is in them


def test_results_travel_by_their_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    example_run(tmp_path / "run", nx=4, points=5, increments=1).close()
    with ifem.Results.open("run") as results:
        text = pickle.dumps(results)
        assert len(text) < 1000
        monkeypatch.chdir("/")
        with pickle.loads(text) as again:
            assert again.path == tmp_path / "run" / "results.h5"
            assert again.history["closure"].tolist() == results.history["closure"].tolist()
        shown = results._repr_html_()
        assert shown.count("<tr>") == 1 + len(results.steps)
        for name in results.interfaces:
            assert f"contact of {name} [-]" in shown
        table = pytest.importorskip("pandas").DataFrame(results.history)
        assert len(table) == len(results)


def test_a_case_and_its_protocol_are_tables() -> None:
    layers = [ifem.Layer("a", "Li", "4 um"), ifem.Layer("b", "Li6PS5Cl", "4 um")]
    steps = ifem.Protocol(ifem.Press("5 MPa"), ifem.Hold("60 s"), ifem.Release("1 MPa"))
    shown = steps._repr_html_()
    assert shown.count("<tr>") == 4
    assert "Press(&quot;5 MPa&quot;)</td>" in shown
    case = ifem.Case("x", ifem.Stack(*layers, width="8 um"), steps, mesh=ifem.MeshSize("1 um"))
    assert case._repr_html_().count("<table>") == 2
    assert "mesh: MeshSize(edge=&quot;1 um&quot;)" in case._repr_html_()


def test_what_a_notebook_shows() -> None:
    lithium = materials.get("Li")._repr_html_()
    assert re.search(r">0\.8 MPa</td>.*?>[\d.]+ MPa to .*?</td>.*?>medium", lithium)
    assert "..." not in lithium  # the whole source
    line = surfaces.from_heights(np.array([0.0, 1.0, 0.0]), "4 um")
    assert "currentColor" in line._repr_html_()  # seen on light and dark
    layers = [ifem.Layer("a", "Li", "4 um", top=line), ifem.Layer("b", "Li6PS5Cl", "4 um")]
    assert ifem.Stack(*layers)._repr_html_().count("<tr>") == 4
    heights = np.outer([0.0, 1.0, 0.5], [1.0, 2.0, 4.0, 1.0])
    area = surfaces.from_heights(heights, ("2 um", "3 um"))
    data = re.search(r"base64,([^\"]*)", area._repr_html_())
    assert data is not None
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(data[1]))))
    # x to the right, y up, from black at the lowest to white at the highest place
    assert image.tolist() == (255.0 * heights.T[::-1] / 4.0).astype(int).tolist()


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
