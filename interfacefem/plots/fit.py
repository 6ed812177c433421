# SPDX-License-Identifier: MIT
"""The last touch to a picture: own words, titles that are not cut, legends and ticks that fit.

What fits is measured with the fonts as they are drawn. Texts that are too wide go on on the next
line; a figure whose height nobody stated becomes higher by these lines.
"""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from interfacefem.plots.page import Page
from interfacefem.plots.words import escape, plain, relabel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

#: times that a picture is measured and mended; a line more moves what is below it
ROUNDS = 4
#: steps of ticks
STEPS = [1, 2, 5, 10]
#: fewest letters of a line
FEWEST = 10
#: label of an axis that is not broken however small the axes are [inch]
SHORT = 1.4
#: part of a width that text may take; the rest keeps neighbours apart
FULL = 0.98
#: part of the axes that the words of a legend inside of them may take
INSIDE = 0.75
#: distance of lines in sizes of the text
LEADING = 1.25


def finish(place: Any, page: Page, name: str) -> None:
    """Put own words into a picture, and make its words fit.

    Parameters
    ----------
    place : matplotlib.figure.Figure
        What was drawn. Another object is left alone.
    page : Page
        What the picture was told.
    name : str
        The picture, for messages.

    Raises
    ------
    ResultsError
        If words that are to be replaced do not stand in the picture.
    """
    if not hasattr(place, "draw_without_rendering") and page.ax is None:
        return
    one = page.ax if page.ax is not None else place
    escape(one)
    _plain_numbers(one)
    _title(one, page)
    relabel(one, panels_of(one), page.labels, name)
    _Fit(one, page).run()


def _plain_numbers(place: Any) -> None:
    """Write numbers at axes as they are read: round steps, no language of mathematics.

    Steps of 2.5 would also make labels longer or shorter while the layout is sought.
    """
    from matplotlib.ticker import FuncFormatter, LogFormatter, MaxNLocator

    for axes in place.get_axes() if hasattr(place, "get_axes") else [place]:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter):
                axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
            if isinstance(axis.get_major_locator(), MaxNLocator):
                axis.get_major_locator().set_params(steps=STEPS)


def _title(place: Any, page: Page) -> None:
    """Give one panel the title that was asked for, where there is no room above it."""
    panels = panels_of(place)
    if page.title is False and len(panels) == 1:
        panels[0].set_title("", loc="left")
    if isinstance(page.title, str) and hasattr(place, "get_xlim"):
        place.set_title(page.title, loc="left")


def panels_of(place: Any) -> list[Axes]:
    """Return the axes of a figure or of a part of it, without colour bars."""
    if hasattr(place, "get_xlim"):
        return [place]
    found: list[Axes] = []
    for one in place.get_axes():
        if one.get_label() != "<colorbar>" and _within(one, place):
            found.append(one)
    return found


def _within(axes: Any, place: Any) -> bool:
    """Return whether axes lie in a figure or in a part of it."""
    part = axes.figure
    while part is not place and getattr(part, "figure", part) is not part:
        part = part.figure
    return part is place


@dataclass
class _Fit:
    """What is measured, and the words as they were before lines were broken."""

    place: Any
    page: Page
    original: dict[Any, str] = field(default_factory=dict)

    def run(self) -> None:
        root = self.place.figure if hasattr(self.place, "get_xlim") else self.place
        while getattr(root, "figure", root) is not root and root.figure is not None:
            root = root.figure
        if not hasattr(root, "draw_without_rendering") or not root.get_axes():
            return
        for _ in range(ROUNDS):
            _lay_out(root)
            before = self._lines()
            changed = [self._figure_texts(), self._panel_texts(), self._ticks(), self._legends()]
            if not any(changed):
                return
            if not self.page.fixed:
                width, height = root.get_size_inches()
                root.set_size_inches(width, height + self._lines() - before)
        _lay_out(root)

    def _lines(self) -> float:
        """Return the height of the lines of all titles and legends above each other [inch]."""
        heights: dict[Any, float] = {}
        for text in _figure_texts(self.place):
            if text.get_rotation() == 0.0:
                heights[text] = _height(text)
        for axes in panels_of(self.place):
            row = round(axes.get_window_extent().y1 / axes.figure.dpi, 1)
            size = sum(_height(text) for text in [*_titles(axes), axes.xaxis.label])
            heights[row] = max(heights.get(row, 0.0), size)
        for number, (_, columns, legend) in enumerate(self.page.legends):
            size = sum(_height(text) for text in legend.get_texts()) / columns
            key = id(self.place) if legend.axes is None else round(_bottom(legend), 1)
            heights["legend", key, number if legend.axes is None else 0] = max(
                heights.get(("legend", key, 0), 0.0), size
            )
        return sum(heights.values())

    def _figure_texts(self) -> bool:
        changed = False
        for text in _figure_texts(self.place):
            box = text.figure.bbox
            if text.get_rotation() != 0.0:
                changed |= self._break(text, FULL * box.height, upright=True)
                continue
            start = text.get_position()[0] if text.get_horizontalalignment() == "left" else 0.0
            changed |= self._break(text, (FULL - start) * box.width)
        return changed

    def _panel_texts(self) -> bool:
        changed = False
        panels = panels_of(self.place)
        for axes in panels:
            box = axes.get_window_extent()
            for text in _titles(axes):
                changed |= self._break(text, _room(axes, text) - box.x0)
            # labels of axes may be a little longer than these
            least = SHORT * self.page.scale * axes.figure.dpi
            changed |= self._break(axes.xaxis.label, max(1.1 * box.width, least))
            changed |= self._break(axes.yaxis.label, max(1.1 * box.height, least), upright=True)
            for text in axes.texts:
                if not text.get_in_layout():  # what stands inside of the panel
                    changed |= self._break(text, FULL * box.width)
            legend = axes.get_legend()
            outside = any(legend is known for _, _, known in self.page.legends)
            for text in legend.get_texts() if legend is not None and not outside else ():
                changed |= self._break(text, INSIDE * box.width)
        return changed

    def _legends(self) -> bool:
        changed = False
        for number, (draw, columns, legend) in enumerate(self.page.legends):
            box = legend.figure.bbox
            axes: Any = legend.axes
            if axes is not None:
                panel = axes.get_window_extent()
                alone = not any(_beside(axes, other) for other in panels_of(self.place))
                box = box if alone else panel
                side = min(panel.x0 + panel.x1 - 2 * box.x0, 2 * box.x1 - panel.x0 - panel.x1)
                wide = max(side, panel.width) if alone else 1.12 * panel.width
            else:
                wide = FULL * box.width
            size = legend.get_window_extent()
            if size.width <= wide:
                continue
            if columns > 1:
                words = [text.get_text() for text in legend.get_texts()]
                legend.remove()
                again = draw(columns - 1)
                for text, said in zip(again.get_texts(), words, strict=True):
                    text.set_text(said)
                self.page.legends[number] = (draw, columns - 1, again)
                changed = True
                continue
            for text in legend.get_texts():
                rest = size.width - max(t.get_window_extent().width for t in legend.get_texts())
                changed |= self._break(text, wide - rest)
        return changed

    def _ticks(self) -> bool:
        """Thin out ticks of an x axis whose labels meet."""
        changed = False
        for axes in panels_of(self.place):
            labels = [label for label in axes.get_xticklabels() if label.get_text()]
            labels = [
                label for label in labels if label.get_visible() and label.get_rotation() == 0
            ]
            boxes = sorted((label.get_window_extent() for label in labels), key=lambda b: b.x0)
            if not axes.xaxis.get_visible() or not axes.axison or len(boxes) < 2:
                continue
            if all(a.x1 + 2 <= b.x0 for a, b in itertools.pairwise(boxes)):
                continue
            changed |= self._fewer(axes, labels)
        return changed

    def _fewer(self, axes: Axes, labels: list[Text]) -> bool:
        from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator

        axis = axes.xaxis
        locator = axis.get_major_locator()
        if isinstance(locator, FixedLocator):
            slot = axes.get_window_extent().width / len(labels)
            if not any([self._break(label, FULL * slot) for label in labels]):
                return False
            # by their place, for labels are written anew each time
            axes.set_xticks([label.get_position()[0] for label in labels],
                            [label.get_text() for label in labels])  # fmt: skip
            return True
        if isinstance(locator, LogLocator):
            few = axes.xaxis.get_ticklocs()[::2]
            axis.set_major_locator(FixedLocator([value for value in few if value > 0]))
            return True
        if isinstance(locator, MaxNLocator):
            axis.set_major_locator(MaxNLocator(max(len(labels) - 2, 1), steps=STEPS))
            return True
        return False

    def _break(self, text: Text, room: float, *, upright: bool = False) -> bool:
        """Break the lines of a text that is wider than its room [pixel]; say whether it was."""
        if not text.get_text() or not text.get_visible():
            return False
        if self._length(text, upright) <= room:
            return False
        whole = self.original.setdefault(text, text.get_text())
        before = text.get_text()
        text.set_text(whole)
        most = max(len(line) for line in whole.splitlines())
        letters = max(int(most * room / self._length(text, upright)), FEWEST)
        while True:
            text.set_text(_filled(whole, letters))
            if letters <= FEWEST or self._length(text, upright) <= room:
                return text.get_text() != before
            letters -= 1

    @staticmethod
    def _length(text: Text, upright: bool) -> float:
        box = text.get_window_extent()
        return float(box.height if upright else box.width)


def _lay_out(figure: Any) -> None:
    """Put everything in its place, as drawing does first."""
    engine = figure.get_layout_engine()
    if engine is None:
        figure.draw_without_rendering()
    else:
        engine.execute(figure)
        for axes in figure.get_axes():
            axes.get_tightbbox()  # puts titles where they belong


def _filled(text: str, letters: int) -> str:
    # words are broken only where one alone is longer than a line of some words
    broken = letters >= FEWEST and max(map(len, text.split())) > max(letters, 2 * FEWEST)
    lines = [
        textwrap.wrap(line, letters, break_long_words=broken) or [""] for line in text.splitlines()
    ]
    return "\n".join(part for line in lines for part in line)


def _height(text: Text) -> float:
    said = text.get_text()
    return (said.count("\n") + 1) * LEADING * float(text.get_fontsize()) / 72.0 if said else 0.0


def _figure_texts(place: Any) -> Iterator[Text]:
    """Yield titles and notes of a figure and of its parts."""
    if hasattr(place, "get_xlim"):
        return
    yield from (text for text in place.texts if text.get_text())
    for part in place.subfigs:
        yield from _figure_texts(part)


def _titles(axes: Axes) -> list[Text]:
    from matplotlib.text import Text

    own = set(axes.texts)
    found = [one for one in axes.get_children() if isinstance(one, Text) and one not in own]
    return [text for text in found if text.get_text()]


def _room(axes: Axes, title: Text) -> float:
    """Return where a title above axes has to end [pixel]."""
    box, words = axes.get_window_extent(), title.get_window_extent()
    ends = [axes.figure.bbox.x1 - 0.02 * axes.figure.dpi]
    gap = 0.08 * axes.figure.dpi
    for other in axes.figure.axes:
        place = other.get_window_extent()
        # beside the axes there are titles as well, beside the title only what reaches so high
        low = words.y0 if other.get_label() == "<colorbar>" else box.y0
        meets = min(words.y1, place.y1) > max(low, place.y0) + 1.0
        if other is not axes and other.get_visible() and meets and place.x0 > box.x0 + 1.0:
            ends.append(place.x0 - gap)
    return float(min(ends))


def _beside(axes: Axes, other: Axes) -> bool:
    """Return whether two axes share a height."""
    one, two = axes.get_window_extent(), other.get_window_extent()
    if other is axes or not other.get_visible():
        return False
    return bool(min(one.y1, two.y1) > max(one.y0, two.y0) + 1.0)


def _bottom(legend: Any) -> float:
    return float(legend.axes.get_window_extent().y0 / legend.figure.dpi)
