"""The quadratic approximations to American options, their own equations solved in 40 digits.

Barone-Adesi, G. and Whaley, R. (1987), Efficient analytic approximation of American option values,
J. Finance 42(2), 301-320; Ju, N. and Zhong, R. (1999), An approximate formula for pricing American
options, J. Derivatives 7(2), 31-40, equations 12 to 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mpmath as mp

from tasks.evidence.thirds.lognormal import black, normal, sign_of

mp.mp.dps = 40
Number = Any


def price(terms: Mapping[str, Any]) -> Number:
    """Value by `terms["method"]`: "barone_adesi_whaley" or "ju_zhong"."""
    names = ("spot", "strike", "time_to_expiry", "rate", "dividend_yield", "volatility")
    s, k, t, r, q, v = (mp.mpf(terms[name]) for name in names)
    phi, deviation = sign_of(terms), v * mp.sqrt(t)
    alpha, beta, h = 2 * r / v**2, 2 * (r - q) / v**2, 1 - mp.exp(-r * t)
    root = mp.sqrt((beta - 1) ** 2 + 4 * alpha / h)
    power = (1 - beta + phi * root) / 2

    def forward(x: Number) -> Number:
        return x * mp.exp((r - q) * t)

    def european(x: Number) -> Number:
        return mp.exp(-r * t) * black(phi, forward(x), k, deviation)

    def delta(x: Number) -> Number:  # phi times the European delta
        d1 = mp.log(forward(x) / k) / deviation + deviation / 2
        return mp.exp(-q * t) * normal(phi * d1)

    def smooth_pasting(x: Number) -> Number:
        return power * (phi * (x - k) - european(x)) - phi * x * (1 - delta(x))

    if phi > 0 and q <= 0:
        return european(s)
    boundary = _boundary(smooth_pasting, k, phi, deviation)
    if phi * (s - boundary) >= 0:
        return phi * (s - k)
    gain, distance = phi * (boundary - k) - european(boundary), mp.log(s / boundary)
    premium = gain * mp.exp(power * distance)
    if terms["method"] == "ju_zhong":
        decay = mp.diff(
            lambda time: (
                mp.exp(-r * time)
                * black(phi, boundary * mp.exp((r - q) * time), k, v * mp.sqrt(time))
            ),
            t,
        )
        slope = -phi * alpha / (h**2 * root)
        centre = phi * root  # 2 power + beta - 1
        b = (1 - h) * alpha * slope / (2 * centre)
        c = (
            -(1 - h)
            * alpha
            / centre
            * (mp.exp(r * t) * decay / (r * gain) + 1 / h + slope / centre)
        )
        premium /= 1 - b * distance**2 - c * distance
    return european(s) + premium


def _boundary(equation: Any, strike: Number, phi: int, deviation: Number) -> Number:
    """First root beyond the strike on the side of exercise, walked to and bisected."""
    step = mp.exp(phi * deviation / 8)
    near, far = strike, strike * step
    while (equation(near) < 0) == (equation(far) < 0):
        near, far = far, far * step
    return mp.findroot(equation, (near, far), solver="anderson", tol=1e-60)
