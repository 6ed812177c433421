# SPDX-License-Identifier: MIT
"""How fast creeping lithium fills a rough face at 1, 2 and 5 MPa, from a second to a day.

python cases/gap_closing.py [--pressures P ...] [-o FOLDER] [--quick] [--workers N]
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from study import SOLVER, Row, arguments, complete, follow, short

import interfacefem as ifem
from interfacefem import materials, surfaces
from interfacefem.cli.shell import guarded
from interfacefem.plots import theme
from interfacefem.reference import voids

PRESSURES = (1.0, 2.0, 5.0)
#: the press is quick, so that the hold shows what the pressure does; it lasts a day [s]
RAMP, DAY = 0.01, 86400.0
#: beginning of the axis of time [s]
FIRST = 1e-3
MOMENTS = {"1 s": 1.0, "1 min": 60.0, "1 h": 3600.0, "1 day": DAY}
INTERFACE = "electrolyte|lithium"
#: part of the volume that is void at first, for the closed forms [-]
POROSITY = 0.05
LITHIUM = materials.get("Li", law="norton")


def closing(pressure: float, *, small: bool) -> ifem.Case:
    """Return the case of one pressure [MPa]; a small one has longer waves."""
    shortest = "10 um" if small else "5 um"
    face = surfaces.self_affine(
        "20 um", rms_height="400 nm", hurst=0.8, long_cutoff="20 um", short_cutoff=shortest, seed=3
    )
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "10 um", top=face),
        ifem.Layer("lithium", LITHIUM, "20 um", flow_size="bulk"),
    )
    protocol = ifem.Protocol(
        ifem.Press(to=f"{pressure:g} MPa", duration=RAMP), ifem.Hold(DAY, name="hold")
    )
    return ifem.Case(f"closing_{pressure:g}_MPa", stack, protocol, current=None)


def held_gap(results: ifem.Results) -> tuple[np.ndarray, np.ndarray]:
    """Return the time under pressure [s] and the gap over that of first touch [-]."""
    history = results.history
    points = results.mesh.points
    faces = results.mesh.interfaces[INTERFACE]
    # the mean gap before the press: both faces just touch, the upper one is flat
    lower = points[faces.lower]
    length = np.diff(lower[:, :, 0], axis=1)[:, 0]
    mean = float(length @ lower[:, :, 1].mean(axis=1) / length.sum())
    start = float(points[faces.upper][:, :, 1].mean()) - mean
    chosen = history["step"] == "hold"
    gap = history.of("gap_volume", INTERFACE)[chosen] / start
    return history["time"][chosen] - RAMP, gap


def void_volume(pressure: float, time: float, *, sphere: bool) -> float:
    """Return the volume of a void over its first one [-], formulas of Wilkinson and Ashby."""
    law = LITHIUM.law
    power = 3.0 if sphere else 2.0
    inner, outer = POROSITY ** (1.0 / power), 1.0
    rate = law.rate_at() / law.creep_stress**law.stress_exponent
    radius = voids.closing_radius(
        time, pressure, inner, outer, rate, law.stress_exponent, sphere=sphere
    )
    return (radius / inner) ** power


def draw(folder: Path, pressures: Sequence[float], path: Path) -> None:
    """Draw the gap of the rough face, and beside it round voids, over the time held."""
    times = np.geomspace(FIRST, DAY, 70)
    runs = complete(folder)
    with theme.theme():
        fig = theme.figure(10.5, 4.4)
        fig.suptitle("How fast lithium closes a gap, by pressure", x=0.01, ha="left")
        rough, closed = fig.subplots(1, 2, sharey=True)
        for pressure, colour in zip(pressures, theme.COLOURS, strict=False):
            text = f"{pressure:g} MPa"
            with runs[f"{pressure:g} MPa"]() as results:
                rough.plot(*held_gap(results), color=colour, label=text)
            for sphere, style in ((False, "-"), (True, "--")):
                volumes = [void_volume(pressure, time, sphere=sphere) for time in times]
                closed.plot(times, volumes, style, color=colour)
        rough.set_title("rough face, rms height 0.4 um")
        closed.set_title(f"voids, {POROSITY:.0%} at first: cylinders (solid), spheres (dashed)")
        rough.set_ylabel("volume that is left over the first one [-]")
        for axes in (rough, closed):
            axes.set(xscale="log", xlabel="time held [s]", xlim=(FIRST, DAY), ylim=(0.0, 1.02))
            for name, moment in MOMENTS.items():
                axes.axvline(moment, color=theme.MUTED, linewidth=0.6, linestyle=":")
                axes.annotate(name, (moment, 0.99), ha="right", va="top", rotation=90, fontsize=8,
                              color=theme.MUTED)  # fmt: skip
        rough.legend(loc="upper right", bbox_to_anchor=(0.97, 0.85))
        fig.savefig(path, dpi=theme.DPI)


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return 0 if all runs completed, 3 if not, 130 after Ctrl-C."""
    parser = arguments("A rough face under creeping lithium, held for a day at some pressures.")
    parser.add_argument("--pressures", type=float, nargs="+", default=PRESSURES, metavar="P")
    chosen = parser.parse_args(words)
    folder = chosen.output or Path("runs/gap_closing_quick" if chosen.quick else "runs/gap_closing")
    cases = {
        f"{pressure:g} MPa": closing(pressure, small=chosen.quick) for pressure in chosen.pressures
    }

    def describe(name: str, results: ifem.Results | None) -> Row:
        row = {"run": name}
        if results is None or not len(results):
            return row
        time, gap = held_gap(results)
        for text, moment in MOMENTS.items():
            if len(time) and time[-1] >= moment * (1.0 - 1e-9):
                row[f"gap left after {text}"] = short(float(np.interp(moment, time, gap)))
        row["a tenth left after [s]"] = short(tenth_time(time, gap))
        return row

    measured = [f"gap left after {text}" for text in MOMENTS]
    measured.append("a tenth left after [s]")
    columns = ["run", *SOLVER[:-1], *measured, SOLVER[-1]]
    path = folder / "gap_closing.csv"
    code = follow(cases, path, describe, columns, workers=chosen.workers, upright=True)
    if code == 0:
        draw(folder, chosen.pressures, folder / "gap_closing.png")
        print(folder / "gap_closing.png")
    return code


def tenth_time(time: np.ndarray, gap: np.ndarray) -> float:
    """Return when a tenth of the first gap is left [s]; not a number if that is not reached."""
    below = np.flatnonzero(gap <= 0.1)
    if len(below) == 0:
        return math.nan
    at = int(below[0])
    if at == 0:
        return float(time[0])
    return float(np.interp(0.1, gap[[at, at - 1]], time[[at, at - 1]]))


if __name__ == "__main__":
    sys.exit(guarded(main))
