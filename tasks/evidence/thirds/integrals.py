"""Two assets, stochastic volatility and jumps: integrals by Gauss-Legendre rules that must agree.

Each integral is broken where its integrand bends and done with 32 and with 48 nodes a piece. Where
the two differ by more than 1e-10 of 1 or the value there is no opinion. None of the formulas is
that of either library: conditional Black-Scholes values are averaged, and characteristic functions
are integrated on Lewis's line by a fixed rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

Floats = Any
Terms = Mapping[str, Any]
_RULES = tuple(np.polynomial.legendre.leggauss(nodes) for nodes in (32, 48))
_AGREE = 1e-10
_REACH = 12.0  # standard deviations: the normal density is 1e-32 there
_erfc: Callable[[Floats], Floats] = np.vectorize(math.erfc, otypes=[float])


def integral(function: Callable[[Floats], Floats], breaks: Iterable[float]) -> float:
    """Integral over the pieces between breaks.

    Raises
    ------
    ArithmeticError
        The two rules differ.
    """
    ends = np.unique(np.array(list(breaks), dtype=float))
    half, middle = np.diff(ends)[:, None] / 2.0, (ends[:-1] + ends[1:])[:, None] / 2.0
    coarse, fine = (
        math.fsum((half * weights * function(middle + half * nodes)).ravel())
        for nodes, weights in _RULES
    )
    if not abs(fine - coarse) <= _AGREE * max(1.0, abs(fine)):
        raise ArithmeticError(f"the two rules give {coarse!r} and {fine!r}")
    return float(fine)


def black(sign: int, forward: Floats, strike: Floats, deviation: Floats) -> Floats:
    """Undiscounted value of options on a lognormal forward; strikes may be negative."""
    forward, strike, deviation = np.broadcast_arrays(forward, strike, deviation)
    safe = np.maximum(strike, 1e-300)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        d1 = np.log(forward / safe) / deviation + deviation / 2.0
    d1 = np.nan_to_num(d1, nan=0.0, posinf=99.0, neginf=-99.0)
    held = _erfc(-sign * d1 / math.sqrt(2.0)) / 2.0
    paid = _erfc(-sign * (d1 - deviation) / math.sqrt(2.0)) / 2.0
    value = sign * (forward * held - safe * paid)
    return np.where(strike > 0.0, value, np.maximum(sign * (forward - strike), 0.0))


def _sign(terms: Terms) -> int:
    return 1 if terms["option_type"] == "call" else -1


def _mean(value: Callable[[Floats], Floats], *bends: tuple[float, float]) -> float:
    """Mean over a normal variate, broken about bends (place, width)."""
    breaks = [*np.arange(-_REACH, _REACH + 0.5, 0.5)]
    for place, width in bends:
        breaks += [place + step * width for step in (-8, -4, -2, -1, -0.5, 0, 0.5, 1, 2, 4, 8)]
    inner = [x for x in breaks if abs(x) <= _REACH]
    return integral(lambda z: np.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi) * value(z), inner)


class _Pair:
    """Two lognormal assets, the second given the normal variate of the first."""

    def __init__(self, terms: Terms) -> None:
        t, self.rho = terms["time_to_expiry"], terms["correlation"]
        self.discount = math.exp(-terms["rate"] * t)
        carry1, carry2 = (terms["rate"] - terms[f"dividend_yield{k}"] for k in (1, 2))
        self.f1, self.f2 = (
            terms["spot1"] * math.exp(carry1 * t),
            terms["spot2"] * math.exp(carry2 * t),
        )
        self.w1, self.w2 = (terms[f"volatility{k}"] * math.sqrt(t) for k in (1, 2))
        self.known = self.rho * self.w2
        self.left = self.w2 * math.sqrt(1.0 - self.rho**2)

    def first(self, z: Floats) -> Floats:
        return self.f1 * np.exp(self.w1 * z - self.w1**2 / 2.0)

    def middle(self, z: Floats) -> Floats:
        """Mean of the second asset given the first one's variate."""
        return self.f2 * np.exp(self.known * z - self.known**2 / 2.0)

    def second(self, sign: int, z: Floats, strike: Floats) -> Floats:
        return black(sign, self.middle(z), strike, self.left)

    def bends(self, strike: Callable[[Floats], Floats]) -> list[tuple[float, float]]:
        """Where the second asset's option is at the money, and how fast it passes."""
        z = np.linspace(-_REACH, _REACH, 4801)
        gap = self.middle(z) - strike(z)
        places = z[:-1][np.sign(gap[:-1]) != np.sign(gap[1:])]
        slopes = np.abs(np.gradient(np.log(np.maximum(strike(z), 1e-300)) - self.known * z, z))
        steep = np.interp(places, z, slopes)
        widths = self.left / np.maximum(steep, 1e-6)
        return list(zip(places.tolist(), widths.tolist(), strict=True))

    def at(self, level: float) -> list[tuple[float, float]]:
        """Variate at which the first asset is at a level."""
        if level <= 0.0:
            return []
        return [(math.log(level / self.f1) / self.w1 + self.w1 / 2.0, 0.25)]


def spread(terms: Terms) -> float:
    """First less second asset less strike: a put on the second given the first, integrated."""
    pair, strike, sign = _Pair(terms), terms["strike"], _sign(terms)

    def other(z: Floats) -> Floats:
        return pair.first(z) - strike

    value = _mean(lambda z: pair.second(-sign, z, other(z)), *pair.bends(other), *pair.at(strike))
    return pair.discount * value


def basket(terms: Terms) -> float:
    """Weighted sum of two assets, weights above 0: an option on the second given the first."""
    two = {f"spot{k}": terms["spots"][k - 1] for k in (1, 2)}
    two |= {f"volatility{k}": terms["volatilities"][k - 1] for k in (1, 2)}
    two |= {f"dividend_yield{k}": terms["dividend_yields"][k - 1] for k in (1, 2)}
    two |= {name: terms[name] for name in ("time_to_expiry", "rate")}
    pair, (a, b) = _Pair(two | {"correlation": terms["correlations"][0][1]}), terms["weights"]
    strike, sign = terms["strike"], _sign(terms)

    def rest(z: Floats) -> Floats:
        return (strike - a * pair.first(z)) / b

    bends = (*pair.bends(rest), *pair.at(strike / a))
    return pair.discount * _mean(lambda z: b * pair.second(sign, z, rest(z)), *bends)


def rainbow(terms: Terms) -> float:
    """Option on the greater or the smaller of two assets, given the first, integrated."""
    pair, strike, maximum = _Pair(terms), terms["strike"], terms["extreme"] == "maximum"

    def call(z: Floats) -> Floats:
        s = pair.first(z)
        over, above = pair.second(1, z, s), pair.second(1, z, np.full_like(s, strike))
        if maximum:
            return np.where(s >= strike, s - strike + over, above)
        return np.where(s <= strike, 0.0, above - over)

    def extreme(z: Floats) -> Floats:
        s = pair.first(z)
        return s + pair.second(1, z, s) if maximum else s - pair.second(-1, z, s)

    bends = (*pair.at(strike), *pair.bends(pair.first), *pair.bends(lambda z: strike + 0.0 * z))
    value = _mean(call, *bends)
    if _sign(terms) < 0:
        value += strike - _mean(extreme, *bends)
    return pair.discount * value


def _forward(terms: Terms) -> tuple[float, float, float]:
    t = terms["time_to_expiry"]
    carry = terms["rate"] - terms["dividend_yield"]
    return terms["spot"] * math.exp(carry * t), t, math.exp(-terms["rate"] * t)


def variance_gamma(terms: Terms) -> float:
    """Black-Scholes given the gamma time, over its law (Madan, Carr and Chang 1998, section 3).

    The gamma time is nu exp(z). Below the last z it is too short to move the forward: that part of
    its law is worth the value without any.
    """
    forward, t, discount = _forward(terms)
    v, drift, nu = terms["volatility"], terms["drift"], terms["variance_rate"]
    strike, sign, shape = terms["strike"], _sign(terms), t / terms["variance_rate"]
    start = forward * math.exp(math.log1p(-nu * (drift + v * v / 2.0)) / nu * t)
    tilt, scale = drift + v * v / 2.0, math.lgamma(shape)

    def integrand(z: Floats) -> Floats:
        g = nu * np.exp(z)
        law = np.exp(shape * z - np.exp(z) - scale)
        return law * black(sign, start * np.exp(tilt * g), strike, v * np.sqrt(g))

    low = -70.0
    breaks = [*np.arange(low, 5.5, 0.5)]
    gap = abs(math.log(start / strike))
    if gap > 0.0:  # where diffusion, or drift, carries the start to the strike
        centres = [2.0 * math.log(gap / v) - math.log(nu)]
        if tilt != 0.0:
            centres.append(math.log(gap / abs(tilt) / nu))
        breaks += [c + k / 8.0 for c in centres for k in range(-24, 17)]
    if shape > 1.0:
        breaks += [math.log(shape) + k / math.sqrt(shape) / 2.0 for k in range(-24, 25)]
    inner = [z for z in breaks if low <= z <= 5.0]
    held: float = max(sign * (start - strike), 0.0)
    rest = math.exp(shape * low - math.lgamma(shape + 1.0)) * held
    return discount * (integral(integrand, inner) + rest)


def _heston_exponent(terms: Terms, u: Floats) -> Floats:
    """Logarithm of the characteristic function, without branch cuts (Albrecher et al. 2007)."""
    v0, theta, kappa = (
        terms[name] for name in ("initial_variance", "long_run_variance", "mean_reversion")
    )
    xi, rho, t = terms["volatility_of_variance"], terms["correlation"], terms["time_to_expiry"]
    b = kappa - rho * xi * 1j * u
    d = np.sqrt(b * b + xi**2 * (u * u + 1j * u))
    g = (b - d) / (b + d)
    decay = np.exp(-d * t)
    level = kappa * theta / xi**2 * ((b - d) * t - 2.0 * np.log((1.0 - g * decay) / (1.0 - g)))
    return level + v0 / xi**2 * (b - d) * (1.0 - decay) / (1.0 - g * decay)


def heston(terms: Terms) -> float:
    """Lewis's integral (2001) on the line of imaginary part -1/2; jumps are Bates's (1996)."""
    forward, t, discount = _forward(terms)
    strike = terms["strike"]
    k = math.log(forward / strike)
    rate, mean, width = (
        terms.get(name, 0.0) for name in ("jump_intensity", "jump_mean", "jump_volatility")
    )
    growth = math.expm1(mean + width**2 / 2.0)

    def integrand(x: Floats) -> Floats:
        u = x - 0.5j
        exponent = _heston_exponent(terms, u)
        law = np.exp(1j * u * mean - (u * width) ** 2 / 2.0) - 1.0
        exponent = exponent + rate * t * (law - 1j * u * growth)
        value: Floats = np.real(np.exp(1j * x * k + exponent)) / (x * x + 0.25)
        return value

    end = 8.0
    while abs(integrand(np.array([end]))[0]) > 1e-17 and end < 1e6:
        end *= 1.5
    count = int(min(max(60.0, end * abs(k) / 4.0, 6.0 * math.sqrt(end)), 20_000.0))
    breaks = end * (np.arange(count + 1) / count) ** 2
    call = forward - math.sqrt(forward * strike) / math.pi * integral(integrand, breaks)
    return float(discount * (call if _sign(terms) > 0 else call - forward + strike))
