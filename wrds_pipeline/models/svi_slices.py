"""One raw SVI smile per expiry, each without butterfly arbitrage; calendars are free.

A day later an expiry keeps its smile of volatility by log-moneyness. Expiries with fewer than five
quotes have no smile and give no answer; the status says how many.

References
----------
Gatheral, J. and Jacquier, A. (2014), Quantitative Finance 14(1), 59-71.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from strikeproof import svi
from wrds_pipeline.models.model import (
    OK,
    Array,
    Fit,
    Points,
    at_expiry,
    objective,
    status_of,
)

NAME = "svi_slices"
_PARAMETERS = svi.Raw._fields


def fit(points: Points) -> Fit:
    """A smile of every expiry that has the quotes for one."""
    parameters: dict[str, float] = {}
    errors: dict[str, float] = {}
    troubles = {}
    status, total, quotes = OK, 0.0, 0
    for label, time in points.expiries().items():
        own = points.of_expiry(label)
        try:
            found = svi.calibrate(
                log_moneyness=own.log_moneyness,
                volatility=own.volatility,
                time_to_expiry=time,
                weight=own.weight,
            )
        except ValueError as error:
            troubles[label] = str(error)
            continue
        if status_of(found.stop) != OK:
            status = status_of(found.stop)
            troubles[label] = f"stopped by {found.stop}"
        parameters |= at_expiry("time_to_expiry", {label: time})
        for name in _PARAMETERS:
            parameters |= at_expiry(name, {label: found.model[name]})
            errors |= at_expiry(name, {label: found.standard_errors[name]})
        smile = Fit(NAME, parameters, OK, "", 0, 0.0)
        total += objective(own, volatility(smile, own, 0.0))
        quotes += len(own.volatility)
    message = "; ".join(f"{label}: {trouble}" for label, trouble in troubles.items())
    if not parameters:
        raise ValueError(message or "no quotes to fit")
    if len(troubles) > 0 and status == OK:
        status = "partial"
    return Fit(NAME, parameters, status, message, quotes, total, errors)


def volatility(fit: Fit, points: Points, elapsed: float) -> Array:
    """Volatility of each expiry's own smile by log-moneyness."""
    del elapsed  # smiles are held by log-moneyness
    found = np.full(points.time_to_expiry.shape, np.nan)
    for label, time in fit.by_expiry("time_to_expiry").items():
        own = points.expiry == label
        raw: Any = {name: fit.parameters[f"{name}@{label}"] for name in _PARAMETERS}
        found[own] = svi.implied_volatility(
            log_moneyness=points.log_moneyness[own], time_to_expiry=time, **raw
        )
    return found
