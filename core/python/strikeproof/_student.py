"""Quantiles of Student's distribution for arrays of whole degrees of freedom."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from strikeproof import _core


def two_sided_quantile(confidence: float, degrees: NDArray[np.int64]) -> NDArray[np.float64]:
    """Number that ``|T|`` stays below with the chance `confidence`; NaN for degrees below 1.

    Parameters
    ----------
    confidence : float, within (0, 0.999999]
    degrees : int array
        Degrees of freedom.

    Raises
    ------
    ValueError
        `confidence` is out of range.

    Notes
    -----
    ``core/src/math/student.cpp``.
    """
    if not 0.0 < confidence <= 0.999999:
        raise ValueError(f"confidence is {confidence!r}: must be within (0, 0.999999]")
    distinct, inverse = np.unique(degrees, return_inverse=True)
    quantiles = [
        _core.student_two_sided(confidence, n) if n > 0 else math.nan for n in distinct.tolist()
    ]
    return np.array(quantiles, dtype=np.float64)[inverse].reshape(degrees.shape)
