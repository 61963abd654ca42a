"""Chebyshev coefficients of the scaled Mills ratio, printed as a C++ array.

    (1 + u) N(-u) / phi(u) = sum c_k T_k(y),    y = (u - 5) / (u + 5),   0 <= u <= infinity

The map of the half line to [-1, 1] follows Schonfelder (1978), Math. Comp. 32, 1232-1240, and
Shepherd and Laframboise (1981), Math. Comp. 36, 249-253. Needs mpmath.
"""

import sys

from mpmath import cos, erfc, exp, mp, mpf, pi, sqrt

CENTRE = 5
COUNT = 27


def scaled_mills(u):
    """(1 + u) N(-u) / phi(u)."""
    return (1 + u) * sqrt(pi / 2) * exp(u * u / 2) * erfc(u / sqrt(mpf(2)))


def coefficients(count, nodes):
    """Discrete cosine transform of the function at Chebyshev nodes of the first kind."""
    angles = [pi * (k + mpf(1) / 2) / nodes for k in range(nodes)]
    values = [scaled_mills(CENTRE * (1 + cos(a)) / (1 - cos(a))) for a in angles]
    return [
        (2 if j else 1) * sum(v * cos(j * a) for v, a in zip(values, angles, strict=True)) / nodes
        for j in range(count)
    ]


if __name__ == "__main__":
    mp.dps = 60
    for value in coefficients(COUNT, 80):
        sys.stdout.write(f"    {float(value)!r},\n")
