"""Table of measured errors, and the meshes of this folder made importable.

``pytest tests/verification --verification-table FILE`` writes every value the tests recorded as a
Markdown table, with its bound and where the reference comes from.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

Row = tuple[str, float, float, str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--verification-table",
        metavar="FILE",
        default=None,
        help="write what the verification tests measured to FILE as a Markdown table",
    )


def pytest_configure(config: pytest.Config) -> None:
    target = config.getoption("--verification-table", default=None)
    if target and not hasattr(config, "workerinput"):  # of several processes the first one writes
        config.pluginmanager.register(Table(Path(target)))


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[str, float, float, str], None]:
    """Keep a measured error for the table and check it against its bound."""

    def keep(name: str, measured: float, bound: float, origin: str) -> None:
        row = (name, float(measured), float(bound), origin)
        request.node.user_properties.append(("measured", row))
        assert measured <= bound, f"{name}: {measured:.3e} is above {bound:.3e}"

    return keep


class Table:
    """Gathers what tests of all processes have measured."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.rows: list[Row] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.rows += [row for name, row in report.user_properties if name == "measured"]

    def pytest_sessionfinish(self) -> None:
        if not self.rows:
            return
        lines = ["| check | measured | bound | reference |", "|---|---|---|---|"]
        lines += [
            f"| {name} | {value:.2g} | {bound:.2g} | {origin} |"
            for name, value, bound, origin in self.rows
        ]
        self.target.write_text("\n".join(lines) + "\n", encoding="utf-8")
