"""Cash dividends in the escrowed model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import dividends
from tasks.evidence.oracles import dividends as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import lognormal


def _contract(point: Mapping[str, Any]) -> Contract:
    own: Contract = {"dividend_times": [compare.years(point["days"] * k // 3) for k in (1, 2)]}
    own |= {"dividend_amounts": [point["dividend"]] * 2, "dividend_model": "escrowed"}
    return market.contract(point) | own


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": dividends.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(lognormal.escrowed(contract))


PRODUCT = Product(
    name="cash_dividends",
    module=__name__,
    engine="CashDividendEuropeanEngine, escrowed",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="closed formula, 40 digits",
)

write = compare.writer(PRODUCT)
