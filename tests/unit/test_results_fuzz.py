# SPDX-License-Identifier: MIT
"""Some hundred damages of a small run, each met by a verb: one clear error or the run as it is."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import interfacefem as ifem
from interfacefem import surfaces
from interfacefem.cli import main
from interfacefem.drive.run import run_case

SEED = 20261128
COUNT = 240
#: what is spoilt, some of it more often
FILES = (*("results.h5",) * 6, *("checkpoint.h5",) * 2, "mesh.msh", "case.toml")
VERBS: tuple[tuple[str, ...], ...] = (
    ("report", "--no-figures"),
    ("plot", "loading"),
    ("resume",),
    ("export",),
    ("plot", "stack"),
    ("compare", "--no-figure"),
    ("plot", "interfaces"),
)
#: words of a program that has lost its way
LOST = ("Traceback", "Error:", "h5py", "Unable to", "Can't", "NoneType")


class Stop:
    """Presses Ctrl-C after two increments."""

    def on_increment(self, snapshot: Any) -> None:
        if snapshot.increment == 1:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real run that was interrupted, so that it has a checkpoint and can be continued."""
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=wave), ifem.Layer("anode", "Li", "4 um")
    )
    output = ifem.Output(layer_fields="increments")
    press = ifem.Protocol(ifem.Press(to="2 MPa"))
    case = ifem.Case("small", stack, press, current=None, output=output)
    folder = tmp_path_factory.mktemp("fuzz") / "run"
    run_case(case, folder, listeners=[Stop()]).close()
    return folder


# --- damages of any file -------------------------------------------------------------------------


def cut_short(path: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: rng.randrange(len(content))])


def emptied(path: Path, rng: random.Random) -> None:
    path.write_bytes(b"")


def removed(path: Path, rng: random.Random) -> None:
    path.unlink()


def flipped(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(rng.choice([1, 4, 32])):
        place = rng.randrange(len(data))
        data[place] = data[place] ^ (1 << rng.randrange(8))
    path.write_bytes(data)


def doubled(path: Path, rng: random.Random) -> None:
    content = path.read_bytes()
    at = rng.randrange(len(content))
    path.write_bytes(content[:at] + content[at : at + 200] + content[at:])


def noise(path: Path, rng: random.Random) -> None:
    path.write_bytes(rng.randbytes(2000))


# --- damages of what is inside HDF5 --------------------------------------------------------------


def links(file: Any) -> list[str]:
    found: list[str] = []
    file.visit(found.append)
    return sorted(found)


def inside(change: Callable[[Any, str, Any], Any]) -> Callable[[Path, random.Random], None]:
    """Spoil one link of the file, keeping its attributes where they can be kept."""

    def spoil(path: Path, rng: random.Random) -> None:
        with h5py.File(path, "r+") as file:
            name = rng.choice(links(file))
            parent, _, last = name.rpartition("/")
            group = file[parent] if parent else file
            old = group[last][()] if isinstance(group[last], h5py.Dataset) else np.zeros(3)
            kept = dict(group[last].attrs)
            del group[last]
            made = change(group, last, old)
            if isinstance(made, h5py.Dataset):
                made.attrs.update(kept)

    spoil.__name__ = change.__name__
    return spoil


def link_removed(group: Any, name: str, old: Any) -> None:
    pass


def as_text(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, data="x", dtype=h5py.string_dtype())


def as_integers(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, data=np.full(np.shape(old), -7))


def as_complex(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, data=np.full(np.shape(old), 1j))


def transposed(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, data=np.zeros((*np.shape(old)[::-1], 2)))


def one_shorter(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, data=np.zeros(max(0, np.size(old) - 1)))


def unknown_numbers(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, data=np.full(np.shape(old), np.nan))


def without_space(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, data=h5py.Empty("f8"))


def terabytes(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, (2**40,), "f8", chunks=(128,))


def led_away(group: Any, name: str, old: Any) -> None:
    group[name] = h5py.ExternalLink("../precious.h5", "/x")


def raw_outside(group: Any, name: str, old: Any) -> Any:
    return group.create_dataset(name, (100,), "f8", external=[("../precious.h5", 0, 800)])


ANYWHERE = (cut_short, emptied, removed, flipped, flipped, flipped, doubled, noise)
INSIDE = tuple(
    inside(change)
    for change in (
        link_removed, as_text, as_integers, as_complex, transposed, one_shorter, unknown_numbers,
        without_space, terabytes, led_away, raw_outside,
    )
)  # fmt: skip


@pytest.mark.parametrize(
    "part", [0, 1, *(pytest.param(part, marks=pytest.mark.slow) for part in range(2, 8))]
)
def test_a_damaged_run_gives_one_clear_error(cut: Path, tmp_path: Path, part: int) -> None:
    precious = tmp_path / "precious.h5"
    with h5py.File(precious, "w") as file:
        file.create_dataset("x", data=np.arange(100.0), maxshape=(None,))
    kept = precious.read_bytes()
    refused = 0
    for number in range(part, COUNT, 8):
        rng = random.Random(SEED + number)
        folder = tmp_path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(cut, folder)
        name = rng.choice(FILES)
        ways = (*ANYWHERE, *INSIDE) if name.endswith(".h5") else ANYWHERE
        damage = rng.choice(ways)
        verb = VERBS[number % len(VERBS)]
        if name != "results.h5" and rng.random() < 0.7:
            verb = ("resume",)  # the other verbs do not look at it
        damage(folder / name, rng)
        what = f"{number}: {damage.__name__} of {name}, {' '.join(verb)}"
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
            np.errstate(all="ignore"),
        ):
            warnings.simplefilter("ignore")  # of numbers that are unknown
            runs = [str(folder)] * (2 if verb[0] == "compare" else 1)
            code = main([verb[0], *runs, *verb[1:]])
        said = err.getvalue()
        assert code in (0, 2), (what, said)
        assert precious.read_bytes() == kept, what
        if code == 2:
            refused += 1
            assert said.startswith("interfacefem: "), (what, said)
            assert str(folder) in said, (what, said)
            assert not any(word in said for word in LOST), (what, said)
            assert len(said) < 1500, (what, said)
            after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
            after.pop("run.log", None)
            assert after == {n: data for n, data in before.items() if n != "run.log"}, what
    assert refused > COUNT // 8 // 3  # most damages are seen
