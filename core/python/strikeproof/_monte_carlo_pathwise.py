"""Payoffs with derivatives along the path."""

from __future__ import annotations

import math
from collections.abc import Sequence

from strikeproof import _core
from strikeproof._monte_carlo_arguments import array, choice, numbers, sign
from strikeproof._monte_carlo_paths import LOOKBACK_KINDS, Lookback
from strikeproof._monte_carlo_payoffs import Asian, European, Payoff
from strikeproof._monte_carlo_several import Basket, Rainbow

# in the order of the compiled core
ARITHMETIC, GEOMETRIC, MAXIMUM, MINIMUM, WEIGHTED, BEST, WORST = range(7)


def derivative_payoff(
    payoff: Payoff, model: _core.FlatLognormal, codes: Sequence[tuple[int, int]]
) -> _core.Payoff:
    """`payoff` with the Greeks that the codes name.

    Raises
    ------
    ValueError
        It is not continuous in the spots, or watched all the time.
    """
    if isinstance(payoff, European | Basket | Rainbow):
        functional, weights, times = _at_expiry(payoff)
        terms = (functional, False, sign(payoff.option_type), float(payoff.strike))
        past = math.nan
    elif isinstance(payoff, Asian):
        times, weights = payoff._schedule()
        geometric = payoff.average == "geometric"
        floating = payoff.kind == "average_strike"
        terms = (int(geometric), floating, sign(payoff.option_type), float(payoff.strike))
        fixings = numbers("past_fixings", payoff.past_fixings)
        shares = numbers("weights", payoff.weights if payoff.weights is not None else ())
        past = sum(
            share * (math.log(fixing) if geometric else fixing)
            for share, fixing in zip(shares, fixings, strict=False)
        )
    elif isinstance(payoff, Lookback) and not payoff.continuous:
        times, weights = payoff._schedule()
        floating = choice("kind", payoff.kind, LOOKBACK_KINDS) == 1
        highest = floating != (payoff.option_type == "call")
        functional = MAXIMUM if highest else MINIMUM
        terms = (functional, floating, sign(payoff.option_type), float(payoff.strike))
        past = math.nan if payoff.extremum is None else payoff.extremum
    else:
        raise ValueError(f"estimator is 'pathwise': {_why(payoff)}")
    if times[0] == 0.0:
        raise ValueError("time_to_expiry is 0.0: must be > 0 for Greeks")
    return _core.payoff_pathwise(*terms, array(weights), past, array(times), model, codes)


def _at_expiry(
    payoff: European | Basket | Rainbow,
) -> tuple[int, tuple[float, ...], tuple[float, ...]]:
    times = (float(payoff.time_to_expiry),)
    if isinstance(payoff, European):
        if payoff.payoff != "vanilla":
            raise ValueError(
                f"estimator is 'pathwise': payoff {payoff.payoff!r} jumps at the strike; "
                "use 'likelihood_ratio' or 'bump'"
            )
        return WEIGHTED, (1.0,), times
    if isinstance(payoff, Basket):
        return WEIGHTED, numbers("weights", payoff.weights), times
    return BEST if payoff.extreme == "maximum" else WORST, (1.0,) * payoff.assets, times


def _why(payoff: Payoff) -> str:
    name = type(payoff).__name__
    if getattr(payoff, "continuous", False):
        return f"{name} is watched all the time; use 'bump'"
    if name == "Cliquet":
        return f"{name} has no path derivative here; use 'bump'"
    return f"{name} jumps with the spots; use 'likelihood_ratio' or 'bump'"
