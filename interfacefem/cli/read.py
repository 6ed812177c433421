# SPDX-License-Identifier: MIT
"""``report``, ``plot`` and ``export``: what a stored run says; no solver is needed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interfacefem.cli.codes import DONE
from interfacefem.contact.kinetics import ChargeTransfer
from interfacefem.describe.notes import temperature_note
from interfacefem.errors import ResultsError, UnitError
from interfacefem.grammar import NotReadable, take_apart
from interfacefem.plots.deformed import FIELDS
from interfacefem.post import pressure_window, summary
from interfacefem.results import Results, export_vtu
from interfacefem.units import to_internal

#: pictures that can be asked for, and what they show
KINDS = {
    "stack": "a field in the deformed stack (--step, --field; in space a cut, --at)",
    "interfaces": "pressure and gap along the interfaces, in space maps with the current (--step)",
    "loading": "contact fraction and resistance against pressure",
    "cycles": "pressure, contact, resistance and hotspots over the cycles of a step (--step)",
    "current": "current density along the interfaces, in space as 'distribution' (--step)",
    "distribution": "area that carries more than any current density (--step)",
    "flaws": "where flaws of brittle layers would grow, and metal is driven in (--step)",
    "opened": "what has come apart on release, and what would hold it (--step)",
    "window": "resistance and damage against pressure, and what is recommended",
    "pellet": "density and stress at the rim of a pellet from a die",
    "mesh": "the undeformed mesh",
    "animation": "a film of the press, a .gif file",
}
#: which of them each option is for
OPTIONS = {
    "step": ("stack", "interfaces", "cycles", "current", "distribution", "flaws", "opened"),
    "field": ("stack",),
    "at": ("stack",),
}


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module."""
    report = verbs.add_parser("report", help="numbers, risks and pictures of a run")
    report.add_argument("run", type=Path, help="folder of a run")
    report.add_argument("--no-figures", action="store_true", help="numbers only")
    report.set_defaults(act=_report)
    plot = verbs.add_parser(
        "plot",
        help="one picture of a run",
        epilog="kinds: " + "; ".join(f"{kind}: {text}" for kind, text in KINDS.items()),
    )
    plot.add_argument("run", type=Path, help="folder of a run")
    plot.add_argument("kind", choices=list(KINDS), help="what to draw")
    plot.add_argument("-o", "--output", type=Path, help="a .png, .pdf or .svg file; .gif of a film")
    plot.add_argument("--step", help="name of a step; the one with the highest pressure by default")
    plot.add_argument("--field", help=f"of the stack: {', '.join(FIELDS)}; the first by default")
    plot.add_argument(
        "--at", type=_place, metavar="Y", help='where a stack in space is cut: "5 um", or 5 in um'
    )
    plot.set_defaults(act=_plot)
    export = verbs.add_parser("export", help="write every field of a run for ParaView")
    export.add_argument("run", type=Path, help="folder of a run")
    export.add_argument("-o", "--output", type=Path, help="folder; RUN/paraview by default")
    export.set_defaults(act=_export)


def _report(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        print(summary(results))
        if note := _temperature(results):
            print(f"  note: {note}")
        print(f"\nReferences\n{results.cite()}")
        if not chosen.no_figures and len(results):
            from interfacefem import plots

            print("\nPictures")
            for path in plots.report(results):
                print(f"  {path}")
    return DONE


def _temperature(results: Results) -> str | None:
    """Return what the temperature of a run acted on and what not; None at room temperature."""
    case = results.case
    if "temperature" not in case:
        return None
    conducts = case.get("current", {}).get("steps") != []
    conducts |= any(step.get("kind") == "cycle" for step in case.get("step", []))
    transfers = {
        "|".join(joint["between"]): ChargeTransfer.uses_temperature
        for joint in case.get("interface", [])
        if conducts and "charge_transfer" in joint
    }
    number = to_internal(case["temperature"], "temperature", place="temperature of the run")
    return temperature_note(number, results.materials, transfers)


def _place(text: str) -> float:
    """Return a place along y from what stands on the command line [um]."""
    try:
        return to_internal(text if take_apart(text).unit else f"{text} um", "length", place="--at")
    except (UnitError, NotReadable) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _plot(chosen: argparse.Namespace) -> int:
    from interfacefem import plots

    for option, kinds in OPTIONS.items():
        if getattr(chosen, option) is not None and chosen.kind not in kinds:
            raise ResultsError(
                f"--{option} says nothing to the picture '{chosen.kind}'; leave it out"
            )
    with Results.open(chosen.run) as results:
        space = results.mesh.dimension == 3
        steps = None if chosen.step is None else [chosen.step]
        field = chosen.field or FIELDS[0]
        draw: dict[str, Callable[[], Any]] = {
            "stack": lambda: plots.stack(results, chosen.step, field, at=chosen.at),
            "interfaces": lambda: (
                plots.interface_maps(results, chosen.step)
                if space
                else plots.interface_profiles(results, steps)
            ),
            "loading": lambda: plots.loading_curves(results),
            "cycles": lambda: plots.cycling_curves(results, chosen.step),
            "current": lambda: (
                plots.current_distribution(results, steps)
                if space
                else plots.current_profile(results, steps)
            ),
            "distribution": lambda: plots.current_distribution(results, steps),
            "flaws": lambda: plots.flaws(results, chosen.step),
            "opened": lambda: plots.opened(results, chosen.step),
            "window": lambda: plots.pressure_window(pressure_window(results)),
            "pellet": lambda: plots.pellets([results]),
            "mesh": lambda: plots.mesh(results.mesh),
        }
        folder = results.folder / "figures"
        if chosen.kind == "animation":
            path = plots.animation(results, chosen.output or folder / "animation.gif")
        else:
            target = chosen.output or folder / f"{chosen.kind}.png"
            path = plots.save(draw[chosen.kind](), target)
        print(f"picture in {path}")
    return DONE


def _export(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        print("open in ParaView:")
        for path in export_vtu(results, chosen.output):
            print(f"  {path}")
    return DONE
