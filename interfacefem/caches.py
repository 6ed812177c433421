# SPDX-License-Identifier: MIT
"""Where compiled code is kept, and hashes of the sources it is made of.

The folder is ``interfacefem`` in the user's cache folder (``XDG_CACHE_HOME``, ``~/.cache``), or
what ``INTERFACEFEM_CACHE`` names; where that cannot be written, one in the folder of temporary
files. What compiles is in :mod:`interfacefem.compiled` and in DOLFINx.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

from interfacefem import logs, numbers

_log = logs.get(__name__)

#: names the cache folder
VARIABLE = "INTERFACEFEM_CACHE"
#: caches that nobody has used for so long are removed [s]
UNUSED = 30 * 24 * 3600.0

_PACKAGE = Path(__file__).parent
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+interfacefem([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+interfacefem([\w.]*))",
    re.MULTILINE,
)
_WORD = re.compile(r"\w+")


@functools.cache
def sources_key() -> str:
    """Return a hash of all sources of the package, as it is recorded with a run.

    Numbers of the solver that the environment replaces are said after it.
    """
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    replaced = [f"{name}={value!r}" for name, value in sorted(numbers.replaced().items())]
    return " with ".join([digest.hexdigest()[:16], *filter(None, [", ".join(replaced)])])


@functools.cache
def folder(kind: str) -> Path | None:
    """Return a folder for compiled code that can be written, None where there is none.

    Parameters
    ----------
    kind : str
        Its name in the cache folder.
    """
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    given = os.environ.get(VARIABLE)
    places = [Path(given) if given else Path(base) / "interfacefem"]
    places.append(Path(tempfile.gettempdir()) / f"interfacefem-{_user()}")
    for place in places:
        where = place.expanduser().absolute() / kind
        with contextlib.suppress(OSError, RuntimeError):
            where.mkdir(parents=True, exist_ok=True, mode=0o700)
            if where.stat().st_uid == _user():
                tempfile.TemporaryFile(dir=where).close()
                if place is not places[0]:
                    _tell_once(
                        f"compiled code cannot be kept in {places[0]}; it is kept in {place}. Make "
                        f"that folder one that can be written, or name another with {VARIABLE}"
                    )
                return where
    _tell_once(
        f"no folder for compiled code can be written ({', '.join(map(str, places))}); functions "
        f"are compiled anew in every process. Name a folder with {VARIABLE}"
    )
    return None


@functools.cache
def _tell_once(text: str) -> None:
    _log.warning("%s", text)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


@functools.cache
def kernels(file: Path) -> Path | None:
    """Return the folder of what a file compiles; those of sources long gone are removed."""
    base = folder("kernels")
    if base is None:
        return None
    name = file.with_suffix("").name
    with contextlib.suppress(ValueError):
        name = file.relative_to(_PACKAGE).with_suffix("").as_posix().replace("/", ".")
    where = base / f"{name}-{reached_key(file)}"
    with contextlib.suppress(OSError):
        where.mkdir(exist_ok=True)
        os.utime(where)
        for path in base.glob(f"{name}-*"):
            if time.time() - path.stat().st_mtime > UNUSED:
                shutil.rmtree(path, ignore_errors=True)
    return where


@functools.cache
def reached_key(file: Path) -> str:
    """Return a hash of a file and of all files of the package that it reaches by imports.

    And of what the environment replaces of the numbers that these files declare.
    """
    digest = hashlib.sha256()
    files = reached(file)
    for path in sorted(files):
        digest.update(str(path.name).encode())
        digest.update(path.read_bytes())
    rooms = {room for room, path in numbers.files().items() if path in files}
    for name, value in sorted(numbers.replaced().items()):
        if name.rpartition(".")[0] in rooms:
            digest.update(f"{name}={value!r}".encode())
    return digest.hexdigest()[:16]


def reached(file: Path) -> set[Path]:
    """Return a file and all files of the package that it reaches by imports."""
    found: set[Path] = set()
    waiting = [file]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imports(path)
    return found


@functools.cache
def _imports(file: Path) -> tuple[Path, ...]:
    """Return the files of the package that a file names in its imports, wherever they stand."""
    found = []
    for package, names, module in _IMPORT.findall(file.read_text(encoding="utf-8")):
        parts = (package or module).strip(".").split(".")
        for name in ("", *_WORD.findall(names)):
            path = _PACKAGE.joinpath(*filter(None, [*parts, name]))
            found += [
                end for end in (path.with_suffix(".py"), path / "__init__.py") if end.is_file()
            ]
    return tuple(found)
