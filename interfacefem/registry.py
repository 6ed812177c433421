# SPDX-License-Identifier: MIT
"""A register of things by name, open to other people's code; pictures and risks have one each.

Nothing here knows what is registered. Files and packages are loaded by
:mod:`interfacefem.extensions`.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from interfacefem import extensions
from interfacefem.errors import ExtensionError, InterfaceFEMError
from interfacefem.names import name_problem
from interfacefem.quantities import did_you_mean

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
        extensions.load_installed()
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        extensions.load_installed()
        return iter(self._entries)

    def __len__(self) -> int:
        extensions.load_installed()
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
