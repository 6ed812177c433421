# SPDX-License-Identifier: MIT
"""What stored runs say: report, plot, export, compare; and versions for a bug report."""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import Sequence
from typing import Any

import interfacefem
from interfacefem import environment, registry
from interfacefem.cli.page import add_page, page_of
from interfacefem.cli.shell import BAD_INPUT, DONE, read_path, say
from interfacefem.cli.sweep import add_question, is_sweep, write_page
from interfacefem.describe.temperature_notes import expansion_note, temperature_note, under_load
from interfacefem.errors import EnvironmentProblem, ExtensionError, ResultsError, UnitError
from interfacefem.grammar import NotReadable, take_apart
from interfacefem.post import summary
from interfacefem.post.comparison import compare
from interfacefem.results import Results, export_series, export_vtu
from interfacefem.units import to_internal

#: options that are handed to a picture, where it takes them
OPTIONS = ("step", "field", "at")


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module."""
    _add_compare(verbs)
    _add_info(verbs)
    report = verbs.add_parser("report", help="numbers, risks and pictures of a run")
    report.add_argument("run", type=read_path, help="folder of a run; with --html of a sweep too")
    report.add_argument("--html", action="store_true", help="one page that needs nothing else")
    add_question(report, required=False)
    report.add_argument(
        "-o", "--output", type=read_path, help="folder of the pictures; RUN/figures by default"
    )
    report.add_argument("--no-figures", action="store_true", help="numbers only")
    report.set_defaults(act=_report)
    plot = verbs.add_parser("plot", help="one picture of a run", add_help=False)
    plot.add_argument("-h", "--help", action=_Help, help="show this help, with all kinds")
    plot.add_argument("run", type=read_path, help="folder of a run")
    plot.add_argument("kind", metavar="KIND", help="what to draw, see below")
    plot.add_argument(
        "-o", "--output", type=read_path, help="a .png, .pdf or .svg file; .gif of a film"
    )
    plot.add_argument("--step", help="name of a step; the one with the highest pressure by default")
    plot.add_argument(
        "--field",
        help="any stored field of layers or interfaces, e.g. stress.xx, displacement.y, slip; a "
        "wrong one lists all there are",
    )
    plot.add_argument(
        "--at", type=_place, metavar="Y", help='where a stack in 3D is cut: "5 um", or 5 in um'
    )
    add_page(plot)
    plot.set_defaults(act=_plot)
    export = verbs.add_parser("export", help="write every field of a run for ParaView")
    export.add_argument("run", type=read_path, help="folder of a run")
    export.add_argument("-o", "--output", type=read_path, help="folder; RUN/paraview by default")
    export.add_argument(
        "--time", choices=("increment", "load"), default="increment",
        help="time of the series; load [MPa] keeps what raises it above all before",
    )  # fmt: skip
    export.add_argument(
        "--vtu", action="store_true", help="a file an increment, for ParaView before 5.12"
    )
    export.set_defaults(act=_export)


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
            for file in getattr(namespace, "files", []):
                registry.load_file(file)
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
    if chosen.html:
        say(f"page in {write_page(chosen, chosen.run)}")
        return DONE
    if is_sweep(chosen.run):
        raise ResultsError(f"{chosen.run}: is a sweep; give --html, or ask interfacefem window")
    with Results.open(chosen.run) as results:
        say(summary(results))
        for note in _temperature(results):
            say(f"  note: {note}")
        say(f"\nReferences\n{results.cite()}")
        if not chosen.no_figures and len(results):
            from interfacefem.plots.figures import draw_report

            say("\nPictures")
            drawn, broken = draw_report(results, chosen.output)
            for path in drawn:
                say(f"  {path}")
            if broken:
                raise ResultsError("\n".join(broken))
    return DONE


def _temperature(results: Results) -> list[str]:
    """Return what the temperatures of a run acted on and what not; nothing at room temperature."""
    case: dict[str, Any] = results.case
    if "temperature" not in case:
        return []
    conducts = case.get("current", {}).get("steps") != []
    conducts |= any(step.get("kind") == "cycle" for step in case.get("step", []))
    transfers = {
        "|".join(joint["between"]): "activation_energy" in joint["charge_transfer"]
        for joint in case.get("interface", [])
        if conducts and "charge_transfer" in joint
    }
    steps = [*case.get("step", [])]
    steps += [step for stage in case.get("stage", []) for step in stage.get("step", [])]
    texts = [case["temperature"], *(step.get("temperature") for step in steps)]
    read = [
        None if text is None else to_internal(text, "temperature", place="temperature of the run")
        for text in texts
    ]
    known = [one for one in read if one is not None]
    strains = under_load(known[0], read[1:], begun="start" in case)
    found = [
        temperature_note(known, results.materials, transfers, conducts=conducts, strains=strains),
        expansion_note(results.materials) if strains else None,
    ]
    return [note for note in found if note is not None]


def _place(text: str) -> float:
    """Return a place along y from what stands on the command line [um]."""
    try:
        return to_internal(text if take_apart(text).unit else f"{text} um", "length", place="--at")
    except (UnitError, NotReadable) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _plot(chosen: argparse.Namespace) -> int:
    from interfacefem import plots

    suffix = plots.PICTURES.find(chosen.kind).suffix
    with Results.open(chosen.run) as results:
        options = {name: getattr(chosen, name) for name in OPTIONS} | page_of(chosen)
        target = chosen.output or results.folder / "figures" / f"{chosen.kind}{suffix}"
        if suffix == ".gif" and target.suffix != suffix:
            raise ResultsError(f"{target}: a film is written as .gif; give such a name")
        path = plots.save(plots.draw(results, chosen.kind, **options), target)
        say(f"picture in {path}")
    return DONE


def _export(chosen: argparse.Namespace) -> int:
    with Results.open(chosen.run) as results:
        if chosen.vtu and chosen.time == "load":
            raise ResultsError("--time load is for one file a part; leave out --vtu")
        folder = chosen.output
        paths = (
            export_vtu(results, folder)
            if chosen.vtu
            else export_series(results, folder, time=chosen.time)
        )
        say("open in ParaView:")
        for path in paths:
            say(f"  {path}")
    return DONE


def _add_compare(verbs: Any) -> None:
    """Add the verb of this module."""
    verb = verbs.add_parser("compare", help="numbers of two or more runs side by side")
    verb.add_argument("runs", type=read_path, nargs="+", metavar="RUN", help="folder of a run")
    verb.add_argument("-o", "--output", type=read_path, help="a .png, .pdf or .svg file to draw")
    verb.add_argument("--csv", type=read_path, help="file for the table")
    verb.add_argument("--no-figure", action="store_true", help="numbers only")
    add_page(verb)
    verb.set_defaults(act=_compare)


def _compare(chosen: argparse.Namespace) -> int:
    with contextlib.ExitStack() as stack:
        runs = [stack.enter_context(Results.open(path)) for path in chosen.runs]
        found = compare(runs)
        say(found.to_text())
        if chosen.csv is not None:
            say(f"\n{found.to_csv(chosen.csv)}")
        if not chosen.no_figure:
            from interfacefem import plots

            target = chosen.output or runs[-1].folder / "figures" / "comparison.png"
            say(f"\n{plots.save(plots.comparison(found, **page_of(chosen)), target)}")
            if all("die" in run.case for run in runs):
                beside = target.with_name(f"{target.stem}_pellets{target.suffix}")
                say(plots.save(plots.pellets(runs), beside))
    return DONE


#: distributions whose versions are told
PACKAGES = (
    "numpy", "scipy", "numba", "h5py", "pint", "SurfaceTopography",
    "gmsh", "meshio", "matplotlib", "pyvista", "vtk",
)  # fmt: skip
#: the two distributions of DOLFINx
DISTRIBUTIONS = ("dolfinx-solver-real", "fenics-dolfinx")


def _add_info(verbs: Any) -> None:
    """Add the verb of this module."""
    info = verbs.add_parser("info", help="versions of everything, for bug reports")
    info.set_defaults(act=_info)


def facts() -> dict[str, str]:
    """Return what a bug report should say, nothing of it about the user."""
    found = {
        "interfacefem": interfacefem.__version__,
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "DOLFINx": _dolfinx(),
    }
    found |= {name: _version(name) or "not installed" for name in PACKAGES}
    try:
        found["C compiler"] = " ".join(environment.compiler())
    except EnvironmentProblem as problem:
        found["C compiler"] = str(problem)
    return found


def _dolfinx() -> str:
    for name in DISTRIBUTIONS:
        version = _version(name)
        if version is not None:
            return f"{version} ({name})"
    if importlib.util.find_spec("dolfinx") is not None:
        return "version unknown (conda or built from source)"
    return "not installed"


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _info(_: argparse.Namespace) -> int:
    told = facts()
    width = max(len(name) for name in told)
    for name, value in told.items():
        say(f"{name:<{width}}  {value}")
    missing = environment.problems(installed=True)
    for problem in missing:
        say(f"missing: {problem}", to=sys.stderr)
    return BAD_INPUT if missing else DONE
