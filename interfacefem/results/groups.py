# SPDX-License-Identifier: MIT
"""Read HDF5 that somebody else may have written: what is not as described is one clear error.

A file can name other files: through links, virtual datasets and raw storage. HDF5 follows them
without a word, for reading and for writing. Nothing here does. Types and shapes are checked before
anything is read. What the data mean is in :mod:`interfacefem.results.schema`, which file belongs to
a run in :mod:`interfacefem.results.layout`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from interfacefem.results.files import careful, damaged, leads_away, require_own
from interfacefem.results.schema import LARGEST

#: most characters of a name that is read from a file
LONGEST_NAME = 1000
#: texts are read in blocks, so that a list of long ones is found before it fills the memory
_BLOCK = 128
#: what a stored value may be, for a message
_WORDS = {"f": "numbers", "iu": "whole numbers", "b": "true or false", "fiub": "numbers"}


class Data:
    """A dataset whose data are in its own file and as many as it says.

    Parameters
    ----------
    dataset : h5py.Dataset
        Open; nothing of it was read yet.
    place : str
        File, group and name, for messages.

    Raises
    ------
    ResultsError
    """

    def __init__(self, dataset: Any, place: str) -> None:
        self.place = place
        self._dataset = dataset
        with careful(place):
            require_own(dataset, place)
            shape = dataset.shape
            if shape is None:
                raise damaged(place, "is empty")
            self.shape: tuple[int, ...] = shape

    def array(
        self,
        letters: str = "f",
        *,
        rows: int | None = None,
        tail: tuple[int, ...] | None = (),
        finite: bool = False,
        infinite: bool = False,
    ) -> npt.NDArray[Any]:
        """Return the values after their type and shape were checked.

        Parameters
        ----------
        letters : str
            Numpy's letters of the kinds that are accepted.
        rows : int, optional
            Wanted first size; any if not given.
        tail : tuple of int or None
            Wanted shape behind it; None takes up to two more sizes.
        finite : bool
            Refuse what is no finite number.
        infinite : bool
            Accept infinity, the resistance of an open circuit.

        Raises
        ------
        ResultsError
        """
        shape = self.shape
        with careful(self.place):
            if self._dataset.dtype.kind not in letters:
                raise damaged(self.place, f"holds no {_WORDS.get(letters, 'such values')}")
            fits = shape != () and (len(shape) <= 3 if tail is None else shape[1:] == tail)
            if not fits or (rows is not None and shape[0] != rows):
                wanted = "a row" if rows is None else str(rows)
                more = "" if not tail else "".join(f" x {size}" for size in tail)
                raise damaged(self.place, f"has the shape {shape}, not {wanted}{more}")
            return self._checked(np.asarray(self._dataset[()]), finite, infinite)

    def any_array(self) -> npt.NDArray[Any]:
        """Return numbers of any shape as they are stored.

        Raises
        ------
        ResultsError
        """
        with careful(self.place):
            if self._dataset.dtype.kind not in "fiub":
                raise damaged(self.place, "holds no numbers")
            return np.asarray(self._dataset[()])

    def number(self, *, infinite: bool = False) -> float:
        """Return one number.

        Parameters
        ----------
        infinite : bool
            Accept infinity, the resistance of an open circuit.

        Raises
        ------
        ResultsError
        """
        with careful(self.place):
            if self.shape != () or self._dataset.dtype.kind not in "fiu":
                raise damaged(self.place, "is no number")
            return float(self._checked(np.asarray(self._dataset[()]), False, infinite))

    def text(self) -> str:
        """Return one text.

        Raises
        ------
        ResultsError
        """
        with careful(self.place):
            if self.shape != () or h5py.check_string_dtype(self._dataset.dtype) is None:
                raise damaged(self.place, "is no text")
            return str(self._dataset.asstr()[()])

    def texts(self) -> tuple[str, ...]:
        """Return a list of names.

        Raises
        ------
        ResultsError
        """
        with careful(self.place):
            if len(self.shape) != 1 or h5py.check_string_dtype(self._dataset.dtype) is None:
                raise damaged(self.place, "is no list of names")
            found: list[str] = []
            for start in range(0, self.shape[0], _BLOCK):
                block = [str(item) for item in self._dataset.asstr()[start : start + _BLOCK]]
                if max(map(len, block)) > LONGEST_NAME:
                    raise damaged(self.place, f"has a name of over {LONGEST_NAME} characters")
                found += block
            return tuple(found)

    def note(self, attribute: str, default: str | None = None) -> str:
        """Return a text that is an attribute, for example the unit.

        Raises
        ------
        ResultsError
            If it is no text, or missing without a default.
        """
        return _words(self._dataset, attribute, self.place, default)

    def _checked(
        self, values: npt.NDArray[Any], finite: bool, infinite: bool = False
    ) -> npt.NDArray[Any]:
        kind = values.dtype.kind
        if kind == "f":
            values = values.astype(np.float64, copy=False)
            # the largest of all but NaN, and but infinity where that is a value
            judged = np.where(np.isinf(values), 0.0, values) if infinite else values
            size = np.fmax.reduce(np.abs(judged), axis=None) if values.size else 0.0
            if size > LARGEST or (finite and np.isnan(values).any()):
                raise damaged(self.place, "has values that are no finite numbers")
        elif kind in "iu":
            if kind == "u" and values.size and values.max() > np.iinfo(np.int64).max:
                raise damaged(self.place, "has whole numbers that are too large")
            values = values.astype(np.int64, copy=False)
        return values


class Stored:
    """A group of an open file, read with checks.

    Parameters
    ----------
    group : h5py.Group
    place : str
        File and group, for messages.

    Attributes
    ----------
    group : h5py.Group
    place : str
    """

    def __init__(self, group: Any, place: str) -> None:
        self.group = group
        self.place = place
        self._root = place if group.name == "/" else ""

    @classmethod
    def of(cls, file: Any, path: Path) -> Stored:
        """Return the root of an open file."""
        return cls(file, str(path))

    def at(self, name: str) -> str:
        """Return the place of something inside."""
        return f"{self.place}: {name}" if self._root else f"{self.place}/{name}"

    def __contains__(self, name: str) -> bool:
        return self.kind_of_link(name) is not None

    def names(self) -> list[str]:
        """Return the names of everything inside, in order."""
        with careful(self.place):
            return sorted(self.group)

    def kind_of_link(self, name: str) -> int | None:
        """Return the kind of a link, which is not followed; None if there is none."""
        if not name or "/" in name or name == ".":
            return None
        with careful(self.at(name)):
            key, links = name.encode("utf-8", "surrogateescape"), self.group.id.links
            return int(links.get_info(key).type) if links.exists(key) else None

    def item(self, name: str) -> Any:
        """Return a group or a dataset that stands here, not elsewhere.

        Raises
        ------
        ResultsError
        """
        link = self.kind_of_link(name)
        if link is None:
            raise damaged(self.at(name), "is missing")
        if link != h5py.h5l.TYPE_HARD:
            raise leads_away(self.at(name))
        with careful(self.at(name)):
            return self.group[name]

    def is_group(self, name: str) -> bool:
        """Return whether there is a group of this name.

        Raises
        ------
        ResultsError
            If there is nothing, or it stands in another place or file.
        """
        return isinstance(self.item(name), h5py.Group)

    def inside(self, name: str) -> Stored:
        """Return a group.

        Raises
        ------
        ResultsError
            If there is none, or it stands in another place or file.
        """
        item = self.item(name)
        if not isinstance(item, h5py.Group):
            raise damaged(self.at(name), "is no group")
        return Stored(item, self.at(name))

    def data(self, name: str) -> Data:
        """Return a dataset.

        Raises
        ------
        ResultsError
            If there is none, or its data are elsewhere or not as many as it says.
        """
        item = self.item(name)
        if not isinstance(item, h5py.Dataset):
            raise damaged(self.at(name), "is no dataset")
        return Data(item, self.at(name))

    def words(self, name: str, default: str | None = None) -> str:
        """Return a text that is an attribute of this group.

        Raises
        ------
        ResultsError
            If it is no text, or missing without a default.
        """
        return _words(self.group, name, self.place, default)

    def whole(self, name: str) -> int:
        """Return a whole number that is an attribute of this group.

        Raises
        ------
        ResultsError
        """
        return int(self._scalar(name, "iu"))

    def real(self, name: str) -> float:
        """Return a number that is an attribute of this group.

        Raises
        ------
        ResultsError
        """
        return float(self._scalar(name, "fiu"))

    def has(self, name: str) -> bool:
        """Return whether this group has an attribute."""
        with careful(self.place):
            return name in self.group.attrs

    def _scalar(self, name: str, letters: str) -> Any:
        with careful(f"{self.place}, attribute {name}"):
            if name not in self.group.attrs:
                raise damaged(self.place, f"lacks the attribute {name}")
            value = np.asarray(self.group.attrs[name])
            if value.shape != () or value.dtype.kind not in letters:
                raise damaged(self.place, f"has no number in the attribute {name}")
            return value


def require_closed(file: Any, path: Path) -> None:
    """Refuse a file that leads to any other, before it is written to.

    Links of increments to other files may stay; they are never written to.

    Parameters
    ----------
    file : h5py.File
        Open; nothing of it was read yet.
    path : Path

    Raises
    ------
    ResultsError
    """
    seen: set[tuple[int, int]] = set()
    waiting = [Stored.of(file, path)]
    while waiting:
        group = waiting.pop()
        with careful(group.place):
            found = h5py.h5o.get_info(group.group.id)
            if (found.fileno, found.addr) in seen:
                continue
            seen.add((found.fileno, found.addr))
            for name in group.names():
                place = group.at(name)
                outside = group.kind_of_link(name) == h5py.h5l.TYPE_EXTERNAL
                if outside and group.group.name == "/increments":
                    continue
                item = group.item(name)
                if isinstance(item, h5py.Group):
                    waiting.append(Stored(item, place))
                elif isinstance(item, h5py.Dataset):
                    require_own(item, place)
                else:
                    raise damaged(place, "is neither group nor dataset")


def _words(item: Any, name: str, place: str, default: str | None) -> str:
    with careful(f"{place}, attribute {name}"):
        if name not in item.attrs:
            if default is not None:
                return default
            raise damaged(place, f"lacks the attribute {name}")
        value = item.attrs[name]
        value = value.decode("utf-8") if isinstance(value, bytes) else value
        if not isinstance(value, str):
            raise damaged(place, f"has no text in the attribute {name}")
        return value
