# SPDX-License-Identifier: MIT
"""Impedance spectra: Nyquist and Bode figures with the arcs by name."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.plots import theme
from interfacefem.post.spectrum import Spectrum

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.post.circuit import Circuit
    from interfacefem.post.spectrum import Arc

#: of all of the resistance; a narrower arc is not marked (a convention)
NARROW = 0.005
#: letters of a line of a title
TITLE = 75
#: prefixes of a hertz
_PREFIXES = ((1e9, "GHz"), (1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"), (1e-3, "mHz"), (0.0, "µHz"))


@theme.themed
def nyquist(
    spectra: Spectrum | Sequence[Spectrum],
    *,
    circuit: Circuit | None = None,
    ax: Axes | None = None,
    figsize: tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw minus the imaginary against the real part of the impedance, with decades of the first.

    Of one spectrum the width of each arc is shown on the real axis, from layers to charge transfer.

    Parameters
    ----------
    spectra : Spectrum or sequence of Spectrum
    circuit : Circuit, optional
        Fitted to it, see :meth:`interfacefem.post.Spectrum.fit`.
    ax : Axes, optional
        Where to draw; a new figure if not given.
    figsize : tuple of float, optional
        Of a new figure [inch].
    title : str, optional
        In place of run and step.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If there is no spectrum.
    """
    shown = _several(spectra)
    axes = theme.figure(*(figsize or (7.5, 5.0))).subplots() if ax is None else ax
    for colour, spectrum in zip(theme.COLOURS, shown, strict=False):
        z, name = spectrum.impedance, _name(spectrum) if len(shown) > 1 else "spectrum"
        axes.plot(z.real, -z.imag, ".-", color=colour, markersize=4, label=name)
    _decades(axes, shown[0], theme.COLOURS[0])
    if circuit is not None:
        z = circuit.impedance
        axes.plot(z.real, -z.imag, "--", color=theme.MUTED, label=f"fit {circuit.circuit}")
    if len(shown) == 1:
        _widths(axes, shown[0])
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xlabel("Real part [ohm cm²]")
    axes.set_ylabel("Minus imaginary part [ohm cm²]")
    axes.set_title(_title(shown) if title is None else title)
    handles, _ = axes.get_legend_handles_labels()
    if len(handles) > 1:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2)
    return cast("Figure", axes.figure)


@theme.themed
def bode(
    spectra: Spectrum | Sequence[Spectrum],
    *,
    circuit: Circuit | None = None,
    figsize: tuple[float, float] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw magnitude and phase of the impedance against frequency.

    Of one spectrum the frequency of each arc is marked.

    Parameters
    ----------
    spectra : Spectrum or sequence of Spectrum
    circuit : Circuit, optional
        Fitted to it, see :meth:`interfacefem.post.Spectrum.fit`.
    figsize : tuple of float, optional
        [inch].
    title : str, optional
        In place of run and step.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If there is no spectrum.
    """
    shown = _several(spectra)
    fig = theme.figure(*(figsize or (7.5, 6.0)))
    upper, lower = fig.subplots(2, 1, sharex=True)
    for colour, spectrum in zip(theme.COLOURS, shown, strict=False):
        label = _name(spectrum) if len(shown) > 1 else "spectrum"
        _bode(upper, lower, spectrum, spectrum.impedance, (".-", colour, label))
    if circuit is not None:
        style = ("--", theme.MUTED, f"fit {circuit.circuit}")
        _bode(upper, lower, shown[0], circuit.impedance, style)
    if len(shown) == 1:
        for colour, arc in zip(theme.COLOURS[1:], _wide(shown[0]), strict=False):
            if np.isfinite(arc.frequency):
                upper.axvline(arc.frequency, color=colour, linestyle=":")
                lower.axvline(arc.frequency, color=colour, linestyle=":", label=arc.name)
    upper.set(ylabel="Magnitude [ohm cm²]", yscale="log", xscale="log")
    theme.plain_log_ticks(upper, "y")
    lower.set(xlabel="Frequency [Hz]", ylabel="Minus phase [deg]")
    upper.set_title(_title(shown) if title is None else title)
    handles, _ = lower.get_legend_handles_labels()
    if len(handles) > 1:
        lower.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2)
    return fig


def _bode(
    upper: Axes, lower: Axes, spectrum: Spectrum, z: object, style: tuple[str, str, str]
) -> None:
    values = np.asarray(z, dtype=np.complex128)
    line, colour, label = style
    upper.plot(spectrum.frequency, np.abs(values), line, color=colour, markersize=4)
    phase = -np.degrees(np.angle(values))
    lower.plot(spectrum.frequency, phase, line, color=colour, markersize=4, label=label)


def _several(spectra: Spectrum | Sequence[Spectrum]) -> list[Spectrum]:
    shown = [spectra] if isinstance(spectra, Spectrum) else list(spectra)
    if not shown:
        raise ResultsError("no spectrum to draw; give one, e.g. results.spectrum()")
    return shown


def _name(spectrum: Spectrum) -> str:
    return f"{spectrum.origin}, step '{spectrum.step}', {spectrum.nominal_pressure:.3g} MPa"


def _title(shown: Sequence[Spectrum]) -> str:
    if len(shown) > 1:
        return "Impedance"
    direct = shown[0].direct
    said = f"{direct:.4g} ohm cm² at zero frequency" if np.isfinite(direct) else "open circuit"
    return textwrap.fill(f"{_name(shown[0])}: {said}", TITLE)


def _wide(spectrum: Spectrum) -> list[Arc]:
    """Return the arcs that are wide enough to be seen."""
    return [arc for arc in spectrum.arcs if arc.resistance > NARROW * spectrum.direct]


def _widths(axes: Axes, spectrum: Spectrum) -> None:
    """Lay the widths of the arcs side by side along the real axis."""
    start = 0.0
    for colour, arc in zip(theme.COLOURS[1:], _wide(spectrum), strict=False):
        end = start + arc.resistance
        axes.plot(
            [start, end],
            [0.0, 0.0],
            color=colour,
            linewidth=6.0,
            solid_capstyle="butt",
            label=f"{arc.name}, {arc.resistance:.3g} ohm cm²",
        )
        start = end


def _decades(axes: Axes, spectrum: Spectrum, colour: str) -> None:
    """Mark whole decades of the frequency that do not cover each other."""
    low, high = np.log10(spectrum.frequency[[0, -1]])
    z, last = spectrum.impedance, None
    reach = float(np.ptp(z.real) + np.ptp(z.imag))
    # labels stand outside of the arcs
    middle = 0.5 * float(z.real.min() + z.real.max())
    axes.margins(x=0.1)
    for decade in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        index = int(np.argmin(np.abs(np.log10(spectrum.frequency) - decade)))
        here = z[index]
        if last is not None and abs(here - last) < 0.06 * reach:
            continue  # would cover the one before
        last = here
        axes.plot(here.real, -here.imag, "o", color=colour, markersize=6)
        axes.annotate(
            _in_words(10.0**decade),
            (here.real, -here.imag),
            xytext=(-6, 3) if here.real < middle else (6, 3),
            textcoords="offset points",
            ha="right" if here.real < middle else "left",
            fontsize=8,
        )


def _in_words(hertz: float) -> str:
    size, name = next((s, n) for s, n in _PREFIXES if hertz >= 0.999 * s)
    return f"{hertz / (size or 1e-6):.0f} {name}"
