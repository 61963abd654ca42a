"""Values of rainbow and spread options to 18 digits, as CSV, by a 30-digit integration.

``python tests/data/make_two_asset_reference.py`` (needs mpmath) rewrites rainbow_reference.csv and
spread_reference.csv. Inputs are doubles, written so that they read back to the same bits. The
integral runs over the normal variable of asset 1, given which asset 2 is lognormal and the payoff
is made of its calls and puts: no bivariate distribution, and for spreads the asset that the library
integrates over only where its deviation is the smaller.
"""

import random
from pathlib import Path

from mpmath import erfc, exp, isfinite, log, mp, mpf, nstr, pi, quad, sqrt

FOLDER = Path(__file__).parent
MARKET = (
    "spot1,spot2,time_to_expiry,rate,dividend_yield1,dividend_yield2,volatility1,volatility2,"
    "correlation"
)


def cdf(z):
    """Standard normal distribution."""
    return erfc(-z / sqrt(mpf(2))) / 2


def vanilla(sign, forward, strike, deviation):
    """Undiscounted value of a call or put on a lognormal forward."""
    if strike <= 0:
        return forward - strike if sign > 0 else mpf(0)
    d = log(forward / strike) / deviation + deviation / 2
    return sign * (forward * cdf(sign * d) - strike * cdf(sign * (d - deviation)))


def rainbow_payoff(kind, strike):
    """Payoff as a function of asset 1's value s and of vanilla options on asset 2."""
    sign, extreme = kind

    def value(s, option):
        call, put = (lambda k: option(1, k)), (lambda k: option(-1, k))
        if sign > 0 and extreme == "maximum":
            top = max(s, strike)
            return top - strike + call(top)
        if sign > 0:
            return call(strike) - call(s) if s > strike else mpf(0)
        if extreme == "maximum":
            return put(strike) - put(s) if s < strike else mpf(0)
        return strike - s + put(s) if s < strike else put(strike)

    return value, strike


def spread_payoff(sign, strike):
    """Payoff of sign (s - S2 - strike), positive part, in vanilla options on asset 2."""
    return (lambda s, option: option(-sign, s - strike)), strike


def integrate(payoff, kink, market):
    """Present value of a payoff of both assets."""
    spot1, spot2, time, rate, yield1, yield2, vol1, vol2, rho = map(mpf, market)
    w1, w2 = vol1 * sqrt(time), vol2 * sqrt(time)
    forward1 = spot1 * exp((rate - yield1) * time)
    forward2 = spot2 * exp((rate - yield2) * time)
    narrow = w2 * sqrt((1 - rho) * (1 + rho))

    def density(z):
        s = forward1 * exp(w1 * z - w1 * w1 / 2)
        middle = forward2 * exp(rho * w2 * z - rho * rho * w2 * w2 / 2)
        found = payoff(s, lambda sign, strike: vanilla(sign, middle, strike, narrow))
        return found * exp(-z * z / 2) / sqrt(2 * pi)

    points = [mpf(k) for k in range(-12, 15)]
    if kink > 0:
        at = log(kink / forward1) / w1 + w1 / 2
        if isfinite(at) and points[0] < at < points[-1]:
            points = sorted({*points, *(at + k * narrow / 2 for k in range(-2, 3))})
    return exp(-rate * time) * quad(density, points)


def markets(generator, count):
    """Random markets, some with correlations near the ends."""
    for k in range(count):
        rho = generator.uniform(-0.95, 0.95)
        if k % 8 == 0:
            rho = generator.choice((-0.99, 0.99, 0.998))
        yield (
            generator.uniform(70, 130),
            generator.uniform(70, 130),
            generator.choice((0.02, 0.25, 1.0, 3.0)),
            generator.uniform(-0.02, 0.08),
            generator.uniform(0, 0.06),
            generator.uniform(0, 0.06),
            generator.uniform(0.08, 0.6),
            generator.uniform(0.08, 0.6),
            rho,
        )


def write(name, header, rows):
    """Write one table."""
    with (FOLDER / name).open("w", encoding="ascii", newline="\n") as file:
        file.write(f"{header},strike,{MARKET},price\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in rows)


def main():
    """Write both tables."""
    mp.dps = 30
    generator = random.Random(1982)
    rows = []
    kinds = [(sign, extreme) for sign in (1, -1) for extreme in ("maximum", "minimum")]
    for k, market in enumerate(markets(generator, 64)):
        strike = generator.uniform(70, 130)
        value = integrate(*rainbow_payoff(kinds[k % 4], mpf(strike)), market)
        name = "call" if kinds[k % 4][0] > 0 else "put"
        rows.append((name, kinds[k % 4][1], repr(strike), *map(repr, market), nstr(value, 18)))
    write("rainbow_reference.csv", "option_type,extreme", rows)
    rows = []
    for k, market in enumerate(markets(generator, 64)):
        strike = generator.uniform(-30, 30)
        sign = 1 if k % 2 == 0 else -1
        value = integrate(*spread_payoff(sign, mpf(strike)), market)
        rows.append(
            ("call" if sign > 0 else "put", repr(strike), *map(repr, market), nstr(value, 18))
        )
    write("spread_reference.csv", "option_type", rows)


if __name__ == "__main__":
    main()
