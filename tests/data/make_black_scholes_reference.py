"""Reference values of Black-Scholes prices and Greeks to 50 digits, written as CSV.

``python tests/data/make_black_scholes_reference.py`` (needs mpmath) rewrites
black_scholes_reference.csv. Inputs are doubles, written so that they read back to the same bits;
values are the exact ones for those doubles, rounded to 25 digits. The price is that of Black and
Scholes (1973) and Merton (1973), evaluated directly: at 450 digits nothing cancels. Derivatives of
second order are numerical ones of that price, so no formula of the engine is used for them; their
scales are sums of the absolute values of the terms that may cancel in double precision.
"""

import random
from pathlib import Path

from mpmath import diff, erfc, exp, log, log10, mp, mpf, nstr, pi, sqrt, workdps

OUTPUT = Path(__file__).with_name("black_scholes_reference.csv")
COLUMNS = (
    "family,option_sign,spot,strike,time_to_expiry,rate,dividend_yield,volatility,"
    "price,delta,gamma,vega,theta,theta_scale,rho"
)
SECOND_ORDER = {
    # name: sign, and how often it is derived by spot, by time, by volatility
    "vanna": (1, 1, 0, 1),
    "volga": (1, 0, 0, 2),
    "charm": (-1, 1, 1, 0),
    "veta": (-1, 0, 1, 1),
    "speed": (1, 3, 0, 0),
    "zomma": (1, 2, 0, 1),
    "color": (-1, 2, 1, 0),
}
SMALLEST = mpf(10) ** -300


def cdf(z):
    """Standard normal distribution."""
    return erfc(-z / sqrt(mpf(2))) / 2


def values(sign, spot, strike, time, rate, dividend_yield, volatility):
    """Price, delta, gamma, vega, theta, sum of theta's absolute terms, rho."""
    S, K, T, r, q, s = map(mpf, (spot, strike, time, rate, dividend_yield, volatility))
    deviation = s * sqrt(T)
    d1 = (log(S / K) + (r - q) * T) / deviation + deviation / 2
    d2 = d1 - deviation
    A, B = S * exp(-q * T), K * exp(-r * T)
    density = A * exp(-d1 * d1 / 2) / sqrt(2 * pi)
    asset, cash = cdf(sign * d1), cdf(sign * d2)
    terms = (-density * s / (2 * sqrt(T)), sign * q * A * asset, -sign * r * B * cash)
    return (
        sign * (A * asset - B * cash),
        sign * exp(-q * T) * asset,
        density / (S * S * deviation),
        density * sqrt(T),
        sum(terms),
        sum(map(abs, terms)),
        sign * T * B * cash,
    )


def second_order(sign, spot, strike, time, rate, dividend_yield, volatility):
    """Dividend rho, then each derivative of SECOND_ORDER with its scale.

    They are those of the pair's option out of the money, where nothing drowns in intrinsic value;
    only charm differs between the two, by the yield on the discounted asset.
    """
    S, K, T, r, q, s = map(mpf, (spot, strike, time, rate, dividend_yield, volatility))
    outside = -1 if log(S / K) + (r - q) * T > 0 else 1

    def price(S, T, s):
        deviation = s * sqrt(T)
        d1 = (log(S / K) + (r - q) * T) / deviation + deviation / 2
        asset = S * exp(-q * T) * cdf(outside * d1)
        return outside * (asset - K * exp(-r * T) * cdf(outside * (d1 - deviation)))

    deviation = s * sqrt(T)
    h, t = (log(S / K) + (r - q) * T) / deviation, deviation / 2
    density = S * exp(-q * T) * exp(-((h + t) ** 2) / 2) / sqrt(2 * pi)
    d, product = abs(h) + t, (abs(h) + t) ** 2
    vega, gamma = density * sqrt(T), density / (S * S * deviation)
    drift, decay = abs(r - q) / deviation, abs(q) + abs(r - q) / deviation * d
    scales = (
        density / S * d / s,
        vega * product / s,
        abs(q) * exp(-q * T) * cdf(sign * (h + t)) + density / S * (drift + d / (2 * T)),
        vega * (decay + (1 + product) / (2 * T)),
        gamma / S * (d / deviation + 1),
        gamma * (product + 1) / s,
        gamma * (decay + (1 + product) / (2 * T)),
    )
    found = [-T * sign * S * exp(-q * T) * cdf(sign * (h + t))]
    # numerical derivatives have an absolute error: small against the price itself
    digits = 120 - int(log10(price(S, T, s) / max(S, K)))
    for (name, (factor, *orders)), scale in zip(SECOND_ORDER.items(), scales, strict=True):
        with workdps(digits):
            value = factor * diff(price, (S, T, s), tuple(orders), relative=True)
        if name == "charm":
            value += (sign - outside) // 2 * q * exp(-q * T)
        found += [value, scale]
    return found


def draws():
    """Inputs: usual, near the money, whole domain, far tails, forward at the strike, edge."""
    random.seed(20260101)
    for family, deviations in (("usual", 3), ("near", 1e-3), ("wide", 8), ("tail", 37)):
        for _ in range(150):
            wide = family != "usual"
            spot = 10 ** random.uniform(-3, 6) if wide else random.uniform(20, 200)
            time = 10 ** random.uniform(-4, 1) if wide else random.uniform(0.01, 5)
            volatility = 10 ** random.uniform(-2, 0.602) if wide else random.uniform(0.05, 0.8)
            rate, dividend_yield = random.uniform(-0.05, 0.2), random.uniform(-0.05, 0.2)
            shift = random.uniform(-deviations, deviations) * volatility * time**0.5
            strike = float(spot * exp(mpf(rate - dividend_yield) * time + shift))
            sign = random.choice((1, -1))
            yield family, (sign, spot, strike, time, rate, dividend_yield, volatility)
    for k in range(40):  # forward equal to strike: neither of the pair is in the money
        spot, rate = random.uniform(1, 1000), random.choice((0.0, 0.03, -0.01))
        time, volatility = 10 ** random.uniform(-3, 1), random.uniform(0.01, 2.0)
        yield "even", ((1, -1)[k % 2], spot, spot, time, rate, rate, volatility)
    yield from edge()


def edge():
    """Options out of the money by 33 to 38 deviations, whose prices end near 1e-300.

    With a huge strike exp(-d^2/2) alone is below the range of a double there, the price is not.
    """
    for k in range(150):
        spot, time = 10 ** random.uniform(-3, 6), 10 ** random.uniform(-4, 1)
        volatility = 10 ** random.uniform(-2, 0.602)
        rate, dividend_yield = random.uniform(-0.05, 0.2), random.uniform(-0.05, 0.2)
        sign, deviation = (1, -1)[k % 2], volatility * time**0.5
        shift = sign * deviation * (random.uniform(33, 38) + deviation / 2)
        strike = float(spot * exp(mpf(rate - dividend_yield) * time + shift))
        yield "edge", (sign, spot, strike, time, rate, dividend_yield, volatility)


def main():
    """Write the table."""
    mp.dps = 450
    scaled = ",".join(f"{name},{name}_scale" for name in SECOND_ORDER)
    rows = [f"{COLUMNS},dividend_rho,{scaled}"]
    for family, inputs in draws():
        found = values(*inputs)
        if found[0] < SMALLEST or not 1e-290 < inputs[2] < 1e290:
            continue
        found += tuple(second_order(*inputs))
        cells = [family, *map(repr, inputs), *(nstr(value, 25) for value in found)]
        rows.append(",".join(cells))
    OUTPUT.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
