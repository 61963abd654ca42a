"""Greeks by simulation: pathwise, by likelihood ratios, and by bumps on common numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from strikeproof import _core
from strikeproof._columns import thread_count
from strikeproof._monte_carlo_arguments import array, choice
from strikeproof._monte_carlo_bumps import bump_sizes, bumped
from strikeproof._monte_carlo_estimate import Estimate, Settings, estimate_of, finite, reporter
from strikeproof._monte_carlo_models import BlackScholes, Model
from strikeproof._monte_carlo_paths import Barrier, Lookback
from strikeproof._monte_carlo_pathwise import derivative_payoff
from strikeproof._monte_carlo_payoffs import Asian, European, Payoff
from strikeproof._monte_carlo_several import Basket, Rainbow
from strikeproof._monte_carlo_structured import Autocallable

GREEKS = ("delta", "gamma", "vega", "rho", "theta")
BY_ASSET = ("delta", "gamma", "vega")
ESTIMATORS = ("pathwise", "likelihood_ratio", "bump")


@dataclass(frozen=True)
class MCGreeks:
    """Price and Greeks from the same paths.

    Attributes
    ----------
    price : Estimate
    greeks : dict
        From the names asked for to an `Estimate`; for several assets delta, gamma and vega are
        tuples of them, one per asset, and gamma is by one spot twice.
    estimator : str
    bumps : dict
        Sizes of the bumps by name, absolute; for spots relative. Empty for other estimators.
    """

    price: Estimate
    greeks: dict[str, Any]
    estimator: str
    bumps: dict[str, float]

    def __getitem__(self, name: str) -> Any:
        return self.greeks[name]


def greeks(
    payoff: Payoff,
    model: Model,
    *,
    estimator: Literal["pathwise", "likelihood_ratio", "bump"] = "pathwise",
    greeks: Sequence[str] = ("delta", "vega"),
    bumps: Mapping[str, float] | None = None,
    paths: int = 100_000,
    seed: int = 1,
    method: Literal["pseudo", "sobol"] = "pseudo",
    replicates: int = 32,
    antithetic: bool = False,
    target_error: float | None = None,
    target_relative_error: float | None = None,
    maximum_paths: int | None = None,
    threads: int | None = None,
    progress: Callable[[Estimate], Any] | None = None,
) -> MCGreeks:
    """Derivatives of a price by simulation, each with its error.

    Parameters
    ----------
    payoff : Payoff
    model : Model
    estimator : {"pathwise", "likelihood_ratio", "bump"}
        ``"pathwise"``: derivatives along the path; for payoffs that are continuous in the spots
        (`European` vanilla, `Asian`, `Lookback` at times, `Basket`, `Rainbow`) of `BlackScholes`
        with numbers for rate, yields and volatilities. Gamma is the likelihood ratio of that delta.
        ``"likelihood_ratio"``: the payoff times scores, for the same models and every payoff of the
        spots at times, digitals and barriers included. Its error grows as the first date comes
        near. ``"bump"``: central differences on common random numbers, for every payoff and model;
        biased by a term that falls like the bump squared.
    greeks : sequence of str
        Of ``"delta"``, ``"gamma"``, ``"vega"``, ``"rho"``, ``"theta"`` (by calendar time, per year,
        rates and volatility constant); for ``"bump"`` also any number that is a field of the model,
        as ``"jump_intensity"``. Vega and rho are by parallel shifts.
    bumps : mapping from name to float, > 0, optional
        Sizes for ``"bump"``, absolute, but for delta and gamma relative to the spot. By default
        0.001 for delta (0.01 where the payoff jumps), 0.01 for gamma and vega, 0.001 for rho, 1/365
        for theta, for other fields 1 % of the number (0.001 where it is 0).
    paths, seed, method, replicates, antithetic, threads, progress
        As for `price`. Bumps simulate `paths` paths for each of their scenarios.
    target_error, target_relative_error, maximum_paths
        As for `price`, of the price.

    Returns
    -------
    MCGreeks

    Raises
    ------
    ValueError, TypeError
        An argument breaks its rule, or the estimator is not valid for the payoff or the model: the
        message names one that is.
    """
    if not isinstance(payoff, Payoff):
        raise TypeError(f"payoff is {payoff!r}: must be a Payoff")
    if not isinstance(model, Model):
        raise TypeError(f"model is {model!r}: must be a Model")
    assets = len(model.spots)
    if payoff.assets != assets:
        raise ValueError(f"payoff watches {payoff.assets} assets and model has {assets}")
    choice("estimator", estimator, ESTIMATORS)
    names = _names(greeks, estimator)
    if bumps is not None and estimator != "bump":
        raise ValueError(f"bumps is {bumps!r}: must be None for estimator {estimator!r}")
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
    wanted = [(n, i) for n in names for i in range(assets if n in BY_ASSET else 1)]
    sizes = bump_sizes(names, payoff, model, bumps or {}) if estimator == "bump" else {}
    run = (settings, thread_count(threads), reporter(progress))
    if estimator == "bump":
        scenarios, weights = bumped(payoff, model, wanted, sizes)
        built = [(contract.built(one), one) for contract, one in scenarios]
        parts = [(one.dynamics(made), made) for made, one in built]
        outputs, _ = _core.monte_carlo_combinations(parts, array(weights), *run[0], run[1], run[2])
    else:
        codes = [(GREEKS.index(name), asset) for name, asset in wanted]
        if estimator == "pathwise":
            contract = derivative_payoff(payoff, flat_lognormal(model, estimator), codes)
        else:
            _check_likelihood_ratio(payoff)
            flat = flat_lognormal(model, estimator)
            contract = _core.payoff_likelihood_ratio(payoff.built(model), flat, codes)
        outputs, _ = _core.monte_carlo_price(
            model.dynamics(contract), contract, [], *run[0], run[1], run[2]
        )
    estimates = [finite(estimate_of(one)) for one in outputs]
    found: dict[str, Any] = {}
    for name in names:
        own = tuple(e for e, (n, _) in zip(estimates[1:], wanted, strict=True) if n == name)
        found[name] = own if name in BY_ASSET and assets > 1 else own[0]
    return MCGreeks(estimates[0], found, estimator, sizes)


def flat_lognormal(model: Model, estimator: str) -> _core.FlatLognormal:
    """The model's numbers for the compiled core."""
    if not isinstance(model, BlackScholes):
        raise ValueError(f"estimator is {estimator!r}: needs BlackScholes; use 'bump'")
    several = isinstance(model.spot, tuple)
    count = len(model.spots)
    volatility = model.volatility if several else (model.volatility,)
    yields = model.dividend_yield if several else (model.dividend_yield,)
    for name, values in (
        ("volatility", volatility),
        ("rate", (model.rate,)),
        ("dividend_yield", yields),
    ):
        if any(hasattr(value, "kind") for value in values):
            raise ValueError(f"estimator is {estimator!r}: {name} must be a number; use 'bump'")
    if not all(value > 0.0 for value in volatility):
        raise ValueError(f"estimator is {estimator!r}: volatility must be > 0; use 'bump'")
    correlation = tuple(value for row in model.correlation for value in row)
    return _core.FlatLognormal(
        array(model.spots),
        array(tuple(map(float, volatility))),
        array(tuple(map(float, yields))),
        float(model.rate),
        array(correlation if count > 1 else (1.0,)),
    )


def _names(greeks: Sequence[str], estimator: str) -> tuple[str, ...]:
    if isinstance(greeks, str) or not greeks:
        raise ValueError(f"greeks is {greeks!r}: must be a list of names")
    for index, name in enumerate(greeks):
        if name not in GREEKS and estimator != "bump":
            raise ValueError(
                f"greeks is {name!r} at index {index}: must be one of "
                f"{', '.join(map(repr, GREEKS))} for {estimator!r}"
            )
        if name in greeks[:index]:
            raise ValueError(f"greeks is {name!r} at index {index}: named twice")
    return tuple(greeks)


def _check_likelihood_ratio(payoff: Payoff) -> None:
    if isinstance(payoff, Barrier | Lookback):
        if payoff.continuous:
            raise ValueError(
                "estimator is 'likelihood_ratio': a payoff that is watched all the time depends on "
                "the model between times; use 'bump'"
            )
    elif not isinstance(payoff, European | Asian | Basket | Rainbow | Autocallable):
        raise ValueError(
            f"estimator is 'likelihood_ratio': {type(payoff).__name__} may depend on today's spot "
            "itself; use 'bump'"
        )
    if getattr(payoff, "time_to_expiry", 1.0) == 0.0:
        raise ValueError("time_to_expiry is 0.0: must be > 0 for Greeks")
