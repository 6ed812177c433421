# SPDX-License-Identifier: MIT
"""``report``, ``plot`` and ``export``: what a stored run says; no solver is needed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from interfacefem.cli.codes import DONE
from interfacefem.errors import ResultsError
from interfacefem.post import summary
from interfacefem.results import Results, export_vtu

#: pictures that can be asked for, and what they show
KINDS = {
    "stack": "a field in the deformed stack (--step, --field)",
    "interfaces": "pressure and gap along the interfaces (--step)",
    "loading": "contact fraction and resistance against pressure",
    "current": "current density along the interfaces (--step)",
    "mesh": "the undeformed mesh",
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
    plot.add_argument("-o", "--output", type=Path, help="a .png, .pdf or .svg file")
    plot.add_argument("--step", help="name of a step")
    plot.add_argument("--field", default="von_mises_stress", help="field of the stack")
    plot.set_defaults(act=_plot)
    export = verbs.add_parser("export", help="write every field of a run for ParaView")
    export.add_argument("run", type=Path, help="folder of a run")
    export.add_argument("-o", "--output", type=Path, help="folder; RUN/paraview by default")
    export.set_defaults(act=_export)


def _report(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        print(summary(results))
        print(f"\nReferences\n{results.cite()}")
        if not chosen.no_figures and len(results):
            from interfacefem import plots

            print("\nPictures")
            for path in plots.report(results):
                print(f"  {path}")
    return DONE


def _plot(chosen: argparse.Namespace) -> int:
    from interfacefem import plots

    with Results.open(chosen.run) as results:
        steps = None if chosen.step is None else [chosen.step]
        draw: dict[str, Callable[[], Any]] = {
            "stack": lambda: plots.stack(results, chosen.step, chosen.field),
            "interfaces": lambda: plots.interface_profiles(results, steps),
            "loading": lambda: plots.loading_curves(results),
            "current": lambda: plots.current_profile(results, steps),
            "mesh": lambda: plots.mesh(results.mesh),
        }
        if chosen.step is not None and chosen.kind in ("loading", "mesh"):
            raise ResultsError(f"--step says nothing to the picture '{chosen.kind}'; leave it out")
        target = chosen.output or results.folder / "figures" / f"{chosen.kind}.png"
        print(f"picture in {plots.save(draw[chosen.kind](), target)}")
    return DONE


def _export(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        print("open in ParaView:")
        for path in export_vtu(results, chosen.output):
            print(f"  {path}")
    return DONE
