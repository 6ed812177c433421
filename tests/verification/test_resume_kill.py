# SPDX-License-Identifier: MIT
"""Kill -9 at random moments: never a corrupt file, and the history of the uninterrupted run."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interfacefem.cli.shell import DONE
from interfacefem.results import Results

Record = Callable[[str, float, float, str], None]

#: rough and plastic, with friction, a hold and a second press; 2,754 degrees of freedom at 20 um
CASE = """
import interfacefem as ifem
from interfacefem import surfaces

rough = surfaces.self_affine(
    "WIDTH", hurst=0.8, rms_height="ROUGH", long_cutoff="WIDTH", short_cutoff="4 um", seed=7
)
stack = ifem.Stack(
    ifem.Layer("electrolyte", "Li6PS5Cl", "HEIGHT", top=rough),
    ifem.Interface(friction=0.2, resistance="5 ohm*cm^2"),
    ifem.Layer("anode", "Li", "HEIGHT", flow_size="bulk"),
)
protocol = ifem.Protocol(
    ifem.Press(to="25 MPa"),
    ifem.Hold("60 s"),
    ifem.Release(to="2 MPa"),
    ifem.Press(to="10 MPa", name="again"),
)
case = ifem.Case("killed", stack, protocol, output=ifem.Output(layer_fields="increments"))
"""


PROGRAM = "import sys; from interfacefem.cli import main; sys.exit(main())"


def start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Start the program with some words on its command line; what it says goes to a file."""
    with (folder / "said.txt").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words], cwd=folder, stdout=said, stderr=said
        )


def finish(folder: Path, *words: str) -> None:
    """Run the program to its end."""
    with start(folder, *words) as process:
        assert process.wait() == DONE, (folder / "said.txt").read_text(encoding="utf-8")


def lines(log: Path) -> int:
    return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0


def kill_at_random(folder: Path, run: str, seconds: float, rng: random.Random) -> bool:
    """Start or continue a run and kill it within a time; False if it was complete before."""
    place = folder / run
    words = ("resume", run) if (place / "results.h5").exists() else ("run", "case.py", "-o", run)
    before = lines(place / "run.log")
    process = start(folder, *words)  # ends below
    # One kill of five comes while the program starts, the others while it presses.
    if rng.random() > 0.2:
        while lines(place / "run.log") == before and process.poll() is None:
            time.sleep(0.01)
    time.sleep(rng.uniform(0.0, seconds))
    if process.poll() is not None:
        assert process.returncode == DONE, (folder / "said.txt").read_text(encoding="utf-8")
        return False
    process.send_signal(signal.SIGKILL)
    process.wait()
    complete = False  # it may be, where the kill comes while the summary is printed
    if (place / "results.h5").exists():
        with Results.open(place) as results:  # whole, each field of each increment
            complete = results.status == "complete"
            assert complete or results.status.startswith("interrupted: the process ended")
            for step in results.steps:
                for increment in results.increments(step):
                    state = results.interface("electrolyte|anode").at(step, increment)
                    assert np.all(np.isfinite(state.contact_pressure.values))
                    results.layer("anode").at(step, increment).field("stress")
    return not complete


def largest_difference(one: Results, two: Results) -> float:
    """Return the largest difference in history and fields, relative to each one's largest value."""
    assert one.steps == two.steps
    pairs = [
        (values, two.history[name])
        for name, values in one.history.columns.items()
        if name not in ("step", "wall_time")
    ]
    for step in one.steps:
        assert one.increments(step) == two.increments(step)
        for increment in one.increments(step):
            states = [run.interface("electrolyte|anode").at(step, increment) for run in (one, two)]
            for name in ("contact_pressure", "gap", "shear_traction", "slip", "current_density"):
                pairs.append(tuple(state.field(name).values for state in states))
            layers = [run.layer("anode").at(step, increment) for run in (one, two)]
            for name in ("displacement", "stress", "plastic_strain"):
                pairs.append(tuple(layer.field(name).values for layer in layers))
    worst = 0.0
    for a, b in pairs:
        assert np.array_equal(np.isnan(a), np.isnan(b))
        scale = np.nanmax(np.abs(a), initial=0.0)
        worst = max(worst, float(np.nanmax(np.abs(a - b), initial=0.0)) / max(scale, 1e-300))
    return worst


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a Unix matter")
@pytest.mark.parametrize(
    ("kills", "width", "height", "rough"),
    [
        pytest.param(2, "8 um", "4 um", "50 nm", marks=pytest.mark.campaign),
        pytest.param(10, "20 um", "15 um", "150 nm", marks=pytest.mark.campaign),
    ],
)
def test_killed_and_continued(
    kills: int,
    width: str,
    height: str,
    rough: str,
    repository: Path,
    tmp_path: Path,
    record: Record,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(repository))
    text = CASE.replace("WIDTH", width).replace("HEIGHT", height).replace("ROUGH", rough)
    (tmp_path / "case.py").write_text(text, encoding="utf-8")
    finish(tmp_path, "run", "case.py", "-o", "whole")
    rng, done, worst = random.Random(kills), 0, 0.0
    with Results.open(tmp_path / "whole") as whole:
        seconds = whole.provenance["wall_time"]["total"]
        for number in range(kills):  # runs, each killed until it is complete or all kills are done
            run = f"run_{number}"
            while done < kills and kill_at_random(tmp_path, run, 0.4 * seconds, rng):
                done += 1
            place = tmp_path / run
            if (place / "results.h5").exists():
                finish(tmp_path, "resume", run)
            else:
                finish(tmp_path, "run", "case.py", "-o", run)
            with Results.open(place) as results:
                assert results.status == "complete"
                worst = max(worst, largest_difference(whole, results))
            if done == kills:
                break
    assert done == kills
    record(f"killed {kills} times and continued: history and fields", worst, 1e-8, "same program")
