"""Implied volatilities of the same prices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from strikeproof import black_scholes
from tasks.evidence.oracles import black as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    found = market.contract(point)
    volatility, time = found.pop("volatility"), found["time_to_expiry"]
    deviation = volatility * math.sqrt(time)
    forward = compare.SPOT * math.exp((found["rate"] - found["dividend_yield"]) * time)
    found["strike"] = forward * math.exp(point["deviations"] * deviation)
    return found | {"price": oracle.price(**found, volatility=volatility), "near": volatility}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    asked = {name: column for name, column in columns.items() if name != "near"}
    return {"volatility": black_scholes.implied_volatility(**asked)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    asked = {name: value for name, value in contract.items() if name != "near"}
    return {"volatility": oracle.implied_volatility(**asked)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.implied_volatility(contract))


PRODUCT = Product(
    name="implied_volatility",
    module=__name__,
    engine="blackFormulaImpliedStdDev, accuracy 1e-14",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="root of the formula, 40 digits",
)

write = compare.writer(PRODUCT)
