"""Makes dividends_reference.csv and bjerksund_stensland_reference.csv beside this file (mpmath).

Dividends: the spot model as an integral over ln S at each dividend date of the lognormal density
times what the option is worth after the dividend, nested, by Gauss-Legendre panels, which are
divided where the integrand bends. An American call with one dividend takes the larger of exercise
and what follows (Haug, Haug and Lewis 2003).

Bjerksund-Stensland: the value of the strategy itself, not its closed form: exercise at level X2 up
to t1, then at X1. Density of the walk killed at a level by the method of images, payment at the
level by the first-passage density, all integrated numerically.

    python tests/data/make_dividends_reference.py
"""

import csv
from pathlib import Path

from mpmath import mp, mpf, ncdf, npdf, quad

mp.dps = 20
HERE = Path(__file__).resolve().parent
FIELDS = ("option_type", "exercise", "spot", "strike", "time_to_expiry", "rate", "volatility",
          "dividend_yield", "time_1", "amount_1", "time_2", "amount_2", "price")  # fmt: skip


def black_scholes(phi, spot, strike, time, rate, volatility, dividend_yield):
    discount = mp.exp(-rate * time)
    if spot <= 0:
        return mpf(0) if phi > 0 else strike * discount
    held = spot * mp.exp(-dividend_yield * time)
    w = volatility * mp.sqrt(time)
    d1 = mp.log(held / (strike * discount)) / w + w / 2
    return phi * (held * ncdf(phi * d1) - strike * discount * ncdf(phi * (d1 - w)))


def spot_model(phi, exercise, spot, strike, time, rate, volatility, dividend_yield, dividends):
    """Value at time 0; dividends are (time, amount) in order."""

    def value(now, here, left):
        if not left:
            return black_scholes(phi, here, strike, time - now, rate, volatility, dividend_yield)
        date, amount = left[0]
        if here <= 0:
            return mpf(0) if phi > 0 else strike * mp.exp(-rate * (time - now))
        s = volatility * mp.sqrt(date - now)
        mean = mp.log(here) + (rate - dividend_yield - volatility**2 / 2) * (date - now)

        def after(y):
            return value(date, max(mp.exp(y) - amount, mpf(0)), left[1:])

        def paid(y):
            following = after(y)
            if exercise == "american":
                return max(following, phi * (mp.exp(y) - strike))
            return following

        later = (left[1][0] if len(left) > 1 else time) - date
        width = 2 * volatility * mp.sqrt((date - now) * later / (date - now + later))
        panels = int(20 * s / width) + 1
        points = sorted(
            {mean + (20 * mpf(k) / panels - 10) * s for k in range(panels + 1)} | {mp.log(amount)}
        )
        if exercise == "american":
            points = sorted({*points, boundary(after, points[-1])})
        inside = [y for y in points if mean - 10 * s <= y <= mean + 10 * s]
        low = min(inside)
        below = ncdf((low - mean) / s) * after(low - 60)
        density = quad(
            lambda y: paid(y) * npdf((y - mean) / s) / s,
            inside,
            method="gauss-legendre",
            maxdegree=3,
        )
        return mp.exp(-rate * (date - now)) * (density + below)

    def boundary(after, high):
        low = mp.log(strike)
        for _ in range(80):
            middle = (low + high) / 2
            if mp.exp(middle) - strike > after(middle):
                high = middle
            else:
                low = middle
        return high

    return value(mpf(0), spot, dividends)


def dividend_cases():
    one = [("0.3", "4")], [("0.5", "7")], [("0.01", "7")], [("0.95", "7")], [("0.5", "60")]
    for kind in ("call", "put"):
        for paid in one:
            yield kind, "european", "100", "105", "1", "0.05", "0.25", "0", paid
        yield kind, "european", "100", "80", "2", "0.03", "0.4", "0.02", [("1.5", "10")]
        paid = [("0.3", "4"), ("0.8", "5")]
        yield kind, "european", "100", "105", "1", "0.05", "0.25", "0", paid
    for strike in ("80", "100", "120"):
        yield "call", "american", "100", strike, "1", "0.05", "0.25", "0", [("0.5", "7")]


def write_dividends():
    with (HERE / "dividends_reference.csv").open("w", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(FIELDS)
        for kind, exercise, *numbers, paid in dividend_cases():
            # two integrals are slow: fewer digits suffice for what they check
            mp.dps = 20 if len(paid) == 1 else 13
            dividends = [(mpf(t), mpf(a)) for t, a in paid]
            phi = 1 if kind == "call" else -1
            price = spot_model(phi, exercise, *map(mpf, numbers), dividends)
            flat = [x for pair in paid for x in pair] + ["", ""] * (2 - len(paid))
            table.writerow([kind, exercise, *numbers, *flat, mp.nstr(price, 15)])


def two_levels(spot, strike, time, rate, volatility, dividend_yield):
    """Call exercised at X2 up to t1 and at X1 from there, X1 and X2 as in Haug (2007), 3.3."""
    b, variance = rate - dividend_yield, volatility**2
    root = mp.sqrt((b / variance - mpf(1) / 2) ** 2 + 2 * rate / variance)
    beta = mpf(1) / 2 - b / variance + root
    last = max(strike, rate / dividend_yield * strike)
    extent = beta / (beta - 1) * strike - last
    t1 = (mp.sqrt(5) - 1) / 2 * time

    def level(t):
        pull = (b * t + 2 * volatility * mp.sqrt(t)) * strike**2 / (extent * last)
        return last + extent * (1 - mp.exp(-pull))

    x1, x2 = level(t1), level(time)
    drift = b - variance / 2

    def killed(start, top, t, payoff, low):
        """Payoff at t where the level was not reached, and the level's own payment before."""
        s = volatility * mp.sqrt(t)
        distance = mp.log(top / start)
        edges = [low + (mp.log(top) - low) * k / 16 for k in range(17)]

        def density(y):
            away = y - mp.log(start) - drift * t
            image = mp.exp(2 * drift / variance * distance)
            return (npdf(away / s) - image * npdf((away - 2 * distance) / s)) / s

        at_end = mp.exp(-rate * t) * quad(lambda y: payoff(mp.exp(y)) * density(y), edges)
        # discounted first passage, in closed form: E[exp(-rate tau); tau <= t]
        mu = mp.sqrt(drift**2 + 2 * rate * variance)
        passage = mp.exp((drift - mu) * distance / variance) * ncdf((-distance + mu * t) / s)
        passage += mp.exp((drift + mu) * distance / variance) * ncdf((-distance - mu * t) / s)
        return at_end + (top - strike) * passage

    def second(here):
        if here >= x1:
            return here - strike
        return killed(here, x1, time - t1, lambda x: x - strike, mp.log(strike))

    s = volatility * mp.sqrt(t1)
    low = mp.log(spot) + drift * t1 - 8 * s
    if spot >= x2:
        return spot - strike
    return killed(spot, x2, t1, second, low)


def write_bjerksund_stensland():
    cases = (
        ("42", "40", "0.75", "0.04", "0.35", "0.08"),
        ("100", "100", "0.25", "0.08", "0.2", "0.12"),
        ("110", "100", "0.5", "0.1", "0.25", "0.1"),
        ("90", "100", "3", "0.08", "0.2", "0.04"),
    )
    with (HERE / "bjerksund_stensland_reference.csv").open("w", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(
            ("spot", "strike", "time_to_expiry", "rate", "volatility", "dividend_yield", "price")
        )
        mp.dps = 13
        for case in cases:
            table.writerow([*case, mp.nstr(two_levels(*map(mpf, case)), 10)])


if __name__ == "__main__":
    write_dividends()
    write_bjerksund_stensland()
