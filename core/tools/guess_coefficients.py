"""Rational first guess for the implied volatility, printed as C++ arrays, lowest power first.

Near the money b / a is psi(h) = phi(h)/h - N(-h). With z = 1/psi, y = ln(1 + z), q = sqrt(y),
h = y R(q): R is 1/sqrt(2 pi) at 0 and sqrt(2)/q far out. R is fitted by iterated linear least
squares of relative errors, to about 1e-3, for 1e-6 <= h <= 37. Needs numpy and scipy.
"""

import sys

import numpy as np
from scipy.special import log_ndtr

h = np.exp(np.linspace(np.log(1e-6), np.log(37.5), 4000))
log_phi = -0.5 * h * h - 0.5 * np.log(2 * np.pi)
log_psi = log_phi - np.log(h) + np.log1p(-h * np.exp(log_ndtr(-h) - log_phi))
tail = -log_psi
y = np.where(tail > 30, tail, np.log1p(np.exp(np.minimum(tail, 30))))
q = np.sqrt(y)
R = h / y
top, bottom = 3, 4
weight = np.ones_like(h)
for _ in range(30):
    above_rows = q[:, None] ** np.arange(1, top + 1)
    below_rows = -R[:, None] * q[:, None] ** np.arange(1, bottom + 1)
    rows = np.hstack([above_rows, below_rows])
    scale = weight / R
    rest = (R - 1 / np.sqrt(2 * np.pi)) * scale
    solution, *_ = np.linalg.lstsq(rows * scale[:, None], rest, rcond=None)
    above = np.concatenate([[1 / np.sqrt(2 * np.pi)], solution[:top]])
    below = np.concatenate([[1.0], solution[top:]])
    fit = np.polyval(above[::-1], q) / np.polyval(below[::-1], q)
    weight = 1 / np.abs(np.polyval(below[::-1], q))
sys.stderr.write(f"largest relative error {np.max(np.abs(fit / R - 1)):.1e}\n")
for name, values in (("kGuessAbove", above), ("kGuessBelow", below)):
    sys.stdout.write(f"constexpr double {name}[] = {{{', '.join(f'{v:.9g}' for v in values)}}};\n")
