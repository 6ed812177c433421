# SPDX-License-Identifier: MIT
"""``spectrum``: the impedance spectrum of a run, as arcs, a table and figures."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from interfacefem.cli.shell import DONE, read_path, say
from interfacefem.errors import ResultsError, UnitError
from interfacefem.grammar import NotReadable, take_apart
from interfacefem.names import file_name
from interfacefem.results import Results
from interfacefem.results.files import reason
from interfacefem.units import to_internal


def add_verbs(verbs: Any) -> None:
    """Add the verb of this module."""
    verb = verbs.add_parser(
        "spectrum",
        help="impedance spectrum of a run",
        description="Let alternating current pass the pressed stack at the end of a step; say "
        "which arcs there are, and write a table and the figures of Nyquist and Bode.",
    )
    verb.add_argument("run", type=read_path, help="folder of a run")
    verb.add_argument("--step", help="name of a step; the last one by default")
    hertz = _read("rate", "Hz")
    verb.add_argument("--from", dest="low", type=hertz, default=1e-2, metavar="HZ",
                      help='lowest frequency: "10 mHz" by default')  # fmt: skip
    verb.add_argument("--to", dest="high", type=hertz, default=1e7, metavar="HZ",
                      help='highest frequency: "10 MHz" by default')  # fmt: skip
    verb.add_argument("--points", type=_count, default=40, help="frequencies, 40 by default")
    verb.add_argument(
        "--double-layer", type=_read("capacitance_per_area", "uF/cm^2"), metavar="C",
        help='capacitance of an area where faces touch, e.g. "1 uF/cm^2"; an estimate by default',
    )  # fmt: skip
    verb.add_argument("-o", "--output", type=read_path, help="folder; RUN/figures by default")
    verb.add_argument("--no-figures", action="store_true", help="numbers only")
    verb.set_defaults(act=_spectrum)


def _read(kind: str, unit: str) -> Callable[[str], float]:
    """Return what reads a number above zero of a kind; without a unit it is in this one."""

    def read(text: str) -> float:
        try:
            given = text if take_apart(text).unit else f"{text} {unit}"
            found = to_internal(given, kind, place="value")
        except (UnitError, NotReadable) as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        if not (math.isfinite(found) and found > 0.0):
            raise argparse.ArgumentTypeError(f"{text!r} is not above zero")
        return found

    return read


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of frequencies; write e.g. 40")
    return int(text)


def _spectrum(chosen: argparse.Namespace) -> int:
    frequencies = np.geomspace(chosen.low, chosen.high, chosen.points)
    with Results.open(chosen.run) as results:
        found = results.spectrum(chosen.step, frequencies, double_layer=chosen.double_layer)
        folder = chosen.output or results.folder / "figures"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ResultsError(
            f"{folder}: cannot be written ({reason(error)}); give another folder with -o"
        ) from error
    say(found.to_text())
    name = f"spectrum_{file_name(found.step)}"
    say(f"\n{found.to_csv(folder / f'{name}.csv')}")
    if not chosen.no_figures:
        from interfacefem import plots

        say(plots.save(plots.nyquist(found), folder / f"{name}_nyquist.png"))
        say(plots.save(plots.bode(found), folder / f"{name}_bode.png"))
    return DONE
