"""Implied volatilities of a model's prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from strikeproof import black
from strikeproof._columns import OnFailure, as_float64, failure_rule
from strikeproof._engine import Engine
from strikeproof._status import Status, raise_first


def smile(
    engine: Engine,
    forward: ArrayLike,
    strike: ArrayLike,
    time_to_expiry: ArrayLike,
    model: Mapping[str, ArrayLike],
    *,
    on_failure: OnFailure | None,
    return_status: bool,
    threads: int | None,
) -> Any:
    """Black's volatility of the engine's undiscounted out-of-the-money prices.

    The status is the price's where that failed, else the inversion's.
    """
    at = {
        "forward": as_float64("forward", forward),
        "strike": as_float64("strike", strike),
        "time_to_expiry": as_float64("time_to_expiry", time_to_expiry),
    }
    option_type = np.where(at["strike"] > at["forward"], 1.0, -1.0)
    arguments = {
        "option_type": option_type,
        "spot": at["forward"],
        "strike": at["strike"],
        "time_to_expiry": at["time_to_expiry"],
        "rate": 0.0,
        "dividend_yield": 0.0,
        **model,
    }
    price, priced = engine(arguments, on_failure="nan", return_status=True, threads=threads)
    volatility, inverted = black.implied_volatility(
        option_type=option_type,
        price=price,
        rate=0.0,
        on_failure="nan",
        return_status=True,
        threads=threads,
        **at,
    )
    status = np.where(np.asarray(priced) != Status.OK, priced, inverted).astype(np.uint8)
    scalar = status.ndim == 0
    if failure_rule(on_failure, scalar) == "raise":
        shape = status.shape
        named = {**at, **{name: as_float64(name, value) for name, value in model.items()}}
        columns = {name: np.broadcast_to(value, shape).ravel() for name, value in named.items()}
        raise_first(status.ravel(), columns, engine.rules)
    if not return_status:
        return volatility
    return volatility, Status(int(status)) if scalar else status
