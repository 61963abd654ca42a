"""Bates's model: Heston's variance and lognormal jumps of the spot; eight parameters.

Held a day later as Heston's are.

References
----------
Bates, D. S. (1996), Review of Financial Studies 9(1), 69-107.
"""

from __future__ import annotations

from strikeproof import bates
from wrds_pipeline.models.model import Array, Fit, Points
from wrds_pipeline.models.process import fit_process, process_volatility

NAME = "bates"


def fit(points: Points) -> Fit:
    """The eight parameters by weighted least squares, jumps joined to Heston's fit."""
    return fit_process(NAME, bates.calibrate, points)


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """Black's volatility of the model's out-of-the-money prices."""
    del elapsed  # the process does not depend on calendar time
    return process_volatility(bates.implied_volatility, fit, points)
