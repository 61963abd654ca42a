"""Heston's model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strikeproof import heston
from tasks.evidence.oracles import heston as oracle
from tasks.evidence.parity_products import compare, market
from tasks.evidence.parity_products.compare import Contract, Product
from tasks.evidence.thirds import integrals


def _ours(columns: dict[str, Any]) -> Mapping[str, Any]:
    return {"price": heston.price(**columns)}


def _quantlib(contract: Contract) -> Mapping[str, float]:
    return {"price": oracle.price(**contract)}


def _third(contract: Contract, _: str) -> float:
    return float(integrals.heston(contract))


PRODUCT = Product(
    name="heston",
    module=__name__,
    engine="AnalyticHestonEngine, Gauss-Lobatto to 1e-12",
    contract=market.heston,
    ours=_ours,
    quantlib=_quantlib,
    third=_third,
    third_method="Lewis's integral, two rules",
)

write = compare.writer(PRODUCT)
