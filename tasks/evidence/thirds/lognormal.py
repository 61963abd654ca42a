"""European, digital, touch and barrier options, exchange and Asian formulas in 40 digits.

All of them are integrals of a payoff over pieces of a lognormal law, killed at barriers by images
(Hui 1996; Haug 2007, section 4.17): nothing is looked up in a table of cases, as both libraries do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import mpmath as mp

mp.mp.dps = 40
_INFINITY = mp.mpf("inf")
Number = Any
Terms = Mapping[str, Any]


def _numbers(terms: Terms, *names: str) -> list[Number]:
    return [mp.mpf(terms[name]) for name in names]


def _market(terms: Terms) -> list[Number]:
    names = ("spot", "time_to_expiry", "rate", "dividend_yield", "volatility")
    return _numbers(terms, *names)


def normal(x: Number) -> Number:
    """Cumulative normal distribution."""
    return mp.erfc(-x / mp.sqrt(2)) / 2


def between(low: Number, high: Number) -> Number:
    """Normal probability of an interval, without cancellation in either tail."""
    if low >= high:
        return mp.mpf(0)
    if low > 0:
        return normal(-low) - normal(-high)
    return normal(high) - normal(low)


def black(sign: int, forward: Number, strike: Number, deviation: Number) -> Number:
    """Undiscounted value of an option on a lognormal forward."""
    if strike <= 0:
        return max(sign * (forward - strike), mp.mpf(0))
    d1 = mp.log(forward / strike) / deviation + deviation / 2
    return sign * (forward * normal(sign * d1) - strike * normal(sign * (d1 - deviation)))


def sign_of(terms: Terms) -> int:
    """+1 for a call, -1 for a put."""
    return 1 if terms["option_type"] == "call" else -1


def _european(terms: Terms, s: Number, t: Number, v: Number, r: Number, q: Number) -> Number:
    forward = s * mp.exp((r - q) * t)
    strike = mp.mpf(terms["strike"])
    return mp.exp(-r * t) * black(sign_of(terms), forward, strike, v * mp.sqrt(t))


# Order of the derivative by spot, time, volatility, rate, dividend yield, and its sign.
_ORDERS = {
    "price": ((0, 0, 0, 0, 0), 1),
    "delta": ((1, 0, 0, 0, 0), 1),
    "gamma": ((2, 0, 0, 0, 0), 1),
    "vega": ((0, 0, 1, 0, 0), 1),
    "theta": ((0, 1, 0, 0, 0), -1),
    "rho": ((0, 0, 0, 1, 0), 1),
    "dividend_rho": ((0, 0, 0, 0, 1), 1),
    "vanna": ((1, 0, 1, 0, 0), 1),
    "volga": ((0, 0, 2, 0, 0), 1),
}


def european(terms: Terms, quantity: str) -> Number:
    """Price or Greek, as numerical derivative of the formula at 120 digits."""
    s, t, r, q, v = _market(terms)
    orders, sign = _ORDERS[quantity]
    with mp.workdps(120):
        if not any(orders):
            return _european(terms, s, t, v, r, q)
        return sign * mp.diff(
            lambda *x: _european(terms, x[0], x[1], x[2], x[3], x[4]), (s, t, v, r, q), orders
        )


def black_forward(terms: Terms, quantity: str) -> Number:
    """Black's formula of a forward, and its derivatives by forward and volatility."""
    forward, t, r, v = _numbers(terms, "forward", "time_to_expiry", "rate", "volatility")
    strike = mp.mpf(terms["strike"])
    orders = {"price": (0, 0), "delta": (1, 0), "gamma": (2, 0), "vega": (0, 1)}[quantity]

    def value(f: Number, w: Number) -> Number:
        return mp.exp(-r * t) * black(sign_of(terms), f, strike, w * mp.sqrt(t))

    with mp.workdps(120):
        return mp.diff(value, (forward, v), orders) if any(orders) else value(forward, v)


def bachelier(terms: Terms) -> Number:
    """Bachelier's formula."""
    forward, strike, t, r, v = _numbers(
        terms, "forward", "strike", "time_to_expiry", "rate", "volatility"
    )
    deviation, moved = v * mp.sqrt(t), sign_of(terms) * (forward - strike)
    d = moved / deviation
    return mp.exp(-r * t) * (moved * normal(d) + deviation * mp.npdf(d))


def implied_volatility(terms: Terms) -> Number:
    """Root of Black-Scholes in 40 digits, by the secant method from the volatility meant."""
    s, t, r, q = _numbers(terms, "spot", "time_to_expiry", "rate", "dividend_yield")
    price, near = mp.mpf(terms["price"]), mp.mpf(terms["near"])
    return mp.findroot(
        lambda v: _european(terms, s, t, v, r, q) - price,
        (near, near * mp.mpf("1.0001")),
        tol=1e-60,
    )


def digital(terms: Terms) -> Number:
    """Cash or asset or nothing."""
    s, t, r, q, v = _market(terms)
    strike, sign = mp.mpf(terms["strike"]), sign_of(terms)
    deviation = v * mp.sqrt(t)
    d1 = (mp.log(s / strike) + (r - q) * t) / deviation + deviation / 2
    if terms["payoff"] == "asset":
        return s * mp.exp(-q * t) * normal(sign * d1)
    return mp.mpf(terms["cash"]) * mp.exp(-r * t) * normal(sign * (d1 - deviation))


class Killed:
    """Law of the logarithm at expiry of a walk from 0 that never left (low, high)."""

    def __init__(
        self, drift: Number, volatility: Number, time: Number, low: Any, high: Any
    ) -> None:
        self.shift, self.deviation = drift * time, volatility * mp.sqrt(time)
        self.tilt, self.low, self.high = drift / volatility**2, low, high

    def images(self) -> Iterator[tuple[int, Number]]:
        """Sign and place of each image, the walk's own start first."""
        yield 1, mp.mpf(0)
        if self.low == -_INFINITY or self.high == _INFINITY:
            walls = [w for w in (self.low, self.high) if abs(w) != _INFINITY]
            yield from ((-1, 2 * wall) for wall in walls)
            return
        width = self.high - self.low
        yield -1, 2 * self.low
        for n in range(1, int(16 * self.deviation / (2 * width)) + 4):
            for m in (n, -n):
                yield 1, 2 * m * width
                yield -1, 2 * self.low + 2 * m * width

    def moment(self, power: int, low: Number, high: Number) -> Number:
        """Mean of exp(power x) over the part of (low, high) where the walk lives."""
        low, high = max(low, self.low), min(high, self.high)
        if low >= high:
            return mp.mpf(0)
        total = mp.mpf(0)
        for sign, place in self.images():
            mean = place + self.shift
            scale = self.tilt * place + power * mean + (power * self.deviation) ** 2 / 2
            at = mean + power * self.deviation**2
            total += (
                sign
                * mp.exp(scale)
                * between((low - at) / self.deviation, (high - at) / self.deviation)
            )
        return total


def _walk(terms: Terms, low: Number = -_INFINITY, high: Number = _INFINITY) -> Killed:
    s, t, r, q, v = _market(terms)
    walls = [wall if abs(wall) == _INFINITY else mp.log(wall / s) for wall in (low, high)]
    return Killed(r - q - v * v / 2, v, t, *walls)


def _payoff(terms: Terms, walk: Killed) -> Number:
    """Discounted mean of a call's or put's payoff over the walk's law."""
    s, t, r, _, _ = _market(terms)
    strike, sign = mp.mpf(terms["strike"]), sign_of(terms)
    place = mp.log(strike / s)
    low, high = (place, _INFINITY) if sign > 0 else (-_INFINITY, place)
    value = s * walk.moment(1, low, high) - strike * walk.moment(0, low, high)
    return sign * mp.exp(-r * t) * value


def _survival(walk: Killed) -> Number:
    return walk.moment(0, -_INFINITY, _INFINITY)


def _hit(terms: Terms, wall: Number) -> Number:
    """Value of one unit of cash paid when the wall is touched before expiry."""
    s, t, r, q, v = _market(terms)
    up = wall > s
    eta = -1 if up else 1
    mu = (r - q - v * v / 2) / v**2
    root = mp.sqrt(mp.mpc(mu * mu + 2 * r / v**2))  # imaginary for rates low enough
    deviation = v * mp.sqrt(t)
    x = mp.log(wall / s)
    z = x / deviation + root * deviation
    value = mp.exp((mu + root) * x) * normal(eta * z)
    value += mp.exp((mu - root) * x) * normal(eta * (z - 2 * root * deviation))
    return mp.re(value)


def touch(terms: Terms) -> Number:
    """One-touch or no-touch, paying cash or the asset."""
    s, t, r, q, _ = _market(terms)
    wall, cash = mp.mpf(terms["barrier"]), mp.mpf(terms["cash"])
    asset, no_touch = terms["payoff"] == "asset", terms["touch_type"] == "no_touch"
    up = terms["side"] == "up"
    if (wall <= s) if up else (wall >= s):
        at_once = s if asset else cash
        later = s * mp.exp(-q * t) if asset else cash * mp.exp(-r * t)
        return mp.mpf(0) if no_touch else at_once if terms["payment"] == "hit" else later
    if not no_touch and terms["payment"] == "hit":
        with mp.workdps(80):
            return (wall if asset else cash) * _hit(terms, wall)
    walk = _walk(terms, high=wall) if up else _walk(terms, low=wall)
    if asset:
        alive = s * mp.exp(-r * t) * walk.moment(1, -_INFINITY, _INFINITY)
        whole = s * mp.exp(-q * t)
    else:
        alive, whole = cash * mp.exp(-r * t) * _survival(walk), cash * mp.exp(-r * t)
    return alive if no_touch else whole - alive


def barrier(terms: Terms) -> Number:
    """Knock-out or knock-in with a rebate: at hit of a knock-out, at expiry of a knock-in."""
    s, t, r, _, _ = _market(terms)
    wall, rebate = mp.mpf(terms["barrier"]), mp.mpf(terms["rebate"])
    up, out = terms["barrier_type"].startswith("up"), terms["barrier_type"].endswith("out")
    vanilla = _payoff(terms, _walk(terms))
    if (wall <= s) if up else (wall >= s):
        return rebate if out else vanilla
    walk = _walk(terms, high=wall) if up else _walk(terms, low=wall)
    alive = _payoff(terms, walk)
    if out:
        with mp.workdps(80):
            return alive + rebate * _hit(terms, wall)
    return vanilla - alive + rebate * mp.exp(-r * t) * _survival(walk)


def double_barrier(terms: Terms) -> Number:
    """Knock-out or knock-in at two barriers, no rebate."""
    s = mp.mpf(terms["spot"])
    low, high = _numbers(terms, "lower_barrier", "upper_barrier")
    vanilla = _payoff(terms, _walk(terms))
    alive = _payoff(terms, _walk(terms, low, high)) if low < s < high else mp.mpf(0)
    return alive if terms["barrier_type"] == "out" else vanilla - alive


def double_touch(terms: Terms) -> Number:
    """Cash at expiry if neither barrier, or either, is touched."""
    s, t, r, _, _ = _market(terms)
    low, high = _numbers(terms, "lower_barrier", "upper_barrier")
    alive = _survival(_walk(terms, low, high)) if low < s < high else mp.mpf(0)
    share = alive if terms["touch_type"] == "no_touch" else 1 - alive
    return mp.mpf(terms["cash"]) * mp.exp(-r * t) * share


def lookback(terms: Terms) -> Number:
    """Formulas of Goldman, Sosin and Gatto (1979) and Conze and Viswanathan (1991), 90 digits.

    Where the drift vanishes they are taken at a drift of 1e-40: their error is of that size.
    """
    with mp.workdps(90):
        s, t, r, q, v = _market(terms)
        b = r - q if r != q else mp.mpf(10) ** -40
        extremum, call = mp.mpf(terms["extremum"]), terms["option_type"] == "call"
        forward, cash = s * mp.exp((b - r) * t), mp.exp(-r * t)
        if terms["kind"] == "floating_strike":
            level, fixed, sign = extremum, mp.mpf(0), 1 if call else -1
        else:
            strike, sign = mp.mpf(terms["strike"]), -1 if call else 1
            beyond = extremum > strike if call else extremum < strike
            level = extremum if beyond else strike
            fixed = cash * abs(extremum - strike) if beyond else mp.mpf(0)
        # a floating call is what a fixed put pays, plus forward less the level's cash
        root = v * mp.sqrt(t)
        d1 = (mp.log(s / level) + (b + v * v / 2) * t) / root
        ratio = v * v / (2 * b)
        tail = mp.exp(-mp.log(s / level) / ratio) * normal(-sign * (d1 - 2 * b * mp.sqrt(t) / v))
        reflected = sign * s * cash * ratio * (tail - mp.exp(b * t) * normal(-sign * d1))
        if terms["kind"] == "floating_strike":
            vanilla = forward * normal(sign * d1) - level * cash * normal(sign * (d1 - root))
            return sign * vanilla + reflected
        vanilla = level * cash * normal(-sign * (d1 - root)) - forward * normal(-sign * d1)
        return fixed + sign * vanilla + reflected


def asian(terms: Terms) -> Number:
    """Geometric averages exactly; the arithmetic one by its first two moments, as lognormal."""
    s, t, r, q, v = _market(terms)
    strike, n, sign = mp.mpf(terms["strike"]), int(terms["fixings"]), sign_of(terms)
    discount, drift = mp.exp(-r * t), r - q - v * v / 2
    if n == 0:
        forward = s * mp.exp(drift * t / 2 + v * v * t / 6)
        return discount * black(sign, forward, strike, v * mp.sqrt(t / 3))
    times = [t * k / n for k in range(1, n + 1)]
    if terms["average"] == "geometric":
        variance = v * v * sum((2 * (n - k) + 1) * u for k, u in enumerate(times, 1)) / n**2
        forward = s * mp.exp(drift * sum(times) / n + variance / 2)
        return discount * black(sign, forward, strike, mp.sqrt(variance))
    forwards = [s * mp.exp((r - q) * u) for u in times]
    first, second = sum(forwards) / n, mp.mpf(0)
    later = mp.mpf(0)
    for forward, u in zip(reversed(forwards), reversed(times), strict=True):
        second += (forward + 2 * later) * forward * mp.exp(v * v * u)
        later += forward
    deviation = mp.sqrt(mp.log(second / n**2 / first**2))
    return discount * black(sign, first, strike, deviation)


def exchange(terms: Terms) -> Number:
    """Margrabe (1978)."""
    s1, s2, t, q1, q2, v1, v2, rho = _numbers(
        terms, "spot1", "spot2", "time_to_expiry", "dividend_yield1", "dividend_yield2",
        "volatility1", "volatility2", "correlation",
    )  # fmt: skip
    deviation = mp.sqrt((v1 * v1 + v2 * v2 - 2 * rho * v1 * v2) * t)
    return black(1, s1 * mp.exp(-q1 * t), s2 * mp.exp(-q2 * t), deviation)


def svi(terms: Terms) -> Number:
    """Volatility of the raw parametrisation."""
    k, t, a, b, rho, m, sigma = _numbers(
        terms, "log_moneyness", "time_to_expiry", "a", "b", "rho", "m", "sigma"
    )
    return mp.sqrt((a + b * (rho * (k - m) + mp.sqrt((k - m) ** 2 + sigma**2))) / t)


def escrowed(terms: Terms) -> Number:
    """Cash dividends taken out of the spot at their present value."""
    s, t, r, q, v = _market(terms)
    for time, amount in zip(terms["dividend_times"], terms["dividend_amounts"], strict=True):
        s -= mp.mpf(amount) * mp.exp(-(r - q) * mp.mpf(time))
    return _european(terms, s, t, v, r, q)


def kirk(terms: Terms) -> Number:
    """Kirk's approximation (1995)."""
    s1, s2, strike, t, r, v1, v2, rho = _numbers(
        terms, "spot1", "spot2", "strike", "time_to_expiry", "rate",
        "volatility1", "volatility2", "correlation",
    )  # fmt: skip
    q1, q2 = _numbers(terms, "dividend_yield1", "dividend_yield2")
    f1, f2 = s1 * mp.exp((r - q1) * t), s2 * mp.exp((r - q2) * t)
    w = v2 * f2 / (f2 + strike)
    deviation = mp.sqrt((v1 * v1 + w * w - 2 * rho * v1 * w) * t)
    return mp.exp(-r * t) * black(sign_of(terms), f1, f2 + strike, deviation)


def merton(terms: Terms) -> Number:
    """Merton's series (1976)."""
    s, t, r, q, v = _market(terms)
    rate, mean, width = _numbers(terms, "jump_intensity", "jump_mean", "jump_volatility")
    gain = mean + width**2 / 2
    start = s * mp.exp((r - q - rate * (mp.exp(gain) - 1)) * t)
    total, weight = mp.mpf(0), mp.exp(-rate * t)
    for n in range(int(60 + 8 * rate * t)):
        deviation = mp.sqrt(v * v * t + n * width**2)
        moved = start * mp.exp(n * gain)
        total += weight * black(sign_of(terms), moved, mp.mpf(terms["strike"]), deviation)
        weight *= rate * t / (n + 1)
    return mp.exp(-r * t) * total
