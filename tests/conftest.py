"""Settings for all tests: no display, repeatable hypothesis, markers by folder, memory returned."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("PYVISTA_OFF_SCREEN", "true")

# The same examples every time: a test that fails here fails on the next machine too.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "shared"))
FOLDER_MARKERS = {
    "verification": "verification",
    "regression": "regression",
    "notebooks": "notebook",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        marker = FOLDER_MARKERS.get(item.path.relative_to(HERE).parts[0])
        if marker:
            item.add_marker(marker)


@pytest.fixture(scope="module", autouse=True)
def _set_apart_what_stays() -> None:
    # The collection after each test goes through all objects, most of them those of libraries.
    # That took a third of the time of small tests.
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collect_garbage() -> Iterator[None]:
    # PETSc objects are freed collectively; leaving them to chance mixes up the tests.
    yield
    if "petsc4py" in sys.modules:
        gc.collect()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root folder of the repository."""
    return HERE.parent
