"""The variance gamma model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import variance_gamma
from tasks.evidence.oracles import variance_gamma as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import integrals


def _contract(point: Mapping[str, Any]) -> Contract:
    return market.contract(point) | {name: point[name] for name in ("drift", "variance_rate")}


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": variance_gamma.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(integrals.variance_gamma(contract))


PRODUCT = Product(
    name="variance_gamma",
    module=__name__,
    engine="VarianceGammaEngine",
    contract=_contract,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="integral over the gamma time, two rules",
)

write = compare.writer(PRODUCT)
