"""What the tests of engines on two assets share: tables, random markets, differences of prices."""

import csv
import random
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "data"
MARKET = {
    "spot1": 100.0,
    "spot2": 96.0,
    "time_to_expiry": 0.75,
    "rate": 0.04,
    "volatility1": 0.3,
    "volatility2": 0.22,
    "correlation": 0.35,
    "dividend_yield1": 0.02,
    "dividend_yield2": 0.01,
}
WORDS = {"option_type", "extreme"}


def reference(name):
    """Columns of a table by name, words as they are and numbers as float64."""
    with (DATA / name).open() as stream:
        rows = list(csv.DictReader(stream))
    return {
        key: np.array([row[key] if key in WORDS else float(row[key]) for row in rows])
        for key in rows[0]
    }


def random_market(generator: random.Random):
    """Market whose time is a whole number of days, as QuantLib needs it."""
    return {
        "spot1": generator.uniform(60, 140),
        "spot2": generator.uniform(60, 140),
        "time_to_expiry": generator.randint(5, 1500) / 365,
        "rate": generator.uniform(-0.02, 0.1),
        "volatility1": generator.uniform(0.05, 0.6),
        "volatility2": generator.uniform(0.05, 0.6),
        "correlation": generator.uniform(-0.97, 0.97),
        "dividend_yield1": generator.uniform(0, 0.08),
        "dividend_yield2": generator.uniform(0, 0.08),
    }


def moved(price, terms, **steps):
    """Price with some arguments moved."""
    return price(**{**terms, **{name: terms[name] + step for name, step in steps.items()}})


def slope(price, terms, name, step):
    """Central difference of the fourth order."""

    def at(k):
        return moved(price, terms, **{name: k * step})

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)


def differences(price, terms):
    """Every Greek of a price by differences of the fourth order, good to 1e-6 of its size."""
    spot = 0.05

    def curvature(name):
        at = [moved(price, terms, **{name: k * spot}) for k in (-2, -1, 0, 1, 2)]
        return (-at[0] + 16 * at[1] - 30 * at[2] + 16 * at[3] - at[4]) / (12 * spot**2)

    def mixed(step):
        corners = {
            (i, j): moved(price, terms, spot1=i * step, spot2=j * step)
            for i in (-1, 1)
            for j in (-1, 1)
        }
        return sum(i * j * value for (i, j), value in corners.items()) / (4 * step**2)

    return {
        "price": price(**terms),
        "delta1": slope(price, terms, "spot1", spot),
        "delta2": slope(price, terms, "spot2", spot),
        "gamma1": curvature("spot1"),
        "gamma2": curvature("spot2"),
        "cross_gamma": (4 * mixed(spot) - mixed(2 * spot)) / 3,
        "vega1": slope(price, terms, "volatility1", 1e-3),
        "vega2": slope(price, terms, "volatility2", 1e-3),
        "correlation_sensitivity": slope(price, terms, "correlation", 1e-3),
        "theta": -slope(price, terms, "time_to_expiry", 1e-3),
        "rho": slope(price, terms, "rate", 1e-3),
    }


def check_greeks(price, greeks, terms):
    """Greeks are the derivatives of the price, and its price is the price."""
    found = greeks(**terms)._asdict()
    expected = differences(price, terms)
    assert list(found) == list(expected)
    assert found["price"] == expected["price"]
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-6, atol=1e-7, err_msg=name)
