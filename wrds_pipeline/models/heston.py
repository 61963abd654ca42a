"""Heston's stochastic volatility: five parameters for the whole surface.

A day later all five are held, the variance of the day too, as Bakshi, Cao and Chen do.

References
----------
Heston, S. L. (1993), Review of Financial Studies 6(2), 327-343.
Bakshi, G., Cao, C. and Chen, Z. (1997), J. Finance 52(5), 2003-2049.
"""

from __future__ import annotations

from strikeproof import heston
from wrds_pipeline.models.model import Array, Fit, Points
from wrds_pipeline.models.process import fit_process, process_volatility

NAME = "heston"


def fit(points: Points) -> Fit:
    """The five parameters by weighted least squares, from the engine's own starts."""
    return fit_process(NAME, heston.calibrate, points)


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """Black's volatility of the model's out-of-the-money prices."""
    del elapsed  # the process does not depend on calendar time
    return process_volatility(heston.implied_volatility, fit, points)
