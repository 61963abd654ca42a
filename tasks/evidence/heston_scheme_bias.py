"""Bias of Heston's schemes by the length of their steps, beside the semi-analytic price.

Every estimate has the spot as control variate and scrambled nets, with the same numbers for all
strikes of a case, so that what is left of the difference is mostly bias.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from strikeproof import heston
from strikeproof import monte_carlo as mc

Scheme = Literal["quadratic_exponential", "almost_exact", "full_truncation"]
SCHEMES: tuple[Scheme, ...] = ("quadratic_exponential", "almost_exact", "full_truncation")
SPOT = 100.0


@dataclass(frozen=True)
class Case:
    """Parameters of the model, with rates of 0, and the options that are priced."""

    name: str
    initial_variance: float
    long_run_variance: float
    mean_reversion: float
    volatility_of_variance: float
    correlation: float
    time_to_expiry: float
    strikes: tuple[float, ...] = (80.0, 100.0, 120.0)

    @property
    def parameters(self) -> dict[str, Any]:
        """Of the model."""
        return {
            "initial_variance": self.initial_variance,
            "long_run_variance": self.long_run_variance,
            "mean_reversion": self.mean_reversion,
            "volatility_of_variance": self.volatility_of_variance,
            "correlation": self.correlation,
        }

    def price(self, strike: float) -> float:
        """Of a call, semi-analytic."""
        found: float = heston.price(
            option_type="call",
            spot=SPOT,
            strike=strike,
            time_to_expiry=self.time_to_expiry,
            rate=0.0,
            **self.parameters,
        )
        return found


# the last three are those of Andersen (2008), table 1
CASES = (
    Case("base", 0.04, 0.04, 2.0, 0.3, -0.7, 1.0),
    Case("feller-violated", 0.09, 0.09, 1.0, 1.5, -0.95, 1.0),
    Case("low-variance", 0.0025, 0.01, 1.5, 0.4, -0.5, 1.0, (95.0, 100.0, 105.0)),
    Case("andersen-1", 0.04, 0.04, 0.5, 1.0, -0.9, 10.0, (60.0, 100.0, 140.0)),
    Case("andersen-2", 0.04, 0.04, 0.3, 0.9, -0.5, 15.0, (60.0, 100.0, 140.0)),
    Case("andersen-3", 0.09, 0.09, 1.0, 1.0, -0.3, 5.0, (60.0, 100.0, 140.0)),
)


@dataclass(frozen=True)
class Profile:
    """Steps per year and path-steps an estimate may take; the almost exact scheme has its own."""

    steps_per_year: tuple[int, ...]
    path_steps: int
    almost_exact_steps_per_year: tuple[int, ...]
    almost_exact_path_steps: int
    most_paths: int
    every_strike: bool

    def steps(self, scheme: str) -> tuple[int, ...]:
        """Steps per year of a scheme."""
        exact = scheme == "almost_exact"
        return self.almost_exact_steps_per_year if exact else self.steps_per_year


FAST = Profile((1, 4, 16), 1 << 20, (1, 4), 1 << 13, 1 << 15, every_strike=False)
FULL = Profile((1, 2, 4, 8, 16, 32), 1 << 23, (1, 2, 4, 8), 1 << 18, 1 << 19, every_strike=True)
LEAST_PATHS = 32 * 64  # a net of 64 points in each replicate


def paths_for(profile: Profile, scheme: str, steps: float) -> int:
    """Paths of an estimate."""
    exact = scheme == "almost_exact"
    budget = profile.almost_exact_path_steps if exact else profile.path_steps
    return int(min(max(budget / steps, LEAST_PATHS), profile.most_paths))


def study(
    profile: Profile,
    *,
    seed: int = 20080301,
    threads: int | None = None,
    progress: Callable[[str], Any] | None = None,
) -> list[dict[str, Any]]:
    """Rows of case, scheme, steps per year, strike, estimate, its error, exact price and bias.

    Parameters
    ----------
    profile : Profile
        `FAST` or `FULL`.
    seed, threads
        As for `strikeproof.monte_carlo.price`.
    progress : callable, optional
        Told the case and scheme that begin.

    Returns
    -------
    list of dict
        ``bias`` is estimate less exact price, in units of a spot of 100; ``errors`` the same over
        the standard error.
    """
    rows = []
    for case in CASES:
        for scheme in SCHEMES:
            if progress is not None:
                progress(f"{case.name}, {scheme}")
            for steps in profile.steps(scheme):
                model = mc.Heston(spot=SPOT, **case.parameters, scheme=scheme, steps_per_year=steps)
                paths = paths_for(profile, scheme, steps * case.time_to_expiry)
                for strike in case.strikes if profile.every_strike else case.strikes[1:2]:
                    option = mc.European(
                        option_type="call", strike=strike, time_to_expiry=case.time_to_expiry
                    )
                    found = mc.price(
                        option, model, paths=paths, seed=seed, method="sobol", threads=threads
                    )
                    exact = case.price(strike)
                    bias = found.value - exact
                    rows.append(
                        {
                            "case": case.name,
                            "scheme": scheme,
                            "steps_per_year": steps,
                            "strike": strike,
                            "paths": found.paths,
                            "estimate": found.value,
                            "standard_error": found.standard_error,
                            "exact": exact,
                            "bias": bias,
                            "errors": bias / found.standard_error,
                        }
                    )
    return rows
