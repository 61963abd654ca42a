"""Margrabe's exchange option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import exchange
from tasks.evidence.oracles import exchange as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.pair(point)


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": exchange.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.exchange(contract))


PRODUCT = Product(
    name="exchange",
    module=__name__,
    engine="AnalyticEuropeanMargrabeEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 40 digits",
)

write = compare.writer(PRODUCT)
