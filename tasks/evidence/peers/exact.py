"""Prices, Greeks and volatilities to fifty digits, for the errors of the packages."""

from __future__ import annotations

import importlib
from typing import Any

from tasks.evidence.peers.quotes import Quotes

_mp: Any = importlib.import_module("mpmath")
GREEKS = ("price", "delta", "gamma", "vega", "theta", "rho")


def _cdf(z: Any) -> Any:
    return _mp.erfc(-z / _mp.sqrt(_mp.mpf(2))) / 2


def _row(quotes: Quotes, k: int) -> tuple[Any, ...]:
    names = ("sign", "spot", "strike", "time", "rate", "dividend_yield", "volatility")
    return tuple(_mp.mpf(float(getattr(quotes, name)[k])) for name in names)


def greeks(quotes: Quotes, k: int) -> tuple[Any, ...]:
    """Price, delta, gamma, vega, theta, rho of row k (Black and Scholes 1973, Merton 1973)."""
    with _mp.workdps(50):
        sign, spot, strike, time, r, q, v = _row(quotes, k)
        w = v * _mp.sqrt(time)
        d1 = (_mp.log(spot / strike) + (r - q) * time) / w + w / 2
        asset, cash = spot * _mp.exp(-q * time), strike * _mp.exp(-r * time)
        density = asset * _mp.exp(-d1 * d1 / 2) / _mp.sqrt(2 * _mp.pi)
        exercised, paid = _cdf(sign * d1), _cdf(sign * (d1 - w))
        return (
            sign * (asset * exercised - cash * paid),
            sign * _mp.exp(-q * time) * exercised,
            density / (spot * spot * w),
            density * _mp.sqrt(time),
            -density * v / (2 * _mp.sqrt(time)) + sign * (q * asset * exercised - r * cash * paid),
            sign * time * cash * paid,
        )


def volatility(quotes: Quotes, k: int) -> Any:
    """Volatility at which row k has exactly its price, which is a rounded number.

    None where the price determines fewer than three digits of it: half a unit of the price's last
    place moves it by more than a thousandth.
    """
    with _mp.workdps(60):
        price = _mp.mpf(float(quotes.price[k]))
        guess = _mp.mpf(float(quotes.volatility[k]))
        changed = Quotes(
            **{name: column[k : k + 1].copy() for name, column in vars(quotes).items()}
        )
        value, _, _, vega, _, _ = greeks(changed, 0)
        if vega * guess * _mp.mpf("1e-3") < price * _mp.mpf(2) ** -53:
            return None
        sign, spot, strike, time, r, q, _ = _row(quotes, k)
        carry, root = _mp.log(spot / strike) + (r - q) * time, _mp.sqrt(time)
        asset, cash = spot * _mp.exp(-q * time), strike * _mp.exp(-r * time)
        for _ in range(8):  # Newton's method from within rounding of the solution
            w = guess * root
            d1 = carry / w + w / 2
            value = sign * (asset * _cdf(sign * d1) - cash * _cdf(sign * (d1 - w)))
            slope = asset * _mp.exp(-d1 * d1 / 2) / _mp.sqrt(2 * _mp.pi) * root
            guess -= (value - price) / slope
        return guess
