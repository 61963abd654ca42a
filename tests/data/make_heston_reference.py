"""Reference prices of the Heston model at 30 digits: writes `heston_reference.csv`.

Call values by the two probabilities of Heston (1993), each an integral of its own along the real
axis turned by a small angle to where the exponential decays; the library instead takes one integral
between the poles, along a hyperbola. The characteristic function is the textbook
form with the logarithm of the quotient, without the library's rearrangements.

Run: ``python tests/data/make_heston_reference.py``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import mpmath as mp

mp.mp.dps = 30

# name, expiry, initial variance, long-run variance, mean reversion, vol of variance, correlation
CASES = [
    ("base", "1", "0.04", "0.04", "1.5", "0.5", "-0.6"),
    ("quarter", "0.25", "0.09", "0.04", "2", "0.3", "-0.3"),
    ("one day", "0.00273972602739726", "0.04", "0.04", "1.5", "0.5", "-0.6"),
    ("feller violated", "1", "0.04", "0.04", "0.5", "2", "-0.95"),
    ("feller violated, one month", "0.0833333333333333", "0.02", "0.04", "1", "1", "-0.9"),
    ("tiny variance, one day", "0.00273972602739726", "0.0001", "0.0001", "1", "0.2", "-0.7"),
    ("tiny variance, one day, vol of vol 2", "0.00273972602739726", "0.0001", "0.04", "1", "2",
     "-0.95"),
    ("ten years", "10", "0.04", "0.06", "0.5", "1", "-0.9"),
    ("thirty years", "30", "0.04", "0.04", "0.3", "0.6", "-0.5"),
    ("positive correlation", "2", "0.05", "0.03", "1", "0.8", "0.7"),
    ("small vol of vol", "1", "0.04", "0.09", "1", "0.001", "-0.5"),
]  # fmt: skip
WIDTHS = [-4, -2, -1, "-0.25", 0, "0.25", 1, 2, 4]


def characteristic(u, case):
    """E[exp(i u ln(S_T / F))]."""
    time, v0, theta, kappa, sigma, rho = (mp.mpf(x) for x in case[1:])
    beta = kappa - 1j * rho * sigma * u
    d = mp.sqrt(beta**2 + sigma**2 * (u * u + 1j * u))
    g = (beta - d) / (beta + d)
    decay = mp.exp(-d * time)
    constant = kappa * theta / sigma**2
    c = constant * ((beta - d) * time - 2 * mp.log((1 - g * decay) / (1 - g)))
    return mp.exp(c + v0 * (beta - d) / sigma**2 * (1 - decay) / (1 - g * decay))


def along_ray(integrand, log_strike, case):
    """Integral from 0 along the ray of t, to where the integrand's size is below 1e-20."""
    step = 1 / mp.sqrt(mp.mpf(case[1]) * (mp.mpf(case[2]) + mp.mpf(case[3]))) / 2
    longest = 8 / abs(log_strike) if log_strike else mp.inf
    left, total = mp.mpf(0), mp.mpf(0)
    while True:
        step = min(step, longest)
        total += mp.quad(lambda t: mp.re(integrand(t)), [left, left + step], maxdegree=6)
        left, step = left + step, step * mp.mpf("1.25")
        if abs(integrand(left)) * left < mp.mpf(10) ** -20:
            return total


def call(log_strike, case):
    """Undiscounted call on a forward of 1, with its delta and gamma by the forward.

    The probabilities are 1/2 + 1/pi times the integral of Re e^{-iu k} phi(u - i shift) / (i u)
    over u > 0, shift 1 and 0; gamma is that of Re e^{-iu k} phi(u - i). Taken along a ray that
    turns to where the exponential decays: the arc about the pole at 0 that this cuts off adds its
    angle.
    """
    angle = mp.mpf("-0.15") * mp.sign(log_strike)
    turn = mp.expj(angle)

    def transform(t, shift):
        u = turn * t
        return mp.exp(-1j * u * log_strike) * characteristic(u - 1j * shift, case)

    def probability(shift):
        found = along_ray(lambda t: transform(t, shift) / (1j * t), log_strike, case)
        return mp.mpf("0.5") + (angle + found) / mp.pi

    delta = probability(1)
    gamma = along_ray(lambda t: turn * transform(t, 1), log_strike, case) / mp.pi
    return delta - mp.exp(log_strike) * probability(0), delta, gamma


def main() -> None:
    parameters = ["initial_variance", "long_run_variance", "mean_reversion"]
    parameters += ["volatility_of_variance", "correlation"]
    names = ["case", "time_to_expiry", *parameters, "log_strike", "call", "delta", "gamma"]
    with (Path(__file__).parent / "heston_reference.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for case in CASES:
            time, v0, theta = (mp.mpf(x) for x in case[1:4])
            width = mp.sqrt(time * (v0 + theta) / 2)
            for multiple in WIDTHS:
                # the strike as the double that the library gets
                log_strike = mp.mpf(float(mp.mpf(multiple) * min(width, mp.mpf("0.7"))))
                values = [mp.nstr(value, 20) for value in call(log_strike, case)]
                writer.writerow([*case, float(log_strike).hex(), *values])
                file.flush()


if __name__ == "__main__":
    main()
