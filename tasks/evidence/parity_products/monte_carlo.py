"""Simulated options beside QuantLib's closed formulas: the tolerance is five standard errors.

Every row is simulated with the same seed until its standard error is at most a fifth of the
product's tolerance, in the unit of the scaled error (1 or the value, whichever is larger).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import monte_carlo as mc
from tasks.evidence.oracles import asian, barrier
from tasks.evidence.oracles import black as european
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal

SEED = 8
STANDARD_ERROR = 2e-4  # a fifth of the tolerance
FIXINGS = 12
_MARKET = ("spot", "volatility", "rate", "dividend_yield")
_VANILLA = ("option_type", "strike", "time_to_expiry")


def _contract(point: Mapping[str, Any]) -> Contract:
    simulated = point["simulated"]
    level = 1.15 if simulated.startswith("up") else 0.85
    return market.contract(point) | {"simulated": simulated, "barrier": level * compare.SPOT}


def _payoff(row: Contract) -> mc.Payoff:
    terms = {name: row[name] for name in _VANILLA}
    if row["simulated"] == "european":
        return mc.European(**terms)
    if row["simulated"] == "geometric_asian":
        end = terms.pop("time_to_expiry")
        times = [end * k / FIXINGS for k in range(1, FIXINGS + 1)]
        return mc.Asian(**terms, times=times, average="geometric")
    return mc.Barrier(**terms, barrier_type=row["simulated"], barrier=row["barrier"])


def estimate(row: Contract, standard_error: float = STANDARD_ERROR) -> mc.Estimate:
    """One row's simulation."""
    model = mc.BlackScholes(**{name: row[name] for name in _MARKET})
    return mc.price(
        _payoff(row),
        model,
        seed=SEED,
        target_error=standard_error,
        target_relative_error=standard_error,
    )


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    rows = [
        dict(zip(columns, row, strict=True))
        for row in zip(*(values.tolist() for values in columns.values()), strict=True)
    ]
    return {"price": [estimate(row).value for row in rows]}


def _vanilla(contract: Contract) -> Contract:
    return {name: contract[name] for name in (*_MARKET, *_VANILLA)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    terms = _vanilla(contract)
    if contract["simulated"] == "european":
        return {"price": european.spot_values(**terms)["price"]}
    if contract["simulated"] == "geometric_asian":
        return {"price": asian.geometric_discrete(**terms, fixings=FIXINGS)}
    kind, level = contract["simulated"], contract["barrier"]
    return {"price": barrier.price(**terms, barrier_type=kind, barrier=level)}


def _third(contract: Contract, _: str) -> float:
    if contract["simulated"] == "european":
        return float(lognormal.european(contract, "price"))
    if contract["simulated"] == "geometric_asian":
        return float(lognormal.asian(contract | {"fixings": FIXINGS, "average": "geometric"}))
    return float(
        lognormal.barrier(contract | {"barrier_type": contract["simulated"], "rebate": 0.0})
    )


PRODUCT = Product(
    name="monte_carlo",
    module=__name__,
    engine="BlackCalculator, AnalyticDiscreteGeometricAveragePriceAsianEngine or "
    "AnalyticBarrierEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 40 digits",
)

write = compare.writer(PRODUCT)
