# SPDX-License-Identifier: MIT
"""The laws of pressed powders against what was published, each data set left out once."""

import numpy as np
import pytest

from interfacefem.experiments import powders, published
from interfacefem.materials.necks import Compaction, Necks


@pytest.fixture(scope="module")
def laws():
    return powders.compaction()


@pytest.mark.parametrize("name", powders.CONDUCTING)
def test_a_data_set_that_is_left_out_is_met_within_a_factor_of_one_and_a_half(laws, name):
    necks = powders.fitted(laws, without=name)
    for one in powders.ratios(laws):
        if one.name == name:
            assert 1.0 / 1.5 <= one.predicted(necks) / one.ratio <= 1.5


def test_release_lowers_the_conductivity_by_what_was_measured(laws):
    necks = powders.fitted(laws)
    law = laws["thio"]
    kept = float(necks.kept(law.density(500.0), 10.0 / 500.0))
    assert 2.1 / 4.1 <= kept <= 4.4 / 5.7  # two powders, 0.51 and 0.77


def test_one_law_of_density_meets_three_powders_within_four_hundredths(laws):
    for powder in powders.densities():
        miss = laws[powder.name].density(powder.pressure) - np.asarray(powder.density)
        assert np.abs(miss).max() <= 0.04
    slope = laws["thio"].hardening * laws["thio"].yield_pressure
    low, high = published("thio").series("hard_yield")
    assert low <= slope <= high


def test_the_defaults_of_the_laws_are_the_fit_to_all(laws):
    necks, default = powders.fitted(laws), Necks()
    assert default.constriction == pytest.approx(necks.constriction, rel=0.01)
    assert default.welding == pytest.approx(necks.welding, rel=0.01)
    assert default.loose_density == pytest.approx(necks.loose_density, rel=0.01)
    law = Compaction(laws["glass"].yield_pressure)
    np.testing.assert_allclose(
        law.density([50.0, 300.0, 900.0]), laws["glass"].density([50.0, 300.0, 900.0]), atol=2e-3
    )


def test_a_power_of_the_density_alone_misses_the_rise(laws):
    # why there is a law of necks: D^2 gives 2.4 where 13.7 was measured
    law = laws["pellets"]
    rise = (law.density(370.0) / law.density(50.0)) ** 2
    assert rise < 0.25 * 3.02 / 0.22


def test_the_powders_of_the_library_conduct_by_the_fitted_law():
    from interfacefem import materials

    for name in ("Li6PS5Cl", "LGPS", "Li3InCl6", "Li3OCl"):
        law = materials.get(name, law="powder").law
        assert law.necks == Necks()
        compression = 0.85 / law.relative_density
        most = float(law.die_pressure(0.85))
        # as far as the elastic strain under that pressure is known
        loaded = law.conduction_under(compression, most)
        assert loaded == pytest.approx(float(Necks().loaded(0.85)), rel=0.02)
        released = law.conduction_under(compression, 0.02 * most)
        assert released == pytest.approx(float(Necks().factor(0.85, 0.02)), rel=0.02)
        assert law.conduction_under(compression, -1.0) == pytest.approx(
            float(Necks().factor(0.85, 0.0)), rel=1e-12
        )


def test_a_powder_without_necks_conducts_by_its_pores_alone():
    from interfacefem.materials import Powder

    law = Powder(
        youngs_modulus=20e3, poissons_ratio=0.3, relative_density=0.5, yield_pressure=200.0,
        heckel_intercept=0.69, conductivity_exponent=2.0,
    )  # fmt: skip
    assert law.conduction_under(1.6, 0.0) == pytest.approx(0.8**2, rel=1e-12)
