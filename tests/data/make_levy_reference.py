"""Reference prices of variance gamma and Kou's model: writes `levy_reference.csv`.

Neither uses a characteristic function. Variance gamma: Black-Scholes given the gamma time,
integrated over its law (Madan, Carr and Chang 1998, section 3). Kou: Black-Scholes given the sum of
the jumps, integrated over its law, a mixture of Erlang laws with the weights of Kou (2002),
proposition B.1. All terms are positive. 40 digits.

Run: ``python tests/data/make_levy_reference.py``.
"""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import mpmath as mp

mp.mp.dps = 40
RULES = [mp.calculus.quadrature.GaussLegendre(mp.mp).calc_nodes(n, mp.mp.prec) for n in (5, 6)]

# model, case, expiry, parameters, log strikes
VARIANCE_GAMMA = [
    ("madan carr chang", "0.25", ("0.1213", "-0.1436", "0.1686"),
     [-1, "-0.2", "-0.05", 0, "0.05", "0.3", 1]),
    ("one year", "1", ("0.2", "-0.2", "0.5"), [-4, -1, "-0.1", 0, "0.1", 1, 4]),
    ("one day", "0.00273972602739726", ("0.2", "-0.1", "0.3"),
     [-2, "-0.3", "-0.01", "0.01", "0.3", 2]),
    ("ten years", "10", ("0.3", "0.1", "2"), [-6, -1, 0, 1, 6]),
    ("nearly normal", "1", ("0.25", "-0.3", "0.001"), [-2, "-0.5", 0, "0.5", 2]),
    ("tail near its end", "1", ("0.4", "0.5", "1.5"), [-2, 0, 2, 8]),
]  # fmt: skip
KOU = [
    ("kou 2002", "0.5", ("0.16", "1", "0.4", "10", "5"), [-5, -1, "-0.2", "0.0045", "0.1", 1, 5]),
    ("one day, few jumps", "0.00273972602739726", ("0.2", "0.1", "0.3", "20", "15"),
     [-1, "-0.1", "-0.02", 0, "0.02", "0.1", 1]),
    ("heavy", "2", ("0.1", "3", "0.5", "3", "2"), [-6, -1, 0, 1, 6]),
    ("upward only", "1", ("0.3", "2", "1", "8", "5"), [-3, "-0.5", 0, "0.5", 3]),
    ("downward only", "1", ("0.3", "2", "0", "8", "5"), [-3, "-0.5", 0, "0.5", 2]),
    ("rarest jumps", "1", ("0.1", "1e-9", "0.5", "4", "3"), [-3, "-0.5", 0, "0.5", 3]),
]  # fmt: skip


def black(forward, k, total_volatility):
    """Out-of-the-money option at exp(k) on a forward: price, and its derivatives by a factor."""
    sign = 1 if k > 0 else -1
    w = total_volatility
    d1 = (mp.log(forward) - k) / w + w / 2
    # 1000 standard deviations are as good as none left
    held, paid = (mp.erfc(max(min(-sign * d / mp.sqrt(2), 1000), -1000)) / 2 for d in (d1, d1 - w))
    price = sign * (forward * held - mp.exp(k) * paid)
    return [price, sign * forward * held, forward * mp.npdf(d1) / w]


def integrate(law, conditional, breaks):
    """Means of the conditional values by two Gauss-Legendre rules that have to agree."""
    found = []
    for nodes in RULES:
        sums = [mp.mpf(0)] * 3
        for left, right in pairwise(breaks):
            half = (right - left) / 2
            for node, weight in nodes:
                y = left + half * (node + 1)
                share = law(y) * weight * half
                sums = [s + share * value for s, value in zip(sums, conditional(y), strict=True)]
        found.append(sums)
    for coarse, fine in zip(*found, strict=True):
        if abs(coarse / fine - 1) > mp.mpf(10) ** -18:
            raise ArithmeticError(f"the two rules differ: {coarse} and {fine}")
    return found[1]


def variance_gamma(time, parameters, k):
    volatility, drift, rate = parameters
    shape = time / rate
    compensator = mp.log(1 - rate * (drift + volatility**2 / 2)) / rate

    # gamma time g = rate exp(z): smooth at both ends
    def law(z):
        return mp.exp(shape * z - mp.exp(z)) / mp.gamma(shape)

    def conditional(z):
        g = rate * mp.exp(z)
        ratio = mp.exp(compensator * time + (drift + volatility**2 / 2) * g)
        return black(ratio, k, volatility * mp.sqrt(g))

    # law and values are below 1e-45 of the result outside
    low = max(-120 / shape, mp.mpf(-200)) if shape < 1 else mp.mpf(-60)
    middle = mp.log(shape)
    inner = [middle + step * min(1, 1 / mp.sqrt(shape)) for step in range(-40, 41, 2)]
    inner = [z for z in inner if low < z < 6]
    breaks = [*(z for z in range(int(low), int(inner[0]), 2)), *inner]
    breaks += [z / mp.mpf(4) for z in range(int(4 * inner[-1]) + 1, 33)]
    return integrate(law, conditional, sorted(breaks))


def erlang_weights(mean, p, up, down, most):
    """Probabilities that jumps add up to an Erlang law of each order, upward and downward."""
    upward, downward = [mp.mpf(0)] * (most + 1), [mp.mpf(0)] * (most + 1)
    a, b = up / (up + down), down / (up + down)
    q = 1 - p
    for n in range(1, most + 1):
        chance = mp.exp(-mean) * mean**n / mp.factorial(n)
        upward[n] += chance * p**n
        downward[n] += chance * q**n
        for k in range(1, n):
            for i in range(k, n):
                ways = mp.binomial(n - k - 1, i - k) * mp.binomial(n, i)
                upward[k] += chance * ways * a ** (i - k) * b ** (n - i) * p**i * q ** (n - i)
                downward[k] += chance * ways * a ** (n - i) * b ** (i - k) * p ** (n - i) * q**i
    return upward, downward


def kou(time, parameters, k):
    volatility, intensity, p, up, down = parameters
    mean = intensity * time
    growth = p * up / (up - 1) + (1 - p) * down / (down + 1) - 1
    upward, downward = erlang_weights(
        mean, p, up, down, 12 if mean < 1e-2 else 26 if mean < 1 else 60
    )
    start = mp.exp(-mean * growth)
    width = volatility * mp.sqrt(time)

    def law(y):
        weights, rate = (upward, up) if y > 0 else (downward, down)
        size = rate * abs(y)
        total, power = mp.mpf(0), rate * mp.exp(-size)
        for order in range(1, len(weights)):
            total += weights[order] * power
            power *= size / order
        return total

    def conditional(y):
        return black(start * mp.exp(y), k, width)

    far = [k - mp.log(start) + step * width for step in (-12, -8, -6, -4, -2, 0, 2, 4, 6, 8, 12)]
    tails = [step / up for step in (1, 3, 8, 20, 45, 90, 160)]
    tails += [-step / down for step in (1, 3, 8, 20, 45, 90, 160)]
    found = integrate(law, conditional, sorted([mp.mpf(0), *far, *tails]))
    still = black(start, k, width)
    return [mp.exp(-mean) * a + b for a, b in zip(still, found, strict=True)]


def main() -> None:
    with (Path(__file__).parent / "levy_reference.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            [
                "model",
                "case",
                "time_to_expiry",
                "parameters",
                "log_strike",
                "price",
                "delta",
                "gamma",
            ]
        )
        for name, cases, engine in (
            ("variance_gamma", VARIANCE_GAMMA, variance_gamma),
            ("kou", KOU, kou),
        ):
            for case, time, parameters, strikes in cases:
                exact = [mp.mpf(float(x)) for x in parameters]
                for strike in strikes:
                    k = mp.mpf(float(mp.mpf(strike)))
                    found = engine(mp.mpf(float(time)), exact, k)
                    digits = [mp.nstr(value, 20) for value in found]
                    writer.writerow(
                        [name, case, time, " ".join(parameters), float(k).hex(), *digits]
                    )
                    file.flush()


if __name__ == "__main__":
    main()
