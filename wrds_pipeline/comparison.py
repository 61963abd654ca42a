"""Which model errs less, and how sure that is: losses by date, with their dependence in time.

Losses of one date are averaged first: contracts of a date move together, dates are the sample.

[1] Politis, D. N. and Romano, J. P. (1994), The stationary bootstrap, J. American Statistical
    Association 89(428), 1303-1313.
[2] Politis, D. N. and White, H. (2004), Automatic block-length selection for the dependent
    bootstrap, Econometric Reviews 23(1), 53-70; corrected by Patton, A., Politis, D. N. and White,
    H. (2009), Econometric Reviews 28(4), 372-375.
[3] Diebold, F. X. and Mariano, R. S. (1995), Comparing predictive accuracy, J. Business and
    Economic Statistics 13(3), 253-263.
[4] Newey, W. K. and West, K. D. (1987), Econometrica 55(3), 703-708.
[5] Harvey, D., Leybourne, S. and Newbold, P. (1997), Testing the equality of prediction mean
    squared errors, International J. Forecasting 13(2), 281-291.
[6] Hansen, P. R., Lunde, A. and Nason, J. M. (2011), The model confidence set, Econometrica 79(2),
    453-497.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wrds_pipeline.student import two_sided_tail

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

# Fewest dates of which a spread of means can be told.
LEAST_DATES = 3


@dataclass(frozen=True, slots=True)
class DieboldMariano:
    """Test of equal mean loss: statistic, two-sided p-value, and lags of the variance."""

    mean_difference: float
    statistic: float
    p_value: float
    lags: int


def block_length(series: Array) -> float:
    """Mean block length of the stationary bootstrap that is best for the mean of a series [2].

    Within [1, min(3 sqrt(n), n / 3)] rounded up; 1 for a constant series, which has no dependence.
    """
    count = len(series)
    deviations = series - series.mean()
    if count < LEAST_DATES or not np.any(deviations):
        return 1.0
    covariances = _autocovariances(deviations)
    run = max(5, math.ceil(math.sqrt(math.log10(count))))  # lags that must be insignificant
    most = min(count - 1, math.ceil(math.sqrt(count)) + run)
    significant = 2.0 * math.sqrt(math.log10(count) / count)
    correlations = np.abs(covariances[1 : most + 1]) / covariances[0]
    lags = _bandwidth(correlations, significant, run, most)
    at = np.arange(1, lags + 1)
    taper = np.minimum(1.0, 2.0 * (1.0 - at / lags)) if lags else np.zeros(0)
    tapered = taper * covariances[1 : lags + 1]
    spectrum = covariances[0] + 2.0 * float(tapered.sum())
    slope = 2.0 * float((at * tapered).sum())
    longest = math.ceil(min(3.0 * math.sqrt(count), count / 3.0))
    if spectrum <= 0.0:
        return float(longest)
    best = (slope**2 / spectrum**2) ** (1.0 / 3.0) * count ** (1.0 / 3.0)
    return float(min(max(best, 1.0), longest))


def _bandwidth(correlations: Array, significant: float, run: int, most: int) -> int:
    """Twice the first of `run` insignificant lags, as the authors' program has it."""
    small = correlations < significant
    for lag in range(len(small) - run + 1):
        if small[lag : lag + run].all():
            return min(2 * (lag + 1), most)
    large = np.flatnonzero(~small)
    last = int(large[-1]) + 1 if large.size else 1
    return min(2 * last, most)


def _autocovariances(deviations: Array) -> Array:
    count = len(deviations)
    return np.array([deviations[lag:] @ deviations[: count - lag] for lag in range(count)]) / count


def stationary_indices(
    count: int, mean_block: float, replications: int, generator: np.random.Generator
) -> Indices:
    """Rows of resampled series, shape (replications, count) [1].

    Blocks start anywhere, have geometric lengths of mean `mean_block` and wrap around the end.
    """
    starts = generator.integers(0, count, (replications, count))
    fresh = generator.random((replications, count)) < 1.0 / mean_block
    fresh[:, 0] = True
    place = np.arange(count)
    begun = np.maximum.accumulate(np.where(fresh, place, 0), axis=1)
    first = np.take_along_axis(starts, begun, axis=1)
    return np.asarray((first + place - begun) % count, dtype=np.intp)


def interval(series: Array, indices: Indices, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of the mean of a series by the percentiles of resampled means."""
    means = series[indices].mean(axis=1)
    tail = 50.0 * (1.0 - confidence)
    low, high = np.percentile(means, [tail, 100.0 - tail])
    return float(low), float(high)


def newey_west_lags(count: int) -> int:
    """Customary number of lags, floor(4 (n / 100)^(2/9)), below the number of dates."""
    return min(int(4.0 * (count / 100.0) ** (2.0 / 9.0)), max(count - 2, 0))


def diebold_mariano(differences: Array, lags: int | None = None) -> DieboldMariano:
    """Whether a series of loss differences has mean 0 [3].

    The variance of the mean is Bartlett's [4], the statistic is shrunk for small samples as for a
    horizon of ``lags + 1`` days and compared with Student's t of n - 1 degrees of freedom [5].
    The p-value is 1 where all differences are 0, NaN for fewer than three dates.
    """
    count = len(differences)
    mean = float(differences.mean()) if count else math.nan
    if count < LEAST_DATES:
        return DieboldMariano(mean, math.nan, math.nan, 0)
    used = newey_west_lags(count) if lags is None else lags
    covariances = _autocovariances(differences - mean)
    weights = 1.0 - np.arange(1, used + 1) / (used + 1.0)
    variance = covariances[0] + 2.0 * float(weights @ covariances[1 : used + 1])
    if variance <= 0.0:
        certain = 1.0 if mean == 0.0 else 0.0
        statistic = 0.0 if mean == 0.0 else math.copysign(math.inf, mean)
        return DieboldMariano(mean, statistic, certain, used)
    horizon = used + 1
    shrink = (count + 1 - 2 * horizon + horizon * (horizon - 1) / count) / count
    statistic = mean / math.sqrt(variance / count) * math.sqrt(max(shrink, 0.0))
    return DieboldMariano(mean, statistic, two_sided_tail(statistic, count - 1), used)


def model_confidence_set(losses: Mapping[str, Array], indices: Indices) -> dict[str, float]:
    """P-value of each model: it is in the confidence set of level 1 - a where that exceeds a [6].

    The statistic is the range, the largest absolute t-statistic of any pair of models; variances
    and its distribution are the bootstrap's. The worst model, whose largest t against another is
    largest, leaves first.

    Parameters
    ----------
    losses : mapping
        Series by model, the same dates for all.
    indices : array, shape (replications, dates)
        Of `stationary_indices`.
    """
    names = list(losses)
    table = np.column_stack([losses[name] for name in names])
    means = table.mean(axis=0)
    resampled = table[indices].mean(axis=1) - means  # replications by models
    differences = means[:, None] - means[None, :]
    errors = resampled[:, :, None] - resampled[:, None, :]
    deviations = np.sqrt(np.mean(errors**2, axis=0))
    sure = np.where(differences == 0.0, 0.0, np.copysign(np.inf, differences))
    spread = deviations > 0.0
    safe = np.where(spread, deviations, 1.0)
    observed = np.where(spread, differences / safe, sure)
    scaled = np.where(spread, np.abs(errors) / safe, 0.0)
    left = list(range(len(names)))
    found: dict[str, float] = {}
    largest = 0.0
    while len(left) > 1:
        own = np.ix_(left, left)
        statistic = float(np.max(np.abs(observed[own])))
        draws = scaled[:, left][:, :, left].max(axis=(1, 2))
        largest = max(largest, float(np.mean(draws >= statistic)))
        worst = left[int(np.argmax(observed[own].max(axis=1)))]
        found[names[worst]] = largest
        left.remove(worst)
    found[names[left[0]]] = 1.0
    return {name: found[name] for name in names}


def generator(seed: int, stream: int) -> np.random.Generator:
    """Philox stream of one comparison: the same whatever was drawn before it."""
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, stream]))
