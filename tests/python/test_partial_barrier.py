"""Barrier options watched during a part of their life: QuantLib, an integral, limits."""

import math

import numpy as np
import pytest

from strikeproof import Status, barrier, black_scholes, partial_barrier
from tasks.evidence.oracles import barrier as oracle

pytestmark = pytest.mark.fast

WATCHED = ("until", "from_crossing", "from_beyond")
MARKET = ("spot", "time_to_expiry", "rate", "dividend_yield", "volatility")
OPTION = {
    "barrier_type": "down_out",
    "option_type": "call",
    "spot": 100.0,
    "strike": 95.0,
    "barrier": 92.0,
    "time_to_expiry": 1.0,
    "rate": 0.06,
    "dividend_yield": 0.02,
    "volatility": 0.25,
    "window_time": 0.4,
    "watched": "until",
}


def plain(terms):
    return {name: terms[name] for name in (*MARKET, "option_type", "strike")}


def window_integral(terms, watched):
    """Value by integrating what the option is worth at the window's date over its density."""
    t, rest = terms["window_time"], terms["time_to_expiry"] - terms["window_time"]
    s = terms["volatility"] * math.sqrt(t)
    m = (terms["rate"] - terms["dividend_yield"]) * t - 0.5 * s * s
    b = math.log(terms["barrier"] / terms["spot"])
    side, e = terms["barrier_type"].split("_")[0], 1.0 if "down" in terms["barrier_type"] else -1.0
    nodes, weights = np.polynomial.legendre.leggauss(400)
    total = 0.0
    for low, high in ((min(b, m) - 10 * s, b), (b, max(b, m) + 10 * s)):
        x = 0.5 * (low + high) + 0.5 * (high - low) * nodes
        density = np.exp(-0.5 * ((x - m) / s) ** 2)
        live = e * (x[0] - b) > 0.0
        later = plain(terms) | {"spot": terms["spot"] * np.exp(x), "time_to_expiry": rest}
        if watched == "until":
            density = density - np.exp(2 * m * b / s**2 - 0.5 * ((x - 2 * b - m) / s) ** 2)
            value = black_scholes.price(**later) if live else np.zeros_like(x)
        elif live or watched == "from_crossing":
            seen = side if live else {"down": "up", "up": "down"}[side]
            value = barrier.price(barrier_type=f"{seen}_out", barrier=terms["barrier"], **later)
        else:
            value = np.zeros_like(x)
        total += 0.5 * (high - low) * (weights * density * value).sum()
    return math.exp(-terms["rate"] * t) * total / (s * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("watched", WATCHED)
@pytest.mark.parametrize("option_type", ["call", "put"])
@pytest.mark.parametrize(
    ("kind", "level"),
    [("down_out", 92.0), ("down_out", 103.0), ("up_out", 109.0), ("up_out", 96.0)],
)
@pytest.mark.parametrize("strike", [85.0, 100.0, 120.0])
def test_prices_agree_with_an_integral_over_the_window(watched, option_type, kind, level, strike):
    terms = OPTION | {
        "option_type": option_type, "barrier_type": kind, "barrier": level, "strike": strike,
        "watched": watched,
    }  # fmt: skip
    # a barrier already reached leaves nothing to be watched until
    reached = (level - 100.0) * (1.0 if kind == "down_out" else -1.0) >= 0.0
    expected = 0.0 if reached and watched == "until" else window_integral(terms, watched)
    found = partial_barrier.price(**terms)
    assert found == pytest.approx(expected, abs=1e-10)
    whole = found + partial_barrier.price(**(terms | {"barrier_type": f"{kind[:-4]}_in"}))
    assert whole == pytest.approx(black_scholes.price(**plain(terms)), abs=1e-12)


def test_prices_agree_with_quantlib():
    rng = np.random.default_rng(20260309)
    for _ in range(500):
        kind = rng.choice(["down_out", "up_out"])
        distance = rng.uniform(0.02, 0.3)
        terms = {
            "barrier_type": str(kind), "watched": str(rng.choice(WATCHED)), "spot": 100.0,
            "barrier": float(100 * math.exp(-distance if kind == "down_out" else distance)),
            "strike": rng.uniform(70, 140), "time_to_expiry": 2.0,
            "window_time": rng.integers(30, 700) / 365, "rate": rng.uniform(0, 0.1),
            "dividend_yield": rng.uniform(0, 0.05), "volatility": rng.uniform(0.15, 0.5),
        }  # fmt: skip
        if terms["watched"] == "from_beyond":
            terms["strike"] = terms["barrier"] * rng.uniform(0.6, 0.99)
        found = partial_barrier.price(option_type="call", **terms)
        assert found == pytest.approx(oracle.partial_price(**terms), abs=4e-4)  # its six digits


@pytest.mark.parametrize("kind", ["down_out", "down_in", "up_out", "up_in"])
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_the_window_may_be_all_or_nothing(kind, option_type):
    level = 92.0 if "down" in kind else 108.0
    terms = OPTION | {"barrier_type": kind, "option_type": option_type, "barrier": level}
    whole = barrier.price(barrier_type=kind, barrier=level, **plain(terms))
    none = black_scholes.price(**plain(terms)) * (kind.endswith("out"))
    cases = (("until", 1.0, whole), ("until", 0.0, none), ("from_crossing", 0.0, whole),
             ("from_beyond", 0.0, whole), ("from_crossing", 1.0, none))  # fmt: skip
    for watched, time, expected in cases:
        found = partial_barrier.price(**(terms | {"watched": watched, "window_time": time}))
        assert found == pytest.approx(expected, abs=1e-12), (watched, time)


@pytest.mark.parametrize("watched", WATCHED)
def test_greeks_are_slopes_of_the_price(watched):
    terms = OPTION | {"watched": watched}
    found = partial_barrier.greeks(**terms)

    def moved(**by):
        return partial_barrier.price(**(terms | {name: terms[name] + h for name, h in by.items()}))

    h = 1e-4
    slopes = {
        "delta": (moved(spot=h) - moved(spot=-h)) / (2 * h),
        "vega": (moved(volatility=h) - moved(volatility=-h)) / (2 * h),
        "rho": (moved(rate=h) - moved(rate=-h)) / (2 * h),
        "theta": (moved(time_to_expiry=-h, window_time=-h) - moved(time_to_expiry=h, window_time=h))
        / (2 * h),
        "gamma": (moved(spot=0.02) - 2 * moved(spot=0.0) + moved(spot=-0.02)) / 0.02**2,
    }
    for name, slope in slopes.items():
        assert getattr(found, name) == pytest.approx(slope, rel=1e-5, abs=2e-6), name


def test_what_has_no_answer_says_so():
    change = {"volatility": [0.25, 0.02, 0.25], "window_time": [0.4, 0.4, 1.1]}
    change |= {"rate": [0.06, -0.2, 0.06]}
    value, status = partial_barrier.price(**(OPTION | change), return_status=True)
    assert list(status) == [Status.OK, Status.NOT_CONVERGED, Status.OUT_OF_DOMAIN]
    assert np.isnan(value).tolist() == [False, True, True]
