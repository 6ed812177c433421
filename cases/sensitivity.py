# SPDX-License-Identifier: MIT
"""What each numerical constant of the solver does: halved and doubled, on three small cases.

python cases/sensitivity.py [--numbers ROOM or ROOM.NAME ...] [--jobs N] [--limit SECONDS]
    [-o FOLDER]
python cases/sensitivity.py --table [-o FOLDER]

Each trial is a process of its own with one number replaced (``INTERFACEFEM_NUMBERS``). A trial
that is kept in the folder is not run again, so a study that was stopped goes on; take another
folder after a change of the solver. A trial is stopped after the time limit. The table says, for
each trial, how many linear solves and rejections it took and how far results moved.

A number that is within a tenth of one is moved by its distance from one, not itself.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import interfacefem as ifem
from interfacefem import materials, numbers, surfaces
from interfacefem.cli.shell import guarded

HERE = Path(__file__).resolve()
#: file of the trial that replaces nothing
DEFAULT = "default"
#: results at the end of each step that are compared; those of a pattern are of every interface
COMPARED = (
    "platen_displacement",
    "nominal_pressure",
    "contact_fraction[",
    "asr",
    "plastic_work",
    "separation_energy",
    "mean_removed",
)
#: size below which a result is round-off, as what a cycle leaves behind
LEAST = {"mean_removed": 1e-6, "separation_energy": 1e-9}
#: change of results below which a trial changed nothing [-]
NOTHING = 1e-9

STRONG = materials.Material(
    "strong lithium",
    materials.J2Plastic("7.8 GPa", 0.36, "0.8 MPa", materials.LinearHardening("10 MPa")),
    carrier="electrons",
    electronic_conductivity="1e7 S/m",
    molar_volume="13 cm^3/mol",
)
CERAMIC = materials.Material(
    "ceramic", materials.Elastic("25 GPa", 0.3), ionic_conductivity="1 mS/cm"
)


def press() -> ifem.Case:
    """Press a wavy face with friction and bonds, release it, cycle it in a fixture, part it."""
    face = surfaces.sinusoid("10 um", amplitude="200 nm", wavelength="10 um")
    stack = ifem.Stack(
        ifem.Layer("ceramic", CERAMIC, "5 um"),
        ifem.Interface(
            friction=0.3, resistance="5 ohm*cm^2", adhesion=ifem.Adhesion("2 MPa", "0.3 J/m^2")
        ),
        ifem.Layer("metal", STRONG, "5 um", bottom=face),
    )
    protocol = ifem.Protocol(
        ifem.Press(to="4 MPa"),
        ifem.Release(to="2 MPa"),
        ifem.Cycle("0.5 mA/cm^2", "0.0001 mA*h/cm^2", 1, fixture="gap", increments=2),
        ifem.PullOff(),
    )
    return ifem.Case("press", stack, protocol, mesh=ifem.MeshSize("1.25 um"))


def die() -> ifem.Case:
    """Press two powders in a die with friction, release them, take them out."""
    stack = ifem.Stack(
        ifem.Layer("lower", materials.get("Li3InCl6", law="powder"), "5 um"),
        ifem.Interface(friction=0.2),
        ifem.Layer("upper", materials.get("LGPS", law="powder"), "4 um"),
        width="5 um",
    )
    protocol = ifem.Protocol(ifem.Press(to="60 MPa"), ifem.Release(to="2 MPa"), ifem.Eject())
    return ifem.Case(
        "die",
        stack,
        protocol,
        die=ifem.Die("10 um", wall_friction=0.25),
        mesh=ifem.MeshSize("2.5 um"),
        current=None,
    )


def creeping() -> ifem.Case:
    """Press lithium that flows in time at a rate, hold it, release it."""
    wave = surfaces.sinusoid("6 um", amplitude="150 nm", wavelength="6 um")
    stack = ifem.Stack(
        ifem.Layer("ceramic", CERAMIC, "4 um"),
        ifem.Interface(),
        ifem.Layer("metal", materials.get("Li", law="anand"), "4 um", bottom=wave),
    )
    protocol = ifem.Protocol(
        ifem.Press(to="1 MPa", rate="0.1 MPa/s"),
        ifem.Hold("10 s"),
        ifem.Release(to="0.3 MPa", rate="0.1 MPa/s"),
    )
    return ifem.Case("creeping", stack, protocol, mesh=ifem.MeshSize("0.75 um"), current=None)


CASES: Mapping[str, Callable[[], ifem.Case]] = {
    made.__name__: made for made in (press, die, creeping)
}


def tried(value: float) -> tuple[float, float]:
    """Return a number halved and doubled, or its distance from one if it is near that.

    Parameters
    ----------
    value : int or float
        An ``int`` stays one, at least one.
    """
    if isinstance(value, int):
        return max(value // 2, 1), 2 * value
    if 0.0 < abs(value - 1.0) < 0.1:
        return 1.0 + 0.5 * (value - 1.0), 1.0 + 2.0 * (value - 1.0)
    return 0.5 * value, 2.0 * value


def outcome(case: ifem.Case) -> dict[str, Any]:
    """Run a case; return what it took and what it reached at the end of each step."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            case.run(Path(folder) / "run", listeners=())
        except ifem.InterfaceFEMError as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            return {"failure": said.replace("|", "/")[:200]}
        with ifem.Results.open(Path(folder) / "run") as results:
            history = results.history
            steps = list(history["step"])
            last = [row for row, step in enumerate(steps) if steps[row + 1 : row + 2] != [step]]
            return {
                "increments": len(steps),
                "solves": int(np.sum(history["linear_solves"])),
                "rejected": int(np.sum(history["rejected"])),
                "results": {
                    name: np.asarray(history[name], dtype=float)[last].tolist()
                    for name in history.names
                    if name.startswith(COMPARED)
                },
            }


def change(one: Mapping[str, list[float]], two: Mapping[str, list[float]]) -> tuple[float, str]:
    """Return the largest change of a result, over its largest size, and which result it is.

    A part of a resistance is compared with the whole, and nothing with less than its ``LEAST``.
    """
    worst, where = 0.0, ""
    for name, before in one.items():
        first, second = np.array(before, float), np.array(two.get(name, []), float)
        if len(second) != len(first) or (np.isfinite(first) != np.isfinite(second)).any():
            return np.inf, name
        whole = np.array(one["asr"] if name.startswith("asr") and "asr" in one else before, float)
        size = np.max(np.abs(whole[np.isfinite(whole)]), initial=0.0)
        size = max(float(size), LEAST.get(name.partition("[")[0], 0.0))
        known = np.isfinite(first)
        moved = float(np.max(np.abs(second[known] - first[known]), initial=0.0))
        found = moved / size if size > 0.0 else 0.0
        if found > worst:
            worst, where = found, name
    return worst, where


def run_trial(replaced: str, file: Path, limit: float) -> None:
    """Run all cases in a process of their own and keep what they gave in a file."""
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    environment.pop(numbers.VARIABLE, None)
    if replaced:
        environment[numbers.VARIABLE] = replaced
    command = [sys.executable, str(HERE), "--trial"]
    kept: dict[str, Any] = {"replaced": replaced, "cases": {}}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        try:
            done = subprocess.run(
                command, env=environment, stdout=said, stderr=subprocess.DEVNULL, timeout=limit,
                check=False,
            )  # fmt: skip
            end = f"ended with exit code {done.returncode}"
        except subprocess.TimeoutExpired:
            end = f"not done after {limit:g} s"
        said.seek(0)
        for line in said:
            if line.startswith("{") and line.endswith("}\n"):
                kept["cases"] |= json.loads(line)
    for name in CASES:
        kept["cases"].setdefault(name, {"failure": end})
    part = file.with_suffix(".part")
    part.write_text(json.dumps(kept), encoding="utf-8")
    part.replace(file)


def trials(chosen: Sequence[str]) -> dict[str, str]:
    """Return the trials: name of the file -> replaced number."""
    found = {DEFAULT: ""}
    for key, number in numbers.load().items():
        if not chosen or key in chosen or number.room in chosen:
            for word, value in zip(("halved", "doubled"), tried(number.default), strict=True):
                found[f"{key} {word}"] = f"{key}={value!r}"
    return found


def rows(folder: Path) -> list[dict[str, str]]:
    """Return the table of the trials that are kept: one row for each number and direction.

    Raises
    ------
    ResultsError
        If the trial that replaces nothing is missing or a case of it came to no end.
    """
    file = folder / f"{DEFAULT}.json"
    if not file.is_file():
        raise ifem.ResultsError(f"{file} is missing; run python cases/sensitivity.py")
    default = json.loads(file.read_text(encoding="utf-8"))["cases"]
    for case, now in default.items():
        if "failure" in now:
            raise ifem.ResultsError(f"{file}: case {case}: {now['failure']}; nothing to compare to")
    table = []
    for name, replaced in trials(()).items():
        file = folder / f"{name}.json"
        if not file.is_file():
            continue
        row = {"number": name, "value": replaced.partition("=")[2]}
        found = json.loads(file.read_text(encoding="utf-8"))["cases"]
        for case, now in found.items():
            before = default[case]
            if "failure" in now:
                row |= {f"{case} solves": "-", f"{case} rejected": "-"}
                row[f"{case} change"] = now["failure"]
                continue
            moved, where = change(before["results"], now["results"])
            row[f"{case} solves"] = str(now["solves"])
            row[f"{case} rejected"] = str(now["rejected"])
            row[f"{case} change"] = (
                f"{moved:.1e} {where.replace('|', '/')}" if moved > NOTHING else "0"
            )
        table.append(row)
    return table


def effect(row: Mapping[str, str], default: Mapping[str, str]) -> str:
    """Return in words what a trial did: nothing, to the work, to the results, or no end."""
    changes = [row[f"{case} change"] for case in CASES]
    if any(row[f"{case} solves"] == "-" for case in CASES):
        return "no result"
    if any(text != "0" for text in changes):
        return "results"
    same = all(row[key] == default[key] for key in default if key not in {"number", "value"})
    return "nothing" if same else "work"


def page(table: Sequence[Mapping[str, str]]) -> str:
    """Return the table as Markdown; numbers that do nothing in both directions are only named."""
    default = table[0]
    idle: list[str] = []
    lines = [
        "# What the numerical constants of the solver do",
        "",
        "What `python cases/sensitivity.py` gave: each number halved and doubled, one at a time.",
        "Per case: linear solves, rejected increments, and the largest change of a result at the",
        "end of a step, over its largest size. Results are displacement, pressure, contact",
        "fraction, resistance, works. `python -m interfacefem.numbers` prints meaning and reason.",
        "",
        "| case | linear solves | rejected |",
        "|---|---|---|",
    ]
    lines += [
        f"| {case} | {default[f'{case} solves']} | {default[f'{case} rejected']} |"
        for case in CASES
    ]
    head = ["number", "value", *CASES]
    lines += ["", f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    by_number: dict[str, list[Mapping[str, str]]] = {}
    for row in table[1:]:
        by_number.setdefault(row["number"].rpartition(" ")[0], []).append(row)
    for key, pair in by_number.items():
        if all(effect(row, default) == "nothing" for row in pair):
            idle.append(key)
            continue
        for row in pair:
            cells = []
            for case in CASES:
                solves, rejected = row[f"{case} solves"], row[f"{case} rejected"]
                moved = row[f"{case} change"]
                same = all(
                    row[f"{case} {k}"] == default[f"{case} {k}"] for k in ("solves", "rejected")
                )
                cells.append(
                    moved if solves == "-"
                    else "same" if same and moved == "0"
                    else f"{solves}, {rejected}, {moved}"
                )  # fmt: skip
            lines.append(f"| {key} | {numbers.shown(float(row['value']))} | {' | '.join(cells)} |")
    lines += ["", "These do nothing to the three cases, halved or doubled:", ""]
    lines += [f"- {key}" for key in idle] or ["none"]
    return "\n".join(lines) + "\n"


def write(folder: Path) -> None:
    """Write the table of the trials that are kept as CSV and as Markdown into their folder."""
    table = rows(folder)
    with (folder / "sensitivity.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    (folder / "sensitivity.md").write_text(page(table), encoding="utf-8")


def main(words: Sequence[str] | None = None) -> int:
    """Run the trials and write the table."""
    parser = argparse.ArgumentParser(description="What each numerical constant of the solver does.")
    parser.add_argument("--numbers", nargs="*", default=(), metavar="ROOM or ROOM.NAME")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="trials at a time")
    parser.add_argument(
        "--limit", type=float, default=120.0, metavar="SECONDS", help="of one trial"
    )
    parser.add_argument("--table", action="store_true", help="only write the table")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/sensitivity"))
    parser.add_argument("--trial", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(words)
    if chosen.trial:
        for name, make in CASES.items():
            sys.stdout.write(json.dumps({name: outcome(make())}) + "\n")
            sys.stdout.flush()
        return 0
    folder: Path = chosen.output
    folder.mkdir(parents=True, exist_ok=True)
    wanted = trials(chosen.numbers)
    unknown = [
        word for word in chosen.numbers
        if not any(key == word or key.rpartition(".")[0] == word for key in numbers.load())
    ]  # fmt: skip
    if unknown:
        parser.error(f"{', '.join(unknown)}: no room or number; python -m interfacefem.numbers")
    if not chosen.table:
        left = {
            name: text for name, text in wanted.items() if not (folder / f"{name}.json").exists()
        }

        def one(name: str) -> None:
            run_trial(left[name], folder / f"{name}.json", chosen.limit)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()

        if DEFAULT in left:
            one(DEFAULT)  # compiles what the others take
        with ThreadPoolExecutor(chosen.jobs) as pool:
            list(pool.map(one, [name for name in left if name != DEFAULT]))
    write(folder)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
