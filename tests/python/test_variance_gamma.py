"""Variance gamma prices against 40-digit integrals over the gamma time, QuantLib and limits."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from strikeproof import Status, black, black_scholes, variance_gamma
from tasks.evidence.oracles import variance_gamma as oracle
from tests.python import levy_reference

pytestmark = pytest.mark.fast

_NAMES = ("volatility", "drift", "variance_rate")
_CASES = levy_reference.cases("variance_gamma", _NAMES)
_MODEL = {"volatility": 0.2, "drift": -0.15, "variance_rate": 0.3}
_CONTRACT: dict[str, Any] = {
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 0.75,
    "rate": 0.03,
    "dividend_yield": 0.01,
}


def test_reference_is_whole() -> None:
    assert [len(want["price"]) for _, want in _CASES.values()] == [7, 7, 6, 5, 5, 4], (
        "run tests/data/make_levy_reference.py"
    )


@pytest.mark.parametrize("case", _CASES)
def test_forty_digit_values(case: str) -> None:
    terms, want = _CASES[case]
    found = variance_gamma.greeks(**terms, on_failure="raise")
    for name, values in found._asdict().items():
        np.testing.assert_allclose(values, want[name], rtol=1e-12, err_msg=name)


def _random_contracts(count: int) -> dict[str, Any]:
    draw = np.random.default_rng(20261125)
    terms: dict[str, Any] = {
        "option_type": np.where(draw.random(count) < 0.5, 1.0, -1.0),
        "spot": 100.0,
        "time_to_expiry": 10.0 ** draw.uniform(math.log10(1.0 / 365.0), math.log10(30.0), count),
        "rate": draw.uniform(-0.02, 0.08, count),
        "dividend_yield": draw.uniform(0.0, 0.05, count),
        "volatility": 10.0 ** draw.uniform(-2.0, 0.0, count),
        "drift": draw.uniform(-0.6, 0.2, count),
        "variance_rate": 10.0 ** draw.uniform(-4.0, 0.1, count),
    }
    exists = terms["variance_rate"] * (terms["drift"] + 0.5 * terms["volatility"] ** 2) < 0.9
    terms["variance_rate"] = np.where(exists, terms["variance_rate"], 0.5)
    variance = terms["volatility"] ** 2 + terms["variance_rate"] * terms["drift"] ** 2
    spread = np.sqrt(variance * terms["time_to_expiry"])
    carry = (terms["rate"] - terms["dividend_yield"]) * terms["time_to_expiry"]
    terms["strike"] = 100.0 * np.exp(carry + draw.uniform(-10.0, 10.0, count) * spread)
    return terms


def test_every_random_contract_settles_within_its_bounds() -> None:
    terms = _random_contracts(4000)
    found, status = variance_gamma.greeks(return_status=True, **terms)
    assert not status.any()
    sign, time = terms["option_type"], terms["time_to_expiry"]
    spot_discount = np.exp(-terms["dividend_yield"] * time)
    spot = 100.0 * spot_discount
    strike = terms["strike"] * np.exp(-terms["rate"] * time)
    # to the rounding of these bounds themselves
    least = np.maximum(sign * (spot - strike), 0.0)
    assert (found.price >= least - 1e-14 * np.maximum(spot, strike)).all()
    assert (found.price <= np.where(sign > 0.0, spot, strike) * (1.0 + 1e-14)).all()
    assert (sign * found.delta >= 0.0).all()
    assert (sign * found.delta <= spot_discount * (1.0 + 1e-14)).all()
    assert (found.gamma >= 0.0).all()
    np.testing.assert_allclose(variance_gamma.price(**terms), found.price, rtol=1e-12)


@pytest.mark.parametrize(
    ("option_type", "days", "strike"),
    [
        # at short times its integral over the gamma time misses the peak of options in the money
        ("put", 30, 95.0),
        ("call", 30, 110.0),
        ("put", 200, 80.0),
        ("call", 200, 80.0),
        ("put", 365, 100.0),
        ("call", 1000, 130.0),
        ("put", 1000, 130.0),
    ],
)
def test_quantlib_agrees(option_type: str, days: int, strike: float) -> None:
    terms = {**_CONTRACT, **_MODEL, "strike": strike, "time_to_expiry": days / 365.0}
    want = oracle.price(option_type=option_type, **terms)
    assert variance_gamma.price(option_type=option_type, **terms) == pytest.approx(want, abs=1e-7)


@pytest.mark.parametrize("option_type", ["call", "put"])
def test_greeks_are_derivatives_of_the_price(option_type: str) -> None:
    terms: dict[str, Any] = {"option_type": option_type, **_CONTRACT, **_MODEL}
    found = variance_gamma.greeks(**terms)
    step = 0.02
    low, middle, high = variance_gamma.price(
        **{**terms, "spot": np.array([100.0 - step, 100.0, 100.0 + step])}
    )
    assert found.price == pytest.approx(middle, rel=1e-12)
    assert found.delta == pytest.approx((high - low) / (2.0 * step), abs=1e-6)
    assert found.gamma == pytest.approx((high - 2.0 * middle + low) / step**2, rel=1e-4)


def test_calls_less_puts_are_the_forward() -> None:
    terms = {**_CONTRACT, **_MODEL, "strike": np.array([20.0, 80.0, 101.5, 140.0, 700.0])}
    call, put = (variance_gamma.price(option_type=kind, **terms) for kind in ("call", "put"))
    forward = 100.0 * math.exp(-0.0075) - terms["strike"] * math.exp(-0.0225)
    np.testing.assert_allclose(call - put, forward, rtol=1e-14)


def test_without_variance_of_time_it_is_black_scholes() -> None:
    terms: dict[str, Any] = {"option_type": "put", **_CONTRACT, "strike": np.array([60.0, 105.0])}
    want = black_scholes.greeks(volatility=0.2, **terms)
    exact = variance_gamma.greeks(**terms, volatility=0.2, drift=-0.3, variance_rate=0.0)
    near = variance_gamma.greeks(**terms, volatility=0.2, drift=-0.3, variance_rate=1e-10)
    for name in ("price", "delta", "gamma"):
        np.testing.assert_array_equal(getattr(exact, name), getattr(want, name))
        np.testing.assert_allclose(getattr(near, name), getattr(want, name), rtol=2e-8)


@pytest.mark.parametrize(("drift", "strike"), [(0.3, 1.2), (0.3, 0.8), (-0.3, 0.7), (-0.3, 1.05)])
def test_without_volatility_the_spot_is_a_gamma_variable(drift: float, strike: float) -> None:
    """S = F exp(w + drift G): with one sign of jumps, by the gamma distribution function."""
    rate, time = 0.4, 0.5
    terms = {"spot": 1.0, "strike": strike, "time_to_expiry": time, "rate": 0.0}
    found = variance_gamma.price(
        option_type="put", volatility=0.0, drift=drift, variance_rate=rate, **terms
    )
    with mp.workdps(30):
        shape = mp.mpf(time) / mp.mpf(rate)
        scale = mp.mpf(rate) * mp.mpf(drift)  # of the jumps' sum
        level = mp.log(mp.mpf(strike)) - shape * mp.log(1 - scale)
        bound = level / scale  # of a gamma variable of scale 1

        def below(stretch: Any) -> Any:
            cut = max(bound * stretch, 0)
            if drift > 0:
                return mp.gammainc(shape, 0, cut, regularized=True)
            return mp.gammainc(shape, cut, mp.inf, regularized=True)

        want = mp.mpf(strike) * below(1) - below(1 - scale)
    assert found == pytest.approx(float(want), rel=1e-12, abs=1e-300)


def test_limits_are_exact() -> None:
    terms: dict[str, Any] = {**_CONTRACT, **_MODEL}
    price = variance_gamma.price
    assert price(option_type="put", **{**terms, "time_to_expiry": 0.0}) == 5.0
    assert price(option_type="put", **{**terms, "strike": 0.0}) == 0.0
    assert price(option_type="call", **{**terms, "spot": 0.0}) == 0.0
    still = {**terms, "volatility": 0.0, "drift": 0.0, "strike": 90.0}
    want = 100.0 * math.exp(-0.0075) - 90.0 * math.exp(-0.0225)
    assert price(option_type="call", **still) == pytest.approx(want, rel=1e-15)


def test_an_infinite_density_has_a_price_and_no_gamma() -> None:
    """Expiry below half the variance rate: the density is a power of the distance from its peak."""
    model = {"volatility": 0.2, "drift": 0.0, "variance_rate": 0.5}
    drift = math.log1p(-0.5 * 0.02) / 0.5 * 0.05
    terms = {"spot": 1.0, "rate": 0.0, "time_to_expiry": 0.05, **model}
    distance = np.array([1e-3, 1e-6, 1e-9])
    found = variance_gamma.greeks(option_type="put", strike=np.exp(drift + distance), **terms)
    # density of order |distance|^(2 T/nu - 1)
    np.testing.assert_allclose(
        np.diff(np.log(found.gamma)) / np.diff(np.log(distance)), -0.8, atol=0.02
    )
    at_once, status = variance_gamma.price(
        option_type="put", strike=[math.exp(drift)], **terms, return_status=True
    )
    assert status[0] == Status.OK
    assert at_once[0] == pytest.approx(found.price[2], abs=1e-9)


def test_smile_reaches_the_smallest_prices() -> None:
    strike = np.array([1e-6, 0.01, 50.0, 100.0, 200.0, 1e5])
    terms = {"forward": 100.0, "strike": strike, "time_to_expiry": 0.5}
    smile = variance_gamma.implied_volatility(**terms, **_MODEL, on_failure="raise")
    price = variance_gamma.price(
        option_type=np.where(strike > 100.0, 1.0, -1.0),
        spot=100.0,
        strike=strike,
        time_to_expiry=0.5,
        rate=0.0,
        **_MODEL,
    )
    assert price.min() < 1e-60
    again = black.price(
        option_type=np.where(strike > 100.0, 1.0, -1.0), volatility=smile, rate=0.0, **terms
    )
    np.testing.assert_allclose(again, price, rtol=1e-10)
    assert np.argmin(smile) in (3, 4)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("volatility", -0.1, "volatility is -0.1: must be >= 0"),
        ("variance_rate", -1.0, "variance_rate is -1.0: must be >= 0"),
        ("variance_rate", 60.0, None),
        ("drift", math.inf, "drift is inf: must be finite"),
        ("drift", 4.0, "the arguments together are outside the engine's range"),
    ],
)
def test_bad_arguments_are_named(name: str, value: float, words: str | None) -> None:
    terms: dict[str, Any] = {"option_type": "call", **_CONTRACT, **_MODEL, name: value}
    if words is None:  # a drift below 0 lets every variance rate be
        assert 0.0 < variance_gamma.price(**terms) < 100.0
        return
    with pytest.raises(ValueError, match=words):
        variance_gamma.price(**terms)


def test_bits_do_not_depend_on_threads_nor_neighbours() -> None:
    terms = _random_contracts(300)
    together = variance_gamma.price(**terms, threads=2)
    one = {name: v[17] if np.ndim(v) else v for name, v in terms.items()}
    assert variance_gamma.price(**one) == together[17]
    np.testing.assert_array_equal(variance_gamma.price(**terms, threads=1), together)
