"""Named American approximations: printed tables, QuantLib, accurate prices, bounds."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strikeproof import Status, american_approximation, black_scholes
from tasks.evidence.oracles import american_approximation as oracle
from tasks.evidence.thirds import quadratic

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data"
METHODS = ("barone_adesi_whaley", "bjerksund_stensland", "ju_zhong", "qd_plus")
EVERY = pytest.mark.parametrize("method", METHODS)
# Haug's program stopped early: at the money, calls and puts that symmetry makes equal differ
PRINTED = {"haug_1998_p24": 3e-3, "ju_zhong_1999_exhibit_3": 6e-4, "ju_zhong_1999_exhibit_6": 1e-3}


def random_options(count, seed):
    rng = np.random.default_rng(seed)
    return {
        "option_type": rng.choice(["call", "put"], count),
        "spot": np.full(count, 100.0),
        "strike": rng.uniform(70.0, 130.0, count),
        "time_to_expiry": rng.integers(8, 1096, count) / 365.0,
        "rate": rng.uniform(0.005, 0.08, count),
        "dividend_yield": rng.uniform(0.0, 0.08, count),
        "volatility": rng.uniform(0.1, 0.6, count),
    }


def row(options, index):
    return {
        name: str(column[index]) if name == "option_type" else float(column[index])
        for name, column in options.items()
    }


@pytest.mark.parametrize("source", PRINTED)
def test_printed_tables(source):
    with (DATA / "american_published.csv").open() as stream:
        rows = [entry for entry in csv.DictReader(stream) if entry.pop("source") == source]
    assert len(rows) >= 20
    for entry in rows:
        value = float(entry.pop("value"))
        words = {name: entry.pop(name) for name in ("method", "option_type")}
        terms = {name: float(text) for name, text in entry.items()}
        found = american_approximation.price(**words, **terms)
        assert found == pytest.approx(value, abs=PRINTED[source]), terms
        assert found == pytest.approx(float(quadratic.price(words | terms)), rel=1e-12), terms


@pytest.mark.parametrize("method", ["barone_adesi_whaley", "ju_zhong"])
def test_the_formulas_are_quantlibs(method):
    options = random_options(100, 1)
    found = american_approximation.price(**options, method=method)
    expected = [oracle.price(**row(options, k), method=method) for k in range(100)]
    exact = [float(quadratic.price(row(options, k) | {"method": method})) for k in range(40)]
    np.testing.assert_allclose(found[:40], exact, rtol=1e-12)
    # QuantLib's boundary is found to a relative 1e-6
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


# QuantLib has the one-level formula of 1993 and another use of the QD+ boundary.
@pytest.mark.parametrize("method", ["bjerksund_stensland", "qd_plus"])
def test_near_quantlibs_relatives(method):
    options = random_options(60, 2)
    found = american_approximation.price(**options, method=method)
    expected = [oracle.price(**row(options, k), method=method) for k in range(60)]
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=0.02)


def test_bjerksund_stensland_is_the_value_of_its_strategy():
    with (DATA / "bjerksund_stensland_reference.csv").open() as stream:
        rows = [{k: float(v) for k, v in entry.items()} for entry in csv.DictReader(stream)]
    assert len(rows) >= 4
    for terms in rows:
        value = terms.pop("price")
        found = american_approximation.price(
            option_type="call", method="bjerksund_stensland", **terms
        )
        assert found == pytest.approx(value, abs=3e-7)


@pytest.mark.parametrize(
    ("method", "worst", "median"),
    [
        ("barone_adesi_whaley", 0.8, 0.04),
        ("bjerksund_stensland", 0.6, 0.03),
        ("ju_zhong", 0.15, 0.02),
        ("qd_plus", 0.15, 0.025),
    ],
)
def test_distance_from_the_accurate_price(method, worst, median):
    options = random_options(80, 3)
    exact = np.array([oracle.accurate_price(**row(options, k)) for k in range(80)])
    found = american_approximation.price(**options, method=method)
    error = np.abs(found - exact)
    assert error.max() < worst
    assert np.median(error) < median
    if method == "bjerksund_stensland":  # a strategy that may be followed: a lower bound
        assert (found <= exact + 2e-6).all()


@EVERY
@example(124.5, 0.01171875, 0.0, 0.0, 0.25, "put")  # the European value rounds to below 24.5
@settings(max_examples=60, deadline=None)
@given(
    strike=st.floats(20.0, 500.0),
    time_to_expiry=st.floats(0.01, 10.0),
    rate=st.floats(0.0, 0.2),
    dividend_yield=st.floats(0.0, 0.2),
    volatility=st.floats(0.05, 1.5),
    kind=st.sampled_from(["call", "put"]),
)
def test_bounds(method, strike, time_to_expiry, rate, dividend_yield, volatility, kind):
    terms = {
        "option_type": kind,
        "spot": 100.0,
        "strike": strike,
        "time_to_expiry": time_to_expiry,
        "rate": rate,
        "dividend_yield": dividend_yield,
        "volatility": volatility,
    }
    value, status = american_approximation.price(
        **terms, method=method, on_failure="nan", return_status=True
    )
    if status == Status.NOT_CONVERGED:
        assert np.isnan(value)
        return
    gain = (100.0 - strike) if kind == "call" else (strike - 100.0)
    assert value >= max(gain, 0.0)
    assert value >= black_scholes.price(**terms) * (1.0 - 1e-10)
    assert value <= (100.0 if kind == "call" else strike) * (1.0 + 1e-9)


# With a rate of 0 the flat boundary of 2002 lies below spots where waiting is worth more.
def test_bjerksund_and_stensland_do_not_exercise_below_the_european_value():
    terms = {"option_type": "call", "spot": 100.0, "strike": 20.0, "time_to_expiry": 1.0}
    terms |= {"rate": 0.0, "dividend_yield": 0.03125, "volatility": 1.5}
    found = american_approximation.greeks(method="bjerksund_stensland", **terms)
    european = black_scholes.greeks(**terms)
    assert found.price == pytest.approx(european.price, rel=1e-13)
    assert found.delta == pytest.approx(european.delta, rel=1e-12)


# Ju and Zhong correct the value and not the boundary, a flat boundary has no such slope at all.
@pytest.mark.parametrize("method", ["barone_adesi_whaley", "qd_plus"])
def test_smooth_pasting_makes_delta_continuous(method):
    spots = np.linspace(60.0, 110.0, 5001)
    found = american_approximation.greeks(
        option_type="put", spot=spots, strike=105.0, time_to_expiry=1.0, rate=0.05,
        volatility=0.25, method=method,
    )  # fmt: skip
    first = np.flatnonzero(found.price > 105.0 - spots)[0]
    assert 0 < first < 5000
    assert found.delta[first] == pytest.approx(-1.0, abs=2e-3)


@EVERY
def test_regions_without_an_answer(method):
    terms = {"spot": 100.0, "strike": 105.0, "time_to_expiry": 1.0, "volatility": 0.2}
    _, status = american_approximation.price(
        **terms,
        option_type=["put", "call", "put"],
        rate=[-0.01, -0.03, np.nan],
        dividend_yield=[-0.03, -0.01, 0.0],
        method=method,
        return_status=True,
    )
    assert list(status) == [Status.OUT_OF_DOMAIN, Status.OUT_OF_DOMAIN, Status.NON_FINITE]
    with pytest.raises(ValueError, match="method is 'exact'"):
        american_approximation.price(**terms, option_type="put", rate=0.05, method="exact")
