"""Robust straight lines through many small groups of points at once.

Symbols: points ``(x, y)`` with weights ``w`` (inverse variances, up to a factor), centred
``u = x - mean``; residual ``r``, leverage ``h``, ``q = r sqrt(w / (1 - h))``; scale ``s`` of q.

1. Start: slope = median of the slopes between points half the group apart (Theil 1950, the
   incomplete method: a quarter of the points may be wrong), level = median of ``y - slope u``.
2. Scale: median of ``|q|`` over 0.6745, without the smallest where two parameters are fitted
   (DuMouchel and O'Brien 1989), times ``1 + 5/(n - p)``, without which small groups lose good
   points (Rousseeuw and Leroy 1987, p. 202); renewed in the first steps, then held.
3. M-estimate by iteratively reweighted least squares: bisquare (Beaton and Tukey 1974) with
   constant 4.685 or Huber's (1964) with 1.345, 95 % efficient for normal errors. With the scale
   held each step lowers the objective.
4. Variance ``K^2 s^2 sum((1-h) psi^2) / (n - p) / mean(psi')^2 (X'WX)^-1`` with
   ``K = 1 + p/n var(psi') / mean(psi')^2`` (Huber 1981, section 7.6), over the points
   that were kept. For least squares it is the usual one.

References: Beaton, A. and Tukey, J. (1974), Technometrics 16, 147-185. DuMouchel, W. and
O'Brien, F. (1989), Proc. 21st Symposium on the Interface, 297-301. Huber, P. (1964), Ann. Math.
Statist. 35, 73-101; (1981), Robust Statistics, Wiley. Rousseeuw, P. and Leroy, A. (1987), Robust
Regression and Outlier Detection, Wiley. Theil, H. (1950), Proc. Kon. Ned. Akad.
Wetensch. 53, 386-392.

Groups of like size share a matrix, one row each, as wide as the next power of two: the bits of a
group depend on that group alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CONSTANTS = {"bisquare": 4.685, "huber": 1.345, "least_squares": np.inf}
_NORMAL_MEDIAN = 0.6744897501960817  # of |Z|
_SCALE_RENEWALS = 2
_MOST_STEPS = 500
_ACCURACY = 1e-8  # of the scale
_MOST_ENTRIES = 1 << 16  # of a matrix, so that it stays in the cache


class Groups(NamedTuple):
    """Points sorted by group, then by x; group g holds ``start[g] : start[g] + size[g]``."""

    x: Floats
    y: Floats
    weight: Floats
    rounding: Floats  # of y
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    slope: Floats  # by group, where it is known


class Lines(NamedTuple):
    """Fitted lines ``level + slope (x - centre)``; the estimates of both are uncorrelated.

    The last two are by point, the others by group.
    """

    centre: Floats
    level: Floats
    slope: Floats
    level_variance: Floats
    slope_variance: Floats
    kept: NDArray[np.int64]
    chi_square: Floats  # weighted squares of the residuals that were kept
    converged: NDArray[np.bool_]
    robustness: Floats  # weight within [0, 1] that the iteration gave; 0: rejected
    residual: Floats


def fit(groups: Groups, parameters: int, loss: str) -> Lines:
    """Line of each group; `parameters` is 1 where the slope is known.

    Every group needs ``parameters + 1`` points at least, and two distinct x where the slope is
    fitted: what has fewer is not to be asked.
    """
    number, points = groups.size.size, groups.x.size
    found = Lines(
        centre=np.full(number, np.nan),
        level=np.full(number, np.nan),
        slope=np.full(number, np.nan),
        level_variance=np.full(number, np.nan),
        slope_variance=np.full(number, np.nan),
        kept=np.zeros(number, dtype=np.int64),
        chi_square=np.full(number, np.nan),
        converged=np.zeros(number, dtype=np.bool_),
        robustness=np.zeros(points),
        residual=np.full(points, np.nan),
    )
    widths = 1 << np.ceil(np.log2(np.maximum(groups.size, 4))).astype(np.int64)
    for width in np.unique(widths).tolist():
        members = np.flatnonzero(widths == width)
        rows = max(1, _MOST_ENTRIES // width)
        for k in range(0, members.size, rows):
            _fit_block(groups, members[k : k + rows], width, parameters, loss, found)
    return found


def _fit_block(
    groups: Groups,
    members: NDArray[np.int64],
    width: int,
    parameters: int,
    loss: str,
    found: Lines,
) -> None:
    inside = np.arange(width) < groups.size[members, None]
    at = np.where(inside, groups.start[members, None] + np.arange(width), 0)
    x, y, w, rounding = (np.where(inside, column[at], 0.0) for column in groups[:4])
    block = _Block(x, y, w, inside, groups.size[members], groups.slope[members], parameters)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        least = 4.0 * np.max(rounding * np.sqrt(w), axis=1)
        results, robustness, residual = block.solve(loss, least)
    for column, values in zip(found[:8], results, strict=True):
        column[members] = values
    found.robustness[at[inside]] = robustness[inside]
    found.residual[at[inside]] = residual[inside]


Iterated = tuple[Floats, Floats, Floats, NDArray[np.bool_]]


class _Block:
    """Groups as rows of matrices; entries outside a group have weight, x and y 0."""

    def __init__(
        self,
        x: Floats,
        y: Floats,
        w: Floats,
        inside: NDArray[np.bool_],
        count: NDArray[np.int64],
        slope: Floats,
        parameters: int,
    ) -> None:
        self.x, self.y, self.w = x, y, w
        self.inside, self.count, self.parameters = inside, count, parameters
        self.total, self.centre, self.u, self.spread = self._moments(w)
        self.known = slope
        share = w / self.total[:, None]
        if parameters == 2:
            share = share + w * self.u**2 / self.spread[:, None]
        # a point that alone determines the line has no residual to speak of
        self.leverage = np.minimum(share, 0.9999)

    def _moments(self, weight: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Sum of the weights, mean of x, centred x, its weighted squares."""
        total = np.sum(weight, axis=1)
        centre = np.sum(weight * self.x, axis=1) / total
        u = np.where(self.inside, self.x - centre[:, None], 0.0)
        return total, centre, u, np.sum(weight * u**2, axis=1)

    def solve(self, loss: str, least: Floats) -> tuple[tuple[Any, ...], Floats, Floats]:
        """Columns of `Lines` by group, then robustness and residual by point."""
        if loss == "least_squares":
            level, slope = self._weighted(self.w)
            scale = np.ones_like(level)
            converged = np.isfinite(level)
        else:
            level, slope, scale, converged = self._iterate(loss, *self._start(), least)
        standard = self._standardised(level, slope)
        robustness = np.where(self.inside, _weight(loss, standard / scale[:, None]), 0.0)
        kept = robustness > 0.0
        count = np.sum(kept, axis=1)
        inner = np.where(kept, self.w, 0.0)
        total, centre, _, spread = self._moments(inner)
        residual = self.y - level[:, None] - slope[:, None] * self.u
        variance = self._variance(loss, standard, scale)
        results = (
            centre,
            level + slope * (centre - self.centre),
            slope,
            variance / total,
            variance / spread if self.parameters == 2 else np.zeros_like(level),
            count,
            np.sum(inner * residual**2, axis=1),
            converged,
        )
        return results, robustness, residual

    def _weighted(self, v: Floats) -> tuple[Floats, Floats]:
        """Weighted least squares: level at the base centre, and slope."""
        total = np.sum(v, axis=1)
        mean_u, mean_y = np.sum(v * self.u, axis=1) / total, np.sum(v * self.y, axis=1) / total
        if self.parameters == 1:
            return mean_y - self.known * mean_u, self.known
        du = self.u - mean_u[:, None]
        dy = self.y - mean_y[:, None]
        slope = np.sum(v * du * dy, axis=1) / np.sum(v * du**2, axis=1)
        return mean_y - slope * mean_u, slope

    def _start(self) -> tuple[Floats, Floats]:
        slope = self.known
        if self.parameters == 2:
            half = (self.count + 1) // 2
            other = np.arange(self.x.shape[1]) + half[:, None]
            apart = other < self.count[:, None]
            other = np.where(apart, other, 0)
            dx = np.take_along_axis(self.x, other, axis=1) - self.x
            dy = np.take_along_axis(self.y, other, axis=1) - self.y
            usable = apart & (dx > 0.0)
            slopes = np.where(usable, dy / dx, np.inf)
            slope = _median(slopes, np.sum(usable, axis=1))
        level = _median(np.where(self.inside, self.y - slope[:, None] * self.u, np.inf), self.count)
        return level, slope

    def _standardised(self, level: Floats, slope: Floats) -> Floats:
        residual = self.y - level[:, None] - slope[:, None] * self.u
        return residual * np.sqrt(self.w / (1.0 - self.leverage))

    def _scale(self, level: Floats, slope: Floats, least: Floats) -> Floats:
        sizes = np.where(self.inside, np.abs(self._standardised(level, slope)), np.inf)
        middle = _median(sizes, self.count, skip=self.parameters - 1)
        small = 1.0 + 5.0 / (self.count - self.parameters)
        return np.maximum(small * middle / _NORMAL_MEDIAN, least)

    def _iterate(self, loss: str, level: Floats, slope: Floats, least: Floats) -> Iterated:
        scale = self._scale(level, slope, least)
        for _ in range(_SCALE_RENEWALS):
            level, slope = self._step(loss, level, slope, scale)
            scale = self._scale(level, slope, least)
        level, slope, converged = self._converge(loss, level, slope, scale, least)
        return level, slope, scale, converged

    def _step(
        self, loss: str, level: Floats, slope: Floats, scale: Floats
    ) -> tuple[Floats, Floats]:
        standard = self._standardised(level, slope) / scale[:, None]
        return self._weighted(self.w * _weight(loss, standard))

    def _converge(
        self, loss: str, level: Floats, slope: Floats, scale: Floats, least: Floats
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Steps at that scale until all groups have converged."""
        converged = np.zeros(level.size, dtype=np.bool_)
        for _ in range(_MOST_STEPS):
            new_level, new_slope = self._step(loss, level, slope, scale)
            change = np.abs(new_level - level) * np.sqrt(self.total)
            change = change + np.abs(new_slope - slope) * np.sqrt(self.spread)
            # what has converged stays as it is, so that no group depends on its neighbours
            level = np.where(converged, level, new_level)
            slope = np.where(converged, slope, new_slope)
            converged |= change <= _ACCURACY * scale + least
            if np.all(converged | ~np.isfinite(level)):
                break
        return level, slope, converged

    def _variance(self, loss: str, residual: Floats, scale: Floats) -> Floats:
        """Of a point of weight 1, as the estimator's errors see it; residuals standardised."""
        standard = residual / scale[:, None]
        weight = np.where(self.inside, _weight(loss, standard), 0.0)
        kept = weight > 0.0
        count = np.sum(kept, axis=1)
        psi = standard * weight
        squares = np.sum((1.0 - self.leverage) * psi**2, axis=1) / (count - self.parameters)
        steep = np.where(kept, _derivative(loss, standard), 0.0)
        mean = np.sum(steep, axis=1) / count
        spread = np.sum(np.where(kept, (steep - mean[:, None]) ** 2, 0.0), axis=1) / count
        factor = 1.0 + self.parameters / count * spread / mean**2
        found = (factor * scale / mean) ** 2 * squares
        return np.where((count > self.parameters) & (mean > 0.0), found, np.nan)


def _weight(loss: str, standard: Floats) -> Floats:
    """psi(z) / z."""
    constant = CONSTANTS[loss]
    if loss == "bisquare":
        return np.asarray(np.maximum(1.0 - (standard / constant) ** 2, 0.0) ** 2)
    if loss == "huber":
        return np.asarray(constant / np.maximum(np.abs(standard), constant))
    return np.ones_like(standard)


def _derivative(loss: str, standard: Floats) -> Floats:
    """psi'(z)."""
    constant = CONSTANTS[loss]
    if loss == "bisquare":
        t = np.minimum((standard / constant) ** 2, 1.0)
        return np.asarray((1.0 - t) * (1.0 - 5.0 * t))
    return np.where(np.abs(standard) <= constant, 1.0, 0.0)


def _median(values: Floats, count: NDArray[np.int64], skip: int = 0) -> Floats:
    """Of the `count` smallest of each row without the `skip` smallest; NaN of none."""
    ordered = np.sort(values, axis=1)
    left = count - skip
    low = np.maximum(skip + (left - 1) // 2, 0)[:, None]
    high = np.minimum(skip + left // 2, values.shape[1] - 1)[:, None]
    middle = np.take_along_axis(ordered, low, axis=1) + np.take_along_axis(ordered, high, axis=1)
    return np.where(left > 0, 0.5 * middle[:, 0], np.nan)
