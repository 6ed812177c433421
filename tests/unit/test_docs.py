# SPDX-License-Identifier: MIT
"""The documentation keeps its word: code runs, links lead somewhere, nothing is left out."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import interfacefem
from interfacefem import materials, numbers
from interfacefem.cli.main import parser
from interfacefem.errors import UnitError
from interfacefem.results.example import example_run
from interfacefem.units import to_internal

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if not {"generated", "_build"} & set(path.parts))
FENCE = re.compile(r"^```python\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
#: a file of a page, named in its first line
NAMED = re.compile(r"^```toml\n# (\w+\.toml)\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
#: pages whose code presses something; the others take a second or so
SLOW = {"branching", "uneven"}
WITH_CODE = [
    pytest.param(page, marks=[pytest.mark.slow] if page.stem in SLOW else [], id=page.stem)
    for page in PAGES
    if FENCE.search(page.read_text(encoding="utf-8"))
]


def name_of(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


@pytest.fixture(scope="module")
def extensions() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules that make pages of the program."""
    pytest.importorskip("sphinx")
    sys.path.insert(0, str(DOCS / "_ext"))
    import catalogue
    import generated

    yield catalogue, generated
    sys.path.remove(str(DOCS / "_ext"))


@pytest.mark.parametrize("page", WITH_CODE)
def test_code_of_a_page_runs_from_top_to_bottom(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "meshes").symlink_to(ROOT / "meshes")
    if "runs/example" in page.read_text(encoding="utf-8"):
        for count, name in ((2, "example"), (3, "example_2")):
            example_run(tmp_path / "runs" / name, nx=8, points=21, increments=count).close()
    for file, text in NAMED.findall(page.read_text(encoding="utf-8")):
        (tmp_path / file).write_text(text, encoding="utf-8")
    shared: dict[str, object] = {"__name__": "page"}
    for block in FENCE.findall(page.read_text(encoding="utf-8")):
        exec(compile(block, name_of(page), "exec"), shared)


def test_pages_that_should_have_code_have_it() -> None:
    found = {name_of(param.values[0]) for param in WITH_CODE}
    wanted = {"topography", "case_file", "material_values", "mesh", "branching", "reading_results"}
    assert {f"how_to/{name}.md" for name in wanted} | {"first_case.md"} <= found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_to_pages_pictures_and_files_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"^```python.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\]\((?!https?://)([^)#\s]+)[^)]*\)", text)
    targets += re.findall(r"literalinclude\} (\S+)", text) + re.findall(r"img-top: (\S+)", text)
    made = {path for path in targets if "generated/" in path}
    missing = [path for path in targets if path not in made and not (page.parent / path).exists()]
    assert not missing
    for path in made:  # made when the pages are built: a name of it that the program knows
        name = Path(os.path.normpath(page.parent / path)).relative_to(DOCS / "generated")
        assert name.as_posix() in made_pages(), path


def made_pages() -> set[str]:
    names = {"numbers.md", "materials.md", "notebooks.md"}
    names |= {
        "cases.md",
        "random_stacks.md",
        "sensitivity.md",
        "experiments.md",
        "meshes.md",
        "contributing.md",
        "changelog.md",
    }
    return names | {f"api/{room}.rst" for room in ("interfacefem", *interfacefem._ROOMS)}


def test_no_page_holds_marks_of_a_merge() -> None:
    pages = [*PAGES, *ROOT.glob("*.md"), *(ROOT / "cases").rglob("*.md")]
    marked = [p for p in pages if re.search(r"^(<{7}|>{7}) ", p.read_text(encoding="utf-8"), re.M)]
    assert not marked


def test_every_page_is_in_a_table_of_contents() -> None:
    listed = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for body in re.findall(r"^```\{toctree\}\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            entries = [line for line in body.splitlines() if line and not line.startswith(":")]
            listed |= {os.path.normpath(page.parent / entry) for entry in entries}
    unlisted = [name_of(p) for p in PAGES if os.path.normpath(p.with_suffix("")) not in listed]
    assert unlisted == ["index.md"]
    made = {os.path.normpath(DOCS / "generated" / name).rpartition(".")[0] for name in made_pages()}
    assert made <= listed


def test_every_public_object_is_documented_once(
    extensions: tuple[ModuleType, ModuleType],
) -> None:
    catalogue, generated = extensions
    names = [name for found in catalogue.entries().values() for name in found]
    assert len(names) == len(set(names))
    there = catalogue.public()
    for name in interfacefem.__all__:
        if name != "__version__":
            assert id(getattr(interfacefem, name)) in there, name
    for room in catalogue.rooms():
        module = getattr(interfacefem, room)
        for name in module.__all__:
            value = getattr(module, name)
            members = [f"{value.__name__}.x"] if inspect.ismodule(value) else []
            assert members or id(value) in there, f"{room}.{name}"
    for name in names:
        value = catalogue.load(name)
        if not (inspect.isclass(value) or callable(value)):
            assert len(generated.said_of(name)) > 10
            continue
        assert inspect.getdoc(value), name
        for key, member in vars(value).items() if inspect.isclass(value) else ():
            if not key.startswith("_") and (inspect.isfunction(member) or hasattr(member, "fget")):
                assert inspect.getdoc(getattr(value, key)) or member.__doc__, f"{name}.{key}"


def test_every_number_and_every_material_value_has_its_row(
    extensions: tuple[ModuleType, ModuleType],
) -> None:
    _, generated = extensions
    page = generated.numbers_page()
    for number in numbers.load().values():
        assert f"| {number.name} | " in page
        assert number.meaning in page
    page = generated.materials_page()
    for name in materials.names():
        for law in materials.laws(name):
            for key, value in materials.get(name, law=law).records:
                assert f"| `{key}` = " in page, f"{name}, {law}"
                assert value.source.replace("|", "\\|") in page, f"{name}, {law}, {key}"
    lithium = page.partition("### Li, law `j2`")[2].partition("###")[0]
    yields = materials.get("Li").value("yield_stress")
    assert (
        f"| `yield_stress` = {yields.value:g} MPa | {yields.low:g} to {yields.high:g} |" in lithium
    )
    glass = materials.get("LGPS").value("ionic_conductivity")  # 1 S/m is 10 mS/cm
    assert f"| `ionic_conductivity` = {10 * glass.value:g} mS/cm |" in page


def test_every_verb_is_described_and_no_other() -> None:
    text = (DOCS / "reference" / "command_line.md").read_text(encoding="utf-8")
    (choices,) = [action.choices for action in parser()._actions if action.dest == "verb"]
    described = re.findall(r"^\| `interfacefem (\w+)", text, flags=re.MULTILINE)
    assert sorted(described) == sorted(choices)  # each once


def test_what_is_said_of_numbers_is_true() -> None:
    text = (DOCS / "reference" / "units.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    for row, kind in zip(rows, ("current_density", "area_resistance", "force"), strict=False):
        for written in re.findall(r"`([^`]+)`", row[0]):
            other = "toughness" if "MPa" in written else "pressure" if "t/" in written else kind
            assert to_internal(written, other, bare=False) > 0.0
    comma, several = rows[3], rows[4]
    (said,) = re.findall(r"refused: `([^`]+)`", comma[1])
    with pytest.raises(UnitError, match=re.escape(said)):
        to_internal(comma[0].strip("| `"), "force")
    for written in re.findall(r"`([^`]+)`", several[0]):
        with pytest.raises(UnitError):
            to_internal(written, "force" if "ton" in written else "length")


def test_materials_in_the_text_can_be_had() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    calls = re.findall(r"`materials\.get\(([^`]*)\)`", text)
    assert len(calls) >= 2
    for call in calls:
        name, _, options = call.partition(", ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', options))
        assert materials.get(name.strip('"'), **given)
