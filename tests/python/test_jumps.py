"""Merton's and Bates's models against 40-digit series, QuantLib, each other and their moments."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np
import pytest
import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from strikeproof import Status, bates, black_scholes, heston, merton

_CONTRACT: dict[str, Any] = {
    "spot": 100.0,
    "time_to_expiry": 0.5,
    "rate": 0.03,
    "dividend_yield": 0.01,
}
_VARIANCE = {
    "initial_variance": 0.04,
    "long_run_variance": 0.05,
    "mean_reversion": 1.5,
    "volatility_of_variance": 0.5,
    "correlation": -0.6,
}
_JUMPS = {"jump_intensity": 0.7, "jump_mean": -0.12, "jump_volatility": 0.15}
_STRIKES = np.array([40.0, 70.0, 90.0, 100.0, 110.0, 140.0, 220.0])


def _merton_in_forty_digits(
    strike: float, volatility: float, jumps: dict[str, float], time: float
) -> tuple[float, float, float]:
    """Call, delta and gamma by the series, in 40 digits."""
    with mp.workdps(40):
        rate, dividend_yield, spot = (
            mp.mpf(_CONTRACT[k]) for k in ("rate", "dividend_yield", "spot")
        )
        intensity, mean, width = (mp.mpf(value) for value in jumps.values())
        t = mp.mpf(time)
        drift = mean + width**2 / 2
        total, delta, gamma = mp.mpf(0), mp.mpf(0), mp.mpf(0)
        for n in range(120):
            weight = mp.exp(-intensity * t) * (intensity * t) ** n / mp.factorial(n)
            ratio = mp.exp(n * drift - intensity * t * mp.expm1(drift))
            spread = mp.sqrt(mp.mpf(volatility) ** 2 * t + n * width**2)
            at = spot * ratio * mp.exp(-dividend_yield * t)
            now = mp.mpf(strike) * mp.exp(-rate * t)
            d1 = mp.log(at / now) / spread + spread / 2
            total += weight * (at * mp.ncdf(d1) - now * mp.ncdf(d1 - spread))
            delta += weight * ratio * mp.exp(-dividend_yield * t) * mp.ncdf(d1)
            gamma += weight * ratio * mp.exp(-dividend_yield * t) * mp.npdf(d1) / (spot * spread)
        return float(total), float(delta), float(gamma)


@pytest.mark.parametrize(
    ("volatility", "jumps", "time"),
    [
        (0.2, (0.7, -0.12, 0.15), 0.5),
        (0.1, (3.0, -0.3, 0.4), 2.0),  # many large jumps
        (0.15, (0.5, -0.4, 0.1), 1.0 / 365.0),  # far apart: one day
        (0.3, (8.0, 0.02, 0.0), 1.0),  # of one size
    ],
)
def test_merton_is_its_series_in_forty_digits(
    volatility: float, jumps: tuple[float, float, float], time: float
) -> None:
    named = dict(zip(_JUMPS, jumps, strict=True))
    found = merton.greeks(
        option_type="call",
        strike=_STRIKES,
        volatility=volatility,
        **{**_CONTRACT, "time_to_expiry": time},
        **named,
    )
    want = [_merton_in_forty_digits(k, volatility, named, time) for k in _STRIKES]
    for values, column in zip(found, np.transpose(want), strict=True):
        np.testing.assert_allclose(values, column, rtol=2e-12, atol=1e-250)


@pytest.mark.parametrize(
    "jumps",
    [
        (0.7, -0.12, 0.15),
        (8.0, 0.05, 0.1),  # up: the order of the terms turns round
        (60.0, -0.03, 0.02),  # hundreds of likely numbers
        (2.0, -0.08, 0.4),  # the forward hardly moves with a jump
        (3.0, 0.1, 0.0),  # of one size
    ],
)
def test_fourier_and_series_agree(jumps: tuple[float, float, float]) -> None:
    """Bates's model with a variance that stays is Merton's."""
    terms = {**_CONTRACT, **dict(zip(_JUMPS, jumps, strict=True)), "strike": _STRIKES[None, :]}
    terms["time_to_expiry"] = np.array([1.0 / 365.0, 0.25, 5.0])[:, None]
    series = merton.greeks(option_type="put", volatility=0.2, **terms)
    for volatility_of_variance in (0.0, 1e-5):  # the scalar engine and the vector kernels
        fourier = bates.greeks(
            option_type="put",
            initial_variance=0.04,
            long_run_variance=0.04,
            mean_reversion=1.0,
            volatility_of_variance=volatility_of_variance,
            correlation=0.0,
            **terms,
        )
        np.testing.assert_allclose(fourier.price, series.price, rtol=0.0, atol=2e-9)
        np.testing.assert_allclose(fourier.delta, series.delta, rtol=0.0, atol=1e-9)
        np.testing.assert_allclose(fourier.gamma, series.gamma, rtol=1e-8, atol=1e-9)


def test_bits_do_not_depend_on_threads_nor_neighbours() -> None:
    strikes = np.linspace(40.0, 220.0, 91)
    expiry = np.repeat([0.02, 1.0, 6.0], 91)
    terms: dict[str, Any] = {**_VARIANCE, **_JUMPS, **_CONTRACT, "option_type": "put"}
    order = np.random.default_rng(5).permutation(expiry.size)
    strike = np.tile(strikes, 3)
    found = bates.greeks(**{**terms, "strike": strike, "time_to_expiry": expiry}, threads=1)
    mixed = {**terms, "strike": strike[order], "time_to_expiry": expiry[order]}
    for got, want in zip(bates.greeks(**mixed, threads=2), found, strict=True):
        np.testing.assert_array_equal(got, want[order])
    np.testing.assert_array_equal(bates.price(**mixed, threads=2), found.price[order])


def _quantlib_bates(strike: float, time_days: int, jumps: dict[str, float]) -> float:
    today = ql.Date(2, 1, 2024)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    rate = ql.YieldTermStructureHandle(ql.FlatForward(today, _CONTRACT["rate"], count))
    dividend = ql.YieldTermStructureHandle(
        ql.FlatForward(today, _CONTRACT["dividend_yield"], count)
    )
    spot = ql.QuoteHandle(ql.SimpleQuote(_CONTRACT["spot"]))
    v = _VARIANCE
    process = ql.BatesProcess(
        rate,
        dividend,
        spot,
        v["initial_variance"],
        v["mean_reversion"],
        v["long_run_variance"],
        v["volatility_of_variance"],
        v["correlation"],
        *jumps.values(),
    )
    option = ql.EuropeanOption(
        ql.PlainVanillaPayoff(ql.Option.Call, strike), ql.EuropeanExercise(today + time_days)
    )
    option.setPricingEngine(ql.BatesEngine(ql.BatesModel(process), 1e-12, 100_000))
    return float(option.NPV())


@pytest.mark.parametrize("days", [30, 365, 1825])
def test_bates_agrees_with_quantlib(days: int) -> None:
    terms = {**_CONTRACT, "time_to_expiry": days / 365.0, **_VARIANCE, **_JUMPS}
    strikes = _STRIKES[1:-1]
    found = bates.price(option_type="call", strike=strikes, **terms)
    want = [_quantlib_bates(strike, days, _JUMPS) for strike in strikes]
    np.testing.assert_allclose(found, want, rtol=0.0, atol=2e-7)


def test_without_jumps_bates_is_heston() -> None:
    none = {"jump_intensity": 0.0, "jump_mean": -0.1, "jump_volatility": 0.2}
    terms = {**_CONTRACT, **_VARIANCE, "strike": _STRIKES}
    found = bates.greeks(option_type="put", **terms, **none)
    want = heston.greeks(option_type="put", **terms)
    # the farthest call is worth 1e-9 of the spot: Heston's wing has an integral of its own
    for got, expected in zip(found, want, strict=True):
        np.testing.assert_allclose(got[:-1], expected[:-1], rtol=0.0, atol=1e-12)
        assert got[-1] == pytest.approx(expected[-1], abs=1e-9)


@pytest.mark.parametrize("jumps", [(0.7, -0.12, 0.15), (0.7, 0.1, 0.0), (0.0, 0.1, 0.2)])
@pytest.mark.parametrize("volatility_of_variance", [0.0, 0.5])
def test_jumps_without_variance_are_merton_without_volatility(
    jumps: tuple[float, float, float], volatility_of_variance: float
) -> None:
    still = {**_VARIANCE, "initial_variance": 0.0, "long_run_variance": 0.0}
    still["volatility_of_variance"] = volatility_of_variance
    named = dict(zip(_JUMPS, jumps, strict=True))
    terms = {**_CONTRACT, **named, "strike": _STRIKES}
    found = bates.price(option_type="call", **terms, **still)
    want = merton.price(option_type="call", volatility=0.0, **terms)
    np.testing.assert_allclose(found, want, rtol=0.0, atol=1e-9)


def test_calls_less_puts_are_the_forward() -> None:
    terms = {**_CONTRACT, **_JUMPS, "strike": _STRIKES}
    forward = 100.0 * np.exp(-0.005) - _STRIKES * np.exp(-0.015)
    for engine, own in ((merton, {"volatility": 0.2}), (bates, _VARIANCE)):
        call = engine.price(option_type="call", **terms, **own)
        put = engine.price(option_type="put", **terms, **own)
        np.testing.assert_allclose(call - put, forward, rtol=0.0, atol=1e-10)


def test_prices_integrate_to_the_moments() -> None:
    """E[ln(S/F)] by strikes (the log contract) is what jumps and variance add up to."""
    time = _CONTRACT["time_to_expiry"]
    nodes, weights = np.polynomial.legendre.leggauss(200)
    # to either side of the kink at the forward
    k = 5.0 * np.concatenate([(nodes - 1.0) / 2.0, (nodes + 1.0) / 2.0])
    weights = 2.5 * np.tile(weights, 2)
    flat = {"spot": 1.0, "rate": 0.0, "dividend_yield": 0.0, "time_to_expiry": time}
    price = bates.price(
        option_type=np.where(k > 0.0, 1.0, -1.0), strike=np.exp(k), **flat, **_VARIANCE, **_JUMPS
    )
    found = -np.sum(weights * price * np.exp(-k))
    decay = -np.expm1(-1.5 * time) / 1.5
    variance = 0.05 * time + (0.04 - 0.05) * decay
    intensity, mean, width = _JUMPS.values()
    jumps = intensity * time * (mean - np.expm1(mean + 0.5 * width**2))
    assert found == pytest.approx(jumps - 0.5 * variance, abs=1e-9)


def test_merton_keeps_relative_accuracy_in_the_tail() -> None:
    price = merton.price(option_type="call", strike=5000.0, volatility=0.1, **_CONTRACT, **_JUMPS)
    want, _, _ = _merton_in_forty_digits(5000.0, 0.1, _JUMPS, _CONTRACT["time_to_expiry"])
    assert 0.0 < want < 1e-15
    assert price == pytest.approx(want, rel=1e-11)


def test_merton_without_jumps_is_black_scholes() -> None:
    none = {"jump_intensity": 0.0, "jump_mean": -0.1, "jump_volatility": 0.2}
    found = merton.price(option_type="put", strike=_STRIKES, volatility=0.3, **_CONTRACT, **none)
    want = black_scholes.price(option_type="put", strike=_STRIKES, volatility=0.3, **_CONTRACT)
    np.testing.assert_allclose(found, want, rtol=1e-15)


def test_too_many_jumps_are_refused() -> None:
    terms = {**_CONTRACT, **_VARIANCE, **_JUMPS, "strike": 100.0, "jump_intensity": 5000.0}
    _, status = bates.price(option_type="call", return_status=True, on_failure="nan", **terms)
    assert status is Status.NOT_CONVERGED
    with pytest.raises(ValueError, match=r"jump_volatility is -0\.1: must be >= 0"):
        bates.price(option_type="call", **{**terms, "jump_volatility": -0.1})


def test_smile_gives_back_prices() -> None:
    model = {**_VARIANCE, **_JUMPS}
    strikes = _STRIKES[1:-1]
    smile = bates.implied_volatility(forward=100.0, strike=strikes, time_to_expiry=0.5, **model)
    flat = {"option_type": "call", "spot": 100.0, "strike": strikes, "time_to_expiry": 0.5}
    price = bates.price(rate=0.0, **flat, **model)
    black = black_scholes.price(rate=0.0, volatility=smile, **flat)
    np.testing.assert_allclose(black, price, rtol=0.0, atol=1e-11)
    assert np.argmin(smile) > 1, "jumps down and correlation below 0 tilt the smile"
