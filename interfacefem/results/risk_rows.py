# SPDX-License-Identifier: MIT
"""Ranked risk rows as they are stored: plain records, merged over the steps of a run.

What a row means and how it is found is the business of :mod:`interfacefem.post.risk`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]


def merge(tables: Iterable[Iterable[Record]]) -> list[Record]:
    """Return the worst of several steps, ranked anew.

    For each subject and cause the step with the largest ratio is kept, with all its rows.
    """
    worst: dict[tuple[str, str], list[Record]] = {}
    for table in tables:
        groups: dict[tuple[str, str], list[Record]] = {}
        for row in table:
            groups.setdefault((str(row["subject"]), str(row["cause"])), []).append(row)
        for key, rows in groups.items():
            if key not in worst or _largest(rows) > _largest(worst[key]):
                worst[key] = rows
    rows = [row for group in worst.values() for row in group]
    rows.sort(key=lambda row: -float(row["ratio"]))
    return [row | {"rank": rank} for rank, row in enumerate(rows, start=1)]


def _largest(rows: list[Record]) -> float:
    return max(float(row["ratio"]) for row in rows)
