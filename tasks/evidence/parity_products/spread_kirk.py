"""Spread options by Kirk's approximation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import spread
from tasks.evidence.oracles import spread as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.pair(point)


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": spread.price(**columns, method="kirk")}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract, method="kirk")}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.kirk(contract))


PRODUCT = Product(
    name="spread_kirk",
    module=__name__,
    engine="KirkEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 40 digits",
)

write = compare.writer(PRODUCT)
