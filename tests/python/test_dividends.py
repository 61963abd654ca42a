"""Cash dividends: an independent integral, the grid, QuantLib, both models, the error table."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strikeproof import Status, black_scholes, dividends
from tasks.evidence.oracles import dividends as oracle

pytestmark = pytest.mark.fast

DATA = Path(__file__).resolve().parents[1] / "data" / "dividends_reference.csv"
OPTION = {
    "option_type": "call",
    "spot": 100.0,
    "strike": 105.0,
    "time_to_expiry": 1.0,
    "rate": 0.05,
    "volatility": 0.25,
    "dividend_times": [110 / 365, 292 / 365],
    "dividend_amounts": [4.0, 5.0],
}
KINDS = pytest.mark.parametrize("kind", ["call", "put"])


def reference():
    """Rows of the table as (arguments, price)."""
    with DATA.open() as stream:
        rows = list(csv.DictReader(stream))
    for entry in rows:
        price = float(entry.pop("price"))
        words = {name: entry.pop(name) for name in ("option_type", "exercise")}
        paid = [entry.pop(name) for name in ("time_1", "amount_1", "time_2", "amount_2")]
        numbers = [float(x) for x in paid if x]
        terms = {name: float(value) for name, value in entry.items()}
        yield (
            {
                **words,
                **terms,
                "dividend_times": numbers[0::2],
                "dividend_amounts": numbers[1::2],
            },
            price,
        )


def test_quadrature_agrees_with_the_integral_of_the_table():
    cases = list(reference())
    assert len(cases) >= 15
    for terms, price in cases:
        found = dividends.price(**terms, method="quadrature")
        assert found == pytest.approx(price, abs=1e-9), terms


def test_finite_differences_agree_with_the_integral_of_the_table():
    for terms, price in reference():
        found = dividends.price(**terms, method="finite_difference")
        assert found == pytest.approx(price, abs=2e-4), terms


@KINDS
@pytest.mark.parametrize("exercise", ["european", "american"])
@pytest.mark.parametrize("model", ["spot", "escrowed"])
def test_prices_agree_with_quantlib(kind, exercise, model):
    terms = {**OPTION, "option_type": kind, "exercise": exercise, "dividend_model": model}
    # closed form; an expansion; a grid of QuantLib's
    bound = {("european", "escrowed"): 1e-9, ("european", "spot"): 5e-3}.get(
        (exercise, model), 5e-3
    )
    assert dividends.price(**terms) == pytest.approx(oracle.price(**terms), abs=bound)


def test_american_call_of_the_escrowed_model_is_roll_geske_whaleys():
    """One dividend: exercise just before it or at expiry only, an integral over one normal."""
    date, amount = 292 / 365, 7.0
    z = np.linspace(-9.0, 9.0, 40001)
    left = 100.0 - amount * np.exp(-0.05 * date)
    stock = left * np.exp((0.05 - 0.25**2 / 2) * date + 0.25 * np.sqrt(date) * z)
    terms = {"strike": 105.0, "rate": 0.05, "volatility": 0.25}
    later = black_scholes.price(option_type="call", spot=stock, time_to_expiry=1.0 - date, **terms)
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    held = np.maximum(later, stock + amount - 105.0) * density
    expected = np.exp(-0.05 * date) * held.sum() * (z[1] - z[0])
    found = dividends.price(
        option_type="call",
        spot=100.0,
        time_to_expiry=1.0,
        exercise="american",
        dividend_model="escrowed",
        dividend_times=[date],
        dividend_amounts=[amount],
        **terms,
    )
    assert found == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("dividend_yield", [0.0, -0.01, -0.05])
def test_american_calls_of_the_spot_model_are_exercised_on_an_interval_of_spots(dividend_yield):
    """Beside a negative yield those deep in the money wait: an integral over one normal."""
    date, amount = 0.9, 3.0
    terms = {"strike": 110.0, "rate": 0.01, "volatility": 0.6, "dividend_yield": dividend_yield}
    z = np.linspace(-9.0, 9.0, 40001)
    growth = (0.01 - dividend_yield - 0.6**2 / 2) * date
    stock = 100.0 * np.exp(growth + 0.6 * np.sqrt(date) * z)
    left = np.maximum(stock - amount, 0.0)
    later = black_scholes.price(option_type="call", spot=left, time_to_expiry=1.0 - date, **terms)
    paying = stock - 110.0 > later
    assert paying.any()
    assert paying[-1] == (dividend_yield == 0.0)
    held = np.maximum(later, stock - 110.0) * np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    expected = np.exp(-0.01 * date) * held.sum() * (z[1] - z[0])
    found = dividends.price(
        option_type="call",
        spot=100.0,
        time_to_expiry=1.0,
        exercise="american",
        method="quadrature",
        dividend_times=[date],
        dividend_amounts=[amount],
        **terms,
    )
    assert found == pytest.approx(expected, abs=1e-6)


@KINDS
@pytest.mark.parametrize("dividend_yield", [-0.03, 0.08])
def test_american_options_of_the_escrowed_model_agree_with_a_tree_of_what_is_left(
    kind, dividend_yield
):
    steps, times, amounts = 2000, np.array([1.0, 2.0]) / 3.0, np.array([3.0, 3.0])
    carry, dt = 0.05 - dividend_yield, 1.0 / 2000
    up = np.exp(0.25 * np.sqrt(dt))
    chance = (np.exp(carry * dt) - 1.0 / up) / (up - 1.0 / up)
    sign = 1.0 if kind == "call" else -1.0
    value = None
    for level in range(steps, -1, -1):
        to_come = times >= level * dt - 1e-12
        worth = amounts[to_come] @ np.exp(-carry * (times[to_come] - level * dt))
        left = (100.0 - amounts @ np.exp(-carry * times)) * up ** np.arange(-level, level + 1, 2.0)
        gain = np.maximum(sign * (left + worth - 100.0), 0.0)
        if value is None:
            value = gain
        else:
            waited = np.exp(-0.05 * dt) * (chance * value[1:] + (1.0 - chance) * value[:-1])
            value = np.maximum(waited, gain)
    found = dividends.price(
        option_type=kind,
        spot=100.0,
        strike=100.0,
        time_to_expiry=1.0,
        rate=0.05,
        dividend_yield=dividend_yield,
        volatility=0.25,
        exercise="american",
        dividend_model="escrowed",
        dividend_times=times,
        dividend_amounts=amounts,
    )
    assert found == pytest.approx(value[0], abs=5e-3)


@KINDS
def test_greeks_of_both_methods_agree(kind):
    terms = {**OPTION, "option_type": kind}
    one = dividends.greeks(**terms, method="quadrature")
    other = dividends.greeks(**terms, method="finite_difference")
    for a, b, bound in zip(one, other, (2e-6, 1e-6, 1e-6, 1e-4, 5e-4, 1e-4), strict=True):
        assert a == pytest.approx(b, abs=bound)


@pytest.mark.parametrize("method", ["quadrature", "bos_vandermark", "finite_difference"])
@pytest.mark.parametrize("model", ["spot", "escrowed"])
@pytest.mark.parametrize("dividend_yield", [0.0, 0.08])
def test_theta_is_the_price_of_a_day_nearer(method, model, dividend_yield):
    if (method, model) == ("bos_vandermark", "escrowed"):
        method = "accurate"
    terms = {**OPTION, "method": method, "dividend_model": model, "dividend_yield": dividend_yield}

    def price(passed):
        times = np.array(OPTION["dividend_times"]) - passed
        return dividends.price(**{**terms, "time_to_expiry": 1.0 - passed, "dividend_times": times})

    h = 1e-3
    slope = (8 * (price(h) - price(-h)) - (price(2 * h) - price(-2 * h))) / (12 * h)
    bound = 2e-3 if method == "finite_difference" else 1e-6
    assert dividends.greeks(**terms).theta == pytest.approx(slope, abs=bound)


@settings(max_examples=60, deadline=None)
@given(
    strike=st.floats(50.0, 200.0),
    rate=st.floats(-0.05, 0.15),
    dividend_yield=st.floats(-0.02, 0.08),
    volatility=st.floats(0.05, 0.8),
    first=st.floats(0.01, 0.5),
    gap=st.floats(0.01, 0.48),
    model=st.sampled_from(["spot", "escrowed"]),
)
def test_put_call_parity(strike, rate, dividend_yield, volatility, first, gap, model):
    times, amounts = np.array([first, first + gap]), np.array([3.0, 2.0])
    call, put = dividends.price(
        option_type=["call", "put"],
        spot=100.0,
        strike=strike,
        time_to_expiry=1.0,
        rate=rate,
        dividend_yield=dividend_yield,
        volatility=volatility,
        dividend_times=times,
        dividend_amounts=amounts,
        dividend_model=model,
    )
    paid = amounts @ np.exp(-rate * times - dividend_yield * (1.0 - times))
    worth = 100.0 * np.exp(-dividend_yield) - paid
    # a stock that cannot pay keeps a little: its chance is below 1e-4 here
    assert call - put == pytest.approx(worth - strike * np.exp(-rate), abs=3e-4)


@pytest.mark.parametrize("dividend_yield", [-0.02, 0.0, 0.08])
@pytest.mark.parametrize(
    ("model", "method"),
    [
        ("spot", "quadrature"),
        ("spot", "finite_difference"),
        ("spot", "bos_vandermark"),
        ("escrowed", "quadrature"),
        ("escrowed", "finite_difference"),
    ],
)
def test_every_method_implies_the_forward_of_who_holds_the_stock(model, method, dividend_yield):
    """The forward has no model: shares grow by the yield, dividends by the carry."""
    terms = {**OPTION, "strike": 100.0, "dividend_yield": dividend_yield}
    terms |= {"dividend_times": [1 / 3, 2 / 3], "dividend_amounts": [3.0, 3.0]}
    terms |= {"dividend_model": model, "method": method, "spot_points": 400, "time_steps": 100}
    call, put = dividends.price(**{**terms, "option_type": ["call", "put"]})
    carry = 0.05 - dividend_yield
    forward = 100.0 * np.exp(carry) - 3.0 * (np.exp(carry * 2 / 3) + np.exp(carry / 3))
    assert call - put == pytest.approx((forward - 100.0) * np.exp(-0.05), abs=2e-6)
    if dividend_yield == 0.08:
        assert forward == pytest.approx(91.134, abs=5e-4)


@KINDS
@pytest.mark.parametrize("exercise", ["european", "american"])
def test_without_volatility_both_models_are_one(kind, exercise):
    terms = {**OPTION, "option_type": kind, "exercise": exercise, "volatility": 0.0}
    terms |= {"dividend_yield": 0.08, "strike": np.array([60.0, 90.0, 105.0])}
    dates = np.linspace(0.0, 1.0, 20001) if exercise == "american" else np.array([1.0])
    stock = 100.0 * np.exp(-0.03 * dates)
    for date, amount in zip(OPTION["dividend_times"], OPTION["dividend_amounts"], strict=True):
        stock = stock - np.where(dates > date, amount * np.exp(-0.03 * (dates - date)), 0.0)
    sign = 1.0 if kind == "call" else -1.0
    gains = sign * np.exp(-0.05 * dates) * (stock - terms["strike"][:, None])
    best = np.maximum(gains.max(axis=1), 0.0)
    for model in ("spot", "escrowed"):
        found = dividends.price(**terms, dividend_model=model)
        assert found == pytest.approx(best, abs=1e-3)


def test_bos_vandermark_is_near_and_no_more():
    found = dividends.price(**OPTION, method="bos_vandermark")
    exact = dividends.price(**OPTION)
    assert 1e-4 < abs(found - exact) < 3e-2


def test_without_dividends_it_is_black_scholes():
    terms = {k: v for k, v in OPTION.items() if not k.startswith("dividend")}
    for model in ("spot", "escrowed"):
        found = dividends.price(
            **terms, dividend_times=[], dividend_amounts=[], dividend_model=model
        )
        assert found == pytest.approx(black_scholes.price(**terms), rel=1e-13)


@pytest.mark.parametrize("exercise", ["european", "american"])
def test_a_dividend_above_the_spot_is_the_liquidators(exercise):
    terms = {**OPTION, "exercise": exercise, "option_type": "put"}
    terms["dividend_amounts"] = [1e6, 0.0]
    later = 105.0 * np.exp(-0.05 * (110 / 365 if exercise == "american" else 1.0))
    found = dividends.price(**terms)
    # the stock is worth nothing after the first dividend: an American put is exercised then
    assert found == pytest.approx(later, abs=1e-6)
    values, status = dividends.price(**terms, dividend_model=["escrowed"], return_status=True)
    assert status[0] == Status.OUT_OF_DOMAIN
    assert np.isnan(values[0])


def test_without_volatility_the_best_date_is_known():
    terms = {**OPTION, "volatility": 0.0, "strike": 60.0, "exercise": "american"}
    date, last = OPTION["dividend_times"]
    candidates = [
        40.0,
        100.0 - 60.0 * np.exp(-0.05 * date),
        100.0 - 4.0 * np.exp(-0.05 * date) - 60.0 * np.exp(-0.05 * last),
        100.0 - 4.0 * np.exp(-0.05 * date) - 5.0 * np.exp(-0.05 * last) - 60.0 * np.exp(-0.05),
    ]
    assert dividends.price(**terms) == pytest.approx(max(candidates), abs=1e-12)
    terms["volatility"] = 1e-3
    near = dividends.price(**terms, method="quadrature")
    assert near == pytest.approx(max(candidates), abs=1e-3)


def test_errors_name_what_is_wrong():
    american_put = {**OPTION, "option_type": "put", "exercise": "american"}
    for method in ("quadrature", "bos_vandermark"):
        with pytest.raises(ValueError, match="outside the engine's range"):
            dividends.price(**american_put, method=method)
    with pytest.raises(ValueError, match="dividend_model is 'hybrid'"):
        dividends.price(**OPTION, dividend_model="hybrid")
