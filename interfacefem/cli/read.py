# SPDX-License-Identifier: MIT
"""``report``, ``plot`` and ``export``: what a stored run says; no solver is needed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from interfacefem.cli.codes import DONE
from interfacefem.cli.words import read_path, say
from interfacefem.errors import ResultsError
from interfacefem.plots.deformed import FIELDS
from interfacefem.post import pressure_window, summary
from interfacefem.results import Results, export_vtu

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
    report.add_argument("run", type=read_path, help="folder of a run")
    report.add_argument(
        "-o", "--output", type=read_path, help="folder of the pictures; RUN/figures by default"
    )
    report.add_argument("--no-figures", action="store_true", help="numbers only")
    report.set_defaults(act=_report)
    plot = verbs.add_parser(
        "plot",
        help="one picture of a run",
        epilog="kinds: " + "; ".join(f"{kind}: {text}" for kind, text in KINDS.items()),
    )
    plot.add_argument("run", type=read_path, help="folder of a run")
    plot.add_argument("kind", choices=list(KINDS), help="what to draw")
    plot.add_argument(
        "-o", "--output", type=read_path, help="a .png, .pdf or .svg file; .gif of a film"
    )
    plot.add_argument("--step", help="name of a step; the one with the highest pressure by default")
    plot.add_argument("--field", help=f"of the stack: {', '.join(FIELDS)}; the first by default")
    plot.add_argument("--at", type=float, metavar="Y", help="where a stack in space is cut [um]")
    plot.set_defaults(act=_plot)
    export = verbs.add_parser("export", help="write every field of a run for ParaView")
    export.add_argument("run", type=read_path, help="folder of a run")
    export.add_argument("-o", "--output", type=read_path, help="folder; RUN/paraview by default")
    export.set_defaults(act=_export)


def _report(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        say(summary(results))
        say(f"\nReferences\n{results.cite()}")
        if not chosen.no_figures and len(results):
            from interfacefem import plots

            say("\nPictures")
            for path in plots.report(results, chosen.output):
                say(f"  {path}")
    return DONE


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
        say(f"picture in {path}")
    return DONE


def _export(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        say("open in ParaView:")
        for path in export_vtu(results, chosen.output):
            say(f"  {path}")
    return DONE
