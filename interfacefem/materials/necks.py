# SPDX-License-Identifier: MIT
r"""Pressed powder conducts through the necks between its particles: stated laws in closed form.

:class:`Compaction` gives the density of a pressed powder in three regimes, :class:`Necks` its
conductivity under load and after release. Fits to measured points live in ``necks_fit``, the law
of the finite element program in ``models_powder``.

Notes
-----
Conductivity as a power of density alone rises by a factor of two where 3 to 14 are measured: what
limits a pressed powder is the contact between its particles, not the pores.

References
----------
Heckel (1961), Trans. Metall. Soc. AIME 221, 671 (pressure and density).
Holm (1967), Electric Contacts, Springer (a neck conducts in proportion to its radius).
Bruggeman (1935), Ann. Phys. 416, 636 (pores).
Hashin and Shtrikman (1962), J. Appl. Phys. 33, 3125, 10.1063/1.1728579 (upper bound).
Hertz (1882), J. reine angew. Math. 92, 156 (radius of an elastic contact).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interfacefem.errors import MaterialError

FloatArray = npt.NDArray[np.float64]

#: exponent of the pores below which the upper bound is broken, Bruggeman's [-]
LEAST_PORES = 1.5


@dataclass(frozen=True)
class Compaction:
    r"""Relative density of a powder pressed in a die, in three regimes.

    .. math::

        \ln\frac{1}{1 - D} = A_0 + r\,(1 - e^{-P/P_r}) + \frac{\min(P, P_h)}{P_y}
        + \frac{\max(P - P_h, 0)}{h P_y}

    Particles slide into place (the second term, over by some :math:`P_r`), yield (the third, the
    line of Heckel), and above :math:`P_h` resist more, as pores become small and closed.

    Attributes
    ----------
    yield_pressure : float
        :math:`P_y` [MPa], the only number of a material; the others were fitted to all powders.
    start : float
        :math:`A_0 = \ln 1/(1 - D)` without pressure [-].
    rearrangement : float
        r, what rearrangement adds to the logarithm [-].
    rearrangement_pressure : float
        :math:`P_r` [MPa]; assumed, as data below 30 MPa are missing.
    hard_pressure : float
        :math:`P_h` [MPa]; the only powder measured above it changes its slope there.
    hardening : float
        h, yield pressure above :math:`P_h` over that below [-].

    Raises
    ------
    MaterialError
        If a number is out of range.
    """

    yield_pressure: float
    start: float = 0.356
    rearrangement: float = 0.311
    rearrangement_pressure: float = 30.0
    hard_pressure: float = 500.0
    hardening: float = 3.01

    def __post_init__(self) -> None:
        for name in ("yield_pressure", "start", "rearrangement_pressure", "hard_pressure"):
            _positive(name, getattr(self, name))
        if not self.rearrangement >= 0.0:
            raise MaterialError(
                f"rearrangement: {self.rearrangement:g} is below 0; write 0 or more"
            )
        if not self.hardening >= 1.0:
            raise MaterialError(f"hardening: {self.hardening:g} is below 1; write 1 or more")

    @property
    def loose_density(self) -> float:
        """Relative density without pressure [-], where necks begin."""
        return float(-np.expm1(-self.start))

    def density(self, pressure: npt.ArrayLike) -> FloatArray:
        """Return the relative density [-] that die pressures [MPa] give."""
        p = np.asarray(pressure, dtype=np.float64)
        if (p < 0.0).any():
            raise MaterialError(f"pressure: {p.min():g} MPa is below 0; write 0 or more")
        below, above = np.minimum(p, self.hard_pressure), np.maximum(p - self.hard_pressure, 0.0)
        rearranged = -self.rearrangement * np.expm1(-p / self.rearrangement_pressure)
        yielded = (below + above / self.hardening) / self.yield_pressure
        return np.asarray(-np.expm1(-(self.start + rearranged + yielded)), dtype=np.float64)


@dataclass(frozen=True)
class Necks:
    r"""Conductivity of pressed powder over that of its particles.

    Under the pressure P that made the density D

    .. math::

        \frac{\sigma}{\sigma_s} = \frac{D^m}{1 + \chi\,(\alpha^{-1/2} - 1)}, \qquad
        \alpha = \frac{D - D_0}{1 - D_0}.

    :math:`\alpha` is the share of the loose pores that is closed; it stands for the share of a
    particle's surface that is neck. :math:`D^m` is what pores do, the rest what necks do: a neck
    conducts with its radius, :math:`\sqrt\alpha`, and no longer limits where the powder is dense.

    Where the pressure has fallen from P to p, elastic recovery opens necks. What stays of the
    conductivity is

    .. math:: k + (1 - k)\,(p/P)^{1/3}, \qquad k = \alpha^w :

    a share k is welded, the larger the more of the surface is neck, and stays at any pressure; the
    rest closes again as an elastic contact does, with its radius.

    Attributes
    ----------
    pores : float
        m [-]. 1.5 is Bruggeman's.
    constriction : float
        :math:`\chi` [-], zero for particles without constriction.
    welding : float
        w [-], zero if all necks stay.
    loose_density : float
        :math:`D_0`, density at which necks begin [-].

    Raises
    ------
    MaterialError
        If a number is out of range.
    """

    pores: float = 1.5
    constriction: float = 1.30
    welding: float = 1.63
    loose_density: float = 0.30

    #: how an elastic contact's radius grows with its load [-]
    CLOSING = 1.0 / 3.0

    def __post_init__(self) -> None:
        if not self.pores >= LEAST_PORES:
            raise MaterialError(
                f"pores: {self.pores:g} is below {LEAST_PORES:g}, above the bound of Hashin and "
                f"Shtrikman; write {LEAST_PORES:g} or more"
            )
        for name in ("constriction", "welding"):
            if not getattr(self, name) >= 0.0:
                raise MaterialError(f"{name}: {getattr(self, name):g} is below 0; write 0 or more")
        if not 0.0 < self.loose_density < 1.0:
            raise MaterialError(
                f"loose_density: {self.loose_density:g} is out of range; write more than 0 and "
                "less than 1"
            )

    def share(self, density: npt.ArrayLike) -> FloatArray:
        """Return the share of a particle's surface that is neck [-] for relative densities [-]."""
        d = np.asarray(density, dtype=np.float64)
        return np.clip((d - self.loose_density) / (1.0 - self.loose_density), 0.0, 1.0)

    def narrowing(self, density: npt.ArrayLike) -> FloatArray:
        """Return what necks alone leave of the conductivity under load [-]."""
        radius = np.sqrt(self.share(density))
        # chi (1/radius - 1) as a fraction, so that no neck conducts nothing without a division by 0
        narrow: FloatArray = radius / (radius + self.constriction * (1.0 - radius))
        return narrow

    def loaded(self, density: npt.ArrayLike) -> FloatArray:
        """Return the conductivity factor [-] under the pressure that made the density [-]."""
        d = np.clip(np.asarray(density, dtype=np.float64), 0.0, 1.0)
        return d**self.pores * self.narrowing(d)

    def kept(self, density: npt.ArrayLike, load: npt.ArrayLike) -> FloatArray:
        """Return the share of the conductivity that stays when the pressure falls [-].

        Parameters
        ----------
        density : array [-]
        load : array [-]
            Present pressure over the largest so far; 1 or more is under load, 0 or less is without.
        """
        welded = self.share(density) ** self.welding
        part = np.clip(np.asarray(load, dtype=np.float64), 0.0, 1.0)
        return welded + (1.0 - welded) * part**self.CLOSING

    def factor(self, density: npt.ArrayLike, load: npt.ArrayLike = 1.0) -> FloatArray:
        """Return the conductivity over that of the particles [-].

        Parameters
        ----------
        density : array [-]
            Relative density without elastic strain.
        load : array [-]
            Present pressure over the largest so far.
        """
        return self.loaded(density) * self.kept(density, load)


def upper_bound(density: npt.ArrayLike) -> FloatArray:
    """Return the largest factor that an isotropic porous solid can have [-].

    References
    ----------
    Hashin and Shtrikman (1962), 10.1063/1.1728579, with pores that do not conduct.
    """
    d = np.asarray(density, dtype=np.float64)
    return 2.0 * d / (3.0 - d)


def _positive(name: str, value: float) -> None:
    if not value > 0.0:
        raise MaterialError(f"{name}: {value:g} is not above 0; write a positive number")
