"""Models whose paths are simulated in steps: stochastic and local volatility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from strikeproof import _core
from strikeproof._monte_carlo_arguments import (
    NONNEGATIVE,
    POSITIVE,
    RATE_KINDS,
    CurveTuple,
    choice,
    curve,
    number,
)
from strikeproof._monte_carlo_models import Model
from strikeproof._ssvi_surface import Surface

SCHEMES = ("quadratic_exponential", "almost_exact", "full_truncation")
Scheme = Literal["quadratic_exponential", "almost_exact", "full_truncation"]


@dataclass(frozen=True, kw_only=True)
class _Stepped(Model):
    """One asset under rates that may be curves, in steps of its own."""

    spot: float
    rate: Any = 0.0
    dividend_yield: Any = 0.0
    steps_per_year: float = 32.0

    def __post_init__(self) -> None:
        number("spot", self.spot, POSITIVE)
        number("steps_per_year", self.steps_per_year, POSITIVE)
        curve("rate", self.rate, RATE_KINDS)
        curve("dividend_yield", self.dividend_yield, RATE_KINDS)

    @property
    def spots(self) -> tuple[float, ...]:
        return (self.spot,)

    @property
    def rate_curve(self) -> CurveTuple:
        return curve("rate", self.rate, RATE_KINDS)

    def yield_curve(self, asset: int) -> CurveTuple:
        return curve("dividend_yield", (self.dividend_yield,)[asset], RATE_KINDS)


@dataclass(frozen=True, kw_only=True)
class Heston(_Stepped):
    """Heston's stochastic volatility, in steps with a bias that falls with their length.

    Parameters
    ----------
    spot : float, > 0
    initial_variance, long_run_variance : float, >= 0, per year
    mean_reversion : float, >= 0, per year
    volatility_of_variance : float, >= 0
    correlation : float, within [-1, 1]
        Of the spot's and the variance's increments.
    rate, dividend_yield : float or `strikeproof.term_structure.RateCurve`
    scheme : {"quadratic_exponential", "almost_exact", "full_truncation"}
        ``"quadratic_exponential"``: Andersen's, with central weights and the martingale correction;
        the expected spot is right to rounding. ``"almost_exact"``: the variance is drawn from its
        own law, its integral over a step with the right mean and variance given both ends: the
        reference, some hundred times slower. ``"full_truncation"``: Euler's, the baseline.
    steps_per_year : float, > 0
        No step is longer than one over this; every date of the payoff ends a step.

    Raises
    ------
    ValueError, TypeError
        An argument breaks its rule: the message names argument, value and rule.

    Notes
    -----
    `strikeproof.monte_carlo.price` refuses the quadratic-exponential scheme where the correlation
    is positive and steps are so long that its spot has no expectation, and the almost exact one for
    a volatility of variance within (1e-9, 1e-3).

    Payoffs that are watched all the time take the log spot between two steps for a Brownian bridge
    with the variance's integral over the step: that has a bias of its own which falls with the
    steps.

    Andersen (2008), J. Computational Finance 11(3), 1-42; Tse and Wan (2013), Quantitative Finance
    13(6), 919-937; Lord, Koekkoek and van Dijk (2010), Quantitative Finance 10(2), 177-194.
    """

    initial_variance: float
    long_run_variance: float
    mean_reversion: float
    volatility_of_variance: float
    correlation: float
    scheme: Scheme = "quadratic_exponential"

    def __post_init__(self) -> None:
        super().__post_init__()
        number("initial_variance", self.initial_variance, NONNEGATIVE)
        number("long_run_variance", self.long_run_variance, NONNEGATIVE)
        number("mean_reversion", self.mean_reversion, NONNEGATIVE)
        number("volatility_of_variance", self.volatility_of_variance, NONNEGATIVE)
        if not -1.0 <= number("correlation", self.correlation) <= 1.0:
            raise ValueError(f"correlation is {self.correlation!r}: must be within [-1, 1]")
        choice("scheme", self.scheme, SCHEMES)

    def dynamics(self, payoff: _core.Payoff) -> _core.Dynamics:
        return _core.monte_carlo_heston(
            self.spot,
            self.initial_variance,
            self.long_run_variance,
            self.mean_reversion,
            self.volatility_of_variance,
            self.correlation,
            self.rate_curve,
            self.yield_curve(0),
            choice("scheme", self.scheme, SCHEMES),
            self.steps_per_year,
            payoff,
        )


@dataclass(frozen=True, kw_only=True)
class LocalVolatility(_Stepped):
    """A spot whose volatility is the local volatility of a surface, by a scheme of weak order 2.

    Parameters
    ----------
    spot : float, > 0
    surface : strikeproof.ssvi.Surface
        Of log-moneyness against the forward of `rate` and `dividend_yield`.
    rate, dividend_yield : float or `strikeproof.term_structure.RateCurve`
    steps_per_year : float, > 0
        No step is longer than one over this; every date of the payoff and every expiry of the
        surface ends a step, and the first one is split in five.

    Raises
    ------
    ValueError, TypeError
        An argument breaks its rule: the message names argument, value and rule.

    Notes
    -----
    `strikeproof.monte_carlo.price` refuses a surface that has no local volatility somewhere within
    six standard deviations of its own smile: it allows arbitrage. Payoffs that are watched all the
    time take the log spot between two steps for a Brownian bridge, as for `Heston`.

    Dupire (1994), Risk 7(1), 18-20; Kloeden and Platen (1992), (15.1.1).
    """

    surface: Surface

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.surface, Surface):
            raise TypeError(f"surface is {self.surface!r}: must be a strikeproof.ssvi.Surface")

    def dynamics(self, payoff: _core.Payoff) -> _core.Dynamics:
        return _core.monte_carlo_local_volatility(
            self.spot,
            self.surface.description(),
            self.rate_curve,
            self.yield_curve(0),
            self.steps_per_year,
            payoff,
        )
