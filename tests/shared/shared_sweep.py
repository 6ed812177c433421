"""Small cases for tests of sweeps: some hundred unknowns, a second or two a run."""

from __future__ import annotations

import interfacefem as ifem
from interfacefem import surfaces


def wavy(peak: str = "2 MPa", **settings: object) -> ifem.Case:
    """A wave of 4 um between an electrolyte and lithium."""
    wave = surfaces.sinusoid("4 um", amplitude="50 nm", wavelength="4 um")
    return _case("wavy", wave, peak, **settings)


def rough(peak: str = "4 MPa", **settings: object) -> ifem.Case:
    """A random face of 6 um between an electrolyte and lithium."""
    face = surfaces.self_affine(
        "6 um", hurst=0.8, rms_height="60 nm", long_cutoff="6 um", short_cutoff="3 um", seed=7
    )
    return _case("rough", face, peak, **settings)


def _case(name: str, face: ifem.Topography, peak: str, **settings: object) -> ifem.Case:
    stack = ifem.Stack(
        ifem.Layer("electrolyte", "Li6PS5Cl", "4 um", top=face),
        ifem.Interface(resistance="5 ohm*cm^2"),
        ifem.Layer("anode", "Li", "4 um"),
    )
    protocol = ifem.Protocol(ifem.Press(to=peak), ifem.Release(to="1 MPa"))
    return ifem.Case(name, stack, protocol, **settings)  # type: ignore[arg-type]
