"""Options on two to five assets: weighted baskets, and the best or worst of them.

Method and sources: ``core/src/basket.cpp`` and ``core/src/many_assets.cpp``. Conventions:
``docs/conventions.md``. European exercise; lognormal assets with constant correlations.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from strikeproof import _core
from strikeproof._columns import OnFailure, as_codes, as_float64
from strikeproof._engine import Engine
from strikeproof._status import POSITIVE, Rule

__all__ = ["PriceAndDeltas", "extreme_price", "price"]

_MOST = 5
_NOT_ZERO = Rule(lambda value: value != 0.0, "must not be 0")
_BY_ASSET = {"spots": POSITIVE, "volatilities": POSITIVE, "weights": _NOT_ZERO}
_METHODS = {"accurate": 0.0, "lognormal": 1.0}
_EXTREMES = {"maximum": 1.0, "minimum": 0.0}


class PriceAndDeltas(NamedTuple):
    """Price, of the broadcast shape, and deltas with the assets as last axis."""

    price: Any
    delta: Any


def price(
    *,
    option_type: ArrayLike,
    spots: ArrayLike,
    weights: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatilities: ArrayLike,
    correlations: ArrayLike,
    dividend_yields: ArrayLike = 0.0,
    method: ArrayLike = "accurate",
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Present value and deltas of options on a weighted sum of assets.

    A call pays ``max(sum(weights * spots at expiry) - strike, 0)``. Arguments broadcast together
    under NumPy rules, apart from the axes of the assets.

    Parameters
    ----------
    option_type : {"call", "put"} or +1/-1, array-like
    spots, volatilities : array-like, shape (..., n), > 0, 2 <= n <= 5
    weights : array-like, shape (..., n), not 0
        May be negative: a spread is a basket.
    strike : array-like
        May be negative where weights are.
    time_to_expiry : array-like, > 0, years
    rate : array-like, per year, continuously compounded
    correlations : array-like, shape (..., n, n), symmetric and positive definite, ones on the
        diagonal
    dividend_yields : array-like, shape (..., n), per year
    method : {"accurate", "lognormal"}, array-like
        "accurate" integrates over all risk factors but one: error below 1e-9 of the basket for
        two assets, 1e-7 of the largest asset for more. Its rules are refined until two agree, which
        takes 1, 10 and 100 ms for three, four and five assets, and up to a second for those that
        move against each other; status NOT_CONVERGED where none do.
        "lognormal" matches two moments (Levy 1992), for positive weights.
    on_failure : {"nan", "raise"}, optional
        What a bad row does; scalars raise and batches give NaN unless told otherwise.
    return_status : bool
        Return ``(values, status)`` with a `strikeproof.Status` per row.
    threads : int, optional
        Threads to use; all processors by default. Results do not depend on it.

    Returns
    -------
    PriceAndDeltas

    Raises
    ------
    ValueError
        An argument is not finite or out of range, the correlations are not positive definite
        (scalar call), or the shapes do not fit.
    TypeError
        An argument is not an array of real numbers.

    Notes
    -----
    Choi (2018), Sum of all Black-Scholes-Merton models, J. Futures Markets 38(6).
    """
    return _run(
        _core.basket_price,
        (option_type, strike, time_to_expiry, rate, as_codes("method", method, _METHODS)),
        (spots, dividend_yields, volatilities, weights),
        correlations,
        (on_failure, return_status, threads),
    )


def extreme_price(
    *,
    extreme: ArrayLike,
    option_type: ArrayLike,
    spots: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    rate: ArrayLike,
    volatilities: ArrayLike,
    correlations: ArrayLike,
    dividend_yields: ArrayLike = 0.0,
    on_failure: OnFailure | None = None,
    return_status: bool = False,
    threads: int | None = None,
) -> Any:
    """Present value and deltas of options on the maximum or minimum of several assets.

    Parameters
    ----------
    extreme : {"maximum", "minimum"}, array-like
    option_type : {"call", "put"} or +1/-1, array-like
    spots, volatilities, dividend_yields, correlations
        As for `price`.
    strike : array-like, > 0
    time_to_expiry : array-like, > 0, years
    rate : array-like, per year, continuously compounded
    on_failure, return_status, threads
        As for `price`.

    Returns
    -------
    PriceAndDeltas

    Raises
    ------
    ValueError, TypeError
        As for `price`.

    Notes
    -----
    Johnson (1987), by normal distributions of up to five variables to 1e-9.
    """
    return _run(
        _core.basket_extreme_price,
        (option_type, strike, time_to_expiry, rate, as_codes("extreme", extreme, _EXTREMES)),
        (spots, dividend_yields, volatilities, 1.0),
        correlations,
        (on_failure, return_status, threads),
        strike_rule=POSITIVE,
    )


def _run(
    kernel: Any,
    terms: tuple[Any, ...],
    by_asset: tuple[ArrayLike, ...],
    correlations: ArrayLike,
    options: tuple[OnFailure | None, bool, int | None],
    strike_rule: Rule | None = None,
) -> Any:
    matrix = as_float64("correlations", correlations)
    count = matrix.shape[-1] if matrix.ndim > 1 else 0
    if matrix.ndim < 2 or matrix.shape[-2] != count or not 2 <= count <= _MOST:
        raise ValueError(f"correlations has shape {matrix.shape}: must be (..., n, n), 2 <= n <= 5")
    if not np.array_equal(matrix, np.swapaxes(matrix, -1, -2), equal_nan=True):
        raise ValueError("correlations is not symmetric: make it so, for example (c + c.T) / 2")
    if (np.diagonal(matrix, axis1=-2, axis2=-1) != 1.0).any():
        raise ValueError("correlations has other than ones on its diagonal")
    names = ("option_type", "strike", "time_to_expiry", "rate", "choice")
    arguments: dict[str, Any] = dict(zip(names, terms, strict=True))
    arguments["assets"] = float(count)
    rules: dict[str, Rule] = {"time_to_expiry": POSITIVE}
    if strike_rule is not None:
        rules["strike"] = strike_rule
    for name, value in zip(
        ("spots", "dividend_yields", "volatilities", "weights"), by_asset, strict=True
    ):
        columns = _assets(name, value, count)
        arguments |= columns
        rules |= dict.fromkeys(columns, _BY_ASSET[name]) if name in _BY_ASSET else {}
    for i in range(_MOST):
        for j in range(i + 1, _MOST):
            pair = matrix[..., i, j] if j < count else 0.0
            arguments[f"correlations[{i}, {j}]"] = pair
    on_failure, return_status, threads = options
    outputs = ("price", *(f"delta[{k}]" for k in range(_MOST)))
    return Engine(kernel, rules, outputs, _result(count))(
        arguments,
        on_failure=on_failure,
        return_status=return_status,
        threads=threads,
        select=outputs[: 1 + count],
    )


def _assets(name: str, value: ArrayLike, count: int) -> dict[str, Any]:
    """One column for each asset, those beyond the last one filled up."""
    array = as_float64(name, value)
    if array.ndim and array.shape[-1] not in (1, count):
        raise ValueError(f"{name} has shape {array.shape}: its last axis must hold {count} assets")
    wide = np.broadcast_to(array, (*array.shape[:-1], count))
    return {f"{name}[{k}]": wide[..., k] if k < count else 1.0 for k in range(_MOST)}


def _result(count: int) -> Any:
    def make(*values: Any) -> PriceAndDeltas:
        return PriceAndDeltas(values[0], np.stack(values[1 : 1 + count], axis=-1))

    return make
