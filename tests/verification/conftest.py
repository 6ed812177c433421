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
ROWS = pytest.StashKey[list[Row]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--verification-table",
        metavar="FILE",
        default=None,
        help="write what the verification tests measured to FILE as a Markdown table",
    )


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[str, float, float, str], None]:
    """Keep a measured error for the table and check it against its bound."""
    rows = request.config.stash.setdefault(ROWS, [])

    def keep(name: str, measured: float, bound: float, origin: str) -> None:
        rows.append((name, float(measured), float(bound), origin))
        assert measured <= bound, f"{name}: {measured:.3e} is above {bound:.3e}"

    return keep


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = session.config.getoption("--verification-table", default=None)
    rows = session.config.stash.get(ROWS, [])
    if not target or not rows:
        return
    lines = ["| check | measured | bound | reference |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {value:.2g} | {bound:.2g} | {origin} |" for name, value, bound, origin in rows
    ]
    Path(target).write_text("\n".join(lines) + "\n", encoding="utf-8")
