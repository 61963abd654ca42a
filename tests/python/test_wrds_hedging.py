"""Deltas against finite differences of reprices, profit and loss against bookkeeping."""

import numpy as np
import pytest

from strikeproof import bates, black, heston
from wrds_pipeline import hedging
from wrds_pipeline.models import MODELS, Points
from wrds_pipeline.valuation import Contracts

pytestmark = pytest.mark.fast

SPOT, TIME, RATE, YIELD = 2900.0, 0.25, 0.024, 0.018
FORWARD = SPOT * np.exp((RATE - YIELD) * TIME)
STRIKE = np.array([2500.0, 2700.0, 2850.0, 2950.0, 3100.0])
SIGN = np.array([-1.0, -1.0, -1.0, 1.0, 1.0])
HESTON = {
    "initial_variance": 0.03,
    "long_run_variance": 0.05,
    "mean_reversion": 2.5,
    "volatility_of_variance": 0.6,
    "correlation": -0.65,
}
JUMPS = {"jump_intensity": 1.2, "jump_mean": -0.06, "jump_volatility": 0.08}
MARKET = {"spot": SPOT, "strike": STRIKE, "time_to_expiry": TIME, "rate": RATE}
PROCESSES = [("heston", heston, HESTON), ("bates", bates, HESTON | JUMPS)]


def quoted(engine, parameters):
    """Quotes of a process: a wide smile to fit, and the contracts that are held."""
    wide = np.linspace(2200.0, 3300.0, 23)
    terms = {"forward": FORWARD, "time_to_expiry": TIME, **parameters}

    def points(strike):
        volatility = engine.implied_volatility(strike=strike, **terms)
        label = np.full(strike.size, "2019-09-20 AM")
        time = np.full(strike.size, TIME)
        return Points(label, time, np.log(strike / FORWARD), volatility, np.ones(strike.size))

    return points(wide), points(STRIKE)


def contracts():
    full = np.full(STRIKE.size, 1.0)
    return Contracts(SIGN, SPOT, FORWARD * full, STRIKE, TIME * full, RATE * full)


def held(points):
    own = contracts()
    return hedging.Held(SPOT, own.rate, own.dividend_yield, own.price(points.volatility))


def exact_fit(name, parameters, points):
    fit = MODELS[name].fit(points)
    return type(fit)(name, parameters, "ok", "", fit.quotes, 0.0)


@pytest.mark.parametrize(("name", "engine", "parameters"), PROCESSES)
def test_sticky_moneyness_is_the_processes_own_delta(name, engine, parameters):
    """Alexander and Nogueira: of scale-invariant models, with the variance held."""
    wide, own = quoted(engine, parameters)
    fit = exact_fit(name, parameters, wide)
    found = hedging.deltas(fit, own, contracts())["sticky_moneyness"]
    exact = engine.greeks(option_type=SIGN, dividend_yield=YIELD, **MARKET, **parameters).delta
    assert found == pytest.approx(exact, abs=2e-6)


@pytest.mark.parametrize("name", ["svi_slices", "ssvi", "essvi"])
@pytest.mark.parametrize("rule", hedging.RULES)
def test_deltas_are_differences_of_prices_as_the_smile_moves(name, rule):
    wide, own = quoted(heston, HESTON)
    model, fit = MODELS[name], MODELS[name].fit(wide)
    found = hedging.deltas(fit, own, contracts())[rule]
    step = 1e-3 * SPOT

    def price(spot):
        forward = FORWARD * spot / SPOT
        moved = own.moved(np.log(STRIKE / (FORWARD if rule == "sticky_strike" else forward)))
        return black.price(
            option_type=SIGN, forward=forward, strike=STRIKE, time_to_expiry=TIME, rate=RATE,
            volatility=model.volatility(fit, moved, 0.0),
        )  # fmt: skip

    difference = (price(SPOT + step) - price(SPOT - step)) / (2.0 * step)
    assert found == pytest.approx(difference, abs=3e-5)


def test_a_falling_smile_makes_the_sticky_moneyness_delta_the_larger():
    wide, own = quoted(heston, HESTON)
    found = hedging.deltas(exact_fit("heston", HESTON, wide), own, contracts())
    assert (found["sticky_moneyness"] > found["sticky_strike"]).all()
    flat = hedging.deltas(MODELS["flat_black_scholes"].fit(wide), own, contracts())
    assert np.array_equal(flat["sticky_moneyness"], flat["sticky_strike"])


def test_the_dividend_yield_is_the_forwards():
    assert contracts().dividend_yield == pytest.approx(YIELD, rel=1e-12)


def test_profit_and_loss_is_that_of_the_accounts():
    """Option bought and stock sold on credit; dividends paid into and interest taken from cash."""
    position = held(quoted(heston, HESTON)[1])
    delta = np.array([-0.1, -0.25, -0.45, 0.4, 0.15])
    elapsed, next_spot = 3.0 / 365.0, 2840.0
    next_mid = position.mid + 7.0
    shares = delta * np.exp(-YIELD * elapsed)  # dividends reinvested: delta shares at the end
    cash = -position.mid + shares * SPOT
    accounts = next_mid - delta * next_spot + cash * np.exp(RATE * elapsed)
    # the accounts' hedge is worth delta exp(-q h) today; ours is delta: carried from the spot
    ours = hedging.profit_and_loss(
        position, delta, next_mid=next_mid, next_spot=next_spot, elapsed=elapsed
    )
    assert ours == pytest.approx(accounts, abs=1e-10)


def test_a_hedge_in_the_model_loses_only_the_curvature():
    """Black-Scholes with the right volatility: what a step leaves is of second order."""
    points = Points(
        np.full(5, "2019-09-20 AM"), np.full(5, TIME), np.log(STRIKE / FORWARD), np.full(5, 0.2),
        np.ones(5),
    )  # fmt: skip
    position = held(points)
    delta = hedging.own_delta(contracts(), points.volatility)

    def left(move):
        elapsed = 1e-9
        next_mid = black.price(
            option_type=SIGN, forward=FORWARD * (1.0 + move), strike=STRIKE,
            time_to_expiry=TIME - elapsed, rate=RATE, volatility=0.2,
        )  # fmt: skip
        return hedging.profit_and_loss(
            position, delta, next_mid=next_mid, next_spot=SPOT * (1.0 + move), elapsed=elapsed
        )

    assert left(0.002) / left(0.001) == pytest.approx(np.full(5, 4.0), rel=0.02)
