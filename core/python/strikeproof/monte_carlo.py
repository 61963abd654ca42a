"""Prices by simulation: every result is an estimate with its error.

>>> from strikeproof import monte_carlo as mc
>>> model = mc.BlackScholes(spot=100.0, volatility=0.2, rate=0.03)
>>> asian = mc.Asian(option_type="call", strike=100.0, times=[0.25, 0.5, 0.75, 1.0])
>>> estimate = mc.price(asian, model, paths=100_000, seed=1)
>>> low, high = estimate.confidence_interval(0.99)
>>> bool(low < 6.3249 < high)
True

A price is a function of its arguments alone: the same bits on any number of threads. Methods and
sources: ``core/src/monte_carlo``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from strikeproof import _core
from strikeproof._columns import thread_count
from strikeproof._monte_carlo_arguments import NONNEGATIVE, choice, flag, number
from strikeproof._monte_carlo_dynamics import Heston, LocalVolatility
from strikeproof._monte_carlo_models import BlackScholes, Merton, Model
from strikeproof._monte_carlo_paths import Barrier, Lookback
from strikeproof._monte_carlo_payoffs import Asian, European, Payoff
from strikeproof._monte_carlo_several import Basket, Rainbow
from strikeproof._monte_carlo_structured import Autocallable, Cliquet
from strikeproof.random import SOBOL_POINTS, whole_number

__all__ = [
    "Asian",
    "Autocallable",
    "Barrier",
    "Basket",
    "BlackScholes",
    "Cliquet",
    "Estimate",
    "European",
    "Heston",
    "LocalVolatility",
    "Lookback",
    "Merton",
    "Model",
    "Payoff",
    "Rainbow",
    "price",
]

STOPS = ("paths", "target", "maximum")
MOST_PATHS = 2**48
MOST_REPLICATES = 1024


@dataclass(frozen=True)
class Estimate:
    """What a simulation says about an expectation.

    Attributes
    ----------
    value : float
    standard_error : float
        Estimated standard deviation of `value`.
    degrees_of_freedom : float
        Of the standard error: samples, or replicates of quasi-random points, less one.
    paths : int
        Paths simulated, mirrored ones included and those that chose the controls' coefficients not.
    stopped : {"paths", "target", "maximum"}
        Why it ended: all paths simulated; error below its target; target missed by all paths
        allowed.
    control_coefficients : tuple of float
        One for each control variate.
    """

    value: float
    standard_error: float
    degrees_of_freedom: float
    paths: int
    stopped: str
    control_coefficients: tuple[float, ...] = ()

    def confidence_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Interval that holds the expectation with a given probability, by Student's t.

        Raises
        ------
        ValueError
            `level` is not within (0, 1).
        """
        if not 0.0 < number("level", level) < 1.0:
            raise ValueError(f"level is {level!r}: must be within (0, 1)")
        width = _core.monte_carlo_interval_width(level, self.degrees_of_freedom)
        return self.value - width * self.standard_error, self.value + width * self.standard_error


def price(
    payoff: Payoff,
    model: Model,
    *,
    paths: int = 100_000,
    seed: int = 1,
    method: Literal["pseudo", "sobol"] = "pseudo",
    replicates: int = 32,
    antithetic: bool = False,
    control_variate: bool = True,
    target_error: float | None = None,
    target_relative_error: float | None = None,
    maximum_paths: int | None = None,
    threads: int | None = None,
    progress: Callable[[Estimate], Any] | None = None,
) -> Estimate:
    """Present value of a contract by simulation.

    Parameters
    ----------
    payoff : Payoff
        `European`, `Asian`, `Barrier`, `Lookback`, `Basket`, `Rainbow`, `Autocallable`, `Cliquet`.
    model : Model
        `BlackScholes`, `Merton`, `Heston` or `LocalVolatility`.
    paths : int, >= 2
        Paths to simulate; with a target, those before the error is first looked at. With
        ``method="sobol"`` each replicate gets the next power of two of its share, 64 at least.
    seed : int, below 2**64
    method : {"pseudo", "sobol"}
        Independent paths, or Sobol's sequence with Owen's scrambling along a Brownian bridge.
    replicates : int, 2 to 1024
        Independent scramblings of Sobol's sequence, whose spread is the error.
    antithetic : bool
        Simulate every path's mirror image as well.
    control_variate : bool
        Correct by payoffs on the same paths whose expectation is known exactly. Coefficients come
        from 2048 samples of their own, so that the estimate has no bias.
    target_error, target_relative_error : float, >= 0, optional
        Simulate until the standard error is at most this, or this times the value; the easier of
        the two where both are given. The error decides when to stop, so that intervals are right
        only asymptotically: do not start from few paths.
    maximum_paths : int, optional
        With a target, where to stop at the latest, unless `paths` as rounded are more already; 100
        million by default.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.
    progress : callable, optional
        Called in the calling thread with the `Estimate` so far, after every 65,536 samples or so;
        what it raises ends the run.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError, TypeError
        An argument breaks its rule, payoff and model do not fit, or the value is not finite.
    """
    if not isinstance(payoff, Payoff):
        raise TypeError(f"payoff is {payoff!r}: must be a Payoff")
    if not isinstance(model, Model):
        raise TypeError(f"model is {model!r}: must be a Model")
    if payoff.assets != len(model.spots):
        raise ValueError(f"payoff watches {payoff.assets} assets and model has {len(model.spots)}")
    absolute = _target("target_error", target_error)
    relative = _target("target_relative_error", target_relative_error)
    least = whole_number("paths", paths, 2, MOST_PATHS)
    targeted = absolute > 0.0 or relative > 0.0
    most = whole_number(
        "maximum_paths",
        (max(10**8, least) if maximum_paths is None else maximum_paths) if targeted else least,
        least,
        MOST_PATHS,
    )
    sobol = choice("method", method, ("pseudo", "sobol"))
    copies = whole_number("replicates", replicates, 2, MOST_REPLICATES)
    if sobol and most > copies * SOBOL_POINTS // 2:
        name = "maximum_paths" if targeted else "paths"
        raise ValueError(f"{name} is {most}: must be at most {copies * SOBOL_POINTS // 2} by sobol")
    if progress is not None and not callable(progress):
        raise TypeError(f"progress is {progress!r}: must be callable")

    contract = payoff.built(model)
    controls = payoff.controls(model) if flag("control_variate", control_variate) else []
    outputs, coefficients = _core.monte_carlo_price(
        model.dynamics(contract),
        contract,
        controls,
        whole_number("seed", seed, 0, 2**64 - 1),
        least,
        most,
        sobol,
        copies,
        flag("antithetic", antithetic),
        absolute,
        relative,
        thread_count(threads),
        None if progress is None else lambda found: progress(_estimate(found)),
    )
    estimate = _estimate(outputs[0], tuple(coefficients))
    if not (math.isfinite(estimate.value) and math.isfinite(estimate.standard_error)):
        raise ValueError(f"value is {estimate.value!r}: paths leave the range of a double")
    return estimate


def _target(name: str, value: float | None) -> float:
    return 0.0 if value is None else number(name, value, NONNEGATIVE)


def _estimate(found: tuple[Any, ...], coefficients: tuple[float, ...] = ()) -> Estimate:
    value, error, degrees, paths, stop = found
    return Estimate(value, error, degrees, paths, STOPS[stop], coefficients)
