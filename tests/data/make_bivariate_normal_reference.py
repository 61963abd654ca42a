"""Bivariate normal probabilities to 20 digits, as CSV, from a 40-digit integration.

``python tests/data/make_bivariate_normal_reference.py`` (needs mpmath) rewrites
bivariate_normal_reference.csv. Inputs are doubles, written so that they read back to the same bits.
The integral is that of phi(t) N((y - rho t)/sqrt(1 - rho^2)) over t up to x, which no branch of the
library uses, with panels around the step of its second factor.
"""

import random
from pathlib import Path

from mpmath import erfc, exp, mp, mpf, nstr, pi, quad, sqrt

OUTPUT = Path(__file__).with_name("bivariate_normal_reference.csv")
REACH = mpf(15)  # N(-15) is 4e-51


def cdf(z):
    """Standard normal distribution."""
    return erfc(-z / sqrt(mpf(2))) / 2


def bivariate(x, y, rho):
    """P(X <= x, Y <= y), 40 digits after the point."""
    x, y, rho = mpf(x), mpf(y), mpf(rho)
    s = sqrt((1 - rho) * (1 + rho))
    lower, upper = -REACH, min(x, REACH)
    if upper <= lower:
        return mpf(0)
    points = {lower, upper, *(mpf(k) for k in range(-14, 15, 2))}
    if rho != 0:
        points |= {(y + k * s) / rho for k in (-14, -8, -4, -2, -1, 0, 1, 2, 4, 8, 14)}
    inside = sorted(p for p in points if lower <= p <= upper)
    return quad(lambda t: exp(-t * t / 2) / sqrt(2 * pi) * cdf((y - rho * t) / s), inside)


def cases():
    """Inputs over the plane and all branches of the correlation."""
    generator = random.Random(20250107)
    rhos = [0.0, 0.1, 0.29999, 0.3, 0.5, 0.74999, 0.75, 0.9, 0.92499, 0.925, 0.95, 0.99, 0.999]
    rhos += [1 - 1e-6, 1 - 1e-9, 1 - 1e-12, 1 - 1e-15]
    for size in rhos:
        for rho in (size, -size):
            for _ in range(6):
                yield generator.gauss(0, 1.5), generator.gauss(0, 1.5), rho
            x = generator.gauss(0, 1.0)  # near the line that carries the mass
            yield x, (1 if rho > 0 else -1) * x + generator.gauss(0, 0.03), rho
            yield x, (1 if rho > 0 else -1) * x, rho
            yield 0.0, 0.0, rho
    for _ in range(60):
        yield generator.uniform(-6, 6), generator.uniform(-6, 6), generator.uniform(-1, 1)


def main():
    """Write the table."""
    mp.dps = 40
    rows = [(x, y, rho, nstr(bivariate(x, y, rho), 20)) for x, y, rho in cases()]
    with OUTPUT.open("w", encoding="ascii", newline="\n") as file:
        file.write("x,y,rho,probability\n")
        file.writelines(f"{x!r},{y!r},{rho!r},{value}\n" for x, y, rho, value in rows)


if __name__ == "__main__":
    main()
