"""Exact answers for the first rows of a set of quotes, with 60 digits of mpmath.

Runs in the peers' environment, where mpmath is. Every double of a quote is taken as the exact
number that it is, the price too: the true volatility is the one that gives that very price.

    value(phi, m) = phi (A N(phi d1) - B N(phi d2)),    A = S exp(-q T),    B = K exp(-r T)
    d1 = ln(A/B)/w + w/2,    d2 = d1 - w,    w = sigma sqrt(T),    phi = +1 call / -1 put

The volatility is found from the out-of-the-money price (put-call parity, exact in 60 digits) by
Newton's method on the logarithm of the price, started at the volatility that made the quote.

[1] Merton, R. C. (1973), Bell J. Economics and Management Science 4(1), 141-183.
"""

from __future__ import annotations

from typing import Any

import mpmath  # type: ignore[import-untyped, unused-ignore]
import numpy as np
from numpy.typing import NDArray

DIGITS = 60
_CLOSE = mpmath.mpf(10) ** -40
_MOST_STEPS = 60

Column = NDArray[np.float64]


def answers(work: str, quotes: Any, rows: int) -> tuple[list[Column], list[Column]]:
    """True values of a work's outputs for the first `rows` quotes, and the sizes they are held to.

    An error is measured relative to the size: the value itself, but for theta the sum of the
    absolute values of its terms, which may cancel.
    """
    solve = {"price": _prices, "greeks": _greeks, "implied_volatility": _volatilities}[work]
    with mpmath.workdps(DIGITS):
        found = [solve(*_row(quotes, row)) for row in range(rows)]
    outputs = [np.array([values[k][0] for values in found]) for k in range(len(found[0]))]
    sizes = [np.array([values[k][1] for values in found]) for k in range(len(found[0]))]
    return outputs, sizes


Pairs = list[tuple[float, float]]


def _row(quotes: Any, row: int) -> list[Any]:
    names = ("option_type", "spot", "strike", "time_to_expiry", "rate", "dividend_yield")
    return [mpmath.mpf(float(quotes[n][row])) for n in (*names, "volatility", "price")]


def _terms(spot: Any, strike: Any, time: Any, rate: Any, dividend_yield: Any) -> tuple[Any, Any]:
    return spot * mpmath.exp(-dividend_yield * time), strike * mpmath.exp(-rate * time)


def _value(sign: Any, asset: Any, bond: Any, w: Any) -> tuple[Any, Any, Any]:
    d1 = mpmath.log(asset / bond) / w + w / 2
    d2 = d1 - w
    return sign * (asset * _cdf(sign * d1) - bond * _cdf(sign * d2)), d1, d2


def _cdf(x: Any) -> Any:
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def _exact(value: Any) -> tuple[float, float]:
    return float(value), abs(float(value))


def _prices(sign: Any, *quote: Any) -> Pairs:
    *terms, volatility, _ = quote
    asset, bond = _terms(*terms)
    w = volatility * mpmath.sqrt(terms[2])
    return [_exact(_value(sign, asset, bond, w)[0])]


def _greeks(sign: Any, *quote: Any) -> Pairs:
    spot, strike, time, rate, dividend_yield, volatility, _ = quote
    asset, bond = _terms(spot, strike, time, rate, dividend_yield)
    w = volatility * mpmath.sqrt(time)
    price, d1, d2 = _value(sign, asset, bond, w)
    density = mpmath.npdf(d1)
    delta = sign * asset / spot * _cdf(sign * d1)
    parts = (
        -asset * density * volatility / (2 * mpmath.sqrt(time)),
        -sign * rate * bond * _cdf(sign * d2),
        sign * dividend_yield * asset * _cdf(sign * d1),
    )
    return [
        _exact(price),
        _exact(delta),
        _exact(asset * density / (spot * spot * w)),
        _exact(asset * density * mpmath.sqrt(time)),
        (float(sum(parts)), float(sum(abs(part) for part in parts))),
        _exact(sign * bond * time * _cdf(sign * d2)),
    ]


def _volatilities(sign: Any, *quote: Any) -> Pairs:
    *terms, volatility, price = quote
    asset, bond = _terms(*terms)
    intrinsic = sign * (asset - bond)
    if intrinsic > 0:
        sign, price = -sign, price - intrinsic
    root = mpmath.sqrt(terms[2])
    target = mpmath.log(price)
    w = volatility * root
    for _ in range(_MOST_STEPS):
        value, d1, _ = _value(sign, asset, bond, w)
        step = (mpmath.log(value) - target) * value / (asset * mpmath.npdf(d1))
        w -= step
        if abs(step) <= _CLOSE * w:
            return [_exact(w / root)]
    raise ArithmeticError("no volatility found for a quote that has one")
