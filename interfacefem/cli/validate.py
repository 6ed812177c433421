# SPDX-License-Identifier: MIT
"""``validate``: run the published experiments and write one table and one figure.

The scripts are in ``cases/experiments`` of a clone; each has ``compare(folder)``.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import interfacefem
from interfacefem import registry
from interfacefem.cli.shell import DONE, read_path, say
from interfacefem.errors import CaseError
from interfacefem.experiments.published import names, published
from interfacefem.experiments.rows import Comparison
from interfacefem.experiments.table import as_csv, as_markdown
from interfacefem.quantities import did_you_mean, one_mistake

#: seen from a clone
SCRIPTS = Path("cases/experiments")


def add_verbs(verbs: Any) -> None:
    """Add the verb of this module."""
    verb = verbs.add_parser(
        "validate",
        help="compare with published experiments",
        description="Run the scripts of cases/experiments, all or by name, and write table.md, "
        "table.csv and validation.png.",
    )
    verb.add_argument("names", nargs="*", metavar="NAME", help="of data sets; all by default")
    verb.add_argument("--list", action="store_true", help="say what is there and run nothing")
    verb.add_argument("--scripts", type=read_path, help="folder of scripts, cases/experiments")
    verb.add_argument("-o", "--output", type=read_path, default=Path("runs/validate"))
    verb.set_defaults(act=_validate)


def scripts(given: Path | None) -> dict[str, Path]:
    """Return name and script of what can be run, in the order of the published data.

    Raises
    ------
    CaseError
        If there is no folder of scripts.
    """
    clone = Path(interfacefem.__file__).parents[1]
    places = [given] if given is not None else [SCRIPTS, clone / SCRIPTS]
    folder = next((place for place in places if place.is_dir()), None)
    if folder is None:
        raise one_mistake(
            "--scripts", f"there is no folder {places[0]}", "run it in a clone of the program"
        )
    return {name: folder / f"{name}.py" for name in names() if (folder / f"{name}.py").is_file()}


def compared(chosen: dict[str, Path], folder: Path) -> list[Comparison]:
    """Run scripts one after the other."""
    found = []
    for name, script in chosen.items():
        begun = time.perf_counter()
        comparison = registry.load_file(script).compare(folder)
        if not isinstance(comparison, Comparison):
            raise one_mistake(str(script), "compare returns no Comparison", "return one")
        found.append(comparison)
        say(f"{name}: {comparison.verdict} ({time.perf_counter() - begun:.0f} s)")
    return found


def _validate(chosen: argparse.Namespace) -> int:
    known = scripts(chosen.scripts)
    unknown = [name for name in chosen.names if name not in known]
    if unknown:
        raise CaseError(
            one_mistake("NAME", f"{unknown[0]!r} is not there", did_you_mean(unknown[0], known))
            .mistakes
        )  # fmt: skip
    wanted = {name: known[name] for name in chosen.names or known}
    if chosen.list:
        for name in wanted:
            data = published(name)
            say(f"{name:12} {data.title} ({data.source})")
        return DONE
    folder = chosen.output
    folder.mkdir(parents=True, exist_ok=True)
    found = compared(wanted, folder / "runs")
    (folder / "table.md").write_text(as_markdown(found), encoding="utf-8")
    (folder / "table.csv").write_text(as_csv(found), encoding="utf-8")
    from interfacefem import plots
    from interfacefem.plots.validation import validation

    plots.save(validation(found), folder / "validation.png")
    say(as_markdown(found).partition("\n## ")[0])
    say(f"{folder / 'table.md'}, {folder / 'table.csv'}, {folder / 'validation.png'}")
    return DONE
