# SPDX-License-Identifier: MIT
"""Laws of pressed powders in closed form: bounds, limits, and refusals."""

import numpy as np
import pytest

from interfacefem.errors import MaterialError
from interfacefem.materials.necks import Compaction, Necks, upper_bound
from interfacefem.materials.necks_fit import Ratio, fit_compaction, fit_necks

DENSITIES = np.linspace(0.301, 1.0, 400)


def test_conductivity_is_between_nothing_and_the_bound_of_hashin_and_shtrikman():
    factor = Necks().factor(DENSITIES)
    assert (factor > 0.0).all()
    assert (factor <= upper_bound(DENSITIES) * (1.0 + 1e-12)).all()


def test_it_rises_with_density_and_with_the_load_and_ends_at_the_solid():
    necks = Necks()
    assert (np.diff(necks.factor(DENSITIES)) > 0.0).all()
    assert (np.diff(necks.factor(0.8, np.linspace(0.0, 1.0, 50))) > 0.0).all()
    assert necks.factor(1.0, 0.0) == pytest.approx(1.0, abs=1e-14)
    assert necks.factor(0.2) == 0.0  # below the loose density nothing touches


def test_few_necks_conduct_with_their_radius():
    # closed form: D^m sqrt(a)/chi for a -> 0, Holm's radius of a neck of area share a
    necks = Necks(constriction=2.0)
    share = 1e-10
    density = necks.loose_density + share * (1.0 - necks.loose_density)
    expected = density**necks.pores * np.sqrt(share) / necks.constriction
    assert float(necks.factor(density)) == pytest.approx(expected, rel=1e-4)


def test_release_opens_what_is_not_welded():
    necks = Necks(welding=2.0)
    share = float(necks.share(0.8))
    assert float(necks.kept(0.8, 0.0)) == pytest.approx(share**2, abs=1e-15)
    welded = share**2
    assert float(necks.kept(0.8, 0.125)) == pytest.approx(welded + 0.5 * (1 - welded), abs=1e-15)
    assert float(necks.kept(0.8, 1.0)) == 1.0
    assert float(Necks(welding=0.0).kept(0.8, 0.0)) == 1.0


def test_without_constriction_pores_alone_count():
    np.testing.assert_allclose(Necks(constriction=0.0).factor(DENSITIES), DENSITIES**1.5)


def test_three_regimes_of_compaction():
    law = Compaction(200.0, 0.4, 0.3, 30.0, 500.0, 3.0)
    logarithm = -np.log1p(-law.density([0.0, 400.0, 450.0, 1000.0, 1100.0]))
    assert logarithm[0] == pytest.approx(0.4, abs=1e-15)
    # between 400 and 450 MPa the slope is that of Heckel, above 500 MPa a third of it
    assert logarithm[2] - logarithm[1] == pytest.approx(50.0 / 200.0, rel=1e-5)
    assert logarithm[4] - logarithm[3] == pytest.approx(100.0 / 600.0, rel=1e-12)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Necks(pores=1.2), "Hashin"),
        (lambda: Necks(constriction=-1.0), "constriction"),
        (lambda: Necks(loose_density=1.0), "loose_density"),
        (lambda: Compaction(0.0), "yield_pressure"),
        (lambda: Compaction(100.0, hardening=0.5), "hardening"),
        (lambda: Compaction(100.0).density(-1.0), "below 0"),
        (lambda: fit_necks([]), "cannot fix"),
        (lambda: fit_compaction([]), "no densities"),
    ],
)
def test_numbers_out_of_range_are_refused(make, words):
    with pytest.raises(MaterialError, match=words):
        make()


def test_a_fit_finds_the_law_that_made_the_numbers():
    soft, hard = Compaction(200.0), Compaction(400.0)
    true = Necks(1.5, 0.9, 1.2, soft.loose_density)

    def ratio(law, pressure, load, other, other_load):
        made = Ratio("made", 1.0, law, pressure, load, other, other_load)
        return Ratio("made", made.predicted(true), law, pressure, load, other, other_load)

    ratios = [
        ratio(soft, 360.0, 1.0, 70.0, 1.0), ratio(hard, 370.0, 0.0, 50.0, 0.0),
        ratio(hard, 500.0, 0.02, 500.0, 1.0), ratio(soft, 300.0, 1.0, None, 1.0),
    ]  # fmt: skip
    found = fit_necks(ratios)
    assert found.constriction == pytest.approx(0.9, rel=1e-5)
    assert found.welding == pytest.approx(1.2, rel=1e-5)
