"""Spread options by quadrature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import spread
from tasks.evidence.oracles import spread as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import integrals


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.pair(point)


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": spread.price(**columns, method="quadrature")}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract, method="pearson")}


def _third(contract: Contract, _: str) -> float:
    return float(integrals.spread(contract))


PRODUCT = Product(
    name="spread",
    module=__name__,
    engine="PearsonSpreadEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="integral over the first asset, two rules",
)

write = compare.writer(PRODUCT)
