"""Options with early exercise by simulation: a rule when to exercise, bounds from both sides."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import thread_count
from strikeproof._monte_carlo_arguments import array, choice, dates, flag, number, numbers, sign
from strikeproof._monte_carlo_estimate import (
    MOST_PATHS,
    Estimate,
    Settings,
    estimate_of,
    finite,
    reporter,
)
from strikeproof._monte_carlo_models import Model
from strikeproof._monte_carlo_payoffs import European, Payoff
from strikeproof._monte_carlo_several import Basket, Rainbow
from strikeproof.random import whole_number

MOST_DEGREE = 12
MOST_REGRESSORS = 500
PAIR = 32  # inner paths come by as many: mirrored halves of whole vectors


@dataclass(frozen=True)
class Regression:
    """What the regression on one exercise date said.

    Attributes
    ----------
    paths : int
        Training paths in the money.
    rank : int
        Regressors that were kept; 0: too few paths, nobody exercises on this date.
    condition : float
        Of the regressors at length 1 that were kept.
    r_squared : float
    """

    paths: int
    rank: int
    condition: float
    r_squared: float


@dataclass(frozen=True)
class American:
    """Bounds of an option with early exercise.

    Attributes
    ----------
    lower : Estimate
        Value of the rule on paths of its own: at most the option's value in expectation.
    gap : Estimate or None
        Of the upper bound over the rule's value, by duality: >= 0 in expectation. None where
        ``outer_paths=0``.
    exercise_time : Estimate
        Years until exercise, or expiry.
    exercise_probability : Estimate
        Under the pricing measure.
    exercise_dates : tuple of float
        Expiry included.
    exercise_frequency : tuple of float
        Share of the training paths that the rule ends on each date.
    boundary : tuple of float
        For `European`, the spot on each date at which the rule changes; NaN where the training
        paths do not reach it. Else empty.
    in_sample : float
        Mean over the training paths, whose future the rule knows in part: biased upwards.
    regressions : tuple of Regression
        One for each date but the last.
    regressors : int
    training_paths, training_bytes : int
        Spots kept on exercise dates: what memory grows with.
    """

    lower: Estimate
    gap: Estimate | None
    exercise_time: Estimate
    exercise_probability: Estimate
    exercise_dates: tuple[float, ...]
    exercise_frequency: tuple[float, ...]
    boundary: tuple[float, ...]
    in_sample: float
    regressions: tuple[Regression, ...]
    regressors: int
    training_paths: int
    training_bytes: int

    @property
    def upper(self) -> float:
        """Upper bound in expectation; NaN where it was not asked for."""
        return math.nan if self.gap is None else self.lower.value + self.gap.value

    @property
    def upper_standard_error(self) -> float:
        """Of `upper`: both runs are independent."""
        if self.gap is None:
            return math.nan
        return math.hypot(self.lower.standard_error, self.gap.standard_error)

    def confidence_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval that holds the option's value with this probability or more.

        From the lower end of the lower bound's interval to the upper end of the upper bound's, each
        missed on its own side with probability (1 - `level`)/2 [Andersen and Broadie 2004].

        Raises
        ------
        ValueError
            `level` is not within (0, 1), or there is no upper bound.
        """
        if self.gap is None:
            raise ValueError("outer_paths is 0: an interval needs the upper bound")
        low, _ = self.lower.confidence_interval(level)
        degrees = min(self.lower.degrees_of_freedom, self.gap.degrees_of_freedom)
        width = _core.student_two_sided(level, degrees)
        return low, self.upper + width * self.upper_standard_error


def american(
    payoff: Payoff,
    model: Model,
    exercise_dates: ArrayLike,
    *,
    degree: int | None = None,
    european_regressor: bool = False,
    training_paths: int = 50_000,
    paths: int = 100_000,
    outer_paths: int = 512,
    inner_paths: int = 256,
    seed: int = 1,
    method: Literal["pseudo", "sobol"] = "pseudo",
    replicates: int = 32,
    antithetic: bool = False,
    control_variate: bool = True,
    target_error: float | None = None,
    target_relative_error: float | None = None,
    maximum_paths: int | None = None,
    maximum_bytes: int = 2**31,
    threads: int | None = None,
    progress: Callable[[Estimate], Any] | None = None,
) -> American:
    """Bounds of an option that may be exercised on some dates, by simulation.

    A rule when to exercise comes from Longstaff and Schwartz's regressions on training paths; its
    value on other paths is the lower bound, Andersen and Broadie's dual of it the upper one.

    Parameters
    ----------
    payoff : European, Basket or Rainbow
        What exercise pays; a `European` one must be ``"vanilla"``.
    model : Model
        Of as many assets. The rule sees spots alone: where a model has more state, as stochastic
        volatility, both bounds hold but are further apart.
    exercise_dates : sequence of float, > 0 and ascending, years
        Up to the payoff's ``time_to_expiry``, which is the last date whether listed or not. Today
        is not among them: where the option may be exercised now, compare with that yourself.
    degree : int, 1 to 12, optional
        Total degree of the monomials, of the sorted spots for `Rainbow`; by default 6 for one
        asset, 4 for two, 3 for three or four, else 2.
    european_regressor : bool
        Regress on the European value as well; `European` and `BlackScholes` only. Slow, and of
        use at low degrees.
    training_paths : int, >= 100
        Their spots on exercise dates are kept.
    paths, method, replicates, antithetic, target_error, target_relative_error, maximum_paths
        Of the lower bound, as for `price`.
    outer_paths : int, 0 or >= 2
        Of the upper bound; 0: none.
    inner_paths : int, >= 32
        From every outer path on every date in the money; rounded up to a multiple of 32. The upper
        bound is too high by an amount that falls like one over their number.
    seed : int, below 2**64
    control_variate : bool
        For `European` and `BlackScholes`, correct by the European value at exercise, a martingale.
    maximum_bytes : int
        The training paths may not need more.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    progress : callable, optional
        As for `price`, about the lower bound.

    Returns
    -------
    American

    Raises
    ------
    ValueError, TypeError
        An argument breaks its rule, or payoff and model do not fit.
    """
    kind, strike, weights, expiry = _claim(payoff, model)
    times = dates("exercise_dates", exercise_dates)
    if times[-1] > expiry:
        raise ValueError(
            f"exercise_dates is {times[-1]!r} at index {len(times) - 1}: "
            f"must be at most time_to_expiry, {expiry!r}"
        )
    times = times if times[-1] == expiry else (*times, expiry)
    assets = len(weights)
    order = _degree(degree, assets)
    settings = Settings.checked(
        paths=paths,
        seed=seed,
        method=method,
        replicates=replicates,
        antithetic=antithetic,
        target_error=target_error,
        target_relative_error=target_relative_error,
        maximum_paths=maximum_paths,
    )
    training = whole_number("training_paths", training_paths, 100, MOST_PATHS)
    size = 8 * training * (assets * len(times) + 2)
    if size > whole_number("maximum_bytes", maximum_bytes, 0, 2**62):
        raise ValueError(f"training_paths is {training}: {size} bytes, more than maximum_bytes")
    outer = whole_number("outer_paths", outer_paths, 0, 2**31)
    if outer == 1:
        raise ValueError("outer_paths is 1: must be 0, or 2 and more")
    inner = -(-whole_number("inner_paths", inner_paths, PAIR, 2**20) // PAIR) * PAIR
    workers = thread_count(threads)
    report = reporter(progress)
    lognormal = model.lognormal() if isinstance(payoff, European) else None
    regressor = flag("european_regressor", european_regressor)
    if regressor and lognormal is None:
        raise ValueError("european_regressor is True: needs a European payoff and BlackScholes")
    guided = flag("control_variate", control_variate) and lognormal is not None

    claim = (kind, sign(payoff.option_type), strike, array(weights), array(times))  # type: ignore[attr-defined]
    terms = _core.ExerciseTerms(*claim, model.rate_curve)
    dynamics = model.dynamics(_core.payoff_several_assets(*claim, model.rate_curve))
    rule = _core.exercise_train(
        dynamics, terms, lognormal, regressor, order, settings.seed, training, workers
    )
    outputs, _ = _core.monte_carlo_price(
        dynamics, _core.exercise_payoff(rule, guided), [], *settings, workers, report
    )
    gap = None
    if outer:
        found = _core.exercise_gap(dynamics, rule, settings.seed, outer, inner, guided, workers)
        gap = finite(estimate_of(found))
    regressors, in_sample, regressions, frequency = _core.exercise_diagnostics(rule)
    return American(
        lower=finite(estimate_of(outputs[0])),
        gap=gap,
        exercise_time=estimate_of(outputs[1]),
        exercise_probability=estimate_of(outputs[2]),
        exercise_dates=times,
        exercise_frequency=tuple(frequency),
        boundary=tuple(_core.exercise_boundary(rule)) if isinstance(payoff, European) else (),
        in_sample=in_sample,
        regressions=tuple(Regression(*one) for one in regressions),
        regressors=regressors,
        training_paths=training,
        training_bytes=size,
    )


def _claim(payoff: Payoff, model: Model) -> tuple[int, float, tuple[float, ...], float]:
    """Kind of the compiled core, strike, weights and expiry."""
    if not isinstance(model, Model):
        raise TypeError(f"model is {model!r}: must be a Model")
    if not isinstance(payoff, European | Basket | Rainbow):
        raise TypeError(f"payoff is {payoff!r}: must be a European, Basket or Rainbow")
    if payoff.assets != len(model.spots):
        raise ValueError(f"payoff watches {payoff.assets} assets and model has {len(model.spots)}")
    if isinstance(payoff, European) and payoff.payoff != "vanilla":
        raise ValueError(f"payoff pays {payoff.payoff!r}: must be 'vanilla' for early exercise")
    kind, weights = 0, (1.0,) * payoff.assets
    if isinstance(payoff, Basket):
        weights = numbers("weights", payoff.weights)
    elif isinstance(payoff, Rainbow):
        kind = 1 + choice("extreme", payoff.extreme, ("maximum", "minimum"))
    expiry = number("time_to_expiry", payoff.time_to_expiry)
    return kind, float(payoff.strike), weights, expiry


def _degree(degree: int | None, assets: int) -> int:
    if degree is None:
        return {1: 6, 2: 4, 3: 3, 4: 3}.get(assets, 2)
    found = whole_number("degree", degree, 1, MOST_DEGREE)
    count = math.comb(assets + found, found)
    if count > MOST_REGRESSORS:
        raise ValueError(
            f"degree is {found}: {count} regressors of {assets} assets, "
            f"must be at most {MOST_REGRESSORS}"
        )
    return found
