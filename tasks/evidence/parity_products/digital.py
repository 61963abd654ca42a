"""Cash or asset or nothing, by formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import digital
from tasks.evidence.oracles import digital as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.contract(point) | {"payoff": point["payoff"], "cash": 100.0}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": digital.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.digital(contract))


PRODUCT = Product(
    name="digital",
    module=__name__,
    engine="AnalyticEuropeanEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 40 digits",
)

write = compare.writer(PRODUCT)
