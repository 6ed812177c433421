# SPDX-License-Identifier: MIT
"""Registers of things by name, open to other people's code, and how that code is loaded.

An installed package names its modules in the entry point group ``interfacefem``::

[project.entry-points.interfacefem] my_pictures = "my_package.pictures"

Nothing here knows what is registered.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from interfacefem import logs
from interfacefem.errors import ExtensionError, InterfaceFEMError
from interfacefem.names import name_problem
from interfacefem.quantities import AnyPath, did_you_mean, user_path

#: group of the entry points
GROUP = "interfacefem"

logger = logs.get(__name__)
_files: dict[Path, ModuleType] = {}
_installed: list[str] = []
_asked = False


def load_file(path: AnyPath) -> ModuleType:
    """Execute a Python file that registers things, once however often it is asked for.

    The file is not the main program, so what stands under ``if __name__ == "__main__"`` is left
    out. Files beside it can be imported, as from a script.

    Parameters
    ----------
    path : path
        A ``.py`` file; ``~`` is expanded.

    Returns
    -------
    module
        Its names are attributes.

    Raises
    ------
    ExtensionError
        If there is no such file, or it stops with an error; the message names the line.
    """
    where = user_path(path, "extension", ExtensionError)
    if where.suffix != ".py":
        raise ExtensionError(f"{where}: is no Python file; give a .py file that registers things")
    if not where.is_file():
        raise ExtensionError(f"{where}: there is no such file; correct the path")
    where = where.resolve()
    if where in _files:
        return _files[where]
    name = f"interfacefem_extension_{len(_files)}_{where.stem}"
    spec = importlib.util.spec_from_file_location(name, where)
    if spec is None or spec.loader is None:
        raise ExtensionError(f"{where}: cannot be read as a Python file; correct its name")
    module = importlib.util.module_from_spec(spec)
    beside = str(where.parent)
    sys.modules[name] = module  # dataclasses and the registers look for it there
    sys.path.insert(0, beside)
    try:
        spec.loader.exec_module(module)
    except InterfaceFEMError as error:
        del sys.modules[name]
        raise ExtensionError(f"{where}: {error}") from error
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ExtensionError(f"{told(error, where)}; correct the file") from error
    finally:
        sys.path.remove(beside)
    _files[where] = module
    return module


def load_installed() -> tuple[str, ...]:
    """Load the modules that installed packages name in the entry point group, once.

    A package that cannot be loaded is left out, with a warning in the log: it must not keep the
    program from reading a run.

    Returns
    -------
    tuple of str
        ``"package: entry point"`` of those that were loaded.
    """
    global _asked
    if not _asked:
        _asked = True  # first, for a package may look into a register while it is loaded
        for point in importlib.metadata.entry_points(group=GROUP):
            package = point.dist.name if point.dist is not None else "?"
            try:
                point.load()
            except (Exception, SystemExit) as error:
                logger.warning(
                    "package %s: its entry point '%s' (%s) cannot be loaded, so what it registers "
                    "is missing: %s: %s",
                    package, point.name, point.value, type(error).__name__, error,
                )  # fmt: skip
            else:
                _installed.append(f"{package}: {point.name}")
    return tuple(_installed)


def told(error: BaseException, where: str | Path) -> str:
    """Return ``FILE, line 3: NameError: ...``: an error of somebody's file in one line.

    Parameters
    ----------
    error : BaseException
        What was raised.
    where : path
        The file; its last line in the traceback is named. Of a syntax error the line that cannot
        be read.
    """
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename) == Path(where):
        return f"{where}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if _same(frame.filename, where)]
    place = f"{where}, line {lines[-1]}" if lines else f"{where}"
    text = str(error) or "no message"
    return f"{place}: {type(error).__name__}: {text}"


def _same(one: str, two: str | Path) -> bool:
    return one == str(two) or Path(one).resolve() == Path(two).resolve()


_PACKAGE = Path(__file__).resolve().parent
#: origin of what was registered in a notebook or at a prompt
SESSION = "this session"


class Registry[T](Mapping[str, T]):
    """Entries by name, in the order they were added, each with the file it is from.

    A name belongs to one file: the same file, or the same notebook, may register it again and
    replaces it; another file may not. What installed packages register is there from the first
    look on.

    Parameters
    ----------
    kind : str
        What an entry is, for messages, e.g. ``"picture"``.
    error : type of InterfaceFEMError
        Raised by :meth:`find` for an unknown name.
    """

    def __init__(self, kind: str, error: type[InterfaceFEMError] = ExtensionError) -> None:
        self.kind = kind
        self._error = error
        self._entries: dict[str, T] = {}
        self._origins: dict[str, str] = {}

    def __getitem__(self, name: str) -> T:
        load_installed()
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        load_installed()
        return iter(self._entries)

    def __len__(self) -> int:
        load_installed()
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Registry of each {self.kind}: {', '.join(self._entries)}>"

    def add(self, name: str, entry: T, *, origin: str) -> T:
        """Add an entry, or replace the one that the same file added.

        Parameters
        ----------
        name : str
            Printable text of at most 100 characters, without ``/``.
        entry : T
        origin : str
            The file that adds it, see :func:`origin_of`.

        Returns
        -------
        T
            The entry.

        Raises
        ------
        ExtensionError
            If the name cannot be used, or another file has it.
        """
        problem = name_problem(name)
        if problem:
            raise ExtensionError(f"{origin}: name of a {self.kind}: {problem}")
        known = self._origins.get(name, origin)
        if known != origin:
            raise ExtensionError(
                f"{origin}: there is a {self.kind} {name!r} already, from {known}; "
                "choose another name"
            )
        self._origins[name] = origin
        self._entries[name] = entry
        return entry

    def remove(self, name: str) -> None:
        """Forget an entry.

        Raises
        ------
        InterfaceFEMError
            As :meth:`find`.
        """
        self.find(name)
        del self._entries[name], self._origins[name]

    def find(self, name: str) -> T:
        """Return an entry by the name a user gave.

        Raises
        ------
        InterfaceFEMError
            Of the class the register was made with, if there is none; the message has the nearest
            name and all there are.
        """
        if name not in self:
            raise self._error(self.unknown(name))
        return self._entries[name]

    def unknown(self, name: object) -> str:
        """Return what to tell about a name that is not there."""
        near = did_you_mean(name, self)
        listed = f"there is: {', '.join(self)}" if len(self) else "there is none"
        advice = near if near.startswith("did you mean") else ""
        return f"no {self.kind} {name!r}; {advice} {listed}".replace(";  ", "; ")

    def origin(self, name: str) -> str:
        """Return the file that registered an entry; :data:`SESSION` of a notebook.

        Raises
        ------
        InterfaceFEMError
            As :meth:`find`.
        """
        self.find(name)
        return self._origins[name]

    def is_own(self, name: str) -> bool:
        """Return whether an entry is one of this package; raises as :meth:`find`."""
        return Path(self.origin(name)).is_relative_to(_PACKAGE)


def origin_of(thing: object) -> str:
    """Return the file in which a function or class is written.

    Parameters
    ----------
    thing : object
        A function, a class, or an object of a class.

    Returns
    -------
    str
        The absolute path. :data:`SESSION` for what was typed in a notebook or at a prompt, where
        each cell has a file name of its own that changes with its text.
    """
    while isinstance(thing, functools.partial):
        thing = thing.func
    if callable(thing):
        thing = inspect.unwrap(thing)
    if not hasattr(thing, "__qualname__"):  # an object, not a function or a class
        thing = type(thing)
    name = getattr(thing, "__module__", "")
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if file is None:  # a prompt or notebook; or a script that was executed by its path
        code = getattr(thing, "__code__", None)
        if name == "__main__" or code is None:
            return SESSION
        file = code.co_filename
    return str(Path(file).resolve())
