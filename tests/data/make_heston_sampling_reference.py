"""What exact sampling of the Heston model rests on: writes `heston_sampling_reference.csv`.

* ``bridge``: mean and variance of the variance's integral between two known ends, as derivatives of
  the logarithm of its Laplace transform (Broadie and Kaya 2006, (13)); the library has the moments
  of Glasserman and Kim's series. Columns: mean reversion, long-run variance, volatility of
  variance, years, both ends, mean, variance.
* ``gamma``: quantiles of the gamma distribution. Columns: shape, normal deviate, quantile.
* ``bessel``: z I_{order + 1}(z)/I_order(z). Columns: order, z, value.

Run: ``python tests/data/make_heston_sampling_reference.py``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60

BRIDGES = [
    ("2", "0.04", "0.3", "0.25", "0.04", "0.05"),
    ("2", "0.04", "0.3", "1", "0.01", "0.09"),
    ("1", "0.09", "1.5", "1", "0.09", "0.0001"),
    ("1", "0.09", "1.5", "0.0625", "0.3", "0.25"),
    ("0.5", "0.04", "1", "10", "0.04", "0.02"),
    ("0.3", "0.04", "0.9", "0.015625", "0.04", "0.041"),
    ("6", "0.02", "0.2", "2", "0.02", "0.021"),
    ("1e-3", "0.04", "0.4", "0.5", "0.04", "0.06"),
    ("2", "0.04", "0.05", "0.25", "0.04", "0.041"),
]
GAMMAS = [
    (a, z)
    for a in ("0.01", "0.08", "0.5", "1", "1.7", "3.3", "40", "2500")
    for z in ("-6", "-2", "-0.3", "0", "1", "3", "7")
]
BESSELS = [
    (order, z)
    for order in ("-0.98", "-0.5", "0", "0.7", "30", "1000")
    for z in ("1e-6", "0.3", "5", "60", "2000")
]


def log_transform(s, case):
    """ln E exp(-s I) between the ends."""
    kappa, theta, eps, years, v, w = case
    order = 2 * kappa * theta / eps**2 - 1
    gamma = mp.sqrt(kappa**2 + 2 * eps**2 * s)

    def ends(g):
        return g / mp.tanh(g * years / 2)

    def argument(g):
        return mp.sqrt(v * w) * 2 * g / (eps**2 * mp.sinh(g * years / 2))

    factor = gamma * mp.sinh(kappa * years / 2) / (kappa * mp.sinh(gamma * years / 2))
    bessel = mp.besseli(order, argument(gamma)) / mp.besseli(order, argument(kappa))
    return mp.log(factor) + (v + w) / eps**2 * (ends(kappa) - ends(gamma)) + mp.log(bessel)


def moments(case):
    """Mean and variance."""
    case = [mp.mpf(x) for x in case]
    return (
        -mp.diff(lambda s: log_transform(s, case), 0),
        mp.diff(lambda s: log_transform(s, case), 0, 2),
    )


def quantile(shape, z):
    """x with P(shape, x) = N(z), by its logarithm."""
    a, wanted = mp.mpf(shape), mp.ncdf(mp.mpf(z))
    low, high = mp.mpf(-3000), mp.log(a + 60 * mp.sqrt(a) + 100)
    for _ in range(200):
        middle = (low + high) / 2
        below = mp.gammainc(a, 0, mp.exp(middle), regularized=True)
        low, high = (middle, high) if below < wanted else (low, middle)
    return mp.exp((low + high) / 2)


def bessel(order, z):
    """The quotient."""
    order, z = mp.mpf(order), mp.mpf(z)
    return z * mp.besseli(order + 1, z) / mp.besseli(order, z)


def main() -> None:
    rows = [("bridge", *case, *moments(case)) for case in BRIDGES]
    rows += [("gamma", *case, quantile(*case)) for case in GAMMAS]
    rows += [("bessel", *case, bessel(*case)) for case in BESSELS]
    with (Path(__file__).parent / "heston_sampling_reference.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for row in rows:
            writer.writerow([mp.nstr(x, 20) if isinstance(x, mp.mpf) else x for x in row])


if __name__ == "__main__":
    main()
