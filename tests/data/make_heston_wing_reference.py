"""Reference wings of the Heston model at 60 digits: writes `heston_wing_reference.csv`.

Out-of-the-money options at strikes where they are worth about 1e-12, 1e-20 and 1e-50 of the
forward, in the cases of `make_heston_reference.py`. The integral runs along two straight rays from
the real axis, near the least value of the integrand, by Gauss-Legendre rules on segments; the
library takes a hyperbola and the trapezoidal rule. The characteristic function is the textbook form
with the logarithm of the quotient.

Run: ``python tests/data/make_heston_wing_reference.py``.
"""

from __future__ import annotations

import csv
from pathlib import Path

import mpmath as mp
from make_heston_reference import CASES, characteristic

mp.mp.dps = 60
SIZES = ["1e-12", "1e-20", "1e-50"]
NODES = mp.calculus.quadrature.GaussLegendre(mp.mp).calc_nodes(5, mp.mp.prec)
ANGLE = mp.mpf("0.15")


def log_moment(u, case):
    """ln E[(S/F)^u] for real u within the finite moments."""
    return mp.log(mp.re(characteristic(-1j * u, case)))


def explodes(u, case):
    """Whether the moment of order u is infinite at the expiry: Andersen and Piterbarg (2007)."""
    time, _, _, kappa, sigma, rho = (mp.mpf(x) for x in case[1:])
    beta = kappa - rho * sigma * u
    square = beta**2 - sigma**2 * (u * u - u)
    if square < 0:
        root = mp.sqrt(-square)
        return 2 / root * mp.atan2(root, -beta) <= time
    if beta > 0:
        return False
    root = mp.sqrt(square)
    return mp.log((root - beta) / (-root - beta)) / root <= time


def last_moment(side, case):
    """Distance from 1 (side 1) or 0 (side -1) to where moments become infinite."""
    start = mp.mpf(1 if side > 0 else 0)
    near, far = mp.mpf(0), mp.mpf(1)
    while not explodes(start + side * far, case):
        near, far = far, 2 * far
    for _ in range(120):
        middle = (near + far) / 2
        near, far = (near, middle) if explodes(start + side * middle, case) else (middle, far)
    return near


def lowest(log_strike, side, room, case):
    """Place on the real axis where the integrand is about least, and its logarithm there."""
    start = 1 if side > 0 else 0

    def size(t):
        u = start + side * room / (1 + mp.exp(-t))
        return log_strike * (1 - u) + log_moment(u, case) - mp.log(u * (u - 1))

    left, right = mp.mpf(-16), mp.mpf(16)
    with mp.workdps(25):
        for _ in range(24):
            a, b = left + (right - left) / 3, right - (right - left) / 3
            left, right = (left, b) if size(a) < size(b) else (a, right)
    middle = (left + right) / 2
    return start + side * room / (1 + mp.exp(-middle)), size(middle)


def strike_of(size, side, room, case):
    """ln(K/F), a double, at which the option is worth about `size` of the forward."""
    target = mp.log(mp.mpf(size))
    near, far = mp.mpf(0), mp.mpf("0.01")
    while lowest(side * far, side, room, case)[1] > target:
        far *= 2
    for _ in range(12):
        middle = (near + far) / 2
        above = lowest(side * middle, side, room, case)[1] > target
        near, far = (middle, far) if above else (near, middle)
    return mp.mpf(float(side * far))


def values(log_strike, side, room, case):
    """Price, delta and gamma of a forward of 1, along rays from near the saddle."""
    place, _ = lowest(log_strike, side, room, case)
    turn = mp.expj(-side * ANGLE)
    unit = log_strike * (1 - place) + log_moment(place, case)
    left, sums = mp.mpf(0), [mp.mpf(0)] * 3
    step = min(abs(place - (1 if side > 0 else 0)), room - abs(place - (1 if side > 0 else 0))) / 4
    while True:
        largest = mp.mpf(0)
        for node, weight in NODES:
            u = place + 1j * turn * (left + step * (node + 1) / 2)
            density = characteristic(-1j * u, case) * mp.exp(log_strike * (1 - u) - unit) * turn
            terms = [density / (u * (u - 1)), density / (u - 1), density]
            sums = [s + mp.re(t) * weight * step / 2 for s, t in zip(sums, terms, strict=True)]
            largest = max(
                largest, *(abs(t) * step / abs(s) for s, t in zip(sums, terms, strict=True))
            )
        left, step = left + step, min(step * mp.mpf("1.3"), 12 / abs(log_strike))
        if largest < mp.mpf(10) ** -26:
            return [s * mp.exp(unit) / mp.pi for s in sums]


def main() -> None:
    parameters = ["initial_variance", "long_run_variance", "mean_reversion"]
    parameters += ["volatility_of_variance", "correlation"]
    names = ["case", "time_to_expiry", *parameters, "log_strike", "price", "delta", "gamma"]
    with (Path(__file__).parent / "heston_wing_reference.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for case in CASES:
            for side in (-1, 1):
                room = last_moment(side, case)
                for size in SIZES:
                    log_strike = strike_of(size, side, room, case)
                    found = values(log_strike, side, room, case)
                    digits = [mp.nstr(value, 20) for value in found]
                    writer.writerow([*case, float(log_strike).hex(), *digits])
                    file.flush()


if __name__ == "__main__":
    main()
