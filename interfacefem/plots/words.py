# SPDX-License-Identifier: MIT
"""Words in a picture: a user's own in place of others, signs that no font has, plain numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from interfacefem.errors import ResultsError
from interfacefem.names import printable, shown
from interfacefem.quantities import did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: most signs of one entry in a list of words in a message
LONG = 40


def escape(place: Any) -> None:
    """Write out signs that no font has; names from a file may have any."""
    from matplotlib.text import Text

    for text in place.findobj(Text):
        text.set_text(printable(text.get_text()))


def relabel(place: Any, panels: list[Axes], labels: Mapping[str, str], name: str) -> None:
    """Replace words of a picture by a user's own.

    Parameters
    ----------
    place : Figure, SubFigure or Axes
        Where it was drawn.
    panels : list of Axes
        Those of the picture.
    labels : mapping of str to str
        ``"x"`` and ``"y"`` are the labels of axes; others are words in any text, as they stand.
    name : str
        The picture, for messages.

    Raises
    ------
    ResultsError
        If words do not stand in the picture, or axes have several labels; the message lists them.
    """
    from matplotlib.text import Text

    labels = dict(labels)
    for key in ("x", "y"):
        if key in labels:
            _axis(panels, key, labels.pop(key), name)
    if not labels:
        return
    axes = [axis for one in panels for axis in (one.xaxis, one.yaxis) if _is_named(axis)]
    named = [(axis, list(axis.get_ticklabels())) for axis in axes]
    ticks = [label for _, several in named for label in several]
    every = dict.fromkeys([*place.findobj(Text), *ticks])
    texts = [text for text in every if text.get_text()]
    for key, words in labels.items():
        part = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")
        found = [text for text in texts if part.search(text.get_text())]
        if not key or not found:
            there = dict.fromkeys(
                line
                for text in texts
                for line in text.get_text().splitlines()
                if line[:1].isalpha()
            )
            near = did_you_mean(key, there)
            listed = ", ".join(shown(line, LONG) for line in there)
            advice = f"{near} " if near.startswith("did you mean") else ""
            raise ResultsError(
                f"{name}: labels has {shown(key)}, which does not stand in the picture; {advice}"
                f'there is: "x", "y", {listed}'
            )
        for text in found:
            text.set_text(part.sub(lambda _, words=words: words, text.get_text()))  # type: ignore[misc]
    for axis, several in named:  # their words are written anew each time
        said = [label.get_text() for label in several]
        axis.set_ticks(axis.get_major_locator()(), said)


def _axis(panels: list[Axes], key: str, words: str, name: str) -> None:
    axes = [one.xaxis if key == "x" else one.yaxis for one in panels]
    known = dict.fromkeys(axis.get_label_text() for axis in axes if axis.get_label_text())
    if len(known) > 1:
        listed = ", ".join(shown(text, LONG) for text in known)
        raise ResultsError(
            f"{name}: there are several labels of {key} axes; name the one to replace by its words "
            f"in place of {key!r}: {listed}"
        )
    for axis in axes:
        if axis.get_label_text():
            axis.set_label_text(words)


def _is_named(axis: Any) -> bool:
    """Return whether the ticks of an axis have words, which stay as they are set."""
    from matplotlib.ticker import FixedLocator

    fixed = isinstance(axis.get_major_locator(), FixedLocator)
    return fixed and any(any(map(str.isalpha, t.get_text())) for t in axis.get_ticklabels())


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(value: float) -> str:
    """Return a number of an axis: 0.01, 200, and powers of ten where these are long."""
    text = f"{value:g}"
    if "e" not in text:
        return text
    number, _, power = text.partition("e")
    ten = f"10{str(int(power)).translate(_SUPERSCRIPTS)}"
    return ten if number == "1" else f"{number}·{ten}"
