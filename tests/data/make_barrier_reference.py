"""Reference values of touch, barrier and double-barrier options, as CSV.

``python tests/data/make_barrier_reference.py`` (needs mpmath) rewrites touch_reference.csv,
barrier_reference.csv and double_barrier_reference.csv, or those it is given the names of. Inputs
are doubles, written so that they read back to the same bits. Values are those of the published
formulas as they are printed: Reiner and Rubinstein (1991), after Haug (2007), sections 4.17 and
4.19, at 80 digits, with a complex lambda where the rate asks for one; the series of Kunitomo and
Ikeda (1992) at 50, or 300 where its powers need them. Every Greek is a
numerical derivative. Prices, for double barriers every fourth, are checked here by an integral of
the density of the stopped walk, or of the time of first passage.
"""

import random
import sys
from itertools import pairwise
from pathlib import Path

from mpmath import diff, erfc, exp, log, mp, mpf, nstr, pi, quad, re, sqrt

FOLDER = Path(__file__).parent
GREEKS = {
    # name: sign, and how often it is derived by spot, time, rate, volatility
    "price": (1, 0, 0, 0, 0),
    "delta": (1, 1, 0, 0, 0),
    "gamma": (1, 2, 0, 0, 0),
    "vega": (1, 0, 0, 0, 1),
    "theta": (-1, 0, 1, 0, 0),
    "rho": (1, 0, 0, 1, 0),
}
CASH, ASSET = 0, 1
DIGITS = 80


def cdf(z):
    """Standard normal distribution, of a complex number too."""
    return erfc(-z / sqrt(mpf(2))) / 2


def density(z):
    """Standard normal density."""
    return exp(-z * z / 2) / sqrt(2 * pi)


def legs(S, T, r, q):
    """Present values of cash and asset at expiry."""
    return exp(-r * T), S * exp(-q * T)


def walk(measure, T, r, q, v):
    """Mean and deviation of ln(S_T / S)."""
    s = v * sqrt(T)
    return (r - q - v * v / 2) * T + measure * s * s, s


def returned(e, k, b, m, s):
    """Chance that b is reached and the walk then ends beyond k."""
    return exp(2 * m * b / s**2) * cdf(e * (2 * b - k + m) / s)


def reached(e, b, m, s):
    """Chance that b is reached."""
    return cdf(e * (b - m) / s) + returned(e, b, b, m, s)


def at_hit(e, b, T, r, q, v):
    """Value of 1 paid when b is reached: Haug's F."""
    s = v * sqrt(T)
    mu = (r - q - v * v / 2) / v**2
    root = sqrt(mu**2 + 2 * r / v**2)
    z = b / s + root * s
    return re(
        exp(b * (mu + root)) * cdf(e * z) + exp(b * (mu - root)) * cdf(e * (z - 2 * root * s))
    )


def touch(c, S, T, r, v):
    """Value of a one-touch or no-touch."""
    b = log(c["barrier"] / S)
    e, measure = (1 if c["side"] == "down" else -1), int(c["payoff"] == "asset")
    cash, asset = legs(S, T, r, c["dividend_yield"])
    paid = asset if measure else c["cash"] * cash
    chance = reached(e, b, *walk(measure, T, r, c["dividend_yield"], v))
    if c["touch_type"] == "no_touch":
        return paid * (1 - chance)
    if c["payment"] == "expiry":
        return paid * chance
    now = c["barrier"] if measure else c["cash"]
    return now * at_hit(e, b, T, r, c["dividend_yield"], v)


def vanilla(phi, S, K, T, r, q, v):
    """Value of the option without barriers."""
    cash, asset = legs(S, T, r, q)
    (m1, s), (m0, _) = walk(ASSET, T, r, q, v), walk(CASH, T, r, q, v)
    k = log(K / S)
    return phi * (asset * cdf(phi * (m1 - k) / s) - K * cash * cdf(phi * (m0 - k) / s))


def barrier(c, S, T, r, v):
    """Value of a single-barrier option: Haug's A to F."""
    K, H, R, q = c["strike"], c["barrier"], c["rebate"], c["dividend_yield"]
    phi = 1 if c["option_type"] == "call" else -1
    e = 1 if c["barrier_type"].startswith("down") else -1
    s, mu = v * sqrt(T), (r - q - v * v / 2) / v**2
    cash, asset = legs(S, T, r, q)

    def claim(level, sign, power):
        z = level / s + (1 + mu) * s
        weights = ((H / S) ** (2 * (mu + 1)), (H / S) ** (2 * mu)) if power else (1, 1)
        return phi * (
            asset * weights[0] * cdf(sign * z) - K * cash * weights[1] * cdf(sign * (z - s))
        )

    A, B = claim(log(S / K), phi, False), claim(log(S / H), phi, False)
    C, D = claim(log(H * H / (S * K)), e, True), claim(log(H / S), e, True)
    beyond = e * (K - H) > 0
    away, towards = (C, B - C + D) if beyond else (A - B + D, A)
    knocked_in = away if phi == e else towards
    b = log(H / S)
    hit = reached(e, b, *walk(CASH, T, r, q, v))
    if c["barrier_type"].endswith("in"):
        return knocked_in + R * cash * (1 - hit)
    paid = at_hit(e, b, T, r, q, v) if c["rebate_payment"] == "hit" else cash * hit
    return A - knocked_in + R * paid


def width(c):
    """Deviation of the walk in units of the distance between the barriers."""
    return (
        c["volatility"] * c["time_to_expiry"] ** 0.5 / log(c["upper_barrier"] / c["lower_barrier"])
    )


def sources(c, S):
    """Signs and places of the images of the walk's start."""
    low, high = log(c["lower_barrier"] / S), log(c["upper_barrier"] / S)
    count = int(6 * width(c)) + 3  # what is left out is below exp(-72)
    for n in range(-count, count + 1):
        yield 1, 2 * n * (high - low)
        yield -1, 2 * low + 2 * n * (high - low)


def double_barrier(c, S, T, r, v):
    """Value of a double-barrier option."""
    q, K, phi = c["dividend_yield"], c["strike"], 1 if c["option_type"] == "call" else -1
    low, high = log(c["lower_barrier"] / S), log(c["upper_barrier"] / S)
    cash, asset = legs(S, T, r, q)
    k = min(max(log(K / S), low), high)

    def alive(measure, y1, y2):
        m, s = walk(measure, T, r, q, v)
        return sum(
            sign * exp(m * place / s**2) * (cdf((y2 - place - m) / s) - cdf((y1 - place - m) / s))
            for sign, place in sources(c, S)
        )

    y = (k, high) if phi > 0 else (low, k)
    out = phi * (asset * alive(ASSET, *y) - K * cash * alive(CASH, *y))
    survived = alive(CASH, low, high)
    if c["barrier_type"] == "out":
        return out + c["rebate"] * cash * (1 - survived)
    return vanilla(phi, S, K, T, r, q, v) - out + c["rebate"] * cash * survived


def first_passage(b, T, r, m, v):
    """Integral of exp(-r t) over the density of the time when b is reached; drift m."""

    def integrand(t):
        return exp(-r * t) * abs(b) / (v * t ** mpf(1.5)) * density((b - m * t) / (v * sqrt(t)))

    return quad(integrand, [0, T / 1000, T / 100, T / 10, T / 3, T])


def check(name, c, S, T, r, v, value):
    """Raise when the value is not that of an integral over densities."""
    q = c["dividend_yield"]
    cash, _ = legs(S, T, r, q)
    m, s = walk(CASH, T, r, q, v)
    nu = m / T
    if name == "double_barrier":
        places = list(sources(c, S))
        live = (log(c["lower_barrier"] / S), log(c["upper_barrier"] / S))
    else:
        b = log(c["barrier"] / S)
        e = 1 if b < 0 else -1
        places = [(1, 0), (-1, 2 * b)]
        live = (b, 14 * s + abs(m) + s * s) if e > 0 else (-14 * s - abs(m) - s * s, b)

    def stopped(payoff, kinks=()):
        points = sorted({*live, *(x for x in kinks if live[0] < x < live[1])})
        points = sorted({*points, *(p + (n - p) * i / 16 for p, n in pairwise(points)
                                    for i in range(16))})  # fmt: skip

        def integrand(x):
            weight = sum(
                sign * exp(m * place / s**2) * density((x - place - m) / s)
                for sign, place in places
            )
            return payoff(x) * weight / s

        return cash * quad(integrand, points)

    alive = stopped(lambda _: mpf(1))
    if name == "touch":
        now = c["barrier"] if c["payoff"] == "asset" else c["cash"]
        if c["touch_type"] == "one_touch" and c["payment"] == "hit":
            again = now * first_passage(b, T, r, nu, v)
        else:
            again = c["cash"] * alive
            whole = c["cash"] * cash
            if c["payoff"] == "asset":
                again = stopped(lambda x: S * exp(x))
                whole = S * exp(-q * T)
            again = again if c["touch_type"] == "no_touch" else whole - again
    else:
        K, phi = c["strike"], 1 if c["option_type"] == "call" else -1
        out = stopped(lambda x: max(phi * (S * exp(x) - K), mpf(0)), [log(K / S)])
        if c["barrier_type"].endswith("in"):
            again = vanilla(phi, S, K, T, r, q, v) - out + c["rebate"] * alive
        elif c.get("rebate_payment") == "hit":
            again = out + c["rebate"] * first_passage(b, T, r, nu, v)
        else:
            again = out + c["rebate"] * (cash - alive)
    if abs(again - value) > mpf(10) ** -10 * (S + abs(value)):
        raise ValueError(f"{name} {c}: {nstr(value, 15)} by formula, {nstr(again, 15)} by integral")


def market(extreme):
    """Market and time to expiry."""
    volatility = 10 ** random.uniform(-2.5, 0) if extreme else random.uniform(0.08, 0.6)
    time = 10 ** random.uniform(-2, 1) if extreme else random.uniform(0.05, 3)
    return {
        "spot": 100.0,
        "time_to_expiry": time,
        "rate": random.uniform(-0.1, 0.2) if extreme else random.uniform(-0.02, 0.1),
        "dividend_yield": random.uniform(-0.1, 0.2) if extreme else random.uniform(-0.02, 0.08),
        "volatility": volatility,
    }


def beside(sign, found, extreme):
    """A barrier on that side of spot, some deviations away."""
    scale = found["volatility"] * found["time_to_expiry"] ** 0.5
    furthest = min(3.0 * scale + 0.05 * found["time_to_expiry"], 1.5)
    return float(100 * exp(sign * random.uniform(0.001 if extreme else 0.02, furthest)))


def draw(name, extreme):
    """One contract in its market."""
    c = market(extreme)
    strike = float(100 * exp(random.gauss(0, 1) * c["volatility"] * c["time_to_expiry"] ** 0.5))
    if name == "double_barrier":
        c |= {
            "barrier_type": random.choice(("out", "in")),
            "option_type": random.choice(("call", "put")),
            "strike": strike,
            "lower_barrier": beside(-1, c, extreme),
            "upper_barrier": beside(1, c, extreme),
            "rebate": random.choice((0.0, 2.5)),
        }
        return c
    side = random.choice(("down", "up"))
    c["barrier"] = beside(-1 if side == "down" else 1, c, extreme)
    if name == "touch":
        c |= {
            "touch_type": random.choice(("one_touch", "one_touch", "no_touch")),
            "side": side,
            "payoff": random.choice(("cash", "asset")),
            "payment": random.choice(("hit", "hit", "expiry")),
            "cash": 10.0,
        }
        return c
    c |= {
        "barrier_type": f"{side}_{random.choice(('out', 'in'))}",
        "option_type": random.choice(("call", "put")),
        "strike": strike,
        "rebate": random.choice((0.0, 2.5)),
        "rebate_payment": random.choice(("hit", "expiry")),
    }
    return c


def row(name, formula, c, checked):
    """Greeks of one contract, its price checked or not."""
    terms = {key: mpf(x) if isinstance(x, float) else x for key, x in c.items()}
    point = [terms[key] for key in ("spot", "time_to_expiry", "rate", "volatility")]
    mp.dps = digits(name, c)
    value = formula(terms, *point)
    if checked:
        mp.dps = 20
        check(name, terms, *point, value)
        mp.dps = digits(name, c)
    found = [
        factor * diff(lambda *x: formula(terms, *x), point, tuple(orders), relative=True)
        for factor, *orders in list(GREEKS.values())[1:]
    ]
    mp.dps = DIGITS
    return [value, *found]


def digits(name, c):
    """Digits to work with: the powers of a narrow walk cancel hundreds of them in the series."""
    if name != "double_barrier":
        return DIGITS
    return 300 if width(c) < 0.4 else 50


def main():
    """Write the tables."""
    formulas = {"touch": touch, "barrier": barrier, "double_barrier": double_barrier}
    for name in sys.argv[1:] or formulas:
        formula = formulas[name]
        mp.dps = DIGITS
        random.seed(20260301)
        lines = []
        for k in range(120):
            c = draw(name, k >= 60)
            while name == "double_barrier" and width(c) > 1.5:
                c = draw(name, k >= 60)
            checked = name != "double_barrier" or k % 4 == 0
            cells = [x if isinstance(x, str) else repr(x) for x in c.values()]
            header = [*c, *GREEKS]
            lines.append(",".join([*cells, *(nstr(x, 20) for x in row(name, formula, c, checked))]))
        text = "\n".join([",".join(header), *lines]) + "\n"
        (FOLDER / f"{name}_reference.csv").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
