"""Heston prices against 30-digit values, QuantLib, Black-Scholes and themselves."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from strikeproof import Status, black_scholes, heston
from tasks.evidence.oracles import heston as oracle

_REFERENCE = Path(__file__).parents[1] / "data" / "heston_reference.csv"
_PARAMETERS = (
    "initial_variance",
    "long_run_variance",
    "mean_reversion",
    "volatility_of_variance",
    "correlation",
)
_CASES = (
    "base",
    "quarter",
    "one day",
    "feller violated",
    "feller violated, one month",
    "tiny variance, one day",
    "tiny variance, one day, vol of vol 2",
    "ten years",
    "thirty years",
    "positive correlation",
    "small vol of vol",
)
_BASE = dict(zip(_PARAMETERS, (0.04, 0.05, 1.5, 0.5, -0.6), strict=True))
_CONTRACT: dict[str, Any] = {
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 0.75,
    "rate": 0.03,
    "dividend_yield": 0.01,
}


def _reference() -> dict[str, list[dict[str, str]]]:
    cases: dict[str, list[dict[str, str]]] = {}
    with _REFERENCE.open(newline="") as file:
        for row in csv.DictReader(file):
            cases.setdefault(row["case"], []).append(row)
    return cases


def test_reference_is_whole() -> None:
    assert {case: len(rows) for case, rows in _reference().items()} == dict.fromkeys(_CASES, 9), (
        "run tests/data/make_heston_reference.py: heston_reference.csv lost rows or cases"
    )


@pytest.mark.parametrize("case", _reference())
def test_thirty_digit_values(case: str) -> None:
    rows = _reference()[case]
    columns = {
        name: np.array([float(row[name]) for row in rows])
        for name in (*_PARAMETERS, "time_to_expiry")
    }
    strike = np.exp([float.fromhex(row["log_strike"]) for row in rows])
    want = np.array([float(row["call"]) for row in rows])
    terms: dict[str, Any] = {"spot": 1.0, "strike": strike, "rate": 0.0, **columns}
    found, status = heston.greeks(option_type="call", return_status=True, **terms)
    assert not status.any()
    np.testing.assert_allclose(found.price, want, rtol=0.0, atol=2e-12)
    delta, gamma = (np.array([float(row[name]) for row in rows]) for name in ("delta", "gamma"))
    np.testing.assert_allclose(found.delta, delta, rtol=0.0, atol=5e-12)
    np.testing.assert_allclose(found.gamma, gamma, rtol=1e-9, atol=1e-9)
    put = heston.price(option_type="put", on_failure="raise", **terms)
    np.testing.assert_allclose(put, want - 1.0 + strike, rtol=0.0, atol=2e-12)


def _covered_in_thirty_digits(
    model: tuple[float, ...], time: float, k: float, reach: int
) -> tuple[float, float]:
    """E[min(S, K)] by Lewis's integral along -i/2, and its second derivative by the forward."""
    with mp.workdps(30):
        v0, theta, kappa, sigma, rho, t, log_strike = map(mp.mpf, (*model, time, k))

        def both(u: Any) -> Any:
            x = u - mp.mpc(0, 0.5)
            beta = kappa - 1j * rho * sigma * x
            d = mp.sqrt(beta**2 + sigma**2 * (x * x + 1j * x))
            g = (beta - d) / (beta + d)
            decay = mp.exp(-d * t)
            c = (beta - d) * t - 2 * mp.log((1 - g * decay) / (1 - g))
            by_variance = (beta - d) / sigma**2 * (1 - decay) / (1 - g * decay)
            exponent = kappa * theta / sigma**2 * c + v0 * by_variance
            turned = 1j * x
            weight = mp.exp(exponent + log_strike * (1 - turned)) / (x * (x + 1j)) / mp.pi
            return mp.mpc(mp.re(weight), mp.re((turned**2 - turned) * weight))

        found = mp.quad(both, mp.linspace(0, reach, 9))
        return float(found.real), float(found.imag)


@pytest.mark.parametrize(
    ("model", "time", "k", "reach"),
    [
        # the logarithm's mean so far below the strike that the integrand turns with the step
        ((0.19334, 5.04395, 0.271824, 3.12079, 0.98645), 46.9182, 20.0, 4),
        ((1.47305, 2.26198, 6.3961, 19.1424, 0.994366), 47.5675, 20.0, 4),
        # nearly perfect correlation: the strip is narrow
        ((0.00444589, 8.83115e-08, 0.00188501, 0.0194994, -0.999748), 0.648734, 0.0645769, 300),
    ],
)
def test_where_one_level_would_deceive(
    model: tuple[float, ...], time: float, k: float, reach: int
) -> None:
    """Contracts at which the even and the odd nodes of the first level are wrong alike."""
    terms = {**dict(zip(_PARAMETERS, model, strict=True)), "time_to_expiry": time, "rate": 0.0}
    found = heston.greeks(option_type="call", spot=1.0, strike=math.exp(k), **terms)
    covered, curvature = _covered_in_thirty_digits(model, time, k, reach)
    assert found.price == pytest.approx(1.0 - covered, abs=1e-11)
    assert found.gamma == pytest.approx(-curvature, abs=1e-8)


def _random_contracts(count: int) -> dict[str, Any]:
    draw = np.random.default_rng(20261124)
    terms: dict[str, Any] = {
        "initial_variance": 10.0 ** draw.uniform(-4.0, 0.0, count),
        "long_run_variance": 10.0 ** draw.uniform(-4.0, 0.0, count),
        "mean_reversion": 10.0 ** draw.uniform(-2.0, 1.0, count),
        "volatility_of_variance": 10.0 ** draw.uniform(-2.0, math.log10(2.0), count),
        "correlation": draw.uniform(-0.98, 0.98, count),
        "time_to_expiry": 10.0 ** draw.uniform(math.log10(1.0 / 365.0), math.log10(30.0), count),
        "spot": 100.0,
        "rate": 0.0,
    }
    spread = np.sqrt(
        terms["time_to_expiry"] * np.sqrt(terms["initial_variance"] * terms["long_run_variance"])
    )
    terms["strike"] = 100.0 * np.exp(draw.uniform(-4.0, 4.0, count) * spread)
    return terms


def test_every_random_contract_settles_within_its_bounds() -> None:
    terms = _random_contracts(4000)
    call, status = heston.price(option_type="call", return_status=True, **terms)
    assert not status.any()
    assert (call >= np.maximum(100.0 - terms["strike"], 0.0)).all()
    assert (call <= 100.0).all()
    found = heston.greeks(option_type="call", **terms)
    np.testing.assert_array_equal(found.price, call)
    assert ((found.delta >= 0.0) & (found.delta <= 1.0) & (found.gamma >= 0.0)).all()


def _wing_reference() -> list[dict[str, str]]:
    with _REFERENCE.with_name("heston_wing_reference.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_prices_down_to_ten_to_minus_fifty_have_digits_of_their_own() -> None:
    rows = _wing_reference()
    assert len(rows) == 66, "run tests/data/make_heston_wing_reference.py"
    columns = {
        name: np.array([float(row[name]) for row in rows])
        for name in (*_PARAMETERS, "time_to_expiry")
    }
    log_strike = np.array([float.fromhex(row["log_strike"]) for row in rows])
    strike = np.exp(log_strike)
    found, status = heston.greeks(
        option_type=np.where(log_strike > 0.0, 1.0, -1.0),
        spot=1.0,
        strike=strike,
        rate=0.0,
        accuracy="relative",
        return_status=True,
        **columns,
    )
    assert not status.any()
    # the strike, rounded, moves the price by so many of its last digits
    steepness = np.abs([float(row["delta"]) / float(row["price"]) for row in rows])
    for name, values in found._asdict().items():
        want = np.array([float(row[name]) for row in rows])
        error = np.abs(values / want - 1.0)
        assert (error < 1e-11 + 2e-16 * steepness).all(), name


def test_far_strikes_fall_like_a_power() -> None:
    """A strike of e^40 forwards costs the contour between the poles more digits than there are."""
    terms: dict[str, Any] = {"option_type": "call", **_BASE, "spot": 1.0, "rate": 0.0}
    terms["accuracy"] = "relative"
    log_strike = np.array([22.9, 23.1, 40.0, 690.0])
    price = heston.price(**terms, strike=np.exp(log_strike), time_to_expiry=1.0, on_failure="raise")
    assert price[0] > price[1] > price[2] > 0.0
    assert price[2] < 1e-100
    assert price[3] == 0.0, "below every double"
    # near the last finite moment the logarithm is that moment's line and a root: no jump at e^23
    near = heston.price(**terms, strike=np.exp([22.8, 22.9, 23.0, 23.1]), time_to_expiry=1.0)
    slopes = np.diff(np.log(near))
    np.testing.assert_allclose(slopes, slopes[0], rtol=1e-3)


def test_both_accuracies_agree_to_the_absolute_one() -> None:
    strike = np.geomspace(20.0, 500.0, 200)
    for option_type in ("call", "put"):
        terms: dict[str, Any] = {"option_type": option_type, **_CONTRACT, **_BASE, "strike": strike}
        absolute = heston.greeks(**terms)
        relative = heston.greeks(**terms, accuracy="relative")
        np.testing.assert_allclose(absolute.price, relative.price, rtol=0.0, atol=1e-9)
        np.testing.assert_allclose(absolute.delta, relative.delta, rtol=0.0, atol=1e-9)
        assert np.array_equal(relative.price, heston.price(**terms, accuracy="relative"))
    with pytest.raises(ValueError, match="must be one of"):
        heston.price(**terms, accuracy="exact")


def test_results_into_the_callers_arrays() -> None:
    out = np.empty(2)
    terms: dict[str, Any] = {"option_type": "put", **_CONTRACT, **_BASE, "spot": [90.0, 110.0]}
    found = heston.price(**terms, out=out)
    assert found is out
    np.testing.assert_array_equal(out, heston.greeks(**terms).price)


def test_calls_fall_and_are_convex_in_the_strike() -> None:
    strike = np.linspace(20.0, 300.0, 561)
    terms = {**_CONTRACT, **_BASE, "volatility_of_variance": 2.0, "correlation": -0.95}
    call = heston.price(option_type="call", **{**terms, "strike": strike})
    assert (np.diff(call) < 1e-8).all()
    assert (np.diff(call, 2) > -1e-8).all()


def test_without_volatility_of_variance_it_is_black_scholes() -> None:
    model = {**_BASE, "long_run_variance": 0.04, "volatility_of_variance": 0.0}
    strike = np.linspace(60.0, 160.0, 41)
    terms: dict[str, Any] = {"option_type": "put", **_CONTRACT, "strike": strike}
    found = heston.greeks(**terms, **model)
    want = black_scholes.greeks(**terms, volatility=0.2)
    np.testing.assert_allclose(found.price, want.price, rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(found.delta, want.delta, rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(found.gamma, want.gamma, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("option_type", ["call", "put"])
def test_greeks_are_derivatives_of_the_price(option_type: str) -> None:
    terms: dict[str, Any] = {"option_type": option_type, **_CONTRACT, **_BASE}
    found = heston.greeks(**terms)
    step = 0.02
    low, middle, high = heston.price(
        **{**terms, "spot": np.array([100.0 - step, 100.0, 100.0 + step])}
    )
    assert found.price == pytest.approx(middle, abs=1e-12)
    assert found.delta == pytest.approx((high - low) / (2.0 * step), abs=1e-7)
    assert found.gamma == pytest.approx((high - 2.0 * middle + low) / step**2, abs=1e-6)


@pytest.mark.parametrize("days", [30, 365, 3650])
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_quantlib_agrees(days: int, option_type: str) -> None:
    for strike in (80.0, 100.0, 125.0):
        terms: dict[str, Any] = {"option_type": option_type, **_CONTRACT, **_BASE}
        terms |= {"strike": strike, "time_to_expiry": days / 365.0}
        assert heston.price(**terms) == pytest.approx(oracle.price(**terms), abs=2e-8)


def test_bits_do_not_depend_on_threads_nor_neighbours() -> None:
    expiry = np.repeat([0.05, 0.5, 3.0], 100)
    terms: dict[str, Any] = {
        "option_type": "call",
        **_CONTRACT,
        **_BASE,
        "strike": np.tile(np.linspace(50.0, 200.0, 100), 3),
    }
    sorted_rows = heston.price(**{**terms, "time_to_expiry": expiry}, threads=1)
    order = np.random.default_rng(3).permutation(300)
    shuffled = heston.price(
        **{**terms, "strike": terms["strike"][order], "time_to_expiry": expiry[order]}, threads=2
    )
    np.testing.assert_array_equal(shuffled, sorted_rows[order])


def test_bits_of_every_output_do_not_depend_on_the_batch() -> None:
    """Expiries longer and shorter than a block of rows, two models, in any order."""
    expiry = np.repeat([1.0 / 365.0, 0.5, 3.0, 0.7], [300, 7, 41, 1])
    strike = 100.0 * np.exp(np.sin(np.arange(expiry.size)) * np.sqrt(0.1 * expiry))
    terms: dict[str, Any] = {
        **_CONTRACT,
        **_BASE,
        "option_type": np.where(strike > 100.0, 1.0, -1.0),
        "strike": strike,
        "time_to_expiry": expiry,
        "correlation": np.where(np.arange(expiry.size) < 320, -0.6, 0.1),
    }
    order = np.random.default_rng(8).permutation(expiry.size)
    mixed = {
        name: value[order] if isinstance(value, np.ndarray) else value
        for name, value in terms.items()
    }
    for engine in (heston.greeks, heston.sensitivities):
        sorted_rows = engine(**terms, threads=1)
        for got, want in zip(engine(**mixed, threads=2), sorted_rows, strict=True):
            np.testing.assert_array_equal(got, want[order])
        for got, want in zip(engine(**terms, threads=2), sorted_rows, strict=True):
            np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(heston.price(**mixed), heston.greeks(**terms).price[order])


def test_limits_are_exact() -> None:
    terms: dict[str, Any] = {**_CONTRACT, **_BASE}
    assert heston.price(option_type="call", **{**terms, "time_to_expiry": 0.0}) == 0.0
    assert heston.price(option_type="put", **{**terms, "time_to_expiry": 0.0}) == 5.0
    assert heston.price(option_type="put", **{**terms, "strike": 0.0}) == 0.0
    assert heston.price(option_type="call", **{**terms, "spot": 0.0}) == 0.0
    nothing = heston.greeks(option_type="put", **{**terms, "spot": 0.0})
    assert nothing == (pytest.approx(105.0 * math.exp(-0.0225), rel=1e-15), -math.exp(-0.0075), 0.0)
    still = {**terms, "initial_variance": 0.0, "long_run_variance": 0.0, "strike": 90.0}
    want = 100.0 * math.exp(-0.0075) - 90.0 * math.exp(-0.0225)
    assert heston.price(option_type="call", **still) == pytest.approx(want, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("spot", -1.0, "spot is -1.0: must be >= 0"),
        ("initial_variance", -0.1, "initial_variance is -0.1: must be >= 0"),
        ("volatility_of_variance", -1.0, "volatility_of_variance is -1.0: must be >= 0"),
        ("correlation", 1.5, r"correlation is 1.5: must be within \[-1, 1\]"),
        ("mean_reversion", math.nan, "mean_reversion is nan: must be finite"),
    ],
)
def test_bad_arguments_are_named(name: str, value: float, words: str) -> None:
    terms: dict[str, Any] = {"option_type": "call", **_CONTRACT, **_BASE, name: value}
    with pytest.raises(ValueError, match=words):
        heston.price(**terms)
    price, status = heston.price(**{**terms, name: [value, 0.5]}, return_status=True)
    assert math.isnan(price[0])
    assert status[0] in (Status.NON_FINITE, Status.OUT_OF_DOMAIN)
    assert status[1] == Status.OK


def test_sensitivities_are_differences_of_prices() -> None:
    terms = {**_CONTRACT, **_BASE, "strike": np.array([60.0, 100.0, 105.0, 180.0])}
    for option_type in ("call", "put"):
        found = heston.sensitivities(option_type=option_type, **terms)._asdict()
        for name, sign in {
            **dict.fromkeys(_PARAMETERS, 1.0),
            "time_to_expiry": -1.0,
            "rate": 1.0,
            "spot": 1.0,
        }.items():
            column = {"time_to_expiry": "theta", "rate": "rho", "spot": "delta"}.get(name, name)
            want = sign * _derivative(option_type, terms, name)
            np.testing.assert_allclose(found[column], want, rtol=3e-8, atol=3e-7, err_msg=name)


def _derivative(option_type: str, terms: dict[str, Any], name: str) -> Any:
    """By central differences of two steps, extrapolated to the fourth order."""
    step = 1e-3 * abs(terms[name])

    def slope(width: float) -> Any:
        up, down = ({**terms, name: terms[name] + s * width} for s in (1.0, -1.0))
        above = heston.price(option_type=option_type, **up)
        return (above - heston.price(option_type=option_type, **down)) / (2.0 * width)

    return (4.0 * slope(step / 2.0) - slope(step)) / 3.0


def test_sensitivities_of_a_certain_variance_are_black_scholes() -> None:
    """Volatility of variance 0 and variance at its mean: theta, rho and vega in closed form."""
    still = {**_BASE, "long_run_variance": 0.04, "volatility_of_variance": 0.0}
    found = heston.sensitivities(option_type="put", **_CONTRACT, **still)
    want = black_scholes.greeks(option_type="put", volatility=0.2, **_CONTRACT)
    assert found.theta == pytest.approx(want.theta, abs=1e-9)
    assert found.rho == pytest.approx(want.rho, abs=1e-9)
    # total variance moves by the annuity of the mean reversion, the rest by the long-run variance
    time, pull = _CONTRACT["time_to_expiry"], _BASE["mean_reversion"]
    annuity = -math.expm1(-pull * time) / pull
    by_variance = want.vega / (2.0 * 0.2)
    assert found.initial_variance == pytest.approx(by_variance * annuity / time, abs=1e-8)
    assert found.long_run_variance == pytest.approx(by_variance * (1 - annuity / time), abs=1e-8)
    assert found.mean_reversion == pytest.approx(0.0, abs=1e-8)
    assert found.correlation == pytest.approx(0.0, abs=1e-8)


def test_sensitivities_where_only_the_forward_matters() -> None:
    found = heston.sensitivities(option_type="call", **{**_CONTRACT, "strike": 0.0}, **_BASE)
    want = black_scholes.greeks(option_type="call", volatility=0.2, **{**_CONTRACT, "strike": 0.0})
    assert found.price == pytest.approx(want.price, rel=1e-15)
    assert found.theta == pytest.approx(want.theta, rel=1e-14)
    assert found.rho == pytest.approx(0.0, abs=1e-300)
    assert found.correlation == 0.0


def test_smile_of_a_certain_variance_is_flat() -> None:
    still = {**_BASE, "long_run_variance": 0.04, "volatility_of_variance": 0.0}
    strikes = np.array([70.0, 90.0, 100.0, 130.0])
    smile = heston.implied_volatility(forward=100.0, strike=strikes, time_to_expiry=0.5, **still)
    np.testing.assert_allclose(smile, 0.2, rtol=1e-8)
    with pytest.raises(ValueError, match=r"correlation is 2\.0"):
        heston.implied_volatility(
            forward=100.0, strike=90.0, time_to_expiry=0.5, **{**still, "correlation": 2.0}
        )
