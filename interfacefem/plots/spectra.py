# SPDX-License-Identifier: MIT
"""Impedance spectra: Nyquist and Bode figures with the arcs by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

import numpy as np

from interfacefem.errors import ResultsError
from interfacefem.plots import layout, theme
from interfacefem.post.spectrum import Spectrum

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from interfacefem.plots.page import Options
    from interfacefem.post.circuit import Circuit
    from interfacefem.post.spectrum import Arc

#: of all of the resistance; a narrower arc is not marked (a convention)
NARROW = 0.005
#: width and height that the label of a decade takes [inch]
LABEL = (0.62, 0.2)
#: sine of the slope from which on such a label stands aside
SLANT = 0.4
#: height of a figure of Nyquist over its width, at least
FLATTEST = 0.25
#: prefixes of a hertz
_PREFIXES = ((1e9, "GHz"), (1e6, "MHz"), (1e3, "kHz"), (1.0, "Hz"), (1e-3, "mHz"), (0.0, "µHz"))


@theme.themed
def nyquist(
    spectra: Spectrum | Sequence[Spectrum],
    *,
    circuit: Circuit | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Draw minus the imaginary against the real part of the impedance, with decades of the first.

    Of one spectrum the width of each arc is shown on the real axis, from layers to charge transfer.

    Parameters
    ----------
    spectra : Spectrum or sequence of Spectrum
    circuit : Circuit, optional
        Fitted to it, see :meth:`interfacefem.post.Spectrum.fit`.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If there is no spectrum.
    """
    shown = _several(spectra)
    window = _window(shown)
    wide = layout.room(7.5)
    part = (window[3] - window[2]) / (window[1] - window[0])
    entries = len(shown) + (len(_wide(shown[0])) if len(shown) == 1 else 0)
    around = 1.1 + (0.22 * math.ceil(entries / 2) if entries > 1 else 0.0)
    fig, ((axes,),) = layout.panels((wide, around + part * (wide - 0.8)))
    for colour, spectrum in zip(theme.COLOURS, shown, strict=False):
        z, name = spectrum.impedance, _name(spectrum) if len(shown) > 1 else "spectrum"
        axes.plot(z.real, -z.imag, ".-", color=colour, markersize=4, label=name)
    _decades(axes, shown[0], theme.COLOURS[0], (wide - 0.8) / (window[1] - window[0]))
    if circuit is not None:
        z = circuit.impedance
        axes.plot(z.real, -z.imag, "--", color=theme.MUTED, label=f"fit {circuit.circuit}")
    if len(shown) == 1:
        _widths(axes, shown[0])
    axes.set(xlim=window[:2], ylim=window[2:], aspect="equal")
    axes.set_xlabel("Re Z [ohm cm²]")
    axes.set_ylabel("-Im Z [ohm cm²]")
    layout.panel_title(axes, _title(shown))
    if len(axes.get_legend_handles_labels()[0]) > 1:
        layout.legend_below(axes, 2)
    return fig


@theme.themed
def bode(
    spectra: Spectrum | Sequence[Spectrum],
    *,
    circuit: Circuit | None = None,
    **options: Unpack[Options],
) -> Figure:
    """Draw magnitude and phase of the impedance against frequency.

    Of one spectrum the frequency of each arc is marked.

    Parameters
    ----------
    spectra : Spectrum or sequence of Spectrum
    circuit : Circuit, optional
        Fitted to it, see :meth:`interfacefem.post.Spectrum.fit`.
    **options : object
        Axes, size, title and labels: :class:`interfacefem.plots.page.Options`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultsError
        If there is no spectrum.
    """
    shown = _several(spectra)
    fig, (upper, lower) = layout.tiles(2, 1, (7.5, 2.6), sharex=True)
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
    theme.plain_log_ticks(upper)
    lower.set(xlabel="Frequency [Hz]", ylabel="Minus phase [deg]")
    layout.panel_title(upper, _title(shown))
    if len(lower.get_legend_handles_labels()[0]) > 1:
        layout.legend_below(lower, 2)
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
    return f"{_name(shown[0])}: {said}"


def _window(shown: Sequence[Spectrum]) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top that hold the arcs and little else [ohm cm²]."""
    z = np.concatenate([spectrum.impedance for spectrum in shown])
    ends = [0.0] if len(shown) == 1 and np.isfinite(shown[0].direct) else []
    left, right = min([*ends, z.real.min()]), float(z.real.max())
    across = max(right - left, float(np.ptp(z.imag)), 1e-12)
    low, high = -z.imag.max(), max(-z.imag.min(), FLATTEST * across)
    return (
        float(left - 0.04 * across), float(right + 0.12 * across),
        float(min(low, 0.0) - 0.04 * across), float(high + 0.1 * across),
    )  # fmt: skip


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


def _decades(axes: Axes, spectrum: Spectrum, colour: str, scale: float) -> None:
    """Mark whole decades of the frequency whose labels do not meet; ``scale`` is inch per ohm."""
    low, high = np.log10(spectrum.frequency[[0, -1]])
    z = spectrum.impedance
    last: list[complex] = []
    for decade in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        index = int(np.argmin(np.abs(np.log10(spectrum.frequency) - decade)))
        here = complex(z[index])
        beside = -z.imag[[max(index - 1, 0), min(index + 1, len(z) - 1)]]
        if 0 < index < len(z) - 1 and (beside >= -here.imag).all():
            continue  # between two arcs a label would lie on them
        if any(
            abs(here.real - other.real) * scale < LABEL[0]
            and abs(here.imag - other.imag) * scale < LABEL[1]
            for other in last
        ):
            continue
        last.append(here)
        axes.plot(here.real, -here.imag, "o", color=colour, markersize=5)
        # outside of the arc: on the right of the way that rising frequencies go
        ahead, back = z[min(index + 1, len(z) - 1)], z[max(index - 1, 0)]
        along = np.array([-(ahead - back).imag, (back - ahead).real])
        out = along / max(float(np.hypot(*along)), 1e-300)
        axes.annotate(
            _in_words(10.0**decade),
            (here.real, -here.imag),
            xytext=tuple(5.0 * out),
            textcoords="offset points",
            ha="center" if abs(out[0]) < SLANT else ("left" if out[0] > 0.0 else "right"),
            va="center" if abs(out[1]) < SLANT else ("bottom" if out[1] > 0.0 else "top"),
            fontsize=layout.points(8.0),
        )


def _in_words(hertz: float) -> str:
    size, name = next((s, n) for s, n in _PREFIXES if hertz >= 0.999 * s)
    return f"{hertz / (size or 1e-6):.0f} {name}"
