"""Merton's jumps: his series over QuantLib's Black formula.

QuantLib's JumpDiffusionEngine is not in its Python package.
"""

import math

import QuantLib as ql  # noqa: N813 - the name in QuantLib's own documents

from tasks.evidence.oracles import flat_market

_NEGLIGIBLE = 1e-20  # weight of the terms left out


def price(
    *,
    option_type: str,
    spot: float,
    strike: float,
    time_to_expiry: float,
    rate: float,
    volatility: float,
    jump_intensity: float,
    jump_mean: float,
    jump_volatility: float,
    dividend_yield: float = 0.0,
) -> float:
    """Sum of blackFormula over the number of jumps (Merton 1976, equation 16)."""
    kind, t = flat_market.option_type(option_type), time_to_expiry
    discount = math.exp(-rate * t)
    growth = math.expm1(jump_mean + 0.5 * jump_volatility**2)
    expected = jump_intensity * t
    start = spot * math.exp((rate - dividend_yield - jump_intensity * growth) * t)
    total, weight, jumps = 0.0, math.exp(-expected), 0
    while weight > _NEGLIGIBLE or jumps < expected:
        forward = start * math.exp(jumps * (jump_mean + 0.5 * jump_volatility**2))
        deviation = math.sqrt(volatility**2 * t + jumps * jump_volatility**2)
        total += weight * ql.blackFormula(kind, strike, forward, deviation, discount)
        jumps += 1
        weight *= expected / jumps
    return float(total)
