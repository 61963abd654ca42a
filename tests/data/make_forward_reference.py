"""Reference values of options on a forward, Black's and Bachelier's, to 25 digits, as CSV.

``python tests/data/make_forward_reference.py`` (needs mpmath) rewrites forward_reference.csv.
Inputs are doubles, written so that they read back to the same bits. Prices are those of Black
(1976) and Bachelier (1900), evaluated directly at 450 digits; every Greek is a numerical derivative
of the price, so no formula of the engines is used. Theta's scale is the sum of its absolute terms.
"""

import random
from pathlib import Path

from mpmath import diff, erfc, exp, log, mp, mpf, nstr, pi, sqrt

OUTPUT = Path(__file__).with_name("forward_reference.csv")
INPUTS = ("option_sign", "forward", "strike", "time_to_expiry", "rate", "volatility")
GREEKS = {
    # name: sign, and how often it is derived by forward, time, rate, volatility
    "price": (1, 0, 0, 0, 0),
    "delta": (1, 1, 0, 0, 0),
    "gamma": (1, 2, 0, 0, 0),
    "vega": (1, 0, 0, 0, 1),
    "theta": (-1, 0, 1, 0, 0),
    "rho": (1, 0, 0, 1, 0),
}


def cdf(z):
    """Standard normal distribution."""
    return erfc(-z / sqrt(mpf(2))) / 2


def black(sign, F, K, T, r, s):
    """Value of an option on a lognormal forward."""
    d1 = log(F / K) / (s * sqrt(T)) + s * sqrt(T) / 2
    return sign * exp(-r * T) * (F * cdf(sign * d1) - K * cdf(sign * (d1 - s * sqrt(T))))


def bachelier(sign, F, K, T, r, s):
    """Value of an option on a normal forward."""
    deviation = s * sqrt(T)
    d = (F - K) / deviation
    density = exp(-d * d / 2) / sqrt(2 * pi)
    return exp(-r * T) * (sign * (F - K) * cdf(sign * d) + deviation * density)


def draws(model):
    """Inputs: usual ones, the whole domain, far tails."""
    for family, deviations in (("usual", 3), ("wide", 8), ("tail", 33)):
        for _ in range(80):
            wide = family != "usual"
            time = 10 ** random.uniform(-4, 1) if wide else random.uniform(0.01, 5)
            volatility = 10 ** random.uniform(-2, 0.602) if wide else random.uniform(0.05, 0.8)
            rate = random.uniform(-0.05, 0.2)
            shift = random.uniform(-deviations, deviations) * volatility * time**0.5
            sign = random.choice((1, -1))
            if model is black:
                forward = 10 ** random.uniform(-3, 6)
                strike = float(forward * exp(mpf(shift)))
            else:
                volatility *= 100
                forward = random.uniform(-200, 200)
                strike = forward + 100 * shift
            yield family, (sign, forward, strike, time, rate, volatility)


def main():
    """Write the table."""
    mp.dps = 450  # numerical derivatives have an absolute error: below 1e-300 of any price
    random.seed(20260102)
    rows = [",".join(("model", "family", *INPUTS, *GREEKS, "theta_scale"))]
    for model in (black, bachelier):
        for family, inputs in draws(model):
            sign, *point = map(mpf, inputs)
            F, K, T, r, s = point

            def price(F, T, r, s, model=model, sign=sign, K=K):
                return model(sign, F, K, T, r, s)

            found = {
                name: factor * diff(price, (F, T, r, s), tuple(orders), relative=True)
                for name, (factor, *orders) in GREEKS.items()
            }
            found["price"] = price(F, T, r, s)
            if found["price"] < mpf(10) ** -250:
                continue
            scale = abs(r * found["price"]) + abs(found["theta"] - r * found["price"])
            cells = [*found.values(), scale]
            written = [model.__name__, family, *map(repr, inputs)]
            rows.append(",".join([*written, *(nstr(value, 25) for value in cells)]))
    OUTPUT.write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
