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

from collections.abc import Callable
from typing import Any, Literal

from strikeproof import _core
from strikeproof._columns import thread_count
from strikeproof._monte_carlo_american import American, american
from strikeproof._monte_carlo_arguments import flag
from strikeproof._monte_carlo_dynamics import Heston, LocalVolatility
from strikeproof._monte_carlo_estimate import Estimate, Settings, estimate_of, finite, reporter
from strikeproof._monte_carlo_greeks import MCGreeks, greeks
from strikeproof._monte_carlo_models import BlackScholes, Merton, Model
from strikeproof._monte_carlo_paths import Barrier, Lookback
from strikeproof._monte_carlo_payoffs import Asian, European, Payoff
from strikeproof._monte_carlo_several import Basket, Rainbow
from strikeproof._monte_carlo_structured import Autocallable, Cliquet

__all__ = [
    "American",
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
    "MCGreeks",
    "Merton",
    "Model",
    "Payoff",
    "Rainbow",
    "american",
    "greeks",
    "price",
]


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
    report = reporter(progress)
    contract = payoff.built(model)
    controls = payoff.controls(model) if flag("control_variate", control_variate) else []
    outputs, coefficients = _core.monte_carlo_price(
        model.dynamics(contract),
        contract,
        controls,
        *settings,
        thread_count(threads),
        report,
    )
    return finite(estimate_of(outputs[0], tuple(coefficients)))
