# SPDX-License-Identifier: MIT
"""Runs that are damaged, or made by somebody else: one clear error, and no other file is touched.

A small run is spoilt in one place, in one way, and everything is read by every public way. Only
errors of the package may come out; what the damage takes away must be among them.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import plots, post, surfaces
from interfacefem.cli import main
from interfacefem.drive.run import resume, run_case
from interfacefem.errors import InterfaceFEMError, MeshError, ResultsError
from interfacefem.meshing.msh_file import read_msh
from interfacefem.results import Results, ResultsWriter, export_vtu, schema, store
from interfacefem.results.checkpoint import (
    Checkpoint,
    read_checkpoint,
    remove_states,
    write_checkpoint,
)
from interfacefem.results.example import (
    accepted,
    example_current,
    example_increment,
    example_interface,
    example_layers,
    example_materials,
    example_mesh,
    example_run,
)
from interfacefem.results.example_3d import example_run_in_space
from interfacefem.results.files import seal_of, sealed
from interfacefem.results.sections import json_text
from interfacefem.results.snapshot import LayerSnapshot

LOWER = "separator|interlayer"
CASE = """
name = "damaged"
current = {critical = "1 mA/cm^2"}
step = [{name = "press", kind = "press"}, {name = "release", kind = "pull_off"}]
interface = [{between = ["separator", "interlayer"], adhesion = {strength = "1 MPa"}}]
"""
SESSION = {"after_increments": 0, "status": "complete", "memory": 1e9, "wall_time": {"press": 1.0}}
PROVENANCE = {
    "versions": {"interfacefem": "0"},
    "methods": ["dual_mortar"],
    "wall_time": {"press": 1.0, "mesh": 0.5, "total": 2.0},
    "sessions": [SESSION, SESSION],
}
Change = Callable[[Any, str, Any], Any]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two increments with everything that can be stored, except bonds."""
    folder = tmp_path_factory.mktemp("whole")
    mesh = example_mesh(4, 1)
    with ResultsWriter.create(
        folder, case=CASE, mesh=mesh, materials=example_materials(), provenance=PROVENANCE
    ) as writer:
        for index, (step, pressure) in enumerate((("press", 187.0), ("release", 5.0))):
            found = example_increment(mesh, step, index, 0, pressure, layers=True, points=9)
            writer.append(found)
            writer.append_current(example_current(mesh, found))
            with Results.open(folder) as results:
                writer.append_risk(step, post.risk_table(results, step).to_records())
    with h5py.File(folder / "results.h5", "r+") as file:
        kept = ("time", "cohesive_work", "bottom_", "wall_", "focusing_factor[", f"asr[{LOWER}]")
        for name in [name for name in file["history"] if not name.startswith(kept)]:
            if not schema.known_column(name).required:  # others like them take time only
                del file["history"][name]
    assert read_all(folder, deep=True) == []
    return folder


def read_all(folder: Path, link: str = "/increments/000000", *, deep: bool = False) -> list[str]:
    """Read a run by every public way; return what the errors of the package say.

    What is read when a run is opened is not read again, if only that was spoilt.
    """
    said: list[str] = []

    def do(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except InterfaceFEMError as error:
            said.append(str(error))
            return None

    run = do(lambda: Results.open(folder))
    if run is None:
        return said
    inside = re.fullmatch(r"/increments(/00000\d(/(?P<part>\w+).*)?)?", link)
    part = inside and inside["part"]
    with run, contextlib.redirect_stdout(io.StringIO()):
        do(lambda: (str(run), run.status, run.name, run.case, run.materials, run.cite()))
        do(lambda: (run.risk_rows(), run.separation()))
        for step in run.steps if inside else ():
            for name in run.interfaces if part in (None, "interfaces", "current") else ():
                state = do(lambda n=name, s=step: run.interface(n).at(s))
                if state is not None:
                    do(lambda s=state: (s.present, s.faces))
                    do(lambda s=state: (s.points, s.points_reference, s.weights))
                    for field in do(lambda s=state: s.fields) or ():
                        do(lambda s=state, f=field: s.field(f).values)
            for name in run.layers if part in (None, "layers", "current") else ():
                state = do(lambda n=name, s=step: run.layer(n).at(s))
                if state is not None:
                    do(lambda s=state: (s.present, s.points, s.cells))
                    for field in do(lambda s=state: s.fields) or ():
                        do(lambda s=state, f=field: s.field(f).values)
            do(lambda s=step: run.current(s))
        if deep or part is None:
            do(lambda: run.summary())
        if deep:
            do(lambda: export_vtu(run, folder / "vtu"))
            do(lambda: post.summary(run))
            do(lambda: post.compare([run, run]).to_text())
    return said


def copied(whole: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(whole / "results.h5", folder / "results.h5"))


def links(path: Path) -> list[str]:
    """Every link of a file, those that differ by a number, a layer or a side only once."""
    found: dict[str, str] = {}

    def walk(group: Any, place: str) -> None:
        for name in group:
            here = f"{place}/{name}"
            kind = re.sub(
                r"interlayer\|anode|\bseparator\b(?!\|)|\banode\b|\binterlayer\b", "*", here
            )
            kind = kind.replace(LOWER, "*").replace("000001", "000000")
            found.setdefault(kind.replace("/001", "/000"), here)
            if isinstance(group[name], h5py.Group):
                walk(group[name], here)

    with h5py.File(path) as file:
        walk(file, "")
    return list(found.values())


def spoil(path: Path, link: str, change: Change) -> None:
    parent, _, name = link.rpartition("/")
    with h5py.File(path, "r+") as file:
        group = file[parent or "/"]
        old = group[name][()] if isinstance(group[name], h5py.Dataset) else None
        kept = dict(group[name].attrs)
        del group[name]
        new = change(group, name, old)
        if isinstance(new, h5py.Dataset | h5py.Group):
            for key, value in kept.items():
                new.attrs[key] = value


def values_of(old: Any, number: float, dtype: Any = float) -> Any:
    return np.full(np.shape(old) if old is not None else (3,), number, dtype)


def virtual(group: Any, name: str, _: Any) -> Any:
    layout = h5py.VirtualLayout((4,), dtype="f8")
    layout[:] = h5py.VirtualSource("other.h5", "x", shape=(4,))
    return group.create_virtual_dataset(name, layout)


#: what leads to another file or place
AWAY: dict[str, Change] = {
    "soft link": lambda g, n, o: g.__setitem__(n, h5py.SoftLink("/mesh/points")),
    "external link": lambda g, n, o: g.__setitem__(n, h5py.ExternalLink("other.h5", "/x")),
    "link to a part": lambda g, n, o: g.__setitem__(n, h5py.ExternalLink("results-001.h5", "/x")),
    "virtual": virtual,
    "raw": lambda g, n, o: g.create_dataset(n, (4,), "f8", external=[("other.raw", 0, 32)]),
}
#: what takes away what was there
GONE: dict[str, Change] = {
    "deleted": lambda g, n, o: None,
    "text": lambda g, n, o: g.create_dataset(n, data="x", dtype=h5py.string_dtype()),
    "complex": lambda g, n, o: g.create_dataset(n, data=values_of(o, 1.0, complex)),
    "compound": lambda g, n, o: g.create_dataset(n, data=np.zeros(3, [("a", "f8"), ("b", "i4")])),
    "no space": lambda g, n, o: g.create_dataset(n, data=h5py.Empty("f8")),
    "four axes": lambda g, n, o: g.create_dataset(n, data=np.zeros((2, 2, 2, 2))),
    "eight terabytes": lambda g, n, o: g.create_dataset(n, (2**40,), "f8"),
    "eight in chunks": lambda g, n, o: g.create_dataset(n, (2**40,), "f8", chunks=(128,)),
    "eight, compressed": lambda g, n, o: g.create_dataset(
        n, (2**40,), "f8", chunks=(128,), compression="gzip"
    ),
    "terabytes of text": lambda g, n, o: g.create_dataset(
        n, (2**40,), h5py.string_dtype(), chunks=(128,)
    ),
    "group": lambda g, n, o: g.create_group(n),
    "inside itself": lambda g, n, o: g.__setitem__(n, g),
    "type": lambda g, n, o: g.__setitem__(n, np.dtype("f8")),
}
#: every so many links are tried, others in each test; all of them take minutes
PORTIONS = pytest.mark.parametrize(
    "every", [pytest.param(6, id="some"), pytest.param(1, id="all", marks=pytest.mark.campaign)]
)
#: what may pass where it makes sense
ODD: dict[str, Change] = {
    "whole numbers": lambda g, n, o: g.create_dataset(n, data=values_of(o, 7, int)),
    "negative": lambda g, n, o: g.create_dataset(n, data=values_of(o, -7, int)),
    "large whole": lambda g, n, o: g.create_dataset(n, data=values_of(o, 2**63, np.uint64)),
    "not a number": lambda g, n, o: g.create_dataset(n, data=values_of(o, np.nan)),
    "infinite": lambda g, n, o: g.create_dataset(n, data=values_of(o, np.inf)),
    "huge": lambda g, n, o: g.create_dataset(n, data=values_of(o, 1e300)),
    "zero": lambda g, n, o: g.create_dataset(n, data=values_of(o, 0.0)),
    "float32": lambda g, n, o: g.create_dataset(n, data=values_of(o, 0.5, "f4")),
    "truth": lambda g, n, o: g.create_dataset(n, data=values_of(o, 1, bool)),
    "scalar": lambda g, n, o: g.create_dataset(n, data=1.0),
    "no rows": lambda g, n, o: g.create_dataset(n, data=np.zeros((0, *np.shape(o)[1:]))),
    "texts": lambda g, n, o: g.create_dataset(n, data=["a", "\x1b[2J"], dtype=h5py.string_dtype()),
}
#: a run without them is whole
OPTIONAL = re.compile(
    r"/mesh/boundaries|/risk/000|/increments/00000./(current|layers)$|/current/layers$"
    r"|/current/(layers|interfaces)/"
    r"|asr_(layers|interfaces)/|/increments/00000./layers/\w+/|/increments/00000./interfaces/.*/"
    r"|/history/(time|stage|cycle|charge|shear_stress|cohesive_work|bottom_pressure|wall_f\w+)$"
    r"|/history/(?!contact_fraction|mean_pressure|max_pressure|gap_volume)\w+\["
)


@PORTIONS
@pytest.mark.parametrize("way", [*AWAY, *GONE])
def test_damage_is_one_error_that_names_file_and_place(
    whole: Path, tmp_path: Path, way: str, every: int
) -> None:
    change = (AWAY | GONE)[way]
    missed = []
    every = 1 if way == "deleted" else every  # what can be missing is known link by link
    turn = list(AWAY | GONE).index(way)
    for link in links(whole / "results.h5")[turn % every :: every]:
        path = copied(whole, tmp_path / "run")
        if way in ("group", "inside itself") and is_group(path, link):
            continue  # what is optional in it is not missed
        with h5py.File(tmp_path / "run" / "other.h5", "w") as other:
            other["x"] = np.arange(4.0)
        (tmp_path / "run" / "other.raw").write_bytes(bytes(32))
        before = others(path)
        spoil(path, link, change)
        said = read_all(path.parent, link)
        assert others(path) == before, link
        optional = OPTIONAL.search(link) is not None and way == "deleted"
        if not said and not optional:
            missed.append(link)
        for text in said:
            assert str(path.parent) in text, (link, text)
            assert len(text) < 2000
        name = link.rpartition("/")[2]
        if way == "link to a part" and re.fullmatch(r"/increments/\d+", link):
            name = "results-001.h5"  # as a run in parts has it; what is missing is the part
        if said and not optional and way not in ("inside itself", "group"):
            assert any(name in text for text in said), (link, said)
    assert missed == []


def is_group(path: Path, link: str) -> bool:
    with h5py.File(path) as file:
        return isinstance(file[link], h5py.Group)


def others(path: Path) -> list[bytes]:
    return [(path.parent / name).read_bytes() for name in ("other.h5", "other.raw")]


@PORTIONS
@pytest.mark.parametrize("way", ODD)
def test_odd_numbers_are_refused_or_read(whole: Path, tmp_path: Path, way: str, every: int) -> None:
    turn = list(ODD).index(way)
    for link in links(whole / "results.h5")[turn % every :: every]:
        # some columns of numbers of the history stand for the others
        if "/history/" in link and not link.endswith(
            ("step", "closure", "rejected", "asr", "time")
        ):
            continue
        path = copied(whole, tmp_path / "run")
        spoil(path, link, ODD[way])
        with np.errstate(all="ignore"):
            read_all(path.parent, link, deep=link.endswith(("/gap", "/stress", "/closure")))


def attributes(path: Path) -> list[tuple[str, str]]:
    with h5py.File(path) as file:
        return [(link, name) for link in ["/", *links(path)] for name in file[link].attrs]


@PORTIONS
@pytest.mark.parametrize(
    "value", [None, 3.5, -3, np.arange(3), "\x1b[31mx", ["a", "b"], h5py.Empty("f8"),
              np.bytes_(b"\xff\xfe")],
    ids=["deleted", "number", "negative", "array", "text", "texts", "empty", "bytes"],
)  # fmt: skip
def test_damaged_attributes(whole: Path, tmp_path: Path, value: Any, every: int) -> None:
    turn = len(str(value))
    for link, name in attributes(whole / "results.h5")[turn % every :: every]:
        path = copied(whole, tmp_path / "run")
        with h5py.File(path, "r+") as file:
            if value is None:
                del file[link].attrs[name]
            else:
                file[link].attrs[name] = value
        said = read_all(path.parent, link)
        if name == "unit" and not re.search(r"/(case|materials|provenance|risk|asr_|mesh)", link):
            assert said or link.endswith(("weights", "points_reference")), link
        assert all("\x1b" not in text for text in said)


def test_cut_at_any_length(whole: Path, tmp_path: Path) -> None:
    content = (whole / "results.h5").read_bytes()
    path = tmp_path / "results.h5"
    for part in np.linspace(0.0, 1.0, 40, endpoint=False):
        path.write_bytes(content[: int(part * len(content))])
        (said,) = read_all(tmp_path)
        assert str(path) in said
        assert "damaged" in said


def test_random_bytes_are_found_before_hdf5_reads_them(whole: Path, tmp_path: Path) -> None:
    # HDF5 ends the whole program over some of these
    content = sealed((whole / "results.h5").read_bytes())
    path = tmp_path / "results.h5"
    path.write_bytes(content)
    assert seal_of(path) is True
    rng = random.Random(1)
    for _ in range(200):
        data = bytearray(content)
        for _ in range(rng.choice([1, 10, 100])):
            place = rng.randrange(len(data) - len(sealed(b"")))
            data[place] = data[place] ^ (1 + rng.randrange(255))
        path.write_bytes(data)
        (said,) = read_all(tmp_path)
        assert said.startswith(f"{path}: was changed since it was written; it is damaged")


def test_a_seal_may_be_lost_but_not_be_wrong(tmp_path: Path) -> None:
    path = example_run(tmp_path / "run", nx=4, points=9, increments=1).path
    content = path.read_bytes()
    assert seal_of(path) is True
    path.write_bytes(content[: -len(sealed(b""))])  # as an earlier version wrote it
    assert seal_of(path) is None
    Results.open(path).close()
    path.write_bytes(content[:-4])
    assert seal_of(path) is False
    path.write_bytes(content)
    with h5py.File(path, "r+") as file:
        file.attrs["note"] = "of another program"
    assert seal_of(path) is None
    Results.open(path).close()


def replace_text(path: Path, name: str, text: str) -> None:
    with h5py.File(path, "r+") as file:
        kept = dict(file[name].attrs)
        del file[name]
        file.create_dataset(name, data=text, dtype=h5py.string_dtype())
        for key, value in kept.items():
            file[name].attrs[key] = value


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("case", "layer = [", "case"),
        ("case", "step = 3", "step is no list"),
        ("case", "step = [3]", r"step\[0\] is no table"),
        ("case", "step = [{name = 3}]", r"step\[0\]\.name is no text"),
        ("case", "stage = [{step = [{kind = []}]}]", r"stage\[0\]\.step\[0\]\.kind is no text"),
        ("case", "current = true", "current is no table"),
        ("case", 'die = {diameter = "10 mm"}', r"die\.wall_friction is missing"),
        ("case", "name = 3", "name is no text"),
        ("provenance", "[", "provenance"),
        ("provenance", "[]", "is no table"),
        ("provenance", '{"sessions": [{}]}', r"sessions\[0\]\.after_increments is missing"),
        ("provenance", '{"wall_time": {"press": "long"}}', r"wall_time\.press is no number"),
        ("provenance", '{"wall_time": {"press": 1' + "0" * 400 + "}}", "is no number"),
        ("provenance", '{"versions": 3}', "versions is no table"),
        ("provenance", "[" * 100000, "provenance"),
        ("materials", "3", "is no table"),
        ("materials", '{"anode": 3}', "anode is no text or table"),
        ("materials", '{"anode": {"name": []}}', "materials"),
        ("materials", '{"anode": {"base": ["Li"]}}', "materials"),
        ("risk/000", "{}", "is no list"),
        ("risk/000", "[{}]", r"\[0\]\.subject is missing"),
        (
            "risk/000",
            '[{"subject": "a", "cause": "c", "ratio": "x"}]',
            r"\[0\]\.ratio is no number",
        ),
    ],
)
def test_texts_that_are_not_what_they_should_be(
    whole: Path, tmp_path: Path, name: str, text: str, place: str
) -> None:
    path = copied(whole, tmp_path)
    replace_text(path, name, text)
    said = read_all(tmp_path, deep=True)
    assert said
    assert any(str(path) in line and re.search(place, line) for line in said), said


def test_rows_of_risk_may_lack_what_only_the_table_shows(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    replace_text(path, "risk/000", json_text([{"subject": "a", "cause": "c", "ratio": 2.0}]))
    with Results.open(path) as run:
        assert "Risk, worst of all steps" in run.summary()


def test_a_risk_that_cannot_be_judged_names_the_run(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    for field in ("stress", "max_principal_stress"):
        spoil(path, f"/increments/000001/layers/interlayer/{field}", ODD["not a number"])
    with Results.open(path) as run, pytest.raises(ResultsError) as caught:
        post.risk_table(run, "release")
    said = rf"{re.escape(str(path))}: risk '[^']+' at the end of step 'release' cannot be judged: "
    assert re.match(said, str(caught.value))


@pytest.mark.parametrize("way", ["zero", "not a number"])
def test_pictures_of_odd_numbers(whole: Path, tmp_path: Path, way: str) -> None:
    draw = (plots.interface_profiles, plots.loading_curves, plots.current_profile)
    for link in (f"/increments/000001/interfaces/{LOWER}/contact_pressure", "/history/asr"):
        path = copied(whole, tmp_path / "run")
        spoil(path, link, ODD[way])
        with Results.open(path) as run, np.errstate(all="ignore"):
            for picture in draw:
                with contextlib.suppress(InterfaceFEMError):
                    plots.save(picture(run), tmp_path / "picture.png")


@pytest.mark.slow
def test_in_space_as_well(tmp_path: Path) -> None:
    example_run_in_space(tmp_path / "whole", n=6, rows=1, increments=1).close()
    place = f"/increments/000000/interfaces/{LOWER}"
    for link in (
        "/mesh/cells",
        f"{place}/shear_traction",
        "/increments/000000/layers/anode/stress",
    ):
        for way, change in (GONE | ODD).items():
            path = copied(tmp_path / "whole", tmp_path / "run")
            spoil(path, link, change)
            with np.errstate(all="ignore"):
                said = read_all(path.parent)
            assert said or way in {*ODD, "deleted"}, (link, way)


# --- parts ---------------------------------------------------------------------------------------


@pytest.fixture
def parted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run of two files."""
    mesh = example_mesh(4, 1)
    writer = ResultsWriter.create(tmp_path / "run", case=CASE, mesh=mesh)
    for increment in range(4):
        monkeypatch.setattr(store, "PART_SIZE", 0 if increment == 2 else 1 << 30)
        writer.append(example_increment(mesh, "press", 0, increment, 1.0 + increment, points=9))
    writer.finish()
    names = [path.name for path in sorted(writer.folder.iterdir())]
    assert names == ["results-001.h5", "results.h5"]
    return writer.folder


def relink(folder: Path, filename: str, path: str = "/increments/000000") -> None:
    with h5py.File(folder / "results.h5", "r+") as file:
        del file["increments/000000"]
        file["increments/000000"] = h5py.ExternalLink(filename, path)


@pytest.mark.parametrize(
    ("filename", "path", "message"),
    [
        ("other.h5", "/increments/000000", "leads to another place"),
        ("../elsewhere/results-001.h5", "/increments/000000", "leads to another place"),
        ("results-001.h5", "/increments/000001", "leads to another place"),
        ("results-001.h5", "/", "leads to another place"),
        ("results-002.h5", "/increments/000000", r"results-002\.h5 is missing"),
        ("results-003.h5", "/increments/000000", r"results-003\.h5: is no part of this run"),
        ("results-004.h5", "/increments/000000", r"results-004\.h5: is damaged"),
    ],
)
def test_only_parts_of_the_same_run_are_followed(
    parted: Path, filename: str, path: str, message: str
) -> None:
    for place in (parted / "other.h5", parted.parent / "elsewhere" / "results-001.h5",
                  parted / "results-003.h5"):  # fmt: skip
        place.parent.mkdir(exist_ok=True)
        shutil.copy(parted / "results-001.h5", place)
    with h5py.File(parted / "results-003.h5", "r+") as file:
        file.attrs["run"] = "another"
    (parted / "results-004.h5").write_bytes(b"no HDF5")
    relink(parted, filename, path)
    with pytest.raises(ResultsError, match=message):
        Results.open(parted)


def test_what_is_inside_a_part_is_checked_as_well(parted: Path) -> None:
    link = f"/increments/000000/interfaces/{LOWER}/gap"
    spoil(parted / "results-001.h5", link, AWAY["external link"])
    with Results.open(parted) as run:
        with pytest.raises(ResultsError, match=r"results-001\.h5.*gap: leads to another place"):
            _ = run.interface(LOWER).at("press", 0).gap


# --- what is continued ---------------------------------------------------------------------------


@pytest.mark.parametrize("way", AWAY)
@pytest.mark.parametrize(
    "link",
    ["/history/closure", "/mesh/points", "/increments/000001", "/extra",
     f"/increments/000000/interfaces/{LOWER}/gap"],
)  # fmt: skip
def test_no_other_file_is_written(whole: Path, tmp_path: Path, way: str, link: str) -> None:
    path = copied(whole, tmp_path)
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other.create_dataset("x", data=np.arange(1000.0), maxshape=(None,))
    (tmp_path / "other.raw").write_bytes(b"mine" * 8)
    if link == "/extra":
        with h5py.File(path, "r+") as file:
            file["extra"] = 0.0
    spoil(path, link, AWAY[way])
    files = {name: (tmp_path / name).read_bytes() for name in ("other.h5", "other.raw")}
    before = path.read_bytes()
    inside = link.startswith("/increments/00") and link.count("/") == 2
    if way in ("external link", "link to a part") and inside:
        # it is dropped with what is not kept, and never followed
        ResultsWriter.reopen(tmp_path, 1)
    else:
        with pytest.raises(ResultsError, match="leads to another place or file"):
            ResultsWriter.reopen(tmp_path, 1)
        assert path.read_bytes() == before
    assert {name: (tmp_path / name).read_bytes() for name in files} == files


def small() -> ifem.Case:
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave), ifem.Layer("anode", "Li", "4 um")
    )
    return ifem.Case("small", stack, ifem.Protocol(ifem.Press(to="2 MPa")), current=None)


class Stop:
    """Presses Ctrl-C after two increments."""

    def on_increment(self, snapshot: Any) -> None:
        if snapshot.increment == 1:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut") / "run"
    run_case(small(), folder, listeners=[Stop()]).close()
    return folder


def test_a_run_that_leads_elsewhere_is_not_continued(
    cut: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(cut, folder)
    # what is there would do for the run, so that nothing but the way to it is wrong
    with h5py.File(folder / "results.h5") as own, h5py.File(tmp_path / "precious.h5", "w") as other:
        other.create_dataset("x", data=own["history/closure"][()], maxshape=(None,))
        other["x"].attrs["unit"] = "um"
    precious = (tmp_path / "precious.h5").read_bytes()
    link = h5py.ExternalLink(str(tmp_path / "precious.h5"), "/x")
    spoil(folder / "results.h5", "/history/closure", lambda g, n, o: g.__setitem__(n, link))
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert main(["resume", str(folder)]) == 2
    assert "history/closure: leads to another place or file" in capsys.readouterr().err
    assert (tmp_path / "precious.h5").read_bytes() == precious
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_a_hidden_file_left_as_a_link_is_not_followed(cut: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(cut, folder)
    (tmp_path / "precious").write_bytes(b"mine")
    for name in (".results.h5.part", ".checkpoint.h5.part", "run.log"):
        (folder / name).symlink_to(tmp_path / "precious")
    assert resume(folder).status == "complete"
    assert (tmp_path / "precious").read_bytes() == b"mine"


def test_states_are_kept_in_the_run_and_no_others_are_removed(cut: Path, tmp_path: Path) -> None:
    folder, mine = tmp_path / "run", tmp_path / "mine"
    mine.mkdir()
    (mine / "000.h5").write_bytes(b"mine")
    shutil.copytree(cut, folder)
    (folder / "states").symlink_to(mine)
    with pytest.raises(ResultsError, match="states: is a link, and a run writes in its own folder"):
        resume(folder, listeners=())
    remove_states(folder)
    assert [path.read_bytes() for path in mine.iterdir()] == [b"mine"]
    (folder / "states").unlink()
    resume(folder, listeners=()).close()
    (folder / "states" / "notes.h5").write_bytes(b"of a person")
    remove_states(folder)
    assert [path.name for path in (folder / "states").iterdir()] == ["notes.h5"]


def seal(folder: Path) -> None:
    """Put the seal that fits, as somebody would who means to deceive."""
    path = folder / "checkpoint.h5"
    assert seal_of(path) is None
    path.write_bytes(sealed(path.read_bytes()))


@pytest.mark.parametrize("way", [*AWAY, *(way for way in GONE if way != "text"), "not a number"])
def test_damaged_checkpoints(cut: Path, tmp_path: Path, way: str) -> None:
    change = (AWAY | GONE | ODD)[way]
    with h5py.File(cut / "checkpoint.h5") as file:
        names = ["force", "nodes/displacement", "points", "memory/time", "stage"]
        assert all(name in file for name in names)
    for name in names:
        if way == "not a number" and name == "points":
            continue
        folder = tmp_path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(cut, folder)
        spoil(folder / "checkpoint.h5", f"/{name}", change)
        before = (folder / "results.h5").read_bytes()
        with pytest.raises(InterfaceFEMError), np.errstate(all="ignore"):
            resume(folder, listeners=())
        if way != "not a number":
            assert (folder / "results.h5").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rows", 0), ("rows", -1), ("rows", 1), ("rows", "x"), ("step", "hold"), ("step", 3),
        ("step_index", 7), ("step_index", -1), ("increment", 5), ("nominal_pressure", np.nan),
        ("began_at", np.inf), ("run", 3), ("format", 3),
    ],
)  # fmt: skip
def test_checkpoints_of_another_place(cut: Path, tmp_path: Path, name: str, value: Any) -> None:
    folder = tmp_path / "run"
    shutil.copytree(cut, folder)
    with h5py.File(folder / "checkpoint.h5", "r+") as file:
        file.attrs[name] = value
    seal(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ResultsError, match=r"checkpoint\.h5"):
        resume(folder, listeners=())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["stage", "split", "ejected", "gripped"])
def test_checkpoints_of_a_stack_that_is_not_this_one(cut: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "run"
    shutil.copytree(cut, folder)
    with h5py.File(folder / "checkpoint.h5", "r+") as file:
        file.pop(name, None)
        file[name] = 1
    seal(folder)
    with pytest.raises(ResultsError, match="does not fit"):
        resume(folder, listeners=())


def test_the_checkpoint_of_a_run_that_was_replaced_is_none(cut: Path, tmp_path: Path) -> None:
    # killed right after the new results had taken the place of the old ones
    folder = tmp_path / "run"
    shutil.copytree(cut, folder)
    case = small()
    mesh = ifem.build_mesh(case.stack, case.mesh)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "remove_checkpoint", lambda folder: None)
        ResultsWriter.create(folder, case=case, mesh=mesh, overwrite=True, locked_by_system=True)
    results = resume(folder, listeners=())
    assert results.status == "complete"
    assert results.increments("press")[0] == 0


def test_checkpoints_cut_short_or_of_random_bytes(tmp_path: Path) -> None:
    arrays = {"force": np.array(3.0), "interfaces/a|b/pressure": np.arange(6.0)}
    point = Checkpoint(
        run="r", rows=1, step="press", step_index=0, increment=0, nominal_pressure=1.0,
        began_at=0.0, arrays=arrays,
    )  # fmt: skip
    write_checkpoint(tmp_path, point)
    path = tmp_path / "checkpoint.h5"
    content = path.read_bytes()
    for part in np.linspace(0.0, 1.0, 25, endpoint=False):
        path.write_bytes(content[: int(part * len(content))])
        with pytest.raises(ResultsError, match=r"checkpoint\.h5"):
            read_checkpoint(tmp_path)
    rng = random.Random(3)
    for _ in range(100):
        data = bytearray(content)
        for _ in range(10):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data)
        with contextlib.suppress(ResultsError):
            found = read_checkpoint(tmp_path)
            # what the damage did not reach is what was written
            assert found is not None
            assert found.arrays["interfaces/a|b/pressure"].tolist() == list(range(6))


# --- mesh files ----------------------------------------------------------------------------------


@pytest.fixture
def mesh_file(tmp_path: Path) -> Path:
    stack = small().stack
    return ifem.build_mesh(stack, ifem.MeshSize("1 um")).save(tmp_path / "whole.msh")


def test_a_changed_mesh_file_is_told_by_its_checksum(mesh_file: Path, tmp_path: Path) -> None:
    content = mesh_file.read_bytes()
    rng = random.Random(5)
    path = tmp_path / "spoilt.msh"
    for _ in range(50):
        data = bytearray(content)
        place = rng.randrange(60, len(data) - 20)
        data[place] = data[place] ^ 1
        path.write_bytes(data)
        with pytest.raises(MeshError, match=r"spoilt\.msh"):
            ifem.StackMesh.load(path)


def test_gmsh_breaks_down_in_another_process(
    mesh_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = mesh_file.read_text(encoding="utf-8")
    foreign = tmp_path / "foreign.msh"
    foreign.write_text(text[: text.index("$Comments")], encoding="utf-8")
    assert len(read_msh(foreign).quads)
    # an entity that is not there: gmsh dies of it, and would take this program along
    spoilt = re.sub(r"(\$Elements\n.*\n)2 1 3 (\d+)", r"\g<1>2 99999999 3 \g<2>", text)
    foreign.write_text(spoilt[: spoilt.index("$Comments")], encoding="utf-8")
    with contextlib.suppress(MeshError):
        read_msh(foreign)
    program = "import os; os.kill(os.getpid(), 11)  # {refused}"
    monkeypatch.setattr("interfacefem.meshing.session._PROGRAM", program)
    with pytest.raises(MeshError, match="gmsh breaks down over it"):
        read_msh(foreign)
    monkeypatch.setattr("interfacefem.meshing.session._PROGRAM", "import time; time.sleep(9)")
    monkeypatch.setattr("interfacefem.meshing.session.PATIENCE", 0.1)
    with pytest.raises(MeshError, match="does not come to its end"):
        read_msh(foreign)


@pytest.mark.parametrize(
    ("old", "new"),
    [('"layers"', '"lay"'), ('"key"', '"k"'), ('"origin"', '"o"'), ('"format": 1', '"format": 1.5'),
     ('["electrolyte", "anode"]', "3"), ('"unit"', '"dimension": 5, "unit"')],
)  # fmt: skip
def test_damaged_comments(mesh_file: Path, old: str, new: str) -> None:
    text = mesh_file.read_text(encoding="utf-8")
    text = re.sub(r', "sha256": "\w+"', "", text)  # as an earlier version wrote it
    mesh_file.write_text(text, encoding="utf-8")
    assert ifem.StackMesh.load(mesh_file).layer_names == ("electrolyte", "anode")
    assert old in text
    mesh_file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MeshError, match=re.escape(str(mesh_file))):
        ifem.StackMesh.load(mesh_file)


# --- what this program does not know --------------------------------------------------------------


@pytest.fixture
def registered() -> Iterator[None]:
    added = [
        schema.Quantity("porosity", "-", "cell"),
        schema.Quantity("velocity", "um/s", "node", tail=("dimension",)),
        schema.Quantity("wear", "um", "point", words="wear of the face"),
        schema.Quantity("die_temperature", "K", "increment"),
        schema.Quantity("heat", "W/m^2", "interface"),
    ]
    for item in added:
        schema.register(item)
    yield
    for item in added:
        if item.name in schema.ADDED:
            schema.unregister(item.name)


def write_extended(folder: Path) -> None:
    mesh = example_mesh(4, 1)
    writer = ResultsWriter.create(folder, case={}, mesh=mesh)
    layers = []
    for layer in example_layers(mesh, 1.0):
        cells, nodes = len(layer.stress), len(layer.displacement)
        extra = {"porosity": np.linspace(0, 1, cells), "velocity": np.ones((nodes, 2))}
        fields = {name: getattr(layer, name) for name in vars(layer) if name != "extra"}
        layers.append(LayerSnapshot(**fields, extra=extra))
    parts = []
    for name in mesh.interfaces:
        part = example_interface(name, 1.0, points=9)
        part.extra["wear"] = np.arange(9.0)  # type: ignore[index]
        parts.append(part)
    snapshot = accepted("press", 0, 0, 1.0, tuple(parts), tuple(layers))
    snapshot.extra.update({"die_temperature": 298.0, f"heat[{LOWER}]": 3.0})  # type: ignore[attr-defined]
    writer.append(snapshot)
    writer.finish()


@pytest.mark.usefixtures("registered")
def test_registered_quantities_come_back(tmp_path: Path) -> None:
    write_extended(tmp_path)
    with Results.open(tmp_path) as run:
        check_extended(run, tmp_path)


def check_extended(run: Results, folder: Path) -> None:
    layer, part = run.layer("anode").at(), run.interface(LOWER).at()
    assert {"porosity", "velocity"} <= set(layer.fields)
    assert (layer.field("porosity").unit, layer.field("porosity").location) == ("-", "cell")
    assert layer.field("velocity").location == "node"
    assert layer.field("velocity").values.shape == (10, 2)
    assert part.field("wear").values.tolist() == list(range(9))
    assert part.field("wear").unit == "um"
    assert run.history["die_temperature"].tolist() == [298.0]
    assert run.history.units["die_temperature"] == "K"
    assert run.history.of("heat", LOWER).tolist() == [3.0]
    assert np.isnan(run.history.of("heat", "interlayer|anode")).all()
    assert (folder / "paraview" / "layers.pvd") in export_vtu(run)
    text = next((folder / "paraview").glob("layers_*.vtu")).read_text(encoding="latin-1")
    assert 'Name="velocity [um/s]"' in text


def test_a_program_without_the_extension_reads_them(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("registered")
    write_extended(tmp_path)
    for name in ("porosity", "velocity", "wear", "die_temperature", "heat"):
        schema.unregister(name)
    assert schema.find("wear", "point") is None
    with Results.open(tmp_path) as run:
        check_extended(run, tmp_path)


def test_a_field_that_says_nothing_of_its_place(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path)
    with h5py.File(path, "r+") as file:
        place = file["increments/000000/layers/anode"]
        cells = len(place["stress"])
        for name, rows in (("own", cells), ("strange", 3)):
            place[name] = np.ones(rows)
            place[name].attrs["unit"] = "MPa"
    with Results.open(path) as run:
        state = run.layer("anode").at("press")
        assert state.field("own").location == "cell"
        with pytest.raises(ResultsError, match="which of these it belongs to: node, cell"):
            state.field("strange")


@pytest.mark.parametrize(
    ("name", "unit", "place", "message"),
    [
        ("gap", "um", "point", "is stored already"),
        ("stress", "MPa", "cell", "is stored already"),
        ("a/b", "um", "point", "without '/'"),
        ("a[b]", "um", "interface", "brackets"),
        ("new", "", "point", "has no unit"),
        ("new", "um", "mesh", "choose one of these places"),
        ("new", "um", "nowhere", "choose one of these places"),
    ],
)
def test_quantities_that_cannot_be_registered(
    name: str, unit: str, place: Any, message: str
) -> None:
    with pytest.raises(ResultsError, match=message):
        schema.register(schema.Quantity(name, unit, place))


def test_what_was_not_registered_is_not_stored(tmp_path: Path) -> None:
    mesh = example_mesh(4, 1)
    writer = ResultsWriter.create(tmp_path, case={}, mesh=mesh)
    snapshot = example_increment(mesh, "press", 0, 0, 1.0, points=9)
    snapshot.interfaces[0].extra["wear"] = np.arange(9.0)  # type: ignore[index]
    with pytest.raises(ResultsError, match=r"'wear' is not registered.*schema\.register"):
        writer.append(snapshot)
    assert len(Results.open(tmp_path)) == 0


def test_the_table_says_what_is_stored(whole: Path) -> None:
    # whatever is in a file has the unit of the table
    with h5py.File(whole / "results.h5") as file:
        for name, column in file["history"].items():
            assert column.attrs["unit"] == schema.known_column(name).unit
        layer = file["increments/000000/layers/anode"]
        assert set(layer) == {n for n, q in schema.fields("node", "cell").items() if q.required}
        for name, dataset in layer.items():
            (item,) = [q for q in schema.fields("node", "cell").values() if q.name == name]
            assert (dataset.attrs["unit"], dataset.attrs["place"]) == (item.unit, item.place)
            assert dataset.shape[1:] == item.shape(2)
    assert schema.find("gap", "point").label == "gap [um]"
    assert schema.Quantity("p", "MPa", "point", words="pressure").label == "pressure [MPa]"
