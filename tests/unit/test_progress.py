# SPDX-License-Identifier: MIT
"""The lines of a run, the log and the bar."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from interfacefem.drive.progress import Effort, LogFile, Terminal, increment_line
from interfacefem.results.example import example_current, example_increment, example_mesh
from interfacefem.results.sections import history_row


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_line_has_load_contact_iterations_and_time() -> None:
    mesh = example_mesh(4)
    snapshot = example_increment(mesh, "press", 0, 0, 102.85, points=121)
    # 102.85 MPa is half of 1.1 times 187: the threshold is 0, so half of each interface touches
    line = increment_line(snapshot)
    assert "102.8 MPa" in line or "102.9 MPa" in line
    # to the six edges of contact among 120 edges of the mesh; the same number as in the history
    assert [part.contact_fraction for part in snapshot.interfaces] == pytest.approx(
        [0.5] * 2, abs=6 / 120
    )
    assert line.count(f"{snapshot.interfaces[0].contact_fraction:.1%}") == 2
    rows = history_row(snapshot)
    for part in snapshot.interfaces:
        assert rows[f"contact_fraction[{part.name}]"] == part.contact_fraction
    assert "5 iterations" in line
    assert "0.5 s" in line


def test_effort_grows_from_none_to_all() -> None:
    effort = Effort([187.0, None, 5.0])
    path = [(0, 0.0), (0, 0.1), (0, 1.0), (0, 10.0), (0, 187.0), (1, 187.0), (2, 50.0), (2, 5.0)]
    done = [effort.done(*place) for place in path]
    assert done == sorted(done)
    assert done[0] == 0.0
    assert done[-1] == pytest.approx(1.0)
    # first loading 6, hold 0.2, release 1 (the weights of the module)
    assert done[4] == pytest.approx(6.0 / 7.2)
    assert Effort([10.0]).done(7, 1.0) == 0.0


def test_the_bar_is_on_a_terminal_only() -> None:
    mesh = example_mesh(4)
    for stream, expected in ((Screen(), True), (io.StringIO(), False)):
        shown = Terminal(stream, [187.0, 5.0])
        shown.on_start({"name": "case", "dofs": 10})
        shown.on_step("press", 187.0)
        snapshot = example_increment(mesh, "press", 0, 0, 100.0, points=9)
        shown.on_increment(snapshot)
        shown.on_current(example_current(mesh, snapshot))
        shown.on_end("complete", "")
        text = stream.getvalue()
        assert ("\x1b[" in text) is expected
        assert ("left" in text) is expected
        assert "step 'press': to 187 MPa" in text
        assert "33 ohm cm^2" in text  # example_current: 3300 V um^2/uA
        assert re.search(r"complete after \d+ s", text)


def test_the_log_is_plain_and_whole_at_every_line(tmp_path: Path) -> None:
    path = tmp_path / "run" / "run.log"
    log = LogFile(path)
    assert not path.exists()  # nothing before the run begins
    log.on_start({"name": "case"})
    log.on_step("cycling", None)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line[21:] for line in lines] == ["case", "step 'cycling': at the same pressure"]
    log.on_end("stopped", "no way on\n  - too steep")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line[21:] for line in lines[2:]] == ["stopped: no way on", "  - too steep"]
