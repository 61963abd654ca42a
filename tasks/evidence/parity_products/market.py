"""What the points of most products have in common: option type, strike, time, rates, volatility."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.evidence.parity_products.compare import SPOT, Contract, years


def contract(point: Mapping[str, Any]) -> Contract:
    """Arguments of an option on one asset at `SPOT`; rates are 0 where there is no axis."""
    found: Contract = {"spot": SPOT, "time_to_expiry": years(point["days"])}
    found |= {"rate": 0.0, "dividend_yield": 0.0}
    names = ("option_type", "volatility", "rate", "dividend_yield")
    found |= {name: point[name] for name in names if name in point}
    if "moneyness" in point:
        found["strike"] = SPOT * point["moneyness"]
    return found


def pair(point: Mapping[str, Any]) -> Contract:
    """Arguments of an option on two assets, the first at `SPOT`."""
    found: Contract = {"spot1": SPOT, "time_to_expiry": years(point["days"])}
    found |= {"rate": 0.0, "dividend_yield1": 0.0, "dividend_yield2": 0.0}
    names = ["option_type", "spot2", "volatility1", "volatility2", "correlation", "rate"]
    names += ["dividend_yield1", "dividend_yield2"]
    found |= {name: point[name] for name in names if name in point}
    if "strike" in point:
        found["strike"] = point["strike"]
    elif "moneyness" in point:
        found["strike"] = SPOT * point["moneyness"]
    return found


def heston(point: Mapping[str, Any]) -> Contract:
    """Arguments of an option under Heston's model."""
    names = ["initial_variance", "long_run_variance", "mean_reversion"]
    names += ["volatility_of_variance", "correlation"]
    return contract(point) | {name: point[name] for name in names}
