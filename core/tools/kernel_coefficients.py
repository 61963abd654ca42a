"""Polynomial coefficients of the vector kernels, printed as C++ arrays, lowest power first.

    mills:   (u + c) N(-u)/phi(u) = sum a_k y^k,  y = 1 - 2 (c - u0)/(u + c),  -u0 <= u <= infinity
    expm1:   (exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2
    artanh:  2 (artanh(s) - s) / s^3 as a function of s^2, 0 <= s <= 0.1716
    sine:    (sin(r) - r) / r^3 as a function of r^2, |r| <= pi/4
    cosine:  (cos(r) - 1 + r^2/2) / r^4 as a function of r^2, |r| <= pi/4
    arctan:  (arctan(t) - t) / t^3 as a function of t^2, 0 <= t <= tan(pi/8)

Chebyshev interpolation in 60 digits, then exact conversion to powers. The conversion is harmless
because the Chebyshev coefficients fall by a factor of five a term, faster than the 1 + sqrt(2) by
which the powers' coefficients can grow. The map of the half line follows Schonfelder (1978), Math.
Comp. 32, 1232-1240. Needs mpmath.
"""

import sys

from mpmath import atan, atanh, cos, erfc, exp, expm1, log, mp, mpf, pi, sin, sqrt, tan

CENTRE = mpf(5)
REFLECT = mpf("0.5")


def scaled_mills(y):
    """(u + c) N(-u) / phi(u) where y belongs to u."""
    if y == 1:
        return mpf(1)
    u = 2 * (CENTRE - REFLECT) / (1 - y) - CENTRE
    return (u + CENTRE) * sqrt(pi / 2) * exp(u * u / 2) * erfc(u / sqrt(mpf(2)))


def second_remainder(r):
    """(exp(r) - 1 - r) / r^2."""
    return mpf(1) / 2 if r == 0 else (expm1(r) - r) / r**2


def artanh_remainder(square):
    """2 (artanh(s) - s) / s^3 where square = s^2."""
    s = sqrt(square)
    return mpf(2) / 3 if s == 0 else 2 * (atanh(s) - s) / s**3


def sine_remainder(square):
    """(sin(r) - r) / r^3 where square = r^2."""
    r = sqrt(square)
    return -mpf(1) / 6 if r == 0 else (sin(r) - r) / r**3


def cosine_remainder(square):
    """(cos(r) - 1 + r^2/2) / r^4 where square = r^2."""
    return mpf(1) / 24 if square == 0 else (cos(sqrt(square)) - 1 + square / 2) / square**2


def arctan_remainder(square):
    """(arctan(t) - t) / t^3 where square = t^2."""
    t = sqrt(square)
    return -mpf(1) / 3 if t == 0 else (atan(t) - t) / t**3


def powers(function, low, high, count):
    """Coefficients of the interpolating polynomial in powers of the argument itself."""
    nodes = 2 * count + 20
    angles = [pi * (k + mpf(1) / 2) / nodes for k in range(nodes)]
    middle, half = (low + high) / 2, (high - low) / 2
    values = [function(middle + half * cos(a)) for a in angles]
    series = [
        (2 if j else 1) * sum(v * cos(j * a) for v, a in zip(values, angles, strict=True)) / nodes
        for j in range(count + 1)
    ]
    argument = [-middle / half, 1 / half]  # y as a polynomial
    before, current = [mpf(1)], argument
    total = [series[0]] + [mpf(0)] * count
    for j in range(1, count):
        for k, value in enumerate(current):
            total[k] += series[j] * value
        after = [mpf(0)] * (len(current) + 1)
        for k, value in enumerate(current):
            after[k] += 2 * argument[0] * value
            after[k + 1] += 2 * argument[1] * value
        for k, value in enumerate(before):
            after[k] -= value
        before, current = current, after
    return total[:count], series[count]


def printed(name, coefficients, left_out):
    """One C++ array."""
    body = "".join(f"    {float(value)!r},\n" for value in coefficients)
    sys.stdout.write(f"// first left out: {float(left_out):.1e}\n")
    sys.stdout.write(f"constexpr double {name}[] = {{\n{body}}};\n")


if __name__ == "__main__":
    mp.dps = 60
    half_log = log(mpf(2)) / 2 + mpf("1e-9")
    printed("kMills", *powers(scaled_mills, mpf(-1), mpf(1), 24))
    printed("kExp", *powers(second_remainder, -half_log, half_log, 10))
    limit = mpf("0.17158") ** 2
    printed("kArtanh", *powers(artanh_remainder, mpf(0), limit, 9))
    eighth = (pi / 4 + mpf("1e-9")) ** 2
    printed("kSine", *powers(sine_remainder, mpf(0), eighth, 6))
    printed("kCosine", *powers(cosine_remainder, mpf(0), eighth, 6))
    printed("kArctan", *powers(arctan_remainder, mpf(0), (tan(pi / 8) + mpf("1e-9")) ** 2, 12))
