# SPDX-License-Identifier: MIT
"""What every picture can be told about its place on a page: size, title, labels, given axes.

A picture is drawn while its page is open (:func:`opened`); :func:`interfacefem.plots.theme.figure`
asks the page for its size. What is done with a picture when it is drawn is in
:mod:`interfacefem.plots.fit`. Nothing here needs matplotlib.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

from interfacefem.errors import ResultsError, UnitError
from interfacefem.names import shown
from interfacefem.quantities import did_you_mean
from interfacefem.units import to_internal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure
    from matplotlib.legend import Legend

#: widths of printed columns [mm], as most journals have them
COLUMNS = {"one column": 88.0, "two columns": 180.0}
#: dots per inch of a figure on a screen, and of one for a page
SCREEN_DPI, PAGE_DPI = 150.0, 300.0
#: size of text on a page over that on a screen
PAGE_SCALE = 0.8
#: smallest text of a page [pt]
SMALLEST = 7.0
#: a figure that is not wider than this is for a page [inch]
PAGE_WIDTH = 7.6
#: sizes of figures that are made [mm], and their dots per inch
LEAST, MOST, LEAST_DPI, MOST_DPI = 30.0, 1000.0, 30.0, 2400.0
_INCH = 25.4


class Options(TypedDict, total=False):
    """Options of every picture.

    Attributes
    ----------
    ax : Axes or SubFigure
        Where to draw, in a figure of your own; an Axes where the picture has one panel.
    figsize : tuple of float
        Width and height [inch].
    width : str
        ``"one column"`` (88 mm), ``"two columns"`` (180 mm), or a length such as ``"120 mm"``. Text
        is then 7 to 9 pt, and panels that do not fit beside each other go below each other.
    title : str or bool
        Of the picture; False for none.
    labels : mapping of str to str
        Own words: ``"x"`` and ``"y"`` for labels of axes, or any words that stand in the picture.
    dpi : float
        Dots per inch, 150 by default, 300 with ``width``.
    """

    ax: Axes | SubFigure | None
    figsize: tuple[float, float] | None
    width: str | None
    title: str | bool | None
    labels: Mapping[str, str] | None
    dpi: float | None


NAMES = tuple(Options.__annotations__)


@dataclass
class Page:
    """What the picture that is being drawn was told.

    Attributes
    ----------
    ax : Axes, SubFigure or None
    size : (width, height) or None
        [inch]; the height may be None.
    title : str, bool or None
    labels : mapping of str to str
    dpi : float or None
    legends : list
        What draws a legend in so many columns, its columns and the legend.
    """

    ax: Any = None
    size: tuple[float, float | None] | None = None
    title: str | bool | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    dpi: float | None = None
    legends: list[tuple[Callable[[int], Legend], int, Legend]] = field(default_factory=list)

    @property
    def scale(self) -> float:
        """Size of text over that on a screen."""
        if self.ax is not None:
            return PAGE_SCALE if width_of(self.ax.figure) <= PAGE_WIDTH else 1.0
        return PAGE_SCALE if self.size is not None and self.size[0] <= PAGE_WIDTH else 1.0

    @property
    def fixed(self) -> bool:
        """Whether the height is not the program's to choose."""
        return self.ax is not None or (self.size is not None and self.size[1] is not None)


_open: ContextVar[Page | None] = ContextVar("page", default=None)


def current() -> Page:
    """Return the page that is open; one that was told nothing if there is none."""
    return _open.get() or Page()


def is_open() -> bool:
    """Return whether a picture is being drawn."""
    return _open.get() is not None


@contextmanager
def opened(page: Page) -> Iterator[Page]:
    """Draw on a page."""
    token = _open.set(page)
    try:
        yield page
    finally:
        _open.reset(token)


def width_of(place: Any) -> float:
    """Return the width of a figure, a part of it or axes [inch]."""
    box = place.get_window_extent() if hasattr(place, "get_xlim") else place.bbox
    dpi: float = place.figure.dpi
    return float(box.width / dpi)


def read(given: Mapping[str, Any], place: str) -> Page:
    """Return the page that options describe.

    Parameters
    ----------
    given : mapping of str to object
        Of :class:`Options`; None counts as not given.
    place : str
        The picture, for messages.

    Raises
    ------
    ResultsError
        If a value cannot be used; the message says what can.
    """
    told = {name: value for name, value in given.items() if value is not None}
    sizes = [name for name in ("ax", "figsize", "width") if name in told]
    if len(sizes) > 1:
        raise ResultsError(
            f"{place}: {sizes[0]} and {sizes[1]} both say how large it is; give one of them"
        )
    page = Page(title=told.get("title"))
    if not isinstance(page.title, str | bool | None):
        raise ResultsError(f"{place}: title {shown(page.title)} is no text; give text, or False")
    if "ax" in told:
        page.ax = _axes(told["ax"], place)
    if "figsize" in told:
        page.size = _pair(told["figsize"], place)
    if "width" in told:
        page.size = _width(told["width"], place), None
    page.labels = _labels(told.get("labels", {}), place)
    if "dpi" in told:
        page.dpi = _number(told["dpi"], f"{place}: dpi", LEAST_DPI, MOST_DPI, "dots per inch")
    return page


def unknown(name: str, known: tuple[str, ...], place: str) -> ResultsError:
    """Return the error for an option that a picture does not have."""
    meant = did_you_mean(name, known)
    advice = f"{meant} " if meant.startswith("did you mean") else ""
    return ResultsError(
        f"option '{name}' says nothing to the picture '{place}'; {advice or 'leave it out '}"
        f"(it takes: {', '.join(known)})"
    )


def _axes(value: Any, place: str) -> Any:
    if hasattr(value, "get_xlim") or (hasattr(value, "subfigures") and hasattr(value, "figure")):
        return value
    raise ResultsError(
        f"{place}: ax {shown(value)} is no Axes or SubFigure of matplotlib; give one, as of "
        "figure.subplots() or figure.subfigures()"
    )


def _pair(value: Any, place: str) -> tuple[float, float]:
    try:
        width, height = value
    except (TypeError, ValueError):
        raise ResultsError(
            f"{place}: figsize {shown(value)} is no width and height; write e.g. (3.5, 2.6), in "
            "inches"
        ) from None
    ends = (f"{place}: figsize", LEAST / _INCH, MOST / _INCH, "inches")
    return _number(width, *ends), _number(height, *ends)


def _width(value: Any, place: str) -> float:
    advice = 'write "one column", "two columns" or a length with its unit, "120 mm"'
    if not isinstance(value, str):
        raise ResultsError(f"{place}: width {shown(value)} has no unit; {advice}")
    words = " ".join(value.lower().replace("-", " ").replace("_", " ").split())
    if words in COLUMNS:
        return COLUMNS[words] / _INCH
    try:
        length = 1e-3 * to_internal(value, "length", place="width")
    except UnitError:
        meant = did_you_mean(words, COLUMNS)
        advice = meant if meant.startswith("did you mean") else advice
        raise ResultsError(f"{place}: width {shown(value)} is not known; {advice}") from None
    return _number(length, f"{place}: width", LEAST, MOST, "mm") / _INCH


def _number(value: Any, place: str, least: float, most: float, unit: str) -> float:
    known = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not known or not math.isfinite(value) or not least <= value <= most:
        raise ResultsError(
            f"{place}: {shown(value)} is not possible; it lies between {least:.3g} and "
            f"{most:.3g} {unit}"
        )
    return float(value)


def _labels(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(
        isinstance(item, str) for pair in value.items() for item in pair
    ):
        raise ResultsError(
            f"{place}: labels {shown(value)} is no mapping of words to words; write e.g. "
            '{"x": "Pressure (MPa)", "anode": "lithium"}'
        )
    return dict(value)
