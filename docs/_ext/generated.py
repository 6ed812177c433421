# SPDX-License-Identifier: MIT
"""Pages that are made of the program: numbers, materials, API, and texts of the repository.

They are written to ``docs/generated`` when the build begins, and only where they changed.
"""

from __future__ import annotations

import importlib
import os
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import catalogue
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

from interfacefem import materials, numbers, units

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "generated"
#: text of the repository -> page that shows it
TEXTS = {
    "cases/README.md": "cases",
    "cases/random_stacks.md": "random_stacks",
    "cases/sensitivity.md": "sensitivity",
    "cases/experiments/table.md": "experiments",
    "meshes/README.md": "meshes",
    "CONTRIBUTING.md": "contributing",
    "CHANGELOG.md": "changelog",
}
#: kind of a value -> its unit on the page, where papers do not write the internal one
UNITS = {"conductivity": "mS/cm", "toughness": "MPa*m^0.5", "current_density": "mA/cm^2"}
CONFIDENCE = {"H": "high", "M": "medium", "L": "low"}


def write(name: str, text: str) -> None:
    """Write a page if it is another one than before."""
    path = TARGET / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def numbers_page() -> str:
    """Return the page of all numbers of the solver."""
    head, _, rest = numbers.page().partition("\n")
    words = (
        "Thresholds, factors and limits that the solver uses and no case sets. Each has a meaning "
        "and a reason. The environment variable `INTERFACEFEM_NUMBERS` replaces some of them for "
        'one process, for example `INTERFACEFEM_NUMBERS="fem.STUCK=1e-4"`; the run notes it. '
        "[The sensitivity study](sensitivity.md) measures what each of them does. Settings of a "
        "case are in {class}`interfacefem.Numerics`.\n"
    )
    # a bar between two layers is no end of a cell
    return f"{head}\n\n{words}\n{rest}"


def materials_page() -> str:
    """Return the page of all values of the materials library."""
    lines = [
        "# Materials of the library",
        "",
        "Every value with the range in which the true one is believed to lie, its source and how "
        'far it can be trusted. Take one with `materials.get("Li")`, and change a value with '
        '`materials.get("Li", yield_stress="0.6 MPa")`. *Estimate* means: no measurement or '
        "calculation of this material stands behind the number. Temperatures are 25 °C where none "
        "is named.",
        "",
    ]
    for name in materials.names():
        title = materials.get(name).title
        lines += [f"## {name}", "", f"{title[:1].upper()}{title[1:]}.", ""]
        shown: set[tuple[str, object]] = set()
        for law in materials.laws(name):
            material = materials.get(name, law=law)
            rows = [pair for pair in material.records if (pair[0], pair[1]) not in shown]
            shown |= set(rows)
            first = law == materials.laws(name)[0]
            more = "" if first else "; other values are those above"
            lines += [f"### {name}, law `{law}`{more}", ""]
            lines += ["| Value | Range | Confidence | Source and note |", "|---|---|---|---|"]
            lines += [value_row(key, value) for key, value in rows] + [""]
    return "\n".join(lines)


def value_row(key: str, value: materials.Value) -> str:
    """Return one value as a row of a table, in the unit that papers have it in."""
    kind = materials.PROPERTIES[key].kind
    shown = UNITS.get(kind)
    low, number, high = (
        each if shown is None else units.from_internal(each, kind, shown)
        for each in (value.low, value.value, value.high)
    )
    unit = f" {shown or value.unit}".rstrip()
    band = "as given" if low == high else f"{low:g} to {high:g}"
    sure = CONFIDENCE[value.confidence] + (", estimate" if value.estimate else "")
    warm = "" if abs(value.temperature - 298.15) < 1.0 else f" At {value.temperature:g} K."
    words = f"{value.source}. {value.note}{warm}".replace("|", "\\|").strip()
    return f"| `{key}` = {number:g}{unit} | {band} | {sure} | {words} |"


def api_pages() -> None:
    """Write one page for each room, and one for the names of the package."""
    for page, names in catalogue.entries().items():
        module = "interfacefem" if page == "interfacefem" else f"interfacefem.{page}"
        title = module
        lines = [title, "=" * len(title), ""]
        if page == "interfacefem":
            lines += ["The names of the package itself. What the rooms hold is on their pages.", ""]
            groups = [
                (title, [name for name in names if catalogue.group(name) == title])
                for title in catalogue.GROUPS
            ]
        else:
            lines += [f".. automodule:: {module}", "   :no-members:", ""]
            groups = [
                (owner, list(found))
                for owner, found in groupby(names, key=lambda name: name.rpartition(".")[0])
            ]
        for title, found in groups:
            if len(groups) > 1:
                lines += [title, "-" * len(title), ""]
                if title.startswith("interfacefem.") and title != module:
                    lines += [f".. automodule:: {title}", "   :no-members:", "   :no-index:", ""]
            for name in found:
                lines += entry(name)
        write(f"api/{page}.rst", "\n".join(lines))


def entry(name: str) -> list[str]:
    """Return the directive that documents an object."""
    found = catalogue.load(name)
    if isinstance(found, type):
        options = ["   :members:", "   :show-inheritance:"]
        return [f".. autoclass:: {name}", *options, ""]
    if callable(found):
        return [f".. autofunction:: {name}", ""]
    return [f".. py:data:: {name}", "", f"   {said_of(name)}", ""]


def said_of(name: str) -> str:
    """Return the comment at the place where a constant of a room is defined."""
    owner, _, last = name.rpartition(".")
    for path in sorted((ROOT / owner.replace(".", "/")).glob("*.py")):
        module = f"{owner}.{path.stem}" if path.stem != "__init__" else owner
        docs = ModuleAnalyzer.for_file(path, module).find_attr_docs()
        if ("", last) in docs:
            text = " ".join(docs["", last]).strip()
            return text[:1].upper() + text[1:]
    raise LookupError(f"{name} has no comment #: where it is defined")


def bring(source: str, page: str) -> str:
    """Return a text of the repository as a page: its links lead to pages or to files."""
    text = (ROOT / source).read_text(encoding="utf-8")
    folder = (ROOT / source).parent

    def relinked(match: re.Match[str]) -> str:
        mark, words, target = match.groups()
        path, hash_, anchor = target.partition("#")
        if "://" in target or not path:
            return match.group(0)
        file = Path(os.path.normpath(folder / path))
        name = file.relative_to(ROOT).as_posix()
        if name in TEXTS:
            return f"[{words}]({TEXTS[name]}.md{hash_}{anchor})"
        if name == "README.md":
            return f"[{words}](../index.md)"
        if name.startswith("docs/"):
            return f"[{words}](../{name.removeprefix('docs/')}{hash_}{anchor})"
        if file.is_dir():
            return words
        return f"{mark}[{words}]({os.path.relpath(file, TARGET)})"

    return re.sub(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)", relinked, text)


def notebooks() -> list[str]:
    """Copy the notebooks and return their names."""
    files = sorted((ROOT / "notebooks").glob("*.ipynb"))
    for file in files:
        write(f"notebooks/{file.name}", file.read_text(encoding="utf-8"))
    return [file.stem for file in files]


def make(app: Sphinx) -> None:
    """Write all generated pages."""
    importlib.import_module("interfacefem")
    write("numbers.md", numbers_page())
    write("materials.md", materials_page())
    api_pages()
    for source, page in TEXTS.items():
        write(f"{page}.md", bring(source, page))
    names = [f"notebooks/{name}" for name in notebooks()]
    lines = [
        "# Notebooks",
        "",
        "Each runs from start to end in a minute or so; the tests run them.",
    ]
    lines += ["Open them in JupyterLab from the folder `notebooks/`.", "", "```{toctree}"]
    write("notebooks.md", "\n".join([*lines, *names, "```", ""]))


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages when the build begins."""
    app.connect("builder-inited", make)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
