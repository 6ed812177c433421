# SPDX-License-Identifier: MIT
"""One look for all pictures: fonts, colours, labels, and figures that need no display.

Figures are made without pyplot, so nothing is shown, kept or switched behind the user's back.
Matplotlib is imported when the first figure is made. How a figure is divided is in
:mod:`interfacefem.plots.layout`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from interfacefem.plots import page
from interfacefem.plots.layout import figure as figure  # part of the look for all who draw
from interfacefem.plots.layout import points
from interfacefem.plots.look import theme as theme
from interfacefem.plots.words import plain as plain  # for all who draw
from interfacefem.results import schema

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from interfacefem.materials import Value

#: colours that the colour-blind tell apart (Okabe and Ito); for interfaces, steps and parts
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
#: colour of what touches, of what is open, of limits, and of second thoughts
CONTACT, OPEN, LIMIT, MUTED = "#D55E00", "#56B4E9", "#B00020", "#6B6B6B"
#: pale colours of layers, bottom to top
LAYER_COLOURS = ("#D9E4EC", "#F3E3C3", "#D8E8D3", "#EAD9E6", "#E4E4E4")
DPI = page.SCREEN_DPI


def themed[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under the theme, and leave the user's settings as they were.

    A function that takes ``**options: Unpack[page.Options]`` is told about its page here: it gets
    none of them, :func:`figure` and the others of this module act on them.
    """
    parameters = inspect.signature(function).parameters.values()
    has_page = any(item.kind is item.VAR_KEYWORD for item in parameters)
    own = tuple(item.name for item in parameters if item.kind is not item.VAR_KEYWORD)

    @functools.wraps(function)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        if not has_page:
            with theme():
                return function(*args, **kwargs)
        place = f"plots.{function.__name__}"
        told = {name: kwargs.pop(name) for name in page.NAMES if name in kwargs}
        for name in kwargs:
            if name not in own:
                raise page.unknown(name, (*own[1:], *page.NAMES), place)
        return on_page(lambda: function(*args, **kwargs), told, place)

    return drawn


def on_page[R](draw: Callable[[], R], told: dict[str, Any], place: str) -> R:
    """Draw a figure on a page, and make its words fit.

    Within another picture it is drawn on that one's page.

    Parameters
    ----------
    draw : callable
        Draws and returns the figure.
    told : dict
        Of :class:`interfacefem.plots.page.Options`.
    place : str
        The picture, for messages.

    Raises
    ------
    ResultsError
        If an option cannot be used.
    """
    if page.is_open() and not told:
        return draw()
    with page.opened(page.read(told, place)) as sheet, theme(scale=sheet.scale):
        from interfacefem.plots.fit import finish

        found = draw()
        finish(found, sheet, place)
        return found


def axis_label(name: str, unit: str, words: str = "") -> str:
    """Return ``Contact pressure [MPa]`` for ``contact_pressure`` in MPa.

    Parameters
    ----------
    name : str
        Of a field or column.
    unit : str
        As it was stored.
    words : str
        The name in words, if those of the table of quantities do not say it.
    """
    text = schema.label(name, unit.replace("^2", "²"), words)
    return text if text.startswith("von Mises") else text[:1].upper() + text[1:]


def titled(axes: Axes, lines: Iterable[str]) -> None:
    """Write a title of several lines in smaller letters."""
    axes.set_title("\n".join(line for line in lines if line), fontsize=points(8.5))


def critical_line(axes: Axes, critical: Value, mean: float, *, upright: bool) -> float:
    """Draw a critical current density and its range over the mean one; return the largest ratio.

    Parameters
    ----------
    axes : Axes
        Current density over its mean, along y, or along x if ``upright``.
    critical : Value
        [mA/cm^2].
    mean : float
        Of the current density [mA/cm^2].
    upright : bool
        Whether the line is.
    """
    place, low, high = (item / mean for item in (critical.value, critical.low, critical.high))
    line, span = (axes.axvline, axes.axvspan) if upright else (axes.axhline, axes.axhspan)
    line(place, color=LIMIT, linewidth=1.2, linestyle="--")
    said = f"critical, {critical.value:g} mA/cm²"
    if high > low:
        span(low, high, color=LIMIT, alpha=0.12, linewidth=0)
        said = f"critical, {critical.low:g} to {critical.high:g} mA/cm²"
    where: dict[str, Any] = {"xy": (1.0, high), "xycoords": ("axes fraction", "data")}
    where |= {"xytext": (0, 3), "va": "bottom"}
    if upright:
        where = {"xy": (low, 0.0), "xycoords": ("data", "axes fraction")}
        where |= {"xytext": (-4, 5), "va": "bottom", "rotation": 90}
    axes.annotate(
        said,
        textcoords="offset points",
        ha="right",
        color=LIMIT,
        fontsize=points(9.0),
        bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8},
        **where,
    )
    return high


def plain_log_ticks(axes: Axes, which: str = "x") -> None:
    """Write 0.1, 1, 10 on a logarithmic axis, and also 2 and 5 where it spans little."""
    import numpy as np
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    low, high = axes.get_xlim() if which == "x" else axes.get_ylim()
    decades = float(np.log10(high / low))
    axis.set_major_locator(LogLocator(subs=(1.0,) if decades > 2.2 else (1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axis.set_minor_formatter(NullFormatter())


def box(axes: Axes, window: tuple[float, float, float, float], mark: str) -> None:
    """Frame the part that a close-up shows: left, right, bottom, top."""
    from matplotlib.patches import Rectangle

    left, right, bottom, top = window
    axes.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom, fill=False, edgecolor="black", zorder=5
        )
    )
    axes.annotate(
        mark, (left, top), xytext=(2, -2), textcoords="offset points", va="top", ha="left",
        fontweight="bold", zorder=6,
    )  # fmt: skip


def outlined(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    """Write text that can be read on any colour, and stays text in a file."""
    paper = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "boxstyle": "round,pad=0.15"}
    axes.text(x, y, text, bbox=paper, zorder=6, **style)
