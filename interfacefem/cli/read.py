# SPDX-License-Identifier: MIT
"""``report``, ``plot`` and ``export``: what a stored run says; no solver is needed."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from interfacefem import extensions
from interfacefem.cli.codes import DONE
from interfacefem.errors import ExtensionError, ResultsError
from interfacefem.post import summary
from interfacefem.results import Results, export_vtu

#: options that are handed to a picture, where it takes them
OPTIONS = ("step", "field", "at")


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module."""
    report = verbs.add_parser("report", help="numbers, risks and pictures of a run")
    report.add_argument("run", type=Path, help="folder of a run")
    report.add_argument("--no-figures", action="store_true", help="numbers only")
    report.add_argument("-o", "--output", type=Path, help="folder for the pictures")
    _add_with(report)
    report.set_defaults(act=_report)
    plot = verbs.add_parser("plot", help="one picture of a run", add_help=False)
    plot.add_argument("-h", "--help", action=_Help, help="show this help, with all kinds")
    plot.add_argument("run", type=Path, help="folder of a run")
    plot.add_argument("kind", metavar="KIND", help="what to draw, see below")
    plot.add_argument("-o", "--output", type=Path, help="a .png, .pdf or .svg file; .gif of a film")
    plot.add_argument("--step", help="name of a step; the one with the highest pressure by default")
    plot.add_argument(
        "--field",
        help="any stored field of layers or interfaces, e.g. stress.xx, displacement.y, slip; a "
        "wrong one lists all there are",
    )
    plot.add_argument("--at", type=float, metavar="Y", help="where a stack in 3D is cut [um]")
    _add_with(plot)
    plot.set_defaults(act=_plot)
    export = verbs.add_parser("export", help="write every field of a run for ParaView")
    export.add_argument("run", type=Path, help="folder of a run")
    export.add_argument("-o", "--output", type=Path, help="folder; RUN/paraview by default")
    export.set_defaults(act=_export)


def _add_with(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--with",
        dest="files",
        action="append",
        default=[],
        type=Path,
        metavar="FILE.py",
        help="load a file that registers pictures or risks; may be given several times",
    )


class _Help(argparse.Action):
    """Print the help with every picture there is; they are looked up when the help is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        from interfacefem.plots.pictures import in_order

        try:
            _load(getattr(namespace, "files", []))
        except ExtensionError as error:
            parser.error(str(error))
        kinds = []
        for entry in in_order():
            taken = [f"--{name}" for name in OPTIONS if name in (entry.options or OPTIONS)]
            options = f" ({', '.join(taken)})" if entry.options != () and taken else ""
            kinds.append(f"  {entry.name:<14}{entry.title}{options}")
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = "\n".join(
            ["kinds:", *kinds, "", "A file of your own adds others: --with FILE.py"]
        )
        parser.print_help()
        parser.exit()


def _report(chosen: argparse.Namespace) -> int:
    _load(chosen.files)
    with Results.open(chosen.run) as results:
        print(summary(results))
        print(f"\nReferences\n{results.cite()}")
        if not chosen.no_figures and len(results):
            from interfacefem.plots.figures import draw_report

            print("\nPictures")
            drawn, broken = draw_report(results, chosen.output)
            for path in drawn:
                print(f"  {path}")
            if broken:
                raise ResultsError("\n".join(broken))
    return DONE


def _plot(chosen: argparse.Namespace) -> int:
    from interfacefem import plots

    _load(chosen.files)
    suffix = plots.PICTURES.find(chosen.kind).suffix
    with Results.open(chosen.run) as results:
        options = {name: getattr(chosen, name) for name in OPTIONS}
        target = chosen.output or results.folder / "figures" / f"{chosen.kind}{suffix}"
        if suffix == ".gif" and target.suffix != suffix:
            raise ResultsError(f"{target}: a film is written as .gif; give such a name")
        path = plots.save(plots.draw(results, chosen.kind, **options), target)
        print(f"picture in {path}")
    return DONE


def _load(files: Sequence[Path]) -> None:
    for file in files:
        extensions.load_file(file)


def _export(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        print("open in ParaView:")
        for path in export_vtu(results, chosen.output):
            print(f"  {path}")
    return DONE
