"""Geometric average of fixings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import asian
from tasks.evidence.oracles import asian as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.contract(point) | {"fixings": point["fixings"], "average": "geometric"}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": asian.price(**columns)}


def _asked(contract: Contract) -> Contract:
    return {name: value for name, value in contract.items() if name not in ("average",)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.geometric_discrete(**_asked(contract))}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.asian(contract))


PRODUCT = Product(
    name="asian_geometric",
    module=__name__,
    engine="AnalyticDiscreteGeometricAveragePriceAsianEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 40 digits",
)

write = compare.writer(PRODUCT)
